"""The frozen record of what the use cases work with."""

from dataclasses import dataclass

from why403.engine.decide import Engine
from why403.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The loaded layers, and the engine that asks them."""

    registry: Registry
    engine: Engine
