"""The errors a caller may see; status codes live in `web/problems.py`.

    Why403Error
    |- InvalidInput          understood as JSON, but an element is wrong; carries pointers
    |- NotFound              no such thing here
    |- Conflict              the world changed since
    |- Unavailable           a collaborator cannot be reached now
    `- LayerContractError    at startup only: the process does not start

Messages are lower case without a full stop, user input in backticks, no Python type names.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """One wrong element of the input: where it stands (JSON pointer) and what is wrong with it."""

    pointer: str
    message: str

    def below(self, prefix: str) -> "Fault":
        """Return the same fault as seen from further outside."""
        return Fault(prefix + self.pointer, self.message)


class Why403Error(Exception):
    """Everything this service raises on purpose."""


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
