"""The store in a database: SQLite, or PostgreSQL by its URL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import ArgumentError

from why403.store.database import Clock, Database, Tell
from why403.store.diagnoses import Diagnoses
from why403.store.journal import Journal
from why403.store.ledger import Ages
from why403.store.resealing import reseal
from why403.store.sealing import Seal

__all__ = ["Ages", "SqlStore", "open_store"]


class SqlStore(Diagnoses, Journal):
    """Diagnoses, plans, journals and audit in one database."""

    def check(self) -> None:
        """Raise Unavailable where nothing can be kept now."""
        with self._quick.reading("check") as connection:
            connection.execute(select(text("1")))

    def prepare(self) -> str:
        """Make or update the tables now; return their version. Raises Unavailable where that cannot be done."""
        self._durable.prepare()
        return self._quick.prepare()

    def reseal(self) -> int:
        """Encrypt anew, with the newest key, what is not; return how many rows were changed."""
        return reseal(self._durable, self._seal)

    def close(self) -> None:
        """Close the connections that nobody uses, as before the process forks."""
        self._quick.close()
        self._durable.close()


def _untold(_what: str, _result: str) -> None:
    """Tell nobody."""


def open_store(
    url: str,
    *,
    keys: Sequence[bytes] = (),
    ages: Ages | None = None,
    tell: Tell = _untold,
    now: Clock | None = None,
) -> SqlStore:
    """Return the store at a URL, which need not be there yet.

    `tell` learns what is done and what comes of it; `now` is a clock for tests. Raises ImportError where the driver is
    not installed, and ValueError, which does not repeat it, where the URL cannot be read.
    """
    ways: dict[str, Any] = {"tell": tell, "now": now}
    try:
        quick, durable = Database(url, **ways, durable=False), Database(url, **ways, durable=True)
    except (ArgumentError, ValueError):
        raise ValueError("it cannot be read as the URL of a database") from None
    return SqlStore(quick, durable, Seal(keys), ages or Ages())
