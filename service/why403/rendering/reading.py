"""Reading a diagnosis: members by name, where a missing or misshapen one counts as nothing."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from why403.domain.actions import is_of_other_service
from why403.domain.operations import OPERATIONS

Data: TypeAlias = Mapping[str, Any]

MOST: Final = 20
"""How many entries of one list are shown."""
_LISTS: Final = (list, tuple)
_OBJECTS: Final = (dict, Mapping)  # an abstract class alone is asked at length
_NUMBERS: Final = (int, float)


class Known(dict[str, Any]):
    """A diagnosis whose parts are looked for once, however many sections tell of them."""

    __slots__ = ("blocking", "call", "found")

    def __init__(self, data: Data) -> None:
        """Start with nothing found."""
        super().__init__(data)
        self.found: dict[str, list[Data]] = {}
        self.blocking: list[Data] | None = None
        self.call: str | None = None


def once(data: Data) -> Known:
    """Return a diagnosis whose parts are looked for once, the same where it is one already."""
    return data if isinstance(data, Known) else Known(data)


def text(data: Data, name: str) -> str:
    """Return a text or number as text, without space around it."""
    value = data.get(name)
    if value is None:  # most members are missing or texts
        return ""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, _NUMBERS) and not isinstance(value, bool) else ""


def texts(data: Data, name: str) -> list[str]:
    """Return the texts of a list, as they are."""
    value = data.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, _LISTS) else []


def part(data: Data, name: str) -> Data:
    """Return a member that is an object, or an empty one."""
    value = data.get(name)
    return value if isinstance(value, _OBJECTS) else {}


def parts(data: Data, name: str) -> list[Data]:
    """Return the objects of a list."""
    if isinstance(data, Known):
        found = data.found.get(name)
        if found is None:
            found = data.found[name] = _parts(data, name)
        return found
    return _parts(data, name)


def _parts(data: Data, name: str) -> list[Data]:
    value = data.get(name)
    return [each for each in value if isinstance(each, _OBJECTS)] if isinstance(value, _LISTS) else []


def allowed(diagnosis: Data) -> bool:
    """Say whether the request is allowed, and nobody has seen AWS refuse it."""
    return text(diagnosis, "decision") == "allowed" and text(diagnosis, "certainty") != "contradicted"


def blockers(diagnosis: Data) -> list[Data]:
    """Return what is known to stand in the way of a denied request."""
    if not isinstance(diagnosis, Known):
        return _blockers(diagnosis)
    if diagnosis.blocking is None:
        diagnosis.blocking = _blockers(diagnosis)
    return diagnosis.blocking


def _blockers(diagnosis: Data) -> list[Data]:
    return parts(diagnosis, "blockers") if text(diagnosis, "decision") == "denied" else []


def settled(diagnosis: Data) -> bool:
    """Say whether one reason of the refusal is known, or the only one left; else there are ranked causes."""
    return bool(blockers(diagnosis)) or text(diagnosis, "certainty") == "by_elimination"


def blamed(diagnosis: Data) -> list[Data]:
    """Return what stands in the way, first things first: blockers, or else the ranked causes."""
    return [] if allowed(diagnosis) else blockers(diagnosis) or parts(diagnosis, "causes")


def first_cause(diagnosis: Data) -> Data:
    """Return the likeliest cause, or an empty one."""
    return next(iter(parts(diagnosis, "causes")), {})


def the_call(diagnosis: Data) -> str:
    """Return the name of what was called: the operation, or else the action."""
    if not isinstance(diagnosis, Known):
        return _the_call(diagnosis)
    if diagnosis.call is None:
        diagnosis.call = _the_call(diagnosis)
    return diagnosis.call


def elsewhere(diagnosis: Data) -> bool:
    """Return whether what was refused is another service's, and nothing says that S3 was called."""
    understood = part(diagnosis, "understood")
    return text(understood, "operation") not in OPERATIONS and is_of_other_service(text(understood, "action") or None)


def _the_call(diagnosis: Data) -> str:
    understood = part(diagnosis, "understood")
    blocked = next(iter(blockers(diagnosis)), {})
    return text(understood, "operation") or text(understood, "action") or text(blocked, "action")
