"""One step of a plan as an answer shows it."""

from typing import Any

from why403.artefacts.cli import run
from why403.artefacts.cloudformation import cloudformation
from why403.artefacts.difference import both, difference
from why403.artefacts.terraform import terraform
from why403.domain.evidence import SOURCE
from why403.domain.fix import Edit
from why403.planning.draft import Step


def shown(step: Step) -> dict[str, Any]:
    """Return a change in the contract's shape: who makes it, what it risks, before and after, and how to make it."""
    fix = step.fix
    before, after = both(_each_once(list(step.edits())))
    calls = (*fix.writes, *fix.undo)
    return {
        "layer": step.layer,
        "via": step.via,
        "summary": fix.summary,
        "target": fix.target,
        "account": next((call.account for call in calls if call.account), None),
        "who": fix.who,
        "risk": fix.risk,
        "applicability": fix.applicability.word,
        "before": _value(before),
        "after": _value(after),
        "diff": difference(before, after),
        "call": dict(fix.call),
        "request": dict(fix.request),
        "steps": list(fix.steps),
        "commands": run(fix.writes),
        "terraform": terraform(fix.writes, fix.undo),
        "cloudformation": cloudformation(fix.writes, fix.undo),
        "permissions": sorted({call.permission for call in calls}),
        "undo": run(fix.undo),
    }


def _each_once(edits: list[Edit]) -> list[Edit]:
    """Return the edits without those of a copy's source that say what is said of what the call is about."""
    return [each for each in edits if not each.fact.startswith(SOURCE) or _of_target(each) not in edits]


def _of_target(edit: Edit) -> Edit:
    return edit._replace(fact=edit.fact.removeprefix(SOURCE))


def _value(facts: dict[str, Any]) -> Any:
    """Return the value of the one fact there is, of several all by name, and of none nothing."""
    return next(iter(facts.values()), None) if len(facts) < 2 else facts  # noqa: PLR2004 - one is no list
