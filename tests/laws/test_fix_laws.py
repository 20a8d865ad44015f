"""Laws of plans, for random denials: they clear the way for the call alone, and taken back leave what was there."""

import json
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases import services
from tests.reference.generator import LAYERS, random_case
from why403.domain.fix import Applicability
from why403.domain.request import AccessRequest
from why403.domain.truth import TRUE
from why403.intake.evidence import observed
from why403.intake.request import asked_for
from why403.planning.canaries import Around, once
from why403.planning.search import Searched, search
from why403.testing import check_fixes
from why403.usecases.diagnose import Diagnosed, diagnosed
from why403.usecases.proving import Worlds

OF_POLICIES = (*(each for each in LAYERS if each not in {"acl", "block_public_access", "ownership"}), "rcp")
MINE = {*OF_POLICIES, "vpc_endpoint", "access_point"}
SEEDS = st.integers(0, 2**32 - 1)
EXAMPLES = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def denied(seed: int, *more: str) -> Diagnosed | None:
    """Return the diagnosis of a random case that policies refuse, None for a case that they do not."""
    case = random_case(random.Random(seed), unknowns=False, layers=(*OF_POLICIES, *more))
    request = {name: held for name, held in case.items() if name not in {"evidence", "evidence_is_complete"}}
    body: dict[str, Any] = {
        "request": {"context_is_complete": True, **request},
        "evidence": case["evidence"],
        "evidence_is_complete": case.get("evidence_is_complete", True),
        "collect": False,
    }
    found = diagnosed(services(), body)
    by_policy = found.answer["kind"] in {"explicit", "implicit"}
    return found if by_policy and request["principal"] != "anonymous" else None


def planned(seed: int) -> tuple[Worlds, Searched, dict[str, Any]] | None:
    found = denied(seed, "vpc_endpoint")
    if found is None:
        return None
    worlds = Worlds(services(), found)
    return worlds, search(worlds.decide), {fact.name: seen for fact, seen in found.seen.own.items()}


@EXAMPLES
@given(SEEDS)
def test_a_plan_leaves_nothing_that_a_policy_refuses(seed: int) -> None:
    made = planned(seed)
    if made is not None:
        left = made[1].decided.first
        assert left is None or made[1].by_hand or left.blamed.layer.name not in MINE


@EXAMPLES
@given(SEEDS)
def test_a_plan_that_is_taken_back_leaves_what_was_there(seed: int) -> None:
    made = planned(seed)
    if made is None:
        return
    _, found, facts = made
    before = {name: getattr(seen, "raw", None) for name, seen in facts.items()}
    edits = [edit for step in found.draft.steps for edit in step.edits()]
    now = {**before, **{edit.fact: edit.after for edit in edits}}
    for edit in reversed(edits):
        assert now[edit.fact] == edit.after
        now[edit.fact] = edit.before
    assert {name: now[name] for name in before} == before
    assert all(denials(edit.before) <= denials(edit.after) for edit in edits)


def denials(value: Any) -> int:
    """Return how many statements of the policies in a fact deny."""
    return json.dumps(value).replace("\\", "").count('"Effect": "Deny"')


def beside_legs(worlds: Worlds, found: Searched) -> list[Around]:
    """Return the requests around each leg of a call."""
    context, facts = worlds.found.known.request.get("context") or {}, services().registry.facts
    return [Around(leg.ruled.request, context, facts) for leg in found.decided.legs]


@EXAMPLES
@given(SEEDS)
def test_a_plan_lets_in_nobody_else(seed: int) -> None:
    made = planned(seed)
    if made is None:
        return
    worlds, found, _ = made
    around = beside_legs(worlds, found)
    others = once(each for one in around for each in one.canaries() if each.who.name)
    opened = [each["name"] for each in worlds.compared(others, found.draft) if each["after"] == TRUE != each["before"]]
    assert opened == []


@EXAMPLES
@given(SEEDS)
def test_a_safe_plan_opens_nothing_but_the_call(seed: int) -> None:
    made = planned(seed)
    if made is None or made[1].draft.cost[0] != Applicability.SAFE or made[1].decided.outcome != TRUE:
        return
    worlds, found, _ = made
    around = beside_legs(worlds, found)
    own = {(leg.ruled.request.action, leg.ruled.request.resource.arn) for leg in found.decided.legs}
    beside = once(each for one in around for each in one.neighbourhood() if (each.action, each.resource) not in own)
    opened = [each["name"] for each in worlds.compared(beside, found.draft) if each["after"] == TRUE != each["before"]]
    assert opened == []


@EXAMPLES
@given(SEEDS)
def test_every_layer_s_fixes_keep_the_rules_whatever_is_hidden(seed: int) -> None:
    case = random_case(random.Random(seed), unknowns=True, layers=(*OF_POLICIES, "vpc_endpoint", "access_point"))
    for request in asked(case):
        for layer in services().registry.layers:
            if layer.name in MINE:
                check_fixes(layer, request)


def asked(case: dict[str, Any]) -> Iterator[AccessRequest]:
    """Yield the legs of a random case."""
    facts = services().registry.facts
    evidence = observed(case["evidence"], facts).evidence(complete=case.get("evidence_is_complete", True))
    yield from (leg.request for leg in asked_for({"context_is_complete": True, **case}).legs(evidence, facts))
