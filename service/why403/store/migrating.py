"""The tables brought to the newest version, by one process at a time."""

from importlib.resources import as_file, files
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from why403.domain.errors import Unavailable

# Any number, the same in every process: under it PostgreSQL keeps the lock of those who update the tables.
_LOCK: Final = 4_030_403
# What bounds other statements shall bound neither a change of tables nor who waits for it.
_PATIENCE: Final = ("SET LOCAL lock_timeout = '60s'", "SET LOCAL statement_timeout = 0")

# A transaction that writes takes SQLite's lock first, because one that takes it later may have to fail.
SQLITE_WRITES: Final = "BEGIN IMMEDIATE"


def migrate(engine: Engine) -> str:
    """Make or update the tables; return their version.

    Another process that does the same is waited for. Raises Unavailable where the tables are newer than this service.
    """
    with as_file(files("why403.store") / "migrations") as directory:
        config = Config()
        config.set_main_option("script_location", str(directory).replace("%", "%%"))
        script = ScriptDirectory.from_config(config)
        newest = script.get_current_head() or ""
        with engine.connect() as connection:
            if _version(connection) == newest:
                return newest
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                for each in _PATIENCE:
                    connection.exec_driver_sql(each)
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            else:
                connection.exec_driver_sql(SQLITE_WRITES)
            _require_known(_version(connection), script)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return newest


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _require_known(version: str | None, script: ScriptDirectory) -> None:
    known = {each.revision for each in script.walk_revisions()}
    if version is not None and version not in known:
        raise Unavailable(f"the tables are of version `{version}`, which this service does not know: it is too old")
