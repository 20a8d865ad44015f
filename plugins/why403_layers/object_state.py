"""The state of objects: missing, archived or locked ones, second factors, and what a bucket's settings refuse.

AWS: "GetObject", "HeadObject", "RestoreObject", "DeleteObjects" (Amazon S3 API Reference); "Configuring MFA delete";
"Enabling ABAC in general purpose buckets"; "Add preconditions to S3 operations with conditional requests"; "Default
SSE-C setting for new buckets FAQ".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from why403 import (
    FALSE,
    TRUE,
    UNKNOWN,
    Absent,
    AccessRequest,
    Call,
    Citation,
    Claim,
    Evidence,
    Fix,
    Found,
    Group,
    Kind,
    Layer,
    May,
    Observation,
    Place,
    Says,
    Truth,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.domain.facts import BUCKET_ABAC, BUCKET_OWNER
from why403.domain.object_lock import lets_change_retention, lets_delete
from why403.domain.states import BUCKET_ENCRYPTION
from why403.domain.truth import agreed, negation, truth_of
from why403.policy import doubted, unread
from why403_layers.object_fixes import FIXES
from why403_layers.object_words import (
    ABAC,
    ACTIVE,
    ARCHIVED,
    LOCKED,
    MET,
    MFA,
    MISSING,
    OCCUPIED,
    OPEN,
    REFUSALS,
    RESTS_ON,
    RETAINED,
    ROOT_ONLY,
    SSE_C,
)
from why403_layers.objects import COLLECTORS, DELETE_MARKER, EXISTS, LOCK, STORAGE_CLASS, VERSIONING

_READS: Final = frozenset({"s3:getobject", "s3:getobjectversion"})
_DELETES_VERSION: Final = "s3:deleteobjectversion"
_WRITES: Final = "s3:putobject"


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Ask for what the call needs of the object and the bucket as they are, whatever policies say."""
    call = request.call
    if call is None:
        return ()
    action = request.s3_action
    found: Verdict = ()
    if action is not None and action.finds_object and not request.of_new:
        exists, marker = evidence[EXISTS], evidence[DELETE_MARKER]
        if exists.__class__ is not Absent or marker.__class__ is not Absent:  # else nobody said
            found = _there(exists, marker)
    rules = _RULES.get(call.operation)
    if rules is not None:
        for rule in rules:
            found += rule(request, call, evidence)
    return found


def _requires(met: Truth, about: str) -> Verdict:
    return (Claim(Says.REQUIREMENT, met, about=about),)


def _there(exists: Observation[bool], marker: Observation[bool]) -> Verdict:
    """Require that the object is there, and no delete marker in its place."""
    there = exists.value if isinstance(exists, Found) else True
    marked = marker.value if isinstance(marker, Found) else False
    if not there or marked:
        return _requires(FALSE, MISSING)
    unread = isinstance(exists, Unreadable) or isinstance(marker, Unreadable)
    return _requires(UNKNOWN if unread else TRUE, MISSING)


def _readable(request: AccessRequest, _call: Call, evidence: Evidence) -> Verdict:
    """Require a copy that can be read now."""
    seen = evidence[STORAGE_CLASS]
    if request.action_key not in _READS or isinstance(seen, Absent):
        return ()
    return _requires(truth_of(not seen.value.archived) if isinstance(seen, Found) else UNKNOWN, ARCHIVED)


def _readable_source(request: AccessRequest, call: Call, evidence: Evidence) -> Verdict:
    return _readable(request, call, evidence) if request.of_source else ()


def _restorable(_request: AccessRequest, _call: Call, evidence: Evidence) -> Verdict:
    """Require an archived object; one that is restored already may be restored for longer."""
    seen = evidence[STORAGE_CLASS]
    if isinstance(seen, Absent):
        return ()
    return _requires(truth_of(seen.value.in_archive) if isinstance(seen, Found) else UNKNOWN, ACTIVE)


