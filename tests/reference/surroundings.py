"""Makes up the facts and parameters around a call that no policy is about: payers, locks, archives, keys, URLs."""

import base64
import json
from typing import Any

from . import vocabulary as words
from .calls import COPIES, UPLOADS, bucket_of, source_of
from .conditions import Json
from .random_calls import READING, WRITING, Draw, give

LONG_PAST, FAR = "2026-01-01T00:00:00Z", "2040-01-01T00:00:00Z"
ARCHIVES: tuple[Any, ...] = (
    "GLACIER",
    {"class": "DEEP_ARCHIVE", "archive_status": None, "restored": False},
    {"class": "GLACIER", "archive_status": None, "restored": True},
    {"class": "INTELLIGENT_TIERING", "archive_status": "ARCHIVE_ACCESS", "restored": False},
    {"class": "INTELLIGENT_TIERING", "archive_status": None, "restored": False},
    {"class": "GLACIER_IR", "archive_status": None, "restored": False},
    "STANDARD",
)
ENCRYPTED_BY_DEFAULT = frozenset({*UPLOADS, "UploadPart", "UploadPartCopy", "CompleteMultipartUpload"})
DECRYPTING = frozenset({"GetObject", "HeadObject", "GetObjectAttributes", "SelectObjectContent"})
ARCHIVABLE = frozenset({"GetObject", "SelectObjectContent", "RestoreObject", "HeadObject"})
# Whether these need an object to be there, and what they say if it is not, is told of no others.
TELLING_WHAT_IS_MISSING = frozenset({"GetObject", "HeadObject"})
# Whether Requester Pays touches calls that have no word for the payer is open.
PAYABLE = frozenset(
    {*READING, *WRITING, "ListObjectsV2", "ListObjects", "ListObjectVersions", "ListMultipartUploads"}
    - {"SelectObjectContent", "DeleteObjectTagging"}
)
REGION = "eu-west-1"


def surround(draw: Draw, case: Json) -> None:
    """Add such facts and parameters to a call, more of them where one is to refuse it."""
    often = 0.35 if draw.wanted == "requirement" else 0.08
    if case["resource"] == "*" or case["operation"] == "CreateBucket":
        return
    if "authentication" in draw.layers:
        _authentication(draw, case, often)
    payable = case["operation"] in PAYABLE and not case["principal"].endswith(".com")
    if "request_payment" in draw.layers and payable and draw.chance(often):
        case["evidence"]["bucket.request_payment"] = draw.rng.choice(("Requester", "Requester", "BucketOwner"))
        if draw.chance(0.4):
            case["parameters"]["RequestPayer"] = "requester"
    if "object_state" in draw.layers:
        _state(draw, case, often)
    if "kms" in draw.layers and case["principal"] != "anonymous" and draw.chance(0.6):
        _key(draw, case)
    if case["operation"] in COPIES:
        _source(draw, case, often)


def _authentication(draw: Draw, case: Json, often: float) -> None:
    if draw.chance(often):
        owner = case["evidence"]["bucket.owner"]
        case["parameters"]["ExpectedBucketOwner"] = draw.rng.choice((owner, owner, words.ACCOUNTS[0]))
    # Where a bucket is, any Region tells.
    if draw.chance(often) and ":accesspoint/" not in case["resource"] and case["operation"] != "GetBucketLocation":
        case["evidence"]["bucket.region"] = REGION
        give(case, "aws:RequestedRegion", draw.rng.choice((REGION, REGION, "us-east-1")))
    plain = case["operation"] == "GetObject" and set(case["parameters"]) <= {"VersionId"}
    if plain and case["principal"].startswith("arn:") and draw.chance(3 * often):
        _presign(draw, case)


def _presign(draw: Draw, case: Json) -> None:
    rng = draw.rng
    signed, expires = rng.choice((("2026-11-23T11:50:00Z", 900), ("2026-11-23T11:50:00Z", 60), (LONG_PAST, 604_800)))
    case["presigned"] = {"signed_at": signed, "expires": expires, "method": "GET", "headers": []}
    give(case, "s3:authType", "REST-QUERY-STRING")
    if "/assumed-role/" in case["principal"] and draw.chance(0.3):
        give(case, "aws:TokenIssueTime", rng.choice(("2026-11-23T09:00:00Z", "2026-11-22T09:00:00Z")))


def _state(draw: Draw, case: Json, often: float) -> None:
    rng, operation, facts = draw.rng, case["operation"], case["evidence"]
    if operation in TELLING_WHAT_IS_MISSING and draw.chance(often):
        missing = draw.chance(0.7)
        facts["object.exists"] = not missing
        if not missing:
            facts["object.delete_marker"] = draw.chance(0.7)
    if operation in ARCHIVABLE and draw.chance(often):
        facts["object.storage_class"] = rng.choice(ARCHIVES)
    if operation in UPLOADS and "SSECustomerAlgorithm" in case["parameters"] and draw.chance(0.6):
        facts["bucket.encryption"] = {"algorithm": "AES256", "blocked": ["SSE-C"] if draw.chance(0.7) else []}
    if operation in ("DeleteObject", "DeleteObjects", "PutObjectRetention") and draw.chance(2 * often):
        _lock(draw, case)
    # Whether a device is asked for where all of several keys are deleted without naming a version is open.
    keys = case["parameters"].get("Delete", {}).get("Objects", [{"VersionId": ""}])
    asks_for_device = operation in ("DeleteObject", "DeleteObjects", "PutBucketVersioning")
    if asks_for_device and any("VersionId" in key for key in keys) and draw.chance(often):
        facts["bucket.versioning"] = {"status": "Enabled", "mfa_delete": draw.chance(0.6)}
        # Whether a device helps anybody but root is open.
        if case["principal"].endswith(":root") and draw.chance(0.6):
            case["parameters"]["MFA"] = "arn:aws:iam::000011112222:mfa/root 123456"


