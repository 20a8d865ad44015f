"""What is told, before it is formatted: spans in lines, lines in blocks, blocks in sections.

No text gets into a span other than visibly: control, format and unassigned characters and every space but the common
one are spelt out as escapes, so nothing can act on the reader's screen, and a stray space in a key is seen.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias

from why403.domain.remembered import remembered

PLAIN, CODE, STRONG = "plain", "code", "strong"

LONGEST: Final = 1000
"""How many characters of one text are shown."""
LONGEST_COMMAND: Final = 20_000
"""How long a command may be; a longer one is not shown, because half a command is worse than none."""

_HIDDEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


class Span(NamedTuple):
    """Text of one style."""

    text: str
    style: str = PLAIN


Line: TypeAlias = tuple[Span, ...]


class Paragraph(NamedTuple):
    """A line on its own."""

    line: Line


class Item(NamedTuple):
    """An entry of a list, numbered if the order means something, with what belongs under it."""

    line: Line
    under: tuple[Line, ...] = ()
    number: int | None = None


class Commands(NamedTuple):
    """What one could run, to be copied whole."""

    commands: tuple[str, ...]


Block: TypeAlias = Paragraph | Item | Commands


class Section(NamedTuple):
    """Blocks under a heading."""

    heading: str
    blocks: tuple[Block, ...]


class Document(NamedTuple):
    """A diagnosis in words; `tone` is the decision, for colours."""

    headline: Line
    tone: str
    asked: Line
    sections: tuple[Section, ...]
    id: str


def visible(text: str) -> str:
    """Return the text with each character that would act or hide spelt out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(each) if each != " " and unicodedata.category(each) in _HIDDEN else each for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def clipped(text: str, longest: int) -> str:
    """Return the text, or its beginning and a mark that more follows."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def code(text: str) -> Span:
    """Return a name, value or address, to be shown to the letter."""
    shown = visible(text) if len(text) <= LONGEST else visible(text[: LONGEST + 1])
    return Span(clipped(shown, LONGEST), CODE) if shown.strip() else Span("(empty)")


def strong(text: str) -> Span:
    """Return words that catch the eye."""
    return Span(visible(text), STRONG)


def unstressed(line: Line) -> Line:
    """Return a line for where everything catches the eye already."""
    return tuple(Span(span.text) if span.style == STRONG else span for span in line)


@remembered(2048)
def prose(text: str) -> Line:
    """Return a sentence in which names stand in backticks."""
    pieces = clipped(visible(text[: LONGEST + 1]), LONGEST).split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["`".join(pieces[-2:])]
    if not any(map(str.strip, pieces)):
        return (code(text),)
    return tuple(Span(piece, CODE if index % 2 else PLAIN) for index, piece in enumerate(pieces) if piece)


@remembered(2048)
def _plain(text: str) -> Span:
    return Span(visible(text))


def line(*parts: str | Span | Line) -> Line:
    """Return one line of several parts."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.append(_plain(part))
        elif isinstance(part, Span):
            spans.append(part)
        else:
            spans.extend(part)
    return tuple(spans)


def listed(entries: Iterable[Span], last: str) -> Line:
    """Return `a, b and c`."""
    spans = list(entries)
    between = [Span("")] + [Span(", ")] * (len(spans) - 2) + [Span(f" {last} ")] * (len(spans) > 1)
    return tuple(each for pair in zip(between, spans, strict=False) for each in pair if each.text)


def command(text: str) -> str:
    """Return what one could run with its line breaks, else visible; nothing where it is too long to be copied."""
    if len(text) > LONGEST_COMMAND:
        return ""
    return "\n".join(map(visible, text.split("\n")))
