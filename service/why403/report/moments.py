"""Moments as S3, its logs and HTTP write them, brought to ISO 8601."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST: Final = 64
_LATEST: Final = 253_402_300_799  # the last second of the year 9999


def moment(text: str | None) -> str | None:
    """Return a moment as ISO 8601 text, None for what is none: ISO in both its forms, RFC 1123, an access log's."""
    if not text or len(text) > _LONGEST:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime, _logged):
        try:
            return _iso(read(text.strip()))
        except (ValueError, IndexError, TypeError, OverflowError):
            continue
    return None


def _logged(text: str) -> datetime:
    return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z")


def _iso(told: datetime) -> str:
    # Without an offset S3 means UTC.
    aware = told if told.tzinfo else told.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment_of_epoch(text: str) -> str | None:
    """Return the moment of a number of seconds since 1970, None for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LATEST)) and int(text) <= _LATEST):
        return None
    return _iso(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text)))
