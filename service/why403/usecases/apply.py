"""Applying a kept plan: every live value is compared first, each call is journalled around, half-way can be resumed."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from why403.domain.errors import Conflict
from why403.keeping import Deed, Entry, Plan
from why403.services import Services
from why403.usecases.changing import (
    Changed,
    Hand,
    Making,
    Stopped,
    difference,
    needed,
    owner,
    with_outcome,
    working,
)
from why403.usecases.kept_steps import Call, Steps, answer, is_done, steps_of, was_tried
from why403.writing import UNSAID, Live, NotWritten, Turn, Writer, alike, place_of, same

_OVER: Final = ("applied", "verified")


def apply(
    services: Services,
    name: str,
    body: Mapping[str, Any],
    who: str | None,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Make the calls of a plan that are not made yet, or, unless `dry_run` is false, tell which would be made.

    Raises NotFound, Changed where what is there is not what the plan expects, Conflict where the plan cannot be applied
    now, Stopped where AWS refuses or fails, and NotAllowed where this service may not write.
    """
    store, writer = needed(services)
    plan = store.plan(name)
    steps, journal = steps_of(plan), store.journal(name)
    may_be_applied(plan, steps, journal, unproven=bool(body.get("accept_unproven")))
    deed = Deed(who=who, what="apply", subject=name, outcome="", layers=steps.layers)
    if plan.state in _OVER:
        return answer(plan, steps, [call.told("done") for call in steps.calls if is_done(call, journal)])
    if body.get("dry_run", True):
        told = _walked(writer, steps, journal)
        store.audit(with_outcome(deed, "dry_run"))
        return answer(plan, steps, told, dry_run=True)
    hand = Hand(store=store, writer=writer, plan=store.claim(plan, "applying", owner()), sleep=sleep)
    state = working(hand, deed, "applied", lambda: _made(hand, steps))
    return answer(state, steps, hand.told)


def may_be_applied(plan: Plan, steps: Steps, journal: Sequence[Entry], *, unproven: bool) -> None:
    """Raise Conflict for a plan that cannot be applied, or not without saying that its doubts are accepted."""
    if plan.state in {"rolled_back", "rolling_back"} or any(entry.what["role"] == "undo" for entry in journal):
        raise Conflict(f"the plan is `{plan.state}` and its rollback has begun; finish that, and plan again")
    if steps.refused is not None:
        raise Conflict("the plan was refused and changes nothing; plan again")
    if not steps.calls:
        raise Conflict("the plan has nothing that this service could make; its changes are made by hand")
    if not (steps.proven or unproven):
        raise Conflict(
            "the plan is not proven to allow the call; `accept_unproven` applies it all the same, if its doubts are "
            "known to be none"
        )


def _made(hand: Hand, steps: Steps) -> None:
    """Compare everything first, then make what is not made yet, in its order."""
    journal = hand.store.journal(hand.plan.id)
    pending = [call for call in steps.calls if not is_done(call, journal)]
    _compared(hand.writer, pending)
    for call in steps.calls:
        if is_done(call, journal):
            hand.told.append(call.told("done"))
            continue
        live = _checked(call, hand.writer.live(call.turn.write))
        if _stands(call.turn, live):
            hand.told.append(call.told("already"))
            continue
        for room in hand.writer.room(call.turn.write):
            found = hand.writer.live(room)
            hand.make(Making(call, Turn(room, found.value, None), call.what("room", room), found))
        hand.make(Making(call, call.turn, call.what(), live, again=was_tried(call, journal)))


def _walked(writer: Writer, steps: Steps, journal: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return what applying would do, with every live value read and compared; raises Changed and Stopped."""
    told: list[dict[str, Any]] = []
    try:
        pending = [call for call in steps.calls if not is_done(call, journal)]
        stands = _compared(writer, pending)
        for call in steps.calls:
            if call not in pending or call in stands:
                told.append(call.told("already" if call in stands else "done"))
                continue
            told += [call.told("would_change", "makes room", write=room) for room in writer.room(call.turn.write)]
            told.append(call.told("would_change"))
    except NotWritten as failed:
        raise Stopped(str(failed)) from failed
    return told


def _compared(writer: Writer, calls: Iterable[Call]) -> list[Call]:
    """Compare what is there with what each call expects, those before it made; return the calls that need not be made.

    Raises Changed with every difference.
    """
    left: dict[str, Live] = {}
    stands: list[Call] = []
    different: list[Mapping[str, Any]] = []
    for call in calls:
        place = place_of(call.turn.write)
        live = left[place] if place in left else writer.live(call.turn.write)
        try:
            if _stands(call.turn, _checked(call, live)):
                stands.append(call)
        except Changed as changed:
            different += changed.difference
        left[place] = live if call.turn.after is UNSAID else Live(call.turn.after)
    if different:
        raise Changed(different)
    return stands


def _checked(call: Call, live: Live) -> Live:
    """Return what is there; raises Changed where it is neither what the call expects nor what it would leave."""
    turn = call.turn
    nothing = turn.before is UNSAID and live.value is None  # and so nothing that could be overwritten
    if (
        turn.write.reading is None
        or nothing
        or same(turn.write.reading, turn.before, live.value)
        or _stands(turn, live)
    ):
        return live
    raise Changed([difference(call, turn.before, live)])


def _stands(turn: Turn, live: Live) -> bool:
    """Return whether what a call would leave is there already."""
    return turn.write.reading is not None and alike(turn.after, live.value)
