"""The laws of failure: a layer that breaks causes doubt, never the opposite, and what broke stays in the log."""

import json
import logging
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.laws.claims import BOTH_SIDES, RELATIONS, layer, layers, relations, verdicts
from tests.layers.tables import allow, policy
from tests.layers.tables import layer as loaded
from why403.domain.evidence import Evidence
from why403.domain.remembered import LONGEST
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import KINDS, REACHES, Claim, Reach, Says, Shown, Verdict, Words
from why403.engine.call import Decided, LegDecided
from why403.engine.confidence import low_confidence
from why403.engine.decide import Engine
from why403.engine.explain import explained
from why403.engine.relation import Relation
from why403.engine.settle import Budget
from why403.engine.warn import warnings
from why403.layer import Layer, May, Warned
from why403.testing import a_request
from why403_layers.identity import POLICIES

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


def test_layers_in_doubt_for_the_same_reason_are_all_told() -> None:
    said = Words(because="the moon is hidden")
    built = [replace(layer(name, (Claim(Says.DENIAL, UNKNOWN),)), words=lambda *_: said) for name in ("one", "two")]
    found = explained(decided([layer("allowing", (Claim(Says.GRANT, TRUE, Reach.ATTACHED),)), *built], Relation.SAME))
    assert [each["layer"] for each in found["doubts"]] == ["one", "two"]


def test_a_layer_that_could_only_have_granted_denies_nothing() -> None:
    allowing = layer("allowing", (Claim(Says.GRANT, TRUE, Reach.ATTACHED),))
    granting = failing_to_judge(layer("granting", (Claim(Says.GRANT, FALSE, Reach.DIRECT),)))
    assert decided([allowing, granting], Relation.SAME).outcome == TRUE


DENIES: Verdict = (Claim(Says.DENIAL, TRUE),)
NO_VERDICTS: dict[str, Any] = {
    "nothing": None,
    "a list": [*DENIES],
    "no claim": ("denied",),
    "a claim that holds to no known degree": (Claim(Says.DENIAL, 3),),
    "a claim of a kind that it never said it would make": (Claim(Says.REQUIREMENT, FALSE),),
    "a note that cannot be kept": (Claim(Says.DENIAL, TRUE, about=[]),),
}


@pytest.mark.parametrize("verdict", NO_VERDICTS.values(), ids=NO_VERDICTS)
def test_what_is_no_verdict_is_a_failure(verdict: Any) -> None:
    allowing = layer("allowing", (Claim(Says.GRANT, TRUE, Reach.ATTACHED),))
    failing = replace(layer("denying", DENIES), judge=lambda _request, _evidence: verdict)
    found = explained(decided([allowing, failing], Relation.SAME))
    assert found["decision"] == "unknown"
    assert [each["because"] for each in found["doubts"]] == [
        "the layer `denying` failed, so what it would say is not known"
    ]


NO_WORDS: dict[str, Any] = {
    "text": "it is denied",
    "nothing": None,
    "an answer that hangs on what is no resource": Words(
        because="", shown_to=Shown(actions=("s3:ListBucket",), resource="reports")
    ),
}


@pytest.mark.parametrize("words", NO_WORDS.values(), ids=NO_WORDS)
def test_what_are_no_words_is_a_failure_to_say_why(words: Any) -> None:
    failing = replace(layer("denying", DENIES), words=lambda _request, _evidence, _claim: words)
    (blocker,) = explained(decided([failing], Relation.SAME))["blockers"]
    assert blocker["because"] == "the layer `denying` decides this, but failed to say why"


def test_no_values_are_tried_where_a_layer_fails_to_say_which() -> None:
    key = "aws:useragent"

    def looking(request: AccessRequest, _evidence: Evidence) -> Verdict:
        return (Claim(Says.DENIAL, UNKNOWN if request.context[key] is None else FALSE),)

    def outcome(asks: Any) -> int:
        statements = [policy(allow(Condition={test: {key: "x"}})) for test in ("StringEquals", "StringNotEquals")]
        request = a_request(facts={POLICIES: statements}, keys={key: None})
        own = replace(layer("looking", DENIES), judge=looking, asks=asks)
        return Engine((loaded("identity"), own)).decide(request, Budget()).outcome

    assert outcome(lambda _request: {key: ()}) == TRUE
    assert outcome(fail) == UNKNOWN


@pytest.mark.parametrize(("note", "kept"), [("n" * LONGEST, True), ("n" * (LONGEST + 1), False)])
def test_a_note_of_any_length_is_told_and_a_long_one_is_not_kept(note: str, kept: bool) -> None:
    engine = Engine((layer("denying", (Claim(Says.DENIAL, TRUE, about=note),)),))
    request = a_request()
    first, second = engine.rule(request), engine.rule(request)
    assert (first.conclusion is second.conclusion) is kept
    assert [each.claim.about for each in second.blockers] == [note]


@pytest.mark.parametrize(("name", "times"), [("b" * LONGEST, 1), ("b" * (LONGEST + 1), 2)])
def test_warnings_are_told_of_any_bucket_and_kept_unless_its_name_is_long(name: str, times: int) -> None:
    asked = []

    def warn(request: AccessRequest, _evidence: Evidence) -> list[Warned]:
        asked.append(request)
        return [Warned("moon.phase", "", "it wanes")]

    request = a_request(resource=f"arn:aws:s3:::{name}")
    warning = replace(layer("moon", ()), warnings=warn)
    told = [{"fact": "moon.phase", "pointer": "", "message": "it wanes"}]
    assert [warnings([warning], [request]) for _ in range(2)] == [told, told]
    assert len(asked) == times


def test_a_point_that_nobody_knows_of_is_not_told() -> None:
    known, unknown = ([replace(layer("one", ()), disputed=lambda *_, at=point: [at])] for point in ("U5", "U999"))
    request = RELATIONS[Relation.SAME]
    assert [each["point"] for each in low_confidence(known, [request], TRUE, lambda *_: FALSE)] == ["U5"]
    assert low_confidence(unknown, [request], TRUE, lambda *_: FALSE) == []


def test_what_no_layer_speaks_of_is_denied_for_want_of_one() -> None:
    found = explained(decided([], Relation.SAME))
    assert (found["decision"], found["kind"], found["layer"]) == ("denied", "implicit", None)
    assert found["summary"] == "Denied: no loaded layer can allow a call."


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
