"""An answer with the open points of AWS's documentation that it rests on."""

from collections.abc import Sequence
from typing import Any

from why403.domain.readings import reading
from why403.domain.request import AccessRequest
from why403.domain.truth import Truth
from why403.engine.call import Decided
from why403.engine.confidence import low_confidence
from why403.engine.settle import Budget, OverBudget
from why403.intake.request import Leg
from why403.services import Services
from why403.usecases.decide import legs_decided


def with_confidence(
    services: Services, legs: Sequence[Leg], decided: Decided, answer: dict[str, Any]
) -> dict[str, Any]:
    """Return the answer, with `low_confidence` where there is something to tell."""

    def again(point: str, held: str) -> Truth:
        read_so = [_read_so(leg, point, held) for leg in legs]
        try:
            return Decided(legs=legs_decided(services, read_so, Budget()), asked="").outcome
        except OverBudget:
            return decided.outcome

    found = low_confidence(services.engine.layers, [leg.request for leg in legs], decided.outcome, again)
    return {**answer, "low_confidence": found} if found else answer


def _read_so(leg: Leg, point: str, held: str) -> Leg:
    def with_reading(request: AccessRequest | None) -> AccessRequest | None:
        return None if request is None else request.given({}, reading(request.evidence, point, held))

    request = leg.request.given({}, reading(leg.request.evidence, point, held))
    return leg._replace(request=request, otherwise=with_reading(leg.otherwise), retried=with_reading(leg.retried))
