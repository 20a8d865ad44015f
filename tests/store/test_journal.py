"""The journal on both databases: written before the call, ended after it, undone with what takes it back."""

import pytest

from tests.store.making import KEY, HandClock, MakeStore, a_deed, a_plan
from why403.domain.errors import Conflict
from why403.keeping import KEEP, LeaseLost, Plan
from why403.store import SqlStore

PUT = {"service": "s3", "operation": "PutBucketPolicy", "step": 0}
BEFORE = '{"Version":"2012-10-17", "Statement" : [ ]}\n'


@pytest.fixture(params=[(), (KEY,)], ids=["plain", "sealed"])
def keys(request: pytest.FixtureRequest) -> tuple[bytes, ...]:
    found: tuple[bytes, ...] = request.param
    return found


@pytest.fixture
def store(make_store: MakeStore, keys: tuple[bytes, ...]) -> SqlStore:
    return make_store(keys=keys)


@pytest.fixture
def held(store: SqlStore, clock: HandClock) -> Plan:
    store.add_plan(a_plan(clock), a_deed())
    return store.claim(store.plan("p_1"), "applying", "me")


def test_there_is_no_journal_of_what_was_never_begun(store: SqlStore) -> None:
    assert store.journal("p_1") == ()


def test_an_intention_is_there_for_others_before_it_is_carried_out(
    store: SqlStore, held: Plan, clock: HandClock, make_store: MakeStore, keys: tuple[bytes, ...]
) -> None:
    clock.move(seconds=3)
    entry = store.intend(held, PUT, before=BEFORE, after={"Statement": []})
    assert (entry.sequence, entry.status, entry.intended, entry.ended) == (1, "intended", clock.moment, None)
    assert make_store(keys=keys).journal("p_1") == (entry,)
    assert entry.before == BEFORE


@pytest.mark.parametrize("before", [None, "", "null", [], {}, 0, False, "ü\x00\n", [None]])
def test_values_keep_their_kind(store: SqlStore, held: Plan, before: object) -> None:
    store.intend(held, PUT, before=before, after=before)
    (found,) = store.journal("p_1")
    assert (found.before, found.after) == (before, before)
    assert type(found.before) is type(before)


def test_entries_are_numbered_in_the_order_of_their_intentions(store: SqlStore, held: Plan) -> None:
    for number in range(1, 13):
        assert store.intend(held, {"step": number}).sequence == number
    assert [entry.what["step"] for entry in store.journal("p_1")] == [*range(1, 13)]


@pytest.mark.parametrize(("status", "error"), [("done", None), ("failed", "AccessDenied: no")])
def test_what_became_of_it_is_told(store: SqlStore, held: Plan, clock: HandClock, status: str, error: str) -> None:
    entry = store.intend(held, PUT, before=1, after=2)
    clock.move(seconds=5)
    told = store.ended(held, entry, status, error=error)  # type: ignore[arg-type]
    assert (told.status, told.error, told.before, told.after, told.ended) == (status, error, 1, 2, clock.moment)
    assert store.journal("p_1") == (told,)


@pytest.mark.parametrize(("read_back", "kept"), [(KEEP, "expected"), (None, None), ("real", "real")], ids=str)
def test_what_was_read_back_replaces_what_was_expected(
    store: SqlStore, held: Plan, read_back: object, kept: object
) -> None:
    store.ended(held, store.intend(held, PUT, after="expected"), "done", after=read_back)
    assert store.journal("p_1")[0].after == kept


def test_an_error_is_kept_as_far_as_it_is_readable(store: SqlStore, held: Plan) -> None:
    told = store.ended(held, store.intend(held, PUT), "failed", error="x" * 9_000)
    assert len(told.error or "") == 500
    assert store.journal("p_1") == (told,)


def test_an_entry_ends_once(store: SqlStore, held: Plan) -> None:
    entry = store.intend(held, PUT)
    done = store.ended(held, entry, "done")
    with pytest.raises(Conflict, match="the journal says something else"):
        store.ended(held, entry, "failed")
    assert store.journal("p_1") == (done,)
    assert store.ended(held, done, "undone").status == "undone"


def test_taking_back_marks_what_was_taken_back_when_it_is_done(store: SqlStore, held: Plan) -> None:
    store.ended(held, store.intend(held, PUT), "done")
    kept = store.ended(held, store.intend(held, PUT), "done")
    back = store.intend(held, {"operation": "DeleteBucketPolicy"}, undoes=1)
    assert [each.status for each in store.journal("p_1")] == ["done", "done", "intended"]
    store.ended(held, back, "done")
    assert [each.status for each in store.journal("p_1")] == ["undone", "done", "done"]
    assert store.journal("p_1")[1] == kept


def test_taking_back_that_fails_takes_nothing_back(store: SqlStore, held: Plan) -> None:
    store.ended(held, store.intend(held, PUT), "done")
    store.ended(held, store.intend(held, {}, undoes=1), "failed")
    assert [each.status for each in store.journal("p_1")] == ["done", "failed"]


def test_a_journal_outlives_who_wrote_it_and_is_gone_on_with(
    store: SqlStore, held: Plan, clock: HandClock, make_store: MakeStore, keys: tuple[bytes, ...]
) -> None:
    entry = store.intend(held, PUT)
    clock.move(hours=1)
    other = make_store(keys=keys)
    taken = other.claim(other.plan("p_1"), "applying", "other")
    (found,) = other.journal("p_1")
    assert found == entry
    other.ended(taken, found, "done")
    with pytest.raises(LeaseLost):
        store.ended(held, entry, "failed")
    with pytest.raises(LeaseLost):
        store.intend(held, PUT)
    assert [each.status for each in store.journal("p_1")] == ["done"]


def test_a_plan_of_another_has_a_journal_of_its_own(store: SqlStore, held: Plan, clock: HandClock) -> None:
    store.add_plan(a_plan(clock, "p_2"), a_deed("p_2"))
    other = store.claim(store.plan("p_2"), "applying", "me")
    store.intend(held, PUT)
    assert store.intend(other, PUT).sequence == 1
    assert len(store.journal("p_1")) == len(store.journal("p_2")) == 1
