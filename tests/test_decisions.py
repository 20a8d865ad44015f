"""Generated requests are decided as expected, whole or brief, one by one or all in a body, as by the reference."""

from typing import Any

import pytest

from tests.cases import Case, answer, answers, generated
from tests.reference.evaluator import decide

CASES = generated()
REQUESTS = [case.request for case in CASES]
VERDICT = ("decision", "kind", "layer", "certainty")

Decision = dict[str, Any]


@pytest.fixture(scope="module")
def one_by_one() -> list[Decision]:
    """Every case in a body of its own."""
    return [answer(request) for request in REQUESTS]


def expected(case: Case) -> tuple[str, str | None]:
    return case.expected["decision"], case.expected.get("kind")


def test_there_are_enough_cases_of_every_outcome() -> None:
    assert len(CASES) > 1_000
    assert len({case.id for case in CASES}) == len(CASES)
    outcomes = [expected(case) for case in CASES]
    assert min(outcomes.count(outcome) for outcome in set(outcomes)) > 200
    assert set(outcomes) == {("allowed", None), ("denied", "explicit"), ("denied", "implicit")}


def test_the_engine_decides_as_expected(one_by_one: list[Decision]) -> None:
    decided = [(case.id, (found["decision"], found["kind"])) for case, found in zip(CASES, one_by_one, strict=True)]
    assert decided == [(case.id, expected(case)) for case in CASES]


def test_the_reference_decides_as_expected() -> None:
    decided = [(case.id, decide(case.request)[:2]) for case in CASES]
    assert decided == [(case.id, expected(case)) for case in CASES]


def test_the_verdict_alone_is_the_verdict_of_the_whole_answer(one_by_one: list[Decision]) -> None:
    brief = answers(REQUESTS, detail="decision")
    assert brief == [{member: found[member] for member in VERDICT} for found in one_by_one]


def test_a_body_of_all_cases_is_answered_as_bodies_of_one(one_by_one: list[Decision]) -> None:
    assert answers(REQUESTS) == one_by_one
