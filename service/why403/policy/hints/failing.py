"""Which elements of a statement fail for a request, as bits first, and put into words where they are told."""

import sys
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE
from why403.policy.condition import Condition
from why403.policy.hints.of_action import of_actions
from why403.policy.hints.of_condition import of_condition
from why403.policy.hints.of_principal import delegates, of_principals
from why403.policy.hints.of_resource import of_resources
from why403.policy.hints.remark import Remark
from why403.policy.statement import Statement

Name: TypeAlias = Literal["Action", "Resource", "Principal", "Condition"]
Failing: TypeAlias = int
"""Elements of a statement that fail, a bit for each: they are found for every statement, and mostly thrown away."""

_ACTION, _PRINCIPAL, _RESOURCE, _FIRST_CONDITION = 1, 2, 4, 8
_ALL: Final = sys.maxsize


class Hint(NamedTuple):
    """What is wrong with an element, as a clause; `suggestion` is what to write instead, None if that is not known."""

    element: Name
    text: str
    suggestion: str | None


class Failed(NamedTuple):
    """An element that fails: which, what is wrong with it as far as that can be told, and which of the conditions."""

    element: Name
    remark: Remark | None
    condition: Condition | None = None


def hints(statement: Statement, request: AccessRequest) -> Iterator[Hint]:
    """Yield what is wrong with the elements that fail; nothing for those of which it cannot be told."""
    for each in failed(statement, request):
        if each.remark is not None:
            yield Hint(each.element, each.remark.text, each.remark.suggestion)


def told(statement: Statement, request: AccessRequest, failing: Failing) -> int:
    """Return of how many failing elements it can be told what is wrong; puts nothing into words."""
    return len([each for each in failed(statement, request, failing) if each.remark is not None])


def failed(statement: Statement, request: AccessRequest, failing: Failing | None = None) -> list[Failed]:
    """Return the elements that fail, in the order in which they are told; `failing` are they, where that is known.

    Where none fails the statement may still speak of no more than the caller's account, which is too little there.
    """
    found: list[Failed] | None = request.noted.get(statement)
    if found is None:
        failing = failing_in(statement, request) if failing is None else failing
        found = _failed(statement, request, failing)
        remark = None if found or statement.principals is None else delegates(statement.principals, request)
        found = found if remark is None else [Failed("Principal", remark)]
        request.noted[statement] = found
    return found


def failing_in(statement: Statement, request: AccessRequest, enough: int = _ALL) -> Failing:
    """Return the elements that fail; no further than beyond `enough`."""
    failing = 0 if statement.actions.match(request.action_key) else _ACTION
    if statement.principals is not None and max(statement.naming(request.caller)) == FALSE:
        failing |= _PRINCIPAL
    if statement.resources.match(request) == FALSE:
        failing |= _RESOURCE
    bit = _FIRST_CONDITION
    for condition in statement.conditions:
        if failing.bit_count() > enough:
            return failing
        if condition.holds(request.context) == FALSE:
            failing |= bit
        bit <<= 1
    return failing


def _failed(statement: Statement, request: AccessRequest, failing: Failing) -> list[Failed]:
    actions, resources, principals = statement.actions, statement.resources, statement.principals
    found = []
    if failing & _ACTION:
        found.append(Failed("Action", None if actions.negated else of_actions(actions.entries, request)))
    if failing & _PRINCIPAL and principals is not None:
        found.append(Failed("Principal", of_principals(principals, request)))
    if failing & _RESOURCE:
        found.append(Failed("Resource", None if resources.negated else of_resources(resources, request)))
    bit = _FIRST_CONDITION
    for condition in statement.conditions:
        if failing & bit:
            found.append(Failed("Condition", of_condition(condition, request), condition))
        bit <<= 1
    return found
