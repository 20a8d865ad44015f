"""A bounded memory of what was made from texts: entries, characters, and the length of a single key are limited."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

LONGEST: Final = 2048
"""Longer keys, in characters, are not kept; the ARN of an object is shorter, for its key has at most 1,024 bytes."""
_CHARACTERS: Final = 2**21


class Remembered(dict[K, V]):
    """Values by what they were made from; what is not there is made, and kept if it is not too long.

    What is there is found at the speed of a dict. A memory that is full, in entries or in characters, starts anew, so
    that equal keys may be given two equal values that are not the same object.
    """

    __slots__ = ("_characters", "_longest", "_make", "_most", "_weigh")

    def __init__(self, make: Callable[[K], V], most: int, weigh: Callable[[K], int], longest: int = LONGEST) -> None:
        """Remember at most so many values of `make`; `weigh` returns the characters of a key."""
        super().__init__()
        self._make, self._most, self._weigh, self._longest = make, most, weigh, longest
        self._characters = 0

    def __missing__(self, key: K) -> V:
        """Make the value; what `make` raises is not remembered."""
        value = self._make(key)
        weight = self._weigh(key)
        if weight <= self._longest:
            # Threads may lose a few characters of the sum to each other; it is right again when the memory starts anew.
            if len(self) >= self._most or self._characters + weight > _CHARACTERS:
                self.clear()
                self._characters = 0
            self[key] = value
            self._characters += weight
        return value


class Recent(Generic[K, V]):
    """The values used last, bounded in entries and in weight; for several threads."""

    def __init__(self, most: int, heaviest: int) -> None:
        """Hold at most so many values that weigh so much together, but always the last one."""
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._most, self._heaviest, self._weight = most, heaviest, 0
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return a value, None where it is not held."""
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return None
            self._held.move_to_end(key)
            return held[0]

    def keep(self, key: K, value: V, weight: int) -> V:
        """Hold a value, and let those go that were not used for longest; return the one that is held."""
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                return held[0]
            while self._held and (len(self._held) >= self._most or self._weight + weight > self._heaviest):
                _, (_, gone) = self._held.popitem(last=False)
                self._weight -= gone
            self._held[key] = (value, weight)
            self._weight += weight
            return value

    def __len__(self) -> int:
        """Return how many values are held."""
        return len(self._held)


def remembered(most: int) -> Callable[[Callable[[str], V]], Callable[[str], V]]:
    """Return a decorator that remembers what a function made from a text, at most so many values."""
    return remembered_by(len, most)


def remembered_by(
    weigh: Callable[[Any], int], most: int, longest: int = LONGEST
) -> Callable[[Callable[[K], V]], Callable[[K], V]]:
    """Return a decorator that remembers what a function made from keys whose characters `weigh` counts."""

    def decorate(make: Callable[[K], V]) -> Callable[[K], V]:
        return Remembered(make, most, weigh, longest).__getitem__

    return decorate


def characters(texts: tuple[str, ...]) -> int:
    """Return how many characters several texts have."""
    return sum(map(len, texts))
