"""What one reader saw at one place of a text: the fields it could tell, and whether it is an error or only a hint."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias, TypedDict, cast

from why403.report.model import Named, Source


class Fields(TypedDict, total=False):
    """The fields of a report that one place tells; what it does not tell is not in it."""

    principal: str
    operation: str
    action: str
    resource: str
    foreign: str
    bucket: str
    key: str
    parameters: dict[str, Any]
    context: dict[str, Any]
    code: str
    status: int
    message: str
    request_id: str
    host_id: str
    time: str
    region: str
    bucket_region: str
    bucket_owner: str
    presigned: dict[str, Any]
    server: str
    server_time: str
    request_time: str
    named: Named


def fields(**told: Any) -> Fields:
    """Return the fields that were told: those that are neither None nor empty."""
    return cast("Fields", {name: value for name, value in told.items() if value not in (None, "", {})})


def both(first: Fields, second: Fields) -> Fields:
    """Return what two places tell together; the first wins."""
    return {**second, **first}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One place of the text. A hint is no error by itself; it fills what an error leaves open.

    What `begins` is of a call that no error before is of, but one that names the same operation.
    """

    start: int
    source: Source
    told: Fields = field(default_factory=Fields)
    is_error: bool = True
    begins: bool = False
    notes: tuple[str, ...] = ()


Reader: TypeAlias = Callable[[str], Iterable[Sighting]]


class Format(NamedTuple):
    """A reader, and the words of which a text holds at least one if the reader has anything to see in it."""

    reader: Reader
    words: tuple[str, ...] = ("",)


MOST: Final = 100
"""How many sightings of one reader are looked at; more in one text only count."""
