"""Each S3 call needs the permissions that AWS documents, on the right resource, with the keys that follow."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest

from why403.domain.actions import find
from why403.domain.errors import InvalidInput
from why403.domain.operations import (
    ALIASES,
    KNOWN_PARAMETERS,
    OPERATIONS,
    OWNER_ONLY,
    PARAMETER_OF,
    UNREAD,
    Leg,
    grant_headers,
    legs,
    operation_named,
)
from why403.domain.truth import FALSE, TRUE, UNKNOWN

BUCKET = "arn:aws:s3:::reports"
OBJECT = "arn:aws:s3:::reports/2026/q3.csv"
POINT = "arn:aws:s3:eu-west-1:111122223333:accesspoint/finance"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
DIRECTORY = "arn:aws:s3express:eu-west-1:111122223333:bucket/fast--euw1-az1--x-s3"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b"


def unread(name: str) -> object:
    """Nothing could be read, but nothing is under a KMS key."""
    return None if "encryption" in name or ".key" in name else UNREAD


def asked(operation: str, resource: str, parameters: Mapping[str, object] | None = None, **more: Any) -> list[str]:
    """Return the legs as text: the action, what it is on where that is not the call's resource, and any doubt."""
    found = legs(operation, resource, parameters or {}, more.pop("known", unread), **more)
    return [_text(leg, resource) for leg in found]


def _text(leg: Leg, resource: str) -> str:
    on = "" if leg.resource == resource else f" on {leg.subject}{leg.resource}"
    return leg.action + on + ("" if leg.needed == TRUE else " ?")


def keys(operation: str, resource: str, parameters: Mapping[str, object], action: str) -> dict[str, tuple[str, ...]]:
    """Return the keys that a call fills for one of its actions."""
    (leg,) = [leg for leg in legs(operation, resource, parameters, unread) if leg.action == action]
    return dict(leg.keys)


# --- objects ----------------------------------------------------------------------------------------------------------

READS = {
    "GetObject": ["s3:GetObject"],
    "HeadObject": ["s3:GetObject"],
    "GetObjectAttributes": ["s3:GetObject", "s3:GetObjectAttributes"],
    "GetObjectAcl": ["s3:GetObjectAcl"],
    "GetObjectTagging": ["s3:GetObjectTagging"],
    "PutObjectAcl": ["s3:PutObjectAcl"],
    "PutObjectTagging": ["s3:PutObjectTagging"],
    "DeleteObjectTagging": ["s3:DeleteObjectTagging"],
    "DeleteObject": ["s3:DeleteObject"],
    "GetObjectAnnotation": ["s3:GetObjectAnnotation"],
    "PutObjectAnnotation": ["s3:PutObjectAnnotation"],
    "ListObjectAnnotations": ["s3:ListObjectAnnotations"],
    "DeleteObjectAnnotation": ["s3:DeleteObjectAnnotation"],
}


@pytest.mark.parametrize("operation", READS)
def test_naming_a_version_needs_the_action_for_versions_instead(operation: str) -> None:
    assert asked(operation, OBJECT) == READS[operation]
    versions = [action.replace("Object", "ObjectVersion") for action in READS[operation]]
    assert asked(operation, OBJECT, {"VersionId": "3sL4kqtJ"}) == versions


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("GetObjectRetention", "s3:GetObjectRetention"),
        ("GetObjectLegalHold", "s3:GetObjectLegalHold"),
        ("PutObjectRetention", "s3:PutObjectRetention"),
        ("PutObjectLegalHold", "s3:PutObjectLegalHold"),
        ("RestoreObject", "s3:RestoreObject"),
        ("SelectObjectContent", "s3:GetObject"),
        ("GetObjectTorrent", "s3:GetObject"),
        ("ListParts", "s3:ListMultipartUploadParts"),
        ("AbortMultipartUpload", "s3:AbortMultipartUpload"),
        ("UploadPart", "s3:PutObject"),
    ],
)
def test_other_object_calls_need_one_action_for_every_version(operation: str, action: str) -> None:
    assert asked(operation, OBJECT, {"VersionId": "3sL4kqtJ"}) == [action]


WRITES = ["PutObject", "CreateMultipartUpload", "CopyObject"]


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize(
    ("parameters", "action"),
    [
        ({"ACL": "private"}, "s3:PutObjectAcl"),
        ({"ACL": "bucket-owner-full-control"}, "s3:PutObjectAcl"),
        ({"GrantRead": "id=abc"}, "s3:PutObjectAcl"),
        ({"GrantFullControl": "id=abc"}, "s3:PutObjectAcl"),
        ({"Tagging": "team=blue"}, "s3:PutObjectTagging"),
        ({"ObjectLockMode": "GOVERNANCE"}, "s3:PutObjectRetention"),
        ({"ObjectLockRetainUntilDate": "2027-01-01T00:00:00Z"}, "s3:PutObjectRetention"),
        ({"ObjectLockRetainUntilDate": datetime(2027, 1, 1, tzinfo=UTC)}, "s3:PutObjectRetention"),
        ({"ObjectLockLegalHoldStatus": "OFF"}, "s3:PutObjectLegalHold"),
    ],
)
def test_a_write_needs_a_permission_for_each_thing_it_sets(
    operation: str, parameters: Mapping[str, object], action: str
) -> None:
    source = {"CopySource": "raw/q3.csv", "TaggingDirective": "REPLACE"} if operation == "CopyObject" else {}
    before = ["s3:GetObject on source.arn:aws:s3:::raw/q3.csv"] if source else []
    assert asked(operation, OBJECT, {**source, **parameters}) == [*before, "s3:PutObject", action]
    assert asked(operation, OBJECT, {**source, **dict.fromkeys(parameters)}) == [*before, "s3:PutObject"]


