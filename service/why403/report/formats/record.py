"""The members of a CloudTrail record, read with care: any may be missing, of another type, or hold a secret."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from why403.report.stripping import strip_secrets

_LONGEST: Final = 8_192
_DEEPEST: Final = 64
# JSON may escape half of a character, which no answer can be written with.
_HALF: Final = re.compile("[\ud800-\udfff]")


def mended(value: Any, depth: int = 0) -> Any:
    """Return parsed JSON with U+FFFD for what is half of a surrogate pair, and without what is nested too deep."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if depth > _DEEPEST and isinstance(value, list | Mapping):
        return None
    if isinstance(value, list):
        return [mended(each, depth + 1) for each in value]
    if isinstance(value, Mapping):
        return {mended(name): mended(held, depth + 1) for name, held in value.items()}
    return value


_TOKEN: Final = re.compile(
    r"""[ \t\r\n]*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<bare>-?\d[\d.eE+-]*|true|false|null)|(?P<mark>[{}\[\],:]))""",
    re.DOTALL,
)
_CLOSES: Final = {"{": "}", "[": "]"}


def whole_part(text: str, at: int) -> Any:
    """Return what of an object that was cut off is whole: its members up to the last that ends; None for none."""
    opened: list[str] = []
    start, end, still, is_value = at, at, "", False
    found = _TOKEN.match(text, at)
    while found and len(opened) <= _DEEPEST:
        mark = found["mark"]
        if mark in _CLOSES:
            opened.append(_CLOSES[mark])
        elif mark in {"}", "]"}:
            opened.pop()
        if mark in {"}", "]"} or (mark is None and (is_value or opened[-1:] == ["]"])):
            end, still = found.end(), "".join(reversed(opened))
        is_value = mark == ":"
        found = _TOKEN.match(text, found.end()) if opened else None
    try:
        return json.loads(text[start:end] + still, strict=False)
    except (ValueError, RecursionError):
        return None


def nested(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row of fields such as `userIdentity.arn` as the record that they are of."""
    if not any("." in name for name in row):
        return row
    record: dict[str, Any] = {}
    for path, held in row.items():
        *outer, name = path.split(".")
        inside = record
        for part in outer[:_DEEPEST]:
            below = inside.setdefault(part, {})
            inside = below if isinstance(below, dict) else {}
        inside[name] = held
    return record


def text_of(value: object) -> str | None:
    """Return a text without secrets, None for what is no text, empty, or broken by the end of a line."""
    return None if isinstance(value, str) and "\n" in value else sentence_of(value)


def sentence_of(value: object) -> str | None:
    """Return the same of a text that may have several lines."""
    return strip_secrets(value[:_LONGEST]) if isinstance(value, str) and value else None


def object_of(value: object) -> Mapping[Any, Any]:
    """Return a member that should be an object, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}
