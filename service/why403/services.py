"""The frozen record of what the use cases work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from why403.engine.decide import Engine
from why403.gathering import Desk
from why403.intake.evidence import Documents
from why403.keeping import Store
from why403.registry import Registry
from why403.report import Report
from why403.writing import Writer


def no_other_format(_report: Mapping[str, Any]) -> Report | None:
    """Recognise nothing, as without plugins that read reports."""
    return None


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The loaded layers, the engine that asks them, and the plugins that read reports of other formats.

    `aws` is where reads of AWS are handed in, None where the service reads none; `collect_seconds` is how long the
    evidence for one body may take. `documents` are the evidence that was read before, for this registry and engine.
    `store` is where answers and plans are kept, None where nothing is; `writer` changes AWS, None where nobody does.
    `now` tells the time: judging has no clock.
    """

    registry: Registry
    engine: Engine
    read_report: Callable[[Mapping[str, Any]], Report | None] = no_other_format
    aws: Desk | None = None
    collect_seconds: float = 8.0
    documents: Documents = field(default_factory=Documents)
    store: Store | None = None
    writer: Writer | None = None
    now: Callable[[], datetime] = _now
