"""What a permission gives beside its call: nothing, the names of keys, or what changes others' access for good."""

import pytest

from why403.domain.actions import ALL, find
from why403.domain.fix import NARROW, Applicability, both
from why403.policy.giving import ALLOWS, given_by
from why403.testing import a_request

MANAGED = [each.name for each in ALL if each.access == "Permissions management"]
IRREVOCABLE = (
    *("s3:DeleteBucket", "s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration"),
    *("s3:PutObjectLegalHold", "s3:PutObjectRetention", "s3:PutEncryptionConfiguration"),
    *("s3:PutBucketObjectLockConfiguration", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "iam:PassRole"),
    *("iam:PutRolePolicy", "iam:CreatePolicyVersion", "IAM:passrole"),
    *("s3:PutBucketVersioning", "s3:DeleteObject", "s3:DeleteObjectTagging", "s3:PutBucketTagging", "s3:CreateBucket"),
    *("s3:PutBucketLogging", "s3:RestoreObject", "s3:ReplicateObject", "sts:AssumeRole", "sts:AssumeRoleWithSAML"),
    *("kms:DisableKey", "ec2:RunInstances", "s3express:CreateSession"),
)


@pytest.mark.parametrize("action", [*MANAGED, *IRREVOCABLE])
def test_what_manages_permissions_or_cannot_be_taken_back_is_for_a_person_to_look_at(action: str) -> None:
    risk, grade = given_by(a_request(action, resource="*"))
    assert grade is Applicability.REVIEW
    assert risk != NARROW


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("s3:PutBucketPolicy", "whoever may write the bucket's policy may let in anybody"),
        ("s3:PutAccountPublicAccessBlock", "every bucket of the account"),
        ("s3:BypassGovernanceRetention", "WORM"),
        ("s3:DeleteObjectVersion", "every version of the key"),
        ("s3:CreateAccessGrant", "s3:CreateAccessGrant manages permissions"),
        ("s3:ListBucket", "all keys"),
        ("s3:DeleteObject", "gone for good"),
        ("s3:PutBucketVersioning", "suspended"),
        ("s3:PutObjectTagging", "tags may decide"),
        ("s3:PutBucketCORS", "`s3:PutBucketCORS` changes the bucket"),
        ("s3:DeleteObjectAnnotation", "changes what is there"),
        ("sts:AssumeRole", "all that the role may"),
    ],
)
def test_the_risk_says_what_is_allowed(action: str, said: str) -> None:
    assert said in given_by(a_request(action, resource="*")).risk


@pytest.mark.parametrize(
    "action",
    [
        *("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:GetBucketPolicy", "kms:Decrypt"),
        *("kms:GenerateDataKey", "kms:DescribeKey", "iam:GetRole", "ec2:DescribeVpcEndpoints"),
    ],
)
def test_what_reads_or_writes_one_thing_gives_nothing_else(action: str) -> None:
    assert given_by(a_request(action, resource="*")) == (NARROW, Applicability.SAFE)


@pytest.mark.parametrize(
    ("acl", "said"),
    [("bucket-owner-full-control", "no ACL but"), ("public-read", "may let in anybody"), (None, "may let in anybody")],
)
def test_an_acl_that_lets_in_nobody_is_the_one_that_can_be_written(acl: str | None, said: str) -> None:
    context = {"s3:x-amz-acl": () if acl is None else (acl,)}
    risk, grade = given_by(a_request("s3:PutObjectAcl", keys=context))
    assert said in risk
    assert grade is Applicability.REVIEW


def test_the_table_names_actions_that_there_are() -> None:
    assert [name for name in ALLOWS if name.startswith("s3:") and find(name) is None] == []


@pytest.mark.parametrize(
    ("one", "other", "told"), [(NARROW, "a", "a"), ("a", NARROW, "a"), ("a", "b", "a; b"), ("a; b", "b", "a; b")]
)
def test_a_risk_of_nothing_is_not_told_beside_another(one: str, other: str, told: str) -> None:
    assert both(one, other) == told
