"""The catalogue of S3's IAM actions: what each acts on, whose account decides, and which condition keys it carries.

AWS's half is `data/s3_actions.json`, taken from the Service Authorization Reference; what that does not say stands
in the tables below. Other services' actions, and names that are no actions, are not in it: `find` gives None.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, get_args

S3: Final = frozenset({"s3", "s3express", "s3-object-lambda", "s3-outposts", "s3tables"})
"""The services whose calls S3 answers, by the prefixes of their actions."""
_ASKED: Final = S3 | {"kms"}

Resource: TypeAlias = Literal[
    "account",
    "bucket",
    "object",
    "accesspoint",
    "accesspointobject",
    "objectlambdaaccesspoint",
    "multiregionaccesspoint",
    "multiregionaccesspointrequestarn",
    "accessgrant",
    "accessgrantsinstance",
    "accessgrantslocation",
    "job",
    "storagelensconfiguration",
    "storagelensgroup",
]
RESOURCES: Final[frozenset[str]] = frozenset(get_args(Resource))

Relation: TypeAlias = Literal["bucket_owner", "object_owner", "owner_only"]
"""Whose account the caller is compared with; `owner_only`: never from another account, whatever is granted."""

Permission: TypeAlias = Literal["READ", "WRITE", "READ_ACP", "WRITE_ACP"]
Reached: TypeAlias = Literal["grantee", "owners", "bucket_owner"]
"""Whom a bucket ACL helps: any grantee, only one who owns the bucket or the object, only the bucket's owner."""

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions; FULL_CONTROL is all of them
BUCKET_ACL: Final[Mapping[str, tuple[Permission, Reached]]] = MappingProxyType(
    {
        "s3:ListBucket": ("READ", "grantee"),
        "s3:ListBucketVersions": ("READ", "grantee"),
        "s3:ListBucketMultipartUploads": ("READ", "grantee"),
        "s3:PutObject": ("WRITE", "grantee"),
        "s3:DeleteObject": ("WRITE", "owners"),
        "s3:DeleteObjectVersion": ("WRITE", "bucket_owner"),
        "s3:GetBucketAcl": ("READ_ACP", "grantee"),
        "s3:PutBucketAcl": ("WRITE_ACP", "grantee"),
    }
)
OBJECT_ACL: Final[Mapping[str, Permission]] = MappingProxyType(
    {
        "s3:GetObject": "READ",
        "s3:GetObjectVersion": "READ",
        "s3:GetObjectAcl": "READ_ACP",
        "s3:GetObjectVersionAcl": "READ_ACP",
        "s3:PutObjectAcl": "WRITE_ACP",
        "s3:PutObjectVersionAcl": "WRITE_ACP",
    }
)

# On objects, yet the bucket owner's to decide: what makes an object, and what ends one. The rest is about an object
# that is there, and its owner decides. AWS: "How Amazon S3 authorizes a request for an object operation".
_THE_BUCKET_OWNERS: Final = frozenset(
    {
        "s3:AbortMultipartUpload",
        "s3:BypassGovernanceRetention",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:InitiateReplication",
        "s3:ListMultipartUploadParts",
        "s3:ObjectOwnerOverrideToBucketOwner",
        "s3:PutObject",
        "s3:ReplicateDelete",
        "s3:ReplicateObject",
        "s3:ReplicateObjectAnnotation",
        "s3:ReplicateTags",
    }
)
# About whatever carries the tags: a bucket, an access point, a group of Storage Lens.
_OF_WHAT_IS_TAGGED: Final = frozenset({"s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"})
# There is no bucket yet whose owner could be somebody else.
_OWNER_ONLY: Final = frozenset({"s3:CreateBucket"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One IAM action of S3, and what is known about it without looking at any request."""

    name: str
    access: str
    resources: tuple[Resource, ...]
    relation: Relation
    keys: frozenset[str]
    """Lower case; keys that end in a tag's key end in `/*`."""
    carries_object_tags: bool
    """Whether requests for it carry `s3:ExistingObjectTag/*`."""
    finds_object: bool
    """Whether it is about an object that is there, as neither what makes an object nor what ends one is."""
    of_point: bool
    """Whether on an access point it is about that itself, and not about the bucket behind it."""
    bucket_acl: Permission | None
    bucket_acl_reaches: Reached
    object_acl: Permission | None

    @property
    def resource(self) -> Resource:
        """What it acts on; `account` where a policy can name no resource but `*`."""
        return self.resources[0]

    def carries(self, key: str) -> bool:
        """Whether requests for it may carry a condition key of S3 or of tagging, in any spelling."""
        lowered = key.lower()
        return lowered in self.keys or (lowered.partition("/")[0] + "/*") in self.keys


def _relation(name: str, resources: Iterable[str]) -> Relation:
    if name in _OWNER_ONLY or not {"bucket", "object"} & set(resources):
        return "owner_only"
    return "object_owner" if _finds_object(name, resources) else "bucket_owner"


def _finds_object(name: str, resources: Iterable[str]) -> bool:
    return "object" in resources and "bucket" not in resources and name not in _THE_BUCKET_OWNERS


def _action(name: str, row: Mapping[str, Any], table: Mapping[str, Any]) -> Action:
    of_resources = {key for resource in row["on"] for key in table["resource_keys"].get(resource, ())}
    common = set(table["common_keys"]) - set(row.get("without", ()))
    keys = frozenset(key.lower() for key in {*common, *of_resources, *row.get("keys", ())})
    of_bucket = BUCKET_ACL.get(name)
    return Action(
        name=name,
        access=row["access"],
        resources=tuple(row["on"]),
        relation=_relation(name, row["on"]),
        keys=keys,
        carries_object_tags="s3:existingobjecttag/*" in keys,
        finds_object=_finds_object(name, row["on"]),
        of_point=name in _OF_WHAT_IS_TAGGED or not {"bucket", "object"} & set(row["on"]),
        bucket_acl=of_bucket[0] if of_bucket else None,
        bucket_acl_reaches=of_bucket[1] if of_bucket else "grantee",
        object_acl=OBJECT_ACL.get(name),
    )


def _catalogue() -> Mapping[str, Action]:
    table = json.loads(files("why403.domain").joinpath("data/s3_actions.json").read_text("utf-8"))
    actions = (_action(f"s3:{name}", row, table) for name, row in table["actions"].items())
    return MappingProxyType({action.name.lower(): action for action in actions})


_BY_NAME: Final = _catalogue()

ALL: Final[tuple[Action, ...]] = tuple(_BY_NAME.values())


def service_of(action: str) -> str:
    """Return the prefix of an action's name, in lower case."""
    return action.partition(":")[0].lower()


def is_of_other_service(action: str | None) -> bool:
    """Return whether an action is of neither S3 nor KMS, so that it may not be S3 that refused it."""
    return action is not None and service_of(action) not in _ASKED


def find(name: str) -> Action | None:
    """Return the action of that name, in any spelling and with its prefix, or None if S3 has none."""
    return _BY_NAME.get(name.lower())
