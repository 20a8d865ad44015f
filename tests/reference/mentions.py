"""Lists what the policies of a case test: condition keys, the values beside them and variables."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from .conditions import Json, KeyTest, tests_of
from .policy import Statement, listed, statements
from .principals import entries
from .variables import VARIABLE, WITH_DEFAULT

POLICY_FACTS = ("principal.policies", "session.policies")
SINGLE_POLICY_FACTS = (
    "principal.boundary",
    "bucket.policy",
    "vpc_endpoint.policy",
    "access_point.policy",
    "kms.key_policy",
)
LEVEL_FACTS = ("organization.scps", "organization.rcps")


class Mention(NamedTuple):
    """A condition that tests a key, and whether variables have a meaning there."""

    test: KeyTest
    variables: bool


def hidden(value: Any) -> bool:
    """Whether a fact is given as one that could not be read."""
    return isinstance(value, dict) and value.get("unknown") is True


def readable(case: Json) -> Json:
    """The case with only those facts that are known."""
    return {**case, "evidence": {name: value for name, value in case["evidence"].items() if not hidden(value)}}


def policies_of(case: Json) -> Iterator[Any]:
    """Every policy among the known facts of a case."""
    for name, value in readable(case)["evidence"].items():
        fact = name.removeprefix("source.")
        if value and fact in SINGLE_POLICY_FACTS:
            yield value
        elif value and fact in POLICY_FACTS:
            yield from value
        elif value and fact in LEVEL_FACTS:
            for level in value:
                yield from level["policies"] if isinstance(level, dict) else level


def all_statements(case: Json) -> Iterator[Statement]:
    """Every statement among the known facts of a case."""
    yield from statements(policies_of(case))


def mentions(case: Json) -> Iterator[Mention]:
    """Every test of a condition key."""
    for statement in all_statements(case):
        for test in tests_of(statement.body.get("Condition", {})):
            yield Mention(test, statement.variables)


def keys_of(statement: Statement) -> set[str]:
    """The keys that a statement tests or uses, in lower case."""
    tested = {test.key for test in tests_of(statement.body.get("Condition", {}))}
    texts = _texts(statement.body) if statement.variables else ()
    return tested | {key for text in texts for key in keys_in(text)}


def variable_keys(case: Json) -> set[str]:
    """The keys that stand in policy variables, in lower case."""
    texts = [text for statement in all_statements(case) if statement.variables for text in _texts(statement.body)]
    return {key for text in texts for key in keys_in(text)}


def keys_in(text: str) -> set[str]:
    """The keys of the variables in one text, in lower case."""
    found = set()
    for inside in VARIABLE.findall(text):
        with_default = WITH_DEFAULT.fullmatch(inside)
        found.add((with_default[1] if with_default else inside).lower())
    return found - {"*", "?", "$"}


def _texts(body: Json) -> Iterator[str]:
    for element in ("Resource", "NotResource"):
        yield from listed(body.get(element, []))
    for test in tests_of(body.get("Condition", {})):
        yield from test.expected


def mentioned_keys(case: Json) -> set[str]:
    """Every condition key that a known policy tests or uses, in lower case."""
    return {mention.test.key for mention in mentions(case)} | variable_keys(case)


def principals_named(case: Json) -> list[tuple[str, str]]:
    """Every (type, value) that a known policy names as principal, each once."""
    elements = (
        statement.body[element]
        for statement in all_statements(case)
        for element in ("Principal", "NotPrincipal")
        if element in statement.body
    )
    return list(dict.fromkeys(pair for element in elements for pair in entries(element)))
