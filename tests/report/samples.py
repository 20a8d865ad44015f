"""Pasted texts and what they tell, one file per family in `data/`.

A table holds `text`, the fields of the report it tells, in `open` those that must be left open, and in `secrets` parts
of what must be stripped. Other fields are not
compared. `named` is short for layer and kind of what AWS named, kind `open` where the text leaves it so.
"""

import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple

from why403.report import Report

DATA: Final = Path(__file__).parent / "data"
_MAPPINGS: Final = frozenset({"parameters", "context", "presigned"})


class Sample(NamedTuple):
    text: str
    told: dict[str, Any]
    secrets: tuple[str, ...] = ()


def samples() -> dict[str, Sample]:
    """Return every sample by family and name."""
    return {
        f"{file.stem}: {name}": _sample(table)
        for file in sorted(DATA.glob("*.toml"))
        for name, table in tomllib.loads(file.read_text()).items()
    }


def _sample(table: dict[str, Any]) -> Sample:
    told = {name: value for name, value in table.items() if name not in {"text", "open", "secrets"}}
    told |= dict.fromkeys(table.get("open", ()))
    if told.get("named"):
        layer, kind = told["named"]
        told["named"] = (layer, None if kind == "open" else kind)
    if "unread" in told:
        told["unread"] = tuple(told["unread"])
    return Sample(table["text"], told, tuple(table.get("secrets", ())))


def picked(report: Report, told: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says of the fields a sample names."""
    return {name: _field(report, name) for name in told}


def _field(report: Report, name: str) -> Any:
    if name == "named":
        return report.aws_named and (report.aws_named.layer, report.aws_named.kind)
    if name in {"policy_arn", "special", "via"}:
        return report.aws_named and getattr(report.aws_named, name)
    value = getattr(report, name)
    return dict(value) if name in _MAPPINGS and value is not None else value
