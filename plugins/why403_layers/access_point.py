"""Access points: the second gate before a bucket, with a policy of its own and perhaps a VPC as the only way in.

Both gates must let a request in. In one account an identity policy opens both, by inference also where the access point
has no policy. Which ARN such a policy must name, and what one account suffices for with a Multi-Region Access Point,
AWS's pages leave open; the words say so. AWS: "Configuring IAM policies for using access points"; "Permissions"
(Multi-Region Access Points); "Configuring IAM policies for Object Lambda Access Points".
"""

from collections.abc import Iterable, Iterator, Mapping

from why403 import (
    FALSE,
    TRUE,
    UNKNOWN,
    AccessRequest,
    Citation,
    Claim,
    Evidence,
    Fix,
    Found,
    Group,
    Layer,
    May,
    Place,
    Reach,
    Says,
    Truth,
    Unreadable,
    Verdict,
    Warned,
    Words,
    hookimpl,
)
from why403.domain.arn import OBJECT_LAMBDA
from why403.domain.facts import POINT_BUCKET, POINT_ORIGIN, POINT_OWNER, POINT_VPC
from why403.domain.points import SOURCE_ENDPOINT, SOURCE_VPC, available, inside, network_origin, source_is_open
from why403.domain.truth import negation, truth_of
from why403.policy import (
    NO_GRANTS,
    Grants,
    access_point_fixes,
    bounded,
    capping,
    denies_caller,
    doubted,
    downwards,
    gate_words,
    granting,
    grants,
    near_miss,
    not_by_this_point,
    not_storable,
    unread,
    unsure_of_boundary,
)
from why403_layers.permissions_boundary import BOUNDARY
from why403_layers.points import COLLECTORS, POINT_POLICY

_OWN = "the access point is of the caller's account"
_PUBLIC = "how far an ACL for everyone counts"
_ORIGIN = "the network it may be used from"
_AVAILABLE = "the call is there through access points"
_FUNCTION = "what an Object Lambda access point calls"
_TRANSFORMED = frozenset({"GetObject", "HeadObject", "ListObjects", "ListObjectsV2"})
_ANSWER_OF_FUNCTION = "s3-object-lambda:writegetobjectresponse"


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Deny and allow what the policy does, let the bucket's side count no further, and keep other networks out."""
    if request.resource.access_point is None:
        return ()
    if request.resource.service == OBJECT_LAMBDA:
        return _of_function(request, evidence)
    if not request.through_point:
        return ()
    denied, granted = _policy(request, evidence)
    return (Claim(Says.DENIAL, denied), *_gate(request, granted), *_requirements(request))


def _policy(request: AccessRequest, evidence: Evidence) -> tuple[Truth, Grants]:
    """Return whether the policy denies, and how far it allows."""
    seen = evidence[POINT_POLICY]
    if isinstance(seen, Found):
        return denies_caller(seen.value, request, bounded(request, evidence[BOUNDARY])), grants(seen.value, request)
    if isinstance(seen, Unreadable):
        return UNKNOWN, Grants(UNKNOWN, UNKNOWN, UNKNOWN)
    return FALSE, NO_GRANTS


def _gate(request: AccessRequest, granted: Grants) -> Verdict:
    """Return what it grants, unless that is for the object's owner to grant, and what the bucket's side may.

    In the access point's own account the caller's policies decide, as an account does that is trusted.
    """
    direct, role, account = downwards(granted)
    own = _own(request)
    trusted = max(account, own)
    caps = {Reach.DIRECT: direct, Reach.ROLE: role, Reach.ACCOUNT | Reach.ACCOUNT_ACL: trusted}
    public = direct if direct == trusted else UNKNOWN  # it counts for outsiders no less than for the account
    found = (*capping(caps), *capping({Reach.PUBLIC_ACL: public}, _PUBLIC))
    most = max(negation(request.of_foreign), request.of_own)
    if most == FALSE and trusted != FALSE:
        return found
    by_account = (Claim(Says.GRANT, min(own, most), Reach.ACCOUNT, _OWN),) if own > account else ()
    return (*granting(Grants(*(min(truth, most) for truth in granted))), *by_account, *found)


def _own(request: AccessRequest) -> Truth:
    """Return whether the access point is of the caller's account."""
    if not request.principal.signed:
        return FALSE
    owner, account = request.point_owner, request.principal.account
    return truth_of(owner == account) if owner and account else UNKNOWN


