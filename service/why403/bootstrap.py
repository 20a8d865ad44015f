"""Where the parts are put together: plugins found, layers registered, the engine made."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from why403 import hookspecs
from why403.domain.errors import LayerContractError
from why403.engine.decide import Engine, unwatched
from why403.engine.evaluate import ignore
from why403.layer import Layer
from why403.registry import Registry, register
from why403.report import Report
from why403.services import Services

_LOG = logging.getLogger(__name__)

GROUP = "why403"

BUILT_IN = (
    "why403_layers.scp",
    "why403_layers.identity",
    "why403_layers.permissions_boundary",
    "why403_layers.session_policy",
    "why403_layers.bucket_policy",
    "why403_layers.acl",
    "why403_layers.block_public_access",
    "why403_layers.ownership",
)


def build(*, blocked: Iterable[str] = (), tell: Any = ignore, watch: Any = unwatched) -> Services:
    """Return what the service works with; raise LayerContractError with a sentence if a plugin cannot be used.

    `blocked` names layers to leave out; `tell` learns of layers that fail, by name and phase; `watch` times them.
    """
    manager = plugins(entry_points(group=GROUP))
    registry = register(_layers(manager), blocked=blocked)
    return Services(registry=registry, engine=Engine(registry.layers, tell, watch), read_report=_reader(manager))


def load(others: Iterable[EntryPoint], blocked: Iterable[str] = ()) -> Registry:
    """Return the registry of the built-in layers and those behind these entry points."""
    return register(_layers(plugins(others)), blocked=blocked)


def plugins(others: Iterable[EntryPoint]) -> pluggy.PluginManager:
    """Return the plugins, ours first; raise LayerContractError with a sentence for one that cannot be used."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    for name in BUILT_IN:
        manager.register(import_module(name), name)
    for entry in others:  # one by one: the library's own loader stops at the first that is broken
        _add(manager, entry)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise LayerContractError(str(error)) from error
    return manager


def _reader(manager: pluggy.PluginManager) -> Callable[[Mapping[str, Any]], Report | None]:
    """Return the function that asks plugins for a report; one that fails has not recognised it."""

    def read(report: Mapping[str, Any]) -> Report | None:
        try:
            found = manager.hook.why403_read_report(report=report)
        except Exception:  # noqa: BLE001 - the service still reads the report itself
            _LOG.exception("a plugin failed to read a report")
            return None
        return found if isinstance(found, Report) else None

    return read


def _add(manager: pluggy.PluginManager, entry: EntryPoint) -> None:
    if manager.has_plugin(entry.name):
        raise LayerContractError(f"two plugins are named `{entry.name}`")
    try:
        manager.register(entry.load(), entry.name)
    except Exception as error:
        message = f"the plugin `{entry.name}` ({entry.value}) cannot be loaded: {error}"
        raise LayerContractError(message) from error


def _layers(manager: pluggy.PluginManager) -> Iterator[tuple[Layer, str]]:
    """Yield every layer with the name of the plugin that brings it."""
    for hook in manager.hook.why403_register_layers.get_hookimpls():
        for layer in _brought(hook):
            if not isinstance(layer, Layer):
                message = f"the plugin `{hook.plugin_name}` registers something that is not a layer"
                raise LayerContractError(message)
            yield layer, hook.plugin_name


def _brought(hook: pluggy.HookImpl) -> list[Any]:
    try:
        brought: Any = hook.function()
        return list(brought) if isinstance(brought, Iterable) else [brought]
    except Exception as error:
        message = f"the plugin `{hook.plugin_name}` cannot register its layers: {error}"
        raise LayerContractError(message) from error
