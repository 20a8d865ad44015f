"""How the demo prints: a label at the left, a wrapped text beside it."""

import textwrap
from collections.abc import Mapping
from typing import Any

_WIDTH = 110
_MARGIN, _LABEL = 4, 8


def title(name: str, text: str) -> None:
    """Print the line that begins a refusal."""
    print(f"=== {name}  {text}")


def row(label: str, text: str, lines: int | None = None) -> None:
    """Print a text, cut after some lines, with its label; an empty label continues the row above."""
    wrapped = textwrap.fill(text, _WIDTH, max_lines=lines, placeholder=" ...")
    indented = textwrap.indent(wrapped, " " * (_MARGIN + _LABEL))
    print(f"{'':{_MARGIN}}{label:<{_LABEL}}{indented[_MARGIN + _LABEL :]}")


def plan(answer: Mapping[str, Any]) -> None:
    """Print a plan: what it comes to, and each change with who has to make it."""
    row("plan", answer["summary"])
    for change in answer["changes"]:
        row("change", f"{change['summary']} ({change['applicability']}; {change['who']})")


def check(cause: dict[str, dict[str, str]]) -> None:
    """Print what would tell a cause from the others."""
    row("check", cause["check"]["what"])
    row("", cause["check"]["command"])


def cited(blocker: dict[str, list[dict[str, str]]]) -> str:
    """Return which statement of which policy a blocker rests on."""
    if not blocker["citations"]:
        return "the call itself"
    first = blocker["citations"][0]
    return f"{first['fact']}{first['pointer']}"
