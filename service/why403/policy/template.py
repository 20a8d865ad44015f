"""The texts of a policy: wildcards, policy variables with defaults, and escapes.

AWS: "IAM policy elements: Variables and tags". A variable needs Version 2012-10-17; in older documents its characters
are plain text. What a variable stands for is literal: a `*` in its value is no wildcard.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from why403.domain.context import MULTIVALUED

_VARIABLE = r"\$\{(?P<escape>[*?$])\}|\$\{\s*(?P<key>[^\s,{}'][^,{}']*+)(?:,\s*'(?P<default>[^']*)'\s*)?\}"
_TOKEN = re.compile(rf"{_VARIABLE}|(?P<wildcard>[*?])|(?P<plain>[^*?$]+|\$)")
_PLAIN = re.compile(r"(?P<escape>(?!))|(?P<key>(?!))|(?P<default>(?!))|(?P<wildcard>[*?])|(?P<plain>[^*?]+)")


class Variable(NamedTuple):
    """A `${key}` or `${key, 'default'}`; the key in lower case, as contexts have it."""

    key: str
    default: str | None


class Wildcard(NamedTuple):
    """A `*` (any run of characters) or `?` (exactly one)."""

    many: bool


NOT_SINGLE: Final = ("", "")  # a key of several values is no value for a variable

MANY: Final = Wildcard(many=True)
ONE: Final = Wildcard(many=False)

Token: TypeAlias = str | Variable | Wildcard
Tokens: TypeAlias = tuple[Token, ...]


def tokens(text: str, *, wildcards: bool, variables: bool) -> Tokens:
    """Return the tokens of a text; neighbouring literals are joined."""
    found: list[Token] = []
    for match in (_TOKEN if variables else _PLAIN).finditer(text):
        if match["key"]:
            found.append(Variable(match["key"].rstrip().lower(), match["default"]))
        elif wildcards and match["wildcard"]:
            found.append(MANY if match["wildcard"] == "*" else ONE)
        else:
            _join(found, match["escape"] or match["wildcard"] or match["plain"])
    return tuple(found)


def _join(found: list[Token], literal: str) -> None:
    if not literal:
        return
    if found and isinstance(found[-1], str):
        found[-1] += literal
    else:
        found.append(literal)


def joined(first: Tokens, second: Tokens) -> Tokens:
    """Return the tokens of two texts written one after the other."""
    found = list(first)
    for part in second:
        _join(found, part) if isinstance(part, str) else found.append(part)
    return tuple(found)


def variables_in(parts: Sequence[Token]) -> frozenset[str]:
    """Return the keys that these tokens refer to."""
    return frozenset(part.key for part in parts if isinstance(part, Variable))


def segments(parts: Tokens, count: int) -> tuple[Tokens, ...]:
    """Return the tokens cut at colons of literal text into at most `count` segments, the last taking the rest."""
    cut: list[list[Token]] = [[]]
    for part in parts:
        pieces = part.split(":", count - len(cut)) if isinstance(part, str) else [part]
        if isinstance(part, str):
            _join(cut[-1], str(pieces[0]))
            for piece in pieces[1:]:
                cut.append([])
                _join(cut[-1], str(piece))
        else:
            cut[-1].append(part)
    return tuple(tuple(segment) for segment in cut)


def resolved(parts: Tokens, values: Callable[[str], tuple[str, ...] | None], room: int) -> tuple[Tokens | None, bool]:
    """Return the tokens with every variable replaced, and whether all the values they need are known.

    None instead of tokens where a variable has neither value nor default, and where the values are longer together
    than `room`, the characters of what is to be matched: a variable that stands a thousand times in a pattern is not
    written a thousand times to find that out. A variable that is not known stands as a
    wildcard: what does not match even then does not match at all.
    """
    found: list[Token] = []
    known = True
    for part in parts:
        if not isinstance(part, Variable):
            _join(found, part) if isinstance(part, str) else found.append(part)
            continue
        value = NOT_SINGLE if part.key in MULTIVALUED else values(part.key)
        if value is None:
            known = False
            found.append(MANY)
        elif len(value) == 1:
            room -= len(value[0])
            if room < 0:
                return None, True
            _join(found, value[0])
        elif part.default is not None and not value:
            _join(found, part.default)
        else:
            return None, True
    return tuple(found), known
