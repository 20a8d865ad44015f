"""A service that keeps plans in a store of each kind and may change an AWS that is a file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.applying.world import FileAws, planted, serving
from tests.cases import services as built
from tests.store.conftest import clock, make_store
from why403.services import Services
from why403.store import SqlStore, open_store

__all__ = ["clock", "make_store"]


@pytest.fixture
def store(sqlite_url: str) -> Iterator[SqlStore]:
    """Return a store; what differs between databases is tried where processes are killed, and in its own tests."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def aws(tmp_path: Path) -> FileAws:
    made = FileAws(tmp_path / "aws.json")
    planted(made)
    return made


@pytest.fixture
def services(store: SqlStore, aws: FileAws) -> Services:
    return serving(built(), store, aws)


@pytest.fixture
def with_aws(store: SqlStore) -> Callable[[Any], Services]:
    return lambda writer: serving(built(), store, writer)
