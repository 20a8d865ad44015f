"""Shapes that values of facts are made of: lists, mappings and objects with known members, every fault placed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

from why403.domain.errors import Fault, InvalidInput, escaped
from why403.domain.lengths import LONGEST_TEXT, TOO_LONG

T = TypeVar("T")
Load: TypeAlias = Callable[[Any], T]
"""Turns a JSON value into a typed one; raises InvalidInput with pointers from that value."""


def string(value: object) -> str:
    """Return a string, which may be empty."""
    if not isinstance(value, str):
        raise InvalidInput.at("", "must be a string")
    if len(value) > LONGEST_TEXT:
        raise InvalidInput.at("", TOO_LONG)
    return value


def moment(value: object) -> datetime:
    """Return an ISO 8601 time; one without a zone is UTC, as AWS prints all of them."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput.at("", "must be an ISO 8601 time as a string")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def listed(load: Load[T]) -> Load[tuple[T, ...]]:
    """Return the loader of a list whose elements are all of one shape."""

    def loaded(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise InvalidInput.at("", "must be a list")
        return tuple(_all((f"/{index}", load, each) for index, each in enumerate(value)))

    return loaded


def mapped(load: Load[T]) -> Load[Mapping[str, T]]:
    """Return the loader of an object with any members, whose values are all of one shape."""

    def loaded(value: object) -> Mapping[str, T]:
        if not isinstance(value, dict):
            raise InvalidInput.at("", "must be an object")
        found = _all(("/" + escaped(str(name)), load, held) for name, held in value.items())
        return dict(zip(value, found, strict=True))

    return loaded


def members(required: Mapping[str, Load[Any]], optional: Mapping[str, Load[Any]]) -> Load[dict[str, Any]]:
    """Return the loader of an object with these members only; an optional one that is missing or null is None."""
    known = {**required, **optional}
    names = ", ".join(f"`{name}`" for name in known)

    def loaded(value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise InvalidInput.at("", f"must be an object of {names}")
        faults = [Fault("", f"`{name}` is missing") for name in required if name not in value]
        strangers = [name for name in value if name not in known]
        faults += [Fault("/" + escaped(name), f"`{name}` is no member; known are {names}") for name in strangers]
        if faults:
            raise InvalidInput(faults)
        given = [name for name, held in value.items() if name in required or held is not None]
        found = _all((f"/{name}", known[name], value[name]) for name in given)
        return {**dict.fromkeys(known), **dict(zip(given, found, strict=True))}

    return loaded


def _all(parts: Iterable[tuple[str, Load[T], object]]) -> list[T]:
    """Return every part loaded; raise InvalidInput with the faults of all of them."""
    found, faults = list[T](), list[Fault]()
    for pointer, load, value in parts:
        try:
            found.append(load(value))
        except InvalidInput as error:
            faults.extend(error.below(pointer).faults)
    if faults:
        raise InvalidInput(faults)
    return found
