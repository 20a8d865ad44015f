"""Permissions boundaries: the most that a user's or role's own policies may grant."""

from collections.abc import Iterator, Mapping

from why403 import (
    ABSENT,
    AccessRequest,
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
    Unreadable,
    Verdict,
    Words,
    hookimpl,
    value_of,
)
from why403.collecting.iam import (
    GET_ROLE,
    GET_USER,
    OF_MANAGED_POLICIES,
    entity_behind,
    managed_policy,
    same_entity,
)
from why403.domain.facts import ISSUER
from why403.domain.truth import UNKNOWN
from why403.policy import PolicyKind, boundary_fixes, capped, naming, one_policy, policies_of, rule, unread

BOUNDARY = Fact(
    name="principal.boundary",
    load=one_policy(PolicyKind.ATTACHED),
    permission="iam:GetRole",
    of_caller=True,
    policies=policies_of,
)


def collect(request: AccessRequest) -> Collecting[Observations]:
    """Read which policy bounds the user or role, and its text; lists of users and roles do not tell that."""
    entity = yield entity_behind(request)
    if entity is None:
        return {BOUNDARY: ABSENT}
    record, _ = yield (entity.record(), same_entity(request, entity))
    bounded = value_of(record).get("PermissionsBoundary")
    if bounded is None:
        return {BOUNDARY: ABSENT}
    return {BOUNDARY: Found((yield managed_policy(bounded["PermissionsBoundaryArn"], entity.account)))}


COLLECTORS = (
    Collector(facts=(BOUNDARY,), reads=(GET_USER, GET_ROLE, *OF_MANAGED_POLICIES), needs=(ISSUER,), collect=collect),
)

_WHO = "whoever manages permissions boundaries in the caller's account"
_WITHOUT = frozenset({Kind.ROOT, Kind.SERVICE, Kind.ORIGIN, Kind.ANONYMOUS})


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Void what identity policies or grants to the role give beyond it; a grant to user or session is spared."""
    seen = evidence[BOUNDARY]
    if isinstance(seen, Found) and request.principal.kind not in _WITHOUT:
        return capped(*rule(seen.value, request))
    if isinstance(seen, Unreadable) and request.principal.kind not in _WITHOUT:
        return capped(UNKNOWN, UNKNOWN)
    return ()


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the statement."""
    seen = evidence[BOUNDARY]
    if isinstance(seen, Found):
        return naming(BOUNDARY, seen.value, request, claim, "the permissions boundary")
    return unread(seen)


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield an exception in what denies, or an Allow in the boundary."""
    seen = evidence[BOUNDARY]
    if isinstance(seen, Found):
        yield from boundary_fixes(BOUNDARY, seen, request, _WHO, denies=claim.says == Says.DENIAL)


PLACES: Mapping[int, Place] = {
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 70),
    Says.CAP: Place(Group.GRANTS, 60),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="permissions_boundary",
        title="permissions boundary",
        who=_WHO,
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        may=frozenset({May.DENY, May.CAP_CALLER}),
        place=PLACES,
        provides=(BOUNDARY,),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        propose=propose,
    )
