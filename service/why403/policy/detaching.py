"""What is done about a policy that AWS owns, which nobody else edits: it is detached, or a copy put in its place; pure.

AWS: "AWS managed policies"; "PutUserPermissionsBoundary", "DeletePolicy" (IAM API Reference).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from why403.domain.arn import split_arn
from why403.domain.commands import command
from why403.domain.fix import Applicability, Fix
from why403.domain.request import AccessRequest
from why403.policy.attached import Holder, group_of, holder_of
from why403.policy.compiled import Placed
from why403.policy.editing import Document, document_of, size, text_of
from why403.policy.homes import MANAGED_MOST


def detached(fix: Fix, denying: Sequence[Placed], request: AccessRequest) -> Fix:
    """Return a fix of what policies deny as one by hand if AWS owns one of them: nobody can write an exception there.

    AWS: "Managed policies and inline policies" (IAM User Guide).
    """
    owned = {each.arn: each for each in denying if each.arn is not None and of_aws(each.arn)}
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


def of_aws(arn: str | None) -> bool:
    """Return whether an ARN is one of the policies that AWS owns."""
    parts = split_arn(arn or "")
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


def replaced(fix: Fix, bounding: Placed, request: AccessRequest) -> Fix:
    """Return a fix of a permissions boundary as a copy in its place, where the boundary is one that AWS owns.

    The copy is for this user or role alone: nobody else's boundary changes.
    """
    holder, arn = holder_of(request), bounding.arn
    if not fix.edits or arn is None or holder is None or not of_aws(arn):
        return fix
    (edit,) = fix.edits
    document = document_of(edit.after) or {}
    named = f"{_COPY}-{holder.name}"[:_LONGEST_NAME]
    copy = f"arn:{holder.partition}:iam::{holder.account}:policy/{named}"
    steps = _TOO_LONG if size(document) > MANAGED_MOST else tuple(_replacing(holder, arn, copy, document))
    return replace(
        fix,
        summary=f"put a copy in the place of the boundary `{arn}`, which AWS alone edits: {fix.summary}",
        risk=f"{fix.risk}; {_FROM_NOW_ON}",
        applicability=Applicability.MANUAL,
        target=arn,
        edits=(edit._replace(after={"name": named, "arn": copy, "document": document}),),
        writes=(),
        undo=(),
        steps=steps,
    )


_COPY: Final = "why403-boundary"
_LONGEST_NAME: Final = 128
_FROM_NOW_ON: Final = "what AWS changes in its own policy from then on no longer reaches the caller"
_TOO_LONG: Final = ("the copy would be longer than a managed policy may be: merge or shorten its statements first",)


def _replacing(holder: Holder, arn: str, copy: str, document: Document) -> Iterator[str]:
    """Yield commands that make the copy, put it in place, and take both back."""
    if holder.permission_set is not None:
        yield f"change the boundary of the permission set `{holder.permission_set}`, never that of the reserved role"
        return
    kind = holder.kind
    bound = f"put-{kind.lower()}-permissions-boundary"

    def put(policy: str) -> str:
        return command("iam", bound, (f"{kind}Name", holder.name), ("PermissionsBoundary", policy))

    named = ("PolicyName", copy.rpartition("/")[2])
    yield command("iam", "create-policy", named, ("PolicyDocument", text_of(document)))
    yield put(copy)
    yield f"to take it back: {put(arn)}, then {command('iam', 'delete-policy', ('PolicyArn', copy))}"
