"""What a permission gives beside the call that it is asked for; pure.

The narrowest statement names an action and a resource, and no more: of some actions that is much.
"""

from typing import Final, NamedTuple

from why403.domain.fix import Applicability
from why403.domain.listing import lists_keys, prefix_of
from why403.domain.request import AccessRequest

NARROW: Final = "none beside this call: one action on one resource"


class Given(NamedTuple):
    """A clause on what a permission gives beside the call, and how far a fix that gives it can be trusted."""

    risk: str
    grade: Applicability


_NOTHING: Final = Given(NARROW, Applicability.SAFE)
_ALL_KEYS: Final = Given("the names of all keys in the bucket become visible", Applicability.SAFE)


def given_by(request: AccessRequest) -> Given:
    """Return what the permission that a request asks for gives beside that request."""
    if lists_keys(request) and prefix_of(request) is None:
        return _ALL_KEYS
    return _NOTHING


def both(risk: str, more: str) -> str:
    """Return a risk with another one told as well."""
    if NARROW in {risk, more}:
        return more if risk == NARROW else risk
    return f"{risk}; {more}"
