"""Gathering: collectors yield what they want and get it; whatever they do, their facts are never wrongly certain."""

import logging
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, Event, Semaphore
from time import sleep
from typing import Any

import pytest

from tests.gathering.making import (
    CRATER,
    LISTEN,
    LOOK,
    PHASE,
    ROCK,
    TIDE,
    Fake,
    collects,
    fact,
    gathered,
    of,
    only,
    own,
    reading,
    who,
)
from why403 import (
    ABSENT,
    Absent,
    AccessRequest,
    CannotTell,
    Collecting,
    Collector,
    Fact,
    Found,
    Observation,
    Observations,
    Read,
    Unreadable,
    value_of,
)
from why403.domain.evidence import Evidence
from why403.gathering import Desk, Subject, Terms, gather
from why403.testing import a_request


def plain(seen: Observation[Any]) -> object:
    return seen.value if isinstance(seen, Found) else "absent" if isinstance(seen, Absent) else "unreadable"


# --- what a collector may yield ---------------------------------------------------------------------------------------


def test_a_read_gives_its_answer_and_the_fact_loads_it() -> None:
    assert plain(only(gathered(Fake("full"), of("moon", reading(PHASE))))[PHASE]) == "the full moon"


@pytest.mark.parametrize("seen", [ABSENT, Unreadable("clouds", "moon:Look", call="moon:Look", account="1")])
def test_what_is_absent_or_unreadable_stays_so(seen: Observation[Any]) -> None:
    assert only(gathered(Fake(lambda _: seen), of("moon", reading(PHASE))))[PHASE] == seen


def test_a_generator_gives_what_it_returns() -> None:
    def inner() -> Collecting[str]:
        found: str = value_of((yield LOOK.read()))
        return found + "!"

    def collect(_request: AccessRequest) -> Collecting[Observations]:
        return {TIDE: Found((yield inner()))}

    assert plain(only(gathered(Fake("high"), of("moon", collects(TIDE, by=collect))))[TIDE]) == "high!"


class Compiled(Generator[Any, Any, Any]):
    """A generator as compiled functions return it, of a type of its own."""

    def __init__(self, inner: Generator[Any, Any, Any]) -> None:
        self.inner = inner

    def send(self, value: Any) -> Any:
        return self.inner.send(value)

    def throw(self, *error: Any) -> Any:
        return self.inner.throw(*error)


def test_a_compiled_generator_is_driven_like_any_other() -> None:
    def inner() -> Collecting[str]:
        return str(value_of((yield LOOK.read())))

    def outer() -> Collecting[Observations]:
        return {TIDE: Found((yield Compiled(inner())))}

    found = gathered(Fake("high"), of("moon", collects(TIDE, by=lambda _request: Compiled(outer()))))
    assert plain(only(found)[TIDE]) == "high"


def test_a_tuple_gives_all_answers_in_its_order() -> None:
    def collect(_request: AccessRequest) -> Collecting[Observations]:
        nothing, (one, two) = yield ((), (LOOK.read(n=1), LOOK.read(n=2)))
        return {TIDE: Found([nothing, value_of(one), value_of(two)])}

    reader = Fake(lambda read: Found(read.parameters["n"]))
    assert plain(only(gathered(reader, of("moon", collects(TIDE, by=collect))))[TIDE]) == [(), 1, 2]


def test_the_reads_of_a_tuple_are_made_at_once() -> None:
    met = Barrier(3)

    def answer(read: Read) -> Observation[Any]:
        met.wait(10)  # only if three threads come here at the same time
        return Found(read.parameters["n"])

    def collect(_request: AccessRequest) -> Collecting[Observations]:
        found = yield tuple(LOOK.read(n=each) for each in range(3))
        return {TIDE: Found([value_of(each) for each in found])}

    assert plain(only(gathered(Fake(answer), of("moon", collects(TIDE, by=collect))))[TIDE]) == [0, 1, 2]


def test_collectors_are_at_work_at_once() -> None:
    met = Barrier(2)

    def answer(_read: Read) -> Observation[Any]:
        met.wait(10)
        return Found("full")

    found = only(gathered(Fake(answer), of("moon", reading(PHASE, n=1)), of("sea", reading(TIDE, n=2))))
    assert (plain(found[PHASE]), plain(found[TIDE])) == ("the full moon", "full")


