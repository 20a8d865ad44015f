"""The state of objects: missing, archived and locked ones, second factors, and what a bucket's settings refuse."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.cases import answer
from tests.layers.tables import AWAY, BUCKET, HOME, NOT_KNOWN, OBJECT, ROOT, USER, Worded, layer, said, worded
from why403 import AccessRequest, Call, Fact, Shown
from why403.causes.features import refused_as
from why403.causes.states import STATES
from why403.domain.evidence import SOURCE, Evidence, Unreadable
from why403.domain.facts import BUCKET_ABAC, BUCKET_OWNER
from why403.domain.operations import OPERATIONS
from why403.domain.principal import SOMEBODY
from why403.domain.shapes import moment
from why403.domain.states import BUCKET_ENCRYPTION
from why403.domain.truth import FALSE, UNKNOWN, Truth
from why403.testing import a_request
from why403_layers.object_words import REFUSALS, RESTS_ON
from why403_layers.objects import DELETE_MARKER, EXISTS, LOCK, STORAGE_CLASS, VERSIONING

Facts = Mapping[Fact[Any], object]

REFUSED, OPEN, MET = {"requirement: false"}, {"requirement: unknown"}, {"requirement: true"}
NOTHING: Final = set[str]()
POINT: Final = f"arn:aws:s3:eu-west-1:{AWAY}:accesspoint/reports-in"
VERSION: Final[dict[str, Any]] = {"VersionId": "v7"}
BYPASS: Final[dict[str, Any]] = {"BypassGovernanceRetention": True}
NOW, SOON, LATER = "2026-06-01T12:00:00Z", "2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z"


def calling(
    operation: str,
    action: str,
    facts: Facts,
    *,
    principal: str = USER,
    resource: str = OBJECT,
    unlisted: Truth = FALSE,
    time: str | None = NOW,
    undated: bool = False,
    subject: str = "",
    **parameters: Any,
) -> AccessRequest:
    """Return one leg of a call."""
    received = None if time is None else moment(time)
    call = Call(operation=operation, parameters=parameters, unlisted=unlisted, received=received, undated=undated)
    asked = a_request(action, principal=principal, resource=resource, facts=facts, call=call)
    if not subject:
        return asked
    return AccessRequest(asked.principal, action, asked.resource, {}, (), asked.evidence, call=call, subject=subject)


def get(facts: Facts, operation: str = "GetObject", action: str = "s3:GetObject", **more: Any) -> AccessRequest:
    """Return a read of an object."""
    return calling(operation, action, facts, **more)


def copy(facts: Facts, operation: str = "CopyObject", action: str = "s3:GetObject", **more: Any) -> AccessRequest:
    """Return the leg of a copy that reads its source."""
    return calling(operation, action, facts, subject=SOURCE, **more)


def lock(mode: str | None = None, until: str | None = None, *, hold: bool = False) -> Facts:
    """Return what locks a version."""
    return {LOCK: {"mode": mode, "retain_until": until, "legal_hold": hold}}


def delete(facts: Facts, **more: Any) -> AccessRequest:
    """Return the deletion of one version."""
    return calling("DeleteObject", "s3:DeleteObjectVersion", facts, **{**VERSION, **more})


def retain(facts: Facts, mode: str | None = None, until: object = None, **more: Any) -> AccessRequest:
    """Return a call that sets another retention."""
    sent = {} if mode is None else {"Mode": mode, "RetainUntilDate": until}
    return calling("PutObjectRetention", "s3:PutObjectRetention", facts, **{"Retention": sent, **more})


def several(facts: Facts, *objects: Mapping[str, str], action: str = "s3:DeleteObject", **more: Any) -> AccessRequest:
    """Return one leg of a call that deletes several objects."""
    return calling("DeleteObjects", action, facts, **{"Delete": {"Objects": list(objects)}, **more})


def versioning(facts: Facts, mfa_delete: str | None = None, **more: Any) -> AccessRequest:
    """Return a call that sets versioning, of a bucket of the caller's account."""
    sent = {"Status": "Enabled"} if mfa_delete is None else {"Status": "Enabled", "MFADelete": mfa_delete}
    owned = {BUCKET_OWNER: HOME, **facts}
    more = {"resource": BUCKET, "VersioningConfiguration": sent, **more}
    return calling("PutBucketVersioning", "s3:PutBucketVersioning", owned, **more)


