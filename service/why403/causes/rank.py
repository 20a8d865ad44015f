"""Ranking causes: how common each is, moved by what the evidence and AWS's own words say."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from why403.causes.elsewhere import ELSEWHERE
from why403.causes.features import refused_as
from why403.causes.filling import filled, typed
from why403.causes.meaning import Meaning
from why403.causes.meeting import mended
from why403.causes.model import Possible
from why403.causes.named import told_as
from why403.causes.policies import POLICIES
from why403.causes.situation import Situation, named_by
from why403.causes.special import NOTHING_LEFT, SPECIAL, SUCCEEDED
from why403.causes.surroundings import REST
from why403.domain.request import AccessRequest
from why403.engine.blame import Blamed
from why403.engine.call import LegDecided
from why403.engine.explain import told

POSSIBLE: Final = (*POLICIES, *SPECIAL, *REST, *ELSEWHERE)
MOST: Final = 5
NAMED_BY_AWS: Final = 200
JUST_FAILED: Final = 60
SPEAKS: Final = 45
LACKS: Final = 25
REFUSES: Final = 120
UNFIT: Final = 100
"""More than weights differ: of rows that AWS's text names, those that fit the call come first."""
UNNEEDED: Final = 40
PERHAPS: Final = 3
_LIKELY, _POSSIBLE = 40, 15
_BY_ACTION: Final = frozenset({"asks-to-list"})
"""What AWS's text tells by the action that it names."""
_GRANT: Final = frozenset({"identity", "bucket_policy"})
"""Where AWS's text names the one, an allow may be missing in the other as well."""
_OF_KEY: Final = {"bucket_policy": ("kms", frozenset({"is-key-policy"}))}
"""Where the model tells of the policy of a KMS key, which AWS calls resource-based as it does a bucket's."""


class Standing(NamedTuple):
    """What the evidence says of the layers, each by name with the kind of refusal."""

    blocks: tuple[tuple[str, str], ...] = ()
    passes: frozenset[tuple[str, str]] = frozenset()
    refuses: frozenset[tuple[str, str]] = frozenset()
    lacks: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    perhaps: frozenset[tuple[str, str]] = frozenset()
    """Refusals by the lack of an allow that nobody may need, or that is there but for evidence that was not read."""
    speaks: frozenset[tuple[str, str]] = frozenset()
    claims: Mapping[tuple[str, str], tuple[LegDecided, Blamed]] = MappingProxyType({})
    doubts: Mapping[tuple[str, str], tuple[LegDecided, Blamed]] = MappingProxyType({})
    """What may refuse and tells by what, as a statement or a lock, though it is not known whether it does."""
    about: Mapping[tuple[str, str], AccessRequest] = MappingProxyType({})
    """What was asked for, of all that a call asks for, where each refusal is said or in doubt."""
    open_facts: frozenset[str] = frozenset()
    """The facts that a requirement rests on and that nobody gave or could read."""
    known_facts: frozenset[str] = frozenset()


class Weighed(NamedTuple):
    """All that orders causes: words and names of closed sets, so that many refusals have the same."""

    features: frozenset[str]
    named: str | None
    named_kind: str | None
    via: str | None
    blocks: tuple[tuple[str, str], ...]
    passes: frozenset[tuple[str, str]]
    refuses: frozenset[tuple[str, str]]
    lacks: frozenset[str]
    near: frozenset[str]
    perhaps: frozenset[tuple[str, str]]
    speaks: frozenset[tuple[str, str]]
    open_facts: frozenset[str]
    known_facts: frozenset[str]

    @classmethod
    def of(cls, situation: Situation, standing: Standing) -> "Weighed":
        """Return what orders the causes of one refusal."""
        return cls(
            situation.features,
            situation.named,
            situation.named_kind,
            situation.via,
            *(standing.blocks, standing.passes, standing.refuses, standing.lacks, standing.near),
            *(standing.perhaps, standing.speaks),
            *(standing.open_facts, standing.known_facts),
        )

    def names(self, row: Possible) -> bool:
        """Return whether AWS's text names a refusal of this layer and kind."""
        return named_by(self.named, self.named_kind, row.layer, row.kind)

    def passes_over(self, row: Possible) -> bool:
        """Return whether a missing allow would not have mattered: AWS's text names something that limits or denies."""
        limits = self.named_kind != "implicit" or self.named not in _GRANT
        return self.named is not None and limits and row.kind == "implicit"


