"""Policies of VPC endpoints: what an endpoint lets through to S3, whoever calls.

AWS: "Control access to VPC endpoints using endpoint policies"; "Gateway endpoints for Amazon S3". On a gateway endpoint
an account as principal means its root user alone; what else but `*` stands there AWS asks to write as a condition on
`aws:PrincipalArn`, and it is judged as written.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache, reduce
from typing import Any, Final

from why403 import (
    ABSENT,
    FALSE,
    UNKNOWN,
    Absent,
    AccessRequest,
    AwsCall,
    CannotTell,
    Claim,
    Collecting,
    Collector,
    Evidence,
    Fact,
    Fix,
    Found,
    Group,
    Keep,
    Kind,
    Layer,
    May,
    Observations,
    Place,
    Says,
    Truth,
    Unreadable,
    Verdict,
    Warned,
    Words,
    hookimpl,
    value_of,
)
from why403.domain.context import NO_VALUE
from why403.domain.facts import POINT_BUCKET, REGION, one_of
from why403.domain.truth import agreed
from why403.policy import (
    RESOURCE_MOST,
    Policies,
    PolicyKind,
    advise_endpoint,
    allows_caller,
    bounded,
    ceiling,
    denies_caller,
    doubted,
    endpoint_fixes,
    names_account,
    naming,
    near_miss,
    one_policy,
    policies_of,
    too_long,
    unread,
    unsure_of_boundary,
)
from why403_layers.permissions_boundary import BOUNDARY

_GATEWAY, _INTERFACE = "Gateway", "Interface"
_WHO = "the endpoint's owner"
_PERMISSION = "ec2:DescribeVpcEndpoints"

POLICY = Fact(
    name="vpc_endpoint.policy",
    load=one_policy(PolicyKind.RESOURCE),
    permission=_PERMISSION,
    policies=policies_of,
)
TYPE = Fact(name="vpc_endpoint.type", load=one_of(_GATEWAY, _INTERFACE), permission=_PERMISSION)

DESCRIBE_ENDPOINTS = AwsCall(
    service="ec2",
    operation="DescribeVpcEndpoints",
    permission=_PERMISSION,
    absent=("InvalidVpcEndpointId.NotFound",),
    pages="VpcEndpoints",
    keep=Keep.SHORT,
    probe={"MaxResults": 5},
)

_ID: Final = "aws:sourcevpce"


def _came_otherwise(request: AccessRequest) -> bool:
    """Return whether the request is known not to have come through an endpoint: it would have the endpoint's id."""
    return request.context[_ID] == NO_VALUE


def collect(request: AccessRequest) -> Collecting[Observations]:
    """Read the endpoint whose id the request has, in its owner's account, else the caller's.

    It is in the Region that the request was sent to, or in the bucket's.
    """
    if _came_otherwise(request):
        return {POLICY: ABSENT, TYPE: ABSENT}
    endpoint = _one(request, _ID)
    if endpoint is None:
        raise CannotTell(Unreadable("it is not known whether the request came through a VPC endpoint, and which"))
    sent_to = _one(request, "aws:requestedregion")
    found = (yield _described(request, endpoint, sent_to)) if sent_to is not None else None
    if found is None:
        seen = yield REGION
        of_bucket = seen.value if isinstance(seen, Found) else None
        if sent_to is None or of_bucket not in {None, sent_to}:
            found = yield _described(request, endpoint, of_bucket)
    if found is None:
        raise CannotTell(Unreadable(f"the VPC endpoint `{endpoint}` is not in the account and Region that were read"))
    return _told(endpoint, found)


def _one(request: AccessRequest, key: str) -> str | None:
    values = request.context[key]
    return values[0] if values is not None and len(values) == 1 else None


def _described(request: AccessRequest, endpoint: str, region: str | None) -> Collecting[Mapping[str, Any] | None]:
    """Return what EC2 tells of an endpoint in a Region, None if it is not there."""
    account = _one(request, "aws:vpceaccount") or request.principal.account or None
    read = DESCRIBE_ENDPOINTS.read(account=account, region=region, VpcEndpointIds=[endpoint])
    told = value_of((yield read), absent=[])
    return next((each for each in told if each["VpcEndpointId"] == endpoint), None)


def _told(endpoint: str, found: Mapping[str, Any]) -> Observations:
    """Return the policy and the type of an endpoint, as far as they are what this layer knows."""
    document, kind = found.get("PolicyDocument"), found.get("VpcEndpointType")
    strange = Unreadable(f"{DESCRIBE_ENDPOINTS.name} tells something else of the VPC endpoint `{endpoint}`")
    return {
        POLICY: Found({"name": endpoint, "document": document}) if isinstance(document, str) else strange,
        TYPE: Found(kind) if kind in {_GATEWAY, _INTERFACE} else strange,
    }


COLLECTORS = (Collector(facts=(POLICY, TYPE), reads=(DESCRIBE_ENDPOINTS,), needs=(REGION,), collect=collect),)


def _to_s3(request: AccessRequest) -> bool:
    """Return whether this is asked of S3: what a call also needs of KMS or IAM, S3 asks for by itself."""
    return request.call is None or request.action_key.startswith("s3")


