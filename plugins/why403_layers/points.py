"""The policy of an access point as a fact, and how it and the others are read.

AWS: "GetAccessPoint", "GetAccessPointPolicy" (Amazon S3 API Reference).
"""

from why403 import ABSENT, AccessRequest, Collecting, Collector, Fact, Found, Observations, Unreadable
from why403.collecting.access_points import OF_POINT, OF_POINT_POLICY, point_told, policy_told
from why403.domain.facts import POINT_BUCKET, POINT_ORIGIN, POINT_OWNER, POINT_VPC
from why403.policy import PolicyKind, one_policy, policies_of

POINT_POLICY = Fact(
    name="access_point.policy",
    load=one_policy(PolicyKind.RESOURCE),
    permission="s3:GetAccessPointPolicy",
    of_resource=True,
    of_access_point=True,
    policies=policies_of,
)


def collect_point(request: AccessRequest) -> Collecting[Observations]:
    """Read which bucket is behind the access point, whose it is, and from where it may be used."""
    if request.resource.access_point is None or not request.resource.in_bucket:
        return {}
    told = yield point_told(request)
    vpc = told.get("VpcConfiguration", {}).get("VpcId")
    found = {
        POINT_OWNER: Found(request.resource.account),
        POINT_ORIGIN: Found(told["NetworkOrigin"]),
        POINT_VPC: ABSENT if vpc is None else Found(vpc),
    }
    if "Buckets" in told:
        which = " and ".join(f"`{each}`" for each in told["Buckets"])
        return {**found, POINT_BUCKET: Unreadable(f"the request goes to whichever of {which} is nearest and active")}
    return {**found, POINT_BUCKET: Found(told["Bucket"]) if "Bucket" in told else ABSENT}


def collect_policy(request: AccessRequest) -> Collecting[Observations]:
    """Read the policy of the access point."""
    if request.resource.access_point is None:
        return {}
    return {POINT_POLICY: (yield policy_told(request))}


COLLECTORS = (
    Collector(facts=(POINT_BUCKET, POINT_OWNER, POINT_ORIGIN, POINT_VPC), reads=OF_POINT, collect=collect_point),
    Collector(facts=(POINT_POLICY,), reads=OF_POINT_POLICY, collect=collect_policy),
)
