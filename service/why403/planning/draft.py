"""A draft of a plan: the fixes taken so far, and the evidence and the call as they would then be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from why403.domain.evidence import SOURCE
from why403.domain.fix import Applicability, Edit, Fix
from why403.engine.call import Blocked

OBJECTS = "objects"


class Step(NamedTuple):
    """One fix, the layer that proposes it, and the names under which the leg it mends knows its facts.

    `prefix` is `source.` for the facts of a copy's source, `key` the key of one of several objects.
    """

    layer: str
    fix: Fix
    prefix: str = ""
    key: str | None = None
    own: frozenset[str] = frozenset()
    """The names of facts that the leg's subject has of its own."""

    def edits(self) -> Iterator[Edit]:
        """Yield the edits with the facts as the whole call names them."""
        for edit in self.fix.edits:
            yield edit._replace(fact=self.prefix + edit.fact) if edit.fact in self.own else edit


@dataclass(frozen=True, slots=True)
class Draft:
    """Fixes in the order in which they are to be made."""

    steps: tuple[Step, ...] = ()

    def then(self, step: Step) -> "Draft":
        """Return the draft with one more fix."""
        return Draft((*self.steps, step))

    def but(self, step: Step) -> "Draft":
        """Return the draft without one fix."""
        return Draft(tuple(each for each in self.steps if each is not step))

    @property
    def cost(self) -> tuple[int, int, int]:
        """Return what makes one draft worse than another: its worst fix, how many are bad, how many there are."""
        grades = [each.fix.applicability for each in self.steps]
        return max(grades, default=Applicability.SAFE), sum(grades), len(grades)

    def evidence(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return facts as JSON with the edits made; those of single keys stand under `objects`."""
        found = dict(given)
        for step in self.steps:
            for edit in step.edits():
                if step.key is not None and edit.fact in step.own:
                    objects = dict(found.get(OBJECTS) or {})
                    objects[step.key] = {**objects.get(step.key, {}), edit.fact: edit.after}
                    found[OBJECTS] = objects
                else:
                    found[edit.fact] = edit.after
        return found

    def request(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of the request with what the caller sends otherwise."""
        found = dict(given)
        for step in self.steps:
            found |= step.fix.request
            if step.fix.call:
                sent = {**(found.get("parameters") or {}), **step.fix.call}
                found["parameters"] = {name: value for name, value in sent.items() if value is not None}
        return found


def steps(blocked: Blocked) -> Iterable[Step]:
    """Return the fixes that the blocker's layer proposes, for the leg it stands in."""
    request = blocked.leg.ruled.request
    layer, claim = blocked.blamed
    of_source, key = request.of_source, blocked.leg.key
    own = frozenset(
        fact.name
        for fact in request.evidence
        if (fact.of_resource if of_source else key is not None and fact.of_object)
    )
    prefix = SOURCE if of_source else ""
    return [Step(layer.name, fix, prefix, key, own) for fix in layer.propose(request, request.evidence, claim)]
