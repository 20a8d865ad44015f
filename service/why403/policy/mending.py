"""Exceptions in statements that deny: the caller is taken out of a Deny, and everybody else stays in it; pure."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from why403.domain.arn import split_arn
from why403.domain.issuer import whatever_path
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE
from why403.policy.compiled import Placed
from why403.policy.condition import Quantifier
from why403.policy.editing import Document, at, document_of, excepting, put, statement_at, with_document, written
from why403.policy.principal import is_unique_id
from why403.policy.ruling import Cited
from why403.policy.statement import Statement

Exempting: TypeAlias = tuple[str, str, tuple[str, ...]]

NETWORK: Final = frozenset(
    {
        *("aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:vpceaccount"),
        *("aws:vpceorgid", "aws:vpceorgpaths", "aws:securetransport", "s3:tlsversion"),
    }
)
"""Keys that tell of the caller's network, which AWS leaves out where one of its services calls."""
_WHO: Final = "aws:PrincipalArn"
_WHICH_SERVICE: Final = "aws:PrincipalServiceName"
_BY_SERVICE: Final = "aws:PrincipalIsAWSService"
_FORWARDED: Final = "aws:ViaAWSService"
_FOR_WHAT: Final = "aws:SourceArn"
_FOR_WHOM: Final = "aws:SourceAccount"
_SOURCES: Final = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
_ALSO: Final = {
    _BY_SERVICE: "every AWS service is spared with it, whoever makes it act",
    _FORWARDED: "whatever AWS services pass on is spared with it, whoever asked them",
    _FOR_WHAT: "every AWS service that acts for `{}` is spared with it",
    _FOR_WHOM: "every AWS service that acts for account {} is spared with it",
}
_INLINE: Final = "inline"


class Mended(NamedTuple):
    """A fact's value with a document in it changed: where that stands, as it was written and as it is now."""

    placed: Placed
    before: Any
    after: Document


def exception_for(request: AccessRequest, statement: Statement) -> Exempting | None:
    """Return the condition that takes this caller out of a Deny, None for a caller whom no condition tells apart.

    A Deny that asks for a network hits AWS's services, which have none to tell: they are all taken out, as AWS
    recommends, as are calls that a service makes for somebody. AWS: "AWS global condition context keys"
    (`aws:PrincipalIsAWSService`, `aws:ViaAWSService`); "AWS JSON policy elements: NotPrincipal".

    A Deny that asks for whom a service acts spares that source alone: else anybody could make the service act. AWS:
    "The confused deputy problem".
    """
    tested = {each.key for each in statement.conditions}
    of_network = bool(tested & NETWORK)
    if request.principal.kind is Kind.SERVICE:
        if tested & _SOURCES:
            return _but_for_source(request)
        if of_network and _BY_SERVICE.lower() not in tested:
            return "BoolIfExists", _BY_SERVICE, ("false",)
        return "StringNotEquals", _WHICH_SERVICE, (request.principal.arn,)
    if of_network and request.context[_FORWARDED.lower()] == ("true",) and _FORWARDED.lower() not in tested:
        return "BoolIfExists", _FORWARDED, ("false",)
    named = policy_arn(request)
    if named is None:
        return None
    values, operator = whatever_path(named), _operator(statement)
    like = len(values) == 1 or operator.lower().endswith("like")
    return (operator if like else "ArnNotLike"), _WHO, values


def _but_for_source(request: AccessRequest) -> Exempting | None:
    for operator, key in (("ArnNotLike", _FOR_WHAT), ("StringNotEquals", _FOR_WHOM)):
        values = request.context[key.lower()]
        if values is not None and len(values) == 1:
            return operator, key, values
    return None


def spared_beside(cited: Sequence[Cited], request: AccessRequest, mended: Sequence[Mended]) -> list[str]:
    """Return clauses on whom exceptions spare beside the caller, and on statements of which they leave nothing."""
    listed = any(
        "NotPrincipal" in statement_at(each.after, one.statement.index)
        for each in mended
        for one in cited
        if one.placed.pointer == each.placed.pointer
    )
    found = [exception_for(request, each.statement) for each in cited]
    told = [_ALSO[key].format(values[0]) for _, key, values in filter(None, found) if key in _ALSO]
    alone = any(_hits_caller_alone(each, request) for each in cited)
    return list(dict.fromkeys([*told, *([_OFF] if alone else []), *([_LISTED] if listed else [])]))


_OFF: Final = "the statement applies to this caller alone: with the exception it denies nothing any more"

_LISTED: Final = "the root user of the caller's account is spared with it, which NotPrincipal has to list"


def _hits_caller_alone(cited: Cited, request: AccessRequest) -> bool:
    """Return whether a Deny is for this caller only: by its place, its Principal or a condition."""
    statement, who = cited.statement, {policy_arn(request), request.principal.arn}
    named = statement.principals
    if named is None and cited.placed.origin == _INLINE:
        return True
    if named is not None and not named.negated and named.names and named.names <= who and not named.services:
        return True
    return any(
        each.key == _WHO.lower() and not each.negated and set(each.values) <= who for each in statement.conditions
    )


