"""What is remembered of texts has bounds in every direction, and nothing depends on its being remembered."""

from collections.abc import Callable

import pytest

from tests.cases import answer
from tests.policy.asking import BUCKET, USER, asked, only, statement
from why403.domain.arn import resource
from why403.domain.errors import InvalidInput
from why403.domain.principal import principal
from why403.domain.remembered import LONGEST, Remembered, remembered
from why403.domain.truth import TRUE
from why403.policy.compiled import Policy
from why403.policy.document import PolicyKind

LONG = "x" * LONGEST


def counted(made: list[str]) -> Callable[[str], str]:
    def make(text: str) -> str:
        made.append(text)
        return text.upper()

    return make


def test_what_was_made_once_is_not_made_again() -> None:
    made: list[str] = []
    recall = remembered(10)(counted(made))
    assert [recall(text) for text in ("a", "b", "a", LONG, LONG)] == ["A", "B", "A", LONG.upper(), LONG.upper()]
    assert made == ["a", "b", LONG]


def test_long_texts_are_made_each_time_and_not_kept() -> None:
    made: list[str] = []
    memory = Remembered(counted(made), 10, len)
    assert memory[LONG + "x"] == memory[LONG + "x"] == (LONG + "x").upper()
    assert len(made) == 2
    assert not memory


def test_it_holds_so_many_entries_and_so_many_characters_at_most() -> None:
    few = Remembered(counted([]), 10, len)
    many = Remembered(counted([]), 10**6, len)
    for number in range(3000):
        assert few[f"{number}"] == f"{number}"
        assert many[f"{number:02048}"] == f"{number:02048}"
        assert len(few) <= 10
        assert sum(map(len, many)) <= 2**21
    assert few
    assert many


def test_what_cannot_be_made_is_not_remembered() -> None:
    for _ in range(2):
        with pytest.raises(InvalidInput):
            principal("bob")


def test_nothing_depends_on_equal_texts_being_one_object() -> None:
    who, what = USER + "x" * LONGEST, f"{BUCKET}/{LONG}"
    assert principal(who) is not principal(who)
    assert resource(what) is not resource(what)
    policy = statement(Principal={"AWS": who}, Resource=what)
    request = {"principal": who, "resource": what, "action": "s3:GetObject", "evidence_is_complete": True}
    assert answer({**request, "evidence": {"bucket.policy": policy}})["decision"] == "allowed"
    (seen,) = (answer({**request, "evidence": {"bucket.policy": policy}}, edits={"bucket.policy": None})["changed"],)
    assert seen is True


def test_a_policy_keeps_no_callers_with_long_texts() -> None:
    found = only(statement(Principal={"AWS": USER}))
    assert found.principals is not None
    for ids in ({}, {LONG: "111122223333"}):
        request = asked(canonical_ids=ids)
        assert found.naming(request.caller).direct == TRUE
        assert (request.caller in found.principals._seen) is not bool(ids)


def test_a_policy_keeps_no_long_actions() -> None:
    policy = Policy(statement(), PolicyKind.RESOURCE, 0)
    assert policy.covering("s3:" + LONG)[1] == policy.statements
    assert not policy._by_action
