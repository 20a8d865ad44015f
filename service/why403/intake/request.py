"""Requests as callers write them: each becomes the legs it needs, with context and evidence."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from why403.domain.arn import Resource, resource
from why403.domain.context import NO_VALUE, NOT_KNOWN, Given, Values
from why403.domain.directory import located
from why403.domain.errors import Fault, InvalidInput, escaped
from why403.domain.evidence import SOURCE, Absent, Evidence, Fact, Found, Unreadable
from why403.domain.kms import context_of_key, encrypted_for, key_asked, with_bucket_key
from why403.domain.lengths import LONGEST_TEXT, TOO_LONG
from why403.domain.operations import UNREAD, UNSENT, legs, operation_named
from why403.domain.operations.leg import Leg as NeededLeg
from why403.domain.principal import Principal, principal
from why403.domain.request import AccessRequest, Call
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import Fork, Words
from why403.intake.context import context_of
from why403.intake.parameters import misshapen, too_long
from why403.intake.received import Now, received, url_of

MEMBERS: Final = frozenset(
    {
        "principal",
        "operation",
        "action",
        "resource",
        "bucket",
        "key",
        "parameters",
        "presigned",
        "time",
        "context",
        "context_is_complete",
        "evidence",
        "evidence_is_complete",
    }
)
_OF_THAT_VERSION: Final = Unreadable("it is not known which version of the object is meant")
_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+", re.ASCII)


class Leg(NamedTuple):
    """One permission asked for, whether the call needs it for certain, and the key it is about among several."""

    request: AccessRequest
    needed: Truth
    key: str | None
    otherwise: AccessRequest | None = None
    """What is asked for instead under a condition of which it is not known whether it holds; `fork` says which."""
    fork: Fork | None = None
    retried: AccessRequest | None = None
    """What S3 asks for where this is refused: the call is allowed if either is."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Asked:
    """A request understood, before it meets evidence.

    `unlisted` is UNKNOWN where a parameter that is not listed may have been sent all the same.
    """

    principal: Principal
    resource: Resource
    context: Mapping[str, Values]
    rest: Values
    action: str = ""
    call: Call | None = None
    unlisted: Truth = FALSE

    @property
    def as_listed(self) -> "Asked":
        """Return the same request where no parameter was sent that is not listed."""
        call = None if self.call is None else replace(self.call, unlisted=FALSE)
        return replace(self, call=call, unlisted=FALSE)

    @property
    def words(self) -> str:
        """Return what is asked for, in words."""
        return f"{self.call.operation if self.call else self.action} on {self.resource.arn}"

    def legs(
        self, evidence: Evidence, facts: Mapping[str, Fact[Any]], current: Collection[Fact[Any]] = ()
    ) -> tuple[Leg, ...]:
        """Return the legs on this evidence; raise InvalidInput if operation, resource and parameters do not fit.

        `current` are facts that are known of the object's current version only.
        """
        if self.call is None:
            target = located(self.resource, self.action, self.principal, evidence)
            request = AccessRequest(self.principal, self.action, target, self.context, self.rest, evidence)
            return (Leg(request, TRUE, None),)
        known = _Known(evidence, facts)
        found = legs(self.call.operation, self.resource.arn, self.call.parameters, known, unlisted=self.unlisted)
        return tuple(self._asked_leg(each, evidence, current) for each in found)

    def _asked_leg(self, leg: NeededLeg, evidence: Evidence, current: Collection[Fact[Any]]) -> Leg:
        request = self._leg(_with_bucket_key(leg, FALSE), evidence)
        otherwise, fork = self._of_version(leg, evidence, current) if leg.of_version else self._forked(leg, evidence)
        return Leg(request, leg.needed, leg.key, otherwise, fork, self._retried(leg, evidence))

    def _retried(self, leg: NeededLeg, evidence: Evidence) -> AccessRequest | None:
        if not leg.retried or self.context.keys() >= leg.retried.keys():  # what is given is what is asked for
            return None
        return self._leg(leg._replace(keys={**leg.keys, **leg.retried}), evidence)

    def _forked(self, leg: NeededLeg, evidence: Evidence) -> tuple[AccessRequest | None, Fork | None]:
        other = _with_bucket_key(leg, TRUE)
        return (None, None) if other is leg else (self._leg(other, evidence), with_bucket_key(leg.action))

    def _of_version(
        self, leg: NeededLeg, evidence: Evidence, current: Collection[Fact[Any]]
    ) -> tuple[AccessRequest, Fork]:
        unknown = dict.fromkeys(current, _OF_THAT_VERSION)
        theirs = Evidence(
            {**evidence, **unknown}, of_source=evidence.of_source, of_keys=evidence.of_keys, complete=evidence.complete
        )
        # The key that the current version is under need not be that of another.
        under = leg.under._replace(named=None) if leg.under is not None and current else leg.under
        then = f", for which {leg.action} may be needed on another key"
        if leg.action != leg.of_version:
            then = f", and then needs {leg.of_version} instead of {leg.action}"
        fork = Fork(
            "the call names a version", Words(because=f"it is not known whether the call names a version{then}")
        )
        return self._leg(leg._replace(action=leg.of_version, under=under), theirs), fork

    def _leg(self, leg: NeededLeg, evidence: Evidence) -> AccessRequest:
        target = resource(leg.resource)
        if target is None:
            raise InvalidInput.at("/resource", f"`{leg.resource}` is no ARN")
        if leg.subject == SOURCE:
            own = self.resource
            within = target.in_bucket and (target.bucket, target.access_point) == (own.bucket, own.access_point)
            evidence = evidence.source(same_bucket=within)
        else:
            evidence = evidence.key(leg.key)
        given = _given(leg, self)
        if leg.under is not None:
            about, target = target, key_asked(leg.under, target, self.principal, evidence)
            given = context_of_key(given, leg.under, encrypted_for(about, evidence), target, self.principal)
        return AccessRequest(
            self.principal,
            leg.action,
            located(target, leg.action, self.principal, evidence),
            given,
            self.rest,
            evidence,
            call=self.call,
            subject=leg.subject,
            of_new=leg.of_new,
        )


