"""What IAM knows of permissions to read: which resources a policy can name for each; all others take `*` only.

AWS: "Actions, resources, and condition keys for AWS services" (Service Authorization Reference), from which
`data/read_resources.json` is taken for the services that are read.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final


def _table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(
        files("why403.domain").joinpath("data/read_resources.json").read_text("utf-8")
    )
    return found


_TABLE: Final = _table()
_KINDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {name.lower(): tuple(kinds) for name, kinds in _TABLE["actions"].items()}
)


# What is asked about more kinds than it is used for.
_NARROWER: Final[Mapping[str, tuple[str, ...]]] = {"iam:simulateprincipalpolicy": ("role", "user")}


def kinds_of(permission: str) -> tuple[str, ...]:
    """Return the kinds of resources that a policy should name for a permission; none where it takes only `*`."""
    name = permission.lower()
    return _NARROWER.get(name) or _KINDS.get(name, ())


def every(permission: str, kind: str, partition: str) -> str:
    """Return the pattern that covers all resources of a kind, as a policy of that partition names them."""
    pattern: str = _TABLE["patterns"][permission.partition(":")[0]][kind]
    return pattern.replace("${Partition}", partition)


# AWS: "DescribeOrganization", "DescribeEffectivePolicy" (Organizations API Reference): from any account about itself.
_FROM_ANY_ACCOUNT: Final = frozenset({"organizations:describeorganization", "organizations:describeeffectivepolicy"})
_OBJECT_DATA: Final = frozenset(
    {"s3:getobject", "s3:getobjectversion", "s3:listbucket", "s3:listbucketversions", "s3:getobjectattributes"}
)


def of_organization(permission: str) -> bool:
    """Return whether only the management account and delegated administrators of an organization can use it."""
    return permission.lower().startswith("organizations:") and permission.lower() not in _FROM_ANY_ACCOUNT


def of_organization_too(permission: str) -> bool:
    """Return whether it is of use in the account from which the organization is read."""
    return of_organization(permission) or permission.lower() == "organizations:describeorganization"


def opens_objects(permission: str) -> bool:
    """Return whether it lets its holder read what objects hold, or which objects there are."""
    return permission.lower() in _OBJECT_DATA
