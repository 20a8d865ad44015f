"""What of a body of `/diagnose` may be kept: no secrets ever, and policies only where they are encrypted."""

import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Final

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
    kept = _copied(body)
    return kept, tuple(_cut(kept, ""))


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


def _copied(held: Any) -> Any:
    return {name: _copied(value) for name, value in held.items()} if isinstance(held, Mapping) else held


def _cut(held: MutableMapping[str, Any], at: str) -> Iterator[str]:
    """Take out of an object what holds a policy; yield where it stood."""
    for name, value in tuple(held.items()):
        pointer = f"{at}/{escaped(name)}"
        if isinstance(value, MutableMapping) and (name in _DEEPER or at.endswith("/objects")):
            yield from _cut(value, pointer)
        elif _holds_policy(value):
            del held[name]
            yield pointer


def _holds_policy(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(name.lower() == "statement" or _holds_policy(each) for name, each in value.items())
    if isinstance(value, list):
        return any(map(_holds_policy, value))
    return isinstance(value, str) and _STATEMENT.search(value) is not None