def test_a_write_that_sets_everything_needs_everything_once() -> None:
    parameters = {
        "ACL": "public-read",
        "Tagging": "a=1",
        "ObjectLockMode": "GOVERNANCE",
        "ObjectLockRetainUntilDate": "2027-01-01T00:00:00Z",
        "ObjectLockLegalHoldStatus": "ON",
        "IfMatch": '"9b2c"',
        "StorageClass": "STANDARD",
    }
    assert asked("PutObject", OBJECT, parameters) == [
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:PutObjectTagging",
        "s3:PutObjectRetention",
        "s3:PutObjectLegalHold",
        "s3:GetObject",
    ]


def test_an_empty_tag_set_sets_no_tags() -> None:
    assert asked("PutObject", OBJECT, {"Tagging": ""}) == ["s3:PutObject"]


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("PutObject", {"IfMatch": '"9b2c"'}, ["s3:PutObject", "s3:GetObject"]),
        ("PutObject", {"IfNoneMatch": "*"}, ["s3:PutObject"]),
        ("CompleteMultipartUpload", {}, ["s3:PutObject"]),
        ("CompleteMultipartUpload", {"IfMatch": '"9b2c"'}, ["s3:PutObject", "s3:GetObject"]),
        ("DeleteObject", {"IfMatch": '"9b2c"'}, ["s3:DeleteObject", "s3:GetObject"]),
        ("DeleteObject", {"IfMatch": "*"}, ["s3:DeleteObject"]),
        ("DeleteObject", {"BypassGovernanceRetention": False}, ["s3:DeleteObject"]),
        (
            "DeleteObject",
            {"VersionId": "v", "BypassGovernanceRetention": True},
            ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"],
        ),
        (
            "PutObjectRetention",
            {"BypassGovernanceRetention": "true"},
            ["s3:PutObjectRetention", "s3:BypassGovernanceRetention"],
        ),
        ("UpdateObjectEncryption", {}, ["s3:UpdateObjectEncryption", "s3:PutObject"]),
    ],
)
def test_conditions_and_bypasses_need_more(
    operation: str, parameters: Mapping[str, object], expected: list[str]
) -> None:
    assert asked(operation, OBJECT, parameters) == expected


# --- copies -----------------------------------------------------------------------------------------------------------

AP_SOURCE = f"{POINT}/object/raw/q3.csv"


@pytest.mark.parametrize(
    ("source", "on", "version"),
    [
        ("raw/q3.csv", "arn:aws:s3:::raw/q3.csv", None),
        ("/raw/q3.csv", "arn:aws:s3:::raw/q3.csv", None),
        ("raw/in/q3.csv", "arn:aws:s3:::raw/in/q3.csv", None),
        ("raw/a%20b%2Bc.csv", "arn:aws:s3:::raw/a b+c.csv", None),
        ("raw/a+b.csv", "arn:aws:s3:::raw/a+b.csv", None),
        ("raw/q3.csv?versionId=v1", "arn:aws:s3:::raw/q3.csv", "v1"),
        ("/raw/q%3FversionId=3.csv?versionId=v1", "arn:aws:s3:::raw/q?versionId=3.csv", "v1"),
        (AP_SOURCE, AP_SOURCE, None),
        (AP_SOURCE.replace(":", "%3A").replace("/", "%2F"), AP_SOURCE, None),
        (AP_SOURCE + "?versionId=v1", AP_SOURCE, "v1"),
        ({"Bucket": "raw", "Key": "q3.csv"}, "arn:aws:s3:::raw/q3.csv", None),
        ({"Bucket": "raw", "Key": "a%20b"}, "arn:aws:s3:::raw/a%20b", None),
        ({"Bucket": "raw", "Key": "q3.csv", "VersionId": "v1"}, "arn:aws:s3:::raw/q3.csv", "v1"),
        ({"Bucket": POINT, "Key": "raw/q3.csv"}, AP_SOURCE, None),
    ],
)
@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
def test_a_copy_reads_its_source_and_writes_its_destination(
    operation: str, source: object, on: str, version: str | None
) -> None:
    found = legs(operation, OBJECT, {"CopySource": source, "TaggingDirective": "REPLACE"}, unread)
    read = "s3:GetObjectVersion" if version else "s3:GetObject"
    assert [leg[:5] for leg in found] == [
        (read, on, "source.", None, TRUE),
        ("s3:PutObject", OBJECT, "", None, TRUE),
    ]
    assert dict(found[0].keys) == ({"s3:versionid": (version,)} if version else {})


def test_the_source_is_in_the_partition_of_the_destination() -> None:
    found = legs("UploadPartCopy", "arn:aws-cn:s3:::reports/k", {"CopySource": "raw/k"}, unread)
    assert found[0].resource == "arn:aws-cn:s3:::raw/k"


@pytest.mark.parametrize(
    ("directive", "tags", "needed"),
    [
        (None, [], FALSE),
        (None, None, FALSE),
        (None, {"team": "blue"}, TRUE),
        (None, UNREAD, UNKNOWN),
        ("COPY", {"team": "blue"}, TRUE),
        ("COPY", UNREAD, UNKNOWN),
        ("REPLACE", {"team": "blue"}, FALSE),
        ("REPLACE", UNREAD, FALSE),
    ],
)
def test_copying_tags_needs_to_read_and_to_write_them_if_there_are_any(
    directive: str | None, tags: object, needed: int
) -> None:
    parameters = {"CopySource": "raw/k", **({"TaggingDirective": directive} if directive else {})}
    facts = {"source.object.tags": tags}
    found = legs("CopyObject", OBJECT, parameters, facts.get)
    tagging = {leg.action: leg.needed for leg in found if "Tagging" in leg.action}
    expected = {"s3:GetObjectTagging": needed, "s3:PutObjectTagging": needed} if needed != FALSE else {}
    assert tagging == expected


