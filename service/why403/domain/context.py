"""The request context: condition keys to values, given or derived, each known, known to be absent, or unknown.

AWS: "AWS global condition context keys"; "Actions, resources, and condition keys for Amazon S3".
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from why403.domain.evidence import Evidence, Fact, Found, Unreadable
from why403.domain.facts import (
    BUCKET_ABAC,
    BUCKET_OWNER,
    BUCKET_TAGS,
    ISSUER,
    OBJECT_TAGS,
    POINT_ORIGIN,
    POINT_OWNER,
    POINT_VPC,
    PRINCIPAL_TAGS,
)
from why403.domain.points import network_origin
from why403.domain.principal import Kind
from why403.domain.truth import FALSE

if TYPE_CHECKING:
    from why403.domain.request import AccessRequest

Values: TypeAlias = tuple[str, ...] | None

NO_VALUE: Final[tuple[str, ...]] = ()
NOT_KNOWN: Final = None

# AWS marks these "multivalued"; it is a property of the key, however many values a request carries.
MULTIVALUED: Final = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
        "kms:encryptioncontextkeys",
        "kms:grantoperations",
        "kms:resourcealiases",
        "s3:inventoryaccessibleoptionalfields",
        "s3:requestobjecttagkeys",
    }
)


_NAMES: Final = "kms:encryptioncontextkeys"
_PAIR: Final = "kms:encryptioncontext:"


class Given(dict[str, Values]):
    """What is known of a leg's context before anything is derived; `told` are the keys that the caller gave itself."""

    __slots__ = ("told",)

    told: Mapping[str, Values]


class Context(dict[str, Values]):
    """Values by lower-case key: a tuple, empty for a key known to be absent, None for one that is not known.

    Keys that follow from the request or the evidence are derived when a policy first asks for them; a given value,
    absence included, always wins. (A dict for the hot path's sake.)
    """

    __slots__ = ("given", "request", "rest")

    given: Mapping[str, Values]

    def __init__(self, given: Mapping[str, Values], request: "AccessRequest", rest: Values) -> None:
        """Start from the given keys; `rest` is what holds for keys neither given nor derivable."""
        super().__init__(given)
        self.given = given
        self.request = request
        self.rest = rest

    def __missing__(self, key: str) -> Values:
        """Derive the key, or fall back to what holds for the rest."""
        derive = _DERIVED.get(key) or _DERIVED.get(_group(key))
        if derive in _OF_PRINCIPAL and self.request.principal.kind is Kind.UNKNOWN:
            self[key] = NOT_KNOWN
            return NOT_KNOWN
        values = derive(self.request, key) if derive else self._rest(key)
        self[key] = values
        return values

    def _rest(self, key: str) -> Values:
        """Return what holds for a key that does not follow: of what S3 asks of KMS itself, nobody lists KMS's keys."""
        if not (key.startswith("kms:") and _by_s3(self.request)):
            return self.rest
        names = self[_NAMES] if key.startswith(_PAIR) else NOT_KNOWN
        told = names is not NOT_KNOWN and all(name.lower() != key[len(_PAIR) :] for name in names)
        return NO_VALUE if told else NOT_KNOWN

    def unread(self, key: str) -> Unreadable | None:
        """Return the fact that keeps a key from being derived, None for one that does not follow from a fact."""
        found = map(self.request.evidence.__getitem__, self.facts(key))
        return next((seen for seen in found if isinstance(seen, Unreadable)), None)

    def facts(self, key: str) -> tuple[Fact[Any], ...]:
        """Return the facts that a key follows from, none for one that is given or follows from no fact."""
        return () if key in self.given else _FACTS.get(_DERIVED.get(key) or _DERIVED.get(_group(key)), ())


def _by_s3(request: "AccessRequest") -> bool:
    """Return whether S3 itself asks this of KMS for its caller."""
    return request.call is not None and request.resource.service == "kms"


def _group(key: str) -> str:
    """Return what keys of one kind begin with, `aws:principaltag/`."""
    return key.partition("/")[0] + "/"


def _principal_arn(request: "AccessRequest", _key: str) -> Values:
    principal = request.principal
    match principal.kind:
        case Kind.SESSION:
            issuer = request.issuer
            return (issuer,) if issuer else NOT_KNOWN
        case Kind.SERVICE | Kind.ANONYMOUS:
            return NO_VALUE
    return (principal.arn,)


def _principal_account(request: "AccessRequest", _key: str) -> Values:
    principal = request.principal
    if principal.kind is Kind.ANONYMOUS:
        return ("anonymous",)
    if principal.kind is Kind.ORIGIN:
        return NOT_KNOWN
    return (principal.account,) if principal.account else NO_VALUE


# What the account, type and name of an origin access identity are, AWS does not say.
_TYPES: Final[Mapping[Kind, Values]] = {
    Kind.USER: ("User",),
    Kind.ROLE: ("AssumedRole",),
    Kind.SESSION: ("AssumedRole",),
    Kind.FEDERATED: ("FederatedUser",),
    Kind.ROOT: ("Account",),
    Kind.ANONYMOUS: ("Anonymous",),
    Kind.SERVICE: NO_VALUE,
    Kind.ORIGIN: NOT_KNOWN,
}


def _principal_type(request: "AccessRequest", _key: str) -> Values:
    return _TYPES[request.principal.kind]


def _username(request: "AccessRequest", _key: str) -> Values:
    if request.principal.kind is Kind.ORIGIN:
        return NOT_KNOWN
    return (request.principal.name,) if request.principal.kind is Kind.USER else NO_VALUE


def _service_name(request: "AccessRequest", _key: str) -> Values:
    return (request.principal.arn,) if request.principal.kind is Kind.SERVICE else NO_VALUE


