"""Decides what the policies around a request for one action say: denies, filters and grants (section 3.2)."""

from collections.abc import Iterable, Iterator

from .acls import acl_blocker, acl_grant
from .callers import Kind
from .points import Point, is_multi_region
from .policy import Request, allows, denies, resource_denies, resource_grant
from .principals import Grant
from .public import policy_is_public
from .verdicts import DENIES, FILTERS, GRANTS, Blocker, named
from .world import (
    World,
    blocks_public_access,
    boundary,
    bucket_policies,
    endpoint_policies,
    identity_policies,
    limited_by_session,
    point_policies,
    rcps,
    scp_levels,
    session_policies,
)

ROOT_IS_NEVER_LOCKED_OUT_OF = frozenset({"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"})


def policy_blockers(world: World) -> list[Blocker]:
    """Everything that policies put in the way of one action."""
    found = [
        *named(DENIES, "explicit", explicit_denies(world)),
        *named(FILTERS, "implicit", filters_without_allow(world)),
        *named(GRANTS, "implicit", grants_missing(world), at_home=at_home(world)),
    ]
    # A restricted bucket always denies, but is named only where nothing else does.
    return found or named(DENIES, "explicit", ["block_public_access"] if restricted(world) else [])


def at_home(world: World) -> bool:
    """Whether the caller belongs to the bucket owner's own account."""
    return world.caller.account is not None and world.caller.account == world.bucket_owner


def explicit_denies(world: World) -> Iterator[str]:
    """Layers that deny outright."""
    if any(resource_denies(policy, one) for policy in rcps(world) for one in world.by_organization):
        yield "rcp"
    if any(denied(level, world) for level in scp_levels(world)):
        yield "scp"
    if any(resource_denies(policy, one) for policy in endpoint_policies(world) for one in at_endpoint(world)):
        yield "vpc_endpoint"
    if any(resource_denies(policy, world.at_bucket) for policy in bucket_policies(world)) and not root_unlocks(world):
        yield "bucket_policy"
    if any(resource_denies(policy, world.request) for policy in point_policies(world)):
        yield "access_point"
    for layer, policies in (
        ("identity", identity_policies(world)),
        ("permissions_boundary", boundary(world)),
        ("session_policy", session_policies(world)),
    ):
        if denied(policies, world):
            yield layer


def denied(policies: Iterable[object], world: World) -> bool:
    """Whether policies of the caller's side deny, in whichever form they speak of the request."""
    return any(denies(policies, one) for one in world.by_caller)


def allowed(policies: Iterable[object], world: World) -> bool:
    """Whether policies of the caller's side allow, in whichever form they speak of the request."""
    return any(allows(policies, one) for one in world.by_caller)


def at_endpoint(world: World) -> list[Request]:
    """Both forms of a request through an access point: an endpoint has to let both pass."""
    return [world.request, world.at_bucket] if world.point else [world.request]


def root_unlocks(world: World) -> bool:
    """Whether the owner's root user repairs a bucket policy, which the policy itself cannot forbid."""
    owns = world.caller.kind is Kind.ROOT and world.caller.account == world.bucket_owner
    return owns and world.request.action.lower() in ROOT_IS_NEVER_LOCKED_OUT_OF


def filters_without_allow(world: World) -> Iterator[str]:
    """Filters that do not let the request pass; RCPs always do."""
    policies, forms = endpoint_policies(world), at_endpoint(world)
    if any(resource_grant(policy, one) is Grant.NONE for policy in policies for one in forms):
        yield "vpc_endpoint"
    if not all(allowed(level, world) for level in scp_levels(world)):
        yield "scp"


def grants_missing(world: World) -> Iterator[str]:
    """What is missing on the resource's and on the caller's side."""
    if world.point and not world.about_point:
        yield from _through_point(world, world.point)
        return
    grant = max(policy_grant(world), acl_grant(world.acls, world.request))
    caller = world.caller
    if caller.account is not None and caller.account == world.owner:
        yield from same_account(world, grant)
        return
    # Anonymous callers and AWS services have no side of their own.
    yield from caller_side(world) if caller.account else ()
    if grant is Grant.NONE:
        yield resource_side(world)


def _through_point(world: World, point: Point) -> Iterator[str]:
    """Two gates (section 9.1): the access point and the bucket both have to let the request in."""
    caller = world.caller
    at_point = max((resource_grant(policy, world.request) for policy in point_policies(world)), default=Grant.NONE)
    at_bucket = policy_grant(world)
    if world.foreign_object:
        yield from _of_another_owner(world, point, at_point)
        return
    must_grant = world.reading.regions_point_must_grant and is_multi_region(point.arn)
    if caller.account and caller.account == world.bucket_owner == point.owner and not must_grant:
        yield from same_account(world, min(at_point, at_bucket))
        return
    yield from caller_side(world) if caller.account else ()
    # Who belongs to the account of either needs nothing of it but the own identity policy.
    if (must_grant or caller.account != point.owner) and at_point is Grant.NONE:
        yield "access_point"
    trusted = (
        caller.account and caller.account == world.bucket_owner and not (world.reading.bucket_must_trust or must_grant)
    )
    if at_bucket is Grant.NONE and not trusted:
        yield "bucket_policy"


def _of_another_owner(world: World, point: Point, at_point: Grant) -> Iterator[str]:
    """An object that is not the bucket owner's: the bucket can only deny it, its own owner allows it (section 3.8)."""
    caller = world.caller
    yield from caller_side(world) if caller.account else ()
    if caller.account != point.owner and at_point is Grant.NONE:
        yield "access_point"
    if caller.account != world.object_owner and acl_grant(world.acls, world.request) is Grant.NONE:
        yield resource_side(world)


def same_account(world: World, grant: Grant) -> Iterator[str]:
    """Within one account either side may allow, and a direct grant of the resource is not even limited."""
    if grant is not Grant.DIRECT:
        yield from caller_side(world, granted=grant is Grant.ROLE)


def caller_side(world: World, *, granted: bool = False) -> Iterator[str]:
    """What the caller's own account lacks; its root user needs no policy."""
    if world.caller.kind is Kind.ROOT:
        return
    if not (granted or allowed(identity_policies(world), world)):
        yield "identity"
        return
    # Boundary and session policies count only where they void a grant.
    if not all(allowed([policy], world) for policy in boundary(world)):
        yield "permissions_boundary"
    if limited_by_session(world) and not allowed(session_policies(world), world):
        yield "session_policy"


def policy_grant(world: World) -> Grant:
    """What the bucket policy grants; it cannot grant what belongs to another account."""
    if world.foreign_object:
        return Grant.NONE
    return max((resource_grant(policy, world.at_bucket) for policy in bucket_policies(world)), default=Grant.NONE)


def resource_side(world: World) -> str:
    """The layer to name where nothing on the resource's side allows."""
    layer = acl_blocker(world.acls, world.request)
    return "acl" if layer == "bucket_policy" and world.foreign_object else layer


def restricted(world: World) -> bool:
    """Whether RestrictPublicBuckets keeps the caller out of a bucket or access point with a public policy."""
    insiders = {world.bucket_owner, world.point.owner if world.point else world.bucket_owner}
    if world.caller.account in insiders - {None} or world.caller.kind is Kind.SERVICE:
        return False
    public = any(policy_is_public(policy) for policy in bucket_policies(world))
    # The policy of an access point that only a VPC reaches is never public.
    if world.point and world.point.origin != "VPC":
        public = public or any(policy_is_public(policy, of_point=True) for policy in point_policies(world))
    return public and blocks_public_access(world, "RestrictPublicBuckets")
