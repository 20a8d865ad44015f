"""One document of AWS that stands in several places of the evidence, and is one document all the same.

A copy's source and its target may be under one policy or one key. A managed policy may be attached to the caller, to a
group of its, and be its permissions boundary, and a policy of an organization be attached to several levels: an ARN
tells that it is one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from why403.domain.evidence import SOURCE, Evidence, Found
from why403.domain.fix import Edit
from why403.policy.editing import Document, document_of, with_document

_Changed: TypeAlias = Mapping[str, tuple[Document, Document]]


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
    inside = any(isinstance(held, dict) and "Statement" in held for held in value.values())
    return inside or "Statement" in value or isinstance(value.get("document"), str)


def _replaced(value: Any, changed: list[tuple[Any, Any]]) -> Any:
    for old, new in changed:
        if value == old:
            return new
    if isinstance(value, dict):
        return {name: _replaced(held, changed) for name, held in value.items()}
    return [_replaced(each, changed) for each in value] if isinstance(value, list) else value


def everywhere(edits: Iterable[Edit], evidence: Evidence) -> tuple[Edit, ...]:
    """Return edits with every other place changed where a policy stands that they change, as its ARN tells.

    A place where another text stands under the same ARN is left: one of the two was read at another time.
    """
    given = tuple(edits)
    changed = dict(pair for each in given for pair in _by_arn(each.before, each.after))
    if not changed:
        return given
    held = {fact.name: seen.raw for fact, seen in evidence.items() if isinstance(seen, Found) and seen.raw is not None}
    for each in given:
        held.pop(each.fact, None)
    beside = (Edit(name, raw, _changed_in(raw, changed)) for name, raw in held.items())
    return (
        *(each._replace(after=_changed_in(each.after, changed)) for each in given),
        *(each for each in beside if each.before != each.after),
    )


def _by_arn(before: Any, after: Any) -> Iterator[tuple[str, tuple[Document, Document]]]:
    """Yield the ARNs of policies that differ between two values, each with what it said and says.

    One in whose place another was put has not changed.
    """
    for one, other in _policies(before, after):
        documents, arn = (document_of(one), document_of(other)), one.get("arn")
        if isinstance(arn, str) and other.get("arn") == arn and documents[0] is not None and documents[1] is not None:
            yield arn, (documents[0], documents[1])


def _changed_in(value: Any, changed: _Changed) -> Any:
    if isinstance(value, list):
        return [_changed_in(each, changed) for each in value]
    if not isinstance(value, dict):
        return value
    before, after = changed.get(str(value.get("arn")), (None, None))
    if before is not None and after is not None and document_of(value) == before:
        return with_document(value, after)
    return {name: _changed_in(held, changed) for name, held in value.items()}
