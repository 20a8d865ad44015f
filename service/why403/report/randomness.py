"""How random a text looks: how often the kind of its characters changes."""

from itertools import pairwise


def is_hex(text: str) -> bool:
    """Return whether a text is a number to the base of 16."""
    return all(char in "0123456789abcdefABCDEF" for char in text)


def turns(text: str) -> int:
    """Return how often the kind of character changes; chance changes it at more than every second one."""
    kinds = ["u" if char.isupper() else "l" if char.islower() else "d" if char.isdigit() else "o" for char in text]
    return sum(one != next_one for one, next_one in pairwise(kinds))


def is_random(text: str) -> bool:
    """Return whether a text, by its beginning, is one that chance wrote."""
    sample = text[:400]
    return turns(sample) * 5 > len(sample) * 2
