"""A call decided: its legs together, allowed if all of them are, with blockers in one order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, agreed
from why403.domain.verdict import Fork, Says, Words
from why403.engine.blame import Blamed
from why403.engine.conclude import Conclusion
from why403.engine.decide import Ruled
from why403.engine.evaluate import ignore
from why403.engine.relation import Relation
from why403.engine.unread import Doubt
from why403.layer import Layer


def nobody_knows(_request: AccessRequest) -> Truth:
    """Leave it open whether something is allowed."""
    return UNKNOWN


@dataclass(slots=True, eq=False, kw_only=True)
class LegDecided:
    """One leg of a call: its ruling, whether it is needed, and doubts that are no layer's. Treat it as immutable.

    `otherwise` is the leg that the call has instead under a condition of which it is not known whether it holds, and
    `fork` says which. `ask` tells whether something else is allowed, which may decide what S3 answers.
    """

    ruled: Ruled
    otherwise: "LegDecided | None" = None
    fork: Fork | None = None
    needed: Truth = TRUE
    key: str | None = None
    own_doubts: Sequence[Doubt] = ()
    tell: Callable[[str, str], None] = ignore
    ask: Callable[[AccessRequest], Truth] = nobody_knows
    told: dict[Blamed, Words] = field(default_factory=dict)  # what has been put into words already

    @property
    def plain(self) -> Conclusion | None:
        """Return the conclusion of a leg of which it tells all there is to tell, as of most."""
        ruled = self.ruled
        if self.otherwise is not None or self.own_doubts or self.needed != TRUE or self._by_somebody:
            return None
        # Between accounts that are not known the request decides what is named first, and of other services as whose.
        by_request = ruled.conclusion.relation is Relation.OPEN or ruled.request.s3_action is None
        return None if by_request or ruled.__class__ is not Ruled else ruled.conclusion

    @property
    def outcome(self) -> Truth:
        """Return the outcome as far as it is certain, on both sides of a fork."""
        outcome = self._own_outcome
        return outcome if self.otherwise is None else agreed(outcome, self.otherwise.outcome)

    @property
    def forks(self) -> bool:
        """Return whether only the side of the fork keeps the outcome open."""
        return self.outcome == UNKNOWN and self._own_outcome != UNKNOWN

    @property
    def _own_outcome(self) -> Truth:
        """Return the outcome on this side of a fork: a leg that may not be needed cannot deny for certain."""
        outcome = self.ruled.outcome
        if outcome == TRUE and (self.own_doubts or self._by_somebody):
            return UNKNOWN
        if outcome == FALSE and (self.needed != TRUE or self._may_be_granted() or self._may_be_exempt()):
            return UNKNOWN
        return outcome

    @property
    def _by_somebody(self) -> bool:
        """Return whether it is not known who calls."""
        return self.ruled.request.principal.kind is Kind.UNKNOWN

    def _may_be_exempt(self) -> bool:
        """Return whether only policies refuse it, and somebody calls: what is no policy's is refused to everybody."""
        return self._by_somebody and self.ruled.conclusion.merged.required != FALSE

    def _may_be_granted(self) -> bool:
        """Return whether only an allow is missing, and something that nobody reads might give it."""
        merged = self.ruled.conclusion.merged
        held = merged.denied == TRUE or FALSE in {merged.limited, merged.required}
        return not held and any(doubt.grants for doubt in self.own_doubts)

    def teller(self, blamed: Blamed) -> Layer:
        """Return the layer by which a claim is told: the one that says it, or that answers for the whole leg."""
        return self.ruled.teller or blamed.layer

    @property
    def blockers(self) -> Sequence[Blamed]:
        """Return what certainly stands in the way of this leg."""
        if self.outcome != FALSE:
            return ()
        found = self.ruled.blockers
        return [each for each in found if each.claim.says == Says.REQUIREMENT] if self._by_somebody else found


class Blocked(NamedTuple):
    """A blocker and the leg it stands in."""

    leg: LegDecided
    blamed: Blamed


@dataclass(eq=False, kw_only=True)
class Decided:
    """All legs of one call; `asked` says in words what was asked for. Treat it as immutable."""

    legs: Sequence[LegDecided]
    asked: str
    warnings: list[dict[str, Any]] = field(default_factory=list)
    outcome: Truth = field(init=False)
    """The outcome of the call: denied if any leg is."""
    _blockers: list[Blocked] | None = field(init=False)

    def __post_init__(self) -> None:
        """Work out the outcome."""
        self._blockers = None
        self.outcome = (
            self.legs[0].outcome if len(self.legs) == 1 else min((leg.outcome for leg in self.legs), default=TRUE)
        )

    @property
    def blockers(self) -> list[Blocked]:
        """Return the certain blockers of all legs in one order, ties by leg."""
        if self._blockers is None:
            found = [Blocked(leg, blamed) for leg in self.legs for blamed in leg.blockers]
            if len(self.legs) > 1:  # those of one leg are in order already
                found.sort(key=lambda each: each.leg.ruled.place(each.blamed))
            self._blockers = found
        return self._blockers

    @property
    def first(self) -> Blocked | None:
        """Return the first certain blocker."""
        return self.blockers[0] if self.blockers else None

    @property
    def granted_by(self) -> list[str]:
        """Return the names of the layers whose allow decided, over all legs."""
        return list(dict.fromkeys([layer.name for leg in self.legs for layer in leg.ruled.grantors]))

    @property
    def granted_titles(self) -> list[str]:
        """Return their titles."""
        return list(dict.fromkeys([layer.title for leg in self.legs for layer in leg.ruled.grantors]))

    @property
    def partial(self) -> bool:
        """Return whether a call on several keys is denied for some of them, and certainly not for all."""
        keyed = {leg.key: TRUE for leg in self.legs if leg.key is not None}
        for leg in self.legs:
            if leg.key is not None:
                keyed[leg.key] = min(keyed[leg.key], leg.outcome)
        return self.outcome == FALSE and any(outcome == TRUE for outcome in keyed.values())
