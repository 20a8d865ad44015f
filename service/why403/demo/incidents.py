"""Real incidents, explained from what was pasted and known then; nothing is read for them."""

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

from why403.demo import showing
from why403.demo.processes import ask


def explain(port: int, incident: Mapping[str, Any], loaded: Collection[str]) -> bool:
    """Print one incident as it was pasted, the answer, its fix and check; return whether it is the confirmed one."""
    showing.title(incident["id"], incident["title"])
    showing.row("pasted", " ".join(incident["diagnose"]["error"].split()), lines=2)
    first = _first_cause(port, incident)
    right = first is not None and first["layer"] == incident["expected"]["layer"]
    if incident["simulate"] is not None:
        right = _decided(port, incident) and right
    elif first is not None:
        showing.row("answer", f"{first['because']}.")
        showing.row("where", f"{first['layer']} ({first['kind']}), {first['likelihood']}")
    showing.row("fix", incident["fix"])
    if first is not None:
        showing.check(first)
    known = incident["expected"]["layer"] in loaded
    print("" if right else f"    {'EXPECTED' if known else 'its layer is still to come:'} {incident['expected']}\n")
    return right or not known


def _first_cause(port: int, incident: Mapping[str, Any]) -> dict[str, Any] | None:
    status, answer = ask(port, "POST", "/diagnose", incident["diagnose"])
    if status != HTTPStatus.OK:
        showing.row("answer", f"{status} {answer}")
        return None
    cause: dict[str, Any] = answer["causes"][0]
    return cause


def _decided(port: int, incident: Mapping[str, Any]) -> bool:
    """Print the decision on complete evidence; return whether it is the confirmed one."""
    status, answer = ask(port, "POST", "/simulate", {"requests": [incident["simulate"]]})
    if status != HTTPStatus.OK:
        showing.row("answer", f"{status} {answer}")
        return False
    result = answer["results"][0]
    first = result["blockers"][0]
    showing.row("answer", result["summary"])
    showing.row("where", f"{first['layer']} ({first['kind']}), {showing.cited(first)}")
    return all(result[name] == value for name, value in incident["expected"].items())
