"""Replaces policy variables, keeping apart what was written as a wildcard and what is literal text."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from .globs import Token, Wild

Context = Mapping[str, tuple[str, ...]]
"""Condition keys in lower case to their values; an absent key is not there."""

MULTIVALUED = frozenset(
    {
        "aws:principalorgpaths",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:vpceorgpaths",
        "aws:principalservicenameslist",
        "aws:calledvia",
        "aws:tagkeys",
        "s3:requestobjecttagkeys",
        "s3:inventoryaccessibleoptionalfields",
    }
)

VARIABLE = re.compile(r"\$\{([^}]*)\}")
WITH_DEFAULT = re.compile(r"(.*?), '(.*)'", re.DOTALL)


class Symbol(NamedTuple):
    """One character of an expanded text; a literal one is never a wildcard."""

    character: str
    literal: bool


Symbols = tuple[Symbol, ...]


def expand(text: str, context: Context, *, variables: bool) -> Symbols | None:
    """The text with its variables replaced, or None where one of them has no value."""
    if not variables or "${" not in text:
        return _written(text)
    expanded: Symbols = ()
    end = 0
    for found in VARIABLE.finditer(text):
        value = _value(found[1], context)
        if value is None:
            return None
        substituted = tuple(Symbol(character, literal=True) for character in value)
        expanded += _written(text[end : found.start()]) + substituted
        end = found.end()
    return expanded + _written(text[end:])


@cache
def _written(text: str) -> Symbols:
    return tuple(Symbol(character, literal=False) for character in text)


def _value(inside: str, context: Context) -> str | None:
    if inside in ("*", "?", "$"):
        return inside
    with_default = WITH_DEFAULT.fullmatch(inside)
    key, default = (with_default[1], with_default[2]) if with_default else (inside, None)
    values = context.get(key.lower(), ())
    # A variable stands for one value, so a key that may hold several never resolves.
    if key.lower() in MULTIVALUED or len(values) != 1:
        return default
    return values[0]


@cache
def as_text(symbols: Symbols) -> str:
    """The expanded text where wildcards have no meaning."""
    return "".join(symbol.character for symbol in symbols)


@cache
def as_glob(symbols: Symbols) -> tuple[Token, ...]:
    """The expanded text as a pattern whose wildcards cross everything."""
    wild: dict[str, Token] = {"*": Wild.RUN, "?": Wild.ONE}
    return tuple(character if literal else wild.get(character, character) for character, literal in symbols)
