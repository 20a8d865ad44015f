"""Taking a plan back: what was there is restored, byte for byte and in reverse order, unless it was changed since."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from why403.domain.errors import Conflict
from why403.keeping import Deed, Entry
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
from why403.usecases.kept_steps import Call, answer, call_of, done_by, steps_of
from why403.writing import Live, NotWritten, Turn, Writer, place_of, same, taking_back

_NOTHING: Final = "nothing of the plan was made by this service, so there is nothing to take back"


def roll_back(
    services: Services,
    name: str,
    body: Mapping[str, Any],
    who: str | None,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Restore what stood there before each call of a plan, or, unless `dry_run` is false, tell what would be restored.

    Raises NotFound, Changed where someone changed it since, Conflict where there is nothing to take back, Stopped where
    AWS refuses or fails, and NotAllowed where this service may not write.
    """
    store, writer = needed(services)
    plan = store.plan(name)
    steps, journal = steps_of(plan), store.journal(name)
    deed = Deed(who=who, what="rollback", subject=name, outcome="", layers=steps.layers)
    if plan.state == "rolled_back":
        return answer(plan, steps, [call_of(entry).told("undone") for entry in journal if entry.status == "undone"])
    if not journal and plan.state not in {"applying", "failed"}:
        raise Conflict(_NOTHING)
    if body.get("dry_run", True):
        told = _walked(writer, journal)
        store.audit(with_outcome(deed, "dry_run"))
        return answer(plan, steps, told, dry_run=True)
    held = store.claim(plan, "rolling_back", owner())
    resting = plan.state if plan.state in {"applied", "verified", "failed"} else None
    hand = Hand(store=store, writer=writer, plan=held, sleep=sleep, resting=resting, unread="done")
    return answer(working(hand, deed, "rolled_back", lambda: _restored(hand)), steps, hand.told)


def _walked(writer: Writer, journal: Sequence[Entry]) -> list[dict[str, Any]]:
    try:
        _compared(writer, journal)
    except NotWritten as failed:
        raise Stopped(str(failed)) from failed
    return [
        call_of(entry).told("would_restore", write=turn.write)
        for entry in reversed(done_by(journal))
        for part, turn in enumerate(_turns(entry))
        if not _is_taken_back(journal, entry, part)
    ]


def _turns(entry: Entry) -> list[Turn]:
    """Return the calls that restore what stood there before an entry's call."""
    call = call_of(entry)
    before, after = (Live.read(each or {"value": None}) for each in (entry.before, entry.after))
    return taking_back(call.turn.write, call.undo, before, after)


def _compared(writer: Writer, journal: Sequence[Entry]) -> None:
    """Compare what is there with what each call left, later ones taken back; raises Changed with all differences."""
    left: dict[str, Live] = {}
    different: list[dict[str, Any]] = []
    for call, turn in _first_of_each(journal):
        place = place_of(turn.write)
        live = left[place] if place in left else writer.live(turn.write)
        if not (same(turn.write.reading, turn.before, live.value) or same(turn.write.reading, turn.after, live.value)):
            different.append(difference(call, turn.before, live))
        left[place] = Live(turn.after)
    if different:
        raise Changed(different)


def _first_of_each(journal: Sequence[Entry]) -> Iterator[tuple[Call, Turn]]:
    """Yield the first call that takes back each entry, of those that can be compared and are not made yet."""
    for entry in reversed(done_by(journal)):
        for part, turn in enumerate(_turns(entry)[:1]):
            if turn.write.reading is not None and not _is_taken_back(journal, entry, part):
                yield call_of(entry), turn


def _restored(hand: Hand) -> None:
    journal = hand.store.journal(hand.plan.id)
    _compared(hand.writer, journal)
    for entry in reversed(done_by(journal)):
        _take_back(hand, entry, journal)


def _take_back(hand: Hand, entry: Entry, journal: Sequence[Entry]) -> None:
    """Restore what stood there before one call; raises Changed where that is no longer what the call left."""
    call, turns = call_of(entry), _turns(entry)
    made = False
    for part, turn in enumerate(turns):
        made = False
        if _is_taken_back(journal, entry, part):
            continue
        live = hand.writer.live(turn.write)
        if turn.write.reading is not None:
            if same(turn.write.reading, turn.after, live.value):
                continue
            if not same(turn.write.reading, turn.before, live.value):
                raise Changed([difference(call, turn.before, live)])
        last = part == len(turns) - 1
        what = call.what("undo", turn.write, of=entry.sequence, part=part)
        hand.make(Making(call, turn, what, live, again=True, undoes=entry.sequence if last else None))
        made = last
    if not made:  # somebody else restored it, or a crash kept the last line from being written
        hand.store.ended(hand.plan, entry, "undone")
        hand.told.append(call.told("already"))


def _is_taken_back(journal: Sequence[Entry], entry: Entry, part: int) -> bool:
    """Return whether the journal says that one of the calls that take an entry back was made."""
    return any(
        each.status == "done" and (each.what.get("of"), each.what.get("part")) == (entry.sequence, part)
        for each in journal
    )
