"""The rounds in which reads can be made at the earliest, worked out from what each collector waits for.

A naive second reading of what collectors yield, without queue or threads: a read is made in the round after the last
answer it waited for, so the number of rounds is the longest chain of reads of which each needs the one before.
"""

from collections.abc import Callable, Mapping
from inspect import isgenerator
from typing import Any, NamedTuple

from why403 import Collecting, Fact, Observation, Read
from why403.collects import Collects
from why403.gathering import Subject
from why403.gathering.run import Outcome, Run

Collectors = Mapping[Fact[Any], Collects]
Answers = Callable[[Read], Observation[Any]]


def nothing_kept(_read: Read) -> bool:
    """Remember no answer."""
    return False


def rounds(
    collectors: Collectors, subject: Subject, answers: Answers, kept: Callable[[Read], bool] = nothing_kept
) -> dict[Read, int]:
    """Return the round, from 1, of each read that is made for a subject; what is `kept` is had without one."""
    found: dict[Read, int] = {}
    while True:  # whoever wants a read first makes it for all, so everybody's rounds hang together
        reading = _Reading(collectors, subject, answers, kept, dict(found))
        reading.all()
        if reading.made == found:
            return found
        found = reading.made


class _Got(NamedTuple):
    """What something comes to, and after which round."""

    outcome: Outcome
    after: int


class _Reading:
    """One pass over all collectors, with the rounds that an earlier pass found."""

    def __init__(
        self,
        collectors: Collectors,
        subject: Subject,
        answers: Answers,
        kept: Callable[[Read], bool],
        made: dict[Read, int],
    ) -> None:
        self._collectors, self._subject, self._answers, self._kept = collectors, subject, answers, kept
        self._facts: dict[Fact[Any], _Got] = {}
        self.made = made

    def all(self) -> None:
        """Collect every fact."""
        for fact in self._collectors:
            if self._subject.owns(fact):
                self._fact(fact)

    def _fact(self, fact: Fact[Any]) -> _Got:
        if fact not in self._collectors:
            return _Got(Outcome(self._subject.request.evidence[fact]), 0)
        if fact not in self._facts:
            run = Run(self._collectors[fact], self._subject)
            ended = self._drive(run.collects.collector.collect(self._subject.request), 0)
            seen, failed = run.observations(ended.outcome)
            assert not failed, fact.name
            for each in run.collects.collector.facts:
                observed = seen.get(each, self._subject.request.evidence[each])
                self._facts[each] = _Got(Outcome(observed), ended.after)
        return self._facts[fact]

    def _drive(self, generator: Collecting[Any], after: int) -> _Got:
        got = Outcome()
        while True:
            try:
                wanted = generator.send(got.value) if got.error is None else generator.throw(got.error)
            except StopIteration as end:
                return _Got(Outcome(end.value), after)
            except Exception as error:  # noqa: BLE001 - given to whoever waits for it
                return _Got(Outcome(error=error), after)
            got, after = self._wanted(wanted, after)

    def _wanted(self, wanted: Any, after: int) -> _Got:
        """Return what was yielded after a round, and the later of that round and the one that gives it."""
        if isinstance(wanted, Read):
            return self._read(wanted, after)
        if isinstance(wanted, Fact):
            outcome, known = self._fact(wanted)
            return _Got(outcome, max(after, known))
        if isgenerator(wanted):
            return self._drive(wanted, after)
        each = [self._wanted(one, after) for one in wanted]
        error = next((one.outcome.error for one in each if one.outcome.error is not None), None)
        values = None if error else tuple(one.outcome.value for one in each)
        return _Got(Outcome(values, error), max((one.after for one in each), default=after))

    def _read(self, read: Read, after: int) -> _Got:
        seen = Outcome(self._answers(read))
        if self._kept(read):
            return _Got(seen, after)
        self.made[read] = min(self.made.get(read, after + 1), after + 1)
        return _Got(seen, max(after, self.made[read]))