def ranked(situation: Situation, standing: Standing) -> list[dict[str, Any]]:
    """Return the causes in the contract's shape, most likely first, at least one."""
    words = situation.words()
    if situation.meaning is not None:
        return [_by_code(situation, situation.meaning, words)]
    if "succeeded" in situation.features:
        return [_cause(SUCCEEDED, "likely", situation, Standing(), words)]
    blocks = (POSSIBLE[0]._replace(layer=layer, kind=kind) for layer, kind in standing.blocks)
    causes = [_cause(row, "certain", situation, standing, words) for row in blocks]
    rest = _ordered(Weighed.of(situation, standing))[: max(0, MOST - len(causes))]
    causes += [_cause(row, _likelihood(score), situation, standing, words) for score, row in rest]
    return causes or [_cause(NOTHING_LEFT, "possible", situation, standing, words)]


@lru_cache(maxsize=1024)
def _ordered(weighed: Weighed) -> tuple[tuple[int, Possible], ...]:
    """Return the causes beside the blockers with their weights, most likely first."""
    found: dict[tuple[str, str], tuple[int, Possible]] = {}
    for row in POSSIBLE:
        fits = row.fits(weighed.features)
        if fits or weighed.names(row):
            score = _score(row, weighed) - (0 if fits else UNFIT)
            key = (row.layer, row.kind)
            if score > 0 and (key not in found or found[key][0] < score):
                found[key] = (score, row)
    rest = ((score, row) for key, (score, row) in found.items() if key not in weighed.blocks)
    ordered = sorted(rest, key=lambda each: -each[0])
    if weighed.blocks:  # what AWS does not name was not needed to refuse, and no missing allow would have been
        beside = [(score, row) for score, row in ordered if row.kind != "implicit" or row.layer not in weighed.lacks]
        return tuple((score if weighed.names(row) else 0, row) for score, row in beside)
    return tuple(ordered)


def _score(row: Possible, weighed: Weighed) -> int:
    if _ruled_out(row, weighed) and weighed.named != row.layer:
        return 0  # where AWS names what the evidence rules out, both are shown
    if (row.layer, row.kind) == (weighed.via, weighed.named_kind):
        return 0  # told as the key's
    perhaps = (row.layer, row.kind) in weighed.perhaps
    score = row.weight // PERHAPS if perhaps else row.weight
    if weighed.names(row) or row.wants & _BY_ACTION:
        score += NAMED_BY_AWS
    elif weighed.passes_over(row):
        score -= UNNEEDED
    if (row.layer, row.kind) in weighed.refuses:
        score += REFUSES
    if row.kind == "implicit" and not perhaps:
        score += JUST_FAILED if row.layer in weighed.near else 0
        score += LACKS if row.layer in weighed.lacks else 0
    if (row.layer, row.kind) in weighed.speaks and not perhaps:
        score += SPEAKS
    return score


def _ruled_out(row: Possible, weighed: Weighed) -> bool:
    """Return whether the evidence speaks against a cause; a fact only taken for harmless is no evidence."""
    if row.rests_on and row.rests_on <= weighed.known_facts:
        return True
    return (row.layer, row.kind) in weighed.passes and not row.rests_on & weighed.open_facts


def _likelihood(score: int) -> str:
    return "likely" if score >= _LIKELY else "possible" if score >= _POSSIBLE else "unlikely"


