"""What is known of condition keys that a call sends without telling their values.

AWS: "Actions, resources, and condition keys for Amazon S3"; "Locking objects with Object Lock" on limits of retention
periods, which does not say whether a day that has begun counts.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil, floor
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from why403.domain.errors import InvalidInput
from why403.domain.operations import sent_for
from why403.domain.shapes import moment

if TYPE_CHECKING:
    from why403.domain.request import AccessRequest, Call

_KMS_KEY: Final = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_DAYS_LEFT: Final = "s3:object-lock-remaining-retention-days"
_DAY: Final = timedelta(days=1)


def there(request: "AccessRequest", key: str) -> bool:
    """Return whether a request carries a key whose value is not known."""
    call, action = request.call, request.s3_action
    if key not in _VALUES or call is None or action is None or not action.carries(key):
        return False
    return sent_for(key, call.parameters) is not None


def possible(request: "AccessRequest", key: str) -> tuple[str, ...]:
    """Return values of which such a key has one, none where any may be it."""
    return () if request.call is None else _VALUES[key](request.call)


def _any(_: "Call") -> tuple[str, ...]:
    return ()


def _days_left(call: "Call") -> tuple[str, ...]:
    """Return for how many days a retention is to last from now on: counted to the day, or in fractions."""
    until = _moment(sent_for(_DAYS_LEFT, call.parameters))
    if until is None or call.received is None or call.undated:
        return ()
    left = Decimal((until - call.received) // timedelta.resolution) / (_DAY // timedelta.resolution)
    return (format(left, "f"), str(floor(left)), str(ceil(left)))


def _moment(sent: object) -> datetime | None:
    try:
        return moment(sent.isoformat() if isinstance(sent, datetime) else sent)
    except InvalidInput:
        return None


_VALUES: Final[Mapping[str, "Callable[[Call], tuple[str, ...]]"]] = MappingProxyType(
    {
        # S3 completes an id or an alias to the ARN of a key.
        _KMS_KEY: _any,
        _DAYS_LEFT: _days_left,
    }
)
