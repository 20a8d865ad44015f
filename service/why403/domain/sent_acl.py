"""ACLs that calls send: the same call without one, or without the grants in it that are public."""

from collections.abc import Mapping
from typing import Any, Final

from why403.domain.acl import ALL_USERS, AUTHENTICATED_USERS
from why403.domain.request import Call
from why403.domain.truth import FALSE

ACCEPTED: Final = "bucket-owner-full-control"
"""The one ACL that is taken where ACLs are disabled; it grants nobody but the bucket's owner."""
_CLOSED: Final = "private"
CLOSED: Final = frozenset({_CLOSED, ACCEPTED, "bucket-owner-read"})
"""Canned ACLs that let in nobody but who owns the object and the bucket."""
_CANNED, _POLICY = "ACL", "AccessControlPolicy"
_HEADERS: Final = ("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
_ALWAYS: Final = frozenset({"PutBucketAcl", "PutObjectAcl"})
_PUBLIC: Final = (ALL_USERS, AUTHENTICATED_USERS)

Sent = Mapping[str, Any]


def without_acl(call: Call, instead: str = ACCEPTED) -> Sent:
    """Return the parameters with which a call sends no ACL; one that is made to write an ACL sends this one.

    Where it is not known what was sent, none is sent for certain.
    """
    unsent = {name: None for name in (_CANNED, _POLICY, *_HEADERS) if _is_sent(call, name)}
    return {**unsent, _CANNED: instead} if call.operation in _ALWAYS else unsent


def _is_sent(call: Call, name: str) -> bool:
    return call.parameters.get(name) is not None or (call.unlisted != FALSE and name not in call.parameters)


def without_public_grants(call: Call) -> Sent:
    """Return the parameters with which a call sends what of its ACL is not public."""
    kept = {name: held for name, held in _kept(call).items() if held}
    if not kept:
        return without_acl(call, _CLOSED)
    return {**{name: held for name, held in without_acl(call).items() if held is None}, **kept}


def _kept(call: Call) -> Sent:
    if _CANNED in call.parameters and call.parameters[_CANNED] is not None:
        return {}
    found: dict[str, Any] = {name: _header(call.parameters.get(name)) for name in _HEADERS}
    policy = call.parameters.get(_POLICY)
    grants = policy.get("Grants") if isinstance(policy, Mapping) else None
    if isinstance(policy, Mapping) and isinstance(grants, list):
        closed = [each for each in grants if not _public(each)]
        found[_POLICY] = {**policy, "Grants": closed} if closed else None
    return found


def _header(text: Any) -> str | None:
    """Return the grantees of a grant header that are no public group, None if there are none."""
    grantees = [each.strip() for each in str(text or "").split(",")]
    return ", ".join(each for each in grantees if each and not any(group in each for group in _PUBLIC)) or None


def _public(grant: Mapping[str, Any]) -> bool:
    return grant.get("Grantee", {}).get("URI") in _PUBLIC
