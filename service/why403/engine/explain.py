"""Decisions in the shape of the contract: the verdict alone, or with blockers, doubts, what passed, a sentence."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from why403.domain.arn import resource
from why403.domain.evidence import Unreadable
from why403.domain.facts import BUCKET_OWNER, OBJECT_OWNER
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import Claim, ConditionResult, Fork, Says, Shown, Verdict, Words
from why403.engine.blame import Blamed, kind_of
from why403.engine.call import Decided, LegDecided
from why403.engine.relation import Relation
from why403.engine.summary import Told, summary
from why403.engine.unread import Doubt
from why403.layer import FAILED, Layer

_LOG = logging.getLogger(__name__)

DECISIONS: Final = {TRUE: "allowed", FALSE: "denied", UNKNOWN: "unknown"}
_MET: Final = {TRUE: True, FALSE: False, UNKNOWN: None}


def brief(decided: Decided) -> dict[str, Any]:
    """Return the decision without words: `decision`, `kind`, `layer`, `certainty`."""
    plain = decided.legs[0].plain if len(decided.legs) == 1 else None
    if plain is None:
        return _brief(decided)
    if plain.brief is None:
        plain.brief = _brief(decided)
    return plain.brief.copy()


def _brief(decided: Decided) -> dict[str, Any]:
    denied = decided.outcome == FALSE
    first = decided.first if denied else None
    return {
        "decision": DECISIONS[decided.outcome],
        "kind": kind_of(first.blamed) if first else "implicit" if denied else None,
        "layer": first.leg.teller(first.blamed).name if first else None,
        "certainty": "suspected" if decided.outcome == UNKNOWN else "proven",
    }


def told(leg: LegDecided, blamed: Blamed) -> Words:
    """Return the words of a claim, which is asked for them once."""
    words = leg.told.get(blamed)
    if words is None:
        words = leg.told[blamed] = _told(leg, blamed)
    return words


def _told(leg: LegDecided, blamed: Blamed) -> Words:
    """Return the words of a claim; a layer that failed, or fails now, has none of its own."""
    if blamed.claim.about is FAILED:
        return Words(because=f"the layer `{blamed.layer.name}` failed, so what it would say is not known")
    request = leg.ruled.request
    try:
        words: Any = blamed.layer.words(request, request.evidence, blamed.claim)
        if isinstance(words, Words):
            return words if words.shown_to is None else _as_told(leg, words, words.shown_to)
        raise TypeError(words)  # noqa: TRY301 - a failure of the layer like any other
    except Exception:  # noqa: BLE001 - the decision stands without its words
        _LOG.exception("layer %s failed to say why", blamed.layer.name)
        leg.tell(blamed.layer.name, "words")
        return Words(because=f"the layer `{blamed.layer.name}` decides this, but failed to say why")


def _as_told(leg: LegDecided, words: Words, shown: Shown) -> Words:
    """Return the words with the answer that this caller gets: not all are told why, and then S3 says 403."""
    target = resource(shown.resource)
    if target is None:
        raise ValueError(shown.resource)
    questions = (leg.ruled.request.beside(action, target, shown.without) for action in shown.actions)
    told = max(leg.ask(question) for question in questions)
    if told == TRUE:
        return words
    may = f"allowed {' or '.join(shown.actions)} on {shown.resource}"
    if told == UNKNOWN:
        because = f"{words.because}; S3 says {words.status} to callers who are {may}, and 403 to all others"
        return words._replace(because=because, status=None, code=None)
    because = f"{words.because}; S3 hides that behind 403 from callers who are not {may}"
    return words._replace(because=because, status=403, code=words.code and "AccessDenied")


def explained(decided: Decided) -> dict[str, Any]:
    """Return the whole decision, in the shape the contract fixes."""
    blockers = [(blocked.leg, blocked.blamed, told(blocked.leg, blocked.blamed)) for blocked in decided.blockers]
    answer = brief(decided)
    doubts = _doubts(decided)
    allowed = decided.outcome == TRUE
    status, code = _status(decided, blockers)
    answer.update(
        status=status,
        code=code,
        summary=summary(decided, blockers, doubts),
        blockers=[_blocker(*each) for each in blockers],
        doubts=doubts,
        passed=_passed(decided),
        granted_by=decided.granted_by if allowed else [],
        warnings=decided.warnings,
        legs=[_leg(leg) for leg in decided.legs] if len(decided.legs) > 1 else [],
    )
    if decided.partial:
        answer["partial"] = True
    return answer


def _status(decided: Decided, blockers: Sequence[Told]) -> tuple[int | None, str | None]:
    """Return what S3 answers, as far as it is known."""
    if decided.outcome == UNKNOWN:
        return None, None
    if decided.outcome == TRUE:
        return 200, None
    return (blockers[0][2].status, blockers[0][2].code) if blockers else (403, "AccessDenied")


def _blocker(leg: LegDecided, blamed: Blamed, words: Words) -> dict[str, Any]:
    found = _who(leg, blamed.layer)
    found["kind"] = kind_of(blamed)
    found["action"], found["resource"] = leg.ruled.request.action, leg.ruled.request.resource.arn
    found["because"], found["citations"] = words.because, _citations(words)
    return found


def _who(leg: LegDecided, layer: Layer) -> dict[str, Any]:
    """Return by which layer something is told, and through which one if that answers for what others say."""
    teller = leg.ruled.teller
    return {"layer": layer.name} if teller is None else {"layer": teller.name, "via": layer.name}


def _citations(words: Words) -> list[dict[str, Any]]:
    return [
        {
            "fact": cite.fact,
            "policy": cite.policy,
            "arn": cite.arn,
            "sid": cite.sid,
            "statement": cite.statement,
            "pointer": cite.pointer,
            "conditions": [_condition(condition) for condition in cite.conditions],
        }
        for cite in words.citations
    ]


def _condition(condition: ConditionResult) -> dict[str, Any]:
    found = {
        "operator": condition.operator,
        "key": condition.key,
        "expected": list(condition.expected),
        "actual": None if condition.actual is None else list(condition.actual),
        "met": _MET[condition.met],
        "source": None if condition.source is None else condition.source._asdict(),
    }
    return found if condition.remark is None else {**found, "remark": condition.remark}


def _doubts(decided: Decided) -> list[dict[str, Any]]:
    """Return each doubt once, however many legs have it: the first one tells it."""
    found: dict[tuple[str | None, str], dict[str, Any]] = {}
    for leg in decided.legs:
        for doubt in _doubts_of(leg):
            found.setdefault((doubt.get("via", doubt["layer"]), doubt["because"]), doubt)
    return list(found.values())


def _doubts_of(leg: LegDecided) -> list[dict[str, Any]]:
    found = [{**_doubt(blamed.layer.name, told(leg, blamed)), **_who(leg, blamed.layer)} for blamed in leg.ruled.doubts]
    if _open_between_accounts(leg):
        found.append(_whose(leg))
    if leg.needed == UNKNOWN and leg.ruled.outcome == FALSE:
        found.append(_perhaps_needed(leg))
    found += [_doubt(doubt.layer, doubt) for doubt in leg.own_doubts]
    if leg.otherwise is not None and leg.fork is not None and leg.forks:
        found.append(_doubt(None, leg.fork.words))
        found += _refusals_otherwise(leg.otherwise, leg.fork)
        found += _doubts_of(leg.otherwise)
    return found


def _doubt(layer: str | None, said: Words | Doubt | Unreadable) -> dict[str, Any]:
    """Return a doubt; where a read was tried for it, with the call and the account that must grant the permission."""
    if isinstance(said, Unreadable):
        said = Words(because=said.why, needs=said.permission, call=said.call, account=said.account)
    found = {"layer": layer, "because": said.because, "needs": said.needs}
    return found if said.call is None else {**found, "call": said.call, "account": said.account}


def _open_between_accounts(leg: LegDecided) -> bool:
    """Return whether the outcome depends on whose the resource is."""
    conclusion = leg.ruled.conclusion
    if leg.ruled.outcome != UNKNOWN or conclusion.relation is not Relation.OPEN:
        return False
    merged = conclusion.merged
    return merged.outcome(Relation.SAME) != merged.outcome(Relation.CROSS)


def _whose(leg: LegDecided) -> dict[str, Any]:
    request = leg.ruled.request
    of_object = request.bucket_owner is not None and request.principal.account != ""
    fact, what = (OBJECT_OWNER, "object") if of_object else (BUCKET_OWNER, "bucket")
    because = f"it is not known whether the {what} is of the caller's account"
    layer = next((layer.name for layer, _ in leg.ruled.conclusion.said if fact in layer.provides), None)
    seen = request.owner_unread if of_object else request.evidence[fact]
    if isinstance(seen, Unreadable) and seen.call is not None:
        return _doubt(layer, replace(seen, why=f"{because}: {seen.why}"))
    return {"layer": layer, "because": because, "needs": fact.permission}


def _perhaps_needed(leg: LegDecided) -> dict[str, Any]:
    """Return the doubt about a permission that is denied, and that the call may not need."""
    blamed = leg.ruled.blockers[0]
    action = leg.ruled.request.action
    because = f"it is not known whether the call needs {action}, which is denied: {told(leg, blamed).because}"
    return {"because": because, "needs": None, **_who(leg, blamed.layer)}


def _refusals_otherwise(leg: LegDecided, fork: Fork) -> Iterable[dict[str, Any]]:
    """Yield the doubts about what is no policy, and refuses the call on the other side of a fork."""
    for blamed in leg.blockers:
        if blamed.claim.says == Says.REQUIREMENT:
            words = told(leg, blamed)
            yield _doubt(blamed.layer.name, words._replace(because=f"if {fork.condition}, {words.because}"))


def _passed(decided: Decided) -> list[dict[str, Any]]:
    """Return, for each layer that neither blocks nor leaves a doubt, what it says for the request, each thing once.

    What the call may not need at all is left out.
    """
    found: dict[tuple[Layer, str], dict[str, Any]] = {}
    for leg in [leg for leg in decided.legs if leg.needed == TRUE] or decided.legs:
        for blamed in _for_it(leg):
            words = told(leg, blamed)
            said = blamed.layer, words.because
            if said not in found:
                passed = found[said] = _who(leg, blamed.layer)
                passed["because"], passed["citations"] = words.because, _citations(words)
    return list(found.values())


def _for_it(leg: LegDecided) -> Iterable[Blamed]:
    """Return what layers say for a request, of those that neither block nor leave a doubt; found once where it can."""
    conclusion = leg.plain
    if conclusion is not None and conclusion.spoken is not None:
        return conclusion.spoken
    against = {blamed.layer for blamed in (*leg.ruled.blockers, *leg.ruled.doubts)}
    said = [(layer, _spoken(verdict)) for layer, verdict in leg.ruled.conclusion.said if layer not in against]
    found = [Blamed(layer, claim) for layer, claim in said if claim is not None]
    if conclusion is not None:
        conclusion.spoken = found
    return found


def _spoken(verdict: Verdict) -> Claim | None:
    """Return what speaks for the request: something that lets it through, else that nothing denies it."""
    spoken = None
    for claim in verdict:
        if claim.says >= Says.LIMIT:
            if claim.holds == TRUE:
                return claim
        elif claim.holds == FALSE:
            spoken = claim
    return spoken


def _leg(leg: LegDecided) -> dict[str, Any]:
    first = leg.blockers[0] if leg.blockers else None
    return {
        "action": leg.ruled.request.action,
        "resource": leg.ruled.request.resource.arn,
        "decision": DECISIONS[leg.outcome],
        "kind": kind_of(first) if first else None,
        "layer": leg.teller(first).name if first else None,
    }
