"""S3's relatives: the same calls on directory buckets, Outposts and Object Lambda access points need their own actions.

AWS: "Authorizing Zonal endpoint API operations with CreateSession"; "Actions, resources, and condition keys" of
S3 Express, S3 on Outposts and S3 Object Lambda.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from why403.domain.actions import find
from why403.domain.arn import split_arn
from why403.domain.operations.leg import Leg
from why403.domain.operations.table import Operation

_EXPRESS: Final = "s3express"
_RELATIVES: Final = frozenset({_EXPRESS, "s3-outposts", "s3-object-lambda"})
_OWN_KINDS: Final = frozenset({"object", "bucket", "keys", "accesspoint", "tagged"})
_SESSION: Final = f"{_EXPRESS}:CreateSession"
_LISTS: Final = frozenset({"s3:ListBucket", "s3:ListBucketMultipartUploads"})


def as_relative(operation: Operation, legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """Return the legs with those on a relative's resource in that relative's actions."""
    if operation.kind not in _OWN_KINDS:
        return tuple(legs)
    return tuple(_once(_translated(leg) for leg in legs))


def _translated(leg: Leg) -> Leg:
    arn = split_arn(leg.resource)
    service = arn.service if arn else ""
    if leg.action == _SESSION or (service == _EXPRESS and _is_of_session(leg.action)):
        # A session is for the whole bucket: there are no actions on single objects, and none of their keys.
        own = leg if leg.action == _SESSION else leg._replace(keys={}, untold=frozenset())
        return own._replace(action=_SESSION, resource=_bucket_of(leg.resource), key=None)
    if service not in _RELATIVES:
        return leg
    name = leg.action.partition(":")[2]
    return leg._replace(action=f"{service}:{name}", keys={}, untold=frozenset())


def _is_of_session(action: str) -> bool:
    found = find(action)
    return action in _LISTS or (found is not None and found.resource == "object")


def _bucket_of(resource: str) -> str:
    arn = split_arn(resource)
    if arn is None:
        return resource
    head = resource[: len(resource) - len(arn.rest)]
    parts = arn.rest.split("/")
    return head + "/".join(parts[:2] if arn.service == _EXPRESS else parts[:1])


def _once(legs: Iterable[Leg]) -> Iterator[Leg]:
    seen = set()
    for leg in legs:
        asked = (leg.action, leg.resource, leg.subject, leg.key)
        if asked not in seen:
            seen.add(asked)
            yield leg
