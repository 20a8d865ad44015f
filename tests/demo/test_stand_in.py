"""The accounts of the demo: what stands there is what AWS would tell, also where moto alone would not."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from why403.demo.__main__ import EXAMPLES
from why403.demo.gaps import canonical_id
from why403.demo.processes import standing_in

pytestmark = pytest.mark.serves

ORGANIZATION = EXAMPLES / "organization.json"
MANAGEMENT, SHOP, SANDBOX, PLATFORM = "123456789012", "111122223333", "444455556666", "777788889999"

Clients = Callable[[str, str], Any]


@pytest.fixture(scope="module")
def environment() -> Iterator[Mapping[str, str]]:
    with standing_in(ORGANIZATION) as found, pytest.MonkeyPatch.context() as patched:
        for name, value in found.items():
            patched.setenv(name, value)
        yield found


@pytest.fixture
def client(environment: Mapping[str, str]) -> Clients:
    """Return a function that makes clients in the role of the service, in an account."""

    def make(account: str, service: str) -> Any:
        role = f"arn:aws:iam::{account}:role/{environment['WHY403_ROLE_NAME']}"
        key = Session().create_client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return Session().create_client(
            service,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            aws_session_token=key["SessionToken"],
        )

    return make


def test_nothing_of_this_machine_is_meant_or_reached(environment: Mapping[str, str]) -> None:
    here = environment["AWS_ENDPOINT_URL"]
    assert here.startswith("http://127.0.0.1:")
    assert {value for name, value in environment.items() if name.lower().endswith("_proxy")} == {here}
    assert environment["AWS_EC2_METADATA_DISABLED"] == "true"
    assert {"PATH", "HOME", "AWS_PROFILE"} & set(environment) == set()


@pytest.mark.parametrize("account", [MANAGEMENT, SHOP, SANDBOX, PLATFORM])
def test_the_service_may_take_its_role_in_every_account(client: Clients, account: str) -> None:
    assert client(account, "sts").get_caller_identity()["Account"] == account


def test_the_service_itself_lives_in_an_account_that_manages_nothing(environment: Mapping[str, str]) -> None:
    arn = Session().create_client("sts").get_caller_identity()["Arn"]
    assert arn == f"arn:aws:iam::{PLATFORM}:user/why403"
    assert environment["WHY403_ORGANIZATION_ACCOUNT"] == MANAGEMENT


def test_a_unit_has_the_policies_it_was_given_and_no_others(client: Clients) -> None:
    organizations = client(MANAGEMENT, "organizations")
    (parent,) = organizations.list_parents(ChildId=SANDBOX)["Parents"]
    held = organizations.list_policies_for_target(TargetId=parent["Id"], Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert [policy["Name"] for policy in held] == ["ComputeOnly"]


@pytest.mark.parametrize("account", [SHOP, SANDBOX, PLATFORM])
def test_an_account_has_a_canonical_id_of_its_own(client: Clients, account: str) -> None:
    assert client(account, "s3").list_buckets()["Owner"]["ID"] == canonical_id(account)


@pytest.mark.parametrize("asking", [SHOP, PLATFORM])
def test_an_acl_names_the_owner_of_the_bucket_whoever_asks(client: Clients, asking: str) -> None:
    acl = client(asking, "s3").get_bucket_acl(Bucket="shop-assets")
    assert acl["Owner"]["ID"] == canonical_id(SHOP)
    assert {grant["Grantee"].get("ID") for grant in acl["Grants"]} == {canonical_id(SHOP)}


def test_an_object_belongs_to_the_account_that_put_it(client: Clients) -> None:
    acl = client(SHOP, "s3").get_object_acl(Bucket="shop-inbox", Key="forecast/2026-11.csv")
    assert acl["Owner"]["ID"] == canonical_id(PLATFORM)
    assert [grant["Grantee"]["ID"] for grant in acl["Grants"]] == [canonical_id(PLATFORM)]


def test_where_acls_are_disabled_it_belongs_to_the_owner_of_the_bucket(client: Clients) -> None:
    client(PLATFORM, "s3").put_object(Bucket="shop-media", Key="from outside", Body=b"")
    acl = client(SHOP, "s3").get_object_acl(Bucket="shop-media", Key="from outside")
    assert acl["Owner"]["ID"] == canonical_id(SHOP)


def test_a_public_grant_stays_public(client: Clients) -> None:
    grants = client(SHOP, "s3").get_object_acl(Bucket="shop-assets", Key="logo.svg")["Grants"]
    assert [grant["Grantee"].get("URI") for grant in grants] == [
        None,
        "http://acs.amazonaws.com/groups/global/AllUsers",
    ]


def test_an_owner_who_is_expected_and_another_is_refused(client: Clients) -> None:
    s3 = client(PLATFORM, "s3")
    assert s3.get_bucket_location(Bucket="shop-assets", ExpectedBucketOwner=SHOP)["LocationConstraint"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_bucket_location(Bucket="shop-assets", ExpectedBucketOwner=PLATFORM)


@pytest.mark.parametrize(("account", "expected"), [(SHOP, {False}), (SANDBOX, {True})])
def test_the_settings_of_an_account_are_reached_by_a_host_nobody_resolves(
    client: Clients, account: str, expected: set[bool]
) -> None:
    held = client(account, "s3control").get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"]
    assert set(held.values()) == expected


def test_a_role_has_its_boundary(client: Clients) -> None:
    role = client(SHOP, "iam").get_role(RoleName="report-writer")["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == f"arn:aws:iam::{SHOP}:policy/developer-limit"


def test_what_moto_cannot_tell_is_told_as_by_who_never_used_it(client: Clients) -> None:
    assert client(SHOP, "s3").get_bucket_abac(Bucket="shop-assets")["AbacStatus"] == {"Status": "Disabled"}
    assert client(SHOP, "s3").get_bucket_request_payment(Bucket="shop-assets")["Payer"] == "BucketOwner"
    assert client(SHOP, "cloudtrail").lookup_events()["Events"] == []
    with pytest.raises(ClientError, match="EffectivePolicyNotFoundException"):
        client(SHOP, "organizations").describe_effective_policy(PolicyType="S3_POLICY")


def test_it_ends_with_whoever_started_it() -> None:
    command = [sys.executable, "-m", "why403.demo.stand_in", str(ORGANIZATION)]
    run = subprocess.run(command, env={}, input="", capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(run.stdout)["role_name"] == "why403-reader"
    assert run.stderr == ""
