"""Resource control policies: what an organization forbids on the resources of its accounts, whoever calls."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Final, NamedTuple

from why403 import (
    ABSENT,
    TRUE,
    UNKNOWN,
    Absent,
    AccessRequest,
    Claim,
    Collecting,
    Collector,
    Evidence,
    Fact,
    Fix,
    Found,
    Group,
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
from why403.collecting.organizations import OF_LEVELS, OF_ORGANIZATION, RESOURCE_CONTROL, levels_of, organization_of
from why403.domain.arn import NOT_TOLD
from why403.domain.facts import BUCKET_OWNER, POINT_BUCKET, POINT_OWNER
from why403.domain.kms import managed_by_aws
from why403.domain.truth import FALSE, agreed, negation, truth_of
from why403.policy import (
    RESOURCE_CONTROL_MOST,
    Level,
    PolicyKind,
    bounded,
    denies_caller,
    doubted,
    levels,
    naming,
    organization_fixes,
    policies_by_level,
    too_long,
    unread,
    unsure_of_boundary,
)
from why403.policy.statement import Statement
from why403_layers.keys import KEY_MANAGER
from why403_layers.permissions_boundary import BOUNDARY
from why403_layers.scp import MANAGEMENT

RCPS = Fact(
    name="organization.rcps",
    load=levels(PolicyKind.RESOURCE),
    permission="organizations:ListPoliciesForTarget",
    of_resource=True,
    policies=policies_by_level,
)


def collect(request: AccessRequest) -> Collecting[Observations]:
    """Read what is attached on the way to the bucket owner's account; nothing of it applies to a management account."""
    if request.service_linked:
        return {RCPS: ABSENT}
    owner: str = value_of((yield BUCKET_OWNER)) if request.resource.in_bucket else request.bucket_owner or ""
    if not owner:
        return {}
    organization = yield organization_of(owner)
    if organization is None or organization.management_account == owner:
        return {RCPS: ABSENT}
    found = yield levels_of(owner, RESOURCE_CONTROL)
    return {RCPS: ABSENT if found is None else Found(found)}


COLLECTORS = (Collector(facts=(RCPS,), reads=(*OF_ORGANIZATION, *OF_LEVELS), needs=(BUCKET_OWNER,), collect=collect),)

_WHO: Final = "the administrators of the bucket owner's organization"
# AWS: "Resource control policies (RCPs)", AWS services that support RCPs; more are added to them every year.
_COVERED: Final = frozenset({"s3", "secretsmanager", "sqs", "sts"})


def exempt(request: AccessRequest, evidence: Evidence) -> Truth:
    """Return whether they never apply: to service-linked roles, what a management account owns, and keys of AWS's."""
    if request.service_linked:
        return TRUE
    if request.resource.service == "kms" and managed_by_aws(request, evidence.in_question(KEY_MANAGER)) == TRUE:
        return TRUE
    if evidence.in_doubt(MANAGEMENT):
        return UNKNOWN
    seen = evidence[MANAGEMENT]
    if isinstance(seen, Found) and request.bucket_owner is None:
        return UNKNOWN
    return truth_of(isinstance(seen, Found) and seen.value == request.bucket_owner)


class _Under(NamedTuple):
    """The forms of a request that the policies over the bucket's owner are over; `others`: it may be under more."""

    forms: tuple[AccessRequest, ...]
    others: bool


def _under(request: AccessRequest, evidence: Evidence) -> _Under:
    """Return what the policies over the bucket's owner are over: the bucket, and what else is that account's.

    An access point, or the key that a call on the bucket uses, may be another account's. Where no bucket is meant,
    whoever gives policies can mean those over the account that is asked about only.
    """
    if request.through_point:
        behind = request.at_bucket
        if behind is None:
            return _Under((), others=True)
        ours = request.point_owner == request.bucket_owner
        return _Under((behind, request) if ours else (behind,), others=not ours and not evidence.complete)
    if request.resource.service != "kms" or request.call is None:
        return _Under((request,), others=False)
    seen = evidence[BUCKET_OWNER]
    if isinstance(seen, Unreadable) or request.resource.account == NOT_TOLD:
        return _Under((), others=True)
    owner = request.principal.account if isinstance(seen, Absent) else seen.value
    return _Under((request,), others=False) if owner == request.bucket_owner else _Under((), not evidence.complete)


def _covers(request: AccessRequest, evidence: Evidence) -> Truth:
    """Return whether such policies reach what is asked for: a resource, of a service that is known to support them."""
    if request.resource.service == "kms":
        return negation(managed_by_aws(request, evidence.in_question(KEY_MANAGER)))
    supported = request.action_key.partition(":")[0] in _COVERED
    return TRUE if supported and request.resource.service else UNKNOWN