def _of_function(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Judge an Object Lambda access point; what it calls in the caller's name is not told by any fact."""
    if not request.action_key.startswith(OBJECT_LAMBDA):
        return ()
    denied, granted = _policy(request, evidence)
    direct, role, account = granted
    reaches = {Reach.DIRECT: direct, Reach.ROLE: role, Reach.ACCOUNT: account}
    verdict = (Claim(Says.DENIAL, denied), *(Claim(Says.GRANT, truth, reach) for reach, truth in reaches.items()))
    if request.call is None or request.action_key == _ANSWER_OF_FUNCTION:
        return verdict
    return (*verdict, Claim(Says.REQUIREMENT, UNKNOWN, about=_FUNCTION))


def _requirements(request: AccessRequest) -> Iterator[Claim]:
    """Yield what an access point requires of a request, where that does not go without saying."""
    there = available(request)
    if there != TRUE:
        yield Claim(Says.REQUIREMENT, there, about=_AVAILABLE)
    from_vpc = inside(request)
    if from_vpc is not None:
        yield Claim(Says.REQUIREMENT, from_vpc, about=_ORIGIN)


def asks(request: AccessRequest) -> Mapping[str, Iterable[str]]:
    """Return the keys that tell where a request comes from, and the VPC that the access point is for."""
    if not request.through_point:
        return {}
    vpc = request.evidence[POINT_VPC]
    return {SOURCE_VPC: (vpc.value,) if isinstance(vpc, Found) else (), SOURCE_ENDPOINT: ()}


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the statement, the network, or what is not there through access points."""
    if claim.says == Says.REQUIREMENT:
        return _required(request, evidence, claim)
    if claim.says == Says.GRANT and claim.holds == UNKNOWN and request.of_foreign == UNKNOWN:
        because = "it is not known whether the bucket's owner owns the object"
        return doubted(because, request.owner_unread, needs="s3:GetObjectAcl")
    if claim.about is _OWN:
        return _about_account(request, claim)
    if claim.about is _PUBLIC and claim.holds == UNKNOWN and not isinstance(evidence[POINT_POLICY], Unreadable):
        return Words(because="an ACL's grant to everyone counts only as far as the access point's policy lets it")
    seen = evidence[POINT_POLICY]
    if isinstance(seen, Unreadable):
        return unread(seen)
    if isinstance(seen, Found):
        unsure = claim.says == Says.DENIAL and claim.holds == UNKNOWN
        found = unsure_of_boundary(seen.value, request, evidence[BOUNDARY]) if unsure else None
        limits = bounded(request, evidence[BOUNDARY])
        return found or gate_words(POINT_POLICY, seen.value, request, claim, "the access point's policy", limits)
    does = "denies" if claim.says == Says.DENIAL else "allows"
    because = f"the access point has no policy, so none {does} {request.action}{_if_multi_region(request)}"
    return Words(because=because, citations=(Citation(fact=POINT_POLICY.name),))


def _if_multi_region(request: AccessRequest) -> str:
    """Return what is not certain about a Multi-Region Access Point of the caller's account."""
    if not (request.resource.access_point or "").endswith(".mrap") or _own(request) != TRUE:
        return ""
    return "; AWS says both that an identity policy suffices in one account, and that this policy must allow as well"


def _about_account(request: AccessRequest, claim: Claim) -> Words:
    if claim.holds == TRUE:
        return Words(because="the access point is of the caller's own account, whose policies decide")
    if request.point_owner is not None:
        return Words(because="it is not known whether the caller is of the access point's account")
    return doubted("it is not known whose the access point is", request.evidence[POINT_OWNER])


def _required(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the network, or what is not there through access points, or what else an Object Lambda one needs."""
    if claim.about is _ORIGIN:
        return _about_origin(request, evidence, claim)
    return _about_available(request, claim) if claim.about is _AVAILABLE else _about_function(request)


def _about_origin(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    origin, vpc = evidence[POINT_ORIGIN], evidence[POINT_VPC]
    cites = tuple(Citation(fact=fact.name) for fact in (POINT_ORIGIN, POINT_VPC) if isinstance(evidence[fact], Found))
    which = f"the VPC `{vpc.value}`" if isinstance(vpc, Found) else "one VPC"
    lets_in = f"the access point lets in only requests from {which}"
    came_from = request.context[SOURCE_VPC]
    if claim.holds == TRUE:
        return Words(because=f"{lets_in}, and this one comes from there", citations=cites)
    if claim.holds == FALSE:
        where = f"this one comes from `{came_from[0]}`" if came_from else "this one comes from no VPC"
        return Words(because=f"{lets_in}, and {where}", citations=cites)
    if network_origin(evidence) is None:
        return doubted("it is not known whether the access point is for one VPC only", origin, vpc)
    if source_is_open(request):
        return Words(because=f"{lets_in}, and it is not known from which VPC this one comes", citations=cites)
    return doubted(f"{lets_in}, and it is not known from which", vpc, needs=POINT_VPC.permission)


def _about_available(request: AccessRequest, claim: Claim) -> Words:
    operation = request.call.operation if request.call else request.action
    if claim.holds == UNKNOWN:
        return Words(because=f"AWS's pages disagree on whether {operation} may be made through an access point")
    because = f"{operation} is not available through access points; it is made to the bucket itself"
    return Words(because=because, status=405, code="MethodNotAllowed")


def _about_function(request: AccessRequest) -> Words:
    action = request.action.partition(":")[2]
    needs = f"s3:{action} on the access point that it is made from, by the bucket's side as well"
    if request.call is not None and request.call.operation in _TRANSFORMED:
        needs = f"lambda:InvokeFunction on its function, and {needs}"
    return Words(because=f"an Object Lambda access point also needs {needs}, and no evidence tells about those")


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield an exception in what denies, an Allow for the caller alone, or another way to call."""
    if claim.says == Says.REQUIREMENT:
        vpc = evidence[POINT_VPC]
        yield not_by_this_point(request, getattr(vpc, "value", None), of_network=claim.about is _ORIGIN)
        return
    limits = bounded(request, evidence[BOUNDARY])
    yield from access_point_fixes(POINT_POLICY, evidence[POINT_POLICY], request, claim, limits)


def near(request: AccessRequest, evidence: Evidence) -> bool:
    """Return whether a statement would allow but for one element."""
    seen = evidence[POINT_POLICY]
    return isinstance(seen, Found) and near_miss(seen.value, request)


def warnings(request: AccessRequest, evidence: Evidence) -> Iterator[Warned]:
    """Yield what S3 would not have stored in the access point's policy; it is judged as written."""
    seen, point = evidence[POINT_POLICY], request.resource.access_point
    if not isinstance(seen, Found) or point is None:
        return
    if request.resource.in_bucket:
        for pointer, message in not_storable(seen, None):
            yield Warned(POINT_POLICY.name, pointer, message)
    for placed, statement in seen.value.statements():
        for entry in statement.resources.entries:
            if not _within(entry, point):
                message = f"`{entry}` is not the access point, or an object through it"
                yield Warned(POINT_POLICY.name, placed.pointer + statement.pointer, message)


def _within(entry: str, point: str) -> bool:
    head = entry.partition("*")[0].partition("?")[0].partition("$")[0]
    objects = f"{point}/object/"
    return entry == point or head.startswith(objects) or (head != entry and objects.startswith(head))


def disputed(request: AccessRequest, _evidence: Evidence) -> tuple[str, ...]:
    """Return the point of AWS's documentation that is open for Multi-Region Access Points."""
    point = request.resource.access_point
    return ("U4",) if point is not None and not request.resource.region and _own(request) != FALSE else ()


PLACES: Mapping[int, Place] = {
    # S3 looks at the network first. AWS: "Configuring network access for Amazon S3 access points" (FSx for ONTAP)
    Says.REQUIREMENT: Place(Group.FIRST_REQUIREMENTS, 30),
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 40),
    Says.CAP: Place(Group.GRANTS, 20),
    Says.GRANT: Place(Group.GRANTS, 20),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="access_point",
        title="access point policy",
        who="the access point's owner",
        reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html",
        may=frozenset({May.DENY, May.GRANT_RESOURCE, May.CAP_RESOURCE, May.REQUIRE}),
        place=PLACES,
        provides=(POINT_POLICY, POINT_BUCKET, POINT_OWNER, POINT_ORIGIN, POINT_VPC),
        needs=(BOUNDARY,),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        near=near,
        disputed=disputed,
        warnings=warnings,
        asks=asks,
        propose=propose,
    )
