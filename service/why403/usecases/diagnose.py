"""Explaining one refusal: read what was pasted, merge the hints, decide as far as the evidence goes, rank causes."""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any, Final, NamedTuple

from why403.causes.rank import ranked
from why403.causes.situation import Situation
from why403.causes.standing import standing_of
from why403.causes.word import aws_word
from why403.domain.actions import service_of
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Fact
from why403.domain.facts import REGION
from why403.domain.truth import FALSE, TRUE
from why403.engine.call import Decided
from why403.engine.explain import explained
from why403.engine.settle import Budget, OverBudget
from why403.intake.evidence import NOTHING, Observed
from why403.intake.hinted import without_replaced
from why403.intake.partial import Partial, partial
from why403.intake.received import Now
from why403.rendering import markdown, mermaid, once, sentence
from why403.report import Report
from why403.services import Services
from why403.usecases.allowed_if import Seen, Tries, allowed_if
from why403.usecases.clues import Clue, look_up
from why403.usecases.confidence import with_confidence
from why403.usecases.cross_check import Checking
from why403.usecases.decide import decide_call
from why403.usecases.gather import Collection, Wanted, collect, desk_of
from why403.usecases.pasted import LOOKUP, report_in, with_owner

_OF_THE_PAST: Final = ("error", "event", *LOOKUP)
"""The members that tell of a call that was made; who describes a request alone asks about now."""


class Diagnosed(NamedTuple):
    """A diagnosis with what it rests on: the request as far as it is known, what was seen, and what was decided.

    `doubt` is why nothing can be certain.
    """

    answer: dict[str, Any]
    known: Partial
    seen: Observed
    complete: bool
    on: Seen
    decided: Decided | None
    doubt: str | None


