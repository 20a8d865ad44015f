"""Builds the context of a fully known request: given keys, and those the contract derives."""

from collections.abc import Iterator
from typing import Any

from .callers import Caller, Kind
from .conditions import Json, scalars
from .parameters import DAYS_LEFT
from .points import point_of
from .readings import USUAL, Reading
from .times import days_left
from .variables import Context

CARRIES_OBJECT_TAGS = frozenset(
    f"s3:{name}".lower()
    for name in (
        "GetObject",
        "GetObjectVersion",
        "GetObjectAcl",
        "GetObjectVersionAcl",
        "GetObjectAttributes",
        "GetObjectVersionAttributes",
        "GetObjectTagging",
        "PutObjectTagging",
        "DeleteObjectTagging",
        "GetObjectVersionTagging",
        "PutObjectVersionTagging",
        "DeleteObjectVersionTagging",
        "PutObjectAcl",
        "PutObjectVersionAcl",
    )
)


def context_of(case: Json, caller: Caller, bucket_owner: str | None, reading: Reading = USUAL) -> Context:
    """Every condition key of the request in lower case; a given value wins over a derived one, null included."""
    context: dict[str, tuple[str, ...]] = {
        key.lower(): (value,) for key, value in derived(case, caller, bucket_owner, reading)
    }
    context |= case.get("filled", {})
    for key, value in case.get("context", {}).items():
        context[key.lower()] = scalar_values(value)
    return {key: values for key, values in context.items() if values}


def scalar_values(value: Any) -> tuple[str, ...]:
    """The values of a given key; null is none."""
    return () if value is None else scalars(value)


def of_caller(evidence: Json, caller: Caller) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys that follow from the caller alone, in lower case."""
    for key, value in (*_of_caller(caller), *(_tags("aws:PrincipalTag", evidence.get("principal.tags")))):
        if caller.in_iam or not key.startswith("aws:PrincipalTag"):
            yield key.lower(), (value,)


def derived(case: Json, caller: Caller, bucket_owner: str | None, reading: Reading) -> Iterator[tuple[str, str]]:
    """The keys that the contract derives, each with its value."""
    evidence = case["evidence"]
    yield from ((key, values[0]) for key, values in of_caller(evidence, caller))
    service = case["resource"].split(":")[2:3]
    if bucket_owner and service in (["s3"], ["s3express"]):
        yield "aws:ResourceAccount", bucket_owner
        # Requests of either service carry keys with its own prefix.
        yield f"{service[0]}:ResourceAccount", bucket_owner
    if evidence.get("bucket.abac"):
        yield from _tags("aws:ResourceTag", evidence.get("bucket.tags"))
        yield from _tags("s3:BucketTag", evidence.get("bucket.tags"))
    if case["action"].lower() in CARRIES_OBJECT_TAGS and not case.get("new_object"):
        yield from _tags("s3:ExistingObjectTag", evidence.get("object.tags"))
    until = case.get("filled", {}).get("s3:object-lock-retain-until-date")
    if until:
        yield DAYS_LEFT, str(days_left(case, *until, with_the_begun=reading.days_begun_count))
    point = point_of(case["resource"], evidence)
    if point:
        yield "s3:DataAccessPointArn", point.arn
        yield "s3:DataAccessPointAccount", point.owner
        yield "s3:AccessPointNetworkOrigin", point.origin


def _of_caller(caller: Caller) -> Iterator[tuple[str, str]]:
    if caller.kind is Kind.ANONYMOUS:
        yield "aws:PrincipalAccount", "anonymous"
        yield "aws:userid", "anonymous"
        yield "aws:PrincipalType", caller.kind.value
        return
    if caller.kind is Kind.SERVICE:
        yield "aws:PrincipalIsAWSService", "true"
        yield "aws:PrincipalServiceName", caller.arn
        return
    yield "aws:PrincipalIsAWSService", "false"
    if caller.kind is Kind.ORIGIN:  # AWS does not say which account it is of, nor of which type
        return
    yield "aws:PrincipalAccount", caller.account or ""
    yield "aws:PrincipalType", caller.kind.value
    is_session = caller.kind is Kind.SESSION
    yield "aws:PrincipalArn", (is_session and caller.issuer) or caller.arn
    if caller.kind is Kind.USER:
        yield "aws:username", caller.arn.rpartition("/")[2]


def _tags(prefix: str, tags: Any) -> Iterator[tuple[str, str]]:
    pairs = ((tag["Key"], tag["Value"]) for tag in tags) if isinstance(tags, list) else (tags or {}).items()
    for name, value in pairs:
        yield f"{prefix}/{name}", value


ALWAYS_DERIVED = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:username",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:resourceaccount",
        "s3:resourceaccount",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
        "s3:accesspointnetworkorigin",
    }
)
TAG_FAMILIES = ("aws:principaltag/", "aws:resourcetag/", "s3:buckettag/", "s3:existingobjecttag/")


def derivable(key: str, caller: Caller) -> bool:
    """Whether the facts decide about a key, be it by saying that it is absent."""
    if key == "aws:userid":
        return caller.kind is Kind.ANONYMOUS
    return key in ALWAYS_DERIVED or key.startswith(TAG_FAMILIES)