_NOT_KNOWN: Verdict = (Claim(Says.DENIAL, UNKNOWN),)


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Any statement may deny; AWS's own policy, which cannot be detached, allows at every level."""
    seen = evidence[RCPS]
    exempted = FALSE if isinstance(seen, Absent) else exempt(request, evidence)
    if isinstance(seen, Absent) or exempted == TRUE:
        return ()
    forms, others = _under(request, evidence)
    if isinstance(seen, Unreadable):
        return _NOT_KNOWN if forms or others else ()
    limits, covers = bounded(request, evidence[BOUNDARY]), min(_covers(request, evidence), negation(exempted))
    verdict: list[Claim] = []
    for level in seen.value if forms else ():
        # AWS does not say whether they see an access point's ARN or the bucket's.
        denied = reduce(agreed, (denies_caller(level.policies, each, limits) for each in forms))
        verdict += level.denial(min(covers, denied))
    return (*verdict, *_NOT_KNOWN) if others else tuple(verdict)


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the level and the statement."""
    level, seen = claim.about, evidence[RCPS]
    if not isinstance(level, Level):
        return unread(seen) if isinstance(seen, Unreadable) else _others(request, evidence)
    limits, what = bounded(request, evidence[BOUNDARY]), f"the resource control policies of `{level.target}`"
    forms = sorted(_under(request, evidence).forms, key=lambda each: -denies_caller(level.policies, each, limits))
    asked, denied = forms[0], denies_caller(level.policies, forms[0], limits)
    if claim.holds == UNKNOWN and denied == TRUE:
        found = naming(RCPS, level.policies, asked, claim._replace(holds=TRUE), what, limits)
        return _open(request, evidence, found.because)._replace(citations=found.citations)
    unsure = unsure_of_boundary(level.policies, asked, evidence[BOUNDARY]) if claim.holds == UNKNOWN else None
    return unsure or naming(RCPS, level.policies, asked, claim, what, limits)


def _others(request: AccessRequest, evidence: Evidence) -> Words:
    """Say what keeps it open which policies are over a resource that is not the bucket itself."""
    if request.through_point and request.at_bucket is None:
        because = "the bucket behind the access point is not known, and policies over it may deny"
        return doubted(because, evidence[POINT_BUCKET], needs=POINT_BUCKET.permission)
    because = f"which resource control policies are over {request.resource.arn} is not known"
    facts = (POINT_OWNER, BUCKET_OWNER) if request.through_point else (BUCKET_OWNER,)
    return doubted(because, *map(evidence.__getitem__, facts), needs=RCPS.permission)


def _open(request: AccessRequest, evidence: Evidence, denies: str) -> Words:
    """Say what may keep a Deny from reaching the resource."""
    if exempt(request, evidence) == UNKNOWN:
        because = f"{denies}, and whether its account manages its organization, which frees it, is not known"
        return doubted(because, evidence[MANAGEMENT], evidence[BUCKET_OWNER])
    if request.through_point:
        because = "and it is not known whether such policies see the access point or the bucket behind it"
    elif request.resource.service == "kms":
        because = f"{denies}, unless AWS manages the key, and that is not known"
        return doubted(because, evidence.in_question(KEY_MANAGER), needs=KEY_MANAGER.permission)
    elif not request.resource.service:
        because = "and it is not known whether such policies reach calls that are about no resource"
    else:
        because = "and it is not known whether such policies cover the service"
    return Words(because=f"{denies}, {because}")


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield an exception in what denies."""
    seen, level, forms = evidence[RCPS], claim.about, _under(request, evidence).forms
    if isinstance(level, Level) and isinstance(seen, Found):
        limits = bounded(request, evidence[BOUNDARY])
        yield from organization_fixes(RCPS, seen, level, forms, _WHO, denies=True, limits=limits)


def warnings(request: AccessRequest, evidence: Evidence) -> Iterator[Warned]:
    """Yield what AWS Organizations would not have stored; it is judged as written, but allows nothing by itself.

    AWS: "RCP syntax" (AWS Organizations User Guide).
    """
    seen = evidence[RCPS]
    if not isinstance(seen, Found):
        return
    for level in seen.value:
        for pointer, message in too_long(level.policies, seen.raw, RESOURCE_CONTROL_MOST):
            yield Warned(RCPS.name, pointer, message)
        for placed, statement in level.policies.statements():
            for message in _unstorable(statement):
                yield Warned(RCPS.name, placed.pointer + statement.pointer, message)


def _unstorable(statement: Statement) -> Iterator[str]:
    principals = statement.principals
    if statement.allow and not _allows_everything(statement):
        yield "only AWS's own `RCPFullAWSAccess` allows in a resource control policy"
    if principals is not None and (principals.negated or principals.services or principals.names != {"*"}):
        yield "the principal of a resource control policy is `*`; conditions narrow it"
    if statement.actions.negated:
        yield "`NotAction` is not supported in a resource control policy"
    elif not statement.allow and any(_names_no_service(entry) for entry in statement.actions.entries):
        yield "an action of a resource control policy names its service"


def _names_no_service(action: str) -> bool:
    service, colon, _ = action.partition(":")
    return not colon or "*" in service or "?" in service


def _allows_everything(statement: Statement) -> bool:
    entries = (statement.actions.entries, statement.resources.entries)
    return entries == (("*",), ("*",)) and not statement.conditions


PLACES: Mapping[int, Place] = {Says.DENIAL: Place(Group.EXPLICIT_DENIES, 0)}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="rcp",
        title="resource control policy",
        who=_WHO,
        reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
        may=frozenset({May.DENY}),
        place=PLACES,
        provides=(RCPS,),
        needs=(BOUNDARY, MANAGEMENT, KEY_MANAGER),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        warnings=warnings,
        propose=propose,
    )
