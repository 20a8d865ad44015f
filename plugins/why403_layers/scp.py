"""Service control policies: the ceiling an organization sets over an account, at every level from root to account."""

from collections.abc import Iterator, Mapping

from why403 import (
    ABSENT,
    Absent,
    AccessRequest,
    CannotTell,
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
    Warned,
    Words,
    hookimpl,
    value_of,
)
from why403.collecting.organizations import (
    OF_LEVELS,
    OF_ORGANIZATION,
    SERVICE_CONTROL,
    levels_of,
    organization_of,
)
from why403.domain.facts import ORGANIZATION_ID, account
from why403.domain.readings import COUNTS, READINGS, reads
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of
from why403.policy import (
    SERVICE_CONTROL_MOST,
    Level,
    PolicyKind,
    ceiling,
    doubted,
    levels,
    naming,
    organization_fixes,
    policies_by_level,
    rule,
    too_long,
    unread,
)
from why403.policy.statement import Statement

SCPS = Fact(
    name="organization.scps",
    load=levels(PolicyKind.ATTACHED),
    permission="organizations:ListPoliciesForTarget",
    of_organization=True,
    policies=policies_by_level,
)
MANAGEMENT = Fact(
    name="organization.management_account",
    load=account,
    permission="organizations:DescribeOrganization",
    of_organization=True,
)


def collect_organization(request: AccessRequest) -> Collecting[Observations]:
    """Read which organization the caller's account is in, and who manages it; services and anonymous have none."""
    found = (yield organization_of(request.principal.account)) if _known(request) else None
    if found is None:
        return {MANAGEMENT: ABSENT, ORGANIZATION_ID: ABSENT}
    return {MANAGEMENT: Found(found.management_account), ORGANIZATION_ID: Found(found.id)}


def collect_policies(request: AccessRequest) -> Collecting[Observations]:
    """Read what is attached to the root, to every organizational unit on the way, and to the caller's account.

    Nothing of it applies to the management account, so the organization is known before a level is read.
    """
    management = value_of((yield MANAGEMENT), absent=None) if _known(request) else None
    if management is None or management == request.principal.account:
        return {SCPS: ABSENT}
    levels = yield levels_of(request.principal.account, SERVICE_CONTROL)
    return {SCPS: ABSENT if levels is None else Found(levels)}


def _known(request: AccessRequest) -> bool:
    """Return whether the caller is of some account; raises CannotTell where nobody knows who calls."""
    if request.principal.kind is Kind.UNKNOWN:
        raise CannotTell(Unreadable("it is not known who called"))
    return request.principal.account != ""


COLLECTORS = (
    Collector(facts=(MANAGEMENT, ORGANIZATION_ID), reads=OF_ORGANIZATION, collect=collect_organization),
    Collector(facts=(SCPS,), reads=OF_LEVELS, needs=(MANAGEMENT,), collect=collect_policies),
)


WHO = "the administrators of the caller's organization"


def exempt(request: AccessRequest, evidence: Evidence) -> Truth:
    """Return whether they never apply: to services, anonymous callers, service-linked roles, the management account.

    Who lists policies says that they apply, unless it is said that the management account is not known.
    """
    principal = request.principal
    if not principal.signed or request.service_linked:
        return TRUE
    if evidence.in_doubt(MANAGEMENT):
        return UNKNOWN
    seen = evidence[MANAGEMENT]
    return truth_of(isinstance(seen, Found) and seen.value == principal.account)


_NOT_KNOWN = ceiling(UNKNOWN, UNKNOWN)


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Every level must allow; any statement may deny."""
    seen = evidence[SCPS]
    exempted = FALSE if isinstance(seen, Absent) else exempt(request, evidence)
    if isinstance(seen, Absent) or exempted == TRUE:
        return ()
    if isinstance(seen, Unreadable):
        return _NOT_KNOWN
    by_everything = isinstance(evidence[READINGS], Found) and reads(evidence, "U6") != COUNTS
    verdict: list[Claim] = []
    for level in seen.value:
        ruled = _by_everything(level, request) if by_everything else rule(level.policies, request)
        verdict += level.ceiling(ruled if exempted == FALSE else _unless_exempt(ruled))
    return tuple(verdict)


def _unless_exempt(ruled: tuple[Truth, Truth]) -> tuple[Truth, Truth]:
    """Return what policies say that may not apply at all."""
    denied, allowed = ruled
    return min(denied, UNKNOWN), max(allowed, UNKNOWN)


def _by_everything(level: Level, request: AccessRequest) -> tuple[Truth, Truth]:
    """Return what a level says where an Allow counts only for all resources, as the prose of AWS's page has it."""
    _, allowing = level.policies.concerning(request)
    allowed = (each.matches(request) for each in allowing if _for_everything(each))
    return rule(level.policies, request)[0], max(allowed, default=FALSE)


def _for_everything(statement: Statement) -> bool:
    return statement.resources.entries == ("*",) and not statement.resources.negated


def disputed(request: AccessRequest, evidence: Evidence) -> Iterator[str]:
    """Yield the point of AWS's documentation that is open for an Allow with a Resource of its own."""
    seen = evidence[SCPS]
    if isinstance(seen, Found) and exempt(request, evidence) != TRUE:
        for level in seen.value:
            if any(each.allow and not _for_everything(each) for _, each in level.policies.statements()):
                yield "U6"


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the level and the statement."""
    level = claim.about
    if not isinstance(level, Level):
        return unread(evidence[SCPS])
    what = f"the service control policies of `{level.target}`"
    if claim.holds == UNKNOWN and evidence.in_doubt(MANAGEMENT):
        denied, allowed = rule(level.policies, request)
        says = claim._replace(holds=denied if claim.says == Says.DENIAL else allowed)
        found = naming(SCPS, level.policies, request, says, what)
        because = f"{found.because}, and whether the account manages its organization, which frees it, is not known"
        return doubted(because, evidence[MANAGEMENT])._replace(citations=found.citations)
    return naming(SCPS, level.policies, request, claim, what)


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield an exception in what denies, or an Allow in a policy of the level that lacks one."""
    seen, level, denies = evidence[SCPS], claim.about, claim.says == Says.DENIAL
    if isinstance(level, Level) and isinstance(seen, Found):
        yield from organization_fixes(SCPS, seen, level, (request,), WHO, denies=denies)


def warnings(_request: AccessRequest, evidence: Evidence) -> Iterator[Warned]:
    """Yield which documents AWS Organizations would not have stored; they are judged as written."""
    seen = evidence[SCPS]
    if isinstance(seen, Found):
        for level in seen.value:
            for pointer, message in too_long(level.policies, seen.raw, SERVICE_CONTROL_MOST):
                yield Warned(SCPS.name, pointer, message)


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
        who=WHO,
        reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
        may=frozenset({May.DENY, May.LIMIT}),
        place=PLACES,
        provides=(SCPS, MANAGEMENT, ORGANIZATION_ID),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        warnings=warnings,
        disputed=disputed,
        propose=propose,
    )
