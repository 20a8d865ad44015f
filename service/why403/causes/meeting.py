"""How a call meets a Deny, which is told before any exception from it: a Deny guards something, and stays as it is.

What a layer proposes for a plan is told here too; what no plan can change, as the network, is told from the conditions
of the statement that is cited. AWS: "AWS global condition context keys"; "Actions, resources, and condition keys for
Amazon S3"; "Enforce conditional writes on Amazon S3 buckets".
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from why403.causes.model import Possible
from why403.domain.fix import Fix
from why403.domain.operations import HEADERS
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE
from why403.domain.verdict import Citation, ConditionResult
from why403.engine.blame import Blamed
from why403.engine.call import LegDecided
from why403.engine.explain import told
from why403.policy.mending import NETWORK
from why403.policy.sending import is_open, sent, worth_sending

Refusing: TypeAlias = tuple[LegDecided, Blamed]

_LOG: Final = logging.getLogger(__name__)
_BY_STATEMENTS: Final = frozenset(
    {
        *("access_point", "bucket_policy", "identity", "kms", "permissions_boundary", "rcp", "scp", "session_policy"),
        "vpc_endpoint",
    }
)
_IF_IT_CAN: Final = "do what the Deny asks for, if it is TLS, a header as for encryption, MFA or a network"
_BY_CALLER: Final = "the caller"
_HEADER: Final = "s3:x-amz-"
_TAG: Final = "s3:requestobjecttag/"
# What the condition of a Deny names as the exception from it, in sentences of what the call is to do.
_FROM: Final[Mapping[str, str]] = {
    "aws:requestedregion": "make the call in {}",
    "aws:sourceip": "call from an address in {}",
    "aws:sourcevpc": "make the call from {}, through an endpoint of that VPC",
    "aws:sourcevpce": "send the call through the endpoint {}",
    "aws:vpcsourceip": "call from an address in {}",
}
_HIDDEN: Final = ", and not through a VPC endpoint, behind which S3 sees no public address"
_ALL_BUT: Final = ("NotEquals", "NotLike", "NotIpAddress", "NotEqualsIgnoreCase")
_OF_MEMBERS: Final = frozenset({"aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths"})
_FORWARDED, _BY_SERVICE = "aws:ViaAWSService", "aws:PrincipalIsAWSService"
_CREATES: Final = "s3:objectcreationoperation"
_ONLY_IF: Final[Mapping[str, str]] = {"s3:if-none-match": "If-None-Match: *", "s3:if-match": "If-Match with the ETag"}
_IN_PARTS: Final = frozenset({"CreateMultipartUpload", "UploadPart", "UploadPartCopy"})


def mended(row: Possible, fix: str, claim: Refusing | None) -> str:
    """Return the fix of a cause, by a Deny of a statement first with what the call can do."""
    if row.kind != "explicit" or row.layer not in _BY_STATEMENTS:
        return fix
    found = _IF_IT_CAN if claim is None else _met(claim)
    return fix if found is None else f"{found}; otherwise {fix}"


def _met(claim: Refusing) -> str | None:
    """Return what the call does so that no statement that is cited denies it, None where that is not known."""
    leg, blamed = claim
    cited = [each for each in told(leg, blamed).citations if each.statement is not None]
    if not cited:
        return None
    request = leg.ruled.request
    proposed = _proposed(claim) if blamed.claim.holds == TRUE else None
    if proposed is not None:
        return " and ".join(_does(proposed))
    found = [next(_ways(each, request), None) for each in cited]
    return None if None in found else " and ".join(dict.fromkeys(filter(None, found)))


def _proposed(claim: Refusing) -> Fix | None:
    """Return what the layer proposes for the caller itself."""
    leg, (layer, said) = claim
    request = leg.ruled.request
    try:
        fixes = layer.propose(request, request.evidence, said)
        return next((fix for fix in fixes if fix.who == _BY_CALLER and fix.steps and not fix.edits), None)
    except Exception:  # noqa: BLE001 - the diagnosis stands without a fix
        _LOG.exception("layer %s failed to propose a fix", layer.name)
        return None


def _does(fix: Fix) -> Iterator[str]:
    """Yield what a caller does: headers by their names, and then the other steps."""
    for name, value in fix.call.items():
        header = HEADERS.get(name, name)
        yield f"send {header}: {value}" if value is not None else f"do not send {header}"
    yield from fix.steps[len(fix.call) :]


def _ways(citation: Citation, request: AccessRequest) -> Iterator[str]:
    """Yield what would keep a statement from denying, a condition at a time."""
    tested = {each.key.lower() for each in citation.conditions}
    for condition in citation.conditions:
        if condition.met != FALSE:
            yield from _by_service(condition.key.lower(), tested, request)
            yield from _by_call(condition, tested, request)


def _by_service(key: str, tested: Iterable[str], request: AccessRequest) -> Iterator[str]:
    """Yield what spares AWS's services a Deny that asks for what they never have, as a network of the caller's."""
    service = request.principal.kind is Kind.SERVICE
    forwarded = request.context[_FORWARDED.lower()] == ("true",)
    guard = _BY_SERVICE if service and key in NETWORK | _OF_MEMBERS else _FORWARDED if forwarded else None
    if guard is not None and (service or key in NETWORK) and guard.lower() not in tested:
        which = "calls of AWS services" if service else "what AWS services pass on for their callers"
        yield f"spare {which}: `BoolIfExists` on `{guard}` as `false` in the Deny's condition"


def _by_call(condition: ConditionResult, tested: Iterable[str], request: AccessRequest) -> Iterator[str]:
    key, expected = condition.key.lower(), condition.expected
    if key in NETWORK and request.principal.kind is Kind.SERVICE:
        return
    if key in _ONLY_IF and _CREATES not in tested:
        yield _conditionally(key, request)
    elif not key.startswith(_HEADER) and is_open(key, request):
        value = next(iter(worth_sending(key, (), request)), None)
        if value is not None:
            yield from sent({key: value}, request).steps
    elif _is_all_but(condition.operator) and not _is_guarded(key, request):
        yield from _carried(condition.key, [each for each in expected if _is_plain(key, each)], request)


def _conditionally(key: str, request: AccessRequest) -> str:
    """Return what answers a Deny of writes that do not ask what is there: the parts of an upload cannot ask."""
    call = request.call
    if call is not None and call.operation in _IN_PARTS:
        return (
            f"limit the Deny to calls that make an object (`Bool` on `s3:ObjectCreationOperation` as `true`): parts of "
            f"an upload carry no {key[3:]}, and CompleteMultipartUpload does"
        )
    return f"send {_ONLY_IF[key]}"


def _is_all_but(operator: str) -> bool:
    return operator.rpartition(":")[2].removesuffix("IfExists").endswith(_ALL_BUT)


def _is_guarded(key: str, request: AccessRequest) -> bool:
    """Return whether the caller decides nothing about a key, as a service does about the network of its call."""
    return key in NETWORK and request.context[_FORWARDED.lower()] == ("true",)


def _is_plain(key: str, value: str) -> bool:
    """Return whether a value can be done as it stands; no ACL is sent that lets others in."""
    if key == f"{_HEADER}acl" and value.startswith(("public", "authenticated")):
        return False
    return key in _FROM or not any(each in value for each in "*?$")


def _carried(key: str, expected: Sequence[str], request: AccessRequest) -> Iterator[str]:
    """Yield what a call does so that it carries one of these values."""
    if not expected:
        return
    lower, listed = key.lower(), " or ".join(f"`{each}`" for each in expected)
    if lower in _FROM:
        hidden = lower == "aws:sourceip" and request.context["aws:sourcevpce"]
        yield _FROM[lower].format(listed) + (_HIDDEN if hidden else "")
    elif lower.startswith(_HEADER):
        yield f"send {lower[len('s3:') :]}: {' or '.join(expected)}"
    elif lower.startswith(_TAG):
        yield f"send the tag `{key[len(_TAG) :]}` with the value {listed} (x-amz-tagging)"
