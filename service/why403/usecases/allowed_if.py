"""Under which condition a call that is not decided would be allowed, as an answer tells it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from why403.domain.errors import InvalidInput
from why403.domain.evidence import SOURCE, Evidence, Fact
from why403.domain.truth import UNKNOWN, Truth
from why403.engine.allowing import MOST_TRIED, Assumed, Search, spellings, told
from why403.engine.call import Decided
from why403.engine.settle import Budget, OverBudget
from why403.intake.request import Asked
from why403.services import Services
from why403.usecases.decide import legs_decided

_MOST_IN_ALL: Final = 4096


@dataclass(slots=True)
class Tries:
    """How often may still be decided, for all calls of a body together, to find out when they would be allowed."""

    left: int = _MOST_IN_ALL


class Seen(NamedTuple):
    """What a call was decided on; `current` are facts that are known of the object's current version only."""

    evidence: Evidence
    current: Collection[Fact[Any]] = ()


def allowed_if(services: Services, asked: Asked, seen: Seen, decided: Decided, tries: Tries) -> dict[str, Any] | None:
    """Return the least under which a call that is not decided would be allowed, None if nothing is found."""
    if decided.outcome != UNKNOWN or not decided.legs or tries.left <= 0:
        return None
    again = _Again(services, asked, *seen)
    search = Search(again.decide, again.certain, left=min(MOST_TRIED, tries.left))
    before = search.left
    try:
        found = search.found(decided)
    except InvalidInput:  # what would have to be assumed does not fit the call
        found = None
    tries.left -= before - max(search.left, 0)
    return None if found is None else told(found, spellings(leg.ruled.request for leg in decided.legs))


@dataclass(frozen=True, slots=True)
class _Again:
    """The same call with more known about it."""

    services: Services
    asked: Asked
    evidence: Evidence
    current: Collection[Fact[Any]]

    def decide(self, assumed: Assumed) -> Decided:
        """Return what the rules say, statement by statement; raise InvalidInput where it does not fit the call."""
        return self._decided(assumed, None)

    def certain(self, assumed: Assumed) -> Truth:
        """Return the outcome as the answer to the call would have it."""
        try:
            return self._decided(assumed, Budget()).outcome
        except (InvalidInput, OverBudget):
            return UNKNOWN

    def _decided(self, assumed: Assumed, budget: Budget | None) -> Decided:
        asked = replace(self.asked, context={**self.asked.context, **assumed.context})
        legs = asked.legs(self._evidence(assumed), self.services.registry.facts, self.current)
        return Decided(legs=legs_decided(self.services, legs, budget), asked="")

    def _evidence(self, assumed: Assumed) -> Evidence:
        facts, own, of_source = self.services.registry.facts, dict(self.evidence), dict(self.evidence.of_source)
        for name, value in assumed.facts.items():
            fact = facts[name.removeprefix(SOURCE)]
            (of_source if name.startswith(SOURCE) else own)[fact] = fact.observe(value)
        return Evidence(own, of_source=of_source, of_keys=self.evidence.of_keys, complete=self.evidence.complete)
