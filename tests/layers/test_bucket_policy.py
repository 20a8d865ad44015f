"""Bucket policies: whom they let in and how, whom they keep out, and where they cannot grant."""

from typing import Any

import pytest

from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    FEDERATED,
    HOME,
    IN_EU,
    NOT_KNOWN,
    OBJECT,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    THIRD,
    USER,
    Worded,
    allow,
    deny,
    layer,
    policy,
    said,
    worded,
)
from why403.domain.evidence import Fact
from why403.domain.facts import BUCKET_OWNER, ISSUER, OBJECT_OWNER, OWNERSHIP
from why403.domain.request import AccessRequest, Call
from why403.layer import Warned
from why403.testing import a_request
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.permissions_boundary import BOUNDARY


def naming(*statements: dict[str, object]) -> dict[Fact[Any], object]:
    """Return the fact of a bucket policy."""
    return {BUCKET_POLICY: policy(*statements)}


def to(*names: str, **elements: Any) -> dict[str, object]:
    """Return an Allow for some AWS principals."""
    return allow(Principal={"AWS": list(names)}, **elements)


def grants(*reaches: str) -> set[str]:
    """Return the claims of a policy that denies nothing and grants with these reaches."""
    rest = set() if any(reach.startswith("direct") for reach in reaches) else {"grant direct: false"}
    return {"denial: false", *(f"grant {reach}" for reach in reaches), *rest}


NOTHING = grants()
DOUBT = {"denial: unknown", "grant direct: unknown", "grant role: unknown", "grant account: unknown"}
EVERYONE = naming(allow(Principal="*"))
FOREIGN: dict[Fact[Any], object] = {BUCKET_OWNER: HOME, OBJECT_OWNER: AWAY, OWNERSHIP: "ObjectWriter"}
NOT_BUT = deny(NotPrincipal={"AWS": [USER, HOME]})
KEY = "aws:RequestedRegion"

CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    "a user by name": (a_request(facts=naming(to(USER))), grants("direct: true")),
    "everyone": (a_request(facts=EVERYONE), grants("direct: true")),
    "everyone, without a signature": (a_request(principal=ANONYMOUS, facts=EVERYONE), grants("direct: true")),
    "everyone of AWS": (a_request(facts=naming(to("*"))), grants("direct: true")),
    "another user": (a_request(facts=naming(to(f"{USER}2"))), NOTHING),
    "the account": (a_request(facts=naming(to(HOME))), grants("account: true")),
    "the account by its root": (a_request(facts=naming(to(ROOT))), grants("account: true")),
    "root itself": (a_request(principal=ROOT, facts=naming(to(HOME))), grants("direct: true")),
    "a session by its own name": (a_request(principal=SESSION, facts=naming(to(SESSION))), grants("direct: true")),
    "a session by its role": (a_request(principal=SESSION, facts=naming(to(ROLE))), grants("role: true")),
    "a role by a session of it": (a_request(principal=ROLE, facts=naming(to(SESSION))), grants("direct: unknown")),
    "a federated user by its user": (
        a_request(principal=FEDERATED, facts={**naming(to(USER)), ISSUER: USER}),
        grants("role: true"),
    ),
    "a session whose role's path is not known": (
        a_request(principal=SESSION, facts={**naming(to(ROLE)), ISSUER: NOT_KNOWN}),
        grants("role: unknown"),
    ),
    "an AWS service": (
        a_request(principal=SERVICE, facts=naming(allow(Principal={"Service": SERVICE}))),
        grants("direct: true"),
    ),
    "a condition that is not known": (
        a_request(facts=naming(to(USER, Condition=IN_EU)), keys={KEY: None}),
        {"denial: false", "grant direct: unknown"},
    ),
    "no policy": (a_request(facts={BUCKET_POLICY: None}), NOTHING),
    "not known": (a_request(facts={BUCKET_POLICY: NOT_KNOWN}), DOUBT),
    "an account-level call has no bucket": (
        a_request("s3:ListAllMyBuckets", resource="*", facts={BUCKET_POLICY: NOT_KNOWN}),
        set(),
    ),
    "a bucket that is to be made has no policy": (
        a_request("s3:CreateBucket", resource=BUCKET, facts=EVERYONE),
        set(),
    ),
    # --- whose object -------------------------------------------------------------------------------------------------
    "an Allow does not reach another account's object": (a_request(facts=EVERYONE | FOREIGN), {"denial: false"}),
    "a Deny does": (a_request(facts=naming(deny(Principal="*")) | FOREIGN), {"denial: true"}),
    "writing is the bucket owner's to allow": (
        a_request("s3:PutObject", facts=EVERYONE | FOREIGN),
        grants("direct: true"),
    ),
    "an owner that is not known": (
        a_request(facts=EVERYONE | FOREIGN | {OBJECT_OWNER: NOT_KNOWN}),
        {"denial: false", "grant direct: unknown"},
    ),
    # --- denials ------------------------------------------------------------------------------------------------------
    "a Deny that names the role hits its sessions": (
        a_request(principal=SESSION, facts=naming(deny(Principal={"AWS": ROLE}))),
        {"denial: true", "grant direct: false"},
    ),
    "a Deny that names the account hits its users": (
        a_request(facts=naming(deny(Principal={"AWS": HOME}))),
        {"denial: true", "grant direct: false"},
    ),
    "NotPrincipal spares whom it lists with the account": (a_request(facts=naming(NOT_BUT)), NOTHING),
    "NotPrincipal hits whom it does not list": (
        a_request(principal=f"arn:aws:iam::{AWAY}:user/eve", facts=naming(NOT_BUT)),
        {"denial: true", "grant direct: false"},
    ),
    "NotPrincipal without the account is in doubt": (
        a_request(facts=naming(deny(NotPrincipal={"AWS": USER}))),
        {"denial: unknown", "grant direct: false"},
    ),
    "NotPrincipal hits whoever has a boundary": (
        a_request(facts={**naming(NOT_BUT), BOUNDARY: policy(allow())}),
        {"denial: true", "grant direct: false"},
    ),
    "NotPrincipal while the boundary is not known": (
        a_request(facts={**naming(NOT_BUT), BOUNDARY: NOT_KNOWN}),
        {"denial: unknown", "grant direct: false"},
    ),
    # --- root repairs -------------------------------------------------------------------------------------------------
    "root of the owner may always repair the policy": (
        a_request("s3:PutBucketPolicy", principal=ROOT, resource=BUCKET, facts=naming(deny(Principal="*"))),
        NOTHING,
    ),
    "root of the owner may do so unseen": (
        a_request("s3:DeleteBucketPolicy", principal=ROOT, resource=BUCKET, facts={BUCKET_POLICY: NOT_KNOWN}),
        DOUBT - {"denial: unknown"} | {"denial: false"},
    ),
    "root of the owner may do nothing else": (
        a_request("s3:PutBucketAcl", principal=ROOT, resource=BUCKET, facts=naming(deny(Principal="*"))),
        {"denial: true", "grant direct: false"},
    ),
    "another root may not": (
        a_request(
            "s3:PutBucketPolicy",
            principal=ROOT,
            resource=BUCKET,
            facts={**naming(deny(Principal="*")), BUCKET_OWNER: THIRD},
        ),
        {"denial: true", "grant direct: false"},
    ),
}


def putting(document: object, facts: dict[Fact[Any], object] | None = None) -> AccessRequest:
    """Return a call that puts a policy on the bucket."""
    call = Call(operation="PutBucketPolicy", parameters={"Policy": document})
    return a_request("s3:PutBucketPolicy", resource=BUCKET, call=call, facts=facts)


