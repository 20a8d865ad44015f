"""A policy is public unless every Allow is limited to fixed values, limiter by limiter (section 8.3 of the facts)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.asking import ACCOUNT, compiled, statement
from tests.reference.public import policy_is_public
from why403.policy import PolicyKind, is_public, policy_list

POINT = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
Block = dict[str, Any]


def of(condition: Block | None = None, **elements: Any) -> Any:
    more: Block = {"Condition": condition} if condition else {}
    return statement(**elements, **more)


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": [ACCOUNT, "*"]}}, True),
        ({"Principal": {"Service": "*"}}, True),
        ({"Principal": {"AWS": ACCOUNT}}, False),
        ({"Principal": {"AWS": f"{ROLE}/app"}}, False),
        ({"Principal": {"Service": "x.amazonaws.com"}}, False),
        ({"Principal": {"CanonicalUser": "c" * 64}}, False),
        ({"Effect": "Deny"}, False),
        ({"NotPrincipal": {"AWS": ACCOUNT}}, True),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": ACCOUNT}}, False),
        ({"Action": "s3:NoSuchAction"}, True),
        ({"Resource": "arn:aws:s3:::other/*"}, True),
    ],
)
def test_an_allow_for_everyone_is_public(elements: Block, expected: bool) -> None:
    assert is_public(compiled(of(**elements))) is expected


FIXED: list[tuple[str, str, str]] = [
    ("aws:PrincipalOrgID", "o-1", "o-*"),
    ("aws:PrincipalAccount", ACCOUNT, "1111*"),
    ("aws:PrincipalServiceName", "x.amazonaws.com", "*.amazonaws.com"),
    ("aws:SourceArn", "arn:aws:sns:us-east-1:1:t", "arn:aws:sns:us-east-1:1:*"),
    ("aws:SourceVpc", "vpc-1", "vpc-*"),
    ("aws:SourceVpcArn", "arn:aws:ec2:us-east-1:1:vpc/vpc-1", "arn:aws:ec2:*:1:vpc/vpc-1"),
    ("aws:SourceVpce", "vpce-1", "vpce-?"),
    ("aws:SourceOwner", ACCOUNT, "*"),
    ("aws:SourceAccount", ACCOUNT, "*"),
    ("aws:VpceAccount", ACCOUNT, "*"),
    ("aws:VpceOrgID", "o-1", "o-*"),
    ("aws:userid", "AIDAX", "AIDA*"),
    ("s3:DataAccessPointAccount", ACCOUNT, "1*"),
]


@pytest.mark.parametrize(("key", "fixed", "open_"), FIXED)
def test_a_fixed_value_limits_and_one_that_widens_does_not(key: str, fixed: str, open_: str) -> None:
    assert not is_public(compiled(of({"StringEquals": {key: fixed}})))
    assert not is_public(compiled(of({"stringlike": {key.upper(): [fixed, fixed]}})))
    assert is_public(compiled(of({"StringLike": {key: open_}})))
    assert is_public(compiled(of({"StringLike": {key: [fixed, open_]}})))
    assert is_public(compiled(of({"StringEquals": {key: "${aws:PrincipalTag/x}"}})))
    for name in ("StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals", "Null"):
        assert is_public(compiled(of({name: {key: fixed}})))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.7"}}, False),
        ({"IpAddress": {"aws:SourceIp": "52.0.0.0/8"}}, False),
        ({"IpAddress": {"aws:SourceIp": "52.0.0.0/7"}}, True),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
        ({"IpAddress": {"aws:SourceIp": "the office"}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["172.16.0.0/12", "192.168.0.0/16"]}}, False),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "52.0.0.0/6"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, False),
        ({"IpAddress": {"aws:SourceIp": "2001::/16"}}, True),
        ({"IpAddress": {"aws:SourceIp": "::/0"}}, True),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"StringEquals": {"aws:SourceIp": "203.0.113.7"}}, True),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, False),
        ({"Bool": {"aws:PrincipalIsAWSService": True}}, False),
        ({"Bool": {"aws:PrincipalIsAWSService": "false"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": ["true", "false"]}}, True),
        ({"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-1/r-1/"}}, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}, True),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1/r-1/"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:VpceOrgPaths": "o-1/r-1/"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgPaths": "o-1/r-1/"}}, True),
        ({"ArnEquals": {"aws:PrincipalArn": f"{ROLE}/app"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"{ROLE}/*"}}, False),
        ({"StringLike": {"aws:PrincipalArn": f"{ROLE}/*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::1*:role/app", f"{ROLE}/app"]}}, True),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, True),
        ({"ArnNotEquals": {"aws:PrincipalArn": f"{ROLE}/app"}}, True),
        ({"StringLike": {"aws:userid": "AROAX:*"}}, True),
        ({"StringEquals": {"aws:userid": "AROAX:*"}}, True),
        ({"StringEquals": {"aws:userid": ["AIDAX", "AROAX:*"]}}, True),
        ({"StringEquals": {"aws:userid": "AROAX:session"}}, False),
        ({"StringEquals": {"aws:Referer": "https://example.com/"}}, True),
        ({"StringEquals": {"aws:UserAgent": "x"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"StringEquals": {"s3:x-amz-acl": "private"}}, True),
        ({"StringEquals": {"s3:prefix": "a"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": "ml"}}, True),
        ({"StringEquals": {"s3:ExistingObjectTag/public": "no"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-01"}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"StringEquals": {"aws:Referer": "x", "aws:SourceAccount": ACCOUNT}}, False),
        ({"StringEquals": {"aws:Referer": "x"}, "ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:1:t"}}, False),
        ({"StringNotEquals": {"aws:Referer": []}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": []}}, True),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": []}}, True),
    ],
)
def test_a_condition_limits_only_by_what_pins_the_caller_or_the_place(condition: Block, expected: bool) -> None:
    assert is_public(compiled(of(condition))) is expected
    named = compiled(
        {
            "Version": "2012-10-17",
            "Statement": [*of(condition)["Statement"], *of(Principal={"AWS": ACCOUNT})["Statement"]],
        }
    )
    assert is_public(named) is expected


@pytest.mark.parametrize(
    ("value", "in_bucket"),
    [(f"{POINT}/x", False), (f"{POINT}/*", False), (f"{POINT[:23]}*:accesspoint/x", True), ("*", True)],
)
@pytest.mark.parametrize("operator", ["ArnLike", "StringLike", "ArnEquals"])
def test_an_access_point_limits_a_buckets_policy_if_its_account_is_fixed(
    operator: str, value: str, in_bucket: bool
) -> None:
    policies = compiled(of({operator: {"s3:DataAccessPointArn": value}}))
    assert is_public(policies) is in_bucket
    assert is_public(policies, of_access_point=True)


def test_a_wildcard_that_the_operator_does_not_know_is_a_fixed_value() -> None:
    assert not is_public(compiled(of({"StringEquals": {"aws:SourceVpc": "vpc-*"}})))


def test_one_public_statement_makes_all_public_and_no_deny_mends_it() -> None:
    limited, public, deny = of(Principal={"AWS": ACCOUNT}), of(), of(Effect="Deny")
    load = policy_list(PolicyKind.RESOURCE)
    assert is_public(load([limited, public]))
    assert is_public(load([deny, public]))
    assert not is_public(load([limited, deny]))
    assert not is_public(load([]))


CONDITIONS = [
    (f"{quantifier}{name}{exists}", key, value)
    for quantifier in ("", "ForAnyValue:", "ForAllValues:")
    for name in ("StringEquals", "StringLike", "StringNotEquals", "ArnLike", "ArnNotLike")
    for exists in ("", "IfExists")
    for key, value in [(key, fixed) for key, fixed, _ in FIXED]
    + [("aws:PrincipalOrgPaths", "o-1/r-1/"), ("aws:PrincipalArn", f"{ROLE}/*"), ("s3:prefix", "a")]
]
ADDRESSES = ["10.0.0.0/8", "52.0.0.0/7", "52.0.0.0/8", "203.0.113.7", "::/0", "2001:db8::/32", "172.16.0.0/11"]
OTHERS = [(name, "aws:SourceIp", value) for name in ("IpAddress", "NotIpAddress") for value in ADDRESSES]


@given(
    st.lists(st.sampled_from(CONDITIONS + OTHERS), max_size=2),
    st.sampled_from(["*", {"AWS": [ACCOUNT, "*"]}, {"AWS": ACCOUNT}]),
)
def test_the_reference_calls_the_same_policies_public(conditions: list[tuple[str, str, str]], principal: Any) -> None:
    # Wildcards under ARN operators apart from a fixed account, and literal ones, are for the tables above.
    conditions = [each for each in conditions if "*" not in each[2] or "Like" in each[0]]
    block: Block = {}
    for name, key, value in conditions:
        block.setdefault(name, {})[key] = value
    policy = of(block, Principal=principal)
    assert is_public(compiled(policy)) is policy_is_public(policy)
