"""Where policies are kept: those that are AWS's own, or no policies, are nobody's to write."""

import pytest

from tests.layers.tables import HOME
from why403 import Reading, Write
from why403.domain.arn import resource
from why403.policy.homes import endpoint_policy, inline_policy, key_policy, organization_policy

KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234"


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


def test_the_policy_of_a_key_is_written_to_it_and_as_long_as_its_bytes() -> None:
    key = resource(KEY)
    assert key is not None
    home = key_policy(key)
    assert home is not None
    named = {"KeyId": KEY, "PolicyName": "default"}
    assert home.put == Write(
        *("kms", "PutKeyPolicy", named, "kms:PutKeyPolicy", HOME, "eu-west-1"),
        reading=Reading("kms", "GetKeyPolicy", named, ("Policy",)),
    )
    assert home.fits({"Statement": [{"Sid": "x" * 32_000}]})
    assert not home.fits({"Statement": [{"Sid": "é" * 32_000}]})
    assert not home.fits({"Statement": [{"Sid": "x" * 33_000}]})


def test_the_policy_of_an_endpoint_is_read_from_its_description() -> None:
    home = endpoint_policy("vpce-1a2b", HOME, "eu-west-1")
    assert home.put == Write(
        *("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": "vpce-1a2b"}, "ec2:ModifyVpcEndpoint", HOME, "eu-west-1"),
        reading=Reading(
            "ec2", "DescribeVpcEndpoints", {"VpcEndpointIds": ["vpce-1a2b"]}, ("VpcEndpoints", "0", "PolicyDocument")
        ),
    )
