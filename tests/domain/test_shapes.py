"""Shapes: what they take, and every fault of what they do not take, where it stands."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from why403.domain.errors import InvalidInput
from why403.domain.facts import flag, text
from why403.domain.lengths import LONGEST_TEXT, TOO_LONG
from why403.domain.shapes import Load, listed, mapped, members, moment, string

POINT = members({"x": text}, {"y": flag, "z": listed(text)})


def faults(load: Load[Any], value: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        load(value)
    return [(fault.pointer, fault.message) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-23T10:00:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23T10:00:00", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23T10:00:00.5+02:00", datetime(2026, 11, 23, 10, 0, 0, 500_000, timezone(timedelta(hours=2)))),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_utc(written: str, meant: datetime) -> None:
    assert moment(written) == meant
    assert moment(written).tzinfo is not None


@pytest.mark.parametrize("value", ["", "tomorrow", "2026-13-01", 1_790_000_000, None, {}])
def test_what_is_no_time_is_refused(value: object) -> None:
    assert faults(moment, value) == [("", "must be an ISO 8601 time as a string")]


def test_a_string_may_be_empty_but_not_of_any_length() -> None:
    assert string("") == ""
    assert faults(string, 5) == [("", "must be a string")]
    assert faults(string, "x" * (LONGEST_TEXT + 1)) == [("", TOO_LONG)]


def test_elements_are_loaded_in_order() -> None:
    assert listed(text)(["b", "a"]) == ("b", "a")
    assert listed(text)([]) == ()
    assert mapped(flag)({"b": True, "a": False}) == {"b": True, "a": False}


@pytest.mark.parametrize(("load", "value"), [(listed(text), {}), (listed(text), "ab"), (mapped(text), [])])
def test_what_is_neither_list_nor_object_is_refused_as_a_whole(load: Load[Any], value: object) -> None:
    ((pointer, message),) = faults(load, value)
    assert pointer == ""
    assert message in {"must be a list", "must be an object"}


def test_every_wrong_element_is_told() -> None:
    assert [pointer for pointer, _ in faults(listed(text), ["a", 1, "", "b"])] == ["/1", "/2"]
    assert [pointer for pointer, _ in faults(mapped(text), {"a/b": 1, "c": "d", "~": ""})] == ["/a~1b", "/~0"]


def test_optional_members_that_are_missing_or_null_are_none() -> None:
    assert POINT({"x": "1"}) == POINT({"x": "1", "y": None}) == {"x": "1", "y": None, "z": None}
    assert POINT({"z": ["2"], "y": False, "x": "1"}) == {"x": "1", "y": False, "z": ("2",)}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([], [("", "must be an object of `x`, `y`, `z`")]),
        ({}, [("", "`x` is missing")]),
        ({"x": None}, [("/x", "must be a string that is not empty")]),
        ({"y": True, "a/b": 1}, [("", "`x` is missing"), ("/a~1b", "`a/b` is no member; known are `x`, `y`, `z`")]),
        (
            {"x": "", "y": 1, "z": ["", "a"]},
            [
                ("/x", "must be a string that is not empty"),
                ("/y", "must be true or false"),
                ("/z/0", "must be a string that is not empty"),
            ],
        ),
    ],
)
def test_a_missing_member_is_a_fault_of_its_object_and_a_wrong_one_its_own(value: object, found: object) -> None:
    assert faults(POINT, value) == found
