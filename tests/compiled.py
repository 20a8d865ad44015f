"""Answers of the compiled form beside those of plain Python: `python -m tests.compiled PLACE [COUNT [SEED]]`.

PLACE is where `make compile` installed it. In both forms every case kept as data is decided, cases drawn at random are
decided and diagnosed, and the same again with one of their values replaced by what may not stand there. What is not
answered, or refused, in exactly the same words is an error.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

from tests.bench.refusals import asked, pasted
from tests.cases import of_folder, services
from tests.reference.generator import MORE_LAYERS, random_case
from tests.seeding import SEED
from why403.bootstrap import COMPILED, FORM, PLAIN
from why403.domain.errors import InvalidInput
from why403.usecases.diagnose import diagnose
from why403.usecases.simulate import simulate

COUNT: Final = 1500
_HERE: Final = Path(__file__).parents[1]
_SOURCES: Final = f"{_HERE / 'service'}{os.pathsep}{_HERE / 'plugins'}"
_STRANGE: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "*",
    "arn:aws:s3:::b\x00\ud800",
    [],
    [[]],
    {},
    {"unknown": True},
)
_TAKEN: Final = 60  # of the refusals of the benchmark
_SHOWN: Final = 150
_MOST: Final = 20


def bodies(cases: int, seed: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is asked: the use case and a body."""
    for case in chain(of_folder("decision_table"), of_folder("own_cases")):
        yield "simulate", {"requests": [case.request]}
    for each in (*asked()[:_TAKEN], *pasted()[:_TAKEN]):
        yield "diagnose", each
    for number in range(cases):
        rng = random.Random(f"{seed} {number}")
        body = _drawn(rng)
        yield "simulate", body
        yield "simulate", _damaged(rng, body)
        yield "diagnose", _damaged(rng, {"error": "An error occurred (AccessDenied)", **_refusal(body)})


def _drawn(rng: random.Random) -> dict[str, Any]:
    return {"requests": [random_case(rng, unknowns=rng.random() < 0.5, layers=MORE_LAYERS)]}


def _refusal(body: dict[str, Any]) -> dict[str, Any]:
    case: dict[str, Any] = body["requests"][0]
    return {"evidence": case.get("evidence", {}), "request": {k: v for k, v in case.items() if k != "evidence"}}


def _damaged(rng: random.Random, body: dict[str, Any]) -> dict[str, Any]:
    """Return a copy in which one value, at any depth, is of a kind that may not stand there."""
    copy: dict[str, Any] = json.loads(json.dumps(body))
    holder, name = rng.choice(list(_places(copy)))
    holder[name] = rng.choice(_STRANGE)
    return copy


def _places(held: Any) -> Iterator[tuple[Any, Any]]:
    inside = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    for name, value in inside:
        yield held, name
        yield from _places(value)


def answered(use_case: str, body: dict[str, Any]) -> Any:
    """Return what is answered, or the faults that are told, or how it failed."""
    try:
        if use_case == "simulate":
            return simulate(services(), body)
        return {**diagnose(services(), body), "id": "another each time"}
    except InvalidInput as error:
        return {"faults": [list(fault) for fault in error.faults]}
    except Exception as error:  # noqa: BLE001 - both forms fail alike, or they differ
        return {"failed": type(error).__name__}


def compared(place: str, cases: int, seed: str) -> Iterator[str]:
    """Yield every difference between the two forms."""
    answers = [_answers(path, cases, seed) for path in (_SOURCES, place)]
    if [each[0] for each in answers] != [PLAIN, COMPILED]:
        yield f"these are not the two forms, but {[each[0] for each in answers]}"
    for number, (body, plain, other) in enumerate(
        zip(bodies(cases, seed), *(each[1:] for each in answers), strict=True)
    ):
        if plain != other:
            at = max(0, len(os.path.commonprefix([plain, other])) - _SHOWN)  # noqa: RUF071 - of texts
            shown = "".join(f"\n  {text[at : at + 2 * _SHOWN]}" for text in (plain, other))
            yield f"{number}, {repr(body)[: 4 * _SHOWN]}{shown}"


def _answers(path: str, cases: int, seed: str) -> list[str]:
    """Return the form that a process with this path has, and its answers, a line each."""
    command = [sys.executable, "-m", "tests.compiled", "--answers", str(cases), seed]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=True, stdout=subprocess.PIPE, text=True)
    return run.stdout.splitlines()


def main() -> int:
    """Print every difference and how much was compared; or, as the process asked by that, the answers."""
    place, *numbers = sys.argv[1:]
    cases, seed = int(next(iter(numbers), COUNT)), next(iter(numbers[1:]), SEED)
    if place == "--answers":
        print(FORM)
        for each in bodies(cases, seed):
            print(json.dumps(answered(*each), default=repr, sort_keys=True))
        return 0
    differences = list(compared(place, cases, seed))
    print(*differences[:_MOST], sep="\n")
    print(f"{sum(1 for _ in bodies(cases, seed)):,} answers compared, {len(differences)} differ; the seed is {seed}")
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
