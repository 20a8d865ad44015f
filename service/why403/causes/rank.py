"""Ranking causes: how common each is, moved by what the evidence and AWS's own words say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from why403.causes.meaning import Meaning
from why403.causes.model import Possible
from why403.causes.policies import POLICIES
from why403.causes.situation import Situation, refused_as
from why403.causes.special import SPECIAL
from why403.causes.surroundings import REST
from why403.engine.blame import Blamed
from why403.engine.call import LegDecided
from why403.engine.explain import told

POSSIBLE: Final = (*POLICIES, *SPECIAL, *REST)
MOST: Final = 5
NAMED_BY_AWS: Final = 200
JUST_FAILED: Final = 60
SPEAKS: Final = 45
LACKS: Final = 25
REFUSES: Final = 120
UNFIT: Final = 50
_LIKELY, _POSSIBLE = 40, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the evidence says of the layers, each by name with the kind of refusal."""

    blocks: tuple[tuple[str, str], ...] = ()
    passes: frozenset[tuple[str, str]] = frozenset()
    refuses: frozenset[tuple[str, str]] = frozenset()
    lacks: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    speaks: frozenset[str] = frozenset()
    claims: Mapping[tuple[str, str], tuple[LegDecided, Blamed]] = field(default_factory=dict)
    actions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    open_facts: frozenset[str] = frozenset()
    """The facts that a requirement rests on and that nobody gave or could read."""
    known_facts: frozenset[str] = frozenset()


def ranked(situation: Situation, standing: Standing) -> list[dict[str, Any]]:
    """Return the causes in the contract's shape, most likely first, at least one."""
    if situation.meaning is not None:
        return [_by_code(situation, situation.meaning)]
    found: dict[tuple[str, str], tuple[int, Possible]] = {}
    for row in POSSIBLE:
        fits = row.wants <= situation.features and not row.bars & situation.features
        if fits or situation.names(row.layer, row.kind):
            score = _score(row, situation, standing) - (0 if fits else UNFIT)
            key = (row.layer, row.kind)
            if score > 0 and (key not in found or found[key][0] < score):
                found[key] = (score, row)
    causes = [_certain(layer, kind, situation, standing) for layer, kind in standing.blocks]
    known = {(cause["layer"], cause["kind"]) for cause in causes}
    rest = sorted(((score, row) for key, (score, row) in found.items() if key not in known), key=lambda each: -each[0])
    if standing.blocks:  # what else there may be was not needed to refuse, and no missing allow would have been
        rest = [(0, row) for _, row in rest if row.kind != "implicit" or row.layer not in standing.lacks]
    causes += [_cause(row, _likelihood(score), situation, standing) for score, row in rest]
    return causes[: max(MOST, len(standing.blocks))] or [_cause(POSSIBLE[0], "possible", situation, standing)]


def _score(row: Possible, situation: Situation, standing: Standing) -> int:
    if _ruled_out(row, standing) and situation.named != row.layer:
        return 0  # where AWS names what the evidence rules out, both are shown
    score = row.weight
    if situation.names(row.layer, row.kind):
        score += NAMED_BY_AWS
    if (row.layer, row.kind) in standing.refuses:
        score += REFUSES
    if row.kind == "implicit":
        score += JUST_FAILED if row.layer in standing.near else 0
        score += LACKS if row.layer in standing.lacks else 0
    if row.layer in standing.speaks:
        score += SPEAKS
    return score


def _ruled_out(row: Possible, standing: Standing) -> bool:
    """Return whether the evidence speaks against a cause; a fact only taken for harmless is no evidence."""
    if row.rests_on and row.rests_on <= standing.known_facts:
        return True
    return (row.layer, row.kind) in standing.passes and not row.rests_on & standing.open_facts


def _likelihood(score: int) -> str:
    return "likely" if score >= _LIKELY else "possible" if score >= _POSSIBLE else "unlikely"


def _filled(text: str, situation: Situation) -> str:
    """Return a text with what is known put in; what is not stays a word in capitals."""
    if "{" not in text:
        return text
    for name, value in situation.words().items():
        text = text.replace("{" + name + "}", value or name.upper())
    return text


def _cause(row: Possible, likelihood: str, situation: Situation, standing: Standing) -> dict[str, Any]:
    own = standing.actions.get((row.layer, row.kind))
    missing = row.missing_action or ((own or situation.action) if row.kind != "requirement" else None)
    if missing and situation.names(row.layer, row.kind):
        missing = situation.action or missing
    about = situation.about(missing) if missing and not row.missing_action else situation
    claim = standing.claims.get((row.layer, row.kind))
    return {
        "layer": row.layer,
        "kind": row.kind,
        "likelihood": likelihood,
        "because": (claim and told(*claim).because) or _filled(row.because, about),
        "missing_action": missing,
        "check": {"what": _filled(row.what, about), "command": _filled(row.command, about)},
        "fix": {"summary": _filled(row.fix, about), "applicability": row.applicability, "commands": []},
    }


def _certain(layer: str, kind: str, situation: Situation, standing: Standing) -> dict[str, Any]:
    """Return a blocker as a cause, with check and fix of the model's row for its layer.

    What one layer tells for all is mended where it is said, on the resource that it is about.
    """
    claim = standing.claims.get((layer, kind))
    said_by = layer
    if claim is not None and claim[0].ruled.teller is not None:
        said_by, request = claim[1].layer.name, claim[0].ruled.request
        situation = replace(situation, action=request.action, resource=request.resource.arn)
    rows = [row for row in POSSIBLE if row.layer == said_by]
    own = frozenset() if claim is None else refused_as(told(*claim))
    features = situation.features | own
    fitting: Iterable[Possible] = sorted(
        rows, key=lambda row: (row.kind != kind, not row.wants <= features, -len(row.wants & own), -row.weight)
    )
    row = next(iter(fitting), None)
    if row is None:
        row = POSSIBLE[0]._replace(fix="change what this layer says", what="is this still so?", applicability="manual")
    return _cause(row._replace(layer=layer, kind=kind), "certain", situation, standing)


def _by_code(situation: Situation, meaning: Meaning) -> dict[str, Any]:
    return {
        "layer": meaning.layer,
        "kind": meaning.kind,
        "likelihood": "certain",
        "because": _filled(meaning.because, situation),
        "missing_action": None if meaning.kind == "requirement" else situation.action,
        "check": {"what": meaning.what, "command": _filled(meaning.command, situation)},
        "fix": {"summary": meaning.fix, "applicability": "manual", "commands": []},
    }
