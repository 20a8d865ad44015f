"""Every real incident has a plan: proven to allow the call, or in the hands of somebody who is named, with the step."""

from typing import Any

import pytest

from tests.cases import services
from tests.usecases.incidents import IDS, INCIDENTS
from why403.demo.stories import leads_on
from why403.usecases.remediate import remediate

COMPLETE = [each for each in INCIDENTS if each["simulate"]]


def planned(body: dict[str, Any]) -> dict[str, Any]:
    return remediate(services(), body).answer


@pytest.mark.parametrize("incident", INCIDENTS, ids=IDS)
def test_an_incident_as_it_was_reported_has_a_plan(incident: dict[str, Any]) -> None:
    plan = planned(incident["diagnose"])
    assert plan["refused"] is None
    assert plan["changes"]
    assert leads_on(plan)


@pytest.mark.parametrize("incident", COMPLETE, ids=[each["id"] for each in COMPLETE])
def test_an_incident_of_which_all_is_known_has_a_plan_for_its_layer(incident: dict[str, Any]) -> None:
    plan = planned({"request": {"context_is_complete": True, **incident["simulate"]}})
    assert leads_on(plan)
    layers = {each["layer"] for each in plan["changes"]} | {each.get("via") for each in plan["changes"]}
    assert incident["expected"]["layer"] in layers


@pytest.mark.parametrize("incident", COMPLETE, ids=[each["id"] for each in COMPLETE])
def test_no_change_names_everyone_or_switches_a_guard_off(incident: dict[str, Any]) -> None:
    for change in planned({"request": {"context_is_complete": True, **incident["simulate"]}})["changes"]:
        before, after = str(change["before"]), str(change["after"])
        assert after.count("'Principal': '*'") <= before.count("'Principal': '*'")
        assert after.count("'Effect': 'Deny'") >= before.count("'Effect': 'Deny'")
        assert "PublicAccessBlock" not in " ".join(change["commands"])
