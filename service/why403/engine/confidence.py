"""Which open points of AWS's documentation a decision rests on: read the other way, they would change it."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from why403.domain.evidence import Found
from why403.domain.readings import POINTS, other, reads
from why403.domain.request import AccessRequest
from why403.domain.truth import UNKNOWN, Truth
from why403.engine.explain import DECISIONS
from why403.layer import Layer

_LOG = logging.getLogger(__name__)
_KEY: Final = "points of policies"


def low_confidence(
    layers: Sequence[Layer], requests: Sequence[AccessRequest], outcome: Truth, again: Callable[[str, str], Truth]
) -> list[dict[str, Any]]:
    """Return the points a decision rests on, each with how it is read and what would follow from the other reading.

    `again` decides once more with a point read otherwise.
    """
    found = []
    for name in sorted({point for request in requests for point in _touched(layers, request)}):
        evidence = requests[0].evidence
        reading = other(evidence, name)
        if reading is None:
            if outcome != UNKNOWN:
                found.append(_told(name, None, None))
        else:
            then = again(name, reading)
            if then != outcome:
                otherwise = {"reading": reading, "decision": DECISIONS[then]}
                found.append(_told(name, reads(evidence, name), otherwise))
    return found


def _told(name: str, reading: str | None, otherwise: dict[str, str] | None) -> dict[str, Any]:
    because = f"AWS's pages leave open {POINTS[name].because}"
    return {"point": name, "because": because, "reading": reading, "otherwise": otherwise}


def _touched(layers: Sequence[Layer], request: AccessRequest) -> Iterable[str]:
    """Yield the points that layers name, and those that the conditions of policies touch."""
    for layer in layers:
        try:
            for point in layer.disputed(request, request.evidence):
                if point in POINTS:
                    yield point
        except Exception:  # noqa: BLE001 - the decision stands without it
            _LOG.exception("layer %s failed to say what it rests on", layer.name)
    yield from _of_policies(request)


def _of_policies(request: AccessRequest) -> frozenset[str]:
    """Return the points of all policies; remembered with the evidence, because many requests share one."""
    evidence = request.evidence
    found: frozenset[str] | None = evidence.shared.get(_KEY)
    if found is None:
        held = [
            placed.policy.points
            for fact, seen in tuple(evidence.items())
            if fact.policies is not None and isinstance(seen, Found)
            for policies in fact.policies(seen.value)
            for placed in policies.placed
        ]
        found = frozenset[str]().union(*held)
        evidence.share(_KEY, found)
    return found
