"""The tables are made by one process, whoever else comes, and are those that the service works with."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

from tests.store.making import HandClock, MakeStore, a_deed, a_plan
from why403.domain.errors import Unavailable
from why403.store import open_store
from why403.store.tables import METADATA


@pytest.fixture
def engine(store_url: str) -> Engine:
    return create_engine(store_url.replace("postgresql://", "postgresql+psycopg://"))


def test_the_migrations_make_the_tables_that_the_service_knows(make_store: MakeStore, engine: Engine) -> None:
    assert make_store().prepare() == "0001"
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        found = inspect(connection)
        for table in METADATA.tables.values():
            theirs = {index["name"] for index in found.get_indexes(table.name)}
            assert theirs == {index.name for index in table.indexes}
            kept = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert kept == {column.name: column.nullable for column in table.columns}
    engine.dispose()


def test_of_many_who_come_at_once_one_makes_the_tables(make_store: MakeStore, clock: HandClock, engine: Engine) -> None:
    stores = [make_store() for _ in range(6)]
    start = Barrier(len(stores))

    def begin(number: int) -> str:
        start.wait()
        return stores[number].prepare()

    with ThreadPoolExecutor(len(stores)) as pool:
        assert set(pool.map(begin, range(len(stores)))) == {"0001"}
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [("0001",)]
    engine.dispose()
    stores[0].add_plan(a_plan(clock), a_deed())
    assert stores[1].plan("p_1").id == "p_1"


def test_tables_of_a_newer_service_are_left_alone(make_store: MakeStore, engine: Engine) -> None:
    make_store().prepare()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(Unavailable, match="of version `9999`, which this service does not know"):
        make_store().prepare()
    with pytest.raises(Unavailable):
        make_store().plan("p_1")


def test_a_file_of_sqlite_is_its_owner_s_alone(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    store.prepare()
    with store._durable.writing("test") as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        database = connection.exec_driver_sql("PRAGMA database_list").all()[0][2]
    for path in (Path(database), Path(f"{database}-wal")):
        assert path.stat().st_mode & 0o777 == 0o600
    store.close()


@pytest.mark.parametrize(("way", "synchronous"), [("_durable", 2), ("_quick", 1)])
def test_what_must_outlive_a_power_cut_is_on_the_disk(sqlite_url: str, way: str, synchronous: int) -> None:
    store = open_store(sqlite_url)
    with getattr(store, way).reading("test") as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == synchronous
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    store.close()
