"""Secrets planted in texts and records, in the places where they are found, and looked for in what comes out."""

import base64
import random
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tests.report.test_secrets import CUSTOMER_KEYS, HEX, KEYS, OLD_SIGNATURES, SIGNATURES, TOKENS

_WINDOW: Final = 16
"""How many characters of a secret in a row are a leak."""


class Planted(NamedTuple):
    """A secret, and the text that it stands in."""

    secret: str
    text: str

    def leaks(self, shown: str) -> bool:
        """Return whether the secret, or a good part of it, is shown."""
        return any(self.secret[at : at + _WINDOW] in shown for at in range(len(self.secret) - _WINDOW + 1))


def planted(rng: random.Random) -> Planted:
    """Return a fresh secret of some kind where such secrets stand."""
    templates, before, made = rng.choice(_KINDS)
    secret = made(rng)
    return Planted(secret, rng.choice(templates).replace("{}", before + secret))


def within(text: str, secret: Planted, rng: random.Random) -> str:
    """Return the text with the secret on lines of its own."""
    lines = text.split("\n")
    lines.insert(rng.randrange(len(lines) + 1), secret.text)
    return "\n".join(lines)


def _base64(size: int) -> Callable[[random.Random], str]:
    return lambda rng: base64.b64encode(rng.randbytes(size)).decode()


# Of each kind: where such secrets stand, how all of them begin, and the rest.
_KINDS: Final[tuple[tuple[tuple[str, ...], str, Callable[[random.Random], str]], ...]] = (
    (KEYS, "", _base64(30)),
    (TOKENS, "IQoJb3JpZ2luX2Vj", lambda rng: _base64(rng.randrange(120, 400))(rng)),
    (SIGNATURES, "", lambda rng: "".join(rng.choices(HEX, k=64))),
    (OLD_SIGNATURES, "", _base64(20)),
    (CUSTOMER_KEYS, "", _base64(32)),
)


def put_into(record: Any, secret: Planted, rng: random.Random) -> bool:
    """Add the secret to some text of a record, and say whether there is one."""
    texts = [(held, name) for held in _holders(record) for name, value in _members(held) if isinstance(value, str)]
    if not texts:
        return False
    held, name = rng.choice(texts)
    held[name] = f"{held[name]}\n{secret.text}" if rng.random() < 0.5 else secret.text
    return True


def _members(held: Any) -> list[tuple[Any, Any]]:
    return list(held.items() if isinstance(held, dict) else enumerate(held))


def _holders(value: Any) -> list[Any]:
    if not isinstance(value, dict | list):
        return []
    return [value, *(holder for _, below in _members(value) for holder in _holders(below))]
