"""The condition operators: how one value of a request is compared with the values of a policy.

AWS: "IAM JSON policy elements: Condition operators". An operator is compiled with its values into a test of a single
value; negation, missing keys and set operators are the condition's business.
"""

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final, NamedTuple, TypeAlias

from why403.domain.context import Values
from why403.domain.remembered import remembered
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of
from why403.policy.template import Tokens, resolved, tokens
from why403.policy.wildcard import Matcher, any_of, anything, arn_glob, glob, holds_variable

Test: TypeAlias = Callable[[str, Mapping[str, Values]], Truth]


class Family(Enum):
    """What a comparison looks at; decides whether trying values is worth while."""

    EXACT = "exact"
    PATTERN = "pattern"
    ORDER = "order"
    NULL = "null"


class Operator(NamedTuple):
    """One operator without its negation: `compiled` makes the test from the policy's values."""

    family: Family
    compiled: Callable[[Sequence[str], bool], tuple[Test, Truth]]
    negated: bool = False


def _texts(one: Callable[[Tokens], Matcher], *, wildcards: bool, lower: bool = False) -> Any:
    """Return the compiler of an operator on texts; the policy's values may hold variables."""

    def compiled(values: Sequence[str], variables: bool) -> tuple[Test, Truth]:  # noqa: FBT001 - a field's signature
        patterns = [tokens(value, wildcards=wildcards, variables=variables) for value in values]
        fixed = [_lower(parts) if lower else parts for parts in patterns if not holds_variable(parts)]
        moving = [parts for parts in patterns if holds_variable(parts)]
        match = any_of(fixed, one) if one is not arn_glob else _any_arn(fixed)
        fold = str.lower if lower else str
        if not moving:
            return (lambda value, _: TRUE if match(fold(value)) else FALSE), _always(match, values)

        def test(value: str, context: Mapping[str, Values]) -> Truth:
            folded = fold(value)
            return TRUE if match(folded) else _moving(moving, one, folded, context, lower=lower)

        return test, _always(match, values)

    return compiled


def _always(match: Matcher, values: Sequence[str]) -> Truth:
    """Return what the test says of every value alike, UNKNOWN if that depends on the value."""
    return TRUE if match is anything else UNKNOWN if values else FALSE


def _any_arn(patterns: Iterable[Tokens]) -> Matcher:
    matchers = tuple(arn_glob(parts) for parts in patterns)
    return lambda text: any(match(text) for match in matchers)


def _lower(parts: Tokens) -> Tokens:
    return tuple(part.lower() if isinstance(part, str) else part for part in parts)


def _moving(
    patterns: Iterable[Tokens],
    one: Callable[[Tokens], Matcher],
    value: str,
    context: Mapping[str, Values],
    *,
    lower: bool,
) -> Truth:
    best = FALSE
    for parts in patterns:
        found, known = resolved(parts, context.__getitem__, len(value))
        if found is None:
            continue
        matcher = one if known else glob  # what is not known may hold colons, so that it is not within one segment
        if matcher(_lower(found) if lower else found)(value):
            if known:
                return TRUE
            best = UNKNOWN
    return best


def _parsed(parse: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Any:
    """Return the compiler of an operator on parsed values; what cannot be parsed matches nothing."""

    def compiled(values: Sequence[str], _variables: bool) -> tuple[Test, Truth]:  # noqa: FBT001 - a field's signature
        bounds = [bound for bound in map(parse, values) if bound is not None]

        def test(value: str, _context: Mapping[str, Values]) -> Truth:
            actual = parse(value)
            return truth_of(actual is not None and any(compare(actual, bound) for bound in bounds))

        return test, UNKNOWN if bounds else FALSE

    return compiled


_NUMERAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@remembered(4096)
def number(text: str) -> Decimal | None:
    """Return an integer or decimal number, None for anything else."""
    try:
        value = Decimal(text) if _NUMERAL.fullmatch(text) else None
    except InvalidOperation:
        return None
    return value


_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)


