"""What would allow a call that is not decided: it does, and nothing of it can be left out."""

import random
from typing import Any

import pytest

from tests.cases import answer, answers, services
from tests.reference.generator import random_case
from why403.domain.evidence import Evidence
from why403.domain.truth import UNKNOWN
from why403.intake.request import asked_for
from why403.usecases.allowed_if import Seen, Tries, allowed_if
from why403.usecases.decide import decide_call
from why403.usecases.diagnose import diagnose

HOME, AWAY = "111122223333", "444455556666"
USER = f"arn:aws:iam::{HOME}:user/ana"
GET: dict[str, Any] = {"principal": USER, "operation": "GetObject", "bucket": "reports", "key": "a/q3.csv"}

HIDDEN = {"unknown": True}


def allow(**condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return {"Statement": [{**statement, "Condition": condition} if condition else statement]}


def deny(**condition: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}]}


def found(evidence: dict[str, Any], *, complete: bool = True, **members: Any) -> Any:
    request = {**GET, "context_is_complete": False, "evidence_is_complete": complete, "evidence": evidence, **members}
    return answer(request, detail="full")["allowed_if"]


ENDPOINT = {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b"}}
IN_TWO_WAYS = allow(StringEquals={"aws:SourceVpce": "vpce-1a2b"}, StringLike={"aws:UserAgent": "etl/*"})
TAGGED = allow(StringEquals={"s3:ExistingObjectTag/class": "public"})


@pytest.mark.parametrize(
    ("evidence", "context"),
    [
        ({"principal.policies": [IN_TWO_WAYS]}, {"aws:SourceVpce": "vpce-1a2b", "aws:UserAgent": "etl/"}),
        ({"principal.policies": [allow()], "bucket.policy": deny(**ENDPOINT)}, {"aws:SourceVpce": "vpce-1a2b"}),
        (
            {"principal.policies": [allow()], "bucket.policy": deny(IpAddress={"aws:SourceIp": "0.0.0.0/0"})},
            {"aws:SourceIp": None},
        ),
        ({"principal.policies": [allow(NumericLessThan={"s3:signatureAge": "600"})]}, {"s3:signatureAge": "599"}),
        ({"principal.policies": [allow(Bool={"aws:SecureTransport": "true"})]}, {"aws:SecureTransport": "true"}),
        ({"principal.policies": [TAGGED], "object.tags": {"unknown": True}}, {"s3:ExistingObjectTag/class": "public"}),
        (
            {"principal.policies": [allow(**{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}})]},
            {"aws:PrincipalOrgPaths": "o-1/"},
        ),
    ],
)
def test_keys_are_given_values(evidence: dict[str, Any], context: dict[str, Any]) -> None:
    told = found(evidence)
    assert (told["context"], told["evidence"]) == (context, {})
    assert all(f"`{key}` is" in told["text"] for key in context)


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [
        ("organization.scps", None),
        ("principal.boundary", None),
        ("bucket.policy", None),
        ("bucket.owner", HOME),
        ("principal.policies", "allows it"),
    ],
)
def test_facts_are_none_or_allow(hidden: str, expected: str | None) -> None:
    told = found({"principal.policies": [allow()], hidden: {"unknown": True}})
    assert (told["context"], list(told["evidence"])) == ({}, [hidden])
    if expected is None:
        assert told["text"] == f"if there is no `{hidden}`"
    assert expected is None or expected in told["text"]
    assert told["evidence"][hidden] == expected or expected == "allows it"


def test_a_key_is_given_several_values_where_one_does_not_do() -> None:
    key, either = "aws:PrincipalServiceNamesList", ["team", "cost"]
    bars = [{"ForAllValues:StringEquals": {key: [each]}} for each in either]
    told = found(
        {
            "principal.policies": [allow(**{"ForAnyValue:StringEquals": {key: either}})],
            "bucket.policy": {"Statement": [deny(**each)["Statement"][0] for each in bars]},
        }
    )
    assert told["context"] == {key: either}
    assert told["text"] == f"if `{key}` is `team` and `cost`"


def test_across_accounts_both_sides_are_made_to_allow() -> None:
    told = found({"bucket.owner": AWAY, "principal.policies": HIDDEN, "bucket.policy": HIDDEN})
    assert list(told["evidence"]) == ["principal.policies", "bucket.policy"]
    assert told["text"] == "if `principal.policies` allows it and `bucket.policy` allows it"


@pytest.mark.parametrize(
    ("principal", "named"),
    [("anonymous", "*"), ("logging.s3.amazonaws.com", {"Service": "logging.s3.amazonaws.com"}), (USER, {"AWS": USER})],
)
def test_a_policy_that_allows_names_the_caller(principal: str, named: object) -> None:
    owned = {"bucket.owner": AWAY, "principal.policies": [allow()], "bucket.policy": HIDDEN}
    told = found(owned, principal=principal)
    assert told["evidence"]["bucket.policy"]["Statement"][0]["Principal"] == named


