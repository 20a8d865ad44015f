"""Permissions that a resource's policy gives: how it names a caller so that nobody else is let in; pure.

AWS: "AWS JSON policy elements: Principal"; "The confused deputy problem"; "Restrict access to an Amazon S3 origin".
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from why403.domain.fix import Applicability, Edit, Fix, both
from why403.domain.issuer import lacks_path
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.domain.truth import TRUE
from why403.domain.verdict import Reach
from why403.policy.compiled import Policies
from why403.policy.document import VARIABLES_SINCE
from why403.policy.editing import Document, document_of, statement_at, takes, with_document, written
from why403.policy.giving import given_by
from why403.policy.homes import TOO_LONG, Home
from why403.policy.permission_sets import MADE_ANEW, set_of
from why403.policy.principal import is_unique_id
from why403.policy.proposals import Subject, addition, by_hand, wanted

_SOURCES: Final = (("ArnLike", "aws:SourceArn"), ("StringEquals", "aws:SourceAccount"))


class Named(NamedTuple):
    """How a statement names the caller: the element, conditions, and what else it lets in, if anything."""

    principal: Mapping[str, Any]
    condition: Mapping[str, Any]
    risk: str


def named(request: AccessRequest, reach: int = Reach.NONE) -> Named | None:
    """Return how a statement names the caller and nobody else, None where it cannot.

    A service is named with the resource it acts for: without that, it would let in whoever makes the service act. A
    session is named by its role, of which the path has to be known, else by itself, and by itself where a grant to the
    role does not reach far enough. The root user is named with a condition on `aws:PrincipalArn`.
    """
    principal = request.principal
    match principal.kind:
        case Kind.SERVICE:
            condition = dict(_sources(request))
            return Named({"Service": principal.arn}, condition, _FOR_SOURCE) if condition else None
        case Kind.ROLE if reach == Reach.DIRECT:
            return None
        case Kind.USER | Kind.ROLE | Kind.FEDERATED | Kind.ORIGIN:
            return Named({"AWS": principal.arn}, {}, _NOBODY_ELSE)
        case Kind.ROOT:
            # As a Principal its ARN means the account, and so whomever the account lets.
            return Named({"AWS": principal.arn}, {"ArnEquals": {"aws:PrincipalArn": principal.arn}}, _NOBODY_ELSE)
        case Kind.SESSION:
            role = request.issuer if reach != Reach.DIRECT and not lacks_path(request.issuer or "") else None
            risk = MADE_ANEW if role and set_of(principal.name) else _NOBODY_ELSE if role else _ONE_SESSION
            return Named({"AWS": role or principal.arn}, {}, risk)
    return None


_NOBODY_ELSE: Final = "nobody else is let in"
_ONE_SESSION: Final = "only sessions of this name are let in, where the role would let in all of its own"
_FOR_SOURCE: Final = "the service is let in for this source alone, whoever makes it act"


def _sources(request: AccessRequest) -> Iterator[tuple[str, Mapping[str, str]]]:
    for operator, key in _SOURCES:
        values = request.context[key.lower()]
        if values is not None and len(values) == 1:
            yield operator, {key: values[0]}


def admission(
    on: Subject,
    request: AccessRequest,
    home: Home | None,
    condition: Mapping[str, Any] | None = None,
    resource: str | None = None,
) -> Fix:
    """Return the fix that lets the caller in by a policy of the resource's; by hand where that is not safe."""
    who = named(request, on.reach)
    if who is None:
        fix = by_hand(request, on._replace(steps=_unnamed(request)))
        service = request.principal.kind is Kind.SERVICE
        return replace(fix, summary=f"let `{request.principal.arn}` in by {on.what} for one source") if service else fix
    asked = wanted(
        request, resource=resource, principal=who.principal, condition={**who.condition, **(condition or {})}
    )
    on = on._replace(risk=both(who.risk, given_by(request).risk))
    found = addition(on, "", asked, home)
    if found is not None:
        return found
    document = document_of(on.raw)
    why = TOO_LONG if document is None or takes(document, asked) else _TOO_OLD
    return by_hand(request, on._replace(steps=(why, *on.steps)))


_TOO_OLD: Final = (
    f"the statement needs `${{*}}` or its like, which policies know since Version {VARIABLES_SINCE}: change it, if "
    "what this one has after `${` already may become a variable"
)


