"""What a layer is: a record of what it reads, how it judges, and how it puts its judgement into words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any, NamedTuple

from why403.collecting import Collector
from why403.domain.evidence import NOTHING, Evidence, Fact
from why403.domain.fix import Fix
from why403.domain.request import AccessRequest
from why403.domain.truth import UNKNOWN
from why403.domain.verdict import CALLER_SIDE, REACHES, Claim, Reach, Says, Verdict, Words


class May(Enum):
    """What a layer may say; a claim outside of what it declares is a failure of the layer."""

    GRANT_ATTACHED = "grant by the caller's own policies"
    GRANT_RESOURCE = "grant by something of the resource's"
    LIMIT = "let through or hold back whatever is granted"
    CAP_CALLER = "void what the caller's side grants"
    CAP_RESOURCE = "void some of what the resource's side grants"
    DENY = "deny"
    REQUIRE = "ask for something that is no policy"


class Group(IntEnum):
    """The groups in which blockers are reported, in their order; it decides nothing."""

    FIRST_REQUIREMENTS = 1
    EXPLICIT_DENIES = 2
    FILTERS = 3
    GRANTS = 4
    KEYS = 5
    LAST_REQUIREMENTS = 6


class Place(NamedTuple):
    """Where a layer's blocker of one kind stands: its group, and its rank in it (a plugin's stands last)."""

    group: Group
    rank: int = 1000


class Warned(NamedTuple):
    """Something in a fact's document that AWS would not store; the document is judged as written all the same."""

    fact: str
    pointer: str
    message: str


def _never(_request: AccessRequest, _evidence: Evidence) -> bool:
    return False


def _nothing(_request: AccessRequest, _evidence: Evidence) -> Iterable[Warned]:
    return ()


def _asks_nothing(_request: AccessRequest) -> Mapping[str, Iterable[str]]:
    return NOTHING


def _none_open(_request: AccessRequest, _evidence: Evidence) -> Iterable[str]:
    return ()


def _no_fixes(_request: AccessRequest, _evidence: Evidence, _claim: Claim) -> Iterable[Fix]:
    return ()


_OF_RESOURCE = Reach.DIRECT | Reach.ROLE | Reach.ACCOUNT | Reach.PUBLIC_ACL | Reach.ACCOUNT_ACL
_KINDS: Mapping[May, tuple[int, int]] = {
    May.GRANT_ATTACHED: (Says.GRANT, Reach.ATTACHED),
    May.GRANT_RESOURCE: (Says.GRANT, _OF_RESOURCE),
    May.LIMIT: (Says.LIMIT, Reach.NONE),
    May.CAP_CALLER: (Says.CAP, CALLER_SIDE),
    May.CAP_RESOURCE: (Says.CAP, _OF_RESOURCE),
    May.DENY: (Says.DENIAL, Reach.NONE),
    May.REQUIRE: (Says.REQUIREMENT, Reach.NONE),
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Layer:
    """One policy layer, or one other reason to answer 403; compared by identity.

    `judge` says the truths and `words` puts one of its claims into words; both are pure: no I/O, no clock, no
    randomness. `provides` are the facts this layer owns, `needs` those of others that it reads, and `who` would have to
    change what they tell. `place` says where its blockers of each kind are reported. `near` tells whether a statement
    would allow but for one element, `warnings` what AWS would not store, `disputed` which open points of AWS's
    documentation the verdict may rest on (named as in `why403.domain.readings`). `propose` yields what would take one
    of its claims out of the way, the best first; what it edits is the `raw` value of what was found. `collectors` read
    its facts from AWS; a fact without one is known only where it is given.
    `answers_for` is a service: what any layer says of a request to it is told as this layer's word, if it says anything
    itself. S3 asks KMS for its caller, and whoever is refused has a key to look at, whichever policy it was.
    `asks` names the condition keys, in lower case, that `judge` looks at itself, each with the texts it tells apart:
    they are tried while the key is not known, as those of policies are. A field with a default may be added without
    breaking anyone.
    """

    name: str
    title: str
    reference: str
    may: frozenset[May]
    place: Mapping[int, Place]
    judge: Callable[[AccessRequest, Evidence], Verdict]
    words: Callable[[AccessRequest, Evidence, Claim], Words]
    who: str = "whoever looks after it"
    provides: tuple[Fact[Any], ...] = ()
    needs: tuple[Fact[Any], ...] = ()
    near: Callable[[AccessRequest, Evidence], bool] = _never
    warnings: Callable[[AccessRequest, Evidence], Iterable[Warned]] = _nothing
    propose: Callable[[AccessRequest, Evidence, Claim], Iterable[Fix]] = _no_fixes
    collectors: tuple[Collector, ...] = ()
    disputed: Callable[[AccessRequest, Evidence], Iterable[str]] = _none_open
    asks: Callable[[AccessRequest], Mapping[str, Iterable[str]]] = _asks_nothing
    answers_for: str | None = None

    def everything_unknown(self) -> Verdict:
        """Return all this layer may say, in doubt: what stands for it when it fails."""
        claims: list[Claim] = []
        for may in sorted(self.may, key=lambda each: each.name):
            says, reaches = _KINDS[may]
            if says == Says.GRANT:
                claims.extend(Claim(says, UNKNOWN, reach, FAILED) for reach in REACHES if reach & reaches)
            else:
                claims.append(Claim(says, UNKNOWN, reaches, FAILED))
        return tuple(claims)

    def allowed_to_say(self, claim: Claim) -> bool:
        """Return whether the layer declared that it may say this; a grant has one reach, a cap is of one kind."""
        says = Says.DENIAL if claim.says == Says.YIELDING_DENIAL else claim.says
        if says == Says.GRANT and claim.reach not in REACHES:
            return False
        kinds = map(_KINDS.__getitem__, self.may)
        return any(kind == says and claim.reach & ~reaches == 0 for kind, reaches in kinds)


class Failed:
    """The note on claims that stand for a layer that failed; its words are the engine's."""


FAILED = Failed()
