"""What several layers read from AWS Organizations: an account's organization, and what is attached on the way to it.

AWS: "DescribeOrganization", "ListParents", "ListPoliciesForTarget", "DescribePolicy", "ListRoots" (Organizations API
Reference). All but the first are answered to the management account and to delegated administrators only.
"""

from dataclasses import replace
from typing import Any, Final, NamedTuple, TypedDict

from why403.collecting.declared import ORGANIZATION, AwsCall, CannotTell, Collecting, Keep, value_of
from why403.domain.evidence import Absent, Found, Observation, Unreadable

SERVICE_CONTROL: Final = "SERVICE_CONTROL_POLICY"
RESOURCE_CONTROL: Final = "RESOURCE_CONTROL_POLICY"

DESCRIBE_ORGANIZATION = AwsCall(
    service="organizations",
    operation="DescribeOrganization",
    permission="organizations:DescribeOrganization",
    absent=("AWSOrganizationsNotInUseException",),
    member="Organization",
    probe={},
)
# Asked elsewhere than in the account in question, where "there is none" would say nothing about that account.
DESCRIBE_THEIR_ORGANIZATION = replace(DESCRIBE_ORGANIZATION, absent=(), probe=None)
LIST_PARENTS = AwsCall(
    service="organizations",
    operation="ListParents",
    permission="organizations:ListParents",
    absent=("ChildNotFoundException",),
    pages="Parents",
    probe={"ChildId": "{account}"},
)
LIST_ROOTS = AwsCall(
    service="organizations", operation="ListRoots", permission="organizations:ListRoots", pages="Roots", probe={}
)
LIST_POLICIES = AwsCall(
    service="organizations",
    operation="ListPoliciesForTarget",
    permission="organizations:ListPoliciesForTarget",
    pages="Policies",
    probe={"TargetId": "{account}", "Filter": SERVICE_CONTROL},
)
DESCRIBE_POLICY = AwsCall(
    service="organizations", operation="DescribePolicy", permission="organizations:DescribePolicy", member="Policy"
)
# `FullAWSAccess` and its kin are changed by AWS only; two of these calls a second are all that an organization has.
DESCRIBE_AWS_POLICY = replace(DESCRIBE_POLICY, keep=Keep.LONG, probe={"PolicyId": "p-FullAWSAccess"})
OF_ORGANIZATION = (DESCRIBE_ORGANIZATION, DESCRIBE_THEIR_ORGANIZATION, LIST_PARENTS)
OF_LEVELS = (LIST_PARENTS, LIST_ROOTS, LIST_POLICIES, DESCRIBE_POLICY, DESCRIBE_AWS_POLICY)

# AWS: root and at most five levels of organizational units; a few more, so that a larger quota changes nothing here.
_MOST_LEVELS: Final = 16


class Organization(NamedTuple):
    """An organization: its id, and the account that manages it."""

    id: str
    management_account: str


class LevelFound(TypedDict):
    """One level of the way from the root to an account, as evidence holds it: only what is attached directly."""

    target: str
    policies: list[dict[str, Any]]


def organization_of(account: str) -> Collecting[Organization | None]:
    """Return the organization of an account, None if it is in none.

    Every account may ask for its own. Where that cannot be read, the organization that this service reads is the
    account's if it knows the account.
    """
    seen: Observation[Any] = yield DESCRIBE_ORGANIZATION.read(account=account)
    if isinstance(seen, Unreadable):
        theirs, parents = yield (
            DESCRIBE_THEIR_ORGANIZATION.read(account=ORGANIZATION),
            LIST_PARENTS.read(account=ORGANIZATION, ChildId=account),
        )
        if isinstance(theirs, Found) and isinstance(parents, Found):
            seen = theirs
    if isinstance(seen, Absent):
        return None
    found = value_of(seen)
    return Organization(found["Id"], found["MasterAccountId"])


def levels_of(account: str, kind: str) -> Collecting[list[LevelFound] | None]:
    """Return the policies of one kind on the way to an account, root first; None where that kind is not in use.

    The account must be known to be in an organization.
    """
    above, own = yield (_levels_above(account, kind, _MOST_LEVELS), _level(account, kind))
    levels: list[LevelFound] = [*above, own]
    # While a kind is in use something of it is attached everywhere, and nothing is when it is not.
    if not all(level["policies"] for level in levels) and not (yield _is_in_use(kind)):
        return None
    return levels


def _levels_above(child: str, kind: str, left: int) -> Collecting[list[LevelFound]]:
    parents = yield LIST_PARENTS.read(account=ORGANIZATION, ChildId=child)
    held = value_of(parents, absent=[])
    if len(held) != 1 or not left:
        why = f"the organization that this service reads does not tell what `{child}` is in"
        raise CannotTell(Unreadable(why, call=LIST_PARENTS.name))
    parent: str = held[0]["Id"]
    if held[0]["Type"] == "ROOT":
        return [(yield _level(parent, kind))]
    above, level = yield (_levels_above(parent, kind, left - 1), _level(parent, kind))
    return [*above, level]


def _level(target: str, kind: str) -> Collecting[LevelFound]:
    listed = value_of((yield LIST_POLICIES.read(account=ORGANIZATION, TargetId=target, Filter=kind)))
    return {"target": target, "policies": list((yield tuple(_policy(each) for each in listed)))}


def _policy(summary: dict[str, Any]) -> Collecting[dict[str, Any]]:
    call = DESCRIBE_AWS_POLICY if summary.get("AwsManaged") else DESCRIBE_POLICY
    policy = value_of((yield call.read(account=ORGANIZATION, PolicyId=summary["Id"])))
    return {"name": summary["Name"], "arn": summary["Arn"], "document": policy["Content"]}


def _is_in_use(kind: str) -> Collecting[bool]:
    """Return whether a kind of policy is enabled; raises CannotTell while that is being changed."""
    read = LIST_ROOTS.read(account=ORGANIZATION)
    (root,) = value_of((yield read))
    status = next((each["Status"] for each in root["PolicyTypes"] if each["Type"] == kind), None)
    if status not in {None, "ENABLED"}:
        why = f"{LIST_ROOTS.name} says that policies of the type `{kind}` are being enabled or disabled"
        raise CannotTell(Unreadable(why, call=LIST_ROOTS.name))
    return status is not None