def _with_bucket_key(leg: NeededLeg, used: Truth) -> NeededLeg:
    """Return the leg with one of the two ways in which KMS may be asked, itself where that is known or more is open."""
    if leg.under is None or leg.of_version or leg.under.bucket_key != UNKNOWN:
        return leg
    return leg._replace(under=leg.under._replace(bucket_key=used))


def _given(leg: NeededLeg, asked: Asked) -> Mapping[str, Values]:
    """Return the leg's context: what was given wins, then what its parameters say; the rest of those was not sent."""
    given = Given()
    given.told = asked.context
    if asked.rest is NOT_KNOWN and asked.unlisted == FALSE:
        given.update(UNSENT)
    given.update(dict.fromkeys(leg.untold, NOT_KNOWN))
    given.update(leg.keys)
    given.update(asked.context)
    return given


class _Known:
    """The plain values of facts, for those who need not know about observations."""

    def __init__(self, evidence: Evidence, facts: Mapping[str, Fact[Any]]) -> None:
        self._evidence, self._facts = evidence, facts

    def __call__(self, name: str) -> object:
        """Return a fact's value, None for none, UNREAD for one that is not known."""
        own = name.removeprefix(SOURCE)
        evidence = self._evidence if own == name else self._evidence.source()
        fact = self._facts.get(own)
        seen = evidence[fact] if fact is not None else None
        if isinstance(seen, Found):
            return seen.value
        return None if isinstance(seen, Absent) else UNREAD


def asked_for(
    value: Mapping[str, Any], caller: Principal | None = None, unlisted: Truth = FALSE, now: Now | None = None
) -> Asked:
    """Return a request understood; raise InvalidInput with every fault, pointers from the request.

    `caller` calls where the request names nobody; without it that is a fault. `now` holds where it gives no `time`.
    """
    faults = [
        Fault("/" + escaped(str(name)), f"`{name}` is no member of a request") for name in value if name not in MEMBERS
    ]
    nobody = caller is not None and value.get("principal") is None
    who = caller if nobody else _attempt(faults, "/principal", lambda: _principal(value))
    what = _attempt(faults, "", lambda: _resource(value, who.partition if who else "aws"))
    context = _attempt(faults, "/context", lambda: context_of(value.get("context")))
    call = _attempt(faults, "", lambda: _call(value, unlisted, now))
    if not isinstance(value.get("context_is_complete", True), bool):
        faults.append(Fault("/context_is_complete", "must be true or false"))
    if faults or who is None or what is None or context is None or call is None:
        raise InvalidInput(faults)
    rest = NO_VALUE if value.get("context_is_complete", True) else NOT_KNOWN
    action = value.get("action", "")
    return Asked(
        principal=who, resource=what, context=context, rest=rest, action=action, call=call.call, unlisted=unlisted
    )


