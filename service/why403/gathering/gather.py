"""Driving collectors: all that are wanted at once, in the caller's thread; threads are for reads only."""

import math
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeAlias

from why403.collecting import Read
from why403.collects import Collects
from why403.domain.errors import LayerContractError
from why403.domain.evidence import Fact, Observation
from why403.engine.decide import unwatched
from why403.engine.evaluate import ignore
from why403.gathering.answers import Answer
from why403.gathering.desk import Desk
from why403.gathering.run import Outcome, Run, Task
from why403.gathering.subject import Subject

if TYPE_CHECKING:
    from concurrent.futures import Future

Family: TypeAlias = Sequence[Subject]
"""The subjects of one call, the request's own first."""

_Resume: TypeAlias = Callable[[Outcome], None]


@dataclass(slots=True, eq=False)
class _Wanted:
    """A read that is wanted and not answered: who waits, and the answer to come once it was handed in."""

    waiting: list[Callable[[Answer], None]] = field(default_factory=list)
    future: "Future[Answer] | None" = None


@dataclass(slots=True, eq=False)
class Gathered:
    """What was found of each subject, by which run, and how many reads AWS was asked for it."""

    seen: Mapping[Subject, Mapping[Fact[Any], Observation[Any]]]
    runs: Mapping[Subject, Mapping[Fact[Any], Run]]
    calls: int
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The bounds of a gathering, and who hears of it.

    What is not answered after so many `seconds` is unreadable. `fresh` uses no answer again. `tell` learns of
    collectors that fail, by layer and phase; `watch` times them.
    """

    seconds: float = 8.0
    fresh: bool = False
    tell: Callable[[str, str], None] = ignore
    watch: Callable[[str, str], AbstractContextManager[None]] = unwatched


def gather(
    desk: Desk, collectors: Mapping[Fact[Any], Collects], families: Sequence[Family], terms: Terms | None = None
) -> Gathered:
    """Return observations of every fact that has a collector and is not given, for each subject of each family."""
    return _Gathering(desk, collectors, terms or Terms()).of(families)


@dataclass(slots=True, eq=False)
class _Known:
    """What one subject is found to be so far, who waits for which of its facts, and whose word it is."""

    own: Subject
    seen: dict[Fact[Any], Observation[Any]] = field(default_factory=dict)
    waiting: dict[Fact[Any], list[Callable[[], None]]] = field(default_factory=dict)
    runs: dict[Fact[Any], Run] = field(default_factory=dict)


class _Gathering:
    """One gathering; nothing of it is shared with another but the desk."""

    def __init__(self, desk: Desk, collectors: Mapping[Fact[Any], Collects], terms: Terms) -> None:
        self._desk, self._collectors, self._terms = desk, collectors, terms
        began = desk.clock()
        self._until, self._late = began + terms.seconds, False
        self._since = began if terms.fresh else -math.inf
        self._known: dict[Subject, _Known] = {}
        self._ready: deque[tuple[Task, Outcome]] = deque()
        self._answers: SimpleQueue[tuple[Read, Future[Answer]]] = SimpleQueue()
        self._pending: dict[Read, _Wanted] = {}
        self._held: deque[Read] = deque()
        self._got: dict[Read, Answer] = {}
        self._calls = 0

    def of(self, families: Sequence[Family]) -> Gathered:
        self._known = {each: _Known(family[0]) for family in families for each in family}
        for subject in self._known:
            for fact in self._collectors:
                if subject.owns(fact) and fact not in subject.given:
                    self._start(subject, fact)
        self._step_all()
        while self._pending:
            self._await_answer()
            self._step_all()
        seen = {subject: known.seen for subject, known in self._known.items()}
        runs = {subject: known.runs for subject, known in self._known.items()}
        return Gathered(seen, runs, self._calls, self._desk.clock())

    # --- collectors ---

    def _start(self, subject: Subject, fact: Fact[Any]) -> None:
        """Start the collector of a fact, if it is not at work for this subject yet."""
        known, collects = self._known[subject], self._collectors[fact]
        if fact in known.runs:
            return
        run = Run(collects, subject)
        known.runs.update(dict.fromkeys(collects.collector.facts, run))
        run.timed.enter_context(self._terms.watch(collects.layer.name, "collect"))
        finish = partial(self._finish, run)
        try:
            began: Any = collects.collector.collect(subject.request)
        except Exception as error:  # noqa: BLE001 - whatever a collector does, others are not disturbed
            finish(Outcome(error=error))
            return
        if isinstance(began, Generator):
            self._ready.append((Task(run, began, finish), Outcome()))
        else:
            finish(Outcome(began))

    def _finish(self, run: Run, outcome: Outcome) -> None:
        run.done = True
        run.timed.close()
        found, failed = run.observations(outcome)
        if failed:
            self._terms.tell(run.collects.layer.name, "collect")
        known = self._known[run.subject]
        for fact in run.collects.collector.facts:
            if fact in found and fact not in run.subject.given:
                known.seen[fact] = found[fact]
            for resume in known.waiting.pop(fact, ()):
                resume()

    def _step_all(self) -> None:
        while self._ready:
            task, got = self._ready.popleft()
            wants, wanted = task.step(got)
            if wants:
                self._want(task.run, wanted, partial(self._resume, task))

    def _resume(self, task: Task, outcome: Outcome) -> None:
        self._ready.append((task, outcome))

    # --- what they want ---

    def _want(self, run: Run, wanted: Any, resume: _Resume) -> None:
        """Have what a collector yielded done; it is resumed from the queue, so that nothing here nests deeply."""
        try:
            if isinstance(wanted, Read):
                run.may_read(wanted)
                self._want_read(run, wanted, resume)
            elif isinstance(wanted, Fact):
                run.may_need(wanted)
                self._want_fact(run, wanted, resume)
            elif isinstance(wanted, Generator):
                self._ready.append((Task(run, wanted, resume), Outcome()))
            elif isinstance(wanted, tuple):
                self._want_all(run, wanted, resume)
            else:
                message = f"yields a {type(wanted).__name__}; it may yield reads, facts, generators and tuples of them"
                resume(Outcome(error=LayerContractError(message)))
        except LayerContractError as error:
            resume(Outcome(error=error))

    def _want_all(self, run: Run, wanted: tuple[Any, ...], resume: _Resume) -> None:
        found: list[Outcome | None] = [None] * len(wanted)
        left = len(wanted)

        def put(index: int, outcome: Outcome) -> None:
            nonlocal left
            found[index], left = outcome, left - 1
            if not left:
                resume(_together(found))

        for index, each in enumerate(wanted):
            self._want(run, each, partial(put, index))
        if not wanted:
            resume(Outcome(()))

    def _want_fact(self, run: Run, fact: Fact[Any], resume: _Resume) -> None:
        subject = run.subject if run.subject.owns(fact) else self._known[run.subject].own
        known = self._known[subject]

        def go_on() -> None:
            if fact in known.runs:
                run.used.update(known.runs[fact].used)
            seen = known.seen.get(fact)
            resume(Outcome(subject.request.evidence[fact] if seen is None else seen))

        if fact in subject.given or fact not in self._collectors or not subject.owns(fact):
            go_on()
            return
        self._start(subject, fact)
        if known.runs[fact].done:
            go_on()
        else:
            known.waiting.setdefault(fact, []).append(go_on)

    # --- reads ---

    def _want_read(self, run: Run, read: Read, resume: _Resume) -> None:
        def answered(answer: Answer) -> None:
            run.used[read], run.last = answer, read
            resume(Outcome(answer.seen))

        answer = self._at_once(read)
        if answer is not None:
            answered(answer)
            return
        if read not in self._pending:
            self._pending[read] = _Wanted()
            self._held.append(read)
            self._hand_in()
        self._pending[read].waiting.append(answered)

    def _hand_in(self) -> None:
        """Ask for what is held back, as much at once as there are threads: others stand in the same queue."""
        while self._held and len(self._pending) - len(self._held) < self._desk.threads:
            read = self._held.popleft()
            self._pending[read].future = future = self._desk.ask(read, self._since)
            self._calls += 1
            future.add_done_callback(partial(self._put, read))

    def _put(self, read: Read, done: "Future[Answer]") -> None:
        self._answers.put((read, done))

    def _at_once(self, read: Read) -> Answer | None:
        """Return an answer that need not be waited for: had before, kept, or too late."""
        if read not in self._got and not self._terms.fresh:
            kept = self._desk.kept(read)
            if kept is not None:
                self._got[read] = kept
        if read not in self._got and self._late:
            self._got[read] = self._too_late(read)
        return self._got.get(read)

    def _await_answer(self) -> None:
        try:
            read, future = self._answers.get(timeout=max(0.0, self._until - self._desk.clock()))
        except Empty:
            self._late = True
            self._held.clear()
            for read, wanted in tuple(self._pending.items()):
                if wanted.future is not None:
                    self._desk.leave(read, wanted.future)
                self._answered(read, self._too_late(read))
            return
        self._answered(read, future.result())
        self._hand_in()

    def _answered(self, read: Read, answer: Answer) -> None:
        self._got[read] = answer
        for each in self._pending.pop(read).waiting:
            each(answer)

    def _too_late(self, read: Read) -> Answer:
        return Answer(read.unreadable(f"was not answered within {self._terms.seconds:g} s"), self._desk.clock())


def _together(found: Sequence[Outcome | None]) -> Outcome:
    """Return the values of all, or the first exception."""
    outcomes = [each for each in found if each is not None]
    error = next((each.error for each in outcomes if each.error is not None), None)
    return Outcome(tuple(each.value for each in outcomes)) if error is None else Outcome(error=error)