def _unnamed(request: AccessRequest) -> tuple[str, ...]:
    if request.principal.kind is Kind.SERVICE:
        return (
            f"find out for which resource {request.principal.arn} acts: its ARN, and its account",
            f"allow `{request.principal.arn}` the action under the conditions aws:SourceArn and aws:SourceAccount",
            "never leave the conditions out: anybody could then make the service act on the bucket",
        )
    return ("find out who calls, by the CloudTrail event of the call",)


def revival(on: Subject, policies: Policies, request: AccessRequest, home: Home | None) -> Fix | None:
    """Return the fix that writes the caller's ARN where the id of a deleted identity stands, None if that is not why.

    An Allow that lacks nothing else was meant for a user or role of that name before it was made anew. AWS stores no
    such id again, so the policy cannot be changed while it is there.
    """
    who, document = named(request), document_of(on.raw)
    left = _LEFT_BEHIND.get(request.principal.kind)
    if who is None or document is None or left is None:
        return None
    for _, statement in policies.statements():
        ids = (
            []
            if statement.principals is None
            else sorted(each for each in statement.principals.names if _is(each, left))
        )
        fails = not statement.allow or not ids or not statement.actions.match(request.action_key)
        if not fails and statement.matches(request) == TRUE:
            after = _with(document, statement.index, ids, who.principal["AWS"])
            writes, undo = ((), ()) if home is None else home.change(written(on.raw), after)
            return Fix(
                summary=f"write `{who.principal['AWS']}` where {on.what} names {_deleted(ids)}",
                who=on.who,
                risk="the caller gets all that the statement allowed the deleted identity",
                applicability=Applicability.REVIEW if writes else Applicability.MANUAL,
                target=on.what if home is None else home.target,
                edits=(Edit(on.fact.name, on.raw, with_document(on.raw, after)),),
                writes=writes,
                undo=undo,
                steps=() if writes else on.steps,
            )
    return None


_LEFT_BEHIND: Final[Mapping[Kind, str]] = {Kind.USER: "AIDA", Kind.ROLE: "AROA", Kind.SESSION: "AROA"}


def _is(entry: str, left: str) -> bool:
    return is_unique_id(entry) and entry.startswith(left)


def _deleted(ids: list[str]) -> str:
    named = ", ".join(f"`{each}`" for each in ids)
    return f"a deleted identity, {named}" if len(ids) == 1 else f"deleted identities, {named}"


def _with(document: Document, index: int, ids: list[str], arn: str) -> Document:
    """Return a document with an ARN in the place of ids in the Principal of one statement."""
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    held = statement_at(document, index)
    aws = held["Principal"]["AWS"]
    entries = [arn if each == ids[0] else each for each in ([aws] if isinstance(aws, str) else aws)]
    kept = [each for at_, each in enumerate(entries) if each not in ids and each not in entries[:at_]]
    principal = {**held["Principal"], "AWS": kept[0] if len(kept) == 1 else kept}
    made = [{**each, "Principal": principal} if each is held else each for each in statements]
    return {**document, "Statement": made if isinstance(document["Statement"], list) else made[0]}


def storable(fix: Fix) -> Fix:
    """Return a fix of a policy that AWS would not store as one by hand: nobody may be named by a deleted identity's id.

    AWS: "AWS JSON policy elements: Principal" on ids that are left where a user or role was deleted.
    """
    written = (each.parameters[name] for each in fix.writes for name in each.documents)
    dead = sorted({each for document in written for each in _dead(document_of(document) or {})})
    if not dead:
        return fix
    ids = " and ".join(f"`{each}`" for each in dead)
    step = f"write ARNs in the place of {ids}, or take them out, in the same change: AWS stores no such id again"
    return replace(fix, applicability=Applicability.MANUAL, writes=(), undo=(), steps=(*fix.steps, step))


def _dead(document: Document) -> Iterator[str]:
    held = document.get("Statement", ())
    for each in held if isinstance(held, list) else [held]:
        for name in ("Principal", "NotPrincipal"):
            principal = each.get(name)
            entries = principal.get("AWS", ()) if isinstance(principal, Mapping) else ()
            yield from filter(is_unique_id, [entries] if isinstance(entries, str) else entries)
