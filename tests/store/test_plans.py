"""Plans on both databases: compare and swap, leases, and who may go on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from time import sleep

import pytest

from tests.store.making import HandClock, MakeStore, a_deed, a_plan
from why403.domain.errors import Conflict, NotFound
from why403.keeping import LeaseLost, Plan, State
from why403.store import Ages, SqlStore

MINUTES = Ages(lease=timedelta(minutes=2))


def test_a_plan_comes_back_as_it_was_put(store: SqlStore, clock: HandClock) -> None:
    plan = a_plan(clock, diagnosis="d_1", body={"answer": {"ö": [1, None, 2**70]}, "steps": [{"b": 1, "a": 2}]})
    store.add_plan(plan, a_deed())
    assert store.plan("p_1") == plan
    assert store.plan("p_1").created.tzinfo is UTC
    assert [*store.plan("p_1").body["steps"][0]] == ["b", "a"]


def test_a_moment_is_the_same_in_every_zone(store: SqlStore, clock: HandClock) -> None:
    clock.moment = clock.moment.astimezone(timezone(timedelta(hours=-9)))
    store.add_plan(a_plan(clock), a_deed())
    assert store.plan("p_1").created == clock.moment
    assert store.plan("p_1").created.utcoffset() == timedelta(0)


def test_a_plan_that_nobody_put_is_not_found(store: SqlStore, clock: HandClock) -> None:
    with pytest.raises(NotFound):
        store.plan("p_0")
    with pytest.raises(NotFound):
        store.claim(a_plan(clock), "applying", "me")


@pytest.mark.parametrize("name", ["", "\x00", "p_\ud800", "p" * 65, "ö", "' OR 1=1 --"])
def test_whatever_is_asked_for_as_an_id_is_just_not_found(store: SqlStore, name: str) -> None:
    with pytest.raises(NotFound):
        store.plan(name)
    with pytest.raises(NotFound):
        store.diagnosis(name)


def test_two_plans_of_one_id_are_a_conflict(store: SqlStore, clock: HandClock) -> None:
    store.add_plan(a_plan(clock), a_deed())
    with pytest.raises(Conflict):
        store.add_plan(a_plan(clock, body={}), a_deed())
    assert store.plan("p_1").body == a_plan(clock).body


def test_a_claim_sets_state_owner_and_lease(store: SqlStore, clock: HandClock) -> None:
    store.add_plan(a_plan(clock), a_deed())
    clock.move(seconds=1)
    held = store.claim(store.plan("p_1"), "applying", "me")
    assert (held.state, held.owner, held.revision) == ("applying", "me", 1)
    assert held.until == clock.moment + Ages().lease
    assert held.changed == clock.moment
    assert store.plan("p_1") == held


def test_what_was_claimed_is_nobody_else_s(store: SqlStore, clock: HandClock) -> None:
    store.add_plan(a_plan(clock), a_deed())
    seen = store.plan("p_1")
    held = store.claim(seen, "applying", "me")
    with pytest.raises(Conflict, match="another process works on it"):
        store.claim(seen, "applying", "you")
    with pytest.raises(Conflict, match="another process works on it"):
        store.claim(store.plan("p_1"), "applying", "you")
    with pytest.raises(Conflict, match="another process works on it"):
        store.settle(seen, "applied")
    assert store.plan("p_1") == held


def test_settling_ends_the_lease_and_may_replace_the_body(store: SqlStore, clock: HandClock) -> None:
    store.add_plan(a_plan(clock), a_deed())
    held = store.claim(store.plan("p_1"), "applying", "me")
    applied = store.settle(held, "applied", body={"answer": {"verified": False}})
    assert (applied.state, applied.owner, applied.until, applied.revision) == ("applied", None, None, 2)
    assert store.plan("p_1") == applied
    verified = store.settle(applied, "verified")
    assert verified.body == applied.body == store.plan("p_1").body
    assert store.claim(verified, "rolling_back", "you").owner == "you"


def test_of_what_was_seen_long_ago_nothing_can_be_changed(store: SqlStore, clock: HandClock) -> None:
    store.add_plan(a_plan(clock), a_deed())
    seen = store.plan("p_1")
    store.settle(store.claim(seen, "applying", "me"), "proposed")
    with pytest.raises(Conflict, match="has changed since; it is `proposed` now"):
        store.claim(seen, "applying", "me")
    with pytest.raises(Conflict, match="has changed since; it is `proposed` now"):
        store.settle(seen, "applied")


def test_a_lease_that_has_ended_is_taken_over(make_store: MakeStore, clock: HandClock) -> None:
    one, other = make_store(ages=MINUTES), make_store(ages=MINUTES)
    one.add_plan(a_plan(clock), a_deed())
    died = one.claim(one.plan("p_1"), "applying", "one")
    clock.move(seconds=119)
    with pytest.raises(Conflict):
        other.claim(other.plan("p_1"), "applying", "other")
    clock.move(seconds=1)
    taken = other.claim(other.plan("p_1"), "applying", "other")
    assert (taken.owner, taken.state) == ("other", "applying")
    with pytest.raises(LeaseLost):
        one.renew(died)
    with pytest.raises(LeaseLost):
        one.intend(died, {})
    with pytest.raises(LeaseLost):
        one.settle(died, "applied")
    assert other.plan("p_1") == taken
    assert other.journal("p_1") == ()


def test_who_comes_back_to_its_own_plan_as_somebody_new_has_lost_it(store: SqlStore, clock: HandClock) -> None:
    store.add_plan(a_plan(clock), a_deed())
    first = store.claim(store.plan("p_1"), "applying", "me")
    second = store.claim(store.plan("p_1"), "applying", "me")
    with pytest.raises(LeaseLost):
        store.intend(first, {})
    assert store.intend(second, {}).sequence == 1


def test_nobody_works_on_a_plan_that_nobody_holds(store: SqlStore, clock: HandClock) -> None:
    store.add_plan(a_plan(clock), a_deed())
    plan = store.plan("p_1")
    with pytest.raises(LeaseLost, match="nobody holds the plan"):
        store.intend(plan, {})
    with pytest.raises(LeaseLost, match="nobody holds the plan"):
        store.renew(plan)
    assert store.plan("p_1") == plan
    assert store.journal("p_1") == ()


@pytest.mark.parametrize("how", ["renew", "intend", "ended"])
def test_working_on_a_plan_renews_its_lease(make_store: MakeStore, clock: HandClock, how: str) -> None:
    store = make_store(ages=MINUTES)
    store.add_plan(a_plan(clock), a_deed())
    held = store.claim(store.plan("p_1"), "applying", "me")
    entry = store.intend(held, {})
    clock.move(seconds=100)
    match how:
        case "renew":
            assert store.renew(held).until == clock.moment + MINUTES.lease
        case "intend":
            store.intend(held, {})
        case _:
            store.ended(held, entry, "done")
    clock.move(seconds=100)
    with pytest.raises(Conflict):
        store.claim(store.plan("p_1"), "applying", "you")


def test_an_ended_lease_that_nobody_took_is_still_the_holder_s(store: SqlStore, clock: HandClock) -> None:
    store.add_plan(a_plan(clock), a_deed())
    held = store.claim(store.plan("p_1"), "applying", "me")
    clock.move(hours=1)
    assert store.intend(held, {}).sequence == 1
    assert store.settle(held, "applied").state == "applied"


@pytest.mark.parametrize("to", ["applying", "rolling_back"])
def test_of_many_who_claim_at_once_one_wins(make_store: MakeStore, clock: HandClock, to: State) -> None:
    stores = [make_store() for _ in range(6)]
    stores[0].add_plan(a_plan(clock), a_deed())
    seen = [each.plan("p_1") for each in stores]
    start = Barrier(len(stores))

    def claim(number: int) -> Plan | None:
        start.wait()
        try:
            return stores[number].claim(seen[number], to, f"replica {number}")
        except Conflict:
            return None

    with ThreadPoolExecutor(len(stores)) as pool:
        won = [each for each in pool.map(claim, range(len(stores))) if each is not None]
    assert len(won) == 1
    assert stores[0].plan("p_1") == won[0]


def test_the_clock_of_leases_is_the_database_s_where_none_is_given(make_store: MakeStore) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    short = Ages(lease=timedelta(seconds=0.2))
    one, other = make_store(now=None, ages=short), make_store(now=None, ages=short)
    one.add_plan(a_plan(now), a_deed())
    held = one.claim(one.plan("p_1"), "applying", "one")
    assert held.until is not None
    assert abs(held.until - now()) < timedelta(seconds=30)
    sleep(0.3)
    assert other.claim(other.plan("p_1"), "applying", "other").owner == "other"
