"""The names that clients give to S3's operations, brought back to S3's own, and which action goes with which."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from why403.domain.actions import find
from why403.domain.operations import ALIASES, OPERATIONS
from why403.domain.remembered import remembered

# Methods whose name is not the operation's; mostly of Java 1 (`AmazonS3Client`), .NET and minio-go, made lower case.
_METHODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bucketexists": "HeadBucket",
        "copypart": "UploadPartCopy",
        "deletebucketcrossoriginconfiguration": "DeleteBucketCors",
        "deletebuckettaggingconfiguration": "DeleteBucketTagging",
        "deletebucketwebsiteconfiguration": "DeleteBucketWebsite",
        "deletecorsconfiguration": "DeleteBucketCors",
        "deletelifecycleconfiguration": "DeleteBucketLifecycle",
        "deleteversion": "DeleteObject",
        "doesbucketexist": "HeadBucket",
        "doesbucketexistv2": "GetBucketAcl",
        "doesobjectexist": "HeadObject",
        "enablerequesterpays": "PutBucketRequestPayment",
        "fgetobject": "GetObject",
        "fputobject": "PutObject",
        "getbucketcrossoriginconfiguration": "GetBucketCors",
        "getbucketloggingconfiguration": "GetBucketLogging",
        "getbucketreplicationconfiguration": "GetBucketReplication",
        "getbuckettaggingconfiguration": "GetBucketTagging",
        "getbucketversioningconfiguration": "GetBucketVersioning",
        "getbucketwebsiteconfiguration": "GetBucketWebsite",
        "getcorsconfiguration": "GetBucketCors",
        "getlifecycleconfiguration": "GetBucketLifecycleConfiguration",
        "getobjectmetadata": "HeadObject",
        "gets3accountowner": "ListBuckets",
        "listnextbatchofobjects": "ListObjects",
        "listnextbatchofversions": "ListObjectVersions",
        "listversions": "ListObjectVersions",
        "makebucket": "CreateBucket",
        "putbucket": "CreateBucket",
        "putbucketcrossoriginconfiguration": "PutBucketCors",
        "putbucketloggingconfiguration": "PutBucketLogging",
        "putbucketreplicationconfiguration": "PutBucketReplication",
        "putbuckettaggingconfiguration": "PutBucketTagging",
        "putbucketversioningconfiguration": "PutBucketVersioning",
        "putbucketwebsiteconfiguration": "PutBucketWebsite",
        "putcorsconfiguration": "PutBucketCors",
        "putlifecycleconfiguration": "PutBucketLifecycleConfiguration",
        "removebucket": "DeleteBucket",
        "removeobject": "DeleteObject",
        "restoreobjectv2": "RestoreObject",
        "statobject": "HeadObject",
    }
)
_SUFFIX: Final = re.compile(
    r"(?:async|asyncenumerable|request|requests|command|commanderror|error|exception|withcontext|pages|paginator|"
    r"callable|output|input|outcome|withresponse)\Z"
)
_NO_LETTER: Final = re.compile(r"[^a-z0-9]")
_LONGEST: Final = 80


def _squashed(name: str) -> str:
    return _NO_LETTER.sub("", name.lower())


_KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        **_METHODS,
        **{_squashed(name): own for name, own in ALIASES.items()},
        **{_squashed(name): name for name in OPERATIONS},
    }
)


@remembered(1024)
def operation_of(name: str) -> str | None:
    """Return the S3 operation that a method, class, command or eventName means, None for what is none."""
    if len(name) > _LONGEST:
        return None
    squashed = _squashed(name)
    while squashed not in _KNOWN:
        shorter = _SUFFIX.sub("", squashed)
        if shorter == squashed:
            # The Java and Ruby resources `set` what the API puts.
            return _KNOWN.get("put" + squashed[3:]) if squashed.startswith("set") else None
        squashed = shorter
    return _KNOWN[squashed]


_LISTINGS: Final = frozenset({"s3:listbucket", "s3:listbucketversions"})


def needs(operation: str, action: str) -> bool:
    """Return whether a call may have been refused for want of an action; KMS stands behind many calls."""
    row = OPERATIONS.get(operation)
    service = action.partition(":")[0].lower()
    if row is None or service != "s3" or asks_to_list(operation, action):
        return True
    named = action.lower()
    return named == f"s3:{operation}".lower() or any(
        named in {need.action.lower(), need.version.lower()} for need in row.rows
    )


def asks_to_list(operation: str, action: str) -> bool:
    """Return whether an action is to list, and a call is for an object: S3 asks for it only if the object is missing.

    AWS: "GetObject" (Amazon S3 API Reference), on s3:ListBucket.
    """
    row = OPERATIONS.get(operation)
    return (
        row is not None
        and action.lower() in _LISTINGS
        and any(row.needs_object(need.action, need.subject) for need in row.rows)
    )


def asks_of_source(operation: str, action: str) -> bool:
    """Return whether a copy asks for an action on what it copies from."""
    row, named = OPERATIONS.get(operation), action.lower()
    needs_of = [need for need in row.rows if named in {need.action.lower(), need.version.lower()}] if row else []
    return bool(needs_of) and needs_of[0].subject != ""


def parameter_with(operation: str, action: str) -> str:
    """Return the parameter of a call that holds what an action is on, as a role to be passed; empty for none."""
    row = OPERATIONS.get(operation)
    return next((need.on for need in row.rows if need.action.lower() == action.lower()), "") if row else ""


def _needing() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for operation in OPERATIONS.values():
        for need in (row for row in operation.rows if row.under is None):  # KMS stands behind calls of others, too
            for action in (need.action, need.version):
                found.setdefault(action, set()).add(operation.name)
    return {action: frozenset(operations) for action, operations in found.items() if action}


_NEEDING: Final = MappingProxyType(_needing())


def only_operation_of(action: str) -> str | None:
    """Return the one operation that needs an action, None where several do; S3's texts name some calls as actions."""
    needing = _NEEDING.get(action, frozenset())
    if len(needing) == 1:
        return next(iter(needing))
    service, _, name = action.partition(":")
    return name if service == "s3" and find(action) is None and name in OPERATIONS else None


def is_about_objects(operation: str) -> bool:
    """Return whether an operation is about an object, so that a key belongs to it."""
    row = OPERATIONS.get(operation)
    return row is not None and row.kind in {"object", "keys", "tagged", "accesspointobject"}


def is_about_account(operation: str) -> bool:
    """Return whether an operation is about an account, so that no bucket belongs to it."""
    row = OPERATIONS.get(operation)
    return row is not None and row.kind == "account"


def action_of(name: str) -> str:
    """Return the IAM action as AWS spells it, the name itself for other services and unknown actions."""
    known = find(name)
    return known.name if known else name