def _lock(draw: Draw, case: Json) -> None:
    facts, parameters = case["evidence"], case["parameters"]
    if case["operation"] == "DeleteObjects":
        keys = [entry["Key"] for entry in parameters["Delete"]["Objects"]]
        facts["objects"] = {key: {"object.lock": random_lock(draw)} for key in keys if draw.chance(0.5)}
        if draw.chance(0.5):
            facts["object.lock"] = random_lock(draw)
        return
    facts["object.lock"] = random_lock(draw)
    bypassing = parameters.get("VersionId") and draw.chance(0.4)
    if bypassing and "IfMatch" not in parameters:
        parameters["BypassGovernanceRetention"] = True


def random_lock(draw: Draw) -> Json:
    """An Object Lock, one that holds or one that does not."""
    mode = draw.rng.choice(("GOVERNANCE", "GOVERNANCE", "COMPLIANCE", None))
    until = draw.rng.choice((LONG_PAST, FAR, FAR)) if mode else None
    return {"mode": mode, "retain_until": until, "legal_hold": draw.chance(0.2)}


def _key(draw: Draw, case: Json) -> None:
    """Let the call read or write under a key."""
    operation, facts = case["operation"], case["evidence"]
    owner = facts["bucket.owner"]
    encryption = {"algorithm": draw.rng.choice(("aws:kms", "aws:kms", "aws:kms:dsse")), "key": random_key(draw, owner)}
    if operation in DECRYPTING:
        facts["object.encryption"] = encryption
        if operation == "HeadObject" and draw.chance(0.7):
            case["parameters"]["ChecksumMode"] = "ENABLED"
    elif operation in ENCRYPTED_BY_DEFAULT and "bucket.encryption" not in facts:
        asked = operation in UPLOADS and draw.chance(0.4)
        if asked and "SSECustomerAlgorithm" not in case["parameters"]:
            case["parameters"] |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": encryption["key"]}
            if draw.chance(0.4):
                pairs = base64.b64encode(json.dumps({"team": "ml"}).encode()).decode()
                case["parameters"]["SSEKMSEncryptionContext"] = pairs
        else:
            facts["bucket.encryption"] = encryption
    else:
        return
    _about_key(draw, facts, "")
    if draw.chance(0.5) and case["resource"].startswith("arn:aws:s3:::"):
        give(case, "kms:EncryptionContext:aws:s3:arn", case["resource"])
    if draw.chance(0.5):
        # Whoever gives all names of the context gives those that the call sends, too.
        sent = ["team"] if "SSEKMSEncryptionContext" in case["parameters"] else []
        give(case, "kms:EncryptionContextKeys", ["aws:s3:arn", *sent])


def random_key(draw: Draw, owner: str) -> str:
    """The ARN of a key, mostly one of the bucket owner's account."""
    account = owner if draw.chance(0.75) else draw.rng.choice(draw.accounts)
    return f"arn:aws:kms:{REGION}:{account}:key/11-22"


def _about_key(draw: Draw, facts: Json, prefix: str) -> None:
    disabled = draw.chance(0.4 if draw.wanted == "requirement" else 0.03)
    facts[f"{prefix}kms.key_state"] = draw.rng.choice(("Disabled", "PendingDeletion")) if disabled else "Enabled"
    facts[f"{prefix}kms.key_manager"] = "AWS" if draw.chance(0.12) else "CUSTOMER"
    facts[f"{prefix}kms.grants"] = None


def _source(draw: Draw, case: Json, often: float) -> None:
    facts, rng = case["evidence"], draw.rng
    if source_of(case).bucket != bucket_of(case["resource"]):
        facts["source.bucket.owner"] = rng.choice(draw.accounts)
        if "request_payment" in draw.layers and draw.chance(often) and not case["principal"].endswith(".com"):
            facts["source.bucket.request_payment"] = "Requester"
    if "authentication" in draw.layers and draw.chance(often) and "source.bucket.owner" in facts:
        owner = facts["source.bucket.owner"]
        case["parameters"]["ExpectedSourceBucketOwner"] = rng.choice((owner, owner, words.ACCOUNTS[0]))
    if draw.chance(0.5):
        facts["source.object.tags"] = rng.choice(({}, {"class": "public"}, {"class": "secret"}))
    if "object_state" in draw.layers:
        if draw.chance(often):
            facts["source.object.exists"] = draw.chance(0.5)
        if draw.chance(often):
            facts["source.object.storage_class"] = rng.choice(ARCHIVES)
    if "kms" in draw.layers and case["principal"] != "anonymous" and draw.chance(0.3):
        owner = facts.get("source.bucket.owner", facts["bucket.owner"])
        facts["source.object.encryption"] = {"algorithm": "aws:kms", "key": random_key(draw, owner)}
        _about_key(draw, facts, "source.")
