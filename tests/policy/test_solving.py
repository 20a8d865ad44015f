"""For each condition that some value can meet a value is found that meets it, and one that does not."""

import pytest

from tests.policy.asking import asked
from why403.domain.truth import FALSE, TRUE
from why403.policy.condition import Condition
from why403.policy.solving import solutions

CONTEXT = {"aws:username": ("bob",), "aws:principaltag/none": ()}


def tried(operator: str, *values: str) -> set[int]:
    context = asked(context=CONTEXT).context
    condition = Condition(operator, "aws:x", values, variables=True)
    return {condition.holds({**context, "aws:x": each}) for each in solutions(condition, context)}


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("StringEquals", ["a"]),
        ("StringEquals", ["a", "b"]),
        ("StringNotEquals", ["a"]),
        ("StringEqualsIgnoreCase", ["A"]),
        ("StringLike", ["a*b?c"]),
        ("StringLike", ["*a*"]),
        ("StringNotLike", ["vpc-*"]),
        ("StringLike", ["home/${aws:username}/*"]),
        ("StringEquals", ["${aws:username}"]),
        ("StringEquals", ["${aws:PrincipalTag/none, 'common'}"]),
        ("StringEquals", ["${*}"]),
        ("ArnLike", ["arn:aws:iam::*:role/app-*"]),
        ("ArnNotEquals", ["arn:aws:iam::111122223333:role/app"]),
        ("Bool", ["true"]),
        ("Bool", ["false"]),
        ("BoolIfExists", ["false"]),
        ("Null", ["true"]),
        ("Null", ["false"]),
        ("NumericEquals", ["10"]),
        ("NumericNotEquals", ["10"]),
        ("NumericLessThan", ["10"]),
        ("NumericLessThanEquals", ["1.5"]),
        ("NumericGreaterThan", ["600000"]),
        ("DateLessThan", ["2026-01-01T00:00:00Z"]),
        ("DateGreaterThan", ["2026-01-01"]),
        ("DateGreaterThanEquals", ["1767225600"]),
        ("IpAddress", ["203.0.113.0/24"]),
        ("IpAddress", ["2001:db8::/32"]),
        ("NotIpAddress", ["192.0.2.0/24", "198.51.100.0/24"]),
        ("BinaryEquals", ["YQ=="]),
        ("ForAnyValue:StringEquals", ["a", "b"]),
        ("ForAllValues:StringNotEquals", ["a", "b"]),
        ("ForAllValues:StringLike", ["a*"]),
    ],
)
def test_both_a_value_that_meets_it_and_one_that_does_not(operator: str, values: list[str]) -> None:
    assert {FALSE, TRUE} <= tried(operator, *values)


@pytest.mark.parametrize(("range_", "address"), [("10.0.0.0/8", "10.0.0.1"), ("10.0.0.7/32", "10.0.0.7")])
def test_the_first_address_of_a_network_is_no_host_s(range_: str, address: str) -> None:
    condition = Condition("IpAddress", "aws:SourceIp", [range_], variables=True)
    assert next(solutions(condition, asked().context)) == (address,)


@pytest.mark.parametrize(
    ("operator", "values"), [("NumericEquals", ["x"]), ("IpAddress", ["office"]), ("StringEquals", [])]
)
def test_where_nothing_meets_it_nothing_is_found(operator: str, values: list[str]) -> None:
    assert tried(operator, *values) == {FALSE}


@pytest.mark.parametrize(("operator", "together"), [("StringEquals", False), ("ForAnyValue:StringEquals", True)])
def test_several_values_at_once_are_for_set_operators(operator: str, *, together: bool) -> None:
    condition = Condition(operator, "aws:x", ["a", "b"], variables=True)
    assert (("a", "b") in solutions(condition, asked().context)) is together


def test_many_values_are_not_all_tried() -> None:
    condition = Condition("StringEquals", "aws:x", [str(each) for each in range(1_000)], variables=True)
    assert len(list(solutions(condition, asked().context))) < 20
