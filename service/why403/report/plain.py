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
# A paragraph all of whose lines bear the mark; a prompt of one line bears it too.
_QUOTED: Final = re.compile(r"(?:^[ \t]{0,8}(?:>|&gt;)[^\n]*(?:\n|\Z)){2,}", re.MULTILINE)
_MARK: Final = re.compile(r"^[ \t]{0,8}(?:>|&gt;)[ \t]?", re.MULTILINE)
_SENT: Final = re.compile(r"^[ \t]{0,8}(?:>|&gt;) ?[A-Z]{3,7} \S{1,2000} HTTP/", re.MULTILINE)
_LEVELS: Final = 6
_INVISIBLE: Final = {0x200B: None, 0x2060: None, 0xFEFF: None, 0xA0: " "}
_TYPESET: Final = re.compile('[“”„](?P<arn>arn:[^“”"\n]{1,2100})[“”]')
_DOUBLE: Final = dict.fromkeys(map(ord, "“”„"), '"')
_SINGLE: Final = dict.fromkeys((0x2018, 0x2019, 0x201A), "'")
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
    return _plain(strip_secrets(text[:LIMIT]), _notes(text))


def plain_of_stripped(text: str) -> Plain:
    """Return the same of a text from which secrets were stripped already."""
    if len(text) > LIMIT:  # what is cut here may be a secret by its new length
        return plain(text)
    return _plain(text, ())


def _notes(text: str) -> tuple[str, ...]:
    return (f"the text is longer than {LIMIT} characters; the rest was not read",) if len(text) > LIMIT else ()


def _plain(raw: str, notes: tuple[str, ...]) -> Plain:
    shown = _shown(raw)
    # What a colour or an escape cut in two is whole only now.
    return Plain(raw, shown if shown == raw else strip_secrets(shown), notes)


def _shown(text: str) -> str:
    text = _TERMINAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    if '"' not in text:
        text = text.translate(_DOUBLE)  # written so throughout: straight ones were made typographic
    if "'" not in text:
        text = text.translate(_SINGLE)
    text = _unquoted(_TYPESET.sub(r'"\g<arn>"', text))
    if "\\" in text:
        text = _ESCAPE.sub(_escaped, text)
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return dedent(_FRAME.sub("", text))


def _unquoted(text: str) -> str:
    """Return a text without the marks that mails and chats put before what they quote, level by level."""
    for _ in range(_LEVELS):
        bare = _QUOTED.sub(_bare, text)
        if bare == text:
            break
        text = bare
    return text


def _bare(found: re.Match[str]) -> str:
    # curl marks what it sends alike.
    return found[0] if _SENT.search(found[0]) else _MARK.sub("", found[0])


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


_WHITE = re.compile(r"[ \t\n\r\f\v\xa0]+")  # what else is white may be of a key: macOS names screenshots so


def collapsed(text: str) -> str:
    """Return a text on one line, every run of white space made one space."""
    return _WHITE.sub(" ", text).strip()