def put(facts: Facts, operation: str = "PutObject", action: str = "s3:PutObject", **more: Any) -> AccessRequest:
    """Return a write of an object."""
    return calling(operation, action, facts, **more)


def tagging(facts: Facts, operation: str = "PutBucketTagging") -> AccessRequest:
    """Return a call that changes the tags of a bucket."""
    return calling(operation, "s3:PutBucketTagging", facts, resource=BUCKET)


GONE, THERE, MARKED = {EXISTS: False}, {EXISTS: True}, {DELETE_MARKER: True}
GLACIER, STANDARD = {STORAGE_CLASS: "GLACIER"}, {STORAGE_CLASS: "STANDARD"}
TIERED: Facts = {STORAGE_CLASS: {"class": "INTELLIGENT_TIERING", "archive_status": "ARCHIVE_ACCESS"}}
RESTORED: Facts = {STORAGE_CLASS: {"class": "DEEP_ARCHIVE", "restored": True}}
GOVERNED, KEPT, HELD = lock("GOVERNANCE", SOON), lock("COMPLIANCE", SOON), lock(hold=True)
MFA_ON, MFA_OFF = {VERSIONING: {"status": "Enabled", "mfa_delete": True}}, {VERSIONING: {"status": "Enabled"}}
CODE: Final = {"MFA": "arn:aws:iam::111122223333:mfa/root 123456"}
SSE_C: Final = {"SSECustomerAlgorithm": "AES256"}
BLOCKED: Facts = {BUCKET_ENCRYPTION: {"algorithm": "AES256", "blocked": ["SSE-C"]}}
IF_NONE: Final = {"IfNoneMatch": "*"}


def of(fact: Fact[Any]) -> Facts:
    """Return that a fact is not known."""
    return {fact: NOT_KNOWN}


CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    # --- whether it is there ------------------------------------------------------------------------------------------
    "a missing object is not read": (get(GONE), REFUSED),
    "one that is there is": (get(THERE), MET),
    "nothing said is no harm": (get({}), NOTHING),
    "null is no harm": (get({EXISTS: None, DELETE_MARKER: None}), NOTHING),
    "not known is a doubt": (get(of(EXISTS)), OPEN),
    "a delete marker is no object": (get({**THERE, **MARKED}), REFUSED),
    "no marker": (get({DELETE_MARKER: False}), MET),
    "whether there is a marker is not known": (get({**THERE, **of(DELETE_MARKER)}), OPEN),
    "gone, whatever is not known of markers": (get({**GONE, **of(DELETE_MARKER)}), REFUSED),
    "a missing source is not copied": (copy(GONE), REFUSED),
    "nor are its tags": (copy(GONE, action="s3:GetObjectTagging"), REFUSED),
    "a missing object is not restored": (calling("RestoreObject", "s3:RestoreObject", GONE), REFUSED),
    "nor tagged": (calling("PutObjectTagging", "s3:PutObjectTagging", GONE), REFUSED),
    "a missing object is written": (put(GONE), NOTHING),
    "and deleted": (calling("DeleteObject", "s3:DeleteObject", GONE), NOTHING),
    "what is compared must be there": (put(GONE, action="s3:GetObject", IfMatch="x"), REFUSED),
    "an action alone asks for nothing": (a_request(facts={**GONE, **GLACIER, **HELD}), NOTHING),
    # --- archives -----------------------------------------------------------------------------------------------------
    "an archived object is not read": (get(GLACIER), REFUSED),
    "nor is a version of it": (get(GLACIER, action="s3:GetObjectVersion", **VERSION), REFUSED),
    "nor one in deep archive": (get({STORAGE_CLASS: "DEEP_ARCHIVE"}), REFUSED),
    "nor one in an archive tier": (get(TIERED), REFUSED),
    "nor selected from": (get(GLACIER, "SelectObjectContent"), REFUSED),
    "nor copied": (copy(GLACIER), REFUSED),
    "nor copied in parts": (copy(GLACIER, "UploadPartCopy"), REFUSED),
    "its tags are": (copy(GLACIER, action="s3:GetObjectTagging"), NOTHING),
    "its headers are read": (get(GLACIER, "HeadObject"), NOTHING),
    "its tags are read": (get(GLACIER, "GetObjectTagging", "s3:GetObjectTagging"), NOTHING),
    "it is deleted": (delete(GLACIER), NOTHING),
    "it is replaced": (put(GLACIER), NOTHING),
    "where a copy goes is replaced": (calling("CopyObject", "s3:PutObject", GLACIER), NOTHING),
    "what it is compared with is not read": (calling("CopyObject", "s3:GetObject", GLACIER, IfMatch="x"), NOTHING),
    "a restored one is read": (get(RESTORED), MET),
    "instant retrieval is no archive": (get({STORAGE_CLASS: "GLACIER_IR"}), MET),
    "tiering is no archive by itself": (get({STORAGE_CLASS: "INTELLIGENT_TIERING"}), MET),
    "a class that is not known": (get(of(STORAGE_CLASS)), OPEN),
    "an archived one is restored": (calling("RestoreObject", "s3:RestoreObject", GLACIER), MET),
    "a restored one for longer": (calling("RestoreObject", "s3:RestoreObject", RESTORED), MET),
    "one in no archive is not": (calling("RestoreObject", "s3:RestoreObject", STANDARD), REFUSED),
    "nor one in instant retrieval": (
        calling("RestoreObject", "s3:RestoreObject", {STORAGE_CLASS: "GLACIER_IR"}),
        REFUSED,
    ),
    "one of a class not known may be": (calling("RestoreObject", "s3:RestoreObject", of(STORAGE_CLASS)), OPEN),
    # --- locks: deleting ----------------------------------------------------------------------------------------------
    "compliance keeps a version": (delete(KEPT), REFUSED),
    "from root too": (delete(KEPT, principal=ROOT), REFUSED),
    "whatever is asked for": (delete(KEPT, **BYPASS), REFUSED),
    "until it ends": (delete(lock("COMPLIANCE", NOW)), MET),
    "a second before it does not": (delete(lock("COMPLIANCE", "2026-06-01T12:00:01Z")), REFUSED),
    "zones are told apart": (delete(lock("COMPLIANCE", "2026-06-01T13:00:00+02:00")), MET),
    "an end that is not told": (delete(lock("COMPLIANCE")), OPEN),
    "it is kept whenever that was": (delete(KEPT, undated=True), REFUSED),
    "it may have been before it ended": (delete(lock("COMPLIANCE", "2026-05-01"), undated=True), OPEN),
    "a time of the call that is not known": (delete(KEPT, time=None), OPEN),
    "governance keeps a version": (delete(GOVERNED), REFUSED),
    "from root too, without the header": (delete(GOVERNED, principal=ROOT), REFUSED),
    "not from who bypasses it": (delete(GOVERNED, **BYPASS), MET),
    "a header that is off": (delete(GOVERNED, BypassGovernanceRetention=False), REFUSED),
    "a header as text": (delete(GOVERNED, BypassGovernanceRetention="true"), MET),
    "a header that may have been sent": (delete(GOVERNED, unlisted=UNKNOWN), OPEN),
    "one known not to be": (delete(GOVERNED, unlisted=UNKNOWN, BypassGovernanceRetention=None), REFUSED),
    "governance that has ended": (delete(lock("GOVERNANCE", "2026-05-01")), MET),
    "a hold keeps a version": (delete(HELD), REFUSED),
    "from who bypasses governance": (delete(lock("GOVERNANCE", SOON, hold=True), **BYPASS), REFUSED),
    "for longer than any retention": (delete(lock("COMPLIANCE", "2026-01-01", hold=True)), REFUSED),
    "no lock": (delete(lock()), MET),
    "a lock that is null": (delete({LOCK: None}), NOTHING),
    "a lock that is not known": (delete(of(LOCK)), OPEN),
    "without a version only a marker is added": (calling("DeleteObject", "s3:DeleteObject", KEPT), NOTHING),
    "the leg of the bypass asks for nothing": (
        calling("DeleteObject", "s3:BypassGovernanceRetention", KEPT, **VERSION),
        NOTHING,
    ),
    "each version of a list": (several(KEPT, {"Key": "q3.csv", **VERSION}, action="s3:DeleteObjectVersion"), REFUSED),
    "a locked object is replaced by a new version": (put(KEPT), NOTHING),
    # --- locks: changing ----------------------------------------------------------------------------------------------
    "compliance is lengthened": (retain(KEPT, "COMPLIANCE", LATER), MET),
    "or set once more": (retain(KEPT, "COMPLIANCE", SOON), MET),
    "but not shortened": (retain(KEPT, "COMPLIANCE", "2026-06-15T00:00:00Z"), REFUSED),
    "nor loosened": (retain(KEPT, "GOVERNANCE", LATER), REFUSED),
    "nor removed": (retain(KEPT), REFUSED),
    "nor by who bypasses governance": (retain(KEPT, **BYPASS), REFUSED),
    "a time that cannot be read": (retain(KEPT, "COMPLIANCE", "soon"), OPEN),
    "governance is lengthened": (retain(GOVERNED, "GOVERNANCE", LATER), MET),
    "but not shortened, without the header": (retain(GOVERNED, "GOVERNANCE", "2026-06-15"), REFUSED),
    "shortened with it": (retain(GOVERNED, "GOVERNANCE", "2026-06-15", **BYPASS), MET),
    "removed with it": (retain(GOVERNED, **BYPASS), MET),
    "not removed without": (retain(GOVERNED), REFUSED),
    "a stricter mode may or may not do without": (retain(GOVERNED, "COMPLIANCE", LATER), OPEN),
    "a stricter mode that ends sooner does not": (retain(GOVERNED, "COMPLIANCE", "2026-06-15"), REFUSED),
    "what has ended is changed": (retain(lock("COMPLIANCE", "2026-01-01"), "GOVERNANCE", SOON), MET),
    "a hold does not hinder that": (retain(HELD, "GOVERNANCE", SOON), MET),
    "a retention that is not told": (retain(KEPT, unlisted=UNKNOWN, Retention=None), REFUSED),
    "one of an end not known": (retain(lock("GOVERNANCE"), "GOVERNANCE", LATER), OPEN),
    "a lock not known may be shortened": (retain(of(LOCK), "GOVERNANCE", SOON), OPEN),
    "a hold is set on what is locked": (calling("PutObjectLegalHold", "s3:PutObjectLegalHold", KEPT), NOTHING),
    # --- second factors -----------------------------------------------------------------------------------------------
    "MFA Delete asks for a code": (delete(MFA_ON), REFUSED),
    "which is sent": (delete(MFA_ON, **CODE), MET),
    "or may be": (delete(MFA_ON, unlisted=UNKNOWN), OPEN),
    "it is off": (delete(MFA_OFF), NOTHING),
    "it may be on": (delete(of(VERSIONING)), OPEN),
    "it may be on, and the code is sent": (delete(of(VERSIONING), **CODE), MET),
    "it does not ask for markers": (calling("DeleteObject", "s3:DeleteObject", MFA_ON), NOTHING),
    "one version in a list is enough": (several(MFA_ON, {"Key": "a"}, {"Key": "b", **VERSION}), REFUSED),
    "and the code for all": (several(MFA_ON, {"Key": "a"}, {"Key": "b", **VERSION}, **CODE), MET),
    "a list without versions may need it": (several(MFA_ON, {"Key": "a"}), OPEN),
    "a list that is not known": (calling("DeleteObjects", "s3:DeleteObject", MFA_ON, unlisted=UNKNOWN), OPEN),
    "versioning is changed with a code": (versioning(MFA_ON), REFUSED),
    "with one it is": (versioning(MFA_ON, **CODE), MET),
    "without MFA Delete it needs none": (versioning(MFA_OFF), NOTHING),
    "nor to leave that off": (versioning(MFA_OFF, "Disabled"), NOTHING),
    "only root switches it on": (versioning(MFA_OFF, "Enabled", **CODE), REFUSED),
    "root of the owner's account": (versioning(MFA_OFF, "Enabled", principal=ROOT, **CODE), NOTHING),
    "not of another's": (versioning({**MFA_OFF, BUCKET_OWNER: AWAY}, "Enabled", principal=ROOT, **CODE), REFUSED),
    "with a code": (versioning(MFA_OFF, "Enabled", principal=ROOT), REFUSED),
    "and off": (versioning(MFA_ON, "Disabled", principal=ROOT, **CODE), MET),
    "not just anybody off": (versioning(MFA_ON, "Disabled", **CODE), {*MET, *REFUSED}),
    "root of an owner not known": (
        versioning({**MFA_OFF, BUCKET_OWNER: NOT_KNOWN}, "Enabled", principal=ROOT, **CODE),
        OPEN,
    ),
    "on or off, not known which it is": (versioning(of(VERSIONING), "Enabled", **CODE), OPEN),
    # --- settings of the bucket ---------------------------------------------------------------------------------------
    "blocked keys are refused": (put(BLOCKED, **SSE_C), REFUSED),
    "in uploads of parts too": (put(BLOCKED, "CreateMultipartUpload", **SSE_C), REFUSED),
    "and where a copy goes": (put(BLOCKED, "CopyObject", **SSE_C), REFUSED),
    "not in what is copied": (copy(BLOCKED, **SSE_C), NOTHING),
    "other keys are not": (put(BLOCKED, ServerSideEncryption="aws:kms"), NOTHING),
    "keys that may be sent": (put(BLOCKED, unlisted=UNKNOWN), OPEN),
    "keys that nothing blocks": (put({BUCKET_ENCRYPTION: {"blocked": ["NONE"]}}, **SSE_C), MET),
    "keys that may be blocked": (put(of(BUCKET_ENCRYPTION), **SSE_C), OPEN),
    "none of one's own, whatever is blocked": (put(of(BUCKET_ENCRYPTION)), NOTHING),
    "keys of an object are read with": (get(BLOCKED, **SSE_C), NOTHING),
    "the ACL of an upload is no upload": (put(BLOCKED, action="s3:PutObjectAcl", **SSE_C), NOTHING),
    "tags that give access are set otherwise": (tagging({BUCKET_ABAC: True}), REFUSED),
    "and removed otherwise": (tagging({BUCKET_ABAC: True}, "DeleteBucketTagging"), REFUSED),
    "tags that give none are not": (tagging({BUCKET_ABAC: False}), MET),
    "tags that may give access": (tagging(of(BUCKET_ABAC)), OPEN),
    "reading them is no change": (
        calling("GetBucketTagging", "s3:GetBucketTagging", {BUCKET_ABAC: True}, resource=BUCKET),
        NOTHING,
    ),
    # --- writing only where there is none -----------------------------------------------------------------------------
    "an object stands in the way": (put(THERE, **IF_NONE), REFUSED),
    "of the end of an upload too": (put(THERE, "CompleteMultipartUpload", **IF_NONE), REFUSED),
    "a delete marker does not": (put({**THERE, **MARKED}, **IF_NONE), MET),
    "nothing does not": (put(GONE, **IF_NONE), MET),
    "nothing does not, whatever is not known": (put({**GONE, **of(DELETE_MARKER)}, **IF_NONE), MET),
    "an object that may be there": (put(of(EXISTS), **IF_NONE), OPEN),
    "an object, or a marker": (put({**THERE, **of(DELETE_MARKER)}, **IF_NONE), OPEN),
    "nothing is said of it": (put({}, **IF_NONE), NOTHING),
    "without that condition it is replaced": (put(THERE), NOTHING),
}


