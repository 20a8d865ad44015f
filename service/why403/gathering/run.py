"""One collector at work for one subject: what it may ask for, what it used, and how it steps."""

import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from why403.collecting import CannotTell, Read
from why403.collects import Collects
from why403.domain.errors import InvalidInput, LayerContractError
from why403.domain.evidence import Absent, Fact, Found, Observation, Unreadable
from why403.gathering.answers import Answer
from why403.gathering.subject import Subject

_LOG = logging.getLogger(__name__)
_MOST_STEPS: Final = 10_000


class Outcome(NamedTuple):
    """What something that was wanted comes to: a value, or the exception that ended it."""

    value: Any = None
    error: Exception | None = None


@dataclass(slots=True, eq=False)
class Run:
    """A collector started for a subject; `used` are the answers it rests on, those of facts it needed included."""

    collects: Collects
    subject: Subject
    done: bool = False
    used: dict[Read, Answer] = field(default_factory=dict)
    last: Read | None = None
    steps: int = 0
    timed: ExitStack = field(default_factory=ExitStack)

    def may_read(self, read: Read) -> None:
        """Raise LayerContractError for a call that was not declared."""
        if read.call not in self.collects.collector.reads:
            raise LayerContractError(f"reads {read.call.name}, which it did not declare")

    def may_need(self, fact: Fact[Any]) -> None:
        """Raise LayerContractError for a fact that was not declared."""
        if fact not in self.collects.collector.needs:
            raise LayerContractError(f"asks for the fact `{fact.name}`, which it did not declare to need")

    def observations(self, outcome: Outcome) -> tuple[Mapping[Fact[Any], Observation[Any]], bool]:
        """Return what the collector says of its facts, values loaded, and whether it failed."""
        facts = self.collects.collector.facts
        if isinstance(outcome.error, CannotTell):
            return dict.fromkeys(facts, outcome.error.seen), False
        try:
            if outcome.error is not None:
                raise outcome.error  # noqa: TRY301 - a failure of the collector like any other
            return self._loaded(outcome.value), False
        except Exception as error:  # noqa: BLE001 - whatever a collector does, others are not disturbed
            self._log(error)
            return dict.fromkeys(facts, self._failed("answered something that the layer cannot read")), True

    def _loaded(self, returned: Any) -> Mapping[Fact[Any], Observation[Any]]:
        if not isinstance(returned, Mapping) or not set(returned) <= set(self.collects.collector.facts):
            raise LayerContractError("returns something other than observations of its own facts")
        return {fact: self._one(fact, seen) for fact, seen in returned.items()}

    def _one(self, fact: Fact[Any], seen: Any) -> Observation[Any]:
        if isinstance(seen, Found) and seen.value is None:
            return self._failed(f"answered nothing where a `{fact.name}` was expected")
        if isinstance(seen, Found):
            try:
                return fact.observe(seen.value)
            except InvalidInput as error:
                # Where it is wrong, but not what stands there: that is theirs.
                return self._failed(f"answered a `{fact.name}` that is malformed at `{error.faults[0].pointer}`")
        if isinstance(seen, Absent) and not fact.nullable:
            raise LayerContractError(f"says that there is no `{fact.name}`, of which there is always one")
        if not isinstance(seen, Absent | Unreadable):
            raise LayerContractError(f"returns no observation of `{fact.name}`")
        return seen

    def _failed(self, because: str) -> Unreadable:
        if self.last is not None:
            return self.last.unreadable(because)
        return Unreadable(f"the layer `{self.collects.layer.name}` failed to collect this")

    def _log(self, error: Exception) -> None:
        """Log where it failed, and why only if the words are ours: others may quote what AWS answered."""
        why = str(error) if isinstance(error, LayerContractError) else type(error).__name__
        bare = RuntimeError(why).with_traceback(error.__traceback__)
        _LOG.error("layer %s failed to collect", self.collects.layer.name, exc_info=bare)


class Task(NamedTuple):
    """A generator at work: a run's own or one within it, and who is told what it comes to."""

    run: Run
    generator: Generator[Any, Any, Any]
    deliver: Callable[[Outcome], None]

    def step(self, got: Outcome) -> tuple[bool, Any]:
        """Resume it; return True and what it wants now, or False after having told what it came to."""
        self.run.steps += 1
        try:
            if self.run.steps > _MOST_STEPS:
                self.generator.close()
                raise LayerContractError("never ends")  # noqa: TRY301 - a failure of the collector like any other
            if got.error is not None:
                return True, self.generator.throw(got.error)
            return True, self.generator.send(got.value)
        except StopIteration as end:
            self.deliver(Outcome(end.value))
        except Exception as error:  # noqa: BLE001 - whatever a collector does, others are not disturbed
            self.deliver(Outcome(error=error))
        return False, None
