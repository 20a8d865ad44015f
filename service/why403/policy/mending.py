"""What would mend a policy's answer to a request: exceptions in statements that deny, and what could be sent."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from why403.domain.errors import unescaped
from why403.domain.evidence import Fact
from why403.domain.operations import PARAMETER_OF
from why403.domain.principal import Kind, Principal
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, Truth
from why403.policy.compiled import Placed, Policies
from why403.policy.condition import Condition
from why403.policy.editing import Document, document_of, excepting, with_document
from why403.policy.operator import Family
from why403.policy.ruling import Cited, citing

Exempting: TypeAlias = tuple[str, str, tuple[str, ...]]

_TLS: Final = "aws:securetransport"
_NEVER_SENT: Final = frozenset({"s3:x-amz-grant-read", "s3:x-amz-acl"})  # asking for more access is no way to get some


class Mended(NamedTuple):
    """A fact's value with documents in it changed: the whole value, and each document before and after."""

    value: Any
    documents: tuple[tuple[Placed, Document, Document], ...]


def exception_for(request: AccessRequest) -> Exempting | None:
    """Return the condition that takes this caller out of a Deny, None for a caller whom no condition tells apart.

    AWS: "AWS JSON policy elements: NotPrincipal" on ArnNotEquals and aws:PrincipalArn.
    """
    principal = request.principal
    if principal.kind is Kind.SERVICE:
        return "BoolIfExists", "aws:PrincipalIsAWSService", ("false",)
    named = _policy_arn(principal, request.issuer)
    return None if named is None else ("ArnNotLike", "aws:PrincipalArn", (named,))


def _policy_arn(principal: Principal, issuer: str | None) -> str | None:
    """Return the ARN by which `aws:PrincipalArn` tells a caller."""
    match principal.kind:
        case Kind.SESSION:
            return issuer or None
        case Kind.USER | Kind.ROLE | Kind.FEDERATED | Kind.ROOT:
            return principal.arn
    return None


def denying(fact: Fact[Any], policies: Policies, request: AccessRequest, bounded: Truth = FALSE) -> list[Cited]:
    """Return the Deny statements that certainly hit the request."""
    return citing(fact, policies, request, TRUE, allow=False, bounded=bounded)


def excepted(raw: Any, cited: Sequence[Cited], exception: Exempting) -> Mended:
    """Return a fact's value in which each of these statements makes an exception."""
    value, documents = raw, dict[str, tuple[Placed, Document, Document]]()
    for each in cited:
        pointer = each.placed.pointer.removesuffix("/document")
        held = document_of(at(value, pointer))
        if held is None:
            continue
        changed = excepting(held, each.statement.index, *exception)
        value = put(value, pointer, with_document(at(value, pointer), changed))
        first = documents.get(pointer)
        documents[pointer] = (each.placed, first[1] if first else held, changed)
    return Mended(value, tuple(documents.values()))


def sendable(cited: Sequence[Cited], request: AccessRequest) -> Mapping[str, Any] | None:
    """Return the parameters that the caller could send so that none of these statements denies any more.

    None where one of them has no condition that a parameter fills with a text that the policy names.
    """
    found: dict[str, Any] = {}
    for each in cited:
        sent = next(_parameters(each.statement.conditions, request), None)
        if sent is None:
            return None
        found |= sent
    return found or None


def _parameters(conditions: Sequence[Condition], request: AccessRequest) -> Iterator[Mapping[str, Any]]:
    for condition in conditions:
        name = PARAMETER_OF.get(condition.key)
        wanted = condition.values[0] if condition.values else None
        if name is None or wanted is None or condition.key in _NEVER_SENT or request.call is None:
            continue
        plain = "*" not in wanted and "?" not in wanted and "$" not in wanted
        if condition.family is Family.EXACT and plain and condition.holds({condition.key: (wanted,)}) == FALSE:
            yield {name: wanted}


def needs_tls(cited: Sequence[Cited]) -> bool:
    """Return whether each of these statements denies only what does not come over TLS."""
    return bool(cited) and all(
        any(each.key == _TLS and each.holds({_TLS: ("true",)}) == FALSE for each in found.statement.conditions)
        for found in cited
    )


def at(value: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer."""
    for name in pointer.split("/")[1:]:
        value = value[int(name)] if isinstance(value, list) else value[unescaped(name)]
    return value


def put(value: Any, pointer: str, new: Any) -> Any:
    """Return a copy of a value with something else at a JSON pointer."""
    if not pointer:
        return new
    name, slash, rest = pointer[1:].partition("/")
    if isinstance(value, list):
        index = int(name)
        return [put(each, slash + rest, new) if at_ == index else each for at_, each in enumerate(value)]
    name = unescaped(name)
    return {**value, name: put(value[name], slash + rest, new)}
