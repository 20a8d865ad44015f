"""What is said of the state of objects: why a call is refused because of it, and what is not known of it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from why403 import (
    FALSE,
    TRUE,
    AccessRequest,
    Evidence,
    Fact,
    Found,
    Shown,
    Truth,
    Words,
)
from why403.domain.facts import BUCKET_ABAC
from why403.domain.object_lock import COMPLIANCE, GOVERNANCE, HOLD
from why403.domain.states import BUCKET_ENCRYPTION, Lock
from why403_layers.objects import DELETE_MARKER, EXISTS, LOCK, STORAGE_CLASS, VERSIONING

MISSING: Final = "missing"
ARCHIVED: Final = "archived"
ACTIVE: Final = "active"
LOCKED: Final = "locked"
MFA: Final = "mfa"
ROOT_ONLY: Final = "root-only"
SSE_C: Final = "sse-c"
OCCUPIED: Final = "occupied"
ABAC: Final = "abac"

_HEAD: Final = "HeadObject"
# What a request for an object does not carry, so that no condition on it holds. AWS: "Actions, resources, and condition
# keys for Amazon S3".
_OF_LISTS: Final = ("s3:prefix", "s3:delimiter", "s3:max-keys")
RESTS_ON: Final[Mapping[str, tuple[Fact[Any], ...]]] = {
    MISSING: (EXISTS, DELETE_MARKER),
    OCCUPIED: (EXISTS, DELETE_MARKER),
    ARCHIVED: (STORAGE_CLASS,),
    ACTIVE: (STORAGE_CLASS,),
    **dict.fromkeys((LOCKED, HOLD, COMPLIANCE, GOVERNANCE), (LOCK,)),
    MFA: (VERSIONING,),
    ROOT_ONLY: (VERSIONING,),
    SSE_C: (BUCKET_ENCRYPTION,),
    ABAC: (BUCKET_ABAC,),
}


MET: Final[Mapping[str, str]] = {
    MISSING: "the object is there",
    OCCUPIED: "there is no object that the call would overwrite",
    ARCHIVED: "the object can be read without being restored",
    ACTIVE: "the object is in an archive, from which it can be restored",
    HOLD: "no legal hold is in the way",
    COMPLIANCE: "no retention is in the way",
    GOVERNANCE: "the retention in governance mode has ended, is not weakened, or is bypassed",
    MFA: "the call carries the code of a second factor, or needs none",
    SSE_C: "the bucket does not block keys of the customer's own (SSE-C)",
    ABAC: "the bucket's tags give no access, so that this call changes them",
}


def _missing(request: AccessRequest, evidence: Evidence) -> Words:
    """Say that it is not there: S3 tells so those who may list only.

    AWS: "GetObject" (Amazon S3 API Reference), on permissions, on versions and on delete markers.
    """
    exists, marker = evidence[EXISTS], evidence[DELETE_MARKER]
    version, bodiless = _names_version(request), request.call is not None and request.call.operation == _HEAD
    marked = isinstance(marker, Found) and marker.value and not (isinstance(exists, Found) and not exists.value)
    if marked and version == TRUE:
        because = "the version is a delete marker, which can only be deleted"
        return Words(because=because, status=405, code=None if bodiless else "MethodNotAllowed", sort="marker")
    code = {TRUE: "NoSuchVersion", FALSE: "NoSuchKey"}.get(version)
    what = "a delete marker has taken the object's place" if marked else _nothing(request, version)
    listing = ("s3:ListBucket", "s3:ListBucketVersions") if version == TRUE else ("s3:ListBucket",)
    where = request.resource.access_point or request.resource.bucket_arn
    shown = Shown(listing, where, _OF_LISTS)
    return Words(because=what, status=404, code=None if bodiless else code, shown_to=shown)


def _nothing(request: AccessRequest, version: Truth) -> str:
    return f"there is no {'such version of' if version == TRUE else 'object'} {request.resource.arn}"


def _names_version(request: AccessRequest) -> Truth:
    """Return whether a version is named, by the action or beside it."""
    if "version" in request.action_key:
        return TRUE
    call = request.call
    # The source of a copy, and each object of a list, has its version elsewhere, and then another action.
    if call is None or request.of_source or call.operation == "DeleteObjects":
        return FALSE
    return call.may_send("VersionId")


def _archived(request: AccessRequest, evidence: Evidence) -> Words:
    held = evidence[STORAGE_CLASS]
    where = (held.value.archive_status or held.value.name) if isinstance(held, Found) else "an archive"
    copies = request.call is not None and request.call.operation == "CopyObject"
    what = "the source of the copy" if request.of_source else "the object"
    because = f"{what} is in {where} and not restored, so it cannot be read"
    return Words(because=because, code="ObjectNotInActiveTierError" if copies else "InvalidObjectState")


def _active(_request: AccessRequest, evidence: Evidence) -> Words:
    held = evidence[STORAGE_CLASS]
    name = held.value.name if isinstance(held, Found) else "an active tier"
    return Words(
        because=f"the object is in {name} and no archive, so there is nothing to restore",
        code="ObjectAlreadyInActiveTierError",
    )


def _held(_request: AccessRequest, _evidence: Evidence) -> Words:
    return Words(because="a legal hold is on the version, and no bypass helps against that")


def _compliance(request: AccessRequest, evidence: Evidence) -> Words:
    because = f"the version is retained in compliance mode{_until(evidence)}, and nobody {_does(request)} before"
    return Words(because=because)


def _governance(request: AccessRequest, evidence: Evidence) -> Words:
    return Words(
        because=f"the version is retained in governance mode{_until(evidence)}, and nobody {_does(request)} before "
        "without asking for it (x-amz-bypass-governance-retention: true)"
    )


def _until(evidence: Evidence) -> str:
    seen = evidence[LOCK]
    lock: Lock | None = seen.value if isinstance(seen, Found) else None
    return "" if lock is None or lock.retain_until is None else f" until {lock.retain_until.isoformat()}"


def _does(request: AccessRequest) -> str:
    deletes = request.call is not None and request.call.operation != "PutObjectRetention"
    return "deletes it" if deletes else "weakens its retention"


def _unconfirmed(_request: AccessRequest, _evidence: Evidence) -> Words:
    return Words(because="MFA Delete is on, or is to be switched, and the call carries no code (x-amz-mfa)")


def _not_root(_request: AccessRequest, _evidence: Evidence) -> Words:
    return Words(because="only the root user of the bucket owner's account switches MFA Delete")


def _blocked(_request: AccessRequest, _evidence: Evidence) -> Words:
    return Words(because="the bucket blocks uploads with keys of the customer's own (SSE-C), and the call sends one")


def _occupied(_request: AccessRequest, _evidence: Evidence) -> Words:
    because = "there is an object already, and the call writes only where there is none (If-None-Match: *)"
    return Words(because=because, status=412, code="PreconditionFailed")


def _governed_by_tags(request: AccessRequest, _evidence: Evidence) -> Words:
    name = request.call.operation if request.call else request.action
    because = f"ABAC is enabled for the bucket, so its tags are changed by TagResource and UntagResource, not by {name}"
    return Words(because=because)


REFUSALS: Final[Mapping[str, Callable[[AccessRequest, Evidence], Words]]] = {
    MISSING: _missing,
    OCCUPIED: _occupied,
    ARCHIVED: _archived,
    ACTIVE: _active,
    HOLD: _held,
    COMPLIANCE: _compliance,
    GOVERNANCE: _governance,
    MFA: _unconfirmed,
    ROOT_ONLY: _not_root,
    SSE_C: _blocked,
    ABAC: _governed_by_tags,
}


def _may_be_retained(request: AccessRequest, evidence: Evidence) -> str:
    may = f"a retention{_until(evidence)} may hold the version"
    return f"{may}: it is not known {_when(request, evidence)}what the call sends"


def _may_be_governed(request: AccessRequest, evidence: Evidence) -> str:
    return (
        f"a retention in governance mode{_until(evidence)} may hold the version: it is not known "
        f"{_when(request, evidence)}whether the call weakens or bypasses it (x-amz-bypass-governance-retention: true)"
    )


def _when(request: AccessRequest, evidence: Evidence) -> str:
    if not _until(evidence):
        return "until when, or "
    dated = request.call is not None and request.call.received is not None and not request.call.undated
    return "" if dated else "when the call was made, or "


RETAINED: Final[Mapping[str, Callable[[AccessRequest, Evidence], str]]] = {
    COMPLIANCE: _may_be_retained,
    GOVERNANCE: _may_be_governed,
}
OPEN: Final[Mapping[str, str]] = {
    MFA: "MFA Delete may ask for a code, and it is not known what the call sends",
    ROOT_ONLY: "only the root user of the bucket owner's account switches MFA Delete: it is not known who calls, or "
    "what the call sends",
    SSE_C: "the bucket blocks keys of the customer's own (SSE-C), and it is not known whether the call sends one",
}
