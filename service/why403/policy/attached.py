"""Permissions of a user or role: which of its policies takes one, and what becomes of it where none can; pure.

AWS: "IAM and AWS STS quotas"; "Using service-linked roles".
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain, count
from typing import Any, Final, NamedTuple

from why403.domain.arn import split_arn
from why403.domain.fix import Applicability, Edit, Fix, Reading, Write
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.policy.compiled import Placed
from why403.policy.editing import Document, allowing, at, document_of, size
from why403.policy.homes import MANAGED_MOST, Home, inline_policy, managed_policy
from why403.policy.permission_sets import OF_SET, in_permission_set, set_of
from why403.policy.proposals import Subject, addition

_LONGEST_NAME: Final = 115
_DIGITS: Final = 8
_MOST_ATTACHED: Final[Mapping[str, int]] = {"User": 10, "Role": 20}


class Holder(NamedTuple):
    """The user or role whose policies a caller has; `kind` as IAM's operations name it."""

    kind: str
    name: str
    account: str
    partition: str

    @property
    def permission_set(self) -> str | None:
        """Return the permission set of IAM Identity Center that the role was made from, None for any other."""
        return set_of(self.name)


def holder_of(request: AccessRequest) -> Holder | None:
    """Return whose policies the caller has, None where that is nobody, or not known."""
    principal = request.principal
    match principal.kind:
        case Kind.USER:
            return Holder("User", principal.name, principal.account, principal.partition)
        case Kind.ROLE | Kind.SESSION:
            return Holder("Role", principal.name, principal.account, principal.partition)
        case Kind.FEDERATED:
            arn = split_arn(request.issuer or "")
            if arn is not None:
                return Holder("User", arn.rest.rpartition("/")[2], principal.account, principal.partition)
    return None


def attached_home(placed: Placed, request: AccessRequest, beside: Sequence[Placed], raw: Any) -> Home | None:
    """Return where one of the caller's policies is kept, None where nobody may change it there, or it is not known.

    `beside` are all policies of the caller's, and `raw` is the JSON that holds them.
    """
    holder = holder_of(request)
    if placed.arn is not None:
        return managed_policy(placed.arn)
    if holder is None or placed.name is None or request.service_linked or holder.permission_set is not None:
        return None
    group = group_of(placed)
    others = [each for each in _inline(beside, group) if each.pointer != placed.pointer]
    length = sum(_length(each, raw) for each in others)
    if group is not None:
        return inline_policy("Group", group, placed.name, holder.account, length)
    return inline_policy(holder.kind, holder.name, placed.name, holder.account, length)


def group_of(placed: Placed) -> str | None:
    """Return the group that a policy comes from, None for one of the caller's own."""
    origin = placed.origin or ""
    return origin.removeprefix("group/") if origin.startswith("group/") else None


def _inline(placed: Sequence[Placed], group: str | None = None) -> list[Placed]:
    """Return the inline policies of a group, or of the caller itself."""
    return [each for each in placed if each.arn is None and group_of(each) == group]


def _length(placed: Placed, raw: Any) -> int:
    return size(document_of(at(raw, placed.pointer)) or {})


def attached_additions(on: Subject, placed: Sequence[Placed], asked: Document, request: AccessRequest) -> Iterator[Fix]:
    """Yield what gives the caller a permission of its own: in an inline policy it has, a new one, or a managed one."""
    holder = holder_of(request)
    if holder is None or request.service_linked:
        return
    if holder.permission_set is not None:
        fix = _in_set(on, placed, asked, holder.permission_set)
        yield in_permission_set(fix, holder.permission_set, holder.account, request.issuer)
        return
    inline = _inline(placed)
    lengths = {each.pointer: _length(each, on.raw) for each in inline}
    for each in inline:
        if each.name is not None:
            others = sum(lengths.values()) - lengths[each.pointer]
            home = inline_policy(holder.kind, holder.name, each.name, holder.account, others)
            told = on._replace(what=home.target)
            found = addition(told, each.pointer, asked, home)
            if found is not None:
                yield found
                return
    yield _new(on, asked, holder, _Held(placed, sum(lengths.values()), len(placed) - len(inline)))


class _Held(NamedTuple):
    """What a user or role has already: its policies, how long the inline ones are, how many are managed."""

    placed: Sequence[Placed]
    inline: int
    managed: int


