"""JSON as it is kept: encrypted with the first of the keys, and read with whichever of them it was encrypted with.

A sealed value is one byte for its form and then, where there are keys, the first bytes of the key's SHA-256, a nonce
and AES-256-GCM of the JSON text. The place that the value is kept in (table, column, row) is authenticated with it, so
that nobody who can write to the database can move a value to another place.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from why403.domain.errors import Unavailable

_PLAIN: Final = b"\x00"
_SEALED: Final = b"\x01"
_NAME_BYTES: Final = 8
_NONCE_BYTES: Final = 12


class Seal:
    """The keys that values are sealed with, the newest first; without any, values are kept as they are."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        """Take keys of 32 bytes."""
        self._ciphers = {sha256(key).digest()[:_NAME_BYTES]: AESGCM(key) for key in keys}
        self._first = next(iter(self._ciphers), None)

    @property
    def encrypts(self) -> bool:
        """Whether there is a key."""
        return self._first is not None

    def close(self, value: Any, place: str) -> bytes:
        """Return a value as it is kept in a place."""
        text = _written(value)
        if self._first is None:
            return _PLAIN + text
        nonce = os.urandom(_NONCE_BYTES)
        return _SEALED + self._first + nonce + self._ciphers[self._first].encrypt(nonce, text, place.encode())

    def open(self, kept: bytes, place: str) -> Any:
        """Return what is kept in a place; raises Unavailable where none of the keys opens it."""
        return json.loads(self._text(bytes(kept), place))

    def is_newest(self, kept: bytes) -> bool:
        """Return whether a value is kept as it would be now."""
        if self._first is None:
            return bytes(kept[:1]) == _PLAIN
        return bytes(kept[: 1 + _NAME_BYTES]) == _SEALED + self._first

    def _text(self, kept: bytes, place: str) -> bytes:
        if kept[:1] == _PLAIN:
            return kept[1:]
        cipher = self._ciphers.get(kept[1 : 1 + _NAME_BYTES])
        if cipher is None:
            raise Unavailable("what is kept was encrypted with a key that this service does not have")
        nonce, rest = kept[1 + _NAME_BYTES :][:_NONCE_BYTES], kept[1 + _NAME_BYTES + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, rest, place.encode())
        except InvalidTag as error:
            raise Unavailable("what is kept is not what was written there") from error


def _written(value: Any) -> bytes:
    """Return JSON text; the slower writer also takes what the faster one refuses: large numbers, half characters."""
    try:
        return orjson.dumps(value, default=_as_json)
    except orjson.JSONEncodeError:
        return json.dumps(value, default=_as_json).encode()


def _as_json(value: Any) -> Any:
    """Return a mapping or a collection as JSON has it."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(type(value).__name__)
