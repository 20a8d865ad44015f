"""Session policies: what a session was narrowed to when it was started."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from why403 import (
    ABSENT,
    CALLER_SIDE,
    AccessRequest,
    CannotTell,
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
    Observation,
    Observations,
    Place,
    Principal,
    Says,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.collecting.cloudtrail import (
    LOOKUP_EVENTS,
    Sought,
    global_region,
    is_region,
    management_events,
    moment_of,
)
from why403.collecting.iam import OF_MANAGED_POLICIES, managed_policy
from why403.domain.truth import FALSE, UNKNOWN
from why403.policy import PolicyKind, capped, naming, policies_of, policy_list, rule, session_fixes, unread

SESSION_POLICIES = Fact(
    name="session.policies", load=policy_list(PolicyKind.ATTACHED), of_caller=True, policies=policies_of
)

_VENDED = "s3:accessgrantsinstancearn"
_SESSIONS = frozenset({Kind.SESSION, Kind.ROLE, Kind.FEDERATED, Kind.UNKNOWN})
_ISSUED_BY: Final = {
    Kind.SESSION: frozenset({"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}),
    Kind.FEDERATED: frozenset({"GetFederationToken"}),
}
# Between the moment that the session's token tells and the one that the event tells.
_APART: Final = timedelta(seconds=2)


def collect_policies(request: AccessRequest) -> Collecting[Observations]:
    """Read which policies were passed when this session was started; no call of AWS but CloudTrail's tells that.

    Many sessions may have one name, so only the event of the moment at which the caller's token was issued is that of
    its session. AWS: "Logging IAM and AWS STS API calls with AWS CloudTrail".
    """
    principal = request.principal
    if principal.kind not in _SESSIONS:
        return {SESSION_POLICIES: ABSENT}
    began = _issued_at(request)
    found: list[Observation[Any]] = list((yield tuple(_started(request, began, each) for each in _regions(request))))
    records = [record for each in found if isinstance(each, Found) for record in each.value]
    unreadable = next((each for each in found if isinstance(each, Unreadable)), None)
    if unreadable is not None:  # what is there may be another session's, of the same name and moment
        raise CannotTell(unreadable)
    if not records:
        raise CannotTell(Unreadable(_no_event(principal, began, _regions(request))))
    passed = [_passed(record) for record in records]
    if any(each != passed[0] for each in passed):
        raise CannotTell(Unreadable(f"sessions with different policies were named `{principal.arn}` at that moment"))
    inline, arns = passed[0]
    managed = yield tuple(managed_policy(arn, principal.account) for arn in arns)
    policies = [*([] if inline is None else [inline]), *managed]
    return {SESSION_POLICIES: Found(policies) if policies else ABSENT}


def _issued_at(request: AccessRequest) -> datetime:
    """Return when the caller's token was issued; raises CannotTell where that, or the session, is not known."""
    principal = request.principal
    if principal.kind is Kind.UNKNOWN:
        raise CannotTell(Unreadable("it is not known who called"))
    if principal.kind is Kind.ROLE:
        why = f"each session of the role `{principal.name}` may have policies of its own, and which one called is open"
        raise CannotTell(Unreadable(why))
    told = request.context["aws:tokenissuetime"]
    began = moment_of(told[0]) if told and len(told) == 1 else None
    if began is None:
        why = (
            "only the CloudTrail event of the session's start shows them, and its moment, `aws:TokenIssueTime`, is open"
        )
        raise CannotTell(Unreadable(f"session policies are not kept anywhere: {why}"))
    return began


def _regions(request: AccessRequest) -> tuple[str, ...]:
    """Return where STS may have been called: an event is in the Region whose endpoint was, or in the global one."""
    asked = [each for each in request.context["aws:requestedregion"] or () if is_region(each)]
    return tuple(dict.fromkeys((*asked[:1], global_region(request.principal.partition))))


def _started(request: AccessRequest, began: datetime, region: str) -> Collecting[Observation[Any]]:
    """Return the events of one Region by which sessions of this name were started at that moment."""
    principal = request.principal
    # The history knows a role's session by its name, and a federated user's by the name of the call only.
    attribute, value = ("ResourceName", principal.arn)
    if principal.kind is Kind.FEDERATED:
        attribute, value = ("EventName", "GetFederationToken")
    sought = Sought(attribute, value, began - _APART, began + _APART, principal.account, region)
    try:
        events = yield management_events(sought)
    except CannotTell as unread:
        return unread.seen
    if not events.whole:
        return Unreadable(f"CloudTrail's event history in {region} has too many events of that moment to look through")
    return Found([record for record in events.records if _is_start_of(principal, record)])


