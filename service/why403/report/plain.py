"""Pasted text made plain: bounded, without secrets, colours, frames and the escapes of whatever carried it."""

import re
from textwrap import dedent
from typing import Final, NamedTuple

from why403.report.stripping import strip_secrets

LIMIT: Final = 1 << 20
"""How many characters of a text are read."""

# Colours and titles of terminals: CSI and OSC sequences.
_TERMINAL = re.compile(
    r"\x1b\[[0-9;:?]{0,32}[ -/]{0,2}[@-~]|\x1b\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)|[\x00\x07\ufeff]"
)
# Terraform frames its errors; CloudWatch's tables draw bars.
_FRAME = re.compile(r"^[ \t]{0,8}[│┃╷╵|][ \t]?", re.MULTILINE)
_ESCAPE: Final = re.compile(r"""\\{1,8}(?:(?P<char>[nrt"'/])|(?:u00|x)(?P<code>[23][0-9a-fA-F])|(?P<line>\n))""")
_CHARACTERS: Final = {"n": "\n", "r": "\n", "t": "\t"}
_ENTITY: Final = re.compile(
    r"&(?:amp;){0,4}(?:(?P<name>lt|gt|quot|apos|amp)|#(?:x(?P<hex>2[0-9a-fA-F])|(?P<dec>3[49])));"
)
_ENTITIES: Final = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}


class Plain(NamedTuple):
    """A text ready to be read: `raw` as it came but bounded and without secrets, `text` made plain."""

    raw: str
    text: str
    notes: tuple[str, ...]


def plain(text: str) -> Plain:
    """Return a text made plain, and what had to be left out."""
    notes: tuple[str, ...] = ()
    if len(text) > LIMIT:
        notes = (f"the text is longer than {LIMIT} characters; the rest was not read",)
        text = text[:LIMIT]
    raw = strip_secrets(text)
    shown = _shown(raw)
    # What a colour or an escape cut in two is whole only now.
    return Plain(raw, shown if shown == raw else strip_secrets(shown), notes)


def _shown(text: str) -> str:
    text = _TERMINAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    if "\\" in text:
        text = _ESCAPE.sub(_escaped, text)
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return dedent(_FRAME.sub("", text))


def _escaped(found: re.Match[str]) -> str:
    if found["line"]:
        return "\n"  # a string literal goes on in the next line
    if found["code"]:
        return chr(int(found["code"], 16))
    return _CHARACTERS.get(found["char"], found["char"])


def _entity(found: re.Match[str]) -> str:
    if found["name"]:
        return _ENTITIES[found["name"]]
    return chr(int(found["hex"], 16) if found["hex"] else int(found["dec"]))


_LONGEST: Final = 1 << 16
_NARROWEST: Final = 40
_WIDEST: Final = 300


def unbroken(text: str) -> str | None:
    """Return a text with the lines joined that a terminal broke at its width, None if it does not look broken.

    Where lines were broken, none is longer than the width, and those of just that width go on in the next.
    """
    if len(text) > _LONGEST:
        return None
    lines = text.split("\n")
    width = max(map(len, lines))
    if not _NARROWEST <= width <= _WIDEST or len(lines) == 1:
        return None
    return "".join(line if len(line) == width else f"{line}\n" for line in lines)


_WHITE = re.compile(r"\s+")


def collapsed(text: str) -> str:
    """Return a text on one line, every run of white space made one space."""
    return _WHITE.sub(" ", text).strip()
