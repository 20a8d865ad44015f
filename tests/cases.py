"""The cases kept as data, and how the engine answers them."""

import gzip
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from why403.bootstrap import build
from why403.services import Services
from why403.usecases.simulate import simulate

DATA = Path(__file__).parent / "data"


class Case(NamedTuple):
    """One case: its name in reports, a request with its evidence, and the members its decision must have."""

    id: str
    request: dict[str, Any]
    expected: Mapping[str, Any]


@cache
def services() -> Services:
    """Return the engine with all layers there are."""
    return build()


def answer(request: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """Return the decision about one request."""
    return answers([request], **members)[0]


def answers(requests: Sequence[Mapping[str, Any]], **members: Any) -> list[dict[str, Any]]:
    """Return the decisions about requests sent in one body, with further members of that body."""
    found: list[dict[str, Any]] = simulate(services(), {"requests": list(requests), **members})["results"]
    return found


def of_folder(name: str) -> list[Case]:
    """Return the cases of a folder of YAML files, in the order of the files' names."""
    return [_case(entry, path) for path in sorted((DATA / name).glob("*.yaml")) for entry in read(path)]


def read(path: Path) -> list[dict[str, Any]]:
    """Return the cases of a YAML file as they are written."""
    found: list[dict[str, Any]] = from_yaml(path.read_text())
    return found


def from_yaml(text: str | bytes) -> Any:
    """Return what a YAML text holds, read by libyaml where it is there: ten times as fast for large files."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both are safe loaders


_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _case(entry: Mapping[str, Any], path: Path) -> Case:
    title = f"row {entry['row']}: {entry['title']}" if "row" in entry else f"{path.stem}: {entry['name']}"
    request = {
        **entry["request"],
        "evidence": entry["evidence"],
        "evidence_is_complete": entry.get("evidence_is_complete", True),
        "context_is_complete": entry.get("context_is_complete", True),
    }
    return Case(title, request, entry["expected"])


def generated() -> list[Case]:
    """Return the generated cases."""
    with gzip.open(DATA / "decisions.jsonl.gz", "rt") as lines:
        entries = map(json.loads, lines)
        return [Case(entry["id"], entry["request"], entry["expected"]) for entry in entries]


def contradictions(case: Case, found: Mapping[str, Any]) -> list[str]:
    """Return what is not as expected."""
    expected = case.expected
    wrong = [
        f"{name} is {found.get(name)}, not {value}"
        for name, value in expected.items()
        if name not in _READ_OTHERWISE and found.get(name) != value
    ]
    if not set(expected.get("granted_by", ())) <= set(found["granted_by"]):
        wrong.append(f"granted_by is {found['granted_by']}, without some of {expected['granted_by']}")
    if expected.get("not_proven") and found["certainty"] == "proven":
        wrong.append("certainty is proven")
    wrong += [f"no leg of {found['legs']} is {leg}" for leg in expected.get("legs", ()) if not _among(leg, found)]
    return wrong


_READ_OTHERWISE = frozenset({"granted_by", "not_proven", "legs"})


def _among(leg: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    return any(leg.items() <= each.items() for each in found["legs"])
