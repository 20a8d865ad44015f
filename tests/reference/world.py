"""Reads a fully known case: which policies and settings bear on its request, and whose accounts are concerned."""

from typing import Any, NamedTuple

from .acls import Acls
from .callers import Caller, Kind, caller_of
from .conditions import Json
from .keys import context_of
from .points import Point, at_bucket, names_object, point_of
from .policy import Request, gateway_reading
from .readings import USUAL, Reading

# The bucket's owner decides about these; about anything else done to an object its own owner does (section 3.8).
BUCKET_OWNER_DECIDES = frozenset(
    {
        "s3:putobject",
        "s3:deleteobject",
        "s3:deleteobjectversion",
        "s3:abortmultipartupload",
        "s3:listmultipartuploadparts",
        "s3:bypassgovernanceretention",
    }
)


class World(NamedTuple):
    """A request with all the facts that bear on it; `point` is the access point it goes through."""

    request: Request
    evidence: Json
    bucket_owner: str | None
    object_owner: str | None
    point: Point | None = None
    new_object: bool = False
    reading: Reading = USUAL

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return self.request.caller

    @property
    def about_point(self) -> bool:
        """Whether the access point itself is managed, which is its own account's affair alone."""
        return "accesspoint" in self.request.action.lower()

    @property
    def foreign_object(self) -> bool:
        """Whether the request is about an object that the bucket's owner does not own."""
        about_object = names_object(self.request.resource) and self.request.action.lower() not in BUCKET_OWNER_DECIDES
        return about_object and not self.new_object and self.object_owner != self.bucket_owner

    @property
    def bucket(self) -> str:
        """The name of the bucket that is concerned."""
        return self.at_bucket.resource.split(":", 5)[-1].partition("/")[0]

    @property
    def at_bucket(self) -> Request:
        """The request as the bucket's own policy sees it."""
        return at_bucket(self.request, self.point)

    @property
    def by_caller(self) -> list[Request]:
        """The forms in which the caller's policies may speak of the request."""
        through_point = self.point is not None and self.reading.caller_names_bucket
        return [self.request, self.at_bucket] if through_point else [self.request]

    @property
    def by_organization(self) -> list[Request]:
        """The forms in which an RCP may speak of the request."""
        if self.point is None:
            return [self.request]
        point = [self.request] if self.reading.rcp_names_point else []
        return point + ([self.at_bucket] if self.reading.rcp_names_bucket else [])

    @property
    def owner(self) -> str | None:
        """The account that has to allow on the resource's side."""
        return self.object_owner if self.foreign_object else self.bucket_owner

    @property
    def acls(self) -> Acls:
        """The access control lists and what switches them off."""
        return Acls(
            bucket=self.evidence.get("bucket.acl"),
            object=None if self.new_object else self.evidence.get("object.acl"),
            bucket_owner=self.bucket_owner,
            enabled=_acls_enabled(self.evidence),
            public_ignored=blocks_public_access(self, "IgnorePublicAcls"),
        )


def world_of(case: Json, reading: Reading = USUAL) -> World:
    """Read a request for one action, filling in what the contract says of facts that are not there."""
    evidence = case["evidence"]
    caller = caller_of(case)
    # A bucket whose owner nobody named is the caller's own.
    bucket_owner = caller.account if case["resource"] == "*" else evidence.get("bucket.owner", caller.account)
    object_owner = evidence.get("object.owner", bucket_owner) if _acls_enabled(evidence) else bucket_owner
    request = Request(
        caller=caller,
        action=case["action"],
        resource=case["resource"],
        context=context_of(case, caller, bucket_owner, reading),
        canonical_ids=evidence.get("accounts.canonical_ids") or {},
        bounded=caller.in_iam and bool(evidence.get("principal.boundary")),
    )
    point = point_of(case["resource"], evidence)
    return World(request, evidence, bucket_owner, object_owner, point, bool(case.get("new_object")), reading)


def _acls_enabled(evidence: Json) -> bool:
    return bool(evidence.get("bucket.ownership", "BucketOwnerEnforced") != "BucketOwnerEnforced")


def blocks_public_access(world: World, flag: str) -> bool:
    """Whether a flag of Block Public Access is on; the organization's setting replaces the account's own."""
    facts = world.evidence
    organization = facts.get("organization.public_access_block")
    account = facts.get("account.public_access_block") if organization is None else organization
    bucket = facts.get("bucket.public_access_block")
    point = world.point.public_access_block if world.point else None
    return any(bool(setting.get(flag)) for setting in (account, bucket, point) if setting)


def _levels(value: Any) -> list[list[Any]]:
    return [level["policies"] if isinstance(level, dict) else level for level in value or []]


def _in_management_account(world: World, account: str | None) -> bool:
    return account is not None and bool(account == world.evidence.get("organization.management_account"))


def scp_levels(world: World) -> list[list[Any]]:
    """The levels of service control policies the caller is under."""
    caller = world.caller
    exempt = caller.account is None or caller.service_linked or _in_management_account(world, caller.account)
    return [] if exempt else _levels(world.evidence.get("organization.scps"))


def rcps(world: World) -> list[Any]:
    """The resource control policies the bucket is under; their levels do not matter, as each level allows."""
    if world.caller.service_linked or _in_management_account(world, world.bucket_owner):
        return []
    return [policy for level in _levels(world.evidence.get("organization.rcps")) for policy in level]


def identity_policies(world: World) -> list[Any]:
    """The policies of the user or role that calls."""
    return (world.evidence.get("principal.policies") or []) if world.caller.in_iam else []


def boundary(world: World) -> list[Any]:
    """The permissions boundary of the user or role that calls, as a list of at most one."""
    policy = world.evidence.get("principal.boundary")
    return [policy] if policy and world.caller.in_iam else []


def session_policies(world: World) -> list[Any]:
    """The session policies of the session that calls."""
    return (world.evidence.get("session.policies") or []) if world.caller.has_session else []


def limited_by_session(world: World) -> bool:
    """Whether session policies have to allow; a federated user without any has no permissions of its own."""
    return bool(session_policies(world)) or world.caller.kind is Kind.FEDERATED


def bucket_policies(world: World) -> list[Any]:
    """The bucket policy, as a list of at most one."""
    policy = world.evidence.get("bucket.policy")
    without = world.request.resource == "*" or world.about_point or world.request.action == "s3:CreateBucket"
    return [policy] if policy and not without else []


def point_policies(world: World) -> list[Any]:
    """The policy of the access point that the request goes through, as a list of at most one."""
    gated = world.point if not world.about_point else None
    return [gated.policy] if gated and gated.policy else []


def endpoint_policies(world: World) -> list[Any]:
    """The policy of the VPC endpoint, as a list of at most one."""
    policy = world.evidence.get("vpc_endpoint.policy")
    if not policy:
        return []
    is_gateway = world.evidence.get("vpc_endpoint.type") == "Gateway"
    return [gateway_reading(policy, world.caller) if is_gateway else policy]
