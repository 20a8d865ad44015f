"""Decisions in process, on one core: engine, /simulate, /diagnose and the reference, on the same requests."""

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final, NamedTuple

from tests.bench.refusals import asked, pasted
from tests.bench.workload import Outcome, body, cases, expected, outcomes
from tests.cases import services
from tests.reference.evaluator import decide
from why403.domain.request import AccessRequest
from why403.engine.call import Decided, LegDecided
from why403.engine.explain import brief, explained
from why403.engine.settle import Budget
from why403.intake.evidence import observed
from why403.intake.request import asked_for
from why403.usecases.diagnose import diagnose
from why403.usecases.simulate import simulate

SINGLES: Final = 200
REFERENCE: Final = "the reference evaluator, from JSON"

Run = Callable[[], tuple[float, list[Outcome]]]


class Measured(NamedTuple):
    """One thing measured: what it is, how many decisions a round makes, and a round."""

    name: str
    decisions: int
    run: Run


def measured() -> list[Measured]:
    """Return all that is measured in process; each round of each is compared with the reference."""
    whole = len(body()["requests"])
    return [
        Measured("engine alone, verdict only", whole, _engine(brief)),
        Measured("engine alone, full explanation", whole, _engine(explained)),
        Measured("simulate, 1,000 a body, verdict only", whole, _simulate({"detail": "decision"})),
        Measured("simulate, 1,000 a body, full explanation", whole, _simulate({})),
        Measured("simulate, 1 a body, verdict only", SINGLES, _singles({"detail": "decision"})),
        Measured("simulate, 1 a body, full explanation", SINGLES, _singles({})),
        Measured("diagnose, request", len(asked()), _diagnose(asked())),
        Measured("diagnose, pasted error and request", len(pasted()), _diagnose(pasted())),
        Measured(REFERENCE, whole, _reference),
    ]


def _prepared() -> list[AccessRequest]:
    """Return requests that nobody has decided yet; what they share was met before."""
    facts = services().registry.facts
    return [asked_for(request).legs(_EVIDENCE, facts)[0].request for request in body()["requests"]]


_EVIDENCE: Final = observed(body()["evidence"], services().registry.facts).evidence(complete=True)


def _engine(shown: Callable[[Decided], dict[str, Any]]) -> Run:
    engine = services().engine

    def run() -> tuple[float, list[Outcome]]:
        requests, budget = _prepared(), Budget()
        start = perf_counter()
        found = [
            shown(Decided(legs=[LegDecided(ruled=engine.decide(request, budget))], asked=request.action))
            for request in requests
        ]
        return perf_counter() - start, outcomes(found)

    return run


def _simulate(members: dict[str, Any]) -> Run:
    def run() -> tuple[float, list[Outcome]]:
        start = perf_counter()
        found = simulate(services(), {**body(), **members})["results"]
        return perf_counter() - start, outcomes(found)

    return run


def _singles(members: dict[str, Any]) -> Run:
    """Return a round of bodies of one request; the evidence is read with each."""
    bodies = [{**body(), **members, "requests": [request]} for request in body()["requests"][:SINGLES]]

    def run() -> tuple[float, list[Outcome]]:
        start = perf_counter()
        found = [simulate(services(), each)["results"][0] for each in bodies]
        return perf_counter() - start, outcomes(found)

    return run


def _diagnose(bodies: list[dict[str, Any]]) -> Run:
    """Return a round of bodies of one refusal; evidence, request and text are read with each."""

    def run() -> tuple[float, list[Outcome]]:
        start = perf_counter()
        found = [diagnose(services(), each) for each in bodies]
        return perf_counter() - start, outcomes(found)

    return run


def _reference() -> tuple[float, list[Outcome]]:
    requests = cases()
    start = perf_counter()
    found = [decide(case) for case in requests]
    return perf_counter() - start, [verdict[:2] for verdict in found]


def checked(each: Measured) -> float:
    """Return the seconds of one round; raise if it decided anything otherwise than the reference."""
    seconds, found = each.run()
    if found != expected()[: each.decisions]:
        message = f"{each.name}: some decisions are not the reference's"
        raise AssertionError(message)
    return seconds
