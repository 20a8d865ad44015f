"""What is kept of diagnoses and plans, and found again: under a permalink, or to plan and to apply by."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from why403.domain.errors import InvalidInput, NotFound, Unavailable
from why403.keeping import Deed, Diagnosis, Entry, Plan, Store
from why403.planning.draft import Step
from why403.services import Services
from why403.usecases.diagnose import diagnosed
from why403.usecases.keepable import digest, sent_again, without_policies, without_secrets
from why403.usecases.remediate import planned
from why403.writing import written_down

_BESIDE: Final = frozenset({"diagnosis", "evidence", "collect", "fresh", "accept_public"})


def keep_diagnosis(services: Services, body: Mapping[str, Any], answer: dict[str, Any], who: str | None) -> None:
    """Keep an answer and what it answers, if there is a store, and write into the answer where it is found.

    `permalink` is null where the store cannot be reached: an answer does not wait for it, nor is it refused.
    """
    if services.store is None:
        return
    clean = without_secrets(body)
    kept, withheld = (clean, ()) if services.store.keeps_policies else without_policies(clean)
    name = answer["id"]
    answer |= {"permalink": f"/diagnoses/{name}", "withheld": list(withheld)}
    diagnosis = Diagnosis(id=name, created=services.now(), answer=answer, body=kept, withheld=withheld)
    try:
        services.store.add_diagnosis(diagnosis, _deed(who, "diagnose", answer, clean))
    except Unavailable:
        answer |= {"permalink": None, "withheld": []}


def kept_diagnosis(services: Services, name: str) -> Mapping[str, Any]:
    """Return an answer that was kept; raises NotFound, and Unavailable where the store cannot be reached."""
    return _store(services).diagnosis(name).answer


def asked_again(services: Services, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that a body stands for: where it names a diagnosis that was kept, what that one answered.

    Evidence beside the name is laid over what was kept. Raises InvalidInput where there is no such diagnosis, or where
    something of it was not kept and is not sent again.
    """
    name = body.get("diagnosis")
    if name is None:
        return {member: value for member, value in body.items() if member != "diagnosis"}
    for member in body:
        if member not in _BESIDE and body[member] is not None:
            raise InvalidInput.at(f"/{member}", "does not go with `diagnosis`, which stands for what was asked then")
    if services.store is None:
        raise InvalidInput.at("/diagnosis", "this service keeps no diagnoses; send the body of the diagnosis again")
    try:
        found = services.store.diagnosis(name)
    except NotFound as error:
        raise InvalidInput.at("/diagnosis", str(error)) from error
    return sent_again(found, body)


def remediate_and_keep(services: Services, body: Mapping[str, Any], who: str | None) -> dict[str, Any]:
    """Return a plan for the same body as `remediate` takes, or for a diagnosis that was kept, and keep it.

    Raises InvalidInput with pointers from the root of what is asked.
    """
    asked = asked_again(services, body)
    accept_public = bool(asked.pop("accept_public", False))
    found = diagnosed(services, asked)
    if body.get("diagnosis") is None:
        keep_diagnosis(services, asked, found.answer, who)
    else:
        found.answer["id"] = body["diagnosis"]
    plan = planned(services, found, accept_public=accept_public)
    _keep_plan(services, asked, plan.answer, plan.steps, who)
    return plan.answer


def _keep_plan(
    services: Services, body: Mapping[str, Any], answer: dict[str, Any], steps: Sequence[Step], who: str | None
) -> None:
    """Keep a plan with what is needed to apply and to verify it, and write into it where it is found."""
    if services.store is None:
        return
    clean, now, name = without_secrets(body), services.now(), answer["id"]
    answer["permalink"] = f"/plans/{name}"
    held = {"answer": answer, "steps": [_written(step) for step in steps], "request": clean}
    plan = Plan(id=name, created=now, changed=now, diagnosis=answer["diagnosis"], body=held)
    try:
        services.store.add_plan(plan, _deed(who, "remediate", answer["proof"]["after"], clean, subject=name))
    except Unavailable:
        answer["permalink"] = None


def kept_plan(services: Services, name: str) -> dict[str, Any]:
    """Return a plan as it stands now, with its journal; raises NotFound, and Unavailable as a diagnosis does."""
    store = _store(services)
    return told(store.plan(name), store.journal(name))


def told(plan: Plan, journal: Sequence[Entry]) -> dict[str, Any]:
    """Return a plan as answers tell it."""
    return {**plan.body["answer"], "state": plan.state, "journal": [_line(entry) for entry in journal]}


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "status": entry.status,
        "what": entry.what,
        "before": entry.before,
        "after": entry.after,
        "undoes": entry.undoes,
        "error": entry.error,
        "intended": entry.intended.isoformat(),
        "ended": None if entry.ended is None else entry.ended.isoformat(),
    }


def _store(services: Services) -> Store:
    if services.store is None:
        raise NotFound("this service keeps nothing")
    return services.store


def _deed(
    who: str | None, what: str, decided: Mapping[str, Any], body: Mapping[str, Any], subject: str | None = None
) -> Deed:
    layers = [each["layer"] for each in decided["blockers"]] or decided["granted_by"]
    return Deed(
        who=who,
        what=what,
        subject=decided["id"] if subject is None else subject,
        outcome=decided["decision"],
        digest=digest(body),
        layers=tuple(dict.fromkeys(layers)),
    )


def _written(step: Step) -> dict[str, Any]:
    """Return a step as JSON, whole enough to be applied without planning again."""
    fix = step.fix
    return {
        "layer": step.layer,
        "target": fix.target,
        "writes": [written_down(write) for write in fix.writes],
        "undo": [written_down(write) for write in fix.undo],
    }
