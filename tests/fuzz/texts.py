"""Texts as they are pasted, cut, doubled, mixed, escaped and wrapped by whatever carried them."""

import html
import json
import random
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from tests.report.samples import samples
from tests.report.test_cloudtrail import BASE, CALLERS
from tests.report.test_hostile import REPEATED

Json = dict[str, Any]

RECORDS: Final[list[Json]] = [{**BASE, "userIdentity": dict(identity)} for identity, *_ in CALLERS.values()]
TEXTS: Final = [*(each.text for each in samples().values()), *map(json.dumps, RECORDS)]
LONGEST: Final = 20_000
"""How long a mutated text may grow, repeats aside."""

_ODD: Final = (
    "\x00\x07\x1b\r\n\t \"'`\\{}[]<>&;:,.=|@#$%/?*+-_~^0aA"
    "\u00a0\u0130\u00df\u200b\u202e\u2028\u0661\u5b57\ufeff\U0001f600"
)
_PIECES: Final = (
    *REPEATED,
    r"\ud800",
    r"\u0000",
    "%00",
    "&#0;",
    "\x1b[31m",
    '{"a":' * 40,
    "arn:aws:s3:::b/" + "k" * 1_100,
    "1" * 400,
    "1e999999",
    "Status Code: 99999999999999999999",
    "\u0661\u0662\u0663",
)

Change = Callable[[str, random.Random], str]


def mutated(rng: random.Random) -> str:
    """Return a sample after a few changes."""
    text = rng.choice(TEXTS)
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 6))):
        text = rng.choice(CHANGES)(text, rng)[:LONGEST]
    if rng.random() < 0.005:
        piece = rng.choice(_PIECES)
        text += piece * (rng.randrange(LONGEST, 10 * LONGEST) // len(piece))
    return text


def _cut(text: str, rng: random.Random) -> tuple[int, int]:
    """Return a slice, mostly a short one."""
    start = rng.randrange(len(text) + 1)
    return start, min(len(text), start + rng.choice((1, 3, 10, 40, 200, len(text) + 1)))


def _deleted(text: str, rng: random.Random) -> str:
    start, end = _cut(text, rng)
    return text[:start] + text[end:]


def _doubled(text: str, rng: random.Random) -> str:
    start, end = _cut(text, rng)
    return text[:start] + text[start:end] * rng.choice((2, 2, 3, 50)) + text[end:]


def _swapped(text: str, rng: random.Random) -> str:
    first, second, third = sorted(rng.randrange(len(text) + 1) for _ in range(3))
    return text[:first] + text[second:third] + text[first:second] + text[third:]


def _mixed(text: str, rng: random.Random) -> str:
    """Return the text with a slice of another in it."""
    other, at = rng.choice(TEXTS), rng.randrange(len(text) + 1)
    start, end = _cut(other, rng)
    return text[:at] + other[start:end] + text[at:]


def _spliced(text: str, rng: random.Random) -> str:
    other = rng.choice(TEXTS)
    return text[: rng.randrange(len(text) + 1)] + other[rng.randrange(len(other) + 1) :]


def _inserted(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(_PIECES) + text[at:]


def _flipped(text: str, rng: random.Random) -> str:
    held = list(text)
    for _ in range(rng.choice((1, 2, 5, 20)) if held else 0):
        at = rng.randrange(len(held))
        held[at] = rng.choice((rng.choice(_ODD), held[at].swapcase()))
    return "".join(held)


def _shuffled(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    rng.shuffle(lines)
    return "\n".join(lines)


def _wrapped(text: str, rng: random.Random) -> str:
    """Return the text as a terminal of some width breaks it."""
    width = rng.randrange(20, 120)
    return "\n".join(line[at : at + width] for line in text.split("\n") for at in range(0, max(1, len(line)), width))


def _carried(text: str, rng: random.Random) -> str:
    """Return the text inside something else."""
    return rng.choice(CARRIERS)(text)


CARRIERS: Final[tuple[Callable[[str], str], ...]] = (
    json.dumps,
    lambda text: json.dumps({"message": text, "level": "ERROR", "statusCode": 403}),
    lambda text: json.dumps({"Records": [{**BASE, "errorMessage": text}]}),
    lambda text: json.dumps(json.dumps({"errorMessage": text})),
    html.escape,
    lambda text: html.escape(html.escape(text)),
    repr,
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("\n", "\n> "),
    lambda text: f"```\n{text}\n```",
    lambda text: f"<pre>{text}</pre>",
    lambda text: "".join(f"│ {line}\n" for line in text.split("\n")),
    lambda text: "".join(f"2026-11-20T10:00:00Z pod-1 | {line}\n" for line in text.split("\n")),
    lambda text: f"\x1b[31m{text}\x1b[0m",
    lambda text: f"{text}\n\n{text}",
)
CHANGES: Final[tuple[Change, ...]] = (
    _deleted,
    _doubled,
    _swapped,
    _mixed,
    _spliced,
    _inserted,
    _flipped,
    _shuffled,
    _wrapped,
    _carried,
    lambda text, _: quote(text, errors="replace"),
    lambda text, rng: text[: rng.randrange(len(text) + 1)],
    lambda text, rng: text[rng.randrange(len(text) + 1) :],
)
