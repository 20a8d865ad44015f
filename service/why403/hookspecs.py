"""The hooks a plugin may implement; two, and no more until a plugin needs a third."""

from collections.abc import Iterable, Mapping
from typing import Any

from pluggy import HookimplMarker, HookspecMarker

from why403.layer import Layer

hookspec = HookspecMarker("why403")
hookimpl = HookimplMarker("why403")


@hookspec
def why403_register_layers() -> Iterable[Layer]:  # type: ignore[empty-body]
    """Return the layers this plugin adds. Called once, at startup; all results are used."""


@hookspec(firstresult=True)
def why403_read_report(report: Mapping[str, object]) -> Mapping[str, Any] | None:
    """Return the request a report describes, in the shape of `/simulate`, or None if it is in another format."""
