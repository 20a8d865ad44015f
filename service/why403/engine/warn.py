"""What AWS would not store of the documents given, or what can do nothing; a warning changes no decision."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from why403.domain.evidence import Evidence, Found
from why403.domain.remembered import LONGEST
from why403.domain.request import AccessRequest
from why403.layer import Layer, Warned

_LOG = logging.getLogger(__name__)


def warnings(layers: Sequence[Layer], requests: Iterable[AccessRequest]) -> list[dict[str, Any]]:
    """Return the warnings of all layers, each once; remembered with the evidence, because many requests share one."""
    found: dict[tuple[str, str, str], None] = {}
    for request in requests:
        named = request.resource.access_point or request.resource.bucket
        key = ("warnings", named)
        held = request.evidence.shared.get(key)
        if held is None:
            held = [each for layer in layers for each in _of(layer, request)]
            held += _never_allowing(request.evidence)
            if len(named or "") <= LONGEST:
                request.evidence.share(key, held)
        found.update(dict.fromkeys((request.subject + each.fact, each.pointer, each.message) for each in held))
    return [{"fact": fact, "pointer": pointer, "message": message} for fact, pointer, message in found]


def _never_allowing(evidence: Evidence) -> Iterator[Warned]:
    """Yield the statements of all policies that can allow nothing, because no request carries what they ask for."""
    for fact, seen in tuple(evidence.items()):
        if fact.policies is not None and isinstance(seen, Found):
            for policies in fact.policies(seen.value):
                for placed in policies.placed:
                    for pointer, message in placed.policy.never:
                        yield Warned(fact.name, placed.pointer + pointer, message)


def _of(layer: Layer, request: AccessRequest) -> list[Warned]:
    try:
        return list(layer.warnings(request, request.evidence))
    except Exception:  # noqa: BLE001 - the decision stands without its warnings
        _LOG.exception("layer %s failed to warn", layer.name)
        return []
