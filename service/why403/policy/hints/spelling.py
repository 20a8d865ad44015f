"""Which of two names may be a slip of the other: a few letters apart, and not told apart on purpose."""

import re
from typing import Final

from why403.domain.remembered import characters, remembered_by

_FURTHEST: Final = 2
_SHORT: Final = 5
"""Up to this length one slip is as much as a name can bear."""
_LEAST: Final = 4
"""Shorter pieces, and those with digits, are numbers and stages: `team-a` and `team-b` are two names."""
_PIECES: Final = re.compile(r"[A-Za-z0-9]+")


def distance(first: str, second: str, most: int) -> int:
    """Return how many letters must be changed, left out, added or swapped with the next; `most` + 1 for any more."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    far = most + 1
    before, row = dict[int, int](), {j: j for j in range(min(most, len(second)) + 1)}
    for i, letter in enumerate(first, 1):
        before, last, row = row, before, {}
        # What is further from the diagonal than `most` has more edits behind it already.
        for j in range(max(i - most, 0), min(i + most, len(second)) + 1):
            other = second[j - 1] if j else ""
            changed = before[j - 1] + (letter != other) if j else far
            cost = min(before.get(j, far) + 1, row.get(j - 1, far) + 1, changed)
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, last.get(j - 2, far) + 1)
            row[j] = cost
        if min(row.values()) > most:
            return far
    return min(row[len(second)], far)


def slip(written: str, meant: str) -> bool:
    """Return whether a name may be a slip of another one."""
    return _slip((written, meant))


@remembered_by(characters, 8192)
def _slip(names: tuple[str, str]) -> bool:
    written, meant = names
    if written == meant or abs(len(written) - len(meant)) > _FURTHEST:
        return False
    most = 1 if min(len(written), len(meant)) <= _SHORT else _FURTHEST
    return distance(written, meant, most) <= most and not _on_purpose(written, meant)


def _on_purpose(written: str, meant: str) -> bool:
    """Return whether two names differ only in pieces that are too short, or have digits: those are chosen."""
    ours, theirs = _PIECES.findall(written), _PIECES.findall(meant)
    if len(ours) != len(theirs):
        return False
    different = [piece for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1] for piece in pair]
    return any(not piece.isalpha() for piece in different) or any(len(piece) < _LEAST for piece in different)