# AWS: "Actions, resources, and condition keys for Amazon S3 Express": its keys are those of S3 with its own prefix.
_OF_BUCKETS: Final = frozenset({"s3", "s3express"})


def _of_other_service(request: "AccessRequest", key: str) -> bool:
    """Return whether a key is of requests for the other kind of buckets, which has a prefix of its own."""
    service, prefix = request.resource.service, key.partition(":")[0]
    return prefix != service and {prefix, service} == _OF_BUCKETS


def _resource_account(request: "AccessRequest", key: str) -> Values:
    if _of_other_service(request, key):
        return NO_VALUE
    if not request.resource.in_bucket:
        return request.context.rest
    owner = request.bucket_owner
    return NOT_KNOWN if owner is None else (owner,) if owner else NO_VALUE


def _userid(request: "AccessRequest", _key: str) -> Values:
    return ("anonymous",) if request.principal.kind is Kind.ANONYMOUS else request.context.rest


def _is_service(request: "AccessRequest", _key: str) -> Values:
    if request.principal.kind is Kind.ANONYMOUS:
        return NO_VALUE
    return ("true",) if request.principal.kind is Kind.SERVICE else ("false",)


def _tag(evidence: Evidence, fact: Fact[Any], key: str) -> Values:
    seen = evidence[fact]
    if isinstance(seen, Unreadable):
        return NOT_KNOWN
    if isinstance(seen, Found):
        name = key.partition("/")[2]
        for tag, value in seen.value.items():  # the tag's name inside a key is matched whatever its case
            if tag.lower() == name:
                return (value,)
    return NO_VALUE


def _principal_tag(request: "AccessRequest", key: str) -> Values:
    """AWS: "Tagging IAM resources": users and roles have tags, the root user of an account has none."""
    untagged = not request.principal.signed or request.principal.kind is Kind.ROOT
    return NO_VALUE if untagged else _tag(request.evidence, PRINCIPAL_TAGS, key)


def _resource_tag(request: "AccessRequest", key: str) -> Values:
    if _of_other_service(request, key):
        return NO_VALUE
    if not request.resource.in_bucket:
        others = NOT_KNOWN if _by_s3(request) else request.context.rest
        return others if request.resource.service not in {"s3", ""} else NO_VALUE
    enabled = request.evidence[BUCKET_ABAC]
    tagged = _tag(request.evidence, BUCKET_TAGS, key)
    if isinstance(enabled, Unreadable):
        return NO_VALUE if tagged == NO_VALUE else NOT_KNOWN
    return tagged if isinstance(enabled, Found) and enabled.value else NO_VALUE


def _object_tag(request: "AccessRequest", key: str) -> Values:
    action = request.s3_action
    if action is None or not action.carries_object_tags:
        return NO_VALUE
    return _tag(request.evidence, OBJECT_TAGS, key)


def _sent_tag(request: "AccessRequest", _key: str) -> Values:
    """Return the value of a tag that is sent: what a call lists is given, and it sends no other."""
    call = request.call
    return NO_VALUE if call is not None and call.unlisted == FALSE else request.context.rest


def _access_point(request: "AccessRequest", key: str) -> Values:
    point = request.resource.access_point
    return NO_VALUE if point is None or _of_other_service(request, key) else (point,)


def _access_point_account(request: "AccessRequest", key: str) -> Values:
    if not request.resource.access_point or _of_other_service(request, key):
        return NO_VALUE
    owner = request.point_owner
    return (owner,) if owner else NOT_KNOWN


def _network_origin(request: "AccessRequest", key: str) -> Values:
    if not request.resource.access_point or _of_other_service(request, key):
        return NO_VALUE
    origin = network_origin(request.evidence)
    return (origin,) if origin else NOT_KNOWN


_DERIVED: Final[Mapping[str, Callable[["AccessRequest", str], Values]]] = {
    "aws:principalarn": _principal_arn,
    "aws:principalaccount": _principal_account,
    "aws:principaltype": _principal_type,
    "aws:username": _username,
    "aws:userid": _userid,
    "aws:principalisawsservice": _is_service,
    "aws:principalservicename": _service_name,
    "aws:resourceaccount": _resource_account,
    "s3:resourceaccount": _resource_account,
    "s3express:resourceaccount": _resource_account,
    "aws:principaltag/": _principal_tag,
    "aws:resourcetag/": _resource_tag,
    "s3:buckettag/": _resource_tag,
    "s3express:buckettag/": _resource_tag,
    "s3:existingobjecttag/": _object_tag,
    "s3:requestobjecttag/": _sent_tag,
    "aws:requesttag/": _sent_tag,
    "s3:dataaccesspointarn": _access_point,
    "s3:dataaccesspointaccount": _access_point_account,
    "s3:accesspointnetworkorigin": _network_origin,
    "s3express:dataaccesspointarn": _access_point,
    "s3express:dataaccesspointaccount": _access_point_account,
    "s3express:accesspointnetworkorigin": _network_origin,
}
_OF_PRINCIPAL: Final = frozenset(
    {_principal_arn, _principal_account, _principal_type, _username, _is_service, _service_name}
)
_FACTS: Final[Mapping[Any, tuple[Fact[Any], ...]]] = {
    _principal_arn: (ISSUER,),
    _resource_account: (BUCKET_OWNER,),
    _principal_tag: (PRINCIPAL_TAGS,),
    _resource_tag: (BUCKET_TAGS, BUCKET_ABAC),
    _object_tag: (OBJECT_TAGS,),
    _access_point_account: (POINT_OWNER,),
    _network_origin: (POINT_ORIGIN, POINT_VPC),
}
