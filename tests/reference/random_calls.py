"""Makes up calls: an operation, what it is about, and parameters that choose its actions and fill its keys."""

import json
import random
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from . import vocabulary as words
from .calls import BUCKET_CALLS, COPIES
from .conditions import Json
from .public import ALL_USERS, AUTHENTICATED_USERS, publicness_is_open

TIME = "2026-11-23T12:00:00Z"
READING = {
    "GetObject": 12,
    "HeadObject": 3,
    "GetObjectAttributes": 2,
    "GetObjectAcl": 2,
    "GetObjectTagging": 2,
    "GetObjectRetention": 1,
    "SelectObjectContent": 1,
    "RestoreObject": 2,
    "ListParts": 1,
}
WRITING = {
    "PutObject": 10,
    "CreateMultipartUpload": 2,
    "UploadPart": 2,
    "CompleteMultipartUpload": 2,
    "AbortMultipartUpload": 1,
    "PutObjectAcl": 3,
    "PutObjectTagging": 2,
    "DeleteObjectTagging": 1,
    "PutObjectRetention": 3,
    "PutObjectLegalHold": 1,
    "CopyObject": 8,
    "UploadPartCopy": 2,
    "DeleteObject": 8,
    "DeleteObjects": 6,
}
MANAGING = {
    "ListObjectsV2": 4,
    "HeadBucket": 2,
    "PutBucketAcl": 3,
    "PutBucketPolicy": 4,
    "GetBucketPolicy": 2,
    "DeleteBucketPolicy": 2,
    "CreateBucket": 2,
    "PutBucketOwnershipControls": 1,
    "PutBucketVersioning": 2,
    "ListBuckets": 1,
}
SELDOM = tuple(sorted(BUCKET_CALLS.keys() - MANAGING.keys() - {"PutAccessPointPolicy"}))
WEIGHTS = READING | WRITING | MANAGING
THROUGH_POINTS = {
    "GetObject": 8,
    "HeadObject": 2,
    "GetObjectTagging": 1,
    "PutObject": 4,
    "DeleteObject": 2,
    "ListObjectsV2": 3,
    "HeadBucket": 1,
}
OBJECT_CANNED = (
    "private",
    "public-read",
    "authenticated-read",
    "bucket-owner-full-control",
    "bucket-owner-full-control",
    "bucket-owner-read",
)
MODES = ("GOVERNANCE", "GOVERNANCE", "COMPLIANCE")
LOCKABLE = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload"})


class Draw(NamedTuple):
    """What a call is made up from: the accounts are the caller's, the bucket owner's and another."""

    rng: random.Random
    accounts: tuple[str, str, str]
    layers: Collection[str]
    wanted: str
    outside: bool
    """Whether the caller belongs to no account."""

    def chance(self, probability: float) -> bool:
        """Toss a coin."""
        return self.rng.random() < probability


def give(case: Json, key: str, value: Any) -> None:
    """Give a condition key, whatever was given of it before under another spelling."""
    context = {name: held for name, held in case["context"].items() if name.lower() != key.lower()}
    case["context"] = {**context, key: value}


def random_operation(draw: Draw) -> str:
    """One operation, those that do most about access more often."""
    if draw.chance(0.1):
        return draw.rng.choice(SELDOM)
    nobodys = {"ListBuckets", "CreateBucket"} if draw.outside else set[str]()
    usual = {name: weight for name, weight in WEIGHTS.items() if name not in nobodys}
    return draw.rng.choices(list(usual), list(usual.values()))[0]


def random_parameters(draw: Draw, operation: str, bucket: str) -> Json:
    """Parameters of an operation, as boto3 takes them."""
    parameters: Json = {}
    for names, add in ADDED.items():
        if operation in names:
            parameters.update(add(draw, operation, bucket))
    return parameters


def _version(draw: Draw, operation: str, _bucket: str) -> Json:
    often = 0.6 if operation == "DeleteObject" else 0.25
    return {"VersionId": draw.rng.choice(("v1", "3HL4kqtJ"))} if draw.chance(often) else {}