@pytest.mark.parametrize(("asked", "says"), CASES.values(), ids=CASES)
def test_a_call_needs_the_object_as_it_is(asked: AccessRequest, says: set[str]) -> None:
    assert said("object_state", asked) == says


# --- its words --------------------------------------------------------------------------------------------------------

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "missing": (
        get(GONE),
        "requirement: false",
        Worded(f"there is no object {OBJECT}", ("object.exists",), None, 404, "NoSuchKey"),
    ),
    "a missing version": (
        get(GONE, action="s3:GetObjectVersion", **VERSION),
        "requirement: false",
        Worded(f"there is no such version of {OBJECT}", ("object.exists",), None, 404, "NoSuchVersion"),
    ),
    "a missing version, told by the parameter": (
        calling("RestoreObject", "s3:RestoreObject", GONE, **VERSION),
        "requirement: false",
        Worded(f"there is no such version of {OBJECT}", ("object.exists",), None, 404, "NoSuchVersion"),
    ),
    "perhaps a version": (
        get(GONE, unlisted=UNKNOWN),
        "requirement: false",
        Worded(f"there is no object {OBJECT}", ("object.exists",), None, 404, None),
    ),
    "HEAD has no code": (
        get(GONE, "HeadObject"),
        "requirement: false",
        Worded(f"there is no object {OBJECT}", ("object.exists",), None, 404, None),
    ),
    "marked": (
        get(MARKED),
        "requirement: false",
        Worded("a delete marker has taken the object's place", ("object.delete_marker",), None, 404, "NoSuchKey"),
    ),
    "the marker itself": (
        get(MARKED, action="s3:GetObjectVersion", **VERSION),
        "requirement: false",
        Worded(
            "the version is a delete marker, which can only be deleted",
            ("object.delete_marker",),
            None,
            405,
            "MethodNotAllowed",
        ),
    ),
    "archived": (
        get(GLACIER),
        "requirement: false",
        Worded(
            "the object is in GLACIER and not restored, so it cannot be read",
            ("object.storage_class",),
            code="InvalidObjectState",
        ),
    ),
    "archived source": (
        copy(TIERED),
        "requirement: false",
        Worded(
            "the source of the copy is in ARCHIVE_ACCESS and not restored, so it cannot be read",
            ("object.storage_class",),
            code="ObjectNotInActiveTierError",
        ),
    ),
    "archived source of parts": (
        copy(GLACIER, "UploadPartCopy"),
        "requirement: false",
        Worded(
            "the source of the copy is in GLACIER and not restored, so it cannot be read",
            ("object.storage_class",),
            code="InvalidObjectState",
        ),
    ),
    "in no archive": (
        calling("RestoreObject", "s3:RestoreObject", STANDARD),
        "requirement: false",
        Worded(
            "the object is in STANDARD and no archive, so there is nothing to restore",
            ("object.storage_class",),
            code="ObjectAlreadyInActiveTierError",
        ),
    ),
    "compliance": (
        delete(KEPT),
        "requirement: false",
        Worded(
            "the version is retained in compliance mode until 2026-07-01T00:00:00+00:00, and nobody deletes it before",
            ("object.lock",),
        ),
    ),
    "governance": (
        retain(GOVERNED),
        "requirement: false",
        Worded(
            "the version is retained in governance mode until 2026-07-01T00:00:00+00:00, and nobody weakens its "
            "retention before without asking for it (x-amz-bypass-governance-retention: true)",
            ("object.lock",),
        ),
    ),
    "occupied": (
        put(THERE, **IF_NONE),
        "requirement: false",
        Worded(
            "there is an object already, and the call writes only where there is none (If-None-Match: *)",
            ("object.exists",),
            None,
            412,
            "PreconditionFailed",
        ),
    ),
    "a lock not known": (
        delete(of(LOCK)),
        "requirement: unknown",
        Worded("`object.lock` is not known", (), "s3:GetObjectRetention"),
    ),
    "root or not": (
        versioning(MFA_OFF, "Enabled", **CODE),
        "requirement: false",
        Worded("only the root user of the bucket owner's account switches MFA Delete", ("bucket.versioning",)),
    ),
    "root of somebody": (
        versioning({**MFA_OFF, BUCKET_OWNER: NOT_KNOWN}, "Enabled", principal=ROOT, **CODE),
        "requirement: unknown",
        Worded(
            "only the root user of the bucket owner's account switches MFA Delete: it is not known who calls, or what "
            "the call sends",
            ("bucket.versioning",),
            "s3:GetBucketAcl",
        ),
    ),
    "a code, whoever owns the bucket": (
        calling("DeleteObjects", "s3:DeleteObject", {**MFA_ON, BUCKET_OWNER: NOT_KNOWN}, unlisted=UNKNOWN),
        "requirement: unknown",
        Worded("MFA Delete may ask for a code, and it is not known what the call sends", ("bucket.versioning",)),
    ),
}


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_a_refusal_says_why_and_what_s3_answers(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("object_state", asked, claim) == words


def test_every_claim_has_words_of_its_own() -> None:
    found = layer("object_state")
    for asked, _ in CASES.values():
        for claim in found.judge(asked, asked.evidence):
            words = found.words(asked, asked.evidence, claim)
            assert words.because
            hidden = any(isinstance(asked.evidence[fact], Unreadable) for fact in RESTS_ON[str(claim.about)])
            assert bool(words.sort) == (claim.holds == FALSE or (claim.holds == UNKNOWN and not hidden))


def test_every_refusal_has_a_cause_with_its_own_fix() -> None:
    found = layer("object_state")
    for name, (asked, _) in CASES.items():
        for claim in found.judge(asked, asked.evidence):
            words = found.words(asked, asked.evidence, claim)
            if claim.holds == FALSE:
                rows = [row for row in STATES if row.wants and row.wants <= refused_as(words)]
                assert rows, name
    sorts = {name for row in STATES for name in row.wants if name.startswith("is-")}
    assert sorts <= {f"is-{sort}" for sort in (*REFUSALS, "marker")}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (get(GONE), (("s3:ListBucket",), BUCKET)),
        (get(GONE, action="s3:GetObjectVersion", **VERSION), (("s3:ListBucket", "s3:ListBucketVersions"), BUCKET)),
        (get(GONE, resource=f"{POINT}/object/q3.csv"), (("s3:ListBucket",), POINT)),
    ],
)
def test_only_who_may_list_is_told_that_it_is_missing(asked: AccessRequest, shown: tuple[tuple[str, ...], str]) -> None:
    (claim,) = layer("object_state").judge(asked, asked.evidence)
    words = layer("object_state").words(asked, asked.evidence, claim)
    assert words.shown_to == Shown(*shown, ("s3:prefix", "s3:delimiter", "s3:max-keys"))