def diagnose(services: Services, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the diagnosis in the contract's shape.

    Raises InvalidInput with pointers from the body's root that resolve in it, also where a report said what is wrong.
    """
    return diagnosed(services, body).answer


def diagnosed(services: Services, body: Mapping[str, Any]) -> Diagnosed:
    """Return the diagnosis with what it rests on; raises InvalidInput as `diagnose` does."""
    try:
        return _diagnosed(services, body)
    except InvalidInput as error:
        raise error.within(body) from error


def _diagnosed(services: Services, body: Mapping[str, Any]) -> Diagnosed:
    report, hints = report_in(services, body), _hints(body)
    now = Now(services.now(), at_latest=any(body.get(name) for name in _OF_THE_PAST))
    known = partial(report, hints, now)
    checking, collection, pasted = _checking(services, body, hints), None, report
    clue = look_up(services, body, report, known)
    doubt = None if clue is None else clue.doubt
    if clue is not None:
        report, services, known = clue.report, clue.services, partial(clue.report, hints, now)
    given, complete = _evidence(services, body, hints)
    if _collects(services, body, hints, complete=complete):
        collection = _collection(services, body, known, given)
    read = given if collection is None else collection.each[0].observed
    seen = with_owner(read, report, known.request, services.registry.facts)
    known = known.answered_in(seen.own.get(REGION))
    on = Seen(seen.evidence(complete=complete), _of_current(collection, given))
    decided, told = _decided(services, known, on, doubt)
    situation = _situation(report, pasted if doubt is not None else report, known, decided, hints)
    answer = aws_word(told, report, situation)
    if body.get("detail") == "full":
        answer["allowed_if"] = _allowed_if(services, known, on, decided if _is_open(answer, doubt) else None)
    standing = standing_of(decided, services.registry, certain=answer["decision"] == "denied")
    answer["causes"] = ranked(situation, standing)
    answer.update(id=f"d_{token_hex(8)}", understood=_understood(report, known, situation))
    if "error" not in body and "event" not in body and not (clue and clue.told["found"]):
        answer["understood"]["source"] = "request"
    answer.update(_reads(clue, collection))
    if checking is not None:
        answer["cross_check"] = checking.of(decided, _missing(known) or (doubt and "whose call it was"))
    answer.update(_in_words(answer))
    return Diagnosed(answer, known, seen, complete, on, decided, doubt)


def _is_open(answer: Mapping[str, Any], doubt: str | None) -> bool:
    return doubt is None and answer["decision"] == "unknown"


def _in_words(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer as a message and as a chart, and in one sentence: of what is open, what is likely."""
    shown = once(answer)
    explanation = {"markdown": markdown(shown), "mermaid": mermaid(shown)}
    summary = sentence(shown) if answer["certainty"] == "suspected" else answer["summary"]
    return {"explanation": explanation, "summary": summary}


def _situation(
    report: Report, of_this_call: Report, known: Partial, decided: Decided | None, hints: Mapping[str, Any]
) -> Situation:
    """Return what is known of the refusal; what another call may have been answered is no word on this one."""
    needed = [leg.ruled.request for leg in decided.legs if leg.needed == TRUE] if decided else []
    found = Situation.of(without_replaced(report, hints, needed), known, decided)
    if of_this_call is report:
        return found
    return found._replace(meaning=Situation.of(of_this_call, known, None).meaning)


def _reads(clue: Clue | None, collection: Collection | None) -> dict[str, Any]:
    """Return what the answer says of that which was read from AWS."""
    said: dict[str, Any] = {} if clue is None else {"lookup": clue.told}
    if collection is not None:
        said["collected"] = {**collection.summary(), "facts": collection.each[0].facts}
    return said


def _hints(body: Mapping[str, Any]) -> Mapping[str, Any]:
    hints = body.get("request")
    if not isinstance(hints, dict | None):
        raise InvalidInput.at("/request", "must be an object")
    return hints or {}


def _evidence(services: Services, body: Mapping[str, Any], hints: Mapping[str, Any]) -> tuple[Observed, bool]:
    """Return the evidence of the body with the request's own laid over it, and whether it is complete."""
    facts: Observed = NOTHING
    for held, at in ((body.get("evidence"), "/evidence"), (hints.get("evidence"), "/request/evidence")):
        if held is not None:
            try:
                facts = services.documents.observed(held, services.registry.facts).over(facts)
            except InvalidInput as error:
                raise error.below(at) from error
    complete = hints.get("evidence_is_complete", body.get("evidence_is_complete", False))
    if not isinstance(complete, bool):
        above = "/request" if "evidence_is_complete" in hints else ""
        raise InvalidInput.at(f"{above}/evidence_is_complete", "must be true or false")
    return facts, complete


def _collects(services: Services, body: Mapping[str, Any], hints: Mapping[str, Any], *, complete: bool) -> bool:
    """Return whether AWS is read: where that is asked for, or where the service can and nobody gives evidence."""
    asked = body.get("collect")
    if asked:
        desk_of(services)
        if complete:
            raise InvalidInput.at("/collect", "goes without `evidence_is_complete`: what is complete is not read")
        return True
    given = body.get("evidence") is not None or hints.get("evidence") is not None
    return asked is None and services.aws is not None and not given and not complete


def _checking(services: Services, body: Mapping[str, Any], hints: Mapping[str, Any]) -> Checking | None:
    """Return what makes the second opinion, if one is wanted; its time counts from now, as that of collecting."""
    if not body.get("cross_check"):
        return None
    if services.aws is None:
        raise InvalidInput.at("/cross_check", "this service does not read AWS, so it cannot ask for a second opinion")
    held = (body.get("evidence"), hints.get("evidence"))
    given = {name: value for each in held if isinstance(each, dict) for name, value in each.items()}
    until = services.aws.clock() + services.collect_seconds
    return Checking(services=services, desk=services.aws, given=given, until=until, fresh=body.get("fresh", False))


def _collection(services: Services, body: Mapping[str, Any], known: Partial, given: Observed) -> Collection | None:
    """Return the evidence as far as the request is known: nothing is read of what only stands in for something."""
    if known.asked is None:
        return None
    placed = known.request.get("resource") or known.request.get("bucket")
    extent: Any = "object" if known.missing is None else "bucket" if placed else "caller"
    wanted = Wanted(known.asked, given, extent)
    try:
        return collect(services, [wanted], fresh=body.get("fresh", False))
    except InvalidInput as error:
        raise error.below("/request") from error


def _of_current(collection: Collection | None, given: Observed) -> frozenset[Fact[Any]]:
    """Return the facts of the object that were read, and so are its current version's."""
    found = () if collection is None else collection.each[0].observed.own
    return frozenset(fact for fact in found if fact.of_object and fact not in given.own)


def _decided(services: Services, known: Partial, on: Seen, doubt: str | None) -> tuple[Decided | None, dict[str, Any]]:
    """Return what is decided, if the call is known, and the decision in the contract's shape."""
    if known.asked is None:
        return None, _answer(None, known, doubt)
    try:
        legs = known.asked.legs(on.evidence, services.registry.facts, on.current)
    except InvalidInput as error:
        raise error.below("/request") from error
    try:
        decided = decide_call(services, known.asked, legs, Budget())
    except OverBudget:
        decided = decide_call(services, known.asked, legs, None)
    answer = _answer(decided, known, doubt)
    if doubt is None and _missing(known) is None:
        answer = with_confidence(services, legs, decided, answer)
    return decided, answer


def _allowed_if(services: Services, known: Partial, seen: Seen, decided: Decided | None) -> dict[str, Any] | None:
    """Return under which condition a call would be allowed of which all but the evidence and the context is known."""
    if known.asked is None or decided is None or _missing(known) is not None:
        return None
    return allowed_if(services, known.asked, seen, decided, Tries())


def _answer(decided: Decided | None, known: Partial, doubt: str | None) -> dict[str, Any]:
    """Return the decision; where something had to stand in for what is not known, or may be wrong, none is certain.

    What is refused whoever calls needs no caller.
    """
    refused = decided is not None and decided.outcome == FALSE
    missing = _missing(known) if decided and not refused else known.missing
    reasons = [f"it is not known {missing}"] if missing is not None or decided is None else []
    reasons += [doubt] if doubt else []
    doubts: list[dict[str, Any]] = [{"layer": None, "because": each, "needs": None} for each in reasons]
    if decided is None:
        return _open(doubts, [])
    answer = explained(decided)
    if doubts:
        return _open([*doubts, *answer["doubts"]], answer["warnings"])
    if answer["decision"] == "allowed":
        answer["certainty"] = "contradicted"
    elif answer["decision"] == "unknown" and _of_one_layer(answer["doubts"]):
        answer["certainty"] = "by_elimination"
    return answer


def _of_one_layer(doubts: list[dict[str, Any]]) -> bool:
    """Return whether only one layer is left that can have refused; what is not known of the call is of none."""
    layers = {doubt["layer"] for doubt in doubts}
    return len(layers) == 1 and None not in layers


def _missing(known: Partial) -> str | None:
    """Return what is not known of a request, where something stands in for it."""
    return known.missing or (None if known.request.get("principal") else "who called")


def _open(doubts: list[dict[str, Any]], warnings: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "decision": "unknown",
        "kind": None,
        "layer": None,
        "certainty": "suspected",
        "status": None,
        "code": None,
        "summary": "",
        "blockers": [],
        "doubts": doubts,
        "passed": [],
        "granted_by": [],
        "warnings": warnings,
        "legs": [],
    }


def _understood(report: Report, known: Partial, situation: Situation) -> dict[str, Any]:
    return {
        "principal": known.request.get("principal"),
        "operation": situation.operation,
        "action": situation.action,
        "service": None if situation.action is None else service_of(situation.action),
        "resource": situation.resource,
        "source": report.source,
        "server": report.server,
        "succeeded": "succeeded" in situation.features,
        "request_id": report.request_id,
        "aws_named": situation.named,
        "aws_kind": situation.named_kind,
        "aws_policy_arn": situation.policy_arn,
        "others_in_text": report.others_in_text,
        "code": report.code,
        "status": report.status,
        "unread": list(report.unread),
    }
