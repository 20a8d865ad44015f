"""Where a terminal may have broken a line inside a word, and the text without these breaks with its way back."""

import re
from bisect import bisect_right
from itertools import groupby, pairwise
from typing import Final, NamedTuple

_LONGEST: Final = 1 << 16
_NARROWEST: Final = 30
# What a word goes on with; a header is a line of its own, however long the last.
_GOES_ON: Final = re.compile(r"[A-Za-z0-9+/=%_](?![A-Za-z0-9-]{0,60}:)")


class Whole(NamedTuple):
    """A text without the breaks of full lines: where each line starts in it, and where it started before."""

    text: str
    starts: list[int]
    before: list[int]

    def original(self, at: int) -> int:
        """Return where a place of this text was in the broken one."""
        line = bisect_right(self.starts, at) - 1
        return self.before[line] + at - self.starts[line]


def whole(text: str) -> Whole | None:
    """Return a text without the breaks after the longest lines of each paragraph, None where nothing was broken."""
    if len(text) > _LONGEST or "\n" not in text:
        return None
    pieces: list[str] = []
    starts, before, at, was = [], [], 0, 0
    for _, block in groupby(text.splitlines(keepends=True), key=lambda line: bool(line.strip())):
        lines = list(block)
        width = max(len(line.rstrip("\r\n")) for line in lines)
        for line, following in pairwise([*lines, ""]):
            bare = line.rstrip("\r\n")
            piece = bare if len(bare) == width >= _NARROWEST and _GOES_ON.match(following) else line
            starts.append(at)
            before.append(was)
            pieces.append(piece)
            at, was = at + len(piece), was + len(line)
    return Whole("".join(pieces), starts, before)
