"""Makes random cases in the contract's shapes: realistic, nasty, and balanced between the three outcomes."""

import json
import random
from collections.abc import Callable, Collection
from typing import Any

from . import vocabulary as words
from .callers import Kind
from .conditions import Json
from .evaluator import Verdict, decide
from .hiding import hide
from .policy import listed
from .public import ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY, publicness_is_open
from .scenes import Scene, random_scene
from .statements import NEW, OLD, statement

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
OUTCOMES = ("allowed", "explicit", "implicit")
TRIES = 1_000
FULL_ACCESS: Json = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def random_case(rng: random.Random, *, unknowns: bool, layers: Collection[str] = LAYERS) -> Json:
    """A case whose outcome is any of the three with equal chance; with `unknowns` some of it is then hidden."""
    wanted = rng.choice(OUTCOMES)
    plain = unknowns and rng.random() < 0.35
    drafts = (_draft(random_scene(rng, layers, plain=plain), wanted) for _ in range(TRIES))
    case = next(draft for draft in drafts if outcome(decide(draft)) == wanted)
    return hide(rng, case, layers) if unknowns else case


def outcome(verdict: Verdict) -> str:
    """Which of the three outcomes a verdict is."""
    return verdict.kind or verdict.decision


def _draft(scene: Scene, wanted: str) -> Json:
    case = scene.case
    facts: Json = case["evidence"]
    draft: dict[str, Callable[[Scene, str], Json]] = {
        "identity": _identity,
        "bucket_policy": _bucket_policy,
        "scp": _scps,
        "rcp": _rcps,
        "permissions_boundary": _boundary,
        "session_policy": _session,
        "acl": _acls,
        "block_public_access": _public_access_blocks,
        "vpc_endpoint": _endpoint,
    }
    for layer, facts_of in draft.items():
        if layer in scene.layers:
            facts.update(facts_of(scene, wanted))
    if "acl" in scene.layers:
        facts["accounts.canonical_ids"] = {one: account for account, one in words.CANONICAL_IDS.items()}
    if publicness_is_open(facts.get("bucket.policy")):
        _lift(facts, "RestrictPublicBuckets")
    if facts.get("bucket.ownership", "BucketOwnerEnforced") == "BucketOwnerEnforced":
        _lift(facts, "IgnorePublicAcls")
    return case


def _lift(facts: Json, flag: str) -> None:
    # Which of two reasons counts, or whether one counts at all, is open; such cases teach nothing.
    for level in ("bucket", "account", "organization"):
        setting = facts.get(f"{level}.public_access_block")
        if setting:
            setting[flag] = False


def _document(scene: Scene, wanted: str, *, grants: float, principal: bool = False) -> Json:
    """A policy; `grants` is how likely one of its statements allows the request."""
    version = scene.rng.choice((NEW, NEW, NEW, NEW, OLD))
    likely_deny = {"allowed": 0.0, "implicit": 0.0, "explicit": 0.3}[wanted]
    body = [
        statement(scene, scene.rng.choice(("Allow", "Deny")), version, fits=False, principal=principal)
        for _ in range(scene.rng.choice((0, 1, 1, 2)))
    ]
    for effect, likely in (("Allow", grants), ("Deny", likely_deny)):
        if scene.chance(likely):
            body.append(statement(scene, effect, version, fits=True, principal=principal))
    body = body or [statement(scene, "Deny", version, fits=False, principal=principal)]
    scene.rng.shuffle(body)
    document: Json = {"Statement": body[0] if len(body) == 1 and scene.chance(0.5) else body}
    return document if version == OLD and scene.chance(0.5) else {"Version": version, **document}


def _as_given(scene: Scene, document: Json, name: str) -> Any:
    """A policy in one of the three forms that the contract accepts."""
    match scene.rng.randint(0, 7):
        case 0:
            return json.dumps(document)
        case 1:
            return {"name": name, "arn": f"arn:aws:iam::aws:policy/{name}", "document": document}
    return document


def _identity(scene: Scene, wanted: str) -> Json:
    if not scene.caller.in_iam:
        return {}
    grants = {"allowed": 0.7, "explicit": 0.5, "implicit": 0.3}[wanted]
    policies = [_document(scene, wanted, grants=grants) for _ in range(scene.rng.choice((0, 1, 1, 2)))]
    if wanted == "allowed" and scene.caller.account != scene.world.owner and not policies:
        policies = [_document(scene, wanted, grants=1)]
    given = [_as_given(scene, one, f"policy-{place}") for place, one in enumerate(policies)]
    return {"principal.policies": given}


