"""Matches text against patterns, some of whose wildcards may not cross a colon."""

from collections.abc import Iterator
from enum import Enum
from functools import cache, lru_cache


class Wild(Enum):
    """A wildcard as a pattern holds it."""

    RUN = "any characters, none included"
    RUN_IN_SEGMENT = "any characters but a colon, none included"
    ONE = "exactly one character"
    ONE_IN_SEGMENT = "exactly one character but a colon"


Token = str | Wild

RUNS = (Wild.RUN, Wild.RUN_IN_SEGMENT)
WITHIN_SEGMENT = (Wild.RUN_IN_SEGMENT, Wild.ONE_IN_SEGMENT)


@lru_cache(maxsize=100_000)
def glob_matches(pattern: tuple[Token, ...], text: str) -> bool:
    """Whether the whole text fits the pattern; follows every place the pattern may have reached at once."""
    places = _with_empty_runs(pattern, {0})
    for character in text:
        places = _with_empty_runs(pattern, {after for place in places for after in _step(pattern, place, character)})
        if not places:
            return False
    return len(pattern) in places


def _step(pattern: tuple[Token, ...], place: int, character: str) -> Iterator[int]:
    if place == len(pattern):
        return
    token = pattern[place]
    if isinstance(token, str):
        if token == character:
            yield place + 1
    elif not (token in WITHIN_SEGMENT and character == ":"):
        yield place if token in RUNS else place + 1


def _with_empty_runs(pattern: tuple[Token, ...], places: set[int]) -> set[int]:
    reached = set(places)
    for place in places:
        after = place
        while after < len(pattern) and pattern[after] in RUNS:
            after += 1
            reached.add(after)
    return reached


@cache
def plain_glob(text: str) -> tuple[Token, ...]:
    """The pattern of a text in which every star and question mark is a wildcard."""
    wild: dict[str, Token] = {"*": Wild.RUN, "?": Wild.ONE}
    return tuple(wild.get(character, character) for character in text)
