"""Passages of a text around a place: the line it stands on, the message that follows or stands before."""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from why403.report.names import operation_of
from why403.report.plain import collapsed

_LONGEST: Final = 3_000
_LINES: Final = 8
_WRAPPED: Final = 55
# What begins something else: traces, commands, the next report, XML, a time, a heading.
_BEGINS: Final = re.compile(
    r"""\s{0,80}(?:at[ ]|\.\.\.|Traceback|During[ ]handling|The[ ]above[ ]exception|Caused[ ]by|from[ ]|File[ ]"
        |An[ ]error|A[ ]client[ ]error|(?:Error|Warning|ERROR|WARN|INFO|DEBUG)\b
        |(?:upload|download|copy|move|delete|make_bucket|remove_bucket|fatal|warning)\b
        |[$#>][ ]|<|[{}(\[]|---|```|HTTP/|status[ ]code:|with[ ]\w{1,60}\.|on[ ]\S{1,200}\.tf\b
        |\d{4}[-/]\d\d[-/]\d\d|\[?\d{2}:\d{2}|[A-Za-z.]{1,200}(?:Exception|Error):)""",
    re.VERBOSE,
)


# What follows a text inside JSON, a literal or a line of `key="value"` pairs.
_ENDS: Final = re.compile(r"""[,}\]);]|\s\w{1,40}=|\Z""")


def message_after(text: str, at: int) -> str:
    """Return the message that starts here: its line, and the lines a narrow terminal broke off it."""
    lines = text[at : at + _LONGEST].split("\n", _LINES)
    taken = [lines[0]]
    for last, line in pairwise(lines):
        if not line.strip() or len(last) < _WRAPPED or _BEGINS.match(line):
            break
        taken.append(line)
    message = collapsed(" ".join(taken))
    return _up_to(_up_to(message, '"'), "'")


def _up_to(message: str, quote: str) -> str:
    """Return a message up to the quote that ends the text it was told in: it opens nothing, and a member ends there."""
    opened = False
    for at, char in enumerate(message):
        if char == quote:
            if not opened and _ENDS.match(message, at + 1):
                return message[:at].rstrip()
            opened = not opened
    return message


def line_around(text: str, start: int, end: int) -> str:
    """Return the line or lines a place stands on, bounded."""
    first = text.rfind("\n", max(0, start - _LONGEST), start) + 1
    last = text.find("\n", end, end + _LONGEST)
    return text[first if first > 0 else max(0, start - _LONGEST) : last if last >= 0 else end + _LONGEST]


def before(text: str, end: int, *, most: int = _LONGEST) -> str:
    """Return what stands before a place, bounded."""
    return text[max(0, end - most) : end]


def after(text: str, start: int, *, most: int = _LONGEST) -> str:
    """Return what stands after a place, bounded."""
    return text[start : start + most]


def first_operation(names: Iterable[str]) -> str | None:
    """Return the operation of the first name that means one: the innermost call of a stack."""
    return next((found for found in map(operation_of, names) if found), None)
