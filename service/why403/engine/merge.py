"""Merging verdicts: the request is allowed if nothing denies, every filter and requirement holds, and it is granted.

A grant counts as far as the caps that cover it hold; what must be granted depends on the relation of accounts:

* same account: attached, or named (an account's delegation alone is no grant)
* cross account: attached and named, or attached and delegated; a caller-side cap weighs on the attached half only
* anonymous callers and services: named
* owner not known: as far as same account and cross account agree
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from why403.domain.truth import FALSE, TRUE, Truth, agreed
from why403.domain.verdict import REACHES, Claim, Reach, Says
from why403.engine.evaluate import Judged
from why403.engine.relation import Relation

_INDEX: Final = {reach: index for index, reach in enumerate(REACHES)}
_ATTACHED: Final = _INDEX[Reach.ATTACHED]
_ACCOUNTS: Final = (_INDEX[Reach.ACCOUNT], _INDEX[Reach.ACCOUNT_ACL])
_NAMED: Final = tuple(_INDEX[reach] for reach in (Reach.DIRECT, Reach.ROLE, Reach.PUBLIC_ACL))
_OUTSIDE: Final = (*_NAMED, _INDEX[Reach.ACCOUNT_ACL])  # an ACL may grant to the service that delivers logs
_COVERED: Final = {
    mask: tuple(index for index, reach in enumerate(REACHES) if reach & mask) for mask in range(2 * max(REACHES))
}


class Merged(NamedTuple):
    """The truths of all layers put together; grants and caps by the index of their reach."""

    denied: Truth
    limited: Truth
    required: Truth
    grants: list[Truth]
    own_caps: list[Truth]
    other_caps: list[Truth]

    def granted(self, relation: Relation) -> Truth:
        """Return whether the grants suffice for this relation."""
        if relation is Relation.OPEN:
            return agreed(self.granted(Relation.SAME), self.granted(Relation.CROSS))
        if relation is Relation.OUTSIDE:
            return self.named(_OUTSIDE)
        if relation is Relation.CROSS:
            return min(self.attached(), self.trusted())
        return max(self.attached(), self.named(_NAMED))

    def attached(self) -> Truth:
        """Return whether the caller's own policies grant, and their caps let them."""
        return min(self.grants[_ATTACHED], self.own_caps[_ATTACHED], self.other_caps[_ATTACHED])

    def named(self, reaches: tuple[int, ...], *, across: bool = False) -> Truth:
        """Return whether the resource's side grants with one of these reaches."""
        best = FALSE
        for index in reaches:
            truth = self.grants[index]
            if truth > best:
                truth = min(truth, self.other_caps[index])
                best = max(best, truth if across else min(truth, self.own_caps[index]))
        return best

    def trusted(self) -> Truth:
        """Return whether the resource's side lets another account's caller in, whatever that account says."""
        return self.named(_NAMED + _ACCOUNTS, across=True)

    def void(self, reach: int) -> bool:
        """Return whether a cap certainly voids grants of this reach, whatever the relation."""
        index = _INDEX[reach]
        return self.other_caps[index] == FALSE or (index == _ATTACHED and self.own_caps[index] == FALSE)

    def may_grant(self, reaches: int) -> bool:
        """Return whether something grants, or might, with one of these reaches."""
        return any(self.grants[index] != FALSE for index in _COVERED[reaches])

    def outcome(self, relation: Relation) -> Truth:
        """Return TRUE for allowed, FALSE for denied, UNKNOWN."""
        held = min(2 - self.denied, self.limited, self.required)
        return min(held, self.granted(relation)) if held else FALSE

    def counts(self, claim: Claim, relation: Relation) -> bool:
        """Return whether a grant is one that allows: it holds, no cap voids it, and it matters in this relation."""
        if claim.says != Says.GRANT or claim.holds != TRUE:
            return False
        index = _INDEX[claim.reach]
        if index == _ATTACHED:
            return relation is not Relation.OUTSIDE and self.attached() == TRUE
        across = relation is Relation.CROSS
        reaches = _NAMED + _ACCOUNTS if across else _OUTSIDE if relation is Relation.OUTSIDE else _NAMED
        return index in reaches and self.named((index,), across=across) == TRUE


def merge(said: Iterable[Judged]) -> Merged:  # noqa: C901 - one branch per kind of claim
    """Return the truths of all verdicts put together; their order never matters."""
    denied, limited, required = FALSE, TRUE, TRUE
    grants, own_caps, other_caps = _NOTHING.copy(), _EVERYTHING.copy(), _EVERYTHING.copy()
    for _, verdict in said:
        for says, holds, reach, _about in verdict:
            # Compared in place, not by min and max: this runs for every claim of every decision.
            if says <= Says.YIELDING_DENIAL:
                if holds > denied:  # noqa: PLR1730
                    denied = holds
            elif says == Says.LIMIT:
                if holds < limited:  # noqa: PLR1730
                    limited = holds
            elif says == Says.GRANT:
                index = _INDEX[reach]
                if holds > grants[index]:  # noqa: PLR1730
                    grants[index] = holds
            elif says == Says.REQUIREMENT:
                required = min(required, holds)
            elif holds != TRUE:
                caps = own_caps if reach & Reach.ATTACHED else other_caps
                for index in _COVERED[reach]:
                    caps[index] = min(caps[index], holds)
    return Merged(denied, limited, required, grants, own_caps, other_caps)


_NOTHING: Final = [FALSE] * len(REACHES)
_EVERYTHING: Final = [TRUE] * len(REACHES)
