"""What exactly is wrong with the elements of a statement that does not allow a request, where that can be told."""

import sys
from collections.abc import Iterator, Sequence
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

__all__ = ["Failed", "Failing", "Hint", "Name", "failed", "failing_in", "hints", "told"]

Name: TypeAlias = Literal["Action", "Resource", "Principal", "Condition"]
Failing: TypeAlias = Sequence[tuple[Name, Condition | None]]
"""Elements of a statement that fail, with the condition where it is one."""

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
        found = [Failed(name, _remark(name, each, statement, request), each) for name, each in failing]
        remark = None if found or statement.principals is None else delegates(statement.principals, request)
        found = found if remark is None else [Failed("Principal", remark)]
        request.noted[statement] = found
    return found


def failing_in(statement: Statement, request: AccessRequest, enough: int = _ALL) -> Failing:
    """Return the elements that fail, in the order in which they are told; no further than beyond `enough`."""
    found: list[tuple[Name, Condition | None]] = []
    if not statement.actions.match(request.action_key):
        found.append(("Action", None))
    if statement.principals is not None and max(statement.naming(request.caller)) == FALSE:
        found.append(("Principal", None))
    if statement.resources.match(request) == FALSE:
        found.append(("Resource", None))
    for condition in statement.conditions:
        if len(found) > enough:
            return found
        if condition.holds(request.context) == FALSE:
            found.append(("Condition", condition))
    return found


def _remark(element: Name, condition: Condition | None, statement: Statement, request: AccessRequest) -> Remark | None:
    actions, resources, principals = statement.actions, statement.resources, statement.principals
    if element == "Action":
        return None if actions.negated else of_actions(actions.entries, request)
    if element == "Principal":
        return None if principals is None else of_principals(principals, request)
    if element == "Resource":
        return None if resources.negated else of_resources(resources, request)
    return None if condition is None else of_condition(condition, request)
