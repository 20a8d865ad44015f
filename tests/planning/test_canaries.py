"""Requests around a call: each differs, each can be asked, and nobody carries what tells of another caller."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cases import services
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Fact
from why403.domain.facts import text
from why403.intake.request import asked_for
from why403.planning.canaries import Around, Canary, Who, callers, fits, once
from why403.testing import a_request

KEY = "arn:aws:kms:eu-west-1:111122223333:key/0e93a1b8"
POINT = "arn:aws:s3:eu-west-1:111122223333:accesspoint/desk/object/q3.csv"
SESSION = "arn:aws:sts::111122223333:assumed-role/app/i-0abc"
CONTEXT = {
    "aws:SourceIp": "203.0.113.7",
    "aws:PrincipalArn": "arn:aws:iam::111122223333:role/app",
    "aws:PrincipalOrgID": "o-1",
    "aws:PrincipalTag/team": "red",
    "aws:userid": "AROA:i-0abc",
}


def around(
    action: str = "s3:GetObject",
    resource: str = "arn:aws:s3:::reports/2026/q3.csv",
    principal: str = SESSION,
    context: Mapping[str, Any] = CONTEXT,
) -> Around:
    return Around(a_request(action, principal=principal, resource=resource), context, services().registry.facts)


def others(context: Mapping[str, Any]) -> list[Who]:
    return list(callers(a_request(principal=SESSION).principal, context, services().registry.facts))


def told(canaries: Any) -> set[tuple[str, str, str]]:
    return {(each.who.principal, each.action, each.resource) for each in canaries}


def test_each_canary_differs_in_one_respect() -> None:
    own = (SESSION, "s3:GetObject", "arn:aws:s3:::reports/2026/q3.csv")
    for canary in told(around().canaries()):
        assert sum(one != other for one, other in zip(own, canary, strict=True)) == 1, canary


def test_the_callers_places_and_actions_that_must_stay_out_are_asked_about() -> None:
    found = {each.name for each in around().canaries()}
    assert {
        "an anonymous caller",
        "another user of the caller's account",
        "another role of the caller's account",
        "a role of another account",
        "s3:DeleteObject there",
        "s3:PutObject there",
        "a key beside it",
        "a key elsewhere in the bucket",
        "the same key of another bucket",
    } <= found


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::reports/2026/q3.csv"),
        ("s3:ListBucket", "arn:aws:s3:::reports"),
        ("kms:Decrypt", KEY),
        ("s3:GetObject", POINT),
        ("s3:ListAllMyBuckets", "*"),
    ],
)
@pytest.mark.parametrize(
    "principal", [SESSION, "anonymous", "arn:aws:iam::999988887777:root", "logging.s3.amazonaws.com"]
)
def test_whoever_is_asked_about_is_another_request_that_can_be_asked(
    action: str, resource: str, principal: str
) -> None:
    place = around(action, resource, principal)
    for canary in (*place.canaries(), *place.neighbourhood()):
        assert (canary.who.principal, canary.action, canary.resource) != (principal, action, resource)
        try:
            asked_for({**canary.request, "context": dict(canary.who.context)})
        except InvalidInput as error:
            pytest.fail(f"{canary}: {error}")


def prefixed(*values: str) -> list[Canary]:
    request = a_request("s3:ListBucket", principal=SESSION, resource="arn:aws:s3:::reports", keys={"s3:prefix": values})
    context = {**CONTEXT, "S3:Prefix": [*values]}
    return [each for each in Around(request, context, services().registry.facts).canaries() if each.keys]


def test_a_listing_of_another_prefix_is_asked_about_with_that_prefix_and_nothing_else_changed() -> None:
    (found,) = prefixed("logs/")
    named = {"principal": SESSION, "action": "s3:ListBucket", "resource": "arn:aws:s3:::reports"}
    assert found.request == {**named, "context": {"s3:prefix": "why403-canary/"}}
    assert found.context == {**CONTEXT, "s3:prefix": "why403-canary/"}
    asked_for({**found.request, "context": found.context})


def test_whoever_asks_for_all_keys_is_meant_to_see_any_prefix() -> None:
    assert prefixed() == prefixed("") == []


def test_an_action_is_asked_about_where_it_fits() -> None:
    assert fits("s3:GetObject", "object")
    assert not fits("s3:GetObject", "bucket")
    assert fits("s3:ListBucket", "bucket")
    assert fits("kms:Decrypt", "key")
    assert not fits("kms:Decrypt", "object")
    kinds = {(each.action, each.resource) for each in around().neighbourhood()}
    assert ("s3:ListBucket", "arn:aws:s3:::reports") in kinds
    assert ("s3:ListBucket", "arn:aws:s3:::reports/2026/q3.csv") not in kinds


def test_others_do_not_carry_what_tells_of_the_caller() -> None:
    carried = {who.name: set(who.context) for who in others(CONTEXT)}
    assert carried[""] == set(CONTEXT)
    assert carried["an anonymous caller"] == {"aws:SourceIp"}
    assert carried["a role of another account"] == {"aws:SourceIp"}
    assert carried["another user of the caller's account"] == {"aws:SourceIp", "aws:PrincipalOrgID"}


def test_others_of_the_account_may_do_everything_by_their_own_policies() -> None:
    for who in others({}):
        policies = who.evidence.get("principal.policies")
        assert (policies is not None) == (who.name not in {"", "an anonymous caller"}), who.name


def test_a_stranger_has_no_fact_of_the_caller_s_and_its_own_policies_allow_everything() -> None:
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    (stranger,) = (who for who in others({}) if who.name == "a role of another account")
    assert stranger.evidence == {
        "principal.policies": [everything],
        **dict.fromkeys(("principal.boundary", "principal.tags", "session.issuer", "session.policies")),
        **dict.fromkeys(("organization.id", "organization.management_account", "organization.scps")),
    }


def test_what_tells_of_one_caller_is_not_taken_for_what_tells_of_another() -> None:
    mine, theirs = (
        Fact(name=name, load=text, of_caller=True, unlimited=held) for name, held in (("a", "b"), ("c", None))
    )
    ours = Fact(name="d", load=text, of_organization=True)
    facts = {fact.name: fact for fact in (mine, theirs, ours, Fact(name="e", load=text, of_resource=True))}
    found = {who.name: who.evidence for who in callers(a_request(principal=SESSION).principal, {}, facts)}
    assert found[""] == {}
    assert found["another role of the caller's account"] == {"a": "b", "c": None}
    assert found["a role of another account"] == {"a": "b", "c": None, "d": None}
    assert found["an anonymous caller"] == {"a": None, "c": None, "d": None}


def test_a_request_beside_two_legs_is_asked_about_once() -> None:
    found = [*around().neighbourhood(), *around().neighbourhood()]
    assert len(list(once(found))) == len(found) // 2
    assert all(isinstance(each, Canary) for each in found)
