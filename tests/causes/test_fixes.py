"""Checks and fixes that fit what the evidence tells: whose the object is, who signs, which version, which account."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pytest

from .asking import ACCOUNT, GET, LIST, OTHER_ACCOUNT, ROLE, USER, allow, asked, document, refused

THEIRS: Final = {**GET, "principal": f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/reader/s"}
UNSIGNED: Final = {**GET, "principal": "anonymous"}
DELETE: Final = {"operation": "DeleteObject", "bucket": "held-demo", "key": "a/b.csv", "principal": USER}
EVERYTHING: Final = [document(allow("s3:*", "*"))]
FULL: Final = {"grantee": {"account": ACCOUNT}, "permission": "FULL_CONTROL"}
OWN_OBJECT: Final = {"bucket.owner": ACCOUNT, "object.owner": ACCOUNT, "bucket.policy": None}
DIRECTORY: Final = f"arn:aws:s3express:us-east-1:{ACCOUNT}:bucket/otters--use1-az4--x-s3"
BY_ACL: Final = {**OWN_OBJECT, "bucket.ownership": "ObjectWriter"}
ALL: Final = "http://acs.amazonaws.com/groups/global/AllUsers"
SIGNED: Final = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
OPEN: Final = document({**allow("s3:GetObject", "arn:aws:s3:::held-demo/*"), "Principal": "*"})
PERIMETER: Final = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-mine"}},
}


def acl(*grants: Mapping[str, Any], owner: str = ACCOUNT) -> dict[str, Any]:
    return {"owner": owner, "grants": list(grants)}


def to(grantee: Mapping[str, str]) -> dict[str, Any]:
    return {"grantee": grantee, "permission": "READ"}


class Case(NamedTuple):
    """A call and what is known of it, and what the first cause is to say in its fix and its check, and what not."""

    request: Mapping[str, Any]
    evidence: Mapping[str, Any]
    layer: str
    fix: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    complete: bool = False


CASES: Final[Mapping[str, Case]] = {
    "of the bucket owner's object another account is let in by the policy": Case(
        THEIRS,
        {
            **BY_ACL,
            "principal.policies": EVERYTHING,
            "bucket.acl": acl(to({"account": OTHER_ACCOUNT})),
            "object.acl": acl(FULL),
        },
        "acl",
        fix=("in the bucket's policy", "the ACL of the object"),
        check=("get-object-acl",),
        never=("bucket-owner-full-control",),
    ),
    "of another account's object its owner is asked": Case(
        {**GET, "principal": ROLE},
        {
            **BY_ACL,
            "object.owner": OTHER_ACCOUNT,
            "principal.policies": EVERYTHING,
            "object.acl": acl(owner=OTHER_ACCOUNT),
        },
        "acl",
        fix=("bucket-owner-full-control",),
    ),
    "what those alone may read who sign is signed": Case(
        UNSIGNED,
        {**BY_ACL, "object.acl": acl(to({"uri": SIGNED}))},
        "acl",
        fix=("sign the request",),
        never=("bucket-owner-full-control",),
        complete=True,
    ),
    "an ACL that no longer counts is not to be sent by who only reads": Case(
        UNSIGNED,
        {**OWN_OBJECT, "bucket.ownership": "BucketOwnerEnforced", "object.acl": acl(to({"uri": ALL}))},
        "ownership",
        fix=("sign the request",),
        never=("send no ACL",),
        complete=True,
    ),
    "nor by another account": Case(
        THEIRS,
        {
            **OWN_OBJECT,
            "bucket.ownership": "BucketOwnerEnforced",
            "object.acl": acl(to({"account": OTHER_ACCOUNT})),
            "principal.policies": EVERYTHING,
        },
        "ownership",
        fix=("in the bucket's policy",),
        never=("send no ACL",),
        complete=True,
    ),
    "nobody pays for who is anonymous": Case(
        UNSIGNED,
        {"bucket.owner": ACCOUNT, "bucket.request_payment": "Requester", "bucket.policy": OPEN},
        "request_payment",
        fix=("sign the request", "x-amz-request-payer"),
        check=("sign it", "--request-payer requester"),
    ),
    "nor for a listing": Case(
        {**LIST, "principal": "anonymous"},
        {"bucket.owner": ACCOUNT, "bucket.request_payment": "Requester"},
        "request_payment",
        fix=("sign the request", "x-amz-request-payer"),
        check=("sign it", "list-objects-v2"),
    ),
    "the version that is named is looked at": Case(
        {**DELETE, "parameters": {"VersionId": "v9"}, "time": "2026-05-01T00:00:00Z"},
        {
            "bucket.owner": ACCOUNT,
            "principal.policies": EVERYTHING,
            "object.lock": {"mode": "COMPLIANCE", "retain_until": "2027-01-01T00:00:00Z", "legal_hold": False},
        },
        "object_state",
        check=("get-object-retention --bucket held-demo --key a/b.csv --version-id v9",),
        complete=True,
    ),
    "and none where none is": Case(
        {**GET, "principal": USER},
        {"bucket.owner": ACCOUNT, "principal.policies": EVERYTHING, "object.storage_class": "GLACIER"},
        "object_state",
        check=("head-object --bucket held-demo --key a/b.csv",),
        never=("--version-id",),
        complete=True,
    ),
    "the account that owns the bucket is named": Case(
        THEIRS | {"context": {"aws:PrincipalOrgID": "o-other"}},
        {"bucket.owner": ACCOUNT, "organization.rcps": [[{"name": "p", "document": document(PERIMETER)}]]},
        "rcp",
        check=(f"--target-id {ACCOUNT}",),
        complete=True,
    ),
    "a bucket is named though the key is not known": Case(
        {"operation": "PutObject", "principal": ROLE, "resource": DIRECTORY},
        {"bucket.owner": ACCOUNT, "principal.policies": EVERYTHING, "bucket.policy": None},
        "identity",
        fix=("bucket/otters--use1-az4--x-s3",),
        check=("--bucket otters--use1-az4--x-s3",),
    ),
    "the setting that keeps out another account is asked for": Case(
        THEIRS,
        {
            "bucket.owner": ACCOUNT,
            "principal.policies": EVERYTHING,
            "bucket.policy": OPEN,
            "bucket.public_access_block": {"RestrictPublicBuckets": True},
        },
        "block_public_access",
        fix=("name the principals",),
        check=("RestrictPublicBuckets",),
        never=("BlockPublicPolicy",),
        complete=True,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_check_and_fix_fit_what_is_known(case: Case) -> None:
    operation = case.request["operation"]
    members = {"request": case.request, "evidence": case.evidence, "evidence_is_complete": case.complete}
    first = asked(refused(operation), **members)["causes"][0]
    check, fix = " ".join(first["check"].values()), first["fix"]["summary"]
    assert first["layer"] == case.layer
    assert [each for each in case.fix if each not in fix] == []
    assert [each for each in case.check if each not in check] == []
    assert [each for each in case.never if each in check + fix] == []
