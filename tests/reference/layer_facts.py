"""Makes up the facts of each layer for a scene, so that its request comes out as it is wanted to."""

from collections.abc import Callable, Sequence
from typing import Any

from . import vocabulary as words
from .callers import Kind
from .conditions import Json
from .directories import in_directory
from .documents import as_given, document
from .kms import CONTEXT
from .points import Point
from .policy import listed
from .public import ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY
from .scenes import Scene
from .statements import NEW, statement
from .world import World

FULL_ACCESS: Json = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def identity(scene: Scene, wanted: str) -> Json:
    if not scene.caller.in_iam:
        return {}
    grants = {"allowed": 0.75, "explicit": 0.55, "implicit": 0.4}[wanted]
    about = scene.for_caller
    policies = [document(scene, wanted, about, grants=grants) for _ in range(scene.rng.choice((0, 1, 1, 2)))]
    alone = scene.caller.account != scene.world.owner or scene.keys or scene.world.point
    if wanted == "allowed" and alone and not policies:
        policies = [document(scene, wanted, about, grants=1)]
    given = [as_given(scene, one, f"policy-{place}") for place, one in enumerate(policies)]
    return {"principal.policies": given}


def bucket_policy(scene: Scene, wanted: str) -> Json:
    if scene.request.resource == "*":
        return {}
    in_bucket = scene.source if scene.source and scene.source[0].bucket == scene.world.bucket else ()
    found = _policy_of(scene, wanted, "bucket.policy", [*scene.legs, *in_bucket])
    if scene.source and not in_bucket:
        found |= _policy_of(scene, wanted, "source.bucket.policy", scene.source)
    return found


def _policy_of(scene: Scene, wanted: str, fact: str, worlds: Sequence[World]) -> Json:
    """A bucket's policy, which speaks of the bucket whatever the request goes through."""
    world = worlds[0]
    across = scene.caller.account != world.owner or (world.point and world.point.owner != world.bucket_owner)
    if scene.chance(0.2) and not (across and wanted == "allowed"):
        return {}
    grants = {"allowed": 0.93 if across else 0.4, "explicit": 0.6, "implicit": 0.55 if across else 0.15}[wanted]
    about = [one._replace(request=one.at_bucket, point=None) for one in worlds]
    written = document(scene, wanted, about, grants=grants, principal=True)
    if world.point and scene.chance(0.6):
        _delegate(scene, written, world.point)
    return {fact: as_given(scene, written, "bucket")}


def _delegate(scene: Scene, document: Json, point: Point) -> None:
    """Leave it to the access points of an account, or to this one, who gets in."""
    condition = scene.rng.choice(
        (
            {"StringEquals": {"s3:DataAccessPointAccount": point.owner}},
            {"ArnLike": {"s3:DataAccessPointArn": f"{point.arn.rpartition('/')[0]}/*"}},
            {"ArnEquals": {"s3:DataAccessPointArn": point.arn}},
        )
    )
    resources = [f"arn:aws:s3:::{point.bucket}", f"arn:aws:s3:::{point.bucket}/*"]
    delegation = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": resources, "Condition": condition}
    body = document["Statement"]
    document["Statement"] = [*(body if isinstance(body, list) else [body]), delegation]


def point(scene: Scene, wanted: str) -> Json:
    point = scene.world.point
    if not point:
        return {}
    facts: Json = {}
    across = scene.caller.account != point.owner
    if across or scene.chance(0.6):
        grants = {"allowed": 0.95 if across else 0.4, "explicit": 0.6, "implicit": 0.6 if across else 0.2}[wanted]
        written = document(scene, wanted, scene.legs, grants=grants, principal=True)
        facts["access_point.policy"] = as_given(scene, written, "point")
    if scene.chance(0.25):
        likely = 0.2 if wanted == "allowed" else 0.7
        facts["access_point.public_access_block"] = {flag: True for flag in FLAGS if scene.chance(likely)} or None
    return facts


