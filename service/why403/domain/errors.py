"""The errors a caller may see; status codes live in `web/problems.py`.

    Why403Error
    |- InvalidInput          understood as JSON, but an element is wrong; carries pointers
    |- NotAllowed            this service does not do that
    |- NotFound              no such thing here
    |- Conflict              the world changed since
    |- Unavailable           a collaborator cannot be reached now
    `- LayerContractError    at startup only: the process does not start

Messages are lower case without a full stop, user input in backticks, no Python type names.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Fault(NamedTuple):
    """One wrong element of the input: where it stands (JSON pointer) and what is wrong with it."""

    pointer: str
    message: str

    def below(self, prefix: str) -> "Fault":
        """Return the same fault as seen from further outside."""
        return Fault(prefix + self.pointer, self.message)

    def within(self, root: object) -> "Fault":
        """Return the same fault with a pointer that resolves in `root`: what is missing is a fault of its parent.

        So is what stands inside a text: a pointer of RFC 6901 ends there, and the rest is said in the message.
        """
        held, tokens = root, self.pointer.split("/")[1:]
        for depth, token in enumerate(tokens):
            found, held = _member(held, unescaped(token))
            if not found:
                rest = "/".join(map(unescaped, tokens[depth:]))
                return Fault("".join(f"/{each}" for each in tokens[:depth]), f"`{rest}`: {self.message}")
        return self if tokens else Fault("", self.message)


class Why403Error(Exception):
    """Everything this service raises on purpose; `members` stand beside the message in what a caller is answered."""

    members: Mapping[str, Any] = MappingProxyType({})


class InvalidInput(Why403Error):
    """The input breaks the grammar; `faults` says where and how, at least one."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults; the message is the first of them."""
        self.faults = tuple(faults)
        super().__init__(self.faults[0].message)

    @classmethod
    def at(cls, pointer: str, message: str) -> "InvalidInput":
        """Return the error of a single fault."""
        return cls((Fault(pointer, message),))

    def below(self, prefix: str) -> "InvalidInput":
        """Return the same error as seen from further outside."""
        return InvalidInput(fault.below(prefix) for fault in self.faults)

    def within(self, root: object) -> "InvalidInput":
        """Return the same error with pointers that resolve in what was sent."""
        return InvalidInput(fault.within(root) for fault in self.faults)


class NotAllowed(Why403Error):
    """This service does not do that, whoever asks."""


class NotFound(Why403Error):
    """No such thing here."""


class Conflict(Why403Error):
    """The world changed since the caller looked."""


class Unavailable(Why403Error):
    """A collaborator cannot be reached now; trying again later may help."""


class LayerContractError(Why403Error):
    """A layer cannot be used as declared; the service does not start with it."""


def escaped(token: str) -> str:
    """Return a member name as a JSON pointer token (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")


def unescaped(token: str) -> str:
    """Return a token of a JSON pointer as the name it stands for."""
    return token.replace("~1", "/").replace("~0", "~")


def _member(held: object, name: str) -> tuple[bool, object]:
    """Return whether JSON has a member or an element of that name, and which."""
    if isinstance(held, dict):
        return name in held, held.get(name)
    if isinstance(held, list) and re.fullmatch("0|[1-9][0-9]{0,9}", name) and int(name) < len(held):
        return True, held[int(name)]
    return False, None
