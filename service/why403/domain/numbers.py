"""JSON in which the numbers of contexts and conditions stay as they were written: they are compared as text."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

_KEEPING: Final = frozenset({"context", "Condition"})
LONGEST_WHOLE: Final = 18  # 64 bits hold all of so many digits
_ODD: Final = re.compile(rb"[0-9][eE]|[0-9]{16}|-0[,}\]]|\.[0-9]*0[,}\]]")
_DIGITS: Final = b"0123456789"
_MOST_DIGITS: Final = 500_000
_KEPT: Final = _DIGITS + b'.eE+-,[]{}"'
_DROPPED: Final = bytes(set(range(256)) - set(_KEPT))


class _Written(float):
    """A number whose text is not the one that JSON writes for it."""

    __slots__ = ("text",)

    text: str


def may_differ(data: bytes) -> bool:
    """Return whether JSON text may hold a number that is not written as JSON writes it; most bodies hold no number.

    Nobody compares so many that it would be worth to read them all once more.
    """
    # An escaped backslash first, so that what remains of a backslash before a quote escapes that quote.
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in data else data
    outside = b"".join(unescaped.translate(None, _DROPPED).split(b'"')[::2])  # of strings
    digits = len(outside) - len(outside.translate(None, _DIGITS))
    return 0 < digits <= _MOST_DIGITS and _ODD.search(outside) is not None


def loads(
    text: str | bytes,
    object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None,
    parse_constant: Callable[[str], Any] | None = None,
    parse_int: Callable[[str], Any] | None = None,
) -> Any:
    """Return what JSON text says, as `json.loads` does with these options.

    Within a `context` or a `Condition` a number that JSON would write otherwise, as `1.10` or `1e3`, becomes its text.
    """
    held: list[_Written] = []

    def number(digits: str) -> float:
        if len(digits) <= LONGEST_WHOLE and digits != "-0" and digits.lstrip("-").isdigit():
            return int(digits)
        value = _Written(digits)
        if float.__repr__(value) == digits:
            return float(value)
        value.text = digits
        held.append(value)
        return value

    found = json.loads(
        text,
        parse_float=number,
        parse_int=parse_int or number,
        parse_constant=parse_constant,
        object_pairs_hook=object_pairs_hook,
    )
    return _settled(found) if held else found


def _settled(found: Any) -> Any:
    """Return the same value with the text of numbers where that counts, and with plain numbers elsewhere."""
    whole = [found]
    left: list[tuple[Any, bool]] = [(whole, False)]
    while left:
        within, keeping = left.pop()
        for name, value in within.items() if isinstance(within, dict) else enumerate(within):
            if isinstance(value, _Written):
                within[name] = value.text if keeping else float(value)
            elif isinstance(value, dict | list):
                left.append((value, keeping or name in _KEEPING))
    return whole[0]
