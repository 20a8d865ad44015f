"""What the conformance suite asks of fixes: each takes away the claim that it answers, and opens nothing to anybody."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NoReturn

from why403.domain.context import NO_VALUE, Values
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Absent, Evidence, Fact, Found
from why403.domain.facts import CORE
from why403.domain.fix import Applicability, Fix, Write
from why403.domain.operations import PARAMETER_OF
from why403.domain.presigned import presigned
from why403.domain.principal import principal as principal_named
from why403.domain.request import AccessRequest, Call
from why403.domain.shapes import moment
from why403.domain.truth import FALSE, TRUE
from why403.domain.verdict import Claim, Says
from why403.layer import Layer

_KEY_OF: Final = {name: key for key, name in PARAMETER_OF.items()}
_WHO_IS_MEANT: Final = frozenset(
    {"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:sourcearn", "aws:sourceaccount"}
)
_OF_CALLER: Final = ("aws:principal", "aws:via", "aws:calledvia", "aws:userid", "aws:username")
_OTHERS: Final = (
    "anonymous",
    "arn:aws:iam::{account}:user/why403-other",
    "arn:aws:iam::{account}:role/why403-other",
    "arn:aws:iam::999988887777:user/why403-other",
    "arn:aws:iam::999988887777:root",
)


def check_fixes(layer: Layer, request: AccessRequest) -> None:
    """Check what the layer proposes for each claim of its own that stands in the way of a request.

    A fix says who makes it, starts from what is there, and takes its claim away; it removes no Deny, lets everybody
    else be denied as before, and names whom it lets in. What takes it back is what was there.
    """
    for claim in layer.judge(request, request.evidence):
        if _stands(claim):
            fixes = list(layer.propose(request, request.evidence, claim))
            if fixes != list(layer.propose(request, request.evidence, claim)):
                _fail(layer, request, "proposes something else the second time")
            for fix in fixes:
                _check_told(layer, request, fix)
                _check_edits(layer, request, fix)
                _check_effect(layer, request, claim, fix)


def _stands(claim: Claim) -> bool:
    return claim.holds == (TRUE if claim.says in {Says.DENIAL, Says.YIELDING_DENIAL} else FALSE)


def _check_told(layer: Layer, request: AccessRequest, fix: Fix) -> None:
    for name, text in {"summary": fix.summary, "who": fix.who, "risk": fix.risk}.items():
        if not text.strip() or text.rstrip().endswith("."):
            _fail(layer, request, f"proposes a fix with `{text}` as its {name}, which is no clause")
    made = fix.writes or fix.call or fix.request
    if fix.applicability is not Applicability.MANUAL and not made:
        _fail(layer, request, f"says that nobody's hands are needed to {fix.summary}, and names no call")
    if not made and not fix.steps:
        _fail(layer, request, f"names neither a call nor a step to {fix.summary}")
    if bool(fix.writes) != bool(fix.undo):
        _fail(layer, request, f"does not say how to take back: {fix.summary}")


def _check_edits(layer: Layer, request: AccessRequest, fix: Fix) -> None:
    facts = _named(layer, request)
    for edit in fix.edits:
        if edit.fact not in facts:
            _fail(layer, request, f"edits `{edit.fact}`, which is no fact that it reads")
        seen = request.evidence[facts[edit.fact]]
        if edit.before != (seen.raw if isinstance(seen, Found) else None) or not isinstance(seen, Found | Absent):
            _fail(layer, request, f"edits `{edit.fact}` from something else than was found")
        if edit.after == edit.before:
            _fail(layer, request, f"edits `{edit.fact}` without changing it")
        opened = next(_opened(edit.before, edit.after), None)
        if opened is not None and not fix.public:
            _fail(layer, request, f"lets in anybody by {json.dumps(opened)}")
    if fix.edits:
        _check_writes(layer, request, fix)


def _check_writes(layer: Layer, request: AccessRequest, fix: Fix) -> None:
    """Check that documents that are written are those of the edits, and what takes them back is what was there."""
    for writes, side in ((fix.writes, "after"), (fix.undo, "before")):
        there = [text for edit in fix.edits for text in _texts(getattr(edit, side))]
        for document in (each for write in writes for each in _written(write)):
            if _plain(document) not in there:
                _fail(layer, request, f"writes a document that is none of those {side} the edit")


def _written(write: Write) -> Iterator[Any]:
    return (write.parameters[name] for name in write.documents)


def _check_effect(layer: Layer, request: AccessRequest, claim: Claim, fix: Fix) -> None:
    own = {fact.name for fact in layer.provides}
    if not (fix.edits or fix.call or fix.request):
        return
    made = _made(layer, request, fix)
    if not fix.edits or own & {edit.fact for edit in fix.edits}:
        before, now = (_standing(layer, each, claim.says) for each in (request, made))
        if not _less(before, now, layer.judge(made, made.evidence), claim.says):
            _fail(layer, request, f"proposes to {fix.summary}, and its claim stands all the same")
    facts = _named(layer, request)
    of_policies = any(facts[edit.fact].policies is not None for edit in fix.edits)
    for other in _others(request) if of_policies else ():
        if not _denies(layer, other) <= _denies(layer, _made(layer, other, fix, edits_only=True)):
            _fail(layer, request, f"proposes to {fix.summary}, and denies {other.principal.arn} no longer")


def _less(before: list[int], now: list[int], verdict: Iterable[Claim], says: int) -> bool:
    """Return whether less stands in the way: fewer claims, or such that reach less far, or something is granted."""
    if says == Says.GRANT:
        return any(each.says == Says.GRANT and each.holds != FALSE for each in verdict)
    return (len(now), sum(now)) < (len(before), sum(before))


def _standing(layer: Layer, request: AccessRequest, says: int) -> list[int]:
    return [each.reach for each in layer.judge(request, request.evidence) if each.says == says and _stands(each)]


def _denies(layer: Layer, request: AccessRequest) -> bool:
    return any(each.says == Says.DENIAL and each.holds == TRUE for each in layer.judge(request, request.evidence))


def _others(request: AccessRequest) -> Iterator[AccessRequest]:
    account = request.principal.account or "111122223333"
    for text in _OTHERS:
        other = principal_named(text.format(account=account))
        context = {key: held for key, held in request.context.given.items() if not key.startswith(_OF_CALLER)}
        yield AccessRequest(
            other, request.action, request.resource, context, NO_VALUE, request.evidence, call=request.call
        )


def _made(layer: Layer, request: AccessRequest, fix: Fix, *, edits_only: bool = False) -> AccessRequest:
    facts = _named(layer, request)
    try:
        seen = {facts[edit.fact]: facts[edit.fact].observe(edit.after) for edit in fix.edits}
    except InvalidInput as error:
        _fail(layer, request, f"edits a fact into what it cannot be: {error}")
    evidence = Evidence({**request.evidence, **seen}, complete=request.evidence.complete)
    if edits_only or request.call is None:
        return request.given({} if edits_only else _keys(fix), evidence)
    call = _called(request.call, fix)
    context = {**request.context.given, **_keys(fix)}
    principal, action, target, rest = request.principal, request.action, request.resource, request.context.rest
    subject, of_new = request.subject, request.of_new
    return AccessRequest(principal, action, target, context, rest, evidence, call=call, subject=subject, of_new=of_new)


def _called(call: Call, fix: Fix) -> Call:
    """Return the call with what is sent otherwise, and when, and by which presigned URL."""
    found = replace(call, parameters={**call.parameters, **fix.call})
    if "presigned" in fix.request:
        found = replace(found, presigned=presigned(fix.request["presigned"]))
    if "time" in fix.request:
        found = replace(found, received=moment(fix.request["time"]), undated=False)
    return found


def _keys(fix: Fix) -> Mapping[str, Values]:
    """Return the condition keys that the call carries with what the fix has it send."""
    sent = {_KEY_OF[name]: value for name, value in fix.call.items() if name in _KEY_OF}
    told = {name.lower(): value for name, value in (fix.request.get("context") or {}).items()}
    return {key: _values(value) for key, value in {**sent, **told}.items()}


def _values(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _named(layer: Layer, request: AccessRequest) -> dict[str, Fact[Any]]:
    return {fact.name: fact for fact in (*CORE, *request.evidence, *layer.needs, *layer.provides)}


def _opened(before: Any, after: Any) -> Iterator[Any]:
    """Yield new statements that allow everybody and do not say who is meant."""
    old = [json.dumps(each, sort_keys=True) for each in _statements(before)]
    for each in _statements(after):
        tested = {key.lower() for held in each.get("Condition", {}).values() for key in held}
        everybody = each.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        new = json.dumps(each, sort_keys=True) not in old
        if new and each.get("Effect") == "Allow" and everybody and not tested & _WHO_IS_MEANT:
            yield each


def _statements(value: Any) -> Iterator[Any]:
    """Yield what looks like a statement, however deep."""
    for each in _parts(value):
        if isinstance(each, dict) and "Effect" in each:
            yield each


def _texts(value: Any) -> list[str]:
    return [_plain(each) for each in _parts(value) if isinstance(each, dict)]


def _plain(document: Any) -> str:
    return json.dumps(json.loads(document) if isinstance(document, str) else document, sort_keys=True)


def _parts(value: Any) -> Iterator[Any]:
    """Yield a JSON value and all that is in it, in texts that are JSON as well."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = json.loads(value)
    yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inside:
        yield from _parts(each)


def _fail(layer: Layer, request: AccessRequest, what: str) -> NoReturn:
    raise AssertionError(f"the layer `{layer.name}` {what} ({request.action} on {request.resource.arn})")
