"""Values that meet a condition, and values that do not: what may be tried for a key that is not known."""

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from why403.domain.context import NO_VALUE, Values
from why403.policy.condition import Condition, Quantifier
from why403.policy.operator import Family, instant, network, number
from why403.policy.template import MANY, Variable, Wildcard, tokens

_TRIED: Final = 8
_OTHER: Final = "something-else"
_SOME: Final = "x"


def solutions(condition: Condition, context: Mapping[str, Values]) -> Iterator[tuple[str, ...]]:
    """Yield values for a condition's key, the policy's own first; whether they meet it is for the condition to say."""
    for value in condition.values[:_TRIED]:
        for text in _near(condition, value, context):
            yield (text,)
    if len(condition.values) > 1 and condition.quantifier is not Quantifier.NONE:
        yield tuple(condition.literals[:_TRIED])
    yield NO_VALUE
    yield (_elsewhere(condition),)


def _near(condition: Condition, value: str, context: Mapping[str, Values]) -> Iterator[str]:
    match condition.family:
        case Family.EXACT | Family.PATTERN:
            yield from _example(condition, value, context)
            if condition.operator.lower().endswith(_BOOLEAN):
                yield "false" if value.lower() == "true" else "true"
        case Family.NULL:
            yield _SOME
        case Family.ORDER:
            yield from _around(value)


_BOOLEAN: Final = ("bool", "boolifexists")


def _example(condition: Condition, value: str, context: Mapping[str, Values]) -> Iterator[str]:
    """Yield a text that a pattern matches, with what its variables stand for; none where that is not known."""
    found = ""
    for part in tokens(value, wildcards=condition.family is Family.PATTERN, variables=True):
        if isinstance(part, Wildcard):
            found += "" if part is MANY and found else _SOME
        elif isinstance(part, Variable):
            held = context[part.key]
            if not held and part.default is None:
                return
            found += held[0] if held else part.default or ""
        else:
            found += part
    yield found


def _around(value: str) -> Iterator[str]:
    """Yield a number or time and what lies right before and behind it, or an address of a range."""
    amount, moment, range_ = number(value), instant(value), network(value)
    if amount is not None:
        yield from (value, format(amount - 1, "f"), format(amount + 1, "f"))
    elif moment is not None:
        yield from (value, *(_time(moment + step) for step in (-1, 1)))
    elif range_ is not None:
        yield str(range_[min(1, range_.num_addresses - 1)])


def _time(moment: float) -> str:
    try:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return str(moment)


def _elsewhere(condition: Condition) -> str:
    """Return a value that lies beside all that a condition lists."""
    ranges = [found for found in map(network, condition.values[:_TRIED]) if found is not None]
    if "ipaddress" not in condition.operator.lower():
        return _OTHER
    outside = (ipaddress.ip_address(text) for text in ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"))
    return next((str(each) for each in outside if not any(each in held for held in ranges)), _OTHER)
