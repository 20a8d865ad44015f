"""Block Public Access: public grants ignored, public buckets restricted, public writes refused, on four levels."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from why403 import (
    ABSENT,
    FALSE,
    TRUE,
    UNKNOWN,
    AccessRequest,
    Call,
    Citation,
    Claim,
    Evidence,
    Fact,
    Fix,
    Found,
    Group,
    InvalidInput,
    Kind,
    Layer,
    May,
    Observation,
    Place,
    Reach,
    Says,
    Truth,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.domain.acl import ALL_USERS, AUTHENTICATED_USERS
from why403.domain.arn import EXPRESS
from why403.domain.facts import BUCKET_OWNER, POINT_ORIGIN, POINT_VPC
from why403.domain.points import network_origin
from why403.domain.truth import truth_of
from why403.policy import Policies, PolicyKind, doubted, is_public, one_policy, unread
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.points import POINT_POLICY
from why403_layers.public_access import ACCESS_POINT, ACCOUNT, BUCKET, COLLECTORS, ORGANIZATION
from why403_layers.public_fixes import FIXES

_LEVELS = (BUCKET, ACCOUNT, ORGANIZATION, ACCESS_POINT)
_PUBLIC_CANNED = frozenset({"public-read", "public-read-write", "authenticated-read"})
_WRITES_ACL = frozenset({"s3:putobjectacl", "s3:putobjectversionacl", "s3:putbucketacl"})
_DOES = {
    "IgnorePublicAcls": "makes S3 ignore the public ACL grant",
    "RestrictPublicBuckets": "keeps all but the owner's account and AWS services from a bucket with public policy",
    "BlockPublicAcls": "refuses a public ACL",
    "BlockPublicPolicy": "refuses a public policy",
}
_POLICY_WRITES = frozenset({"PutBucketPolicy", "PutAccessPointPolicy"})


def effective(flag: str, request: AccessRequest, evidence: Evidence) -> Truth:
    """Return whether a setting is on at any level; an organization's policy stands in for the account's own setting."""
    if request.resource.service == EXPRESS:
        return TRUE  # AWS: "Security best practices for S3 Express One Zone": always on, and never changed
    levels = [_account_level(flag, evidence), _on(flag, evidence, BUCKET)]
    if request.resource.access_point is not None:
        levels.append(_on(flag, evidence, ACCESS_POINT))
    return max(levels)


def _account_level(flag: str, evidence: Evidence) -> Truth:
    organization = evidence[ORGANIZATION]
    own = _on(flag, evidence, ACCOUNT)
    if isinstance(organization, Found):
        return _on(flag, evidence, ORGANIZATION)
    return UNKNOWN if isinstance(organization, Unreadable) else own


def _on(flag: str, evidence: Evidence, fact: Fact[Mapping[str, bool]]) -> Truth:
    seen = evidence[fact]
    if isinstance(seen, Found):
        return TRUE if seen.value[flag] else FALSE
    return UNKNOWN if isinstance(seen, Unreadable) else FALSE


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Ignore public ACL grants, keep outsiders from a public bucket, refuse to make anything public."""
    if not request.resource.in_bucket:
        return ()
    directory = request.resource.service == EXPRESS
    if request.call is None and not directory and all(evidence[each] is ABSENT for each in _LEVELS):
        return ()
    verdict = []
    ignored = effective("IgnorePublicAcls", request, evidence)
    if ignored != FALSE:
        verdict.append(Claim(Says.CAP, 2 - ignored, Reach.PUBLIC_ACL))
    restricted = effective("RestrictPublicBuckets", request, evidence)
    if restricted != FALSE:
        restricted = min(restricted, _outsider(request), _public(request, evidence))
        verdict.append(Claim(Says.YIELDING_DENIAL, restricted, about="RestrictPublicBuckets"))
    if request.call is not None:
        verdict.extend(_refusals(request, request.call, evidence))
    return tuple(verdict)