def _deletable(request: AccessRequest, call: Call, evidence: Evidence) -> Verdict:
    """Require that no lock holds the version; without one named, only a delete marker is added."""
    seen = evidence[LOCK]
    if request.action_key != _DELETES_VERSION or isinstance(seen, Absent):
        return ()
    return _requires(*lets_delete(seen.value, call)) if isinstance(seen, Found) else _requires(UNKNOWN, LOCKED)


def _changeable(request: AccessRequest, call: Call, evidence: Evidence) -> Verdict:
    """Require that no retention is weakened that holds."""
    seen = evidence[LOCK]
    if request.action_key != "s3:putobjectretention" or isinstance(seen, Absent):
        return ()
    if isinstance(seen, Unreadable):
        return _requires(UNKNOWN, LOCKED)
    return _requires(*lets_change_retention(seen.value, call))


def _confirmed(request: AccessRequest, call: Call, evidence: Evidence) -> Verdict:
    """Require a second factor where MFA Delete is on: one version in a list of objects is enough for all of it."""
    seen = evidence[VERSIONING]
    if isinstance(seen, Absent) or (isinstance(seen, Found) and not seen.value.mfa_delete):
        return ()
    asked = TRUE if request.action_key == _DELETES_VERSION else _lists_versions(call)
    if asked == FALSE:
        return ()
    met = max(call.may_send("MFA"), negation(asked))
    return _requires(max(met, UNKNOWN) if isinstance(seen, Unreadable) else met, MFA)


def _lists_versions(call: Call) -> Truth:
    """Return whether a call deletes several objects, and names a version of one of them.

    AWS says of a list without versions neither that it needs a code nor that it needs none.
    """
    if call.operation != "DeleteObjects":
        return FALSE
    listed = call.parameters.get("Delete")
    if listed is None:
        return call.unlisted
    objects = listed.get("Objects") if isinstance(listed, dict) else None
    named = any(isinstance(each, dict) and each.get("VersionId") for each in objects or ())
    return TRUE if named else UNKNOWN


def _versioned(request: AccessRequest, call: Call, evidence: Evidence) -> Verdict:
    """Require a second factor for a change while MFA Delete is on, and root of the owner's account to switch it."""
    seen = evidence[VERSIONING]
    on = isinstance(seen, Found) and seen.value.mfa_delete
    states = (False, True) if isinstance(seen, Unreadable) else (on,)
    confirmed = [max(call.may_send("MFA"), negation(TRUE if each else _switches(call, on=each))) for each in states]
    by_root = [max(_root_of_owner(request), negation(_switches(call, on=each))) for each in states]
    found: Verdict = ()
    met = agreed(confirmed[0], confirmed[-1])
    if met != TRUE or on:
        found = _requires(met, MFA)
    met = agreed(by_root[0], by_root[-1])
    return found if met == TRUE else found + _requires(met, ROOT_ONLY)


def _switches(call: Call, *, on: bool) -> Truth:
    """Return whether the call switches MFA Delete on or off."""
    sent = call.parameters.get("VersioningConfiguration")
    if sent is None:
        return call.unlisted
    wanted = sent.get("MFADelete") if isinstance(sent, dict) else None
    return truth_of(wanted == ("Disabled" if on else "Enabled"))


def _root_of_owner(request: AccessRequest) -> Truth:
    if request.principal.kind is Kind.UNKNOWN:
        return UNKNOWN
    if request.principal.kind is not Kind.ROOT:
        return FALSE
    return UNKNOWN if request.bucket_owner is None else truth_of(request.at_home)


def _encrypted(request: AccessRequest, call: Call, evidence: Evidence) -> Verdict:
    """Require that the bucket does not block the kind of key that is sent."""
    sent = call.may_send("SSECustomerAlgorithm")
    if sent == FALSE or request.action_key != _WRITES or request.of_source:
        return ()
    seen = evidence[BUCKET_ENCRYPTION]
    if isinstance(seen, Unreadable):
        return _requires(UNKNOWN, SSE_C)
    if not isinstance(seen, Found):
        return ()
    return _requires(negation(sent) if "SSE-C" in seen.value.blocked else TRUE, SSE_C)


