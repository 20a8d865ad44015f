"""A condition in three truth values: known keys decide, missing keys have their rules, unknown keys never guess."""

from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.policy.asking import WORDS, asked
from tests.reference.conditions import KeyTest, holds, parse_operator
from why403.domain.context import MULTIVALUED, NO_VALUE, NOT_KNOWN, Values
from why403.domain.evidence import Found
from why403.domain.readings import MET, NOT_MET, READINGS
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of
from why403.policy.condition import Condition, Disputed, compiled
from why403.policy.operator import OPERATORS

SEVERAL = "aws:TagKeys"
SAID = (MET, NOT_MET)


def met(operator: str, values: Any, actual: Values, key: str = "k", **others: Values) -> str:
    condition = Condition(operator, key, [values] if isinstance(values, str) else values, variables=True)
    return WORDS[condition.holds(asked(context={key: actual, **others}).context)]


POSITIVE = [name for name, operator in OPERATORS.items() if not operator.negated and name != "null"]
NEGATED = [name for name, operator in OPERATORS.items() if operator.negated]


@pytest.mark.parametrize("absent", [NO_VALUE, None])
@pytest.mark.parametrize("name", POSITIVE + NEGATED)
def test_a_missing_key_has_a_rule_for_every_operator(name: str, absent: Values) -> None:
    context = {} if absent is None else {"k": absent}

    def missing(written: str) -> str:
        return WORDS[Condition(written, "k", ("x",), variables=True).holds(asked(context=context).context)]

    assert missing(name) == ("yes" if name in NEGATED else "no")
    assert missing(name + "IfExists") == "yes"
    assert missing("ForAllValues:" + name) == "yes"
    assert missing("ForAnyValue:" + name) == "no"
    assert missing("ForAnyValue:" + name + "IfExists") == "yes"


@pytest.mark.parametrize(
    ("values", "actual", "expected"),
    [
        ("true", NO_VALUE, "yes"),
        ("true", ("x",), "no"),
        ("false", NO_VALUE, "no"),
        ("false", ("x",), "yes"),
        ("false", ("",), "yes"),
        ("TRUE", NO_VALUE, "yes"),
        (["true", "false"], NO_VALUE, "yes"),
        (["true", "false"], ("x", "y"), "yes"),
        ("maybe", NO_VALUE, "no"),
        ("maybe", ("x",), "no"),
        ([], ("x",), "no"),
        ("true", NOT_KNOWN, "open"),
        ("false", NOT_KNOWN, "open"),
        (["true", "false"], NOT_KNOWN, "yes"),
        ("maybe", NOT_KNOWN, "no"),
    ],
)
def test_null_asks_whether_the_key_is_there(values: Any, actual: Values, expected: str) -> None:
    assert met("Null", values, actual) == expected
    assert met("Null", values, actual, key=SEVERAL) == expected


@pytest.mark.parametrize(
    ("operator", "values", "actual", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), "yes"),
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), "no"),
        ("ForAllValues:StringNotEquals", ["c", "d"], ("a", "b"), "yes"),
        ("ForAllValues:StringNotEquals", ["c", "a"], ("a", "b"), "no"),
        ("ForAnyValue:StringEquals", ["b", "c"], ("a", "b"), "yes"),
        ("ForAnyValue:StringEquals", ["c"], ("a", "b"), "no"),
        ("ForAnyValue:StringNotEquals", ["a"], ("a", "b"), "yes"),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ("a", "b"), "no"),
        ("ForAllValues:StringLike", "*", ("a", "b"), "yes"),
        ("ForAnyValue:StringEquals", [], ("a",), "no"),
        ("ForAllValues:StringEquals", [], ("a",), "no"),
        ("ForAllValues:StringNotEquals", [], ("a",), "yes"),
        ("StringEquals", "a", ("a",), "no"),
        ("StringEquals", "a", ("a", "a"), "no"),
        ("StringNotEquals", "x", ("a",), "no"),
        ("StringEqualsIfExists", "a", ("a",), "no"),
        ("StringNotEquals", "x", NO_VALUE, "yes"),
    ],
)
def test_a_key_of_several_values_needs_a_set_operator(
    operator: str, values: Any, actual: Values, expected: str
) -> None:
    assert met(operator, values, actual, key=SEVERAL) == expected


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringEqualsIfExists"])
def test_a_key_of_one_value_that_is_given_two_matches_nothing(operator: str) -> None:
    assert met(operator, "a", ("a", "b")) == "no"


