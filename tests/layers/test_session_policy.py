"""Session policies: they cap what a session inherits, and a federated user without any inherits nothing."""

import pytest

from tests.layers.tables import (
    ANONYMOUS,
    FEDERATED,
    HOME,
    NOT_KNOWN,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    Worded,
    allow,
    deny,
    policy,
    said,
    worded,
)
from why403.domain.request import AccessRequest
from why403.testing import a_request
from why403_layers.session_policy import SESSION_POLICIES

TIGHT = {SESSION_POLICIES: [policy(allow("s3:Put*"))]}
HELD = {"denial: false", "cap attached+role: false"}
DOUBT = {"denial: unknown", "cap attached+role: unknown"}

CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    "a session is held to them": (a_request(principal=SESSION, facts=TIGHT), HELD),
    "a role stands for its sessions": (a_request(principal=ROLE, facts=TIGHT), HELD),
    "a federated user is held to them": (a_request(principal=FEDERATED, facts=TIGHT), HELD),
    "several count together": (
        a_request(principal=SESSION, facts={SESSION_POLICIES: [policy(allow("s3:Put*")), policy(allow("s3:Get*"))]}),
        {"denial: false", "cap attached+role: true"},
    ),
    "one that denies also denies": (
        a_request(principal=SESSION, facts={SESSION_POLICIES: [policy(allow(), deny())]}),
        {"denial: true", "cap attached+role: true"},
    ),
    "a session that was passed none": (a_request(principal=SESSION, facts={SESSION_POLICIES: None}), set()),
    "a federated user that was passed none": (
        a_request(principal=FEDERATED, facts={SESSION_POLICIES: []}),
        {"cap attached+role: false"},
    ),
    "not known of a session": (a_request(principal=SESSION, facts={SESSION_POLICIES: NOT_KNOWN}), DOUBT),
    "not known of a role": (a_request(principal=ROLE, facts={SESSION_POLICIES: NOT_KNOWN}), DOUBT),
    "not known of a federated user": (a_request(principal=FEDERATED, facts={SESSION_POLICIES: NOT_KNOWN}), DOUBT),
    **{
        f"{caller} is no session": (a_request(principal=caller, facts=facts), set())
        for caller in (USER, ROOT, SERVICE, ANONYMOUS)
        for facts in (TIGHT, {SESSION_POLICIES: NOT_KNOWN})
    },
}

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "that none was passed": (
        a_request(principal=FEDERATED),
        "cap attached+role: false",
        Worded("a federated user starts from nothing, and no session policy was passed", ("session.policies",)),
    ),
    "what denies": (
        a_request(principal=SESSION, facts={SESSION_POLICIES: [policy(allow()), policy(deny())]}),
        "denial: true",
        Worded("statement 1 of the session policies denies s3:GetObject", ("session.policies/1/Statement/0",)),
    ),
    "that an access grant is what denies": (
        a_request(
            principal=SESSION,
            facts={SESSION_POLICIES: [policy(deny())]},
            keys={"s3:AccessGrantsInstanceArn": [f"arn:aws:s3:eu-west-1:{HOME}:access-grants/default"]},
        ),
        "denial: true",
        Worded(
            "statement 1 of the session policies (of the grant, since S3 Access Grants vended it) denies s3:GetObject",
            ("session.policies/0/Statement/0",),
        ),
    ),
    "that they are not known, which no permission tells": (
        a_request(principal=SESSION, facts={SESSION_POLICIES: NOT_KNOWN}),
        "cap attached+role: unknown",
        Worded("`session.policies` is not known"),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("session_policy", asked) == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("session_policy", asked, claim) == words
