"""What a leg of a call is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from why403.domain.truth import UNKNOWN, Truth


class KeyUse(NamedTuple):
    """Which KMS key S3 uses for its caller, and how, as far as the call and the facts tell."""

    used: Truth
    named: str | None = None
    """An ARN, an id or an alias; empty for the key that AWS manages, None where it is not known which."""
    bucket_key: Truth = UNKNOWN
    """Whether the key of the bucket stands between, so that the encryption context names the bucket."""
    context: Mapping[str, str] | None = None
    """What the encryption context holds beside that, None where it is not known."""


class Leg(NamedTuple):
    """One permission that a call needs."""

    action: str
    resource: str
    """An ARN, or `*`."""
    subject: str
    """Whose facts: empty for the request's own, `source.` for a copy's source."""
    key: str | None
    """The key this leg is about where a call lists several, else None."""
    needed: Truth
    """UNKNOWN where what decides whether the leg is needed is not known; a leg that is not needed is not returned."""
    keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """The condition keys that follow from the parameters, lower case."""
    untold: frozenset[str] = frozenset()
    """The condition keys that are there as well, with a value that the parameters do not tell."""
    of_version: str = ""
    """The action needed instead if the call names a version, where that is not known."""
    retried: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """The condition keys with which S3 asks once more where it is refused: the call is allowed if either is."""
    under: KeyUse | None = None
    """The key, where this is what S3 itself asks of KMS for its caller; `resource` is then what it is asked for."""
    of_new: bool = False
    """Whether it is about the object that the call writes, whoever owns the one that it replaces."""
