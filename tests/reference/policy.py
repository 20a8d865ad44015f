"""Decides what the statements of policy documents say about one fully known request (section 4)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .arns import resource_matches
from .callers import Caller, Kind
from .conditions import Json, conditions_hold
from .globs import glob_matches, plain_glob
from .principals import ACCOUNT_ARN, Grant, entries, names, spared
from .variables import Context

VARIABLES_SINCE = "2012-10-17"


class Request(NamedTuple):
    """What a policy sees of a request."""

    caller: Caller
    action: str
    resource: str
    context: Context
    canonical_ids: Mapping[str, str]
    bounded: bool


class Statement(NamedTuple):
    """One statement, and whether the document around it knows policy variables."""

    body: Json
    variables: bool


def document_of(policy: Any) -> Json:
    """The document of a policy in any of the forms the contract accepts."""
    if isinstance(policy, str):
        return document_of(json.loads(policy))
    if "document" in policy:
        return document_of(policy["document"])
    document: Json = policy
    return document


def statements(policies: Iterable[Any]) -> Iterator[Statement]:
    """Every statement of a list of policies."""
    for policy in policies:
        document = document_of(policy)
        body = document["Statement"]
        for statement in body if isinstance(body, list) else [body]:
            yield Statement(statement, document.get("Version") == VARIABLES_SINCE)


def listed(value: Any) -> list[str]:
    """One string or a list of them as a list."""
    return value if isinstance(value, list) else [value]


def matches(statement: Statement, request: Request) -> bool:
    """Whether action, resource and conditions of a statement fit; the principal is looked at elsewhere."""
    return _action(statement, request) and _resource(statement, request) and _conditions(statement, request)


def covers(statement: Statement, request: Request) -> bool:
    """Whether action and resource of a statement may fit, whatever its variables stand for."""
    named = listed(statement.body.get("Resource", statement.body.get("NotResource")))
    varies = statement.variables and any("${" in pattern.rpartition(":")[2] for pattern in named)
    return _action(statement, request) and (_resource(statement, request) or varies)


def _action(statement: Statement, request: Request) -> bool:
    def covered(patterns: Any) -> bool:
        action = request.action.lower()
        return any(glob_matches(plain_glob(pattern.lower()), action) for pattern in listed(patterns))

    body = statement.body
    return covered(body["Action"]) if "Action" in body else not covered(body["NotAction"])


def _resource(statement: Statement, request: Request) -> bool:
    def covered(patterns: Any) -> bool:
        return any(
            resource_matches(pattern, request.resource, request.context, variables=statement.variables)
            for pattern in listed(patterns)
        )

    body = statement.body
    return covered(body["Resource"]) if "Resource" in body else not covered(body["NotResource"])


def _conditions(statement: Statement, request: Request) -> bool:
    return conditions_hold(statement.body.get("Condition", {}), request.context, variables=statement.variables)


def denies(policies: Iterable[Any], request: Request) -> bool:
    """Whether any policy without principals denies."""
    return any(one.body["Effect"] == "Deny" and matches(one, request) for one in statements(policies))


def allows(policies: Iterable[Any], request: Request) -> bool:
    """Whether any policy without principals allows."""
    return any(one.body["Effect"] == "Allow" and matches(one, request) for one in statements(policies))


def resource_denies(policy: Any, request: Request) -> bool:
    """Whether a policy with principals denies this caller."""
    return any(
        one.body["Effect"] == "Deny" and _addressed(one.body, request) and matches(one, request)
        for one in statements([policy])
    )


def resource_grant(policy: Any, request: Request) -> Grant:
    """The strongest Allow a policy with principals holds for this caller."""
    return max(
        (
            _strength(one.body, request)
            for one in statements([policy])
            if one.body["Effect"] == "Allow" and matches(one, request)
        ),
        default=Grant.NONE,
    )


def _addressed(body: Json, request: Request) -> bool:
    caller, canonical_ids = request.caller, request.canonical_ids
    if "NotPrincipal" in body:
        return not spared(body["NotPrincipal"], caller, canonical_ids, bounded=request.bounded)
    return names(body["Principal"], caller, canonical_ids) is not Grant.NONE


def _strength(body: Json, request: Request) -> Grant:
    if "NotPrincipal" in body:
        return Grant.DIRECT if _addressed(body, request) else Grant.NONE
    return names(body["Principal"], request.caller, request.canonical_ids)


def gateway_reading(policy: Any, caller: Caller) -> Json:
    """The policy of a gateway endpoint, where an account as principal means its root user only."""
    document = document_of(policy)
    if caller.kind is Kind.ROOT:
        return document
    bodies = [_without_accounts(one.body) for one in statements([document])]
    return {**document, "Statement": bodies}


def _without_accounts(body: Json) -> Json:
    read = dict(body)
    for element in ("Principal", "NotPrincipal"):
        if element in body:
            kept: dict[str, list[str]] = {}
            for form, value in entries(body[element]):
                if form != "CanonicalUser" and not value.isdigit() and not ACCOUNT_ARN.fullmatch(value):
                    kept.setdefault(form, []).append(value)
            read[element] = kept
    return read
