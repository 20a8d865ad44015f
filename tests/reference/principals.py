"""Decides whether a Principal element names the caller, and how strongly (table 3.4)."""

import re
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any

from .callers import Caller, Kind

ACCOUNT_ARN = re.compile(r"arn:[a-z-]+:iam::(\d{12}):root")


class Grant(IntEnum):
    """How far an Allow of the resource side reaches within one account, weakest first."""

    NONE = 0
    ACCOUNT = 1
    """Delegates to the account: an identity policy has to allow as well."""
    ROLE = 2
    """Stands for the identity policy, but boundary and session policies still limit it."""
    DIRECT = 3
    """Needs nothing else."""


def entries(element: Any) -> Iterator[tuple[str, str]]:
    """The (type, value) pairs of a Principal or NotPrincipal element."""
    if isinstance(element, str):
        yield "AWS", element
        return
    for form, values in element.items():
        for value in values if isinstance(values, list) else [values]:
            yield form, value


def names(element: Any, caller: Caller, canonical_ids: Mapping[str, str]) -> Grant:
    """The strongest way in which an element names the caller."""
    return max((_named(form, value, caller, canonical_ids) for form, value in entries(element)), default=Grant.NONE)


def _named(form: str, value: str, caller: Caller, canonical_ids: Mapping[str, str]) -> Grant:
    match form:
        case "AWS":
            return _named_by_arn(value, caller)
        case "Service":
            return Grant.DIRECT if caller.kind is Kind.SERVICE and value == caller.arn else Grant.NONE
        case "CanonicalUser":
            return _named_by_account(canonical_ids.get(value), caller)
    return Grant.NONE


def _named_by_arn(value: str, caller: Caller) -> Grant:
    if value == "*":
        return Grant.DIRECT
    if caller.account is None:
        # It has no account, and is named by its own ARN alone.
        return Grant.DIRECT if caller.kind is Kind.ORIGIN and value == caller.arn else Grant.NONE
    if value == caller.account:
        return _named_by_account(value, caller)
    account = ACCOUNT_ARN.fullmatch(value)
    if account and value.split(":")[1] == caller.arn.split(":")[1]:
        return _named_by_account(account[1], caller)
    # A role's ARN names all of its sessions, and a role given as caller stands for any of them.
    if value == caller.issuer:
        return Grant.ROLE
    return Grant.DIRECT if value == caller.arn else Grant.NONE


def _named_by_account(account: str | None, caller: Caller) -> Grant:
    if account is None or account != caller.account:
        return Grant.NONE
    return Grant.DIRECT if caller.kind is Kind.ROOT else Grant.ACCOUNT


def spared(element: Any, caller: Caller, canonical_ids: Mapping[str, str], *, bounded: bool) -> bool:
    """Whether NotPrincipal leaves the caller out of its Deny; nobody with a permissions boundary is left out."""
    return not bounded and names(element, caller, canonical_ids) is not Grant.NONE
