"""What the evidence says of each layer: which block, which pass, which only just fail, which have something to say."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from why403.causes.rank import Standing
from why403.causes.seen import (
    KINDS,
    facts_that,
    given_unread,
    is_open,
    known_facts,
    suspected,
    unread_passes,
    whether_there,
)
from why403.domain.evidence import ASSUMED, Found, Unreadable
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import ACLS, Claim, Reach, Says, Verdict
from why403.engine.blame import Blamed, kind_of, voiding
from why403.engine.call import Decided, LegDecided
from why403.engine.explain import told
from why403.engine.relation import Relation
from why403.layer import Layer
from why403.registry import Registry

Doubted: TypeAlias = tuple[LegDecided, Blamed]
_OF_ACCOUNT: Final = Reach.ATTACHED | Reach.DIRECT | Reach.ROLE | Reach.PUBLIC_ACL
"""How a grant reaches a caller of the bucket's own account; that its account is trusted is none."""


class _Fixed(NamedTuple):
    """What follows from conclusions and evidence, whatever else the request is; claims come with their leg's number."""

    refusing: tuple[tuple[int, Blamed], ...]
    lacking: tuple[tuple[int, Blamed], ...]
    doubted: tuple[tuple[int, Blamed], ...]
    passes: frozenset[tuple[str, str]]
    refuses: frozenset[tuple[str, str]]
    lacks: frozenset[str]
    perhaps: frozenset[tuple[str, str]]
    open_facts: frozenset[str]
    known_facts: frozenset[str]


def standing_of(decided: Decided | None, registry: Registry, *, certain: bool) -> Standing:
    """Return the standing of all layers; blockers count as such only where the decision is certain."""
    if decided is None:
        return Standing()
    legs, given = decided.legs, frozenset(given_unread(decided, registry))
    fixed = _fixed(decided, registry, given, certain=certain)
    blocking = [(blocked.leg, blocked.blamed) for blocked in decided.blockers] if certain else []
    refusing = [(legs[at], each) for at, each in fixed.refusing]
    lacking = [(legs[at], each) for at, each in fixed.lacking]
    doubted = [(legs[at], each) for at, each in fixed.doubted]
    allowing, speaking = list[Doubted](), list[Doubted]()
    for each in doubted:
        (allowing if _allows_but_for_evidence(*each) else speaking).append(each)
    return Standing(
        blocks=tuple(dict.fromkeys((leg.teller(each).name, kind_of(each)) for leg, each in blocking)),
        passes=fixed.passes,
        refuses=fixed.refuses,
        lacks=fixed.lacks,
        near=frozenset([leg.teller(each).name for leg, each in lacking if _near(leg, each.layer)]),
        perhaps=fixed.perhaps | _kinds(allowing),
        speaks=_kinds(speaking).union((reader, kind) for reader in given for kind in KINDS),
        open_facts=fixed.open_facts,
        known_facts=fixed.known_facts.difference(suspected([*blocking, *doubted])),
        claims=_first([*blocking, *refusing, *lacking]),
        doubts=_first(each for each in speaking if _tells(*each)),
        about=_about([*blocking, *refusing, *lacking, *doubted]),
    )


def _fixed(decided: Decided, registry: Registry, given: frozenset[str], *, certain: bool) -> _Fixed:
    """Return what follows from conclusions and evidence: for a call of one leg as it was found before."""
    conclusion = decided.legs[0].plain if len(decided.legs) == 1 else None
    if conclusion is None:
        return _worked_out(decided, registry, given, certain=certain)
    evidence, key = decided.legs[0].ruled.request.evidence, ("standing", given, certain, conclusion)
    found: _Fixed | None = evidence.shared.get(key)
    if found is None:
        found = _worked_out(decided, registry, given, certain=certain)
        evidence.share(key, found)
    return found


