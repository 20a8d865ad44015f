"""Sets up who calls, what for and under which circumstances, before any policy is written."""

import random
from collections.abc import Collection
from typing import Any, NamedTuple

from . import vocabulary as words
from .callers import Caller, Kind
from .conditions import Json
from .policy import Request
from .world import World, world_of

CALLERS = {
    "user": 24,
    "session": 32,
    "role": 8,
    "root": 7,
    "federated": 6,
    "anonymous": 9,
    "service": 7,
    "service-linked": 4,
}
ACCOUNT_ACTIONS = ("s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock")


class Scene(NamedTuple):
    """A request without its policies, and what the policies may be written about."""

    rng: random.Random
    case: Json
    world: World
    layers: Collection[str]
    plain: bool
    """Whether conditions use only operators for which values are tried."""

    @property
    def request(self) -> Request:
        """The request as policies see it."""
        return self.world.request

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return self.world.caller

    def chance(self, probability: float) -> bool:
        """Toss a coin."""
        return self.rng.random() < probability


def random_scene(rng: random.Random, layers: Collection[str], *, plain: bool) -> Scene:
    """A caller, an action on a resource, the accounts around them and a context."""
    home, owner, third = rng.sample(words.ACCOUNTS, 3)
    evidence: Json = {}
    sort = rng.choices(list(CALLERS), list(CALLERS.values()))[0]
    principal = _principal(rng, sort, home, evidence)
    outside = sort in ("anonymous", "service")
    evidence["bucket.owner"] = owner if outside or rng.random() < 0.45 else home
    user, tag = principal.rpartition("/")[2], rng.choice(words.TAG_VALUES)
    action, resource = _target(rng, user, tag)
    if not outside and rng.random() < 0.02:
        action, resource = rng.choice(ACCOUNT_ACTIONS), "*"
        evidence["bucket.owner"] = home
    if sort in ("user", "session", "role") and rng.random() < 0.6:
        evidence["principal.tags"] = {"team": tag, **({"Stage": "prod"} if rng.random() < 0.3 else {})}
    if resource != "*":
        _bucket_facts(rng, action, (home, owner, third), evidence, layers)
    case: Json = {
        "principal": principal,
        "action": action.swapcase() if rng.random() < 0.03 else action,
        "resource": resource,
        "context": _context(rng, sort, action),
        "context_is_complete": True,
        "evidence": evidence,
        "evidence_is_complete": True,
    }
    _give_derived_keys(rng, case)
    return Scene(rng, case, world_of(case), layers, plain)


def _principal(rng: random.Random, sort: str, home: str, evidence: Json) -> str:
    role, session = rng.choice(words.ROLES), rng.choice(words.SESSIONS)
    match sort:
        case "user":
            return f"arn:aws:iam::{home}:user/{rng.choice(words.USERS)}"
        case "role":
            return f"arn:aws:iam::{home}:role/{role}"
        case "root":
            return f"arn:aws:iam::{home}:root"
        case "anonymous":
            return sort
        case "service":
            return rng.choice(words.SERVICES)
        case "federated":
            evidence["session.issuer"] = f"arn:aws:iam::{home}:user/{rng.choice(words.USERS)}"
            return f"arn:aws:sts::{home}:federated-user/{rng.choice(('fed1', 'Fed2'))}"
        case "service-linked":
            role = "aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    if "/" in role or rng.random() < 0.5:
        evidence["session.issuer"] = f"arn:aws:iam::{home}:role/{role}"
    return f"arn:aws:sts::{home}:assumed-role/{role.rpartition('/')[2]}/{session}"


def _target(rng: random.Random, user: str, tag: str) -> tuple[str, str]:
    bucket = f"arn:aws:s3:::{rng.choice(words.BUCKETS)}"
    if rng.random() < 0.3:
        return rng.choice(words.BUCKET_ACTIONS), bucket
    key = rng.choice(words.OBJECT_KEYS).replace("{user}", user).replace("{tag}", tag)
    return rng.choice(words.OBJECT_ACTIONS), f"{bucket}/{key}"


def _bucket_facts(
    rng: random.Random, action: str, accounts: tuple[str, str, str], evidence: Json, layers: Collection[str]
) -> None:
    if rng.random() < 0.12:
        evidence["bucket.tags"] = {"team": rng.choice(words.TAG_VALUES)}
        evidence["bucket.abac"] = rng.random() < 0.7
    if action in words.OBJECT_ACTIONS and rng.random() < 0.15:
        tags = {"class": rng.choice(("public", "secret"))}
        evidence["object.tags"] = tags if rng.random() < 0.7 else [{"Key": k, "Value": v} for k, v in tags.items()]
    if "ownership" in layers and rng.random() < 0.6:
        evidence["bucket.ownership"] = rng.choice(("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"))
        may_be_foreign = "acl" in layers and action in words.FOREIGN_ACTIONS
        if evidence["bucket.ownership"] != "BucketOwnerEnforced" and may_be_foreign and rng.random() < 0.5:
            evidence["object.owner"] = rng.choice(accounts)


def _context(rng: random.Random, sort: str, action: str) -> Json:
    context: Json = {}
    for key, (_, values) in words.KEYS.items():
        if _fits(key, action) and rng.random() < 0.35:
            context[_respelt(rng, key)] = _wrapped(rng, rng.choice(values))
    for key, several in words.SEVERAL.items():
        if _fits(key, action) and rng.random() < 0.3:
            context[_respelt(rng, key)] = rng.sample(several, rng.randint(0, len(several)))
    if sort == "anonymous":
        context = {key: value for key, value in context.items() if key.lower() != "aws:userid"}
    if rng.random() < 0.1:
        context["aws:FederatedProvider"] = None
    return context


def _fits(key: str, action: str) -> bool:
    return all(action.startswith(prefix) for start, prefix in words.CARRIED_BY.items() if key.startswith(start))


def _respelt(rng: random.Random, key: str) -> str:
    return rng.choice((key.lower(), key.upper(), key.swapcase())) if rng.random() < 0.1 else key


def _wrapped(rng: random.Random, value: Any) -> Any:
    return [value] if rng.random() < 0.1 else value


def _give_derived_keys(rng: random.Random, case: Json) -> None:
    """Give some keys that would be derived anyway, and say of some that they are absent."""
    world = world_of(case)
    derived = {
        "aws:PrincipalArn": world.request.context.get("aws:principalarn"),
        "aws:PrincipalAccount": world.request.context.get("aws:principalaccount"),
        "aws:PrincipalType": world.request.context.get("aws:principaltype"),
        "aws:username": world.request.context.get("aws:username"),
        "s3:ResourceAccount": world.request.context.get("s3:resourceaccount"),
    }
    for key, values in derived.items():
        if values and rng.random() < 0.2:
            case["context"][_respelt(rng, key)] = values[0]
    given = {key.lower() for key in case["context"]}
    # A given role ARN serves as the issuer.
    if world.caller.kind is Kind.SESSION and "aws:principalarn" in given and rng.random() < 0.5:
        case["evidence"].pop("session.issuer", None)
    if rng.random() < 0.05:
        case["context"]["aws:PrincipalIsAWSService"] = None