@remembered(4096)
def instant(text: str) -> float | None:
    """Return seconds since 1970 of a W3C date (year to fractions of a second) or of epoch seconds, else None."""
    match = _DATE.fullmatch(text)
    if match is None or (text.isdigit() and len(text) > 4):  # noqa: PLR2004 - longer digits are epoch seconds
        seconds = number(text)
        return float(seconds) if seconds is not None else None
    year, month, day, hour, minute, second, zone = match.groups()
    offset = (zone or "Z").replace("Z", "+00:00")
    whole, _, fraction = (second or "00").partition(".")
    day_text = f"{year}-{month or '01'}-{day or '01'}"
    iso = f"{day_text}T{hour or '00'}:{minute or '00'}:{whole}.{(fraction + '000000')[:6]}{offset}"
    try:
        return datetime.fromisoformat(iso).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return None


@remembered(4096)
def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return an address range in CIDR form, None for any other text; a bare address is a range of one."""
    address, slash, length = text.partition("/")
    if "%" in address or (slash and not (length.isascii() and length.isdigit())):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


@remembered(4096)
def _span(text: str) -> tuple[int, int, int] | None:
    """Return version, first and last address of a range as numbers: comparing those is what takes the time."""
    found = network(text)
    return None if found is None else (found.version, int(found.network_address), int(found.broadcast_address))


def _contains(inner: tuple[int, int, int], outer: tuple[int, int, int]) -> bool:
    """Return whether a request's address, which is no range, lies in a range."""
    return inner[0] == outer[0] and inner[1] == inner[2] and outer[1] <= inner[1] <= outer[2]


def _binary(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


_EQUALS: Final = _texts(glob, wildcards=False)
_EQUALS_ANY_CASE: Final = _texts(glob, wildcards=False, lower=True)
_LIKE: Final = _texts(glob, wildcards=True)
_ARN: Final = _texts(arn_glob, wildcards=True)


def _truthful(values: Sequence[str], variables: bool) -> tuple[Test, Truth]:  # noqa: FBT001 - a field's signature
    """Compile Bool: only `true` and `false`, in any case, are values it knows."""
    equals, always = _EQUALS_ANY_CASE(values, variables)
    return (lambda value, context: equals(value, context) if value.lower() in _BOOLEANS else FALSE), always


_BOOLEANS: Final = frozenset({"true", "false"})


def _ordered(name: str, parse: Callable[[str], Any]) -> dict[str, Operator]:
    comparisons = {
        "equals": operator.eq,
        "lessthan": operator.lt,
        "lessthanequals": operator.le,
        "greaterthan": operator.gt,
        "greaterthanequals": operator.ge,
    }
    found = {name + how: Operator(Family.ORDER, _parsed(parse, compare)) for how, compare in comparisons.items()}
    return {**found, name + "notequals": Operator(Family.ORDER, _parsed(parse, operator.eq), negated=True)}


def _pair(positive: str, negative: str, family: Family, compiled: Any) -> dict[str, Operator]:
    return {positive: Operator(family, compiled), negative: Operator(family, compiled, negated=True)}


NULL: Final = "null"

OPERATORS: Final[dict[str, Operator]] = {
    **_pair("stringequals", "stringnotequals", Family.EXACT, _EQUALS),
    **_pair("stringequalsignorecase", "stringnotequalsignorecase", Family.EXACT, _EQUALS_ANY_CASE),
    **_pair("stringlike", "stringnotlike", Family.PATTERN, _LIKE),
    **_pair("arnequals", "arnnotequals", Family.PATTERN, _ARN),
    **_pair("arnlike", "arnnotlike", Family.PATTERN, _ARN),
    **_pair("ipaddress", "notipaddress", Family.ORDER, _parsed(_span, _contains)),
    **_ordered("numeric", number),
    **_ordered("date", instant),
    "bool": Operator(Family.EXACT, _truthful),
    "binaryequals": Operator(Family.EXACT, _parsed(_binary, operator.eq)),
    NULL: Operator(Family.NULL, _EQUALS_ANY_CASE),
}
