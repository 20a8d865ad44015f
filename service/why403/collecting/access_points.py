"""What several layers read about access points: by which calls, and which part of the answer is about which fact.

AWS: "GetAccessPoint", "GetAccessPointPolicy", "ListMultiRegionAccessPoints", "GetMultiRegionAccessPointPolicy",
"GetAccessPointPolicyForObjectLambda" (Amazon S3 API Reference). Calls about Multi-Region Access Points are answered in
us-west-2 ("Multi-Region Access Point restrictions and limitations").
"""

from collections.abc import Mapping
from typing import Any, Final

from why403.collecting.declared import AwsCall, CannotTell, Collecting, Keep, value_of
from why403.domain.arn import OBJECT_LAMBDA
from why403.domain.evidence import ABSENT, Found, Observation, Unreadable
from why403.domain.request import AccessRequest

_NO_POLICY: Final = ("NoSuchAccessPointPolicy",)
_PROBE: Final = {"AccountId": "{account}", "Name": "why403-preflight"}  # nobody's: S3 looks for it for who may ask
GET_POINT: Final = AwsCall(
    service="s3control", operation="GetAccessPoint", permission="s3:GetAccessPoint", probe=_PROBE
)
GET_POINT_POLICY: Final = AwsCall(
    service="s3control",
    operation="GetAccessPointPolicy",
    permission="s3:GetAccessPointPolicy",
    absent=_NO_POLICY,
    member="Policy",
    keep=Keep.SHORT,
    probe=_PROBE,
)
LIST_MULTI_REGION: Final = AwsCall(
    service="s3control",
    operation="ListMultiRegionAccessPoints",
    permission="s3:ListMultiRegionAccessPoints",
    pages="AccessPoints",
)
GET_MULTI_REGION_POLICY: Final = AwsCall(
    service="s3control",
    operation="GetMultiRegionAccessPointPolicy",
    permission="s3:GetMultiRegionAccessPointPolicy",
    absent=(*_NO_POLICY, "NoSuchMultiRegionAccessPointPolicy"),
    member="Policy",
    keep=Keep.SHORT,
)
GET_LAMBDA_POLICY: Final = AwsCall(
    service="s3control",
    operation="GetAccessPointPolicyForObjectLambda",
    permission="s3:GetAccessPointPolicyForObjectLambda",
    absent=_NO_POLICY,
    member="Policy",
    keep=Keep.SHORT,
    probe=_PROBE,
)
OF_POINT: Final = (GET_POINT, LIST_MULTI_REGION)
OF_POINT_POLICY: Final = (GET_POINT_POLICY, LIST_MULTI_REGION, GET_MULTI_REGION_POLICY, GET_LAMBDA_POLICY)
_HOME: Final = "us-west-2"
_MULTI_REGION: Final = ".mrap"


def point_told(request: AccessRequest) -> Collecting[Mapping[str, Any]]:
    """Return what S3 tells of the access point that a request names, in the words of GetAccessPoint.

    Raises CannotTell. Of a Multi-Region Access Point the bucket is told only where it has but one.
    """
    owner, name = _named(request)
    if not _is_multi_region(name):
        read = GET_POINT.read(account=owner, region=request.resource.region, AccountId=owner, Name=name)
        told: Mapping[str, Any] = value_of((yield read))
        return told
    listed: Mapping[str, Any] = yield _listed(owner, name)
    buckets = [each["Bucket"] for each in listed["Regions"]]
    found = {"NetworkOrigin": "Internet", "PublicAccessBlockConfiguration": listed["PublicAccessBlock"]}
    return {**found, "Bucket": buckets[0], **_owner_of(listed)} if len(buckets) == 1 else {**found, "Buckets": buckets}


def _owner_of(listed: Mapping[str, Any]) -> Mapping[str, str]:
    owner = listed["Regions"][0].get("BucketAccountId")
    return {} if owner is None else {"BucketAccountId": owner}


def policy_told(request: AccessRequest) -> Collecting[Observation[Any]]:
    """Return what was seen of the policy of the access point that a request names; raise CannotTell."""
    owner, name = _named(request)
    where: dict[str, Any] = {"account": owner, "region": request.resource.region, "AccountId": owner, "Name": name}
    if request.resource.service == OBJECT_LAMBDA:
        of_function: Observation[Any] = yield GET_LAMBDA_POLICY.read(**where)
        return of_function
    if not _is_multi_region(name):
        of_point: Observation[Any] = yield GET_POINT_POLICY.read(**where)
        return of_point
    listed: Mapping[str, Any] = yield _listed(owner, name)
    seen: Observation[Any] = yield GET_MULTI_REGION_POLICY.read(**{**where, "region": _HOME, "Name": listed["Name"]})
    if not isinstance(seen, Found):
        return seen
    held = seen.value.get("Established", {}).get("Policy")  # what is proposed does not count yet
    return ABSENT if held is None else Found(held)


def _named(request: AccessRequest) -> tuple[str, str]:
    """Return the account and the name of the access point; raise CannotTell for one of a kind that is not read."""
    resource = request.resource
    if resource.access_point is None or resource.service not in {"s3", OBJECT_LAMBDA}:
        raise CannotTell(Unreadable("access points of directory buckets are not read"))
    if not resource.account:
        raise CannotTell(Unreadable("the ARN of the access point does not name its account"))
    return resource.account, resource.access_point.rpartition("/")[2]


def _is_multi_region(name: str) -> bool:
    return name.endswith(_MULTI_REGION)


def _listed(owner: str, alias: str) -> Collecting[Mapping[str, Any]]:
    """Return what S3 lists of the Multi-Region Access Point with an alias, by which no other call finds it."""
    points = value_of((yield LIST_MULTI_REGION.read(account=owner, region=_HOME, AccountId=owner)))
    found = next((each for each in points if each.get("Alias") == alias), None)
    if found is None:
        raise CannotTell(Unreadable(f"account {owner} has no Multi-Region Access Point with the alias `{alias}`"))
    listed: Mapping[str, Any] = found
    return listed
