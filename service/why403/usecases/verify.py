"""Verifying a plan: evidence read afresh, the call decided again, a second opinion, a harmless call as the caller."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from why403.domain.errors import Conflict, InvalidInput, NotFound
from why403.domain.evidence import Found
from why403.domain.facts import BUCKET_OWNER, ISSUER, REGION
from why403.keeping import Deed, Plan, State
from why403.services import Services
from why403.usecases.diagnose import Diagnosed, diagnosed
from why403.usecases.kept_steps import steps_of
from why403.usecases.probes import elsewhere, role_of, trial_of
from why403.writing import Probed

_MAY_BE: Final = ("proposed", "applied", "verified")
_WAITS: Final = (2.0, 4.0)
"""Seconds between looks where a change is not seen everywhere yet."""
_DECISION: Final = ("decision", "kind", "layer", "certainty", "summary", "blockers", "doubts", "granted_by")
_NOT_READ: Final = "this service does not read AWS, so it cannot look at what is there now"


class _Verdict(NamedTuple):
    """Whether the call is let in now, and why that is not known or not so."""

    verified: bool
    because: str | None


def verify(
    services: Services,
    name: str,
    body: Mapping[str, Any],
    who: str | None,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Return whether the call that a plan is for is let in now; the plan is `verified` if it is.

    A plan that is still `proposed` may have been applied by hand. Raises NotFound, InvalidInput, and Conflict for one
    that is being worked on, half done, or taken back.
    """
    if services.store is None:
        raise NotFound("this service keeps nothing")
    _check(body.get("canary"))
    plan = services.store.plan(name)
    if plan.state not in _MAY_BE:
        raise Conflict(f"the plan is `{plan.state}`: there is nothing to verify")
    request = call_of_plan(services, plan)
    found, read = _decided(services, request, sleep)
    tried = _tried(services, request, found, body, sleep) if read else []
    verdict = _verdict(found, read=read, tried=tried, away=list(elsewhere(request)))
    settled = _settled(services, plan, verdict, who)
    return {
        "id": name,
        "state": settled.state,
        "verified": verdict.verified,
        "because": verdict.because,
        "decision": {member: found.answer[member] for member in _DECISION} if read else None,
        "cross_check": found.answer.get("cross_check"),
        "probes": tried,
        "commands": _commands(found, body),
    }


def _check(canary: Any) -> None:
    if canary is not None and not (isinstance(canary.get("key"), str) and canary["key"] and canary.keys() == {"key"}):
        raise InvalidInput.at("/canary", "must be an object with a `key`: that of an object that is not there")


def call_of_plan(services: Services, plan: Plan) -> dict[str, Any]:
    """Return the call as its caller sends it once the plan is applied, without what was known when it was refused."""
    asked = {member: held for member, held in plan.body["request"].items() if member not in _OF_THEN}
    known = dict(diagnosed(services, {**asked, "collect": False}).known.request)
    for change in plan.body["answer"]["changes"]:
        known |= change.get("request") or {}
        if change.get("call"):
            known["parameters"] = {**(known.get("parameters") or {}), **change["call"]}
    sent = {
        member: held for member, held in known.items() if member not in {"evidence", "evidence_is_complete", "time"}
    }
    if sent.get("parameters"):
        sent["parameters"] = {member: held for member, held in sent["parameters"].items() if held is not None}
    return sent


_OF_THEN: Final = frozenset({"evidence_is_complete", "collect", "fresh", "cross_check", "detail", "accept_public"})


def _decided(services: Services, request: Mapping[str, Any], sleep: Callable[[float], None]) -> tuple[Diagnosed, bool]:
    """Return what is decided about the call on what AWS says now, and whether AWS was asked."""
    if services.aws is None:
        return diagnosed(services, {"request": request, "collect": False}), False
    asked = {"request": request, "collect": True, "fresh": True, "cross_check": True}
    found = diagnosed(services, asked)
    for wait in _WAITS:
        if found.answer["decision"] != "denied":
            break
        sleep(wait)
        found = diagnosed(services, asked)
    return found, True


def _tried(
    services: Services,
    request: Mapping[str, Any],
    found: Diagnosed,
    body: Mapping[str, Any],
    sleep: Callable[[float], None],
) -> list[dict[str, Any]]:
    """Return what came of a call made as the caller, of none where none may be made."""
    asked, canary = found.known.asked, (body.get("canary") or {}).get("key")
    if asked is None or services.writer is None or not body.get("probe", True):
        return []
    trial, role = trial_of(request, asked, canary), role_of(asked, _seen(found, ISSUER))
    if trial is None or role is None:
        return []
    if trial.canary and canary is None:
        return [_told(trial.operation, role, Probed("not_run", "a write is tried with a `canary` key only"))]
    probe = trial.under(role, _seen(found, REGION), _seen(found, BUCKET_OWNER))
    came = services.writer.probe(probe)
    for wait in _WAITS:
        if came.status != "refused":
            break
        sleep(wait)
        came = services.writer.probe(probe)
    return [_told(trial.operation, role, came)]


def _told(operation: str, role: str, came: Probed) -> dict[str, Any]:
    return {"call": f"s3:{operation}", "as": role, **came._asdict()}


def _seen(found: Diagnosed, fact: Any) -> str | None:
    held = found.seen.own.get(fact)
    return held.value if isinstance(held, Found) and isinstance(held.value, str) else None


def _verdict(found: Diagnosed, *, read: bool, tried: Sequence[Mapping[str, Any]], away: Sequence[str]) -> _Verdict:
    if not read:
        return _Verdict(verified=False, because=_NOT_READ)
    answer, check = found.answer, found.answer.get("cross_check") or {}
    statuses = {each["status"] for each in tried}
    if "refused" in statuses and not away:
        return _Verdict(verified=False, because="S3 refused the call when it was made as the caller")
    if answer["decision"] == "unknown" and "allowed" in statuses:
        return _Verdict(verified=True, because=f"S3 let the call in; of what is known: {answer['summary']}")
    if answer["decision"] != "allowed":
        return _Verdict(verified=False, because=answer["summary"])
    if check.get("agrees") is False:
        return _Verdict(verified=False, because="IAM's policy simulator says otherwise; see `cross_check`")
    if "refused" in statuses:
        because = f"S3 refused the call when it was made from here; the caller's differs in {', '.join(away)}"
        return _Verdict(verified=True, because=because)
    return _Verdict(verified=True, because=None)


def _settled(services: Services, plan: Plan, verdict: _Verdict, who: str | None) -> Plan:
    """Set the state that follows, with a line in the audit."""
    store = services.store
    if store is None:
        return plan
    deed = Deed(who=who, what="verify", subject=plan.id, outcome=_outcome(verdict), layers=steps_of(plan).layers)
    state: State = plan.state
    if verdict.verified:
        state = "verified"
    elif plan.state == "verified":
        state = "applied" if store.journal(plan.id) else "proposed"
    if state == plan.state:
        store.audit(deed)
        return plan
    return store.settle(plan, state, deed=deed)


def _outcome(verdict: _Verdict) -> str:
    return "verified" if verdict.verified else "not_verified"


def _commands(found: Diagnosed, body: Mapping[str, Any]) -> list[str]:
    """Return what the caller can type to try the call, or one that needs the same permission."""
    asked = found.known.asked
    trial = None if asked is None else trial_of(found.known.request, asked, (body.get("canary") or {}).get("key"))
    return [] if trial is None else list(trial.commands)
