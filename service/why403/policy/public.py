"""Whether a bucket's or access point's policy is public.

AWS: "Blocking public access to your Amazon S3 storage", "The meaning of public". A policy is public unless every Allow
is limited to fixed values of its principal or of certain keys; one public statement makes the whole policy public.
"""

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from why403.domain.arn import split_arn
from why403.policy.compiled import Policies
from why403.policy.condition import Condition
from why403.policy.operator import network
from why403.policy.statement import Statement

_FIXED_KEYS: Final = frozenset(
    {
        "aws:principalorgid",
        "aws:principalaccount",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "s3:dataaccesspointaccount",
    }
)
_MULTI: Final = frozenset({"aws:principalorgpaths", "aws:vpceorgpaths"})
_EXACT: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
_PRIVATE: Final = tuple(ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_WIDEST: Final = {4: 8, 6: 32}


def is_public(policies: Policies, *, of_access_point: bool = False) -> bool:
    """Return whether any Allow statement is open to more than fixed callers or places."""
    return any(True for _ in public_statements(policies, of_access_point=of_access_point))


def public_statements(policies: Policies, *, of_access_point: bool = False) -> Iterator[Statement]:
    """Yield the Allow statements that are open to more than fixed callers or places."""
    for _, statement in policies.statements():
        if statement.allow and not _limited(statement, of_access_point=of_access_point):
            yield statement


def _limited(statement: Statement, *, of_access_point: bool) -> bool:
    principals = statement.principals
    if principals is None or not (principals.everyone or principals.negated or "*" in principals.services):
        return True
    return any(_limits(condition, of_access_point=of_access_point) for condition in statement.conditions)


def _limits(condition: Condition, *, of_access_point: bool) -> bool:
    """Return whether a condition pins the request to fixed values."""
    name, key, values = condition.operator.lower(), condition.key, condition.values
    if key == "aws:sourceip":
        return name == "ipaddress" and all(map(_narrow, values))
    if key == "aws:principalisawsservice":
        return name == "bool" and all(value.lower() == "true" for value in values)
    if key in _MULTI:
        return name.startswith("foranyvalue:") and name.partition(":")[2] in _EXACT and _all(values, _is_fixed, name)
    if name not in _EXACT:
        return False
    if key == "s3:dataaccesspointarn":
        return not of_access_point and _all(values, _account_is_fixed, name)
    if key == "aws:principalarn":
        return _all(values, _account_is_fixed, name)
    roles = key == "aws:userid" and any(value.endswith(":*") for value in values)
    return key in _FIXED_KEYS and _all(values, _is_fixed, name) and not roles


def _all(values: Sequence[str], fixed: Callable[[str], bool], operator: str) -> bool:
    """Return whether every value is fixed; where the operator knows no wildcards, `*` is a plain character."""
    literal = "like" not in operator and "arn" not in operator
    return all("${" not in value and (literal or fixed(value)) for value in values)


def _is_fixed(value: str) -> bool:
    return "*" not in value and "?" not in value


def _account_is_fixed(value: str) -> bool:
    arn = split_arn(value)
    return arn is not None and arn.account != "" and _is_fixed(arn.account) and _is_fixed(arn.service)


def _narrow(value: str) -> bool:
    addresses = network(value)
    if addresses is None:
        return False
    if isinstance(addresses, ipaddress.IPv4Network) and any(addresses.subnet_of(private) for private in _PRIVATE):
        return True
    return addresses.prefixlen >= _WIDEST[addresses.version]
