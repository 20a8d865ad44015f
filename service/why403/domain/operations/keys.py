"""The condition keys that follow from a call's parameters: which parameter fills which key, one a line.

AWS: "Actions, resources, and condition keys for Amazon S3". A key is filled only for the actions that carry it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from why403.domain.actions import find
from why403.domain.operations.parameters import Parameters, Type
from why403.domain.operations.source import copy_source
from why403.domain.operations.table import Operation
from why403.domain.operations.tags import object_tags, resource_tags

Values: TypeAlias = tuple[str, ...]


UNTOLD: Final[Values] = ("untold",)
"""Stands for the value of a key that is there and cannot be told; recognised by identity."""


class Keys(NamedTuple):
    """Keys in lower case: those whose values are told, and those that are there with a value nobody can tell."""

    values: Mapping[str, Values]
    untold: frozenset[str]


NO_KEYS: Final = Keys(MappingProxyType({}), frozenset())

_KMS_KEY: Final = "s3:x-amz-server-side-encryption-aws-kms-key-id"


class Filled(NamedTuple):
    """A key that one parameter fills, under whichever of its names the call has."""

    key: str
    names: tuple[str, ...]
    type: Type = "text"


FILLED: Final = (
    Filled("s3:prefix", ("Prefix",)),
    Filled("s3:delimiter", ("Delimiter",)),
    Filled("s3:max-keys", ("MaxKeys",), "number"),
    Filled("s3:versionid", ("VersionId",)),
    Filled("s3:if-match", ("IfMatch",)),
    Filled("s3:if-none-match", ("IfNoneMatch",)),
    Filled("s3:x-amz-acl", ("ACL",)),
    Filled("s3:x-amz-grant-full-control", ("GrantFullControl",)),
    Filled("s3:x-amz-grant-read", ("GrantRead",)),
    Filled("s3:x-amz-grant-read-acp", ("GrantReadACP",)),
    Filled("s3:x-amz-grant-write", ("GrantWrite",)),
    Filled("s3:x-amz-grant-write-acp", ("GrantWriteACP",)),
    Filled("s3:x-amz-server-side-encryption", ("ServerSideEncryption",)),
    Filled(_KMS_KEY, ("SSEKMSKeyId", "ObjectEncryption.SSEKMS.KMSKeyArn")),
    Filled("s3:x-amz-server-side-encryption-customer-algorithm", ("SSECustomerAlgorithm",)),
    Filled("s3:x-amz-metadata-directive", ("MetadataDirective",)),
    Filled("s3:x-amz-storage-class", ("StorageClass",)),
    Filled("s3:x-amz-website-redirect-location", ("WebsiteRedirectLocation",)),
    Filled("s3:x-amz-object-ownership", ("ObjectOwnership",)),
    Filled("s3:x-amz-bucket-namespace", ("BucketNamespace",)),
    Filled("s3:locationconstraint", ("CreateBucketConfiguration.LocationConstraint",)),
    Filled("s3:object-lock-mode", ("ObjectLockMode", "Retention.Mode")),
    Filled("s3:object-lock-retain-until-date", ("ObjectLockRetainUntilDate", "Retention.RetainUntilDate"), "time"),
    Filled("s3:object-lock-legal-hold", ("ObjectLockLegalHoldStatus", "LegalHold.Status")),
    Filled("s3:object-lock-event-hold", ("ObjectLockEventHold", "Retention.EventHold")),
    Filled(
        "s3:object-lock-event-hold-duration-days",
        ("ObjectLockEventHoldDurationDays", "Retention.EventHoldDuration.Days"),
        "number",
    ),
    Filled("s3:annotation-prefix", ("AnnotationPrefix",)),
    Filled("s3:max-annotation-results", ("MaxAnnotationResults",), "number"),
    Filled("s3:x-amz-object-annotation-directive", ("AnnotationDirective",)),
    Filled("s3:x-amz-object-if-match", ("ObjectIfMatch",)),
    Filled("s3:inventoryaccessibleoptionalfields", ("InventoryConfiguration.OptionalFields",), "texts"),
    Filled("s3:requestjobpriority", ("Priority",), "number"),
    Filled("s3:accessgrantslocationscope", ("LocationScope",)),
    Filled("aws:tagkeys", ("TagKeys",), "texts"),
)

# The session of a directory bucket has its own service prefix and is in no catalogue of S3's actions.
_OF_SESSIONS: Final = (
    Filled("s3express:sessionmode", ("SessionMode",)),
    Filled("s3express:x-amz-server-side-encryption", ("ServerSideEncryption",)),
    Filled("s3express:x-amz-server-side-encryption-aws-kms-key-id", ("SSEKMSKeyId",)),
)
_SESSION_KEYS: Final = MappingProxyType({"s3express:CreateSession": frozenset(row.key for row in _OF_SESSIONS)})


def _object_tags(_: Operation, sent: Parameters) -> Iterator[tuple[str, Values]]:
    tags = object_tags(sent)
    yield from ((f"s3:requestobjecttag/{key.lower()}", (value,)) for key, value in tags)
    if tags:
        yield "s3:requestobjecttagkeys", tuple(key for key, _ in tags)


def _resource_tags(_: Operation, sent: Parameters) -> Iterator[tuple[str, Values]]:
    tags = resource_tags(sent)
    yield from ((f"aws:requesttag/{key.lower()}", (value,)) for key, value in tags)
    if tags:
        yield "aws:tagkeys", tuple(key for key, _ in tags)


def _copy_source(_: Operation, sent: Parameters) -> Iterator[tuple[str, Values]]:
    source = copy_source(sent)
    if source:
        yield "s3:x-amz-copy-source", (source.text,)


_CREATION: Final[Mapping[bool | None, Values]] = MappingProxyType({True: ("true",), False: ("false",), None: UNTOLD})


def _creation(operation: Operation, _: Parameters) -> Iterator[tuple[str, Values]]:
    yield "s3:objectcreationoperation", _CREATION[operation.creates]


def _new_encryption(_: Operation, sent: Parameters) -> Iterator[tuple[str, Values]]:
    if sent.get("ObjectEncryption.SSEKMS") is not None:
        yield "s3:x-amz-server-side-encryption", ("aws:kms",)


def _network_origin(operation: Operation, sent: Parameters) -> Iterator[tuple[str, Values]]:
    if operation.name == "CreateAccessPoint" and sent.get("VpcConfiguration") is not None:
        yield "s3:accesspointnetworkorigin", ("VPC",)


def _job(_: Operation, sent: Parameters) -> Iterator[tuple[str, Values]]:
    asked = sent.get("Operation")
    if isinstance(asked, Mapping):
        yield "s3:requestjoboperation", tuple(str(name) for name in asked)


Worked: TypeAlias = Callable[[Operation, Parameters], Iterator[tuple[str, Values]]]

_WORKED_OUT: Final[Mapping[str, Worked]] = MappingProxyType(
    {
        "s3:requestobjecttagkeys": _object_tags,
        "aws:requesttag/*": _resource_tags,
        "s3:x-amz-copy-source": _copy_source,
        "s3:objectcreationoperation": _creation,
        "s3:x-amz-server-side-encryption": _new_encryption,
        "s3:accesspointnetworkorigin": _network_origin,
        "s3:requestjoboperation": _job,
    }
)

PARAMETER_OF: Final[Mapping[str, str]] = MappingProxyType({row.key: row.names[0] for row in FILLED})
"""The parameter that a condition key comes from, for callers who know the key and not the call."""

_TOLD_TOO: Final = (
    *("s3:object-lock-remaining-retention-days", "s3:requestjoboperation", "s3:requestobjecttagkeys"),
    "s3:x-amz-copy-source",
)
UNSENT: Final[Mapping[str, Values]] = MappingProxyType(dict.fromkeys((*PARAMETER_OF, *_TOLD_TOO), ()))
"""The condition keys that only a call's parameters fill, as they are where none of those is sent."""

