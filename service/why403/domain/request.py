"""One leg of a call: who asks, for which action, on what, in which context, with what is known about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from why403.domain.actions import Action, find
from why403.domain.arn import NOT_TOLD, Resource
from why403.domain.arn import resource as resource_named
from why403.domain.caller import caller_of, not_by_account
from why403.domain.context import NO_VALUE, Context, Values
from why403.domain.evidence import SOURCE, Absent, Evidence, Found, Unreadable
from why403.domain.facts import (
    BUCKET_OWNER,
    OBJECT_OWNER,
    OWNERSHIP,
    POINT_BUCKET,
    POINT_OWNER,
)
from why403.domain.issuer import ISSUER_KEY, issuer_of
from why403.domain.presigned import Presigned
from why403.domain.principal import Kind, Principal
from why403.domain.readings import BY_OWNER, reads
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of

ENFORCED = "BucketOwnerEnforced"
_GRANT_HEADERS = ("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
OUTSIDE = ""  # the owner is some account that is not the caller's


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The S3 API call a leg belongs to; `parameters` as boto3 names them.

    `received` is when S3 received it, or, where it is `undated`, no later than that; None where nothing is known of it.
    `unlisted` says how far a parameter that is not listed may have been sent all the same: FALSE, or UNKNOWN.
    """

    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    presigned: Presigned | None = None
    received: datetime | None = None
    undated: bool = False
    unlisted: Truth = FALSE

    @property
    def grant_headers(self) -> tuple[str, ...]:
        """Return the texts of the grant headers that were sent, `id="..."` and `uri="..."`."""
        return tuple(str(self.parameters[name]) for name in _GRANT_HEADERS if self.parameters.get(name) is not None)

    def may_send(self, name: str) -> Truth:
        """Return whether a parameter was sent with a value; UNKNOWN where it may have been without being listed."""
        if name not in self.parameters:
            return self.unlisted
        return truth_of(self.parameters[name] not in (None, ""))

    def switched_on(self, name: str) -> Truth:
        """Return whether a switch was sent and is on; UNKNOWN where it may have been without being listed."""
        return truth_of(self.parameters[name] in (True, "true")) if name in self.parameters else self.unlisted


class AccessRequest:
    """One permission asked for; treat it as immutable.

    `bucket_owner` and `object_owner` are account ids, OUTSIDE for an account that is not the caller's, or None while
    not known; `foreign` says whether they differ. `context` answers for every condition key. `through_point` says
    whether the request goes to a bucket through an access point, and is not about the access point itself. `noted` is
    what was found out about the request before, by what that was about.
    """

    __slots__ = (
        "_at_bucket",
        "action",
        "action_key",
        "bucket_owner",
        "call",
        "caller",
        "context",
        "evidence",
        "foreign",
        "issuer",
        "noted",
        "object_owner",
        "of_new",
        "principal",
        "resource",
        "s3_action",
        "subject",
        "through_point",
    )

    principal: Principal
    s3_action: Action | None
    through_point: bool
    _at_bucket: "AccessRequest | None"

    def __init__(  # noqa: PLR0913 - the parts of a request are these
        self,
        principal: Principal,
        action: str,
        resource: Resource,
        given: Mapping[str, Values],
        rest: Values,
        evidence: Evidence,
        *,
        call: Call | None = None,
        subject: str = "",
        of_new: bool = False,
    ) -> None:
        """Put the parts together; `rest` is what holds for keys that are neither given nor derivable.

        `of_new`: it is about the object that the call writes, whoever owns the one that it replaces.
        """
        self.principal = principal
        self.action = action
        self.action_key = action.lower()
        self.s3_action = find(action)
        self.resource = resource
        self.evidence = evidence
        self.call = call
        self.subject = subject
        self.context = Context(given, self, rest)
        self._at_bucket = None
        self.noted: dict[object, Any] = {}
        self.through_point = resource.access_point is not None and _passes(resource, self.s3_action)
        self.bucket_owner = _bucket_owner(self)
        self.of_new = of_new
        self.object_owner, self.foreign = _object_owner(self.bucket_owner, evidence)
        if resource.key is None or of_new:
            self.object_owner, self.foreign = (self.bucket_owner if of_new else None), FALSE
        self.issuer = issuer_of(principal, given, evidence)
        self.caller = caller_of(principal, self.issuer, evidence)

    @property
    def at_home(self) -> bool:
        """Return whether the caller is known to be of the account that owns the bucket, or the resource."""
        return bool(self.principal.account) and self.bucket_owner == self.principal.account

    @property
    def point_owner(self) -> str | None:
        """Return the account of the access point that the resource names, None if that is not known."""
        told, seen = self.resource.account, self.evidence[POINT_OWNER]
        return told if told not in {"", NOT_TOLD} else seen.value if isinstance(seen, Found) else None

    @property
    def at_bucket(self) -> "AccessRequest | None":
        """Return the same request with the ARN that the bucket's own policy knows, in the same context.

        It is the request itself where that goes to the bucket directly, and None where it goes through an access point
        and the bucket behind is not known.
        """
        if not self.through_point:
            return self
        if self._at_bucket is None:
            self._at_bucket = self._behind()
        return self._at_bucket

    def _behind(self) -> "AccessRequest | None":
        seen = self.evidence[POINT_BUCKET]
        if not isinstance(seen, Found):
            return None
        key = "" if self.resource.key is None else f"/{self.resource.key}"
        target = resource_named(f"arn:{self.resource.partition}:s3:::{seen.value}{key}")
        if target is None:
            return None
        found = _Copied(self)
        found.resource, found.context, found.through_point = target, self.context, False
        return found

    @property
    def of_foreign(self) -> Truth:
        """Return whether the object's owner is to grant this action, and is another account than the bucket's."""
        action = self.s3_action
        if self.foreign == FALSE or action is None or action.relation != "object_owner":
            return FALSE
        return self.foreign if reads(self.evidence, "U5") == BY_OWNER else FALSE

    @property
    def of_own(self) -> Truth:
        """Return whether such an object is of the caller's own account, whose policies then grant it by themselves."""
        foreign = self.of_foreign
        if foreign == FALSE or not self.principal.account:
            return FALSE
        own = UNKNOWN if self.object_owner is None else truth_of(self.object_owner == self.principal.account)
        return min(foreign, own)

    @property
    def service_linked(self) -> bool:
        """Return whether a service-linked role calls, by its name or by the path of the role behind the session."""
        return self.principal.service_linked or ":role/aws-service-role/" in (self.issuer or "")

    @property
    def owner_unread(self) -> Unreadable | None:
        """Return what could not be read of who owns the bucket, or then of who owns the object."""
        facts = (BUCKET_OWNER, OBJECT_OWNER, OWNERSHIP) if self.bucket_owner is None else (OBJECT_OWNER, OWNERSHIP)
        return next((seen for seen in map(self.evidence.__getitem__, facts) if isinstance(seen, Unreadable)), None)

    @property
    def of_source(self) -> bool:
        """Return whether this leg reads the source of a copy."""
        return self.subject == SOURCE

    def not_by_account(self) -> "AccessRequest":
        """Return the same request where a policy that names an account means nobody but its root user."""
        found = _Copied(self)
        found.context, found.caller = self.context, not_by_account(self.caller, self.evidence)
        return found

    def trying(self, key: str, values: Values) -> "AccessRequest":
        """Return the same request with one more context key known; what follows from the others need not be again."""
        if key == ISSUER_KEY:
            return self.given({key: values})
        found = _Copied(self)
        found.context = Context({**self.context, key: values}, found, self.context.rest)
        found.context.given = {**self.context.given, key: values}
        return found

    def given(self, keys: Mapping[str, Values], evidence: Evidence | None = None) -> "AccessRequest":
        """Return the same request with some context keys known to be these."""
        context = {**self.context.given, **keys}
        return AccessRequest(
            self.principal,
            self.action,
            self.resource,
            context,
            self.context.rest,
            self.evidence if evidence is None else evidence,
            call=self.call,
            subject=self.subject,
            of_new=self.of_new,
        )

    def beside(self, action: str, target: Resource, without: Iterable[str] = ()) -> "AccessRequest":
        """Return the question whether the same caller may do something else, in the same context without some keys."""
        context = {**self.context.given, **dict.fromkeys(without, NO_VALUE)}
        rest, evidence = self.context.rest, self.evidence
        return AccessRequest(self.principal, action, target, context, rest, evidence, subject=self.subject)


