"""Turning a denial into the smallest safe change, proven by deciding again, with what else it would open."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from why403.artefacts import shown
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Evidence
from why403.domain.fix import Applicability
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.engine.call import Decided
from why403.engine.explain import DECISIONS, explained
from why403.intake.evidence import NOTHING, Observed, observed
from why403.intake.partial import sent_otherwise
from why403.intake.request import asked_for
from why403.planning.canaries import Canary, canaries, neighbourhood
from why403.planning.draft import Draft
from why403.planning.search import Searched, search
from why403.services import Services
from why403.usecases.decide import decide_call
from why403.usecases.diagnose import Diagnosed, diagnosed

_ANYBODY: Final = "anonymous"
_PUBLIC: Final = (
    "the plan would let in anybody; send `accept_public` if that is meant, and think first of CloudFront with origin "
    "access control in front of a bucket that stays closed"
)


def remediate(services: Services, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan in the contract's shape for the same body as `diagnose` takes, and `accept_public`.

    Raises InvalidInput with pointers from the body's root that resolve in it.
    """
    given = {name: held for name, held in body.items() if name != "accept_public"}
    found = diagnosed(services, given)
    return _Planning(services, found, accept_public=bool(body.get("accept_public"))).answer()


class _Planning:
    """One plan in the making: what it starts from, and how drafts of it are decided."""

    def __init__(self, services: Services, found: Diagnosed, *, accept_public: bool) -> None:
        self.services, self.found, self.accept_public = services, found, accept_public

    def answer(self) -> dict[str, Any]:
        made = self._searched()
        changes = _changes(made, self.found.answer["causes"])
        proof = self._proof(made)
        opened = [each["name"] for each in proof["newly_allowed"]]
        refused = _PUBLIC if self._public(made) and not self.accept_public else None
        if opened or refused:
            for change in changes:
                change["applicability"] = max(change["applicability"], "review", key=_GRADES.index)
        return {
            "id": f"p_{uuid.uuid4().hex[:16]}",
            "state": "proposed",
            "diagnosis": self.found.answer["id"],
            "summary": _summary(made, changes, refused),
            "changes": [] if refused else changes,
            "refused": refused,
            "proof": proof,
        }

    def _searched(self) -> Searched | None:
        """Return the best draft; None where too little is known of the call to decide it at all."""
        if self.found.decided is None or self.found.known.missing is not None:
            return None
        return search(self._decide)

    def _decide(self, draft: Draft) -> Decided:
        """Return the decision with the fixes of a draft made."""
        request = self.found.known.request
        asked = self.found.known.asked
        sent = draft.request(request)
        if sent != request:
            asked = sent_otherwise(sent).asked
        if asked is None:
            raise InvalidInput.at("/request", "the call is not known")
        legs = asked.legs(self._evidence(draft), self.services.registry.facts, self.found.on.current)
        return decide_call(self.services, asked, legs, None)

    def _evidence(self, draft: Draft, beside: Mapping[str, Any] | None = None) -> Evidence:
        """Return the evidence with a draft's edits made, and beside them other facts than the caller's."""
        facts = self.services.registry.facts
        edited = observed(draft.evidence({}), facts) if draft.steps else NOTHING
        seen = edited.over(self.found.seen)
        if beside:
            seen = observed(beside, facts).over(seen)
        return Observed(seen.own, seen.of_source, seen.of_keys).evidence(complete=self.found.complete)

    def _proof(self, made: Searched | None) -> dict[str, Any]:
        before = {name: self.found.answer[name] for name in _DECISION if name in self.found.answer}
        if made is None or not made.draft.steps:
            return {"before": before, "after": before, "still_denied": [], "newly_allowed": []}
        asked = [leg.ruled.request for leg in made.decided.legs]
        held = [self._compared(each, made.draft) for each in _once(canaries, asked)]
        around = [self._compared(each, made.draft) for each in _once(neighbourhood, asked)]
        opened = {each["name"]: each for each in (*held, *around) if each["after"] == "allowed" != each["before"]}
        return {
            "before": before,
            "after": explained(made.decided),
            "still_denied": [each for each in held if each["after"] != "allowed"],
            "newly_allowed": list(opened.values()),
        }

    def _compared(self, canary: Canary, draft: Draft) -> dict[str, Any]:
        outcomes = (self._asked(canary, Draft()), self._asked(canary, draft))
        before, after = (DECISIONS[each] for each in outcomes)
        return {"name": canary.name, **canary.request, "before": before, "after": after}

    def _asked(self, canary: Canary, draft: Draft) -> Truth:
        known = self.found.known.request
        carried = {name: known[name] for name in ("context", "context_is_complete", "time") if name in known}
        asked = asked_for({**carried, **canary.request})
        evidence = self._evidence(draft, canary.evidence)
        legs = asked.legs(evidence, self.services.registry.facts)
        return decide_call(self.services, asked, legs, None).outcome

    def _public(self, made: Searched | None) -> bool:
        """Return whether the plan lets in somebody whom nobody knows, who was not let in before."""
        if made is None or not made.draft.steps:
            return False
        asked = [leg.ruled.request for leg in made.decided.legs]
        anybody = (each for each in _once(neighbourhood, asked) if each.request["principal"] == _ANYBODY)
        return any(self._asked(each, made.draft) == TRUE and self._asked(each, Draft()) != TRUE for each in anybody)


_GRADES: Final = tuple(each.word for each in Applicability)
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


def _once(make: Any, asked: Sequence[AccessRequest]) -> Iterator[Canary]:
    """Yield the canaries of all legs, each request once."""
    seen = set()
    for request in asked:
        for each in make(request):
            key = tuple(sorted(each.request.items()))
            if key not in seen:
                seen.add(key)
                yield each


def _changes(made: Searched | None, causes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the changes of a draft; where there are none, what a person can do about the first cause."""
    if made is not None and made.draft.steps:
        return [shown(step) for step in made.draft.steps]
    first = next(iter(causes), None)
    if first is None or (made is not None and made.decided.outcome == TRUE):
        return []
    fix = first["fix"]
    return [
        {
            "layer": first["layer"],
            "target": "",
            "who": "",
            "summary": fix["summary"],
            "risk": "",
            "applicability": "manual",
            "before": None,
            "after": None,
            "commands": fix["commands"],
            "terraform": "",
            "undo": [],
        }
    ]


def _summary(made: Searched | None, changes: Sequence[Mapping[str, Any]], refused: str | None) -> str:
    if refused:
        return f"No plan: {refused}."
    if made is None:
        return "Not planned: too little is known of the call to decide it; see the causes and their checks."
    outcome = made.decided.outcome
    if outcome == TRUE and not made.draft.steps:
        return "Nothing to change: all that is known allows the call."
    if outcome == TRUE:
        return (
            f"{len(changes)} change{'s' if len(changes) > 1 else ''} would allow the call; decided again to prove it."
        )
    if outcome == UNKNOWN:
        return "With these changes nothing that is known denies the call, but doubts remain."
    return "No change is known that would allow the call; a person has to decide." if outcome == FALSE else ""
