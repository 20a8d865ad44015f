"""Every reason that layers give in cases and decisions is a clause."""

import pytest

from tests.cases import answer, generated, of_folder
from tests.laws.wording import is_clause

TOLD = ("blockers", "doubts", "passed")


@pytest.mark.parametrize("folder", ["decision_table", "own_cases"])
def test_what_layers_say_is_a_clause(folder: str) -> None:
    answers = ((case.id, answer(case.request)) for case in of_folder(folder))
    said = [(id_, each["because"]) for id_, found in answers for name in TOLD for each in found[name]]
    assert said
    assert [each for each in said if not is_clause(each[1])] == []


def test_so_it_is_in_generated_cases() -> None:
    said = {each["because"] for case in generated() for name in TOLD for each in answer(case.request)[name]}
    assert said
    assert [each for each in said if not is_clause(each)] == []


@pytest.mark.parametrize(
    "text",
    ["", "The bucket", "THE BUCKET", "XXthe bucketXX", "the  bucket", "the bucket.", " the bucket", "S4 refuses"],
)
def test_what_is_no_clause(text: str) -> None:
    assert not is_clause(text)
