"""What is asked of a call itself before any policy: a good presigned URL, the Region and the owner of the bucket.

AWS: "Error responses" and "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" (Amazon S3 API
Reference); "Verifying bucket ownership with bucket owner condition". What else can be wrong with keys, clocks and
signatures only S3 sees; its error codes tell. The texts of refusals are as S3 was seen to give them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

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
    InvalidInput,
    Layer,
    May,
    Place,
    Says,
    Truth,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.collecting.s3 import GET_BUCKET_LOCATION, bucket_collector, region_told
from why403.domain.acl import is_account_id
from why403.domain.context import NO_VALUE
from why403.domain.credentials import ALWAYS_TEMPORARY, LASTS
from why403.domain.facts import BUCKET_OWNER, REGION
from why403.domain.operations import HEADERS, methods_of
from why403.domain.presigned import LONGEST_EXPIRY, Presigned
from why403.domain.request import OUTSIDE
from why403.domain.shapes import moment
from why403.domain.truth import truth_of
from why403.policy import doubted, unread
from why403_layers.signing_fixes import FIXES

_EXPECTED, _EXPECTED_OF_SOURCE = "ExpectedBucketOwner", "ExpectedSourceBucketOwner"
_REQUESTED, _ISSUED = "aws:requestedregion", "aws:tokenissuetime"
_SKEW, _TEMPORARY = timedelta(minutes=15), "ASIA"
# Answered in any Region, because they tell or choose the bucket's.
_ANYWHERE = frozenset({"CreateBucket", "GetBucketLocation"})
_NOT_S3 = frozenset({"kms", "iam"})
_OWNER, _NO_ACCOUNT, _OF_BUCKET, _OF_POINT = "owner", "no account", "Region", "Region of an access point"
COLLECTORS = (bucket_collector(REGION, GET_BUCKET_LOCATION, region_told),)


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Require a presigned URL that is good, the bucket's Region, and the expected owner, as far as the call tells."""
    call = request.call
    if call is None or request.resource.service in _NOT_S3:
        return ()
    claims: list[Claim] = []
    if call.presigned is not None and not request.of_source:
        claims += _of_url(request, call, call.presigned)
    if request.resource.in_bucket:
        if _REQUESTED in request.context.given and call.operation not in _ANYWHERE:
            claims += _of_region(request, evidence)
        name = _EXPECTED_OF_SOURCE if request.of_source else _EXPECTED
        if call.parameters.get(name) is not None:
            claims.append(_of_owner(request, str(call.parameters[name])))
    return tuple(claims)


def _claim(holds: Truth, about: str) -> Claim:
    return Claim(Says.REQUIREMENT, holds, about=about)


_AT_POINT = (_claim(UNKNOWN, _OF_POINT),)
_IN_REGION = tuple((_claim(truth, _OF_BUCKET),) for truth in (FALSE, UNKNOWN, TRUE))


def _of_region(request: AccessRequest, evidence: Evidence) -> Verdict:
    asked = request.context[_REQUESTED]
    if request.resource.access_point is not None:
        # Clients call where the ARN says; that of an access point of several Regions does not say.
        return _AT_POINT if asked and request.resource.region not in {"", asked[0]} else ()
    seen = evidence[REGION]
    if asked == NO_VALUE or isinstance(seen, Absent):
        return ()
    if isinstance(seen, Unreadable) or asked is None:
        return _IN_REGION[UNKNOWN]
    return _IN_REGION[truth_of(asked == (seen.value,))]


def asks(request: AccessRequest) -> Mapping[str, Iterable[str]]:
    """Return the key that tells where a call went, and the Region in which it is right."""
    seen = request.evidence[REGION]
    if request.resource.access_point is not None:
        return {_REQUESTED: (request.resource.region,)}
    return {_REQUESTED: (seen.value,)} if isinstance(seen, Found) else {}


def _of_owner(request: AccessRequest, expected: str) -> Claim:
    if not is_account_id(expected):
        return _claim(FALSE, _NO_ACCOUNT)
    owner = request.bucket_owner
    return _claim(UNKNOWN if owner in {None, OUTSIDE} else truth_of(owner == expected), _OWNER)


