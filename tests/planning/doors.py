"""Doors with locks: a call is allowed when every lock is open, and fixes open them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.laws.claims import words
from why403.domain.evidence import Evidence, Fact, Found, Unreadable
from why403.domain.fix import Applicability, Edit, Fix
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import Claim, Reach, Says, Verdict
from why403.engine.call import Decided, LegDecided
from why403.engine.decide import Engine
from why403.layer import Group, Layer, May, Place
from why403.planning.draft import Draft
from why403.testing import a_request

SAFE, REVIEW, MANUAL = Applicability
NOT_KNOWN: Final = {"unknown": True}


def fix(*opens: str, grade: Applicability = REVIEW, **more: Any) -> Fix:
    """Return a fix that opens locks; without any it is made by hand, and then named in `summary`."""
    more.setdefault("summary", f"open {' and '.join(opens)}")
    edits = tuple(Edit(name, before=False, after=True) for name in opens)
    return Fix(who="the porter", risk="", applicability=grade, edits=edits, **more)


def by_hand(name: str) -> Fix:
    """Return a fix that somebody makes, and no edit shows."""
    return fix(grade=MANUAL, summary=name)


@dataclass
class Door:
    """A call that closed locks refuse, in their order; `fixes` are what the layer of each proposes.

    A lock is closed (False), open (True), or nobody knows.
    """

    locks: Mapping[str, Any]
    fixes: Mapping[str, Sequence[Fix]] = field(default_factory=dict)
    granted: int = TRUE
    decisions: int = 0

    def __post_init__(self) -> None:
        """Make the facts and the layers."""
        self.facts: dict[str, Fact[Any]] = {name: Fact(name=name, load=bool) for name in self.locks}
        layers = [_lock(fact, self.fixes.get(name, ()), at) for at, (name, fact) in enumerate(self.facts.items())]
        self.engine = Engine((*layers, _key(self.granted)))

    def decide(self, draft: Draft) -> Decided:
        """Return the decision with the locks open that a draft opens."""
        self.decisions += 1
        held = {**self.locks, **draft.evidence()}
        request = a_request(facts={self.facts[name]: value for name, value in held.items()})
        return Decided(legs=[LegDecided(ruled=self.engine.rule(request))], asked="the door")


def _lock(fact: Fact[Any], fixes: Iterable[Fix], rank: int) -> Layer:
    def judge(_request: AccessRequest, evidence: Evidence) -> Verdict:
        seen = evidence[fact]
        if isinstance(seen, Unreadable):
            return (Claim(Says.LIMIT, UNKNOWN),)
        return (Claim(Says.LIMIT, TRUE if isinstance(seen, Found) and seen.value else FALSE),)

    return Layer(
        name=fact.name,
        title=fact.name,
        reference="https://example.org",
        may=frozenset({May.LIMIT}),
        place={Says.LIMIT: Place(Group.FILTERS, rank)},
        judge=judge,
        words=words,
        propose=lambda *_: iter(fixes),
    )


def _key(granted: int) -> Layer:
    return Layer(
        name="key",
        title="key",
        reference="https://example.org",
        may=frozenset({May.GRANT_ATTACHED}),
        place={Says.GRANT: Place(Group.GRANTS)},
        judge=lambda *_: (Claim(Says.GRANT, granted, Reach.ATTACHED),),
        words=words,
    )
