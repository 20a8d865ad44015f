"""A pasted text and what it tells; only the fields named are compared, those named None must be left open."""

from typing import Any, NamedTuple

from why403.report import Report


class Sample(NamedTuple):
    text: str
    told: dict[str, Any]


def sample(text: str, **told: Any) -> Sample:
    return Sample(text, told)


def picked(report: Report, told: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says of the fields a sample names; `named` is short for layer and kind."""
    return {name: _field(report, name) for name in told}


def _field(report: Report, name: str) -> Any:
    if name == "named":
        return report.aws_named and (report.aws_named.layer, report.aws_named.kind)
    if name in {"policy_arn", "special", "via"}:
        return report.aws_named and getattr(report.aws_named, name)
    value = getattr(report, name)
    return dict(value) if name in {"parameters", "context", "presigned"} and value is not None else value
