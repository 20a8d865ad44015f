"""How the time to read a text grows with its length: twice the length may take little more than twice the time."""

from time import process_time
from typing import Final, NamedTuple

from tests.fuzz.texts import TEXTS
from tests.report.test_hostile import REPEATED
from why403.report import read

LENGTH: Final = 100_000
MOST: Final = 4.0
"""From this ratio on growth is not linear, if it is measured so three times over: others may use the machine."""
_RUNS, _TIMES = 3, 3
_TOO_SHORT: Final = 0.002
"""Seconds that are too few to be compared."""

REPEATS: Final = tuple(dict.fromkeys((*REPEATED, *(f"{text}\n" for text in TEXTS))))


class Growth(NamedTuple):
    """A text that was repeated, and how much longer twice as much of it took."""

    ratio: float
    text: str


def growth(text: str) -> Growth:
    """Return the smallest of up to three ratios; one that is not too large is enough."""
    least = float("inf")
    for _ in range(_TIMES):
        once = _seconds(text, LENGTH)
        least = min(least, _seconds(text, 2 * LENGTH) / max(once, _TOO_SHORT))
        if least <= MOST:
            break
    return Growth(least, text)


def _seconds(text: str, length: int) -> float:
    """Return the processor time that a text of this length takes, the least of several."""
    whole = (text * (length // len(text) + 1))[:length]
    read(whole[:1_000])
    taken = []
    for _ in range(_RUNS):
        start = process_time()
        read(whole)
        taken.append(process_time() - start)
    return min(taken)
