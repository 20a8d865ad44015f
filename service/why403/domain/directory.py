"""Directory buckets: their names end alike and tell the Region; their ARNs have a Region and an account.

AWS: "Directory bucket naming rules"; "Resource types defined by Amazon S3 Express"; "Availability Zone IDs".
"""

import re
from typing import Final

from why403.domain.arn import EXPRESS, NOT_TOLD, Resource, resource
from why403.domain.evidence import Absent, Evidence, Fact, Found
from why403.domain.facts import BUCKET_OWNER, REGION
from why403.domain.principal import Principal

_ENDING: Final = "--x-s3"
_MAKES: Final = ":createbucket"
# `use1-az4` lies in us-east-1, `apne2-az1` in ap-northeast-2, `usgw1-az1` in us-gov-west-1.
_ZONE: Final = re.compile(r"(?P<area>[a-z]{2})(?P<gov>g?)(?P<towards>[ns][ew]|[nsewc])(?P<number>[0-9])-[a-z0-9-]+")
_TOWARDS: Final = {"n": "north", "s": "south", "e": "east", "w": "west", "c": "central"}


def is_directory(bucket: str | None) -> bool:
    """Return whether a bucket of this name is a directory bucket."""
    return bucket is not None and bucket.endswith(_ENDING)


def region_of(bucket: str) -> str | None:
    """Return the Region that the zone in a directory bucket's name lies in, None if it does not tell."""
    found = _ZONE.fullmatch(bucket.removesuffix(_ENDING).rpartition("--")[2])
    if found is None:
        return None
    towards = "".join(_TOWARDS[letter] for letter in found["towards"])
    return f"{found['area']}{'-gov' if found['gov'] else ''}-{towards}-{found['number']}"


def located(named: Resource, action: str, principal: Principal, evidence: Evidence) -> Resource:
    """Return a directory bucket, or what is in it, that was named as any bucket is by the ARN that policies see.

    What is not known of its Region and account stands as `*`.
    """
    bucket = named.bucket
    if bucket is None or named.service == EXPRESS or not is_directory(bucket):
        return named
    region = _told(evidence, REGION, region_of(bucket))
    account = _told(evidence, BUCKET_OWNER, None)
    if isinstance(evidence[BUCKET_OWNER], Absent) or action.lower().endswith(_MAKES):
        account = principal.account or NOT_TOLD
    within = bucket if named.key is None else f"{bucket}/{named.key}"
    return resource(f"arn:{named.partition}:{EXPRESS}:{region}:{account}:bucket/{within}") or named


def _told(evidence: Evidence, fact: Fact[str], otherwise: str | None) -> str:
    seen = evidence[fact]
    return seen.value if isinstance(seen, Found) else otherwise or NOT_TOLD
