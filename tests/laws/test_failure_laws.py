"""The laws of failure: a layer that breaks causes doubt, never the opposite, and what broke stays in the log."""

import json
import logging
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.laws.claims import BOTH_SIDES, RELATIONS, layer, layers, relations, verdicts
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import KINDS, REACHES, Claim, Reach, Says, Verdict
from why403.engine.call import Decided, LegDecided
from why403.engine.decide import Engine
from why403.engine.explain import explained
from why403.engine.relation import Relation
from why403.layer import Layer, May

SECRET = "the exception's own text, with s3cr3t in it"
EXAMPLES = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fail(*_: object) -> NoReturn:
    raise RuntimeError(SECRET)


def failing_to_judge(one: Layer) -> Layer:
    return replace(one, judge=fail)


def failing_to_say_why(one: Layer) -> Layer:
    return replace(one, words=fail)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1)


def decided(built: list[Layer], relation: Relation) -> Decided:
    """Return the decision of these layers."""
    return Decided(legs=[LegDecided(ruled=Engine(tuple(built)).rule(RELATIONS[relation]))], asked="a call")


def broken(said: list[Verdict], which: int, how: Any) -> tuple[list[Layer], list[Layer]]:
    """Return layers, and the same with one that fails."""
    built = layers([*said, *BOTH_SIDES])
    which %= len(built)
    return built, [how(each) if number == which else each for number, each in enumerate(built)]


@EXAMPLES
@given(verdicts, relations, st.integers(0, 9))
def test_a_layer_that_fails_to_judge_yields_the_old_outcome_or_unknown(
    said: list[Verdict], relation: Relation, which: int
) -> None:
    whole, failed = (decided(each, relation).outcome for each in broken(said, which, failing_to_judge))
    assert failed in {UNKNOWN, whole}


@EXAMPLES
@given(verdicts, relations, st.integers(0, 9))
def test_a_layer_that_fails_to_say_why_changes_no_decision(said: list[Verdict], relation: Relation, which: int) -> None:
    whole, failed = (explained(decided(each, relation)) for each in broken(said, which, failing_to_say_why))
    for member in ("decision", "kind", "layer", "certainty", "granted_by"):
        assert failed[member] == whole[member]


@EXAMPLES
@given(verdicts, relations, st.integers(0, 9), st.sampled_from((failing_to_judge, failing_to_say_why)))
def test_what_broke_is_never_in_an_answer(said: list[Verdict], relation: Relation, which: int, how: Any) -> None:
    _, failed = broken(said, which, how)
    answer = json.dumps(explained(decided(failed, relation)))
    assert "s3cr3t" not in answer
    assert "RuntimeError" not in answer


def test_a_layer_that_could_have_denied_may_have_denied() -> None:
    allowing = layer("allowing", (Claim(Says.GRANT, TRUE, Reach.ATTACHED),))
    denying = failing_to_judge(layer("denying", (Claim(Says.DENIAL, FALSE),)))
    found = explained(decided([allowing, denying], Relation.SAME))
    assert (found["decision"], found["layer"]) == ("unknown", None)
    assert found["doubts"] == [
        {
            "layer": "denying",
            "because": "the layer `denying` failed, so what it would say is not known",
            "needs": None,
        }
    ]


def test_a_layer_that_could_only_have_granted_denies_nothing() -> None:
    allowing = layer("allowing", (Claim(Says.GRANT, TRUE, Reach.ATTACHED),))
    granting = failing_to_judge(layer("granting", (Claim(Says.GRANT, FALSE, Reach.DIRECT),)))
    assert decided([allowing, granting], Relation.SAME).outcome == TRUE


def test_another_layer_s_denial_stands() -> None:
    denying = layer("denying", (Claim(Says.DENIAL, TRUE),))
    granting = failing_to_judge(layer("granting", (Claim(Says.GRANT, TRUE, Reach.DIRECT),)))
    assert decided([denying, granting], Relation.SAME).outcome == FALSE


def test_a_blocker_without_words_is_named_all_the_same() -> None:
    denying = failing_to_say_why(layer("denying", (Claim(Says.DENIAL, TRUE),)))
    found = explained(decided([denying], Relation.SAME))
    assert (found["decision"], found["layer"], found["kind"]) == ("denied", "denying", "explicit")
    assert found["blockers"][0]["because"] == "the layer `denying` decides this, but failed to say why"
    assert found["blockers"][0]["citations"] == []


@pytest.mark.parametrize(("how", "phase"), [(failing_to_judge, "judge"), (failing_to_say_why, "words")])
def test_the_log_and_the_one_who_counts_learn_of_it(how: Any, phase: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    told: list[tuple[str, str]] = []
    engine = Engine((how(layer("denying", (Claim(Says.DENIAL, TRUE),))),), lambda *what: told.append(what))
    leg = LegDecided(ruled=engine.rule(RELATIONS[Relation.SAME]), tell=engine.tell)
    explained(Decided(legs=[leg], asked="a call"))
    assert set(told) == {("denying", phase)}
    assert "layer denying failed" in caplog.text
    assert SECRET in caplog.text


@pytest.mark.parametrize("may", May)
def test_what_stands_for_a_layer_is_all_it_may_say(may: May) -> None:
    one = replace(layer("one", ()), may=frozenset({may}))
    stands = {(claim.says, claim.reach) for claim in one.everything_unknown()}
    assert all(claim.holds == UNKNOWN for claim in one.everything_unknown())
    sayable = {
        (says, reach) for says in KINDS for reach in (0, *REACHES) if one.allowed_to_say(Claim(says, TRUE, reach))
    }
    for says, reach in sayable:
        kind = Says.DENIAL if says == Says.YIELDING_DENIAL else says
        assert any(kind == other and reach & ~covered == 0 for other, covered in stands)
