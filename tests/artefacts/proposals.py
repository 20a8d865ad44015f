"""What the layers propose for every case and incident there is."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from tests.cases import Case, of_folder, services
from tests.usecases.incidents import INCIDENTS
from why403.domain.fix import Write
from why403.planning.draft import Step, steps
from why403.usecases.diagnose import diagnosed

_BESIDE = ("evidence", "evidence_is_complete")


class Proposed(NamedTuple):
    """One step that a layer proposes, and the case it does so for."""

    case: str
    step: Step


@cache
def proposals() -> tuple[Proposed, ...]:
    """Return all steps that are proposed for certain blockers."""
    return tuple(_proposals())


def bodies() -> dict[str, dict[str, Any]]:
    """Return what is sent for every case and incident, by its name."""
    cases = {each.id: _body(each) for folder in ("decision_table", "own_cases") for each in of_folder(folder)}
    return cases | {each["id"]: each["diagnose"] for each in INCIDENTS}


def _proposals() -> Iterator[Proposed]:
    for name, body in bodies().items():
        decided = diagnosed(services(), body).decided
        for blocked in () if decided is None else decided.blockers:
            for step in steps(blocked):
                yield Proposed(name, step)


def _body(case: Case) -> dict[str, Any]:
    beside = {name: case.request[name] for name in _BESIDE}
    return {"request": {name: held for name, held in case.request.items() if name not in _BESIDE}, **beside}


def writes() -> dict[str, Write]:
    """Return all writes that are proposed, made or taken back, each once, by a name."""
    found: dict[str, Write] = {}
    for case, step in proposals():
        for number, write in enumerate((*step.fix.writes, *step.fix.undo)):
            if write not in found.values():
                found[f"{case}: {step.layer}: {write.operation} {number}"] = write
    return found
