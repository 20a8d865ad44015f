"""The tables, as the newest migration leaves them, and the one type for moments."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Moment(TypeDecorator[datetime]):
    """A time with its zone, UTC on both sides; SQLite keeps no zone, so there what it returns is given one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - by name
        """Return the time in UTC; one without a zone is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is no moment")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - by name
        """Return the time in UTC, with its zone."""
        if value is None:
            return None
        held: datetime = value
        return held.replace(tzinfo=UTC) if held.tzinfo is None else held.astimezone(UTC)


METADATA = MetaData()
ID_LENGTH = 64
# SQLite counts only what it calls INTEGER by itself.
_COUNTED = BigInteger().with_variant(Integer(), "sqlite")

DIAGNOSES = Table(
    "diagnoses",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("created", Moment, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("withheld", Text, nullable=False),
    Index("diagnoses_by_age", "created"),
)

PLANS = Table(
    "plans",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("diagnosis", String(ID_LENGTH), nullable=True),
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("owner", String(255), nullable=True),
    Column("until", Moment, nullable=True),
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("plans_by_age", "state", "changed"),
)

JOURNAL = Table(
    "journal",
    METADATA,
    Column("plan", String(ID_LENGTH), ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("undoes", Integer, nullable=True),
    Column("status", String(16), nullable=False),
    Column("error", Text, nullable=True),
    Column("intended", Moment, nullable=False),
    Column("ended", Moment, nullable=True),
    Column("what", LargeBinary, nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("after", LargeBinary, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", _COUNTED, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("who", String(255), nullable=True),
    Column("what", String(32), nullable=False),
    Column("subject", String(ID_LENGTH), nullable=False),
    Column("outcome", String(64), nullable=False),
    Column("digest", String(64), nullable=True),
    Column("layers", Text, nullable=False),
    Index("audit_by_age", "at"),
    Index("audit_by_subject", "subject"),
)
