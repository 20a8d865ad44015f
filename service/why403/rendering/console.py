"""A diagnosis on a terminal of 100 columns, in colour where asked for."""

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Final, TypeAlias

from why403.rendering.document import (
    CODE,
    PLAIN,
    STRONG,
    Block,
    Commands,
    Document,
    Item,
    Line,
    Paragraph,
    Span,
    unstressed,
)
from why403.rendering.reading import Data
from why403.rendering.story import told

WIDTH: Final = 100
"""How many columns a line has; commands alone are left whole, to be copied."""

Cell: TypeAlias = tuple[str, str]

_INDENT: Final = "  "
_COLOURS: Final = {STRONG: "1", CODE: "36", "heading": "1;4", "denied": "1;31", "allowed": "1;32", "unknown": "1;33"}
_WIDE: Final = {"W", "F"}


def terminal(diagnosis: Data, *, colour: bool) -> str:
    """Return a diagnosis in words for a terminal."""
    return printed(told(diagnosis), colour=colour)


def printed(document: Document, *, colour: bool) -> str:
    """Return a document for a terminal; without colour there is no escape code in it."""
    palette = _COLOURS if colour else {}
    tone = document.tone if document.tone in _COLOURS else "unknown"
    headline = tuple(Span(_quoted(span), tone) for span in unstressed(document.headline))
    lines = [*_wrapped(headline, "", "", palette), "", *_wrapped(document.asked, "", "", palette)]
    for section in document.sections:
        lines += ["", _painted(section.heading, "heading", palette)]
        for block in section.blocks:
            lines += _block(block, palette)
    return "\n".join(lines) + "\n"


def _block(block: Block, palette: dict[str, str]) -> Iterator[str]:
    match block:
        case Paragraph(line=line):
            yield from _wrapped(line, _INDENT, _INDENT, palette)
        case Commands(commands=commands):
            yield from (f"{_INDENT * 2}{each}" for command in commands for each in command.split("\n"))
        case Item(line=line, under=under, number=number):
            mark = f"{number}." if number else "-"
            yield from _wrapped(line, f"{_INDENT}{mark} ", f"{_INDENT}{' ' * len(mark)} ", palette)
            for each in under:
                yield from _wrapped(each, f"{_INDENT * 3}- ", f"{_INDENT * 4}", palette)


def _quoted(span: Span) -> str:
    return f"`{span.text}`" if span.style == CODE else span.text


def _wrapped(line: Line, first: str, then: str, palette: dict[str, str]) -> Iterator[str]:
    """Yield lines of at most so many columns, broken at spaces where there are any."""
    before, row, used = first, list[Cell](), 0
    room = WIDTH - len(first)
    for word in _words(line):
        width = sum(map(_width, word))
        if row and used + 1 + width > room:
            yield before + _row(row, palette)
            before, row, used = then, [], 0
        if row:
            row.append((" ", PLAIN))
            used += 1
        for cell in word:
            if used + _width(cell) > room:
                yield before + _row(row, palette)
                before, row, used = then, [], 0
            row.append(cell)
            used += _width(cell)
    if row:
        yield before + _row(row, palette)


def _words(line: Line) -> Iterator[list[Cell]]:
    cells = [(character, span.style) for span in line for character in _quoted(span)]
    for space, word in groupby(cells, key=lambda cell: cell[0] == " "):
        if not space:
            yield list(word)


def _width(cell: Cell) -> int:
    return 2 if unicodedata.east_asian_width(cell[0]) in _WIDE else 1


def _row(row: list[Cell], palette: dict[str, str]) -> str:
    groups = groupby(row, key=lambda cell: cell[1])
    return "".join(_painted("".join(character for character, _ in cells), style, palette) for style, cells in groups)


def _painted(text: str, style: str, palette: dict[str, str]) -> str:
    return f"\x1b[{palette[style]}m{text}\x1b[0m" if style in palette else text
