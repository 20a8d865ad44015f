"""A call of AWS as JSON, as plans and their journals keep it."""

from collections.abc import Mapping
from typing import Any

from why403.domain.fix import Reading, Write


def written_down(write: Write) -> dict[str, Any]:
    """Return a call as JSON."""
    reading = write.reading
    held = None if reading is None else {**reading._asdict(), "parameters": dict(reading.parameters)}
    return {**write._asdict(), "parameters": dict(write.parameters), "reading": held}


def read_write(recorded: Mapping[str, Any]) -> Write:
    """Return the call that `written_down` wrote, as JSON gives it back."""
    held = {name: recorded[name] for name in Write._fields if name in recorded}
    reading = held.get("reading")
    if reading is not None:
        named = {name: reading[name] for name in Reading._fields if name in reading}
        named |= {name: tuple(named[name]) for name in ("path", "absent") if name in named}
        held["reading"] = Reading(**named)
    return Write(**{**held, "documents": tuple(held.get("documents", ()))})