class _Called(NamedTuple):
    call: Call | None


def _attempt(faults: list[Fault], at: str, read: Any) -> Any:
    try:
        return read()
    except InvalidInput as error:
        faults.extend(error.below(at).faults)
        return None


def _principal(value: Mapping[str, Any]) -> Principal:
    named = value.get("principal")
    if not isinstance(named, str):
        raise InvalidInput.at("", "must be the ARN of the caller, an AWS service, or `anonymous`")
    if len(named) > LONGEST_TEXT:
        raise InvalidInput.at("", TOO_LONG)
    return principal(named)


def _resource(value: Mapping[str, Any], partition: str) -> Resource:
    named, bucket, key = value.get("resource"), value.get("bucket"), value.get("key")
    if (named is None) == (bucket is None):
        raise InvalidInput.at("/resource", "a request needs either `resource`, or `bucket` and perhaps `key`")
    for name, held in (("resource", named), ("bucket", bucket), ("key", key)):
        if not isinstance(held, str | None) or held == "":
            raise InvalidInput.at(f"/{name}", "must be a string that is not empty")
        if held is not None and len(held) > LONGEST_TEXT:
            raise InvalidInput.at(f"/{name}", TOO_LONG)
    if bucket is not None:
        named = f"arn:{partition}:s3:::{bucket}" if key is None else f"arn:{partition}:s3:::{bucket}/{key}"
    elif key is not None:
        raise InvalidInput.at("/key", "goes with `bucket`; `resource` holds the key itself")
    found = resource(str(named))
    if found is None:
        raise InvalidInput.at("/resource", f"`{named}` is no ARN and not `*`")
    if found.bucket == "" or found.key == "":
        raise InvalidInput.at("/resource", f"`{named}` does not name a bucket, or an object in one")
    return found


def _call(value: Mapping[str, Any], unlisted: Truth, now: Now | None) -> _Called:
    operation, action = value.get("operation"), value.get("action")
    if (operation is None) == (action is None):
        raise InvalidInput.at("/operation", "a request needs exactly one of `operation` and `action`")
    for name in ("parameters", "presigned"):
        if not isinstance(value.get(name), dict | None):
            raise InvalidInput.at(f"/{name}", "must be an object")
        if action is not None and value.get(name):
            raise InvalidInput.at(f"/{name}", "goes with `operation`, not with `action`")
    when = received(value.get("time"), now)
    if operation is not None:
        return _Called(_call_of(operation, value, unlisted, when))
    if not isinstance(action, str) or not _ACTION.fullmatch(action):
        raise InvalidInput.at("/action", "must be an IAM action such as `s3:GetObject`")
    if len(action) > LONGEST_TEXT:
        raise InvalidInput.at("/action", TOO_LONG)
    return _Called(None)


def _call_of(operation: object, value: Mapping[str, Any], unlisted: Truth, when: Now | None) -> Call:
    if not isinstance(operation, str):
        raise InvalidInput.at("/operation", "must be the name of an S3 API operation")
    parameters, named = value.get("parameters") or {}, value.get("resource")
    if len(operation) > LONGEST_TEXT:
        raise InvalidInput.at("/operation", TOO_LONG)
    faults = [fault.below("/parameters") for read in (misshapen, too_long) for fault in read(parameters)]
    if faults:
        raise InvalidInput(faults)
    name = operation_named(operation, named if isinstance(named, str) else "", parameters).name
    return Call(
        operation=name,
        parameters=parameters,
        presigned=url_of(value.get("presigned")),
        received=None if when is None else when.time,
        undated=when is not None and when.at_latest,
        unlisted=unlisted,
    )
