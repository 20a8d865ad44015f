"""Who is killed between any two steps leaves a journal that another can go on from, on both databases."""

import signal
import subprocess
import sys
from datetime import timedelta
from time import sleep

import pytest

from tests.store.making import KEY, MakeStore
from why403.domain.errors import Conflict
from why403.store import Ages

# Works on a plan of two writes, and kills itself at the step whose number it is given.
WORKER = """
import os, signal, sys
from datetime import UTC, datetime, timedelta
from why403.keeping import Deed, Plan
from why403.store import Ages, open_store

url, last = sys.argv[1], int(sys.argv[2])
store = open_store(url, keys=[b"k" * 32], ages=Ages(lease=timedelta(seconds=0.5)))
now = datetime.now(UTC)
deed = Deed(who="ana", what="apply", subject="p_1", outcome="applying")
steps = [
    lambda: store.add_plan(Plan(id="p_1", created=now, changed=now, body={"answer": {}}), deed),
    lambda: held.append(store.claim(store.plan("p_1"), "applying", "worker", deed)),
    lambda: entries.append(store.intend(held[0], {"step": 0}, before="a", after="b")),
    lambda: store.ended(held[0], entries[0], "done"),
    lambda: entries.append(store.intend(held[0], {"step": 1}, before="c", after="d")),
    lambda: store.ended(held[0], entries[1], "done"),
    lambda: store.settle(held[0], "applied", deed=deed),
]
held, entries = [], []
for number, step in enumerate(steps):
    step()
    if number == last:
        os.kill(os.getpid(), signal.SIGKILL)
"""
DONE: list[tuple[str, list[str]]] = [
    ("proposed", []),
    ("applying", []),
    ("applying", ["intended"]),
    ("applying", ["done"]),
    ("applying", ["done", "intended"]),
    ("applying", ["done", "done"]),
    ("applied", ["done", "done"]),
]


@pytest.mark.parametrize("last", range(len(DONE)))
def test_what_was_committed_is_there_and_the_plan_can_be_taken_over(
    make_store: MakeStore, store_url: str, last: int
) -> None:
    killed = subprocess.run([sys.executable, "-c", WORKER, store_url, str(last)], check=False)
    assert killed.returncode == -signal.SIGKILL
    store = make_store(keys=(KEY,), now=None, ages=Ages(lease=timedelta(seconds=0.5)))
    state, statuses = DONE[last]
    found = store.plan("p_1")
    assert found.state == state
    assert [entry.status for entry in store.journal("p_1")] == statuses
    assert (found.owner is None) == (state != "applying")
    taken = None
    while taken is None:  # until its lease has ended
        try:
            taken = store.claim(store.plan("p_1"), "applying", "other")
        except Conflict:
            sleep(0.05)
    for entry in store.journal("p_1"):
        if entry.status == "intended":
            store.ended(taken, entry, "done")
    for step in range(len(statuses), 2):
        store.ended(taken, store.intend(taken, {"step": step}), "done")
    assert store.settle(taken, "applied").owner is None
    assert [(entry.what["step"], entry.status) for entry in store.journal("p_1")] == [(0, "done"), (1, "done")]
