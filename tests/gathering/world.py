"""An account as a table of answers: users in two groups, a role, an organization of four levels, a bucket with all."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from tests.layers.reading_s3 import IN_BUCKET, the_callers
from tests.layers.tables import HOME, OBJECT, SESSION, allow, policy
from tests.layers.test_collecting_endpoints import ENDPOINT, an_endpoint
from tests.layers.test_collecting_identity import AWS, DOCUMENT, OWN, a_role, attached, iam, text_of
from tests.layers.test_collecting_rcps import of_the_bucket
from tests.layers.test_collecting_scps import WORLD as ORGANIZATION
from tests.layers.test_collecting_session_policies import ISSUED, READ_ONLY, a_start
from tests.layers.test_collecting_session_policies import world as history
from why403 import Read
from why403.collecting.iam import GET_USER
from why403.domain.evidence import Evidence
from why403.gathering import Subject
from why403.testing import a_request
from why403_layers.keys import GET_ENCRYPTION

GROUPS: Final = ("staff", "readers")
_BY_DEFAULT: Final = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
_TEAM, _LIMIT = f"arn:aws:iam::{HOME}:policy/team/staff", f"arn:aws:iam::{HOME}:policy/team/limit"


def arn_of(user: str) -> str:
    """Return the ARN of a user."""
    return f"arn:aws:iam::{HOME}:user/staff/{user}"


def a_user(name: str) -> dict[Read, Any]:
    """Return what is told of a user: policies, inline and attached, a boundary, tags, and membership of both groups."""
    bounded = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": _LIMIT}
    return {
        iam("ListAttachedUserPolicies", UserName=name): attached(OWN),
        iam("ListUserPolicies", UserName=name): ["desk"],
        iam("GetUserPolicy", UserName=name, PolicyName="desk"): DOCUMENT,
        iam("ListGroupsForUser", UserName=name): [{"GroupName": group} for group in GROUPS],
        iam("ListUserTags", UserName=name): [{"Key": "team", "Value": name}],
        GET_USER.read(account=HOME, UserName=name): {"Arn": arn_of(name), "PermissionsBoundary": bounded},
    }


def of_groups() -> dict[Read, Any]:
    """Return what is told of the groups, and the texts of all managed policies."""
    told: dict[Read, Any] = {}
    for group, arns in zip(GROUPS, ((AWS, _TEAM), (AWS,)), strict=True):
        told[iam("ListAttachedGroupPolicies", GroupName=group)] = attached(*arns)
        told[iam("ListGroupPolicies", GroupName=group)] = ["badge"]
        told[iam("GetGroupPolicy", GroupName=group, PolicyName="badge")] = DOCUMENT
    limit = policy(allow("s3:*"))
    return {**told, **text_of(OWN), **text_of(AWS), **text_of(_TEAM), **text_of(_LIMIT, limit)}


def everything(*users: str) -> dict[Read, Any]:
    """Return the answers to all that may be read for these users, or for a session of the role."""
    started = history(a_start(policyArns=[{"arn": READ_ONLY}]))
    mine = {read: answer for user in users for read, answer in a_user(user).items()}
    encrypted = {
        GET_ENCRYPTION.read(account=HOME, **IN_BUCKET): {"Rules": [{**_BY_DEFAULT, "BucketKeyEnabled": False}]}
    }
    network = {**of_the_bucket(HOME), **an_endpoint("eu-west-1"), **an_endpoint("eu-central-1")}
    return {**ORGANIZATION, **the_callers(), **started, **a_role(), **of_groups(), **network, **encrypted, **mine}


class Busy(NamedTuple):
    """A call that takes many reads: who calls, and what is known of the call beside resource and operation."""

    name: str
    caller: str
    context: Mapping[str, str]

    def subject(self) -> Subject:
        """Return the subject for a gathering."""
        keys = {name: (value,) for name, value in self.context.items()}
        request = a_request(principal=self.caller, resource=OBJECT, rest="unknown", keys=keys)
        return Subject(request=request.given({}, Evidence({})))

    def body(self) -> dict[str, Any]:
        """Return the same as the body of a /diagnose."""
        return {"request": {"principal": self.caller, "operation": "GetObject", "resource": OBJECT, **self._told()}}

    def _told(self) -> dict[str, Any]:
        return {"context": dict(self.context)} if self.context else {}


THROUGH_ENDPOINT: Final = {"aws:SourceVpce": ENDPOINT}
BUSY: Final = (
    Busy("a user in two groups", arn_of("ana"), THROUGH_ENDPOINT),
    Busy(
        "a session of a role",
        SESSION,
        {"aws:TokenIssueTime": ISSUED, "aws:RequestedRegion": "eu-west-1", **THROUGH_ENDPOINT},
    ),
)