@pytest.mark.parametrize(
    ("operator", "values", "key", "expected"),
    [
        ("StringEquals", "a", "k", "open"),
        ("StringNotEquals", "a", "k", "open"),
        ("StringLike", "*", "k", "open"),
        ("StringNotLike", "*", "k", "open"),
        ("StringLikeIfExists", "*", "k", "yes"),
        ("StringLikeIfExists", ["a", "*"], "k", "yes"),
        ("StringLikeIfExists", "**", "k", "open"),
        ("StringNotLikeIfExists", "*", "k", "open"),
        ("StringEqualsIfExists", "*", "k", "open"),
        ("ArnLikeIfExists", "*", "k", "open"),
        ("ForAllValues:StringLike", "*", "k", "yes"),
        ("ForAllValues:StringLike", "*", SEVERAL, "yes"),
        ("ForAnyValue:StringLike", "*", SEVERAL, "open"),
        ("ForAnyValue:StringLikeIfExists", "*", SEVERAL, "yes"),
        ("ForAnyValue:StringNotLike", "*", SEVERAL, "no"),
        ("ForAllValues:StringNotLike", "*", SEVERAL, "open"),
        ("StringEquals", "a", SEVERAL, "no"),
        ("StringNotEquals", "a", SEVERAL, "open"),
        ("StringEqualsIfExists", "a", SEVERAL, "open"),
        ("StringEquals", [], "k", "no"),
        ("StringNotEquals", [], "k", "yes"),
        ("NumericEquals", "one", "k", "no"),
        ("NumericNotEquals", "one", "k", "yes"),
        ("NumericLessThanIfExists", "one", "k", "open"),
        ("IpAddress", "ten", "k", "no"),
        ("NotIpAddress", ["ten", "eleven"], "k", "yes"),
        ("DateLessThan", "soon", "k", "no"),
        ("BinaryEquals", "!", "k", "no"),
        ("Bool", "true", "k", "open"),
    ],
)
def test_an_unknown_key_is_open_unless_every_value_and_absence_agree(
    operator: str, values: Any, key: str, expected: str
) -> None:
    assert met(operator, values, NOT_KNOWN, key=key) == expected


@pytest.mark.parametrize(
    ("operator", "value", "actual", "expected"),
    [
        ("StringEquals", "${v}", "x", "open"),
        ("StringNotEquals", "${v}", "x", "open"),
        ("StringEquals", "a${v}", "x", "no"),
        ("StringNotEquals", "a${v}", "x", "yes"),
        ("StringEqualsIgnoreCase", "A${v}", "ab", "open"),
        ("StringLike", "a*${v}", "ab", "open"),
        ("Bool", "${v}", "true", "open"),
        ("Bool", "${v}", "yes", "no"),
        ("ArnLike", "arn:aws:iam::1:role/${v}", "arn:aws:iam::1:role/app", "open"),
        ("ArnLike", "arn:aws:iam::1:role/${v}", "arn:aws:iam::2:role/app", "no"),
        ("ArnLike", "${v}", "arn:aws:iam::1:role/app", "open"),
        ("ArnEquals", "arn:aws:${v}:role/app", "arn:aws:iam::1:role/app", "open"),
        ("ArnNotEquals", "${v}", "arn:aws:iam::1:role/app", "open"),
        ("NumericEquals", "${v}", "1", "no"),
        ("IpAddress", "${v}", "10.0.0.1", "no"),
    ],
)
def test_an_unknown_variable_leaves_open_what_it_could_decide(
    operator: str, value: str, actual: str, expected: str
) -> None:
    assert met(operator, value, (actual,), v=NOT_KNOWN) == expected


def test_a_value_that_matches_outweighs_a_variable_that_is_not_known() -> None:
    assert met("StringEquals", ["${v}", "x"], ("x",), v=NOT_KNOWN) == "yes"
    assert met("StringNotEquals", ["${v}", "x"], ("x",), v=NOT_KNOWN) == "no"


def test_what_an_exact_comparison_looks_for_has_its_wildcards_and_stands_for_its_escapes() -> None:
    assert Condition("StringEquals", "k", ("a*b?", "${*}${$}"), variables=True).literals == ("a*b?", "*$")


def test_a_condition_tells_what_it_met() -> None:
    condition = Condition("StringLike", "S3:Prefix", ("a*",), variables=True)
    result = condition.result(asked(context={"s3:prefix": ("ab",)}).context)
    assert (result.operator, result.key, result.expected) == ("StringLike", "S3:Prefix", ("a*",))
    assert (result.actual, result.met) == (("ab",), TRUE)
    assert condition.result(asked(context={"s3:prefix": NOT_KNOWN}).context).met == UNKNOWN
    assert condition.result(asked().context).met == FALSE


