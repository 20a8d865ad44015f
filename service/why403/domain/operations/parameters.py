"""The parameters of one call, read with care: each knows whether it was sent, and a wrong type has a pointer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, TypeAlias

from why403.domain.errors import InvalidInput, escaped
from why403.domain.truth import FALSE, Truth, truth_of


class _Unread:
    """The type of UNREAD, so that it shows by its name."""

    def __repr__(self) -> str:
        """Return the name it is imported by."""
        return "UNREAD"


UNREAD: Final = _Unread()
"""What `known` returns for a fact that nobody could read; None is a fact known to be none."""

Known: TypeAlias = Callable[[str], object]
Type: TypeAlias = Literal["text", "texts", "number", "flag", "time"]

_WORDS: Final[Mapping[Type, str]] = {
    "text": "must be text",
    "texts": "must be a list of texts",
    "number": "must be a number",
    "flag": "must be true or false",
    "time": "must be a time as text",
}
_LARGEST: Final = 2**64


@dataclass(frozen=True, slots=True)
class Parameters:
    """What one call, or one key of it, was sent with, named as boto3 does; `Retention.Mode` looks inside a structure.

    `unlisted` says how far a parameter that is not listed may have been sent all the same; null is known not to be.
    """

    values: Mapping[str, object]
    known: Known
    unlisted: Truth = FALSE

    def but(self, **changed: object) -> "Parameters":
        """Return the same parameters with some replaced; None is known not to be sent."""
        return replace(self, values={**self.values, **changed})

    def get(self, path: str) -> object:
        """Return what was sent under a name or a dotted path, None if nothing was."""
        first, *inner = path.split(".")
        value, pointer = self.values.get(first), pointer_to(first)
        for name in inner:
            if value is None:
                return None
            if not isinstance(value, Mapping):
                raise InvalidInput.at(pointer, "must be an object")
            value, pointer = value.get(name), f"{pointer}/{escaped(name)}"
        return value

    def sent(self, path: str) -> Truth:
        """Return whether something other than empty text was sent."""
        if path.partition(".")[0] not in self.values:
            return self.unlisted
        value = self.get(path)
        return truth_of(value is not None and value != "")

    def text(self, path: str) -> str | None:
        """Return the text that was sent, None if there is none."""
        found = self.read(path, "text")
        return found[0] if found else None

    def flag(self, path: str) -> Truth:
        """Return whether a switch was sent and is on."""
        found = self.read(path, "flag")
        return self.sent(path) if found is None else truth_of(found == ("true",))

    def read(self, path: str, expected: Type) -> tuple[str, ...] | None:
        """Return what was sent as the values of a condition key, None if nothing was."""
        value = self.get(path)
        if value is None:
            return None
        found = _values(value, expected)
        if found is None:
            raise InvalidInput.at(pointer_to(*path.split(".")), _WORDS[expected])
        return found


def pointer_to(*names: str | int) -> str:
    """Return the JSON pointer to something inside the parameters."""
    return "".join(f"/{escaped(str(name))}" for name in ("parameters", *names))


def _values(value: object, expected: Type) -> tuple[str, ...] | None:
    match expected, value:
        # A header or a log spells a switch as text.
        case ("text" | "time", str()) | ("flag", "true" | "false"):
            return (str(value),)
        case "flag", bool():
            return ("true" if value else "false",)
        case "number", int() | float() | str() if _is_number(value):
            return (str(value),)
        case "time", date():
            return (value.isoformat().replace("+00:00", "Z"),)
        case "texts", list() | tuple() if all(isinstance(item, str) for item in value):
            return tuple(value)
    return None


def _is_number(value: float | str) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.removeprefix("-").isdigit()
    return not isinstance(value, bool) and abs(value) < _LARGEST
