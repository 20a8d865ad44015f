"""Whoever applies a plan may die at any moment: whoever comes next finishes it, and nothing is made twice or lost."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.applying.dying import DONE, KILLED, LEASE, REFUSED, ended, started
from tests.applying.test_apply import REAL
from tests.applying.test_rollback import BACK
from tests.applying.world import MADE, FileAws, calls, keep_plan, kept, no_waiting, planted, serving
from tests.cases import services as built
from tests.store.making import HandClock, MakeStore
from why403.domain.errors import Conflict
from why403.keeping import LeaseLost
from why403.services import Services
from why403.store import Ages, SqlStore, open_store
from why403.usecases.apply import apply
from why403.usecases.rollback import roll_back

BOUNDARIES = {"apply": 22, "rollback": 28}
"""Before and after: the claim, three calls or four with two lines of the journal each, and the state at the end."""


@contextmanager
def world(url: str, path: Path, versions: int = 1) -> Iterator[tuple[Services, FileAws, SqlStore]]:
    """Yield a service with a plan of three changes, on a database whose tables may be there already."""
    store, aws = open_store(url, ages=Ages(lease=LEASE)), FileAws(path / "aws.json")
    planted(aws, versions)
    try:
        keep_plan(store)
        yield serving(built(), store, aws), aws, store
    finally:
        store.close()


def waited_for_the_lease() -> None:
    time.sleep(LEASE.total_seconds() + 0.05)


@pytest.fixture
def every_boundary(store_url: str, tmp_path: Path) -> Callable[[str], Iterator[tuple[int, Services, FileAws, Any]]]:
    """Return a function that yields a world for each boundary, each with a database of its own."""

    def worlds(verb: str) -> Iterator[tuple[int, Services, FileAws, Any]]:
        for at in range(BOUNDARIES[verb]):
            place = tmp_path / str(at)
            place.mkdir()
            with world(store_url, place) as (services, aws, store):
                if verb == "rollback":
                    apply(services, "p_1", REAL, None, sleep=no_waiting)
                store.close()
                assert ended(started(store_url, place / "aws.json", verb, at)) == KILLED, at
                waited_for_the_lease()
                yield at, services, aws, store
                _forget(store)

    return worlds


def _forget(store: SqlStore) -> None:
    """Delete the plan with its journal, so that the next one finds the database empty."""
    from sqlalchemy import delete  # noqa: PLC0415 - tests of the store alone know how it is kept

    from why403.store.tables import JOURNAL, PLANS  # noqa: PLC0415

    with store._durable.writing("add_plan") as connection:
        connection.execute(delete(JOURNAL))
        connection.execute(delete(PLANS))


Worlds = Callable[[str], Iterator[tuple[int, Services, FileAws, Any]]]


def test_the_boundaries_are_counted_right(sqlite_url: str, tmp_path: Path) -> None:
    for verb, last in BOUNDARIES.items():
        with world(sqlite_url, tmp_path) as (services, _, store):
            if verb == "rollback":
                apply(services, "p_1", REAL, None, sleep=no_waiting)
            assert ended(started(sqlite_url, tmp_path / "aws.json", verb, last)) == DONE
            _forget(store)


def test_after_a_death_at_any_boundary_applying_again_finishes_it(every_boundary: Worlds) -> None:
    for at, services, aws, store in every_boundary("apply"):
        answer = apply(services, "p_1", REAL, None, sleep=no_waiting)
        assert answer["state"] == store.plan("p_1").state == "applied", at
        assert calls(aws) == MADE, at
        assert [entry.what["operation"] for entry in store.journal("p_1") if entry.status == "done"] == MADE, at


def test_after_a_death_at_any_boundary_everything_can_be_taken_back(every_boundary: Worlds, tmp_path: Path) -> None:
    fresh = FileAws(tmp_path / "fresh.json")
    planted(fresh)
    for at, services, aws, store in every_boundary("apply"):
        if store.plan("p_1").state == "proposed":
            with pytest.raises(Conflict):
                roll_back(services, "p_1", REAL, None, sleep=no_waiting)
            assert (at, calls(aws)) == (0, [])
            continue
        answer = roll_back(services, "p_1", REAL, None, sleep=no_waiting)
        assert answer["state"] == store.plan("p_1").state == "rolled_back", at
        assert kept(aws) == kept(fresh), at
        assert {entry.status for entry in store.journal("p_1")} <= {"done", "undone", "failed"}, at


def test_a_rollback_that_died_at_any_boundary_is_finished(every_boundary: Worlds, tmp_path: Path) -> None:
    fresh = FileAws(tmp_path / "fresh.json")
    planted(fresh)
    for at, services, aws, store in every_boundary("rollback"):
        answer = roll_back(services, "p_1", REAL, None, sleep=no_waiting)
        assert answer["state"] == store.plan("p_1").state == "rolled_back", at
        assert kept(aws) == kept(fresh), at
        assert calls(aws) == [*MADE, *BACK], at


def test_of_replicas_that_apply_a_plan_at_once_one_does(postgresql_url: str, tmp_path: Path) -> None:
    with world(postgresql_url, tmp_path) as (_, aws, store):
        store.close()
        replicas = [
            started(postgresql_url, tmp_path / "aws.json", "apply", slowly=0.3, lease=Ages().lease) for _ in range(4)
        ]
        assert sorted(map(ended, replicas)) == [DONE, REFUSED, REFUSED, REFUSED]
        assert calls(aws) == MADE
        assert store.plan("p_1").state == "applied"


def test_whoever_slept_through_his_lease_makes_no_further_call(
    make_store: MakeStore, clock: HandClock, tmp_path: Path
) -> None:
    """Here the second one finishes the plan while the first waits for the answer of its first call."""
    path = tmp_path / "aws.json"
    planted(FileAws(path))
    other = serving(built(), make_store(), FileAws(path))
    keep_plan(make_store())

    def overtaken(event: str) -> None:
        if event == "after PutBucketPolicy":
            clock.move(seconds=121)
            assert apply(other, "p_1", REAL, None, sleep=no_waiting)["state"] == "applied"

    slow = FileAws(path, event=overtaken)
    with pytest.raises(LeaseLost):
        apply(serving(built(), make_store(), slow), "p_1", REAL, None, sleep=no_waiting)
    assert calls(slow) == MADE
    assert make_store().plan("p_1").state == "applied"
