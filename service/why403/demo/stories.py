"""Refusals in the accounts of the demo: what a client printed is sent, the evidence the service reads itself."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from why403.demo import showing
from why403.demo.processes import ask


def body_of(story: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is sent to `/diagnose`: the printed lines, and what whoever pasted them said beside them."""
    hints = {"request": story["request"]} if "request" in story else {}
    return {"error": "\n".join(story["pasted"]), **hints}


def explain(port: int, story: Mapping[str, Any]) -> bool:
    """Print what was pasted, the answer and what it rests on; return whether the cause found first is the one made."""
    showing.title(story["id"], story["title"])
    showing.row("pasted", " ".join(" ".join(story["pasted"]).split()), lines=2)
    if "request" in story:
        showing.row("beside", json.dumps(story["request"]))
    status, answer = ask(port, "POST", "/diagnose", body_of(story))
    if status != HTTPStatus.OK:
        showing.row("answer", f"{status} {answer}")
        return False
    first = answer["causes"][0]
    showing.row("answer", answer["summary"])
    showing.row("where", f"{first['layer']} ({first['kind']}), {answer['certainty']}, {_statement(answer)}")
    _fix(first["fix"])
    showing.check(first)
    _read(answer.get("collected", {"calls": 0, "oldest_seconds": None}))
    right = wrong(answer, story) == {}
    if not right:
        print(f"    EXPECTED {story['expected']}, NOT {wrong(answer, story)}")
    return _planned(port, story) and right


def _planned(port: int, story: Mapping[str, Any]) -> bool:
    """Print the plan for a refusal; return whether it is proven, or names who has to do what."""
    status, answer = ask(port, "POST", "/remediate", body_of(story))
    if status != HTTPStatus.OK:
        showing.row("plan", f"{status} {answer}")
        return False
    showing.plan(answer)
    print()
    return leads_on(answer)


def leads_on(plan: Mapping[str, Any]) -> bool:
    """Return whether a plan is proven to allow the call, or names who has to do what by hand."""
    if plan["proof"]["after"]["decision"] == "allowed":
        return True
    by_hand = [each for each in plan["changes"] if each["applicability"] == "manual"]
    return bool(by_hand) and all(each["who"] and (each["steps"] or each["commands"]) for each in by_hand)


def wrong(answer: Mapping[str, Any], story: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an answer says otherwise than expected: of the cause it puts first, and of its decision."""
    first = answer["causes"][0]
    blocker = answer["blockers"][0] if answer["blockers"] else {"citations": []}
    citation = blocker["citations"][0] if blocker["citations"] else {}
    said = {
        **{name: first[name] for name in ("layer", "kind")},
        **{name: answer[name] for name in ("decision", "certainty")},
        **{name: citation.get(name) for name in ("policy", "sid")},
    }
    return {name: said[name] for name, value in story["expected"].items() if said[name] != value}


def _statement(answer: Mapping[str, Any]) -> str:
    """Return where the refusal is written, or that it is no policy that refuses."""
    if not answer["blockers"] or not answer["blockers"][0]["citations"]:
        return "in no statement"
    first = answer["blockers"][0]["citations"][0]
    policy = f" of {first['policy']}" if first["policy"] else ""
    sid = f"statement {first['sid']}" if first["sid"] else f"{first['fact']}{first['pointer']}"
    return f"{sid}{policy}"


def _read(collected: Mapping[str, Any]) -> None:
    age = collected["oldest_seconds"]
    oldest = "" if age is None else f", the oldest answer {age:.1f} s old"
    showing.row("read", f"{collected['calls']} calls of AWS{oldest}")


def _fix(fix: Mapping[str, Any]) -> None:
    showing.row("fix", fix["summary"])
    for command in fix["commands"]:
        showing.row("", command)