class _Copied(AccessRequest):
    """The same request without its context, and without what was found out about it: nothing is worked out twice."""

    __slots__ = ()

    def __init__(self, like: AccessRequest) -> None:
        """Take over the parts of another request."""
        self.action, self.action_key, self.s3_action = like.action, like.action_key, like.s3_action
        self.bucket_owner, self.object_owner, self.foreign = like.bucket_owner, like.object_owner, like.foreign
        self.call, self.subject, self.of_new = like.call, like.subject, like.of_new
        self.principal, self.issuer, self.caller = like.principal, like.issuer, like.caller
        self.resource, self.through_point = like.resource, like.through_point
        self.evidence = like.evidence
        self._at_bucket, self.noted = None, {}


def _passes(resource: Resource, action: Action | None) -> bool:
    """Return whether an access point passes a request on to its bucket."""
    return resource.in_bucket and (action is None or not action.of_point)


def _bucket_owner(request: AccessRequest) -> str | None:
    principal, resource = request.principal, request.resource
    if not resource.in_bucket or (resource.access_point is not None and not request.through_point):
        return None if resource.account == NOT_TOLD else resource.account or principal.account
    if resource.bucket is not None and resource.account not in {"", NOT_TOLD}:
        return resource.account
    seen = request.evidence[BUCKET_OWNER]
    if isinstance(seen, Found):
        owner: str = seen.value
        return owner
    # The fact cannot be null, so its absence means that the evidence is complete and does not name the owner.
    if principal.kind is Kind.UNKNOWN or not isinstance(seen, Absent):
        return None
    return principal.account or OUTSIDE


def enforced(evidence: Evidence) -> Truth:
    """Return whether ACLs are disabled, so that the bucket's owner owns every object whatever was true before."""
    seen = evidence[OWNERSHIP]
    if isinstance(seen, Unreadable):
        return UNKNOWN
    return truth_of(isinstance(seen, Found) and seen.value == ENFORCED)


def _object_owner(bucket_owner: str | None, evidence: Evidence) -> tuple[str | None, Truth]:
    """Return the object's owner as far as known, and whether that is another than the bucket's."""
    seen = evidence[OBJECT_OWNER]
    disabled = enforced(evidence)
    if disabled == TRUE or isinstance(seen, Absent):
        return bucket_owner, FALSE
    if isinstance(seen, Found) and bucket_owner:
        owner: str = seen.value
        if owner == bucket_owner or disabled == FALSE:
            return owner, truth_of(owner != bucket_owner)
    return (seen.value if isinstance(seen, Found) and disabled == FALSE else None), UNKNOWN