def needing(wanted: Fact[Any], needed: Fact[Any]) -> Collector:
    def collect(_request: AccessRequest) -> Collecting[Observations]:
        return {wanted: Found(plain((yield needed)))}

    return collects(wanted, by=collect, needs=[needed], reads=())


@pytest.mark.parametrize("turned", [False, True])
def test_a_fact_gives_what_its_own_collector_found(turned: bool) -> None:
    layers = [of("moon", reading(PHASE)), of("sea", needing(TIDE, PHASE))]
    found = gathered(Fake("new"), *(layers[::-1] if turned else layers))
    assert plain(only(found)[TIDE]) == "the new moon"
    ((_, runs),) = found.runs.items()
    assert [read.call.name for read in runs[TIDE].used] == ["moon:Look"]


def test_a_fact_that_is_given_is_given_and_not_collected() -> None:
    given = {PHASE: Found("a paper moon")}
    subject = Subject(request=a_request().given({}, Evidence(given)), given=given)
    reader = Fake()
    found = gathered(reader, of("moon", reading(PHASE)), of("sea", needing(TIDE, PHASE)), families=[[subject]])
    assert plain(only(found)[TIDE]) == "a paper moon"
    assert (reader.made, PHASE in only(found)) == ([], False)


def test_a_fact_that_nobody_collects_is_unreadable() -> None:
    assert plain(only(gathered(Fake(), of("sea", needing(TIDE, PHASE))))[TIDE]) == "unreadable"


def test_a_fact_that_its_collector_leaves_out_was_not_tried() -> None:
    found = only(gathered(Fake(), of("moon", collects(PHASE, by=lambda _: {})), of("sea", needing(TIDE, PHASE))))
    assert (PHASE in found, plain(found[TIDE])) == (False, "unreadable")


def test_a_long_chain_of_generators_does_not_nest() -> None:
    def deep(left: int) -> Collecting[int]:
        return 0 if not left else (yield deep(left - 1)) + 1

    def collect(_request: AccessRequest) -> Collecting[Observations]:
        return {TIDE: Found((yield deep(3000)))}

    assert plain(only(gathered(Fake(), of("moon", collects(TIDE, by=collect, reads=()))))[TIDE]) == 3000


# --- equal reads ------------------------------------------------------------------------------------------------------


def test_equal_reads_of_one_gathering_are_made_once() -> None:
    reader = Fake("full")
    found = gathered(reader, of("moon", reading(PHASE, n=1)), of("sea", reading(TIDE, n=1)), fresh=True)
    assert (len(reader.made), found.calls, plain(only(found)[TIDE])) == (1, 1, "full")


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_what_cannot_be_read_ends_the_collector_and_is_its_answer() -> None:
    clouds = Unreadable("clouds", "moon:Look", call="moon:Look", account="111122223333")

    def collect(_request: AccessRequest) -> Collecting[Observations]:
        first, second = yield (LOOK.read(n=1), LOOK.read(n=2))
        return {PHASE: Found(value_of(first) + value_of(second))}

    failed: list[str] = []
    layer = of("moon", collects(PHASE, by=collect))
    found = gathered(Fake(lambda _: clouds), layer, tell=lambda name, phase: failed.append(f"{name} {phase}"))
    assert (only(found)[PHASE], failed) == (clouds, [])


def test_one_of_a_tuple_that_cannot_tell_is_heard_after_all_are_done() -> None:
    done = []

    def good() -> Collecting[None]:
        yield LOOK.read(n=2)
        done.append("good")

    def bad() -> Collecting[None]:
        yield ()
        raise CannotTell(Unreadable("clouds"))

    def collect(_request: AccessRequest) -> Collecting[Observations]:
        try:
            yield (bad(), good())
        except CannotTell as unknown:
            return {TIDE: Found([*done, unknown.seen.why])}
        return {}

    assert plain(only(gathered(Fake(), of("moon", collects(TIDE, by=collect))))[TIDE]) == ["good", "clouds"]


SECRET = "hunter2"


def _raises(_request: AccessRequest) -> Collecting[Observations]:
    yield LOOK.read()
    raise KeyError(SECRET)


def _raises_at_once(_request: AccessRequest) -> Any:
    raise KeyError(SECRET)


def _reads_what_it_did_not_declare(_request: AccessRequest) -> Collecting[Observations]:
    return {PHASE: (yield LISTEN.read())}


