"""AWS calls as commands of the AWS CLI, to be run by a POSIX shell as they are printed."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

from why403.domain.fix import Write

_PLURAL: Final = re.compile(r"[A-Z]{2,}s$")
_WORD: Final = re.compile(r"(.)([A-Z][a-z]+)")
_END: Final = re.compile(r"([a-z0-9])([A-Z])")
_COMMANDS: Final = {"s3": "s3api"}
_FROM_FILE: Final = ("file://", "fileb://")


def hyphenated(name: str) -> str:
    """Return the name of an operation or parameter as the CLI spells it: `PutBucketPolicy` is `put-bucket-policy`."""
    name = _PLURAL.sub(lambda found: f"-{found[0].lower()}", name)
    return _END.sub(r"\1-\2", _WORD.sub(r"\1-\2", name)).lower()


def command(write: Write) -> str:
    """Return the command that makes a call, each parameter as an option of its own where it can be typed."""
    sent = {name: _sent(value, text=name in write.documents) for name, value in write.parameters.items()}
    words = ["aws", _COMMANDS.get(write.service, write.service), hyphenated(write.operation)]
    if all(map(_typeable, sent.values())):
        words += (word for name, value in sent.items() for word in _option(f"--{hyphenated(name)}", value))
    else:
        words += ["--cli-input-json", json.dumps(sent)]
    if write.region is not None:
        words += ["--region", write.region]
    return " ".join(map(shlex.quote, words))


def _sent(value: Any, *, text: bool) -> Any:
    """Return a parameter as the call takes it: a document is text, without white space that would count as length."""
    return _json(value) if text and not isinstance(value, str) else value


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _typeable(value: Any) -> bool:
    """Return whether a value can stand on a command line: what does not print does not survive being copied.

    The CLI would read a file in place of a text that looks like the address of one.
    """
    if not isinstance(value, str):
        return True
    return not value.startswith(_FROM_FILE) and all(map(str.isprintable, value.split("\n")))


def _option(name: str, value: Any) -> Iterator[str]:
    match value:
        case True:
            yield name
        case False:
            yield name.replace("--", "--no-", 1)
        case str() if value.startswith("-"):
            yield f"{name}={value}"
        case list() | tuple() if value and all(map(_a_word, value)):
            yield from (name, *value)
        case str():
            yield from (name, value)
        case Mapping():
            yield from (name, _json(dict(value)))
        case _:
            yield from (name, _json(value))


def _a_word(value: Any) -> bool:
    """Return whether an entry of a list can stand for itself, beside others."""
    plain = isinstance(value, str) and value and value == value.strip() and value.isprintable()
    return bool(plain) and not value.startswith(("-", "[", "{", *_FROM_FILE))
