"""Object Lock: whether the lock of a version lets it be deleted, or lets its retention be changed.

AWS: "Locking objects with Object Lock"; "Managing Object Lock"; "PutObjectRetention" (Amazon S3 API Reference).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from why403.domain.errors import InvalidInput
from why403.domain.request import Call
from why403.domain.shapes import moment
from why403.domain.states import Lock
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, negation

COMPLIANCE: Final = "compliance"
GOVERNANCE: Final = "governance"
HOLD: Final = "hold"

_BYPASS: Final = "BypassGovernanceRetention"
_RETENTION: Final = "Retention"


class LetThrough(NamedTuple):
    """Whether a lock lets a call through, and what of it decides that."""

    truth: Truth
    by: str


def lets_delete(lock: Lock, call: Call) -> LetThrough:
    """Return whether a version may be deleted for good; a legal hold yields to nothing, governance to its bypass."""
    if lock.legal_hold:
        return LetThrough(FALSE, HOLD)
    retained = _retained(lock, call)
    if lock.mode == "GOVERNANCE":
        return LetThrough(max(negation(retained), call.switched_on(_BYPASS)), GOVERNANCE)
    return LetThrough(negation(retained), COMPLIANCE)


def lets_change_retention(lock: Lock, call: Call) -> LetThrough:
    """Return whether the retention may become what the call sends: a longer one always, a shorter one in governance."""
    retained = _retained(lock, call)
    if retained == FALSE:
        return LetThrough(TRUE, COMPLIANCE)
    longer = _longer(lock, call)
    if lock.mode == "GOVERNANCE":
        return LetThrough(max(negation(retained), longer, call.switched_on(_BYPASS)), GOVERNANCE)
    return LetThrough(max(negation(retained), longer), COMPLIANCE)


def _retained(lock: Lock, call: Call) -> Truth:
    """Return whether the retention holds when S3 receives the call."""
    if lock.mode is None:
        return FALSE
    if lock.retain_until is None or call.received is None:
        return UNKNOWN
    if lock.retain_until > call.received:
        return TRUE
    return UNKNOWN if call.undated else FALSE  # before it ended, if the call is as old as that


def _longer(lock: Lock, call: Call) -> Truth:
    """Return whether the retention that is sent is no weaker; AWS does not say whether a stricter mode may follow."""
    if _RETENTION not in call.parameters:
        return call.unlisted
    sent = call.parameters[_RETENTION]
    if not isinstance(sent, Mapping) or not sent.get("Mode"):
        return FALSE
    until = _until(sent)
    if sent["Mode"] not in {lock.mode, "COMPLIANCE"}:
        return FALSE
    if until is None or lock.retain_until is None:
        return UNKNOWN
    if until < lock.retain_until:
        return FALSE
    return TRUE if sent["Mode"] == lock.mode else UNKNOWN


def _until(sent: Mapping[str, Any]) -> datetime | None:
    """Return until when is to be retained, None where that cannot be told."""
    held = sent.get("RetainUntilDate")
    try:
        return moment(held.isoformat() if isinstance(held, datetime) else held)
    except InvalidInput:
        return None
