"""The names of the operations: S3's own, those that logs and old pages use, and the nearest to a wrong one."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from why403.domain.actions import find
from why403.domain.errors import InvalidInput
from why403.domain.operations.buckets import BUCKETS
from why403.domain.operations.controls import CONTROLS
from why403.domain.operations.objects import OBJECTS
from why403.domain.operations.table import Operation

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {operation.name: operation for operation in sorted((*OBJECTS, *BUCKETS, *CONTROLS), key=lambda each: each.name)}
)

# CloudTrail's eventName ("Amazon S3 CloudTrail events") and the names of the first API reference.
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "DeleteBucketPublicAccessBlock": "DeletePublicAccessBlock",
        "DeleteMultipleObjects": "DeleteObjects",
        "GetAccelerateConfiguration": "GetBucketAccelerateConfiguration",
        "GetBucketObjectLockConfiguration": "GetObjectLockConfiguration",
        "GetBucketPublicAccessBlock": "GetPublicAccessBlock",
        "GetService": "ListBuckets",
        "InitiateMultipartUpload": "CreateMultipartUpload",
        "PostObject": "PutObject",
        "PutAccelerateConfiguration": "PutBucketAccelerateConfiguration",
        "PutBucketObjectLockConfiguration": "PutObjectLockConfiguration",
        "PutBucketPublicAccessBlock": "PutPublicAccessBlock",
    }
)

# Two APIs, one name: without a bucket it is the account's.
_OF_ACCOUNT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
        "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
        "DeletePublicAccessBlock": "DeleteAccountPublicAccessBlock",
    }
)


def operation_named(name: str, resource: str, parameters: Mapping[str, object]) -> Operation:
    """Return the operation a call names, by the account's form where the call is about an account."""
    own = ALIASES.get(name, name)
    if own in _OF_ACCOUNT and name not in ALIASES and (resource == "*" or parameters.get("AccountId") is not None):
        own = _OF_ACCOUNT[own]
    found = OPERATIONS.get(own)
    if found is None:
        raise InvalidInput.at("/operation", f"`{name}` is not an S3 operation{_hint(name)}")
    return found


def _hint(name: str) -> str:
    spelt = {known.lower(): known for known in (*OPERATIONS, *ALIASES)}
    action = find(f"s3:{name}")
    if action is not None and name.lower() not in spelt:
        return f"; to ask about the IAM action `{action.name}`, send it as `action`"
    near = get_close_matches(name.lower(), spelt, n=1, cutoff=0.8)
    return f"; did you mean `{spelt[near[0]]}`?" if near else ""
