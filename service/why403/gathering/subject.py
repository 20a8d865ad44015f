"""What one subject of a call is known to be: the request's own, a copy's source, or one of several keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from why403.domain.evidence import Fact, Observation
from why403.domain.request import AccessRequest


@dataclass(slots=True, eq=False, kw_only=True)
class Subject:
    """A subject by its name in evidence (empty: the request's own), and what is given of it.

    `request` asks about it, with the given evidence only. `keyed`: other subjects are this call's objects, so facts of
    objects are theirs and not this one's.
    """

    name: str
    request: AccessRequest
    given: Mapping[Fact[Any], Observation[Any]] = field(default_factory=dict)
    keyed: bool = False

    def owns(self, fact: Fact[Any]) -> bool:
        """Return whether a fact is to be looked for here."""
        if self.name == "":
            return not (self.keyed and fact.of_object)
        return fact.of_resource if self.request.of_source else fact.of_object
