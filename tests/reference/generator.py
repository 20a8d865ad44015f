"""Makes random cases in the contract's shapes: realistic, nasty, and balanced between the four outcomes."""

import random
from collections.abc import Collection

from . import vocabulary as words
from .conditions import Json
from .evaluator import Verdict, decide, is_open
from .hiding import hide
from .layer_facts import FACTS_OF
from .scenes import Scene, random_scene
from .settling import settle

LAYERS = (
    "scp",
    "identity",
    "permissions_boundary",
    "session_policy",
    "bucket_policy",
    "acl",
    "block_public_access",
    "ownership",
)
MORE_LAYERS = (
    "rcp",
    "vpc_endpoint",
    "authentication",
    "request_payment",
    "object_state",
    "kms",
    "access_point",
    "directory_bucket",
)
"""Layers whose facts a case holds only where they are asked for."""
OUTCOMES = ("allowed", "explicit", "implicit", "requirement")
ABOUT_KEYS = frozenset({"identity", "kms", "scp", "permissions_boundary", "session_policy", "rcp"})
TRIES = 1_000


def random_case(rng: random.Random, *, unknowns: bool, layers: Collection[str] = LAYERS) -> Json:
    """A case whose outcome is any of the four with equal chance; with `unknowns` some of it is then hidden."""
    wanted = rng.choices(OUTCOMES, (2, 1, 1, 1) if unknowns else (1, 1, 1, 1))[0]
    if unknowns:
        layers = [layer for layer in layers if layer != "directory_bucket"]
    plain = unknowns and rng.random() < 0.35
    drafts = (_draft(random_scene(rng, layers, plain=plain, wanted=wanted), wanted) for _ in range(TRIES))
    case = next(draft for draft in drafts if _fits(draft, wanted))
    return hide(rng, case, layers) if unknowns else case


def _fits(case: Json, wanted: str) -> bool:
    found = decide(case)
    return outcome(found) == wanted and not is_open(case, found)


def outcome(verdict: Verdict) -> str:
    """Which of the four outcomes a verdict is."""
    return verdict.kind or verdict.decision


def _draft(scene: Scene, wanted: str) -> Json:
    case = scene.case
    facts: Json = case["evidence"]
    # What is to fail for other reasons has to be allowed by all policies.
    wanted = "allowed" if wanted == "requirement" else wanted
    scene = scene._replace(spoils_keys=bool(scene.keys) and wanted != "allowed" and scene.chance(0.6))
    for layer, facts_of in FACTS_OF.items():
        if layer in scene.layers:
            about_keys = layer in ABOUT_KEYS or not scene.spoils_keys
            facts.update(facts_of(scene, wanted if about_keys else "allowed"))
    if "acl" in scene.layers:
        facts["accounts.canonical_ids"] = {one: account for account, one in words.CANONICAL_IDS.items()}
    settle(case)
    return case
