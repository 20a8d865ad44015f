"""Asks for the sessions that calls on the objects of directory buckets need (sections 6.4 and 9.4)."""

import re

from .conditions import Json

ZONAL = re.compile(r".+--[a-z0-9]+-az\d+--x-s3")
READS = frozenset(
    {"GetObject", "HeadObject", "GetObjectAttributes", "ListObjectsV2", "ListParts", "ListMultipartUploads"}
)
WRITES = frozenset({"PutObject", "DeleteObject", "CreateMultipartUpload", "UploadPart", "AbortMultipartUpload"})
MODE = "s3express:sessionmode"
ALWAYS_ON = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def in_directory(case: Json) -> bool:
    """Whether a call is about a directory bucket, which its name tells."""
    return "operation" in case and bool(ZONAL.fullmatch(_bucket(case)))


def _bucket(case: Json) -> str:
    return str(case["resource"].split(":", 5)[-1].partition("/")[0])


def session_leg(case: Json) -> Json:
    """The session that a call needs: one that may write, and for a call that reads one that may read, failing that."""
    facts = {**case["evidence"], "bucket.public_access_block": ALWAYS_ON}
    partition, region, owner = case["resource"].split(":")[1], facts["bucket.region"], facts["bucket.owner"]
    arn = f"arn:{partition}:s3express:{region}:{owner}:bucket/{_bucket(case)}"
    leg = {**case, "action": "s3express:CreateSession", "resource": arn, "evidence": facts}
    leg["filled"] = {MODE: ("ReadWrite",)}
    return {**leg, "otherwise": {**leg, "filled": {MODE: ("ReadOnly",)}}} if case["operation"] in READS else leg