def _bucket_policy(scene: Scene, wanted: str) -> Json:
    if scene.request.resource == "*" or scene.chance(0.2):
        return {}
    across = scene.caller.account != scene.world.owner
    grants = {"allowed": 0.9 if across else 0.4, "explicit": 0.5, "implicit": 0.45 if across else 0.15}[wanted]
    return {"bucket.policy": _as_given(scene, _document(scene, wanted, grants=grants, principal=True), "bucket")}


def _scps(scene: Scene, wanted: str) -> Json:
    if not scene.caller.account or scene.chance(0.55):
        return {}
    lacks = scene.rng.random() < {"allowed": 0.0, "explicit": 0.15, "implicit": 0.35}[wanted]
    levels: list[list[Any]] = []
    for _ in range(scene.rng.randint(1, 3)):
        granting = {"Version": NEW, "Statement": [FULL_ACCESS]}
        if scene.chance(0.25):
            granting = _document(scene, wanted, grants=1)
        level = [granting] if not lacks else []
        if scene.chance(0.4) or lacks:
            level.append(_document(scene, wanted, grants=0))
        levels.append([_as_given(scene, one, "scp") for one in level])
    managed = {"organization.management_account": scene.caller.account} if scene.chance(0.1) else {}
    targets = [{"target": f"t-{place}", "policies": level} for place, level in enumerate(levels)]
    return {"organization.scps": targets if scene.chance(0.5) else levels, **managed}


def _rcps(scene: Scene, wanted: str) -> Json:
    if scene.request.resource == "*" or scene.chance(0.6):
        return {}
    effect_fits = wanted == "explicit" and scene.chance(0.4)
    body = [statement(scene, "Deny", NEW, fits=effect_fits) for _ in range(scene.rng.randint(1, 2))]
    deny = [{"Principal": "*", **one} for one in body if not {"*", "*:*"} & set(listed(one.get("Action", "*")))]
    return {"organization.rcps": [[], [{"Version": NEW, "Statement": deny}]]}


def _boundary(scene: Scene, wanted: str) -> Json:
    if not scene.caller.in_iam or scene.chance(0.65):
        return {}
    grants = 0.9 if wanted == "allowed" else 0.55
    return {"principal.boundary": _as_given(scene, _document(scene, wanted, grants=grants), "boundary")}


def _session(scene: Scene, wanted: str) -> Json:
    often = 0.8 if scene.caller.kind is Kind.FEDERATED else 0.35
    if not scene.caller.has_session or not scene.chance(often):
        return {}
    grants = 0.9 if wanted == "allowed" else 0.55
    return {"session.policies": [_as_given(scene, _document(scene, wanted, grants=grants), "session")]}


def _acls(scene: Scene, wanted: str) -> Json:
    if scene.request.resource == "*":
        return {}
    facts: Json = {}
    for name in ("bucket.acl", "object.acl") if "/" in scene.request.resource else ("bucket.acl",):
        if scene.chance(0.5):
            facts[name] = _acl(scene, wanted)
    return facts


def _acl(scene: Scene, wanted: str) -> Json:
    rng = scene.rng
    accounts = [*words.ACCOUNTS, *([scene.caller.account] * 4 if scene.caller.account else [])]
    found: list[Json] = []
    for _ in range(rng.randint(0, 2) + (wanted == "allowed")):
        account = rng.choice(accounts)
        groups = [{"uri": uri} for uri in (ALL_USERS, AUTHENTICATED_USERS)]
        named = [{"account": account}, {"id": account}, {"id": words.CANONICAL_IDS[account]}, {"uri": LOG_DELIVERY}]
        # Whether "everyone" includes an AWS service is open.
        grantee = rng.choice(named if scene.caller.kind is Kind.SERVICE else [*named, *groups])
        permission = rng.choice(("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL", "FULL_CONTROL"))
        found.append({"grantee": grantee, "permission": permission})
    return {"owner": words.CANONICAL_IDS[rng.choice(words.ACCOUNTS)], "grants": found}


def _public_access_blocks(scene: Scene, wanted: str) -> Json:
    if scene.request.resource == "*":
        return {}
    facts: Json = {}
    for level in ("bucket", "account"):
        if scene.chance(0.4):
            likely = 0.2 if wanted == "allowed" else 0.7
            facts[f"{level}.public_access_block"] = {flag: True for flag in FLAGS if scene.chance(likely)} or None
    if scene.chance(0.08):
        facts["organization.public_access_block"] = dict.fromkeys(FLAGS, scene.chance(0.5))
    return facts


def _endpoint(scene: Scene, wanted: str) -> Json:
    if scene.chance(0.6):
        return {}
    grants = 0.95 if wanted == "allowed" else 0.6
    policy = _document(scene, wanted, grants=grants, principal=True)
    return {"vpc_endpoint.policy": policy, "vpc_endpoint.type": scene.rng.choice(("Gateway", "Interface"))}
