"""How a permission set of IAM Identity Center is changed: its roles are written anew from it, and never edited; pure.

AWS: "Referencing permission sets in resource policies" (IAM Identity Center User Guide) on roles that begin with
`AWSReservedSSO_`; "PutInlinePolicyToPermissionSet", "ProvisionPermissionSet" (IAM Identity Center API Reference).
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple

from why403.domain.arn import split_arn
from why403.domain.commands import command
from why403.domain.fix import Applicability, Edit, Fix, both
from why403.policy.editing import Document, document_of, text_of

RESERVED: Final = "AWSReservedSSO_"
OF_SET: Final = "AwsSSOInlinePolicy"
"""The name under which IAM Identity Center writes the inline policy of a permission set into its roles."""
_ASSIGNED: Final = "everybody who is assigned the permission set `{}`, in every account, is concerned"
_THERE: Final = ' --instance-arn "$INSTANCE" --permission-set-arn "$SET"'
MADE_ANEW: Final = "IAM Identity Center may make the role anew, under a name that the policy then does not let in"


class _Place(NamedTuple):
    """A permission set by its name, the account of its role, and the Region of IAM Identity Center, if known."""

    name: str
    account: str
    region: str | None


def set_of(role: str) -> str | None:
    """Return the permission set that a role was made from, by the role's name, None for any other role."""
    return (role.removeprefix(RESERVED).rpartition("_")[0] or role) if role.startswith(RESERVED) else None


def in_permission_set(fix: Fix, permission_set: str, account: str, role: str | None) -> Fix:
    """Return a fix of a role's inline policy as one of the permission set behind it; other fixes as they are.

    `role` is the role's ARN: its path names the Region of IAM Identity Center, where that is not us-east-1.
    """
    by_edits = partial(_by_edits, _Place(permission_set, account, _region(role)))
    steps = () if fix.writes else by_edits(fix.edits)
    if not steps:
        return fix
    return replace(
        fix,
        who=f"whoever manages IAM Identity Center for account {account}",
        risk=both(_ASSIGNED.format(permission_set), fix.risk),
        applicability=Applicability.MANUAL,
        target=f"the inline policy of the permission set `{permission_set}`",
        steps=steps,
        by_edits=by_edits,
    )


def named_elsewhere(fix: Fix) -> Fix:
    """Return a fix that names such a role in another policy: the permission set itself is what should be changed."""
    risk = both(fix.risk, MADE_ANEW)
    return replace(fix, risk=risk, applicability=Applicability.MANUAL) if fix.edits else fix


def _inline(policies: Any) -> Document | None:
    """Return the inline policy of the permission set among a role's policies."""
    held = policies if isinstance(policies, list) else []
    return next((document_of(each) for each in held if _of_set(each)), None)


def _of_set(policy: Any) -> bool:
    return isinstance(policy, Mapping) and policy.get("name") == OF_SET and policy.get("arn") is None


def _named(policies: Any) -> bool:
    """Return whether it is known of every policy which it is."""
    held = policies if isinstance(policies, list) else []
    return all(isinstance(each, Mapping) and bool(each.get("name") or each.get("arn")) for each in held)


def _region(role: str | None) -> str | None:
    arn = split_arn(role or "")
    match [] if arn is None else arn.rest.split("/"):
        case ["role", "aws-reserved", "sso.amazonaws.com", _]:
            return "us-east-1"
        case ["role", "aws-reserved", "sso.amazonaws.com", region, _]:
            return region
    return None


def _by_edits(place: _Place, edits: Sequence[Edit]) -> tuple[str, ...]:
    """Return how the inline policy of the set is changed as edits say, nothing where they do not change it."""
    changes = [(_inline(each.before), _inline(each.after)) for each in edits]
    before, after = next(((one, other) for one, other in changes if one != other), (None, None))
    known = all(_named(each.before) for each in edits)
    return () if after is None else tuple(_steps(place, before, after, known=known))


def _steps(place: _Place, before: Document | None, after: Document, *, known: bool) -> Iterator[str]:
    """Yield commands for a shell: what is not known is read into variables first."""

    def sso(operation: str, **sent: Any) -> str:
        return command("sso-admin", operation, *sent.items(), ("region", place.region))

    one = {"query": "Instances[0].InstanceArn", "output": "text"}
    yield "run these in one shell, in the account that manages IAM Identity Center; never edit the reserved role itself"
    yield f"INSTANCE=$({sso('list-instances', **one)})"
    listed = sso("list-permission-sets", query="PermissionSets[]", output="text") + ' --instance-arn "$INSTANCE"'
    told = sso("describe-permission-set", query="PermissionSet.[Name,PermissionSetArn]", output="text")
    each = f'{told} --instance-arn "$INSTANCE" --permission-set-arn "$each"'
    pick = f"awk -v name={shlex.quote(place.name)} '$1 == name {{ print $2 }}'"
    yield f"SET=$(for each in $({listed}); do {each}; done | {pick})"
    yield f"{sso('get-inline-policy-for-permission-set', query='InlinePolicy', output='text')}{_THERE}"
    if known:
        yield "go on only if that is what `before` shows" if before else "go on only if that is empty"
    else:
        yield "put what it answers and the new statements together in what is sent next: it replaces all that is there"
    yield f"{sso('put-inline-policy-to-permission-set', InlinePolicy=text_of(after))}{_THERE}"
    sent = {"TargetType": "AWS_ACCOUNT", "TargetId": place.account}
    yield f"{sso('provision-permission-set', **sent)}{_THERE}"
    if known:
        back = "delete-inline-policy-from-permission-set" if before is None else "put-inline-policy-to-permission-set"
        held = {} if before is None else {"InlinePolicy": text_of(before)}
        yield f"to take it back: {sso(back, **held)}{_THERE}; then provision it again"
