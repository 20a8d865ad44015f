"""Trying values: certain where every value of the unknown keys agrees, and values can stand for all there are."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cases import services
from tests.layers.tables import allow, deny, policy
from why403.domain.evidence import Fact
from why403.domain.request import AccessRequest, Call
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.engine.decide import Ruled
from why403.engine.settle import Budget, OverBudget
from why403.testing import a_request
from why403_layers.identity import POLICIES
from why403_layers.permissions_boundary import BOUNDARY

KEY, SENT = "aws:UserAgent", "s3:x-amz-server-side-encryption-aws-kms-key-id"
Facts = dict[Fact[Any], object]


def asked(facts: Facts, *unknown: str, **more: Any) -> AccessRequest:
    """Return a request while some keys are not known."""
    return a_request(facts=facts, keys=dict.fromkeys(unknown or (KEY,)), **more)


def where(**condition: Mapping[str, object]) -> dict[str, Any]:
    """Return an Allow under a condition."""
    return allow(Condition=condition)


def identity(*statements: dict[str, Any]) -> Facts:
    """Return the caller's policies."""
    return {POLICIES: [policy(*statements)]}


def decide(request: AccessRequest, budget: Budget | None = None) -> Ruled:
    """Return the decision of the loaded layers."""
    return services().engine.decide(request, budget or Budget())


SEVEN = (KEY, "aws:Referer", "aws:SourceAccount", *(f"aws:PrincipalTag/{name}" for name in "abcd"))
SIX = SEVEN[:6]
EITHER = (where(StringEquals={KEY: "x"}), where(StringNotEquals={KEY: "x"}))

CERTAIN: dict[str, tuple[AccessRequest, int]] = {
    "whatever the value is, one of two statements allows": (asked(identity(*EITHER)), TRUE),
    "whatever the value is, one of two statements denies": (
        asked(
            identity(
                allow(), deny(Condition={"StringEquals": {KEY: "x"}}), deny(Condition={"StringNotEquals": {KEY: "x"}})
            )
        ),
        FALSE,
    ),
    "no value meets both": (
        asked(identity(where(StringEquals={KEY: "x"}, StringNotEquals={KEY: "x"}))),
        FALSE,
    ),
    "there or not": (asked(identity(where(Null={KEY: "true"}), where(Null={KEY: "false"}))), TRUE),
    "a truth or anything else": (
        asked(identity(where(Bool={KEY: "true"}), where(StringNotEqualsIgnoreCase={KEY: "TRUE"}))),
        TRUE,
    ),
    "across layers": (
        asked(identity(where(StringEquals={KEY: "x"})) | {BOUNDARY: policy(where(StringNotEquals={KEY: "x"}))}),
        FALSE,
    ),
    "two keys": (
        asked(
            identity(
                *EITHER[:1],
                where(StringNotEquals={KEY: "x"}, Null={"aws:Referer": "true"}),
                where(Null={"aws:Referer": "false"}),
            ),
            KEY,
            "aws:Referer",
        ),
        TRUE,
    ),
    "as many values of six keys as are tried at most": (
        asked(
            identity(*(where(StringEquals={key: "x"}) for key in SIX), where(StringNotEquals=dict.fromkeys(SIX, "x"))),
            *SIX,
        ),
        TRUE,
    ),
    "a key that is sent is not absent": (
        a_request(
            "s3:PutObject",
            facts=identity(where(StringEquals={SENT: "x"}), where(StringNotEquals={SENT: "x"}, Null={SENT: "false"})),
            keys={SENT: None},
            call=Call(operation="PutObject", parameters={"SSEKMSKeyId": "alias/a"}),
        ),
        TRUE,
    ),
    "what is tested of another action does not count": (
        asked(identity(*EITHER, allow("s3:Put*", Condition={"StringLike": {KEY: "x*"}}))),
        TRUE,
    ),
    "what is tested of another resource does not count": (
        asked(identity(*EITHER, allow(Resource="arn:aws:s3:::other/*", Condition={"StringLike": {KEY: "x*"}}))),
        TRUE,
    ),
    "what fails anyway does not count": (
        asked(identity(*EITHER, where(StringLike={KEY: "x*"}, StringEquals={"aws:Referer": "y"}))),
        TRUE,
    ),
}

OPEN: dict[str, AccessRequest] = {
    "more values of seven keys than are tried": asked(
        identity(*(where(StringEquals={key: "x"}) for key in SEVEN), where(StringNotEquals=dict.fromkeys(SEVEN, "x"))),
        *SEVEN,
    ),
    "some values are allowed, some are not": asked(identity(where(StringEquals={KEY: "x"}))),
    "a value in another spelling than any that is listed": asked(
        identity(where(StringEquals={KEY: ["abc", "ABC"]}), where(StringNotEqualsIgnoreCase={KEY: "abc"}))
    ),
    "a pattern": asked(identity(where(StringLike={KEY: "x*"}), where(StringNotLike={KEY: "x*"}))),
    "a number": asked(
        identity(where(NumericLessThan={KEY: "1"}), where(NumericGreaterThanEquals={KEY: "1"}, Null={KEY: "false"}))
    ),
    "a date": asked(
        identity(where(DateLessThan={KEY: "2026-01-01"}), where(DateGreaterThanEquals={KEY: "2026-01-01"}))
    ),
    "an address": asked(identity(where(IpAddress={KEY: "10.0.0.0/8"}), where(NotIpAddress={KEY: "10.0.0.0/8"}))),
    "an ARN": asked(identity(where(ArnEquals={KEY: "arn:aws:s3:::x"}), where(ArnNotEquals={KEY: "arn:aws:s3:::x"}))),
    "a set operator": asked(
        identity(
            where(**{"ForAnyValue:StringEquals": {KEY: "x"}}), where(**{"ForAllValues:StringNotEquals": {KEY: "x"}})
        )
    ),
    "a key of several values": asked(
        identity(where(Null={"aws:TagKeys": "true"}), where(Null={"aws:TagKeys": "false"})), "aws:TagKeys"
    ),
    "a key that one statement tests by a pattern": asked(
        identity(*EITHER[:1], where(StringNotEquals={KEY: "x"}, StringLike={KEY: "*"}), where(StringLike={KEY: "y*"}))
    ),
    "a variable among the values": asked(
        identity(where(StringEquals={KEY: "${aws:username}"}), where(StringNotEquals={KEY: "${aws:username}"}))
    ),
    "a key that is a variable of another condition": a_request(
        facts=identity(*EITHER, where(StringEquals={"aws:Referer": f"${{{KEY}}}"})),
        keys={KEY: None, "aws:Referer": ["y"]},
    ),
    "a variable in the resource": asked(identity(allow(Resource=f"arn:aws:s3:::reports/${{{KEY}}}"), *EITHER)),
    "a fact that is not known": asked({**identity(*EITHER), BOUNDARY: {"unknown": True}}),
}


