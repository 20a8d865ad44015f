"""The hooks a plugin may implement; two, and no more until a plugin needs a third."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from types import BuiltinFunctionType
from typing import Any, TypeVar, overload

from pluggy import HookimplMarker, HookspecMarker

from why403.layer import Layer
from why403.report import Report

F = TypeVar("F", bound=Callable[..., object])

hookspec = HookspecMarker("why403")
_implemented = HookimplMarker("why403")


@overload
def hookimpl(function: F, /) -> F: ...
@overload
def hookimpl(**options: Any) -> Callable[[F], F]: ...
def hookimpl(function: Any = None, /, **options: Any) -> Any:
    """Mark a function as a hook, with pluggy's options; a compiled one takes no mark, so one that calls it does."""
    if function is None:
        return partial(hookimpl, **options)
    takes_marks = _calling(function) if isinstance(function, BuiltinFunctionType) else function
    return _implemented(takes_marks, **options)


def _calling(compiled: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(compiled)
    def hook(*given: Any) -> Any:
        return compiled(*given)

    return hook


@hookspec
def why403_register_layers() -> Iterable[Layer]:  # type: ignore[empty-body]
    """Return the layers this plugin adds. Called once, at startup; all results are used."""


@hookspec(firstresult=True)
def why403_read_report(report: Mapping[str, Any]) -> Report | None:
    """Return what a report says, or None if it is in another format.

    `report` has one member: `error`, a text from which secrets are already gone, or `event`, a record. Asked before the
    service reads the report itself; the first answer counts.
    """
