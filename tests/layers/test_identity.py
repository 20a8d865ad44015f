"""Identity policies: what the caller's own policies allow and deny."""

from typing import Any

import pytest

from tests.layers.tables import (
    ANONYMOUS,
    IN_EU,
    NOT_KNOWN,
    ROOT,
    SERVICE,
    SESSION,
    Worded,
    allow,
    deny,
    layer,
    policy,
    said,
    worded,
)
from why403.domain.evidence import Fact
from why403.domain.request import AccessRequest
from why403.testing import a_request
from why403_layers.identity import POLICIES

ALLOWS, DENIES = policy(allow()), policy(deny())
SILENT = {"denial: false", "grant attached: false"}
SOMEWHERE = {"aws:RequestedRegion": None}

CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    "an Allow grants": (a_request(facts={POLICIES: [ALLOWS]}), {"denial: false", "grant attached: true"}),
    "a Deny denies": (a_request(facts={POLICIES: [DENIES]}), {"denial: true", "grant attached: false"}),
    "all policies count together": (
        a_request(facts={POLICIES: [policy(allow("s3:List*")), ALLOWS, policy(deny("s3:GetObject"))]}),
        {"denial: true", "grant attached: true"},
    ),
    "another action is neither": (a_request(facts={POLICIES: [policy(allow("s3:Put*"), deny("s3:Put*"))]}), SILENT),
    "no policies grant nothing": (a_request(facts={POLICIES: []}), SILENT),
    "policies that are not known": (
        a_request(facts={POLICIES: NOT_KNOWN}),
        {"denial: unknown", "grant attached: unknown"},
    ),
    "an Allow under a condition that is not known": (
        a_request(facts={POLICIES: [policy(allow(Condition=IN_EU))]}, keys=SOMEWHERE),
        {"denial: false", "grant attached: unknown"},
    ),
    "a Deny under a condition that is not known": (
        a_request(facts={POLICIES: [ALLOWS, policy(deny(Condition=IN_EU))]}, keys=SOMEWHERE),
        {"denial: unknown", "grant attached: true"},
    ),
    "a session has its role's policies": (
        a_request(principal=SESSION, facts={POLICIES: [ALLOWS]}),
        {"denial: false", "grant attached: true"},
    ),
    "root may do everything, and has no policies": (
        a_request(principal=ROOT, facts={POLICIES: [DENIES]}),
        {"grant attached: true"},
    ),
    "root needs none to be known": (a_request(principal=ROOT, rest="unknown"), {"grant attached: true"}),
    "an anonymous caller has none": (
        a_request(principal=ANONYMOUS, facts={POLICIES: [ALLOWS]}),
        {"grant attached: false"},
    ),
    "an AWS service has none": (a_request(principal=SERVICE, facts={POLICIES: [ALLOWS]}), {"grant attached: false"}),
    "for the account as a whole it has none either": (
        a_request("s3:ListAllMyBuckets", principal=ANONYMOUS, resource="*"),
        {"grant attached: false"},
    ),
}

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "the statement that allows": (
        a_request(facts={POLICIES: [{"name": "P", "document": policy(deny("s3:Put*"), allow(Sid="Reads"))}]}),
        "grant attached: true",
        Worded(
            "statement `Reads` in `P` of the identity policies allows s3:GetObject",
            ("principal.policies/0/document/Statement/1",),
        ),
    ),
    "the statement that denies": (
        a_request(facts={POLICIES: [ALLOWS, DENIES]}),
        "denial: true",
        Worded("statement 1 of the identity policies denies s3:GetObject", ("principal.policies/1/Statement/0",)),
    ),
    "the key that is in doubt": (
        a_request(facts={POLICIES: [policy(allow(Condition=IN_EU))]}, keys=SOMEWHERE),
        "grant attached: unknown",
        Worded(
            "statement 1 of the identity policies may allow s3:GetObject: `aws:RequestedRegion` is not known",
            ("principal.policies/0/Statement/0",),
        ),
    ),
    "no policy at all": (
        a_request(),
        "grant attached: false",
        Worded("the caller has no identity policy, so none allows s3:GetObject", ("principal.policies",)),
    ),
    "the permission that would tell": (
        a_request(rest="unknown"),
        "denial: unknown",
        Worded("`principal.policies` is not known", needs="iam:GetAccountAuthorizationDetails"),
    ),
    "root": (
        a_request(principal=ROOT),
        "grant attached: true",
        Worded("root of an account may do whatever the account may"),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("identity", asked) == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("identity", asked, claim) == words


@pytest.mark.parametrize(
    ("facts", "near"),
    [
        ({POLICIES: [policy(allow("s3:PutObject"))]}, True),
        ({POLICIES: [policy(allow("s3:PutObject", Resource="arn:aws:s3:::other/*"))]}, False),
        ({POLICIES: [policy(deny("s3:PutObject"))]}, False),
        ({POLICIES: None}, False),
        ({POLICIES: NOT_KNOWN}, False),
    ],
)
def test_an_allow_that_fails_in_one_element_is_near(facts: dict[Fact[Any], object], near: bool) -> None:
    asked = a_request(facts=facts)
    assert layer("identity").near(asked, asked.evidence) is near
