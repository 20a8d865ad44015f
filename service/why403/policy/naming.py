"""Rulings in words: which statement denies or allows, and where an allow is missing or only just failed."""

from typing import Any

from why403.domain.evidence import Fact, Observation, Unreadable
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import Citation, Claim, Says, Words
from why403.policy.compiled import Policies
from why403.policy.ruling import Cited, citing
from why403.policy.statement import Statement


def naming(  # noqa: PLR0913 - what is said, of what, for whom
    fact: Fact[Any], policies: Policies, request: AccessRequest, claim: Claim, what: str, bounded: Truth = FALSE
) -> Words:
    """Return the words of a denial, or of an allow that holds, is in doubt or is missing, with their statements."""
    denial = claim.says in {Says.DENIAL, Says.YIELDING_DENIAL}
    cited = list(citing(fact, policies, request, allow=not denial, bounded=bounded))
    if claim.holds == UNKNOWN:
        cited = [each for each in cited if each.truth == UNKNOWN]
        return _in_doubt(cited, request, what, "deny" if denial else "allow")
    cited = [each for each in cited if each.truth == TRUE]
    if denial:
        return (
            _statement(cited, request, what, "denies")
            if claim.holds
            else _none(fact, policies, request, what, "denies")
        )
    return _statement(cited, request, what, "allows") if claim.holds else _none(fact, policies, request, what, "allows")


def _statement(cited: list[Cited], request: AccessRequest, what: str, does: str) -> Words:
    which = f"{_called(cited[0])} of {what}" if cited else what
    return Words(because=f"{which} {does} {request.action}", citations=tuple(each.citation for each in cited))


def _called(cited: Cited) -> str:
    name = f" in `{cited.placed.name}`" if cited.placed.name else ""
    sid = f"`{cited.statement.sid}`" if cited.statement.sid else str(cited.statement.index + 1)
    return f"statement {sid}{name}"


def _none(fact: Fact[Any], policies: Policies, request: AccessRequest, what: str, does: str) -> Words:
    where = policies.placed[0] if len(policies.placed) == 1 else None
    citation = Citation(fact=fact.name, policy=where.name if where else None, arn=where.arn if where else None)
    return Words(because=f"no statement of {what} {does} {request.action} here", citations=(citation,))


def _in_doubt(cited: list[Cited], request: AccessRequest, what: str, does: str) -> Words:
    keys = sorted(
        {
            condition.key
            for each in cited
            for condition in each.citation.conditions
            if condition.met == UNKNOWN and condition.actual is None
        }
    )
    which = f"{_called(cited[0])} of {what}" if cited else what
    whether = " and ".join(f"`{key}`" for key in keys) or "who calls"
    verb = "are" if len(keys) > 1 else "is"
    because = f"{which} may {does} {request.action}: {whether} {verb} not known"
    return Words(
        because=because,
        citations=tuple(each.citation for each in cited),
        needs=None if keys else "iam:GetRole",
    )


def unread(seen: Observation[Any]) -> Words:
    """Return the words for a fact that could not be read."""
    if isinstance(seen, Unreadable):
        return Words(because=seen.why, needs=seen.permission)
    return Words(because="nothing is said here")


def near_miss(policies: Policies, request: AccessRequest) -> bool:
    """Return whether an Allow statement fails in exactly one element: action, principal, resource or one condition."""
    return any(each.allow and _failures(each, request) == 1 for _, each in policies.statements())


def _failures(statement: Statement, request: AccessRequest) -> int:
    failed = not statement.actions.match(request.action_key)
    failed += max(statement.naming(request.caller)) == FALSE
    failed += statement.resources.match(request) == FALSE
    return failed + sum(condition.holds(request.context) == FALSE for condition in statement.conditions)
