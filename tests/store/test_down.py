"""A store that cannot be reached says so, quickly, without repeating what was to be kept, and comes back."""

import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
import pytest

from tests.store.making import POLICY, HandClock, MakeStore, a_deed, a_diagnosis, a_plan
from why403.domain.errors import Conflict, NotFound, Unavailable
from why403.keeping import KEEP
from why403.store import database, migrating, open_store
from why403.store.tables import PLANS

NOWHERE = "postgresql://why403:hunter2@/why403?host=/nonexistent"


def test_what_is_not_there_is_unavailable_and_the_log_says_why(
    clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(NOWHERE)
    with pytest.raises(Unavailable, match="the store cannot be used now"):
        store.add_diagnosis(a_diagnosis(clock, body=POLICY), a_deed("d_1"))
    (line,) = caplog.records
    assert "/nonexistent" in line.getMessage()
    assert "hunter2" not in caplog.text
    assert "Statement" not in caplog.text


def test_after_a_failure_nobody_waits_for_a_while(
    clock: HandClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(NOWHERE)
    for _ in range(50):
        with pytest.raises(Unavailable):
            store.add_diagnosis(a_diagnosis(clock), a_deed("d_1"))
    assert len(caplog.records) == 1
    for _ in range(2):  # who applies a plan tries each time
        with pytest.raises(Unavailable):
            store.plan("p_1")
    assert len(caplog.records) == 3
    monkeypatch.setattr(database, "monotonic", lambda: monotonic() + 60)
    with pytest.raises(Unavailable):
        store.check()
    assert len(caplog.records) == 4


def test_a_store_that_comes_up_is_used(tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "state"
    place.write_text("in the way of the directory")
    store = open_store(f"sqlite:///{place}/store.db", now=clock)
    with pytest.raises(Unavailable):
        store.check()
    place.unlink()
    monkeypatch.setattr(database, "monotonic", lambda: monotonic() + 60)
    store.check()
    store.add_diagnosis(a_diagnosis(clock), a_deed("d_1"))
    assert store.diagnosis("d_1").id == "d_1"
    store.close()


def test_what_is_no_database_is_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(b"not a database, but long enough to be taken for one " * 100)
    store = open_store(f"sqlite:///{file}")
    with pytest.raises(Unavailable):
        store.check()
    store.close()


def test_what_fails_on_the_way_is_not_half_done(make_store: MakeStore, clock: HandClock) -> None:
    store = make_store()
    store.add_plan(a_plan(clock), a_deed())
    held = store.claim(store.plan("p_1"), "applying", "me")
    entry = store.intend(held, {}, undoes=None)
    nobody: Any = None
    with pytest.raises(Conflict):  # of the audit, which needs an outcome
        store.settle(held, "applied", deed=a_deed(outcome=nobody))
    assert store.plan("p_1") == held
    assert store.ended(held, entry, "done", after=KEEP).status == "done"


def test_what_was_done_is_told_with_what_came_of_it(make_store: MakeStore, clock: HandClock) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    store = make_store(tell=lambda what, result: seen.update([(what, result)]))
    store.add_plan(a_plan(clock), a_deed())
    store.claim(store.plan("p_1"), "applying", "me")
    with pytest.raises(Conflict):
        store.claim(store.plan("p_1"), "applying", "you")
    with pytest.raises(NotFound):
        store.diagnosis("d_0")
    down = open_store(NOWHERE, tell=lambda what, result: seen.update([(what, result)]))
    with pytest.raises(Unavailable):
        down.check()
    assert seen == {
        ("add_plan", "ok"): 1,
        ("sweep", "ok"): 1,
        ("plan", "ok"): 2,
        ("claim", "ok"): 1,
        ("claim", "refused"): 1,
        ("diagnosis", "refused"): 1,
        ("check", "unavailable"): 1,
    }


def test_a_locked_file_is_waited_for_and_no_reason_to_give_up(
    sqlite_url: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "_PATIENCE_SECONDS", 0.1)
    store, other = open_store(sqlite_url, now=clock), open_store(sqlite_url, now=clock)
    store.prepare()
    other.prepare()
    caplog.set_level(logging.WARNING)
    with other._durable.writing("test"):
        with pytest.raises(Unavailable):
            store.add_diagnosis(a_diagnosis(clock), a_deed("d_1"))
        with pytest.raises(NotFound):  # readers do not wait
            store.diagnosis("d_1")
    store.add_diagnosis(a_diagnosis(clock), a_deed("d_1"))
    assert store.diagnosis("d_1").id == "d_1"
    assert "database is locked" in caplog.text
    store.close()
    other.close()


def test_threads_that_write_to_a_file_take_turns(
    sqlite_url: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody asks SQLite for what another thread holds: it would sleep, ask again, and miss the moment."""
    caplog.set_level(logging.WARNING)
    store = open_store(sqlite_url, now=clock)
    store.prepare()
    with ThreadPoolExecutor(1) as pool:
        with store._quick.writing("test"):
            waiting = pool.submit(store.add_diagnosis, a_diagnosis(clock), a_deed("d_1"))
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
        waiting.result(timeout=2)
        assert store.diagnosis("d_1").id == "d_1"
        monkeypatch.setattr(database, "_PATIENCE_SECONDS", 0.1)
        with store._quick.writing("test"):
            waiting = pool.submit(store.add_diagnosis, a_diagnosis(clock, "d_2"), a_deed("d_2"))
            with pytest.raises(Unavailable, match="others of this process"):
                waiting.result(timeout=2)
    assert caplog.records == []
    store.add_diagnosis(a_diagnosis(clock, "d_2"), a_deed("d_2"))
    store.close()


def test_a_claim_behind_one_that_does_not_end_is_a_conflict(
    postgresql_url: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PATIENCE_SECONDS", 0.1)
    store, other = open_store(postgresql_url, now=clock), open_store(postgresql_url, now=clock)
    store.add_plan(a_plan(clock), a_deed())
    plan = store.plan("p_1")
    other.prepare()
    with other._durable.writing("test") as connection:
        connection.execute(PLANS.update().values(owner="other"))
        with pytest.raises(Conflict, match="another process is changing the plan at this moment"):
            store.claim(plan, "applying", "me")
        with pytest.raises(Unavailable):  # to whoever holds the lease it says nothing of the plan
            store.settle(plan, "applied")
        connection.rollback()
    assert store.claim(plan, "applying", "me").owner == "me"
    store.close()
    other.close()


def test_a_server_that_dropped_its_connections_is_used_again(
    postgresql_url: str, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    store = open_store(postgresql_url, now=clock)
    store.add_plan(a_plan(clock), a_deed())
    store.check()
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        assert connection.execute(others).fetchall()
    held = store.claim(store.plan("p_1"), "applying", "me")
    assert store.intend(held, {}).sequence == 1
    store.check()
    assert caplog.records == []
    store.close()


def test_who_makes_the_tables_may_take_long_over_it(postgresql_url: str) -> None:
    """Other statements are given ten seconds and locks two; here somebody holds the lock for longer than that."""
    store = open_store(postgresql_url)
    with psycopg.connect(postgresql_url) as first, ThreadPoolExecutor(1) as pool:
        first.execute("SELECT pg_advisory_xact_lock(%s)", [migrating._LOCK])
        waiting = pool.submit(store.prepare)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=3)
        first.rollback()
        assert waiting.result(timeout=30) == "0001"
    store.close()
