"""What layers propose, tried: edits and calls made on a request, which is then judged again."""

from collections.abc import Mapping
from typing import Any

from tests.cases import services
from tests.layers.tables import layer
from why403.domain.context import NO_VALUE, Values
from why403.domain.evidence import Absent, Evidence, Found
from why403.domain.fix import Fix
from why403.domain.operations import PARAMETER_OF
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE
from why403.domain.verdict import Claim, Says

KEY_OF = {name: key for key, name in PARAMETER_OF.items()}


def stands(claim: Claim) -> bool:
    """Return whether a claim may stand in the way of a request."""
    return claim.holds == (TRUE if claim.says in {Says.DENIAL, Says.YIELDING_DENIAL} else FALSE)


def proposed(name: str, asked: AccessRequest, says: int | None = None) -> list[Fix]:
    """Return what a layer proposes for its first claim that stands in the way, or the first of one kind."""
    found = layer(name)
    for claim in found.judge(asked, asked.evidence):
        if stands(claim) and says in {None, claim.says}:
            return list(found.propose(asked, asked.evidence, claim))
    return []


def after(fix: Fix, fact: str) -> Any:
    """Return what a fix makes of a fact."""
    return next(edit.after for edit in fix.edits if edit.fact == fact)


def fixed(asked: AccessRequest, fix: Fix, *, undone: bool = False) -> AccessRequest:
    """Return the request as it is with a fix made, or made and taken back."""
    facts = services().registry.facts
    seen = {facts[edit.fact]: facts[edit.fact].observe(edit.before if undone else edit.after) for edit in fix.edits}
    evidence = Evidence({**asked.evidence, **seen}, complete=asked.evidence.complete)
    keys: dict[str, Values] = {} if undone else dict(_keys(fix))
    return asked.given(keys, evidence)


def _keys(fix: Fix) -> Mapping[str, Values]:
    sent = {KEY_OF[name]: value for name, value in fix.call.items() if name in KEY_OF}
    told = {name.lower(): value for name, value in fix.request.get("context", {}).items()}
    return {
        key: NO_VALUE if value in (None, []) else tuple(value) if isinstance(value, list) else (str(value),)
        for key, value in {**sent, **told}.items()
    }


def raw(asked: AccessRequest) -> dict[str, Any]:
    """Return the facts of a request's evidence as the JSON they were given in."""
    return {
        fact.name: seen.raw if isinstance(seen, Found) else None
        for fact, seen in asked.evidence.items()
        if isinstance(seen, Found | Absent)
    }


def remaining(name: str, asked: AccessRequest) -> list[tuple[int, int]]:
    """Return what of a layer's claims stands in the way, with how far each reaches."""
    found = layer(name)
    return [(claim.says, claim.reach) for claim in found.judge(asked, asked.evidence) if stands(claim)]
