"""Other names for everything that an incident names, the same in its text, its request and its evidence."""

import json
import random
import re
from typing import Any, Final

_WORDS: Final = (
    "amber",
    "birch",
    "cobalt",
    "delta",
    "ember",
    "fjord",
    "grove",
    "harbor",
    "iris",
    "juniper",
    "kelp",
    "lumen",
)
_ACCOUNT: Final = re.compile(r"(?<=:)\d{12}(?=:)")
_BUCKET: Final = re.compile(r"(?:arn:aws:s3:::|s3://)([a-z0-9][a-z0-9.-]{2,62})")
_CALLER: Final = re.compile(r"(?:assumed-role|user)/([\w.@-]+)(?:/([\w.@-]+))?")


def renamed(body: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Return a body with other buckets, keys, accounts, roles and users."""
    text = json.dumps(body)
    names: dict[str, str] = {}
    key = body.get("request", {}).get("key")
    if key:
        folder, _, base = key.rpartition("/")
        _, dot, ending = base.partition(".")
        names[key] = f"{_name(rng)}/{_name(rng)}{dot}{ending}" if folder else f"{_name(rng)}{dot}{ending}"
        names[f"{folder}/" if folder else base] = f"{names[key].rpartition('/')[0]}/" if folder else names[key]
        if folder and dot:
            names[base] = names[key].rpartition("/")[2]
    buckets = {body.get("request", {}).get("bucket"), *_BUCKET.findall(text)} - {None, ""}
    names |= {str(bucket): f"{_name(rng)}-{rng.randrange(10**6):06}" for bucket in sorted(buckets)}
    names |= {account: f"{rng.randrange(10**11, 10**12)}" for account in sorted(set(_ACCOUNT.findall(text)))}
    callers = {name for found in _CALLER.findall(text) for name in found if name}
    names |= {caller: f"{_name(rng)}.{_name(rng)}" for caller in sorted(callers)}
    if not names:
        return body
    # A name next to a letter is another word; the longest name first, as one may hold another.
    longest = sorted(names, key=len, reverse=True)
    found = re.compile(
        "|".join(
            rf"(?<![\w-]){re.escape(name)}(?![\w-])" if name[-1] != "/" else rf"(?<![\w-]){re.escape(name)}"
            for name in longest
        )
    )
    fresh: dict[str, Any] = json.loads(found.sub(lambda match: names[match[0]], text))
    return fresh


def _name(rng: random.Random) -> str:
    return f"{rng.choice(_WORDS)}-{rng.choice(_WORDS)}{rng.randrange(100)}"