@pytest.mark.parametrize(("request_", "outcome"), CERTAIN.values(), ids=CERTAIN)
def test_it_is_certain_where_every_value_agrees(request_: AccessRequest, outcome: int) -> None:
    assert services().engine.rule(request_).outcome == UNKNOWN, "no statement may decide it by itself"
    assert decide(request_).outcome == outcome


@pytest.mark.parametrize("request_", OPEN.values(), ids=OPEN)
def test_it_stays_unknown_where_values_do_not_agree_or_cannot_be_listed(request_: AccessRequest) -> None:
    assert decide(request_).outcome == UNKNOWN


# --- limits -----------------------------------------------------------------------------------------------------------


def always(number: int, **test: str) -> AccessRequest:
    """Return a request that is allowed whatever the values of a number of keys are, each tested alike."""
    keys = [f"aws:PrincipalTag/{index}" for index in range(number)]
    ((operator, value),) = test.items()
    negated = {"StringEquals": "StringNotEquals", "Null": "Null"}[operator]
    other = "false" if operator == "Null" else value
    each = [where(**{operator: {key: value}}) for key in keys]
    return asked(identity(*each, where(**{negated: dict.fromkeys(keys, other)})), *keys)


@pytest.mark.parametrize(("number", "outcome"), [(1, TRUE), (8, TRUE), (9, UNKNOWN)])
def test_at_most_eight_keys_are_tried(number: int, outcome: int) -> None:
    assert decide(always(number, Null="true")).outcome == outcome


@pytest.mark.parametrize(("number", "outcome"), [(7, TRUE), (8, UNKNOWN)])
def test_at_most_4096_combinations_are_tried(number: int, outcome: int) -> None:
    # `1` has no other spelling: it, some other value, and none are three; 3 ** 7 = 2187 and 3 ** 8 = 6561
    assert decide(always(number, StringEquals="1")).outcome == outcome


def spent(request: AccessRequest) -> int:
    """Return what settling a request takes."""
    budget = Budget()
    whole = budget.left
    decide(request, budget)
    return whole - budget.left


def test_a_budget_suffices_or_all_ends() -> None:
    enough = spent(always(3, Null="true"))
    assert decide(always(3, Null="true"), Budget(enough)).outcome == TRUE
    with pytest.raises(OverBudget):
        decide(always(3, Null="true"), Budget(enough - 1))


def test_requests_share_a_budget() -> None:
    budget = Budget(2 * spent(always(3, Null="true")) - 1)
    assert decide(always(3, Null="true"), budget).outcome == TRUE
    with pytest.raises(OverBudget):
        decide(always(3, Null="true"), budget)


def test_each_statement_in_doubt_is_paid_for() -> None:
    more = (where(StringEquals={KEY: "x"}, StringLike={"aws:Referer": "*"}) for _ in range(10))
    asked_of_more = asked(identity(*EITHER, *more), KEY, "aws:Referer")
    assert spent(asked_of_more) > spent(asked(identity(*EITHER), KEY, "aws:Referer"))


def test_values_that_nothing_tells_apart_are_tried_once() -> None:
    """`x`, `X`, another text and absence are two kinds here: what equals `x`, and what does not."""
    either = spent(asked(identity(*EITHER)))
    letters = (where(StringEquals={KEY: list("abcdefgh")}), where(StringNotEquals={KEY: list("abcdefgh")}))
    assert spent(asked(identity(*letters))) == either


def test_what_is_certain_spends_nothing() -> None:
    budget = Budget(0)
    assert decide(a_request(facts=identity(allow())), budget).outcome == TRUE
    assert budget.left == 0


# --- what a settled decision says -------------------------------------------------------------------------------------


def test_the_blockers_are_those_of_some_value() -> None:
    facts: Facts = {
        POLICIES: [policy(allow(), deny(Condition={"StringEquals": {KEY: "x"}}))],
        BOUNDARY: policy(allow(), deny(Condition={"StringNotEquals": {KEY: "x"}})),
    }
    found = decide(asked(facts))
    assert [each.layer.name for each in found.blockers] == ["identity", "permissions_boundary"]
    assert (found.outcome, found.doubts) == (FALSE, [])


def test_the_grantors_are_those_of_some_value() -> None:
    found = decide(asked(identity(*EITHER)))
    assert [each.name for each in found.grantors] == ["identity"]
    assert found.blockers == []
