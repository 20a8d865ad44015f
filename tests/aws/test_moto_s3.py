"""Collectors of bucket and object on what moto keeps: what was put there is what is found."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.layers.reading_s3 import ALL_ON, plain
from why403 import ABSENT, AccessRequest, Call, Fact, Found, Observation, Unreadable
from why403.aws import Access, connect
from why403.bootstrap import build
from why403.domain.acl import ALL_USERS, Acl
from why403.domain.facts import (
    BUCKET_OWNER,
    BUCKET_TAGS,
    CANONICAL_IDS,
    OBJECT_OWNER,
    OBJECT_TAGS,
    OWNERSHIP,
    POINT_BUCKET,
    POINT_ORIGIN,
    POINT_OWNER,
    POINT_VPC,
    REGION,
)
from why403.domain.states import BUCKET_ENCRYPTION, OBJECT_ENCRYPTION, Encryption, Storage, Versioning
from why403.gathering import Desk, Subject, gather
from why403.settings import Settings
from why403.testing import a_request
from why403_layers.acl import BUCKET_ACL, OBJECT_ACL
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.keys import GRANTS, KEY_ARN, KEY_MANAGER, KEY_POLICY, KEY_STATE
from why403_layers.objects import DELETE_MARKER, EXISTS, LOCK, STORAGE_CLASS, VERSIONING
from why403_layers.points import POINT_POLICY
from why403_layers.public_access import ACCESS_POINT, ACCOUNT, ORGANIZATION
from why403_layers.public_access import BUCKET as ON_BUCKET

HERE, THERE = "123456789012", "444455556666"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject"}]}
POLICY["Statement"][0]["Resource"] = "arn:aws:s3:::reports/*"  # type: ignore[index]


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="eu-central-1")
        client.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        client.create_bucket(Bucket="reports-2", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield client


def seen_of(
    account: str = HERE, resource: str = "arn:aws:s3:::reports/q3.csv", **request: Any
) -> Mapping[Fact[Any], Observation[Any]]:
    asked: AccessRequest = a_request(
        request.pop("action", "s3:GetObject"),
        principal=f"arn:aws:iam::{account}:user/ana",
        resource=resource,
        rest="unknown",
        **request,
    )
    reader = connect("auto", Access())
    assert reader is not None
    desk = Desk(reader)
    try:
        subject = Subject(request=asked)
        return gather(desk, build(Settings(collect_objects=True)).registry.collectors, [[subject]]).seen[subject]
    finally:
        desk.close()


def test_a_bucket_with_everything(s3: Any) -> None:
    s3.put_object(Bucket="reports", Key="q3.csv", Body=b"", Tagging="class=secret")
    s3.put_object_acl(Bucket="reports", Key="q3.csv", ACL="public-read")
    s3.put_bucket_policy(Bucket="reports", Policy=json.dumps(POLICY))
    s3.put_bucket_tagging(Bucket="reports", Tagging={"TagSet": [{"Key": "team", "Value": "blue"}]})
    s3.put_bucket_ownership_controls(
        Bucket="reports", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    s3.put_public_access_block(Bucket="reports", PublicAccessBlockConfiguration={**ALL_ON, "BlockPublicAcls": False})
    boto3.client("s3control", region_name="us-east-1").put_public_access_block(
        AccountId=HERE, PublicAccessBlockConfiguration=ALL_ON
    )
    seen = {fact: plain(each) for fact, each in seen_of().items()}
    assert seen[BUCKET_OWNER] == seen[OBJECT_OWNER] == HERE
    assert seen[REGION] == "eu-central-1"
    assert seen[OWNERSHIP] == "BucketOwnerPreferred"
    assert seen[BUCKET_TAGS] == {"team": "blue"}
    assert seen[OBJECT_TAGS] == {"class": "secret"}
    assert seen[ON_BUCKET] == {**ALL_ON, "BlockPublicAcls": False}
    assert seen[ACCOUNT] == ALL_ON
    assert "unreadable" not in {seen[BUCKET_POLICY], seen[BUCKET_OWNER]}
    acl, ids = seen[OBJECT_ACL], seen[CANONICAL_IDS]
    assert isinstance(acl, Acl)
    assert {(each.form, each.permission) for each in acl.grants} == {("id", "FULL_CONTROL"), ("uri", "READ")}
    assert {each.grantee for each in acl.grants} == {acl.owner, ALL_USERS}
    assert list(ids.values()) == [HERE]  # type: ignore[attr-defined]


def test_a_bucket_with_nothing(s3: Any) -> None:
    s3.put_object(Bucket="reports", Key="q3.csv", Body=b"")
    seen = seen_of()
    none = {fact for fact, each in seen.items() if each == ABSENT}
    assert {BUCKET_POLICY, BUCKET_TAGS, OBJECT_TAGS, ON_BUCKET, ACCOUNT} <= none
    assert plain(seen[OWNERSHIP]) == "ObjectWriter"
    assert isinstance(plain(seen[BUCKET_ACL]), Acl)


def test_a_version_is_read_as_it_was(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket="reports", VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket="reports", Key="q3.csv", Body=b"", Tagging="class=secret")["VersionId"]
    s3.put_object(Bucket="reports", Key="q3.csv", Body=b"", Tagging="class=open", ACL="public-read")
    call = Call(operation="GetObject", parameters={"VersionId": old})
    was, now = seen_of(action="s3:GetObjectVersion", call=call), seen_of()
    assert (plain(was[OBJECT_TAGS]), plain(now[OBJECT_TAGS])) == ({"class": "secret"}, {"class": "open"})
    grants = [len(acl.grants) for acl in (plain(was[OBJECT_ACL]), plain(now[OBJECT_ACL])) if isinstance(acl, Acl)]
    assert grants == [1, 2]


READ = Call(operation="GetObject")


def test_an_object_that_is_there_and_one_that_is_not(s3: Any) -> None:
    s3.put_object(Bucket="reports", Key="q3.csv", Body=b"", StorageClass="GLACIER")
    s3.put_object(Bucket="reports", Key="q4.csv", Body=b"")
    cold, warm, gone = (seen_of(resource=f"arn:aws:s3:::reports/{key}", call=READ) for key in ("q3.csv", "q4.csv", "x"))
    assert (plain(cold[EXISTS]), plain(warm[EXISTS]), plain(gone[EXISTS])) == (True, True, False)
    assert (plain(cold[DELETE_MARKER]), plain(warm[DELETE_MARKER])) == (False, False)
    assert [archived(seen) for seen in (cold, warm)] == [True, False]
    s3.restore_object(Bucket="reports", Key="q3.csv", RestoreRequest={"Days": 1})
    assert not archived(seen_of(call=READ))


def archived(seen: Mapping[Fact[Any], Observation[Any]]) -> bool:
    held = plain(seen[STORAGE_CLASS])
    assert isinstance(held, Storage)
    return held.archived


def test_a_key_under_a_delete_marker_is_not_there(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket="reports", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="reports", Key="q3.csv", Body=b"")["VersionId"]
    s3.delete_object(Bucket="reports", Key="q3.csv")
    assert plain(seen_of(call=READ)[EXISTS]) is False
    asked = Call(operation="GetObject", parameters={"VersionId": version})
    assert plain(seen_of(action="s3:GetObjectVersion", call=asked)[EXISTS]) is True


def test_versioning_and_a_bucket_without_locks(s3: Any) -> None:
    s3.create_bucket(
        Bucket="locked",
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        ObjectLockEnabledForBucket=True,
    )
    kept = s3.put_object(Bucket="locked", Key="a", Body=b"", ObjectLockLegalHoldStatus="ON")["VersionId"]
    s3.put_object(Bucket="reports", Key="a", Body=b"")
    seen = [locked("locked/a", kept), locked("reports/a", "null")]
    # moto answers for the retention with an empty element, which says nothing.
    assert [plain(each[LOCK]) for each in seen] == ["unreadable", "absent"]
    assert [plain(each[VERSIONING]) for each in seen] == [
        Versioning(status="Enabled", mfa_delete=False),
        Versioning(status=None, mfa_delete=False),
    ]


def locked(name: str, version: str) -> Mapping[Fact[Any], Observation[Any]]:
    call = Call(operation="DeleteObject", parameters={"VersionId": version})
    return seen_of(action="s3:DeleteObjectVersion", resource=f"arn:aws:s3:::{name}", call=call)


def test_the_first_region_has_no_name(s3: Any) -> None:
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="oldest")
    assert plain(seen_of(resource="arn:aws:s3:::oldest/a")[REGION]) == "us-east-1"


def test_a_missing_bucket_or_object_has_nothing_that_is_none(s3: Any) -> None:
    gone = seen_of(resource="arn:aws:s3:::gone/q3.csv")
    of_resource = {fact: each for fact, each in gone.items() if fact.of_resource}
    assert {type(each) for each in of_resource.values()} == {Unreadable}
    assert "NoSuchBucket" in str(gone[BUCKET_OWNER])
    missing = seen_of()
    assert {type(missing[fact]) for fact in (OBJECT_ACL, OBJECT_TAGS, OBJECT_OWNER)} == {Unreadable}
    assert plain(missing[BUCKET_OWNER]) == HERE


def test_a_caller_of_an_account_with_no_way_in_has_no_say_in_whose_the_bucket_is(s3: Any) -> None:
    assert plain(seen_of(THERE)[BUCKET_OWNER]) == HERE
    assert plain(seen_of(THERE, "arn:aws:s3:::gone/q3.csv")[BUCKET_OWNER]) == "unreadable"


def test_what_an_organization_sets_is_not_none_where_that_cannot_be_asked(s3: Any) -> None:
    # moto knows no S3 policies: whatever it says to that, it is no answer.
    assert isinstance(seen_of()[ORGANIZATION], Unreadable)


def a_default(s3: Any, key: str) -> None:
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket="reports", ServerSideEncryptionConfiguration={"Rules": [rule]})


@pytest.mark.parametrize("named", ["arn", "id", "alias"])
def test_the_key_of_a_bucket(s3: Any, named: str) -> None:
    kms = boto3.client("kms", region_name="eu-central-1")
    told = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/reports", TargetKeyId=told["KeyId"])
    kms.create_grant(KeyId=told["KeyId"], GranteePrincipal=f"arn:aws:iam::{HERE}:role/app", Operations=["Decrypt"])
    a_default(s3, {"arn": told["Arn"], "id": told["KeyId"], "alias": "alias/reports"}[named])
    seen = seen_of(action="s3:PutObject", call=Call(operation="PutObject"))
    held = plain(seen[BUCKET_ENCRYPTION])
    assert isinstance(held, Encryption)
    assert (held.algorithm, held.bucket_key) == ("aws:kms", True)
    assert plain(seen[KEY_ARN]) == told["Arn"]
    assert plain(seen[KEY_STATE]) == "Enabled"
    assert plain(seen[KEY_MANAGER]) == "CUSTOMER"
    assert isinstance(seen[KEY_POLICY], Found)
    grants: Any = plain(seen[GRANTS])
    assert [each.grant.grantee for each in grants] == [f"arn:aws:iam::{HERE}:role/app"]


def test_the_key_of_an_object(s3: Any) -> None:
    kms = boto3.client("kms", region_name="eu-central-1")
    told = kms.create_key()["KeyMetadata"]
    kms.disable_key(KeyId=told["KeyId"])
    arn = told["Arn"]
    s3.put_object(Bucket="reports", Key="q3.csv", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=arn)
    seen = seen_of(call=Call(operation="GetObject"))
    assert plain(seen[OBJECT_ENCRYPTION]) == Encryption(algorithm="aws:kms", key=arn, bucket_key=False)
    assert plain(seen[KEY_STATE]) == "Disabled"


def test_a_bucket_without_a_key(s3: Any) -> None:
    s3.put_object(Bucket="reports", Key="q3.csv", Body=b"")
    seen = seen_of(call=Call(operation="GetObject"))
    assert KEY_ARN not in seen
    assert plain(seen_of(action="s3:PutObject", call=Call(operation="PutObject"))[BUCKET_ENCRYPTION]) in {
        "absent",
        Encryption(algorithm="AES256", key=None, bucket_key=False),
    }


# --- access points ----------------------------------------------------------------------------------------------------

POINT = f"arn:aws:s3:eu-central-1:{HERE}:accesspoint/desk"


def test_through_an_access_point_the_bucket_behind_is_read(s3: Any) -> None:
    s3.put_bucket_policy(Bucket="reports", Policy=json.dumps(POLICY))
    s3.put_object(Bucket="reports", Key="q3.csv", Body=b"", Tagging="class=secret")
    control = boto3.client("s3control", region_name="eu-central-1")
    network = {"VpcConfiguration": {"VpcId": "vpc-1"}, "PublicAccessBlockConfiguration": ALL_ON}
    control.create_access_point(AccountId=HERE, Name="desk", Bucket="reports", **network)
    control.put_access_point_policy(AccountId=HERE, Name="desk", Policy=json.dumps(POLICY))
    seen = seen_of(resource=f"{POINT}/object/q3.csv")
    told = {POINT_BUCKET: "reports", POINT_OWNER: HERE, POINT_ORIGIN: "VPC", POINT_VPC: "vpc-1", BUCKET_OWNER: HERE}
    assert {fact: plain(seen[fact]) for fact in told} == told
    assert plain(seen[ACCESS_POINT]) == ALL_ON
    assert isinstance(seen[POINT_POLICY], Found)
    assert isinstance(seen[BUCKET_POLICY], Found)
    assert plain(seen[OBJECT_TAGS]) == {"class": "secret"}


def test_an_access_point_need_not_have_a_policy(s3: Any) -> None:
    control = boto3.client("s3control", region_name="eu-central-1")
    control.create_access_point(AccountId=HERE, Name="desk", Bucket="reports")
    seen = seen_of(resource=POINT, action="s3:ListBucket")
    assert seen[POINT_POLICY] == ABSENT
    assert plain(seen[POINT_ORIGIN]) == "Internet"


def test_an_access_point_that_is_not_there_is_not_one_without_a_policy(s3: Any) -> None:
    seen = seen_of(resource=POINT, action="s3:ListBucket")
    facts = (POINT_POLICY, POINT_BUCKET, POINT_ORIGIN, ACCESS_POINT, BUCKET_OWNER, BUCKET_POLICY)
    assert {plain(seen[fact]) for fact in facts} == {"unreadable"}