def _cause(
    row: Possible, likelihood: str, situation: Situation, standing: Standing, words: Mapping[str, str | None]
) -> dict[str, Any]:
    """Return one cause; `words` are the situation's."""
    at = row.layer, row.kind
    about, claim, named = standing.about.get(at), standing.claims.get(at), situation.names(*at)
    if named and situation.via is not None:
        row = _of_key(row, situation.via, situation.features)
    if about is not None and not named and not situation.is_about(about):
        situation = situation.about(about, whole=claim is not None)
        words = situation.words()
    if likelihood == "certain" or (claim is not None and claim[0].ruled.teller is not None):
        row = _of_claim(row, claim, situation.features)
    elif claim is None and named:
        row = told_as(row, situation.policy_arn)
    elif claim is None:
        claim = standing.doubts.get(at)
        row = row if claim is None else _doubted(row, claim, situation)
    takes_action = row.kind != "requirement" or row.wants & _BY_ACTION
    missing = row.missing_action or (situation.action if takes_action else None)
    via = {"via": situation.via} if named and situation.via is not None else {}
    found = {"layer": row.layer, **via, "kind": row.kind, "likelihood": likelihood}
    return {**found, **_worded(row, claim, missing, words)}


def _worded(
    row: Possible, claim: tuple[LegDecided, Blamed] | None, missing: str | None, words: Mapping[str, str | None]
) -> dict[str, Any]:
    """Return what is told of a cause: why, the action that is missing, what to look at, and what helps."""
    return {
        "because": (claim and told(*claim).because) or filled(row.because, words),
        "missing_action": missing,
        "check": {"what": filled(row.what, words), "command": typed(row.command, words)},
        "fix": {
            "summary": mended(row, filled(row.fix, words), claim),
            "applicability": row.applicability,
            "commands": [],
        },
    }


def _doubted(row: Possible, claim: tuple[LegDecided, Blamed], situation: Situation) -> Possible:
    """Return the row for what may refuse, where its words tell which of several ways that would be."""
    words = told(*claim)
    own = frozenset({f"is-{words.sort}"}) if words.sort else frozenset[str]()
    fitting = _fitting(row.layer, row.kind, situation.features, own)
    return fitting if fitting.wants & own else row


def _of_key(row: Possible, via: str, features: frozenset[str]) -> Possible:
    """Return the cause that a KMS key refuses by a kind of policy as AWS names it, told as of that kind."""
    layer, own = _OF_KEY.get(via, (via, frozenset[str]()))
    return _fitting(layer, row.kind, features, own)._replace(layer=row.layer, kind=row.kind, missing_action=None)


def _of_claim(row: Possible, claim: tuple[LegDecided, Blamed] | None, features: frozenset[str]) -> Possible:
    """Return a cause with check and fix of the row that fits what is claimed.

    What one layer tells for all is mended where it is said.
    """
    said_by, own = row.layer, frozenset[str]()
    if claim is not None:
        leg, blamed = claim
        said_by = said_by if leg.ruled.teller is None else blamed.layer.name
        own = refused_as(told(leg, blamed))
    return _fitting(said_by, row.kind, features, own)._replace(layer=row.layer, kind=row.kind)


@lru_cache(maxsize=1024)
def _fitting(layer: str, kind: str, features: frozenset[str], own: frozenset[str]) -> Possible:
    """Return the row of the model that fits a blocker best, with its own features, or one to stand in for it."""
    rows = [row for row in POSSIBLE if row.layer == layer]
    order = [(row.kind != kind, not row.fits(features, own), -len(row.wants & own), -row.weight) for row in rows]
    if not rows:
        return POSSIBLE[0]._replace(fix="change what this layer says", what="is this still so?", applicability="manual")
    return rows[order.index(min(order))]


def _by_code(situation: Situation, meaning: Meaning, words: Mapping[str, str | None]) -> dict[str, Any]:
    return {
        "layer": meaning.layer,
        "kind": meaning.kind,
        "likelihood": "certain",
        "because": filled(meaning.because, words),
        "missing_action": None if meaning.kind == "requirement" else situation.action,
        "check": {"what": meaning.what, "command": typed(meaning.command, words)},
        "fix": {"summary": meaning.fix, "applicability": "manual", "commands": []},
    }
