"""Where policies are kept: those that are AWS's own, or no policies, are nobody's to write."""

import pytest

from tests.layers.tables import HOME
from why403.policy.homes import organization_policy


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
    write = home.written({"Statement": []})
    assert (write.operation, write.account, write.parameters["PolicyId"]) == ("UpdatePolicy", HOME, "p-1")
