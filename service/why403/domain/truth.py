"""Kleene's three truth values as the integers 0, 1 and 2: *and* is `min`, *or* is `max`, *not* is `2 - t`.

Plain integers because the matcher combines millions of them a second. Compare with `is`/`==` to the
names below; never use a truth as a bool: UNKNOWN would count as true.
"""

from typing import Final, TypeAlias

Truth: TypeAlias = int

FALSE: Final = 0
UNKNOWN: Final = 1
TRUE: Final = 2


def negation(truth: Truth) -> Truth:
    """Return FALSE for TRUE, TRUE for FALSE, UNKNOWN for UNKNOWN."""
    return 2 - truth


def agreed(first: Truth, second: Truth) -> Truth:
    """Return the value both have, UNKNOWN where they differ: what holds whichever of the two is the case."""
    return first if first == second else UNKNOWN


def truth_of(value: bool) -> Truth:  # noqa: FBT001 - a conversion takes the very bool it converts
    """Return TRUE for True, FALSE for False."""
    return TRUE if value else FALSE
