"""No read waits for an answer that it does not need: there are as many rounds of reads as the longest chain has reads.

The reader answers in rounds: none of one is answered before all of it are under way.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from threading import Condition
from typing import Any

import pytest

from tests.cases import services
from tests.gathering.making import Clock
from tests.gathering.rounds import rounds
from tests.gathering.world import BUSY, THROUGH_ENDPOINT, Busy, arn_of, everything
from why403 import AwsCall, Keep, Observation, Read, Unreadable
from why403.gathering import Desk, Gathered, Terms, gather
from why403.gathering.by_hand import Table

COLLECTORS = services().registry.collectors
# Users "ana" and "bob" are in the same groups.
TABLE = Table(everything("ana", "bob"))
BOB = Busy("another user of the same groups", arn_of("bob"), THROUGH_ENDPOINT)
WIDEST = 32
WARM = 3


class InRounds:
    """A reader that holds every read until all that can be made in its round are there."""

    def __init__(self, expected: Mapping[Read, int]) -> None:
        self.made: dict[Read, int] = {}
        self._sizes, self._come = Counter(expected.values()), Counter[int]()
        self._changed = Condition()

    def read(self, read: Read) -> Observation[Any]:
        with self._changed:
            now = 1 + sum(1 for each in self._sizes if self._come[each] == self._sizes[each])
            self.made[read] = now
            self._come[now] += 1
            self._changed.notify_all()
            # Only a read that is never made, because it waits for something else, makes this wait end by time.
            assert self._changed.wait_for(lambda: self._come[now] == self._sizes[now], timeout=10)
        return TABLE.read(read)

    def partition(self) -> str | None:
        return None

    def check(self, calls: Iterable[AwsCall]) -> None:
        """Accept them."""


class Kept:
    """A desk over some time, with all that it keeps."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.reader = InRounds({})
        self.desk = Desk(self, threads=WIDEST, clock=self.clock)

    def read(self, read: Read) -> Observation[Any]:
        return self.reader.read(read)

    def partition(self) -> str | None:
        return None

    def check(self, calls: Iterable[AwsCall]) -> None:
        """Accept them."""

    def ask(self, busy: Busy) -> int:
        """Make a diagnosis' reads; return in how many rounds, all of them made as early as they can be."""
        expected = rounds(COLLECTORS, busy.subject(), TABLE.read, lambda read: self.desk.kept(read) is not None)
        self.reader = InRounds(expected)
        found = gather(self.desk, COLLECTORS, [[busy.subject()]], Terms(seconds=60))
        assert self.reader.made == expected
        assert found.calls == len(expected)
        assert unread(found) == set()
        return max(expected.values(), default=0)


def unread(found: Gathered) -> set[str]:
    return {fact.name for seen in found.seen.values() for fact, each in seen.items() if isinstance(each, Unreadable)}


@pytest.fixture
def kept() -> Any:
    found = Kept()
    yield found
    found.desk.close()


@pytest.mark.parametrize("busy", BUSY, ids=lambda busy: busy.name)
def test_cold_there_are_as_many_rounds_as_the_longest_chain_has_reads(busy: Busy, kept: Kept) -> None:
    """The chain is the way up the organization: who manages it, three parents, what is attached to the root."""
    assert kept.ask(busy) == 5


@pytest.mark.parametrize("busy", BUSY, ids=lambda busy: busy.name)
def test_warm_nothing_is_read_and_what_is_kept_shortly_only_takes_few_rounds(busy: Busy, kept: Kept) -> None:
    kept.ask(busy)
    assert kept.ask(busy) == 0
    kept.clock.now += Keep.SHORT
    assert 1 <= kept.ask(busy) <= WARM


def test_another_caller_of_the_same_account_takes_few_rounds(kept: Kept) -> None:
    kept.ask(BUSY[0])
    assert 1 <= kept.ask(BOB) <= WARM
