"""What one subject of a call is known to be: the request's own, a copy's source, or one of several keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from why403.domain.evidence import Fact, Observation
from why403.domain.request import AccessRequest


@dataclass(slots=True, eq=False, kw_only=True)
class Subject:
    """The request's own subject, the source of a copy, or the object of one of several keys; what is given of it.

    `request` asks about it, with the given evidence only. `extent` says how far it is known, or this one's at all: only
    its caller, its bucket as well, or also the object; facts of what lies beyond are not collected.
    """

    request: AccessRequest
    kind: Literal["own", "source", "key"] = "own"
    key: str = ""
    given: Mapping[Fact[Any], Observation[Any]] = field(default_factory=dict)
    extent: Literal["caller", "bucket", "object"] = "object"

    def owns(self, fact: Fact[Any]) -> bool:
        """Return whether a fact is to be looked for here."""
        if fact.of_object:
            return self.extent == "object"
        if fact.of_resource:
            return self.extent != "caller" and self.kind != "key"
        return self.kind == "own"
