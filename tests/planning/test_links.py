"""One document under two names: what an edit changes in one fact is changed in the other, and nothing else is."""

import copy
import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why403.domain.evidence import Evidence, Fact
from why403.domain.fix import Edit
from why403.planning.links import Link, carried, everywhere, same_but_for_side, twins

OLD: Final = {"Version": "2012-10-17", "Statement": []}
NEW: Final = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}
ELSE: Final = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]}


def levels(*documents: Any, target: str = "r") -> list[Any]:
    """Return levels of an organization with one policy each."""
    return [{"target": target, "policies": [{"id": f"p-{at}", "document": each}]} for at, each in enumerate(documents)]


@pytest.mark.parametrize(
    ("value", "before", "after", "expected"),
    [
        (OLD, OLD, NEW, NEW),
        (None, None, NEW, NEW),
        (ELSE, OLD, NEW, ELSE),
        (levels(OLD, ELSE), levels(OLD, ELSE), levels(NEW, ELSE), levels(NEW, ELSE)),
        # the same policy in another organization's tree, beside others
        (levels(OLD, ELSE, ELSE), levels(OLD), levels(NEW), levels(NEW, ELSE, ELSE)),
        # a policy that says the same and is another one
        (levels(ELSE, OLD), levels(ELSE, OLD), levels(NEW, OLD), levels(NEW, OLD)),
        (levels(OLD, OLD), levels(OLD, OLD), levels(NEW, OLD), levels(NEW, OLD)),
        ([OLD], [OLD], [OLD, NEW], [OLD, NEW]),
        (OLD, OLD, OLD, OLD),
    ],
)
def test_what_was_there_before_is_what_comes_after(value: Any, before: Any, after: Any, expected: Any) -> None:
    was = copy.deepcopy(value)
    assert carried(value, before, after) == expected
    assert value == was


DOCUMENTS: Final = st.sampled_from([OLD, NEW, ELSE, None])


@given(st.lists(DOCUMENTS, max_size=4), st.data())
def test_an_edit_is_carried_to_an_equal_value_whole(documents: list[Any], data: st.DataObject) -> None:
    others = data.draw(st.lists(DOCUMENTS, min_size=len(documents), max_size=len(documents)))
    assert carried(levels(*documents), levels(*documents), levels(*others)) == levels(*others)


def test_names_of_one_fact() -> None:
    assert same_but_for_side("bucket.policy", "source.bucket.policy")
    assert not same_but_for_side("bucket.policy", "bucket.policy")
    assert not same_but_for_side("bucket.policy", "source.kms.key_policy")
    links = [Link("source.bucket.policy", "bucket.policy", None)]
    assert [*twins(links, "bucket.policy")] == ["source.bucket.policy"]
    assert [*twins(links, "source.bucket.policy")] == ["bucket.policy"]
    assert [*twins(links, "kms.key_policy")] == []


@given(st.lists(DOCUMENTS, max_size=4), st.lists(DOCUMENTS, max_size=4))
def test_a_value_that_has_nothing_in_common_stays(documents: list[Any], others: list[Any]) -> None:
    value = levels({"Statement": "elsewhere"}, None)
    assert carried(value, levels(*documents), levels(*others)) == value


ARN: Final = "arn:aws:iam::111122223333:policy/team"
HELD: Final = {"arn": ARN, "document": OLD}
CHANGED: Final = Edit("principal.policies", [HELD], [{**HELD, "document": NEW}])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({**HELD, "name": "team"}, {**HELD, "name": "team", "document": NEW}),
        ({**HELD, "document": json.dumps(OLD)}, {**HELD, "document": json.dumps(NEW)}),
        ([*levels(OLD), {"policies": [HELD]}], [*levels(OLD), {"policies": [{**HELD, "document": NEW}]}]),
        # another policy that says the same, one without an ARN, and what was read at another time
        ({**HELD, "arn": f"{ARN}-2"}, None),
        (OLD, None),
        ({**HELD, "document": ELSE}, None),
    ],
)
def test_a_policy_changes_wherever_its_arn_stands(value: Any, expected: Any) -> None:
    boundary: Fact[Any] = Fact(name="principal.boundary", load=lambda held: held)
    found = everywhere([CHANGED], Evidence({boundary: boundary.observe(value)}))
    assert found == (CHANGED, *([] if expected is None else [Edit("principal.boundary", value, expected)]))


def test_a_policy_that_a_group_gives_as_well_changes_there_too() -> None:
    before = [HELD, {**HELD, "from": "group/all"}]
    after = [{**HELD, "document": NEW}, {**HELD, "from": "group/all"}]
    (found,) = everywhere([Edit("principal.policies", before, after)], Evidence({}))
    assert found.after == [{**HELD, "document": NEW}, {**HELD, "document": NEW, "from": "group/all"}]


def test_another_policy_in_the_place_of_one_changes_nothing_elsewhere() -> None:
    boundary: Fact[Any] = Fact(name="principal.policies", load=lambda held: held)
    put = Edit("principal.boundary", HELD, {**HELD, "arn": f"{ARN}-copy", "document": NEW})
    assert everywhere([put], Evidence({boundary: boundary.observe([HELD])})) == (put,)
