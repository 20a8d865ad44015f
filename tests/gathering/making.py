"""Facts, calls, layers and a reader to gather with, none of them AWS's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Event, Lock
from typing import Any

from tests.laws.claims import layer
from why403 import AccessRequest, AwsCall, Collecting, Collector, Fact, Found, Layer, Observation, Observations, Read
from why403.collects import Collects, collectors_of
from why403.domain.errors import InvalidInput
from why403.gathering import Desk, Gathered, Subject, Terms, gather
from why403.testing import a_request

LOOK = AwsCall(service="moon", operation="Look", permission="moon:Look", absent=("NoSuchMoon",))
LISTEN = AwsCall(service="moon", operation="Listen", permission="moon:Listen")


def phase(value: Any) -> str:
    if value in {"full", "new"}:
        return f"the {value} moon"
    raise InvalidInput.at("/phase", f"`{value}` is no phase")


def fact(name: str, **more: Any) -> Fact[Any]:
    return Fact(name=name, load=more.pop("load", lambda value: value), permission=f"read:{name}", **more)


PHASE = fact("moon.phase", load=phase)
TIDE = fact("moon.tide")
CRATER = fact("moon.crater", of_resource=True)
ROCK = fact("moon.rock", of_resource=True, of_object=True)

Collect = Callable[[AccessRequest], Collecting[Observations]]


def collects(
    *facts: Fact[Any], by: Callable[[AccessRequest], Any], reads: Sequence[AwsCall] = (LOOK,), needs: Any = ()
) -> Collector:
    return Collector(facts=facts, reads=tuple(reads), needs=tuple(needs), collect=by)


def reading(wanted: Fact[Any], **parameters: Any) -> Collector:
    """Return a collector that reads its fact by one call."""

    def collect(_request: AccessRequest) -> Collecting[Observations]:
        return {wanted: (yield LOOK.read(**parameters))}

    return collects(wanted, by=collect)


def of(name: str, *collectors: Collector) -> Layer:
    facts = tuple(fact for each in collectors for fact in each.facts)
    return replace(layer(name, ()), provides=facts, collectors=collectors)


def who(*layers: Layer) -> Mapping[Fact[Any], Collects]:
    return collectors_of(layers, {PHASE, TIDE, CRATER, ROCK})


class Fake:
    """A reader that answers what it is told to, and remembers; `hold` keeps every read from being answered."""

    def __init__(self, answer: Any = "full", *, hold: Event | None = None) -> None:
        self.answer, self.hold = answer, hold
        self.made: list[Read] = []
        self.at_once, self.most_at_once = 0, 0
        self._lock = Lock()

    def read(self, read: Read) -> Observation[Any]:
        with self._lock:
            self.made.append(read)
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
        if self.hold is not None:
            assert self.hold.wait(10)
        with self._lock:
            self.at_once -= 1
        seen: Observation[Any] = self.answer(read) if callable(self.answer) else Found(self.answer)
        return seen

    def partition(self) -> str | None:
        return None

    def check(self, calls: Iterable[AwsCall]) -> None:
        """Accept them."""


class Clock:
    """A clock that somebody sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def own(given: Mapping[Fact[Any], Any] | None = None, **more: Any) -> Subject:
    return Subject(request=a_request(rest="unknown"), given=given or {}, **more)


def gathered(
    reader: Fake, *layers: Layer, families: Sequence[Sequence[Subject]] | None = None, **terms: Any
) -> Gathered:
    """Gather with a desk of its own."""
    desk = Desk(reader, threads=terms.pop("threads", 4))
    try:
        return gather(desk, who(*layers), families or [[own()]], Terms(**terms))
    finally:
        if reader.hold is not None:
            reader.hold.set()
        desk.close()


def only(found: Gathered) -> Mapping[Fact[Any], Observation[Any]]:
    """Return what was seen of the only subject."""
    (seen,) = found.seen.values()
    return seen
