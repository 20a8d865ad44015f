"""Decides whether the Condition block of a statement holds for a request's context."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .comparisons import COMPARISONS, NEGATIONS, TAKES_VARIABLES
from .variables import MULTIVALUED, Context, expand

Json = dict[str, Any]


class Operator(NamedTuple):
    """The parts of an operator's name, all in lower case."""

    quantifier: str
    base: str
    negated: bool
    if_exists: bool


class KeyTest(NamedTuple):
    """One key under one operator, with the values it is compared to."""

    operator: Operator
    key: str
    expected: tuple[str, ...]


def parse_operator(name: str) -> Operator:
    """Take an operator's name apart; an unknown one is a ValueError."""
    quantifier, colon, rest = name.lower().rpartition(":")
    if_exists = rest.endswith("ifexists")
    base = rest.removesuffix("ifexists")
    positive = NEGATIONS.get(base, base)
    if positive not in COMPARISONS and (positive != "null" or if_exists or colon):
        raise ValueError(name)
    if quantifier not in ("", "forallvalues", "foranyvalue"):
        raise ValueError(name)
    return Operator(quantifier, positive, base in NEGATIONS, if_exists)


def scalars(value: Any) -> tuple[str, ...]:
    """One value or a list of them, numbers and booleans as their JSON text."""
    values = value if isinstance(value, list) else [value]
    return tuple(one if isinstance(one, str) else json.dumps(one) for one in values)


def tests_of(block: Json) -> Iterator[KeyTest]:
    """Every test of a Condition block; all of them have to hold."""
    for name, keys in block.items():
        operator = parse_operator(name)
        for key, value in keys.items():
            yield KeyTest(operator, key.lower(), scalars(value))


def conditions_hold(block: Json, context: Context, *, variables: bool) -> bool:
    """Whether the whole block holds."""
    return all(holds(test, context, variables=variables) for test in tests_of(block))


def holds(test: KeyTest, context: Context, *, variables: bool) -> bool:
    """Whether one test holds: missing keys first, then the quantifier, then each value."""
    operator, key, expected = test
    actual = context.get(key, ())
    if operator.base == "null":
        return ("false" if actual else "true") in (text.lower() for text in expected)
    if not actual:
        return _missing(operator)

    def satisfies(value: str) -> bool:
        matched = any(_compare(operator, text, value, context, variables=variables) for text in expected)
        return matched != operator.negated

    match operator.quantifier:
        case "forallvalues":
            return all(satisfies(value) for value in actual)
        case "foranyvalue":
            return any(satisfies(value) for value in actual)
    # Without a quantifier a key that may hold several values never matches, even when it holds one.
    return key not in MULTIVALUED and len(actual) == 1 and satisfies(actual[0])


def _missing(operator: Operator) -> bool:
    if operator.if_exists or operator.quantifier == "forallvalues":
        return True
    return operator.negated and operator.quantifier == ""


def _compare(operator: Operator, text: str, value: str, context: Context, *, variables: bool) -> bool:
    takes_variables = variables and operator.base.startswith(TAKES_VARIABLES)
    expected = expand(text, context, variables=takes_variables)
    return expected is not None and COMPARISONS[operator.base](expected, value)
