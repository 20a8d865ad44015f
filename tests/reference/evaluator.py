"""Decides one fully known request, step by step as AWS documents its own evaluation (section 3.2)."""

from collections.abc import Iterator
from typing import NamedTuple

from .acls import acl_blocker, acl_grant
from .callers import Kind
from .conditions import Json
from .policy import allows, denies, resource_denies, resource_grant
from .principals import Grant
from .public import policy_is_public
from .world import (
    World,
    blocks_public_access,
    boundary,
    bucket_policies,
    endpoint_policies,
    identity_policies,
    limited_by_session,
    rcps,
    scp_levels,
    session_policies,
    world_of,
)


class Verdict(NamedTuple):
    """A decision with the kind and layer of its first blocker."""

    decision: str
    kind: str | None
    layer: str | None


ALLOWED = Verdict("allowed", None, None)
ROOT_IS_NEVER_LOCKED_OUT_OF = frozenset({"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"})

# Group 4 of the contract; in the bucket owner's own account `identity` stands first.
GRANT_ORDER = (
    "block_public_access",
    "ownership",
    "acl",
    "bucket_policy",
    "identity",
    "permissions_boundary",
    "session_policy",
)
GRANT_ORDER_AT_HOME = ("identity", *(layer for layer in GRANT_ORDER if layer != "identity"))


def decide(case: Json) -> Verdict:
    """The verdict on a request of which everything is known."""
    world = world_of(case)
    for kind, layers in (
        ("explicit", explicit_denies(world)),
        ("implicit", filters_without_allow(world)),
        ("implicit", grants_missing(world)),
    ):
        first = next(layers, None)
        if first:
            return Verdict("denied", kind, first)
    # A restricted bucket always denies, but is named only where nothing else does.
    return Verdict("denied", "explicit", "block_public_access") if restricted(world) else ALLOWED


def explicit_denies(world: World) -> Iterator[str]:
    """Layers that deny outright, in the contract's order."""
    request = world.request
    if any(resource_denies(policy, request) for policy in rcps(world)):
        yield "rcp"
    if any(denies(level, request) for level in scp_levels(world)):
        yield "scp"
    if any(resource_denies(policy, request) for policy in endpoint_policies(world)):
        yield "vpc_endpoint"
    if any(resource_denies(policy, request) for policy in bucket_policies(world)) and not root_unlocks(world):
        yield "bucket_policy"
    if denies(identity_policies(world), request):
        yield "identity"
    if denies(boundary(world), request):
        yield "permissions_boundary"
    if denies(session_policies(world), request):
        yield "session_policy"


def root_unlocks(world: World) -> bool:
    """Whether the owner's root user repairs a bucket policy, which the policy itself cannot forbid."""
    owns = world.caller.kind is Kind.ROOT and world.caller.account == world.bucket_owner
    return owns and world.request.action.lower() in ROOT_IS_NEVER_LOCKED_OUT_OF


def filters_without_allow(world: World) -> Iterator[str]:
    """Filters that do not let the request pass, in the contract's order; RCPs always do."""
    if any(resource_grant(policy, world.request) is Grant.NONE for policy in endpoint_policies(world)):
        yield "vpc_endpoint"
    if not all(allows(level, world.request) for level in scp_levels(world)):
        yield "scp"


def grants_missing(world: World) -> Iterator[str]:
    """What is missing on the resource's and on the caller's side, in the contract's order."""
    grant = max(policy_grant(world), acl_grant(world.acls, world.request))
    caller = world.caller
    if caller.account is not None and caller.account == world.owner:
        yield from same_account(world, grant)
        return
    # Anonymous callers and AWS services have no side of their own.
    missing = list(caller_side(world)) if caller.account else []
    if grant is Grant.NONE:
        missing.append(resource_side(world))
    at_home = caller.account is not None and caller.account == world.bucket_owner
    yield from sorted(missing, key=(GRANT_ORDER_AT_HOME if at_home else GRANT_ORDER).index)


def same_account(world: World, grant: Grant) -> Iterator[str]:
    """Within one account either side may allow, and a direct grant of the resource is not even limited."""
    if grant is not Grant.DIRECT:
        yield from caller_side(world, granted=grant is Grant.ROLE)


def caller_side(world: World, *, granted: bool = False) -> Iterator[str]:
    """What the caller's own account lacks; its root user needs no policy."""
    if world.caller.kind is Kind.ROOT:
        return
    if not (granted or allows(identity_policies(world), world.request)):
        yield "identity"
        return
    # Boundary and session policies count only where they void a grant.
    if not all(allows([policy], world.request) for policy in boundary(world)):
        yield "permissions_boundary"
    if limited_by_session(world) and not allows(session_policies(world), world.request):
        yield "session_policy"


def policy_grant(world: World) -> Grant:
    """What the bucket policy grants; it cannot grant what belongs to another account."""
    if world.foreign_object:
        return Grant.NONE
    return max((resource_grant(policy, world.request) for policy in bucket_policies(world)), default=Grant.NONE)


def resource_side(world: World) -> str:
    """The layer to name where nothing on the resource's side allows."""
    layer = acl_blocker(world.acls, world.request)
    return "acl" if layer == "bucket_policy" and world.foreign_object else layer


def restricted(world: World) -> bool:
    """Whether RestrictPublicBuckets keeps the caller out of a bucket with a public policy."""
    inside = world.caller.account is not None and world.caller.account == world.bucket_owner
    if inside or world.caller.kind is Kind.SERVICE:
        return False
    public = any(policy_is_public(policy) for policy in bucket_policies(world))
    return public and blocks_public_access(world, "RestrictPublicBuckets")
