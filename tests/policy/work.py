"""How much work a call is, counted instead of timed, so that tests can say how it grows."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Final, NamedTuple

ABOUT_TWICE: Final = 2.1
"""Counts of a call on twice the text, in those of the call on the text, where the work grows as the text does."""


class Work(NamedTuple):
    """How many functions were called, and how many characters were handed to those written in Python."""

    calls: int
    characters: int


def work(call: Callable[[], object]) -> Work:
    """Return the work of a call."""
    calls = characters = 0

    def seen(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls, characters
        if event in {"call", "c_call"}:
            calls += 1
        if event == "call":
            names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
            held = (frame.f_locals.get(name) for name in names)
            characters += sum(len(each) for each in held if isinstance(each, str))

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        call()
    finally:
        sys.setprofile(before)
    return Work(calls, characters)
