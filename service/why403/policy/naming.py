"""Rulings in words: which statement denies or allows, and where an allow is missing or only just failed."""

from collections.abc import Iterable, Iterator
from typing import Any

from why403.domain.evidence import Fact, Observation, Unreadable
from why403.domain.facts import CANONICAL_IDS, ISSUER, POINT_BUCKET
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import Citation, Claim, Says, Words
from why403.policy.compiled import Placed, Policies
from why403.policy.nearest import failures, nearest
from why403.policy.ruling import Cited, bounded, citing, denies_caller, half_listed
from why403.policy.statement import Statement


def naming(  # noqa: PLR0913 - what is said, of what, for whom
    fact: Fact[Any], policies: Policies, request: AccessRequest, claim: Claim, what: str, bounded: Truth = FALSE
) -> Words:
    """Return the words of a denial, or of an allow that holds, is in doubt or is missing, with their statements."""
    denial = claim.says <= Says.YIELDING_DENIAL
    if claim.holds == FALSE:
        return _no_denial(request, what) if denial else _no_allow(fact, policies, request, what)
    cited = citing(fact, policies, request, claim.holds, allow=not denial, bounded=bounded)
    if claim.holds == UNKNOWN:
        return _in_doubt(cited, request, what, "deny" if denial else "allow")
    words = _statement(cited, request, what, "denies" if denial else "allows")
    if denial and bounded == TRUE and cited and all(_only_bounded(each.statement, request) for each in cited):
        return words._replace(because=f"{words.because}: {_BOUNDED}", sort="not-principal")
    return _low_confidence(cited, request, words) if request.through_point else words


_BOUNDED = "its NotPrincipal lists the caller, and hits whoever has a permissions boundary all the same"


def _only_bounded(statement: Statement, request: AccessRequest) -> bool:
    """Return whether a Deny hits the caller only because it has a permissions boundary."""
    return statement.hits(request.caller, TRUE) == TRUE and statement.hits(request.caller, FALSE) == FALSE


def _statement(cited: list[Cited], request: AccessRequest, what: str, does: str) -> Words:
    which = f"{_called(cited[0].placed, cited[0].statement)} of {what}" if cited else what
    return Words(because=f"{which} {does} {request.action}", citations=tuple(each.citation for each in cited))


def _names_bucket_alone(cited: list[Cited], request: AccessRequest) -> bool:
    """Return whether what is cited speaks of the bucket behind an access point, and none of it of the access point."""
    attached = bool(cited) and cited[0].statement.principals is None
    return request.through_point and attached and all(each.statement.matches(request) == FALSE for each in cited)


def _low_confidence(cited: list[Cited], request: AccessRequest, words: Words) -> Words:
    """Return the words of an allow, with the reason why it is less sure than it looks where there is one."""
    if not _names_bucket_alone(cited, request):
        return words
    return words._replace(
        because=f"{words.because}, by the bucket behind the access point; AWS leaves open whether that suffices"
    )


def _called(placed: Placed, statement: Statement) -> str:
    name = f" in `{placed.name}`" if placed.name else ""
    sid = f"`{statement.sid}`" if statement.sid else str(statement.index + 1)
    return f"statement {sid}{name}"


def _no_denial(request: AccessRequest, what: str) -> Words:
    return Words(because=f"no statement of {what} denies {request.action} here")


def _no_allow(fact: Fact[Any], policies: Policies, request: AccessRequest, what: str) -> Words:
    """Say that nothing allows, and which statement came closest."""
    because = f"no statement of {what} allows {request.action} on {request.resource.arn}"
    found = nearest(policies, request)
    if found is None:
        return Words(because=because, citations=(Citation(fact=fact.name),))
    which, fails = _called(found.placed, found.statement), " and ".join(failures(found.statement, request))
    return Words(
        because=f"{because}; {which} comes closest, but {fails}" if fails else because,
        citations=(found.placed.cite(fact, found.statement, request),),
    )


