"""Callers' keys: how one is made, and how one is recognised."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import NamedTuple

from why403.settings import ApiKey

_SECRET_BYTES = 32


class NewKey(NamedTuple):
    """A fresh key: the secret, which the caller keeps, and its SHA-256, which the service is configured with."""

    secret: str
    sha256: str


def new_key() -> NewKey:
    """Make a key that nobody can guess, so that a plain hash protects it and no slow one is needed."""
    secret = f"w403_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return NewKey(secret, digest_of(secret).hex())


def digest_of(secret: str) -> bytes:
    """Return what the service keeps of a key."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def owner_of(presented: str, keys: Iterable[ApiKey]) -> ApiKey | None:
    """Return the key that was presented, after comparing with all of them, each in constant time."""
    digest = digest_of(presented)
    found = None
    for key in keys:
        if hmac.compare_digest(key.digest, digest):
            found = key
    return found
