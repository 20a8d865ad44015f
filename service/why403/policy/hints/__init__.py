"""What exactly is wrong with the elements of a statement that does not allow a request, where that can be told."""

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE
from why403.policy.condition import Condition
from why403.policy.hints.of_action import of_actions
from why403.policy.hints.of_condition import of_condition
from why403.policy.hints.of_principal import delegates, of_principals
from why403.policy.hints.of_resource import of_resources
from why403.policy.hints.remark import Remark
from why403.policy.statement import Statement

__all__ = ["Failed", "Hint", "Name", "failed", "hints", "told"]

Name: TypeAlias = Literal["Action", "Resource", "Principal", "Condition"]


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


def told(statement: Statement, request: AccessRequest) -> int:
    """Return of how many failing elements it can be told what is wrong; puts nothing into words."""
    return sum(each.remark is not None for each in failed(statement, request))


def failed(statement: Statement, request: AccessRequest) -> list[Failed]:
    """Return the elements that fail, in the order in which they are told.

    Where none fails the statement may still speak of no more than the caller's account, which is too little there.
    """
    found: list[Failed] | None = request.noted.get(statement)
    if found is None:
        found = list(_failed(statement, request))
        remark = None if found or statement.principals is None else delegates(statement.principals, request)
        found = found if remark is None else [Failed("Principal", remark)]
        request.noted[statement] = found
    return found


def _failed(statement: Statement, request: AccessRequest) -> Iterator[Failed]:
    actions, resources, principals = statement.actions, statement.resources, statement.principals
    if not actions.match(request.action_key):
        yield Failed("Action", None if actions.negated else of_actions(actions.entries, request))
    if principals is not None and max(statement.naming(request.caller)) == FALSE:
        yield Failed("Principal", of_principals(principals, request))
    if resources.match(request) == FALSE:
        yield Failed("Resource", None if resources.negated else of_resources(resources, request))
    for condition in statement.conditions:
        if condition.holds(request.context) == FALSE:
            yield Failed("Condition", of_condition(condition, request), condition)
