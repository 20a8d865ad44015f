"""Listings: of what a request lists only a part, by the prefix that it asks for.

AWS: "Actions, resources, and condition keys for Amazon S3", `s3:prefix`.
"""

from typing import Final

from why403.domain.request import AccessRequest

PREFIX: Final = "s3:prefix"


def lists_keys(request: AccessRequest) -> bool:
    """Return whether a request is for the names of keys."""
    return request.s3_action is not None and request.s3_action.carries(PREFIX)


def prefix_of(request: AccessRequest) -> str | None:
    """Return the prefix that a request asks for; None where it asks for all keys, or that is not known."""
    values = request.context[PREFIX] if lists_keys(request) else None
    return values[0] or None if values else None
