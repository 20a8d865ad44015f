"""How long reading the evidence takes: the service's own reader, on a transport that answers each call after 50 ms."""

from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import monotonic, perf_counter
from typing import Any, Final, NamedTuple

from tests.bench.cloud import Cloud
from tests.cases import services
from tests.gathering.rounds import rounds
from tests.gathering.world import BUSY, Busy, everything
from tests.layers.tables import AWAY, THIRD
from why403 import Keep
from why403.aws import AwsReader
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.settings import Settings
from why403.usecases.diagnose import diagnose

SECONDS: Final = 0.05
THREADS: Final = Settings().collect_threads
_WORLD: Final = everything("ana")


class Took(NamedTuple):
    """The seconds of one round: with no answer in memory, with all of them, and after the shortest-lived are gone."""

    cold: float
    again: float
    later: float


class _Clock:
    """The time, as far ahead as it is set."""

    ahead = 0.0

    def __call__(self) -> float:
        return monotonic() + self.ahead


def collecting(times: int) -> None:
    """Print calls, rounds and times of the busiest calls."""
    trip = SECONDS * 1000
    print(f"\ncollecting: every call of AWS answered after {trip:.0f} ms; milliseconds, and times the critical path")
    for busy in BUSY:
        cold, later = _rounds(busy)
        print(
            f"  {busy.name}: {cold.calls} calls; critical path {cold.rounds} round trips, {cold.rounds * trip:.0f} ms"
        )
        for threads in (THREADS, 1):
            first, took = measured(busy, threads, times if threads > 1 else 1)
            print(f"    {threads} thread{'s' if threads > 1 else ''}")
            for name, seconds in (("just started", first), ("cold", took.cold)):
                print(f"      {name:<36} {seconds * 1000:>9,.0f}   {seconds / (cold.rounds * SECONDS):>6.2f}")
            print(f"      {'again at once, no call':<36} {took.again * 1000:>9,.1f}")
            name = f"a minute later, {later.calls} calls in {later.rounds} round{'s' if later.rounds > 1 else ''}"
            print(f"      {name:<36} {took.later * 1000:>9,.0f}   {took.later / (later.rounds * SECONDS):>6.2f}")
    print("  just started: with no client made and no role assumed; this is measured once")


def measured(busy: Busy, threads: int, times: int) -> tuple[float, Took]:
    """Return the seconds that the first diagnosis of a process takes, and the medians of those after it."""
    cloud = Cloud(_WORLD, seconds=SECONDS, own=THIRD, organization=AWAY)
    reader = cloud.reader(threads)
    first = _round(reader, busy, threads).cold
    every = [_round(reader, busy, threads) for _ in range(times)]
    return first, Took(*(median(each) for each in zip(*every, strict=True)))


class _Needed(NamedTuple):
    calls: int
    rounds: int


def _rounds(busy: Busy) -> tuple[_Needed, _Needed]:
    """Return what a diagnosis needs with no answer in memory, and when those kept for the shortest time are gone."""
    answers, collectors = Table(_WORLD).read, services().registry.collectors
    cold = rounds(collectors, busy.subject(), answers)
    later = rounds(collectors, busy.subject(), answers, lambda read: read.call.keep > Keep.SHORT)
    return _Needed(len(cold), max(cold.values())), _Needed(len(later), max(later.values()))


def _round(reader: AwsReader, busy: Busy, threads: int) -> Took:
    """Return the seconds of three diagnoses; raise where one makes other calls than it needs."""
    clock = _Clock()
    desk = Desk(reader, threads=threads, clock=clock)
    used = replace(services(), aws=desk, collect_seconds=60)
    cold, later = _rounds(busy)
    try:
        took = [_timed(lambda: diagnose(used, {**busy.body(), "collect": True}), calls) for calls in (cold.calls, 0)]
        clock.ahead = Keep.SHORT + 1
        took.append(_timed(lambda: diagnose(used, {**busy.body(), "collect": True}), later.calls))
    finally:
        desk.close()
    return Took(*took)


def _timed(run: Callable[[], dict[str, Any]], calls: int) -> float:
    start = perf_counter()
    collected = run()["collected"]
    seconds = perf_counter() - start
    unread = [name for name, fact in collected["facts"].items() if fact["seen"] == "unreadable"]
    if unread or collected["calls"] != calls:
        message = f"{collected['calls']} calls in place of {calls}; not read: {unread}"
        raise AssertionError(message)
    return seconds
