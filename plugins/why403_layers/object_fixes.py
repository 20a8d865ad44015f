"""What would let a call be made on objects as they are: restored or released by somebody, or asked for otherwise.

AWS: "Restoring an archived object"; "Managing Object Lock"; "Working with delete markers"; "Deleting an object from an
MFA delete-enabled bucket"; "Enabling ABAC in general purpose buckets"; "Default SSE-C setting for new buckets FAQ".
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from why403 import AccessRequest, Applicability, Evidence, Fix, Found, value_of
from why403.domain.commands import bucket_command, command, object_command, version_named
from why403.domain.fix import edited
from why403.domain.object_lock import COMPLIANCE, GOVERNANCE, HOLD
from why403.domain.states import BUCKET_ENCRYPTION, Encryption
from why403_layers.object_words import ABAC, ACTIVE, ARCHIVED, MFA, MISSING, OCCUPIED, ROOT_ONLY, SSE_C
from why403_layers.objects import DELETE_MARKER, EXISTS, LOCK, STORAGE_CLASS

_MANUAL: Final = Applicability.MANUAL
_ROOT: Final = "the root user of the bucket owner's account"
_CODE: Final = "SERIAL CODE"
_TIERED: Final = {"GlacierJobParameters": {"Tier": "Standard"}}
_NOT_CUSTOMERS: Final = dict.fromkeys(("SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5"))


def _missing(request: AccessRequest, evidence: Evidence) -> Iterator[Fix]:
    marker = evidence[DELETE_MARKER]
    marked = isinstance(marker, Found) and marker.value
    if version_named(request) is not None or "version" in request.action_key:
        yield _other_version(request)
    elif marked:
        yield _unmarked(request, evidence)
    else:
        yield Fix(
            summary="put the object there, or ask for the key that is meant; no permission makes it appear",
            who="the caller, or whoever writes the object",
            risk="none: s3:ListBucket would only turn the answer into a 404",
            applicability=_MANUAL,
            target=request.resource.arn,
            edits=(edited(evidence, EXISTS, after=True),),
            steps=(bucket_command(request, "list-objects-v2", ("Prefix", request.resource.key)),),
        )


def _other_version(request: AccessRequest) -> Fix:
    return Fix(
        summary="name a version of the object that there is",
        who="the caller",
        risk="none: s3:ListBucketVersions would only turn the answer into a 404",
        applicability=_MANUAL,
        target=request.resource.arn,
        steps=(bucket_command(request, "list-object-versions", ("Prefix", request.resource.key)),),
    )


def _unmarked(request: AccessRequest, evidence: Evidence) -> Fix:
    """Return that the delete marker is taken away, which brings back what it hides."""
    shown = evidence[EXISTS]
    hidden = isinstance(shown, Found) and not shown.value
    there = (edited(evidence, EXISTS, after=True),) if hidden else ()
    return Fix(
        summary="delete the delete marker, which brings the object back; or read the older version by its id",
        who="whoever may delete versions of the object (s3:DeleteObjectVersion)",
        risk="what somebody deleted is there again for everybody who may read it",
        applicability=_MANUAL,
        target=request.resource.arn,
        edits=(edited(evidence, DELETE_MARKER, after=False), *there),
        steps=(
            bucket_command(request, "list-object-versions", ("Prefix", request.resource.key)),
            object_command(request, "delete-object", ("VersionId", "ID_OF_THE_DELETE_MARKER")),
        ),
    )


def _archived(request: AccessRequest, evidence: Evidence) -> Iterator[Fix]:
    seen = evidence[STORAGE_CLASS]
    raw = seen.raw if isinstance(seen, Found) else None
    held = {"class": raw} if isinstance(raw, str) else dict(raw or {})
    tiered = held.get("archive_status") is not None  # a tier of Intelligent-Tiering is left for good, not for days
    asked = _TIERED if tiered else {"Days": 7, **_TIERED}
    yield Fix(
        summary="restore the object, wait until that is done (hours), and read it then",
        who="a reader who may restore it (s3:RestoreObject)",
        risk="restoring costs money, by the amount of data and by how soon it is needed",
        applicability=_MANUAL,
        target=request.resource.arn,
        edits=(edited(evidence, STORAGE_CLASS, {**held, "restored": True}),),
        steps=(
            object_command(request, "restore-object", ("RestoreRequest", asked)),
            object_command(request, "head-object"),
            'it is restored when `Restore` says `ongoing-request="false"`',
        ),
    )


def _active(request: AccessRequest, _evidence: Evidence) -> Iterator[Fix]:
    yield Fix(
        summary="leave the call out: the object can be read as it is",
        who="the caller",
        risk="none",
        applicability=_MANUAL,
        target=request.resource.arn,
        steps=(object_command(request, "head-object"),),
    )


def _held(request: AccessRequest, evidence: Evidence) -> Iterator[Fix]:
    seen = evidence[LOCK]
    raw = seen.raw if isinstance(seen, Found) else {}
    yield Fix(
        summary="take the legal hold off the version, once whoever set it agrees",
        who="whoever may decide on legal holds (s3:PutObjectLegalHold)",
        risk="the version is kept for a legal reason, and can be deleted for good afterwards",
        applicability=_MANUAL,
        target=request.resource.arn,
        edits=(edited(evidence, LOCK, {**raw, "legal_hold": False}),),
        steps=(
            object_command(request, "put-object-legal-hold", ("LegalHold", {"Status": "OFF"})),
            f"to take it back: {object_command(request, 'put-object-legal-hold', ('legal-hold', {'Status': 'ON'}))}",
        ),
    )


def _governed(request: AccessRequest, evidence: Evidence) -> Iterator[Fix]:
    yield Fix(
        summary="say that the retention is to be bypassed (x-amz-bypass-governance-retention: true)",
        who="whoever may bypass retention (s3:BypassGovernanceRetention)",
        risk="what the retention protects is gone for good, and with it the proof that it was kept",
        applicability=_MANUAL,
        target=request.resource.arn,
        call={"BypassGovernanceRetention": True},
        steps=("repeat the call with --bypass-governance-retention",),
    )
    yield from _kept(request, evidence)


def _kept(request: AccessRequest, evidence: Evidence) -> Iterator[Fix]:
    """Yield that nothing but waiting helps, which is until when a retention lasts."""
    until = value_of(evidence[LOCK]).retain_until.isoformat()
    yield Fix(
        summary=f"wait until the retention ends, at {until}",
        who="the caller, once the retention has ended",
        risk="none",
        applicability=_MANUAL,
        target=request.resource.arn,
        request={"time": until},
        steps=(object_command(request, "get-object-retention"),),
    )


def _unconfirmed(request: AccessRequest, _evidence: Evidence) -> Iterator[Fix]:
    operation, sent = ("", {}) if request.call is None else (request.call.operation, request.call.parameters)
    if operation == "PutBucketVersioning":
        configuration = sent.get("VersioningConfiguration") or "CONFIGURATION"
        step = bucket_command(
            request, "put-bucket-versioning", ("VersioningConfiguration", configuration), ("MFA", _CODE)
        )
    elif operation == "DeleteObjects":
        step = bucket_command(request, "delete-objects", ("Delete", sent.get("Delete") or "OBJECTS"), ("MFA", _CODE))
    else:
        step = object_command(request, "delete-object", ("MFA", _CODE))
    yield Fix(
        summary="make the call as the root user, with the serial number of its MFA device and a code of it",
        who=_ROOT,
        risk="what is deleted with a version is gone for good",
        applicability=_MANUAL,
        target=request.resource.arn,
        call={"MFA": _CODE} if _root_of(request) else {},
        request=_root_of(request),
        steps=(step,),
    )


def _root_of(request: AccessRequest) -> Mapping[str, str]:
    """Return how the root user calls in the caller's place; nothing where what is known is of another account."""
    account, principal = request.bucket_owner, request.principal
    same = bool(account) and account == principal.account
    return {"principal": f"arn:{principal.partition}:iam::{account}:root"} if same else {}


