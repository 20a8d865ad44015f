"""One decision for one leg: judged, merged, and where few keys are unknown, settled by trying their values."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property

from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import Reach
from why403.engine.blame import Blamed, blockers, claims, doubts, grantors
from why403.engine.evaluate import Judged, ignore, judge
from why403.engine.merge import Merged, merge
from why403.engine.relation import Relation, relation
from why403.engine.settle import Budget, completions
from why403.layer import Group, Layer


@dataclass(eq=False)
class Ruled:
    """One leg, what the layers said of it, and what follows: TRUE is allowed; treat it as immutable."""

    request: AccessRequest
    said: Sequence[Judged]
    merged: Merged
    relation: Relation
    outcome: Truth

    @cached_property
    def claims(self) -> list[Blamed]:
        """Return every claim with the layer that makes it."""
        return claims(self.said)

    @cached_property
    def blockers(self) -> list[Blamed]:
        """Return what certainly stands in the way, in the order of reporting."""
        return [] if self.outcome == TRUE else self.in_order(blockers(self.claims, self.merged, self.relation))

    @cached_property
    def doubts(self) -> list[Blamed]:
        """Return what is not known and could matter, in the order of reporting."""
        return [] if self.outcome == TRUE else self.in_order(doubts(self.claims, self.merged, self.relation))

    @cached_property
    def grantors(self) -> list[Layer]:
        """Return the layers whose allow decided."""
        return grantors(self.claims, self.merged, self.relation)

    def in_order(self, found: Iterable[Blamed]) -> list[Blamed]:
        """Return claims in the order of reporting."""
        return sorted(found, key=self.place)

    def place(self, blamed: Blamed) -> tuple[int, int]:
        """Return where a claim is reported: missing grants of an open relation as near misses suggest."""
        request = self.request
        group, rank = blamed.place(at_home=request.bucket_owner == request.principal.account)
        if self.relation is Relation.OPEN and group == Group.GRANTS:
            near = blamed.layer.near(request, request.evidence)
            return group, (-2 if near else -1 if blamed.claim.reach == Reach.ATTACHED else rank)
        return group, rank


@dataclass(eq=False)
class Settled(Ruled):
    """A leg that is certain only because every completion of its unknown keys agrees."""

    completed: tuple[Ruled, ...]

    @cached_property
    def blockers(self) -> list[Blamed]:
        """Return what stands in the way in some completion."""
        return self.in_order(dict.fromkeys(each for ruled in self.completed for each in ruled.blockers))

    @cached_property
    def doubts(self) -> list[Blamed]:
        """Return nothing: whatever is not known does not matter."""
        return []

    @cached_property
    def grantors(self) -> list[Layer]:
        """Return the layers whose allow decided in some completion."""
        return list(dict.fromkeys(layer for ruled in self.completed for layer in ruled.grantors))


def unwatched(_layer: str, _phase: str) -> AbstractContextManager[None]:
    """Time nothing."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Engine:
    """The loaded layers and what is to be told when one of them fails."""

    layers: tuple[Layer, ...]
    tell: Callable[[str, str], None] = ignore
    watch: Callable[[str, str], AbstractContextManager[None]] = unwatched

    def sample(self, request: AccessRequest) -> None:
        """Ask each layer once more under watch: timing every question would cost more than the answers."""
        for layer in self.layers:
            with self.watch(layer.name, "judge"):
                judge((layer,), request)

    def rule(self, request: AccessRequest) -> Ruled:
        """Return what the layers say about a leg, as it stands."""
        said = judge(self.layers, request, self.tell)
        merged = merge(said)
        between = relation(request)
        return Ruled(request, said, merged, between, merged.outcome(between))

    def decide(self, request: AccessRequest, budget: Budget) -> Ruled:
        """Return the decision about a leg; where only keys keep it open, their values are tried within the budget."""
        ruled = self.rule(request)
        if ruled.outcome != UNKNOWN:
            return ruled
        tried = completions(request, self.rule, lambda each: each.outcome, budget)
        if not tried:
            return ruled
        outcome = tried[0].outcome
        completed = _representative(tried) if outcome == FALSE else tuple(tried[:1])
        return Settled(request, ruled.said, ruled.merged, ruled.relation, outcome, completed)


def _representative(tried: Sequence[Ruled]) -> tuple[Ruled, ...]:
    """Return one completion per set of blockers: thousands that say the same are said once."""
    found: dict[tuple[str, ...], Ruled] = {}
    for ruled in tried:
        names = tuple(f"{layer.name} {claim.says}" for layer, claim in ruled.blockers)
        found.setdefault(names, ruled)
    return tuple(found.values())
