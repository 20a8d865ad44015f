"""Compares one value of a request with one value of a policy, an operator at a time."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from operator import eq, ge, gt, le, lt

from .arns import arn_matches
from .globs import glob_matches
from .variables import Symbols, as_glob, as_text

Comparison = Callable[[Symbols, str], bool]

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?")
NETWORK = re.compile(r"[0-9A-Fa-f:.]+(/\d+)?")


def number(text: str) -> Decimal | None:
    """The text as an integer or decimal, None if it is neither."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def instant(text: str) -> Decimal | None:
    """The text as seconds since 1970, from the W3C profile of ISO 8601 or from the seconds themselves."""
    found = DATE.fullmatch(text)
    if not found:
        return number(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    offset = "+00:00" if zone in (None, "Z") else zone
    written = f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}{offset}"
    try:
        whole = datetime.fromisoformat(written).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return None
    return Decimal(int(whole)) + Decimal(f"0{fraction}" if fraction else 0)


def network(text: str) -> IPv4Network | IPv6Network | None:
    """The text as an address range; a bare address is a range of one."""
    try:
        return ip_network(text, strict=False) if NETWORK.fullmatch(text) else None
    except ValueError:
        return None


def _string_equals(expected: Symbols, actual: str) -> bool:
    return as_text(expected) == actual


def _string_equals_ignore_case(expected: Symbols, actual: str) -> bool:
    return as_text(expected).lower() == actual.lower()


def _string_like(expected: Symbols, actual: str) -> bool:
    return glob_matches(as_glob(expected), actual)


def _bool(expected: Symbols, actual: str) -> bool:
    return as_text(expected).lower() == actual.lower() and actual.lower() in ("true", "false")


def _binary(expected: Symbols, actual: str) -> bool:
    try:
        return base64.b64decode(as_text(expected), validate=True) == base64.b64decode(actual, validate=True)
    except (binascii.Error, ValueError):
        return False


def _address(expected: Symbols, actual: str) -> bool:
    wanted = network(as_text(expected))
    try:
        address = ip_address(actual)
    except ValueError:
        return False
    return wanted is not None and address.version == wanted.version and address in wanted


def _ordered(read: Callable[[str], Decimal | None], compare: Callable[[Decimal, Decimal], bool]) -> Comparison:
    def holds(expected: Symbols, actual: str) -> bool:
        given, bound = read(actual), read(as_text(expected))
        return given is not None and bound is not None and compare(given, bound)

    return holds


ORDERS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "equals": eq,
    "lessthan": lt,
    "lessthanequals": le,
    "greaterthan": gt,
    "greaterthanequals": ge,
}

COMPARISONS: dict[str, Comparison] = {
    "stringequals": _string_equals,
    "stringequalsignorecase": _string_equals_ignore_case,
    "stringlike": _string_like,
    "bool": _bool,
    "binaryequals": _binary,
    "ipaddress": _address,
    "arnequals": arn_matches,
    "arnlike": arn_matches,
    **{f"numeric{name}": _ordered(number, compare) for name, compare in ORDERS.items()},
    **{f"date{name}": _ordered(instant, compare) for name, compare in ORDERS.items()},
}

NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}

TAKES_VARIABLES = ("string", "arn", "bool")
