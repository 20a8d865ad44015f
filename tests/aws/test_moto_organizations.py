"""Collectors of the organization and of sessions through the real reader: an organization in moto, events by hand."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.aws.faking import HOME, Reply, a_reader
from tests.cases import services
from tests.layers.test_collecting_session_policies import INLINE, a_start
from tests.layers.test_collecting_session_policies import asked as a_session
from why403 import ABSENT, AwsCall, Fact, Found, Observation, Unreadable
from why403.aws import Access, connect
from why403.domain.facts import ORGANIZATION_ID
from why403.gathering import Desk, Reader, Subject, gather
from why403.testing import a_request
from why403_layers.scp import MANAGEMENT, SCPS
from why403_layers.session_policy import SESSION_POLICIES

MANAGER = "123456789012"
DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]})
Seen = Mapping[Fact[Any], Observation[Any]]


@pytest.fixture
def organizations(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("organizations", region_name="us-east-1")


def seen_by(reader: Reader | None, request: Any) -> Seen:
    assert reader is not None
    desk = Desk(reader)
    try:
        subject = Subject(request=request)
        return gather(desk, services().registry.collectors, [[subject]]).seen[subject]
    finally:
        desk.close()


def seen_of(account: str) -> Seen:
    request = a_request(principal=f"arn:aws:iam::{account}:root", rest="unknown")
    return seen_by(connect("auto", Access(role_name="reader", organization_account=MANAGER)), request)


def levels(seen: Seen) -> list[tuple[str, list[str]]]:
    found = seen[SCPS]
    assert isinstance(found, Found), found
    return [(level.target, sorted(str(placed.name) for placed in level.policies.placed)) for level in found.value]


def test_the_way_from_the_root_to_a_member_account(organizations: Any) -> None:
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    unit = organizations.create_organizational_unit(ParentId=root, Name="work")["OrganizationalUnit"]["Id"]
    made = organizations.create_account(Email="a@example.org", AccountName="a")["CreateAccountStatus"]
    member = made["AccountId"]
    organizations.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit)
    guard = organizations.create_policy(Content=DENY, Name="Guard", Description="-", Type="SERVICE_CONTROL_POLICY")
    organizations.attach_policy(PolicyId=guard["Policy"]["PolicySummary"]["Id"], TargetId=unit)
    seen = seen_of(member)
    assert levels(seen) == [
        (root, ["FullAWSAccess"]),
        (unit, ["FullAWSAccess", "Guard"]),
        (member, ["FullAWSAccess"]),
    ]
    assert value(seen[MANAGEMENT]) == MANAGER
    assert value(seen[ORGANIZATION_ID]) == organization["Id"]


def value(seen: Observation[Any]) -> Any:
    assert isinstance(seen, Found)
    return seen.value


def test_the_management_account_has_no_ceiling(organizations: Any) -> None:
    organizations.create_organization(FeatureSet="ALL")
    assert seen_of(MANAGER)[SCPS] == ABSENT


def test_an_account_of_no_organization_has_none(organizations: Any) -> None:
    with pytest.raises(ClientError, match="AWSOrganizationsNotInUseException"):
        organizations.describe_organization()
    seen = seen_of(MANAGER)
    assert {seen[fact] for fact in (SCPS, MANAGEMENT, ORGANIZATION_ID)} == {ABSENT}


def test_all_calls_are_reads_that_botocore_knows() -> None:
    reader, _ = a_reader(lambda _: Reply())
    calls: set[AwsCall] = {call for each in services().registry.collectors.values() for call in each.collector.reads}
    reader.check(calls)
    assert {"organizations", "cloudtrail"} <= {call.service for call in calls}


# --- sessions: moto has no event history ------------------------------------------------------------------------------


def history(sent: Any) -> Reply:
    """Answer LookupEvents: the start of the session on the second page of the Region of the call."""
    if "LookupEvents" not in sent.headers.get("X-Amz-Target", ""):
        return Reply(400, '{"__type": "AccessDeniedException"}')
    asked = json.loads(sent.body)
    assert asked["EndTime"] - asked["StartTime"] == 4
    if "eu-west-1" not in sent.host:
        return Reply(body='{"Events": []}')
    if "NextToken" not in asked:
        return Reply(body='{"Events": [], "NextToken": "more"}')
    start = json.dumps(a_start(policy=INLINE, size=4))
    return Reply(body=json.dumps({"Events": [{"EventName": "AssumeRole", "CloudTrailEvent": start}]}))


def test_the_start_of_a_session_is_found_in_the_event_history() -> None:
    reader, wire = a_reader(history)
    found = value(seen_by(reader, a_session())[SESSION_POLICIES])
    assert len(found.placed) == 1
    asked = [json.loads(sent.body) for sent in wire.sent if "LookupEvents" in sent.headers.get("X-Amz-Target", "")]
    assert {each["LookupAttributes"][0]["AttributeKey"] for each in asked} == {"ResourceName"}


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "InvalidTimeRangeException"])
def test_an_event_history_that_is_not_shown_leaves_the_session_open(code: str) -> None:
    reader, _ = a_reader(lambda _: Reply(400, json.dumps({"__type": code})))
    seen = seen_by(reader, a_session())[SESSION_POLICIES]
    assert isinstance(seen, Unreadable)
    assert (seen.permission, seen.call, seen.account) == ("cloudtrail:LookupEvents", "cloudtrail:LookupEvents", HOME)
