"""The states of objects as facts, and how they are read: by headers, locks, and the versioning of the bucket.

AWS: "HeadObject", "GetObjectRetention", "GetObjectLegalHold", "GetObjectLockConfiguration", "GetBucketVersioning"
(Amazon S3 API Reference); "Locking objects with Object Lock".
"""

from collections.abc import Mapping
from typing import Any, Final

from why403 import (
    ABSENT,
    FALSE,
    TRUE,
    Absent,
    AccessRequest,
    AwsCall,
    CannotTell,
    Collecting,
    Collector,
    Fact,
    Found,
    Keep,
    Observation,
    Observations,
    Unreadable,
    value_of,
)
from why403.collecting.objects import HEAD_OBJECT, headers_of
from why403.collecting.s3 import OF_BUCKET, bucket_asked, of_bucket, version_asked
from why403.domain.facts import flag
from why403.domain.states import Lock, Storage, Versioning, lock, storage, versioning

EXISTS: Fact[bool] = Fact(
    name="object.exists", load=flag, permission="s3:GetObject", assumed=True, of_resource=True, of_object=True
)
DELETE_MARKER: Fact[bool] = Fact(
    name="object.delete_marker", load=flag, permission="s3:GetObject", assumed=True, of_resource=True, of_object=True
)
STORAGE_CLASS: Fact[Storage] = Fact(
    name="object.storage_class", load=storage, permission="s3:GetObject", assumed=True, of_resource=True, of_object=True
)
LOCK: Fact[Lock] = Fact(
    name="object.lock", load=lock, permission="s3:GetObjectRetention", assumed=True, of_resource=True, of_object=True
)
VERSIONING: Fact[Versioning] = Fact(
    name="bucket.versioning", load=versioning, permission="s3:GetBucketVersioning", assumed=True, of_resource=True
)

_NO_LOCK: Final = ("NoSuchObjectLockConfiguration",)
GET_RETENTION = AwsCall(
    service="s3",
    operation="GetObjectRetention",
    permission="s3:GetObjectRetention",
    absent=_NO_LOCK,
    member="Retention",
    keep=Keep.SHORT,
)
GET_HOLD = AwsCall(
    service="s3",
    operation="GetObjectLegalHold",
    permission="s3:GetObjectLegalHold",
    absent=_NO_LOCK,
    member="LegalHold",
    keep=Keep.SHORT,
)
GET_LOCKING = of_bucket(
    "GetObjectLockConfiguration",
    "s3:GetBucketObjectLockConfiguration",
    absent=("ObjectLockConfigurationNotFoundError",),
    member="ObjectLockConfiguration",
)
GET_VERSIONING = of_bucket("GetBucketVersioning", "s3:GetBucketVersioning")

_WRITES_IF_NONE: Final = frozenset({"PutObject", "CompleteMultipartUpload"})
_NO_ANSWER: Final = Unreadable("S3 answered a lock that says nothing", "s3:GetObjectRetention")
_WHICH_VERSION: Final = Unreadable("it is not known whether the call names a version of the object, and which")


def collect_headers(request: AccessRequest) -> Collecting[Observations]:
    """Read the headers where the object must be there, or must not be."""
    if not _asks_for_object(request):
        return {}
    seen = yield headers_of(request)
    if seen is None:
        return {}
    if isinstance(seen, Unreadable):
        return dict.fromkeys((EXISTS, DELETE_MARKER, STORAGE_CLASS), seen)
    if isinstance(seen, Absent):  # it may be a delete marker that is there instead, which changes nothing
        return {EXISTS: Found(value=False)}
    told = seen.value
    return {
        EXISTS: Found(value=True),
        DELETE_MARKER: Found(bool(told.get("DeleteMarker"))),
        STORAGE_CLASS: Found(_storage(told)),
    }


def _asks_for_object(request: AccessRequest) -> bool:
    call, action = request.call, request.s3_action
    if call is None:
        return False
    if_none = call.operation in _WRITES_IF_NONE and call.parameters.get("IfNoneMatch") is not None
    return if_none or (action is not None and action.finds_object and not request.of_new)


def _storage(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return where an object is stored: S3 names no class that is the usual one, and says of a copy until when it is.

    AWS: "HeadObject", on x-amz-storage-class and x-amz-restore.
    """
    restored = 'ongoing-request="false"' in told.get("Restore", "")
    return {
        "class": told.get("StorageClass") or "STANDARD",
        "archive_status": told.get("ArchiveStatus"),
        "restored": restored,
    }


def collect_lock(request: AccessRequest) -> Collecting[Observations]:
    """Read the lock of a version that is to be deleted, or whose retention is to be changed."""
    if not _meets_lock(request):
        return {}
    bucket = yield bucket_asked(request)
    if bucket is None or not request.resource.key:
        return {}
    version = version_asked(request)
    locking = yield bucket.read(GET_LOCKING)
    if isinstance(locking, Absent):  # without it no version of any object is locked
        return {LOCK: ABSENT}
    parameters = {"Key": request.resource.key} | ({} if version is None else {"VersionId": version})
    retention, hold = yield (bucket.read(GET_RETENTION, **parameters), bucket.read(GET_HOLD, **parameters))
    return {LOCK: _lock(retention, hold)}


def _meets_lock(request: AccessRequest) -> bool:
    """Return whether a lock can matter; raise CannotTell where that depends on a version that may be named."""
    call = request.call
    if call is None:
        return False
    if call.operation == "DeleteObject" and call.may_send("VersionId") not in {FALSE, TRUE}:
        raise CannotTell(_WHICH_VERSION)
    deletes = call.operation in {"DeleteObject", "DeleteObjects"} and request.action_key == "s3:deleteobjectversion"
    return deletes or call.operation == "PutObjectRetention"


def _lock(retention: Observation[Any], hold: Observation[Any]) -> Observation[Any]:
    kept, held = value_of(retention, None), value_of(hold, None)
    if kept is None and held is None:
        return ABSENT
    if (kept is not None and not kept.get("Mode")) or (held is not None and not held.get("Status")):
        raise CannotTell(_NO_ANSWER)
    return Found(
        {
            "mode": kept and kept["Mode"],
            "retain_until": kept and kept.get("RetainUntilDate"),
            "legal_hold": held is not None and held["Status"] == "ON",
        }
    )


def collect_versioning(request: AccessRequest) -> Collecting[Observations]:
    """Read whether MFA Delete is on, where versions are deleted or versioning is changed."""
    call = request.call
    deletes = call is not None and call.operation == "DeleteObject" and call.may_send("VersionId") != FALSE
    if call is None or not (deletes or call.operation in {"DeleteObjects", "PutBucketVersioning"}):
        return {}
    bucket = yield bucket_asked(request)
    if bucket is None:
        return {}
    seen = yield bucket.read(GET_VERSIONING)
    return {VERSIONING: Found(_versioning(seen.value)) if isinstance(seen, Found) else seen}


def _versioning(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"status": told.get("Status"), "mfa_delete": told.get("MFADelete") == "Enabled"}


COLLECTORS: Final = (
    Collector(
        facts=(EXISTS, DELETE_MARKER, STORAGE_CLASS), reads=HEAD_OBJECT, needs=OF_BUCKET, collect=collect_headers
    ),
    Collector(facts=(LOCK,), reads=(GET_LOCKING, GET_RETENTION, GET_HOLD), needs=OF_BUCKET, collect=collect_lock),
    Collector(facts=(VERSIONING,), reads=(GET_VERSIONING,), needs=OF_BUCKET, collect=collect_versioning),
)
