"""Decides what access control lists grant (section 7)."""

from collections.abc import Mapping
from typing import NamedTuple

from .callers import Kind
from .conditions import Json
from .points import names_object
from .policy import Request
from .principals import Grant
from .public import ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY, grant_is_public, grants

GROUP_URIS = (ALL_USERS, AUTHENTICATED_USERS)
LOG_SERVICE = "logging.s3.amazonaws.com"

ON_BUCKET: Mapping[str, frozenset[str]] = {
    "READ": frozenset({"s3:listbucket", "s3:listbucketversions", "s3:listbucketmultipartuploads"}),
    "WRITE": frozenset({"s3:putobject"}),
    "READ_ACP": frozenset({"s3:getbucketacl"}),
    "WRITE_ACP": frozenset({"s3:putbucketacl"}),
}
ON_OBJECT: Mapping[str, frozenset[str]] = {
    "READ": frozenset({"s3:getobject", "s3:getobjectversion"}),
    "READ_ACP": frozenset({"s3:getobjectacl", "s3:getobjectversionacl"}),
    "WRITE_ACP": frozenset({"s3:putobjectacl", "s3:putobjectversionacl"}),
}


class Acls(NamedTuple):
    """Both lists that can grant a request, and what Block Public Access and ownership leave of them."""

    bucket: Json | None
    object: Json | None
    bucket_owner: str | None
    enabled: bool
    public_ignored: bool


class Near(NamedTuple):
    """What one grant says about a request: whom it names and whether its permission covers the action."""

    strength: Grant
    covers: bool
    public: bool


def readings(acls: Acls, request: Request) -> list[Near]:
    """Every grant of both lists, read against the request."""
    found = [_read(grant, ON_BUCKET, acls, request) for grant in grants(acls.bucket)]
    if names_object(request.resource):
        found += [_read(grant, ON_OBJECT, acls, request) for grant in grants(acls.object)]
    return found


def _read(grant: Json, table: Mapping[str, frozenset[str]], acls: Acls, request: Request) -> Near:
    covered = _covered(grant["permission"], table)
    strength = _grantee(grant["grantee"], request)
    if table is ON_BUCKET and "s3:putobject" in covered and request.caller.account == acls.bucket_owner:
        covered |= {"s3:deleteobjectversion"}
    return Near(strength, request.action.lower() in covered, grant_is_public(grant))


def _covered(permission: str, table: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if permission == "FULL_CONTROL":
        return frozenset().union(*table.values())
    return table.get(permission, frozenset())


def _grantee(grantee: Json, request: Request) -> Grant:
    caller = request.caller
    match grantee.get("uri"):
        case None:
            return _account_grantee(grantee, request)
        case uri if uri == ALL_USERS:
            return Grant.DIRECT
        case uri if uri == AUTHENTICATED_USERS:
            return Grant.DIRECT if caller.account else Grant.NONE
        case uri if uri == LOG_DELIVERY:
            return Grant.DIRECT if caller.kind is Kind.SERVICE and caller.arn == LOG_SERVICE else Grant.NONE
    return Grant.NONE


def _account_grantee(grantee: Json, request: Request) -> Grant:
    named = grantee.get("account") or grantee.get("id", "")
    account = request.canonical_ids.get(named, named)
    return Grant.ACCOUNT if account == request.caller.account else Grant.NONE


def acl_grant(acls: Acls, request: Request) -> Grant:
    """The strongest grant of both lists that is in force."""
    if not acls.enabled:
        return Grant.NONE
    return max(
        (
            near.strength
            for near in readings(acls, request)
            if near.covers and not (near.public and acls.public_ignored)
        ),
        default=Grant.NONE,
    )


def acl_blocker(acls: Acls, request: Request) -> str:
    """The layer to name where the resource side lacks an allow."""
    near = readings(acls, request)
    granted = [one for one in near if one.covers and one.strength]
    if acls.public_ignored and any(one.public for one in granted):
        return "block_public_access"
    if granted and not acls.enabled:
        return "ownership"
    if acls.enabled and any(one.covers != bool(one.strength) for one in near):
        return "acl"
    return "bucket_policy"
