"""What stands in the accounts of the demo, read as anybody could read it, to be compared before and after a change."""

from collections.abc import Iterable, Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session


def state_of(environment: Mapping[str, str], accounts: Iterable[str]) -> dict[str, Any]:
    """Return the policies of accounts: of buckets as the bytes they are, of IAM as parsed documents."""
    return {account: _state(environment, account) for account in accounts}


def _state(environment: Mapping[str, str], account: str) -> dict[str, Any]:
    key = {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY"}
    own = {name: environment[held] for name, held in key.items()}
    role = f"arn:aws:iam::{account}:role/{environment['WHY403_ROLE_NAME']}"
    given = _client(environment, "sts", own).assume_role(RoleArn=role, RoleSessionName="state")["Credentials"]
    names = {"AccessKeyId": "aws_access_key_id", "SecretAccessKey": "aws_secret_access_key"}
    theirs = {name: given[held] for held, name in names.items()} | {"aws_session_token": given["SessionToken"]}
    details = _client(environment, "iam", theirs).get_account_authorization_details()
    details.pop("ResponseMetadata")
    for each in details["RoleDetailList"]:
        each.pop("RoleLastUsed", None)  # looking leaves a trace
    s3 = _client(environment, "s3", theirs)
    return {
        "iam": details,
        "buckets": {each["Name"]: _policy(s3, each["Name"]) for each in s3.list_buckets()["Buckets"]},
    }


def _policy(s3: Any, bucket: str) -> str | None:
    try:
        policy: str = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    except ClientError:
        return None
    return policy


def _client(environment: Mapping[str, str], service: str, key: Mapping[str, str]) -> Any:
    url = environment["AWS_ENDPOINT_URL"]
    config = Config(proxies={"http": url}, retries={"total_max_attempts": 1})
    region = environment["AWS_DEFAULT_REGION"]
    return Session().create_client(service, region_name=region, endpoint_url=url, config=config, **key)
