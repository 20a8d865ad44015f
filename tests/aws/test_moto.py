"""Collectors of the caller on a whole account, kept by moto: what was put there is what is found."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.cases import services
from why403 import ABSENT, AccessRequest, Fact, Found, Observation, Unreadable
from why403.aws import Access, connect
from why403.domain.facts import ISSUER, PRINCIPAL_TAGS
from why403.gathering import Desk, Subject, gather
from why403.testing import a_request
from why403_layers.identity import POLICIES
from why403_layers.permissions_boundary import BOUNDARY

ACCOUNT = "123456789012"
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Sid": "a+b %", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
    }
)


@pytest.fixture
def iam(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("iam", region_name="us-east-1")


def seen_of(caller: str) -> Mapping[Fact[Any], Observation[Any]]:
    request: AccessRequest = a_request(principal=caller, rest="unknown")
    reader = connect("auto", Access())
    assert reader is not None
    desk = Desk(reader)
    try:
        subject = Subject(request=request)
        found = gather(desk, services().registry.collectors, [[subject]])
    finally:
        desk.close()
    return found.seen[subject]


def names(seen: Observation[Any]) -> set[tuple[str | None, str | None]]:
    assert isinstance(seen, Found), seen
    return {(placed.name, placed.origin) for placed in seen.value.placed}


def test_a_user_with_groups_and_many_policies(iam: Any) -> None:
    iam.create_user(UserName="ana", Path="/staff/", Tags=[{"Key": "team", "Value": "blue"}])
    iam.put_user_policy(UserName="ana", PolicyName="desk", PolicyDocument=DOCUMENT)
    iam.create_group(GroupName="staff")
    iam.put_group_policy(GroupName="staff", PolicyName="badge", PolicyDocument=DOCUMENT)
    iam.add_user_to_group(UserName="ana", GroupName="staff")
    arns = [iam.create_policy(PolicyName=f"own{n}", PolicyDocument=DOCUMENT)["Policy"]["Arn"] for n in range(3)]
    for arn in arns:
        iam.attach_user_policy(UserName="ana", PolicyArn=arn)
    iam.attach_group_policy(GroupName="staff", PolicyArn=arns[2])
    seen = seen_of(f"arn:aws:iam::{ACCOUNT}:user/staff/ana")
    assert names(seen[POLICIES]) == {
        ("desk", "inline"),
        ("badge", "group/staff"),
        ("own0", "attached"),
        ("own1", "attached"),
        ("own2", "attached"),
        ("own2", "group/staff"),
    }
    tags = seen[PRINCIPAL_TAGS]
    assert isinstance(tags, Found)
    assert tags.value == {"team": "blue"}
    assert seen[ISSUER] == ABSENT


def test_a_session_of_a_role_with_a_boundary(iam: Any) -> None:
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=limit, PolicyDocument=DOCUMENT, SetAsDefault=True)
    iam.create_role(RoleName="app", Path="/jobs/", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=limit, Tags=[])
    iam.put_role_policy(RoleName="app", PolicyName="duty", PolicyDocument=DOCUMENT)
    seen = seen_of(f"arn:aws:sts::{ACCOUNT}:assumed-role/app/i-1")
    assert names(seen[POLICIES]) == {("duty", "inline")}
    assert names(seen[BOUNDARY]) == {("limit", None)}
    issuer = seen[ISSUER]
    assert isinstance(issuer, Found)
    assert issuer.value == f"arn:aws:iam::{ACCOUNT}:role/jobs/app"
    assert seen[PRINCIPAL_TAGS] == ABSENT


def test_a_role_that_is_gone_is_unreadable_and_not_without_policies(iam: Any) -> None:
    seen = seen_of(f"arn:aws:sts::{ACCOUNT}:assumed-role/gone/i-1")
    assert {type(seen[fact]) for fact in (POLICIES, BOUNDARY, ISSUER, PRINCIPAL_TAGS)} == {Unreadable}
    policies = seen[POLICIES]
    assert isinstance(policies, Unreadable)
    assert policies.account == ACCOUNT
