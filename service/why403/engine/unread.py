"""Facts that are given although no loaded layer reads them: where they would apply, they leave a doubt."""

from collections.abc import Iterator, Sequence
from typing import Any

from why403.domain.evidence import Evidence, Found, Unreadable
from why403.domain.foreseen import Unread
from why403.domain.request import AccessRequest


def unread_facts(unread: Sequence[Unread], request: AccessRequest) -> Iterator[dict[str, Any]]:
    """Yield a doubt for each fact that would apply to the request and that nobody reads."""
    for each in _given(unread, request.evidence):
        seen = request.evidence[each.fact]
        if not isinstance(seen, Found) or each.applies(request, seen.value):
            because = f"`{each.fact.name}` is given, and no loaded layer reads it"
            yield {"layer": each.reader, "because": because, "needs": None}


def _given(unread: Sequence[Unread], evidence: Evidence) -> tuple[Unread, ...]:
    """Return those that the evidence holds; remembered with it, because many requests share one."""
    found: tuple[Unread, ...] | None = evidence.shared.get(_KEY)
    if found is None:
        found = tuple(each for each in unread if isinstance(evidence.get(each.fact), Found | Unreadable))
        evidence.shared[_KEY] = found
    return found


_KEY = "facts nobody reads"
