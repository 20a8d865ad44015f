"""The laws of what layers propose, over all cases and incidents: it helps, or it names the person and the step."""

import random
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import of_folder, services
from tests.layers.fixing import stands
from tests.layers.tables import layer
from tests.layers.trying import Tried, body, faults, legs, tried
from tests.reference.generator import random_case
from tests.usecases.incidents import INCIDENTS
from why403.planning.draft import steps
from why403.testing import check_fixes
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
    """Return every fix that one of the layers proposes, tried, by the case it is for."""
    every = ((name, each) for name, asked in bodies().items() for each in tried(asked))
    return tuple((name, each) for name, each in every if each.blocked.blamed.layer.name in LAYERS)


def test_a_fix_takes_away_what_it_answers_or_names_the_person_and_the_step() -> None:
    assert {each.blocked.blamed.layer.name for _, each in all_tried()} == {*LAYERS}
    assert [(name, each.fix.summary, wrong) for name, each in all_tried() for wrong in faults(each)] == []


def test_every_cause_has_a_plan() -> None:
    """What is refused for a reason that is no policy ends in no refusal, or in the hands of somebody who is named."""
    for name in dict.fromkeys(name for name, _ in all_tried()):
        plan = remediate(services(), bodies()[name]).answer
        if plan["refused"]:  # it would let in anybody
            continue
        assert plan["changes"], name
        by_hand = [each for each in plan["changes"] if each["applicability"] == "manual"]
        assert all(each["who"] and (each["steps"] or each["commands"] or each["call"]) for each in by_hand), name
        assert plan["proof"]["after"]["decision"] != "denied" or by_hand, name


def test_no_certain_refusal_is_without_a_fix() -> None:
    for name, asked in bodies().items():
        decided = diagnosed(services(), asked).decided
        for blocked in () if decided is None else decided.blockers:
            if blocked.blamed.layer.name in LAYERS:
                assert steps(blocked), name


@pytest.mark.parametrize("name", LAYERS)
def test_the_fixes_of_a_layer_pass_the_suite(name: str) -> None:
    for folder in ("decision_table", "own_cases"):
        for case in of_folder(folder):
            for request in legs(case.request):
                check_fixes(layer(name), request)


@pytest.mark.parametrize("name", LAYERS)
def test_nothing_is_proposed_for_what_stands_in_nobody_s_way(name: str) -> None:
    found = layer(name)
    cases = [case for folder in ("decision_table", "own_cases") for case in of_folder(folder)]
    asked = [each for case in cases for each in legs(case.request)]
    harmless = [(each, claim) for each in asked for claim in found.judge(each, each.evidence) if not stands(claim)]
    assert harmless
    assert [fix.summary for each, claim in harmless for fix in found.propose(each, each.evidence, claim)] == []


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=60)
def test_fixes_of_random_calls_pass_the_suite(seed: int) -> None:
    for request in legs(random_case(random.Random(seed), unknowns=bool(seed % 2))):
        for name in LAYERS:
            check_fixes(layer(name), request)
