"""Access control lists: what they grant to whom, and when a missing grant is theirs."""

from typing import Any

import pytest

from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    HOME,
    NOT_KNOWN,
    SERVICE,
    THIRD,
    Worded,
    said,
    worded,
)
from why403.domain.acl import ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Fact
from why403.domain.facts import BUCKET_OWNER, CANONICAL_IDS, OBJECT_OWNER, OWNERSHIP
from why403.domain.request import AccessRequest
from why403.testing import a_request
from why403_layers.acl import BUCKET_ACL, OBJECT_ACL

Facts = dict[Fact[Any], object]

ACCOUNT, PUBLIC, LACKING = "grant account ACL: true", "grant public ACL: true", {"grant account ACL: false"}
MAY = "grant account ACL: unknown"
BOTH_MAY = {"grant account ACL: unknown", "grant public ACL: unknown"}
ENABLED: Facts = {OWNERSHIP: "ObjectWriter"}
CANONICAL, OTHER_ID = "a" * 64, "b" * 64


def acl(*grants: tuple[str, str, str], owner: str = OTHER_ID) -> dict[str, object]:
    """Return an ACL from grants written as form, grantee and permission."""
    return {
        "owner": owner,
        "grants": [{"grantee": {form: name}, "permission": permission} for form, name, permission in grants],
    }


def reading(
    grant: tuple[str, str, str], *, principal: str = f"arn:aws:iam::{HOME}:user/ana", **more: Any
) -> AccessRequest:
    """Return a read of an object whose ACL holds one grant."""
    facts: Facts = {OBJECT_ACL: acl(grant), **more.get("facts", {})}
    return a_request(principal=principal, facts=facts)


def listing(*grants: tuple[str, str, str], **facts: Any) -> AccessRequest:
    """Return the listing of a bucket."""
    return a_request("s3:ListBucket", resource=BUCKET, facts={BUCKET_ACL: acl(*grants), **facts.get("facts", {})})


def deleting(action: str, bucket_owner: object, object_owner: object) -> AccessRequest:
    """Return the deletion of an object in a bucket whose ACL lets the caller's account write."""
    facts: Facts = {
        BUCKET_ACL: acl(("account", HOME, "WRITE"), ("uri", ALL_USERS, "WRITE")),
        BUCKET_OWNER: bucket_owner,
        OBJECT_OWNER: object_owner,
    }
    return a_request(action, facts=ENABLED | facts)


CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    # --- grantees -----------------------------------------------------------------------------------------------------
    "an account": (reading(("account", HOME, "READ")), {ACCOUNT}),
    "an account by id": (reading(("id", HOME, "READ")), {ACCOUNT}),
    "another account": (reading(("account", AWAY, "READ")), set()),
    "a canonical id": (reading(("id", CANONICAL, "READ"), facts={CANONICAL_IDS: {CANONICAL: HOME}}), {ACCOUNT}),
    "a canonical id of another account": (
        reading(("id", CANONICAL, "READ"), facts={CANONICAL_IDS: {CANONICAL: AWAY}}),
        set(),
    ),
    "a canonical id that nobody resolves": (reading(("id", CANONICAL, "READ")), {MAY}),
    "a canonical id without the mapping": (
        reading(("id", CANONICAL, "READ"), facts={CANONICAL_IDS: NOT_KNOWN}),
        {MAY},
    ),
    "the owner's own id is the object owner's account": (
        reading(("id", OTHER_ID, "READ"), facts=ENABLED | {BUCKET_OWNER: AWAY, OBJECT_OWNER: HOME}),
        {ACCOUNT},
    ),
    "an address is never resolved": (reading(("email", "ana@example.org", "READ")), {MAY}),
    "everyone": (reading(("uri", ALL_USERS, "READ")), {PUBLIC}),
    "everyone, without a signature": (reading(("uri", ALL_USERS, "READ"), principal=ANONYMOUS), {PUBLIC}),
    "everyone signed": (reading(("uri", AUTHENTICATED_USERS, "READ")), {PUBLIC}),
    "everyone signed but not anonymous": (reading(("uri", AUTHENTICATED_USERS, "READ"), principal=ANONYMOUS), set()),
    "an account is nobody anonymous": (reading(("id", CANONICAL, "READ"), principal=ANONYMOUS), set()),
    "the log service": (reading(("uri", LOG_DELIVERY, "READ"), principal=SERVICE), {ACCOUNT}),
    "the log group holds nobody else": (reading(("uri", LOG_DELIVERY, "READ")), set()),
    "an account and everyone": (
        a_request(facts={OBJECT_ACL: acl(("account", HOME, "READ"), ("uri", ALL_USERS, "READ"))}),
        {ACCOUNT, PUBLIC},
    ),
    # --- permissions --------------------------------------------------------------------------------------------------
    "full control holds every permission": (reading(("account", HOME, "FULL_CONTROL")), {ACCOUNT}),
    "another permission does not help": (reading(("account", HOME, "WRITE_ACP")), set()),
    "a bucket's READ lists": (listing(("account", HOME, "READ")), {ACCOUNT}),
    "a bucket's READ reads no object": (a_request(facts={BUCKET_ACL: acl(("account", HOME, "READ"))}), set()),
    "a bucket's WRITE writes": (
        a_request("s3:PutObject", facts={BUCKET_ACL: acl(("uri", ALL_USERS, "WRITE"))}),
        {PUBLIC},
    ),
    "an ACL authorizes no tagging": (
        a_request("s3:PutObjectTagging", facts={OBJECT_ACL: acl(("account", HOME, "FULL_CONTROL"))}),
        set(),
    ),
    "nor another service's action": (
        a_request("kms:Decrypt", resource=f"arn:aws:kms:eu-west-1:{AWAY}:key/x", rest="unknown"),
        set(),
    ),
    "nor an account-level call": (a_request("s3:ListAllMyBuckets", resource="*", rest="unknown"), set()),
    # --- deletion -----------------------------------------------------------------------------------------------------
    "the bucket's owner may delete": (deleting("s3:DeleteObject", HOME, AWAY), {ACCOUNT}),
    "the object's owner may delete": (deleting("s3:DeleteObject", AWAY, HOME), {ACCOUNT}),
    "nobody else may": (deleting("s3:DeleteObject", AWAY, THIRD), set()),
    "while the object's owner is not known": (deleting("s3:DeleteObject", AWAY, NOT_KNOWN), {MAY}),
    "while the bucket's owner is not known": (deleting("s3:DeleteObject", NOT_KNOWN, AWAY), {MAY}),
    "only the bucket's owner may delete a version": (deleting("s3:DeleteObjectVersion", AWAY, HOME), set()),
    "a version while the bucket's owner is not known": (
        deleting("s3:DeleteObjectVersion", NOT_KNOWN, HOME),
        {MAY},
    ),
    # --- what is not known --------------------------------------------------------------------------------------------
    "an object's ACL that is not known": (a_request(facts={OBJECT_ACL: NOT_KNOWN}), BOTH_MAY),
    "a bucket's ACL that is not known": (
        a_request("s3:ListBucket", resource=BUCKET, facts={BUCKET_ACL: NOT_KNOWN}),
        BOTH_MAY,
    ),
    "a bucket's ACL does not matter to a read": (a_request(facts={BUCKET_ACL: NOT_KNOWN}), set()),
    # --- where the missing grant is the ACL's -------------------------------------------------------------------------
    "another account's object": (
        a_request(facts=ENABLED | {BUCKET_OWNER: HOME, OBJECT_OWNER: AWAY, OBJECT_ACL: None}),
        LACKING,
    ),
    "another account's object, whatever an ACL cannot allow": (
        a_request("s3:GetObjectTagging", facts=ENABLED | {BUCKET_OWNER: HOME, OBJECT_OWNER: AWAY}),
        LACKING,
    ),
    "a grant that fails in its permission": (reading(("account", HOME, "WRITE_ACP"), facts=ENABLED), LACKING),
    "a grant that fails in its grantee": (reading(("account", AWAY, "READ"), facts=ENABLED), LACKING),
    "a grant on the bucket instead of the object": (
        a_request(facts=ENABLED | {BUCKET_ACL: acl(("account", HOME, "READ"))}),
        LACKING,
    ),
    "a grant that fails in two elements": (reading(("account", AWAY, "WRITE_ACP"), facts=ENABLED), set()),
    "the owner's own grant": (reading(("id", OTHER_ID, "READ"), facts=ENABLED | {BUCKET_OWNER: AWAY}), set()),
}

