"""The search for fixes: the smallest combination that clears the way, and honest where none does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.planning.doors import MANUAL, NOT_KNOWN, REVIEW, SAFE, Door, by_hand, fix
from why403.domain.fix import Applicability, Fix
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.engine.decide import Engine
from why403.planning.draft import Draft
from why403.planning.search import MOST_DECISIONS, Searched, search

A, B = {"a": False}, {"a": False, "b": False}


def summaries(found: Searched) -> list[str]:
    return [step.fix.summary for step in found.draft.steps]


@pytest.mark.parametrize(
    ("locks", "fixes", "expected"),
    [
        ({}, {}, []),
        ({"a": True}, {"a": [fix("a")]}, []),
        (A, {"a": [fix("a")]}, ["open a"]),
        (B, {"a": [fix("a")], "b": [fix("b")]}, ["open a", "open b"]),
        # one that mends two is smaller than two
        (B, {"a": [fix("a"), fix("a", "b")], "b": [fix("b")]}, ["open a and b"]),
        # a better grade goes before a smaller number
        (B, {"a": [fix("a", grade=SAFE), fix("a", "b")], "b": [fix("b", grade=SAFE)]}, ["open a", "open b"]),
        (A, {"a": [fix("a", grade=MANUAL), fix("a", grade=REVIEW, summary="ask")]}, ["ask"]),
        # one that promises and does not help is left behind
        (A, {"a": [fix("other", grade=SAFE), fix("a")]}, ["open a"]),
    ],
)
def test_the_smallest_combination_is_found(
    locks: Mapping[str, Any], fixes: Mapping[str, Sequence[Fix]], expected: list[str]
) -> None:
    door = Door({**locks, "other": True}, fixes)
    found = search(door.decide)
    assert (found.decided.outcome, summaries(found)) == (TRUE, expected)


def test_what_is_left_to_hands_lets_the_rest_be_mended() -> None:
    door = Door(B, {"a": [by_hand("call the locksmith")], "b": [fix("b")]})
    found = search(door.decide)
    assert found.by_hand
    assert (found.decided.outcome, summaries(found)) == (FALSE, ["call the locksmith", "open b"])


def test_an_edit_goes_before_hands() -> None:
    door = Door(A, {"a": [by_hand("call the locksmith"), fix("a", grade=MANUAL)]})
    assert summaries(search(door.decide)) == ["open a"]


def test_what_no_layer_mends_is_left_to_whoever_looks_after_it_and_the_rest_is_mended() -> None:
    found = search(Door(B, {"b": [fix("b")]}).decide)
    assert (found.decided.outcome, found.by_hand) == (FALSE, True)
    left, mended = found.draft.steps
    assert (left.fix.who, left.fix.steps) == ("whoever looks after it", ("a claim of limit",))
    assert mended.fix.summary == "open b"


def test_a_fix_that_does_not_help_is_not_taken_again_and_again() -> None:
    def useless(*_: Any) -> Any:
        yield fix("other", summary="try it")

    door = Door({"a": False, "other": False})
    door.engine = Engine(tuple(replace(each, propose=useless) for each in door.engine.layers))
    found = search(door.decide)
    assert found.decided.outcome == FALSE
    assert door.decisions < 10


def test_what_is_not_known_stays_a_doubt() -> None:
    found = search(Door({"a": False, "b": NOT_KNOWN}, {"a": [fix("a")]}).decide)
    assert (found.decided.outcome, summaries(found)) == (UNKNOWN, ["open a"])


def test_while_the_outcome_is_open_what_refuses_is_mended_all_the_same() -> None:
    door = Door({"b": NOT_KNOWN}, {}, granted=FALSE)
    key = door.engine.layers[-1]
    door.engine = Engine((*door.engine.layers[:-1], replace(key, propose=lambda *_: iter([fix("b")]))))
    assert search(door.decide).decided.outcome == FALSE  # the key itself is missing for certain


def test_a_fix_that_is_not_wanted_is_not_taken() -> None:
    door = Door(A, {"a": [fix("a", grade=SAFE, public=True), fix("a", summary="ask")]})
    assert summaries(search(door.decide, lambda step: not step.fix.public)) == ["ask"]
    assert summaries(search(door.decide)) == ["open a"]


def test_a_layer_that_fails_to_propose_leaves_the_decision() -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    door, told = Door(A), []
    door.engine = Engine(tuple(replace(each, propose=broken) for each in door.engine.layers))
    decide = door.decide

    def listening(draft: Draft) -> Any:
        decided = decide(draft)
        for leg in decided.legs:
            leg.tell = lambda layer, phase: told.append((layer, phase))
        return decided

    found = search(listening)
    assert (found.decided.outcome, found.by_hand) == (FALSE, True)
    assert ("a", "propose") in told


def test_many_blockers_with_many_fixes_are_mended_within_the_bound() -> None:
    names = [f"lock{n}" for n in range(12)]
    fixes = {name: [fix(name), fix(name, summary="another way"), fix(name, grade=MANUAL)] for name in names}
    door = Door(dict.fromkeys(names, False), fixes)
    found = search(door.decide)
    assert (found.decided.outcome, len(found.draft.steps)) == (TRUE, 12)
    assert door.decisions <= 2 * MOST_DECISIONS


def test_many_blockers_that_only_hands_mend_are_found_within_the_bound() -> None:
    names = [f"lock{n}" for n in range(10)]
    hands = {name: [by_hand(f"see to {name}"), fix(name, grade=MANUAL)] for name in names[5:]}
    fixes = {name: [fix(name), fix(name, summary="another way"), fix(name, summary="a third")] for name in names[:5]}
    found = search(Door(dict.fromkeys(names, False), fixes | hands).decide)
    assert (found.decided.outcome, len(found.draft.steps)) == (TRUE, 10)


def test_steps_that_a_plan_can_do_without_are_left_out() -> None:
    names, others = [f"lock{n}" for n in range(10)], [f"other{n}" for n in range(10)]
    fixes = {name: [fix(other, grade=SAFE), fix(name, grade=SAFE)] for name, other in zip(names, others, strict=True)}
    found = search(Door({**dict.fromkeys(names, False), **dict.fromkeys(others, True)}, fixes).decide)
    assert found.decided.outcome == TRUE
    assert summaries(found) == [f"open {name}" for name in names]


NAMES = "abc"
some_fixes = st.lists(
    st.builds(
        lambda opens, grade: fix(*sorted(opens), grade=grade),
        st.sets(st.sampled_from(NAMES), min_size=1),
        st.sampled_from(list(Applicability)),
    ),
    max_size=2,
)


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, some_fixes)))
def test_no_combination_of_proposed_fixes_is_cheaper(fixes: Mapping[str, Sequence[Fix]]) -> None:
    found = search(Door(dict.fromkeys(NAMES, False), fixes).decide)
    best = min(all_ways(fixes, ()), default=None)
    if best is None:
        assert found.by_hand or found.decided.outcome == TRUE  # past what no layer mends there may be a way
    else:
        assert found.decided.outcome == TRUE
        assert found.draft.cost <= best


def all_ways(fixes: Mapping[str, Sequence[Fix]], taken: tuple[Fix, ...]) -> Iterator[tuple[int, int, int]]:
    """Yield what each way costs that opens all locks, always with a fix for the first that is closed."""
    opened = {edit.fact for each in taken for edit in each.edits}
    closed = next((name for name in NAMES if name not in opened), None)
    if closed is None:
        grades = [each.applicability for each in taken]
        yield max(grades), sum(grades), len(grades)
        return
    for each in fixes[closed]:
        if each not in taken:
            yield from all_ways(fixes, (*taken, each))
