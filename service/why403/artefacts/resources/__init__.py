"""Which resource of Terraform and of CloudFormation an AWS call writes: one row for each call, in data."""

from collections.abc import Mapping
from typing import Final

from why403.artefacts.resources import policies, storage
from why403.artefacts.resources.row import Row
from why403.domain.fix import Write

ROWS: Final[Mapping[tuple[str, str], Row]] = {**storage.ROWS, **policies.ROWS}

_GONE: Final = "what is taken away is no longer declared"
_OBJECT: Final = "objects are data, which is not declared"
_ACT: Final = "it is done once, and is no configuration"

UNDECLARED: Final[Mapping[tuple[str, str], str]] = {
    **{("iam", f"Delete{kind}Policy"): _GONE for kind in ("Role", "User", "Group")},
    **{("iam", f"Detach{kind}Policy"): _GONE for kind in ("Role", "User", "Group")},
    ("iam", "DeletePolicy"): _GONE,
    ("kms", "CancelKeyDeletion"): _ACT,
    ("kms", "EnableKey"): _ACT,
    ("organizations", "MoveAccount"): _ACT,
    ("s3", "DeleteBucketPolicy"): _GONE,
    ("s3", "PutObjectAcl"): _OBJECT,
    ("s3", "PutObjectLegalHold"): _OBJECT,
    ("s3", "RestoreObject"): _OBJECT,
    ("s3control", "DeleteAccessPointPolicy"): _GONE,
    ("sso-admin", "ProvisionPermissionSet"): _ACT,
}
"""Calls that have no counterpart, each with the reason."""

NONE: Final = Row()


def row(write: Write) -> Row:
    """Return how a call is declared, a row without resources where it has no counterpart."""
    return ROWS.get((write.service, write.operation), NONE)