def _new(on: Subject, asked: Document, holder: Holder, has: _Held) -> Fix:
    """Return the fix that makes a new policy: inline, or managed where inline ones have no room left."""
    name, document = _name(asked, has.placed), allowing(None, asked)
    home = inline_policy(holder.kind, holder.name, name, holder.account, has.inline)
    if home.fits(document):
        writes, undo = home.change(None, document)
        held, target, origin = {"name": name, "document": document, "from": "inline"}, home.target, ""
    elif has.managed < _MOST_ATTACHED[holder.kind] and size(document) <= MANAGED_MOST:
        arn = f"arn:{holder.partition}:iam::{holder.account}:policy/{name}"
        writes, undo = _managed(arn, name, document, holder)
        held, target, origin = {"name": name, "arn": arn, "document": document, "from": "attached"}, arn, ""
    else:
        writes, undo, held, target = (), (), None, holder.name
        origin = ": no policy of it has room left"
    return Fix(
        summary=f"allow {asked['Action']} on `{asked['Resource']}` in {_called(held, holder)}{origin}",
        who=on.who,
        risk=on.risk,
        applicability=on.grade if writes else Applicability.MANUAL,
        target=target,
        edits=(Edit(on.fact.name, on.raw, [*(on.raw or []), held]),) if held else (),
        writes=writes,
        undo=undo,
        steps=() if writes else ("detach or merge policies that are no longer needed, then add the permission",),
    )


def _called(held: Mapping[str, Any] | None, holder: Holder) -> str:
    kind = "managed" if held and "arn" in held else "inline"
    name = f"new {kind} policy `{held['name']}`" if held else "policies"
    return f"the {name} of the {holder.kind.lower()} `{holder.name}`"


def _name(asked: Document, placed: Sequence[Placed]) -> str:
    """Return a name for a new policy that none has: that of the bucket it is about.

    Where the names of those that are there are not all known, it ends in a digest of what it allows: an inline policy
    replaces one of its name. AWS: "PutRolePolicy" (IAM API Reference).
    """
    entry = asked["Resource"] if isinstance(asked["Resource"], str) else asked["Resource"][0]
    arn = split_arn(entry)
    about = "" if arn is None else arn.rest.partition("/")[0]
    name = f"why403-{re.sub(r'[^A-Za-z0-9_.-]', '', about) or 'access'}"[:_LONGEST_NAME]
    taken = {each.name or each.arn for each in placed}
    if None in taken:
        name += f"-{sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:_DIGITS]}"
    return next(each for each in chain([name], (f"{name}-{n}" for n in count(2))) if each not in taken)


def _managed(arn: str, name: str, document: Document, holder: Holder) -> tuple[tuple[Write, ...], tuple[Write, ...]]:
    """Return the calls that make a managed policy and attach it, and those that take both back."""
    kind, account = holder.kind, holder.account
    reading = Reading("iam", "GetPolicyVersion", {"PolicyArn": arn}, ("PolicyVersion", "Document"), ("NoSuchEntity",))
    attached = {f"{kind}Name": holder.name, "PolicyArn": arn}
    create = Write(
        "iam",
        "CreatePolicy",
        {"PolicyName": name, "PolicyDocument": document},
        "iam:CreatePolicy",
        account,
        documents=("PolicyDocument",),
        reading=reading,
    )
    attach = Write("iam", f"Attach{kind}Policy", attached, f"iam:Attach{kind}Policy", account)
    detach = Write("iam", f"Detach{kind}Policy", attached, f"iam:Detach{kind}Policy", account)
    delete = Write("iam", "DeletePolicy", {"PolicyArn": arn}, "iam:DeletePolicy", account)
    return (create, attach), (detach, delete)


def _in_set(on: Subject, placed: Sequence[Placed], asked: Document, name: str) -> Fix:
    """Return the fix that adds a permission to the inline policy of a permission set, which a role shows as its own."""
    told = on._replace(what=f"the inline policy of the permission set `{name}`")
    for each in placed:
        found = addition(told, each.pointer, asked, None) if each.name == OF_SET and each.arn is None else None
        if found is not None:
            return found
    held = {"name": OF_SET, "document": allowing(None, asked), "from": "inline"}
    return Fix(
        summary=f"allow {asked['Action']} on `{asked['Resource']}` in {told.what}",
        who=told.who,
        risk=told.risk,
        applicability=Applicability.MANUAL,
        target=told.what,
        edits=(Edit(on.fact.name, on.raw, [*(on.raw or []), held]),),
    )
