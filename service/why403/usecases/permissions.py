"""Saying what the service must be allowed in order to read for the loaded layers: policies to attach, and why.

AWS: "Grant least privilege access" and "IAM and AWS STS quotas" (IAM User Guide).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final, Literal, NamedTuple, get_args

from why403.collecting import AwsCall
from why403.domain.permissions import every, kinds_of, of_organization, of_organization_too, opens_objects
from why403.registry import Registry
from why403.rendering.permissions import Row, permissions_page
from why403.usecases.clues import READS
from why403.usecases.simulator import SIMULATES

Holder = Literal["own", "account", "organization"]
"""Who is given a policy: the service's own identity, its role in another account, or that of the organization's."""
HOLDERS: Final[tuple[str, ...]] = get_args(Holder)
PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")
VERSION: Final = "2012-10-17"
ASSUME: Final = "sts:AssumeRole"
OWN_READS: Final[Mapping[str, tuple[AwsCall, ...]]] = {
    "`cross_check`": SIMULATES,
    "`log_group` and `request_id`": READS,
}
"""What the service reads itself and no layer declares, by the member of a body that asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """How the service is set up, as far as that decides what it needs.

    `role_name` is the role it assumes in other accounts, in `accounts` only unless there are none, and in
    `organization_account`, where it reads the organization if not in its own. `objects` also gives what opens objects,
    for those calls that need it.
    """

    role_name: str | None = None
    accounts: frozenset[str] = frozenset()
    organization_account: str | None = None
    partition: str = "aws"
    objects: bool = False


class Need(NamedTuple):
    """A call that is made, and by which layers."""

    call: AwsCall
    layers: tuple[str, ...]


def needs(registry: Registry) -> list[Need]:
    """Return every call that is made, for layers or a second opinion, one for each name and permission."""
    found = {(call.name, call.permission): (call, [what]) for what, calls in OWN_READS.items() for call in calls}
    for layer in registry.layers:
        for call in sorted(calls_of(layer.collectors), key=lambda each: each.name):
            for permission in call.permissions:
                _, layers = found.setdefault((call.name, permission), (replace(call, permission=permission), []))
                layers.append(layer.name)
    return [Need(call, tuple(dict.fromkeys(layers))) for _, (call, layers) in sorted(found.items())]


def calls_of(collectors: Iterable[Any]) -> set[AwsCall]:
    """Return the calls that collectors declare."""
    return {call for collector in collectors for call in collector.reads}


def policy_for(holder: str, wanted: Sequence[Need], deployment: Deployment) -> dict[str, Any]:
    """Return the policy document of one holder: the reads it makes, and nothing else."""
    permissions = sorted({need.call.permission for need in wanted if _is_for(holder, need.call.permission, deployment)})
    statements = _statements(permissions, deployment.partition)
    if holder == "own" and deployment.role_name is not None:
        statements.append(_assuming(deployment))
    return {"Version": VERSION, "Statement": statements}


def _is_for(holder: str, permission: str, deployment: Deployment) -> bool:
    if opens_objects(permission) and not deployment.objects:
        return False
    if holder == "organization":
        return of_organization_too(permission)
    # Without another account for it, the organization is read with the service's own credentials.
    here = holder == "own" and deployment.organization_account is None
    return here or not of_organization(permission)


def _statements(permissions: Iterable[str], partition: str) -> list[dict[str, Any]]:
    """Return a statement for each service and kind of resource."""
    found = []
    for (service, kinds), group in groupby(sorted(permissions, key=_group), key=_group):
        actions = sorted(group)
        resources = [every(actions[0], kind, partition) for kind in kinds]
        found.append(
            {
                "Sid": "".join(map(_word, (service, *kinds))),
                "Effect": "Allow",
                "Action": actions,
                "Resource": resources[0] if len(resources) == 1 else resources or "*",
            }
        )
    return found


def _group(permission: str) -> tuple[str, tuple[str, ...]]:
    return permission.partition(":")[0], kinds_of(permission)


def _word(name: str) -> str:
    """Return a part of a Sid, which has letters and digits only."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def _assuming(deployment: Deployment) -> dict[str, Any]:
    named = {*deployment.accounts, deployment.organization_account} if deployment.accounts else {"*"}
    roles = [
        f"arn:{deployment.partition}:iam::{account}:role/{deployment.role_name}"
        for account in sorted(filter(None, named))
    ]
    return {
        "Sid": "OtherAccounts",
        "Effect": "Allow",
        "Action": [ASSUME],
        "Resource": roles[0] if len(roles) == 1 else roles,
    }


def where(holder: str, deployment: Deployment) -> str:
    """Return a sentence: to whom the policy of a holder belongs."""
    role = deployment.role_name or "that it assumes"
    match holder:
        case "own":
            return "this belongs to the identity that the service runs as"
        case "organization":
            account = deployment.organization_account or "the organization's management account or a delegated one"
            return f"this belongs to the role {role} in {account}, beside what --for account prints"
    return f"this belongs to the role {role} in every other account that is read"


def described(registry: Registry, deployment: Deployment) -> str:
    """Return a page about all of it, as Markdown."""
    wanted = needs(registry)
    rows = [Row(need.call.name, need.call.permission, need.layers, _remark(need.call.permission)) for need in wanted]
    policies = {
        holder: (f"{_sentence(where(holder, deployment))}.", policy_for(holder, wanted, deployment))
        for holder in HOLDERS
    }
    return permissions_page(rows, policies)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _remark(permission: str) -> str:
    if opens_objects(permission):
        return "opt-in"
    return "in the organization's account" if of_organization(permission) else ""