def _of_url(request: AccessRequest, call: Call, url: Presigned) -> Iterator[Claim]:
    """Yield what S3 requires of the URL, what it lacks first."""
    if url.expires is not None and not 0 <= url.expires <= LONGEST_EXPIRY:
        yield _claim(FALSE, "too long")
    yield from _of_signature(call, url)
    good = _in_time(call, url)
    yield good
    ended = _ended(request, call, url)
    if ended == FALSE or (ended == UNKNOWN and good.holds == TRUE):
        yield _claim(ended, "credentials")


def _of_signature(call: Call, url: Presigned) -> Iterator[Claim]:
    """Yield what of the call cannot be what was signed."""
    methods = methods_of(call.operation)
    if url.method is not None and methods and url.method not in methods:
        yield _claim(FALSE, "method")
    if not url.headers:  # every signature covers at least the host
        return
    for name, header in HEADERS.items():
        sent = _sends(call, name)
        if header in url.headers and sent != TRUE:
            yield _claim(sent, f"missing {header}")
        elif sent == TRUE and header not in url.headers:
            yield _claim(FALSE, f"unsigned {header}")


def _sends(call: Call, name: str) -> Truth:
    return FALSE if call.parameters.get(name, True) is False else call.may_send(name)


def _in_time(call: Call, url: Presigned) -> Claim:
    """Return whether the URL had begun and not yet ended by its own clock."""
    at, late = call.received, UNKNOWN if call.undated else FALSE
    if at is None:
        return _claim(UNKNOWN, "when")
    if url.signed_at is not None and url.signed_at - at > _SKEW:
        return _claim(FALSE, "too early")
    if url.expires_at is not None:
        return _claim(TRUE if at <= url.expires_at else late, "expired")
    if url.signed_at is None or url.expires is None:
        return _claim(UNKNOWN, "when signed")
    seconds = (at - url.signed_at).total_seconds()
    return _claim(TRUE if seconds <= url.expires else late, "expired")


def _ended(request: AccessRequest, call: Call, url: Presigned) -> Truth:
    """Return whether the credentials of the signer were still good, FALSE if they had certainly ended by then."""
    lasts, given = LASTS.get(request.principal.kind), request.context.given
    issued = given.get(_ISSUED, ())
    temporary = request.principal.kind in ALWAYS_TEMPORARY or bool(issued) or (url.key_id or "").startswith(_TEMPORARY)
    if lasts is None or call.received is None or not (temporary or issued is None):
        return TRUE
    begun = (_moment(issued[0]) if issued else None) or url.signed_at
    age = None if begun is None else call.received - begun
    if temporary and age is not None and age > lasts.at_most:
        return UNKNOWN if call.undated else FALSE
    return UNKNOWN if issued is None or (age is not None and age > lasts.mostly) else TRUE


