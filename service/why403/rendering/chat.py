"""A diagnosis as one chat message, in Markdown in which nothing of the diagnosis is markup.

Outside code spans there are only words and numbers with harmless punctuation around them; whatever else a word holds,
the word becomes a code span. Backslashes would not do: where Markdown is shown, links, mentions, references and emoji
are often made of the text after the escapes are gone.
"""

import re
from itertools import zip_longest
from typing import Final, NamedTuple

from why403.domain.remembered import remembered, remembered_by
from why403.rendering.document import (
    CODE,
    STRONG,
    Block,
    Commands,
    Document,
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

# A word that might mean something to whoever shows it: one that looks like a commit, or is more than letters, a number
# and punctuation. What ends a sentence after it is no part of it.
_UNSAFE: Final = re.compile(
    r"""(?<![^ ])
        (?:(?=[^ ]*?[0-9a-fA-F]{7})
          |(?![("']*(?:[^\W\d_]+(?:['-][^\W\d_]+)*[0-9]{0,3}|[0-9]{1,6}(?=[,;:]*(?![^ ])))?[.,;:!?)"']*…?(?![^ ])))
        (?P<word>[^ ]+?)(?P<after>[.,;:!?)]*)(?![^ ])""",
    re.VERBOSE,
)


class _Shown(NamedTuple):
    """A block as Markdown, and whether it is an item of a list."""

    text: str
    of_list: bool


def markdown(diagnosis: Data) -> str:
    """Return a diagnosis as a message."""
    return message(told(diagnosis))


def message(document: Document) -> str:
    """Return a message of at most `LONGEST` characters; what does not fit is left out fairly, and said to be."""
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


def _fitting(sections: tuple[Section, ...], room: int) -> tuple[list[list[_Shown]], int]:
    """Return the blocks that fit, taken from all sections in turn, and how many do not."""
    shown = [[_shown(block) for block in section.blocks] for section in sections]
    if sum([len(each.heading) + 6 for each in sections]) + sum([_cost(each) for each in shown]) <= room:
        return shown, 0
    kept: list[list[_Shown]] = [[] for _ in sections]
    left_out = 0
    for rank in zip_longest(*shown):
        for index, block in enumerate(rank):
            if block is None:
                continue
            cost = _cost([block]) + (0 if kept[index] else len(sections[index].heading) + 6)
            if cost <= room:
                room -= cost
                kept[index].append(block)
            else:
                left_out += 1
    return kept, left_out


def _cost(blocks: list[_Shown]) -> int:
    return sum([len(text) + 2 for text, _ in blocks])


def _section(section: Section, blocks: list[_Shown]) -> str:
    """Return a section; the items of a list stand close together."""
    shown, in_list = f"**{section.heading}**", False
    for text, of_list in blocks:
        shown += ("\n" if in_list and of_list else "\n\n") + text
        in_list = of_list
    return shown


def _shown(block: Block) -> _Shown:
    """Return a block as Markdown."""
    match block:
        case Paragraph(line=line):
            return _Shown(_paragraph(line), of_list=False)
        case Item():
            return _Shown(_item(block), of_list=True)
        case Commands(commands=commands):
            return _Shown(fenced("\n".join(commands)), of_list=False)


def _length(line: Line) -> int:
    return sum([len(text) for text, _ in line])


def _length_of_all(item: Item) -> int:
    return sum(map(_length, (item.line, *item.under)))


# Many diagnoses have most of their blocks in common.
@remembered_by(_length, most=2048)
def _paragraph(line: Line) -> str:
    return inline(_shortened(line, _LONGEST_LINE))


@remembered_by(_length_of_all, most=2048)
def _item(item: Item) -> str:
    mark = f"{item.number}. " if item.number else "- "
    under = [f"{' ' * len(mark)}- {inline(_shortened(line, _LONGEST_LINE))}" for line in item.under[:_MOST_UNDER]]
    if len(item.under) > _MOST_UNDER:
        under.append(f"{' ' * len(mark)}- and {len(item.under) - _MOST_UNDER} more")
    return "\n".join([mark + inline(_shortened(item.line, _LONGEST_LINE)), *under])


def _shortened(line: Line, longest: int) -> Line:
    """Return the line, cut after so many characters."""
    if _length(line) <= longest:
        return line
    spans: list[Span] = []
    for span in line:
        if len(span.text) > longest:
            return (*spans, Span(clipped(span.text, longest), span.style))
        longest -= len(span.text)
        spans.append(span)
    return tuple(spans)


def inline(line: Line) -> str:
    """Return a line as Markdown; code spans that would touch get a space between."""
    shown, texts, last = "", list[str](), None
    for text, style in line:
        if style != last and texts:
            shown = _joined(shown, _piece(texts, last))
            texts = []
        texts.append(text)
        last = style
    return (_joined(shown, _piece(texts, last)) if texts else shown).strip()


def _joined(shown: str, piece: str) -> str:
    return f"{shown} {piece}" if piece[:1] == "`" and shown[-1:] == "`" else shown + piece


def _piece(texts: list[str], style: str | None) -> str:
    if style == CODE:
        return code_span(" ".join(texts))
    guarded = _guarded("".join(texts))
    return f"**{guarded}**" if style == STRONG else guarded


@remembered(4096)
def _guarded(text: str) -> str:
    """Return words in which nothing is markup."""
    return _UNSAFE.sub(_quoted, text)


def _quoted(found: re.Match[str]) -> str:
    return f"{code_span(found['word'])}{found['after']}"


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