PUTS: dict[str, tuple[AccessRequest, set[str]]] = {
    "one that S3 stores": (putting(policy(to(USER, Action="s3:GetObject", Resource=f"{BUCKET}/*"))), NOTHING),
    "one that breaks the grammar": (putting({"Statement": {"Effect": "Perhaps"}}), {*NOTHING, "requirement: false"}),
    "one for another bucket": (
        putting(policy(to(USER, Action="s3:GetObject", Resource="arn:aws:s3:::other/*"))),
        {*NOTHING, "requirement: false"},
    ),
}

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "the statement that allows": (
        a_request(facts=naming(deny("s3:Put*", Principal="*"), to(HOME))),
        "grant account: true",
        Worded("statement 2 of the bucket policy allows s3:GetObject", ("bucket.policy/Statement/1",)),
    ),
    "the statement that denies": (
        a_request(facts=naming(deny(Principal="*", Sid="Closed"))),
        "denial: true",
        Worded("statement `Closed` of the bucket policy denies s3:GetObject", ("bucket.policy/Statement/0",)),
    ),
    "a boundary is what NotPrincipal hits": (
        a_request(facts={**naming(NOT_BUT), BOUNDARY: policy(allow())}),
        "denial: true",
        Worded(
            "statement 1 of the bucket policy denies s3:GetObject: its NotPrincipal lists the caller, and hits whoever "
            "has a permissions boundary all the same",
            ("bucket.policy/Statement/0",),
        ),
    ),
    "the permission that would tell": (
        a_request(rest="unknown"),
        "denial: unknown",
        Worded("`bucket.policy` is not known", needs="s3:GetBucketPolicy"),
    ),
    "whose object it is": (
        a_request(facts=EVERYONE | FOREIGN | {OBJECT_OWNER: NOT_KNOWN}),
        "grant direct: unknown",
        Worded("it is not known whether the bucket's owner owns the object", needs="s3:GetObjectAcl"),
    ),
    "a policy that S3 does not store": (
        putting(policy(to(USER, Action="s3:GetObject", Resource="arn:aws:s3:::other/*"))),
        "requirement: false",
        Worded(
            "the policy that is sent cannot be stored: `arn:aws:s3:::other/*` is not within the bucket",
            status=400,
            code="MalformedPolicy",
        ),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), (CASES | PUTS).values(), ids=CASES | PUTS)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("bucket_policy", asked) == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("bucket_policy", asked, claim) == words


def test_no_policy_is_said_to_be_none() -> None:
    words = worded("bucket_policy", a_request(facts={BUCKET_POLICY: None}), "grant direct: false")
    assert words.because == "the bucket has no policy, so none allows s3:GetObject"


def test_a_statement_that_fails_in_one_element_is_near() -> None:
    missed, far = naming(to(f"{USER}2")), naming(to(f"{USER}2", Action="s3:PutObject"))
    asked = [a_request(facts=facts) for facts in (missed, far, {BUCKET_POLICY: None})]
    assert [layer("bucket_policy").near(each, each.evidence) for each in asked] == [True, False, False]


def test_a_stored_policy_that_s3_would_refuse_is_judged_with_a_warning() -> None:
    asked = a_request(facts=naming(to(USER, Resource="arn:aws:s3:::other/*"), to(USER, Resource=OBJECT)))
    found = list(layer("bucket_policy").warnings(asked, asked.evidence))
    assert found == [Warned("bucket.policy", "/Statement/0", "`arn:aws:s3:::other/*` is not within the bucket")]
    assert said("bucket_policy", asked) == grants("direct: true")


@pytest.mark.parametrize(
    ("document", "owner", "points"),
    [(policy(allow(Principal="*")), AWAY, ("U5",)), (policy(allow(Principal="*")), HOME, ()), (None, AWAY, ())],
    ids=["another account's object", "the bucket owner's object", "no policy"],
)
def test_whether_it_counts_is_open_for_objects_of_other_accounts_alone(
    document: object, owner: str, points: tuple[str, ...]
) -> None:
    facts: dict[Fact[Any], object] = {
        BUCKET_POLICY: document,
        BUCKET_OWNER: HOME,
        OBJECT_OWNER: owner,
        OWNERSHIP: "ObjectWriter",
    }
    asked = a_request(facts=facts)
    assert layer("bucket_policy").disputed(asked, asked.evidence) == points
