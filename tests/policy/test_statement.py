"""Statements speak of the same requests as the reference says, element by element, and of none by a guess."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.policy.asking import ACCOUNT, OBJECT, USER, WORDS, asked, compiled, only, statement
from tests.reference.arns import resource_matches
from tests.reference.globs import glob_matches, plain_glob
from why403.domain.context import NO_VALUE, NOT_KNOWN, Values
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of
from why403.policy import PolicyKind, denies_caller, grants, rule

SEGMENT = st.sampled_from(["", "a", "*", "a*", "?", "s3", "x*y", "${v}*"])
VARIABLES = ["${v}", "${v, 'a'}", "${w}", "${*}", "${?}", "${$}"]
TAIL = st.lists(st.sampled_from(["a", "b", "/", ":", "*", "?", "$", *VARIABLES]), max_size=6).map("".join)
ENTRY = st.one_of(
    st.builds("arn:aws:s3:::{}".format, TAIL),
    st.lists(SEGMENT, min_size=1, max_size=8).map(":".join),
    st.builds("{}:{}:s3:{}:{}:{}".format, SEGMENT, SEGMENT, SEGMENT, SEGMENT, TAIL),
)
ARN = st.one_of(
    st.builds("arn:aws:s3:::{}".format, st.text(alphabet="ab/:*?$", max_size=8)),
    st.builds(
        "arn:{}:s3:{}:{}:{}".format, *[st.sampled_from(["", "a", "ab", "xy", "s3"])] * 3, st.text("ab:", max_size=5)
    ),
)
VALUE = st.one_of(st.just(NO_VALUE), st.tuples(st.text(alphabet="ab:*", max_size=3)))


@given(ENTRY, ARN, VALUE, st.booleans())
@example("arn:*", "arn:aws:s3:::a:b", NO_VALUE, True)
@example("arn:aws:s3:::${v}/${w, 'x'}", "arn:aws:s3:::a:*/x", ("a:*",), True)
@example("arn:aws:s3:*${v}", "arn:aws:s3:::b", ("b",), True)
def test_a_resource_covers_what_the_reference_covers(
    entry: str, arn: str, value: tuple[str, ...], variables: bool
) -> None:
    known = {"v": value} if value else {}
    expected = resource_matches(entry, arn, known, variables=variables)
    version = "2012-10-17" if variables else "2008-10-17"
    request = asked(on=arn, context={"v": value})
    assert only(statement(version, Resource=entry)).resources.match(request) == truth_of(expected)
    assert only(statement(version, NotResource=[entry])).resources.match(request) == truth_of(not expected)


@given(ENTRY, ARN, VALUE)
@example("*:*:s3:*:*:${v}", "arn:aws:s3:::a:b", ("a:b",))
def test_a_resource_with_an_unknown_variable_is_never_certain_against_a_value(
    entry: str, arn: str, value: tuple[str, ...]
) -> None:
    resources = only(statement(Resource=entry)).resources
    seen = resources.match(asked(on=arn, context={"v": NOT_KNOWN}))
    assert seen in {UNKNOWN, resources.match(asked(on=arn, context={"v": value}))}


REGIONS, ACCOUNTS = st.sampled_from(["eu-west-1", "us-west-2"]), st.sampled_from(["111122223333", "444455556666"])
PLACE = st.sampled_from(["eu-west-1", "us-*", "111122223333", "*", "1*", "?" * 12, ""])
DIRECTORY = st.one_of(
    st.builds("arn:aws:s3express:{}:{}:bucket/{}".format, PLACE, PLACE, st.sampled_from(["b", "*", "c", "${v}"])),
    st.builds("arn:{}:{}".format, PLACE, TAIL),
    st.sampled_from(["*", "arn:aws:s3express:*", "arn:aws:s3express:eu-*", "arn:aws:s3:*", "arn:aws:s3:::b"]),
)


@given(DIRECTORY, st.sampled_from(["{0}:*", "*:{1}", "*:*"]), REGIONS, ACCOUNTS)
@example("arn:aws:s3express:us-*:*:bucket/b", "*:{1}", "us-west-2", "111122223333")
def test_a_place_that_is_not_known_is_never_certain_against_one(
    entry: str, known: str, region: str, account: str
) -> None:
    arn = "arn:aws:s3express:{}:bucket/b".format
    vague, there = asked(on=arn(known.format(region, account))), asked(on=arn(f"{region}:{account}"))
    for element in ("Resource", "NotResource"):
        policies = compiled(statement("2012-10-17", **{element: [entry]}))
        (seen,), (real,) = ([each.matches(request) for _, each in policies.statements()] for request in (vague, there))
        assert seen in {UNKNOWN, real}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("arn:aws:s3express:*:*:bucket/b", TRUE),
        ("*", TRUE),
        ("arn:aws:s3express:eu-west-1:*:bucket/b", TRUE),
        ("arn:aws:s3express:eu-west-1:111122223333:bucket/b", UNKNOWN),
        ("arn:aws:s3express:eu-west-1:111122223333:bucket/${aws:PrincipalTag/x}", UNKNOWN),
        ("arn:aws:s3express:eu-west-1:1*", UNKNOWN),
        ("arn:aws:s3express:us-west-2:111122223333:bucket/b", FALSE),
        ("arn:aws:s3express:eu-west-1:111122223333:bucket/c", FALSE),
        ("arn:aws:s3express:us-*", FALSE),
        ("arn:aws:s3:::b", FALSE),
    ],
)
def test_an_account_that_is_not_known_leaves_open_only_what_names_one(entry: str, expected: Truth) -> None:
    request = asked(on="arn:aws:s3express:eu-west-1:*:bucket/b", context={"aws:principaltag/x": NOT_KNOWN})
    assert only(statement(Resource=entry)).matches(request) == expected


def test_of_many_statements_none_about_an_account_is_left_out_while_that_is_not_known() -> None:
    arn = "arn:aws:s3express:eu-west-1:111122223333:bucket/{}".format
    each = [statement(Resource=arn(f"b{index}"))["Statement"][0] for index in range(100)]
    policies = compiled({"Version": "2012-10-17", "Statement": each})
    request = asked(on="arn:aws:s3express:eu-west-1:*:bucket/b7")
    assert {rule(policies, request)[1] for _ in range(9)} == {UNKNOWN}


@given(st.text(alphabet="sS3:getO*?", max_size=10), st.text(alphabet="s3:GetO", max_size=8))
def test_an_action_is_covered_as_the_reference_covers_it(entry: str, action: str) -> None:
    expected = glob_matches(plain_glob(entry.lower()), action.lower())
    assert only(statement(Action=[entry, "x:y"])).actions.match(action.lower()) is expected
    assert only(statement(NotAction=entry)).actions.match(action.lower()) is not expected


@pytest.mark.parametrize(
    ("entry", "action", "expected"),
    [
        ("s3:getOBJECT", "s3:GetObject", True),
        ("S3:Get*", "s3:GetObject", True),
        ("*", "s3:GetObject", True),
        ("*:*", "s3:GetObject", True),
        ("*:Get*", "kms:GetKeyPolicy", True),
        ("s3:GetObjec?", "s3:GetObject", True),
        ("s3:GetObject?", "s3:GetObject", False),
        ("s3:HeadObject", "s3:GetObject", False),
        ("s3:${aws:username}", "s3:bob", False),
        ("", "s3:GetObject", False),
    ],
)
def test_an_action_matches_in_any_case_and_by_wildcards(entry: str, action: str, expected: bool) -> None:
    policies = compiled(statement(Action=entry))
    assert bool(policies.covering(action.lower())[1]) is expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, "yes"),
        ({"Resource": "arn:aws:s3:::other/*"}, "no"),
        ({"Condition": {"StringEquals": {"a": "1"}}}, "yes"),
        ({"Condition": {"StringEquals": {"a": "1", "b": "2"}}}, "no"),
        ({"Condition": {"StringEquals": {"a": "1"}, "StringLike": {"b": "2"}}}, "no"),
        ({"Condition": {"StringEquals": {"a": "1", "c": "2"}}}, "open"),
        ({"Condition": {"StringEquals": {"c": "2", "b": "2"}}}, "no"),
        ({"Condition": {"StringEquals": {"c": "2"}}, "Resource": "arn:aws:s3:::other/*"}, "no"),
        ({"Condition": {"StringEquals": {"A": "1"}, "stringEQUALS": {"a": "1"}}}, "yes"),
        ({"Condition": {"StringEquals": {"A": "1", "a": "2"}}}, "no"),
        ({"Resource": "arn:aws:s3:::buk/${c}"}, "open"),
        ({"Resource": "arn:aws:s3:::buk/${c}", "Condition": {"Null": {"a": "true"}}}, "no"),
    ],
)
def test_every_element_has_to_match(elements: dict[str, Any], expected: str) -> None:
    request = asked(context={"a": ("1",), "b": ("1",), "c": NOT_KNOWN})
    assert WORDS[only(statement(**elements)).matches(request)] == expected
    body = {name: held for name, held in statement(**elements)["Statement"][0].items() if name != "Principal"}
    for effect in ("Deny", "Allow"):
        policies = compiled({"Version": "2012-10-17", "Statement": {**body, "Effect": effect}}, PolicyKind.ATTACHED)
        denied, allowed = (WORDS[truth] for truth in rule(policies, request))
        assert (denied, allowed) == ((expected, "no") if effect == "Deny" else ("no", expected))


@pytest.mark.parametrize(
    ("principals", "context", "expected"),
    [
        ([USER], ("1",), (TRUE, FALSE, FALSE)),
        ([USER], NOT_KNOWN, (UNKNOWN, FALSE, FALSE)),
        ([USER], NO_VALUE, (FALSE, FALSE, FALSE)),
        ([ACCOUNT], ("1",), (FALSE, FALSE, TRUE)),
        ([ACCOUNT], NOT_KNOWN, (FALSE, FALSE, UNKNOWN)),
        ([ACCOUNT, USER], ("1",), (TRUE, FALSE, TRUE)),
        (["999999999999"], ("1",), (FALSE, FALSE, FALSE)),
    ],
)
def test_a_grant_is_as_sure_as_its_statement(
    principals: list[str], context: Values, expected: tuple[int, int, int]
) -> None:
    request = asked(context={"k": context})
    policies = compiled(statement(Principal={"AWS": principals}, Condition={"StringEquals": {"k": "1"}}))
    assert tuple(grants(policies, request)) == expected
    denying = compiled(statement(Effect="Deny", Principal={"AWS": principals}, Condition={"StringEquals": {"k": "1"}}))
    assert denies_caller(denying, request, FALSE) == max(expected)


def test_the_surest_of_several_statements_decides() -> None:
    bodies = [
        {"Effect": effect, "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"k": value}}}
        for effect in ("Allow", "Deny")
        for value in ("${c}", "2", "1")
    ]
    policies = compiled({"Version": "2012-10-17", "Statement": bodies}, PolicyKind.ATTACHED)
    for actual, expected in ((("1",), "yes"), (("3",), "open"), (NO_VALUE, "no")):
        request = asked(on=OBJECT, context={"k": actual, "c": NOT_KNOWN})
        assert [WORDS[truth] for truth in rule(policies, request)] == [expected, expected]
