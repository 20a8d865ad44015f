"""Sets up who calls, what for and under which circumstances, before any policy is written."""

import random
from collections.abc import Collection
from typing import Any, NamedTuple

from . import vocabulary as words
from .callers import Caller, Kind
from .calls import BUCKET_CALLS, legs_of
from .conditions import Json
from .directories import READS, WRITES, in_directory
from .kms import key_worlds
from .parameters import KEYS_OF_PARAMETERS
from .policy import Request
from .random_calls import THROUGH_POINTS, TIME, Draw, give, random_operation, random_parameters
from .surroundings import surround
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
CALLS = 0.6
"""How many of the requests are calls, and not for one action alone."""
POINTS = 0.2
DIRECTORIES = 0.06
DIRECTORY = "acme--use1-az4--x-s3"
OF_BUCKETS = frozenset({*BUCKET_CALLS, "ListBuckets", "DeleteObjects"})
NEW_OBJECTS = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy"})
ACCOUNT_ACTIONS = ("s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock")


# A given value wins over a parameter; how old a token may be is the affair of calls that say so.
GIVEN_SELDOM = {
    **{key: 0.03 for key in words.KEYS if key in KEYS_OF_PARAMETERS or key.startswith("s3:RequestObjectTag")},
    "aws:TokenIssueTime": 0.0,
}


class Scene(NamedTuple):
    """A request without its policies, and what the policies may be written about.

    `world` is what the next statement is about, one of those of the legs, of a copy's source or of the keys in use.
    """

    rng: random.Random
    case: Json
    world: World
    layers: Collection[str]
    plain: bool
    """Whether conditions use only operators for which values are tried."""
    legs: tuple[World, ...] = ()
    source: tuple[World, ...] = ()
    keys: tuple[tuple[str, World], ...] = ()
    """The uses of keys, with the prefix of the facts about each."""
    spoils_keys: bool = False
    """Whether, of all that is asked for, only the use of keys is to be refused."""

    def about(self, world: World) -> "Scene":
        """The same scene, of which another part is looked at."""
        return self._replace(world=world)

    @property
    def for_caller(self) -> list[World]:
        """Everything that the caller's own policies may speak of."""
        return [*self.legs, *self.source, *(world for _, world in self.keys)]

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


def random_scene(rng: random.Random, layers: Collection[str], *, plain: bool, wanted: str = "allowed") -> Scene:
    """A caller, an action or a call on a resource, the accounts around them and a context."""
    home, owner, third = rng.sample(words.ACCOUNTS, 3)
    evidence: Json = {}
    sort = rng.choices(list(CALLERS), list(CALLERS.values()))[0]
    principal = _principal(rng, sort, home, evidence)
    outside = sort in ("anonymous", "service")
    evidence["bucket.owner"] = owner if outside or rng.random() < 0.45 else home
    user, tag = principal.rpartition("/")[2], rng.choice(words.TAG_VALUES)
    if sort in ("user", "session", "role") and rng.random() < 0.6:
        evidence["principal.tags"] = {"team": tag, **({"Stage": "prod"} if rng.random() < 0.3 else {})}
    draw = Draw(rng, (home, evidence["bucket.owner"], third), layers, wanted, outside)
    case: Json = {"principal": principal, "context": {}, "evidence": evidence}
    case |= {"context_is_complete": True, "evidence_is_complete": True}
    if rng.random() < CALLS or wanted == "requirement":
        _call(draw, case, (user, tag))
    else:
        _action(draw, case, (user, tag))
    through_vpc = case["context"]
    case["context"] = _context(rng, sort, legs_of(case)[0]["action"], calls="operation" in case)
    for key, value in through_vpc.items():
        give(case, key, value)
    if "operation" in case and not in_directory(case):
        surround(draw, case)
    if "action" in case and rng.random() < 0.03:
        case["action"] = case["action"].swapcase()
    _give_derived_keys(rng, case)
    return scene_of(rng, case, layers, plain=plain)


def scene_of(rng: random.Random, case: Json, layers: Collection[str], *, plain: bool) -> Scene:
    """The scene of a case, its parts told apart."""
    legs = legs_of(case)
    worlds = [(bool(leg.get("of_source")), world_of(leg)) for leg in legs]
    return Scene(
        rng=rng,
        case=case,
        world=worlds[0][1],
        layers=layers,
        plain=plain,
        legs=tuple(world for of_source, world in worlds if not of_source),
        source=tuple(world for of_source, world in worlds if of_source),
        keys=tuple(key_worlds(case)),
    )


