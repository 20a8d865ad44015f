"""What a plan says of itself, and what is left to a person: the likeliest cause, or what is not known."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from why403.domain.fix import Applicability
from why403.domain.truth import TRUE, UNKNOWN
from why403.engine.call import Decided
from why403.engine.explain import explained
from why403.planning.search import Searched
from why403.services import Services
from why403.usecases.diagnose import Diagnosed

_BY_HAND: Final[Mapping[str, Any]] = {
    "via": None,
    "applicability": Applicability.MANUAL.word,
    "before": None,
    "after": None,
    "diff": "",
    "call": {},
    "request": {},
    "terraform": "",
    "cloudformation": "",
    "permissions": [],
    "undo": [],
}


def by_cause(services: Services, found: Diagnosed) -> list[dict[str, Any]]:
    """Return what a person can do about the first cause, where nothing is known that could be edited."""
    first = next(iter(found.answer["causes"]), None)
    if first is None:
        return []
    fix, check = first["fix"], first["check"]
    who = next((layer.who for layer in services.engine.layers if layer.name == first["layer"]), "the caller")
    return [
        {
            **_BY_HAND,
            "layer": first["layer"],
            "summary": fix["summary"],
            "target": _target(found),
            "who": who,
            "risk": "not proven: too little is known to decide again",
            "steps": [f"{check['what']}: {check['command']}" if check.get("command") else check["what"]],
            "commands": fix["commands"],
        }
    ]


def settling(decided: Decided, found: Diagnosed) -> dict[str, Any]:
    """Return that somebody has to find out what is not known, before a plan is proven."""
    doubts = explained(decided)["doubts"]
    needs = [f"{each['because']} (needs {each['needs']})" if each["needs"] else each["because"] for each in doubts]
    return {
        **_BY_HAND,
        "layer": doubts[0]["layer"] if doubts else None,
        "summary": "find out what is not known, and plan again with it",
        "target": _target(found),
        "who": "whoever may read it",
        "risk": "none: nothing is changed",
        "steps": list(dict.fromkeys(needs)) or ["it is not known what else may refuse the call"],
        "commands": [],
    }


def _target(found: Diagnosed) -> str:
    return found.answer["understood"]["resource"] or ""


def unknown_call(found: Diagnosed) -> str:
    """Return the sentence of a plan for a call of which too little is known."""
    missing = found.doubt or f"it is not known {found.known.missing}"
    return f"Not proven: {missing}. The change answers the likeliest cause; make its check first."


def summary(made: Searched, changes: Sequence[Mapping[str, Any]], refused: str | None) -> str:
    """Return the sentence of a plan: what it does, and how far that is proven."""
    one = len(changes) == 1
    these = "This change" if one else f"These {len(changes)} changes"
    outcome = made.decided.outcome
    if refused:
        return f"No plan: {refused}."
    if outcome == TRUE:
        if made.draft.steps:
            return f"{these} would allow the call: it was decided again to prove it."
        known = "Nothing to change: all that is known allows the call."
        return f"{known} If it is refused all the same, make the check below." if changes else known
    if outcome == UNKNOWN:
        said = "What is known to refuse the call is answered" if made.draft.steps else "Nothing known refuses the call"
        return f"{said}, but it is not proven that it would be allowed: {_doubt(made)}."
    if made.by_hand:
        made_by_hand = "it is to be made by hand" if one else "some are to be made by hand"
        return f"{these} would clear the way; {made_by_hand}, which no decision can prove. Until then {_refused(made)}."
    if changes:
        enough = "is not enough" if one else "are not enough"
        return f"{these} {enough}, and more was not planned: {_refused(made)}."
    return f"No change is known that would allow the call; a person has to decide: {_refused(made)}."


def _refused(made: Searched) -> str:
    """Return what still stands in the way, by what is known."""
    because = list(dict.fromkeys(each["because"] for each in explained(made.decided)["blockers"]))
    more = f" (and {len(because) - 1} more)" if len(because) > 1 else ""
    return f"the call stays denied: {because[0]}{more}" if because else "the call stays denied"


def _doubt(made: Searched) -> str:
    doubts = explained(made.decided)["doubts"]
    return doubts[0]["because"] if doubts else "it is not known what else may refuse it"
