"""The journal of a plan: what is to be done is committed before it is done, and what became of it after."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from why403.domain.errors import Conflict
from why403.keeping import KEEP, Entry, Plan, Status
from why403.store.plans import Plans
from why403.store.tables import JOURNAL

_SEALED: Final = ("what", "before", "after")
_LONGEST_ERROR: Final = 500


class Journal(Plans):
    """The plans of the store with their journals."""

    def intend(
        self,
        plan: Plan,
        what: Mapping[str, Any],
        *,
        before: Any = None,
        after: Any = None,
        undoes: int | None = None,
    ) -> Entry:
        """Write into the journal what will be done next, which may then be done, and renew the lease.

        Raises LeaseLost where the plan is no longer held.
        """
        with self._durable.writing("intend") as connection:
            self._still_held(connection, plan)
            last = select(func.coalesce(func.max(JOURNAL.c.sequence), 0)).where(JOURNAL.c.plan == plan.id)
            entry = Entry(
                plan=plan.id,
                sequence=connection.execute(last).scalar_one() + 1,
                what=what,
                before=before,
                after=after,
                undoes=undoes,
                intended=self._durable.now(connection),
            )
            connection.execute(insert(JOURNAL).values(self._row_of(entry)))
        return entry

    def ended(self, plan: Plan, entry: Entry, status: Status, *, error: str | None = None, after: Any = KEEP) -> Entry:
        """Write into the journal what became of it; `after` replaces what was expected by what was read back.

        With an entry that takes back another and is done, that one is undone. Raises LeaseLost where the plan is no
        longer held, and Conflict where the entry's status has changed.
        """
        with self._durable.writing("ended") as connection:
            self._still_held(connection, plan)
            now = self._durable.now(connection)
            told = replace(
                entry,
                status=status,
                error=error if error is None else error[:_LONGEST_ERROR],
                after=entry.after if after is KEEP else after,
                ended=now,
            )
            changes = {"status": status, "error": told.error, "ended": now, "after": self._closed(told, "after")}
            if not _changed(connection, entry, changes):
                raise Conflict("the journal says something else of this call by now")
            if status == "done" and entry.undoes is not None:
                _undo(connection, entry, now)
        return told

    def journal(self, plan: str) -> tuple[Entry, ...]:
        """Return the journal of a plan in its order."""
        with self._durable.reading("journal") as connection:
            asked = select(JOURNAL).where(JOURNAL.c.plan == plan).order_by(JOURNAL.c.sequence)
            rows = connection.execute(asked).mappings().all()
        return tuple(map(self._entry, rows))

    def _row_of(self, entry: Entry) -> dict[str, Any]:
        return {
            "plan": entry.plan,
            "sequence": entry.sequence,
            "undoes": entry.undoes,
            "status": entry.status,
            "error": entry.error,
            "intended": entry.intended,
            "ended": entry.ended,
            **{column: self._closed(entry, column) for column in _SEALED},
        }

    def _closed(self, entry: Entry, column: str) -> bytes:
        return self._seal.close(getattr(entry, column), _place(column, entry.plan, entry.sequence))

    def _entry(self, row: RowMapping) -> Entry:
        columns = dict(row)
        for column in _SEALED:
            place = _place(column, columns["plan"], columns["sequence"])
            columns[column] = self._seal.open(columns[column], place)
        return Entry(**columns)


def _place(column: str, plan: str, sequence: int) -> str:
    return f"journal.{column}:{plan}/{sequence}"


def _changed(connection: Connection, entry: Entry, changes: Mapping[str, Any]) -> bool:
    """Change an entry if its status is the one that was seen; return whether it was."""
    seen = (JOURNAL.c.plan == entry.plan, JOURNAL.c.sequence == entry.sequence, JOURNAL.c.status == entry.status)
    return connection.execute(update(JOURNAL).where(*seen).values(**changes)).rowcount == 1


def _undo(connection: Connection, entry: Entry, now: datetime) -> None:
    taken_back = (JOURNAL.c.plan == entry.plan, JOURNAL.c.sequence == entry.undoes)
    connection.execute(update(JOURNAL).where(*taken_back).values(status="undone", ended=now))