def test_tags_that_replace_the_sources_are_written_and_not_read() -> None:
    parameters = {"CopySource": "raw/k", "TaggingDirective": "REPLACE", "Tagging": "a=1"}
    actions = [leg.action for leg in legs("CopyObject", OBJECT, parameters, unread)]
    assert actions == ["s3:GetObject", "s3:PutObject", "s3:PutObjectTagging"]


def test_a_version_of_the_source_has_its_own_tags() -> None:
    facts = {"source.object.tags": {"a": "1"}}
    found = legs("CopyObject", OBJECT, {"CopySource": "raw/k?versionId=v"}, facts.get)
    assert [leg.action for leg in found if leg.subject] == ["s3:GetObjectVersion", "s3:GetObjectVersionTagging"]


def test_annotations_are_copied_on_request() -> None:
    parameters = {"CopySource": "raw/k", "TaggingDirective": "REPLACE", "AnnotationDirective": "COPY"}
    actions = [leg.action for leg in legs("CopyObject", OBJECT, parameters, unread)]
    assert actions == ["s3:GetObject", "s3:GetObjectAnnotation", "s3:PutObject", "s3:PutObjectAnnotation"]


# --- several keys -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("resource", "under"), [(BUCKET, f"{BUCKET}/"), (POINT, f"{POINT}/object/")])
def test_deleting_several_objects_is_one_deletion_per_key(resource: str, under: str) -> None:
    objects = [{"Key": "a"}, {"Key": "b/c", "VersionId": "v1"}, {"Key": "d", "ETag": '"9b2c"'}]
    found = legs("DeleteObjects", resource, {"Delete": {"Objects": objects}}, unread)
    assert [(leg.action, leg.resource, leg.key, leg.subject) for leg in found] == [
        ("s3:DeleteObject", f"{under}a", "a", ""),
        ("s3:DeleteObjectVersion", f"{under}b/c", "b/c", ""),
        ("s3:DeleteObject", f"{under}d", "d", ""),
        ("s3:GetObject", f"{under}d", "d", ""),
    ]
    assert [dict(leg.keys) for leg in found] == [{}, {"s3:versionid": ("v1",)}, {"s3:if-match": ('"9b2c"',)}, {}]


