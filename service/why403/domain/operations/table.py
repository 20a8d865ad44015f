"""What a row of the table of operations is."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from why403.domain.actions import Resource
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One S3 API operation and the permissions it needs."""

    name: str
    kind: Kind
    rows: tuple[Need, ...]
    creates: bool | None = None
    """Whether the object exists once the call is done, for calls that write one."""
