"""Where AWS keeps policy documents: how long each may be, and the calls that read, write and delete it; pure.

AWS: "IAM and AWS STS quotas"; "Quotas and service limits for AWS Organizations"; "Bucket policies for Amazon S3"; and
"Quotas" (AWS KMS Developer Guide).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from why403.domain.arn import Resource, split_arn
from why403.domain.fix import Reading, Write
from why403.policy.editing import Document, bytes_of, size

_KB: Final = 1024
RESOURCE_MOST: Final = 20 * _KB
"""Of a bucket, an access point or a VPC endpoint."""
SERVICE_CONTROL_MOST: Final = 10_240
RESOURCE_CONTROL_MOST: Final = 5_120

TOO_LONG: Final = "the policy would be longer than AWS allows: shorten or merge other statements of it first"
_VERSIONS: Final = (
    "a managed policy has five versions at most: where there are five, the oldest that is not the default is deleted"
)
_TOGETHER: Final = (
    "the inline policies of the {kind} `{holder}` together would be longer than AWS allows: shorten them, or move "
    "statements to a managed policy first"
)

Measure = Callable[[Document], int]


class Home(NamedTuple):
    """One place for one document: its name, how the document is written and deleted there, and how long it may be.

    `put` and `delete` are calls without the document; `held` names the parameter that takes it; `full` says what is to
    be done where a document is too long, `limit` which limit a change comes nearer to, beside its length.
    """

    target: str
    put: Write
    held: str
    most: int
    measure: Measure = size
    delete: Write | None = None
    full: str = TOO_LONG
    limit: str = ""

    def fits(self, document: Document) -> bool:
        """Return whether a document is short enough for this place."""
        return self.measure(document) <= self.most

    def written(self, document: Any) -> Write:
        """Return the call that writes a document, deletes it if it is None."""
        if document is None and self.delete is not None:
            return self.delete
        return self.put._replace(parameters={**self.put.parameters, self.held: document}, documents=(self.held,))

    def change(self, before: Any, after: Document) -> tuple[tuple[Write, ...], tuple[Write, ...]]:
        """Return the calls that make a change and those that take it back; what was there goes back as it was."""
        return (self.written(after),), (self.written(before),)


def bucket_policy(bucket: Resource, account: str | None) -> Home:
    """Return where a bucket's policy is kept."""
    named = {"Bucket": bucket.bucket}
    reading = Reading("s3", "GetBucketPolicy", named, ("Policy",), ("NoSuchBucketPolicy",))
    put = Write("s3", "PutBucketPolicy", named, "s3:PutBucketPolicy", account, reading=reading)
    delete = Write("s3", "DeleteBucketPolicy", named, "s3:DeleteBucketPolicy", account, reading=reading)
    return Home(bucket.bucket_arn, put, "Policy", RESOURCE_MOST, bytes_of, delete)


def access_point_policy(arn: str) -> Home | None:
    """Return where an access point's policy is kept.

    None for a Multi-Region one, whose writes end later, and for Object Lambda, whose writes are other ones.
    """
    parts = split_arn(arn)
    if parts is None or not parts.region or parts.service != "s3":
        return None
    named = {"AccountId": parts.account, "Name": parts.rest.partition("/")[2]}
    reading = Reading("s3control", "GetAccessPointPolicy", named, ("Policy",), ("NoSuchAccessPointPolicy",))

    def write(operation: str) -> Write:
        return Write("s3control", operation, named, f"s3:{operation}", parts.account, parts.region, reading=reading)

    put, delete = write("PutAccessPointPolicy"), write("DeleteAccessPointPolicy")
    return Home(arn, put, "Policy", RESOURCE_MOST, bytes_of, delete)


def key_policy(key: Resource) -> Home | None:
    """Return where the policy of a KMS key is kept, None for a key of which it is not known which it is."""
    if key.vague:
        return None
    named = {"KeyId": key.arn, "PolicyName": "default"}
    reading = Reading("kms", "GetKeyPolicy", named, ("Policy",))
    put = Write("kms", "PutKeyPolicy", named, "kms:PutKeyPolicy", key.account, key.region, reading=reading)
    return Home(key.arn, put, "Policy", 32 * _KB, bytes_of)


_INLINE: Final[Mapping[str, int]] = {"User": 2_048, "Group": 5_120, "Role": 10_240}


def inline_policy(kind: str, holder: str, name: str, account: str, others: int = 0) -> Home:
    """Return where an inline policy of a user, group or role is kept; `others` is how long its other ones are.

    All inline policies of one identity have one limit together.
    """
    named = {f"{kind}Name": holder, "PolicyName": name}
    reading = Reading("iam", f"Get{kind}Policy", named, ("PolicyDocument",), ("NoSuchEntity",))

    def write(verb: str) -> Write:
        return Write("iam", f"{verb}{kind}Policy", named, f"iam:{verb}{kind}Policy", account, reading=reading)

    target = f"inline policy `{name}` of the {kind.lower()} `{holder}`"
    full = _TOGETHER.format(kind=kind.lower(), holder=holder) if others else TOO_LONG
    return Home(target, write("Put"), "PolicyDocument", _INLINE[kind] - others, size, write("Delete"), full)


MANAGED_MOST: Final = 6_144


def managed_policy(arn: str | None) -> Home | None:
    """Return where a customer managed policy is kept, None for one of AWS's own.

    A change is a new default version. Its reading names no version: that is the default one.
    """
    parts = split_arn(arn or "")
    if arn is None or parts is None or parts.service != "iam" or not parts.account.isdigit():
        return None
    reading = Reading("iam", "GetPolicyVersion", {"PolicyArn": arn}, ("PolicyVersion", "Document"))
    sent = {"PolicyArn": arn, "SetAsDefault": True}
    put = Write("iam", "CreatePolicyVersion", sent, "iam:CreatePolicyVersion", parts.account, reading=reading)
    return Home(arn, put, "PolicyDocument", MANAGED_MOST, limit=_VERSIONS)


_ORGANIZATION: Final[Mapping[str, int]] = {
    "service_control_policy": SERVICE_CONTROL_MOST,
    "resource_control_policy": RESOURCE_CONTROL_MOST,
}


def organization_policy(arn: str | None) -> Home | None:
    """Return where a policy of an organization is kept, None for one of AWS's own."""
    parts = split_arn(arn or "")
    if arn is None or parts is None or parts.service != "organizations" or not parts.account.isdigit():
        return None
    kind, _, name = parts.rest.removeprefix("policy/").partition("/")[2].partition("/")
    if kind not in _ORGANIZATION or not name:
        return None
    named = {"PolicyId": name}
    reading = Reading("organizations", "DescribePolicy", named, ("Policy", "Content"))
    put = Write("organizations", "UpdatePolicy", named, "organizations:UpdatePolicy", parts.account, reading=reading)
    return Home(arn, put, "Content", _ORGANIZATION[kind])


def endpoint_policy(endpoint: str, account: str | None, region: str | None) -> Home:
    """Return where the policy of a VPC endpoint is kept."""
    reading = Reading(
        "ec2", "DescribeVpcEndpoints", {"VpcEndpointIds": [endpoint]}, ("VpcEndpoints", "0", "PolicyDocument")
    )
    named = {"VpcEndpointId": endpoint}
    put = Write("ec2", "ModifyVpcEndpoint", named, "ec2:ModifyVpcEndpoint", account, region, reading=reading)
    return Home(endpoint, put, "PolicyDocument", RESOURCE_MOST)
