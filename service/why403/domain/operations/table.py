"""What a row of the table of operations is."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from why403.domain.actions import Resource, find
from why403.domain.operations.encryption import Under
from why403.domain.operations.when import ALWAYS, When

Kind: TypeAlias = Resource | Literal["keys", "tagged"]
"""What a call is about; `keys`: objects that it lists, in one bucket; `tagged`: anything that carries tags."""


class Need(NamedTuple):
    """One permission a call needs: on what it is about, or on the source it copies from."""

    action: str
    version: str = ""
    """The action needed instead where the call names a version."""
    when: When = ALWAYS
    subject: str = ""
    on: str = ""
    """The parameter whose value is the resource, where that is not what the call is about."""
    under: Under | None = None
    """Which KMS key it is on, for what S3 asks of KMS itself; needed only where there is one."""
    of_new: bool = False
    """Whether it is said of the object that the call writes, which need not be there before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One S3 API operation and the permissions it needs."""

    name: str
    kind: Kind
    rows: tuple[Need, ...]
    creates: bool | None = None
    """Whether the object exists once the call is done, for calls that write one."""

    def needs_object(self, action: str, subject: str) -> bool:
        """Return whether the object of a leg must be there already, given the leg's action and subject."""
        found = find(action)
        new = any(need.of_new for need in self.rows if need.action == action and need.subject == subject)
        return found is not None and found.finds_object and not new
