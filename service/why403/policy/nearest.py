"""The statement that came closest to allowing a request, and the elements it fails in."""

from collections.abc import Iterator
from typing import NamedTuple

from why403.domain.request import AccessRequest
from why403.policy.compiled import Placed, Policies
from why403.policy.hints import Failed, Failing, Hint, failed, failing_in, hints, told
from why403.policy.statement import Statement

_SHOWN = 3
_MOST = 1_000
_WEIGHED = 32
"""How many statements that fail alike are asked what is wrong with them: a policy may have thousands."""


class Nearest(NamedTuple):
    """An Allow statement, in how many elements it fails, and for which request."""

    placed: Placed
    statement: Statement
    failures: int
    request: AccessRequest

    @property
    def hints(self) -> tuple[Hint, ...]:
        """What is wrong with it as far as that can be told, worked out when it is asked for."""
        return tuple(hints(self.statement, self.request))


def nearest(policies: Policies, request: AccessRequest) -> Nearest | None:
    """Return the Allow statement that fails in the fewest elements; None without any.

    Of several it is the one with most failures of which it can be told what is wrong, then the first.
    """
    if policies not in request.noted:
        request.noted[policies] = _nearest(policies, request)
    found: Nearest | None = request.noted[policies]
    return found


def _nearest(policies: Policies, request: AccessRequest) -> Nearest | None:
    best: tuple[Placed, Statement, Failing] | None = None
    fewest, most, weighed = _MOST, -1, 0
    for placed in policies.placed:
        for statement in placed.policy.statements:
            if not statement.allow:
                continue
            failing = failing_in(statement, request, fewest)
            failures = failing.bit_count()
            if failures < fewest:
                best, fewest, most = (placed, statement, failing), failures, -1
            elif best is not None and failures == fewest and most < fewest and weighed < _WEIGHED:
                weighed += 1
                most = told(best[1], request, best[2]) if most < 0 else most
                found = told(statement, request, failing) if most < fewest else most
                if found > most:
                    best, most = (placed, statement, failing), found
    return None if best is None else Nearest(best[0], best[1], fewest, request)


def near_miss(policies: Policies, request: AccessRequest) -> bool:
    """Return whether an Allow statement fails in exactly one element: action, principal, resource or one condition."""
    if policies in request.noted:
        found = nearest(policies, request)
        return found is not None and found.failures == 1
    fewest = _MOST
    for placed in policies.placed:
        for statement in placed.policy.statements:
            if statement.allow:
                fewest = min(fewest, failing_in(statement, request, fewest).bit_count())
    return fewest == 1


def failures(statement: Statement, request: AccessRequest) -> Iterator[str]:
    """Yield a clause for each element that fails."""
    for each in failed(statement, request):
        yield _clause(each, statement, request)


def _clause(each: Failed, statement: Statement, request: AccessRequest) -> str:
    match each.element:
        case "Action":
            name, entries = "NotAction" if statement.actions.negated else "Action", statement.actions.entries
            return _told(each, name, entries, f"does not cover {request.action}")
        case "Resource":
            name, entries = "NotResource" if statement.resources.negated else "Resource", statement.resources.entries
            return _told(each, name, entries, f"does not cover {request.resource.arn}")
        case "Principal":
            negated = statement.principals is not None and statement.principals.negated
            names = tuple(sorted(statement.principals.names)) if statement.principals is not None else ()
            return _told(each, "NotPrincipal" if negated else "Principal", names, "does not name the caller")
    condition = each.condition
    met = "" if condition is None else f"its condition {condition.operator} on {condition.key_as_written} is not met"
    return met if each.remark is None else f"{met}: {each.remark.text}"


def _told(each: Failed, name: str, entries: tuple[str, ...], fails: str) -> str:
    """Return what is wrong with the only entry, or that all fail and what is wrong with one of them."""
    if each.remark is not None and entries == (each.remark.subject,):
        return f"its {name} {each.remark.text}"
    said = f"its {name} {_listed(entries)} {fails}" if entries else f"its {name} {fails}"
    return said if each.remark is None else f"{said}: {each.remark.text}"


def _listed(entries: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{entry}`" for entry in entries[:_SHOWN])
    return shown if len(entries) <= _SHOWN else f"{shown} and {len(entries) - _SHOWN} more"
