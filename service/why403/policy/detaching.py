"""What is done about a Deny in a policy that AWS owns: it is detached from the caller, or replaced; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from why403.domain.arn import split_arn
from why403.domain.commands import command
from why403.domain.fix import Applicability, Fix
from why403.domain.request import AccessRequest
from why403.policy.attached import group_of, holder_of
from why403.policy.compiled import Placed


def detached(fix: Fix, denying: Sequence[Placed], request: AccessRequest) -> Fix:
    """Return a fix of what policies deny as one by hand if AWS owns one of them: nobody can write an exception there.

    AWS: "Managed policies and inline policies" (IAM User Guide).
    """
    owned = {each.arn: each for each in denying if each.arn is not None and _of_aws(each.arn)}
    if not fix.edits or not owned:
        return fix
    freed = [_freed(each, request) for each in owned.values()]
    return replace(
        fix,
        summary=f"find out why {_and(owned)} is attached, then detach it, or put a copy with an exception in its place",
        risk=f"{' and '.join(dict.fromkeys(freed))} is freed from all that the policy denies, not for this call alone",
        applicability=Applicability.MANUAL,
        target=", ".join(owned),
        edits=(),
        writes=(),
        undo=(),
        steps=(
            _WHY_ATTACHED,
            *(step for each in owned.values() for step in _detaching(each, request)),
            "with a copy in its place, that is made with the exception and attached before (aws iam create-policy)",
            *(fix.steps if len(owned) < len({each.pointer for each in denying}) else ()),
        ),
    )


_WHY_ATTACHED: Final = (
    "ask whoever attached it: AWS attaches AWSCompromisedKeyQuarantineV3 and its like itself, to users whose access "
    "keys are public"
)


def _of_aws(arn: str) -> bool:
    parts = split_arn(arn)
    return parts is not None and (parts.service, parts.account) == ("iam", "aws")


def _and(names: Iterable[str]) -> str:
    return " and ".join(f"`{each}`" for each in names)


def _freed(placed: Placed, request: AccessRequest) -> str:
    kind, name = _attached_to(placed, request)
    return {"Group": f"every member of the group `{name}`", "Role": f"every session of the role `{name}`"}.get(
        kind, f"the user `{name}`"
    )


def _attached_to(placed: Placed, request: AccessRequest) -> tuple[str, str]:
    """Return the kind and name of what a policy is attached to."""
    holder = holder_of(request)
    group = group_of(placed)
    if group is not None:
        return "Group", group
    return ("User", request.principal.name) if holder is None else (holder.kind, holder.name)


def _detaching(placed: Placed, request: AccessRequest) -> Iterator[str]:
    holder = holder_of(request)
    if holder is not None and holder.permission_set is not None:
        yield f"detach it from the permission set `{holder.permission_set}`, never from the reserved role itself"
        return
    kind, name = _attached_to(placed, request)
    named = (f"{kind}Name", name), ("PolicyArn", placed.arn)
    yield command("iam", f"detach-{kind.lower()}-policy", *named)
    yield f"to take it back: {command('iam', f'attach-{kind.lower()}-policy', *named)}"