_WORKED_FROM: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "s3:requestobjecttag/": ("Tagging",),
        "s3:requestobjecttagkeys": ("Tagging",),
        "aws:requesttag/": ("Tags", "CreateBucketConfiguration", "Tagging"),
        "aws:tagkeys": ("TagKeys", "Tags", "CreateBucketConfiguration", "Tagging"),
        "s3:x-amz-copy-source": ("CopySource",),
        "s3:accesspointnetworkorigin": ("VpcConfiguration",),
        "s3:requestjoboperation": ("Operation",),
        "s3:object-lock-remaining-retention-days": ("ObjectLockRetainUntilDate", "Retention.RetainUntilDate"),
    }
)
_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {**{row.key: row.names for row in (*FILLED, *_OF_SESSIONS)}, **_WORKED_FROM}
)


def sent_for(key: str, sent: Mapping[str, object]) -> object:
    """Return what was sent of a key's value, None if nothing was."""
    parameters = Parameters(sent, _nothing)
    values = map(parameters.get, _NAMES.get(key, ()))
    return next((value for value in values if value not in (None, "")), None)


def _nothing(_: str) -> None:
    """Know no fact."""


def parameter_for(key: str, sent: Mapping[str, object]) -> str | None:
    """Return the parameter that a key comes from: the one that was sent if there are several, None if there is none."""
    names = _NAMES.get(key) or _NAMES.get(key.partition("/")[0] + "/", ())
    there = (name for name in names if sent.get(name.partition(".")[0]) is not None)
    return next(there, names[0] if names else None)


