"""Which calls may be made to change AWS at all, and the permission that each needs: a closed table.

Whatever a plan says, nothing else is called. AWS: "Actions, resources, and condition keys for AWS services" (Service
Authorization Reference).
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Permitted(NamedTuple):
    """What a call needs: a permission, and the resources it is about, as the part of an ARN after its partition.

    `organization` says that it is made where the organization is kept.
    """

    permission: str
    resource: str
    organization: bool = False


def _iam(kind: str) -> Iterator[tuple[tuple[str, str], Permitted]]:
    resource = f"iam::*:{kind.lower()}/*"
    for operation in (f"Put{kind}Policy", f"Delete{kind}Policy", f"Attach{kind}Policy", f"Detach{kind}Policy"):
        yield ("iam", operation), Permitted(f"iam:{operation}", resource)


_BUCKET: Final = "s3:::*"
_OBJECT: Final = "s3:::*/*"
_POINT: Final = "s3:*:*:accesspoint/*"
_POLICY: Final = "iam::*:policy/*"
_KEY: Final = "kms:*:*:key/*"
_SCP: Final = "organizations::*:policy/*"
_BUCKET_CALLS: Final[Mapping[str, str]] = {
    "PutBucketPolicy": "s3:PutBucketPolicy",
    "DeleteBucketPolicy": "s3:DeleteBucketPolicy",
    "PutBucketAcl": "s3:PutBucketAcl",
    "PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "PutBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "PutBucketRequestPayment": "s3:PutBucketRequestPayment",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
_OBJECT_CALLS: Final = ("PutObjectAcl", "PutObjectLegalHold", "PutObjectRetention", "PutObjectTagging")

WRITABLE: Final[Mapping[tuple[str, str], Permitted]] = MappingProxyType(
    {
        **{("s3", name): Permitted(permission, _BUCKET) for name, permission in _BUCKET_CALLS.items()},
        **{("s3", name): Permitted(f"s3:{name}", _OBJECT) for name in _OBJECT_CALLS},
        **{
            ("s3control", name): Permitted(f"s3:{name}", _POINT)
            for name in ("PutAccessPointPolicy", "DeleteAccessPointPolicy")
        },
        **{
            ("s3control", name): Permitted("s3:PutAccountPublicAccessBlock", "*")
            for name in ("PutPublicAccessBlock", "DeletePublicAccessBlock")
        },
        **{pair: held for kind in ("Role", "User", "Group") for pair, held in _iam(kind)},
        **{
            ("iam", name): Permitted(f"iam:{name}", _POLICY)
            for name in (
                "CreatePolicy",
                "DeletePolicy",
                "CreatePolicyVersion",
                "DeletePolicyVersion",
                "SetDefaultPolicyVersion",
            )
        },
        ("organizations", "UpdatePolicy"): Permitted("organizations:UpdatePolicy", _SCP, organization=True),
        ("kms", "PutKeyPolicy"): Permitted("kms:PutKeyPolicy", _KEY),
        ("kms", "CreateGrant"): Permitted("kms:CreateGrant", _KEY),
        ("kms", "RevokeGrant"): Permitted("kms:RevokeGrant", _KEY),
        ("kms", "EnableKey"): Permitted("kms:EnableKey", _KEY),
        ("kms", "DisableKey"): Permitted("kms:DisableKey", _KEY),
        ("ec2", "ModifyVpcEndpoint"): Permitted("ec2:ModifyVpcEndpoint", "ec2:*:*:vpc-endpoint/*"),
    }
)


def may_be_made(service: str, operation: str) -> bool:
    """Return whether an operation, named as the API names it, is a write that this service makes."""
    return (service, operation) in WRITABLE
