"""Service control policies: the ceiling an organization sets over an account, at every level from root to account."""

from collections.abc import Iterator, Mapping

from why403 import (
    AccessRequest,
    Claim,
    Evidence,
    Fact,
    Found,
    Group,
    Layer,
    May,
    Place,
    Says,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.domain.facts import account
from why403.domain.truth import UNKNOWN
from why403.policy import Level, PolicyKind, ceiling, levels, naming, policies_by_level, rule, unread

SCPS = Fact(
    name="organization.scps",
    load=levels(PolicyKind.ATTACHED),
    permission="organizations:ListPoliciesForTarget",
    policies=policies_by_level,
)
MANAGEMENT = Fact(name="organization.management_account", load=account, permission="organizations:DescribeOrganization")


def exempt(request: AccessRequest, evidence: Evidence) -> bool:
    """Return whether they never apply: to services, anonymous callers, service-linked roles, the management account."""
    principal = request.principal
    if not principal.signed or request.service_linked:
        return True
    seen = evidence[MANAGEMENT]
    return isinstance(seen, Found) and seen.value == principal.account


_NOT_KNOWN = ceiling(UNKNOWN, UNKNOWN)


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Every level must allow; any statement may deny."""
    seen = evidence[SCPS]
    if not isinstance(seen, Found | Unreadable) or exempt(request, evidence):
        return ()
    if isinstance(seen, Unreadable):
        return _NOT_KNOWN
    verdict: list[Claim] = []
    for level in seen.value:
        verdict += level.ceiling(rule(level.policies, request))
    return tuple(verdict)


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the level and the statement."""
    level = claim.about
    if not isinstance(level, Level):
        return unread(evidence[SCPS])
    return naming(SCPS, level.policies, request, claim, f"the service control policies of `{level.target}`")


PLACES: Mapping[int, Place] = {
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 10),
    Says.LIMIT: Place(Group.FILTERS, 20),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="scp",
        title="service control policy",
        reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
        may=frozenset({May.DENY, May.LIMIT}),
        place=PLACES,
        provides=(SCPS, MANAGEMENT),
        judge=judge,
        words=words,
    )
