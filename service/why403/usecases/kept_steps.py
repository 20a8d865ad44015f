"""A plan that was kept, as what is to be done with it: calls in their order, and what people make by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from why403.domain.fix import Write
from why403.keeping import Entry, Plan
from why403.writing import UNSAID, Turn, read_write, turns_of, ways_back, written_down

Role = Literal["make", "room", "undo"]
_ALLOWED: Final = "allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a plan: which of its changes it belongs to, where in it, and what takes it back."""

    change: int
    number: int
    layer: str
    target: str
    turn: Turn
    undo: Write | None

    @property
    def name(self) -> str:
        """Return the call as people and metrics name it."""
        return f"{self.turn.write.service}:{self.turn.write.operation}"

    def what(self, role: Role = "make", write: Write | None = None, **more: Any) -> dict[str, Any]:
        """Return what the journal says of the call, or of another that it entails."""
        undo = self.undo if write is None else None
        return {
            "change": self.change,
            "write": self.number,
            "role": role,
            "layer": self.layer,
            "target": self.target,
            "undo": None if undo is None else written_down(undo),
            **written_down(self.turn.write if write is None else write),
            **more,
        }

    def told(self, status: str, because: str | None = None, write: Write | None = None) -> dict[str, Any]:
        """Return the call as an answer tells it: no document is in it."""
        made = self.turn.write if write is None else write
        return {
            "change": self.change,
            "layer": self.layer,
            "target": self.target,
            "call": f"{made.service}:{made.operation}",
            "account": made.account,
            "status": status,
            "because": because,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The calls of a plan, and the changes that are left to people."""

    calls: tuple[Call, ...]
    by_hand: tuple[dict[str, Any], ...]
    proven: bool
    refused: str | None

    @property
    def layers(self) -> tuple[str, ...]:
        """Return the layers whose refusals the calls answer."""
        return tuple(dict.fromkeys(call.layer for call in self.calls))


def steps_of(plan: Plan) -> Steps:
    """Return what a kept plan would do; a change that has no way back, or makes no call, is for people."""
    answer, steps = plan.body["answer"], plan.body.get("steps", [])
    calls: list[Call] = []
    by_hand: list[dict[str, Any]] = []
    for number, change in enumerate(answer["changes"]):
        found = _calls(number, change, steps[number]) if number < len(steps) else []
        calls += found
        if not found:
            by_hand.append({"change": number, **{name: change.get(name) for name in ("layer", "who", "summary")}})
    return Steps(
        calls=tuple(calls),
        by_hand=tuple(by_hand),
        proven=answer["proof"]["after"]["decision"] == _ALLOWED,
        refused=answer.get("refused"),
    )


def _calls(number: int, change: Mapping[str, Any], step: Mapping[str, Any]) -> list[Call]:
    """Return the calls of one change, none if one of them could not be taken back."""
    writes, undo = ([read_write(each) for each in step.get(name, ())] for name in ("writes", "undo"))
    turns, back = turns_of(writes, undo), ways_back(writes, undo)
    if any(each is None for each in back):
        return []
    if len(turns) == 1:
        turns = [_as_told(turns[0], change)]
    return [
        Call(change=number, number=at, layer=step["layer"], target=step["target"], turn=turn, undo=each)
        for at, (turn, each) in enumerate(zip(turns, back, strict=True))
    ]


def _as_told(turn: Turn, change: Mapping[str, Any]) -> Turn:
    """Return a call with what the change tells of the values around it, where its parameters do not: a plain one."""
    before, after = change.get("before"), change.get("after")
    plain = isinstance(before, str | bool) and isinstance(after, str | bool)
    if turn.write.reading is None or not plain or not turn.before is turn.after is UNSAID:
        return turn
    return turn._replace(before=before, after=after)


def done_by(journal: Sequence[Entry]) -> list[Entry]:
    """Return the entries of calls that were made for a plan and not taken back."""
    return [entry for entry in journal if entry.status == "done" and entry.what["role"] != "undo"]


def is_done(call: Call, journal: Sequence[Entry]) -> bool:
    """Return whether the journal says that a call was made."""
    return any(entry.what["role"] == "make" and _of(entry, call) for entry in done_by(journal))


def was_tried(call: Call, journal: Sequence[Entry]) -> bool:
    """Return whether the journal says that a call may have been made before, whatever came of it."""
    return any(entry.what["role"] == "make" and _of(entry, call) for entry in journal)


def _of(entry: Entry, call: Call) -> bool:
    return bool((entry.what["change"], entry.what["write"]) == (call.change, call.number))


def call_of(entry: Entry) -> Call:
    """Return the call of an entry, for telling of it."""
    what = entry.what
    after = UNSAID if entry.after is None else entry.after["value"]
    before = UNSAID if entry.before is None else entry.before["value"]
    undo = what.get("undo")
    return Call(
        change=what["change"],
        number=what["write"],
        layer=what["layer"],
        target=what["target"],
        turn=Turn(read_write(what), before, after),
        undo=None if undo is None else read_write(undo),
    )


def answer(plan: Plan, steps: Steps, told: Sequence[Mapping[str, Any]], *, dry_run: bool = False) -> dict[str, Any]:
    """Return how a plan stands, what became of its calls, and what is left to people."""
    return {
        "id": plan.id,
        "state": plan.state,
        "dry_run": dry_run,
        "calls": list(told),
        "by_hand": list(steps.by_hand),
    }
