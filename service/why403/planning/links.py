"""One document of AWS that two facts hold: a copy's source and its target may be under one policy or one key."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from why403.domain.evidence import SOURCE


class Link(NamedTuple):
    """Two facts in which one document stands; `value` is what the second held when the first had been changed alone."""

    fact: str
    twin: str
    value: Any


def same_but_for_side(fact: str, other: str) -> bool:
    """Return whether two names are of one fact, of a copy's source and of what the call is about."""
    return fact != other and fact.removeprefix(SOURCE) == other.removeprefix(SOURCE)


def twins(links: Iterable[Link], fact: str) -> Iterator[str]:
    """Yield the facts that hold what a fact holds."""
    for link in links:
        if fact in {link.fact, link.twin}:
            yield link.twin if fact == link.fact else link.fact


def carried(value: Any, before: Any, after: Any) -> Any:
    """Return a value with what an edit changed in another: every policy that is as it was there before."""
    return after if value == before else _replaced(value, list(_policies(before, after)))


def _policies(before: Any, after: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the policies that differ between two values, with the names they come with."""
    if isinstance(before, dict) and _holds(before):
        if before != after:
            yield before, after
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() & after.keys():
            yield from _policies(before[name], after[name])
    elif isinstance(before, list) and isinstance(after, list):
        for one, other in zip(before, after, strict=False):
            yield from _policies(one, other)


def _holds(value: dict[str, Any]) -> bool:
    """Return whether a value is a policy, or one with its name."""
    return "Statement" in value or any(isinstance(held, dict) and "Statement" in held for held in value.values())


def _replaced(value: Any, changed: list[tuple[Any, Any]]) -> Any:
    for old, new in changed:
        if value == old:
            return new
    if isinstance(value, dict):
        return {name: _replaced(held, changed) for name, held in value.items()}
    return [_replaced(each, changed) for each in value] if isinstance(value, list) else value
