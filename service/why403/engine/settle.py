"""Trying the values of unknown keys: certain if every completion agrees, though no single statement is.

Tried are keys of one value that policies test only by exact text, Bool or Null, without variables: each text, a case
variant, a text that none mentions, and absence stand for all values there are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod
from typing import Final, TypeVar

from why403.domain.context import MULTIVALUED, NO_VALUE, NOT_KNOWN
from why403.domain.evidence import Found
from why403.domain.request import AccessRequest
from why403.domain.truth import UNKNOWN, Truth
from why403.policy.compiled import Policies
from why403.policy.condition import Condition, Quantifier
from why403.policy.operator import Family
from why403.policy.statement import Statement

Ruling = TypeVar("Ruling")

MOST_KEYS: Final = 8
MOST_COMPLETIONS: Final = 4096
_STRANGER: Final = "\x00none of them"


@dataclass(slots=True)
class Budget:
    """How many completions may still be tried for one answer, so that no body of requests can keep a worker busy."""

    left: int = 250_000

    def spend(self) -> bool:
        """Take one; return whether there was one left."""
        self.left -= 1
        return self.left >= 0


def completions(
    request: AccessRequest,
    rule: Callable[[AccessRequest], Ruling],
    outcome: Callable[[Ruling], Truth],
    budget: Budget,
) -> Sequence[Ruling]:
    """Return the rulings of completions that together cover every value and agree; none if they do not."""
    values = _values(request)
    if not values or len(values) > MOST_KEYS or _combinations(values) > MOST_COMPLETIONS:
        return ()
    found: list[Ruling] = []
    for ruling in _tried(request, list(values.items()), rule, outcome, budget):
        truth = outcome(ruling)
        if truth == UNKNOWN or (found and truth != outcome(found[0])):
            return ()
        found.append(ruling)
    return found


def _tried(
    request: AccessRequest,
    open_keys: list[tuple[str, tuple[tuple[str, ...], ...]]],
    rule: Callable[[AccessRequest], Ruling],
    outcome: Callable[[Ruling], Truth],
    budget: Budget,
) -> Iterator[Ruling]:
    """Walk the completions depth first; a branch that is certain already needs no further keys."""
    ruling = rule(request)
    if outcome(ruling) != UNKNOWN or not open_keys or not budget.spend():
        yield ruling
        return
    (key, candidates), *rest = open_keys
    for candidate in candidates:
        yield from _tried(request.given({key: candidate}), rest, rule, outcome, budget)


def _combinations(values: dict[str, tuple[tuple[str, ...], ...]]) -> int:
    return prod(map(len, values.values()))


def _values(request: AccessRequest) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the values worth trying for each unknown key that a statement in doubt tests."""
    texts: dict[str, set[str]] = {}
    barred = set[str]()
    for statement in _in_doubt(request):
        barred |= statement.resources.variables
        for condition in statement.conditions:
            barred |= condition.variables
            if request.context[condition.key] is NOT_KNOWN:
                if _exact(condition):
                    texts.setdefault(condition.key, set()).update(
                        () if condition.family is Family.NULL else condition.literals
                    )
                else:
                    barred.add(condition.key)
    return {key: _candidates(held) for key, held in texts.items() if key not in barred}


def _in_doubt(request: AccessRequest) -> Iterator[Statement]:
    for fact, seen in tuple(request.evidence.items()):
        if fact.policies is not None and isinstance(seen, Found):
            for policies in fact.policies(seen.value):
                yield from _open_statements(policies, request)


def _open_statements(policies: Policies, request: AccessRequest) -> Iterator[Statement]:
    for statements in policies.covering(request.action_key):
        for statement in statements:
            if statement.matches(request) == UNKNOWN:
                yield statement


def _exact(condition: Condition) -> bool:
    return (
        condition.key not in MULTIVALUED
        and condition.quantifier is Quantifier.NONE
        and condition.family in {Family.EXACT, Family.NULL}
        and not condition.variables
    )


def _candidates(texts: set[str]) -> tuple[tuple[str, ...], ...]:
    variants = {form for text in texts for form in (text, text.lower(), text.upper(), text.swapcase())}
    variants.update(filter(None, (_unlisted(text, texts) for text in texts)))
    return (*((text,) for text in sorted(variants)), (_STRANGER,), NO_VALUE)


def _unlisted(text: str, texts: set[str]) -> str | None:
    """Return a spelling of the text in upper and lower case that none of the texts has, if there is one."""
    letters = [(each.lower(), each.upper()) if each.lower() != each.upper() else (each,) for each in text]
    spellings = ("".join(spelt) for spelt in islice(product(*letters), len(texts) + 1))
    return next((spelling for spelling in spellings if spelling not in texts), None)
