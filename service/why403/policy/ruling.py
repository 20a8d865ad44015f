"""What policies say about a request: truths for the hot path, citations for answers that are shown."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from why403.domain.evidence import Fact, Found, Observation, Unreadable
from why403.domain.principal import Kind
from why403.domain.readings import BOTH, reads
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import CALLER_SIDE, Citation, Claim, Says, Verdict
from why403.policy.compiled import Placed, Policies
from why403.policy.statement import Statement


def rule(policies: Policies, request: AccessRequest) -> tuple[Truth, Truth]:
    """Return whether policies without principals deny, and whether they allow."""
    if request.through_point:
        denies, allows = (_attached(each, request) for each in policies.covering(request.action_key))
        if allows != FALSE and reads(request.evidence, "U3") == BOTH:
            allows = _both(policies.covering(request.action_key)[1], request)
        return denies, allows
    denying, allowing = policies.concerning(request)
    # Often there is none: most actions are denied nowhere.
    return _any(denying, request) if denying else FALSE, _any(allowing, request) if allowing else FALSE


def _both(allowing: Iterable[Statement], request: AccessRequest) -> Truth:
    """Return whether statements allow what is asked for by the access point's ARN and by the bucket's."""
    behind, found = request.at_bucket, tuple(allowing)
    return min(_any(found, request), UNKNOWN if behind is None else _any(found, behind))


def _attached(statements: Iterable[Statement], request: AccessRequest) -> Truth:
    return max((attached(each, request) for each in statements), default=FALSE)


def attached(statement: Statement, request: AccessRequest) -> Truth:
    """Return how far a statement without principals speaks of a request, whichever way that goes to a bucket.

    Through an access point its own ARN stands for what is asked for, and the bucket's may as well. AWS writes identity
    policies with the former ("Configuring IAM policies for using access points") and leaves open what one says that
    names the bucket alone: its Allow is taken to suffice, and its Deny is in doubt.
    """
    truth = statement.matches(request)
    if truth == TRUE or not request.through_point:
        return truth
    behind = request.at_bucket
    found = statement.may_match_bucket(request) if behind is None else statement.matches(behind)
    return max(truth, found if statement.allow else min(found, UNKNOWN))


def _any(statements: Iterable[Statement], request: AccessRequest) -> Truth:
    best, resource = FALSE, request.resource
    arn = "" if resource.vague else resource.arn
    for statement in statements:
        if arn and statement.covers is not None and not statement.covers(arn):
            continue  # what most of them come to, without asking them
        truth = statement.matches(request)
        if truth > best:
            if truth == TRUE:
                return TRUE
            best = truth
    return best


def denies_caller(policies: Policies, request: AccessRequest, bounded: Truth) -> Truth:
    """Return whether a Deny statement of a resource's policies hits the caller; `bounded`: it has a boundary."""
    best = FALSE
    for statement in policies.concerning(request)[0]:
        truth = statement.matches(request)
        if truth > best:
            truth = min(truth, statement.hits(request.caller, bounded))
        if truth > best:
            if truth == TRUE:
                return TRUE
            best = truth
    return best


def allows_caller(policies: Policies, request: AccessRequest) -> Truth:
    """Return whether an Allow statement of a policy that filters names the caller, however it does."""
    best = FALSE
    for statement in policies.concerning(request)[1]:
        truth = min(max(statement.naming(request.caller)), statement.matches(request))
        if truth > best:
            if truth == TRUE:
                return TRUE
            best = truth
    return best


def names_account(policies: Policies, request: AccessRequest) -> bool:
    """Return whether a statement that may concern the request names an account as its principal."""
    return any(
        statement.principals is not None and statement.principals.names_account
        for statements in policies.concerning(request)
        for statement in statements
    )


def bounded(request: AccessRequest, boundary: Observation[Any]) -> Truth:
    """Return whether the caller has a permissions boundary, which a Deny with NotPrincipal hits."""
    if not request.principal.signed or request.principal.kind is Kind.ROOT:
        return FALSE
    return TRUE if isinstance(boundary, Found) else UNKNOWN if isinstance(boundary, Unreadable) else FALSE


class Grants(NamedTuple):
    """How far a resource's policies allow the caller, by reach."""

    direct: Truth
    role: Truth
    account: Truth


NO_GRANTS: Final = Grants(FALSE, FALSE, FALSE)


def grants(policies: Policies, request: AccessRequest) -> Grants:
    """Return how far the Allow statements of a resource's policies reach the caller."""
    direct = role = account = FALSE
    for statement in policies.concerning(request)[1]:
        naming = statement.naming(request.caller)
        if not any(naming):
            continue
        truth = statement.matches(request)
        if truth:
            direct = max(direct, min(truth, naming.direct))
            role = max(role, min(truth, naming.role))
            account = max(account, min(truth, naming.account))
            if direct == TRUE:
                break
    return Grants(direct, role, account)


def ceiling(denied: Truth, allowed: Truth, about: object = None) -> Verdict:
    """Return the claims of a filter: it must not deny, and it must allow; a layer may remember them beside `about`."""
    return (Claim(Says.DENIAL, denied, about=about), Claim(Says.LIMIT, allowed, about=about))


@lru_cache
def capped(denied: Truth, allowed: Truth) -> Verdict:
    """Return the claims of a boundary or session policy: it must not deny, and it caps the caller's own side."""
    return (Claim(Says.DENIAL, denied), Claim(Says.CAP, allowed, CALLER_SIDE))


def half_listed(statement: Statement, request: AccessRequest) -> bool:
    """Return whether a Deny is open only because its NotPrincipal lists one of the caller and its account alone.

    AWS leaves open what such a list does. AWS: "AWS JSON policy elements: NotPrincipal".
    """
    listed = statement.principals
    return listed is not None and listed.half_listed(request.caller) and statement.matches(request) == TRUE


class Cited(NamedTuple):
    """A statement that matches, or may match, and where it is written; `bounded`: the caller has a boundary."""

    placed: Placed
    statement: Statement
    citation: Citation
    bounded: Truth = FALSE


def citing(  # noqa: PLR0913 - what is looked for, in what, for whom
    fact: Fact[Any],
    policies: Policies,
    request: AccessRequest,
    wanted: Truth,
    *,
    allow: bool,
    bounded: Truth = FALSE,
) -> list[Cited]:
    """Return the statements of one effect that match the request and its caller with just this truth."""
    found = []
    for placed in policies.placed:
        for statement in placed.policy.covering(request.action_key)[1 if allow else 0]:
            truth = attached(statement, request) if statement.principals is None else statement.matches(request)
            if truth >= wanted and statement.principals is not None:
                who = max(statement.naming(request.caller)) if allow else statement.hits(request.caller, bounded)
                truth = min(who, truth)
            if truth == wanted:
                found.append(Cited(placed, statement, placed.cite(fact, statement, request), bounded))
    return found
