"""How a call reached S3: when, and by which presigned URL."""

from datetime import datetime
from typing import NamedTuple

from why403.domain.errors import InvalidInput
from why403.domain.presigned import Presigned, presigned
from why403.domain.shapes import moment


class Now(NamedTuple):
    """When S3 received a call that does not say so itself; `at_latest`: then, or at any time before."""

    time: datetime
    at_latest: bool = False


def received(value: object, now: Now | None) -> Now | None:
    """Return when a call was received, from the `time` of its request; raise InvalidInput with a pointer from that."""
    try:
        return now if value is None else Now(moment(value))
    except InvalidInput as error:
        raise InvalidInput.at("/time", "must be an ISO 8601 time") from error


def url_of(value: object) -> Presigned | None:
    """Return the URL of a request's `presigned`; raise InvalidInput with pointers from the request."""
    try:
        return None if value is None else presigned(value)
    except InvalidInput as error:
        raise error.below("/presigned") from error
