"""Identity policies: what the caller's own user, groups or role allow; all of them count together."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from why403 import (
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
    Reach,
    Says,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.policy import PolicyKind, naming, near_miss, policies_of, policy_list, rule, unread

POLICIES = Fact(
    name="principal.policies",
    load=policy_list(PolicyKind.ATTACHED),
    permission="iam:GetAccountAuthorizationDetails",
    policies=policies_of,
)

_NO_POLICIES = (Claim(Says.GRANT, FALSE, Reach.ATTACHED, "unsigned"),)
_ROOT = (Claim(Says.GRANT, TRUE, Reach.ATTACHED, "root"),)


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Root may do everything its account may; services and anonymous callers have no policies."""
    principal = request.principal
    if principal.kind is Kind.ROOT:
        return _ROOT
    if not principal.signed:
        return _NO_POLICIES
    seen = evidence[POLICIES]
    if isinstance(seen, Found):
        return _verdict(*rule(seen.value, request))
    return _verdict(UNKNOWN, UNKNOWN) if isinstance(seen, Unreadable) else _verdict(FALSE, FALSE)


@lru_cache
def _verdict(denied: Truth, allowed: Truth) -> Verdict:
    return (Claim(Says.DENIAL, denied), Claim(Says.GRANT, allowed, Reach.ATTACHED))


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the policy and the statement, or say that there is none."""
    if claim.about == "root":
        return Words(because="root of an account may do whatever the account may")
    if claim.about == "unsigned":
        return Words(because=f"{request.action} needs an identity policy, and such a caller has none")
    seen = evidence[POLICIES]
    if isinstance(seen, Found):
        return naming(POLICIES, seen.value, request, claim, "the identity policies")
    if isinstance(seen, Unreadable):
        return unread(seen)
    does = "denies" if claim.says == Says.DENIAL else "allows"
    return Words(
        because=f"the caller has no identity policy, so none {does} {request.action}",
        citations=(Citation(fact=POLICIES.name),),
    )


def near(request: AccessRequest, evidence: Evidence) -> bool:
    """Return whether a statement would allow but for one element."""
    seen = evidence[POLICIES]
    return isinstance(seen, Found) and near_miss(seen.value, request)


PLACES: Mapping[int, Place] = {
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 60),
    Says.GRANT: Place(Group.GRANTS, 50),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="identity",
        title="identity-based policy",
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
        may=frozenset({May.DENY, May.GRANT_ATTACHED}),
        place=PLACES,
        provides=(POLICIES,),
        judge=judge,
        words=words,
        near=near,
    )
