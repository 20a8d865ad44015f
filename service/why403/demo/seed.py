"""What stands in the accounts of the demo, put there by ordinary calls of boto3 as their owners would make them."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from botocore.config import Config
from botocore.session import Session

Described = Mapping[str, Any]
Clients = Callable[[str], Any]

REGION = "us-east-1"
_ADMIN = "OrganizationAccountAccessRole"  # what AWS Organizations makes in every account that it creates
_KEY = {"aws_access_key_id": "management", "aws_secret_access_key": "management"}


def account_ids(organization: Described) -> Iterator[str]:
    """Yield the ids of the accounts in the order in which they are created."""
    for unit in organization["units"]:
        yield from (account["id"] for account in unit["accounts"])


def planted(organization: Described, url: str) -> dict[str, str]:
    """Put everything there at an address; return the key of the user that is allowed to read it."""
    management = _clients(url, _KEY)
    _organize(management("organizations"), organization)
    accounts, reader, writer = (organization[name] for name in ("accounts", "reader", "writer"))
    members = {account: _inside(url, management("sts"), account) for account in accounts}
    for clients in (management, *members.values()):
        _role(clients("iam"), reader["role"], reader)
        _role(clients("iam"), writer["role"], writer)
    for account, clients in members.items():
        _identities(clients("iam"), account, accounts[account])
        _storage(clients, account, accounts[account])
    for account, clients in members.items():
        _objects(clients("s3"), accounts[account]["puts"])
    for account, clients in members.items():  # last: moto takes part in them, and knows no conditions
        _bucket_policies(clients("s3"), accounts[account]["buckets"])
    return _reader(members[reader["account"]]("iam"), reader)


def _clients(url: str, key: Mapping[str, str]) -> Clients:
    """Return who makes clients with a key; calls to hosts that are no address go there as well, as to a proxy."""
    config = Config(proxies={"http": url}, retries={"total_max_attempts": 1})
    return partial(Session().create_client, region_name=REGION, endpoint_url=url, config=config, **key)


def _inside(url: str, sts: Any, account: str) -> Clients:
    """Return who makes clients of an account, as its administrator."""
    role = f"arn:aws:iam::{account}:role/{_ADMIN}"
    given = sts.assume_role(RoleArn=role, RoleSessionName="seed")["Credentials"]
    names = {"AccessKeyId": "aws_access_key_id", "SecretAccessKey": "aws_secret_access_key"}
    key = {name: given[held] for held, name in names.items()}
    return _clients(url, {**key, "aws_session_token": given["SessionToken"]})


def _organize(organizations: Any, organization: Described) -> None:
    """Make the organization: its units, their accounts, and the policies attached to units in place of the usual."""
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    policies = {"FullAWSAccess": "p-FullAWSAccess"}
    for name, held in organization["policies"].items():
        made = organizations.create_policy(
            Name=name, Type="SERVICE_CONTROL_POLICY", Description=held["description"], Content=_text(held["document"])
        )
        policies[name] = made["Policy"]["PolicySummary"]["Id"]
    for unit in organization["units"]:
        made = organizations.create_organizational_unit(ParentId=root, Name=unit["name"])["OrganizationalUnit"]["Id"]
        for name in unit["policies"]:
            if name != "FullAWSAccess":
                organizations.attach_policy(PolicyId=policies[name], TargetId=made)
        if "FullAWSAccess" not in unit["policies"]:
            organizations.detach_policy(PolicyId=policies["FullAWSAccess"], TargetId=made)
        for account in unit["accounts"]:
            email = f"{account['name']}@example.com"
            status = organizations.create_account(AccountName=account["name"], Email=email)["CreateAccountStatus"]
            organizations.move_account(AccountId=status["AccountId"], SourceParentId=root, DestinationParentId=made)


def _identities(iam: Any, account: str, described: Described) -> None:
    """Make managed policies, groups, users and roles."""
    for name, document in described.get("policies", {}).items():
        iam.create_policy(PolicyName=name, PolicyDocument=_text(document))
    for name, group in described.get("groups", {}).items():
        iam.create_group(GroupName=name)
        for policy, document in group.get("policies", {}).items():
            iam.put_group_policy(GroupName=name, PolicyName=policy, PolicyDocument=_text(document))
    for name, user in described.get("users", {}).items():
        iam.create_user(UserName=name)
        for policy, document in user.get("policies", {}).items():
            iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=_text(document))
        for group in user.get("groups", []):
            iam.add_user_to_group(UserName=name, GroupName=group)
    for name, role in described.get("roles", {}).items():
        boundary = role.get("boundary")
        arn = {} if boundary is None else {"PermissionsBoundary": f"arn:aws:iam::{account}:policy/{boundary}"}
        _role(iam, name, role, **arn)


def _role(iam: Any, name: str, role: Described, **more: str) -> None:
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_text(role["trust"]), **more)
    for policy, document in role["policies"].items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=_text(document))


def _storage(clients: Clients, account: str, described: Described) -> None:
    """Make buckets, with each setting spelt out: moto knows none of the defaults that AWS gives new ones."""
    clients("s3control").put_public_access_block(
        AccountId=account, PublicAccessBlockConfiguration=described["public_access_block"]
    )
    s3 = clients("s3")
    for name, bucket in described.get("buckets", {}).items():
        where = {"LocationConstraint": bucket["region"]}
        s3.create_bucket(Bucket=name, **({} if bucket["region"] == REGION else {"CreateBucketConfiguration": where}))
        s3.put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": bucket["ownership"]}]}
        )
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=bucket["public_access_block"])


def _objects(s3: Any, puts: list[Described]) -> None:
    """Put the objects that an account puts, into its own buckets and those of others."""
    for put in puts:
        s3.put_object(**put, Body=b"a stand-in")


def _bucket_policies(s3: Any, buckets: Described) -> None:
    for name, bucket in buckets.items():
        if "policy" in bucket:
            s3.put_bucket_policy(Bucket=name, Policy=_text(bucket["policy"]))


def _reader(iam: Any, reader: Described) -> dict[str, str]:
    """Make the user as which the service reads; return its key."""
    iam.create_user(UserName=reader["user"])
    iam.put_user_policy(UserName=reader["user"], PolicyName="read", PolicyDocument=_text(reader["own"]))
    key = iam.create_access_key(UserName=reader["user"])["AccessKey"]
    return {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}


def _text(document: Any) -> str:
    return json.dumps(document)
