"""A store on each database, and more of them on the same one, as replicas have."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.store.making import HandClock, MakeStore
from why403.store import SqlStore, open_store


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def make_store(store_url: str, clock: HandClock) -> Iterator[MakeStore]:
    """Return a function that opens one more store on the same database."""
    opened: list[SqlStore] = []

    def make(**settings: Any) -> SqlStore:
        opened.append(open_store(store_url, **{"now": clock, **settings}))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def store(make_store: MakeStore) -> SqlStore:
    return make_store()
