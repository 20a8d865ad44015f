"""Requests that a plan must not open, and a neighbourhood of requests in which everything it opens is named."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from why403.domain.actions import find
from why403.domain.arn import Resource
from why403.domain.evidence import Fact
from why403.domain.listing import PREFIX, prefix_of
from why403.domain.principal import Kind, Principal
from why403.domain.request import AccessRequest

_STRANGER: Final = "why403-canary"
_OTHER_ACCOUNTS: Final = ("999988887777", "888877776666")
_NEIGHBOURS: Final = (
    "s3:DeleteObject",
    "s3:PutObject",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObjectAcl",
    "s3:ListBucket",
    "s3:PutBucketPolicy",
    "s3:DeleteBucket",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "kms:ScheduleKeyDeletion",
)
_ELSEWHERE: Final = "why403-canary/elsewhere"
_OTHER_PREFIX: Final = "why403-canary/"
# Keys that tell of the caller, by how they begin; those of its organization hold for others of its account, too.
_KEYS_OF_CALLER: Final = (
    "aws:principal",
    "aws:userid",
    "aws:username",
    "aws:sourceidentity",
    "aws:tokenissuetime",
    "aws:multifactorauth",
    "aws:federatedprovider",
    "aws:assumedroot",
    "aws:viaawsservice",
    "aws:calledvia",
    "sts:",
)
_KEYS_OF_ORGANIZATION: Final = frozenset({"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount"})


class Who(NamedTuple):
    """A caller, by what tells it from the one that was refused (nothing: it is that one), and facts of its own.

    A caller other than the one that was refused may do everything by its own policies: what keeps it out is then the
    resource's side alone, which is what a plan may open too far. `context` are the condition keys it carries.
    """

    name: str
    principal: str
    evidence: Mapping[str, Any]
    context: Mapping[str, Any]


class Canary(NamedTuple):
    """A request by its action, and in words what makes it another than the one that was refused.

    `keys` are condition keys in which it differs.
    """

    name: str
    who: Who
    action: str
    resource: str
    keys: Mapping[str, str] = MappingProxyType({})

    @property
    def request(self) -> dict[str, Any]:
        """Return the members that name it, as answers show them."""
        named = {"principal": self.who.principal, "action": self.action, "resource": self.resource}
        return {**named, "context": dict(self.keys)} if self.keys else named

    @property
    def context(self) -> dict[str, Any]:
        """Return the condition keys that it carries."""
        return {**_without(self.who.context, tuple(self.keys)), **self.keys} if self.keys else {**self.who.context}


class _What(NamedTuple):
    name: str
    resource: str
    kind: str


class Around:
    """The requests around one leg of a call, in whose context `context` they are made."""

    def __init__(self, request: AccessRequest, context: Mapping[str, Any], facts: Mapping[str, Fact[Any]]) -> None:
        """Work out callers, actions and places; `facts` are all that there are, by name."""
        self.who = list(callers(request.principal, context, facts))
        self.where = list(_places(request))
        self.listed = prefix_of(request)
        self.actions = [request.action, *(each for each in _NEIGHBOURS if each.lower() != request.action_key)]

    def canaries(self) -> Iterator[Canary]:
        """Yield requests that differ in one respect each: caller, action, key, bucket, what of it is listed."""
        own, *others = self.who
        here, *elsewhere = self.where
        action, *broader = self.actions
        for who in others:
            yield Canary(who.name, who, action, here.resource)
        for other in broader:
            if fits(other, here.kind):
                yield Canary(f"{other} there", own, other, here.resource)
        for what in elsewhere:
            if what.kind == here.kind:
                yield Canary(what.name, own, action, what.resource)
        if self.listed is not None:
            yield Canary("another prefix", own, action, here.resource, {PREFIX: _OTHER_PREFIX})

    def neighbourhood(self) -> Iterator[Canary]:
        """Yield every caller, action and place, without the request itself."""
        for who, action, what in product(self.who, self.actions, self.where):
            first = who is self.who[0] and action == self.actions[0] and what is self.where[0]
            if fits(action, what.kind) and not first:
                said = (who.name or "the same caller", action, what.name)
                yield Canary(", ".join(filter(None, said)), who, action, what.resource)


def fits(action: str, kind: str) -> bool:
    """Return whether an action may be about a place of a kind: `object`, `bucket` or `key`."""
    found = find(action)
    if found is None:
        return (kind == "key") == action.lower().startswith("kms:")
    return kind in found.resources


def callers(principal: Principal, context: Mapping[str, Any], facts: Mapping[str, Fact[Any]]) -> Iterator[Who]:
    """Yield the caller itself, with a name that is empty, and others."""
    partition = principal.partition
    free = {fact.name: fact.unlimited for fact in facts.values() if fact.of_caller}
    of_none = {fact.name: None for fact in facts.values() if fact.of_organization}
    outside, nobody = {**free, **of_none}, {**dict.fromkeys(free), **of_none}
    abroad = _without(context, _KEYS_OF_CALLER)
    beside = {**abroad, **{key: held for key, held in context.items() if key.lower() in _KEYS_OF_ORGANIZATION}}
    yield Who("", principal.arn, {}, context)
    if principal.kind is not Kind.ANONYMOUS:
        yield Who("an anonymous caller", "anonymous", nobody, abroad)
    if principal.account:
        name = f"arn:{partition}:iam::{principal.account}:user/{_STRANGER}"
        yield Who("another user of the caller's account", name, free, beside)
        session = f"arn:{partition}:sts::{principal.account}:assumed-role/{_STRANGER}/session"
        yield Who("another role of the caller's account", session, free, beside)
    account = next(each for each in _OTHER_ACCOUNTS if each != principal.account)
    session = f"arn:{partition}:sts::{account}:assumed-role/{_STRANGER}/session"
    yield Who("a role of another account", session, outside, abroad)


def _without(context: Mapping[str, Any], beginnings: tuple[str, ...]) -> dict[str, Any]:
    return {key: held for key, held in context.items() if not key.lower().startswith(beginnings)}


def _places(request: AccessRequest) -> Iterator[_What]:
    """Yield the place itself, with a name that is empty, and others."""
    resource = request.resource
    if resource.bucket is None or resource.access_point is not None:
        yield _What("", resource.arn, "object" if resource.key is not None else _kind(resource))
        return
    if resource.key is None:
        yield _What("", resource.arn, "bucket")
        yield _What("another bucket", f"{resource.bucket_arn}-{_STRANGER}", "bucket")
        return
    folder, slash, _ = resource.key.rpartition("/")
    yield _What("", resource.arn, "object")
    yield _What("a key beside it", f"{resource.bucket_arn}/{folder}{slash}{_STRANGER}", "object")
    yield _What("a key elsewhere in the bucket", f"{resource.bucket_arn}/{_ELSEWHERE}", "object")
    yield _What("the same key of another bucket", f"{resource.bucket_arn}-{_STRANGER}/{resource.key}", "object")
    yield _What("the bucket", resource.bucket_arn, "bucket")


def _kind(resource: Resource) -> str:
    """Return of which kind a resource is that is in no bucket."""
    return "key" if ":kms:" in resource.arn else "bucket"


def once(found: Iterable[Canary]) -> Iterator[Canary]:
    """Yield each request once, however many legs it stands beside."""
    seen = set()
    for each in found:
        key = (each.who.principal, each.action, each.resource, *each.keys)
        if key not in seen:
            seen.add(key)
            yield each
