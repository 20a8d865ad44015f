"""The policy that AWS's text names beside its kind: how the cause is told then, and the command that reads it.

AWS: "Troubleshoot access denied error messages" (IAM User Guide).
"""

import re
from typing import Final, NamedTuple

from why403.causes.model import Possible


class _Reading(NamedTuple):
    """How policies of one service are read: the whole of their ARNs, as whom, and the command."""

    arn: re.Pattern[str]
    by: str
    command: str


_READINGS: Final = (
    _Reading(
        re.compile(
            r"arn:[\w-]+:organizations::(?:\d{12}|aws):policy/(?:o-\w+/)?(?:service|resource)_control_policy/p-\w+"
        ),
        "as the management account: ",
        "aws organizations describe-policy --policy-id {policy_id}",
    ),
    _Reading(
        re.compile(r"arn:[\w-]+:iam::(?:\d{12}|aws):policy/[\w+=,.@/-]+"),
        "",
        "aws iam get-policy-version --policy-arn {policy} --version-id "
        '"$(aws iam get-policy --policy-arn {policy} --query Policy.DefaultVersionId --output text)"',
    ),
)


def told_as(row: Possible, policy_arn: str | None) -> Possible:
    """Return a cause that AWS's text names, with the policy if the text tells which: that is what to read."""
    reading = next((each for each in _READINGS if policy_arn and each.arn.fullmatch(policy_arn)), None)
    if reading is None:
        return row
    return row._replace(
        because="AWS names the policy whose Deny hits the request, {policy}",
        what=f"{reading.by}which statement of the policy hits the request?",
        command=reading.command,
    )
