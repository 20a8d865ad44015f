"""Typical diagnoses look as they did when somebody last read them."""

import copy

import pytest

from tests.rendering.golden_files import GOLDEN, NAMES, SHOWN, diagnosis

every_example = pytest.mark.parametrize("name", NAMES)
every_form = pytest.mark.parametrize("ending", SHOWN)


def test_there_are_examples() -> None:
    assert len(NAMES) >= 6


@every_example
@every_form
def test_an_example_looks_as_it_did(name: str, ending: str) -> None:
    assert SHOWN[ending](diagnosis(name)) == (GOLDEN / f"{name}.{ending}").read_text("utf-8")


@every_example
@every_form
def test_showing_changes_nothing(name: str, ending: str) -> None:
    given = diagnosis(name)
    kept = copy.deepcopy(given)
    assert SHOWN[ending](given) == SHOWN[ending](given)
    assert given == kept


@every_form
def test_nothing_known_is_still_shown(ending: str) -> None:
    assert "S3" in SHOWN[ending]({})