def _worked_out(decided: Decided, registry: Registry, given: frozenset[str], *, certain: bool) -> _Fixed:
    legs = tuple(enumerate(decided.legs))
    passes, perhaps = _ruled_out(decided, registry, given)
    seen, doubtful = whether_there(decided, registry)
    refusing = () if certain else tuple((at, each) for at, leg in legs for each in _refusals(leg))
    lacking = tuple((at, each) for at, leg in legs for each in _lacking(leg) if _counts(leg, each, perhaps))
    doubted = tuple(
        (at, each)
        for at, leg in legs
        for each in _in_doubt(leg)
        if _counts(leg, each, perhaps) and _own_facts_known(leg, leg.teller(each))
    )
    return _Fixed(
        refusing=refusing,
        lacking=lacking,
        doubted=doubted,
        passes=passes,
        refuses=frozenset((decided.legs[at].teller(each).name, kind_of(each)) for at, each in refusing),
        lacks=frozenset(decided.legs[at].teller(each).name for at, each in lacking),
        perhaps=perhaps | doubtful,
        open_facts=facts_that(is_open, decided, registry),
        known_facts=known_facts(decided, registry) | seen,
    )


def _ruled_out(
    decided: Decided, registry: Registry, given: frozenset[str]
) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Return the refusals that the evidence rules out, and those that it rules out of all that is surely needed."""
    unread = set(unread_passes(decided, registry, given))
    passes = frozenset(_passes(decided.legs, registry) | unread)
    needed = tuple(filter(_is_needed, decided.legs))
    if len(needed) in {0, len(decided.legs)}:
        return passes, frozenset()
    return passes, frozenset(_passes(needed, registry) | unread) - passes


def _is_needed(leg: LegDecided) -> bool:
    """Return whether a leg is asked for unless the call says otherwise, as a key is that the bucket encrypts with."""
    return leg.needed == TRUE or leg.ruled.teller is not None


def _counts(leg: LegDecided, each: Blamed, perhaps: frozenset[tuple[str, str]]) -> bool:
    """Return whether a claim tells of a refusal: on what may not be needed at all, only where nothing else does."""
    return _is_needed(leg) or (leg.teller(each).name, kind_of(each)) in perhaps


def _in_doubt(leg: LegDecided) -> Iterable[Blamed]:
    """Return what may refuse a leg; the other side of a fork has its own, and what is no policy may refuse it.

    A limit does that voids what only may be granted.
    """
    yield from (each for each in leg.ruled.doubts if each.claim.says != Says.GRANT or _is_missed(leg, each.claim))
    conclusion = leg.ruled.conclusion
    yield from voiding(conclusion.claims, conclusion.merged, conclusion.relation, UNKNOWN)
    if leg.forks and leg.otherwise is not None:
        yield from (each for each in leg.otherwise.blockers if each.claim.says == Says.REQUIREMENT)


def _refusals(leg: LegDecided) -> Iterable[Blamed]:
    """Return what refuses a leg by itself whatever else is not known of it, and what takes back what is granted."""
    if leg.needed == TRUE:
        conclusion = leg.ruled.conclusion
        yield from (each for each in conclusion.claims if _refuses(each.claim))
        yield from voiding(conclusion.claims, conclusion.merged, conclusion.relation, TRUE)


def _refuses(claim: Claim) -> bool:
    if claim.says in {Says.LIMIT, Says.REQUIREMENT}:
        return claim.holds == FALSE
    return claim.says in {Says.DENIAL, Says.YIELDING_DENIAL} and claim.holds == TRUE


def _lacking(leg: LegDecided) -> list[Blamed]:
    """Return what allows nothing of a leg: a policy that allows with one reach may not with another."""
    grants = [each for each in leg.ruled.conclusion.claims if each.claim.says == Says.GRANT]
    allowing = {each.layer for each in grants if each.claim.holds != FALSE}
    return [each for each in grants if each.layer not in allowing and _is_missed(leg, each.claim)]


def _is_missed(leg: LegDecided, claim: Claim) -> bool:
    """Return whether a grant is missed that is not there: not where another one does without it.

    In the bucket's own account one grant does, but for an object of somebody else's: that takes an ACL.
    """
    conclusion = leg.ruled.conclusion
    held = (each.claim for each in conclusion.claims if each.claim.says == Says.GRANT and each.claim.holds == TRUE)
    granted = conclusion.at_home and any(claim.reach & _OF_ACCOUNT for claim in held)
    return not granted or (conclusion.relation is not Relation.SAME and bool(claim.reach & ACLS))


def _allows_but_for_evidence(leg: LegDecided, each: Blamed) -> bool:
    """Return whether an allow is open only for want of evidence that could be read, as of who owns the object.

    Where one layer tells for all, another of them may refuse.
    """
    return each.claim.says == Says.GRANT and leg.ruled.teller is None and told(leg, each).needs is not None


def _tells(leg: LegDecided, each: Blamed) -> bool:
    """Return whether what may refuse by itself tells by what, and is open because of the call."""
    words = told(leg, each) if each.claim.says <= Says.REQUIREMENT and each.claim.says != Says.LIMIT else None
    return words is not None and bool(words.citations) and words.needs is None


def _kinds(claims: Iterable[tuple[LegDecided, Blamed]]) -> frozenset[tuple[str, str]]:
    return frozenset((leg.teller(each).name, kind_of(each)) for leg, each in claims)


def _near(leg: LegDecided, layer: Layer) -> bool:
    return layer.near(leg.ruled.request, leg.ruled.request.evidence)


def _own_facts_known(leg: LegDecided, layer: Layer) -> bool:
    """Return whether something of the layer's is known, so that its doubt is about more than missing evidence.

    A doubt while nothing of the layer's is hidden is about the call.
    """
    seen = [leg.ruled.request.evidence.get(fact) for fact in layer.provides]
    return any(isinstance(each, Found) for each in seen) or not any(isinstance(each, Unreadable) for each in seen)


def _passes(legs: Sequence[LegDecided], registry: Registry) -> set[tuple[str, str]]:
    """Return layer and kind of every refusal of these legs that the evidence rules out."""
    said = [(leg, leg.ruled.teller or each.layer, each.verdict) for leg in legs for each in leg.ruled.conclusion.said]
    left = {(layer.name, kind) for leg, layer, verdict in said for kind in _left(leg, verdict)}
    left |= {(leg.teller(each).name, kind_of(each)) for leg in legs for each in _in_doubt(leg)}
    heard = {layer for _, layer, _ in said}
    looked = [layer for layer in registry.layers if layer in heard or _has_looked(legs, layer)]
    return {(layer.name, kind) for layer in looked for kind in KINDS} - left


def _has_looked(legs: Sequence[LegDecided], layer: Layer) -> bool:
    """Return whether a layer that says nothing knows that there is nothing to say, and does not only assume it."""
    seen = [leg.ruled.request.evidence[fact] for leg in legs for fact in layer.provides]
    return bool(seen) and not any(each is ASSUMED for each in seen)


def _left(leg: LegDecided, verdict: Verdict) -> Iterator[str]:
    """Yield the kinds of refusal that what a layer says of one leg does not rule out."""
    for claim in verdict:
        match claim.says:
            case Says.DENIAL | Says.YIELDING_DENIAL if claim.holds != FALSE:
                yield "explicit"
            case Says.REQUIREMENT if claim.holds != TRUE:
                yield "requirement"
            case Says.LIMIT | Says.CAP if claim.holds != TRUE:
                yield "implicit"
    grants = [claim for claim in verdict if claim.says == Says.GRANT]
    if any(_is_missed(leg, each) for each in grants) and max(each.holds for each in grants) != TRUE:
        yield "implicit"


def _first(claims: Iterable[tuple[LegDecided, Blamed]]) -> dict[tuple[str, str], tuple[LegDecided, Blamed]]:
    """Return the first claim of each layer and kind; few are shown, so none is put into words yet."""
    found: dict[tuple[str, str], tuple[LegDecided, Blamed]] = {}
    for leg, each in claims:
        found.setdefault((leg.teller(each).name, kind_of(each)), (leg, each))
    return found


def _about(claims: Iterable[tuple[LegDecided, Blamed]]) -> dict[tuple[str, str], AccessRequest]:
    """Return what was asked for where each layer and kind of refusal is first said, or in doubt."""
    return {key: leg.ruled.request for key, (leg, _) in _first(claims).items()}