def test_whoever_calls_may_be_root() -> None:
    asked = versioning(MFA_OFF, "Enabled", **CODE)
    somebody = AccessRequest(SOMEBODY, asked.action, asked.resource, {}, None, Evidence({}), call=asked.call)
    assert said("object_state", somebody) == OPEN


# --- whole calls ------------------------------------------------------------------------------------------------------

READ = {"principal": USER, "operation": "GetObject", "resource": OBJECT}
ALLOWED = {
    "principal.policies": [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}],
    "bucket.owner": HOME,
    "bucket.ownership": "ObjectWriter",
}


def decision(operation: str, facts: dict[str, Any], **parameters: Any) -> str:
    request = {**READ, "operation": operation, "parameters": parameters, "evidence_is_complete": True}
    return str(answer({**request, "evidence": {**ALLOWED, **facts}})["decision"])


NEEDING = [
    "GetObject",
    "HeadObject",
    "GetObjectAcl",
    "GetObjectAnnotation",
    "GetObjectAttributes",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "GetObjectTagging",
    "GetObjectTorrent",
    "SelectObjectContent",
    "ListObjectAnnotations",
    "RestoreObject",
    "PutObjectAcl",
    "PutObjectAnnotation",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "DeleteObjectAnnotation",
    "DeleteObjectTagging",
    "UpdateObjectEncryption",
]
NOT_NEEDING = [
    "PutObject",
    "DeleteObject",
    "CreateMultipartUpload",
    "UploadPart",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
    "ListParts",
]
MISSING = [{"object.exists": False}, {"object.delete_marker": True}]
# What a call says of the object that it writes: each is a permission of its own, on an object that is not there yet.
SAYING = {"ACL": "private", "Tagging": "a=b", "ObjectLockMode": "GOVERNANCE", "ObjectLockLegalHoldStatus": "ON"}
COPYING = {"CopySource": "old/k", "AnnotationDirective": "COPY"}


