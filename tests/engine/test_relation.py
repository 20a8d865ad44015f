"""The relation of accounts: who decides about what, as far as it is known."""

from typing import Any

import pytest

from why403.domain.evidence import Fact
from why403.domain.facts import BUCKET_OWNER, OBJECT_OWNER, OWNERSHIP, POINT_OWNER
from why403.engine.relation import Relation, relation
from why403.testing import a_request

HOME, AWAY, THIRD = "111122223333", "444455556666", "777788889999"
NOT_KNOWN = {"unknown": True}
BUCKET = "arn:aws:s3:::reports"
ROLE = f"arn:aws:sts::{HOME}:assumed-role/app/s"

SAME, CROSS, OUTSIDE, OPEN = Relation.SAME, Relation.CROSS, Relation.OUTSIDE, Relation.OPEN


def facts(bucket: object, item: object = None, ownership: object = "ObjectWriter") -> dict[Fact[Any], object]:
    """Return who owns the bucket and the object."""
    found: dict[Fact[Any], object] = {BUCKET_OWNER: bucket, OWNERSHIP: ownership}
    return found if item is None else {**found, OBJECT_OWNER: item}


@pytest.mark.parametrize(
    ("action", "known", "expected"),
    [
        # reads of an object: its owner decides
        ("s3:GetObject", facts(HOME, HOME), SAME),
        ("s3:GetObject", facts(HOME, AWAY), CROSS),
        ("s3:GetObject", facts(AWAY, HOME), SAME),
        ("s3:GetObject", facts(AWAY, HOME, "BucketOwnerEnforced"), CROSS),
        ("s3:GetObject", facts(HOME), SAME),
        ("s3:GetObject", facts(HOME, NOT_KNOWN), OPEN),
        ("s3:GetObject", facts(NOT_KNOWN, HOME), SAME),
        ("s3:GetObject", facts(HOME, NOT_KNOWN, "BucketOwnerEnforced"), SAME),
        ("s3:GetObject", facts(HOME, AWAY, NOT_KNOWN), OPEN),
        ("s3:GetObject", facts(HOME, HOME, NOT_KNOWN), SAME),
        ("s3:PutObjectAcl", facts(AWAY, HOME), SAME),
        # writes and deletes: the bucket's owner does
        ("s3:PutObject", facts(HOME, AWAY), SAME),
        ("s3:PutObject", facts(AWAY, HOME), CROSS),
        ("s3:PutObject", facts(HOME, NOT_KNOWN), SAME),
        ("s3:PutObject", facts(NOT_KNOWN, HOME), OPEN),
        ("s3:DeleteObject", facts(AWAY, HOME), CROSS),
        # what is no action of ours: the bucket's owner
        ("s3:NoSuchAction", facts(AWAY, HOME), CROSS),
    ],
)
@pytest.mark.parametrize("principal", [f"arn:aws:iam::{HOME}:user/ana", ROLE, f"arn:aws:iam::{HOME}:root"])
def test_the_owner_s_account_is_compared_with_the_caller_s(
    principal: str, action: str, known: dict[Fact[Any], object], expected: Relation
) -> None:
    assert relation(a_request(action, principal=principal, facts=known)) is expected


@pytest.mark.parametrize(("owner", "expected"), [(HOME, SAME), (AWAY, CROSS), (NOT_KNOWN, OPEN)])
def test_a_bucket_is_its_owner_s(owner: object, expected: Relation) -> None:
    assert relation(a_request("s3:ListBucket", resource=BUCKET, facts={BUCKET_OWNER: owner})) is expected


@pytest.mark.parametrize("owner", [HOME, NOT_KNOWN])
@pytest.mark.parametrize("principal", ["anonymous", "logging.s3.amazonaws.com"])
def test_who_has_no_account_is_outside_whoever_owns(principal: str, owner: object) -> None:
    assert relation(a_request(principal=principal, facts={BUCKET_OWNER: owner})) is OUTSIDE


@pytest.mark.parametrize(("action", "resource"), [("s3:CreateBucket", BUCKET), ("s3:ListAllMyBuckets", "*")])
def test_what_only_the_owner_s_account_may_do_is_never_across(action: str, resource: str) -> None:
    assert relation(a_request(action, resource=resource, facts={BUCKET_OWNER: AWAY})) is SAME


def test_an_owner_that_complete_evidence_does_not_name_is_the_caller_s_account() -> None:
    assert relation(a_request()) is SAME
    assert relation(a_request(rest="unknown")) is OPEN


POINT = f"arn:aws:s3:eu-west-1:{AWAY}:accesspoint/p"
NOBODYS = "arn:aws:s3:eu-west-1::accesspoint/p"


@pytest.mark.parametrize(
    ("on", "action", "bucket", "expected"),
    [
        (POINT.replace(AWAY, HOME), "s3:ListBucket", HOME, SAME),
        (POINT.replace(AWAY, HOME), "s3:ListBucket", AWAY, CROSS),
        (POINT.replace(AWAY, HOME), "s3:ListBucket", NOT_KNOWN, OPEN),
        (POINT, "s3:ListBucket", HOME, CROSS),
        (POINT, "s3:ListBucket", AWAY, CROSS),
        (POINT, "s3:ListBucket", THIRD, CROSS),
        (POINT, "s3:ListBucket", NOT_KNOWN, CROSS),
        (NOBODYS, "s3:ListBucket", HOME, OPEN),
        (NOBODYS, "s3:ListBucket", AWAY, CROSS),
        # about the access point itself, whosever the bucket is
        (POINT.replace(AWAY, HOME), "s3:GetAccessPointPolicy", AWAY, SAME),
        (POINT.replace(AWAY, HOME), "s3:TagResource", AWAY, SAME),
        (POINT, "s3:TagResource", HOME, CROSS),
    ],
)
def test_through_an_access_point_its_account_decides_as_well(
    on: str, action: str, bucket: object, expected: Relation
) -> None:
    request = a_request(action, resource=on, facts={BUCKET_OWNER: bucket, POINT_OWNER: NOT_KNOWN})
    assert relation(request) is expected
