"""Conditions under which a statement would allow a call: met by calling that way, and not bypassed untold; pure.

A permission without them beside such a statement would leave it standing for nothing.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Final, NamedTuple

from why403.domain.context import NO_VALUE, Values
from why403.domain.fix import Applicability, Fix, both
from why403.domain.listing import PREFIX, prefix_of
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE
from why403.policy.compiled import Placed, Policies
from why403.policy.condition import Condition
from why403.policy.sending import Ways, completed, is_open, sent, worth_sending
from why403.policy.statement import Statement

# What a new statement of a resource's policy says itself: who is let in, for whom, and by which way.
_SAID: Final = frozenset(
    {
        *("aws:principalarn", "aws:principalaccount", "aws:sourcearn", "aws:sourceaccount"),
        *("s3:dataaccesspointarn", "kms:calleraccount", "kms:viaservice"),
    }
)
_MOST_WAYS: Final = 3
_MOST_TRIED: Final = 64
_SHOWN: Final = 3


class Guard(NamedTuple):
    """An Allow statement that fails in conditions alone, where it stands, and those conditions."""

    placed: Placed
    statement: Statement
    unmet: tuple[Condition, ...]


def guarding(policies: Policies, request: AccessRequest) -> list[Guard]:
    """Return the Allow statements that cover what is asked for, but for conditions that are not met.

    Those are none that are for other callers, or for other prefixes of a listing: what a new statement says as well.
    """
    limited = frozenset({PREFIX}) if prefix_of(request) is not None else frozenset[str]()
    found = []
    for placed in policies.placed:
        for statement in placed.policy.covering(request.action_key)[1]:
            said = limited if statement.principals is None else limited | _SAID
            unmet = tuple(each for each in statement.conditions if each.holds(request.context) == FALSE)
            if unmet and not any(each.key in said for each in unmet) and _covers(statement, request):
                found.append(Guard(placed, statement, unmet))
    return found


def _covers(statement: Statement, request: AccessRequest) -> bool:
    behind = request.at_bucket if statement.principals is None else None
    forms = (request,) if behind is None else (request, behind)
    named = max(statement.naming(request.caller)) != FALSE
    return named and any(statement.resources.match(each) != FALSE for each in forms)


def minding(
    policies: Policies | None, request: AccessRequest, fixes: Iterable[Fix], forms: Sequence[AccessRequest] = ()
) -> Iterator[Fix]:
    """Yield how the caller meets what policies ask of a call; where it cannot, these fixes, which do without it.

    Such a fix is never safe, and says what it bypasses. `forms` are the requests as the policies see them, where that
    is not as they were made.
    """
    seen = [] if policies is None else [guarding(policies, each) for each in forms or (request,)]
    guards = list(dict.fromkeys(chain.from_iterable(seen)))
    by_caller = list(_meeting(guards, request))
    yield from by_caller
    if by_caller:
        return
    for fix in fixes:
        yield _bypassing(guards, fix) if guards and fix.edits else fix


def _bypassing(guards: Sequence[Guard], fix: Fix) -> Fix:
    asked = "; ".join(map(_asked, guards[:_SHOWN]))
    more = f"; and {len(guards) - _SHOWN} more" if len(guards) > _SHOWN else ""
    return replace(
        fix,
        risk=both(fix.risk, f"it bypasses {asked}{more}"),
        applicability=max(fix.applicability, Applicability.REVIEW),
    )


def _asked(guard: Guard) -> str:
    name = f"`{guard.statement.sid}`" if guard.statement.sid else str(guard.statement.index + 1)
    place = guard.placed.name or guard.placed.arn
    keys = dict.fromkeys(f"`{each.key_as_written}`" for each in guard.unmet)
    return f"what statement {name}{f' of `{place}`' if place else ''} asks of {' and '.join(keys)}"


def _meeting(guards: Sequence[Guard], request: AccessRequest) -> Iterator[Fix]:
    """Yield what the caller could do so that one of these statements allows the call, the likeliest first."""
    if request.context["aws:viaawsservice"] == ("true",):
        return
    seen: list[Ways] = []
    for guard in guards:
        for found in islice(_extended({}, guard.unmet, guard.statement, request), _MOST_TRIED):
            ways = completed(found, request)
            if ways not in seen and len(seen) < _MOST_WAYS and _met(guard, ways, request):
                seen.append(ways)
                yield sent(ways, request)


def _extended(
    found: Ways, left: Sequence[Condition], statement: Statement, request: AccessRequest
) -> Iterator[Mapping[str, str | None]]:
    if not left:
        yield found
        return
    condition, *others = left
    if condition.key in found:
        yield from _extended(found, others, statement, request)
    elif is_open(condition.key, request):
        for value in worth_sending(condition.key, [statement], request):
            if _holds(condition, {condition.key: value}, request):
                yield from _extended({**found, condition.key: value}, others, statement, request)


def _holds(condition: Condition, ways: Ways, request: AccessRequest) -> bool:
    return condition.holds(_with(ways, request)) == TRUE


def _met(guard: Guard, ways: Ways, request: AccessRequest) -> bool:
    """Return whether nothing of a statement fails any more; what was not known may still not be."""
    context = _with(ways, request)
    unmet = min(each.holds(context) for each in guard.unmet)
    return unmet == TRUE and all(each.holds(context) != FALSE for each in guard.statement.conditions)


def _with(ways: Ways, request: AccessRequest) -> Mapping[str, Values]:
    over: dict[str, Values] = {key: NO_VALUE if value is None else (value,) for key, value in ways.items()}
    return ChainMap(over, request.context)