def test_bypassing_governance_is_asked_for_every_key() -> None:
    parameters = {"Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}]}, "BypassGovernanceRetention": True}
    found = legs("DeleteObjects", BUCKET, parameters, unread)
    assert [leg.key for leg in found if leg.action == "s3:BypassGovernanceRetention"] == ["a", "b"]


# --- buckets, accounts and the rest -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("ListObjects", "s3:ListBucket"),
        ("ListObjectsV2", "s3:ListBucket"),
        ("HeadBucket", "s3:ListBucket"),
        ("ListObjectVersions", "s3:ListBucketVersions"),
        ("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
        ("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
        ("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
        ("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
        ("GetBucketCors", "s3:GetBucketCORS"),
        ("GetBucketNotificationConfiguration", "s3:GetBucketNotification"),
        ("DeleteBucketReplication", "s3:PutReplicationConfiguration"),
        ("DeleteBucketTagging", "s3:PutBucketTagging"),
        ("DeleteBucketWebsite", "s3:DeleteBucketWebsite"),
        ("DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
        ("ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration"),
        ("DeleteBucketMetricsConfiguration", "s3:PutMetricsConfiguration"),
        ("PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration"),
        ("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        ("CreateBucketMetadataConfiguration", "s3:CreateBucketMetadataTableConfiguration"),
        ("PutBucketPolicy", "s3:PutBucketPolicy"),
        ("TagResource", "s3:TagResource"),
        ("CreateSession", "s3express:CreateSession"),
    ],
)
def test_a_bucket_call_needs_one_action_on_the_bucket(operation: str, action: str) -> None:
    assert asked(operation, BUCKET) == [action]


@pytest.mark.parametrize(
    ("parameters", "more"),
    [
        ({}, []),
        ({"ACL": "private"}, []),
        ({"ACL": "public-read"}, ["s3:PutBucketAcl"]),
        ({"GrantWrite": "id=abc"}, ["s3:PutBucketAcl"]),
        ({"ObjectLockEnabledForBucket": True}, ["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]),
        ({"ObjectLockEnabledForBucket": False}, []),
        ({"ObjectOwnership": "BucketOwnerEnforced"}, ["s3:PutBucketOwnershipControls"]),
        ({"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}, []),
        ({"CreateBucketConfiguration": {"Tags": [{"Key": "a", "Value": "1"}]}}, ["s3:TagResource"]),
    ],
)
def test_creating_a_bucket_needs_a_permission_for_each_thing_it_sets(
    parameters: Mapping[str, object], more: list[str]
) -> None:
    assert asked("CreateBucket", BUCKET, parameters) == ["s3:CreateBucket", *more]


@pytest.mark.parametrize(
    ("operation", "resource", "parameters", "expected"),
    [
        ("ListBuckets", "*", {}, "s3:ListAllMyBuckets"),
        ("ListBuckets", BUCKET, {}, "s3:ListAllMyBuckets on *"),
        ("ListBuckets", OBJECT, {}, "s3:ListAllMyBuckets on *"),
        ("ListDirectoryBuckets", "*", {}, "s3express:ListAllMyDirectoryBuckets"),
        ("GetPublicAccessBlock", BUCKET, {}, "s3:GetBucketPublicAccessBlock"),
        ("GetPublicAccessBlock", "*", {}, "s3:GetAccountPublicAccessBlock"),
        ("GetPublicAccessBlock", BUCKET, {"AccountId": "111122223333"}, "s3:GetAccountPublicAccessBlock on *"),
        ("PutPublicAccessBlock", "*", {}, "s3:PutAccountPublicAccessBlock"),
        ("DeletePublicAccessBlock", "*", {}, "s3:PutAccountPublicAccessBlock"),
        ("PutAccountPublicAccessBlock", "*", {}, "s3:PutAccountPublicAccessBlock"),
        ("CreateJob", "*", {}, "s3:CreateJob"),
        ("GetAccessPoint", POINT, {}, "s3:GetAccessPoint on *"),
        ("PutAccessPointPolicy", POINT, {}, "s3:PutAccessPointPolicy"),
        ("WriteGetObjectResponse", "*", {}, "s3-object-lambda:WriteGetObjectResponse"),
    ],
)
def test_calls_about_an_account_or_an_access_point(
    operation: str, resource: str, parameters: Mapping[str, object], expected: str
) -> None:
    assert asked(operation, resource, parameters) == [expected]


@pytest.mark.parametrize(
    ("operation", "resource", "expected"),
    [
        ("GetObject", f"{POINT}/object/k", ["s3:GetObject"]),
        ("ListObjectsV2", POINT, ["s3:ListBucket"]),
        ("GetObject", "arn:aws:s3::111122223333:accesspoint/m.mrap/object/k", ["s3:GetObject"]),
        ("GetObject", f"{DIRECTORY}/k", [f"s3express:CreateSession on {DIRECTORY}"]),
        ("RenameObject", f"{DIRECTORY}/k", [f"s3express:CreateSession on {DIRECTORY}"]),
        ("HeadBucket", DIRECTORY, ["s3express:CreateSession"]),
        ("CreateBucket", DIRECTORY, ["s3express:CreateBucket"]),
        ("PutBucketPolicy", DIRECTORY, ["s3express:PutBucketPolicy"]),
        ("TagResource", DIRECTORY, ["s3express:TagResource"]),
        (
            "GetObject",
            "arn:aws:s3-outposts:eu-west-1:111122223333:outpost/op-1/accesspoint/a/object/k",
            ["s3-outposts:GetObject"],
        ),
        ("GetObject", "arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/l", ["s3-object-lambda:GetObject"]),
        (
            "GetObject",
            "arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/l/object/k",
            ["s3-object-lambda:GetObject on arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/l"],
        ),
        (
            "GetAccessPointForObjectLambda",
            "arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/l",
            ["s3:GetAccessPointForObjectLambda"],
        ),
    ],
)
def test_other_kinds_of_buckets_need_their_own_actions(operation: str, resource: str, expected: list[str]) -> None:
    assert asked(operation, resource) == expected


def test_one_session_covers_all_a_call_does_in_a_directory_bucket() -> None:
    source = {"CopySource": "slow--euw1-az1--x-s3/k"}
    assert [leg[:3] for leg in legs("CopyObject", f"{DIRECTORY}/k", source, unread)] == [
        ("s3express:CreateSession", DIRECTORY.replace("fast", "slow"), "source."),
        ("s3express:CreateSession", DIRECTORY, ""),
    ]
    objects = {"Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}]}}
    assert asked("DeleteObjects", DIRECTORY, objects) == ["s3express:CreateSession"]


PLAIN = "arn:aws:s3:::fast--euw1-az1--x-s3"
READ_WRITE, READ_ONLY = ({"s3express:sessionmode": (mode,)} for mode in ("ReadWrite", "ReadOnly"))


@pytest.mark.parametrize(
    ("operation", "resource", "parameters", "retried"),
    [
        ("GetObject", f"{PLAIN}/k", {}, READ_ONLY),
        ("HeadObject", f"{DIRECTORY}/k", {}, READ_ONLY),
        ("GetObjectAttributes", f"{DIRECTORY}/k", {}, READ_ONLY),
        ("HeadBucket", PLAIN, {}, READ_ONLY),
        ("ListParts", f"{PLAIN}/k", {"UploadId": "u"}, READ_ONLY),
        ("CreateSession", PLAIN, {}, READ_ONLY),
        ("PutObject", f"{PLAIN}/k", {}, {}),
        ("DeleteObject", f"{DIRECTORY}/k", {}, {}),
        ("RenameObject", f"{DIRECTORY}/k", {}, {}),
        ("DeleteObjects", PLAIN, {"Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}]}}, {}),
    ],
)
def test_a_session_may_write_or_else_read(
    operation: str, resource: str, parameters: dict[str, Any], retried: dict[str, Any]
) -> None:
    (leg,) = legs(operation, resource, parameters, unread)
    bucket = resource.removesuffix("/k")
    assert (leg.action, leg.resource, dict(leg.keys), dict(leg.retried)) == (
        "s3express:CreateSession",
        bucket,
        READ_WRITE,
        retried,
    )


def test_a_mode_that_is_asked_for_is_not_replaced() -> None:
    (leg,) = legs("CreateSession", PLAIN, {"SessionMode": "ReadOnly"}, unread)
    assert (dict(leg.keys), dict(leg.retried)) == (READ_ONLY, {})
    (leg,) = legs("CreateSession", PLAIN, {}, unread, unlisted=UNKNOWN)
    assert (dict(leg.keys), dict(leg.retried)) == ({}, {})


def test_a_storage_lens_group_with_tags_needs_to_tag() -> None:
    tags = {"Tags": [{"Key": "a", "Value": "1"}]}
    assert asked("CreateStorageLensGroup", "*", tags) == ["s3:CreateStorageLensGroup", "s3:TagResource"]
    assert asked("CreateStorageLensGroup", "*") == ["s3:CreateStorageLensGroup"]


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "resource", "action"),
    [
        ("PutBucketLifecycle", BUCKET, "s3:PutLifecycleConfiguration"),
        ("GetBucketPublicAccessBlock", BUCKET, "s3:GetBucketPublicAccessBlock"),
        ("PutBucketPublicAccessBlock", BUCKET, "s3:PutBucketPublicAccessBlock"),
        ("DeleteBucketPublicAccessBlock", BUCKET, "s3:PutBucketPublicAccessBlock"),
        ("GetBucketNotification", BUCKET, "s3:GetBucketNotification"),
        ("GetBucketObjectLockConfiguration", BUCKET, "s3:GetBucketObjectLockConfiguration"),
        ("PutAccelerateConfiguration", BUCKET, "s3:PutAccelerateConfiguration"),
        ("InitiateMultipartUpload", OBJECT, "s3:PutObject"),
        ("PostObject", OBJECT, "s3:PutObject"),
    ],
)
def test_the_names_that_logs_use_are_understood(name: str, resource: str, action: str) -> None:
    assert asked(name, resource) == [action]


@pytest.mark.parametrize(
    ("name", "resource", "known_as"),
    [
        ("PostObject", OBJECT, "PutObject"),
        ("GetBucketPublicAccessBlock", BUCKET, "GetPublicAccessBlock"),
        ("GetBucketPublicAccessBlock", "*", "GetPublicAccessBlock"),
        ("GetPublicAccessBlock", "*", "GetAccountPublicAccessBlock"),
    ],
)
def test_a_name_leads_to_the_operation_it_stands_for(name: str, resource: str, known_as: str) -> None:
    assert operation_named(name, resource, {}).name == known_as


def test_an_alias_stands_for_an_operation_and_is_none() -> None:
    assert set(ALIASES.values()) <= set(OPERATIONS)
    assert not set(ALIASES) & set(OPERATIONS)


@pytest.mark.parametrize("service", ["s3", "s3control"])
def test_no_operation_of_the_sdk_is_missing(service: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    assert set(model.operation_names) - set(OPERATIONS) == set()


def test_the_sdk_knows_every_operation_but_the_accounts_own_names() -> None:
    session = botocore.session.get_session()
    known = {name for service in ("s3", "s3control") for name in session.get_service_model(service).operation_names}
    assert set(OPERATIONS) - known == {
        "GetAccountPublicAccessBlock",
        "PutAccountPublicAccessBlock",
        "DeleteAccountPublicAccessBlock",
    }


def test_every_action_in_the_table_is_in_the_catalogue() -> None:
    rows = [row for operation in OPERATIONS.values() for row in operation.rows]
    named = {name for row in rows if row.under is None for name in row[:2] if name}
    assert {name for name in named if name.startswith("s3:") and find(name) is None} == set()
    assert {name.partition(":")[0] for name in named} == {"iam", "s3", "s3express", "s3-outposts", "s3-object-lambda"}
    assert {name.partition(":")[0] for row in rows if row.under is not None for name in row[:2] if name} == {"kms"}


def test_an_operation_is_about_what_its_first_action_acts_on() -> None:
    for operation in OPERATIONS.values():
        action = find(operation.rows[0].action)
        kind = {"keys": "object", "tagged": "bucket"}.get(operation.kind, operation.kind)
        assert action is None or action.resource == kind, operation.name


def test_the_calls_that_only_the_owners_account_may_make() -> None:
    assert {"GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"} == OWNER_ONLY


# --- condition keys ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "action", "parameters", "expected"),
    [
        ("ListObjectsV2", "s3:ListBucket", {"Prefix": "logs/"}, {"s3:prefix": ("logs/",)}),
        ("ListObjectsV2", "s3:ListBucket", {"Prefix": ""}, {"s3:prefix": ("",)}),
        ("ListObjectsV2", "s3:ListBucket", {}, {}),
        (
            "ListObjectsV2",
            "s3:ListBucket",
            {"Delimiter": "/", "MaxKeys": 100},
            {"s3:delimiter": ("/",), "s3:max-keys": ("100",)},
        ),
        ("ListObjectVersions", "s3:ListBucketVersions", {"MaxKeys": "5"}, {"s3:max-keys": ("5",)}),
        ("ListMultipartUploads", "s3:ListBucketMultipartUploads", {"Prefix": "logs/"}, {}),
        ("ListBuckets", "s3:ListAllMyBuckets", {"Prefix": "logs"}, {}),
        ("GetObject", "s3:GetObject", {"StorageClass": 5, "ACL": "private"}, {}),
        ("GetObject", "s3:GetObjectVersion", {"VersionId": "v"}, {"s3:versionid": ("v",)}),
        ("DeleteObject", "s3:DeleteObject", {"IfMatch": "*"}, {"s3:if-match": ("*",)}),
        ("PutObjectAcl", "s3:PutObjectAcl", {"ACL": "public-read"}, {"s3:x-amz-acl": ("public-read",)}),
        ("PutObjectAcl", "s3:PutObjectAcl", {"GrantRead": 'uri="x"'}, {"s3:x-amz-grant-read": ('uri="x"',)}),
        ("PutBucketAcl", "s3:PutBucketAcl", {"GrantWriteACP": "id=a"}, {"s3:x-amz-grant-write-acp": ("id=a",)}),
        (
            "PutObjectRetention",
            "s3:PutObjectRetention",
            {"Retention": {"Mode": "COMPLIANCE"}},
            {"s3:object-lock-mode": ("COMPLIANCE",)},
        ),
        (
            "PutObjectLegalHold",
            "s3:PutObjectLegalHold",
            {"LegalHold": {"Status": "ON"}},
            {"s3:object-lock-legal-hold": ("ON",)},
        ),
        (
            "PutObjectTagging",
            "s3:PutObjectTagging",
            {"Tagging": {"TagSet": [{"Key": "Team", "Value": "blue"}]}},
            {"s3:requestobjecttag/team": ("blue",), "s3:requestobjecttagkeys": ("Team",)},
        ),
        (
            "CreateBucket",
            "s3:CreateBucket",
            {
                "ACL": "private",
                "ObjectOwnership": "ObjectWriter",
                "BucketNamespace": "global",
                "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1", "Tags": [{"Key": "A", "Value": "1"}]},
            },
            {
                "s3:x-amz-acl": ("private",),
                "s3:x-amz-object-ownership": ("ObjectWriter",),
                "s3:x-amz-bucket-namespace": ("global",),
                "s3:locationconstraint": ("eu-west-1",),
                "aws:requesttag/a": ("1",),
                "aws:tagkeys": ("A",),
            },
        ),
        ("PutBucketTagging", "s3:PutBucketTagging", {"Tags": [{"Key": "A", "Value": "1"}]}, {}),
        (
            "TagResource",
            "s3:TagResource",
            {"Tags": [{"Key": "A", "Value": "1"}]},
            {"aws:requesttag/a": ("1",), "aws:tagkeys": ("A",)},
        ),
        ("UntagResource", "s3:UntagResource", {"TagKeys": ["A", "b"]}, {"aws:tagkeys": ("A", "b")}),
        (
            "PutBucketInventoryConfiguration",
            "s3:PutInventoryConfiguration",
            {"InventoryConfiguration": {"OptionalFields": ["Size", "ETag"]}},
            {"s3:inventoryaccessibleoptionalfields": ("Size", "ETag")},
        ),
        (
            "CreateJob",
            "s3:CreateJob",
            {"Operation": {"S3PutObjectCopy": {}}, "Priority": 10},
            {"s3:requestjoboperation": ("S3PutObjectCopy",), "s3:requestjobpriority": ("10",)},
        ),
        (
            "CreateAccessPoint",
            "s3:CreateAccessPoint",
            {"VpcConfiguration": {}},
            {"s3:accesspointnetworkorigin": ("VPC",)},
        ),
        (
            "CreateSession",
            "s3express:CreateSession",
            {"SessionMode": "ReadOnly"},
            {"s3express:sessionmode": ("ReadOnly",)},
        ),
        (
            "UpdateObjectEncryption",
            "s3:UpdateObjectEncryption",
            {"ObjectEncryption": {"SSEKMS": {"KMSKeyArn": KEY}}},
            {
                "s3:x-amz-server-side-encryption": ("aws:kms",),
                "s3:x-amz-server-side-encryption-aws-kms-key-id": (KEY,),
            },
        ),
    ],
)
def test_a_parameter_fills_its_key_for_the_actions_that_carry_it(
    operation: str, action: str, parameters: Mapping[str, object], expected: dict[str, tuple[str, ...]]
) -> None:
    resource = {"object": OBJECT, "account": "*"}.get(OPERATIONS[operation].kind, BUCKET)
    assert keys(operation, resource, parameters, action) == expected


WRITTEN = {
    "ACL": ("public-read", "s3:x-amz-acl"),
    "GrantFullControl": ("id=a", "s3:x-amz-grant-full-control"),
    "GrantRead": ("id=a", "s3:x-amz-grant-read"),
    "GrantReadACP": ("id=a", "s3:x-amz-grant-read-acp"),
    "GrantWriteACP": ("id=a", "s3:x-amz-grant-write-acp"),
    "ServerSideEncryption": ("aws:kms", "s3:x-amz-server-side-encryption"),
    "SSEKMSKeyId": (KEY, "s3:x-amz-server-side-encryption-aws-kms-key-id"),
    "SSECustomerAlgorithm": ("AES256", "s3:x-amz-server-side-encryption-customer-algorithm"),
    "StorageClass": ("STANDARD_IA", "s3:x-amz-storage-class"),
    "WebsiteRedirectLocation": ("/other", "s3:x-amz-website-redirect-location"),
    "IfMatch": ('"9b2c"', "s3:if-match"),
    "IfNoneMatch": ("*", "s3:if-none-match"),
    "ObjectLockMode": ("GOVERNANCE", "s3:object-lock-mode"),
    "ObjectLockRetainUntilDate": ("2027-01-01T00:00:00Z", "s3:object-lock-retain-until-date"),
    "ObjectLockLegalHoldStatus": ("ON", "s3:object-lock-legal-hold"),
    "MetadataDirective": ("REPLACE", "s3:x-amz-metadata-directive"),
}


@pytest.mark.parametrize("parameter", WRITTEN)
def test_a_header_of_a_write_fills_its_key(parameter: str) -> None:
    value, key = WRITTEN[parameter]
    found = keys("CopyObject", OBJECT, {"CopySource": "raw/k", parameter: value}, "s3:PutObject")
    assert found[key] == (value,)
    assert PARAMETER_OF[key] == parameter
    assert parameter in KNOWN_PARAMETERS
    assert key not in keys("PutObject", OBJECT, {}, "s3:PutObject")


@pytest.mark.parametrize(
    ("operation", "value"),
    [
        ("PutObject", "true"),
        ("CopyObject", "true"),
        ("CompleteMultipartUpload", "true"),
        ("CreateMultipartUpload", "false"),
        ("UploadPart", "false"),
        ("UploadPartCopy", "false"),
    ],
)
def test_a_write_says_whether_it_creates_the_object(operation: str, value: str) -> None:
    found = keys(operation, OBJECT, {"CopySource": "raw/k"}, "s3:PutObject")
    assert found["s3:objectcreationoperation"] == (value,)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("raw/a%20b?versionId=v", "raw/a b"),
        ("/raw/k", "/raw/k"),
        ({"Bucket": "raw", "Key": "k", "VersionId": "v"}, "raw/k"),
    ],
)
def test_a_copy_shows_its_source_as_it_was_sent_without_encoding_and_version(source: object, value: str) -> None:
    found = keys("CopyObject", OBJECT, {"CopySource": source}, "s3:PutObject")
    assert found["s3:x-amz-copy-source"] == (value,)


def test_the_tags_of_a_write_are_in_the_requests_that_carry_them() -> None:
    found = {leg.action: dict(leg.keys) for leg in legs("PutObject", OBJECT, {"Tagging": "a=1&B=x%20y&c="}, unread)}
    tags = {
        "s3:requestobjecttag/a": ("1",),
        "s3:requestobjecttag/b": ("x y",),
        "s3:requestobjecttag/c": ("",),
        "s3:requestobjecttagkeys": ("a", "B", "c"),
    }
    assert found["s3:PutObjectTagging"] == tags
    assert found["s3:PutObject"] == {**tags, "s3:objectcreationoperation": ("true",)}


def test_the_keys_of_an_access_control_list_are_in_both_requests() -> None:
    found = {leg.action: dict(leg.keys) for leg in legs("PutObject", OBJECT, {"ACL": "public-read"}, unread)}
    assert found["s3:PutObject"]["s3:x-amz-acl"] == found["s3:PutObjectAcl"]["s3:x-amz-acl"] == ("public-read",)


@pytest.mark.parametrize(
    ("operation", "parameters", "untold"),
    [
        ("PutObject", {"SSEKMSKeyId": "alias/reports"}, "s3:x-amz-server-side-encryption-aws-kms-key-id"),
        ("PutObject", {"ObjectLockRetainUntilDate": "2027-01-01"}, "s3:object-lock-remaining-retention-days"),
        (
            "PutObjectRetention",
            {"Retention": {"RetainUntilDate": "2027-01-01"}},
            "s3:object-lock-remaining-retention-days",
        ),
    ],
)
def test_a_key_whose_value_nobody_can_tell_is_named(
    operation: str, parameters: Mapping[str, object], untold: str
) -> None:
    leg = legs(operation, OBJECT, parameters, unread)[0]
    assert leg.untold == {untold}
    assert untold not in leg.keys


def test_every_key_that_a_parameter_fills_is_carried_by_some_action() -> None:
    carried = {key for operation in OPERATIONS.values() for row in operation.rows for key in _keys_of(row.action)}
    assert set(PARAMETER_OF) <= carried


def _keys_of(action: str) -> frozenset[str]:
    found = find(action)
    versions = find(action.replace("Object", "ObjectVersion"))
    return (found.keys if found else frozenset()) | (versions.keys if versions else frozenset())


# --- what is not known ------------------------------------------------------------------------------------------------


def test_what_is_not_listed_was_not_sent_unless_it_may_have_been() -> None:
    assert asked("PutObject", OBJECT) == ["s3:PutObject"]
    assert asked("PutObject", OBJECT, {"ACL": None, "Tagging": "a=1"}, unlisted=UNKNOWN) == [
        "s3:PutObject",
        "s3:PutObjectAcl ?",
        "s3:PutObjectTagging",
        "s3:PutObjectRetention ?",
        "s3:PutObjectLegalHold ?",
        "s3:GetObject ?",
    ]
    assert asked("GetObject", OBJECT, unlisted=UNKNOWN) == ["s3:GetObject"]


def test_a_source_or_keys_that_may_have_been_sent_are_unknown_and_no_mistake() -> None:
    assert asked("UploadPartCopy", OBJECT, unlisted=UNKNOWN) == ["s3:GetObject on source.* ?", "s3:PutObject"]
    assert asked("DeleteObjects", BUCKET, unlisted=UNKNOWN)[0] == f"s3:DeleteObject on {BUCKET}/* ?"


# --- mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "resource", "parameters", "pointer", "message"),
    [
        ("GetObjct", OBJECT, {}, "/operation", "`GetObjct` is not an S3 operation; did you mean `GetObject`?"),
        ("getobject", OBJECT, {}, "/operation", "`getobject` is not an S3 operation; did you mean `GetObject`?"),
        ("Quux", OBJECT, {}, "/operation", "`Quux` is not an S3 operation"),
        ("REST.GET.OBJECT", OBJECT, {}, "/operation", "`REST.GET.OBJECT` is not an S3 operation"),
        (
            "ListBucket",
            BUCKET,
            {},
            "/operation",
            "`ListBucket` is not an S3 operation; to ask about the IAM action `s3:ListBucket`, send it as `action`",
        ),
        ("GetObject", BUCKET, {}, "/resource", f"`GetObject` is about an object, which `{BUCKET}` is not"),
        ("GetObject", f"{BUCKET}/", {}, "/resource", f"`GetObject` is about an object, which `{BUCKET}/` is not"),
        ("GetObject", POINT, {}, "/resource", f"`GetObject` is about an object, which `{POINT}` is not"),
        ("GetObject", "*", {}, "/resource", "`GetObject` is about an object, which `*` is not"),
        ("GetObject", QUEUE, {}, "/resource", f"`GetObject` is about an object, which `{QUEUE}` is not"),
        ("PutBucketPolicy", QUEUE, {}, "/resource", f"`PutBucketPolicy` is about a bucket, which `{QUEUE}` is not"),
        ("ListObjectsV2", OBJECT, {}, "/resource", f"`ListObjectsV2` is about a bucket, which `{OBJECT}` is not"),
        ("DeleteObjects", OBJECT, {}, "/resource", f"`DeleteObjects` is about a bucket, which `{OBJECT}` is not"),
        ("GetObject", "reports/k", {}, "/resource", "`reports/k` is neither an ARN nor `*`"),
        ("GetObject", OBJECT, {"VersionId": 5}, "/parameters/VersionId", "must be text"),
        ("PutObject", OBJECT, {"ACL": ["private"]}, "/parameters/ACL", "must be text"),
        ("PutObject", OBJECT, {"StorageClass": 5}, "/parameters/StorageClass", "must be text"),
        (
            "PutObject",
            OBJECT,
            {"ObjectLockRetainUntilDate": 5},
            "/parameters/ObjectLockRetainUntilDate",
            "must be a time as text",
        ),
        ("ListObjectsV2", BUCKET, {"MaxKeys": "many"}, "/parameters/MaxKeys", "must be a number"),
        ("ListObjectsV2", BUCKET, {"MaxKeys": True}, "/parameters/MaxKeys", "must be a number"),
        (
            "DeleteObject",
            OBJECT,
            {"BypassGovernanceRetention": 1},
            "/parameters/BypassGovernanceRetention",
            "must be true or false",
        ),
        ("PutObjectRetention", OBJECT, {"Retention": "x"}, "/parameters/Retention", "must be an object"),
        ("PutObjectRetention", OBJECT, {"Retention": {"Mode": 5}}, "/parameters/Retention/Mode", "must be text"),
        ("UntagResource", BUCKET, {"TagKeys": "a"}, "/parameters/TagKeys", "must be a list of texts"),
        (
            "PutObject",
            OBJECT,
            {"Tagging": 5},
            "/parameters/Tagging",
            "must be tags as text (`a=1&b=2`) or an object with a `TagSet`",
        ),
        (
            "PutObjectTagging",
            OBJECT,
            {"Tagging": {"TagSet": [5]}},
            "/parameters/Tagging/TagSet/0",
            "must be an object with `Key` and `Value`",
        ),
        (
            "PutObjectTagging",
            OBJECT,
            {"Tagging": {"TagSet": [{"Key": "a"}]}},
            "/parameters/Tagging/TagSet/0/Value",
            "must be text",
        ),
        ("CopyObject", OBJECT, {}, "/parameters/CopySource", "is missing; `CopyObject` needs it"),
        ("CopyObject", OBJECT, {"CopySource": "raw"}, "/parameters/CopySource", "`raw` names no object"),
        ("CopyObject", OBJECT, {"CopySource": POINT}, "/parameters/CopySource", f"`{POINT}` names no object"),
        (
            "CopyObject",
            OBJECT,
            {"CopySource": {"Bucket": "raw"}},
            "/parameters/CopySource",
            "must be text (`bucket/key`) or an object with `Bucket` and `Key`",
        ),
        (
            "CopyObject",
            OBJECT,
            {"CopySource": {"Bucket": "raw", "Key": "k", "VersionId": 5}},
            "/parameters/CopySource/VersionId",
            "must be text",
        ),
        ("DeleteObjects", BUCKET, {}, "/parameters/Delete/Objects", "must be a list of at least one object"),
        ("DeleteObjects", BUCKET, {"Delete": 5}, "/parameters/Delete", "must be an object"),
        (
            "DeleteObjects",
            BUCKET,
            {"Delete": {"Objects": []}},
            "/parameters/Delete/Objects",
            "must be a list of at least one object",
        ),
        (
            "DeleteObjects",
            BUCKET,
            {"Delete": {"Objects": [{"Key": "a"}, "b"]}},
            "/parameters/Delete/Objects/1",
            "must be an object with a `Key`",
        ),
        (
            "DeleteObjects",
            BUCKET,
            {"Delete": {"Objects": [{}]}},
            "/parameters/Delete/Objects/0/Key",
            "must be text that is not empty",
        ),
        (
            "DeleteObjects",
            BUCKET,
            {"Delete": {"Objects": [{"Key": "a", "VersionId": 5}]}},
            "/parameters/Delete/Objects/0/VersionId",
            "must be text",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(
    operation: str, resource: str, parameters: Mapping[str, object], pointer: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        legs(operation, resource, parameters, unread)
    assert caught.value.faults == ((pointer, message),)


def test_the_grants_that_headers_make() -> None:
    sent = {"ACL": "private", "GrantRead": "id=a", "GrantWriteACP": 'uri="x"', "GrantWrite": "", "GrantReadACP": None}
    assert grant_headers(sent) == {"GrantRead": "id=a", "GrantWriteACP": 'uri="x"'}


def test_parameters_that_nothing_reads_are_ignored() -> None:
    assert asked("GetObject", OBJECT, {"Range": 5, "Bucket": "x", "NoSuch": object()}) == ["s3:GetObject"]