def keys(scene: Scene, wanted: str) -> Json:
    facts: Json = {}
    for prefix in dict.fromkeys(prefix for prefix, _ in scene.keys):
        worlds = [world for one, world in scene.keys if one == prefix]
        key = worlds[0].request.resource
        managed = scene.case["evidence"].get(f"{prefix}kms.key_manager") == "AWS" and scene.chance(0.9)
        granted = None if managed or not scene.caller.in_iam or scene.chance(0.75) else _key_grant(scene, worlds[0])
        # A grant matters where the key's policy does not let its grantee in anyway.
        by_policy = "implicit" if granted and scene.chance(0.7) else wanted
        facts[f"{prefix}kms.key_policy"] = aws_policy(key) if managed else key_policy(scene, by_policy, worlds)
        if granted:
            facts[f"{prefix}kms.grants"] = [granted]
    return facts


def _key_grant(scene: Scene, use: World) -> Json:
    """A grant of a key to the caller, or to somebody beside."""
    named = [one for one in (scene.caller.arn, scene.caller.issuer) if one]
    operations = scene.rng.choice((["Decrypt"], ["GenerateDataKey"], ["Decrypt", "GenerateDataKey"]))
    nobody = f"arn:aws:iam::{use.request.resource.split(':')[4]}:role/nobody"
    grantee = nobody if scene.chance(0.2) else scene.rng.choice(named)
    return {"grantee": grantee, "operations": operations, "constraints": _constraints(scene, use)}


def _constraints(scene: Scene, use: World) -> Json | None:
    """What a grant asks of the encryption context: what it is, or something near that."""
    if scene.chance(0.4):
        return None
    held = {
        key.removeprefix(CONTEXT): values[0] for key, values in use.request.context.items() if key.startswith(CONTEXT)
    }
    pairs = {key.upper() if scene.chance(0.2) else key: value for key, value in held.items() if scene.chance(0.9)}
    if scene.chance(0.3):
        changed: Json = scene.rng.choice(({"aws:s3:arn": "arn:aws:s3:::nope/k"}, {"team": "web"}, {"team": "ML"}))
        pairs |= changed
    return {scene.rng.choice(("EncryptionContextSubset", "EncryptionContextEquals")): pairs} if pairs else None


def aws_policy(key: str) -> Json:
    """The policy that keys have which AWS manages for S3."""
    _, _, _, region, owner, _ = key.split(":", 5)
    fixed = {"kms:CallerAccount": owner, "kms:ViaService": f"s3.{region}.amazonaws.com"}
    used = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    body = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": used, "Resource": "*"}
    return {"Version": NEW, "Statement": [{**body, "Condition": {"StringEquals": fixed}}]}


def key_policy(scene: Scene, wanted: str, uses: Sequence[World]) -> Json:
    """The policy of a key that a customer manages: one that delegates, or any other."""
    _, partition, _, _, owner, _ = uses[0].request.resource.split(":", 5)
    grants = {"allowed": 0.8, "explicit": 0.6, "implicit": 0.3}[wanted]
    written = document(scene, wanted, uses, grants=grants, principal=True)
    if scene.chance(0.7 if wanted == "allowed" else 0.4):
        root = {"AWS": f"arn:{partition}:iam::{owner}:root"}
        delegation = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
        body = written["Statement"]
        written["Statement"] = [delegation, *(body if isinstance(body, list) else [body])]
    return written


def scps(scene: Scene, wanted: str) -> Json:
    if not scene.caller.account or scene.chance(0.55):
        return {}
    lacks = scene.rng.random() < {"allowed": 0.0, "explicit": 0.15, "implicit": 0.35}[wanted]
    levels: list[list[Any]] = []
    for _ in range(scene.rng.randint(1, 3)):
        granting = {"Version": NEW, "Statement": [FULL_ACCESS]}
        if scene.chance(0.25):
            granting = document(scene, wanted, scene.for_caller, grants=1)
        level = [granting] if not lacks else []
        if scene.chance(0.4) or lacks:
            level.append(document(scene, wanted, scene.for_caller, grants=0))
        levels.append([as_given(scene, one, "scp") for one in level])
    # Whose organization it manages is open where two buckets are concerned.
    managed = {"organization.management_account": scene.caller.account} if scene.chance(0.1) else {}
    targets = [{"target": f"t-{place}", "policies": level} for place, level in enumerate(levels)]
    return {"organization.scps": targets if scene.chance(0.5) else levels, **({} if scene.source else managed)}


