"""One call decided from its legs."""

from collections.abc import Sequence
from functools import partial

from why403.domain.request import AccessRequest
from why403.domain.truth import TRUE, Truth
from why403.engine.call import Decided, LegDecided
from why403.engine.decide import Ruled, either
from why403.engine.settle import Budget
from why403.engine.unread import own_doubts
from why403.engine.warn import warnings
from why403.intake.request import Asked, Leg
from why403.services import Services


def decide_call(services: Services, asked: Asked, legs: Sequence[Leg], budget: Budget | None) -> Decided:
    """Return the decision about one call from its legs; without a budget no values of unknown keys are tried.

    Raises OverBudget.
    """
    decided = legs_decided(services, legs, budget)
    told = warnings(services.engine.layers, [leg.request for leg in legs])
    return Decided(legs=decided, asked=asked.words, warnings=told)


def legs_decided(services: Services, legs: Sequence[Leg], budget: Budget | None) -> list[LegDecided]:
    """Return the decisions about the legs of one call. Raises OverBudget."""
    return [_leg_decided(services, leg, budget) for leg in legs]


def _ruled(services: Services, request: AccessRequest, budget: Budget | None) -> Ruled:
    return services.engine.decide(request, budget) if budget else services.engine.rule(request)


def _leg_decided(services: Services, leg: Leg, budget: Budget | None) -> LegDecided:
    engine, registry, otherwise = services.engine, services.registry, None
    if leg.otherwise is not None:
        otherwise = _leg_decided(services, leg._replace(request=leg.otherwise, otherwise=None), budget)
    ruled = _ruled(services, leg.request, budget)
    if leg.retried is not None and ruled.outcome != TRUE:
        ruled = either(ruled, _ruled(services, leg.retried, budget))
    return LegDecided(
        ruled=ruled,
        otherwise=otherwise,
        fork=leg.fork,
        needed=leg.needed,
        key=leg.key,
        own_doubts=tuple(own_doubts(registry.unread, registry.unjudged, leg.request)),
        tell=engine.tell,
        ask=partial(_allows, services, budget),
    )


def _allows(services: Services, budget: Budget | None, request: AccessRequest) -> Truth:
    """Return whether something else is allowed; raise OverBudget."""
    return _leg_decided(services, Leg(request, TRUE, None), budget).outcome
