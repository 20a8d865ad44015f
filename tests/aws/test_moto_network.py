"""Collectors of the VPC endpoint and of resource control policies on what moto keeps: what was put there is found."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.cases import services
from why403 import ABSENT, Fact, Found, Observation, Unreadable
from why403.aws import Access, connect
from why403.domain.facts import BUCKET_OWNER
from why403.gathering import Desk, Subject, gather
from why403.testing import a_request
from why403_layers.rcp import RCPS
from why403_layers.vpc_endpoint import POLICY, TYPE

HERE = "123456789012"
REGION = "eu-central-1"
WRITTEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
PERIMETER = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
    }
)


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


def seen_of(owner: str = HERE, **keys: list[str]) -> Mapping[Fact[Any], Observation[Any]]:
    told = {f"aws:{name}": held for name, held in keys.items()}
    facts = {BUCKET_OWNER: owner}
    request = a_request(principal=f"arn:aws:iam::{HERE}:user/ana", facts=facts, rest="unknown", keys=told)
    reader = connect("auto", Access(role_name="reader", organization_account=HERE))
    assert reader is not None
    desk = Desk(reader)
    try:
        subject = Subject(request=request, given={BUCKET_OWNER: Found(owner)})
        return gather(desk, services().registry.collectors, [[subject]]).seen[subject]
    finally:
        desk.close()


def value(seen: Observation[Any]) -> Any:
    assert isinstance(seen, Found), seen
    return seen.value


def an_endpoint(kind: str, written: str | None = None) -> str:
    ec2 = boto3.client("ec2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    named: dict[str, Any] = {"VpcId": vpc, "ServiceName": f"com.amazonaws.{REGION}.s3", "VpcEndpointType": kind}
    made = ec2.create_vpc_endpoint(**named, **({} if written is None else {"PolicyDocument": written}))
    found: str = made["VpcEndpoint"]["VpcEndpointId"]
    return found


@pytest.mark.parametrize("kind", ["Gateway", "Interface"])
def test_the_policy_and_the_type_of_an_endpoint(kind: str) -> None:
    endpoint = an_endpoint(kind, json.dumps(WRITTEN))
    seen = seen_of(SourceVpce=[endpoint], RequestedRegion=[REGION])
    (placed,) = value(seen[POLICY]).placed
    (statement,) = placed.policy.statements
    assert (placed.name, statement.actions.entries) == (endpoint, ("s3:GetObject",))
    assert value(seen[TYPE]) == kind


def test_an_endpoint_that_is_not_there_is_not_taken_for_none() -> None:
    seen = seen_of(SourceVpce=["vpce-00000000000000000"], RequestedRegion=[REGION])
    assert {type(seen[fact]) for fact in (POLICY, TYPE)} == {Unreadable}


def test_an_endpoint_of_another_region_is_not_found_by_chance() -> None:
    endpoint = an_endpoint("Gateway", json.dumps(WRITTEN))
    assert isinstance(seen_of(SourceVpce=[endpoint], RequestedRegion=["eu-west-1"])[POLICY], Unreadable)


def test_what_came_through_none_meets_none() -> None:
    seen = seen_of(SourceVpce=[])
    assert {seen[fact] for fact in (POLICY, TYPE)} == {ABSENT}


def test_the_way_from_the_root_to_the_owners_account() -> None:
    organizations = boto3.client("organizations", region_name="us-east-1")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="work")["OrganizationalUnit"]["Id"]
    member = organizations.create_account(Email="a@example.org", AccountName="a")["CreateAccountStatus"]["AccountId"]
    organizations.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit)
    made = organizations.create_policy(
        Content=PERIMETER, Name="Perimeter", Description="-", Type="RESOURCE_CONTROL_POLICY"
    )
    organizations.enable_policy_type(RootId=root, PolicyType="RESOURCE_CONTROL_POLICY")
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=unit)
    levels = {level.target: {placed.name for placed in level.policies.placed} for level in value(seen_of(member)[RCPS])}
    assert list(levels) == [root, unit, member]
    assert "Perimeter" in levels[unit]
    assert "Perimeter" not in levels[root] | levels[member]


def test_an_owner_of_no_organization_has_none() -> None:
    assert seen_of()[RCPS] == ABSENT
