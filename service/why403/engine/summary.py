"""One sentence that a tired person understands: what was decided, and by which layer."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from why403.domain.truth import TRUE, UNKNOWN
from why403.domain.verdict import Words
from why403.engine.blame import Blamed, kind_of
from why403.engine.call import Decided, LegDecided

Told: TypeAlias = tuple[LegDecided, Blamed, Words]
"""A blocker in its leg, and its words."""


def summary(decided: Decided, blockers: Sequence[Told], doubts: Sequence[dict[str, Any]]) -> str:
    """Return one sentence that a tired person understands."""
    if decided.outcome == TRUE:
        by = ", ".join(decided.granted_titles) or "the rules"
        return f"Allowed by {by}: nothing denies {decided.asked}."
    if decided.outcome == UNKNOWN:
        first = doubts[0]["because"] if doubts else "too much is not known"
        return f"Not decided: {first}."
    if not blockers:
        return f"Denied: no loaded layer can allow {decided.asked}."
    leg, blamed, words = blockers[0]
    more = len({(each.ruled.teller, other.layer) for each, other, _ in blockers}) - 1
    others = f" ({more} more layer{'s' if more > 1 else ''} would have to change as well)" if more else ""
    return f"Denied by {leg.teller(blamed).title}{_how(blamed)}: {words.because}{others}."


def _how(blamed: Blamed) -> str:
    if kind_of(blamed) == "requirement":
        return ""
    return " (explicit deny)" if kind_of(blamed) == "explicit" else " (no allow)"
