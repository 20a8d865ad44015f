"""Permissions boundaries: they cap what the caller's own side grants, and may deny."""

import pytest

from tests.layers.tables import (
    ANONYMOUS,
    FEDERATED,
    IN_EU,
    NOT_KNOWN,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    Worded,
    allow,
    deny,
    policy,
    said,
    worded,
)
from why403.domain.request import AccessRequest
from why403.testing import a_request
from why403_layers.permissions_boundary import BOUNDARY

TIGHT = {BOUNDARY: policy(allow("s3:Put*"))}
HELD = {"denial: false", "cap attached+role: false"}

CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    "a user is held to it": (a_request(facts=TIGHT), HELD),
    "a role is": (a_request(principal=ROLE, facts=TIGHT), HELD),
    "a session of a role is": (a_request(principal=SESSION, facts=TIGHT), HELD),
    "a federated user is held to the user's": (a_request(principal=FEDERATED, facts=TIGHT), HELD),
    "one that allows lets pass": (
        a_request(facts={BOUNDARY: policy(allow())}),
        {"denial: false", "cap attached+role: true"},
    ),
    "one that denies also denies": (
        a_request(facts={BOUNDARY: policy(allow(), deny("s3:Get*"))}),
        {"denial: true", "cap attached+role: true"},
    ),
    "a condition that is not known": (
        a_request(facts={BOUNDARY: policy(allow(Condition=IN_EU))}, keys={"aws:RequestedRegion": None}),
        {"denial: false", "cap attached+role: unknown"},
    ),
    "none says nothing": (a_request(facts={BOUNDARY: None}), set()),
    "one that is not known": (
        a_request(facts={BOUNDARY: NOT_KNOWN}),
        {"denial: unknown", "cap attached+role: unknown"},
    ),
    "root has none": (a_request(principal=ROOT, facts=TIGHT), set()),
    "an anonymous caller has none": (a_request(principal=ANONYMOUS, facts=TIGHT), set()),
    "an AWS service has none": (a_request(principal=SERVICE, facts={BOUNDARY: NOT_KNOWN}), set()),
}

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "what it lacks": (
        a_request(facts=TIGHT),
        "cap attached+role: false",
        Worded(
            "no statement of the permissions boundary allows s3:GetObject on arn:aws:s3:::reports/q3.csv; statement 1 "
            "comes closest, but its Action `s3:Put*` does not cover s3:GetObject",
            ("principal.boundary/Statement/0",),
        ),
    ),
    "what it denies": (
        a_request(facts={BOUNDARY: policy(deny(Sid="No"))}),
        "denial: true",
        Worded("statement `No` of the permissions boundary denies s3:GetObject", ("principal.boundary/Statement/0",)),
    ),
    "that it is not known": (
        a_request(facts={BOUNDARY: NOT_KNOWN}),
        "denial: unknown",
        Worded("`principal.boundary` is not known", needs="iam:GetRole"),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("permissions_boundary", asked) == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("permissions_boundary", asked, claim) == words
