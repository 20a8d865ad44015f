"""Which facts are known, and what follows from them for causes that rest on facts alone."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from why403.domain.arn import resource
from why403.domain.evidence import ASSUMED, Absent, Fact, Found, Observation, Unreadable
from why403.domain.truth import TRUE, UNKNOWN
from why403.domain.verdict import Reach, Says
from why403.engine.blame import Blamed
from why403.engine.call import Decided, LegDecided
from why403.engine.explain import told
from why403.registry import Registry

KINDS: Final = ("explicit", "implicit", "requirement")
_EXISTS: Final = "object.exists"
_LISTS: Final = "s3:ListBucket"
_READS: Final = "s3:getobject"


def facts_that(holds: Callable[[Observation[Any]], bool], decided: Decided, registry: Registry) -> frozenset[str]:
    """Return the names of the facts of which something holds on every leg."""
    facts = [each for layer in registry.layers for each in layer.provides if each.assumed]
    return frozenset(
        fact.name for fact in facts if all(holds(leg.ruled.request.evidence[fact]) for leg in decided.legs)
    )


def suspected(claims: Iterable[tuple[LegDecided, Blamed]]) -> Iterator[str]:
    """Yield the facts that may speak for a refusal by what is no policy: those named, else all of the layer."""
    for leg, each in claims:
        if each.claim.says == Says.REQUIREMENT:
            words, evidence = told(leg, each), leg.ruled.request.evidence
            hidden = [seen for seen in map(evidence.__getitem__, each.layer.provides) if isinstance(seen, Unreadable)]
            unread = any(seen.permission == words.needs for seen in hidden)
            yield from (cite.fact for cite in words.citations)
            if not words.citations and not unread:
                yield from (fact.name for fact in each.layer.provides)


def is_open(seen: Observation[Any]) -> bool:
    """Return whether a fact is not known, or only taken for harmless."""
    return seen is ASSUMED or isinstance(seen, Unreadable)


def _is_known(seen: Observation[Any]) -> bool:
    return not is_open(seen)


def unread_passes(decided: Decided, registry: Registry, given: frozenset[str]) -> Iterable[tuple[str, str]]:
    """Yield what layers that are not loaded cannot have refused: their facts are known to be none."""
    for reader in {each.reader for each in registry.unread} - given:
        facts = [each.fact for each in registry.unread if each.reader == reader]
        if all(_known_none(leg, facts) for leg in decided.legs):
            yield from ((reader, kind) for kind in KINDS)


def _known_none(leg: LegDecided, facts: list[Fact[Any]]) -> bool:
    evidence = leg.ruled.request.evidence
    told_of = [fact for fact in facts if not fact.assumed]
    return evidence.complete or (bool(told_of) and all(isinstance(evidence[fact], Absent) for fact in told_of))


def given_unread(decided: Decided, registry: Registry) -> Iterable[str]:
    """Yield the readers of facts that are given, would apply, and that no loaded layer reads."""
    for leg in decided.legs:
        request = leg.ruled.request
        for each in registry.unread:
            seen = request.evidence.get(each.fact)
            if isinstance(seen, Found) and each.by_form(request) and each.by_value(request, seen.value):
                yield each.reader


def known_facts(decided: Decided, registry: Registry) -> frozenset[str]:
    """Return the names of the facts that tell whether a cause is so; what a key is asked for, its own policies tell."""
    asked = {leg.ruled.teller for leg in decided.legs}
    own = {fact.name for layer in asked if layer is not None for fact in layer.provides}
    return facts_that(_is_known, decided, registry) - own


def whether_there(decided: Decided, registry: Registry) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Return what tells whether an object may be missing: a caller who may list would have been told so.

    The fact that it is there, as if it was known, for those who may; what is the less likely for those whose policies
    let them list, where it is open whether something denies it.
    """
    leg = decided.legs[0]
    request = leg.ruled.request
    where = resource(request.resource.bucket_arn) if request.resource.bucket and request.resource.key else None
    if where is None or not request.action_key.startswith(_READS) or not _is_granted(leg):
        return frozenset(), frozenset()
    lists = leg.ask(request.beside(_LISTS, where))
    if lists == TRUE:
        return frozenset({_EXISTS}), frozenset()
    telling = (layer.name for layer in registry.layers if any(fact.name == _EXISTS for fact in layer.provides))
    return frozenset(), frozenset((name, "requirement") for name in telling if lists == UNKNOWN)


def _is_granted(leg: LegDecided) -> bool:
    """Return whether the caller's own policies are known to grant what was asked for."""
    claims = leg.ruled.conclusion.claims
    return any((each.claim.says, each.claim.holds, each.claim.reach) == _OWN_GRANT for each in claims)


_OWN_GRANT: Final = (Says.GRANT, TRUE, Reach.ATTACHED)
