"""Session policies: what a session was narrowed to when it was started."""

from collections.abc import Iterator, Mapping

from why403 import (
    CALLER_SIDE,
    AccessRequest,
    Citation,
    Claim,
    Evidence,
    Fact,
    Found,
    Group,
    Kind,
    Layer,
    May,
    Place,
    Says,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.domain.truth import FALSE, UNKNOWN
from why403.policy import PolicyKind, capped, naming, policies_of, policy_list, rule, unread

SESSION_POLICIES = Fact(name="session.policies", load=policy_list(PolicyKind.ATTACHED), policies=policies_of)

_SESSIONS = frozenset({Kind.SESSION, Kind.ROLE, Kind.FEDERATED, Kind.UNKNOWN})
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
        return naming(SESSION_POLICIES, seen.value, request, claim, "the session policies")
    if isinstance(seen, Unreadable):
        return unread(seen)
    return Words(
        because="a federated user starts from nothing, and no session policy was passed",
        citations=(Citation(fact=SESSION_POLICIES.name),),
    )


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
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session",
        may=frozenset({May.DENY, May.CAP_CALLER}),
        place=PLACES,
        provides=(SESSION_POLICIES,),
        judge=judge,
        words=words,
    )
