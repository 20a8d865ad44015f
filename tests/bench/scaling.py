"""How the time of a decision depends on the policies: not on those that cannot match, evenly on those that can."""

from collections.abc import Callable
from itertools import pairwise
from statistics import median
from time import process_time
from typing import Any, Final

from tests.bench.workload import Outcome, body, expected, outcomes
from tests.cases import services
from why403.engine.call import Decided, LegDecided
from why403.engine.explain import brief
from why403.engine.settle import Budget
from why403.intake.evidence import observed
from why403.intake.request import asked_for
from why403.usecases.simulate import simulate

UNRELATED: Final = 100
MATCHING: Final = (50, 100, 200, 400)
_FIRST: Final = 60

Run = Callable[[], list[Outcome]]


def scaling(rounds: int) -> None:
    """Print both, in CPU time, which other work on the machine moves less."""
    print(f"\n{UNRELATED} statements added that cannot match              slower")
    for name, kind in (
        ("of other actions", _of_other_actions),
        ("on other buckets", _on_other_buckets),
        ("half and half", _both),
    ):
        for path, run in (("engine alone", _engine), ("simulate", _simulate)):
            more = run(_with(kind(UNRELATED)))
            print(f"  {f'{path}, {name}':<44} {_slower(run(body()['evidence']), more, rounds):>8.1%}")
    print("\nstatements that can match      microseconds a decision   added by each   times half as many")
    times = [_time(_reading(count), rounds) for count in (0, *MATCHING)]
    costs = [None, *((time - times[0]) / count for time, count in zip(times[1:], MATCHING, strict=True))]
    ratios = [None, None, *((later - times[0]) / (earlier - times[0]) for earlier, later in pairwise(times[1:]))]
    for count, time, cost, ratio in zip((0, *MATCHING), times, costs, ratios, strict=True):
        print(f"  {count:>6} {time:>35.1f} {_shown(cost, 15)} {_shown(ratio, 20)}")


def _shown(value: float | None, width: int) -> str:
    return " " * width if value is None else f"{value:>{width}.2f}"


def _with(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the evidence of the workload with an identity policy for each ten statements more."""
    evidence = body()["evidence"]
    more = [{"Version": "2012-10-17", "Statement": statements[at : at + 10]} for at in range(0, len(statements), 10)]
    return {**evidence, "principal.policies": [*evidence["principal.policies"], *more]}


def _of_other_actions(count: int) -> list[dict[str, Any]]:
    return [
        {"Effect": "Allow", "Action": f"sqs:Send{number}", "Resource": f"arn:aws:sqs:*:*:queue-{number}"}
        for number in range(count)
    ]


def _on_other_buckets(count: int) -> list[dict[str, Any]]:
    return [
        {"Effect": "Allow", "Action": "s3:*Object", "Resource": f"arn:aws:s3:::other-{number}/*"}
        for number in range(count)
    ]


def _both(count: int) -> list[dict[str, Any]]:
    return [*_of_other_actions(count // 2), *_on_other_buckets(count - count // 2)]


def _engine(evidence: dict[str, Any]) -> Run:
    """Return a round of the engine, as `decisions` has it: requests are understood, the evidence is compiled."""
    facts, engine = services().registry.facts, services().engine
    seen = observed(evidence, facts).evidence(complete=True)
    requests = [asked_for(request).legs(seen, facts)[0].request for request in body()["requests"]]

    def run() -> list[Outcome]:
        budget = Budget()
        return outcomes(
            [
                brief(Decided(legs=[LegDecided(ruled=engine.decide(request, budget))], asked=request.action))
                for request in requests
            ]
        )

    return run


def _simulate(evidence: dict[str, Any]) -> Run:
    whole = {**body(), "evidence": evidence, "detail": "decision"}
    return lambda: outcomes(simulate(services(), whole)["results"])


def _slower(plain: Run, more: Run, rounds: int) -> float:
    """Return by how much the second takes longer, in the median round."""
    ratios = []
    for _ in range(rounds + 1):
        spent = []
        for run in (plain, more):
            start = process_time()
            found = run()
            spent.append(process_time() - start)
            if found != expected():
                message = "statements that cannot match changed a decision"
                raise AssertionError(message)
        ratios.append(spent[1] / spent[0])
    return median(ratios[1:]) - 1  # the first round compiles


def _reading(count: int) -> Run:
    """Return a round of reads that so many Allow statements cover, each with a condition of its own that fails."""
    condition = [{"StringEquals": {"aws:RequestedRegion": f"nowhere-{number}"}} for number in range(count)]
    resource = "arn:aws:s3:::acme-data/reports/*"
    statements = [
        {"Effect": "Allow", "Action": "s3:GetObjectAcl", "Resource": resource, "Condition": each} for each in condition
    ]
    requests = [
        {**request, "action": "s3:GetObjectAcl", "resource": f"arn:aws:s3:::acme-data/reports/{number}"}
        for number, request in enumerate(body()["requests"][:_FIRST])
    ]
    whole = {**body(), "evidence": _with(statements), "requests": requests, "detail": "decision"}
    return lambda: outcomes(simulate(services(), whole)["results"])


def _time(run: Run, rounds: int) -> float:
    """Return microseconds of CPU time for a decision, in the median round."""
    spent = []
    for _ in range(rounds + 1):
        start = process_time()
        run()
        spent.append(process_time() - start)
    return median(spent[1:]) / _FIRST * 1e6
