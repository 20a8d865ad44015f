"""Requests that a plan must not open, and a neighbourhood of requests in which everything it opens is named."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final, NamedTuple

from why403.domain.actions import find
from why403.domain.arn import Resource
from why403.domain.principal import Kind, Principal
from why403.domain.request import AccessRequest

EVERYTHING: Final[dict[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
_STRANGER: Final = "why403-canary"
_OTHER_ACCOUNTS: Final = ("999988887777", "888877776666")
_BROADER: Final = (
    "s3:DeleteObject",
    "s3:PutObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutBucketPolicy",
    "s3:GetObjectVersion",
)
_ELSEWHERE: Final = "why403-canary/elsewhere"
_OF_CALLER: Final = frozenset(
    {"principal.policies", "principal.boundary", "principal.tags", "session.policies", "session.issuer"}
)


class Canary(NamedTuple):
    """A request by its action, what makes it another than the one that was refused, and the evidence it is asked on.

    A caller other than the one that was refused may do everything by its own policies: what keeps it out is then the
    resource's side alone, which is what a plan may open too far.
    """

    name: str
    request: dict[str, Any]
    evidence: Mapping[str, Any]
    same_caller: bool


class _Who(NamedTuple):
    name: str
    principal: str
    evidence: Mapping[str, Any]


class _What(NamedTuple):
    name: str
    resource: str
    key: bool


def canaries(request: AccessRequest) -> Iterator[Canary]:
    """Yield requests that differ from one in one respect each: caller, action, key, bucket."""
    own, *others = _callers(request.principal)
    here, *elsewhere = _resources(request.resource)
    for who in others:
        yield _canary(who.name, who, request.action, here.resource)
    for action in _actions(request):
        yield _canary(f"{action}, a broader action", own, action, here.resource)
    for what in elsewhere:
        yield _canary(what.name, own, request.action, what.resource)


def neighbourhood(request: AccessRequest) -> Iterator[Canary]:
    """Yield the requests of every caller, action and place around one, without the one itself."""
    places = list(_resources(request.resource))
    for who, action, what in product(_callers(request.principal), (request.action, *_actions(request)), places):
        if fits(action, what.key) and (who.name, action, what) != ("", request.action, places[0]):
            said = ", ".join(filter(None, (who.name or "the same caller", action, what.name)))
            yield _canary(said, who, action, what.resource)


def fits(action: str, key: bool) -> bool:  # noqa: FBT001 - a property of the place
    """Return whether an action may be about an object, or about a bucket."""
    found = find(action)
    return found is None or (("object" in found.resources) if key else ("object" not in found.resources))


def _canary(name: str, who: _Who, action: str, resource: str) -> Canary:
    return Canary(
        name, {"principal": who.principal, "action": action, "resource": resource}, who.evidence, not who.name
    )


def _callers(principal: Principal) -> Iterator[_Who]:
    """Yield the caller itself, with a name that is empty, and others."""
    partition = principal.partition
    known = dict.fromkeys(_OF_CALLER)
    free = {**known, "principal.policies": [EVERYTHING]}
    yield _Who("", principal.arn, {})
    yield _Who("an anonymous caller", "anonymous", known)
    if principal.account:
        name = f"arn:{partition}:iam::{principal.account}:user/{_STRANGER}"
        yield _Who("another user of the caller's account", name, free)
        if principal.kind is not Kind.USER:
            session = f"arn:{partition}:sts::{principal.account}:assumed-role/{_STRANGER}/session"
            yield _Who("another role of the caller's account", session, free)
    account = next(each for each in _OTHER_ACCOUNTS if each != principal.account)
    outside = {**free, "organization.scps": None, "organization.management_account": None, "organization.id": None}
    yield _Who("a role of another account", f"arn:{partition}:sts::{account}:assumed-role/{_STRANGER}/session", outside)


def _resources(resource: Resource) -> Iterator[_What]:
    """Yield the place itself, with a name that is empty, and others."""
    keyed = resource.key is not None
    yield _What("", resource.arn, keyed)
    if resource.bucket is None:
        return
    if keyed:
        folder, slash, _ = str(resource.key).rpartition("/")
        yield _What("a key beside it", f"{resource.bucket_arn}/{folder}{slash}{_STRANGER}", key=True)
        yield _What("a key elsewhere in the bucket", f"{resource.bucket_arn}/{_ELSEWHERE}", key=True)
        yield _What("the bucket", resource.bucket_arn, key=False)
    other = f"arn:{resource.partition}:s3:::{resource.bucket}-{_STRANGER}"
    yield _What("another bucket", f"{other}/{resource.key}" if keyed else other, keyed)


def _actions(request: AccessRequest) -> Iterator[str]:
    """Yield other actions on the same kind of resource."""
    for action in _BROADER:
        if action.lower() != request.action_key and fits(action, request.resource.key is not None):
            yield action