def _asks_for_what_it_did_not_declare(_request: AccessRequest) -> Collecting[Observations]:
    return {PHASE: (yield TIDE)}


def _yields_anything(_request: AccessRequest) -> Collecting[Observations]:
    return {PHASE: (yield "the moon")}


def _answers_for_another(_request: AccessRequest) -> Any:
    return {TIDE: ABSENT}


def _returns_no_observation(_request: AccessRequest) -> Any:
    return {PHASE: "full"}


def _returns_nothing(_request: AccessRequest) -> Any:
    return None


def _never_ends(_request: AccessRequest) -> Collecting[Observations]:
    while True:
        yield ()


def _holds_on(_request: AccessRequest) -> Collecting[Observations]:
    while True:
        with suppress(Exception):
            yield "the moon"


RUDE: list[Callable[[AccessRequest], Any]] = [
    _raises,
    _raises_at_once,
    _reads_what_it_did_not_declare,
    _asks_for_what_it_did_not_declare,
    _yields_anything,
    _answers_for_another,
    _returns_no_observation,
    _returns_nothing,
    _never_ends,
    _holds_on,
]


@pytest.mark.parametrize("collect", RUDE, ids=lambda each: each.__name__.strip("_"))
def test_a_collector_that_fails_leaves_its_facts_unreadable_and_is_told(
    collect: Callable[[AccessRequest], Any], caplog: pytest.LogCaptureFixture
) -> None:
    failed: list[str] = []
    layers = [of("moon", collects(PHASE, by=collect)), of("sea", reading(TIDE, n=7))]
    found = gathered(Fake("full"), *layers, tell=lambda name, phase: failed.append(f"{name} {phase}"))
    seen = only(found)[PHASE]
    assert isinstance(seen, Unreadable)
    assert (plain(only(found)[TIDE]), failed) == ("full", ["moon collect"])
    assert SECRET not in caplog.text + seen.why
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_one_that_fails_on_an_answer_names_the_call() -> None:
    seen = only(gathered(Fake("full"), of("moon", collects(PHASE, by=_raises))))[PHASE]
    assert seen == LOOK.read().unreadable("answered something that the layer cannot read")


def test_an_answer_that_is_no_value_of_the_fact_is_unreadable_and_names_the_call() -> None:
    failed: list[str] = []
    found = gathered(Fake("square"), of("moon", reading(PHASE)), tell=lambda name, _: failed.append(name))
    seen = only(found)[PHASE]
    assert isinstance(seen, Unreadable)
    assert (seen.call, seen.permission, failed) == ("moon:Look", "moon:Look", [])
    assert "square" not in seen.why


def test_a_fact_that_cannot_be_none_is_never_absent() -> None:
    always = fact("moon.orbit", nullable=False)
    assert plain(only(gathered(Fake(lambda _: ABSENT), of("moon", reading(always))))[always]) == "unreadable"


# --- the deadline -----------------------------------------------------------------------------------------------------


def test_what_is_not_answered_in_time_is_unreadable_and_names_the_call() -> None:
    def answer(read: Read) -> Observation[Any]:
        assert not read.parameters or late.wait(10)
        return Found("full")

    def collect(_request: AccessRequest) -> Collecting[Observations]:
        first = yield LOOK.read(account="111122223333", late=True)
        second = yield LISTEN.read()  # asked for too late
        return {TIDE: Found([first.why, second.why]), PHASE: first}

    late = Event()
    reader = Fake(answer)
    desk = Desk(reader, threads=2)
    layer = of("moon", collects(TIDE, PHASE, by=collect, reads=[LOOK, LISTEN]), reading(CRATER))
    try:
        found = only(gather(desk, who(layer), [[own()]], Terms(seconds=0.05)))
    finally:
        late.set()
        desk.close()
    why = "was not answered within 0.05 s"
    assert plain(found[TIDE]) == [f"moon:Look {why}", f"moon:Listen {why}"]
    assert found[PHASE] == Unreadable(f"moon:Look {why}", "moon:Look", call="moon:Look", account="111122223333")
    assert plain(found[CRATER]) == "full"
    assert LISTEN not in {each.call for each in reader.made}


# --- subjects ---------------------------------------------------------------------------------------------------------


def naming_its_resource(wanted: Fact[Any]) -> Collector:
    def collect(request: AccessRequest) -> Collecting[Observations]:
        return {wanted: (yield LOOK.read(arn=request.resource.arn))}

    return collects(wanted, by=collect)


