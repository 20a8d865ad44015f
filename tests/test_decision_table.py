"""The decision table: every row is decided as it says."""

import pytest

from tests.cases import DATA, Case, answer, contradictions, of_folder, read

CASES = of_folder("decision_table")
ROWS = 180


def test_every_row_is_there_once() -> None:
    rows = [entry["row"] for path in (DATA / "decision_table").glob("*.yaml") for entry in read(path)]
    assert sorted(rows) == list(range(1, ROWS + 1))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_row_is_decided_as_it_says(case: Case) -> None:
    assert not contradictions(case, answer(case.request))
