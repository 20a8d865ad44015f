import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cases import answer

from .incidents import IDS, INCIDENTS, MISSING, diagnosed, first, rank, text_alone

AT_LEAST_FROM_TEXT = 17


def test_every_incident_is_there_and_whole() -> None:
    assert len(INCIDENTS) == len(set(IDS)) == len(MISSING)
    for incident in INCIDENTS:
        assert list(incident) == ["id", "title", "diagnose", "simulate", "added", "expected", "fix"]
        assert incident["diagnose"]["collect"] is False
        assert set(incident["expected"]) == {"layer", "kind"}
        assert incident["title"].endswith(".")
        assert incident["simulate"] or not incident["added"]


@pytest.mark.parametrize("incident", INCIDENTS, ids=IDS)
def test_the_confirmed_layer_is_the_first_cause(incident: dict[str, Any]) -> None:
    cause = first(incident["diagnose"])
    assert cause["layer"] == incident["expected"]["layer"]
    assert cause["missing_action"] == MISSING[incident["id"]]
    assert cause["kind"] == incident["expected"]["kind"]


@pytest.mark.parametrize("incident", [each for each in INCIDENTS if each["simulate"]], ids=lambda each: str(each["id"]))
def test_with_the_additions_it_is_decided(incident: dict[str, Any]) -> None:
    decided = answer(incident["simulate"])
    assert {name: decided[name] for name in incident["expected"]} == incident["expected"]
    assert decided["certainty"] == "proven"


@pytest.mark.parametrize("incident", INCIDENTS, ids=IDS)
def test_every_answer_has_the_contract_s_shape(incident: dict[str, Any]) -> None:
    diagnosis = json.loads(json.dumps(diagnosed(incident["diagnose"])))
    assert 1 <= len(diagnosis["causes"]) <= 5
    for cause in diagnosis["causes"]:
        assert cause["likelihood"] in {"certain", "likely", "possible", "unlikely"}
        assert cause["check"]["what"]
        assert cause["fix"]["summary"]
        assert cause["fix"]["applicability"] in {"safe", "review", "manual"}
    if diagnosis["certainty"] == "proven":
        assert diagnosis["causes"][0]["likelihood"] == "certain"
        assert diagnosis["causes"][0]["layer"] == diagnosis["layer"]
    else:
        assert all(cause["likelihood"] != "certain" for cause in diagnosis["causes"])


def test_the_text_alone_tells_most(record_property: Callable[[str, object], None]) -> None:
    ranks = {each["id"]: rank(each["expected"]["layer"], text_alone(each)) for each in INCIDENTS}
    first_or_second = [name for name, place in ranks.items() if place in {1, 2}]
    record_property("first or second from the text alone", len(first_or_second))
    print(f"first or second from the text alone: {len(first_or_second)} of {len(ranks)}")  # noqa: T201
    assert len(first_or_second) >= AT_LEAST_FROM_TEXT, ranks
