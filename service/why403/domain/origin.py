"""Where the value of a condition key comes from: told by the caller, or what it follows from."""

from typing import TYPE_CHECKING, Any, Final

from why403.domain.context import Given
from why403.domain.evidence import Fact, Found, Unreadable
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
from why403.domain.operations import parameter_for
from why403.domain.principal import Kind
from why403.domain.verdict import Source

if TYPE_CHECKING:
    from why403.domain.request import AccessRequest

_GIVEN: Final = Source("given")
_PRINCIPAL: Final = Source("principal")
_RESOURCE: Final = Source("resource")
_NOT_GIVEN: Final = Source("not_given")


def source_of(request: "AccessRequest", key: str) -> Source:
    """Return where the value of a key in lower case comes from."""
    context = request.context
    values, given = context[key], context.given
    if key in given:
        if not isinstance(given, Given) or key in given.told:
            return _GIVEN
        return _of_call(request, key, known=values is not None)
    if values is None:
        hidden = (fact for fact in context.facts(key) if isinstance(request.evidence[fact], Unreadable))
        return Source("not_known", next((fact.name for fact in hidden), None))
    return _followed(request, key)


def _of_call(request: "AccessRequest", key: str, *, known: bool) -> Source:
    call = request.call
    sent = call.parameters if call else {}
    name = parameter_for(key, sent)
    if not known:
        return Source("not_known", name)
    if name and (not request.context[key] or sent.get(name.partition(".")[0]) is not None):
        return Source("parameter", name)
    return Source("operation", call.operation if call else None)


def _followed(request: "AccessRequest", key: str) -> Source:
    """Return what a key follows from that nobody gave, and that is known to have a value or none."""
    match key.partition("/")[0]:
        case "aws:principalarn" if request.principal.kind is Kind.SESSION:
            return _fact(ISSUER) if isinstance(request.evidence[ISSUER], Found) else _PRINCIPAL
        case "aws:principaltag":
            tagged = request.principal.signed and request.principal.kind is not Kind.ROOT
            return _fact(PRINCIPAL_TAGS) if tagged else _PRINCIPAL
        case "aws:userid":
            return _PRINCIPAL if request.principal.kind is Kind.ANONYMOUS else _NOT_GIVEN
        case name if name in _OF_PRINCIPAL:
            return _PRINCIPAL
        case name if name in _OF_RESOURCE:
            return _of_resource(request, name)
    return _NOT_GIVEN


_OF_PRINCIPAL: Final = frozenset(
    f"aws:{name}"
    for name in (
        "principalarn",
        "principalaccount",
        "principaltype",
        "username",
        "principalisawsservice",
        "principalservicename",
    )
)
_OF_POINT: Final = frozenset(
    f"{service}:{name}"
    for service in ("s3", "s3express")
    for name in ("dataaccesspointarn", "dataaccesspointaccount", "accesspointnetworkorigin")
)
_OF_RESOURCE: Final = _OF_POINT | {
    *("aws:resourceaccount", "s3:resourceaccount", "s3express:resourceaccount", "s3:existingobjecttag"),
    *("aws:resourcetag", "s3:buckettag", "s3express:buckettag"),
}


def _of_resource(request: "AccessRequest", name: str) -> Source:
    resource, evidence = request.resource, request.evidence
    if name == "s3:existingobjecttag":
        carried = request.s3_action is not None and request.s3_action.carries_object_tags
        return _fact(OBJECT_TAGS) if carried else Source("action", request.action)
    if name in _OF_POINT:
        if not resource.access_point or name.endswith(":dataaccesspointarn"):
            return _RESOURCE
        told = (POINT_OWNER,) if name.endswith(":dataaccesspointaccount") else (POINT_ORIGIN, POINT_VPC)
        return next((_fact(each) for each in told if isinstance(evidence[each], Found)), _RESOURCE)
    if not resource.in_bucket:
        return _RESOURCE if resource.service in {"s3", ""} and name not in _ACCOUNTS else _NOT_GIVEN
    if name in _ACCOUNTS:
        return _RESOURCE if resource.bucket and resource.account == request.bucket_owner else _fact(BUCKET_OWNER)
    enabled = evidence[BUCKET_ABAC]
    return _fact(BUCKET_TAGS if isinstance(enabled, Unreadable) or _on(enabled) else BUCKET_ABAC)


_ACCOUNTS: Final = frozenset({"aws:resourceaccount", "s3:resourceaccount", "s3express:resourceaccount"})


def _on(seen: object) -> bool:
    return isinstance(seen, Found) and bool(seen.value)


def _fact(fact: Fact[Any]) -> Source:
    return Source("fact", fact.name)
