"""Takes a call apart into the actions it needs, each on its resource and with its facts (section 6)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from .conditions import Json
from .directories import in_directory, session_leg
from .parameters import filled_keys
from .readings import USUAL, Reading

READS = {
    "GetObject": ("s3:GetObject",),
    "HeadObject": ("s3:GetObject",),
    # The API's page asks for both, the guide's table for the first only; both are required here.
    "GetObjectAttributes": ("s3:GetObject", "s3:GetObjectAttributes"),
    "GetObjectAcl": ("s3:GetObjectAcl",),
    "GetObjectTagging": ("s3:GetObjectTagging",),
    "PutObjectAcl": ("s3:PutObjectAcl",),
    "PutObjectTagging": ("s3:PutObjectTagging",),
    "DeleteObjectTagging": ("s3:DeleteObjectTagging",),
    "DeleteObject": ("s3:DeleteObject",),
}
"""Calls whose actions have another name where a version is asked for."""
PLAIN_OBJECT_CALLS = {
    "GetObjectRetention": "s3:GetObjectRetention",
    "GetObjectLegalHold": "s3:GetObjectLegalHold",
    "SelectObjectContent": "s3:GetObject",
    "RestoreObject": "s3:RestoreObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "ListParts": "s3:ListMultipartUploadParts",
    "PutObjectRetention": "s3:PutObjectRetention",
    "PutObjectLegalHold": "s3:PutObjectLegalHold",
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "CopyObject": "s3:PutObject",
    "UploadPartCopy": "s3:PutObject",
}
BUCKET_CALLS = {
    "HeadBucket": "s3:ListBucket",
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "GetBucketLocation": "s3:GetBucketLocation",
    "GetBucketAcl": "s3:GetBucketAcl",
    "PutBucketAcl": "s3:PutBucketAcl",
    "GetBucketPolicy": "s3:GetBucketPolicy",
    "PutBucketPolicy": "s3:PutBucketPolicy",
    "DeleteBucketPolicy": "s3:DeleteBucketPolicy",
    "GetBucketPolicyStatus": "s3:GetBucketPolicyStatus",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "GetBucketOwnershipControls": "s3:GetBucketOwnershipControls",
    "PutBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "GetBucketVersioning": "s3:GetBucketVersioning",
    "PutBucketVersioning": "s3:PutBucketVersioning",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "GetBucketLogging": "s3:GetBucketLogging",
    "GetBucketTagging": "s3:GetBucketTagging",
    "PutBucketTagging": "s3:PutBucketTagging",
    "DeleteBucketTagging": "s3:PutBucketTagging",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "GetBucketCors": "s3:GetBucketCORS",
    "DeleteBucketCors": "s3:PutBucketCORS",
    "GetBucketWebsite": "s3:GetBucketWebsite",
    "DeleteBucketWebsite": "s3:DeleteBucketWebsite",
    "GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "GetBucketReplication": "s3:GetReplicationConfiguration",
    "DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "GetBucketRequestPayment": "s3:GetBucketRequestPayment",
    "GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "ListBucketInventoryConfigurations": "s3:GetInventoryConfiguration",
    "DeleteBucketMetricsConfiguration": "s3:PutMetricsConfiguration",
    "GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "GetBucketAbac": "s3:GetBucketAbac",
    "DeleteBucket": "s3:DeleteBucket",
    "CreateBucket": "s3:CreateBucket",
    "PutAccessPointPolicy": "s3:PutAccessPointPolicy",
}
ACCOUNT_CALLS = {
    "ListBuckets": "s3:ListAllMyBuckets",
    "GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "PutPublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    "DeletePublicAccessBlock": "s3:PutAccountPublicAccessBlock",
}
UPLOADS = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload"})
"""Calls whose headers describe the object that they make."""
COPIES = frozenset({"CopyObject", "UploadPartCopy"})
ACL_HEADERS = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
SHARED_WITH_SOURCE = ("principal.", "session.", "organization.scps", "organization.id", "vpc_endpoint.", "accounts.")
ACCOUNT_FACTS = ("organization.management_account",)
OF_THE_BUCKET = ("bucket.", "account.public_access_block", "organization.rcps", "organization.public_access_block")


class Source(NamedTuple):
    """What a copy reads."""

    bucket: str
    key: str
    version: str | None


def sent(case: Json, name: str) -> Any:
    """A parameter of the call; nothing and an empty text were not sent."""
    value = case.get("parameters", {}).get(name)
    return None if value in ("", None) else value


def legs_of(case: Json, reading: Reading = USUAL) -> list[Json]:
    """The call as requests for one action each; a request for an action is its only leg."""
    if "operation" not in case:
        return [case]
    operation: str = case["operation"]
    if in_directory(case):
        return [session_leg(case)]
    if operation == "DeleteObjects":
        return list(_deletions(case))
    if case["resource"] == "*":
        return [_leg(case, ACCOUNT_CALLS[operation])]
    if operation in BUCKET_CALLS:
        return [_leg(case, action) for action in (BUCKET_CALLS[operation], *_of_new_bucket(case))]
    if operation in READS:
        suffix = sent(case, "VersionId") is not None
        legs = [_leg(case, _of_version(action) if suffix else action) for action in READS[operation]]
    else:
        legs = [_leg(case, PLAIN_OBJECT_CALLS[operation], new=operation in UPLOADS)]
    return [*legs, *_of_headers(case), *(_of_source(case, reading) if operation in COPIES else ())]


def _of_version(action: str) -> str:
    """The name of an action for a version: `Version` follows the word for the object."""
    return action.replace("Object", "ObjectVersion", 1)


def _leg(case: Json, action: str, *, new: bool = False, **members: Any) -> Json:
    filled = filled_keys(case["operation"], action, case.get("parameters", {}))
    return {**case, "action": action, "filled": filled, "new_object": new, **members}


def _of_headers(case: Json) -> Iterator[Json]:
    """What headers ask for beside the call's own action."""
    operation = case["operation"]
    if operation in UPLOADS:
        if any(sent(case, name) is not None for name in ACL_HEADERS):
            yield _leg(case, "s3:PutObjectAcl", new=True)
        if sent(case, "Tagging") is not None:
            yield _leg(case, "s3:PutObjectTagging", new=True)
        if sent(case, "ObjectLockMode") is not None or sent(case, "ObjectLockRetainUntilDate") is not None:
            yield _leg(case, "s3:PutObjectRetention", new=True)
        if sent(case, "ObjectLockLegalHoldStatus") is not None:
            yield _leg(case, "s3:PutObjectLegalHold", new=True)
    compared = sent(case, "IfMatch")
    writes = operation in ("PutObject", "CompleteMultipartUpload")
    if compared is not None and (writes or (operation == "DeleteObject" and compared != "*")):
        yield _leg(case, "s3:GetObject")
    if operation in ("DeleteObject", "PutObjectRetention") and sent(case, "BypassGovernanceRetention"):
        yield _leg(case, "s3:BypassGovernanceRetention")


