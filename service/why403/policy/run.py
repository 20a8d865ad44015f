"""Runs: what stands between two `*` of a pattern, characters and `?`; whether and where one occurs in a text."""

import re
from collections.abc import Iterable
from typing import Final, Protocol

from why403.policy.template import Tokens

_LONG: Final = 128
"""From this length on, comparing a run with `?` place by place costs more than comparing it with all places at once."""


class Run(Protocol):
    """A run of fixed length; offsets and lengths are in characters."""

    length: int

    def at(self, text: str, offset: int) -> bool:
        """Return whether the run occurs at an offset that is not negative."""

    def find(self, text: str, start: int, end: int) -> int:
        """Return the first offset from `start` at which the run occurs and ends by `end`, -1 if there is none."""

    def first(self, text: str, offsets: Iterable[int]) -> int:
        """Return the first of the offsets at which the run occurs, -1 if there is none."""


def run(parts: Tokens) -> Run:
    """Return the run that tokens without `*` and variables spell."""
    if not parts:
        return _Literal("")
    if len(parts) == 1 and isinstance(parts[0], str):
        return _Literal(parts[0])
    return _Spaced(parts) if length(parts) < _LONG else _LongSpaced(parts)


def length(parts: Tokens) -> int:
    """Return how many characters and wildcards the tokens hold; a run matches just so many characters."""
    return sum(len(part) if isinstance(part, str) else 1 for part in parts)


class _Literal:
    """A run without `?`."""

    __slots__ = ("length", "text")

    def __init__(self, text: str) -> None:
        self.text, self.length = text, len(text)

    def at(self, text: str, offset: int) -> bool:
        return text.startswith(self.text, offset)

    def find(self, text: str, start: int, end: int) -> int:
        return text.find(self.text, start, end)

    def first(self, text: str, offsets: Iterable[int]) -> int:
        return next((offset for offset in offsets if text.startswith(self.text, offset)), -1)


class _Spaced:
    """A short run with `?`."""

    __slots__ = ("_expression", "length")

    def __init__(self, parts: Tokens) -> None:
        self.length = length(parts)
        self._expression = re.compile(expression(parts), re.DOTALL)

    def at(self, text: str, offset: int) -> bool:
        return self._expression.match(text, offset) is not None

    def find(self, text: str, start: int, end: int) -> int:
        found = self._expression.search(text, start, end)
        return -1 if found is None else found.start()

    def first(self, text: str, offsets: Iterable[int]) -> int:
        return next((offset for offset in offsets if self.at(text, offset)), -1)


class _LongSpaced:
    """A long run with `?`, which no search that compares place by place finds in linear time."""

    __slots__ = ("_pieces", "length")

    def __init__(self, parts: Tokens) -> None:
        offset, pieces = 0, list[tuple[int, str]]()
        for part in parts:
            if isinstance(part, str):
                pieces.append((offset, part))
            offset += length((part,))
        self.length, self._pieces = offset, tuple(pieces)

    def at(self, text: str, offset: int) -> bool:
        whole = offset + self.length <= len(text)
        return whole and all(text.startswith(piece, offset + where) for where, piece in self._pieces)

    def find(self, text: str, start: int, end: int) -> int:
        found = self._places(text[start:end])
        return start + (found & -found).bit_length() - 1 if found else -1

    def first(self, text: str, offsets: Iterable[int]) -> int:
        found = f"{self._places(text):b}"[::-1]
        return next((offset for offset in offsets if found[offset : offset + 1] == "1"), -1)

    def _places(self, text: str) -> int:
        """Return a number whose bit `i` says whether the run occurs at offset `i`.

        Each character costs one shift of a number of as many bits as the text has characters, thirty at a time.
        """
        room = len(text) - self.length + 1
        if room <= 0:
            return 0
        places = _places_of(text, {character for _, piece in self._pieces for character in piece})
        found = (1 << room) - 1
        for where, piece in self._pieces:
            for offset, character in enumerate(piece, where):
                found &= places.get(character, 0) >> offset
                if not found:
                    return 0
        return found


def _places_of(text: str, characters: set[str]) -> dict[str, int]:
    """Return for each of the characters in the text a number whose bit `i` says whether it stands at offset `i`."""
    places: dict[str, bytearray] = {}
    for offset, character in enumerate(text):
        if character in characters:
            held = places.get(character)
            if held is None:
                held = places[character] = bytearray(len(text) // 8 + 1)
            held[offset >> 3] |= 1 << (offset & 7)
    return {character: int.from_bytes(held, "little") for character, held in places.items()}


def expression(parts: Tokens) -> str:
    """Return the regular expression of a run."""
    return "".join(re.escape(part) if isinstance(part, str) else "." for part in parts)
