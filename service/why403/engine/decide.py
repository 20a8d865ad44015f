"""One decision for one leg: judged, merged, and where few keys are unknown, settled by trying their values."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from why403.domain.remembered import LONGEST
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, UNKNOWN
from why403.domain.verdict import Reach, Verdict
from why403.engine.blame import Blamed
from why403.engine.conclude import Conclusion
from why403.engine.evaluate import checked, heard, ignore, judge
from why403.engine.relation import Relation, relation
from why403.engine.settle import Budget, completions
from why403.layer import Group, Layer

_LOG = logging.getLogger(__name__)
_SAMPLED: Final = 50
_APART: Final = 1_000_000  # groups, where all of a leg stand in one


class Ruled:
    """One leg and what was concluded about it: TRUE is allowed; treat it as immutable."""

    __slots__ = ("conclusion", "outcome", "request")

    def __init__(self, request: AccessRequest, conclusion: Conclusion) -> None:
        """Keep both."""
        self.request, self.conclusion, self.outcome = request, conclusion, conclusion.outcome

    @property
    def teller(self) -> Layer | None:
        """Return the layer as whose everything about the leg is told, None where each answers for itself."""
        if self.request.s3_action is not None:
            return None
        service = self.request.action_key.partition(":")[0]
        return next((layer for layer, _ in self.conclusion.said if layer.answers_for == service), None)

    @property
    def blockers(self) -> list[Blamed]:
        """Return what certainly stands in the way, in the order of reporting."""
        return self.in_order(self.conclusion.blockers)

    @property
    def doubts(self) -> list[Blamed]:
        """Return what is not known and could matter, in the order of reporting."""
        return self.conclusion.doubts

    @property
    def grantors(self) -> list[Layer]:
        """Return the layers whose allow decided."""
        return self.conclusion.grantors

    def in_order(self, found: list[Blamed]) -> list[Blamed]:
        """Return claims in the order of reporting: missing grants of an open relation as near misses suggest."""
        if self.conclusion.relation is not Relation.OPEN:
            return found
        return sorted(found, key=self.place)

    def place(self, blamed: Blamed) -> tuple[int, int]:
        """Return where a claim is reported."""
        group, rank = self._own_place(blamed)
        return (group, rank) if self.teller is None else (Group.KEYS, group * _APART + rank)

    def _own_place(self, blamed: Blamed) -> tuple[int, int]:
        group, rank = blamed.place(at_home=self.conclusion.at_home)
        if self.conclusion.relation is Relation.OPEN and group == Group.GRANTS:
            return group, (-2 if self._near(blamed.layer) else -1 if blamed.claim.reach == Reach.ATTACHED else rank)
        return group, rank

    def _near(self, layer: Layer) -> bool:
        try:
            return layer.near(self.request, self.request.evidence)
        except Exception:  # noqa: BLE001 - the decision stands without its order
            _LOG.exception("layer %s failed to say how near it is", layer.name)
            return False


class Settled(Ruled):
    """A leg that is certain only because every completion of its unknown keys agrees."""

    __slots__ = ("completed",)

    def __init__(self, open_one: Ruled, completed: Sequence[Ruled]) -> None:
        """Take the outcome of the completions, which all have the same."""
        super().__init__(open_one.request, open_one.conclusion)
        self.outcome = completed[0].outcome
        self.completed = completed

    @property
    def blockers(self) -> list[Blamed]:
        """Return what stands in the way in some completion."""
        found = dict.fromkeys(each for ruled in self.completed for each in ruled.blockers)
        return sorted(found, key=self.place)

    @property
    def doubts(self) -> list[Blamed]:
        """Return nothing: whatever is not known does not matter."""
        return []

    @property
    def grantors(self) -> list[Layer]:
        """Return the layers whose allow decided in some completion."""
        return list(dict.fromkeys(layer for ruled in self.completed for layer in ruled.grantors))


def either(first: Ruled, then: Ruled) -> Ruled:
    """Return the better of two rulings one of which suffices; of two refusals the later one."""
    return first if first.outcome > then.outcome or first.outcome == UNKNOWN else then


def unwatched(_layer: str, _phase: str) -> AbstractContextManager[None]:
    """Time nothing."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Engine:
    """The loaded layers and what is to be told when one of them fails."""

    layers: tuple[Layer, ...]
    tell: Callable[[str, str], None] = ignore
    watch: Callable[[str, str], AbstractContextManager[None]] = unwatched

    turns: Iterator[int] = field(default_factory=count)

    def sample(self, request: AccessRequest) -> None:
        """Ask each layer once more under watch, now and then: timing every question would cost more than answers do."""
        if next(self.turns) % _SAMPLED:
            return
        for layer in self.layers:
            with self.watch(layer.name, "judge"):
                judge((layer,), request)

    def rule(self, request: AccessRequest) -> Ruled:
        """Return what the layers say about a leg, as it stands."""
        said = heard(self.layers, request, self.tell)
        between = relation(request)
        at_home = request.at_home or between is Relation.SAME
        return Ruled(request, self._concluded(request, tuple(said), between, at_home=at_home))

    def _concluded(
        self, request: AccessRequest, said: tuple[tuple[Layer, Verdict], ...], between: Relation, *, at_home: bool
    ) -> Conclusion:
        """Return the conclusion, remembered with the evidence: many requests on it end in the same way."""
        key = (said, between, at_home)
        try:
            found: Conclusion | None = request.evidence.shared.get(key)
        except TypeError:  # a layer's note that cannot be hashed
            return Conclusion(checked(said, self.tell), between, at_home=at_home)
        if found is None:
            found = Conclusion(checked(said, self.tell), between, at_home=at_home)
            if not any(_long(claim.about) for _, verdict in found.said for claim in verdict):
                request.evidence.share(key, found)
        return found

    def decide(self, request: AccessRequest, budget: Budget) -> Ruled:
        """Return the decision about a leg; where only keys keep it open, their values are tried.

        Raises OverBudget.
        """
        ruled = self.rule(request)
        if ruled.outcome != UNKNOWN:
            return ruled
        asked = self._asked(request)
        if asked is None:
            return ruled
        tried = completions(request, self.rule, lambda each: each.outcome, budget, asked)
        if not tried:
            return ruled
        return Settled(ruled, _representative(tried) if tried[0].outcome == FALSE else tried[:1])

    def _asked(self, request: AccessRequest) -> Mapping[str, Sequence[str]] | None:
        """Return the keys that layers look at themselves, with the texts they tell apart; None where one fails."""
        found: dict[str, list[str]] = {}
        try:
            for layer in self.layers:
                for key, texts in layer.asks(request).items():
                    found.setdefault(key, []).extend(texts)
        except Exception:  # noqa: BLE001 - without this the decision stands, only no values are tried
            _LOG.exception("a layer failed to say which keys it asks for")
            return None
        return found


def _long(about: object) -> bool:
    """Return whether a note is too long a text to be kept."""
    return isinstance(about, str) and len(about) > LONGEST


def _representative(tried: Sequence[Ruled]) -> list[Ruled]:
    """Return one completion per set of blockers: thousands that say the same are said once."""
    found: dict[tuple[tuple[str, int], ...], Ruled] = {}
    for ruled in tried:
        found.setdefault(tuple((layer.name, claim.says) for layer, claim in ruled.blockers), ruled)
    return list(found.values())
