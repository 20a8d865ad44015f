"""Decides what a call fails for although no policy refuses it (sections 1.3 to 1.8 and 1.10)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from .callers import Kind
from .calls import COPIES, UPLOADS, sent, source_evidence, source_of
from .comparisons import instant
from .conditions import Json
from .grants import policy_blockers
from .readings import Reading
from .times import seconds, time_of
from .verdicts import FIRST, LAST, Blocker, requirement
from .world import World, world_of

LONGEST_URL = 604_800
LONGEST_SESSION = timedelta(hours=12).total_seconds()
READS_CONTENT = frozenset({"GetObject", "SelectObjectContent"})
FINDS_OBJECT = frozenset({"GetObject", "HeadObject", *COPIES})
ARCHIVED_CLASSES = frozenset({"GLACIER", "DEEP_ARCHIVE"})
ARCHIVED_TIERS = frozenset({"ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"})


def requirement_blockers(case: Json, world: World, reading: Reading) -> Iterator[Blocker]:
    """Everything that is no policy's affair."""
    yield from _authentication(case, world)
    if _nobody_pays(case, world):
        yield requirement(FIRST, "request_payment")
    point = world.point
    if point and point.origin == "VPC" and world.request.context.get("aws:sourcevpc") != (point.vpc,):
        yield requirement(FIRST, "access_point")
    yield from _object_state(case, world, reading)


def _authentication(case: Json, world: World) -> Iterator[Blocker]:
    expected = [(sent(case, "ExpectedBucketOwner"), world.bucket_owner)]
    if case["operation"] in COPIES:
        owner = source_evidence(case).get("bucket.owner", world.caller.account)
        expected.append((sent(case, "ExpectedSourceBucketOwner"), owner))
    if any(wanted is not None and wanted != owner for wanted, owner in expected):
        yield requirement(FIRST, "authentication")
    yield from _presigned(case, world)
    region, asked = region_of(case), world.request.context.get("aws:requestedregion")
    if region and asked and asked != (region,):
        yield requirement(FIRST, "authentication", 301, "PermanentRedirect")


def region_of(case: Json) -> str | None:
    """Where the bucket is, or the access point that its own ARN places."""
    region: str | None = case["evidence"].get("bucket.region")
    return region or case["resource"].split(":")[3] if ":accesspoint/" in case["resource"] else region


def _presigned(case: Json, world: World) -> Iterator[Blocker]:
    url = case.get("presigned")
    if not url:
        return
    now, signed = seconds(time_of(case)), seconds(url["signed_at"])
    issued = instant(*world.request.context.get("aws:tokenissuetime", ("never",))[:1])
    # A role's session lasts twelve hours at most, and the URLs that it signed end with it.
    if world.caller.kind is Kind.SESSION and issued is not None and now - float(issued) > LONGEST_SESSION:
        yield requirement(FIRST, "authentication", 400, "ExpiredToken")
    if url["expires"] > LONGEST_URL:
        yield requirement(FIRST, "authentication", 400, "AuthorizationQueryParametersError")
    elif now > signed + url["expires"]:
        yield requirement(FIRST, "authentication")


def _nobody_pays(case: Json, world: World) -> bool:
    """Whether a bucket, or that of a copy's source, wants other accounts to say that they pay."""
    caller, says_so = world.caller.account, sent(case, "RequestPayer") == "requester"
    buckets: list[tuple[Any, str | None]] = [(world.evidence.get("bucket.request_payment"), world.bucket_owner)]
    if case["operation"] in COPIES:
        facts = source_evidence(case)
        buckets.append((facts.get("bucket.request_payment"), facts.get("bucket.owner", caller)))
    # Nobody anonymous can pay.
    return any(
        payer == "Requester" and (caller is None or (caller != owner and not says_so)) for payer, owner in buckets
    )


def _object_state(case: Json, world: World, reading: Reading) -> Iterator[Blocker]:
    operation = case["operation"]
    facts = world.evidence
    if operation in FINDS_OBJECT:
        yield from _not_found(case, world, reading)
    if operation in READS_CONTENT and archived(facts):
        yield requirement(LAST, "object_state", 403, "InvalidObjectState")
    if operation in COPIES and archived(source_evidence(case)):
        yield requirement(LAST, "object_state", 403, "ObjectNotInActiveTierError")
    if operation == "RestoreObject" and facts.get("object.storage_class") and not in_archive(facts):
        yield requirement(LAST, "object_state", 403, "ObjectAlreadyInActiveTierError")
    blocked = (facts.get("bucket.encryption") or {}).get("blocked") or []
    if operation in UPLOADS and sent(case, "SSECustomerAlgorithm") is not None and "SSE-C" in blocked:
        yield requirement(LAST, "object_state")
    # Complete evidence has the object there without saying so; only who says so asks what If-None-Match means.
    said_there = facts.get("object.exists") is True and not facts.get("object.delete_marker")
    if operation == "PutObject" and sent(case, "IfNoneMatch") == "*" and said_there:
        yield requirement(LAST, "object_state", 412, "PreconditionFailed")
    if operation in ("PutBucketTagging", "DeleteBucketTagging") and facts.get("bucket.abac"):
        yield requirement(LAST, "object_state")
    if _lock_holds(case, facts, reading) or _needs_device(case, facts):
        yield requirement(LAST, "object_state")


