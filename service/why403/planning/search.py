"""The smallest combination of fixes that clears the way: each applied to the evidence, and decided again."""

import logging
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import Final, NamedTuple

from why403.domain.truth import TRUE, UNKNOWN
from why403.engine.call import Blocked, Decided
from why403.planning.draft import Draft, Step, steps

_LOG = logging.getLogger(__name__)
MOST_DECISIONS: Final = 200
MOST_STEPS: Final = 24
_TRIED: Final = 3
"""How many of the fixes that a layer proposes for one blocker are tried, the best first."""

Decide = Callable[[Draft], Decided]


class Searched(NamedTuple):
    """The best draft found, what is decided with it, and the blocker left that nobody mends, if there is one."""

    draft: Draft
    decided: Decided
    stuck: Blocked | None = None


def search(decide: Decide) -> Searched:
    """Return the cheapest draft that is allowed; failing that, one that leaves only doubts; failing that, the best try.

    Drafts are tried from the cheapest on. Every certain blocker has to go, so of each draft only the first is mended,
    in every way its layer proposes.
    """
    turns = count()
    waiting: list[tuple[tuple[int, int, int], int, Draft]] = [(Draft().cost, next(turns), Draft())]
    open_one: Searched | None = None
    furthest: Searched | None = None
    decisions = 0
    while waiting and decisions < MOST_DECISIONS:
        draft = heappop(waiting)[2]
        decided = decide(draft)
        decisions += 1
        if decided.outcome == TRUE:
            return _least(Searched(draft, decided), decide)
        if decided.outcome == UNKNOWN or decided.first is None:
            open_one = open_one or Searched(draft, decided)
            continue
        found = _proposed(decided.first, draft)
        if not found and (furthest is None or len(draft.steps) > len(furthest.draft.steps)):
            furthest = Searched(draft, decided, decided.first)
        for step in found:
            heappush(waiting, (draft.then(step).cost, next(turns), draft.then(step)))
    return open_one or furthest or Searched(Draft(), decide(Draft()))


def _proposed(blocked: Blocked, draft: Draft) -> Sequence[Step]:
    """Return the steps that mend a blocker and are not taken yet; a layer that fails proposes none."""
    if len(draft.steps) >= MOST_STEPS:
        return ()
    try:
        found = list(steps(blocked))[:_TRIED]
    except Exception:  # noqa: BLE001 - the decision stands without a fix
        _LOG.exception("layer %s failed to propose a fix", blocked.blamed.layer.name)
        blocked.leg.tell(blocked.blamed.layer.name, "propose")
        return ()
    return [step for step in found if step not in draft.steps]


def _least(found: Searched, decide: Decide) -> Searched:
    """Return the draft without the steps that it can do without; those that later ones build on stay."""
    for step in found.draft.steps:
        facts = {edit.fact for edit in step.edits()}
        later = found.draft.steps[found.draft.steps.index(step) + 1 :]
        if facts & {edit.fact for each in later for edit in each.edits()}:
            continue
        without = found.draft.but(step)
        decided = decide(without)
        if decided.outcome == TRUE:
            found = Searched(without, decided)
    return found
