"""Without its caller no request is decided for certain, unless nobody could make it: some are exempt from much."""

import random
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.reference.generator import random_case

from .asking import ACCOUNT, OTHER_ACCOUNT, ROLE, USER, allow, asked, cause_of, document

CALLERS: Final = (USER, ROLE, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{OTHER_ACCOUNT}:root", "anonymous")


def test_whose_an_access_point_is_stands_in_its_arn_whoever_calls() -> None:
    point = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/in"
    known = {
        "access_point.bucket": "reports",
        "access_point.network_origin": "Internet",
        "access_point.policy": None,
        "bucket.owner": ACCOUNT,
        "bucket.policy": document(allow("*", "*", Principal={"AWS": ACCOUNT})),
        "principal.policies": [document(allow("*", "*"))],
    }
    request = {"operation": "GetObject", "resource": f"{point}/object/k", "parameters": {"VersionId": None}}
    found = asked(request=request, evidence=known, evidence_is_complete=True)
    doubts = [each["because"] for each in found["doubts"] if each["layer"] == "access_point"]
    assert "it is not known whether the caller is of the access point's account" in doubts
    assert "it is not known whose the access point is" not in doubts


def by_nobody(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request of a case without its caller, and without the keys that tell the caller's account."""
    request = {name: held for name, held in case.items() if name not in {"principal", "expected"}}
    context = {key: held for key, held in request.get("context", {}).items() if key.lower() != "aws:principalaccount"}
    return {**request, "context": context}


@pytest.mark.parametrize("unknowns", [False, True])
def test_nothing_is_certain_without_the_caller(unknowns: bool) -> None:
    rng = random.Random(f"403 {unknowns}")
    for _ in range(100):
        request = by_nobody(random_case(rng, unknowns=unknowns))
        found = asked(request=request)
        assert found["causes"]
        if found["decision"] == "unknown":
            assert found["doubts"][0]["because"] == "it is not known who called"
        else:
            told = {asked(request={**request, "principal": caller})["decision"] for caller in CALLERS}
            assert (found["decision"], found["kind"], told) == ("denied", "requirement", {"denied"})


@pytest.mark.parametrize("account", [ACCOUNT, OTHER_ACCOUNT])
def test_what_is_certain_of_an_account_is_so_of_each_of_its_callers(account: str) -> None:
    rng = random.Random(account)
    names = ("user/u", "role/app", "root")
    for _ in range(100):
        request = by_nobody(random_case(rng, unknowns=False))
        request["context"]["aws:PrincipalAccount"] = account
        found = asked(request=request)
        if found["decision"] != "unknown":
            callers = [f"arn:aws:iam::{account}:{name}" for name in names]
            told = {asked(request={**request, "principal": caller})["decision"] for caller in callers}
            assert (found["decision"], found["kind"], told) == ("denied", "requirement", {"denied"})


RELATIONS: Final = {
    "another account's": (OTHER_ACCOUNT, "the bucket belongs to another account than the caller's"),
    "the same account's": (ACCOUNT, "the bucket's policy does not let the caller in for s3:GetObject either"),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_the_account_of_a_caller_without_a_name_tells_whether_the_bucket_is_of_it(name: str) -> None:
    owner, because = RELATIONS[name]
    event = {
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "errorCode": "AccessDenied",
        "userIdentity": {"type": "AWSAccount", "principalId": "AROAEXAMPLE:x", "accountId": ACCOUNT},
        "requestParameters": {"bucketName": "held-demo", "key": "a"},
        "resources": [{"accountId": owner, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::held-demo"}],
    }
    found = asked(event=event)
    cause = cause_of(found, "bucket_policy", "implicit")
    assert cause["because"].startswith(because)
    assert found["understood"]["principal"] is None
    assert (found["causes"][0] is cause) is (owner != ACCOUNT)
