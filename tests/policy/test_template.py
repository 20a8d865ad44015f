"""Policy variables: what they stand for, what is literal, and what is not known."""

from collections.abc import Mapping

import pytest

from tests.policy.asking import WORDS, asked, only, statement
from why403.domain.context import NOT_KNOWN, Values
from why403.policy.template import MANY, ONE, Token, Variable, resolved, segments, tokens

GIVEN: Mapping[str, Values] = {
    "s3:prefix": ("a*",),
    "s3:delimiter": ("",),
    "aws:CalledVia": ("x",),
    "s3:authType": ("x", "y"),
    "aws:SourceVpc": NOT_KNOWN,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("a*b?", ("a", MANY, "b", ONE)),
        ("${aws:UserName}", (Variable("aws:username", None),)),
        ("a${ k }b", ("a", Variable("k", None), "b")),
        ("${k, 'x y'}", (Variable("k", "x y"),)),
        ("${k, ''}", (Variable("k", ""),)),
        ("${k,'*'}", (Variable("k", "*"),)),
        ("${aws:PrincipalTag/a b}", (Variable("aws:principaltag/a b", None),)),
        ("${*}${?}${$}", ("*?$",)),
        ("${$}{a}", ("${a}",)),
        ("${", ("${",)),
        ("${}", ("${}",)),
        ("$a$", ("$a$",)),
        ("${a", ("${a",)),
        ("${a{b}", ("${a{b}",)),
        ("${k, x}", ("${k, x}",)),
        ("${k, 'it's'}", ("${k, 'it's'}",)),
        ("{a}", ("{a}",)),
    ],
)
def test_a_text_is_taken_apart_into_what_is_literal_and_what_is_not(text: str, expected: tuple[Token, ...]) -> None:
    assert tokens(text, wildcards=True, variables=True) == expected


def test_without_wildcards_or_variables_all_is_literal() -> None:
    assert tokens("a*${b}?", wildcards=False, variables=False) == ("a*${b}?",)
    assert tokens("a*${b}?", wildcards=True, variables=False) == ("a", MANY, "${b}", ONE)
    assert tokens("a*${*}?", wildcards=False, variables=True) == ("a**?",)


def test_segments_are_cut_at_literal_colons_and_the_last_takes_the_rest() -> None:
    parts = tokens("a:*b::${c:d}:e", wildcards=True, variables=True)
    assert segments(parts, 4) == (("a",), (MANY, "b"), (), (Variable("c:d", None), ":e"))


@pytest.mark.parametrize(
    ("entry", "key", "expected"),
    [
        ("${aws:username}/x", "bob/x", "yes"),
        ("${AWS:USERNAME}/x", "bob/x", "yes"),
        ("${aws:username}/x", "Bob/x", "no"),
        ("${aws:username}*", "bobby", "yes"),
        ("${aws:nothing}", "", "no"),
        ("${aws:nothing}*", "x", "no"),
        ("${aws:nothing, 'bob'}/x", "bob/x", "yes"),
        ("${aws:nothing, ''}x", "x", "yes"),
        ("${aws:nothing, '*'}", "x", "no"),
        ("${aws:nothing, '*'}", "*", "yes"),
        ("${aws:username, 'eve'}", "eve", "no"),
        ("${s3:delimiter}x", "x", "yes"),
        ("${s3:delimiter, 'y'}x", "yx", "no"),
        ("${s3:prefix}", "a*", "yes"),
        ("${s3:prefix}", "ab", "no"),
        ("${aws:CalledVia}", "x", "no"),
        ("${aws:CalledVia, 'x'}", "x", "no"),
        ("${s3:authType}", "x", "no"),
        ("${*}.txt", "*.txt", "yes"),
        ("${*}.txt", "a.txt", "no"),
        ("${?}${$}{a}", "?${a}", "yes"),
        ("${aws:SourceVpc}/x", "vpc-1/x", "open"),
        ("${aws:SourceVpc}/x", "vpc-1/y", "no"),
        ("${aws:SourceVpc, 'none'}/x", "vpc-1/x", "open"),
        ("${aws:SourceVpc}/${aws:nothing}", "vpc-1/x", "no"),
        ("${aws:SourceVpc}${aws:username}", "a:bob", "open"),
    ],
)
def test_a_variable_in_a_resource_stands_for_one_value(entry: str, key: str, expected: str) -> None:
    request = asked(on=f"arn:aws:s3:::buk/{key}", context=GIVEN)
    found = only(statement(Resource=f"arn:aws:s3:::buk/{entry}")).resources.match(request)
    negated = only(statement(NotResource=f"arn:aws:s3:::buk/{entry}")).resources.match(request)
    assert WORDS[found] == expected
    assert WORDS[2 - negated] == expected


