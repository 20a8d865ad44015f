"""Levels of an organization: both ways to write them, and every fault where it stands."""

import pytest

from why403.domain.errors import InvalidInput
from why403.policy import PolicyKind, levels, policies_by_level

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
BAD = {"Statement": 1}


def test_levels_are_kept_in_order_with_the_places_of_their_policies() -> None:
    load = levels(PolicyKind.ATTACHED)
    found = load([{"target": "r-1", "policies": [DOCUMENT]}, [DOCUMENT, {"document": DOCUMENT}], {"policies": []}])
    assert [level.target for level in found] == ["r-1", "level 2", "level 3"]
    places = [[placed.pointer for placed in policies.placed] for policies in policies_by_level(found)]
    assert places == [["/0/policies/0"], ["/1/0", "/1/1/document"], []]


def test_a_target_that_is_null_is_not_known() -> None:
    (level,) = levels(PolicyKind.ATTACHED)([{"target": None, "policies": []}])
    assert level.target == "level 1"


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ({}, [""]),
        (["r-1"], ["/0"]),
        ([{"target": "r-1"}], ["/0"]),
        ([{"target": "r-1", "policies": None}], ["/0/policies"]),
        ([{"target": 1, "policies": []}], ["/0"]),
        ([{"target": "r-1", "policies": [], "name": "x"}], ["/0"]),
        ([[BAD], {"policies": [BAD]}, 5], ["/0/0/Statement", "/1/policies/0/Statement", "/2"]),
    ],
)
@pytest.mark.parametrize("kind", PolicyKind)
def test_every_fault_is_told_where_it_stands(kind: PolicyKind, value: object, pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        levels(kind)(value)
    assert [fault.pointer for fault in caught.value.faults] == pointers
