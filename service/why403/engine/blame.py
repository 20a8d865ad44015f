"""Which claims stand in the way, which are in doubt, which allow: the clauses of a decision."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import Claim, Reach, Says
from why403.engine.evaluate import Judged
from why403.engine.merge import Merged
from why403.engine.relation import Relation
from why403.layer import Group, Layer, Place


class Blamed(NamedTuple):
    """A layer's claim that decides, or would."""

    layer: Layer
    claim: Claim

    def place(self, *, at_home: bool) -> tuple[int, int]:
        """Return where this blocker is reported; in the bucket owner's account the caller's policies stand first."""
        place = self.layer.place.get(self.claim.says, _LAST)
        first = at_home and self.claim.says == Says.GRANT and self.claim.reach == Reach.ATTACHED
        return place.group, place.rank - _SOONER if first else place.rank


_SOONER: Final = 100_000
_LAST: Final = Place(Group.LAST_REQUIREMENTS)
_NAMED: Final = Reach.DIRECT | Reach.ROLE | Reach.PUBLIC_ACL
_RESOURCE_SIDE: Final = _NAMED | Reach.ACCOUNT | Reach.ACCOUNT_ACL
_NAMING: Final = (Group.EXPLICIT_DENIES, Group.FILTERS, Group.GRANTS)


def kind_of(blamed: Blamed) -> str:
    """Return whether a blocker is an explicit deny, a missing allow, or something that is no policy."""
    match blamed.claim.says:
        case Says.DENIAL | Says.YIELDING_DENIAL:
            return "explicit"
        case Says.REQUIREMENT:
            return "requirement"
    return "implicit"


def claims(said: Iterable[Judged]) -> list[Blamed]:
    """Return every claim with the layer that makes it."""
    return [Blamed(layer, claim) for layer, verdict in said for claim in verdict]


def blockers(said: Sequence[Blamed], merged: Merged, relation: Relation) -> list[Blamed]:
    """Return the claims that certainly stand in the way."""
    found = [each for each in said if _stands(each.claim)]
    if merged.granted(relation) == FALSE:
        found += _lacking(said, merged, relation)
    yielding = [each for each in said if each.claim.says == Says.YIELDING_DENIAL and each.claim.holds == TRUE]
    if not any(each.place(at_home=False)[0] in _NAMING for each in found):
        found += yielding
    return list(dict.fromkeys(found))


def _stands(claim: Claim) -> bool:
    if claim.says == Says.DENIAL:
        return claim.holds == TRUE
    return claim.says in {Says.LIMIT, Says.REQUIREMENT} and claim.holds == FALSE


def _lacking(said: Sequence[Blamed], merged: Merged, relation: Relation) -> list[Blamed]:
    """Return why nothing is granted: caps that void a grant, else the places where a grant is missing."""
    match relation:
        case Relation.SAME:
            return _same_account(said)
        case Relation.OUTSIDE:
            return _named(said, _NAMED | Reach.ACCOUNT_ACL) or _missing(said, Reach.ATTACHED)
        case Relation.CROSS:
            found: list[Blamed] = []
            if merged.attached() == FALSE:
                found += _attached(said)
            if merged.trusted() == FALSE:
                found += _named(said, _RESOURCE_SIDE)
            return found
    return [*_lacking(said, merged, Relation.CROSS), *_lacking(said, merged, Relation.SAME)]


def _same_account(said: Sequence[Blamed]) -> list[Blamed]:
    """Return the caller's limits where they void a grant, else the caller's own policies, which lack one."""
    voiding = _voiding(said, Reach.ATTACHED | _NAMED, (TRUE,))
    others = [each for each in voiding if not each.claim.reach & Reach.ATTACHED]
    void = reduce(or_, (each.claim.reach for each in others), Reach.NONE)
    own = _voiding(said, (Reach.ATTACHED | _NAMED) & ~void, (TRUE,))
    if own:
        return own
    missing = _missing(said, Reach.ATTACHED) or _voiding(said, Reach.ATTACHED, (UNKNOWN,)) or _missing_named(said)
    # What may be granted, as to a role whose path is not known, is void as well: one of the two is so.
    perhaps = _voiding(said, _NAMED & ~void, (UNKNOWN,))
    return [*others, *missing, *(each for each in perhaps if each.claim.reach & Reach.ATTACHED)]


def _attached(said: Sequence[Blamed]) -> list[Blamed]:
    """Return why the caller's side does not allow: caps that void its grant, else where one is missing."""
    reach = Reach.ATTACHED
    return _voiding(said, reach, (TRUE,)) or _missing(said, reach) or _voiding(said, reach, (UNKNOWN,))


def _named(said: Sequence[Blamed], reaches: int) -> list[Blamed]:
    """Return why the resource's side does not allow with one of these reaches, whatever caps the caller has."""
    sure = [each for each in _voiding(said, reaches, (TRUE,)) if not each.claim.reach & Reach.ATTACHED]
    return sure or _missing_named(said) or _voiding(said, reaches, (UNKNOWN,))


def _voiding(said: Sequence[Blamed], reaches: int, truths: tuple[Truth, ...]) -> list[Blamed]:
    """Return the caps that certainly void a grant of one of these reaches that holds, or may hold."""
    granted = Reach.NONE
    for each in said:
        if each.claim.says == Says.GRANT and each.claim.holds in truths:
            granted |= each.claim.reach & reaches
    return [
        each
        for each in said
        if each.claim.says == Says.CAP and each.claim.holds == FALSE and each.claim.reach & granted
    ]


def voiding(said: Sequence[Blamed], merged: Merged, relation: Relation, truth: Truth) -> list[Blamed]:
    """Return the caps that void a grant that is there, or may be, unless another grant certainly suffices."""
    if merged.granted(relation) == TRUE:
        return []
    return _voiding(said, Reach.ATTACHED if relation is Relation.CROSS else Reach.ATTACHED | _NAMED, (truth,))


def _missing(said: Sequence[Blamed], reaches: int) -> list[Blamed]:
    """Return the places where a grant of one of these reaches is missing."""
    return [
        each
        for each in said
        if each.claim.says == Says.GRANT and each.claim.holds == FALSE and each.claim.reach & reaches
    ]


def _missing_named(said: Sequence[Blamed]) -> list[Blamed]:
    """Return the one place on the resource's side where a grant is missed first: one that may not grant either."""
    found = sorted(_missing(said, _RESOURCE_SIDE), key=lambda each: each.place(at_home=False))
    perhaps = {each.layer for each in said if each.claim.says == Says.GRANT and each.claim.holds == UNKNOWN}
    return ([each for each in found if each.layer not in perhaps] or found)[:1]


def doubts(said: Sequence[Blamed], merged: Merged, relation: Relation) -> list[Blamed]:
    """Return the claims that are not known and could matter."""
    grant_open = merged.granted(relation) == UNKNOWN
    return [
        each for each in said if each.claim.holds == UNKNOWN and _matters(each.claim, merged, grant_open=grant_open)
    ]


def _matters(claim: Claim, merged: Merged, *, grant_open: bool) -> bool:
    """Return whether knowing this might change something: not a grant that is void anyway, or a cap over no grant."""
    if claim.says == Says.GRANT:
        return grant_open and not merged.void(claim.reach)
    return claim.says != Says.CAP or (grant_open and merged.may_grant(claim.reach))


def grantors(said: Sequence[Blamed], merged: Merged, relation: Relation) -> list[Layer]:
    """Return the layers whose allow decided."""
    found = [each.layer for each in said if merged.counts(each.claim, relation)]
    return list(dict.fromkeys(found))
