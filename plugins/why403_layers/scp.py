"""Service control policies: the ceiling an organization sets over an account, at every level from root to account."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from why403 import (
    AccessRequest,
    Claim,
    Evidence,
    Fact,
    Found,
    Group,
    InvalidInput,
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
from why403.domain.truth import UNKNOWN, Truth
from why403.policy import Policies, PolicyKind, ceiling, naming, policy_list, rule, unread


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One level of the organization's path and what is attached directly to it."""

    target: str
    policies: Policies
    said: dict[tuple[Truth, Truth], Verdict] = field(default_factory=dict)
    """What it said before, by what its policies deny and allow."""

    def ceiling(self, ruled: tuple[Truth, Truth]) -> Verdict:
        """Return the claims of this level."""
        found = self.said.get(ruled)
        if found is None:
            found = self.said[ruled] = ceiling(*ruled, self)
        return found


def load_levels(value: Any) -> tuple[Level, ...]:
    """Return the levels, root first, from `[{"target", "policies"}, ...]` or a bare list of lists of policies."""
    if not isinstance(value, list):
        raise InvalidInput.at("", "must be a list of levels, root first")
    return tuple(_level(each, index) for index, each in enumerate(value))


def _level(each: Any, index: int) -> Level:
    within = f"/{index}"
    target, held = f"level {index + 1}", each
    if isinstance(each, dict):
        within = f"/{index}/policies"
        held = each.get("policies")
        target = each.get("target", target)
        strangers = set(each) - {"target", "policies"}
        if strangers or not isinstance(target, str):
            raise InvalidInput.at(f"/{index}", "a level holds `target`, a string, and `policies`, a list")
    try:
        return Level(target, policy_list(PolicyKind.ATTACHED)(held, within))
    except InvalidInput as error:
        raise error.below(within) from error


def _policies(levels: Iterable[Level]) -> Iterator[Policies]:
    return (level.policies for level in levels)


SCPS = Fact(
    name="organization.scps", load=load_levels, permission="organizations:ListPoliciesForTarget", policies=_policies
)
MANAGEMENT = Fact(name="organization.management_account", load=account, permission="organizations:DescribeOrganization")


def exempt(request: AccessRequest, evidence: Evidence) -> bool:
    """Return whether they never apply: to services, anonymous callers, service-linked roles, the management account."""
    principal = request.principal
    if not principal.signed or principal.service_linked:
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