def _outsider(request: AccessRequest) -> Truth:
    """Return whether the caller is kept from a restricted bucket: neither a service nor of the owner's account."""
    if request.principal.kind is Kind.SERVICE:
        return FALSE
    if request.principal.kind in {Kind.ANONYMOUS, Kind.ORIGIN}:
        return TRUE
    if request.principal.kind is Kind.UNKNOWN:
        return UNKNOWN
    insiders = {request.bucket_owner, request.point_owner if request.through_point else request.bucket_owner}
    if request.principal.account in insiders:
        return FALSE
    return UNKNOWN if None in insiders else TRUE


def _is_owners_alone(request: AccessRequest) -> bool:
    return request.s3_action is not None and request.s3_action.relation == "owner_only"


def _public(request: AccessRequest, evidence: Evidence) -> Truth:
    """Return whether the bucket's policy is public, or that of the access point that the request goes through."""
    if _is_owners_alone(request):
        return FALSE
    public = _is_public(evidence[BUCKET_POLICY])
    if public == TRUE or not request.through_point:
        return public
    return max(public, min(_is_public(evidence[POINT_POLICY], of_access_point=True), _open_to_networks(evidence)))


def _is_public(seen: Observation[Policies], *, of_access_point: bool = False) -> Truth:
    if isinstance(seen, Found):
        return truth_of(is_public(seen.value, of_access_point=of_access_point))
    return UNKNOWN if isinstance(seen, Unreadable) else FALSE


def _open_to_networks(evidence: Evidence) -> Truth:
    """Return whether an access point can be public: one that only a VPC reaches never is."""
    origin = network_origin(evidence)
    return UNKNOWN if origin is None else truth_of(origin == "Internet")


def _refusals(request: AccessRequest, call: Call, evidence: Evidence) -> Iterator[Claim]:
    if request.action_key in _WRITES_ACL:
        flag, sent = "BlockPublicAcls", _sends_public_acl(call)
        if sent != FALSE:
            on = _account_level(flag, evidence) if _creates(call) else effective(flag, request, evidence)
            yield Claim(Says.DENIAL, min(on, sent), about=flag)
    if call.operation in _POLICY_WRITES:
        flag, sent = "BlockPublicPolicy", _sends_public_policy(call)
        if sent != FALSE:
            on = effective(flag, request, evidence)
            if call.operation == "PutAccessPointPolicy":
                on = min(on, _open_to_networks(evidence))
            yield Claim(Says.DENIAL, min(on, sent), about=flag)


def _creates(call: Call) -> bool:
    return call.operation == "CreateBucket"


def _sends_public_acl(call: Call) -> Truth:
    if call.parameters.get("ACL") in _PUBLIC_CANNED:
        return TRUE
    headers = " ".join(call.grant_headers)
    policy = call.parameters.get("AccessControlPolicy")
    grants = policy.get("Grants", []) if isinstance(policy, dict) else []
    grantees = {grant["Grantee"].get("URI") for grant in grants if isinstance(grant.get("Grantee"), dict)}
    if any(group in headers or group in grantees for group in (ALL_USERS, AUTHENTICATED_USERS)):
        return TRUE
    told = call.parameters.get("ACL") is not None or policy is not None
    return FALSE if told else call.unlisted


def _sends_public_policy(call: Call) -> Truth:
    """Return whether the policy sent is public; one that cannot be read is refused for that, not here."""
    policy = call.parameters.get("Policy")
    if policy is None:
        return call.unlisted
    try:
        policies = one_policy(PolicyKind.RESOURCE)(policy)
    except InvalidInput:
        return FALSE
    return truth_of(is_public(policies, of_access_point=call.operation == "PutAccessPointPolicy"))


