"""Tells from a principal's form what kind of caller it is and which role or user stands behind it."""

from enum import Enum
from typing import Any, NamedTuple

Json = dict[str, Any]


class Kind(Enum):
    """The kinds of principals that section 3.3 tells apart."""

    USER = "User"
    SESSION = "AssumedRole"
    FEDERATED = "FederatedUser"
    ROOT = "Account"
    ANONYMOUS = "Anonymous"
    SERVICE = "service"
    ORIGIN = "origin access identity of CloudFront"


class Caller(NamedTuple):
    """Who calls: `arn` as written, `issuer` the ARN of the role or user that a session comes from."""

    kind: Kind
    arn: str
    account: str | None
    issuer: str | None

    @property
    def service_linked(self) -> bool:
        """Whether a service-linked role calls, which no organization policy reaches."""
        role = self.issuer or ""
        name = role.rpartition("/")[2]
        return self.kind is Kind.SESSION and ("/aws-service-role/" in role or name.startswith("AWSServiceRoleFor"))

    @property
    def in_iam(self) -> bool:
        """Whether an IAM user or role calls, itself or by a session, so that identity policies have a say."""
        return self.kind in (Kind.USER, Kind.SESSION, Kind.FEDERATED)

    @property
    def has_session(self) -> bool:
        """Whether session policies can apply."""
        return self.kind in (Kind.SESSION, Kind.FEDERATED)


def caller_of(case: Json) -> Caller:
    """Recognise the caller of a case by the form of its principal."""
    principal: str = case["principal"]
    if principal == "anonymous":
        return Caller(Kind.ANONYMOUS, principal, None, None)
    if not principal.startswith("arn:"):
        return Caller(Kind.SERVICE, principal, None, None)
    _, partition, _, _, account, name = principal.split(":", 5)
    if account == "cloudfront":
        return Caller(Kind.ORIGIN, principal, None, None)
    form, _, rest = name.partition("/")
    match form:
        case "root":
            return Caller(Kind.ROOT, principal, account, None)
        case "user":
            return Caller(Kind.USER, principal, account, None)
        case "role":
            return Caller(Kind.SESSION, principal, account, principal)
        case "federated-user":
            return Caller(Kind.FEDERATED, principal, account, case["evidence"].get("session.issuer"))
    pathless = f"arn:{partition}:iam::{account}:role/{rest.partition('/')[0]}"
    return Caller(Kind.SESSION, principal, account, _issuer(case) or pathless)


def _issuer(case: Json) -> str | None:
    issuer = case["evidence"].get("session.issuer")
    # Where a session of another account comes from says nothing of this one.
    if issuer:
        return str(issuer) if f":{case['principal'].split(':')[4]}:" in str(issuer) else None
    # The contract lets a given aws:PrincipalArn serve where the issuer is not listed.
    given = [value for key, value in case.get("context", {}).items() if key.lower() == "aws:principalarn"]
    if not given or not given[0]:
        return None
    return str(given[0][0] if isinstance(given[0], list) else given[0])