def _moment(text: str) -> datetime | None:
    try:
        return moment(text)
    except InvalidInput:
        return None


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Say what was asked of the call, and what S3 answers to it."""
    match claim.about:
        case "owner":
            return _owner_words(request, evidence, claim)
        case "no account":
            because = "the account that the call expects to own the bucket is no account id, which has twelve digits"
            return Words(because=because, status=400, code="InvalidBucketOwnerAWSAccountID", sort="owner")
        case "Region" | "Region of an access point":
            return _region_words(request, evidence, claim)
    return _url_words(request, claim)


def _owner_words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    call = request.call
    name = _EXPECTED_OF_SOURCE if request.of_source else _EXPECTED
    expected = "" if call is None else str(call.parameters.get(name))
    if claim.holds == UNKNOWN:
        because = f"the call expects the bucket to be of {expected}, and it is not known whose it is"
        return doubted(because, evidence[BUCKET_OWNER])
    cites = (Citation(fact=BUCKET_OWNER.name),) if isinstance(evidence[BUCKET_OWNER], Found) else ()
    if claim.holds == TRUE:
        return Words(because=f"the bucket is of {expected}, as the call expects", citations=cites)
    because = f"the call expects the bucket to be of {expected} ({name}), and it is of {request.bucket_owner}"
    return Words(because=because, citations=cites, sort="owner")


def _region_words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    asked, seen = request.context[_REQUESTED], evidence[REGION]
    went = f"the call went to {asked[0]}" if asked else "it is not known to which Region the call went"
    if claim.about == _OF_POINT:
        return Words(because=f"{went}, and the access point is in {request.resource.region}")
    if isinstance(seen, Unreadable):
        return unread(seen)
    cites = (Citation(fact=REGION.name),)
    place = f"the bucket is in {seen.value}" if isinstance(seen, Found) else ""
    found = Words(because=f"{went}, and {place}", citations=cites)
    return found if claim.holds != FALSE else found._replace(status=301, code="PermanentRedirect", sort="elsewhere")


def _url_words(request: AccessRequest, claim: Claim) -> Words:
    """Say what S3 requires of the URL, and what it answers."""
    about, _, header = str(claim.about).partition(" x-")
    if claim.holds == FALSE:
        return _REFUSALS[about](request, f"x-{header}")._replace(sort=_SORTS.get(about, "mismatch"))
    if claim.holds == TRUE:
        return Words(because="the presigned URL was still good by its own clock")
    signed = f"the signature covers `x-{header}`, and it is not known whether the call sends it"
    return Words(because=signed if header else _DOUBTS[about])


_DOUBTS: Mapping[str, str] = {
    "when": "it is not known when the presigned URL was used",
    "when signed": "it is not known when the presigned URL was signed, and for how long",
    "expired": "the presigned URL has expired by now, and it is not known when it was used",
    "credentials": "the credentials that signed the URL were temporary, and may have ended before it was used",
}


def _method_words(request: AccessRequest, _header: str) -> Words:
    call = request.call
    signed = call.presigned.method if call is not None and call.presigned is not None else ""
    operation = request.action if call is None else call.operation
    because = f"the URL was signed for {signed}, which is not the method of {operation}"
    return Words(because=because, code="SignatureDoesNotMatch")


def _too_long(request: AccessRequest, _header: str) -> Words:
    url = request.call.presigned if request.call else None
    own = url.expires if url else None
    because = f"a presigned URL is good for at most {LONGEST_EXPIRY} seconds (seven days), and this one asks for {own}"
    return Words(because=because, status=400, code="AuthorizationQueryParametersError")


_REFUSALS: Mapping[str, Callable[[AccessRequest, str], Words]] = {
    "too long": _too_long,
    "method": _method_words,
    "missing": lambda _, header: Words(
        because=f"the signature of the URL covers `{header}`, which the call does not send",
        code="SignatureDoesNotMatch",
    ),
    "unsigned": lambda _, header: Words(
        because=f"the call sends `{header}`, which the signature of the URL does not cover (HeadersNotSigned)"
    ),
    "too early": lambda _, __: Words(
        because="the presigned URL is not valid yet: the clock that signed it is ahead (Request is not yet valid)"
    ),
    "expired": lambda _, __: Words(because="the presigned URL had expired (Request has expired)"),
    "credentials": lambda _, __: Words(
        because="the temporary credentials that signed the URL had ended, and the URL with them",
        status=400,
        code="ExpiredToken",
    ),
}
_SORTS = {"too long": "misdated", "too early": "misdated", "expired": "expired", "credentials": "ended"}


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterable[Fix]:
    """Return what would make the call good, as its caller or signer makes it."""
    call, about = request.call, str(claim.about).partition(" x-")[0]
    return () if call is None or claim.holds != FALSE else FIXES[about](request, call, evidence, claim)


PLACES: Mapping[int, Place] = {Says.REQUIREMENT: Place(Group.FIRST_REQUIREMENTS, 10)}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="authentication",
        title="authentication",
        who="the caller",
        reference="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html",
        may=frozenset({May.REQUIRE}),
        place=PLACES,
        provides=(REGION,),
        collectors=COLLECTORS,
        asks=asks,
        judge=judge,
        words=words,
        propose=propose,
    )
