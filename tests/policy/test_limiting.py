"""Public statements limited to one account: the policy is public no more, and lets in nobody whom it did not."""

import copy
from typing import Any

import pytest

from why403.policy import PolicyKind, is_public, limited_to, one_policy

ACCOUNT = "111122223333"
STATEMENT = {
    "Sid": "Read",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b/*",
}
NAMED = {**STATEMENT, "Sid": "Named", "Principal": {"AWS": "arn:aws:iam::444455556666:role/r"}}
DENY = {**STATEMENT, "Sid": "Deny", "Effect": "Deny"}
TO_ACCOUNT = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}


def limited(*statements: dict[str, Any], of_access_point: bool = False) -> dict[str, Any]:
    """Return a policy limited, which is public no more and whose original is as it was."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    before = copy.deepcopy(document)
    load = one_policy(PolicyKind.RESOURCE)
    found = limited_to(document, load(document), ACCOUNT, of_access_point=of_access_point)
    assert document == before
    assert not is_public(load(found), of_access_point=of_access_point)
    return found


def test_only_what_is_public_is_limited() -> None:
    assert limited(NAMED, STATEMENT, DENY)["Statement"] == [NAMED, {**STATEMENT, "Condition": TO_ACCOUNT}, DENY]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (
            {"stringequals": {"aws:PrincipalTag/x": "y"}},
            {"stringequals": {"aws:PrincipalTag/x": "y", "aws:PrincipalAccount": ACCOUNT}},
        ),
        (
            {"StringEquals": {"AWS:principalaccount": "${aws:ResourceAccount}"}},
            {
                "StringEquals": {"AWS:principalaccount": "${aws:ResourceAccount}"},
                "StringEqualsIgnoreCase": {"aws:PrincipalAccount": ACCOUNT},
            },
        ),
        (
            {"Bool": {"aws:SecureTransport": "true"}},
            {"Bool": {"aws:SecureTransport": "true"}, **TO_ACCOUNT},
        ),
    ],
    ids=["beside another key", "never beside a value of the same key", "beside another operator"],
)
def test_conditions_that_are_there_stay(held: dict[str, Any], expected: dict[str, Any]) -> None:
    assert limited({**STATEMENT, "Condition": held})["Statement"][0]["Condition"] == expected


def test_whoever_is_not_named_is_limited_like_everybody() -> None:
    spared = {name: value for name, value in STATEMENT.items() if name != "Principal"}
    found = limited({**spared, "NotPrincipal": {"AWS": "arn:aws:iam::444455556666:root"}})
    assert found["Statement"][0]["Condition"] == TO_ACCOUNT


def test_an_access_point_s_own_arn_limits_nothing() -> None:
    point = {"StringEquals": {"s3:DataAccessPointArn": f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/p"}}
    found = limited({**STATEMENT, "Condition": point}, of_access_point=True)
    assert found["Statement"][0]["Condition"]["StringEquals"]["aws:PrincipalAccount"] == ACCOUNT
    assert limited({**STATEMENT, "Condition": point})["Statement"][0]["Condition"] == point


def test_one_statement_that_stands_alone_is_limited_where_it_stands() -> None:
    document = {"Version": "2012-10-17", "Statement": STATEMENT}
    found = limited_to(document, one_policy(PolicyKind.RESOURCE)(document), ACCOUNT)
    assert found["Statement"] == {**STATEMENT, "Condition": TO_ACCOUNT}
