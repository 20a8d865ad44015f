"""What is sealed can be sealed anew, and the page on the store tells of every table and of what is encrypted."""

import re
from pathlib import Path

from sqlalchemy import LargeBinary

from why403.store.resealing import _SEALED
from why403.store.tables import METADATA

PAGE = (Path(__file__).parents[2] / "docs" / "store.md").read_text(encoding="utf-8")
BODIES = {
    table.name: {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    for table in METADATA.tables.values()
}


def test_every_body_can_be_sealed_anew() -> None:
    held = {table.name: set(columns) for table, columns in _SEALED.items()}
    assert held == {name: columns for name, columns in BODIES.items() if columns}


def test_the_page_names_every_table() -> None:
    assert set(re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE)) - {"none"} == set(METADATA.tables)


def test_the_page_names_what_is_encrypted() -> None:
    said = re.search(r"the columns (.*?) are encrypted", PAGE, re.DOTALL)
    assert said is not None
    assert set(re.findall(r"`(\w+)`", said[1])) == set().union(*BODIES.values())
