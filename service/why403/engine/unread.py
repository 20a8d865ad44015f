"""Facts that no loaded layer reads: given or not known, they leave a doubt where they would apply."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from why403.domain.evidence import Evidence, Found, Unreadable
from why403.domain.request import AccessRequest
from why403.foreseen import Unjudged, Unread


class Doubt(NamedTuple):
    """A doubt that no loaded layer has; `grants`: what is not read might allow.

    `call` and `account` are those of a read that was tried.
    """

    layer: str
    because: str
    needs: str | None
    grants: bool
    call: str | None = None
    account: str | None = None


def own_doubts(unread: Sequence[Unread], unjudged: Sequence[Unjudged], request: AccessRequest) -> Iterator[Doubt]:
    """Yield a doubt for each fact that would apply and that nobody reads, and for what nobody judges."""
    for form in unjudged:
        if form.applies(request):
            yield Doubt(form.reader, form.because, None, form.grants)
    for each in _seen(unread, request.evidence):
        if not each.by_form(request):
            continue
        seen = request.evidence[each.fact]
        if isinstance(seen, Unreadable):
            yield Doubt(each.reader, seen.why, seen.permission, each.grants, seen.call, seen.account)
        elif isinstance(seen, Found) and each.by_value(request, seen.value):
            because = f"`{each.fact.name}` is given, and no loaded layer reads it"
            yield Doubt(each.reader, because, None, each.grants)


def _seen(unread: Sequence[Unread], evidence: Evidence) -> tuple[Unread, ...]:
    """Return those that are not known to be absent; remembered with the evidence, because many requests share one."""
    found: tuple[Unread, ...] | None = evidence.shared.get(_KEY)
    if found is None:
        found = tuple(each for each in unread if isinstance(evidence[each.fact], Found | Unreadable))
        evidence.share(_KEY, found)
    return found


_KEY = "facts nobody reads"
