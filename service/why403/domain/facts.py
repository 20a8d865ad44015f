"""The facts that the core itself reads: who owns what, whose session calls, and the sources of derived keys."""

import re
from collections.abc import Callable, Mapping

from why403.domain.arn import split_arn
from why403.domain.errors import Fault, InvalidInput, escaped
from why403.domain.evidence import Fact, Found
from why403.domain.lengths import LONGEST_TEXT, TOO_LONG

_ACCOUNT = re.compile(r"[0-9]{12}")


def account(value: object) -> str:
    """Return a 12-digit account id."""
    if isinstance(value, str) and _ACCOUNT.fullmatch(value):
        return value
    raise InvalidInput.at("", "must be a 12-digit account id as a string")


def text(value: object) -> str:
    """Return a string that is not empty."""
    if not isinstance(value, str) or not value:
        raise InvalidInput.at("", "must be a string that is not empty")
    if len(value) > LONGEST_TEXT:
        raise InvalidInput.at("", TOO_LONG)
    return value


def flag(value: object) -> bool:
    """Return true or false, nothing else."""
    if isinstance(value, bool):
        return value
    raise InvalidInput.at("", "must be true or false")


def one_of(*names: str) -> Callable[[object], str]:
    """Return a loader that accepts exactly these names."""

    def load(value: object) -> str:
        if isinstance(value, str) and value in names:
            return value
        raise InvalidInput.at("", "must be one of " + ", ".join(f"`{name}`" for name in names))

    return load


def tags(value: object) -> Mapping[str, str]:
    """Return tags from a mapping, or from AWS's list of `Key` and `Value`."""
    if isinstance(value, list):
        return _pairs(value)
    if not isinstance(value, dict):
        raise InvalidInput.at("", "must be a mapping of tags, or a list of `Key` and `Value`")
    faults = [
        Fault("/" + escaped(str(name)), TOO_LONG if isinstance(held, str) else "a tag's value must be a string")
        for name, held in value.items()
        if not isinstance(held, str) or len(held) > LONGEST_TEXT
    ]
    if faults:
        raise InvalidInput(faults)
    return value


def _pairs(value: list[object]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for at, pair in enumerate(value):
        if not isinstance(pair, dict) or not isinstance(pair.get("Key"), str) or not isinstance(pair.get("Value"), str):
            raise InvalidInput.at(f"/{at}", "must hold `Key` and `Value` as strings")
        if pair["Key"] in found:
            raise InvalidInput.at(f"/{at}/Key", f"the tag `{pair['Key']}` is given twice")
        found[pair["Key"]] = pair["Value"]
    return found


def _canonical_ids(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise InvalidInput.at("", "must map canonical ids to account ids")
    for name, held in value.items():
        if not isinstance(held, str) or not _ACCOUNT.fullmatch(held):
            raise InvalidInput.at("/" + escaped(str(name)), "must be a 12-digit account id as a string")
    return value


def _issuer(value: object) -> str:
    issuer = text(value) if isinstance(value, str) and value else ""
    arn = split_arn(issuer)
    if arn and arn.service == "iam" and arn.rest.startswith(("role/", "user/")):
        return issuer
    raise InvalidInput.at("", "must be the ARN of a role or user")


def _bucket(value: object) -> str:
    name = text(value)
    if {":", "/"} & set(name):
        raise InvalidInput.at("", "must be the name of a bucket")
    return name


BUCKET_OWNER = Fact(name="bucket.owner", load=account, permission="s3:GetBucketAcl", nullable=False, of_resource=True)
OBJECT_OWNER = Fact(
    name="object.owner", load=account, permission="s3:GetObjectAcl", nullable=False, of_resource=True, of_object=True
)
OWNERSHIP = Fact(
    name="bucket.ownership",
    load=one_of("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
    permission="s3:GetBucketOwnershipControls",
    otherwise=Found("BucketOwnerEnforced"),
    nullable=False,
    of_resource=True,
)
REGION = Fact(
    name="bucket.region",
    load=text,
    permission="s3:GetBucketLocation",
    nullable=False,
    assumed=True,
    of_resource=True,
)
CANONICAL_IDS = Fact(name="accounts.canonical_ids", load=_canonical_ids, otherwise=Found({}))
ISSUER = Fact(name="session.issuer", load=_issuer, permission="iam:GetRole", of_caller=True)
PRINCIPAL_TAGS = Fact(name="principal.tags", load=tags, permission="iam:ListRoleTags", of_caller=True)
BUCKET_TAGS = Fact(name="bucket.tags", load=tags, permission="s3:GetBucketTagging", of_resource=True)
BUCKET_ABAC = Fact(name="bucket.abac", load=flag, permission="s3:GetBucketAbac", of_resource=True)
OBJECT_TAGS = Fact(name="object.tags", load=tags, permission="s3:GetObjectTagging", of_resource=True, of_object=True)
POINT_BUCKET = Fact(
    name="access_point.bucket", load=_bucket, permission="s3:GetAccessPoint", of_resource=True, of_access_point=True
)
POINT_OWNER = Fact(
    name="access_point.owner", load=account, permission="s3:GetAccessPoint", of_resource=True, of_access_point=True
)
POINT_ORIGIN = Fact(
    name="access_point.network_origin",
    load=one_of("Internet", "VPC"),
    permission="s3:GetAccessPoint",
    of_resource=True,
    of_access_point=True,
)
POINT_VPC = Fact(
    name="access_point.vpc", load=text, permission="s3:GetAccessPoint", of_resource=True, of_access_point=True
)
ORGANIZATION_ID = Fact(
    name="organization.id", load=text, permission="organizations:DescribeOrganization", of_organization=True
)

CORE = (
    BUCKET_OWNER,
    OBJECT_OWNER,
    OWNERSHIP,
    REGION,
    CANONICAL_IDS,
    ISSUER,
    PRINCIPAL_TAGS,
    BUCKET_TAGS,
    BUCKET_ABAC,
    OBJECT_TAGS,
    POINT_BUCKET,
    POINT_OWNER,
    POINT_ORIGIN,
    POINT_VPC,
    ORGANIZATION_ID,
)