def _of_new_bucket(case: Json) -> Iterator[str]:
    if case["operation"] != "CreateBucket":
        return
    if sent(case, "ACL") not in (None, "private") or any(sent(case, name) for name in ACL_HEADERS[1:]):
        yield "s3:PutBucketAcl"
    if sent(case, "ObjectLockEnabledForBucket"):
        yield from ("s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning")
    if sent(case, "ObjectOwnership") is not None:
        yield "s3:PutBucketOwnershipControls"


def _deletions(case: Json) -> Iterator[Json]:
    for entry in case["parameters"]["Delete"]["Objects"]:
        evidence = {**case["evidence"], **case["evidence"].get("objects", {}).get(entry["Key"], {})}
        parameters = {**case["parameters"], "VersionId": entry.get("VersionId")}
        one = {**case, "resource": f"{case['resource']}{key_separator(case['resource'])}{entry['Key']}"}
        one |= {"evidence": evidence, "parameters": parameters}
        yield _leg(one, "s3:DeleteObjectVersion" if entry.get("VersionId") else "s3:DeleteObject")
        if sent(case, "BypassGovernanceRetention"):
            yield _leg(one, "s3:BypassGovernanceRetention")


def key_separator(resource: str) -> str:
    """What stands between a bucket or access point and a key."""
    return "/object/" if ":accesspoint/" in resource else "/"


def source_of(case: Json) -> Source:
    """What a copy reads, in the forms that boto3 takes."""
    given = case["parameters"]["CopySource"]
    if isinstance(given, dict):
        return Source(given["Bucket"], given["Key"], given.get("VersionId"))
    path, _, version = given.lstrip("/").partition("?versionId=")
    bucket, _, key = path.partition("/")
    return Source(bucket, key, version or None)


def _of_source(case: Json, reading: Reading) -> Iterator[Json]:
    source = source_of(case)
    partition = case["resource"].split(":")[1]
    evidence = source_evidence(case)
    members: Json = {"resource": f"arn:{partition}:s3:::{source.bucket}/{source.key}", "evidence": evidence}
    members |= {"of_source": True, "call": case["parameters"], "target": case["resource"]}
    one = {**case, "parameters": {"VersionId": source.version}, **members}
    yield _leg(one, "s3:GetObjectVersion" if source.version else "s3:GetObject")
    if case["operation"] == "CopyObject" and _tags_are_copied(case, evidence, reading):
        yield _leg(one, "s3:GetObjectVersionTagging" if source.version else "s3:GetObjectTagging")
        yield _leg(case, "s3:PutObjectTagging", new=True)


def _tags_are_copied(case: Json, evidence: Json, reading: Reading) -> bool:
    if sent(case, "TaggingDirective") == "REPLACE":
        return False
    if "object.tags" in evidence:
        return bool(evidence["object.tags"])
    return reading.copies_unseen_tags


def source_evidence(case: Json) -> Json:
    """The facts as the leg that reads a copy's source sees them."""
    facts: Json = case["evidence"]
    shared: tuple[str, ...] = (*SHARED_WITH_SOURCE, *ACCOUNT_FACTS)
    if source_of(case).bucket == bucket_of(case["resource"]):
        shared = (*shared, *OF_THE_BUCKET)
    seen = {name: value for name, value in facts.items() if name.startswith(shared)}
    seen.update({name[7:]: value for name, value in facts.items() if name.startswith("source.")})
    return seen


def bucket_of(resource: str) -> str:
    """The name of the bucket in an ARN."""
    return resource.split(":", 5)[-1].partition("/")[0]
