"""What the caller could do otherwise so that a Deny is not about its call: a header, TLS, MFA; pure.

A Deny that asks for a way of calling is met by calling that way, and stays as it is. What an Allow asks for is met
alike: see `guarding`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from why403.domain.context import NO_VALUE, Values
from why403.domain.fix import Applicability, Fix
from why403.domain.operations import PARAMETER_OF
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.domain.sent_acl import CLOSED
from why403.domain.truth import FALSE
from why403.policy.condition import Condition
from why403.policy.ruling import Cited
from why403.policy.solving import solutions
from why403.policy.statement import Statement

Ways: TypeAlias = Mapping[str, str | None]
"""Condition keys in lower case, each with the value it is to have, None for none."""

_ENCRYPTION: Final = "s3:x-amz-server-side-encryption"
_KMS_KEY: Final = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_ACL: Final = "s3:x-amz-acl"
_GRANTS: Final = tuple(f"s3:x-amz-grant-{each}" for each in ("full-control", "read", "read-acp", "write", "write-acp"))
_MOST_KEYS: Final = "s3:max-keys"
# Parameters that say how an object is stored or how much is answered at once, not what is asked for.
_SENT: Final = frozenset({_ENCRYPTION, _KMS_KEY, _ACL, "s3:x-amz-storage-class", _MOST_KEYS, *_GRANTS})
_USUAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {_ENCRYPTION: ("AES256", "aws:kms"), _ACL: ("bucket-owner-full-control", "private")}
)
_MFA: Final = "aws:multifactorauthpresent"
_MFA_AGE: Final = "aws:multifactorauthage"
_MOST_WAYS: Final = 3
_MOST_TRIED: Final = 64


class _Step(NamedTuple):
    """A way of calling that a key tells: the values worth trying, and what the caller does."""

    values: tuple[str, ...]
    does: str


_WITH_MFA: Final = "get a session with MFA: aws sts get-session-token --serial-number DEVICE_ARN --token-code CODE"
_STEPS: Final[Mapping[str, _Step]] = MappingProxyType(
    {
        "aws:securetransport": _Step(("true",), "call the https:// endpoint, so that the request comes over TLS"),
        "s3:tlsversion": _Step(("1.2", "1.3"), "use a client that speaks TLS {value}"),
        "s3:signatureversion": _Step(("AWS4-HMAC-SHA256",), "sign with Signature Version 4"),
        "s3:authtype": _Step(
            ("REST-HEADER", "REST-QUERY-STRING"), "send the signature as {value}: a header, or in a presigned URL"
        ),
        _MFA: _Step(("true",), _WITH_MFA),
        _MFA_AGE: _Step(("0",), _WITH_MFA),
    }
)
_OF_ROLE: Final = (
    "assume the role anew with MFA: aws sts assume-role --role-arn {role} --role-session-name NAME "
    "--serial-number DEVICE_ARN --token-code CODE"
)
"""A session token is always the user's. AWS: "GetSessionToken", "AssumeRole" (AWS STS API Reference)."""
_SIGNED_ALONE: Final = frozenset({_MFA, _MFA_AGE, "s3:signatureversion", "s3:authtype"})


def otherwise(cited: Sequence[Cited], request: AccessRequest) -> Iterator[Fix]:
    """Yield what the caller could do so that none of these statements denies any more, the likeliest first."""
    seen: list[Ways] = []
    for ways in islice(_ways([each.statement for each in cited], request), _MOST_TRIED):
        if ways not in seen and len(seen) < _MOST_WAYS:
            seen.append(ways)
            yield sent(ways, request)


def sent(ways: Ways, request: AccessRequest) -> Fix:
    """Return what the caller does so that its call carries these keys."""
    parameters = {key: PARAMETER_OF[key] for key in ways if key in _SENT}
    named = {name: ways[key] for key, name in parameters.items()}
    # A key that the caller told wins over what the parameter says, so that it is told anew.
    told = {key: [] if value is None else value for key, value in ways.items() if _is_told(key, request)}
    return Fix(
        summary=" and ".join(dict.fromkeys(_clauses(ways, named, request))),
        who="the caller",
        risk="none for anybody else: no policy changes",
        applicability=Applicability.SAFE if named else Applicability.MANUAL,
        target="the request",
        call=_typed(named) if request.call is not None else {},
        request={"context": told} if told else {},
        steps=tuple(dict.fromkeys(_done(ways, named, request))),
    )


def _typed(named: Ways) -> Mapping[str, Any]:
    """Return parameters as boto3 takes them."""
    number = PARAMETER_OF[_MOST_KEYS]
    return {name: int(value) if name == number and value else value for name, value in named.items()}


def _is_told(key: str, request: AccessRequest) -> bool:
    return request.call is None or key not in _SENT or key in getattr(request.context.given, "told", ())


