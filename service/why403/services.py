"""The frozen record of what the use cases work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from why403.engine.decide import Engine
from why403.registry import Registry
from why403.report import Report


def no_other_format(_report: Mapping[str, Any]) -> Report | None:
    """Recognise nothing, as without plugins that read reports."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The loaded layers, the engine that asks them, and the plugins that read reports of other formats."""

    registry: Registry
    engine: Engine
    read_report: Callable[[Mapping[str, Any]], Report | None] = no_other_format
