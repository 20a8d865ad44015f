"""What a running application is made of, for views to reach."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from why403.metrics import Metrics
from why403.services import Services
from why403.settings import Settings

_NAME = "why403"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The settings, the services of the core, the metrics and the log of one application."""

    settings: Settings
    services: Services
    metrics: Metrics
    log: Any


def keep(parts: Parts, extensions: dict[str, Any]) -> None:
    """Keep the parts with their application."""
    extensions[_NAME] = parts


def parts() -> Parts:
    """Return the parts of the application that is answering now."""
    found: Parts = current_app.extensions[_NAME]
    return found