KNOWN_PARAMETERS: Final = frozenset(
    {
        *(name.partition(".")[0] for row in (*FILLED, *_OF_SESSIONS) for name in row.names),
        *("AccountId", "BypassGovernanceRetention", "CopySource", "Delete", "ObjectLockEnabledForBucket"),
        *("ObjectLockEventHoldDurationYears", "Operation", "Tagging", "TaggingDirective", "Tags", "VpcConfiguration"),
        *("BucketKeyEnabled", "ChecksumMode", "SSEKMSEncryptionContext"),
    }
)
"""The parameters that choose legs or fill keys; all others are ignored."""


class _Carried(NamedTuple):
    """How one action's keys are filled: by the parameter that was sent, and by working out."""

    by_parameter: Mapping[str, tuple[tuple[Filled, str], ...]]
    worked_out: tuple[Worked, ...]


@lru_cache(maxsize=512)
def _carried(action: str) -> _Carried:
    found = find(action)
    keys = found.keys if found else _SESSION_KEYS.get(action, frozenset())
    worked_out = tuple(worked for key, worked in _WORKED_OUT.items() if key in keys)
    by_parameter: dict[str, tuple[tuple[Filled, str], ...]] = {}
    for row in (row for row in (*FILLED, *_OF_SESSIONS) if row.key in keys):
        for name in row.names:
            first = name.partition(".")[0]
            by_parameter[first] = (*by_parameter.get(first, ()), (row, name))
    return _Carried(by_parameter, worked_out)


def keys_of(action: str, operation: Operation, sent: Parameters) -> Keys:
    """Return the keys that a call fills in a request for one of its actions."""
    carried = _carried(action)
    found: dict[str, Values] = {}
    for parameter in sent.values:
        for row, name in carried.by_parameter.get(parameter, ()):
            values = sent.read(name, row.type)
            if values is not None:
                found[row.key] = values
    for work_out in carried.worked_out:
        found.update(work_out(operation, sent))
    return _told_apart(found) if found else NO_KEYS


def _told_apart(found: dict[str, Values]) -> Keys:
    untold = {key for key, values in found.items() if values is UNTOLD}
    # S3 completes a bare key id or an alias to the ARN of a key that the call does not name.
    if _KMS_KEY in found and not found[_KMS_KEY][0].startswith("arn:"):
        untold.add(_KMS_KEY)
    # Counted from the time of the call.
    if "s3:object-lock-retain-until-date" in found:
        untold.add("s3:object-lock-remaining-retention-days")
    told = {key: values for key, values in found.items() if key not in untold} if untold else found
    return Keys(MappingProxyType(told), frozenset(untold))
