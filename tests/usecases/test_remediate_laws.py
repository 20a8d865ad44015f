"""Laws of plans, over the random cases of the reference: they work, open nothing in silence, and come undone."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.reference.generator import random_case
from why403.bootstrap import build
from why403.planning.draft import Draft, Step
from why403.usecases.remediate import Plan, remediate
from why403.usecases.simulate import simulate

SERVICES = build()
OBJECTS = "objects"
seeds = st.integers(min_value=0, max_value=2**32)


def denied(seed: int) -> tuple[dict[str, Any], Plan]:
    """Return a random case that is denied, and the plan for it."""
    case = random_case(random.Random(seed), unknowns=False)
    case.setdefault("context_is_complete", True)
    plan = plan_for(case)
    assume(plan.answer["proof"]["before"]["decision"] == "denied")
    return case, plan


def decided(case: Mapping[str, Any]) -> dict[str, Any]:
    (result,) = simulate(SERVICES, {"requests": [dict(case)]})["results"]
    return dict(result)


def plan_for(case: Mapping[str, Any]) -> Plan:
    return remediate(SERVICES, {"request": dict(case)})


def applied(case: Mapping[str, Any], steps: tuple[Step, ...]) -> dict[str, Any]:
    """Return the case with the changes made."""
    draft = Draft(steps)
    request = draft.request({name: held for name, held in case.items() if name != "evidence"})
    return {**request, "evidence": laid_over(case.get("evidence") or {}, draft.evidence())}


def laid_over(evidence: Mapping[str, Any], edits: Mapping[str, Any]) -> dict[str, Any]:
    objects = {key: dict(held) for key, held in (evidence.get(OBJECTS) or {}).items()}
    for key, held in (edits.get(OBJECTS) or {}).items():
        objects.setdefault(key, {}).update(held)
    found = {**evidence, **edits}
    return {**found, OBJECTS: objects} if objects else found


def undone(case: Mapping[str, Any], steps: tuple[Step, ...]) -> dict[str, Any]:
    """Return the facts of a changed case with every edit taken back, the last one first."""
    found = dict(case["evidence"])
    for step in reversed(steps):
        for edit in step.edits():
            if step.key is not None and edit.fact in step.own:
                found[OBJECTS] = {**found[OBJECTS], step.key: {**found[OBJECTS][step.key], edit.fact: edit.before}}
            else:
                found[edit.fact] = edit.before
    return found


def told(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return what evidence tells beside that there is none of something."""
    plain = {name: held for name, held in evidence.items() if held not in (None, [], {})}
    if OBJECTS in plain:
        plain[OBJECTS] = {key: told(held) for key, held in plain[OBJECTS].items()}
    return plain


@given(seeds)
def test_a_plan_that_is_proven_allows_the_call_when_it_is_applied(seed: int) -> None:
    case, plan = denied(seed)
    after = plan.answer["proof"]["after"]["decision"]
    if plan.answer["refused"]:
        assert plan.steps == ()
    elif after == "allowed":
        assert decided(applied(case, plan.steps))["decision"] == "allowed"
    elif after == "denied":
        assert plan.answer["applicability"] == "manual"
        assert any(each["who"] and each["steps"] for each in plan.answer["changes"])


@given(seeds)
def test_whatever_is_opened_is_named_and_makes_the_plan_one_to_review(seed: int) -> None:
    case, plan = denied(seed)
    proof = plan.answer["proof"]
    for canary in proof["still_denied"]:
        asked = {**case, "principal": canary["principal"], "action": canary["action"], "resource": canary["resource"]}
        assert canary["after"] == "denied", asked
    if plan.answer["refused"]:
        assert plan.answer["changes"] == []
        return
    if proof["newly_allowed"] or proof["undecided"]:
        assert plan.answer["applicability"] in {"review", "manual"}
    assert not any(each["principal"] == "anonymous" for each in proof["newly_allowed"])


@given(seeds)
def test_undoing_a_plan_gives_back_the_evidence(seed: int) -> None:
    case, plan = denied(seed)
    changed = applied(case, plan.steps)
    assert told(undone(changed, plan.steps)) == told(case.get("evidence") or {})


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_is_the_same_each_time(seed: int) -> None:
    case = random_case(random.Random(seed), unknowns=False)
    one, other = (plan_for(case).answer for _ in range(2))
    ids = ("id", "diagnosis")
    assert {**one, **dict.fromkeys(ids)} == {**other, **dict.fromkeys(ids)}
