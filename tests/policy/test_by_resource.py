"""Of many statements only those are asked whose patterns can cover the resource, and none is forgotten."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.policy.asking import USER, asked, compiled
from tests.policy.work import ABOUT_TWICE, work
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.policy import PolicyKind, rule
from why403.policy.by_resource import ByResource
from why403.policy.compiled import Policies

START = "arn:aws:s3:::"
OFTEN = 8
"""So often asked, the statements have an index."""
ENTRIES = st.text(alphabet="ab/*?", max_size=5).map(START.__add__) | st.sampled_from(
    ["*", "arn:*", START + "${aws:username}", START + "${s3:prefix}*", START + "a${s3:prefix}", "b", ""]
)
ELEMENTS = st.lists(
    st.tuples(st.sampled_from(["Resource", "NotResource"]), st.lists(ENTRIES, min_size=1, max_size=3)), max_size=12
)
KEYS = st.text(alphabet="ab/", min_size=1, max_size=5)


def many(*elements: dict[str, Any]) -> Policies:
    """Return an attached policy of such statements."""
    statements = [{"Effect": "Allow", "Action": "s3:*", **each} for each in elements]
    return compiled({"Version": "2012-10-17", "Statement": statements}, PolicyKind.ATTACHED)


@given(ELEMENTS, st.lists(KEYS, min_size=OFTEN, max_size=OFTEN + 4))
@example([("Resource", [START + each]) for each in ("a*", "ab*", "aba*", "abb", "b")], ["aba"] * OFTEN)
@example([("Resource", [START + "a*", START + "ab*"]), ("Resource", [START + "b"]), ("NotResource", ["a"])], ["ab"] * 8)
def test_no_statement_is_left_out_that_covers_the_resource(
    elements: list[tuple[str, list[str]]], keys: list[str]
) -> None:
    statements = tuple(each for _, each in many(*({name: entries} for name, entries in elements)).statements())
    index = ByResource(statements)
    for key in keys:
        request = asked(on=START + key, context={"s3:prefix": None})
        expected = [each for each in statements if each.matches(request) != FALSE]
        assert [each for each in index.on(request.resource.arn) if each.matches(request) != FALSE] == expected


def numbered(count: int) -> Policies:
    return many(
        *(
            {"Effect": "Deny" if number % 2 else "Allow", "Resource": f"{START}buk/p{number}/*/k"}
            for number in range(count)
        )
    )


def test_many_statements_rule_as_few_do() -> None:
    whole, few = numbered(300), numbered(10)
    for _ in range(2):
        for number in range(10):
            request = asked(USER, on=f"{START}buk/p{number}/x/k")
            assert rule(whole, request) == rule(few, request) == ((TRUE, FALSE) if number % 2 else (FALSE, TRUE))
    assert rule(whole, asked(on=f"{START}buk/p300/x/k")) == (FALSE, FALSE)


def test_what_may_cover_is_asked_among_many_too() -> None:
    strangers = [{"Resource": f"{START}buk/p{number}/*"} for number in range(100)]
    policies = many(*strangers, {"Resource": START + "buk/${s3:prefix}/*"}, {"Resource": "*", "Effect": "Deny"})
    request = asked(on=f"{START}buk/x/k", context={"s3:prefix": None})
    assert [rule(policies, request) for _ in range(OFTEN)] == [(TRUE, UNKNOWN)] * OFTEN


@pytest.mark.parametrize("key", ["p1/x/k", "q", "p99999/"])
def test_ten_times_the_statements_are_not_ten_times_the_work(key: str) -> None:
    few, whole = numbered(100), numbered(1000)
    request = asked(on=f"{START}buk/{key}")
    for policies in (few, whole):
        for _ in range(OFTEN):
            rule(policies, request)
    once, more = work(lambda: rule(few, request)), work(lambda: rule(whole, request))
    assert more.calls <= ABOUT_TWICE * once.calls


def test_actions_that_are_remembered_with_an_index_have_bounds() -> None:
    policies = numbered(100)
    for number in range(600):
        policies.concerning(asked(action=f"s3:x{number}"))
        assert len(policies._by_resource) <= 256
