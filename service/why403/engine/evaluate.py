"""Asking every layer about one leg: one verdict per layer, always, whatever a layer does."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import Verdict
from why403.layer import Layer

_LOG = logging.getLogger(__name__)
_TRUTHS: Final = frozenset({FALSE, UNKNOWN, TRUE})


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
    return [Judged(layer, verdict) for layer, verdict in heard(layers, request, tell)]


def heard(
    layers: Sequence[Layer], request: AccessRequest, tell: Callable[[str, str], None]
) -> list[tuple[Layer, Verdict]]:
    """Return the same in plain pairs, which are equal to those with names and made faster."""
    evidence = request.evidence
    said = []
    for layer in layers:
        try:
            verdict = layer.judge(request, evidence)
            if verdict.__class__ is not tuple:
                raise TypeError(verdict)  # noqa: TRY301 - a failure of the layer like any other
        except Exception:  # noqa: BLE001 - whatever a layer does, the others are asked
            verdict = failed(layer, tell)
        if verdict:
            said.append((layer, verdict))
    return said


def failed(layer: Layer, tell: Callable[[str, str], None]) -> Verdict:
    """Return what stands for a layer that fails to judge; the exception being handled goes to the log only."""
    _LOG.exception("layer %s failed to judge", layer.name)
    tell(layer.name, "judge")
    return layer.everything_unknown()


def checked(said: Iterable[tuple[Layer, Verdict]], tell: Callable[[str, str], None] = ignore) -> tuple[Judged, ...]:
    """Return the verdicts; one that is malformed, or says what its layer did not declare, is a failure of the layer."""
    return tuple(Judged(layer, _checked(layer, verdict, tell)) for layer, verdict in said)


def _checked(layer: Layer, verdict: Verdict, tell: Callable[[str, str], None]) -> Verdict:
    try:
        hash(verdict)
        for claim in verdict:
            if claim.holds not in _TRUTHS or not layer.allowed_to_say(claim):
                raise ValueError(claim)  # noqa: TRY301 - a failure of the layer like any other
    except Exception:  # noqa: BLE001 - whatever a layer says, the others are heard
        return failed(layer, tell)
    return verdict
