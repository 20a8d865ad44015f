"""What several layers read from IAM: who is behind a caller, and the text of managed policies.

AWS: "GetRole", "GetUser", "GetPolicy", "GetPolicyVersion" (IAM API Reference).
"""

from dataclasses import replace
from typing import Any, NamedTuple

from why403.collecting.declared import AwsCall, CannotTell, Collecting, Keep, Read, value_of
from why403.domain.arn import split_arn
from why403.domain.evidence import Unreadable
from why403.domain.facts import ISSUER
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest

GET_USER = AwsCall(
    service="iam", operation="GetUser", permission="iam:GetUser", member="User", probe={"UserName": "{principal}"}
)
GET_ROLE = AwsCall(
    service="iam", operation="GetRole", permission="iam:GetRole", member="Role", probe={"RoleName": "{principal}"}
)
GET_POLICY = AwsCall(
    service="iam",
    operation="GetPolicy",
    permission="iam:GetPolicy",
    member="Policy",
    probe={"PolicyArn": "arn:{partition}:iam::aws:policy/ReadOnlyAccess"},
)
# A version's text does not change, but a policy may be deleted and made anew with the same name and versions.
GET_POLICY_VERSION = AwsCall(
    service="iam",
    operation="GetPolicyVersion",
    permission="iam:GetPolicyVersion",
    member="PolicyVersion",
    probe={"PolicyArn": "arn:{partition}:iam::aws:policy/ReadOnlyAccess", "VersionId": "v1"},
)
# Of policies that AWS manages.
GET_AWS_POLICY_VERSION = replace(GET_POLICY_VERSION, keep=Keep.LONG)
OF_MANAGED_POLICIES = (GET_POLICY, GET_POLICY_VERSION, GET_AWS_POLICY_VERSION)


class Entity(NamedTuple):
    """The user or role whose policies a caller has; `is_role` says which of the two, `account` where it is."""

    name: str
    is_role: bool
    account: str

    def record(self) -> Read:
        """Return the read of the user or role itself."""
        if self.is_role:
            return GET_ROLE.read(account=self.account, RoleName=self.name)
        return GET_USER.read(account=self.account, UserName=self.name)


def entity_behind(request: AccessRequest) -> Collecting[Entity | None]:
    """Return the user or role behind the caller, None where there is none: root, AWS services, anonymous callers.

    Needs the fact `session.issuer`, for federated users. Raises CannotTell where nobody knows who calls.
    """
    principal = request.principal
    match principal.kind:
        case Kind.USER:
            return Entity(principal.name, is_role=False, account=principal.account)
        case Kind.ROLE | Kind.SESSION:
            return Entity(principal.name, is_role=True, account=principal.account)
        case Kind.FEDERATED:
            # Only the user who asked for the token gives it permissions, and no call of AWS tells who that was.
            issuer = split_arn(value_of((yield ISSUER), absent=""))
            if issuer is not None and issuer.account == principal.account and issuer.rest.startswith("user/"):
                return Entity(issuer.rest.rpartition("/")[2], is_role=False, account=issuer.account)
            raise CannotTell(Unreadable("it is not known which user the federated user's session comes from"))
        case Kind.UNKNOWN:
            raise CannotTell(Unreadable("it is not known who called"))
    return None


def same_entity(request: AccessRequest, entity: Entity) -> Collecting[None]:
    """Raise CannotTell where the user or role of that name is not the one asked about, but one in another path."""
    principal = request.principal
    if principal.kind not in {Kind.USER, Kind.ROLE}:
        return
    arn = value_of((yield entity.record()))["Arn"]
    if arn != principal.arn:
        raise CannotTell(Unreadable(f"the {principal.kind.value} of that name is `{arn}`, not `{principal.arn}`"))


def managed_policy(arn: str, account: str) -> Collecting[dict[str, Any]]:
    """Return a managed policy as evidence holds it: `name`, `arn` and the `document` of its default version."""
    parts = split_arn(arn)
    of_aws = parts is not None and parts.account == "aws"
    get_version = GET_AWS_POLICY_VERSION if of_aws else GET_POLICY_VERSION
    policy = value_of((yield GET_POLICY.read(account=account, PolicyArn=arn)))
    which = policy["DefaultVersionId"]
    version = value_of((yield get_version.read(account=account, PolicyArn=arn, VersionId=which)))
    return {"name": policy["PolicyName"], "arn": arn, "document": version["Document"]}
