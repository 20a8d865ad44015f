"""A diagnosis as one chat message, in Markdown in which nothing of the diagnosis is markup.

Outside code spans there are only words and numbers with harmless punctuation around them; whatever else a word holds,
the word becomes a code span. Backslashes would not do: where Markdown is shown, links, mentions, references and emoji
are often made of the text after the escapes are gone.
"""

import re
from collections.abc import Iterator
from itertools import groupby, zip_longest
from typing import Final

from why403.rendering.document import (
    CODE,
    STRONG,
    Block,
    Commands,
    Item,
    Line,
    Paragraph,
    Section,
    Span,
    clipped,
    unstressed,
)
from why403.rendering.reading import Data
from why403.rendering.story import told

LONGEST: Final = 3500
"""How many characters a message has at most."""
_LONGEST_LINE, _LONGEST_HEADLINE, _MOST_UNDER = 600, 400, 8
_NOTE: Final = 120

_WORD: Final = re.compile(r"""[("']*(?:[^\W\d_]+(?:['-][^\W\d_]+)*[0-9]{0,3}|[0-9]{1,6}(?=[,;:]*$))?[.,;:!?)"']*…?""")
_HASH: Final = re.compile(r"[0-9a-fA-F]{7,}")  # might be taken for a commit
_AFTER: Final = re.compile(r"[.,;:!?)]*$")


def markdown(diagnosis: Data) -> str:
    """Return a message of at most `LONGEST` characters; what does not fit is left out fairly, and said to be."""
    document = told(diagnosis)
    opening = [f"**{inline(_shortened(unstressed(document.headline), _LONGEST_HEADLINE))}**"]
    asked = inline(_shortened(document.asked, _LONGEST_LINE))
    room = LONGEST - len(opening[0]) - _NOTE
    if len(asked) + 2 <= room:
        opening.append(asked)
        room -= len(asked) + 2
    kept, left_out = _fitting(document.sections, room)
    shown = [_section(section, blocks) for section, blocks in zip(document.sections, kept, strict=True) if blocks]
    return "\n\n".join([*opening, *shown, *_note(left_out)]) + "\n"


def _note(left_out: int) -> list[str]:
    entries = "entries are" if left_out > 1 else "entry is"
    return [f"Cut to fit one message: {left_out} more {entries} in the full answer."] if left_out else []


def _fitting(sections: tuple[Section, ...], room: int) -> tuple[list[list[Block]], int]:
    """Return the blocks that fit, taken from all sections in turn, and how many do not."""
    kept: list[list[Block]] = [[] for _ in sections]
    left_out = 0
    for rank in zip_longest(*(section.blocks for section in sections)):
        for index, block in enumerate(rank):
            if block is None:
                continue
            heading = 0 if kept[index] else len(sections[index].heading) + 6
            cost = heading + len(_block(block)) + 2
            if cost <= room:
                room -= cost
                kept[index].append(block)
            else:
                left_out += 1
    return kept, left_out


def _section(section: Section, blocks: list[Block]) -> str:
    groups = [list(group) for _, group in groupby(blocks, key=lambda block: isinstance(block, Item))]
    shown = ["\n".join(map(_block, group)) if isinstance(group[0], Item) else _apart(group) for group in groups]
    return "\n\n".join([f"**{section.heading}**", *shown])


def _apart(blocks: list[Block]) -> str:
    return "\n\n".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Paragraph(line=line):
            return inline(_shortened(line, _LONGEST_LINE))
        case Item():
            return _item(block)
        case Commands(commands=commands):
            return fenced("\n".join(commands))


def _item(item: Item) -> str:
    mark = f"{item.number}. " if item.number else "- "
    under = [f"{' ' * len(mark)}- {inline(_shortened(line, _LONGEST_LINE))}" for line in item.under[:_MOST_UNDER]]
    if len(item.under) > _MOST_UNDER:
        under.append(f"{' ' * len(mark)}- and {len(item.under) - _MOST_UNDER} more")
    return "\n".join([mark + inline(_shortened(item.line, _LONGEST_LINE)), *under])


def _shortened(line: Line, longest: int) -> Line:
    """Return the line, cut after so many characters."""
    spans: list[Span] = []
    for span in line:
        if len(span.text) > longest:
            return (*spans, Span(clipped(span.text, longest), span.style))
        longest -= len(span.text)
        spans.append(span)
    return tuple(spans)


def inline(line: Line) -> str:
    """Return a line as Markdown; code spans that would touch get a space between."""
    pieces: list[str] = []
    for style, group in groupby(line, key=lambda span: span.style):
        text = (" " if style == CODE else "").join(span.text for span in group)
        for piece in _pieces(text, style):
            touching = pieces and pieces[-1].endswith("`") and piece.startswith("`")
            pieces.extend([" ", piece] if touching else [piece] if piece else [])
    return "".join(pieces).strip()


def _pieces(text: str, style: str) -> Iterator[str]:
    if style == CODE:
        yield code_span(text)
    elif style == STRONG:
        yield f"**{''.join(_guarded(text))}**"
    else:
        yield from _guarded(text)


def _guarded(text: str) -> Iterator[str]:
    """Yield the words of a text, those that might mean something to whoever shows it as code spans."""
    for word in re.split(r"( +)", text):
        if not word or word.isspace() or (_WORD.fullmatch(word) and not _HASH.search(word)):
            yield word
            continue
        after = _AFTER.search(word)
        end = after.start() if after and after.start() else len(word)
        yield code_span(word[:end])
        yield word[end:]


def code_span(text: str) -> str:
    """Return a code span with as many backticks as the text needs."""
    ticks = "`" * (_longest_run(text) + 1) if "`" in text else "`"
    padded = f" {text} " if text.strip() and (text[0] in "` " or text[-1] in "` ") else text
    return f"{ticks}{padded}{ticks}"


def fenced(text: str) -> str:
    """Return a code block with a fence as long as the text needs."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
