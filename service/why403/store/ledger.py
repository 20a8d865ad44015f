"""The audit, written with what it tells of, and what becomes too old to be kept."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from sqlalchemy import Column, Connection, Table, and_, delete, insert, select
from sqlalchemy.sql.elements import ColumnElement

from why403.domain.errors import Why403Error
from why403.keeping import Deed
from why403.store.database import Database
from why403.store.sealing import Seal
from why403.store.tables import AUDIT, DIAGNOSES, ID_LENGTH, PLANS

_SWEEP_SECONDS: Final = 600.0
_SWEPT_AT_ONCE: Final = 500
# Plans that nobody has begun, and those that were taken back. Of all others the journal may be wanted.
_OVER: Final = ("proposed", "rolled_back")
# Made once: to make a statement takes longer than to execute it.
_NOTE: Final = insert(AUDIT).inline()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How long is kept what, and how long the lease of a plan lasts."""

    diagnoses: timedelta = timedelta(days=30)
    audit: timedelta = timedelta(days=365)
    lease: timedelta = timedelta(seconds=120)


class Ledger:
    """What diagnoses and plans have in common: two ways to one database, keys, and the audit.

    `quick` is for what must not keep an answer waiting, `durable` for what a crash must not lose.
    """

    def __init__(self, quick: Database, durable: Database, seal: Seal, ages: Ages) -> None:
        self._quick, self._durable, self._seal, self._ages = quick, durable, seal, ages
        self._sweep_at = monotonic()

    def audit(self, deed: Deed) -> None:
        """Write a line into the audit."""
        with self._durable.writing("audit") as connection:
            self._note(connection, deed, self._durable.now(connection))

    def _note(self, connection: Connection, deed: Deed | None, at: datetime) -> None:
        if deed is not None:
            values = {
                "at": at,
                "who": deed.who,
                "what": deed.what,
                "subject": deed.subject,
                "outcome": deed.outcome,
                "digest": deed.digest,
                "layers": json.dumps(list(deed.layers)),
            }
            connection.execute(_NOTE, values)

    def _sweep(self) -> None:
        """Delete what is too old, now and then and in small portions; a failure is nobody's here."""
        if monotonic() < self._sweep_at:
            return
        self._sweep_at = monotonic() + _SWEEP_SECONDS
        try:
            with self._quick.writing("sweep") as connection:
                if self.swept(connection, self._quick.now(connection)) >= _SWEPT_AT_ONCE:
                    self._sweep_at = monotonic()
        except Why403Error:
            return

    def swept(self, connection: Connection, now: datetime) -> int:
        """Delete a portion of what is too old; return the most rows that went from one table."""
        old = now - self._ages.diagnoses
        unused = and_(PLANS.c.state.in_(_OVER), PLANS.c.changed < old)
        return max(
            _deleted(connection, DIAGNOSES, DIAGNOSES.c.id, DIAGNOSES.c.created < old),
            _deleted(connection, PLANS, PLANS.c.id, unused),
            _deleted(connection, AUDIT, AUDIT.c.id, AUDIT.c.at < now - self._ages.audit),
        )


def may_be_kept(name: str) -> bool:
    """Return whether a text can be an id at all; what a caller sends may be anything, and PostgreSQL takes no zeros."""
    return 0 < len(name) <= ID_LENGTH and name.isascii() and name.isprintable()


def _deleted(connection: Connection, table: Table, key: Column[object], old: ColumnElement[bool]) -> int:
    portion = select(key).where(old).limit(_SWEPT_AT_ONCE)
    return connection.execute(delete(table).where(key.in_(portion))).rowcount