def _free(request: AccessRequest, call: Call, evidence: Evidence) -> Verdict:
    """Require that there is no object where the call writes only if there is none."""
    if call.parameters.get("IfNoneMatch") != "*" or request.action_key != _WRITES:
        return ()
    exists, marker = evidence[EXISTS], evidence[DELETE_MARKER]
    if isinstance(marker, Found) and marker.value:
        return _requires(TRUE, OCCUPIED)
    if isinstance(exists, Found) and not isinstance(marker, Unreadable):
        return _requires(truth_of(not exists.value), OCCUPIED)
    if isinstance(exists, Found) and not exists.value:
        return _requires(TRUE, OCCUPIED)
    return _requires(UNKNOWN, OCCUPIED) if not isinstance(exists, Absent) else ()


def _tagged(_request: AccessRequest, _call: Call, evidence: Evidence) -> Verdict:
    """Require that the bucket's tags give no access; if they do, TagResource and UntagResource change them."""
    seen = evidence[BUCKET_ABAC]
    if isinstance(seen, Unreadable):
        return _requires(UNKNOWN, ABAC)
    return _requires(truth_of(not seen.value), ABAC) if isinstance(seen, Found) else ()


_Rule: TypeAlias = Callable[[AccessRequest, Call, Evidence], Verdict]

_RULES: Final[Mapping[str, tuple[_Rule, ...]]] = {
    **dict.fromkeys(("GetObject", "GetObjectTorrent", "SelectObjectContent"), (_readable,)),
    "CopyObject": (_readable_source, _encrypted),
    "UploadPartCopy": (_readable_source, _encrypted),
    "RestoreObject": (_restorable,),
    **dict.fromkeys(("DeleteObject", "DeleteObjects"), (_deletable, _confirmed)),
    "PutObjectRetention": (_changeable,),
    "PutBucketVersioning": (_versioned,),
    **dict.fromkeys(("PutObject", "CompleteMultipartUpload"), (_encrypted, _free)),
    **dict.fromkeys(("CreateMultipartUpload", "UploadPart"), (_encrypted,)),
    **dict.fromkeys(("PutBucketTagging", "DeleteBucketTagging"), (_tagged,)),
}


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Say what is in the way, and what S3 answers because of it."""
    about = str(claim.about)
    cites = tuple(Citation(fact=fact.name) for fact in RESTS_ON[about] if isinstance(evidence[fact], Found))
    if claim.holds == UNKNOWN:
        return _doubt(request, evidence, about)._replace(citations=cites)
    if claim.holds == TRUE:
        return Words(because=MET[about], citations=cites)
    found = REFUSALS[about](request, evidence)
    return found._replace(citations=cites, sort=found.sort or about)


def _doubt(request: AccessRequest, evidence: Evidence, about: str) -> Words:
    hidden = next((seen for seen in map(evidence.__getitem__, RESTS_ON[about]) if isinstance(seen, Unreadable)), None)
    if hidden is not None:
        return unread(hidden)
    owner = evidence[BUCKET_OWNER] if about == ROOT_ONLY and request.bucket_owner is None else None
    retained = RETAINED.get(about)
    because = OPEN[about] if retained is None else retained(request, evidence)
    return doubted(because, owner)._replace(sort=about)


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterable[Fix]:
    """Return what would meet a requirement that is not met, the best first."""
    fixes = FIXES.get(str(claim.about))
    return () if fixes is None or claim.holds != FALSE else fixes(request, evidence)


PLACES: Mapping[int, Place] = {Says.REQUIREMENT: Place(Group.LAST_REQUIREMENTS, 20)}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="object_state",
        title="the state of the object",
        who="the object's owner",
        reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html",
        may=frozenset({May.REQUIRE}),
        place=PLACES,
        provides=(EXISTS, DELETE_MARKER, STORAGE_CLASS, LOCK, VERSIONING),
        needs=(BUCKET_ENCRYPTION, BUCKET_ABAC),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        propose=propose,
    )
