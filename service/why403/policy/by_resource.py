"""An index of many statements: which of them can cover a resource, by the text that their patterns begin with."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from why403.policy.statement import Statement

_WORTH: Final = 4
"""Asked so often, an index is worth its making, which takes as long as to ask every statement about two times."""
_HEAD: Final = re.compile(r"[^*?$]*")


class ByResource:
    """Statements in order; a pattern covers only what begins with its own text up to a wildcard or variable.

    The heads are sorted. Those that a resource begins with are found from the last one that is not behind it: each
    knows the longest other one that it begins with itself.
    """

    __slots__ = ("_always", "_asked", "_heads", "_positions", "_shorter", "_statements")

    def __init__(self, statements: tuple[Statement, ...]) -> None:
        """Keep the statements; the index is made when it is worth it."""
        self._statements, self._asked = statements, 0
        self._always: list[int] = []
        self._heads: list[str] = []
        self._positions: list[list[int]] = []
        self._shorter: list[int] = []

    def on(self, arn: str) -> Sequence[Statement]:
        """Return in order the statements that may cover a resource, and perhaps others."""
        self._asked += 1
        if self._asked < _WORTH:
            return self._statements
        if self._asked == _WORTH:
            self._index()
        found, at = list(self._always), bisect_right(self._heads, arn) - 1
        while at >= 0:
            if arn.startswith(self._heads[at]):
                found += self._positions[at]
            at = self._shorter[at]
        if 2 * len(found) > len(self._statements):  # to ask them all is faster than to sort most of them
            return self._statements
        if len(found) > 1:
            found = sorted(set(found))
        return [self._statements[position] for position in found]

    def _index(self) -> None:
        by_head: dict[str, list[int]] = {}
        for position, statement in enumerate(self._statements):
            heads = _heads_of(statement)
            if "" in heads:
                self._always.append(position)
            else:
                for head in heads:
                    by_head.setdefault(head, []).append(position)
        self._heads = sorted(by_head)
        self._positions = [by_head[head] for head in self._heads]
        open_heads: list[int] = []
        for at, head in enumerate(self._heads):
            while open_heads and not head.startswith(self._heads[open_heads[-1]]):
                open_heads.pop()
            self._shorter.append(open_heads[-1] if open_heads else -1)
            open_heads.append(at)


def _heads_of(statement: Statement) -> set[str]:
    """Return the texts with one of which each resource begins that the statement covers."""
    if statement.resources.negated:
        return {""}
    return {found[0] for entry in statement.resources.entries if (found := _HEAD.match(entry)) is not None}
