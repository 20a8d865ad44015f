"""What stands in the accounts of the demo, read as anybody could read it, to be compared before and after a change.

`python -m why403.demo.state ROLE ACCOUNT...` prints it, in an environment that leads to the accounts.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError
from botocore.session import Session


def state_of(role: str, accounts: Iterable[str]) -> dict[str, Any]:
    """Return the policies of accounts: of buckets as the bytes they are, of IAM as parsed documents."""
    return {account: _state(f"arn:aws:iam::{account}:role/{role}") for account in accounts}


def _state(role: str) -> dict[str, Any]:
    given = Session().create_client("sts").assume_role(RoleArn=role, RoleSessionName="state")["Credentials"]
    names = {"AccessKeyId": "aws_access_key_id", "SecretAccessKey": "aws_secret_access_key"}
    key = {name: given[held] for held, name in names.items()} | {"aws_session_token": given["SessionToken"]}
    details = Session().create_client("iam", **key).get_account_authorization_details()
    details.pop("ResponseMetadata")
    for each in details["RoleDetailList"]:
        each.pop("RoleLastUsed", None)  # looking leaves a trace
    s3 = Session().create_client("s3", **key)
    return {
        "iam": details,
        "buckets": {each["Name"]: _policy(s3, each["Name"]) for each in s3.list_buckets()["Buckets"]},
    }


def _policy(s3: Any, bucket: str) -> str | None:
    try:
        answer: Mapping[str, str] = s3.get_bucket_policy(Bucket=bucket)
    except ClientError:
        return None
    return answer["Policy"]


if __name__ == "__main__":
    print(json.dumps(state_of(sys.argv[1], sys.argv[2:]), default=str, sort_keys=True))