def _in_doubt(cited: list[Cited], request: AccessRequest, what: str, does: str) -> Words:
    which = f"{_called(cited[0].placed, cited[0].statement)} of {what}" if cited else what
    may = f"{which} may {does} {request.action}"
    if cited and all(half_listed(each.statement, request) for each in cited):
        return Words(because=f"{may}: {_HALF_LISTED}", citations=tuple(each.citation for each in cited))
    named = _by_bucket_alone if _names_bucket_alone(cited, request) else _by_unknown_keys
    return named(cited, request, may)._replace(citations=tuple(each.citation for each in cited))


_HALF_LISTED = (
    "its NotPrincipal lists only one of the caller and its account, and AWS leaves open whether that spares the caller"
)


def _by_unknown_keys(cited: list[Cited], request: AccessRequest, may: str) -> Words:
    unknown = [sorted(_unknown(each.statement, request)) for each in cited]
    keys = {name.lower(): name for names in unknown for name in names}
    whether = [f"`{keys[key]}`" for key in sorted(keys)]
    hidden = _hidden_key(keys, request)
    if not all(unknown) or not keys:  # all that may keep such a statement from matching is whom it speaks of
        whether.append("who calls")
        hidden = hidden or _hidden_caller(request)
    verb = "are" if len(whether) > 1 else "is"
    return doubted(f"{may}: {' and '.join(whether)} {verb} not known", hidden, needs=None if keys else "iam:GetRole")


def _by_bucket_alone(cited: list[Cited], request: AccessRequest, may: str) -> Words:
    behind = request.at_bucket
    if behind is None:
        because = f"{may}: the bucket behind the access point is not known"
        return doubted(because, request.evidence[POINT_BUCKET], needs=POINT_BUCKET.permission)
    if any(each.statement.matches(behind) == UNKNOWN for each in cited):
        return _by_unknown_keys(cited, behind, may)
    return Words(because=f"{may}: it names the bucket behind the access point, and AWS leaves open whether that counts")


def unsure_of_boundary(policies: Policies, request: AccessRequest, boundary: Observation[Any]) -> Words | None:
    """Return the words of a denial that is in doubt because nobody knows the caller's boundary, None for another."""
    unsure = bounded(request, boundary) == UNKNOWN
    if not unsure or denies_caller(policies, request, FALSE) == denies_caller(policies, request, TRUE):
        return None
    return doubted(
        "a Deny with `NotPrincipal` hits whoever has a permissions boundary, and that is not known", boundary
    )


def _hidden_key(keys: Iterable[str], request: AccessRequest) -> Unreadable | None:
    """Return the first fact that could not be read and that one of the keys follows from."""
    return next(filter(None, map(request.context.unread, sorted(keys))), None)


def _hidden_caller(request: AccessRequest) -> Unreadable | None:
    """Return what could not be read of whose session calls, or of which account has which canonical id."""
    facts = (ISSUER,) if request.issuer is None else (CANONICAL_IDS,)
    return next((seen for seen in map(request.evidence.__getitem__, facts) if isinstance(seen, Unreadable)), None)


def _unknown(statement: Statement, request: AccessRequest) -> Iterator[str]:
    """Yield the keys that keep a statement open: those that its conditions test, and those of its policy variables."""
    context = request.context
    if statement.resources.match(request) == UNKNOWN:
        yield from (key for key in statement.resources.variables if context[key] is None)
    for condition in statement.conditions:
        if condition.holds(context) == UNKNOWN:
            if context[condition.key] is None:
                yield condition.key_as_written
            yield from (key for key in condition.variables if context[key] is None)


def unread(seen: Observation[Any]) -> Words:
    """Return the words for a fact that could not be read."""
    if isinstance(seen, Unreadable):
        return Words(because=seen.why, needs=seen.permission, call=seen.call, account=seen.account)
    return Words(because="nothing is said here")


def doubted(because: str, *seen: Observation[Any] | None, needs: str | None = None) -> Words:
    """Return the words for what is not known because of the first of these that could not be read, if one could not.

    Where a read was tried, what came of it follows the words. `needs` is the permission where no other is known.
    """
    hidden = next((each for each in seen if isinstance(each, Unreadable)), None)
    if hidden is None:
        return Words(because=because, needs=needs)
    why = because if hidden.call is None else f"{because}: {hidden.why}"
    return Words(because=why, needs=hidden.permission or needs, call=hidden.call, account=hidden.account)
