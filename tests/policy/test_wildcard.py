"""Wildcards match as AWS documents, each kind of pattern in its own way, and never slowly."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.policy.asking import asked, only, statement
from tests.policy.work import ABOUT_TWICE, work
from tests.reference.arns import resource_matches
from tests.reference.globs import glob_matches, plain_glob
from why403.domain.truth import FALSE, TRUE
from why403.policy.template import Tokens, tokens
from why403.policy.wildcard import Matcher, any_of, arn_glob, glob, resource_glob

A_KEY = "arn:aws:s3:::buk/"


def pattern(text: str) -> Tokens:
    return tokens(text, wildcards=True, variables=False)


@pytest.mark.parametrize(
    ("text", "candidate", "expected"),
    [
        ("", "", True),
        ("", "a", False),
        ("a", "a", True),
        ("a", "A", False),
        ("*", "", True),
        ("*", "a:b/c\nd", True),
        ("a*", "a", True),
        ("a*", "ba", False),
        ("*a", "ba", True),
        ("*a", "ab", False),
        ("a*b", "ab", True),
        ("a*b", "a:/\nb", True),
        ("a*b", "abc", False),
        ("a*a", "a", False),
        ("?", "a", True),
        ("?", "", False),
        ("?", "ab", False),
        ("?", "\n", True),
        ("a?c*", "abc", True),
        ("**", "", True),
        ("a**b", "ab", True),
        ("*?*", "", False),
        ("*?*", "a", True),
        ("*ab*ab*", "ab", False),
        ("*ab*ab*", "xabyabz", True),
        ("*aab", "aaab", True),
        ("a.c", "abc", False),
        ("[a]+", "[a]+", True),
        ("[a]+*", "a", False),
        ("?", "\N{GRINNING FACE}", True),
    ],
)
def test_a_star_is_any_run_and_a_question_mark_one_character(text: str, candidate: str, expected: bool) -> None:
    assert glob(pattern(text))(candidate) is expected
    assert any_of([pattern("never"), pattern(text)])(candidate) is expected


@given(st.text(alphabet="ab:*?", max_size=10), st.text(alphabet="ab:\n", max_size=12))
@example("a*a", "a")
@example("?", "ab")
@example("a?*?b*?", "aab:bb")
def test_a_long_pattern_matches_as_a_short_one_does(text: str, candidate: str) -> None:
    stretched = ["".join(one if one == "*" else one * 600 for one in each) for each in (text, candidate)]
    assert glob(pattern(stretched[0]))(stretched[1]) is glob(pattern(text))(candidate)


TEXTS = st.text(alphabet="ab:\n", max_size=12)
PATTERNS = st.text(alphabet="ab:*?", max_size=10)


@given(PATTERNS, TEXTS)
@example("*a*ab", "aab")
@example("*ab?b*", "ababb")
def test_a_glob_matches_what_the_reference_matches(text: str, candidate: str) -> None:
    assert glob(pattern(text))(candidate) is glob_matches(plain_glob(text), candidate)


@given(st.lists(PATTERNS, max_size=4), TEXTS)
def test_any_of_several_is_each_by_itself(texts: list[str], candidate: str) -> None:
    found = any_of([pattern(text) for text in texts])(candidate)
    assert found is any(glob(pattern(text))(candidate) for text in texts)


@pytest.mark.parametrize(
    ("text", "arn", "expected"),
    [
        ("*", "*", True),
        ("*", "arn:aws:s3:::buk/a:b", True),
        ("arn:*", "arn:aws:s3:::buk/k", True),
        ("arn:aws:s3:*", "arn:aws:s3:::buk/k", True),
        ("arn:aws:s3:::*", "arn:aws:s3:::buk/a:b", True),
        ("arn:aws:s3:::buk*", "arn:aws:s3:::buk2/a:b", True),
        ("arn:aws:s3:::buk/*", "arn:aws:s3:::buk", False),
        ("arn:aws:s3:::buk/*", "arn:aws:s3:::buk/", True),
        ("arn:aws:s3:::buk/*", "arn:aws:s3:::BUK/k", False),
        ("arn:aws:s3:::b?k/*", "arn:aws:s3:::buk/k", True),
        ("arn:aws:s3:::buk/*/t/*", "arn:aws:s3:::buk/1/2/t/x", True),
        ("arn:aws:s3:::buk/*/t/*", "arn:aws:s3:::buk/t/x", False),
        ("arn:aws:s3:::buk/a:b*", "arn:aws:s3:::buk/a:b:c", True),
        ("arn:aws:s3:::buk/*z", "arn:aws:s3:::buk/a:b:z", True),
        ("arn:*:s3:::buk/k", "arn:aws:s3:::buk/k", True),
        ("arn:a*s:s3:::buk/k", "arn:aws:s3:::buk/k", True),
        ("arn:aws*:s3:::buk/k", "arn:aws-cn:s3:::buk/k", True),
        ("arn:aws:s3:::buk/k", "arn:aws-cn:s3:::buk/k", False),
        ("arn:aws:s3:*:*:buk/k", "arn:aws:s3:::buk/k", True),
        ("arn:aws:s3:us-*::buk/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s3:*/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s3:*k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s3:?:?:buk/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s3:eu*:accesspoint/x", "arn:aws:s3:eu-west-1:111122223333:accesspoint/x", True),
        ("arn:aws:s3:e*1:accesspoint/x", "arn:aws:s3:eu-west-1:111122223333:accesspoint/x", False),
        ("arn:aws:s3:*:x", "arn:aws:s3:a:b:c:x", True),
        ("arn:aws:s3:*:*:*:*:x", "arn:aws:s3:a:b:c:x", False),
        ("arn:aws:s3*:::buk/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s?:::buk/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:*:::buk/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s3*:::buk/k", "arn:aws:s3*:::buk/k", True),
        ("arn:aws:s3*", "arn:aws:s3:::buk/k", False),
        ("arn:aws:*", "arn:aws:s3:::buk/k", False),
        ("arn:aws*", "arn:aws:s3:::buk/k", True),
        ("arn:aws:s3:::", "arn:aws:s3:::buk/k", False),
        ("arn:a*s:s3", "arn:aws:s3:::buk/k", False),
        ("arn:a*s:s3:", "arn:aws:s3:::buk/k", False),
        ("", "arn:aws:s3:::buk/k", False),
        ("buk/*", "arn:aws:s3:::buk/k", False),
    ],
)
def test_a_resource_keeps_wildcards_in_their_segment_unless_they_end_it(text: str, arn: str, expected: bool) -> None:
    truth = TRUE if expected else FALSE
    assert only(statement(Resource=["arn:aws:s3:::no", text])).resources.match(asked(on=arn)) == truth
    assert only(statement(NotResource=text)).resources.match(asked(on=arn)) == 2 - truth


RESOURCE_PATTERNS = st.lists(st.text(alphabet="ab*?", max_size=4), max_size=8).map(":".join)
RESOURCE_TEXTS = st.lists(st.text(alphabet="ab\n", max_size=3), max_size=9).map(":".join)


@settings(max_examples=500)
@given(RESOURCE_PATTERNS, RESOURCE_TEXTS)
@example("*:*:*:*:*:a?*b", "a:b:a:b:a:b:ab:ab")
@example("*::*:*:*:?", ":::::::::a")
@example("*:*:*:*:*:??", "a:a:a:a:a:a:aa")
@example("a*:*:*:*:*:", "a:a:a:a:a:a:")
@example("*:a*b", "a:a:ab:b")
def test_a_resource_matches_what_the_reference_matches(text: str, candidate: str) -> None:
    match = only(statement(Resource=["never", text])).resources.plain
    assert match is not None
    assert match(candidate) is resource_matches(text, candidate, {}, variables=False)


@given(RESOURCE_PATTERNS, RESOURCE_TEXTS)
@example("*:a*b:*", "aab:a:b:a")
def test_a_long_resource_matches_as_a_short_one_does(text: str, candidate: str) -> None:
    def stretched(each: str) -> str:
        return "".join(one if one in "*:" else one * 200 for one in each)

    match = resource_glob(pattern(stretched(text)))
    assert match(stretched(candidate)) is resource_glob(pattern(text))(candidate)


@pytest.mark.parametrize(
    ("text", "arn", "expected"),
    [
        ("arn:aws:iam::*:role/app-*", "arn:aws:iam::111122223333:role/app-1", True),
        ("arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a:b", True),
        ("arn:aws:iam:*:role/app", "arn:aws:iam::1:role/app", False),
        ("arn:aws:iam::*", "arn:aws:iam::1:role/app", False),
        ("*", "arn:aws:iam::1:role/app", False),
        ("*:*:*:*:*:*", "arn:aws:iam::1:role/app", True),
        ("arn:aws:*::1:role/app", "arn:aws:iam::1:role/app", True),
        ("arn:aws:iam::1:role/APP", "arn:aws:iam::1:role/app", False),
        ("arn:aws:iam::?:role/app", "arn:aws:iam::1:role/app", True),
        ("arn:aws:iam::1:role/app", "role/app", False),
        ("", "", False),
    ],
)
def test_an_arn_is_compared_segment_by_segment(text: str, arn: str, expected: bool) -> None:
    assert arn_glob(pattern(text))(arn) is expected


@pytest.mark.parametrize("matcher", [glob, resource_glob, arn_glob], ids=["glob", "resource_glob", "arn_glob"])
@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        (A_KEY + "*a" * 60 + "b", A_KEY + "a" * 1000),
        (A_KEY + "*" * 60 + "b", A_KEY + "a" * 1000),
        (A_KEY + "*?" * 60 + "b", A_KEY + "a" * 1000),
        (A_KEY + "*a?" * 60 + "b*", A_KEY + "a" * 1000),
        ("*:*:*:*:*:*b", ":" * 1000),
        ("*a*:" * 5 + "*b", "a:" * 500),
        ("*:" + "*" + "a" * 100_000 + "b*", ":" + "a" * 200_000),
    ],
)
def test_no_pattern_takes_for_ever(matcher: Callable[[Tokens], Matcher], text: str, candidate: str) -> None:
    assert matcher(pattern(text))(candidate) is False


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ("*:*:*:*:*:*z", "a:"),
        ("*:*:*:*:*:a*z", "a:"),
        ("*:*:*:*:*:b*z", "a:"),
        ("*:*:*:*:*:?:?*z", "a:"),
        ("*:*:*:*:*:aaa", "a:"),
        ("*:a:?:*?:a*:*z", "a:"),
        ("*:a*", "b:"),
        ("*:*:*:*:z", "a:"),
        ("*" + "a?" * 400 + "z", "a"),
        ("*:*:*:*:*:" + "a?" * 400 + "*z", "a:"),
    ],
)
def test_twice_the_text_is_twice_the_work(text: str, candidate: str) -> None:
    match = resource_glob(pattern(text))
    once, twice = work(partial(match, candidate * 1000)), work(partial(match, candidate * 2000))
    assert twice.calls <= ABOUT_TWICE * once.calls
    assert twice.characters <= ABOUT_TWICE * once.characters
