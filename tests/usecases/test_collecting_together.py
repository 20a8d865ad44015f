"""Many diagnoses at once: what they share is read once, threads and connections are few, and each is as if alone."""

import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event, Lock
from typing import Any

from tests.cases import services
from tests.gathering.world import Busy, arn_of, everything
from why403 import AwsCall, Observation, Read
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.usecases.diagnose import diagnose

AT_ONCE, THREADS = 200, 16
NAMES = [f"u{number}" for number in range(20)]
TABLE = Table(everything(*NAMES))
CALLERS = [Busy(name, arn_of(name), {}) for name in NAMES]


class Holding:
    """A reader that answers nothing before it is let go, and counts reads and the threads that make them."""

    def __init__(self) -> None:
        self.let_go = Event()
        self.made: Counter[Read] = Counter()
        self.at_once, self.most_at_once, self.most_threads = 0, 0, 0
        self._lock = Lock()

    def read(self, read: Read) -> Observation[Any]:
        with self._lock:
            self.made[read] += 1
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
            own = [each for each in threading.enumerate() if each.name.startswith("why403")]
            self.most_threads = max(len(own), self.most_threads)
        assert self.let_go.wait(30)
        with self._lock:
            self.at_once -= 1
        return TABLE.read(read)

    def partition(self) -> str | None:
        return None

    def check(self, calls: Iterable[AwsCall]) -> None:
        """Accept them."""


def diagnosed(desk: Desk, caller: Busy) -> dict[str, Any]:
    """Return a diagnosis without its id, and without its calls and their age: those depend on who came first."""
    found = diagnose(replace(services(), aws=desk, collect_seconds=60), {**caller.body(), "collect": True})
    collected = found.pop("collected")
    told = {name: {**fact, "age_seconds": 0} for name, fact in collected["facts"].items()}
    return {**found, "id": "", "facts": told}


def alone(caller: Busy) -> dict[str, Any]:
    desk = Desk(Table(TABLE.answers), threads=1)
    try:
        return diagnosed(desk, caller)
    finally:
        desk.close()


def together(reader: Holding) -> list[dict[str, Any]]:
    """Return 200 diagnoses, ten of each caller; no read is answered before the last of them is let begin."""
    desk, begun = Desk(reader, threads=THREADS), Barrier(AT_ONCE + 1)

    def one(number: int) -> dict[str, Any]:
        begun.wait(30)
        return diagnosed(desk, CALLERS[number % len(CALLERS)])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [pool.submit(one, number) for number in range(AT_ONCE)]
        begun.wait(30)
        reader.let_go.set()
        answers = [each.result() for each in found]
    desk.close()
    return answers


def test_what_many_share_is_read_once_by_few_threads_and_each_is_told_as_if_it_were_alone() -> None:
    reader = Holding()
    answers = together(reader)
    assert set(reader.made.values()) == {1}
    # A read has one connection in use at a time, so these are no more either.
    assert reader.most_at_once <= THREADS
    assert reader.most_threads <= THREADS
    expected = [alone(caller) for caller in CALLERS]
    assert answers == expected * (AT_ONCE // len(CALLERS))
    assert len({str(each["understood"]) for each in expected}) == len(CALLERS)
