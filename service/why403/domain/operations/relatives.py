"""S3's relatives: the same calls on directory buckets, Outposts and Object Lambda access points need their own actions.

AWS: "Authorizing Zonal endpoint API operations with CreateSession"; "Actions, resources, and condition keys" of
S3 Express, S3 on Outposts and S3 Object Lambda.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from why403.domain.actions import find
from why403.domain.arn import EXPRESS, OBJECT_LAMBDA, split_arn
from why403.domain.directory import is_directory
from why403.domain.operations.leg import Leg
from why403.domain.operations.table import Operation
from why403.domain.truth import FALSE, Truth

RELATIVES: Final = frozenset({EXPRESS, "s3-outposts", OBJECT_LAMBDA})
_OWN_KINDS: Final = frozenset({"object", "bucket", "keys", "accesspoint", "tagged"})
_SESSION: Final = f"{EXPRESS}:CreateSession"
_MODE: Final = "s3express:sessionmode"
# A session that may write is asked for first; one that may only read does for a call that only reads.
_WRITING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({_MODE: ("ReadWrite",)})
_READING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({_MODE: ("ReadOnly",)})
SESSION_MODE: Final = "SessionMode"
_LISTS: Final = frozenset({"s3:ListBucket", "s3:ListBucketMultipartUploads"})


def as_relative(operation: Operation, legs: Iterable[Leg], mode_sent: Truth) -> tuple[Leg, ...]:
    """Return the legs with those on a relative's resource in that relative's actions.

    `mode_sent`: whether the call says which mode of session it wants.
    """
    if operation.kind not in _OWN_KINDS:
        return tuple(legs)
    if operation.name == "CreateSession":
        return tuple(_asked_for(leg, mode_sent) for leg in legs)
    return _once(_translated(leg) for leg in legs)


def _asked_for(leg: Leg, mode_sent: Truth) -> Leg:
    own = leg._replace(resource=_bucket_of(leg.resource))
    return own._replace(keys={**leg.keys, **_WRITING}, retried=_READING) if mode_sent == FALSE else own


def _translated(leg: Leg) -> Leg:
    service = _service(leg.resource)
    if leg.action == _SESSION or (service == EXPRESS and _is_of_session(leg.action)):
        # A session is for the whole bucket: there are no actions on single objects, and none of their keys.
        return Leg(
            action=_SESSION,
            resource=_bucket_of(leg.resource),
            subject=leg.subject,
            key=None,
            needed=leg.needed,
            keys=_WRITING,
            retried=_READING if _reads(leg.action) else {},
        )
    if service not in RELATIVES or leg.under is not None:
        return leg
    name = leg.action.partition(":")[2]
    # Of Object Lambda IAM knows no objects, only access points.
    where = leg.resource.partition("/object/")[0] if service == OBJECT_LAMBDA else leg.resource
    return leg._replace(action=f"{service}:{name}", resource=where, keys={}, untold=frozenset())


def _service(resource: str) -> str:
    arn = split_arn(resource)
    if arn is None:
        return ""
    named_plainly = arn.service == "s3" and is_directory(arn.rest.partition("/")[0])
    return EXPRESS if named_plainly else arn.service


def _reads(action: str) -> bool:
    found = find(action)
    return found is not None and found.access in {"Read", "List"}


def _is_of_session(action: str) -> bool:
    found = find(action)
    return action in _LISTS or (found is not None and found.resource == "object")


def _bucket_of(resource: str) -> str:
    arn = split_arn(resource)
    if arn is None:
        return resource
    head = resource[: len(resource) - len(arn.rest)]
    parts = arn.rest.split("/")
    return head + "/".join(parts[:2] if arn.service == EXPRESS else parts[:1])


def _once(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """Return each leg once; where one must be granted as it is asked first, it is not asked for in another way."""
    found: dict[tuple[str, str, str, str | None], Leg] = {}
    for leg in legs:
        asked = (leg.action, leg.resource, leg.subject, leg.key)
        if asked not in found or (found[asked].retried and not leg.retried):
            found[asked] = leg
    return tuple(found.values())
