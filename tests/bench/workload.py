"""The workload: 1,000 requests of one account on one bucket, with the evidence that they share."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.reference.evaluator import decide

FILE: Final = Path(__file__).parent / "workload.json"

Outcome = tuple[str, str | None]


@cache
def body() -> dict[str, Any]:
    """Return the body of a /simulate that asks for all of it."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def cases() -> list[dict[str, Any]]:
    """Return the requests as the reference takes them, each with all evidence."""
    shared = {"evidence": body()["evidence"], "evidence_is_complete": True}
    return [{**request, **shared} for request in body()["requests"]]


@cache
def expected() -> list[Outcome]:
    """Return decision and kind of every request, by the reference."""
    return [decide(case)[:2] for case in cases()]


def outcomes(results: list[dict[str, Any]]) -> list[Outcome]:
    """Return decision and kind of every answer."""
    return [(result["decision"], result["kind"]) for result in results]
