"""Statements that can allow nothing: they ask for a condition key that no request for their actions carries.

AWS: "Actions, resources, and condition keys for Amazon S3".
"""

from collections.abc import Iterable, Iterator
from typing import Final

from why403.domain.actions import ALL, Action, find
from why403.domain.truth import FALSE
from why403.policy.hints.of_condition import of_action
from why403.policy.statement import Actions, Statement

_SHOWN: Final = 3


def never_allowing(statements: Iterable[Statement]) -> Iterator[tuple[str, str]]:
    """Yield pointer and message for each Allow statement that no request can match."""
    for statement in statements:
        if statement.allow and statement.conditions:
            for message in _impossible(statement):
                yield statement.pointer, message


def _impossible(statement: Statement) -> Iterator[str]:
    asked = [each for each in statement.conditions if each.without == FALSE and of_action(each.key)]
    actions = _covered(statement.actions) if asked else ()
    for condition in asked:
        if actions and not any(action.carries(condition.key) for action in actions):
            named = ", ".join(f"`{action.name}`" for action in actions[:_SHOWN])
            more = f" and {len(actions) - _SHOWN} more" if len(actions) > _SHOWN else ""
            key = condition.key_as_written
            yield f"never allows: requests for {named}{more} do not carry `{key}`, which its condition asks for"


def _covered(actions: Actions) -> tuple[Action, ...]:
    """Return the actions that an element covers, none where some are not S3's and may carry anything."""
    if actions.negated or not all(entry.lower().startswith("s3:") for entry in actions.entries):
        return ()
    if actions.exact is not None:
        found = [find(name) for name in sorted(actions.exact)]
        return () if None in found else tuple(each for each in found if each is not None)
    return tuple(each for each in ALL if actions.match(each.name.lower()))