def _action(draw: Draw, case: Json, names: tuple[str, str]) -> None:
    rng, evidence = draw.rng, case["evidence"]
    case["action"], case["resource"] = _target(rng, *names)
    if not draw.outside and rng.random() < 0.02:
        case["action"], case["resource"] = rng.choice(ACCOUNT_ACTIONS), "*"
        evidence["bucket.owner"] = draw.accounts[0]
        return
    if "access_point" in draw.layers and rng.random() < POINTS:
        _through_point(draw, case)
        evidence["access_point.network_origin"] = "Internet"
        return
    _bucket_facts(rng, case["action"], draw.accounts, evidence, draw.layers)


def _call(draw: Draw, case: Json, names: tuple[str, str]) -> None:
    rng = draw.rng
    if "directory_bucket" in draw.layers and not draw.outside and rng.random() < DIRECTORIES:
        _in_directory(draw, case)
        return
    bucket, through_point = rng.choice(words.BUCKETS), "access_point" in draw.layers and rng.random() < POINTS
    operation = random_operation(draw)
    if through_point:
        operation = rng.choices(list(THROUGH_POINTS), list(THROUGH_POINTS.values()))[0]
    # Nobody makes buckets for others.
    if operation in ("CreateBucket", "ListBuckets"):
        case["evidence"]["bucket.owner"] = draw.accounts[0]
        draw = draw._replace(accounts=(draw.accounts[0], *draw.accounts[::2]))
    case |= {"operation": operation, "parameters": random_parameters(draw, operation, bucket), "time": TIME}
    resource = "*" if operation == "ListBuckets" else f"arn:aws:s3:::{bucket}"
    if operation not in OF_BUCKETS:
        key = rng.choice(words.OBJECT_KEYS)
        resource += f"/{key.replace('{user}', names[0]).replace('{tag}', names[1])}"
    case["resource"] = resource
    if resource == "*":
        return
    if through_point:
        _through_point(draw, case)
    else:
        _bucket_facts(rng, legs_of(case)[0]["action"], draw.accounts, case["evidence"], draw.layers)
        # Which object's tags and owner count for what is about to be written is open.
        if operation in NEW_OBJECTS:
            for fact in ("object.tags", "object.owner"):
                case["evidence"].pop(fact, None)


def _in_directory(draw: Draw, case: Json) -> None:
    """Ask for an object of a directory bucket, or for its list."""
    operation = draw.rng.choice(sorted(READS | WRITES))
    key = "" if operation in OF_BUCKETS else f"/{draw.rng.choice(('a.txt', 'q1/report.csv'))}"
    case |= {"operation": operation, "parameters": {}, "time": TIME, "resource": f"arn:aws:s3:::{DIRECTORY}{key}"}
    case["evidence"]["bucket.region"] = "us-east-1"


def _through_point(draw: Draw, case: Json) -> None:
    """Ask through an access point of the bucket instead of asking the bucket."""
    rng, evidence = draw.rng, case["evidence"]
    for unsaid in ("ACL", "GrantRead", "GrantFullControl", "GrantReadACP"):
        case.get("parameters", {}).pop(unsaid, None)
    bucket, slash, key = case["resource"].removeprefix("arn:aws:s3:::").partition("/")
    owner = draw.accounts[1] if rng.random() < 0.7 else rng.choice(draw.accounts)
    several_regions = rng.random() < 0.2
    named = f":{owner}:accesspoint/mfzwi23gnjvgw.mrap" if several_regions else f"eu-west-1:{owner}:accesspoint/ap1"
    case["resource"] = f"arn:aws:s3:{named}{'/object' if slash else ''}{slash}{key}"
    # What is answered where a call goes to another Region than that of the access point is open.
    case["context"]["aws:RequestedRegion"] = "eu-west-1"
    evidence |= {"access_point.bucket": bucket, "access_point.owner": owner}
    evidence["access_point.network_origin"] = rng.choice(("Internet", "Internet", "VPC"))
    if several_regions:
        evidence["access_point.network_origin"] = "Internet"
    if evidence["access_point.network_origin"] == "VPC":
        evidence["access_point.vpc"] = "vpc-1"
        refusing = draw.wanted == "requirement" and rng.random() < 0.8
        case["context"]["aws:SourceVpc"] = rng.choice((None, "vpc-2")) if refusing else "vpc-1"


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


def _context(rng: random.Random, sort: str, action: str, *, calls: bool) -> Json:
    context: Json = {}
    for key, (_, values) in words.KEYS.items():
        likely = 0.35
        if calls and key in GIVEN_SELDOM:
            likely = GIVEN_SELDOM[key]
        if _fits(key, action) and rng.random() < likely:
            context[_respelt(rng, key)] = _wrapped(rng, rng.choice(values))
    for key, several in words.SEVERAL.items():
        if _fits(key, action) and rng.random() < (0.03 if calls and key.startswith("s3:") else 0.3):
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
    world = world_of(legs_of(case)[0])
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
