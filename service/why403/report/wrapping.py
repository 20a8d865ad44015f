"""Lines that a terminal, a mail or a chat broke at its width, joined again as far as the width explains the breaks."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from textwrap import dedent
from typing import Final, NamedTuple, TypeAlias

_LONGEST: Final = 1 << 16
_NARROWEST: Final = 30
_WIDEST: Final = 300
"""Terminals are wider than mails; what is wider than this was not broken to be read."""
_BLOCKS: Final = re.compile(r"(\n[ \t]*(?:```[^\n]*)?(?:\n|\Z))")
# What opens a line of its own, whatever stood before it; a broken line seldom goes on like this.
_OPENS: Final = re.compile(
    r"""[ \t]*(?:at[ ][\w.$<]|\.\.\.[ ]|Traceback[ ]|Caused[ ]by|File[ ]"|An[ ]error[ ]occurred|A[ ]client[ ]error
        |(?:ERROR|WARN|INFO|DEBUG|Error|Warning)\b:?
        |(?:upload|download|copy|move|delete|make_bucket|remove_bucket)[ ]failed:|fatal[ ]error:
        |[0-9a-f]{64}[ ]\S{1,63}[ ]\[|[$#%][ ]|[<>*](?:[ ]|\Z)
        |<[?A-Za-z]|[{}\[]|---|```|HTTP/|[A-Za-z-]{2,40}:[ ]\S|\d{4}[-/]\d\d[-/]\d\d|\[?\d{2}:\d{2})""",
    re.VERBOSE,
)


_Join: TypeAlias = Callable[[str], str]


class _Breaks(NamedTuple):
    """How many lines of a block are full, how many shorter ones break at a space; whether openings follow full ones."""

    full: int
    shorter: int
    opens: bool

    @property
    def inside_words(self) -> bool:
        """Return whether a terminal broke the lines at its width, which it must have done more than once."""
        return self.full > max(1, self.shorter) and not self.opens

    @property
    def at_spaces(self) -> bool:
        """Return whether the lines were broken where the next word did not fit."""
        return self.shorter + self.full > 1 and self.shorter >= max(1, self.full)


class Reading(NamedTuple):
    """A text as it may have been: `is_evident` if its breaks hardly allow another, `may_be` if they allow this one."""

    text: str
    is_evident: bool = False
    may_be: bool = False


def readings(text: str) -> Iterator[Reading]:
    """Yield what a text may have been before its lines were broken, the likeliest first; nothing where none was."""
    if len(text) > _LONGEST or "\n" not in text:
        return
    parts = [part if at % 2 else dedent(part) for at, part in enumerate(_BLOCKS.split(text))]
    breaks = [_breaks("" if at % 2 else part) for at, part in enumerate(parts)]
    is_evident = any(each.inside_words or each.at_spaces for each in breaks)
    likely = any(each.full and not each.opens for each in breaks)
    seen = {text}
    for join in (unbroken, _unwrapped_but_openings, unwrapped):
        joined = "".join(
            part if at % 2 else _fitting(join, each)(part)
            for at, (part, each) in enumerate(zip(parts, breaks, strict=True))
        )
        if joined not in seen:
            seen.add(joined)
            may_be = likely and not is_evident and join is not unwrapped
            yield Reading(joined, is_evident=is_evident, may_be=may_be)


def _fitting(join: _Join, breaks: _Breaks) -> _Join:
    """Return how to join a block: as its own breaks tell, else as is tried."""
    if breaks.inside_words:
        return unbroken
    return _unwrapped_but_openings if breaks.at_spaces and join is unbroken else join


def ends_of_lines(text: str) -> frozenset[str]:
    """Return the last words of lines that may have been cut there: of full width, and the next begins nothing."""
    if len(text) > _LONGEST or "\n" not in text:
        return frozenset()
    found = set[str]()
    for block in _BLOCKS.split(text)[::2]:
        lines, breaks, width = dedent(block).split("\n"), _breaks(dedent(block)), _width(dedent(block))
        if not breaks.at_spaces:
            full = [
                last
                for last, line in pairwise(lines)
                if len(last) == width and line[:1].isalnum() and not _OPENS.match(line)
            ]
            found |= {line.split()[-1] for line in full if line.split()}
    return frozenset(end for end in found if text.count(end) == 1)


def _breaks(block: str) -> _Breaks:
    lines, width = block.split("\n"), _width(block)
    following = [line for last, line in pairwise(lines) if len(last) == width]
    joined = len(lines) - len(_unwrapped_but_openings(block).split("\n"))
    return _Breaks(len(following), joined - len(following), any(_OPENS.match(line) for line in following))


def unbroken(block: str) -> str:
    """Return a block with the lines joined that a terminal broke inside words.

    Where lines were broken, none is longer than the width, and those of just that width go on in the next.
    """
    width = _width(block)
    if width is None:
        return block
    lines = block.split("\n")
    return "".join(line if len(line) == width else f"{line}\n" for line in lines[:-1]) + lines[-1]


def _width(block: str) -> int | None:
    width = max(map(len, block.split("\n")))
    return width if _NARROWEST <= width <= _WIDEST else None


def unwrapped(block: str) -> str:
    """Return a block with the lines joined that were broken at spaces: the next word would not have fitted."""
    return _joined(block, lambda _: False)


def _unwrapped_but_openings(block: str) -> str:
    return _joined(block, lambda line: _OPENS.match(line) is not None)


def _joined(block: str, stays: Callable[[str], bool]) -> str:
    lines = block.split("\n")
    # A word longer than the width stands on a line of its own and says nothing about it.
    width = max((len(line) for line in lines if " " in line.strip()), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return block
    joined = [lines[0]]
    last = len(lines[0])
    for line, following in pairwise([*lines[1:], ""]):
        word = line.split(maxsplit=1)[:1]
        if word and last and last + 1 + len(word[0]) > width and not stays(f"{line} {following}"):
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        else:
            joined.append(line)
        last = len(line.rstrip())
    return "\n".join(joined)
