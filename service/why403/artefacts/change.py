"""One step of a plan as an answer shows it."""

import difflib
import json
from typing import Any

from why403.artefacts.cli import command
from why403.artefacts.cloudformation import cloudformation
from why403.artefacts.terraform import terraform
from why403.domain.fix import Edit
from why403.planning.draft import Step


def shown(step: Step) -> dict[str, Any]:
    """Return a change in the contract's shape: who makes it, what it risks, before and after, and how to make it."""
    fix = step.fix
    before, after = _both(list(step.edits()))
    return {
        "layer": step.layer,
        "summary": fix.summary,
        "target": fix.target,
        "who": fix.who,
        "risk": fix.risk,
        "applicability": fix.applicability.word,
        "before": before,
        "after": after,
        "diff": "\n".join(_difference(before, after)),
        "call": dict(fix.call),
        "steps": list(fix.steps),
        "commands": [command(write) for write in fix.writes],
        "terraform": terraform(fix.writes, fix.undo),
        "cloudformation": cloudformation(fix.writes, fix.undo),
        "permissions": sorted({write.permission for write in (*fix.writes, *fix.undo)}),
        "undo": [command(write) for write in fix.undo],
    }


def _both(edits: list[Edit]) -> tuple[Any, Any]:
    """Return the value before and after; of several facts, both by the facts' names."""
    if len(edits) == 1:
        return edits[0].before, edits[0].after
    return {edit.fact: edit.before for edit in edits}, {edit.fact: edit.after for edit in edits}


def _difference(before: Any, after: Any) -> list[str]:
    """Return the unified difference of two values as indented JSON."""
    old, new = (json.dumps(each, indent=2, ensure_ascii=False).splitlines() for each in (before, after))
    return list(difflib.unified_diff(old, new, "before", "after", lineterm=""))
