"""Hides a few facts and condition keys of a fully known case."""

import random
from collections.abc import Collection
from typing import Any

from .callers import Kind, caller_of
from .calls import legs_of
from .completions import completions, count, told_by_call
from .conditions import Json
from .evaluator import decide
from .keys import TAG_FAMILIES, derivable
from .mentions import mentioned_keys
from .unknown_facts import HARMLESS, TAG_FACTS, fact_of, unknown_facts
from .world import world_of

TRIES = 5
TRACTABLE = 600
SAMPLE = 16
WITHOUT = (
    "organization.scps",
    "organization.rcps",
    "organization.management_account",
    "principal.policies",
    "principal.boundary",
    "principal.tags",
    "session.policies",
    "bucket.policy",
    "bucket.acl",
    "object.acl",
    "bucket.public_access_block",
    "account.public_access_block",
    "organization.public_access_block",
    "vpc_endpoint.policy",
    "bucket.tags",
    "object.tags",
)
REQUIRED: dict[str, tuple[str, Any]] = {
    "bucket.request_payment": ("request_payment", "BucketOwner"),
    "object.exists": ("object_state", True),
    "object.delete_marker": ("object_state", False),
    "object.lock": ("object_state", None),
    "bucket.versioning": ("object_state", None),
    "bucket.encryption": ("kms", None),
    "object.encryption": ("kms", None),
}
WORTH_HIDING = {
    "GetObject": ("object.exists", "bucket.request_payment"),
    "HeadObject": ("object.exists",),
    "DeleteObject": ("object.lock", "bucket.versioning", "bucket.request_payment"),
    "DeleteObjects": ("object.lock", "bucket.versioning"),
    "PutObjectRetention": ("object.lock",),
    "PutObject": ("bucket.request_payment",),
}
# They count as unknown only where somebody says so: who lists policies says that they apply, and what came through no
# endpoint has no policy of one.
ONLY_IF_SAID = ("organization.management_account", "vpc_endpoint.policy")
# What is behind an access point, and under which key an object is, decides which other facts there are.
NEVER_HIDDEN = (
    "access_point.bucket",
    "access_point.owner",
    "bucket.encryption",
    "object.encryption",
    "accounts.canonical_ids",
    "bucket.abac",
)


def hide(rng: random.Random, case: Json, layers: Collection[str]) -> Json:
    """The case with one to four unknowns, few enough in most cases that their completions can be listed."""
    hidden: Json = case
    telling = rng.random() < 0.5
    for _ in range(TRIES):
        facts = rng.choice((0, 0, 1, 1, 2))
        hidden = _hide_keys(rng, case, rng.choice((0, 1, 2)) if facts else rng.choice((1, 1, 2, 3)))
        hidden = _hide_facts(rng, hidden, facts, layers)
        if count(hidden) <= TRACTABLE and (not telling or _matters(rng, hidden)):
            break
    return hidden


def _matters(rng: random.Random, case: Json) -> bool:
    """Whether what is hidden changes the decision in some completion."""
    decisions = (decide(one).decision for one in completions(case, rng=rng, limit=SAMPLE))
    first = next(decisions)
    return any(decision != first for decision in decisions)


def _hide_keys(rng: random.Random, case: Json, number: int) -> Json:
    """Say of every key the policies mention what it holds, but for a few."""
    caller = caller_of(case)
    given = {key.lower(): key for key in case["context"]}
    known = {key for leg in legs_of(case) for key in world_of(leg).request.context}
    mentioned = sorted(mentioned_keys(case))
    # What a call's Region may be where nobody gave it, is taken to be right.
    never = {"aws:requestedregion"} if "operation" in case else set[str]()
    eligible = [key for key in mentioned if not derivable(key, caller) and not told_by_call(key, case)]
    eligible = [key for key in eligible if key not in never]
    if not number or not eligible:
        return case
    unknown = set(rng.sample(eligible, min(number, len(eligible))))
    context = {key: value for key, value in case["context"].items() if key.lower() not in unknown}
    absent = [key for key in mentioned if key not in given and key not in known and key not in unknown]
    absent = [key for key in absent if not told_by_call(key, case)]
    # Tags stay derived, so that a hidden mapping of tags hides them too.
    context.update({key: None for key in absent if not key.startswith(TAG_FAMILIES)})
    return {**case, "context": context, "context_is_complete": False}


def _hide_facts(rng: random.Random, case: Json, number: int, layers: Collection[str]) -> Json:
    if not number:
        return case
    listed = {**_nothing(case, layers), **case["evidence"]}
    bearing = unknown_facts({**case, "evidence": {}, "evidence_is_complete": False})
    mentioned = mentioned_keys(case)
    tags = [fact for fact, families in TAG_FACTS.items() if any(key.startswith(families) for key in mentioned)]
    eligible = [name for name in {*bearing, *tags, *_requirements(case), *ONLY_IF_SAID} if name in listed]
    eligible = [name for name in eligible if name.removeprefix("source.") not in NEVER_HIDDEN]
    eligible = [name for name in sorted(eligible) if listed[name] is not None or rng.random() < 0.3]
    chosen = set(rng.sample(eligible, min(number, len(eligible))))
    context = _without_sources(case["context"], chosen)
    complete = rng.random() < 0.5
    evidence = {name: value for name, value in (case["evidence"] if complete else listed).items() if name not in chosen}
    said = complete or rng.random() < 0.5
    told = [name for name in sorted(chosen) if said or name in ONLY_IF_SAID or _harmless(name)]
    evidence.update({name: {"unknown": True} for name in told})
    return {**case, "context": context, "evidence": evidence, "evidence_is_complete": complete}


def _without_sources(context: Json, chosen: set[str]) -> Json:
    """The context without given keys that would tell what a hidden fact is."""
    telling = {"session.issuer": "aws:principalarn", "bucket.owner": ":resourceaccount"}
    endings = tuple(ending for fact, ending in telling.items() if fact in chosen)
    return {key: value for key, value in context.items() if not endings or not key.lower().endswith(endings)}


def _harmless(name: str) -> bool:
    """Whether a fact counts for nothing as long as nobody tried to read it."""
    return name.removeprefix("source.") in HARMLESS


def _requirements(case: Json) -> list[str]:
    """The facts that no policy asks for and that a call of this sort may fail for."""
    named = [name for name in case["evidence"] if _harmless(name)]
    also = WORTH_HIDING.get(case.get("operation", ""), ()) if "objects" not in case["evidence"] else ()
    return [*named, *also]


def _nothing(case: Json, layers: Collection[str]) -> Json:
    """What complete evidence would imply, said of every fact by name."""
    nothing: Json = {}
    for leg in legs_of(case):
        nothing |= {fact_of(leg, name): value for name, value in _nothing_of(leg, layers).items()}
    return nothing


def _nothing_of(case: Json, layers: Collection[str]) -> Json:
    world = world_of(case)
    nothing: dict[str, Any] = dict.fromkeys(WITHOUT)
    nothing["bucket.abac"] = False
    if world.bucket_owner:
        nothing |= {"bucket.owner": world.bucket_owner, "object.owner": world.object_owner}
    if {"acl", "ownership"} & set(layers):
        nothing["bucket.ownership"] = "BucketOwnerEnforced"
    if world.caller.kind is Kind.SESSION and world.caller.issuer != world.caller.arn:
        nothing["session.issuer"] = world.caller.issuer
    if world.point:
        nothing |= {"access_point.policy": None, "access_point.public_access_block": None}
    if "operation" in case:
        nothing |= {name: value for name, (layer, value) in REQUIRED.items() if layer in layers}
    return nothing