def _is_start_of(principal: Principal, record: Mapping[str, Any]) -> bool:
    if record["eventName"] not in _ISSUED_BY[principal.kind] or record.get("errorCode"):
        return False
    answered = record.get("responseElements") or {}
    session = answered.get("assumedRoleUser") or answered.get("federatedUser") or {}
    return bool(session.get("arn") == principal.arn)


def _passed(record: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """Return the policy and the ARNs of managed policies that were passed; raises CannotTell where it is not shown.

    CloudTrail leaves out what is too large and what it takes for a secret. How much of their limit policies and tags
    took is told all the same.
    """
    sent, size = record.get("requestParameters"), record["responseElements"].get("packedPolicySize")
    if not isinstance(sent, dict) or "omitted" in sent:
        raise _not_shown(record)
    inline, listed = sent.get("policy"), sent.get("policyArns") or []
    arns = tuple(each["arn"] if isinstance(each, dict) else each for each in listed)
    shown = inline or arns or any("tags" in name.lower() for name in sent)
    if size and not shown:
        raise _not_shown(record)
    if isinstance(inline, str) and not inline.lstrip().startswith("{"):
        raise _not_shown(record)
    return inline or None, arns


def _not_shown(record: Mapping[str, Any]) -> CannotTell:
    why = f"the CloudTrail event `{record['eventName']}` by which the session was started does not show what was passed"
    return CannotTell(Unreadable(why))


def _no_event(principal: Principal, began: datetime, regions: tuple[str, ...]) -> str:
    where = " and ".join(regions)
    return (
        f"CloudTrail's event history in {where} has no event by which `{principal.arn}` was started at "
        f"{began.isoformat()}; it goes back 90 days, and holds what STS was asked in that Region"
    )


COLLECTORS = (
    Collector(facts=(SESSION_POLICIES,), reads=(LOOKUP_EVENTS, *OF_MANAGED_POLICIES), collect=collect_policies),
)

_WHO: Final = "whoever starts the caller's session"
_NOTHING_PASSED = (Claim(Says.CAP, FALSE, CALLER_SIDE),)


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Void what the role or user gives beyond them; a federated user without any starts from nothing."""
    if request.principal.kind not in _SESSIONS:
        return ()
    seen = evidence[SESSION_POLICIES]
    if isinstance(seen, Found):
        return capped(*rule(seen.value, request))
    if isinstance(seen, Unreadable):
        return capped(UNKNOWN, UNKNOWN)
    return _NOTHING_PASSED if request.principal.kind is Kind.FEDERATED else ()


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the statement, or say that no policy was passed."""
    seen = evidence[SESSION_POLICIES]
    if isinstance(seen, Found):
        return naming(SESSION_POLICIES, seen.value, request, claim, _whose(request))
    if isinstance(seen, Unreadable):
        return unread(seen)
    return Words(
        because="a federated user starts from nothing, and no session policy was passed",
        citations=(Citation(fact=SESSION_POLICIES.name),),
    )


def _whose(request: AccessRequest) -> str:
    """AWS: "S3 Access Grants concepts": vended credentials are a session, and the grant is the policy it was given."""
    vended = request.context[_VENDED]
    return "the session policies (of the grant, since S3 Access Grants vended it)" if vended else "the session policies"


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield the policies with which the session would have to be started anew."""
    seen = evidence[SESSION_POLICIES]
    if not isinstance(seen, Unreadable):
        yield from session_fixes(SESSION_POLICIES, seen, request, _WHO, denies=claim.says == Says.DENIAL)


PLACES: Mapping[int, Place] = {
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 80),
    Says.CAP: Place(Group.GRANTS, 70),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="session_policy",
        title="session policy",
        who=_WHO,
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session",
        may=frozenset({May.DENY, May.CAP_CALLER}),
        place=PLACES,
        provides=(SESSION_POLICIES,),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        propose=propose,
    )