def about(arn: str, **more: Any) -> Subject:
    return Subject(request=a_request(resource=arn, rest="unknown"), **more)


def test_a_copy_s_source_has_its_own_bucket_and_the_same_caller() -> None:
    reader = Fake(lambda read: Found(read.parameters["arn"]))
    layers = [of(each.name, naming_its_resource(each)) for each in (TIDE, CRATER, ROCK)]
    here, source = about("arn:aws:s3:::to/a"), about("arn:aws:s3:::from/b", kind="source")
    found = gathered(reader, *layers, families=[[here, source]]).seen
    assert {fact.name: plain(seen) for fact, seen in found[here].items()} == dict.fromkeys(
        ("moon.tide", "moon.crater", "moon.rock"), "arn:aws:s3:::to/a"
    )
    assert {fact.name: plain(seen) for fact, seen in found[source].items()} == dict.fromkeys(
        ("moon.crater", "moon.rock"), "arn:aws:s3:::from/b"
    )


def test_each_of_several_keys_has_its_own_object_and_nothing_else() -> None:
    reader = Fake(lambda read: Found(read.parameters["arn"]))
    layers = [of(each.name, naming_its_resource(each)) for each in (TIDE, CRATER, ROCK)]
    here = about("arn:aws:s3:::b", extent="bucket")
    keys = [about(f"arn:aws:s3:::b/{key}", kind="key", key=key) for key in "xy"]
    found = gathered(reader, *layers, families=[[here, *keys]]).seen
    assert set(found[here]) == {TIDE, CRATER}
    assert [{fact: plain(seen) for fact, seen in found[key].items()} for key in keys] == [
        {ROCK: "arn:aws:s3:::b/x"},
        {ROCK: "arn:aws:s3:::b/y"},
    ]


def test_a_source_s_fact_may_need_one_of_the_caller() -> None:
    layers = [of("sea", naming_its_resource(TIDE)), of("moon", needing(CRATER, TIDE))]
    here, source = about("arn:aws:s3:::to/a"), about("arn:aws:s3:::from/b", kind="source")
    reader = Fake(lambda read: Found(read.parameters["arn"]))
    assert plain(gathered(reader, *layers, families=[[here, source]]).seen[source][CRATER]) == "arn:aws:s3:::to/a"


# --- many at once -----------------------------------------------------------------------------------------------------


def reading_many(number: int) -> Collector:
    def collect(_request: AccessRequest) -> Collecting[Observations]:
        found = yield tuple(LOOK.read(n=each) for each in range(number))
        return {TIDE: Found([value_of(each) for each in found])}

    return collects(TIDE, by=collect)


def test_all_reads_are_made_however_many_are_wanted_at_once() -> None:
    found = gathered(Fake(lambda read: Found(read.parameters["n"])), of("moon", reading_many(50)), threads=3)
    assert plain(only(found)[TIDE]) == list(range(50))
    assert found.calls == 50


def test_one_gathering_does_not_fill_the_queue_of_all() -> None:
    turns = Semaphore(0)

    def answer(read: Read) -> Observation[Any]:
        assert turns.acquire(timeout=10)
        return Found(read.parameters.get("n", "full"))

    reader = Fake(answer)
    desk = Desk(reader, threads=2)
    with ThreadPoolExecutor(2) as pool:
        many = pool.submit(gather, desk, who(of("sea", reading_many(50))), [[own()]])
        while len(reader.made) < 2:
            sleep(0.001)
        one = pool.submit(gather, desk, who(of("moon", reading(PHASE, n=1000))), [[own()]])
        while len(desk._under_way) < 3:
            sleep(0.001)
        turns.release(60)
        assert plain(only(one.result())[PHASE]) is not None
        assert plain(only(many.result())[TIDE]) == list(range(50))
    desk.close()
    assert [read.parameters["n"] for read in reader.made].index(1000) < 6


def test_what_was_not_even_handed_in_in_time_is_unreadable_too() -> None:
    reader = Fake(hold=Event())
    found = gathered(reader, of("moon", reading_many(9)), of("sea", reading(PHASE, n=9)), threads=2, seconds=0.05)
    seen = only(found)
    assert all(isinstance(seen[each], Unreadable) for each in (TIDE, PHASE))
    assert found.calls == 2
