import os
import random
from typing import Any

import pytest

from .incidents import IDS, INCIDENTS, MISSING, first, rank, text_alone
from .paraphrases import Paraphrase, paraphrases
from .renaming import renamed

SEED = int(os.environ.get("PARAPHRASE_SEED", "403"))
EACH = int(os.environ.get("PARAPHRASES", "5"))


def of(incident: dict[str, Any]) -> list[Paraphrase]:
    print(f"PARAPHRASE_SEED={SEED} PARAPHRASES={EACH}")  # noqa: T201 - to make a failure again
    return list(paraphrases(incident, EACH, SEED))


def test_the_same_seed_makes_the_same() -> None:
    assert of(INCIDENTS[0]) == of(INCIDENTS[0])
    assert list(paraphrases(INCIDENTS[0], EACH, SEED + 1)) != of(INCIDENTS[0])


@pytest.mark.parametrize("incident", INCIDENTS, ids=IDS)
def test_with_the_evidence_a_paraphrase_has_the_same_first_cause(incident: dict[str, Any]) -> None:
    wrong = []
    for each in of(incident):
        cause = first(each.body)
        if (cause["layer"], cause["missing_action"]) != (incident["expected"]["layer"], MISSING[incident["id"]]):
            wrong.append((each.name, cause["layer"], cause["missing_action"], each.body["error"]))
    assert not wrong


@pytest.mark.parametrize("incident", INCIDENTS, ids=IDS)
def test_the_text_of_a_paraphrase_tells_as_much(incident: dict[str, Any]) -> None:
    layer = incident["expected"]["layer"]
    if rank(layer, text_alone(incident)) not in {1, 2}:
        pytest.skip("its own text does not tell")
    told = [each for each in of(incident) if each.whole]
    wrong = [each for each in told if rank(layer, {"error": each.body["error"]}) not in {1, 2}]
    assert not [(each.name, each.body["error"]) for each in wrong]


@pytest.mark.parametrize("incident", INCIDENTS, ids=IDS)
def test_names_do_not_matter(incident: dict[str, Any]) -> None:
    before = first(incident["diagnose"])
    for number in range(EACH):
        other = renamed(incident["diagnose"], random.Random(f"{SEED} {number}"))
        after = first(other)
        same = ("layer", "kind", "likelihood", "missing_action")
        assert [after[name] for name in same] == [before[name] for name in same], other


def test_renaming_leaves_no_old_name() -> None:
    for incident in INCIDENTS:
        held = {incident["diagnose"]["request"].get(name) for name in ("bucket", "key", "principal")} - {None}
        other = renamed(incident["diagnose"], random.Random(SEED))
        assert not [name for name in held if name in str(other)]
