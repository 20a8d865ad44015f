"""What is wrong with a condition that is not met: what it expects, and what it met."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from why403.domain.context import MULTIVALUED
from why403.domain.origin import source_of
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.domain.untold import possible, there
from why403.domain.verdict import ConditionResult
from why403.policy.condition import Condition, Quantifier
from why403.policy.hints.remark import Remark
from why403.policy.operator import Family

_SHOWN: Final = 3
_LONGEST: Final = 120

_ENDPOINT: Final = "through a VPC endpoint"
_TEMPORARY: Final = "with temporary credentials"
_ORGANIZED: Final = "for callers of an organization"
_BY_SERVICE: Final = "where an AWS service calls"
_FORWARDED: Final = "where an AWS service calls on somebody's behalf"

# AWS: "AWS global condition context keys".
_ONLY_THERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "aws:sourcevpc": _ENDPOINT,
        "aws:sourcevpcarn": _ENDPOINT,
        "aws:sourcevpce": _ENDPOINT,
        "aws:vpcsourceip": _ENDPOINT,
        "aws:vpceaccount": _ENDPOINT,
        "aws:vpceorgid": _ENDPOINT,
        "aws:vpceorgpaths": _ENDPOINT,
        "aws:sourceip": "outside of VPC endpoints",
        "aws:multifactorauthpresent": _TEMPORARY,
        "aws:multifactorauthage": "where MFA was used",
        "aws:tokenissuetime": _TEMPORARY,
        "aws:username": "for IAM users",
        "aws:principalorgid": _ORGANIZED,
        "aws:principalorgpaths": _ORGANIZED,
        "aws:sourcearn": _BY_SERVICE,
        "aws:sourceaccount": _BY_SERVICE,
        "aws:sourceorgid": _BY_SERVICE,
        "aws:sourceorgpaths": _BY_SERVICE,
        "aws:principalservicename": _BY_SERVICE,
        "aws:principalservicenameslist": _BY_SERVICE,
        "aws:calledvia": _FORWARDED,
        "aws:calledviafirst": _FORWARDED,
        "aws:calledvialast": _FORWARDED,
        "aws:referer": "if the client sends the header",
        "aws:useragent": "if the client sends the header",
        "s3:dataaccesspointarn": "through an access point",
        "s3:dataaccesspointaccount": "through an access point",
        "s3:accesspointnetworkorigin": "through an access point",
    }
)


_TAGGING: Final = ("aws:requesttag/", "aws:tagkeys")


def with_source(condition: Condition, request: AccessRequest) -> ConditionResult:
    """Return a condition with what it met, where that comes from, and why the key is never there, if it is not."""
    met = condition.result(request.context)
    return met._replace(source=source_of(request, condition.key), remark=never_there(condition.key, request))


def never_there(key: str, request: AccessRequest) -> str | None:
    """Return why requests such as this one never carry a key, None for one that they may carry.

    AWS: "Actions, resources, and condition keys for Amazon S3"; "AWS global condition context keys".
    """
    if of_action(key) and request.s3_action is not None and not request.s3_action.carries(key):
        return f"requests for {request.s3_action.name} never carry {key}"
    if key == "aws:username" and request.principal.kind not in {Kind.USER, Kind.UNKNOWN}:
        return f"only requests of IAM users carry {key}"
    return None


def of_action(key: str) -> bool:
    """Return whether the action decides if requests carry a key in lower case: keys of S3, and of tags to be set."""
    return key.startswith(("s3:", *_TAGGING))


def of_condition(condition: Condition, request: AccessRequest) -> Remark | None:
    """Return why a condition that is not met is not; None where nothing is known of the key's values."""
    actual = request.context[condition.key]
    if actual is None:
        return _untold(condition, request) if there(request, condition.key) else None
    if not actual:
        return _absent(condition, request)
    if condition.family is Family.NULL:
        return Remark(condition.key_as_written, "is there")
    if condition.quantifier is Quantifier.NONE and (condition.key in MULTIVALUED or len(actual) > 1):
        meant = f"ForAnyValue:{condition.operator}"
        return Remark(
            condition.key_as_written, "may have several values, which need `{value}` or ForAllValues", meant, meant
        )
    return _compared(condition, actual)


def _untold(condition: Condition, request: AccessRequest) -> Remark | None:
    """Return why a condition is not met by a key that is sent without its value."""
    if condition.family is Family.NULL:
        return Remark(condition.key_as_written, "is there")
    held = sorted(possible(request, condition.key), key=Decimal)
    if not held:
        return None
    if held[0] == held[-1]:
        return _compared(condition, (held[0],))
    between = f"{_quoted(held[0])} and {_quoted(held[-1])} here, where the condition compares with"
    return Remark(condition.key_as_written, "is between {value}", f"{between} {_listed(condition.values)}")


def _absent(condition: Condition, request: AccessRequest) -> Remark:
    there, action = _ONLY_THERE.get(condition.key), request.s3_action
    if there is not None:
        return Remark(condition.key_as_written, "is absent here, it is only there {value}", there)
    if of_action(condition.key) and action is not None and not action.carries(condition.key):
        return Remark(condition.key_as_written, "is absent here, requests for {value} do not carry it", action.name)
    return Remark(condition.key_as_written, "is absent here")


def _compared(condition: Condition, actual: tuple[str, ...]) -> Remark:
    key, negated = condition.key_as_written, "not" in condition.operator.lower()
    if not condition.values:
        return Remark(key, "is {value} here, and the condition has no value", _listed(actual))
    if len(actual) == 1 and not negated and condition.family in {Family.EXACT, Family.PATTERN}:
        other = next((value for value in condition.values if value.lower() == actual[0].lower()), None)
        if other is not None and other != actual[0]:
            clause = "is {value} in letter case only"
            return Remark(key, clause, f"{_quoted(actual[0])} here, which differs from {_quoted(other)}", actual[0])
    how = "which is ruled out by" if negated else "where the condition asks for"
    if condition.family is Family.ORDER and not negated:
        how = "where the condition compares with"
    elif condition.quantifier is Quantifier.ALL and len(actual) > 1 and not negated:
        how = "where the condition asks for no others than"
    return Remark(key, "is {value}", f"{_listed(actual)} here, {how} {_listed(condition.values)}")


def _listed(values: tuple[str, ...]) -> str:
    shown = ", ".join(map(_quoted, values[:_SHOWN]))
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN} more"


def _quoted(value: str) -> str:
    return f"`{value}`" if len(value) <= _LONGEST else f"`{value[:_LONGEST]}…`"