# --- laws -------------------------------------------------------------------------------------------------------------

TEXTS = ("", "a", "A", "ab", "a*", "*", "true", "False", "1", "1.0", "2", "x:y", "YQ==", "2026-01-01", "1767225600")
ADDRESSES = ("10.0.0.1", "10.0.0.0/8", "::1")
ARNS = ("arn:aws:iam::1:role/app", "arn:aws:iam::*:role/a*", "arn:aws:s3:::b")
VALUES = st.sampled_from((*TEXTS, *ADDRESSES, *ARNS))
WRITTEN = st.one_of(VALUES, st.sampled_from(["${v}", "a${v}", "${v}*", "${v, 'a'}", "${*}", "${w}${v}", "arn:${v}"]))
FORMS = ["{}", "{}IfExists", "ForAllValues:{}", "ForAnyValue:{}", "ForAllValues:{}IfExists", "ForAnyValue:{}IfExists"]
NAMES = st.one_of(
    st.just("Null"), st.builds(str.format, st.sampled_from(FORMS), st.sampled_from(sorted(set(OPERATORS) - {"null"})))
)
KEYS = st.sampled_from(["k", SEVERAL])
ONE = st.one_of(st.just(NO_VALUE), st.tuples(VALUES))
MANY = st.lists(VALUES, max_size=3).map(tuple)


def truth(name: str, key: str, written: list[str], context: dict[str, Values]) -> Truth:
    return Condition(name, key, written, variables=True).holds(asked(context=context).context)


@given(NAMES, KEYS, st.lists(WRITTEN, max_size=3), MANY, ONE)
@example("StringEquals", "k", ["${v}"], ("a*",), ("a*",))
def test_what_is_known_has_the_truth_that_the_reference_finds(
    name: str, key: str, written: list[str], actual: tuple[str, ...], other: tuple[str, ...]
) -> None:
    context: dict[str, Values] = {key.lower(): actual, "v": other}
    known = {name: values for name, values in context.items() if values}
    test = KeyTest(parse_operator(name), key.lower(), tuple(written))
    assert truth(name, key, written, context) == truth_of(holds(test, known, variables=True))


@given(NAMES, KEYS, st.lists(WRITTEN, max_size=3), MANY, ONE, st.sampled_from(["k", "v", "both"]))
@example("ArnLike", "k", ["${v}"], ("arn:aws:iam::1:role/app",), ("arn:aws:iam::1:role/app",), "v")
@example("StringLikeIfExists", "k", ["*"], (), (), "k")
def test_what_is_unknown_is_never_certain_against_a_value_or_absence(
    name: str, key: str, written: list[str], actual: tuple[str, ...], other: tuple[str, ...], hidden: str
) -> None:
    assume(key.lower() in MULTIVALUED or len(actual) < 2)
    context: dict[str, Values] = {key.lower(): actual, "v": other}
    veil = {"k": [key.lower()], "v": ["v"], "both": [key.lower(), "v"]}[hidden]
    seen = truth(name, key, written, {**context, **dict.fromkeys(veil, NOT_KNOWN)})
    assert seen in {UNKNOWN, truth(name, key, written, context)}


@pytest.mark.parametrize(
    ("actual", "usual", "other"), [(NO_VALUE, "yes", "no"), (NOT_KNOWN, "open", "open"), (("y",), "yes", "yes")]
)
def test_a_negated_for_all_values_is_read_in_two_ways_where_the_key_is_absent(
    actual: Values, usual: str, other: str
) -> None:
    condition = compiled("ForAllValues:StringNotEquals", SEVERAL, ("x",), variables=True)
    read = {reading: asked(context={SEVERAL: actual}, evidence={READINGS: Found({"U7": reading})}) for reading in SAID}
    assert {reading: WORDS[condition.holds(one.context)] for reading, one in read.items()} == {
        MET: usual,
        NOT_MET: other,
    }


@pytest.mark.parametrize("operator", ["Bool", "BoolIfExists", "boolifexists"])
def test_what_a_variable_means_as_a_truth_value_is_disputed(operator: str) -> None:
    found = compiled(operator, "aws:SecureTransport", ["${aws:PrincipalTag/tls}"], variables=True)
    assert isinstance(found, Disputed)
    assert found.point == "U8"
    plain = compiled(operator, "aws:SecureTransport", ["true"], variables=True)
    assert not isinstance(plain, Disputed)
