"""The one sentence: what was decided, by which layer, and how."""

from typing import Any

import pytest

from tests.cases import answer
from tests.layers.tables import HOME, OBJECT, USER, allow, deny, policy

GRANTED, REFUSED = policy(allow()), policy(allow(), deny())
REQUEST = {"principal": USER, "operation": "GetObject", "resource": OBJECT}
POLICIES, BOUNDARY = "principal.policies", "principal.boundary"

SUMMARIES: dict[str, tuple[dict[str, Any], str]] = {
    "allowed": (
        {POLICIES: [GRANTED]},
        "Allowed by identity-based policy: nothing denies GetObject on arn:aws:s3:::reports/q3.csv.",
    ),
    "a Deny": (
        {POLICIES: [REFUSED]},
        "Denied by identity-based policy (explicit deny): statement 2 of the identity policies denies s3:GetObject.",
    ),
    "no Allow": (
        {},
        "Denied by identity-based policy (no allow): the caller has no identity policy, so none allows s3:GetObject.",
    ),
    "another layer": (
        {POLICIES: [GRANTED], BOUNDARY: REFUSED},
        "Denied by permissions boundary (explicit deny): statement 2 of the permissions boundary denies s3:GetObject.",
    ),
    "another layer as well": (
        {POLICIES: [REFUSED], BOUNDARY: REFUSED},
        (
            "Denied by identity-based policy (explicit deny): statement 2 of the identity policies denies s3:GetObject "
            "(1 more layer would have to change as well)."
        ),
    ),
    "two other layers as well": (
        {POLICIES: [REFUSED], BOUNDARY: REFUSED, "bucket.policy": policy(deny(Principal="*"))},
        (
            "Denied by bucket policy (explicit deny): statement 1 of the bucket policy denies s3:GetObject "
            "(2 more layers would have to change as well)."
        ),
    ),
    "what is no policy": (
        {POLICIES: [GRANTED], "object.exists": False},
        "Denied by the state of the object: there is no object arn:aws:s3:::reports/q3.csv.",
    ),
    "unknown": ({POLICIES: {"unknown": True}}, "Not decided: `principal.policies` is not known."),
}


@pytest.mark.parametrize(("evidence", "sentence"), SUMMARIES.values(), ids=SUMMARIES)
def test_the_summary(evidence: dict[str, Any], sentence: str) -> None:
    asked = {**REQUEST, "evidence": {"bucket.owner": HOME, **evidence}, "evidence_is_complete": True}
    assert answer(asked)["summary"] == sentence
