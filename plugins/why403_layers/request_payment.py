"""Requester Pays: a bucket whose requesters pay refuses everybody outside its owner's account who does not say so."""

from collections.abc import Iterator, Mapping

from why403 import (
    FALSE,
    TRUE,
    UNKNOWN,
    AccessRequest,
    Applicability,
    Call,
    Citation,
    Claim,
    Collecting,
    Collector,
    Evidence,
    Fact,
    Fix,
    Found,
    Group,
    Kind,
    Layer,
    May,
    Observations,
    Place,
    Says,
    Truth,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.collecting.s3 import OF_BUCKET, bucket_asked, of_bucket
from why403.domain.facts import BUCKET_OWNER, one_of
from why403.domain.operations import OPERATIONS
from why403.domain.truth import truth_of
from why403.policy import doubted, unread

_REQUESTER = "Requester"
_AGREES = "requester"

PAYER: Fact[str] = Fact(
    name="bucket.request_payment",
    load=one_of("BucketOwner", _REQUESTER),
    permission="s3:GetBucketRequestPayment",
    assumed=True,
    of_resource=True,
)
GET_PAYER = of_bucket("GetBucketRequestPayment", "s3:GetBucketRequestPayment", member="Payer")

# Of the calls about a bucket itself only those that list what is in it are charged to who makes them.
_LISTS = frozenset({"ListObjects", "ListObjectsV2", "ListObjectVersions", "ListMultipartUploads"})
_OF_OBJECTS = frozenset(operation.name for operation in OPERATIONS.values() if operation.kind in {"object", "keys"})
_CHARGED = (_OF_OBJECTS - {"RenameObject"}) | _LISTS  # directory buckets, the only ones that rename, have no such payer
# AWS's pages of these calls do not say how one agrees to pay for them, and its guide says that one must for all.
_UNCLEAR = frozenset({"DeleteObjectTagging", "SelectObjectContent"})


def collect(request: AccessRequest) -> Collecting[Observations]:
    """Read who pays where that matters: not for the caller's own bucket, nor for calls that cost nothing."""
    if _charged(request) is None:
        return {}
    bucket = yield bucket_asked(request)
    if bucket is None or (bucket.account is not None and bucket.account == request.principal.account):
        return {}
    return {PAYER: (yield bucket.read(GET_PAYER))}


COLLECTORS = (Collector(facts=(PAYER,), reads=(GET_PAYER,), needs=OF_BUCKET, collect=collect),)


def _charged(request: AccessRequest) -> Call | None:
    """Return the call, if it is one that its maker pays for on such a bucket."""
    call = request.call
    return call if call is not None and call.operation in _CHARGED and request.resource.in_bucket else None


_OPEN, _REFUSED, _MET = (Claim(Says.REQUIREMENT, truth) for truth in (UNKNOWN, FALSE, TRUE))


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Ask who pays for the call; the owner's account pays for itself, and nobody pays for an anonymous caller."""
    seen = evidence[PAYER]
    if isinstance(seen, Found):
        if seen.value != _REQUESTER:
            return ()
    elif not isinstance(seen, Unreadable):
        return ()
    call = _charged(request)
    if call is None:
        return ()
    paid = _paid(request, call)
    if paid == TRUE:
        return (_MET,) if isinstance(seen, Found) else ()
    return (_REFUSED,) if paid == FALSE and isinstance(seen, Found) else (_OPEN,)


def _paid(request: AccessRequest, call: Call) -> Truth:
    """Return whether the call is paid for on a bucket whose requesters pay."""
    caller = request.principal
    if caller.kind is Kind.ANONYMOUS:
        return FALSE
    agreed = _agrees(call)
    # Who pays for what a service does on its own behalf, AWS does not say.
    least = UNKNOWN if caller.kind is Kind.SERVICE or call.operation in _UNCLEAR else FALSE
    return max(agreed, _at_home(request), least)


def _agrees(call: Call) -> Truth:
    """Return whether the call says that who makes it pays."""
    if "RequestPayer" not in call.parameters:
        return call.unlisted
    return truth_of(call.parameters["RequestPayer"] == _AGREES)


def _at_home(request: AccessRequest) -> Truth:
    """Return whether the caller is of the account that owns the bucket."""
    if request.at_home:
        return TRUE
    known = request.bucket_owner is not None and request.principal.kind is not Kind.UNKNOWN
    return FALSE if known else UNKNOWN


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Say who is to pay, and what is missing for that."""
    cites = (Citation(fact=PAYER.name),)
    if claim.holds == UNKNOWN:
        return _doubt(request, evidence)
    if claim.holds == TRUE:
        who = "the caller's account owns it" if request.at_home else "the call says that the caller pays"
        return Words(because=f"the bucket is Requester Pays, and {who}", citations=cites)
    if request.principal.kind is Kind.ANONYMOUS:
        because = "the bucket is Requester Pays, so it takes no call that is not signed"
    else:
        because = (
            "the bucket is Requester Pays, the caller is not of its owner's account, and the call does not say that "
            "the caller pays (x-amz-request-payer: requester)"
        )
    return Words(because=because, citations=cites)


def _doubt(request: AccessRequest, evidence: Evidence) -> Words:
    payer, owner = evidence[PAYER], evidence[BUCKET_OWNER]
    if isinstance(payer, Unreadable):
        return unread(payer)
    if request.principal.kind is Kind.SERVICE:
        what = "who pays for what a service does"
    elif request.bucket_owner is None:
        return doubted("the bucket is Requester Pays, and it is not known whether the caller's account owns it", owner)
    elif request.call is not None and _agrees(request.call) == UNKNOWN:
        what = "whether the call says that the caller pays"
    elif request.principal.kind is Kind.UNKNOWN:
        what = "whether the caller is of its owner's account"
    else:
        what = "whether one must agree to pay for this call"
    because = f"the bucket is Requester Pays, and it is not known {what}"
    return Words(because=because, citations=(Citation(fact=PAYER.name),))


def propose(request: AccessRequest, _evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield that the caller says that it pays; somebody who does not sign cannot be charged."""
    if claim.holds != FALSE:
        return
    target = request.resource.arn
    if request.principal.kind is Kind.ANONYMOUS:
        yield Fix(
            summary="sign the call as somebody with an account, who then pays for it",
            who="the caller",
            risk="the caller's account is charged for the call and for what is transferred",
            applicability=Applicability.MANUAL,
            target=target,
            steps=("configure credentials (aws configure), and repeat the call with --request-payer requester",),
        )
        return
    yield Fix(
        summary="say with the call that the caller pays for it (x-amz-request-payer: requester)",
        who="the caller",
        risk="the caller's account is charged for the call and for what is transferred",
        applicability=Applicability.REVIEW,
        target=target,
        call={"RequestPayer": _AGREES},
        steps=("repeat the call with --request-payer requester",),
    )


PLACES: Mapping[int, Place] = {Says.REQUIREMENT: Place(Group.FIRST_REQUIREMENTS, 20)}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="request_payment",
        title="Requester Pays",
        who="the caller",
        reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html",
        may=frozenset({May.REQUIRE}),
        place=PLACES,
        provides=(PAYER,),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        propose=propose,
    )
