"""The laws of what layers propose, over all cases and incidents: it helps, or it names the person and the step."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from tests.cases import of_folder, services
from tests.layers.trying import Tried, body, faults, tried
from tests.usecases.incidents import INCIDENTS
from why403.planning.draft import steps
from why403.usecases.diagnose import diagnosed
from why403.usecases.remediate import remediate

LAYERS = (
    "acl",
    "authentication",
    "block_public_access",
    "directory_bucket",
    "kms",
    "object_state",
    "ownership",
    "request_payment",
)


@cache
def bodies() -> Mapping[str, dict[str, Any]]:
    cases = {each.id: body(each.request) for folder in ("decision_table", "own_cases") for each in of_folder(folder)}
    return cases | {each["id"]: each["diagnose"] for each in INCIDENTS}


@cache
def all_tried() -> tuple[tuple[str, Tried], ...]:
    """Return every fix that is proposed, tried, by the case it is for."""
    return tuple((name, each) for name, asked in bodies().items() for each in tried(asked))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_fix_takes_away_what_it_answers_or_names_the_person_and_the_step(layer: str) -> None:
    found = [(name, each) for name, each in all_tried() if each.blocked.blamed.layer.name == layer]
    assert found
    assert [(name, each.fix.summary, wrong) for name, each in found for wrong in faults(each)] == []


@pytest.mark.parametrize("layer", LAYERS)
def test_every_cause_of_a_layer_has_a_plan(layer: str) -> None:
    """What is refused for a reason that is no policy ends in no refusal, or in the hands of somebody who is named."""
    planned = dict.fromkeys(name for name, each in all_tried() if each.blocked.blamed.layer.name == layer)
    for name in planned:
        plan = remediate(services(), bodies()[name]).answer
        if plan["refused"]:  # it would let in anybody
            continue
        assert plan["changes"], name
        by_hand = [each for each in plan["changes"] if each["applicability"] == "manual"]
        assert all(each["who"] and (each["steps"] or each["commands"] or each["call"]) for each in by_hand), name
        assert plan["proof"]["after"]["decision"] != "denied" or by_hand, name


@pytest.mark.parametrize("layer", LAYERS)
def test_no_certain_refusal_of_a_layer_is_without_a_fix(layer: str) -> None:
    for name, asked in bodies().items():
        decided = diagnosed(services(), asked).decided
        for blocked in () if decided is None else decided.blockers:
            if blocked.blamed.layer.name == layer:
                assert steps(blocked), name
