"""Reads times, and counts what lies between them."""

from datetime import UTC, datetime

from .comparisons import instant
from .conditions import Json

DAY = 86_400


def time_of(case: Json) -> str:
    """When S3 received the request, now unless it is told."""
    return str(case.get("time") or datetime.now(UTC).isoformat())


def seconds(text: str) -> float:
    """An ISO time as seconds since 1970."""
    found = instant(text)
    assert found is not None
    return float(found)


def days_left(case: Json, until: str, *, with_the_begun: bool) -> int:
    """How many days are left of a retention, that day counted or not which has begun."""
    left = seconds(until) - seconds(time_of(case))
    return int(-(-left // DAY) if with_the_begun else left // DAY)
