"""The four settings of Block Public Access as facts, and how they are read on their four levels.

AWS: "GetPublicAccessBlock" (Amazon S3 API Reference, once for buckets and once for accounts); "Amazon S3 policies" (AWS
Organizations User Guide).
"""

import json
from collections.abc import Mapping
from typing import Any

from why403 import (
    AccessRequest,
    AwsCall,
    CannotTell,
    Collecting,
    Collector,
    Fact,
    Found,
    InvalidInput,
    Keep,
    Observations,
    Unreadable,
    value_of,
)
from why403.collecting.access_points import OF_POINT, point_told
from why403.collecting.s3 import OF_BUCKET, bucket_collector, bucket_meant, of_bucket
from why403.domain.errors import escaped
from why403.domain.facts import BUCKET_OWNER

FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def load_flags(value: Any) -> Mapping[str, bool]:
    """Return the four settings; one that is missing is off, as in AWS's API."""
    if not isinstance(value, dict):
        raise InvalidInput.at("", "must be an object of the four settings")
    for name, held in value.items():
        if name not in FLAGS:
            raise InvalidInput.at("/" + escaped(name), f"`{name}` is no setting of Block Public Access")
        if not isinstance(held, bool):
            raise InvalidInput.at(f"/{name}", "must be true or false")
    return {name: value.get(name, False) for name in FLAGS}


BUCKET = Fact(
    name="bucket.public_access_block",
    load=load_flags,
    permission="s3:GetBucketPublicAccessBlock",
    of_resource=True,
)
ACCOUNT = Fact(
    name="account.public_access_block",
    load=load_flags,
    permission="s3:GetAccountPublicAccessBlock",
    of_resource=True,
)
ORGANIZATION = Fact(
    name="organization.public_access_block",
    load=load_flags,
    permission="organizations:DescribeEffectivePolicy",
    of_resource=True,
)
ACCESS_POINT = Fact(
    name="access_point.public_access_block",
    load=load_flags,
    permission="s3:GetAccessPoint",
    of_resource=True,
    of_access_point=True,
)

_NONE = ("NoSuchPublicAccessBlockConfiguration",)
_SETTINGS = "PublicAccessBlockConfiguration"
GET_OF_BUCKET = of_bucket("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", absent=_NONE, member=_SETTINGS)
GET_OF_ACCOUNT = AwsCall(
    service="s3control",
    operation="GetPublicAccessBlock",
    permission="s3:GetAccountPublicAccessBlock",
    absent=_NONE,
    member=_SETTINGS,
    keep=Keep.SHORT,
    probe={"AccountId": "{account}"},
)
# Told to any account of an organization, about itself.
GET_OF_ORGANIZATION = AwsCall(
    service="organizations",
    operation="DescribeEffectivePolicy",
    permission="organizations:DescribeEffectivePolicy",
    absent=("EffectivePolicyNotFoundException", "AWSOrganizationsNotInUseException"),
    member="EffectivePolicy",
    probe={"PolicyType": "S3_POLICY"},
)


def _told(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    if not settings:
        raise CannotTell(Unreadable("S3 answered Block Public Access without any setting"))
    return settings


def _owner(request: AccessRequest) -> Collecting[str | None]:
    """Return the account whose settings count, None where no bucket is named."""
    if (yield bucket_meant(request)) is None:
        return None
    owner: str = value_of((yield BUCKET_OWNER))
    return owner


def collect_account(request: AccessRequest) -> Collecting[Observations]:
    """Read the settings of the bucket owner's account, which S3 tells with those of its organization applied."""
    owner = yield _owner(request)
    if owner is None:
        return {}
    seen = yield GET_OF_ACCOUNT.read(account=owner, AccountId=owner)
    return {ACCOUNT: Found(_told(seen.value)) if isinstance(seen, Found) else seen}


def collect_organization(request: AccessRequest) -> Collecting[Observations]:
    """Read what an organization's S3 policies come to for the bucket owner's account: all settings, or none.

    AWS: "Amazon S3 policy syntax and examples" (AWS Organizations User Guide).
    """
    owner = yield _owner(request)
    if owner is None:
        return {}
    seen = yield GET_OF_ORGANIZATION.read(account=owner, PolicyType="S3_POLICY")
    return {ORGANIZATION: Found(_assigned(seen.value)) if isinstance(seen, Found) else seen}


def collect_access_point(request: AccessRequest) -> Collecting[Observations]:
    """Read the settings of the access point that the request names; they are made with it and never change."""
    if request.resource.access_point is None or not request.resource.in_bucket:
        return {}
    told = yield point_told(request)
    return {ACCESS_POINT: Found(_told(told["PublicAccessBlockConfiguration"]))}


def _assigned(policy: Mapping[str, Any]) -> Mapping[str, bool]:
    """Return the settings of an effective policy, in which AWS may or may not leave the operator that assigned them."""
    held = json.loads(policy["PolicyContent"])["s3_attributes"]["public_access_block_configuration"]
    on = {"all": True, "none": False}.get(held["@@assign"] if isinstance(held, dict) else held)
    if on is None:
        raise CannotTell(Unreadable("the organization's S3 policy sets Block Public Access to something not known"))
    return dict.fromkeys(FLAGS, on)


COLLECTORS = (
    bucket_collector(BUCKET, GET_OF_BUCKET, _told),
    Collector(facts=(ACCOUNT,), reads=(GET_OF_ACCOUNT,), needs=OF_BUCKET, collect=collect_account),
    Collector(facts=(ACCESS_POINT,), reads=OF_POINT, collect=collect_access_point),
    Collector(facts=(ORGANIZATION,), reads=(GET_OF_ORGANIZATION,), needs=OF_BUCKET, collect=collect_organization),
)
