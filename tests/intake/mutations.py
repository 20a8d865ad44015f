"""Valid bodies and what becomes of them in hostile hands: wrong types, deletions, duplicates, depth, odd text."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any, Final

Json = Any

POLICY: Final[Json] = {
    "Version": "2012-10-17",
    "Id": "p",
    "Statement": [
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:role/app"], "Service": "x.amazonaws.com"},
            "Action": ["s3:GetObject", "s3:List*"],
            "Resource": ["arn:aws:s3:::reports/${aws:PrincipalTag/team, 'none'}/*", "arn:aws:s3:::reports"],
            "Condition": {
                "StringLikeIfExists": {"s3:prefix": ["a/*", "${aws:username}"]},
                "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                "ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": ["o-1/r-1/"]},
            },
        },
        {
            "Effect": "Deny",
            "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root", "CanonicalUser": "c" * 64},
            "NotAction": "s3:Put*",
            "NotResource": "arn:aws:s3:::other/*",
            "Condition": {
                "NumericLessThan": {"s3:TlsVersion": 1.2},
                "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
                "Null": {"aws:SourceVpce": True},
                "Bool": {"aws:SecureTransport": "false"},
                "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${aws:username}"},
                "BinaryEquals": {"s3:RequestObjectTag/d": "c2VjcmV0"},
            },
        },
    ],
}
_PLAIN: Final[Json] = {
    "Version": "2012-10-17",
    "Statement": {"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
}
_FLAGS: Final[Json] = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "RestrictPublicBuckets": True}
_ACL: Final[Json] = {
    "owner": "111122223333",
    "grants": [
        {"grantee": {"id": "c" * 64}, "permission": "FULL_CONTROL"},
        {"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}, "permission": "READ"},
        {"grantee": {"email": "a@example.com"}, "permission": "WRITE"},
    ],
}
EVIDENCE: Final[Json] = {
    "bucket.policy": POLICY,
    "bucket.owner": "111122223333",
    "object.owner": "444455556666",
    "bucket.ownership": "ObjectWriter",
    "bucket.region": "eu-west-1",
    "principal.policies": [
        _PLAIN,
        {"name": "n", "arn": "a", "from": "group/g", "document": _PLAIN},
        json.dumps(_PLAIN),
    ],
    "principal.boundary": _PLAIN,
    "principal.tags": {"team": "ml"},
    "session.policies": [_PLAIN],
    "session.issuer": "arn:aws:iam::111122223333:role/p/app",
    "organization.scps": [{"target": "r-1", "policies": [_PLAIN]}, [_PLAIN]],
    "organization.rcps": [{"target": "r-1", "policies": [POLICY]}, []],
    "organization.id": "o-1",
    "organization.management_account": "999999999999",
    "bucket.acl": _ACL,
    "object.acl": _ACL,
    "accounts.canonical_ids": {"c" * 64: "111122223333"},
    "bucket.public_access_block": _FLAGS,
    "account.public_access_block": None,
    "organization.public_access_block": _FLAGS,
    "bucket.tags": [{"Key": "team", "Value": "ml"}],
    "bucket.abac": True,
    "object.tags": {"class": "public"},
    "object.exists": True,
    "object.delete_marker": False,
    "object.encryption": {"algorithm": "aws:kms", "key": "arn:aws:kms:eu-west-1:111122223333:key/1"},
    "object.storage_class": {"class": "GLACIER", "archive_status": None, "restored": False},
    "object.lock": {"mode": "GOVERNANCE", "retain_until": None, "legal_hold": False},
    "bucket.encryption": {"algorithm": "aws:kms", "key": "k", "blocked": ["SSE-C"]},
    "bucket.versioning": {"status": "Enabled", "mfa_delete": True},
    "bucket.request_payment": "Requester",
    "vpc_endpoint.policy": POLICY,
    "vpc_endpoint.type": "Gateway",
    "access_point.owner": "111122223333",
    "access_point.network_origin": "Internet",
    "kms.key_policy": POLICY,
    "kms.key_state": "Enabled",
    "kms.grants": [
        {
            "grantee": "arn:aws:iam::111122223333:role/app",
            "operations": ["Decrypt"],
            "constraints": {"EncryptionContextEquals": {"aws:s3:arn": "arn:aws:s3:::reports"}},
        }
    ],
    "source.bucket.policy": POLICY,
    "source.bucket.owner": "111122223333",
    "objects": {"a/b~c": {"object.lock": None, "object.owner": "111122223333"}},
}
_ANA: Final = "arn:aws:iam::111122223333:user/ana"
_SESSION: Final = "arn:aws:sts::111122223333:assumed-role/app/s"
REQUESTS: Final[Json] = [
    {
        "principal": _SESSION,
        "operation": "GetObject",
        "resource": "arn:aws:s3:::reports/ml/q3.csv",
        "parameters": {"VersionId": "v1", "RequestPayer": "requester", "IfMatch": "*", "ExpectedBucketOwner": "1"},
        "context": {"aws:SourceIp": "203.0.113.7", "aws:PrincipalOrgPaths": ["o-1/r-1/"], "aws:SourceVpce": None},
        "context_is_complete": False,
        "time": "2026-11-23T10:00:00Z",
        "presigned": {"signed_at": "2026-11-23T09:00:00Z", "expires": 900, "method": "GET", "headers": ["host"]},
    },
    {
        "principal": _ANA,
        "operation": "PutObject",
        "bucket": "reports",
        "key": "a",
        "parameters": {
            "ACL": "public-read",
            "Tagging": "class=public&x=y",
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1",
            "GrantRead": 'id="c", uri="u"',
            "StorageClass": "STANDARD_IA",
        },
        "evidence_is_complete": True,
    },
    {
        "principal": _ANA,
        "operation": "PutObjectRetention",
        "resource": "arn:aws:s3:::reports/a",
        "parameters": {
            "Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": "2099-01-01T00:00:00Z"},
            "BypassGovernanceRetention": True,
        },
    },
    {
        "principal": "arn:aws:iam::111122223333:root",
        "operation": "PutBucketVersioning",
        "bucket": "reports",
        "parameters": {"VersioningConfiguration": {"Status": "Enabled", "MFADelete": "Enabled"}, "MFA": "x 1"},
    },
    {
        "principal": _ANA,
        "operation": "DeleteObjects",
        "resource": "arn:aws:s3:::reports",
        "parameters": {"Delete": {"Objects": [{"Key": "a/b~c"}, {"Key": "d", "VersionId": "v"}]}, "MFA": "1 2"},
    },
    {
        "principal": _SESSION,
        "operation": "CopyObject",
        "resource": "arn:aws:s3:::reports/new",
        "parameters": {
            "CopySource": {"Bucket": "old", "Key": "k", "VersionId": "v"},
            "TaggingDirective": "REPLACE",
            "Tagging": "a=b",
        },
    },
    {
        "principal": _ANA,
        "operation": "PutBucketPolicy",
        "resource": "arn:aws:s3:::reports",
        "parameters": {"Policy": json.dumps(POLICY)},
    },
    {
        "principal": _ANA,
        "operation": "PutBucketAcl",
        "resource": "arn:aws:s3:::reports",
        "parameters": {
            "AccessControlPolicy": {"Grants": [{"Grantee": {"ID": "c"}, "Permission": "READ"}], "Owner": {}}
        },
    },
    {
        "principal": "anonymous",
        "operation": "ListObjectsV2",
        "resource": "arn:aws:s3:::reports",
        "parameters": {"Prefix": "a/", "Delimiter": "/", "MaxKeys": 10},
    },
    {"principal": "logging.s3.amazonaws.com", "action": "s3:PutObject", "resource": "arn:aws:s3:::reports/x"},
    {
        "principal": "arn:aws:sts::111122223333:federated-user/fed",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:eu-west-1:111122223333:accesspoint/finance/object/k",
        "evidence": {"session.issuer": _ANA, "access_point.policy": POLICY},
    },
    {"principal": "arn:aws:iam::111122223333:root", "operation": "ListBuckets", "resource": "*"},
]


def _deep(_rng: random.Random) -> Json:
    nested: Json = "x"
    for _ in range(3000):
        nested = [nested] if _rng.random() < 0.5 else {"a": nested}
    return nested


_LEAVES: Final[tuple[Callable[[random.Random], Json], ...]] = (
    lambda _: None,
    lambda _: True,
    lambda _: False,
    lambda _: "",
    lambda _: [],
    lambda _: {},
    lambda _: 0,
    lambda _: -1,
    lambda _: 10**5000,
    lambda _: float("nan"),
    lambda _: float("inf"),
    lambda _: 1e308,
    lambda _: "\ud800",
    lambda _: "\x00",
    lambda _: "İ١²∞\u202e\U0010ffff",
    lambda _: "${",
    lambda _: "${a" + " " * 500,
    lambda _: "*" * 60 + "x",
    lambda _: ":" * 50,
    lambda _: "a/~b",
    lambda _: {"unknown": True},
    lambda _: {"document": {"document": {}}},
    lambda _: '{"a": 1, "a": 2}',
    lambda _: '{"Version": ' + "1" * 5000 + "}",
    lambda _: '{"Sid": "\\ud800"}',
    lambda _: "[" * 3000,
    lambda _: "1e999999999999999999999",
    lambda _: [[]],
    lambda _: [None],
    lambda _: [{}],
    lambda _: {"": ""},
    lambda _: deepcopy(POLICY),
    lambda _: "arn:aws:s3:::",
    lambda _: "arn:::::",
    lambda _: "arn:aws:iam::١١١١٢٢٢٢٣٣٣٣:root",
    _deep,
)


def _places(value: Json, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every element below the root."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, held in pairs:
        yield (*at, name)
        yield from _places(held, (*at, name))


def mutated(value: Json, rng: random.Random, times: int) -> Json:
    """Return a copy with so many random elements replaced, removed, renamed or doubled."""
    copy = json.loads(json.dumps(value))
    for _ in range(times):
        # What was put in is not looked into: it may be deeper than Python can walk.
        _mutate(copy, rng.choice(list(_places(value))), rng)
    return copy


def _mutate(root: Json, path: tuple[Any, ...], rng: random.Random) -> None:
    held = root
    for name in path[:-1]:
        if not _has(held, name):
            return
        held = held[name]
    last = path[-1]
    if not _has(held, last):
        return
    match rng.randrange(8):
        case 0:
            del held[last]
        case 1 if isinstance(held, dict):
            held[rng.choice((f"{last}x", str(last).upper(), "a/b~c", "", "\ud800", "objects"))] = held[last]
        case 1 | 2:
            held[last] = [held[last], held[last]]
        case 3:
            held[last] = {"document": held[last]}
        case 4 if isinstance(held[last], dict):
            with suppress(ValueError, RecursionError):  # what was put in before may be more than JSON can hold
                held[last] = json.dumps(held[last])
        case _:
            held[last] = rng.choice(_LEAVES)(rng)


def _has(held: Json, name: Any) -> bool:
    if isinstance(held, dict):
        return name in held
    return isinstance(held, list) and isinstance(name, int) and name < len(held)


def body(rng: random.Random) -> Json:
    """Return a body, broken in one place or in a few."""
    request = rng.choice(REQUESTS)
    facts = rng.sample(sorted(EVIDENCE), rng.randrange(4))
    found = {"requests": [request], "evidence": {name: EVIDENCE[name] for name in facts}}
    if rng.random() < 0.1:
        found["edits"] = {name: EVIDENCE[name] for name in rng.sample(sorted(EVIDENCE), 1)}
    inside = rng.choice(sorted(found))
    if inside == "requests" or not found[inside]:
        return {**found, "requests": [mutated(request, rng, rng.choice((1, 1, 2, 3)))]}
    return {**found, inside: mutated(found[inside], rng, rng.choice((1, 1, 2, 3)))}
