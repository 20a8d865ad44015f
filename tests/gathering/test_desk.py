"""The desk: equal reads under way are one, answers serve again while they are kept, threads are few."""

from concurrent.futures import CancelledError, wait
from threading import Event
from typing import Any

import pytest

from tests.gathering.making import LISTEN, LOOK, Clock, Fake
from why403 import ABSENT, Found, Observation, Read, Unreadable
from why403.gathering import Desk

READ = LOOK.read(account="111122223333", n=1)


def test_equal_reads_under_way_are_one() -> None:
    reader = Fake(hold=Event())
    desk = Desk(reader)
    futures = [desk.ask(LOOK.read(n=2, m=1)), desk.ask(LOOK.read(m=1, n=2)), desk.ask(LOOK.read(n=3))]
    assert reader.hold is not None
    reader.hold.set()
    wait(futures)
    desk.close()
    assert len(reader.made) == 2
    assert futures[0] is futures[1]


def test_an_answer_that_came_in_since_somebody_looked_for_it_serves() -> None:
    """Between looking into memory and asking, the read of somebody else may end."""
    clock, reader = Clock(), Fake()
    desk = Desk(reader, clock=clock)
    assert desk.kept(READ) is None
    first = desk.ask(READ).result()
    assert desk.ask(READ, since=clock.now - 1).result() is first
    assert len(reader.made) == 1
    assert desk.ask(READ, since=clock.now).result() is not first
    assert desk.ask(READ).result() is not first
    desk.close()
    assert len(reader.made) == 3


@pytest.mark.parametrize(
    ("seen", "kept"), [(Found("full"), True), (ABSENT, True), (Unreadable("clouds"), False)], ids=str
)
def test_only_what_is_known_is_kept(seen: Observation[Any], kept: bool) -> None:
    desk = Desk(Fake(lambda _: seen))
    desk.ask(READ).result()
    desk.close()
    assert (desk.kept(READ) is not None) is kept


def test_an_answer_serves_again_for_as_long_as_its_call_says() -> None:
    clock = Clock()
    desk = Desk(Fake(), clock=clock)
    first = desk.ask(READ).result()
    clock.now += READ.call.keep - 1
    assert desk.kept(READ) == first
    assert first.at == 1000.0
    clock.now += 1
    assert desk.kept(READ) is None
    desk.close()


def test_the_memory_is_bounded() -> None:
    desk = Desk(Fake(), entries=3)
    reads = [LOOK.read(n=each) for each in range(10)]
    wait([desk.ask(each) for each in reads])
    desk.close()
    assert len([each for each in reads if desk.kept(each)]) == 3


def test_threads_are_bounded() -> None:
    reader = Fake(hold=Event())
    desk = Desk(reader, threads=3)
    futures = [desk.ask(LOOK.read(n=each)) for each in range(20)]
    assert reader.hold is not None
    reader.hold.set()
    wait(futures)
    desk.close()
    assert len(reader.made) == 20
    assert reader.most_at_once <= 3


def test_a_read_that_nobody_waits_for_is_not_made() -> None:
    reader = Fake(hold=Event())
    desk = Desk(reader, threads=1)
    first, second, third = desk.ask(LOOK.read()), desk.ask(LISTEN.read()), desk.ask(LISTEN.read())
    desk.leave(LISTEN.read(), second)
    assert not third.cancelled()  # one still waits
    desk.leave(LISTEN.read(), third)
    with pytest.raises(CancelledError):
        third.result()
    assert reader.hold is not None
    reader.hold.set()
    first.result()
    again = desk.ask(LISTEN.read()).result()
    desk.close()
    assert (again.seen.value if isinstance(again.seen, Found) else None) == "full"
    assert [each.call for each in reader.made] == [LOOK, LISTEN]


def test_who_leaves_late_disturbs_nobody() -> None:
    desk = Desk(Fake())
    future = desk.ask(READ)
    future.result()
    desk.leave(READ, future)
    assert desk.kept(READ) is not None
    desk.close()


def test_a_reader_that_fails_is_unreadable_and_its_words_go_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_read: Read) -> Observation[Any]:
        raise RuntimeError("secret")

    desk = Desk(Fake(fail))
    seen = desk.ask(READ).result().seen
    desk.close()
    assert seen == READ.unreadable("could not be read: the service failed")
    assert "secret" not in caplog.text
    assert "moon:Look" in caplog.text
