"""Without its caller no request is decided for certain, unless nobody could make it: some are exempt from much."""

import random
from typing import Any, Final

import pytest

from tests.reference.generator import random_case

from .asking import ACCOUNT, OTHER_ACCOUNT, ROLE, USER, allow, asked, document

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


@pytest.mark.parametrize("unknowns", [False, True])
def test_nothing_is_certain_without_the_caller(unknowns: bool) -> None:
    rng = random.Random(f"403 {unknowns}")
    for _ in range(100):
        case = random_case(rng, unknowns=unknowns)
        request: dict[str, Any] = {name: held for name, held in case.items() if name not in {"principal", "expected"}}
        found = asked(request=request)
        assert found["causes"]
        if found["decision"] == "unknown":
            assert found["doubts"][0]["because"] == "it is not known who called"
        else:
            told = {asked(request={**request, "principal": caller})["decision"] for caller in CALLERS}
            assert (found["decision"], found["kind"], told) == ("denied", "requirement", {"denied"})
