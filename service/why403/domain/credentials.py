"""How long temporary credentials are good; AWS: "Compare AWS STS credentials" (IAM User Guide)."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from why403.domain.principal import Kind


class Lasts(NamedTuple):
    """How long credentials are good unless told otherwise, and how long at most."""

    mostly: timedelta
    at_most: timedelta


_HOUR: Final = timedelta(hours=1)
_OF_ROLES: Final = Lasts(_HOUR, 12 * _HOUR)
_OF_USERS: Final = Lasts(12 * _HOUR, 36 * _HOUR)

LASTS: Final[Mapping[Kind, Lasts]] = MappingProxyType(
    {
        Kind.ROLE: _OF_ROLES,
        Kind.SESSION: _OF_ROLES,
        Kind.FEDERATED: _OF_USERS,
        Kind.USER: _OF_USERS,
        Kind.ROOT: Lasts(_HOUR, _HOUR),
        Kind.UNKNOWN: Lasts(_HOUR, 36 * _HOUR),
    }
)
"""Of temporary credentials by who calls with them; services and anonymous callers have none."""
ALWAYS_TEMPORARY: Final = frozenset({Kind.ROLE, Kind.SESSION, Kind.FEDERATED})
"""Who has no other credentials."""