def test_every_operation_on_one_object_is_in_a_table() -> None:
    on_objects = {operation.name for operation in OPERATIONS.values() if operation.kind == "object"}
    assert {*NEEDING, *NOT_NEEDING, "CopyObject", "UploadPartCopy", "RenameObject"} == on_objects


@pytest.mark.parametrize("facts", MISSING, ids=str)
@pytest.mark.parametrize("version", [{}, {"VersionId": "v"}], ids=["", "version"])
@pytest.mark.parametrize("operation", NEEDING)
def test_a_missing_object_is_not_read_or_changed(
    operation: str, version: dict[str, str], facts: dict[str, Any]
) -> None:
    assert decision(operation, {}, **version) == "allowed"
    assert decision(operation, facts, **version) == "denied"


@pytest.mark.parametrize("facts", [*MISSING, {"object.exists": {"unknown": True}}], ids=str)
@pytest.mark.parametrize("operation", NOT_NEEDING)
def test_a_missing_object_can_be_made_and_ended(operation: str, facts: dict[str, Any]) -> None:
    assert decision(operation, facts, **(SAYING if "Put" in operation or "Create" in operation else {})) == "allowed"


@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
def test_the_source_of_a_copy_must_be_there_and_its_destination_need_not(operation: str) -> None:
    there = {"source.bucket.owner": HOME, "object.exists": False}
    assert decision(operation, there, **COPYING, **SAYING) == "allowed"
    for facts in MISSING:
        source = {f"source.{name}": value for name, value in facts.items()}
        assert decision(operation, {**there, **source}, **COPYING) == "denied"


@pytest.mark.parametrize("operation", ["PutObject", "CompleteMultipartUpload", "DeleteObject"])
def test_a_call_that_compares_finds_an_object_to_compare_with(operation: str) -> None:
    assert decision(operation, {"object.exists": False}, IfMatch='"etag"') == "denied"


def test_whether_an_action_is_authorized_has_nothing_to_do_with_what_is_there() -> None:
    request = {name: held for name, held in READ.items() if name != "operation"} | {"action": "s3:GetObject"}
    evidence = {**ALLOWED, "object.exists": False}
    assert answer({**request, "evidence": evidence, "evidence_is_complete": True})["decision"] == "allowed"


def test_an_object_that_is_there_leaves_no_doubt() -> None:
    for operation in NEEDING:
        assert decision(operation, {"object.exists": True, "object.delete_marker": False}) == "allowed"