def test_the_text_lists_what_must_not_be_there_together() -> None:
    told = found({"principal.policies": [allow(Bool={"aws:SecureTransport": "true"})]}, complete=False)
    assert told["text"].startswith("if `aws:SecureTransport` is `true`, `bucket.owner` is `111122223333`, ")
    assert "and there is no `organization.scps`, " in told["text"]


@pytest.mark.parametrize(
    ("evidence", "members"),
    [
        ({"principal.policies": [allow()]}, {}),
        ({"principal.policies": []}, {}),
        ({"principal.policies": [allow()], "bucket.policy": deny(Null={"aws:x": ["true", "false"]})}, {}),
    ],
)
def test_a_certain_decision_has_no_condition(evidence: dict[str, Any], members: dict[str, Any]) -> None:
    assert found(evidence, **members) is None


def test_what_many_statements_deny_does_not_crowd_out_what_they_do_not() -> None:
    denied = [[f"{letter}{number}" for number in range(8)] for letter in "abc"]
    each = [deny(StringEquals={"aws:x": values})["Statement"][0] for values in denied]
    told = found({"principal.policies": [allow()], "bucket.policy": {"Statement": each}})
    assert told["context"] == {"aws:x": None}


def test_what_no_value_can_allow_has_none() -> None:
    policy = [allow(StringEquals={"aws:x": "a"})]
    denial = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:x": ["a", "b*"]}}}
    assert found({"principal.policies": [*policy, {"Statement": [denial]}]}) is None


def test_only_who_asks_is_told() -> None:
    request = {**GET, "context_is_complete": False, "evidence": {}}
    assert "allowed_if" not in answer(request)
    assert "allowed_if" not in answer(request, detail="decision")


def test_a_body_spends_no_more_than_it_may() -> None:
    request = {**GET, "context_is_complete": False, "evidence": {}}
    told = [each["allowed_if"] for each in answers([request] * 400, detail="full")]
    assert told[0] is not None
    assert told[-1] is None


def again(request: dict[str, Any], context: dict[str, Any], evidence: dict[str, Any]) -> str:
    given = {
        key: held for key, held in request.get("context", {}).items() if key.lower() not in map(str.lower, context)
    }
    more = {"context": {**given, **context}, "evidence": {**request["evidence"], **evidence}}
    return str(answer({**request, **more})["decision"])


def without(held: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in held.items() if each != name}


def check(request: dict[str, Any]) -> bool:
    """Check what is told of one request, return whether something is."""
    told = answer(request, detail="full")["allowed_if"]
    if told is None:
        return False
    context, evidence = told["context"], told["evidence"]
    assert again(request, context, evidence) == "allowed"
    assert all(again(request, without(context, key), evidence) != "allowed" for key in context)
    assert all(again(request, context, without(evidence, name)) != "allowed" for name in evidence)
    return True


def test_on_random_cases_it_is_true_and_nothing_can_be_left_out() -> None:
    rng = random.Random(31)
    cases = [random_case(rng, unknowns=True) for _ in range(120)]
    open_cases = [case for case in cases if answer(case)["decision"] == "unknown"]
    told = sum(map(check, open_cases))
    assert told > len(open_cases) / 2 > 10


def test_a_diagnosis_tells_it_too() -> None:
    body = {"request": GET, "evidence": {"principal.policies": [allow()], "bucket.owner": HOME}, "detail": "full"}
    told = diagnose(services(), body)
    assert "`organization.scps`" in told["allowed_if"]["text"]
    assert f"the request is allowed {told['allowed_if']['text']}" in told["explanation"]["markdown"]


def test_a_diagnosis_in_which_something_stands_in_for_what_is_not_known_tells_nothing() -> None:
    told = diagnose(services(), {"error": "Access Denied", "detail": "full"})
    assert told["allowed_if"] is None


def test_a_refusal_that_names_its_cause_leaves_nothing_to_be_allowed() -> None:
    error = "An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired."
    told = diagnose(services(), {"error": error, "request": GET, "detail": "full"})
    assert (told["decision"], told["allowed_if"]) == ("denied", None)


def test_what_does_not_fit_the_call_allows_nothing() -> None:
    fits, asked = asked_for({**GET, "context_is_complete": False}), asked_for({**GET, "key": None, "resource": None})
    seen = Seen(Evidence({}, complete=False), frozenset())
    decided = decide_call(services(), fits, fits.legs(seen.evidence, services().registry.facts), None)
    assert decided.outcome == UNKNOWN
    assert allowed_if(services(), asked, seen, decided, Tries()) is None