def _not_root(request: AccessRequest, _evidence: Evidence) -> Iterator[Fix]:
    wanted = {"Status": "Enabled", "MFADelete": "Enabled"}
    call = request.call
    sent = None if call is None else call.parameters.get("VersioningConfiguration")
    configuration = ("VersioningConfiguration", sent if isinstance(sent, Mapping) else wanted)
    yield Fix(
        summary="let the root user switch MFA Delete, with a code of its MFA device",
        who=_ROOT,
        risk="with MFA Delete on, lifecycle rules cannot be used; with it off, versions are deleted without a code",
        applicability=_MANUAL,
        target=request.resource.arn,
        call={"MFA": _CODE} if _root_of(request) else {},
        request=_root_of(request),
        steps=(bucket_command(request, "put-bucket-versioning", configuration, ("MFA", _CODE)),),
    )


def _blocked(request: AccessRequest, evidence: Evidence) -> Iterator[Fix]:
    yield Fix(
        summary="send no key of the customer's own: S3 then encrypts as the bucket says",
        who="the caller",
        risk="the object is no longer under a key that only the caller has",
        applicability=Applicability.REVIEW,
        target=request.resource.arn,
        call=_NOT_CUSTOMERS,
    )
    seen = evidence[BUCKET_ENCRYPTION]
    if not isinstance(seen, Found) or seen.value.algorithm is None:
        return
    unblocked = {**(seen.raw or {}), "blocked": ["NONE"]}
    configuration = ("ServerSideEncryptionConfiguration", _unblocking(seen.value))
    yield Fix(
        summary="let the bucket take keys of the customer's own (SSE-C) again",
        who="the bucket's owner",
        risk="objects whose key is lost, or known to an intruder alone, cannot be read by anybody else",
        applicability=_MANUAL,
        target=request.resource.bucket_arn if request.resource.bucket else request.resource.arn,
        edits=(edited(evidence, BUCKET_ENCRYPTION, unblocked),),
        steps=(bucket_command(request, "put-bucket-encryption", configuration),),
    )