def _readings(policies: Policies, request: AccessRequest, evidence: Evidence) -> tuple[AccessRequest, ...]:
    """Return the request as the type of the endpoint has it read; both ways where that matters and is not known."""
    if request.principal.kind is Kind.ROOT or not names_account(policies, request):
        return (request,)
    seen = evidence[TYPE]
    if isinstance(seen, Found):
        return (request if seen.value == _INTERFACE else request.not_by_account(),)
    return request, request.not_by_account()


def _forms(request: AccessRequest) -> tuple[AccessRequest | None, ...]:
    """Return all that the policy must let through: on an access point its own ARN and the bucket's, None if unknown.

    AWS: "Configuring IAM policies for using access points".
    """
    return (request, request.at_bucket) if request.through_point else (request,)


def _denied(policies: Policies, request: AccessRequest, limits: Truth) -> Truth:
    return max(UNKNOWN if each is None else denies_caller(policies, each, limits) for each in _forms(request))


def _allowed(policies: Policies, request: AccessRequest) -> Truth:
    return min(UNKNOWN if each is None else allows_caller(policies, each) for each in _forms(request))


_verdict = lru_cache(ceiling)


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Let through only what a statement allows, and nothing that one denies."""
    seen = evidence[POLICY]
    if isinstance(seen, Absent) or not _to_s3(request):
        return ()
    if isinstance(seen, Unreadable):
        # Who says that the policy is not known says that there may be one.
        unless = _came_otherwise(request) and not evidence.in_doubt(POLICY)
        return () if unless else _verdict(UNKNOWN, UNKNOWN)
    limits, readings = bounded(request, evidence[BOUNDARY]), _readings(seen.value, request, evidence)
    denied = reduce(agreed, (_denied(seen.value, each, limits) for each in readings))
    return _verdict(denied, reduce(agreed, (_allowed(seen.value, each) for each in readings)))


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the statement, or what leaves open what the policy says."""
    seen = evidence[POLICY]
    if not isinstance(seen, Found):
        return unread(seen)
    policies, limits = seen.value, bounded(request, evidence[BOUNDARY])

    denial = claim.says == Says.DENIAL

    def says(asked: AccessRequest) -> Truth:
        return denies_caller(policies, asked, limits) if denial else allows_caller(policies, asked)

    readings = _readings(policies, request, evidence)
    if len({_denied(policies, each, limits) if denial else _allowed(policies, each) for each in readings}) > 1:
        because = "whom an account in the policy means depends on the type of the VPC endpoint, which is not known"
        return doubted(because, evidence[TYPE], needs=_PERMISSION)
    asked = next((each for each in _forms(readings[0]) if each is not None and says(each) == claim.holds), None)
    if asked is None:
        because = "the bucket behind the access point is not known, and the VPC endpoint must let through that, too"
        return doubted(because, evidence[POINT_BUCKET], needs=POINT_BUCKET.permission)
    unsure = unsure_of_boundary(policies, asked, evidence[BOUNDARY]) if denial and claim.holds == UNKNOWN else None
    if unsure is not None:
        return unsure
    found = naming(POLICY, policies, asked, claim, "the policy of the VPC endpoint", limits)
    root_alone = not denial and claim.holds == FALSE and _allowed(policies, request) != FALSE
    return found._replace(because=f"{found.because}; {_ROOT_ALONE}") if root_alone else found


_ROOT_ALONE: Final = "on a gateway endpoint an account as principal means its root user alone"


def near(request: AccessRequest, evidence: Evidence) -> bool:
    """Return whether a statement would let the request through but for one element."""
    seen = evidence[POLICY]
    if not isinstance(seen, Found):
        return False
    return any(near_miss(seen.value, each) for each in _readings(seen.value, request, evidence))


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield an exception in what denies, or an Allow for this caller by each ARN that the endpoint sees."""
    seen, denies = evidence[POLICY], claim.says == Says.DENIAL
    if isinstance(seen, Found):
        forms = [each for each in _forms(_readings(seen.value, request, evidence)[0]) if each is not None]
        limits = bounded(request, evidence[BOUNDARY])
        yield from endpoint_fixes(POLICY, seen, forms, _WHO, limits, denies=denies)


def warnings(_request: AccessRequest, evidence: Evidence) -> Iterator[Warned]:
    """Yield what AWS would not have stored in an endpoint's policy; it is judged as written."""
    seen, kind = evidence[POLICY], evidence[TYPE]
    if isinstance(seen, Found):
        gateway = isinstance(kind, Found) and kind.value == _GATEWAY
        length = too_long(seen.value, seen.raw, RESOURCE_MOST)
        for pointer, message in (*length, *advise_endpoint(seen.value, gateway=gateway)):
            yield Warned(POLICY.name, pointer, message)


PLACES: Mapping[int, Place] = {
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 20),
    Says.LIMIT: Place(Group.FILTERS, 0),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="vpc_endpoint",
        title="VPC endpoint policy",
        who=_WHO,
        reference="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        may=frozenset({May.DENY, May.LIMIT}),
        place=PLACES,
        provides=(POLICY, TYPE),
        needs=(BOUNDARY,),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        near=near,
        warnings=warnings,
        propose=propose,
    )
