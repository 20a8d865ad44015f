"""Where the parts are put together: plugins found, layers registered, the engine made."""

from collections.abc import Iterable, Iterator
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
from why403.services import Services

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
    registry = load(entry_points(group=GROUP), blocked)
    return Services(registry=registry, engine=Engine(registry.layers, tell, watch))


def load(others: Iterable[EntryPoint], blocked: Iterable[str] = ()) -> Registry:
    """Return the registry of the built-in layers and those behind these entry points."""
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
    return register(_layers(manager), blocked=blocked)


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
