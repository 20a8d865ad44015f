"""What is kept of a diagnosis, what is not, and how it is planned by again."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import services as built
from why403.domain.errors import InvalidInput, NotFound
from why403.report import LIMIT
from why403.services import Services
from why403.store import SqlStore, open_store
from why403.usecases.diagnose import diagnose
from why403.usecases.keepable import digest, without_policies, without_secrets
from why403.usecases.kept import asked_again, keep_diagnosis, kept_diagnosis, kept_plan, remediate_and_keep

ANA = "arn:aws:iam::111122223333:user/ana"
GET = {"operation": "GetObject", "resource": "arn:aws:s3:::reports/q3.csv"}
DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/*"}
POLICY = {"Version": "2012-10-17", "Statement": [DENY]}
NEAR = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/q4.csv"}
FAR = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
GRANT = {"Version": "2012-10-17", "Statement": [NEAR, FAR]}
EVIDENCE = {
    "bucket.policy": None,
    "bucket.owner": "111122223333",
    "principal.policies": [{"name": "List", "document": GRANT}],
}
ASKED: dict[str, Any] = {
    "request": {"principal": ANA, "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/q3.csv"},
    "evidence": EVIDENCE,
    "evidence_is_complete": True,
}
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
MakeServices = Callable[..., Services]


@pytest.fixture
def make_services(tmp_path: Path) -> Iterator[MakeServices]:
    """Return a function that gives services with a store, which encrypts if it is given keys."""
    opened: list[SqlStore] = []

    def make(*keys: bytes) -> Services:
        opened.append(open_store(f"sqlite:///{tmp_path}/store.db", keys=keys))
        return replace(built(), store=opened[-1])

    yield make
    for each in opened:
        each.close()


@pytest.fixture(params=[(), (b"k" * 32,)], ids=["plain", "sealed"])
def services(request: pytest.FixtureRequest, make_services: MakeServices) -> Services:
    return make_services(*request.param)


def kept(services: Services, body: dict[str, Any]) -> dict[str, Any]:
    """Diagnose and keep."""
    answer = diagnose(services, body)
    keep_diagnosis(services, body, answer, "ana")
    return answer


def raw(services: Services) -> bytes:
    """Return all that the store has written, whatever it is."""
    assert isinstance(services.store, SqlStore)
    place = Path(services.store._durable._url.database or "")
    return b"".join(each.read_bytes() for each in place.parent.iterdir())


def test_an_answer_is_found_again_as_it_was_given(services: Services) -> None:
    answer = kept(services, {"error": "An error occurred (AccessDenied) when calling the GetObject operation: no"})
    assert answer["permalink"] == f"/diagnoses/{answer['id']}"
    assert kept_diagnosis(services, answer["id"]) == answer


def test_without_a_store_nothing_is_kept_and_nothing_promised() -> None:
    answer = kept(built(), ASKED)
    assert not {"permalink", "withheld"} & set(answer)
    with pytest.raises(NotFound, match="keeps nothing"):
        kept_diagnosis(built(), answer["id"])
    with pytest.raises(NotFound, match="keeps nothing"):
        kept_plan(built(), "p_1")
    with pytest.raises(InvalidInput, match="keeps no diagnoses"):
        asked_again(built(), {"diagnosis": answer["id"]})
    plan = remediate_and_keep(built(), ASKED, None)
    assert "permalink" not in plan


def test_where_the_store_is_down_the_answer_is_given_without_a_permalink() -> None:
    services = replace(built(), store=open_store("postgresql:///x?host=/nonexistent"))
    answer = kept(services, ASKED)
    assert (answer["decision"], answer["permalink"], answer["withheld"]) == ("denied", None, [])
    plan = remediate_and_keep(services, ASKED, None)
    assert (plan["state"], plan["permalink"]) == ("proposed", None)


def test_a_diagnosis_is_planned_by_as_if_it_were_sent_again(make_services: MakeServices) -> None:
    services = make_services(b"k" * 32)
    answer = kept(services, ASKED)
    assert answer["withheld"] == []
    again = remediate_and_keep(services, {"diagnosis": answer["id"]}, "ana")
    first = remediate_and_keep(services, ASKED, "ana")
    assert again["diagnosis"] == answer["id"]
    assert first["diagnosis"] != answer["id"]
    assert kept_diagnosis(services, first["diagnosis"])["decision"] == "denied"
    for plan in (again, first):
        assert plan["proof"]["after"]["decision"] == "allowed"
    changing = dict.fromkeys(("id", "diagnosis", "permalink"))
    assert {**again, **changing} == {**first, **changing}


def test_a_plan_is_found_again_with_its_journal(services: Services) -> None:
    plan = remediate_and_keep(services, ASKED, "ana")
    assert plan["permalink"] == f"/plans/{plan['id']}"
    assert kept_plan(services, plan["id"]) == {**plan, "journal": []}
    assert services.store is not None
    held = services.store.claim(services.store.plan(plan["id"]), "applying", "me")
    services.store.intend(held, {"operation": "PutUserPolicy"}, before=None, after=GRANT)
    told = kept_plan(services, plan["id"])
    assert told["state"] == "applying"
    assert told["journal"][0]["status"] == "intended"
    assert json.loads(json.dumps(told)) == told


def test_a_kept_plan_holds_all_that_applying_it_needs(services: Services) -> None:
    plan = remediate_and_keep(services, ASKED, "ana")
    assert services.store is not None
    body = services.store.plan(plan["id"]).body
    assert body["request"] == ASKED
    assert len(body["steps"]) == len(plan["changes"]) > 0
    for step in body["steps"]:
        for call in (*step["writes"], *step["undo"]):
            assert {"service", "operation", "parameters", "permission", "account", "reading"} <= set(call)
    assert any(step["writes"] for step in body["steps"])


def test_without_a_key_policies_are_not_kept_beside_a_diagnosis(make_services: MakeServices) -> None:
    services = make_services()
    answer = kept(services, ASKED)
    assert answer["withheld"] == ["/evidence/principal.policies"]
    assert b"sqs:SendMessage" not in raw(services)
    with pytest.raises(InvalidInput, match=r"/evidence/principal\.policies\. Send those facts") as raised:
        asked_again(services, {"diagnosis": answer["id"]})
    assert raised.value.faults[0].pointer == "/diagnosis"
    policies = {"principal.policies": EVIDENCE["principal.policies"]}
    assert asked_again(services, {"diagnosis": answer["id"], "evidence": policies}) == ASKED
    plan = remediate_and_keep(services, {"diagnosis": answer["id"], "evidence": policies}, "ana")
    assert plan["proof"]["after"]["decision"] == "allowed"


def test_what_is_collected_again_need_not_be_sent(make_services: MakeServices) -> None:
    services = make_services()
    answer = kept(services, {**ASKED, "evidence_is_complete": False})
    asked = asked_again(services, {"diagnosis": answer["id"], "collect": True, "fresh": True})
    assert asked["collect"] is asked["fresh"] is True
    assert set(asked["evidence"]) == {"bucket.policy", "bucket.owner"}


def test_what_holds_a_policy_and_is_no_fact_has_to_be_sent_again(make_services: MakeServices) -> None:
    services = make_services()
    pasted = f"AccessDenied when calling GetObject. The policy is {json.dumps(POLICY)}"
    answer = kept(services, {"error": pasted})
    assert answer["withheld"] == ["/error"]
    with pytest.raises(InvalidInput, match="send the whole body"):
        asked_again(services, {"diagnosis": answer["id"], "collect": True, "evidence": EVIDENCE})


def test_evidence_that_is_sent_with_an_id_wins(make_services: MakeServices) -> None:
    services = make_services(b"k" * 32)
    own = {**ASKED["request"], "evidence": {"bucket.policy": POLICY, "bucket.owner": "444455556666"}}
    answer = kept(services, {**ASKED, "request": own})
    asked = asked_again(services, {"diagnosis": answer["id"], "evidence": {"bucket.policy": None}})
    assert asked["evidence"]["bucket.policy"] is None
    assert asked["request"]["evidence"] == {"bucket.owner": "444455556666"}


@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        ({"diagnosis": "d_0"}, "/diagnosis", "no such diagnosis"),
        ({"diagnosis": ""}, "/diagnosis", "no such diagnosis"),
        ({"diagnosis": "d_0", "error": "x"}, "/error", "does not go with"),
        ({"diagnosis": "d_0", "request": {}}, "/request", "does not go with"),
    ],
)
def test_an_id_that_cannot_be_planned_by_is_refused(
    services: Services, body: dict[str, Any], pointer: str, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said) as raised:
        asked_again(services, body)
    assert raised.value.faults[0].pointer == pointer


def test_a_body_without_an_id_is_itself(services: Services) -> None:
    assert asked_again(services, {**ASKED, "diagnosis": None, "accept_public": True}) == {
        **ASKED,
        "accept_public": True,
    }


@pytest.mark.parametrize(
    "body",
    [
        {"error": f"AccessDenied: GetObject aws_secret_access_key={SECRET}"},
        {"event": {"eventName": "GetObject", "errorCode": "AccessDenied", "note": f"aws_secret_access_key={SECRET}"}},
        {
            "request": {
                "principal": ANA,
                **GET,
                "parameters": {"SSECustomerKey": SECRET},
            }
        },
        {"request": {"principal": ANA, **GET, "parameters": {"MFA": f"arn:aws:iam::111122223333:mfa/a {SECRET}"}}},
    ],
    ids=["error", "event", "customer-key", "device"],
)
def test_no_secret_is_kept_anywhere(make_services: MakeServices, body: dict[str, Any]) -> None:
    services = make_services()
    kept(services, body)
    remediate_and_keep(services, body, None)
    assert SECRET.encode() not in raw(services)
    assert SECRET not in json.dumps(without_secrets(body))


def test_what_was_pasted_is_kept_as_far_as_it_was_read() -> None:
    assert len(without_secrets({"error": "x " * LIMIT})["error"]) == LIMIT + 1


def test_keeping_changes_nothing_that_was_sent(services: Services) -> None:
    body = json.loads(json.dumps({**ASKED, "request": {"principal": ANA, **GET, "parameters": {"MFA": "a b"}}}))
    before = json.dumps(body)
    kept(services, body)
    assert json.dumps(body) == before


@pytest.mark.parametrize(
    ("body", "withheld"),
    [
        ({"evidence": {"bucket.policy": POLICY, "bucket.owner": "1"}}, ["/evidence/bucket.policy"]),
        ({"evidence": {"bucket.policy": json.dumps(POLICY)}}, ["/evidence/bucket.policy"]),
        (
            {"evidence": {"organization.scps": [{"target": "r-1", "policies": [POLICY]}]}},
            ["/evidence/organization.scps"],
        ),
        ({"evidence": {"a/b~c": [[POLICY]]}}, ["/evidence/a~1b~0c"]),
        ({"request": {"evidence": {"kms.key_policy": POLICY}}}, ["/request/evidence/kms.key_policy"]),
        ({"request": {"parameters": {"Policy": json.dumps(POLICY), "Bucket": "b"}}}, ["/request/parameters/Policy"]),
        ({"request": {"objects": {"k": {"object.acl": None, "x": POLICY}}}}, ["/request/objects/k/x"]),
        ({"event": {"requestParameters": {"bucketPolicy": POLICY}}}, ["/event"]),
        ({"error": "see https://x/?policy=%7B%22Statement%22%3A%5B%5D%7D"}, ["/error"]),
        ({"error": '{\\"Statement\\": [{\\"Effect\\"'}, ["/error"]),
        ({"error": "Statement:\n  - Effect: Deny"}, ["/error"]),
        ({"error": "explicit deny in a statement of a resource-based policy with effect"}, []),
        ({"evidence": {"bucket.owner": "111122223333", "bucket.tags": {"a": "b"}}, "collect": False}, []),
    ],
    ids=str,
)
def test_a_policy_is_known_by_its_form(body: dict[str, Any], withheld: list[str]) -> None:
    kept_body, found = without_policies(body)
    assert list(found) == withheld
    assert "tatement" not in json.dumps(kept_body) or not withheld
    assert without_policies(kept_body) == (kept_body, ())


@given(st.recursive(st.text(max_size=3), lambda held: st.lists(held) | st.dictionaries(st.text(max_size=3), held)))
def test_what_holds_no_policy_is_kept_whole(value: Any) -> None:
    body = {"evidence": {"x": value}, "request": {"parameters": {"y": value}}, "event": {"z": value}}
    assert without_policies(body) == (body, ())


@given(st.recursive(st.text(max_size=3) | st.integers(), lambda held: st.dictionaries(st.text(max_size=3), held)))
def test_a_digest_is_of_what_a_body_says_and_not_of_its_order(value: Any) -> None:
    body, turned = {"a": value, "b": 1}, {"b": 1, "a": _turned(value)}
    assert digest(body) == digest(turned)
    assert digest({**body, "b": 2}) != digest(body)


@pytest.mark.parametrize("value", [2**70, "\ud800"], ids=["large", "half"])
def test_a_digest_is_taken_of_any_json(value: Any) -> None:
    assert digest({"a": value, "b": 1}) == digest({"b": 1, "a": value}) != digest({"a": None, "b": 1})


def _turned(value: Any) -> Any:
    return {name: _turned(value[name]) for name in reversed(value)} if isinstance(value, dict) else value
