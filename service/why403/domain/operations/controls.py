"""The operations on accounts, access points, grants, jobs and Storage Lens: what each needs, by what it is about.

AWS: "Required permissions for Amazon S3 API operations"; "Actions, resources, and condition keys for Amazon S3".
A name alone stands for the action of the same name.
"""

from collections.abc import Iterator
from typing import Final

from why403.domain.operations import when
from why403.domain.operations.table import Kind, Need, Operation

_SAME: Final[dict[Kind, tuple[str, ...]]] = {
    "account": (
        "GetAccountPublicAccessBlock",
        "PutAccountPublicAccessBlock",
        "GetAccessPoint",
        "ListAccessPoints",
        "ListAccessPointsForObjectLambda",
        "ListMultiRegionAccessPoints",
        "ListAccessGrantsInstances",
        "ListJobs",
        "PutStorageLensConfiguration",
        "ListStorageLensConfigurations",
        "ListStorageLensGroups",
    ),
    "accesspoint": (
        "CreateAccessPoint",
        "DeleteAccessPoint",
        "GetAccessPointPolicy",
        "PutAccessPointPolicy",
        "DeleteAccessPointPolicy",
        "GetAccessPointPolicyStatus",
    ),
    "multiregionaccesspoint": (
        "CreateMultiRegionAccessPoint",
        "DeleteMultiRegionAccessPoint",
        "GetMultiRegionAccessPoint",
        "GetMultiRegionAccessPointPolicy",
        "PutMultiRegionAccessPointPolicy",
        "GetMultiRegionAccessPointPolicyStatus",
        "GetMultiRegionAccessPointRoutes",
        "SubmitMultiRegionAccessPointRoutes",
    ),
    "multiregionaccesspointrequestarn": ("DescribeMultiRegionAccessPointOperation",),
    "objectlambdaaccesspoint": (
        "CreateAccessPointForObjectLambda",
        "GetAccessPointForObjectLambda",
        "DeleteAccessPointForObjectLambda",
        "GetAccessPointConfigurationForObjectLambda",
        "PutAccessPointConfigurationForObjectLambda",
        "GetAccessPointPolicyForObjectLambda",
        "PutAccessPointPolicyForObjectLambda",
        "DeleteAccessPointPolicyForObjectLambda",
        "GetAccessPointPolicyStatusForObjectLambda",
    ),
    "accessgrantsinstance": (
        "CreateAccessGrantsInstance",
        "GetAccessGrantsInstance",
        "DeleteAccessGrantsInstance",
        "GetAccessGrantsInstanceForPrefix",
        "GetAccessGrantsInstanceResourcePolicy",
        "PutAccessGrantsInstanceResourcePolicy",
        "DeleteAccessGrantsInstanceResourcePolicy",
        "AssociateAccessGrantsIdentityCenter",
        "DissociateAccessGrantsIdentityCenter",
        "ListAccessGrants",
        "ListAccessGrantsLocations",
        "ListCallerAccessGrants",
        "GetDataAccess",
    ),
    "accessgrantslocation": (
        "GetAccessGrantsLocation",
        "UpdateAccessGrantsLocation",
        "DeleteAccessGrantsLocation",
    ),
    "accessgrant": ("CreateAccessGrant", "GetAccessGrant", "DeleteAccessGrant"),
    "job": (
        "DescribeJob",
        "UpdateJobPriority",
        "UpdateJobStatus",
        "GetJobTagging",
        "PutJobTagging",
        "DeleteJobTagging",
    ),
    "storagelensconfiguration": (
        "GetStorageLensConfiguration",
        "DeleteStorageLensConfiguration",
        "GetStorageLensConfigurationTagging",
        "PutStorageLensConfigurationTagging",
        "DeleteStorageLensConfigurationTagging",
    ),
    "storagelensgroup": ("GetStorageLensGroup", "UpdateStorageLensGroup", "DeleteStorageLensGroup"),
    "tagged": ("TagResource", "UntagResource", "ListTagsForResource"),
}


def _passes(parameter: str) -> Need:
    """Return the permission to hand a role over to S3, which a parameter names."""
    return Need("iam:PassRole", when=when.sends(parameter), on=parameter)


_OTHER: Final[tuple[tuple[Kind, str, tuple[Need, ...]], ...]] = (
    ("account", "ListBuckets", (Need("s3:ListAllMyBuckets"),)),
    ("account", "ListDirectoryBuckets", (Need("s3express:ListAllMyDirectoryBuckets"),)),
    ("account", "ListRegionalBuckets", (Need("s3-outposts:ListRegionalBuckets"),)),
    ("account", "DeleteAccountPublicAccessBlock", (Need("s3:PutAccountPublicAccessBlock"),)),
    ("account", "ListAccessPointsForDirectoryBuckets", (Need("s3express:ListAccessPointsForDirectoryBuckets"),)),
    (
        "account",
        "CreateStorageLensGroup",
        (Need("s3:CreateStorageLensGroup"), Need("s3:TagResource", when=when.RESOURCE_TAGS)),
    ),
    ("account", "CreateJob", (Need("s3:CreateJob"), _passes("RoleArn"))),
    (
        "accessgrantslocation",
        "CreateAccessGrantsLocation",
        (Need("s3:CreateAccessGrantsLocation"), _passes("IAMRoleArn")),
    ),
    ("accesspoint", "GetAccessPointScope", (Need("s3express:GetAccessPointScope"),)),
    ("accesspoint", "PutAccessPointScope", (Need("s3express:PutAccessPointScope"),)),
    ("accesspoint", "DeleteAccessPointScope", (Need("s3express:DeleteAccessPointScope"),)),
    ("objectlambdaaccesspoint", "WriteGetObjectResponse", (Need("s3-object-lambda:WriteGetObjectResponse"),)),
)


def _controls() -> Iterator[Operation]:
    for kind, names in _SAME.items():
        for name in names:
            yield Operation(name=name, kind=kind, rows=(Need(f"s3:{name}"),))
    for kind, name, rows in _OTHER:
        yield Operation(name=name, kind=kind, rows=rows)


CONTROLS: Final = tuple(_controls())
