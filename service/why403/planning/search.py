"""The smallest combination of fixes that clears the way: each applied to the evidence, and decided again."""

import logging
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count, islice
from typing import Final, NamedTuple

from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import Reach, Says
from why403.engine.blame import Blamed
from why403.engine.call import Blocked, Decided
from why403.engine.conclude import Conclusion
from why403.engine.relation import Relation
from why403.planning.draft import Draft, Step, answered, left_to_whoever_may, steps

_LOG = logging.getLogger(__name__)
MOST_DECISIONS: Final = 200
MOST_STEPS: Final = 24
_TRIED: Final = 4
"""How many of the fixes that a layer proposes for one blocker are tried, the best first."""
_NOWHERE: Final = 3

Decide = Callable[[Draft], Decided]
Wanted = Callable[[Step], bool]


class Searched(NamedTuple):
    """The best draft found, what is decided with it, and whether it ends in somebody's hands.

    `refusing` is how much of what is known refuses the call, while it is not known whether that decides.
    """

    draft: Draft
    decided: Decided
    by_hand: bool = False
    refusing: int = 0

    @property
    def rank(self) -> int:
        """Return how far it leads: to an allow, to the hands of those it names, to a doubt, or nowhere."""
        if self.decided.outcome == TRUE:
            return 0
        if self.by_hand:
            return 1
        return 2 if self.decided.outcome == UNKNOWN else _NOWHERE


def search(decide: Decide, wanted: Wanted = lambda _: True) -> Searched:
    """Return the cheapest draft that is allowed; failing that, the best that ends in hands, in doubts, or anywhere.

    Every certain blocker has to go, so of each draft only the first one is mended that no step answers yet, in every
    way its layer proposes and that is `wanted`. Where blockers are many, trying all combinations from the cheapest on
    leads nowhere: what is left of the decisions goes straight ahead, with the best fix for each blocker.
    """
    cheapest = _tried(decide, wanted, _by_cost, MOST_DECISIONS // 2)
    if cheapest.decided.outcome == TRUE:
        return _least(cheapest, decide)
    straight = _tried(decide, wanted, _by_regret, MOST_DECISIONS // 2)
    found = straight if _better(straight, cheapest) else cheapest
    return _least(found, decide) if found.decided.outcome == TRUE else found


class _Open(NamedTuple):
    """A draft to be tried, and by how much better fixes were passed over in it."""

    draft: Draft
    regret: int


def _by_cost(each: _Open) -> tuple[int, int, int]:
    return each.draft.cost


def _by_regret(each: _Open) -> tuple[int, int, int]:
    worst, _, steps_taken = each.draft.cost
    return each.regret, -steps_taken, worst


def _tried(decide: Decide, wanted: Wanted, order: Callable[[_Open], tuple[int, int, int]], most: int) -> Searched:
    """Return the first draft that is allowed, in an order; failing that, the one that leads furthest."""
    turns, start = count(), _Open(Draft(), 0)
    waiting = [(order(start), next(turns), start)]
    best: Searched | None = None
    while waiting and most > 0:
        most -= 1
        _, _, (draft, regret) = heappop(waiting)
        decided = decide(draft)
        unanswered = _unanswered(decided, draft)
        standing = list(_standing(decided, unanswered))
        by_hand = bool(draft.by_hand) and decided.outcome == FALSE and not unanswered
        ended = Searched(draft, decided, by_hand=by_hand, refusing=len(standing) if decided.outcome == UNKNOWN else 0)
        best = ended if best is None or _better(ended, best) else best
        if ended.rank == 0:
            break
        found = next(filter(None, (_proposed(each, draft, wanted) for each in standing)), ())
        least = min((step.fix.applicability for step in found), default=0)
        for step in found:
            then = _Open(draft.then(step), regret + step.fix.applicability - least)
            heappush(waiting, (order(then), next(turns), then))
    return best or Searched(Draft(), decide(Draft()))


def _better(one: Searched, other: Searched) -> bool:
    """Return whether a draft leads further than the best one so far, which was cheaper."""
    if one.rank == other.rank == _NOWHERE:
        return len(one.draft.steps) > len(other.draft.steps)
    return (one.rank, one.refusing) < (other.rank, other.refusing)


def _standing(decided: Decided, unanswered: Sequence[Blocked]) -> Iterator[Blocked]:
    """Yield what is to be mended next: the first blocker that no step answers, or what keeps the outcome open.

    That may be a denial in doubt, which somebody can settle by an edit.
    """
    if decided.outcome != UNKNOWN:
        yield from unanswered[:1]
        return
    for leg in decided.legs:
        if leg.outcome == UNKNOWN:
            missing = _missing(leg.ruled.conclusion)
            for layer, claim in leg.ruled.conclusion.claims:
                lacks = claim.says == Says.LIMIT or (claim.says == Says.GRANT and claim.reach & missing)
                if (lacks and claim.holds == FALSE) or (claim.says == Says.DENIAL and claim.holds == UNKNOWN):
                    yield Blocked(leg, Blamed(layer, claim))


def _missing(conclusion: Conclusion) -> int:
    """Return with which reach a grant is missing, as far as it is needed: within one account either side suffices."""
    held = Reach.NONE
    for _, claim in conclusion.claims:
        if claim.says == Says.GRANT and claim.holds == TRUE:
            held |= claim.reach
    own, theirs = held & Reach.ATTACHED, held & ~Reach.ATTACHED
    match conclusion.relation:
        case Relation.SAME:
            return Reach.NONE if held else Reach.ATTACHED
        case Relation.OUTSIDE:
            return Reach.NONE if theirs else ~Reach.ATTACHED
    return (Reach.NONE if own else Reach.ATTACHED) | (Reach.NONE if theirs else ~Reach.ATTACHED)


def _unanswered(decided: Decided, draft: Draft) -> list[Blocked]:
    """Return the blockers that are not left to somebody's hands."""
    by_hand = draft.by_hand
    return [each for each in decided.blockers if answered(each) not in by_hand]


def _proposed(blocked: Blocked, draft: Draft, wanted: Wanted) -> Sequence[Step]:
    """Return the steps that mend a blocker and are not taken yet, else the one that leaves it to somebody's hands.

    What is in doubt is left to nobody's hands: it may be nothing.
    """
    if len(draft.steps) >= MOST_STEPS:
        return ()
    try:
        found = list(islice(filter(wanted, steps(blocked)), _TRIED))
    except Exception:  # noqa: BLE001 - the decision stands without a fix
        _LOG.exception("layer %s failed to propose a fix", blocked.blamed.layer.name)
        blocked.leg.tell(blocked.blamed.layer.name, "propose")
        found = []
    taken = {(step.layer, step.fix.summary, step.answers) for step in draft.steps}
    new = [step for step in found if (step.layer, step.fix.summary, step.answers) not in taken]
    if blocked.blamed.claim.holds == UNKNOWN:
        return [step for step in new if not step.by_hand]
    return new or [left_to_whoever_may(blocked)]


def _least(found: Searched, decide: Decide) -> Searched:
    """Return the draft without the steps that it can do without; those that later ones build on stay."""
    for step in found.draft.steps:
        facts = found.draft.changes(step)
        later = found.draft.steps[found.draft.steps.index(step) + 1 :]
        if facts & {edit.fact for each in later for edit in each.edits()}:
            continue
        without = found.draft.but(step)
        decided = decide(without)
        if decided.outcome == TRUE:
            found = Searched(without, decided)
    return found
