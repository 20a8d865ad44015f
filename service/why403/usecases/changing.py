"""Making calls of AWS for a plan that is held: each is written down before it is made, and looked at after.

What a crash left open is settled by what stands in AWS now. A call that failed leaves the plan resumable.
"""

import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from why403.domain.errors import Conflict, NotAllowed, NotFound, Unavailable
from why403.keeping import Deed, Entry, Plan, State, Status, Store
from why403.services import Services
from why403.usecases.kept_steps import Call, call_of
from why403.writing import UNSAID, Live, NotWritten, Turn, Writer, alike, differs, same

_WAITS: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds between looks at a value that AWS may not show everywhere yet."""
_AGAIN: Final = (1.0, 2.0)
_NOT_SEEN: Final = "was not made: what it changes is as it was"
_MAYBE: Final = "may have been made, and nothing tells"


class Changed(Conflict):
    """What stands in AWS is no longer what the plan expects there; `difference` says where, and how."""

    def __init__(self, difference: Sequence[Mapping[str, Any]]) -> None:
        """Keep it; the message names the place."""
        first = difference[0]
        where = f"`{first['target']}` ({first['call']})"
        super().__init__(f"what stands at {where} is no longer what the plan expects; see `difference`, and plan again")
        self.difference = tuple(difference)
        self.members = {"difference": list(difference)}


class Stopped(Unavailable):
    """A call of AWS failed; the plan says what is done, and may be taken up again."""


class Making(NamedTuple):
    """A call to be made: what the journal says of it, and what stands there before; `again` if it may be made already.

    `undoes` is the journal's number of the call that this one takes back.
    """

    call: Call
    turn: Turn
    what: Mapping[str, Any]
    before: Live
    again: bool = False
    undoes: int | None = None


@dataclass(slots=True, kw_only=True)
class Hand:
    """Whoever holds a plan: makes its calls, and keeps the journal. `told` is what became of each call so far.

    `resting` is the state that the plan goes back to where nothing was done, None where that follows from the journal.
    `unread` is what is assumed of a call that may have been made and leaves nothing to look at; it is harmless twice.
    """

    store: Store
    writer: Writer
    plan: Plan
    sleep: Callable[[float], None] = time.sleep
    resting: State | None = None
    unread: Status = "failed"
    told: list[dict[str, Any]] = field(default_factory=list)

    def settle_open(self) -> None:
        """Find out of each call that was begun and has no outcome whether it was made; raises Changed, NotWritten."""
        for entry in self.store.journal(self.plan.id):
            if entry.status == "intended":
                self._settled(entry)

    def _settled(self, entry: Entry) -> None:
        call = call_of(entry)
        turn = call.turn
        if turn.write.reading is None:
            error = f"{call.name} {_MAYBE}" if self.unread == "failed" else None
            self.store.ended(self.plan, entry, self.unread, error=error)
            return
        live = self.writer.live(turn.write)
        for wait in _AGAIN:
            if not same(turn.write.reading, turn.before, live.value):
                break
            self.sleep(wait)
            live = self.writer.live(turn.write)
        if same(turn.write.reading, turn.before, live.value):
            self.store.ended(self.plan, entry, "failed", error=f"{call.name} {_NOT_SEEN}")
        elif turn.after is UNSAID or alike(turn.after, live.value):
            self.store.ended(self.plan, entry, "done", after=live.recorded())
        else:
            raise Changed([difference(call, turn.after, live)])

    def make(self, making: Making) -> None:
        """Make one call: journal, AWS, a look at what it left, journal.

        Raises Stopped where AWS refuses or fails, LeaseLost where somebody else holds the plan by now.
        """
        call, turn, what, before, again, undoes = making
        expected = None if turn.after is UNSAID else Live(turn.after).recorded()
        entry = self.store.intend(self.plan, what, before=before.recorded(), after=expected, undoes=undoes)
        try:
            version = self.writer.make(turn.write, again=again)
        except NotWritten as failed:
            if failed.certain or not self._was_made(turn):
                self._failed(call, turn, entry, failed)
                raise Stopped(str(failed)) from failed
            version = None
        after = self._seen(turn, version)
        self.store.ended(self.plan, entry, "done", after=after.recorded())
        self.told.append(call.told("done", write=turn.write))

    def _failed(self, call: Call, turn: Turn, entry: Entry, failed: NotWritten) -> None:
        """Write down that a call failed, where that is certain; else it stays open until somebody looks again."""
        if failed.certain:
            self.store.ended(self.plan, entry, "failed", error=str(failed))
        self.told.append(call.told("failed" if failed.certain else "unknown", str(failed), write=turn.write))

    def _was_made(self, turn: Turn) -> bool:
        """Return whether a call that got no answer is seen to have been made."""
        if turn.write.reading is None or turn.after is UNSAID:
            return False
        for wait in (0.0, *_AGAIN):
            self.sleep(wait)
            try:
                if alike(turn.after, self.writer.live(turn.write).value):
                    return True
            except NotWritten:
                return False
        return False

    def _seen(self, turn: Turn, version: str | None) -> Live:
        """Return what stands there after a call that was made; what AWS does not show yet is taken from the call."""
        told = Live(None if turn.after is UNSAID else turn.after, version)
        if turn.write.reading is None:
            return told
        for wait in (*_WAITS, None):
            try:
                live = self.writer.live(turn.write)
            except NotWritten:
                live = None
            if live is not None and _shows(live, turn.after, version):
                return live
            if wait is not None:
                self.sleep(wait)
        return told


def _shows(live: Live, after: Any, version: str | None) -> bool:
    return (after is UNSAID or alike(after, live.value)) and version in {None, live.version}


def difference(call: Call, expected: Any, live: Live) -> dict[str, Any]:
    """Return what was expected where a call writes, and what is there."""
    held = None if expected is UNSAID else expected
    return {
        "change": call.change,
        "layer": call.layer,
        "target": call.target,
        "call": call.name,
        "account": call.turn.write.account,
        "expected": held,
        "live": live.value,
        "diff": differs(held, live.value),
    }


def needed(services: Services) -> tuple[Store, Writer]:
    """Return what changing AWS needs; raises NotAllowed or NotFound."""
    if services.writer is None:
        raise NotAllowed("this service changes nothing: no role is configured for that")
    if services.store is None:
        raise NotFound("this service keeps nothing")
    return services.store, services.writer


def owner() -> str:
    """Return a name for whoever holds a plan in this process now, which nobody else has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"


