"""Whose session a caller is: the role or user behind it, from a fact, from the context, or from its own ARN."""

from collections.abc import Mapping
from typing import Final

from why403.domain.arn import split_arn
from why403.domain.context import Values
from why403.domain.evidence import Absent, Evidence, Found
from why403.domain.facts import ISSUER
from why403.domain.principal import Kind, Principal

ISSUER_KEY: Final = "aws:principalarn"


def issuer_of(principal: Principal, given: Mapping[str, Values], evidence: Evidence) -> str | None:
    """Return whose session this is; a fact that names the role or user of another caller says nothing of this one."""
    if principal.kind not in {Kind.SESSION, Kind.FEDERATED}:
        return ""
    seen = evidence[ISSUER]
    if isinstance(seen, Found) and _may_issue(seen.value, principal):
        issuer: str = seen.value
        return issuer
    if principal.kind is Kind.FEDERATED:
        return "" if isinstance(seen, Absent) else None
    named = given.get(ISSUER_KEY)
    if named and len(named) == 1 and _is_role_of(named[0], principal):
        return named[0]
    if isinstance(seen, Absent):
        return f"arn:{principal.partition}:iam::{principal.account}:role/{principal.name}"
    return None


def lacks_path(arn: str) -> bool:
    """Return whether a role's ARN lacks a path that it must have: those of IAM Identity Center and of services do.

    A session's ARN does not tell it. AWS: "Referencing permission sets in resource policies"; "Using service-linked
    roles".
    """
    return _path_of(arn) is not None


def whatever_path(arn: str) -> tuple[str, ...]:
    """Return patterns for a role's ARN as it is told, and with the path that it must have, whose end is not known."""
    path = _path_of(arn)
    return (arn,) if path is None else (arn, arn.replace(":role/", f":role/{path}", 1))


_PATHS: Final = {
    "role/AWSReservedSSO_": "aws-reserved/sso.amazonaws.com/*",
    "role/AWSServiceRoleFor": "aws-service-role/*",
}


def _path_of(arn: str) -> str | None:
    found = split_arn(arn)
    rest = "" if found is None else found.rest
    return next((path for start, path in _PATHS.items() if rest.startswith(start)), None)


def _may_issue(text: str, principal: Principal) -> bool:
    if principal.kind is Kind.SESSION:
        return _is_role_of(text, principal)
    arn = split_arn(text)
    return arn is not None and arn.account == principal.account and arn.rest.startswith("user/")


def _is_role_of(text: str, principal: Principal) -> bool:
    arn = split_arn(text)
    return (
        arn is not None
        and (arn.partition, arn.account) == (principal.partition, principal.account)
        and arn.rest.startswith("role/")
        and arn.rest.rpartition("/")[2] == principal.name
    )