def _unblocking(held: Encryption) -> Mapping[str, Any]:
    default = {"SSEAlgorithm": held.algorithm, "KMSMasterKeyID": held.key}
    rule = {
        "ApplyServerSideEncryptionByDefault": {name: value for name, value in default.items() if value is not None},
        "BucketKeyEnabled": bool(held.bucket_key),
        "BlockedEncryptionTypes": {"EncryptionType": ["NONE"]},
    }
    return {"Rules": [rule]}


def _occupied(request: AccessRequest, _evidence: Evidence) -> Iterator[Fix]:
    yield Fix(
        summary="write to another key; or, if the object may be replaced, no longer ask that there be none",
        who="the caller",
        risk="without the header the object that is there is overwritten, for good where the bucket keeps no versions",
        applicability=_MANUAL,
        target=request.resource.arn,
        call={"IfNoneMatch": None},
        steps=(object_command(request, "head-object"),),
    )


def _by_tags(request: AccessRequest, _evidence: Evidence) -> Iterator[Fix]:
    removes = request.call is not None and request.call.operation == "DeleteBucketTagging"
    named = ("AccountId", request.bucket_owner or "ACCOUNT"), ("ResourceArn", request.resource.arn)
    operation, option = ("untag-resource", ("TagKeys", "KEY")) if removes else ("tag-resource", _tags(request))
    yield Fix(
        summary="change the bucket's tags with TagResource and UntagResource",
        who="whoever may change the bucket's tags (s3:TagResource, s3:UntagResource)",
        risk="the bucket's tags give access, so whoever changes one may change who is let in",
        applicability=_MANUAL,
        target=request.resource.arn,
        steps=(command("s3control", operation, *named, option),),
    )


def _tags(request: AccessRequest) -> tuple[str, Any]:
    sent = request.call.parameters.get("Tagging") if request.call is not None else None
    listed = sent.get("TagSet") if isinstance(sent, Mapping) else None
    return "Tags", listed if isinstance(listed, list) else [{"Key": "KEY", "Value": "VALUE"}]


FIXES: Final[Mapping[str, Callable[[AccessRequest, Evidence], Iterator[Fix]]]] = {
    MISSING: _missing,
    OCCUPIED: _occupied,
    ARCHIVED: _archived,
    ACTIVE: _active,
    HOLD: _held,
    COMPLIANCE: _kept,
    GOVERNANCE: _governed,
    MFA: _unconfirmed,
    ROOT_ONLY: _not_root,
    SSE_C: _blocked,
    ABAC: _by_tags,
}
