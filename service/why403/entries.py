"""What a setting lists between commas or on lines of its own: owners of buckets, keys of the store."""

import binascii
import secrets
from base64 import b64decode, b64encode
from typing import Final

ACCOUNT_DIGITS: Final = 12
_KEY_BYTES: Final = 32


def entries_of(text: str) -> list[str]:
    """Return what stands between commas or newlines, without lines that are comments."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [entry.strip() for line in lines for entry in line.split(",") if entry.strip()]


def is_account(value: str) -> bool:
    """Return whether a text is the id of an account."""
    return len(value) == ACCOUNT_DIGITS and value.isascii() and value.isdigit()


def parse_owners(text: str, name: str) -> tuple[dict[str, str], list[str]]:
    """Read `bucket=account` entries of a variable; return the owners by bucket, and a sentence per mistake."""
    owners: dict[str, str] = {}
    faults: list[str] = []
    for number, entry in enumerate(entries_of(text), start=1):
        bucket, _, account = (part.strip() for part in entry.partition("="))
        if not bucket or not is_account(account):
            problem = f"must have the form bucket=account, the account an id of {ACCOUNT_DIGITS} digits"
        elif owners.setdefault(bucket, account) != account:
            problem = f"`{bucket}` stands in an earlier entry with another account"
        else:
            continue
        faults.append(f"{name}: entry {number}: {problem}")
    return owners, faults


def parse_store_keys(text: str, name: str) -> tuple[tuple[bytes, ...], list[str]]:
    """Read keys of 32 bytes in base64; return them, and a sentence per mistake that does not repeat it."""
    keys: list[bytes] = []
    faults: list[str] = []
    for number, entry in enumerate(entries_of(text), start=1):
        try:
            key = b64decode(entry.replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _KEY_BYTES:
            faults.append(
                f"{name}: entry {number}: must be {_KEY_BYTES} random bytes in base64; `why403 new-store-key`"
            )
        elif key in keys:
            faults.append(f"{name}: entry {number}: the same key stands in an earlier entry")
        else:
            keys.append(key)
    return tuple(keys), faults


def new_store_key() -> str:
    """Return a key for the store as settings hold it."""
    return b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
