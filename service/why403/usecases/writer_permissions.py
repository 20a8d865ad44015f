"""Saying what the role that changes AWS must be allowed: the calls that plans may hold, and nothing else.

AWS: "Grant least privilege access" (IAM User Guide).
"""

from collections import defaultdict
from typing import Any, Final

from why403.writing import WRITABLE

VERSION: Final = "2012-10-17"
_VERSIONS: Final = ("iam:ListPolicyVersions", "iam::*:policy/*")
"""What making room for a new version needs: only the writer looks at the others."""
_CANARIES: Final = ("s3:DeleteObject", "s3:DeleteObjectVersion")


def writer_policy(partition: str, *, canaries: bool) -> dict[str, Any]:
    """Return the policy document of the writer's role; `canaries` also lets it delete what a verification wrote."""
    actions: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for held in WRITABLE.values():
        actions[held.permission.partition(":")[0], held.resource].add(held.permission)
    permission, resource = _VERSIONS
    actions["iam", resource].add(permission)
    if canaries:
        actions["s3", "s3:::*/*"].update(_CANARIES)
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Action": sorted(names),
                "Resource": resource if resource == "*" else f"arn:{partition}:{resource}",
            }
            for (_, resource), names in sorted(actions.items())
        ],
    }


def belongs_to(role: str | None) -> str:
    """Return a sentence: to whom the policy belongs, and what may be left out of it."""
    named = role or "that WHY403_WRITER_ROLE names"
    return (
        f"this belongs to the role {named} in every account that is changed; leave out what no plan shall change, and "
        "let nobody but the service assume it"
    )