def _upload(draw: Draw, _operation: str, _bucket: str) -> Json:
    rng, found = draw.rng, dict[str, Any]()
    if draw.chance(0.25):
        found["ACL"] = rng.choice(OBJECT_CANNED)
    elif draw.chance(0.1):
        found[rng.choice(("GrantRead", "GrantFullControl", "GrantReadACP"))] = _grant_header(draw)
    if draw.chance(0.25):
        found["Tagging"] = rng.choice(("class=public", "class=secret&digest=c2VjcmV0", "Team=x"))
    if draw.chance(0.25):
        found["StorageClass"] = rng.choice(("STANDARD", "GLACIER"))
    if draw.chance(0.12):
        found |= {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": "2099-01-01T00:00:00Z"}
    if draw.chance(0.08):
        found["ObjectLockLegalHoldStatus"] = rng.choice(("ON", "OFF"))
    if draw.chance(0.15):
        found["ServerSideEncryption"] = "AES256"
    elif "object_state" in draw.layers and draw.chance(0.5 if draw.wanted == "requirement" else 0.1):
        found["SSECustomerAlgorithm"] = "AES256"
    return found


def _grant_header(draw: Draw) -> str:
    accounts = [f'id="{words.CANONICAL_IDS[account]}"' for account in draw.accounts]
    return draw.rng.choice([*accounts, f'uri="{ALL_USERS}"', f'uri="{AUTHENTICATED_USERS}"'])


def _if_match(draw: Draw, operation: str, _bucket: str) -> Json:
    if operation == "PutObject" and draw.chance(0.1):
        return {"IfNoneMatch": "*"}
    return {"IfMatch": draw.rng.choice(('"etag"', "*"))} if draw.chance(0.12) else {}


def _deletion(draw: Draw, operation: str, _bucket: str) -> Json:
    found: Json = {}
    if operation == "DeleteObjects":
        keys = draw.rng.sample([key for key in words.OBJECT_KEYS if "{" not in key], draw.rng.randint(1, 3))
        objects = [{"Key": key, **({"VersionId": "v1"} if draw.chance(0.4) else {})} for key in keys]
        found["Delete"] = {"Objects": objects}
    if draw.chance(0.25):
        found["BypassGovernanceRetention"] = True
    return found


def _retention(draw: Draw, _operation: str, _bucket: str) -> Json:
    until = draw.rng.choice(("2027-01-01T00:00:00Z", "2050-01-01T00:00:00Z"))
    bypass = {"BypassGovernanceRetention": True} if draw.chance(0.4) else {}
    return {"Retention": {"Mode": draw.rng.choice(MODES), "RetainUntilDate": until}, **bypass}


def _written_acl(draw: Draw, operation: str, _bucket: str) -> Json:
    on_bucket = operation == "PutBucketAcl"
    if draw.chance(0.5):
        grants = [_written_grant(draw) for _ in range(draw.rng.randint(1, 2))]
        return {"AccessControlPolicy": {"Owner": {"ID": words.CANONICAL_IDS[draw.accounts[1]]}, "Grants": grants}}
    if draw.chance(0.2):
        return {draw.rng.choice(("GrantRead", "GrantReadACP")): _grant_header(draw)}
    # What `private` says of a bucket or object whose ACLs are disabled is open, and other words are not for buckets.
    return {"ACL": draw.rng.choice(("public-read", "authenticated-read") if on_bucket else OBJECT_CANNED[1:])}


def _written_grant(draw: Draw) -> Json:
    rng = draw.rng
    account = {"Type": "CanonicalUser", "ID": words.CANONICAL_IDS[rng.choice(draw.accounts)]}
    group = {"Type": "Group", "URI": rng.choice((ALL_USERS, AUTHENTICATED_USERS))}
    grantee = account if draw.chance(0.7) else group
    return {"Grantee": grantee, "Permission": rng.choice(("FULL_CONTROL", "FULL_CONTROL", "READ"))}


def _listing(draw: Draw, _operation: str, _bucket: str) -> Json:
    # AWS documents the number of keys as always present, whatever is sent; so it always is here.
    found: Json = {"MaxKeys": draw.rng.choice((10, 100, 1000))}
    if draw.chance(0.5):
        found["Prefix"] = draw.rng.choice(("", "logs/", "home/alice/"))
    if draw.chance(0.3):
        found["Delimiter"] = "/"
    return found


def _policy(draw: Draw, _operation: str, bucket: str) -> Json:
    rng, resource = draw.rng, f"arn:aws:s3:::{bucket}/*"
    limits: tuple[Json, ...] = (
        {},
        {"StringEquals": {"aws:PrincipalOrgID": words.ORGANIZATIONS[0]}},
        {"StringLike": {"aws:UserAgent": "curl*"}},
        {"IpAddress": {"aws:SourceIp": rng.choice(("203.0.113.0/24", "52.0.0.0/6", "10.0.0.0/8"))}},
        {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
        {"Bool": {"aws:SecureTransport": "true"}},
    )
    while True:
        body = [_policy_statement(draw, resource, rng.choice(limits)) for _ in range(rng.randint(1, 2))]
        document = {"Version": "2012-10-17", "Statement": body}
        if not publicness_is_open(document):
            return {"Policy": json.dumps(document) if draw.chance(0.5) else document}


def _policy_statement(draw: Draw, resource: str, condition: Json) -> Json:
    account = draw.rng.choice(words.ACCOUNTS)
    principal = draw.rng.choice(("*", {"AWS": "*"}, {"AWS": f"arn:aws:iam::{account}:root"}))
    effect = "Deny" if draw.chance(0.2) else "Allow"
    limited = {"Condition": condition} if condition else {}
    return {"Effect": effect, "Principal": principal, "Action": "s3:GetObject", "Resource": resource, **limited}


def _new_bucket(draw: Draw, _operation: str, _bucket: str) -> Json:
    found: Json = {}
    if draw.chance(0.5):
        found["ACL"] = draw.rng.choice(("private", "public-read", "authenticated-read"))
    if draw.chance(0.6):
        found["ObjectOwnership"] = draw.rng.choice(("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"))
    if draw.chance(0.2):
        found["ObjectLockEnabledForBucket"] = True
    return found


def _source(draw: Draw, operation: str, bucket: str) -> Json:
    key = draw.rng.choice(("a.txt", "q1/report.csv", "logs/2026/11/23.json"))
    source = bucket if draw.chance(0.3) else draw.rng.choice([one for one in words.BUCKETS if one != bucket])
    version = "v1" if draw.chance(0.2) else None
    if draw.chance(0.5):
        given: Any = {"Bucket": source, "Key": key, **({"VersionId": version} if version else {})}
    else:
        given = f"{source}/{key}" + (f"?versionId={version}" if version else "")
    found: Json = {"CopySource": given}
    if operation == "CopyObject" and draw.chance(0.6):
        found["TaggingDirective"] = "REPLACE"
    if operation == "CopyObject" and draw.chance(0.15):
        found["MetadataDirective"] = draw.rng.choice(("COPY", "REPLACE"))
    return found


def _tags(_draw: Draw, _operation: str, _bucket: str) -> Json:
    return {"Tagging": {"TagSet": [{"Key": "class", "Value": _draw.rng.choice(("public", "secret"))}]}}


def _setting(draw: Draw, operation: str, _bucket: str) -> Json:
    if operation == "PutBucketOwnershipControls":
        ownership = draw.rng.choice(("BucketOwnerEnforced", "BucketOwnerEnforced", "ObjectWriter"))
        return {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}}
    if operation == "PutBucketVersioning":
        return {"VersioningConfiguration": {"Status": "Suspended"}}
    return {"LegalHold": {"Status": draw.rng.choice(("ON", "OFF"))}}


ADDED: dict[frozenset[str], Callable[[Draw, str, str], Json]] = {
    frozenset(
        {"GetObject", "HeadObject", "GetObjectAcl", "GetObjectTagging", "GetObjectAttributes", "DeleteObject"}
    ): _version,
    LOCKABLE: _upload,
    frozenset({"PutObject", "DeleteObject"}): _if_match,
    frozenset({"DeleteObjects"}): _deletion,
    frozenset({"PutObjectRetention"}): _retention,
    frozenset({"PutObjectAcl", "PutBucketAcl"}): _written_acl,
    frozenset({"ListObjectsV2", "ListObjects", "ListObjectVersions"}): _listing,
    frozenset({"PutBucketPolicy"}): _policy,
    frozenset({"CreateBucket"}): _new_bucket,
    COPIES: _source,
    frozenset({"PutObjectTagging"}): _tags,
    frozenset({"PutBucketOwnershipControls", "PutBucketVersioning", "PutObjectLegalHold"}): _setting,
}
