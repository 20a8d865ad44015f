"""Fixes of policies: a permission added to a document, and what is told of it; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from why403.domain.arn import EVERYTHING, KMS
from why403.domain.evidence import Fact
from why403.domain.fix import Applicability, Edit, Fix
from why403.domain.listing import PREFIX, prefix_of
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.domain.verdict import Reach
from why403.policy.compiled import Placed
from why403.policy.editing import (
    Document,
    allowing,
    at,
    document_of,
    literal,
    put,
    statement,
    takes,
    unvaried,
    with_document,
    written,
)
from why403.policy.giving import closed_acl
from why403.policy.homes import Home
from why403.policy.mending import excepted, spared_beside
from why403.policy.ruling import Cited
from why403.policy.sending import otherwise

_HELD_BACK: Final = "nothing beside this call, as far as this policy goes"


class Subject(NamedTuple):
    """What a fix changes: the fact, its JSON (None: there is none), and how that is told.

    `what` it is called, `who` changes it, what that may open (`risk`), how far that can be trusted (`grade`); `steps`
    are what a person does where no call is known that makes the change. `reach` is how far a grant has to come.
    """

    fact: Fact[Any]
    raw: Any
    what: str
    who: str
    risk: str = _HELD_BACK
    grade: Applicability = Applicability.REVIEW
    steps: tuple[str, ...] = ()
    reach: int = Reach.NONE


def action_of(request: AccessRequest) -> str:
    """Return the action as AWS spells it."""
    return request.action if request.s3_action is None else request.s3_action.name


def resource_of(request: AccessRequest) -> str:
    """Return what is asked for as a Resource that covers nothing else; what is not known of a key stays open.

    Calls that are about no one resource are allowed on `*`.
    """
    whole = request.resource.vague or request.resource is EVERYTHING
    return request.resource.arn if whole else literal(request.resource.arn)


def wanted(
    request: AccessRequest,
    *,
    resource: str | list[str] | None = None,
    principal: str | Mapping[str, Any] | None = None,
    condition: Mapping[str, Any] | None = None,
) -> Document:
    """Return the narrowest statement that allows what is asked for.

    Of KMS that is only what S3 asks for its caller; of a listing, only the prefix that is asked for, if there is one;
    of an ACL that lets in nobody, only that one.
    """
    conditions = {**(condition or {})}
    equal = {**conditions.get("StringEquals", {}), **dict(_limits(request))}
    if equal:
        conditions["StringEquals"] = equal
    where = resource_of(request) if resource is None else resource
    return statement(action_of(request), where, principal=principal, condition=conditions)


def _limits(request: AccessRequest) -> Iterator[tuple[str, str]]:
    via = request.context[_VIA] if _asks_by_s3(request) else None
    if via:
        yield "kms:ViaService", via[0]
    prefix = prefix_of(request)
    if prefix:
        yield PREFIX, unvaried(prefix)
    acl = closed_acl(request)
    if acl:
        yield "s3:x-amz-acl", acl


_VIA: Final = "kms:viaservice"


def _asks_by_s3(request: AccessRequest) -> bool:
    return request.resource.service == KMS and request.call is not None


def untied(request: AccessRequest) -> bool:
    """Return whether a key is allowed for more than S3, as it is not known under which name S3 asks.

    AWS tells the names of `kms:ViaService` for no Region in China. AWS: "AWS KMS condition keys".
    """
    return _asks_by_s3(request) and not request.context[_VIA]


UNTIED: Final = (
    "the caller may use the key beside S3 as well: the name by which S3 asks (kms:ViaService) is not known here"
)


def addition(on: Subject, pointer: str, asked: Document, home: Home | None) -> Fix | None:
    """Return the fix that adds a permission to the document at a pointer, None where that document cannot take it.

    Without a `home` nobody knows the call that makes the change; the edit shows what it comes to.
    """
    held = None if on.raw is None else at(on.raw, pointer)
    document = None if held is None else document_of(held)
    if document is not None and not takes(document, asked):
        return None
    after = allowing(document, asked)
    if home is not None and not home.fits(after):
        return None
    value = after if held is None else put(on.raw, pointer, with_document(held, after))
    writes, undo = ((), ()) if home is None else home.change(None if held is None else written(held), after)
    return Fix(
        summary=f"allow {_listed(asked['Action'])} on {_listed(asked['Resource'])} in {on.what}",
        who=on.who,
        risk=_risk(on, [home]),
        applicability=Applicability.MANUAL if home is None else on.grade,
        target=on.what if home is None else home.target,
        edits=(Edit(on.fact.name, on.raw, value),),
        writes=writes,
        undo=undo,
        steps=on.steps if home is None else (),
    )


def _risk(on: Subject, homes: Sequence[Home | None]) -> str:
    return "; ".join(dict.fromkeys((on.risk, *(home.limit for home in homes if home is not None and home.limit))))


def appended(on: Subject, pointer: str, asked: Document) -> Fix:
    """Return the fix that adds a policy to the list at a pointer; by hand, as it has no name yet to be written by."""
    document = allowing(None, asked)
    value = [document] if on.raw is None else put(on.raw, pointer, [*at(on.raw, pointer), document])
    return Fix(
        summary=f"allow {_listed(asked['Action'])} on {_listed(asked['Resource'])} in {on.what}",
        who=on.who,
        risk=on.risk,
        applicability=Applicability.MANUAL,
        target=on.what,
        edits=(Edit(on.fact.name, on.raw, value),),
        steps=on.steps,
    )


def _listed(entries: str | list[str]) -> str:
    return " and ".join(f"`{each}`" for each in ([entries] if isinstance(entries, str) else entries))


def exception(
    on: Subject, cited: Sequence[Cited], request: AccessRequest, home_of: Callable[[Placed, Any], Home | None]
) -> Iterator[Fix]:
    """Yield what keeps these statements from denying: another way of calling, then an exception in each of them.

    An exception for who could call as the statements ask is nothing but their owner's to decide.
    `home_of` is given a changed policy and the fact's whole value with all changes, as some places have one limit.
    """
    by_caller = list(otherwise(cited, request))
    yield from by_caller
    if any(each.applicability is Applicability.MANUAL for each in by_caller):
        return
    found = excepted(on.raw, cited, request) if cited and on.raw is not None else None
    if found is None:
        yield by_hand(request, on)
        return
    value, documents = found
    homes = [home_of(each.placed, value) for each in documents]
    changes = [
        home.change(each.before, each.after)
        for home, each in zip(homes, documents, strict=True)
        if home is not None and home.fits(each.after)
    ]
    whole = len(changes) == len(documents)
    full = [home.full for home, each in zip(homes, documents, strict=True) if home and not home.fits(each.after)]
    yield Fix(
        summary=f"make an exception for {_caller(request)} in {_statements(cited)} of {on.what}",
        who=on.who,
        risk="; ".join([_risk(on, homes), *spared_beside(cited, request, documents)]),
        applicability=on.grade if whole and not by_caller else Applicability.MANUAL,
        target=", ".join(home.target for home in homes if home is not None) or on.what,
        edits=(Edit(on.fact.name, on.raw, value),),
        writes=tuple(write for writes, _ in changes for write in writes) if whole else (),
        undo=tuple(write for _, undo in reversed(changes) for write in undo) if whole else (),
        steps=() if whole else (*dict.fromkeys(full), *on.steps),
    )


def _caller(request: AccessRequest) -> str:
    return f"`{request.issuer or request.principal.arn}`"


def _statements(cited: Sequence[Cited]) -> str:
    found = (f"`{each.statement.sid}`" if each.statement.sid else str(each.statement.index + 1) for each in cited)
    names = list(dict.fromkeys(found))
    return f"statement{'s' if len(names) > 1 else ''} {' and '.join(names)}"


_SIGNED: Final = "sign the request with the credentials of a user or role that is allowed it"
_SERVED: Final = (
    "or serve the objects by CloudFront with origin access control, whose service principal the bucket policy lets in"
)


def _unsigned(request: AccessRequest) -> tuple[str, ...]:
    reads = request.s3_action is not None and request.s3_action.access == "Read"
    return (_SIGNED, _SERVED) if reads else (_SIGNED,)


def by_hand(request: AccessRequest, on: Subject) -> Fix:
    """Return what a person does where no edit is known that would be safe."""
    unsigned = request.principal.kind is Kind.ANONYMOUS
    summary = "sign the request: nobody who is anonymous is let in" if unsigned else f"have {on.what} changed by hand"
    return Fix(
        summary=summary,
        who="the caller" if unsigned else on.who,
        risk="none for anybody else: no policy changes" if unsigned else on.risk,
        applicability=Applicability.MANUAL,
        target="the request" if unsigned else on.what,
        steps=_unsigned(request) if unsigned else on.steps,
    )