def policy_arn(request: AccessRequest) -> str | None:
    """Return the ARN by which `aws:PrincipalArn` tells the caller."""
    found = request.context[_WHO.lower()]
    return found[0] if found is not None and len(found) == 1 else None


def _operator(statement: Statement) -> str:
    """Return the operator by which the statement makes exceptions already, else the usual one."""
    for each in statement.conditions:
        if each.key == _WHO.lower() and each.negated and each.quantifier is Quantifier.NONE:
            return each.operator
    return "ArnNotLike"


def narrowed(document: Document, cited: Cited, request: AccessRequest) -> Document | None:
    """Return a document whose Deny spares the caller, None where no exception can be written.

    A NotPrincipal hits whoever has a permissions boundary, whom it lists or not.
    """
    statement = cited.statement
    exception = exception_for(request, statement)
    if exception is None:
        return None
    if statement.principals is not None and statement.principals.negated:
        document_now = _by_condition(document, statement.index, request)
        if document_now is None:
            return _listed_too(document, statement.index, request) if cited.bounded == FALSE else None
        return excepting(document_now, statement.index, *exception)
    return excepting(document, statement.index, *exception)


def _by_condition(document: Document, index: int, request: AccessRequest) -> Document | None:
    """Return a document that lists whom a Deny spares in a condition in place of NotPrincipal.

    None where what is listed has no counterpart: sessions of a role, canonical ids, identity providers.
    """
    held = statement_at(document, index)["NotPrincipal"]
    entries = held if isinstance(held, dict) else {}
    if not entries or set(entries) - {"AWS", "Service"}:
        return None
    arns = [_listed_arn(each, request.principal.partition) for each in _entries(entries, "AWS")]
    if None in arns:
        return None
    made = {**document, "Statement": [*_statements(document)]}
    made["Statement"][index] = {
        "Principal" if name == "NotPrincipal" else name: "*" if name == "NotPrincipal" else value
        for name, value in statement_at(document, index).items()
    }
    for key, operator, values in (
        (_WHO, "ArnNotLike", [each for each in arns if each]),
        (_WHICH_SERVICE, "StringNotEquals", list(_entries(entries, "Service"))),
    ):
        if values:
            made = excepting(made, index, operator, key, values)
    return made


def _listed_too(document: Document, index: int, request: AccessRequest) -> Document | None:
    """Return a document whose NotPrincipal lists the caller as AWS asks: session, role or user, and account.

    None for callers that have no such ARNs. AWS: "AWS JSON policy elements: NotPrincipal".
    """
    principal, held = request.principal, statement_at(document, index)["NotPrincipal"]
    if not principal.account or not isinstance(held, dict):
        return None
    account = f"arn:{principal.partition}:iam::{principal.account}:root"
    listed = list(_entries(held, "AWS"))
    wanted = (account, request.issuer or principal.arn, principal.arn)
    new = [each for each in dict.fromkeys(wanted) if each not in listed]
    if principal.account in listed and account in new:
        new.remove(account)
    made = {**document, "Statement": [*_statements(document)]}
    made["Statement"][index] = {**statement_at(document, index), "NotPrincipal": {**held, "AWS": [*listed, *new]}}
    return made


def _entries(entries: Any, name: str) -> Iterator[str]:
    held = entries.get(name, ())
    yield from [held] if isinstance(held, str) else held


def _statements(document: Document) -> Sequence[Document]:
    held = document["Statement"]
    return held if isinstance(held, list) else [held]


def _listed_arn(entry: str, partition: str) -> str | None:
    """Return what `aws:PrincipalArn` is for an entry, empty for a deleted identity, None where that is not known."""
    if is_unique_id(entry):
        return ""
    if entry.isdigit():
        return f"arn:{partition}:iam::{entry}:root"
    arn = split_arn(entry)
    return entry if arn is not None and arn.service == "iam" else None


def excepted(raw: Any, cited: Sequence[Cited], request: AccessRequest) -> tuple[Any, list[Mended]] | None:
    """Return a fact's value in which each of these statements spares the caller, and each document that changed.

    One that stands there several times, as its ARN tells, is one document.
    """
    value, found = raw, dict[str, Mended]()
    for each in cited:
        pointer = each.placed.pointer
        held = at(value, pointer)
        document = document_of(held)
        after = None if document is None else narrowed(document, each, request)
        if after is None:
            return None
        before = found[pointer].before if pointer in found else written(held)
        value, found[pointer] = put(value, pointer, with_document(held, after)), Mended(each.placed, before, after)
    return value, list({each.placed.arn or each.placed.pointer: each for each in found.values()}.values())
