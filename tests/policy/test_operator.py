"""Each operator compares one value of a request with the values of a policy as AWS documents it."""

from typing import Any

import pytest

from tests.policy.asking import WORDS, asked
from why403.policy.condition import Condition, parse_operator
from why403.policy.operator import OPERATORS, instant, network, number

OTHERS = {"k2": ("a?",), "flag": ("true",), "arn": ("arn:aws:iam::1:role/app",)}


def met(operator: str, values: Any, actual: str) -> str:
    condition = Condition(operator, "K", [values] if isinstance(values, str) else values, variables=True)
    return WORDS[condition.holds(asked(context={"k": (actual,), **OTHERS}).context)]


POSITIVE: list[tuple[str, Any, str, str]] = [
    ("StringEquals", "a", "a", "yes"),
    ("StringEquals", "a", "A", "no"),
    ("StringEquals", "a*", "ab", "no"),
    ("StringEquals", "a*", "a*", "yes"),
    ("StringEquals", ["b", "a"], "a", "yes"),
    ("StringEquals", "", "", "yes"),
    ("StringEquals", "${k2}", "a?", "yes"),
    ("StringEquals", "${k2}", "ab", "no"),
    ("StringEquals", "${nothing}", "${nothing}", "no"),
    ("StringEquals", "${nothing, 'x'}", "x", "yes"),
    ("StringEquals", ["${nothing}", "a"], "a", "yes"),
    ("StringEqualsIgnoreCase", "aB", "Ab", "yes"),
    ("StringEqualsIgnoreCase", "a*", "ab", "no"),
    ("StringEqualsIgnoreCase", "X${k2}", "xA?", "yes"),
    ("StringLike", "a*", "ab", "yes"),
    ("StringLike", "a*", "Ab", "no"),
    ("StringLike", "logs/*", "logs", "no"),
    ("StringLike", "a?", "ab", "yes"),
    ("StringLike", "*", "", "yes"),
    ("StringLike", "a*c", "a:b/c", "yes"),
    ("StringLike", "${k2}", "ab", "no"),
    ("StringLike", "${k2}*", "a?b", "yes"),
    ("StringLike", "${*}", "a", "no"),
    ("StringLike", "${*}", "*", "yes"),
    ("ArnEquals", "arn:aws:iam::*:role/app-*", "arn:aws:iam::1:role/app-1", "yes"),
    ("ArnEquals", "arn:aws:iam::1:role/app", "arn:aws:iam::1:role/APP", "no"),
    ("ArnEquals", "arn:aws:iam:*", "arn:aws:iam::1:role/app", "no"),
    ("ArnLike", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a:b", "yes"),
    ("ArnLike", "*", "arn:aws:iam::1:role/app", "no"),
    ("ArnLike", "${arn}", "arn:aws:iam::1:role/app", "yes"),
    ("ArnLike", "arn:aws:iam::1:role/${k2}", "arn:aws:iam::1:role/ab", "no"),
    ("ArnLike", "x", "x", "no"),
    ("NumericEquals", "1", "1.0", "yes"),
    ("NumericEquals", "1e3", "1000", "yes"),
    ("NumericEquals", ["5", "7"], "7", "yes"),
    ("NumericEquals", "1", "one", "no"),
    ("NumericEquals", "one", "one", "no"),
    ("NumericEquals", "${flag}", "1", "no"),
    ("NumericEquals", "0.1", "0.10", "yes"),
    ("NumericLessThan", "10", "9", "yes"),
    ("NumericLessThan", "10", "10", "no"),
    ("NumericLessThan", "10", "-11", "yes"),
    ("NumericLessThanEquals", "10", "10", "yes"),
    ("NumericLessThanEquals", "9.5", "10", "no"),
    ("NumericGreaterThan", "9", "10", "yes"),
    ("NumericGreaterThan", "9", "ten", "no"),
    ("NumericGreaterThan", "1e999999999999999999", "5", "no"),
    ("NumericGreaterThanEquals", "10", "10.0", "yes"),
    ("NumericGreaterThanEquals", "10", "9.999999999999999999999", "no"),
    ("DateEquals", "2026-01-01", "1767225600", "yes"),
    ("DateEquals", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z", "yes"),
    ("DateLessThan", "2026-06-20T09:00:00Z", "2026-06-20T10:59:59+02:00", "yes"),
    ("DateLessThan", "2026-06-20T09:00:00Z", "2026-06-20T09:00:00Z", "no"),
    ("DateLessThanEquals", "2026-06-20T09:00:00Z", "2026-06-20T09:00:00Z", "yes"),
    ("DateGreaterThan", "2026-06-20T09:00:00Z", "2026-06-20T09:00:00.001Z", "yes"),
    ("DateGreaterThan", "2026-01-01T00:00:00Z", "soon", "no"),
    ("DateGreaterThan", "soon", "2026-01-01T00:00:00Z", "no"),
    ("DateGreaterThanEquals", "2026-01", "2026-01-01T00:00:00Z", "yes"),
    ("Bool", "true", "TRUE", "yes"),
    ("Bool", "FALSE", "false", "yes"),
    ("Bool", "true", "false", "no"),
    ("Bool", ["true", "false"], "false", "yes"),
    ("Bool", "yes", "yes", "no"),
    ("Bool", "1", "1", "no"),
    ("Bool", "${flag}", "true", "yes"),
    ("BinaryEquals", "c2VjcmV0", "c2VjcmV0", "yes"),
    ("BinaryEquals", "c2VjcmV0", "cHVibGlj", "no"),
    ("BinaryEquals", "!", "!", "no"),
    ("BinaryEquals", "é", "é", "no"),
    ("BinaryEquals", "", "", "yes"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.7", "yes"),
    ("IpAddress", "203.0.113.7/24", "203.0.113.9", "yes"),
    ("IpAddress", "203.0.113.0/24", "203.0.114.7", "no"),
    ("IpAddress", "203.0.113.7", "203.0.113.7", "yes"),
    ("IpAddress", "203.0.113.7", "203.0.113.8", "no"),
    ("IpAddress", "0.0.0.0/0", "203.0.113.7", "yes"),
    ("IpAddress", "0.0.0.0/0", "2001:db8::1", "no"),
    ("IpAddress", "2001:db8::/32", "2001:DB8:0::1", "yes"),
    ("IpAddress", "2001:db8::1", "2001:db8::1", "yes"),
    ("IpAddress", "2001:db8::1", "2001:db8::2", "no"),
    ("IpAddress", "::/0", "203.0.113.7", "no"),
    ("IpAddress", "10.0.0.0/8", "10.1.0.0/16", "no"),
    ("IpAddress", "10.0.0.0/33", "10.0.0.1", "no"),
    ("IpAddress", "10.0.0.0/8", "ten", "no"),
    ("IpAddress", "10.*", "10.0.0.1", "no"),
    ("IpAddress", ["ten", "10.0.0.0/8"], "10.0.0.1", "yes"),
]
NEGATIONS = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
}
OPPOSITE = {"yes": "no", "no": "yes"}


@pytest.mark.parametrize(("operator", "values", "actual", "expected"), POSITIVE)
def test_an_operator_compares_as_documented(operator: str, values: Any, actual: str, expected: str) -> None:
    assert met(operator, values, actual) == expected
    assert met(operator.upper(), values, actual) == expected
    assert met(operator + "IfExists", values, actual) == expected
    assert met("ForAnyValue:" + operator, values, actual) == expected
    assert met("ForAllValues:" + operator, values, actual) == expected


@pytest.mark.parametrize(
    ("operator", "values", "actual", "expected"), [case for case in POSITIVE if case[0] in NEGATIONS]
)
def test_a_negated_operator_is_the_opposite(operator: str, values: Any, actual: str, expected: str) -> None:
    assert met(NEGATIONS[operator], values, actual) == OPPOSITE[expected]
    assert met(NEGATIONS[operator] + "IfExists", values, actual) == OPPOSITE[expected]
    assert met("ForAllValues:" + NEGATIONS[operator], values, actual) == OPPOSITE[expected]


def test_every_operator_is_in_the_tables() -> None:
    tabled = {case[0].lower() for case in POSITIVE} | {name.lower() for name in NEGATIONS.values()} | {"null"}
    assert tabled == set(OPERATORS)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "StringIs",
        "NotBool",
        "BoolNot",
        "NullIfExists",
        "ForAnyValue:Null",
        "ForAllValues:NullIfExists",
        "ForSomeValue:StringEquals",
        "ForAnyValue:",
        "ForAnyValue:ForAllValues:StringEquals",
        "IfExists",
        "StringEqualsIfExistsIfExists",
        " StringEquals",
        "StringEquals ",
        "StringL\u0131ke",
    ],
)
def test_what_is_no_operator_is_refused(name: str) -> None:
    assert parse_operator(name) is None
    with pytest.raises(ValueError, match=f"^{name}$"):
        Condition(name, "k", (), variables=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5),
        ("+5", 5),
        ("-5.50", -5.5),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("1E-1", None),
        ("", None),
        (" 5", None),
        ("5 ", None),
        ("5\n", None),
        ("1_000", None),
        ("0x10", None),
        ("1,5", None),
        ("NaN", None),
        ("Infinity", None),
        ("sNaN", None),
        ("\u0665", None),
        ("e5", None),
        (".", None),
        ("1e" + "9" * 30, None),
    ],
)
def test_a_number_is_an_integer_or_a_decimal(text: str, expected: float | None) -> None:
    found = number(text)
    if text == "1E-1":
        assert str(found) == "0.1"
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970", 0),
        ("1970-01", 0),
        ("1970-01-01", 0),
        ("1970-01-01T00:01Z", 60),
        ("1970-01-01T00:01", 60),
        ("1970-01-01T00:00:01Z", 1),
        ("1970-01-01T00:00:01", 1),
        ("1970-01-01T00:00:01.5Z", 1.5),
        ("1970-01-01T00:00:01.123456789Z", 1.123456),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T01:00:00+0100", 0),
        ("1969-12-31T18:30:00-05:30", 0),
        ("2024-02-29", 1709164800),
        ("1767225600", 1767225600),
        ("1767225600.5", 1767225600.5),
        ("0", 0),
        ("-5", -5),
        ("999", 999),
        ("19700101", 19700101),
        ("2026-02-30", None),
        ("2026-13", None),
        ("2026-1-1", None),
        ("2026-01-01T25:00Z", None),
        ("2026-01-01T00Z", None),
        ("2026-01-01 00:00:00Z", None),
        ("2026-01-01T00:00:60Z", None),
        ("2026-01-01t00:00:00z", None),
        ("2026-01-01Z", None),
        ("2026-01-01T00:00:00+99:00", None),
        ("0000-01-01", None),
        ("\u0662\u0660\u0662\u0666-01-01", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_of_the_w3c_profile_or_epoch_seconds(text: str, expected: float | None) -> None:
    assert instant(text) == expected


@pytest.mark.parametrize(
    "text", ["", "ten", "1.2.3", "1.2.3.4/33", "1.2.3.4/x", "1.2.3.256", "::/129", ":::", "1.2.3.4 "]
)
def test_what_is_no_range_of_addresses_is_none(text: str) -> None:
    assert network(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10.1.2.3/8", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3/32"), ("::1", "::1/128"), ("2001:DB8::/32", "2001:db8::/32")],
)
def test_a_bare_address_is_a_range_of_one(text: str, expected: str) -> None:
    assert str(network(text)) == expected