def _counting(flag: str, request: AccessRequest, evidence: Evidence) -> Iterator[Fact[Mapping[str, bool]]]:
    """Yield the levels that have a say: a bucket to be made has none, an organization's replaces the account's."""
    if flag != "BlockPublicAcls" or request.call is None or not _creates(request.call):
        yield BUCKET
    if not isinstance(evidence[ORGANIZATION], Found):
        yield ACCOUNT
    yield ORGANIZATION
    if request.resource.access_point is not None:
        yield ACCESS_POINT


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the setting, the level it is on, and what it does here."""
    flag = str(claim.about or "IgnorePublicAcls")
    if claim.holds == UNKNOWN:
        return _doubt(flag, request, evidence)
    if claim.says != Says.CAP and claim.holds == FALSE:
        return Words(because=_stands_aside(flag, request))
    if request.resource.service == EXPRESS:
        return Words(because=f"{flag} is always on for directory buckets, and {_DOES[flag]}")
    on = [fact for fact in _counting(flag, request, evidence) if _on(flag, evidence, fact) == TRUE]
    cites = tuple(Citation(fact=fact.name, pointer=f"/{flag}") for fact in on)
    where = " and ".join(fact.name.partition(".")[0].replace("_", " ") for fact in on)
    status, code = (400, "AccessDenied") if request.call and _creates(request.call) else (403, "AccessDenied")
    sort = "restricted" if flag == "RestrictPublicBuckets" and request.principal.signed else ""
    return Words(because=f"{flag} of the {where} {_DOES[flag]}", citations=cites, status=status, code=code, sort=sort)


def _stands_aside(flag: str, request: AccessRequest) -> str:
    """Say why a setting denies nothing; that a bucket is restricted is looked at only where it is, or may be."""
    if flag != "RestrictPublicBuckets":
        return f"{flag} is off here"
    if _outsider(request) == FALSE:
        return f"{flag} keeps out neither AWS services nor the owner's account"
    if _is_owners_alone(request):
        return f"{flag} has no say in what is for the owner's account alone"
    return f"{flag} keeps nobody from a bucket whose policy is not public"


def _doubt(flag: str, request: AccessRequest, evidence: Evidence) -> Words:
    creates = request.call is not None and _creates(request.call) and flag.startswith("Block")
    on = _account_level(flag, evidence) if creates else effective(flag, request, evidence)
    if on == UNKNOWN:
        levels = (evidence[fact] for fact in _counting(flag, request, evidence))
        hidden = next(seen for seen in levels if isinstance(seen, Unreadable))
        return _may_hold_back(flag, hidden)
    point = request.resource.access_point is not None
    if flag.startswith("Block"):
        if point and _open_to_networks(evidence) == UNKNOWN:
            because = f"{flag} refuses what is public, and nothing is where only a VPC reaches the access point"
            return doubted(because, evidence[POINT_ORIGIN], evidence[POINT_VPC])
        return Words(because=f"{flag} refuses what is public, and it is not known what the call sends")
    if _outsider(request) == UNKNOWN:
        because = f"{flag} may hold it back: the bucket's owner is not known"
        return doubted(because, evidence[BUCKET_OWNER])
    facts: tuple[Fact[Any], ...] = (BUCKET_POLICY, POINT_POLICY, POINT_ORIGIN, POINT_VPC) if point else (BUCKET_POLICY,)
    return _may_hold_back(flag, next(seen for fact in facts if isinstance(seen := evidence[fact], Unreadable)))


def _may_hold_back(flag: str, seen: Observation[Any]) -> Words:
    words = unread(seen)
    return words._replace(because=f"{flag} may hold it back: {words.because}")


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterable[Fix]:
    """Return what is done with the settings left on; last, and for what is to be public, the setting itself."""
    if claim.holds != (FALSE if claim.says == Says.CAP else TRUE):
        return ()
    flag = str(claim.about or "IgnorePublicAcls")
    on = {fact for fact in _counting(flag, request, evidence) if _on(flag, evidence, fact) == TRUE}
    higher = next((where for fact, where in _HIGHER.items() if fact in on), None)
    return FIXES(request, evidence, flag, _ALWAYS_ON if request.resource.service == EXPRESS else higher)


_ALWAYS_ON = "directory"
_HIGHER = {ORGANIZATION: "by the organization", ACCOUNT: "for the account", ACCESS_POINT: "on the access point"}

PLACES: Mapping[int, Place] = {
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 50),
    Says.YIELDING_DENIAL: Place(Group.EXPLICIT_DENIES, 50),
    Says.CAP: Place(Group.GRANTS, 0),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="block_public_access",
        title="Block Public Access",
        who="the bucket's owner",
        reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        may=frozenset({May.DENY, May.CAP_RESOURCE}),
        place=PLACES,
        provides=(BUCKET, ACCOUNT, ORGANIZATION, ACCESS_POINT),
        needs=(BUCKET_POLICY, POINT_POLICY, POINT_ORIGIN, POINT_VPC),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        propose=propose,
    )
