"""A database by its URL: connections, transactions, whether it can be reached, and what its errors mean."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, func, make_url, select

from why403.domain.errors import Conflict, Unavailable, Why403Error
from why403.store.migrating import SQLITE_WRITES, migrate

_LOG = logging.getLogger(__name__)

Tell = Callable[[str, str], None]
"""Learns what was done with the store, and what came of it: `ok`, `refused` or `unavailable`."""
Clock = Callable[[], datetime]

_RETRY_SECONDS: Final = 5.0
_CONNECT_SECONDS: Final = 2
# How long a statement waits for another one's lock.
_PATIENCE_SECONDS: Final = 2
_STATEMENT_SECONDS: Final = 10
_CONNECTIONS: Final = 4
_OWNER_ONLY: Final = 0o600
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_LOCK_NOT_AVAILABLE: Final = "55P03"


class Contended(Unavailable):
    """Another transaction held the same row for longer than we wait."""


class Database:
    """One way to a database. It connects, and makes or updates the tables, when it is first needed.

    A `durable` one gives what it has committed to the disk before it goes on; another may lose the last moments if the
    machine, not the process, dies. `now` is the clock; by default it is PostgreSQL's own, so that replicas agree.
    """

    def __init__(self, url: str, *, tell: Tell, now: Clock | None = None, durable: bool) -> None:
        self._url, self._now, self._tell, self._durable = _driven(make_url(url)), now, tell, durable
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = _engine(self._url, durable=durable)
        self._version: str | None = None
        self._down_until = 0.0
        self._lock, self._turn = Lock(), Lock()

    @contextmanager
    def reading(self, what: str) -> Iterator[Connection]:
        """Give a connection to read with; `what` names the operation for the metrics."""
        with self._watched(what), self._engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def writing(self, what: str) -> Iterator[Connection]:
        """Give a connection in a transaction, committed at the end."""
        with self._watched(what), self._in_turn(), self._engine.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql(SQLITE_WRITES)
            yield connection

    def now(self, connection: Connection) -> datetime:
        """Return the time by which leases are counted."""
        if self._now is not None:
            return self._now()
        if self.is_sqlite:
            return datetime.now(UTC)
        moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)

    def prepare(self) -> str:
        """Make or update the tables; return their version. Raises Unavailable where that cannot be done."""
        if self._version is not None:
            return self._version
        with self._lock, self._translated():
            self._require_up()  # whoever waited for somebody who failed does not try again
            if self._version is None:
                if self.is_sqlite:
                    _make_file(self._url)
                self._version = migrate(self._engine)
            return self._version

    def close(self) -> None:
        """Close the connections that nobody uses, as before the process forks."""
        self._engine.dispose()

    @contextmanager
    def _watched(self, what: str) -> Iterator[None]:
        """Turn what goes wrong into errors of ours, and tell what came of it."""
        result = "unavailable"
        try:
            with self._translated():
                self._require_up()
                self.prepare()
                yield
            result = "ok"
        except Unavailable:
            raise
        except Why403Error:
            result = "refused"
            raise
        finally:
            self._tell(what, result)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.IntegrityError as error:
            raise Conflict("the same was written by another at the same time") from error
        except (exc.SQLAlchemyError, OSError) as error:
            self._failed(error)
            refusal = Contended if _is_of_a_row(error) else Unavailable
            raise refusal("the store cannot be used now") from error

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Let threads write to SQLite one after another, as it would: who waits for it itself sleeps and asks again."""
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=_PATIENCE_SECONDS):
            raise Unavailable("others of this process have been writing to the store for too long")
        try:
            yield
        finally:
            self._turn.release()

    def _require_up(self) -> None:
        """Fail at once for some seconds after a connection failed: nobody shall wait for each attempt."""
        if monotonic() < self._down_until:
            raise Unavailable("the store cannot be reached now")

    def _failed(self, error: Exception) -> None:
        """Log what went wrong, without what was to be written, and whether connecting did."""
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        said = str(cause).partition("\n")[0]
        _LOG.warning("the store cannot be used: %s: %s", type(cause).__name__, said)
        if not self._durable and _is_of_connecting(error):
            self._down_until = monotonic() + _RETRY_SECONDS


def _is_of_connecting(error: Exception) -> bool:
    """Return whether no connection came about, rather than that a statement failed on one."""
    if isinstance(error, exc.DBAPIError):
        return error.statement is None or error.connection_invalidated
    return isinstance(error, (exc.TimeoutError, OSError))


def _is_of_a_row(error: Exception) -> bool:
    """Return whether a statement waited in vain for a row of PostgreSQL; SQLite locks all rows as one."""
    return isinstance(error, exc.DBAPIError) and getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def _driven(url: URL) -> URL:
    """Return a URL with the driver that we have."""
    if url.get_backend_name() in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _engine(url: URL, *, durable: bool) -> Engine:
    """Return an engine; it hides what it binds from its errors, which get into logs."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            pool_timeout=_PATIENCE_SECONDS,
            pool_use_lifo=True,  # the connection that wrote last has the pages at hand that are written next
            connect_args={"timeout": _PATIENCE_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _sqlite_connected(durable=durable))
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        pool_timeout=_PATIENCE_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )
    event.listen(engine, "connect", _postgresql_connected)
    return engine


def _sqlite_connected(*, durable: bool) -> Callable[[Any, Any], None]:
    """Return what readies a connection of SQLite: transactions are ours to begin, readers do not wait for writers."""

    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", f"synchronous={'FULL' if durable else 'NORMAL'}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    return connected


def _postgresql_connected(connection: Any, _record: Any) -> None:
    """Bound how long a statement may take and wait."""
    connection.execute(f"SET statement_timeout = '{_STATEMENT_SECONDS}s'")
    connection.execute(f"SET lock_timeout = '{_PATIENCE_SECONDS}s'")
    connection.commit()


def _make_file(url: URL) -> None:
    """Make the file of a database, which only its owner may read, where there is none."""
    path = Path(url.database or "")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, _OWNER_ONLY))
