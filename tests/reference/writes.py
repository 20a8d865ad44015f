"""Decides which writes of ACLs and policies S3 refuses, and which calls are for the owner's account only."""

from collections.abc import Iterator
from typing import Any

from .acls import GROUP_URIS
from .calls import ACL_HEADERS, sent
from .conditions import Json
from .policy import statements
from .principals import entries
from .public import policy_is_public
from .verdicts import DENIES, LAST, Blocker, named, requirement
from .world import World, blocks_public_access

FOR_THE_OWNER = frozenset({"GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"})
WRITES_ACL = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload", "PutObjectAcl", "PutBucketAcl"})
PUBLIC_CANNED = frozenset({"public-read", "public-read-write", "authenticated-read"})


def write_blockers(case: Json, world: World) -> Iterator[Blocker]:
    """What S3 refuses of a call whatever the policies say."""
    operation = case["operation"]
    if operation in FOR_THE_OWNER and world.caller.account != world.bucket_owner:
        yield requirement(LAST, "ownership", 405, "MethodNotAllowed")
    if operation in WRITES_ACL:
        yield from _acl_refused(case, world)
    if operation == "CreateBucket":
        yield from _new_bucket_refused(case, world)
    if operation == "PutBucketPolicy":
        yield from _policy_refused(sent(case, "Policy"), world)
    of_point = operation == "PutAccessPointPolicy" and world.point is not None and world.point.origin != "VPC"
    if of_point and policy_is_public(sent(case, "Policy"), of_point=True):
        yield from _blocked(world, "BlockPublicPolicy")
    if operation == "PutBucketOwnershipControls":
        yield from _others_granted(case, world)


def _policy_refused(policy: Any, world: World) -> Iterator[Blocker]:
    if policy_is_public(policy):
        yield from _blocked(world, "BlockPublicPolicy")
    named_in = [one.body.get(element, {}) for one in statements([policy]) for element in ("Principal", "NotPrincipal")]
    if any(":group/" in value for element in named_in for _, value in entries(element)):
        yield requirement(LAST, "ownership", 400, "MalformedPolicy")


def _blocked(world: World, flag: str, status: int = 403) -> Iterator[Blocker]:
    if blocks_public_access(world, flag):
        refused = named(DENIES, "explicit", ["block_public_access"])
        yield from (one._replace(status=status) for one in refused)


def _acl_refused(case: Json, world: World) -> Iterator[Blocker]:
    if acl_is_public(case):
        yield from _blocked(world, "BlockPublicAcls")
    if not world.acls.enabled and not acl_is_the_owners(case, world):
        yield requirement(LAST, "ownership", 400, "AccessControlListNotSupported")


def _new_bucket_refused(case: Json, world: World) -> Iterator[Blocker]:
    """A new bucket has no setting of its own, and its ACLs are disabled unless the call says otherwise."""
    if not acl_is_public(case):
        return
    account = world._replace(evidence={**world.evidence, "bucket.public_access_block": None})
    yield from _blocked(account, "BlockPublicAcls", 400)
    if sent(case, "ObjectOwnership") in (None, "BucketOwnerEnforced"):
        yield requirement(LAST, "ownership", 400, "InvalidBucketAclWithObjectOwnership")


def _others_granted(case: Json, world: World) -> Iterator[Blocker]:
    """ACLs cannot be disabled while the bucket's own grants others."""
    rules = case["parameters"]["OwnershipControls"]["Rules"]
    if rules[0]["ObjectOwnership"] != "BucketOwnerEnforced":
        return
    grants = (world.evidence.get("bucket.acl") or {}).get("grants", [])
    if any(_account_of(one["grantee"], world) != world.bucket_owner for one in grants):
        yield requirement(LAST, "ownership", 400, "InvalidBucketAclWithObjectOwnership")


def _account_of(grantee: Json, world: World) -> str | None:
    named_by = grantee.get("account") or grantee.get("id")
    return world.request.canonical_ids.get(named_by, named_by) if named_by else None


def acl_is_public(case: Json) -> bool:
    """Whether the ACL that a call sends grants everyone, or every AWS principal."""
    if sent(case, "ACL") in PUBLIC_CANNED:
        return True
    headers = [text for name in ACL_HEADERS[1:] if (text := sent(case, name))]
    written = (sent(case, "AccessControlPolicy") or {}).get("Grants", [])
    uris = [str(one["Grantee"].get("URI")) for one in written]
    return any(uri in text for uri in GROUP_URIS for text in (*headers, *uris))


def acl_is_the_owners(case: Json, world: World) -> bool:
    """Whether a call sends no ACL, or one that says what holds while ACLs are disabled anyway."""
    policy: Any = sent(case, "AccessControlPolicy")
    if policy is not None:
        grants = policy.get("Grants", [])
        ids = [one["Grantee"].get("ID") for one in grants]
        # Nor does an ACL that names another owner say what holds anyway.
        ids += [policy["Owner"]["ID"]] if policy.get("Owner") else []
        mine = [_account_of({"id": one}, world) == world.bucket_owner for one in ids]
        return all(mine) and all(one["Permission"] == "FULL_CONTROL" for one in grants)
    if any(sent(case, name) for name in ACL_HEADERS[2:]):
        return False
    full = sent(case, "GrantFullControl")
    if full is not None:
        if not world.reading.header_is_equivalent:
            return False
        account = str(full).partition("=")[2].strip('"')
        return world.request.canonical_ids.get(account, account) == world.bucket_owner
    return sent(case, "ACL") in (None, "bucket-owner-full-control")
