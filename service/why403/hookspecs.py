"""The hooks a plugin may implement; two, and no more until a plugin needs a third."""

from collections.abc import Iterable, Mapping
from typing import Any

from pluggy import HookimplMarker, HookspecMarker

from why403.layer import Layer
from why403.report import Report

hookspec = HookspecMarker("why403")
hookimpl = HookimplMarker("why403")


@hookspec
def why403_register_layers() -> Iterable[Layer]:  # type: ignore[empty-body]
    """Return the layers this plugin adds. Called once, at startup; all results are used."""


@hookspec(firstresult=True)
def why403_read_report(report: Mapping[str, Any]) -> Report | None:
    """Return what a report says, or None if it is in another format.

    `report` has one member: `error`, a text from which secrets are already gone, or `event`, a record. Asked before the
    service reads the report itself; the first answer counts.
    """
