"""Diagnoses and the audit on both databases: kept together, found again, and gone when they are old."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.store.making import KEY, OTHER_KEY, POLICY, HandClock, MakeStore, a_deed, a_diagnosis, a_plan
from why403.domain.errors import Conflict, NotFound, Unavailable
from why403.store import Ages, SqlStore, ledger

A_WEEK = Ages(diagnoses=timedelta(days=7), audit=timedelta(days=30))


def rows(url: str, asked: str) -> list[tuple[Any, ...]]:
    """Return what is really in the tables."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(asked))]
    engine.dispose()
    return found


def test_a_diagnosis_comes_back_as_it_was_put(store: SqlStore, clock: HandClock) -> None:
    put = a_diagnosis(clock, answer={"ö": ["\u2028", None, 1.5]}, withheld=("/evidence/bucket.policy",))
    store.add_diagnosis(put, a_deed("d_1"))
    assert store.diagnosis("d_1") == put


def test_a_diagnosis_that_nobody_put_is_not_found(store: SqlStore) -> None:
    with pytest.raises(NotFound):
        store.diagnosis("d_0")


def test_the_audit_is_written_with_the_result_or_neither_is(store: SqlStore, clock: HandClock, store_url: str) -> None:
    deed = a_deed("d_1", "diagnose", outcome="denied", digest="ab" * 32, layers=("scp", "identity"))
    store.add_diagnosis(a_diagnosis(clock), deed)
    with pytest.raises(Conflict):
        store.add_diagnosis(a_diagnosis(clock), deed)
    store.audit(a_deed("p_1", "apply", who=None))
    found = rows(store_url, "SELECT who, what, subject, outcome, digest, layers FROM audit ORDER BY id")
    assert found == [
        ("ana", "diagnose", "d_1", "denied", "ab" * 32, json.dumps(["scp", "identity"])),
        (None, "apply", "p_1", "proposed", None, "[]"),
    ]


def test_a_claim_that_fails_is_no_deed(store: SqlStore, clock: HandClock, store_url: str) -> None:
    store.add_plan(a_plan(clock), a_deed())
    seen = store.plan("p_1")
    store.settle(store.claim(seen, "applying", "me", a_deed(what="apply")), "applied", deed=a_deed(what="applied"))
    with pytest.raises(Conflict):
        store.claim(seen, "applying", "you", a_deed(what="apply", who="eve"))
    found = rows(store_url, "SELECT what, who FROM audit ORDER BY id")
    assert found == [("remediate", "ana"), ("apply", "ana"), ("applied", "ana")]


@pytest.mark.parametrize("keys", [(), (KEY,)], ids=["plain", "sealed"])
def test_with_a_key_no_policy_is_readable_in_the_tables(
    make_store: MakeStore, clock: HandClock, store_url: str, keys: tuple[bytes, ...]
) -> None:
    store = make_store(keys=keys)
    store.add_diagnosis(a_diagnosis(clock, answer={"why": POLICY}, body={"evidence": POLICY}), a_deed("d_1"))
    store.add_plan(a_plan(clock, body=POLICY), a_deed())
    held = store.claim(store.plan("p_1"), "applying", "me")
    store.ended(held, store.intend(held, POLICY, before=POLICY, after=POLICY), "done", after=POLICY)
    kept = [
        bytes(value)
        for asked in (
            "SELECT answer, body FROM diagnoses",
            "SELECT body FROM plans",
            "SELECT what, before, after FROM journal",
        )
        for row in rows(store_url, asked)
        for value in row
    ]
    assert len(kept) == 6
    assert [b"Statement" in each for each in kept] == [not keys] * 6


def test_what_is_old_is_not_found_even_before_it_is_deleted(make_store: MakeStore, clock: HandClock) -> None:
    store = make_store(ages=A_WEEK)
    store.add_diagnosis(a_diagnosis(clock), a_deed("d_1"))
    clock.move(days=7)
    assert store.diagnosis("d_1").id == "d_1"
    clock.move(seconds=1)
    with pytest.raises(NotFound, match="too old"):
        store.diagnosis("d_1")


def test_what_is_old_is_deleted_when_something_is_kept(
    make_store: MakeStore, clock: HandClock, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_SWEEP_SECONDS", 0.0)
    store = make_store(ages=A_WEEK)
    for state, name in enumerate(("proposed", "rolled_back", "applied", "verified", "failed")):
        store.add_plan(a_plan(clock, f"p_{state}", state=name), a_deed())
    taken_back = store.claim(store.plan("p_1"), "rolling_back", "me")
    store.intend(taken_back, {})
    store.settle(taken_back, "rolled_back")
    store.add_diagnosis(a_diagnosis(clock, "d_old"), a_deed("d_old"))
    clock.move(days=8)
    store.add_diagnosis(a_diagnosis(clock, "d_new"), a_deed("d_new"))
    assert rows(store_url, "SELECT id FROM diagnoses") == [("d_new",)]
    assert rows(store_url, "SELECT id FROM plans ORDER BY id") == [("p_2",), ("p_3",), ("p_4",)]
    assert rows(store_url, "SELECT plan FROM journal") == []
    assert len(rows(store_url, "SELECT id FROM audit")) == 7
    clock.move(days=23)
    store.add_diagnosis(a_diagnosis(clock, "d_newest"), a_deed("d_newest"))
    assert rows(store_url, "SELECT subject FROM audit ORDER BY id") == [("d_new",), ("d_newest",)]


def test_much_that_is_old_goes_in_portions(
    make_store: MakeStore, clock: HandClock, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(ages=A_WEEK)
    for number in range(12):
        store.add_diagnosis(a_diagnosis(clock, f"d_{number}"), a_deed(f"d_{number}"))
    monkeypatch.setattr(ledger, "_SWEPT_AT_ONCE", 5)
    store._sweep_at = 0
    clock.move(days=8)
    left = []
    for number in range(4):
        store.add_diagnosis(a_diagnosis(clock, f"d_new{number}"), a_deed("d_new"))
        left.append(len(rows(store_url, "SELECT id FROM diagnoses WHERE id NOT LIKE 'd_new%'")))
    assert left == [7, 2, 0, 0]


def test_what_is_sealed_with_an_old_key_is_sealed_anew(
    make_store: MakeStore, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("why403.store.resealing._PORTION", 2)
    plain, sealed = make_store(), make_store(keys=(OTHER_KEY,))
    for number in range(5):
        each = sealed if number % 2 else plain
        each.add_diagnosis(a_diagnosis(clock, f"d_{number}"), a_deed())
        each.add_plan(a_plan(clock, f"p_{number}"), a_deed())
    held = sealed.claim(sealed.plan("p_1"), "applying", "me")
    entries = [sealed.intend(held, {"step": step}, before=step) for step in range(3)]
    newest = make_store(keys=(KEY, OTHER_KEY))
    assert newest.reseal() == 5 + 5 + 3
    assert newest.reseal() == 0
    only = make_store(keys=(KEY,))
    assert [only.diagnosis(f"d_{number}").body for number in range(5)] == [{"error": "Access Denied"}] * 5
    assert [only.plan(f"p_{number}").id for number in range(5)] == [f"p_{number}" for number in range(5)]
    assert only.journal("p_1") == tuple(entries)
    with pytest.raises(Unavailable):
        sealed.plan("p_1")
