"""A presigned URL as far as it is known: when it was signed, for how long, for which method and headers, by which key.

AWS: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" (Amazon S3 API Reference).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from why403.domain.errors import InvalidInput, escaped
from why403.domain.facts import text
from why403.domain.shapes import Load, listed, members, moment

LONGEST_EXPIRY: Final = 604_800
_SECONDS: Final = 10**12  # more than anybody means, and little enough to count with
_METHODS: Final = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Presigned:
    """What a URL says of its signature; None is not known.

    `expires` is in seconds from `signed_at`; a URL of signature version 2 has `expires_at` instead. `headers` are the
    names of what the signature covers, in lower case: headers, and the x-amz-* parameters of the URL itself. `key_id`
    tells by its first letters whether the key is a temporary one.
    """

    signed_at: datetime | None = None
    expires: int | None = None
    expires_at: datetime | None = None
    method: str | None = None
    headers: frozenset[str] | None = None
    key_id: str | None = None


def _seconds(value: object) -> int:
    whole = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _SECONDS
    if not whole or value != int(value):  # type: ignore[call-overload]
        raise InvalidInput.at("", "must be a whole number of seconds")
    return int(value)  # type: ignore[call-overload, no-any-return]


def _method(value: object) -> str:
    if isinstance(value, str) and value.upper() in _METHODS:
        return value.upper()
    raise InvalidInput.at("", "must be one of " + ", ".join(f"`{each}`" for each in sorted(_METHODS)))


_NAMES: Final = listed(text)


def _headers(value: object) -> frozenset[str]:
    """Return the names of a list, or of an object from names to values."""
    if isinstance(value, dict):
        for name, held in value.items():
            if not isinstance(held, str | None):
                raise InvalidInput.at("/" + escaped(str(name)), "must be the text of a header")
    names = _NAMES(list(value) if isinstance(value, dict) else value)
    return frozenset(name.lower() for name in names)


_LOADERS: Final[Mapping[str, Load[Any]]] = {
    "signed_at": moment,
    "expires": _seconds,
    "expires_at": moment,
    "method": _method,
    "headers": _headers,
    "key_id": text,
}
_MEMBERS: Final = members({}, _LOADERS)


def presigned(value: object) -> Presigned:
    """Return a URL from its JSON; raise InvalidInput with pointers from it."""
    return Presigned(**_MEMBERS(value))