def rcps(scene: Scene, wanted: str) -> Json:
    # Whether such policies are over directory buckets is open.
    if scene.request.resource == "*" or in_directory(scene.case) or scene.chance(0.6):
        return {}
    effect_fits = wanted == "explicit" and scene.chance(0.4)
    about = [*scene.legs, *(one._replace(request=one.at_bucket, point=None) for one in scene.legs if one.point)]
    about += [world for prefix, world in scene.keys if not prefix]
    parts = [scene.about(scene.rng.choice(about)) for _ in range(scene.rng.randint(1, 2))]
    body = [statement(part, "Deny", NEW, fits=effect_fits) for part in parts]
    deny = [{"Principal": "*", **one} for one in body if not {"*", "*:*"} & set(listed(one.get("Action", "*")))]
    return {"organization.rcps": [[], [{"Version": NEW, "Statement": deny}]]}


def boundary(scene: Scene, wanted: str) -> Json:
    if not scene.caller.in_iam or scene.chance(0.65):
        return {}
    grants = 0.9 if wanted == "allowed" else 0.55
    written = document(scene, wanted, scene.for_caller, grants=grants)
    return {"principal.boundary": as_given(scene, written, "boundary")}


def session(scene: Scene, wanted: str) -> Json:
    often = 0.8 if scene.caller.kind is Kind.FEDERATED else 0.35
    if not scene.caller.has_session or not scene.chance(often):
        return {}
    grants = 0.9 if wanted == "allowed" else 0.55
    written = document(scene, wanted, scene.for_caller, grants=grants)
    return {"session.policies": [as_given(scene, written, "session")]}


def acls(scene: Scene, wanted: str) -> Json:
    if scene.request.resource == "*" or scene.world.point or in_directory(scene.case):
        return {}
    facts: Json = {}
    owners = {"bucket.acl": scene.world.bucket_owner}
    if "/" in scene.request.resource:
        owners["object.acl"] = scene.world.object_owner
    for name, owner in owners.items():
        if scene.chance(0.5) and owner:
            facts[name] = _acl(scene, wanted, owner)
    return facts


def _acl(scene: Scene, wanted: str, owner: str) -> Json:
    """An access control list, which names the owner of what it is about."""
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
    return {"owner": words.CANONICAL_IDS[owner], "grants": found}


def public_access_blocks(scene: Scene, wanted: str) -> Json:
    if scene.request.resource == "*" or in_directory(scene.case):
        return {}
    facts: Json = {}
    for level in ("bucket", "account"):
        if scene.chance(0.4):
            likely = 0.2 if wanted == "allowed" else 0.7
            facts[f"{level}.public_access_block"] = {flag: True for flag in FLAGS if scene.chance(likely)} or None
    if scene.chance(0.08):
        facts["organization.public_access_block"] = dict.fromkeys(FLAGS, scene.chance(0.5))
    return facts


def endpoint(scene: Scene, wanted: str) -> Json:
    # Only what came through an endpoint meets its policy, and has its id.
    if not scene.request.context.get("aws:sourcevpce") or scene.chance(0.3):
        return {}
    grants = 0.95 if wanted == "allowed" else 0.6
    about = [*scene.legs, *scene.source]
    about += [one._replace(request=one.at_bucket, point=None) for one in scene.legs if one.point]
    policy = document(scene, wanted, about, grants=grants, principal=True)
    return {"vpc_endpoint.policy": policy, "vpc_endpoint.type": scene.rng.choice(("Gateway", "Interface"))}


FACTS_OF: dict[str, Callable[[Scene, str], Json]] = {
    "identity": identity,
    "bucket_policy": bucket_policy,
    "access_point": point,
    "kms": keys,
    "scp": scps,
    "rcp": rcps,
    "permissions_boundary": boundary,
    "session_policy": session,
    "acl": acls,
    "block_public_access": public_access_blocks,
    "vpc_endpoint": endpoint,
}
"""What makes up the facts of each layer, in an order in which each may look at those before it."""
