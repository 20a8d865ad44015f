"""Which resource of Terraform and of CloudFormation an AWS call writes: one row for each call, in data."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from why403.domain.fix import Write

Parameters = Mapping[str, Any]


class Declared(NamedTuple):
    """How a declarative language names what one call writes: the type, and which parameter fills which attribute.

    `fixed` are attributes that every such resource has; `named` is the parameter that gives the resource its name.
    """

    type: str
    attributes: Mapping[str, str]
    named: str
    fixed: Mapping[str, Any] = MappingProxyType({})
    blocks: Callable[[Parameters], Mapping[str, Any]] = lambda _: {}


class Row(NamedTuple):
    """One call in both languages."""

    terraform: Declared
    cloudformation: Declared | None


def _inline(kind: str) -> Row:
    attributes = {"name": "PolicyName", kind.lower(): f"{kind}Name", "policy": "PolicyDocument"}
    theirs = {"PolicyName": "PolicyName", f"{kind}Name": f"{kind}Name", "PolicyDocument": "PolicyDocument"}
    return Row(
        Declared(f"aws_iam_{kind.lower()}_policy", attributes, f"{kind}Name"),
        Declared(f"AWS::IAM::{kind}Policy", theirs, f"{kind}Name"),
    )


_FLAGS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _flags(sent: Parameters) -> Mapping[str, Any]:
    held = sent["PublicAccessBlockConfiguration"]
    return {_snake(name): bool(held.get(name, False)) for name in _FLAGS}


ROWS: Final[Mapping[tuple[str, str], Row]] = {
    ("s3", "PutBucketPolicy"): Row(
        Declared("aws_s3_bucket_policy", {"bucket": "Bucket", "policy": "Policy"}, "Bucket"),
        Declared("AWS::S3::BucketPolicy", {"Bucket": "Bucket", "PolicyDocument": "Policy"}, "Bucket"),
    ),
    **{("iam", f"Put{kind}Policy"): _inline(kind) for kind in ("Role", "User", "Group")},
    ("organizations", "UpdatePolicy"): Row(
        Declared("aws_organizations_policy", {"content": "Content"}, "PolicyId", {"name": "the policy's own name"}),
        None,
    ),
    ("kms", "PutKeyPolicy"): Row(
        Declared("aws_kms_key_policy", {"key_id": "KeyId", "policy": "Policy"}, "KeyId"),
        Declared("AWS::KMS::Key", {"KeyPolicy": "Policy"}, "KeyId"),
    ),
    ("ec2", "ModifyVpcEndpoint"): Row(
        Declared(
            "aws_vpc_endpoint_policy", {"vpc_endpoint_id": "VpcEndpointId", "policy": "PolicyDocument"}, "VpcEndpointId"
        ),
        None,
    ),
    ("s3", "PutPublicAccessBlock"): Row(
        Declared("aws_s3_bucket_public_access_block", {"bucket": "Bucket"}, "Bucket", blocks=_flags),
        None,
    ),
}


def row(write: Write) -> Row | None:
    """Return how a call is declared, None where it has no counterpart."""
    return ROWS.get((write.service, write.operation))


def words(text: str) -> list[str]:
    """Return the words that a resource's name can be made of."""
    return re.findall(r"[A-Za-z0-9]+", text.rpartition("/")[2] or text)