@pytest.mark.parametrize(
    ("entry", "arn", "expected"),
    [
        ("arn:aws:s3:::${aws:username}", "arn:aws:s3:::bob", "yes"),
        ("arn:aws:s3:${aws:username}:x", "arn:aws:s3:bob:x", "no"),
        ("arn:aws:s3:*${aws:username}", "arn:aws:s3:::bob", "no"),
        ("arn:aws:s3:${empty}*", "arn:aws:s3:::bob", "no"),
        ("arn:aws:s3:::${empty}*", "arn:aws:s3:::bob", "yes"),
        ("${aws:username}", "bob", "no"),
        ("arn:aws:s3:${aws:username}::buk", "arn:aws:s3:bob::buk", "no"),
    ],
)
def test_a_variable_has_a_meaning_only_after_the_fifth_colon(entry: str, arn: str, expected: str) -> None:
    found = only(statement(Resource=entry)).resources
    request = asked(on=arn if arn.count(":") > 4 else f"arn:aws:s3:::{arn}", context={"empty": ("",)})
    assert WORDS[found.match(request)] == expected


def test_one_entry_that_is_known_outweighs_one_that_is_not() -> None:
    resources = ["arn:aws:s3:::buk/${aws:SourceVpc}", "arn:aws:s3:::buk/${aws:username}"]
    found = only(statement(Resource=resources)).resources
    assert WORDS[found.match(asked(on="arn:aws:s3:::buk/bob", context=GIVEN))] == "yes"
    assert WORDS[found.match(asked(on="arn:aws:s3:::buk/eve", context=GIVEN))] == "open"
    assert found.variables == {"aws:sourcevpc", "aws:username"}


def test_a_variable_is_not_written_out_further_than_the_text_is_long() -> None:
    parts = tokens("${a}${b}${a}", wildcards=True, variables=True)
    values: Mapping[str, Values] = {"a": ("xy",), "b": NOT_KNOWN}
    assert resolved(parts, values.__getitem__, 4) == (("xy", MANY, "xy"), False)
    assert resolved(parts, values.__getitem__, 3) == (None, True)
    entry, request = "${k}" * 5000, asked(on="arn:aws:s3:::buk/k", context={"k": ("x" * 16_000,)})
    assert WORDS[only(statement(Resource=f"arn:aws:s3:::{entry}")).resources.match(request)] == "no"


def test_in_the_older_version_a_variable_is_plain_text() -> None:
    for version, expected in (("2008-10-17", "yes"), ("2012-10-17", "no")):
        found = only(statement(version, Resource="arn:aws:s3:::buk/${aws:username}")).resources
        assert WORDS[found.match(asked(on="arn:aws:s3:::buk/${aws:username}"))] == expected
        (condition,) = only(statement(version, Condition={"StringEquals": {"s3:prefix": "${*}"}})).conditions
        assert WORDS[condition.holds(asked(context={"s3:prefix": ("${*}",)}).context)] == expected


@pytest.mark.parametrize("text", ["${a" + " " * 100_000, "${" * 50_000, "${a, '" + "b" * 100_000, "${a," * 25_000])
def test_what_only_begins_like_a_variable_is_plain_text(text: str) -> None:
    assert tokens(text, wildcards=True, variables=True) == (text,)