FOR_US, FOR_THEM, FOR_NOBODY = acl(("account", HOME, "READ")), acl(("account", THIRD, "WRITE")), acl()
WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "the grant": (
        a_request(facts={OBJECT_ACL: acl(("account", AWAY, "READ"), ("account", HOME, "FULL_CONTROL"))}),
        ACCOUNT,
        Worded("the object's ACL grants the caller READ", ("object.acl/grants/1",)),
    ),
    "the public grant": (
        listing(("uri", ALL_USERS, "READ")),
        PUBLIC,
        Worded("the bucket's ACL grants the caller READ", ("bucket.acl/grants/0",)),
    ),
    "who cannot be resolved": (
        reading(("id", CANONICAL, "READ")),
        MAY,
        Worded("the object's ACL grants READ to somebody who cannot be resolved", ("object.acl/grants/0",)),
    ),
    "that the owners are not known": (
        deleting("s3:DeleteObject", AWAY, NOT_KNOWN),
        MAY,
        Worded(
            "the bucket's ACL helps only an owner with s3:DeleteObject, and it is not known who owns what",
            ("bucket.acl",),
            needs="s3:GetObjectAcl",
        ),
    ),
    "what is missing": (
        reading(("account", AWAY, "READ"), facts=ENABLED),
        "grant account ACL: false",
        Worded("the object's ACL does not grant the caller READ, which s3:GetObject needs", ("object.acl",)),
    ),
    "what only the object's ACL grants, where the bucket's counts": (
        a_request("s3:ListBucket", resource=BUCKET, facts=ENABLED | {OBJECT_ACL: FOR_US, BUCKET_ACL: FOR_THEM}),
        "grant account ACL: false",
        Worded(
            "the bucket's ACL does not grant the caller READ, which s3:ListBucket needs", ("bucket.acl", "object.acl")
        ),
    ),
    "what only the object's ACL grants, where the bucket has none": (
        a_request("s3:ListBucket", resource=BUCKET, facts=ENABLED | {OBJECT_ACL: FOR_US, BUCKET_ACL: None}),
        "grant account ACL: false",
        Worded("the bucket's ACL grants nobody else READ, which s3:ListBucket needs", ("object.acl",)),
    ),
    "what only the bucket's ACL grants, where the object's counts": (
        a_request(facts=ENABLED | {OBJECT_ACL: FOR_NOBODY, BUCKET_ACL: FOR_US}),
        "grant account ACL: false",
        Worded(
            "the object's ACL does not grant the caller READ, which s3:GetObject needs", ("object.acl", "bucket.acl")
        ),
    ),
    "that no ACL could": (
        a_request("s3:GetObjectTagging", facts=ENABLED | {BUCKET_OWNER: HOME, OBJECT_OWNER: AWAY}),
        "grant account ACL: false",
        Worded("the object is another account's, and no ACL can allow s3:GetObjectTagging"),
    ),
    "the permission that would tell": (
        a_request(facts={OBJECT_ACL: NOT_KNOWN}),
        MAY,
        Worded("`object.acl` is not known", needs="s3:GetObjectAcl"),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("acl", asked) == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("acl", asked, claim) == words


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ([1], ""),
        ({}, ""),
        ({"owner": "x"}, ""),
        ({"owner": 1, "grants": []}, "/owner"),
        ({"Owner": {"ID": "x"}, "Grants": []}, "/Owner"),  # as the AWS CLI prints it
        ({"grants": [], "a/b": 1}, "/a~1b"),
        ({"grants": 1}, ""),
        ({"grants": [1]}, "/grants/0"),
        ({"grants": [{"grantee": {"id": "x", "uri": "y"}, "permission": "READ"}]}, "/grants/0/grantee"),
        ({"grants": [{"grantee": {"id": 1}, "permission": "READ"}]}, "/grants/0/grantee/id"),
        ({"grants": [{"grantee": {"id": "x"}, "permission": "Read"}]}, "/grants/0/permission"),
        ({"grants": [{"grantee": {"id": "x"}, "permission": ["READ"]}]}, "/grants/0/permission"),
    ],
)
def test_an_acl_that_is_none_is_refused_where_it_stands(value: object, pointer: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        OBJECT_ACL.observe(value)
    assert caught.value.faults[0].pointer == pointer


@pytest.mark.parametrize(
    ("caller", "granted"), [(HOME, set()), (AWAY, {ACCOUNT})], ids=["of the object", "of the bucket"]
)
def test_the_owner_that_a_bucket_s_acl_names_is_the_bucket_s_not_the_object_s(caller: str, granted: set[str]) -> None:
    facts: Facts = {BUCKET_ACL: acl(("id", OTHER_ID, "WRITE")), BUCKET_OWNER: AWAY, OBJECT_OWNER: HOME, **ENABLED}
    writing = a_request("s3:PutObject", principal=f"arn:aws:iam::{caller}:user/ana", facts=facts)
    assert said("acl", writing) & {ACCOUNT, MAY} == granted
