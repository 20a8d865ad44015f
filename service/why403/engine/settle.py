"""Trying the values of unknown keys: certain if every completion agrees, though no single statement is.

Tried are keys of one value that policies test only by exact text, Bool or Null, without variables: each text, a case
variant, a text that none mentions, and absence stand for all values there are. Values that no statement in doubt tells
apart are tried once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final, TypeAlias, TypeVar

from why403.domain.context import MULTIVALUED, NO_VALUE, NOT_KNOWN
from why403.domain.evidence import NOTHING, Found
from why403.domain.request import AccessRequest
from why403.domain.truth import UNKNOWN, Truth
from why403.domain.untold import there
from why403.policy.compiled import Policies
from why403.policy.condition import Condition, Quantifier
from why403.policy.operator import Family
from why403.policy.statement import Statement

Ruling = TypeVar("Ruling")
Candidates: TypeAlias = tuple[tuple[str, ...], ...]

MOST_KEYS: Final = 8
MOST_COMPLETIONS: Final = 4096
_OF_CALLER: Final = frozenset({"aws:principalarn"})  # principals of statements are matched with it, too
_ASKING: Final = 25  # statements could be judged in the time that asking the layers takes by itself
_STRANGER: Final = "\x00none of them"


class OverBudget(Exception):
    """More would have to be tried for all that was asked at once than a worker may spend on it."""


@dataclass(slots=True)
class Budget:
    """How much may still be spent on trying values for all that is asked at once, in statements judged.

    Nothing is settled in part: where more is needed than there is, everything ends in OverBudget, so that no answer
    depends on what was asked before it. A statement takes about a microsecond.
    """

    left: int = 15_000_000

    def spend(self, statements: int) -> None:
        """Pay for asking all layers once while so many statements are in doubt; raise OverBudget."""
        self.left -= _ASKING + statements
        if self.left < 0:
            raise OverBudget


def completions(
    request: AccessRequest,
    rule: Callable[[AccessRequest], Ruling],
    outcome: Callable[[Ruling], Truth],
    budget: Budget,
    asked: Mapping[str, Iterable[str]] = NOTHING,
) -> Sequence[Ruling]:
    """Return the rulings of completions that together cover every value and agree; none if they do not.

    `asked` are the texts of keys that something else than statements tells apart. Raises OverBudget.
    """
    doubtful = tuple(statements_in_doubt(request))
    tested = _tested(request, doubtful)
    if len(tested) > MOST_KEYS or any(_too_many(conditions) for conditions in tested.values()):
        return ()
    values = {key: _candidates(conditions, asked.get(key, ())) for key, conditions in tested.items()}
    values.update({key: found[:-1] for key, found in values.items() if there(request, key)})
    if not values or prod(map(len, values.values())) > MOST_COMPLETIONS:
        return ()
    told_apart = [
        (key, found if key in asked else _told_apart(key, tested[key], found)) for key, found in values.items()
    ]
    found: list[Ruling] = []

    def ask(completed: AccessRequest) -> Ruling:
        budget.spend(len(doubtful))
        return rule(completed)

    for ruling in _tried(request, told_apart, ask, outcome):
        truth = outcome(ruling)
        if truth == UNKNOWN or (found and truth != outcome(found[0])):
            return ()
        found.append(ruling)
    return found


def _tried(
    request: AccessRequest,
    open_keys: list[tuple[str, Candidates]],
    rule: Callable[[AccessRequest], Ruling],
    outcome: Callable[[Ruling], Truth],
) -> Iterator[Ruling]:
    """Walk the completions depth first; a branch that is certain already needs no further keys."""
    ruling = rule(request)
    if outcome(ruling) != UNKNOWN or not open_keys:
        yield ruling
        return
    (key, candidates), *rest = open_keys
    for candidate in candidates:
        yield from _tried(request.trying(key, candidate), rest, rule, outcome)


def _tested(request: AccessRequest, doubtful: Iterable[Statement]) -> dict[str, list[Condition]]:
    """Return the unknown keys that values can be tried for, each with the tests of it in the statements in doubt."""
    tested: dict[str, list[Condition]] = {}
    barred = set[str]()
    for statement in doubtful:
        barred |= statement.resources.variables
        for condition in statement.conditions:
            barred |= condition.variables
            if request.context[condition.key] is NOT_KNOWN:
                if _exact(condition):
                    tested.setdefault(condition.key, []).append(condition)
                else:
                    barred.add(condition.key)
    return {key: held for key, held in tested.items() if key not in barred}


def statements_in_doubt(request: AccessRequest) -> Iterator[Statement]:
    """Yield the statements of all policies of which it is not known whether they speak of a request."""
    for fact, seen in tuple(request.evidence.items()):
        if fact.policies is not None and isinstance(seen, Found):
            for policies in fact.policies(seen.value):
                yield from _open_statements(policies, request)
                if request.through_point and request.at_bucket is not None:
                    yield from _open_statements(policies, request.at_bucket)


def _open_statements(policies: Policies, request: AccessRequest) -> Iterator[Statement]:
    for statements in policies.concerning(request):
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


def _too_many(conditions: Sequence[Condition]) -> bool:
    return sum(len(each.literals) for each in dict.fromkeys(conditions)) > MOST_COMPLETIONS


def _candidates(conditions: Sequence[Condition], asked: Iterable[str]) -> Candidates:
    """Return values that stand for all a key may have, as these conditions test it and these texts are told apart."""
    texts = {text for each in conditions if each.family is not Family.NULL for text in each.literals}.union(asked)
    variants = {form for text in texts for form in (text, text.lower(), text.upper(), text.swapcase())}
    variants.update(filter(None, (_unlisted(word, texts) for word in {text.lower() for text in texts})))
    return (*((text,) for text in sorted(variants)), (_STRANGER,), NO_VALUE)  # absence last


def _told_apart(key: str, conditions: Sequence[Condition], candidates: Candidates) -> Candidates:
    """Return one value of each kind that the conditions tell apart; who calls is told apart by more than these."""
    if key in _OF_CALLER:
        return candidates
    different = dict.fromkeys(conditions)
    kinds = {tuple(each.holds({key: value}) for each in different): value for value in candidates}
    return tuple(kinds.values())


def _unlisted(text: str, texts: set[str]) -> str | None:
    """Return a spelling of a word in upper and lower case that none of the texts has, if there is one."""
    letters = [(each.lower(), each.upper()) if each.lower() != each.upper() else (each,) for each in text]
    spellings = map("".join, product(*letters))
    return next((spelling for spelling in spellings if spelling not in texts), None)