def with_outcome(deed: Deed, outcome: str) -> Deed:
    """Return a line of the audit with what came of it."""
    return Deed(who=deed.who, what=deed.what, subject=deed.subject, outcome=outcome, layers=deed.layers)


def working(hand: Hand, deed: Deed, wanted: State, work: Callable[[], None]) -> Plan:
    """Do something with a plan that is held, and settle it however that ends; return the plan as it then is.

    Raises what the work raises, with the state and the calls beside the message.
    """
    try:
        hand.settle_open()
        work()
    except NotWritten as failed:
        raise _ended(hand, deed, Stopped(str(failed))) from failed
    except (Changed, Stopped) as stopped:
        raise _ended(hand, deed, stopped) from stopped
    except (Conflict, Unavailable):
        raise  # the plan is no longer ours, or the store is gone: whoever comes next takes it up
    except Exception:
        hand.store.settle(hand.plan, "failed", deed=with_outcome(deed, "failed"))
        raise
    return hand.store.settle(hand.plan, wanted, deed=with_outcome(deed, wanted))


def _ended(hand: Hand, deed: Deed, stopped: Changed | Stopped) -> Changed | Stopped:
    """Settle a plan that could not be worked through: as it was, where nothing was done."""
    journal = hand.store.journal(hand.plan.id)
    state: State = "failed" if journal else "proposed"
    if not hand.told and hand.resting is not None:
        state = hand.resting
    settled = hand.store.settle(hand.plan, state, deed=with_outcome(deed, state))
    stopped.members = {**stopped.members, "id": settled.id, "state": settled.state, "calls": hand.told}
    return stopped