def _clauses(ways: Ways, named: Ways, request: AccessRequest) -> Iterator[str]:
    sent = [f"`{name}` as `{value}`" for name, value in named.items() if value is not None]
    unsent = [f"no `{name}`" for name, value in named.items() if value is None]
    if sent or unsent:
        yield f"send {' and '.join((*sent, *unsent))}, as the policy asks"
    for key, value in ways.items():
        if key in _STEPS:
            yield _does(key, value, request).partition(":")[0] if key != "aws:securetransport" else "use TLS"


def _done(ways: Ways, named: Ways, request: AccessRequest) -> Iterator[str]:
    for name, value in named.items():
        yield f"send the parameter {name} with the value {value}" if value else f"leave out the parameter {name}"
    for key, value in ways.items():
        if key in _STEPS:
            yield _does(key, value, request)


def _does(key: str, value: str | None, request: AccessRequest) -> str:
    principal = request.principal
    if key in {_MFA, _MFA_AGE} and principal.kind in {Kind.ROLE, Kind.SESSION}:
        role = principal.arn if principal.kind is Kind.ROLE else request.issuer
        return _OF_ROLE.format(role=role or "ROLE_ARN")
    return _STEPS[key].does.format(value=value)


def _ways(statements: Sequence[Statement], request: AccessRequest) -> Iterator[Ways]:
    """Yield values for the keys that have to have others; nothing where a statement asks for nothing of that kind.

    Statements that ask for the same key have to agree on its value. What names one comes before what asks for any.
    """
    if not statements or request.context["aws:viaawsservice"] == ("true",):
        return
    order = sorted(statements, key=lambda each: not any(_values_in(each, request)))
    for found in _extended({}, order, statements, request):
        ways = completed(found, request)
        if all(any(_ends(condition, ways) for condition in each.conditions) for each in statements):
            yield ways


def completed(found: Ways, request: AccessRequest) -> Ways:
    """Return keys with those that have to go with them: a KMS key is sent with encryption under KMS alone."""
    ways = dict(found)
    if ways.get(_KMS_KEY):
        ways.setdefault(_ENCRYPTION, "aws:kms")
    elif _ENCRYPTION in ways and ways[_ENCRYPTION] != "aws:kms" and request.context[_KMS_KEY]:
        ways[_KMS_KEY] = None
    return ways


def _extended(
    found: Ways, left: Sequence[Statement], statements: Sequence[Statement], request: AccessRequest
) -> Iterator[Ways]:
    if not left:
        yield found
        return
    statement, *others = left
    if any(_ends(condition, found) for condition in statement.conditions):
        yield from _extended(found, others, statements, request)
        return
    for key, value in _ending(statement, statements, request, found):
        yield from _extended({**found, key: value}, others, statements, request)


def _ends(condition: Condition, ways: Ways) -> bool:
    """Return whether a condition is no longer met with these values."""
    if condition.key not in ways:
        return False
    value = ways[condition.key]
    context: dict[str, Values] = {condition.key: NO_VALUE if value is None else (value,)}
    return not condition.variables and condition.holds(context) == FALSE


def _ending(
    statement: Statement, others: Sequence[Statement], request: AccessRequest, taken: Ways
) -> Iterator[tuple[str, str | None]]:
    for condition in statement.conditions:
        if condition.key in taken or not is_open(condition.key, request):
            continue
        for value in worth_sending(condition.key, others, request):
            if _ends(condition, {condition.key: value}):
                yield condition.key, value


def is_open(key: str, request: AccessRequest) -> bool:
    """Return whether the caller decides what such a request carries under a key."""
    if key in _SENT:
        return request.s3_action is not None and request.s3_action.carries(key)
    return key in _STEPS and (request.principal.account != "" or key not in _SIGNED_ALONE)


def worth_sending(key: str, statements: Sequence[Statement], request: AccessRequest) -> Iterator[str | None]:
    """Yield the values of a key that are worth trying, what the statements name first; None for none."""
    if key in _STEPS:
        yield from _STEPS[key].values
        return
    for statement in statements:
        for condition in statement.conditions:
            if condition.key == key:
                yield from (value for value in _named(condition, request) if _is_plain(key, value))
    if request.context[key]:
        yield None
    yield from _USUAL.get(key, ())


def _named(condition: Condition, request: AccessRequest) -> Iterator[str]:
    """Yield the values that a condition names, and of a number those beside it."""
    if condition.key != _MOST_KEYS:
        yield from condition.values
        return
    found = (values[0] for values in solutions(condition, request.context) if values)
    yield from (value for value in found if value.isdecimal() and int(value) > 0)


def _values_in(statement: Statement, request: AccessRequest) -> Iterator[str]:
    for condition in statement.conditions:
        if is_open(condition.key, request) and condition.key in _SENT:
            yield from (value for value in condition.values if _is_plain(condition.key, value))


def _is_plain(key: str, value: str) -> bool:
    """Return whether a value of a policy can be sent as it stands; no ACL is sent that lets others in."""
    if any(each in value for each in "*?$") or value.lower() in {"true", "false"}:
        return False
    if key == _ACL:
        return value in CLOSED
    return key not in _GRANTS
