"""Asking every layer about one leg: one verdict per layer, always, whatever a layer does."""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from why403.domain.request import AccessRequest
from why403.domain.verdict import Verdict
from why403.layer import Layer

_LOG = logging.getLogger(__name__)


class Judged(NamedTuple):
    """One layer and what it says about a leg."""

    layer: Layer
    verdict: Verdict


def ignore(_layer: str, _phase: str) -> None:
    """Tell nobody that a layer failed."""


def judge(layers: Sequence[Layer], request: AccessRequest, tell: Callable[[str, str], None] = ignore) -> list[Judged]:
    """Return the verdict of each layer that says anything.

    A layer that fails is replaced by everything it may say, in doubt; the reason goes to the log only. `tell`
    learns the layer's name and the phase.
    """
    evidence = request.evidence
    said = []
    for layer in layers:
        try:
            verdict = layer.judge(request, evidence)
        except Exception:  # noqa: BLE001 - whatever a layer does, the others are asked
            _LOG.exception("layer %s failed to judge", layer.name)
            tell(layer.name, "judge")
            verdict = layer.everything_unknown()
        if verdict:
            said.append(Judged(layer, verdict))
    return said
