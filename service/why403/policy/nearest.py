"""The statement that came closest to allowing a request, and the elements it fails in."""

from collections.abc import Iterator
from typing import NamedTuple

from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE
from why403.policy.compiled import Placed, Policies
from why403.policy.statement import Statement

_SHOWN = 3
_MOST = 1_000


class Nearest(NamedTuple):
    """An Allow statement, and in how many elements it fails."""

    placed: Placed
    statement: Statement
    failures: int


def nearest(policies: Policies, request: AccessRequest) -> Nearest | None:
    """Return the Allow statement that fails in the fewest elements; the first of several, None without any."""
    best = None
    for placed, statement in policies.statements():
        if statement.allow:
            failures = _count(statement, request, best.failures if best else _MOST)
            if best is None or failures < best.failures:
                best = Nearest(placed, statement, failures)
    return best


def near_miss(policies: Policies, request: AccessRequest) -> bool:
    """Return whether an Allow statement fails in exactly one element: action, principal, resource or one condition."""
    found = nearest(policies, request)
    return found is not None and found.failures == 1


def _count(statement: Statement, request: AccessRequest, enough: int) -> int:
    """Return how many elements fail; no further than `enough`."""
    failed = int(not statement.actions.match(request.action_key))
    failed += statement.resources.match(request) == FALSE
    if failed < enough:
        failed += max(statement.naming(request.caller)) == FALSE
        failed += sum(condition.holds(request.context) == FALSE for condition in statement.conditions)
    return failed


def failures(statement: Statement, request: AccessRequest) -> Iterator[str]:
    """Yield a clause for each element that fails."""
    actions, resources = statement.actions, statement.resources
    if not actions.match(request.action_key):
        name = "NotAction" if actions.negated else "Action"
        yield f"its {name} {_listed(actions.entries)} does not cover {request.action}"
    if max(statement.naming(request.caller)) == FALSE:
        yield "its Principal does not name the caller"
    if resources.match(request) == FALSE:
        name = "NotResource" if resources.negated else "Resource"
        yield f"its {name} {_listed(resources.entries)} does not cover {request.resource.arn}"
    for condition in statement.conditions:
        if condition.holds(request.context) == FALSE:
            yield f"its condition {condition.operator} on {condition.key_as_written} is not met"


def _listed(entries: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{entry}`" for entry in entries[:_SHOWN])
    return shown if len(entries) <= _SHOWN else f"{shown} and {len(entries) - _SHOWN} more"
