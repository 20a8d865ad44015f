"""What of a body of `/diagnose` may be kept: no secrets ever, and policies only where they are encrypted."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import orjson

from why403.domain.errors import InvalidInput, escaped
from why403.keeping import Diagnosis
from why403.report import LIMIT, strip_secrets
from why403.usecases.pasted import event_without_secrets

_MARK: Final = "***"
# Parameters of calls whose values are secrets, or were: keys of customers with their digests, codes of devices.
_SECRET: Final = frozenset(
    {"SSECustomerKey", "SSECustomerKeyMD5", "CopySourceSSECustomerKey", "CopySourceSSECustomerKeyMD5", "MFA"}
)
# How texts write the member that every policy has: as JSON, within JSON, in a URL, in HTML, as YAML.
_STATEMENT: Final = re.compile(r"statement(?:[\\\"'\s]|&quot;|%22|%5c|%20){0,16}(?::|%3a)", re.IGNORECASE)
# The members that hold members: of each other one it is asked as a whole whether there is a policy in it.
_DEEPER: Final = frozenset({"request", "evidence", "parameters", "objects", "context"})

_FLAGS: Final = ("collect", "fresh", "accept_public")


def without_secrets(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with what was pasted and what was sent stripped of secrets, as the diagnosis has read it."""
    kept = dict(body)
    if isinstance(kept.get("error"), str):
        kept["error"] = strip_secrets(kept["error"][: LIMIT + 1])
    if isinstance(kept.get("event"), dict):
        kept["event"] = event_without_secrets(kept["event"])
    request = kept.get("request")
    if isinstance(request, dict) and isinstance(request.get("parameters"), dict):
        parameters = {name: _MARK if name in _SECRET else value for name, value in request["parameters"].items()}
        kept["request"] = {**request, "parameters": parameters}
    return kept


def without_policies(body: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a body without what holds a policy, and pointers to what was left out."""
    withheld: list[str] = []
    return _kept(body, "", withheld), tuple(withheld)


def digest(body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a body, whatever the order of its members."""
    try:
        text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # numbers too large for it, halves of characters
        text = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return sha256(text).hexdigest()


def sent_again(found: Diagnosis, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that a diagnosis answers, with the evidence and the flags of another body laid over it.

    Raises InvalidInput where something was not kept and cannot be had otherwise.
    """
    given = body.get("evidence") or {}
    collects = body.get("collect") is True
    missing = [each for each in found.withheld if not (_fact(each) and (collects or _fact(each) in given))]
    if missing:
        raise InvalidInput.at(
            "/diagnosis",
            f"policies were not kept of it: {', '.join(missing)}. Send those facts as `evidence` beside the id, or "
            "`collect`; if it is no fact, send the whole body of the diagnosis again",
        )
    asked = {**found.body, **{name: body[name] for name in _FLAGS if body.get(name) is not None}}
    if given:
        asked["evidence"] = {**(asked.get("evidence") or {}), **given}
        own = (asked.get("request") or {}).get("evidence")
        if own:  # which would win over what is given now
            kept = {name: value for name, value in own.items() if name not in given}
            asked["request"] = {**asked["request"], "evidence": kept}
    return asked


def _fact(pointer: str) -> str | None:
    """Return the name of the fact that a pointer leads to; None where it leads elsewhere."""
    found = re.fullmatch(r"(?:/request)?/evidence/(.+)", pointer)
    return None if found is None else found[1].replace("~1", "/").replace("~0", "~")


def _kept(held: Mapping[str, Any], at: str, withheld: list[str]) -> dict[str, Any]:
    """Return an object without what holds a policy, and add to `withheld` where that stood."""
    kept: dict[str, Any] = {}
    deeper = at.endswith("/objects")
    for name, value in held.items():
        if (deeper or name in _DEEPER) and isinstance(value, Mapping):
            kept[name] = _kept(value, f"{at}/{escaped(name)}", withheld)
        elif _holds_policy(value):
            withheld.append(f"{at}/{escaped(name)}")
        else:
            kept[name] = value
    return kept


def _holds_policy(value: Any) -> bool:
    if isinstance(value, str):
        return _STATEMENT.search(value) is not None
    if isinstance(value, list):
        return any(map(_holds_policy, value))
    if isinstance(value, Mapping):
        return any(name.lower() == "statement" or _holds_policy(each) for name, each in value.items())
    return False
