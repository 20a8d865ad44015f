"""What follows from the verdicts on a leg, whatever the request was: the same verdicts are concluded from once."""

from collections.abc import Iterable, Sequence
from typing import Any

from why403.domain.truth import TRUE, Truth
from why403.engine.blame import Blamed, blockers, claims, doubts, grantors
from why403.engine.evaluate import Judged
from why403.engine.merge import Merged, merge
from why403.engine.relation import Relation
from why403.layer import Layer


class Conclusion:
    """The verdicts put together for one relation of accounts; treat it as immutable.

    `at_home`: the caller is of the account that owns the bucket or decides, so that its own policies are named first.
    """

    def __init__(self, said: Sequence[Judged], relation: Relation, *, at_home: bool) -> None:
        """Merge the verdicts; the rest is worked out when it is asked for."""
        self.said, self.relation, self.at_home = said, relation, at_home
        self.merged: Merged = merge(said)
        self.outcome: Truth = self.merged.outcome(relation)
        self.brief: dict[str, Any] | None = None  # the answer without words, once it was asked for
        self.spoken: Sequence[Blamed] | None = None  # and what speaks for the request
        self._claims: list[Blamed] | None = None
        self._blockers: list[Blamed] | None = None
        self._doubts: list[Blamed] | None = None
        self._grantors: list[Layer] | None = None

    # Kept by hand: in the compiled form a cached_property is worked out each time.
    @property
    def claims(self) -> list[Blamed]:
        """Return every claim with the layer that makes it."""
        if self._claims is None:
            self._claims = claims(self.said)
        return self._claims

    @property
    def blockers(self) -> list[Blamed]:
        """Return what certainly stands in the way, in the order of reporting."""
        if self._blockers is None:
            held = self.outcome == TRUE
            self._blockers = [] if held else self.in_order(blockers(self.claims, self.merged, self.relation))
        return self._blockers

    @property
    def doubts(self) -> list[Blamed]:
        """Return what is not known and could matter, in the order of reporting."""
        if self._doubts is None:
            held = self.outcome == TRUE
            self._doubts = [] if held else self.in_order(doubts(self.claims, self.merged, self.relation))
        return self._doubts

    @property
    def grantors(self) -> list[Layer]:
        """Return the layers whose allow decided."""
        if self._grantors is None:
            self._grantors = grantors(self.claims, self.merged, self.relation)
        return self._grantors

    def in_order(self, found: Iterable[Blamed]) -> list[Blamed]:
        """Return claims in the order of reporting."""
        return sorted(found, key=lambda each: each.place(at_home=self.at_home))
