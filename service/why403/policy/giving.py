"""What a permission gives beside the call that it is asked for; pure.

The narrowest statement names an action and a resource, and no more: of some actions that is much. AWS: "Actions,
resources, and condition keys for Amazon S3" (access level Permissions management); "Locking objects with Object Lock";
"Setting an S3 Lifecycle configuration on a bucket"; "Grant a user permissions to pass a role to an AWS service".
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from why403.domain.fix import NARROW, Applicability
from why403.domain.listing import lists_keys, prefix_of
from why403.domain.request import AccessRequest
from why403.domain.sent_acl import CLOSED


class Given(NamedTuple):
    """A clause on what a permission gives beside the call, and how far a fix that gives it can be trusted."""

    risk: str
    grade: Applicability


_NOTHING: Final = Given(NARROW, Applicability.SAFE)
_IAM: Final = "whoever may change this in IAM may give themselves and others more"
_ALL_KEYS: Final = Given("the names of all keys in the bucket become visible", Applicability.SAFE)
_MANAGES: Final = "Permissions management"
_ACL: Final = "whoever may write an ACL may let in anybody, wherever ACLs are enabled"
_PUBLIC: Final = "whoever may write these settings may open {} to what public policies and ACLs say"
_POINT: Final = "whoever may write the access point's policy may let in anybody through it, as far as the bucket does"
_UNGUARDED: Final = "whoever may delete the {} policy takes away what it grants and what it denies"
ALLOWS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "s3:putbucketpolicy": "whoever may write the bucket's policy may let in anybody",
        "s3:deletebucketpolicy": _UNGUARDED.format("bucket's"),
        "s3:putbucketacl": _ACL,
        "s3:putobjectacl": _ACL,
        "s3:putobjectversionacl": _ACL,
        "s3:putbucketpublicaccessblock": _PUBLIC.format("the bucket"),
        "s3:putaccountpublicaccessblock": _PUBLIC.format("every bucket of the account"),
        "s3:putaccesspointpublicaccessblock": _PUBLIC.format("the access point"),
        "s3:putaccesspointpolicy": _POINT,
        "s3:putaccesspointpolicyforobjectlambda": _POINT,
        "s3:putmultiregionaccesspointpolicy": _POINT,
        "s3:deleteaccesspointpolicy": _UNGUARDED.format("access point's"),
        "s3:deleteaccesspointpolicyforobjectlambda": _UNGUARDED.format("access point's"),
        "s3:putbucketownershipcontrols": "whoever may write them may enable or disable all ACLs of the bucket",
        "s3:objectowneroverridetobucketowner": "replicas become the other account's, which alone decides on them then",
        "s3:putbucketversioning": "with versions suspended, what is overwritten or deleted is gone for good",
        "s3:deleteobject": "where the bucket keeps no versions, what is deleted is gone for good",
        "s3:restoreobject": "a restored copy costs money as long as it is kept",
        "s3express:createsession": "a session reads, writes and deletes every object of the directory bucket",
        "s3:bypassgovernanceretention": "what is kept as evidence (WORM) can be deleted for good before its time",
        "s3:deleteobjectversion": "every version of the key can be deleted, each of them for good",
        "s3:deletebucket": "a bucket that is deleted does not come back, and anybody may take its name",
        "s3:putlifecycleconfiguration": "whoever may write the bucket's rules may have all of its objects deleted",
        "s3:putobjectlegalhold": "a legal hold can be taken off, and what it kept can then be deleted for good",
        "s3:putobjectretention": "versions can be locked for years, in compliance mode, and nobody can undo it",
        "s3:putbucketobjectlockconfiguration": "all that is written can be locked for years, and nobody can undo it",
        "s3:putencryptionconfiguration": "what is written can be encrypted under a key that others hold or take away",
        "s3:putreplicationconfiguration": "whoever may write the bucket's rules may copy its objects to any account",
        "kms:putkeypolicy": "whoever may write the key's policy may let in anybody, and lock out everybody else",
        "kms:creategrant": "whoever may make grants of the key may let in anybody",
        "kms:schedulekeydeletion": "what is encrypted under a key that is deleted can never be read again",
        "sts:assumerole": "whoever assumes the role may do all that the role may",
        "iam:passrole": "whoever passes the role to a service can have done all that the role may do",
    }
)
"""What actions allow that change who is let in, or that nothing takes back; others that do so are told in general."""


_READS: Final = frozenset({"Read", "List"})
_READING: Final = ("get", "list", "describe", "head", "batchget", "simulate", "generate")
# What makes or gives up an upload of one key, and what uses a key of KMS without changing it.
_PLAIN: Final = frozenset(
    {"s3:putobject", "s3:abortmultipartupload", "kms:decrypt", "kms:encrypt", "kms:reencryptfrom", "kms:reencryptto"}
)
_TAGS: Final = "tags may decide who is let in, and what lifecycle rules delete"
_ELSEWHERE: Final = "what it is about"
_PLACES: Final[Mapping[str, str]] = MappingProxyType({"object": "what is there", "bucket": "the bucket"})
_CHANGES: Final = "`{}` changes {}, for everybody who uses it"


def given_by(request: AccessRequest) -> Given:
    """Return what the permission that a request asks for gives beside that request.

    What only reads, and what writes one object, is safe to give; whatever else changes something is for review.
    """
    acl = closed_acl(request)
    allows = _ONE_ACL.format(acl) if acl else ALLOWS.get(request.action_key) or _changing(request)
    if allows is not None:
        return Given(allows, Applicability.REVIEW)
    if lists_keys(request) and prefix_of(request) is None:
        return _ALL_KEYS
    return _NOTHING


_ONE_ACL: Final = "no ACL but `{}` can be written, which grants nobody but the owners of object and bucket"
_BY_ACL: Final = "s3:x-amz-acl"


def closed_acl(request: AccessRequest) -> str | None:
    """Return the canned ACL that an object is to have, if it lets in nobody: no other one has to be allowed."""
    if request.action_key not in {"s3:putobjectacl", "s3:putobjectversionacl"}:
        return None
    sent = request.context[_BY_ACL]
    return sent[0] if sent is not None and len(sent) == 1 and sent[0] in CLOSED else None


def _changing(request: AccessRequest) -> str | None:
    """Return what an action changes that has no row of its own, None for one that is safe to give."""
    action, key = request.s3_action, request.action_key
    if key in _PLAIN:
        return None
    if action is None:
        service, _, name = key.partition(":")
        changes = _IAM if service == "iam" else _CHANGES.format(request.action, _ELSEWHERE)
        return None if name.startswith(_READING) else changes
    if action.access == _MANAGES:
        return f"{action.name} manages permissions: whoever may use it may change who is let in"
    if action.access == "Tagging":
        return _TAGS
    what = next((_PLACES[kind] for kind in _PLACES if kind in action.resources), _ELSEWHERE)
    return None if action.access in _READS else _CHANGES.format(action.name, what)
