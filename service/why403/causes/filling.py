"""The texts of the model filled in with what is known: sentences for people, and commands for a shell."""

import re
import shlex
from collections.abc import Mapping
from typing import Final

from why403.domain.commands import words as worded
from why403.domain.remembered import characters, remembered, remembered_by

_OPTIONAL: Final = re.compile(r" --[a-z-]+ \{version\}")
"""What a command has only where it is known."""
_GAP: Final = re.compile(r"\{([a-z_]+)\}")
_OF_RESOURCE: Final = frozenset({"resource", "in_bucket"})
_UNTOLD: Final = {"in_bucket": "the resource", "point_account": "the access point's account"}
"""What sentences say for what is not known, where that is not its name."""
_PLACEHOLDERS: Final = {"in_bucket": "RESOURCE", "holder_name": "ROLE", "owner": "ACCOUNT", "key_account": "ACCOUNT"}
_OF_COMMAND: Final = re.compile(r"(?:--([a-z-]+) )?\{([a-z_]+)\}")
"""A gap of a command, with the option that takes it, if it stands alone there."""


def filled(text: str, words: Mapping[str, str | None]) -> str:
    """Return a sentence with what is known put in."""
    pieces = _pieces(text)
    if len(pieces) == 1:
        return text
    return "".join([_put_in(piece, words) if at % 2 else piece for at, piece in enumerate(pieces)])


def _put_in(name: str, words: Mapping[str, str | None]) -> str:
    """Return what a sentence says for a name; braces around anything else are no gap."""
    if name not in words:
        return f"{{{name}}}"
    if name in _OF_RESOURCE and _is_of_key(words):
        return words[name] or "the key"
    return words[name] or _UNTOLD.get(name) or f"the {name.replace('_', ' ')}"


def _is_of_key(words: Mapping[str, str | None]) -> bool:
    return (words["action"] or "").startswith("kms:")


def typed(command: str, words: Mapping[str, str | None]) -> str:
    """Return a command of the AWS CLI with what is known put in so that a shell and the CLI take it as it is.

    What is not known stays a word in capitals.
    """

    def put_in(found: re.Match[str]) -> str:
        option, name = found.groups()
        if name not in words:
            return found[0]
        placeholder = "KEY" if name in _OF_RESOURCE and _is_of_key(words) else _PLACEHOLDERS.get(name, name.upper())
        return _written((option or "", words[name] or placeholder))

    return _OF_COMMAND.sub(put_in, command if words["version"] else _OPTIONAL.sub("", command))


@remembered_by(characters, most=2048)
def _written(typed: tuple[str, str]) -> str:
    """Return a value as a command has it, for the option that it stands behind, if any."""
    option, value = typed
    parameter = "".join(map(str.capitalize, option.split("-")))
    return shlex.join(worded([(parameter, value)])) if option else shlex.quote(value)


@remembered(1024)
def _pieces(text: str) -> tuple[str, ...]:
    """Return a text of the model cut at what is to be put in, whose names are every second piece."""
    return tuple(_GAP.split(text))
