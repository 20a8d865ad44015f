"""Where policies are kept: those that are AWS's own, or no policies, are nobody's to write."""

import pytest

from tests.layers.tables import HOME
from why403 import Reading, Write
from why403.policy.homes import inline_policy, organization_policy


@pytest.mark.parametrize(
    "arn",
    [
        None,
        "p-FullAWSAccess",
        "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
        f"arn:aws:organizations::{HOME}:policy/o-1/tag_policy/p-1",
        f"arn:aws:organizations::{HOME}:policy/o-1/service_control_policy/",
        f"arn:aws:iam::{HOME}:policy/o-1/service_control_policy/p-1",
    ],
)
def test_what_is_no_policy_of_the_organization_s_own_is_kept_nowhere(arn: str | None) -> None:
    assert organization_policy(arn) is None


def test_a_policy_of_an_organization_is_written_in_the_account_that_manages_it() -> None:
    home = organization_policy(f"arn:aws:organizations::{HOME}:policy/o-1/service_control_policy/p-1")
    assert home is not None
    named = {"PolicyId": "p-1"}
    assert home.written({"Statement": []}) == Write(
        "organizations",
        "UpdatePolicy",
        {**named, "Content": {"Statement": []}},
        "organizations:UpdatePolicy",
        HOME,
        documents=("Content",),
        reading=Reading("organizations", "DescribePolicy", named, ("Policy", "Content")),
    )


@pytest.mark.parametrize("kind", ["User", "Role", "Group"])
def test_an_inline_policy_that_is_not_there_yet_is_read_as_none(kind: str) -> None:
    home = inline_policy(kind, "app", "reads", HOME)
    named = {f"{kind}Name": "app", "PolicyName": "reads"}
    assert home.written({"Statement": []}) == Write(
        "iam",
        f"Put{kind}Policy",
        {**named, "PolicyDocument": {"Statement": []}},
        f"iam:Put{kind}Policy",
        HOME,
        documents=("PolicyDocument",),
        reading=Reading("iam", f"Get{kind}Policy", named, ("PolicyDocument",), ("NoSuchEntity",)),
    )