def _not_found(case: Json, world: World, reading: Reading) -> Iterator[Blocker]:
    """A missing object is told to those who may list the bucket; to all others it looks like a refusal."""
    facts, version, seen = world.evidence, sent(case, "VersionId"), world
    if case["operation"] in COPIES:
        facts, version = source_evidence(case), source_of(case).version
        bucket = f"arn:{world.request.resource.split(':')[1]}:s3:::{source_of(case).bucket}"
        seen = world_of({**case, "action": "s3:GetObject", "resource": bucket, "evidence": facts}, reading)
    missing = facts.get("object.exists") is False
    marker = bool(facts.get("object.delete_marker"))
    if not missing and not marker:
        return
    if marker and version and not missing:
        yield requirement(LAST, "object_state", 405, "MethodNotAllowed")
    elif may_list(case, seen, with_versions=version is not None):
        yield requirement(LAST, "object_state", 404, "NoSuchVersion" if version else "NoSuchKey")
    else:
        yield requirement(LAST, "object_state")


def may_list(case: Json, world: World, *, with_versions: bool) -> bool:
    """Whether the caller could list the bucket; either permission does where a version is missing (U11)."""
    resource = world.point.arn if world.point else world.request.resource.partition("/")[0]
    actions = ["s3:ListBucket", *(["s3:ListBucketVersions"] if with_versions else [])]
    asked = [{**case, "action": action, "resource": resource, "evidence": world.evidence} for action in actions]
    return any(not policy_blockers(world_of({**one, "filled": {}}, world.reading)) for one in asked)


def in_archive(facts: Json) -> bool:
    """Whether the object lies in an archive, restored or not."""
    stored = _stored(facts)
    return stored.get("class") in ARCHIVED_CLASSES or stored.get("archive_status") in ARCHIVED_TIERS


def archived(facts: Json) -> bool:
    """Whether the object cannot be read before it is restored."""
    return in_archive(facts) and not _stored(facts).get("restored")


def _stored(facts: Json) -> Json:
    stored = facts.get("object.storage_class") or {}
    return {"class": stored} if isinstance(stored, str) else stored


def _lock_holds(case: Json, facts: Json, reading: Reading) -> bool:
    """Whether Object Lock forbids to end a version, or to weaken its retention."""
    lock = facts.get("object.lock") or {}
    until: str = lock.get("retain_until") or "1970"
    active = bool(lock.get("mode")) and seconds(until) > seconds(time_of(case))
    bypassed = lock.get("mode") == "GOVERNANCE" and bool(sent(case, "BypassGovernanceRetention"))
    if case["operation"] == "PutObjectRetention":
        return (
            active and not bypassed and _weakens(sent(case, "Retention") or {}, lock["mode"], seconds(until), reading)
        )
    if case["operation"] not in ("DeleteObject", "DeleteObjects") or sent(case, "VersionId") is None:
        return False
    return bool(lock.get("legal_hold")) or (active and not bypassed)


def _weakens(wanted: Json, mode: str, until: float, reading: Reading) -> bool:
    """Whether a retention ends earlier than that which holds, or has another mode: compliance never yields."""
    ends = wanted.get("RetainUntilDate")
    may_differ = mode == "GOVERNANCE" and reading.mode_may_tighten
    return ends is None or seconds(ends) < until or (wanted.get("Mode") != mode and not may_differ)


def _needs_device(case: Json, facts: Json) -> bool:
    """Whether MFA Delete asks for a device; a deletion of several keys without it fails as a whole."""
    sets_it = "MFADelete" in (sent(case, "VersioningConfiguration") or {})
    if sets_it and not case["principal"].endswith(":root"):
        return True
    if not (facts.get("bucket.versioning") or {}).get("mfa_delete") or sent(case, "MFA") is not None:
        return False
    ends_version = case["operation"] == "DeleteObject" and sent(case, "VersionId") is not None
    return ends_version or case["operation"] in ("DeleteObjects", "PutBucketVersioning")
