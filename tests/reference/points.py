"""Reads the access point that a request goes through, and turns its ARNs into those of the bucket behind it."""

import re
from typing import Any, NamedTuple

from .conditions import Json
from .policy import Request

POINT = re.compile(r"(arn:[a-z-]+:s3:[a-z0-9-]*:(\d{12}):accesspoint/[^/]+)(?:/object/(.*))?", re.DOTALL)


class Point(NamedTuple):
    """An access point, and the ARN of what is asked for in terms of its bucket."""

    arn: str
    owner: str
    bucket: str
    origin: str
    vpc: str | None
    policy: Any
    public_access_block: Json | None
    behind: str


def point_of(resource: str, evidence: Json) -> Point | None:
    """The access point that a resource names; its ARN names the owner too."""
    found = POINT.fullmatch(resource)
    if not found:
        return None
    arn, owner, key = found.groups()
    bucket = evidence.get("access_point.bucket") or ""
    behind = f"arn:{arn.split(':')[1]}:s3:::{bucket}"
    return Point(
        arn=arn,
        owner=str(evidence.get("access_point.owner", owner)),
        bucket=bucket,
        origin=evidence.get("access_point.network_origin", "Internet"),
        vpc=evidence.get("access_point.vpc"),
        policy=evidence.get("access_point.policy"),
        public_access_block=evidence.get("access_point.public_access_block"),
        behind=behind if key is None else f"{behind}/{key}",
    )


def is_multi_region(arn: str) -> bool:
    """Whether an access point has buckets in several Regions; its ARN names none (section 4.2)."""
    found = POINT.fullmatch(arn)
    return found is not None and found[1].endswith(".mrap")


def names_object(resource: str) -> bool:
    """Whether an ARN names an object: that of an access point holds a slash without naming any."""
    found = POINT.fullmatch(resource)
    return found[3] is not None if found else "/" in resource


def at_bucket(request: Request, point: Point | None) -> Request:
    """The request as one for the bucket behind the access point."""
    return request._replace(resource=point.behind) if point else request
