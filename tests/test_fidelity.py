"""The page on what is followed and what is open tells every point there is, and names files that there are."""

import re
from pathlib import Path

import pytest

from tests.cases import from_yaml
from why403.domain.readings import POINTS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "fidelity.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| (U\d+) \| (.*) \|$", PAGE, re.MULTILINE))
PLACES = ("", "service/why403", "plugins")


def test_all_points_are_told_in_order() -> None:
    assert list(ROWS) == [f"U{number}" for number in range(1, 18)]


@pytest.mark.parametrize("point", POINTS)
def test_a_point_that_answers_name_is_told_with_its_readings(point: str) -> None:
    assert all(f"`{reading}`" in ROWS[point] for reading in POINTS[point].readings)
    assert "low_confidence" in ROWS[point]


def test_the_description_of_the_api_knows_the_readings() -> None:
    schemas = from_yaml((ROOT / "openapi.yaml").read_text("utf-8"))["components"]["schemas"]
    known = schemas["Evidence"]["properties"]["readings"]["anyOf"][0]["properties"]
    assert {name: tuple(held["enum"]) for name, held in known.items()} == {
        name: point.readings for name, point in POINTS.items() if point.readings
    }


def test_files_that_are_named_are_there() -> None:
    named = re.findall(r"`([\w/]+(?:\.py|/))`", PAGE)
    assert named
    assert not [each for each in named if not any((ROOT / place / each).exists() for place in PLACES)]
