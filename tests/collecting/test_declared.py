"""Reads as values: equal ones are one, whatever the order in which their parameters are written."""

import pytest

from tests.gathering.making import LOOK
from why403 import ABSENT, ORGANIZATION, CannotTell, Found, Unreadable, value_of

HOME = "111122223333"


def test_equal_reads_are_one() -> None:
    assert LOOK.read(account=HOME, b=[1, {"x": 1, "y": 2}], a="1") == LOOK.read(
        account=HOME, a="1", b=[1, {"y": 2, "x": 1}]
    )
    assert len({LOOK.read(a=1), LOOK.read(a="1"), LOOK.read(a=1, account=HOME), LOOK.read(a=1, region="x")}) == 4


def test_a_read_has_its_parameters_as_they_were_written() -> None:
    assert LOOK.read(b=[1, {"x": None}], a="é").parameters == {"a": "é", "b": [1, {"x": None}]}


def test_a_read_is_made_in_an_account() -> None:
    with pytest.raises(ValueError, match="in an account"):
        LOOK.read(account="")


@pytest.mark.parametrize(
    ("where", "account", "named"),
    [(HOME, None, HOME), (None, None, None), (ORGANIZATION, None, None), (ORGANIZATION, HOME, HOME)],
)
def test_what_is_unreadable_names_call_permission_and_account(
    where: str | None, account: str | None, named: str | None
) -> None:
    seen = LOOK.read(account=where).unreadable("was refused", account)
    assert seen == Unreadable("moon:Look was refused", "moon:Look", call="moon:Look", account=named)


def test_a_value_is_taken_out_of_what_was_found() -> None:
    assert value_of(Found(7)) == 7
    assert value_of(Found(7), absent=0) == 7
    assert value_of(ABSENT, absent=None) is None


@pytest.mark.parametrize("absent", [{}, {"absent": 0}], ids=["none", "some"])
def test_what_is_not_known_has_no_value(absent: dict[str, int]) -> None:
    clouds = Unreadable("clouds")
    with pytest.raises(CannotTell) as caught:
        value_of(clouds, **absent)
    assert caught.value.seen is clouds


def test_an_absence_that_nobody_expects_is_not_known() -> None:
    with pytest.raises(CannotTell):
        value_of(ABSENT)
