"""Directory buckets: a session opens their objects, and only their own account's policies the bucket itself.

AWS: "Authorizing Zonal endpoint API operations with CreateSession"; "Authorizing Regional endpoint API operations with
IAM"; "Object Ownership" for directory buckets, whose ACLs are always disabled.
"""

from collections.abc import Iterable, Mapping

from why403 import (
    AccessRequest,
    Applicability,
    Call,
    Claim,
    Evidence,
    Fix,
    Group,
    Kind,
    Layer,
    May,
    Place,
    Reach,
    Says,
    Verdict,
    Words,
    hookimpl,
)
from why403.domain.arn import EXPRESS
from why403.domain.facts import BUCKET_OWNER
from why403.domain.sent_acl import without_acl
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of
from why403.policy import doubted, identity_fixes
from why403_layers.identity import POLICIES

_SESSION = "s3express:createsession"
_OPENS, _OWN_ACCOUNT, _NO_ACLS, _NOT_BY_POLICY = "session", "own account", "acl", "bucket policy"
_ACCEPTED = "bucket-owner-full-control"

_SESSIONS: Verdict = (Claim(Says.REQUIREMENT, TRUE, about=_OPENS),)
_WITH_ACL: Verdict = (*_SESSIONS, Claim(Says.REQUIREMENT, FALSE, about=_NO_ACLS))
_NAMED = Claim(Says.CAP, FALSE, Reach.DIRECT | Reach.ROLE | Reach.ACCOUNT, _NOT_BY_POLICY)
_REGIONAL: Mapping[Truth, Verdict] = {
    truth: (Claim(Says.REQUIREMENT, truth, about=_OWN_ACCOUNT), _NAMED) for truth in (FALSE, UNKNOWN, TRUE)
}


def judge(request: AccessRequest, _evidence: Evidence) -> Verdict:
    """Refuse ACLs; leave all that is no session to the identity policies of the bucket's own account."""
    resource = request.resource
    if resource.service != EXPRESS or resource.bucket is None:
        return ()
    if request.action_key == _SESSION:
        return _WITH_ACL if request.call is not None and _sends_acl(request.call) else _SESSIONS
    return _REGIONAL[_of_own_account(request)]


def _sends_acl(call: Call) -> bool:
    return bool(call.grant_headers) or call.parameters.get("ACL") not in (None, "", _ACCEPTED)


def _of_own_account(request: AccessRequest) -> Truth:
    if not request.principal.signed:
        return FALSE
    if request.principal.kind is Kind.UNKNOWN or request.bucket_owner is None:
        return UNKNOWN
    return truth_of(request.at_home)


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Say what opens a directory bucket, and whom."""
    match claim.about:
        case "session":
            asked = request.call.operation if request.call else request.action
            return Words(because=f"a session of the directory bucket decides about {asked}, and needs {request.action}")
        case "acl":
            because = "the call sends an ACL, and a directory bucket takes none"
            return Words(because=because, status=400, code="AccessControlListNotSupported")
        case "bucket policy":
            return Words(because=f"no policy of a directory bucket can allow {request.action}; the caller's own must")
    if claim.holds == UNKNOWN:
        because = "only the directory bucket's own account may do this, and it is not known whose the bucket is"
        return doubted(because, evidence[BUCKET_OWNER])
    does = "as" if claim.holds == TRUE else "and"
    return Words(because=f"{request.action} is for the directory bucket's own account, {does} the caller is of it")


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterable[Fix]:
    """Yield the call without an ACL, by the bucket's own account, or a permission of the caller's own."""
    if claim.holds != FALSE:
        return
    target = request.resource.bucket_arn
    if claim.about == _NO_ACLS and request.call is not None:
        yield Fix(
            summary="send no ACL: a directory bucket takes none",
            who="the caller",
            risk="nobody is let in by an ACL: whoever has to be is named in the bucket policy",
            applicability=Applicability.REVIEW,
            target=target,
            call=without_acl(request.call),
        )
    elif claim.about == _OWN_ACCOUNT or (claim.about == _NOT_BY_POLICY and not request.at_home):
        owner = request.bucket_owner or "that owns the bucket"
        yield Fix(
            summary=f"make the call as an identity of account {owner}: no bucket policy allows it others",
            who=f"an administrator of account {owner}",
            risk="none: who may do so is for that account's identity policies",
            applicability=Applicability.MANUAL,
            target=target,
            steps=(f"assume a role of account {owner} that may make the call (aws sts assume-role)",),
        )
    else:
        yield from identity_fixes(POLICIES, evidence[POLICIES], request, denies=False)


PLACES: Mapping[int, Place] = {
    Says.REQUIREMENT: Place(Group.FIRST_REQUIREMENTS, 900),
    Says.CAP: Place(Group.GRANTS, 45),
}


@hookimpl
def why403_register_layers() -> tuple[Layer, ...]:
    """Register this layer."""
    return (
        Layer(
            name="directory_bucket",
            title="session of a directory bucket",
            who="the bucket's owner",
            reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-create-session.html",
            may=frozenset({May.REQUIRE, May.CAP_RESOURCE}),
            place=PLACES,
            judge=judge,
            words=words,
            propose=propose,
        ),
    )
