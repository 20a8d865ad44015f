"""Decides one fully known request, step by step as AWS documents its own evaluation (section 3.2)."""

from collections.abc import Iterator

from .calls import COPIES, legs_of
from .conditions import Json
from .directories import in_directory
from .grants import policy_blockers
from .kms import key_blockers, of_anonymous, tests_what_kms_may_not_see
from .points import is_multi_region
from .public import publicness_is_open
from .readings import (
    OF_ACCESS_POINTS,
    OF_COPIES,
    OF_GRANT_HEADERS,
    OF_KEYS,
    OF_MULTI_REGION_POINTS,
    OF_RETENTION,
    OF_SESSIONS,
    USUAL,
    Reading,
)
from .requirements import requirement_blockers
from .verdicts import ALLOWED, Blocker, Verdict, verdict_on
from .world import World, world_of
from .writes import write_blockers

__all__ = ["ALLOWED", "Verdict", "blockers", "decide", "is_open", "statuses"]

RETAINING = frozenset({"Retention", "ObjectLockRetainUntilDate"})


def decide(case: Json, reading: Reading = USUAL) -> Verdict:
    """The verdict on a request of which everything is known."""
    return verdict_on(blockers(case, reading))


def blockers(case: Json, reading: Reading = USUAL) -> Iterator[tuple[int, Blocker]]:
    """All that stands in the way of a request, each with the number of the leg that it blocks."""
    legs = legs_of(case, reading)
    for number, leg in enumerate(legs):
        world = world_of(leg, reading)
        yield from ((number, one) for one in _by_policies(leg, world, reading))
        # What is no policy's affair belongs to the call; of a deletion of several keys, to each key.
        if "operation" in case and (number == 0 or case["operation"] == "DeleteObjects"):
            yield from ((number, one) for one in write_blockers(leg, world))
            yield from ((number, one) for one in requirement_blockers(leg, world, reading))
    yield from ((len(legs) + number, one) for number, one in key_blockers(case, reading))


def _by_policies(leg: Json, world: World, reading: Reading) -> list[Blocker]:
    found = policy_blockers(world)
    if not found or "otherwise" not in leg:
        return found
    otherwise = policy_blockers(world_of(leg["otherwise"], reading))
    return otherwise if reading.last_session_tells or not otherwise else found


def statuses(case: Json) -> set[int]:
    """What S3 may answer: where several things of one sort are wrong, it is open which of them S3 tells."""
    verdict = decide(case)
    found = {one.status for _, one in blockers(case) if (one.kind, one.layer) == (verdict.kind, verdict.layer)}
    return found or {verdict.status}


POLICIES = ("bucket.policy", "source.bucket.policy", "access_point.policy")
BLOCKS = ".public_access_block"


def is_open(case: Json, found: Verdict | None = None) -> bool:
    """Whether what AWS leaves open decides the case."""
    usual = found or decide(case)
    if of_anonymous(case) or tests_what_kms_may_not_see(case):
        return True
    facts = case["evidence"]
    by_wording = any(publicness_is_open(facts.get(name)) for name in POLICIES)
    if in_directory(case):
        # Their public access is blocked whatever is set.
        return by_wording or not all(usual.tells(decide(case, reading)) for reading in OF_SESSIONS)
    if by_wording and any((facts.get(name) or {}).get("RestrictPublicBuckets") for name in facts if BLOCKS in name):
        return True
    readings = [
        *(OF_ACCESS_POINTS if ":accesspoint/" in case["resource"] else ()),
        *(OF_MULTI_REGION_POINTS if is_multi_region(case["resource"]) else ()),
        *(OF_GRANT_HEADERS if "GrantFullControl" in case.get("parameters", {}) else ()),
        *(OF_RETENTION if RETAINING & case.get("parameters", {}).keys() else ()),
        *(OF_COPIES if case.get("operation") in COPIES else ()),
        *(OF_KEYS if "operation" in case and any(one.endswith("encryption") for one in case["evidence"]) else ()),
        *(OF_KEYS if case.get("parameters", {}).get("SSEKMSKeyId") else ()),
    ]
    # Each leg is decided by itself: what one reading denies on one leg and another on another is open.
    return not all(usual.tells(decide(case, reading)) for reading in readings)
