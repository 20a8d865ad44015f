"""What is kept, encrypted anew with the newest key, so that an older one can be given up."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Table, select, tuple_, update

from why403.store.database import Database
from why403.store.sealing import Seal
from why403.store.tables import DIAGNOSES, JOURNAL, PLANS

_SEALED: Final[Mapping[Table, tuple[str, ...]]] = {
    DIAGNOSES: ("answer", "body"),
    PLANS: ("body",),
    JOURNAL: ("what", "before", "after"),
}
_PORTION: Final = 200


def reseal(database: Database, seal: Seal) -> int:
    """Encrypt anew what is not encrypted with the newest key, in portions; return how many rows were changed."""
    changed = 0
    for table, columns in _SEALED.items():
        after: tuple[Any, ...] | None = None
        while True:
            with database.writing("reseal") as connection:
                rows = _portion(connection, table, after)
                changed += sum(_resealed(connection, seal, table, columns, row) for row in rows)
            if not rows:
                break
            after = tuple(rows[-1][key.name] for key in table.primary_key)
    return changed


def _portion(connection: Connection, table: Table, after: tuple[Any, ...] | None) -> list[Mapping[str, Any]]:
    """Return the next rows in the order of their keys, locked where the database locks rows."""
    keys = list(table.primary_key)
    asked = select(table).order_by(*keys).limit(_PORTION).with_for_update()
    if after is not None:
        asked = asked.where(tuple_(*keys) > after)
    return [dict(row) for row in connection.execute(asked).mappings()]


def _resealed(
    connection: Connection, seal: Seal, table: Table, columns: tuple[str, ...], row: Mapping[str, Any]
) -> bool:
    old = dict(_anew(seal, table, columns, row))
    if not old:
        return False
    ours = [key == row[key.name] for key in table.primary_key]
    connection.execute(update(table).where(*ours).values(**old))
    return True


def _anew(seal: Seal, table: Table, columns: tuple[str, ...], row: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    name = "/".join(str(row[key.name]) for key in table.primary_key)
    for column in columns:
        if not seal.is_newest(row[column]):
            place = f"{table.name}.{column}:{name}"
            yield column, seal.close(seal.open(row[column], place), place)
