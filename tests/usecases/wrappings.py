"""What surrounds a pasted error: logs, terminals, JSON, Markdown, and whatever went wrong afterwards."""

import json
import textwrap
from collections.abc import Callable
from typing import Final

_LATER: Final = (
    "\nERROR: job 7 failed with exit status 1\n"
    "An error occurred (NoSuchUpload) when calling the ListParts operation: The specified upload does not exist.\n"
    "make: *** [deploy] Error 1"
)


def bare(text: str) -> str:
    return text


def in_a_log(text: str) -> str:
    return "\n".join(
        f"2024-03-01T07:41:{place % 60:02}.120Z [worker-3] ERROR {line}" for place, line in enumerate(text.split("\n"))
    )


def stamped(text: str) -> str:
    return f"Feb 20 10:11:12 host-4 app[311]: {text}"


def coloured(text: str) -> str:
    return "\n".join(f"\x1b[31m\x1b[1m{line}\x1b[0m" for line in text.split("\n"))


def indented(text: str) -> str:
    return textwrap.indent(text, "      ")


def wrapped(text: str) -> str:
    """Break lines at spaces as a narrow window does."""
    return "\n".join(
        textwrap.fill(line, 78, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
    )


def as_json(text: str) -> str:
    return json.dumps({"level": "error", "msg": text, "app": "sync"})


def as_json_member(text: str) -> str:
    return json.dumps({"statusCode": 500, "body": json.dumps({"error": text})})


def quoted(text: str) -> str:
    return "We see this since Monday:\n\n" + textwrap.indent(text, "> ", lambda _: True) + "\n\nany idea?"


def fenced(text: str) -> str:
    return f"Deployment fails:\n\n```\n{text}\n```\n"


def before_others(text: str) -> str:
    return f"+ ./deploy.sh staging\nbuilding 14 files\n{text}{_LATER}"


Wrapping = Callable[[str], str]
WRAPPINGS: Final[tuple[Wrapping, ...]] = (
    bare, in_a_log, stamped, coloured, indented, wrapped, as_json, as_json_member, quoted, fenced, before_others,
)  # fmt: skip
# What is read by its lines or as JSON does not survive everything.
OF_JSON: Final[tuple[Wrapping, ...]] = (bare, stamped, indented, as_json, as_json_member, fenced)
OF_EXCHANGES: Final[tuple[Wrapping, ...]] = (bare, coloured, indented, as_json, fenced, before_others)
