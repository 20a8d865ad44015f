"""Turning a denial into the smallest safe change, proven by deciding again, with what else it would open."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from why403.artefacts import shown
from why403.domain.evidence import SOURCE
from why403.domain.fix import Applicability
from why403.domain.truth import TRUE, UNKNOWN
from why403.engine.explain import explained
from why403.intake.evidence import observed
from why403.planning.draft import Draft, Step, together
from why403.planning.search import Searched, search
from why403.policy.compiled import Policies
from why403.policy.public import is_public
from why403.services import Services
from why403.usecases.diagnose import Diagnosed, diagnosed
from why403.usecases.plan_words import by_cause, settling, summary, unknown_call
from why403.usecases.proving import Worlds, opens_to_anybody, proof

_PUBLIC: Final = (
    "the plan would let in anybody; send `accept_public` if that is meant, and think first of CloudFront with origin "
    "access control in front of a bucket that stays closed"
)
_EXPOSURE: Final = (
    "Data exposure: with these changes anybody on the internet is let in, and whatever public grants exist already "
    "come into force. List the bucket's policy and ACLs first."
)
_CLOUDFRONT: Final = (
    "Prefer CloudFront with origin access control: the bucket stays closed, and only the distribution may read it."
)
_AS_LISTED: Final = (
    "The plan is for the call with the parameters that are listed: tags, an ACL, a retention and other things that a "
    "call may send can need permissions of their own."
)
_DECISION: Final = (
    "decision",
    "kind",
    "layer",
    "certainty",
    "status",
    "code",
    "summary",
    "blockers",
    "doubts",
    "passed",
    "granted_by",
    "warnings",
    "legs",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan as it is answered, and the steps that it is made of."""

    answer: dict[str, Any]
    steps: tuple[Step, ...]


def remediate(services: Services, body: Mapping[str, Any]) -> Plan:
    """Return a plan for the same body as `diagnose` takes, and `accept_public`.

    Raises InvalidInput with pointers from the body's root that resolve in it.
    """
    given = {name: held for name, held in body.items() if name != "accept_public"}
    return planned(services, diagnosed(services, given), accept_public=bool(body.get("accept_public")))


def planned(services: Services, found: Diagnosed, *, accept_public: bool) -> Plan:
    """Return a plan for what was diagnosed."""
    if found.decided is None or found.known.missing is not None or found.doubt is not None:
        return _plan(found, (), by_cause(services, found), _unproven(found), summary=unknown_call(found))
    worlds = Worlds(services, found)
    made, passed_over = _searched(worlds, accept_public=accept_public)
    draft = together(made.draft)
    if not draft.steps:
        refused = _PUBLIC if passed_over else None
        asked_only = found.answer["understood"]["source"] == "request"
        nothing = refused or (made.decided.outcome == TRUE and asked_only)
        changes = [] if nothing else by_cause(services, found)
        return _plan(found, (), changes, _unproven(found), summary=summary(made, changes, refused), refused=refused)
    proven = proof(worlds, _before(found), explained(made.decided), draft, made.decided)
    public = opens_to_anybody(proven) or _made_public(services, draft) or any(each.fix.public for each in draft.steps)
    refused = _PUBLIC if public and not accept_public else None
    changes = [] if refused else _graded([shown(each) for each in draft.steps], proven)
    if made.decided.outcome == UNKNOWN and not refused:
        changes.append(settling(made.decided, found))
    warnings = [_EXPOSURE, _CLOUDFRONT] if public and not refused else []
    warnings += [_AS_LISTED] if worlds.as_listed else []
    kept = () if refused else draft.steps
    told = summary(made, changes, refused)
    return _plan(found, kept, changes, proven, summary=told, refused=refused, warnings=warnings)


def _searched(worlds: Worlds, *, accept_public: bool) -> tuple[Searched, bool]:
    """Return the best draft, and whether a better one was passed over because it would let in anybody."""
    passed_over: list[Step] = []

    def wanted(step: Step) -> bool:
        if step.fix.public and not accept_public:
            passed_over.append(step)
            return False
        return True

    made = search(worlds.decide, wanted)
    return made, bool(passed_over) and made.rank > 1


_GRADES: Final = tuple(each.word for each in Applicability)


def _plan(  # noqa: PLR0913 - the members of a plan are these
    found: Diagnosed,
    steps: tuple[Step, ...],
    changes: Sequence[Mapping[str, Any]],
    proven: Mapping[str, Any],
    *,
    summary: str,
    refused: str | None = None,
    warnings: Sequence[str] = (),
) -> Plan:
    grades = [each["applicability"] for each in changes]
    answer = {
        "id": f"p_{uuid.uuid4().hex[:16]}",
        "state": "proposed",
        "diagnosis": found.answer["id"],
        "summary": summary,
        "applicability": max(grades, key=_GRADES.index, default=None),
        "refused": refused,
        "warnings": list(warnings),
        "changes": list(changes),
        "proof": proven,
    }
    return Plan(answer=answer, steps=steps)


def _before(found: Diagnosed) -> dict[str, Any]:
    return {name: found.answer[name] for name in _DECISION if name in found.answer}


def _unproven(found: Diagnosed) -> dict[str, Any]:
    before = _before(found)
    return {"before": before, "after": before, "still_denied": [], "newly_allowed": [], "undecided": []}


def _graded(changes: list[dict[str, Any]], proven: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the changes, none of them safe if it is not proven what they open, or something beside the call is."""
    if proven["newly_allowed"] or proven["undecided"] or proven["after"]["decision"] == "unknown":
        review = Applicability.REVIEW.word
        for change in changes:
            change["applicability"] = max(change["applicability"], review, key=_GRADES.index)
    return changes


def _made_public(services: Services, draft: Draft) -> bool:
    """Return whether an edit makes a policy of the resource public that was not, by AWS's own test.

    AWS: "Blocking public access to your Amazon S3 storage", "The meaning of public".
    """
    return any(
        _public(services, edit.fact, edit.after) and not _public(services, edit.fact, edit.before)
        for step in draft.steps
        for edit in step.edits()
    )


def _public(services: Services, name: str, value: Any) -> bool:
    name = name.removeprefix(SOURCE)
    fact = services.registry.facts[name]
    if not fact.of_resource or not value:
        return False
    held = getattr(observed({name: value}, services.registry.facts).own[fact], "value", None)
    return isinstance(held, Policies) and is_public(held, of_access_point=fact.of_access_point)
