"""Who called, by a CloudTrail record.

AWS: "CloudTrail userIdentity element"; "AWS global condition context keys"; "IAM identifiers" (unique identifiers);
"Available keys for AWS OIDC federation" and "for SAML-based AWS STS federation".
"""

from collections.abc import Mapping
from typing import Any, Final

from why403.report.formats.record import object_of, text_of
from why403.report.message import caller

_TYPES: Final = {
    "IAMUser": "User",
    "AssumedRole": "AssumedRole",
    "Role": "AssumedRole",
    "Root": "Account",
    "FederatedUser": "FederatedUser",
}
# Of callers from other accounts a record tells the unique id alone, whose beginning says what it is of.
_TYPES_BY_ID: Final = {"AIDA": "User", "AROA": "AssumedRole"}
_PROVIDER: Final = ":oidc-provider/"
_ANONYMOUS: Final = frozenset({"anonymous", "ANONYMOUS_PRINCIPAL"})


def caller_of(record: Mapping[str, Any]) -> str | None:
    """Return the caller a record names: an ARN, a service or `anonymous`; None where only its account is told."""
    identity = object_of(record.get("userIdentity"))
    if _is_anonymous(identity):
        return "anonymous"
    arn, kind = text_of(identity.get("arn")), identity.get("type")
    if arn:
        return caller(arn)
    if kind == "AWSService":
        return caller(str(text_of(identity.get("invokedBy")) or text_of(record.get("sourceIPAddress")) or ""))
    account = text_of(identity.get("accountId"))
    if kind == "Root" and account:
        return caller(f"arn:aws:iam::{account}:root")
    return None


def _is_anonymous(identity: Mapping[str, Any]) -> bool:
    # An anonymous request is logged as one of another account, which has neither number nor name.
    return (
        text_of(identity.get("accountId")) in _ANONYMOUS
        or text_of(identity.get("principalId")) in _ANONYMOUS
        or (
            identity.get("type") == "AWSAccount" and identity.get("principalId") == "" and not identity.get("accountId")
        )
    )


def told_of(record: Mapping[str, Any]) -> str:
    """Return in words what a record tells of a caller whom it does not name."""
    identity = object_of(record.get("userIdentity"))
    account, who = text_of(identity.get("accountId")), text_of(identity.get("principalId"))
    told = [f"{word} `{value}`" for word, value in (("its account", account), ("its id", who)) if value]
    return f"the record does not name the caller, only {' and '.join(told)}" if told else "the record names no caller"


def caller_keys(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition keys that a record tells of its caller."""
    identity = object_of(record.get("userIdentity"))
    if not identity or _is_anonymous(identity):
        return {}
    session = object_of(identity.get("sessionContext"))
    issuer = object_of(session.get("sessionIssuer"))
    kind = str(identity.get("type"))
    who = _type(identity)
    told: dict[str, Any] = {
        "aws:PrincipalAccount": text_of(identity.get("accountId")),
        "aws:userid": text_of(identity.get("principalId")) if who else None,
        "aws:PrincipalType": who,
        "aws:username": text_of(identity.get("userName")) if kind == "IAMUser" else None,
        "aws:PrincipalArn": text_of(issuer.get("arn")) if kind == "AssumedRole" else None,
        "aws:SourceIdentity": text_of(session.get("sourceIdentity")) or text_of(identity.get("sourceIdentity")),
        "aws:FederatedProvider": text_of(object_of(session.get("webIdFederationData")).get("federatedProvider")),
        "aws:AssumedRoot": "true" if str(session.get("assumedRoot")).lower() == "true" else None,
        "identitystore:UserId": text_of(object_of(identity.get("onBehalfOf")).get("userId")),
        **_federated(identity),
    }
    told = {name: value for name, value in told.items() if value is not None}
    if kind != "AWSService" and identity.get("invokedBy"):
        told["aws:ViaAWSService"] = "true"
    return {**told, **_session_keys(identity, session)}


def _type(identity: Mapping[str, Any]) -> str | None:
    kind = str(identity.get("type"))
    return _TYPES_BY_ID.get(str(identity.get("principalId"))[:4]) if kind == "AWSAccount" else _TYPES.get(kind)


def _federated(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of who asks STS for a role with an assertion or a token: it is of no account yet."""
    provider, who = text_of(identity.get("identityProvider")), text_of(identity.get("principalId")) or ""
    name = text_of(identity.get("userName"))
    match identity.get("type"):
        case "SAMLUser":
            qualifier, _, subject = who.partition(":")
            return {"saml:namequalifier": qualifier or provider, "saml:sub": subject or name}
        case "WebIdentityUser" if provider:
            audience = who.removeprefix(f"{provider}:").removesuffix(f":{name}") if name else None
            issuer = provider.rpartition(_PROVIDER)[2]
            keys = {f"{issuer}:aud": audience, f"{issuer}:sub": name}
            return {"aws:FederatedProvider": provider, **(keys if audience != who else {})}
    return {}


def _session_keys(identity: Mapping[str, Any], session: Mapping[str, Any]) -> dict[str, Any]:
    attributes = object_of(session.get("attributes"))
    factor, issued = attributes.get("mfaAuthenticated"), text_of(attributes.get("creationDate"))
    told: dict[str, Any] = {}
    if str(factor).lower() in {"true", "false"}:
        told["aws:MultiFactorAuthPresent"] = str(factor).lower()
    elif not session and str(identity.get("accessKeyId", "")).startswith("AKIA"):
        # Long-term keys never carry these.
        told |= {"aws:MultiFactorAuthPresent": None, "aws:TokenIssueTime": None}
    if issued:
        told["aws:TokenIssueTime"] = issued
    delivery = session.get("ec2RoleDelivery")
    if isinstance(delivery, str) and delivery:
        told["ec2:RoleDelivery"] = text_of(delivery)
    return told
