"""Service control policies: every level must allow, any statement may deny, and some callers are exempt."""

import pytest

from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    HOME,
    IN_EU,
    LINKED,
    NOT_KNOWN,
    ROOT,
    SERVICE,
    SESSION,
    Worded,
    allow,
    deny,
    layer,
    policy,
    worded,
)
from tests.layers.tables import text as text_of
from why403.domain.errors import InvalidInput
from why403.domain.request import AccessRequest
from why403.testing import a_request
from why403_layers.scp import MANAGEMENT, SCPS

FULL, EMPTY = [policy(allow())], list[object]()
ALLOWING = ["denial: false", "limit: true"]
HOLDING = ["denial: false", "limit: false"]

CASES: dict[str, tuple[AccessRequest, list[str]]] = {
    "each level speaks for itself": (a_request(facts={SCPS: [FULL, EMPTY]}), [*ALLOWING, *HOLDING]),
    "policies of one level count together": (
        a_request(facts={SCPS: [[policy(allow("s3:Put*")), policy(allow("s3:Get*"))]]}),
        ALLOWING,
    ),
    "a Deny at any level denies": (
        a_request(facts={SCPS: [FULL, [policy(allow(), deny("s3:Get*"))]]}),
        [*ALLOWING, "denial: true", "limit: true"],
    ),
    "an empty level allows nothing": (a_request(facts={SCPS: [EMPTY]}), HOLDING),
    "a condition that is not known": (
        a_request(facts={SCPS: [[policy(allow(), deny(Condition=IN_EU))]]}, keys={"aws:RequestedRegion": None}),
        ["denial: unknown", "limit: true"],
    ),
    "root of a member account is held to them": (a_request(principal=ROOT, facts={SCPS: [EMPTY]}), HOLDING),
    "a session is": (a_request(principal=SESSION, facts={SCPS: [EMPTY]}), HOLDING),
    "no organization, no ceiling": (a_request(facts={SCPS: None}), []),
    "not known": (a_request(facts={SCPS: NOT_KNOWN}), ["denial: unknown", "limit: unknown"]),
    "the management account is exempt": (a_request(facts={SCPS: [EMPTY], MANAGEMENT: HOME}), []),
    "the management account is exempt from what is not known": (
        a_request(facts={SCPS: NOT_KNOWN, MANAGEMENT: HOME}),
        [],
    ),
    "another management account exempts nobody": (a_request(facts={SCPS: [EMPTY], MANAGEMENT: AWAY}), HOLDING),
    "who lists policies says that they apply": (a_request(facts={SCPS: [EMPTY]}), HOLDING),
    "unless it is said that the management account is not known": (
        a_request(facts={SCPS: [[policy(deny())], FULL], MANAGEMENT: NOT_KNOWN}),
        ["denial: unknown", "limit: unknown", *ALLOWING],
    ),
    "a service-linked role is exempt": (a_request(principal=LINKED, facts={SCPS: [EMPTY]}), []),
    "an AWS service is exempt": (a_request(principal=SERVICE, facts={SCPS: [EMPTY]}), []),
    "an anonymous caller is exempt": (a_request(principal=ANONYMOUS, facts={SCPS: NOT_KNOWN}), []),
}

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "the level and the statement": (
        a_request(facts={SCPS: [FULL, {"target": "ou-1", "policies": [policy(deny(Sid="No"))]}]}),
        "denial: true",
        Worded(
            "statement `No` of the service control policies of `ou-1` denies s3:GetObject",
            ("organization.scps/1/policies/0/Statement/0",),
        ),
    ),
    "whether the account manages its organization": (
        a_request(facts={SCPS: [[policy(deny(Sid="No"))]], MANAGEMENT: NOT_KNOWN}),
        "denial: unknown",
        Worded(
            "statement `No` of the service control policies of `level 1` denies s3:GetObject, and whether the account "
            "manages its organization, which frees it, is not known",
            ("organization.scps/0/0/Statement/0",),
            needs="organizations:DescribeOrganization",
        ),
    ),
    "a level without a target is counted": (
        a_request(facts={SCPS: [FULL, EMPTY]}),
        "limit: false",
        Worded(
            "no statement of the service control policies of `level 2` allows s3:GetObject on "
            "arn:aws:s3:::reports/q3.csv",
            ("organization.scps",),
        ),
    ),
    "the permission that would tell": (
        a_request(facts={SCPS: NOT_KNOWN}),
        "limit: unknown",
        Worded("`organization.scps` is not known", needs="organizations:ListPoliciesForTarget"),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: list[str]) -> None:
    assert [text_of(claim) for claim in layer("scp").judge(asked, asked.evidence)] == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("scp", asked, claim) == words


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({}, ""),
        (["r-1"], "/0"),
        ([{"target": "r-1"}], "/0"),
        ([{"target": 1, "policies": []}], "/0"),
        ([{"target": "r-1", "policies": [], "name": "x"}], "/0"),
        ([{"policies": [{"Statement": 1}]}], "/0/policies/0/Statement"),
        ([[], [{"Statement": 1}]], "/1/0/Statement"),
    ],
)
def test_levels_that_are_none_are_refused_where_they_stand(value: object, pointer: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        SCPS.observe(value)
    assert caught.value.faults[0].pointer == pointer
