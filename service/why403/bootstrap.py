"""Where the parts are put together: plugins found, layers registered, the engine made."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Final

import pluggy

from why403 import hookspecs
from why403.collecting import AwsCall
from why403.collecting.s3 import with_owners
from why403.collects import Collects
from why403.domain.errors import LayerContractError, Unavailable
from why403.domain.evidence import Fact
from why403.domain.facts import BUCKET_OWNER
from why403.domain.permissions import opens_objects
from why403.engine import decide
from why403.engine.decide import Engine, unwatched
from why403.engine.evaluate import ignore
from why403.gathering import Desk, Reader
from why403.layer import Layer
from why403.registry import Registry, register
from why403.report import Report
from why403.services import Services
from why403.settings import NO_STORE, PREFIX, Settings, SettingsError
from why403.usecases.permissions import OWN_READS
from why403.usecases.preflight import WHO
from why403.writing import Writer

if TYPE_CHECKING:
    from why403.store import SqlStore

_LOG = logging.getLogger(__name__)

GROUP = "why403"
PLAIN: Final = "plain Python"
COMPILED: Final = "compiled"
FORM: Final = PLAIN if decide.__file__.endswith(".py") else COMPILED
"""The form in which the inner modules run."""

BUILT_IN = (
    "why403_layers.scp",
    "why403_layers.identity",
    "why403_layers.permissions_boundary",
    "why403_layers.session_policy",
    "why403_layers.bucket_policy",
    "why403_layers.access_point",
    "why403_layers.acl",
    "why403_layers.block_public_access",
    "why403_layers.ownership",
    "why403_layers.authentication",
    "why403_layers.request_payment",
    "why403_layers.object_state",
    "why403_layers.directory_bucket",
    "why403_layers.kms",
    "why403_layers.rcp",
    "why403_layers.vpc_endpoint",
)


def build(
    settings: Settings | None = None,
    *,
    blocked: Iterable[str] = (),
    tell: Any = ignore,
    watch: Any = unwatched,
    reader: Reader | None = None,
) -> Services:
    """Return what the service works with; raise LayerContractError with a sentence if a plugin cannot be used.

    `blocked` names layers to leave out, those of the settings are as well; `tell` learns of layers that fail, by name
    and phase; `watch` times them. Without a `reader` nothing is read from AWS.
    """
    settings = Settings() if settings is None else settings
    manager = plugins(entry_points(group=GROUP))
    registry = register(_layers(manager), blocked={*blocked, *settings.blocked_layers})
    collectors = registry.collectors if settings.collect_objects else _without_objects(registry.collectors)
    registry = replace(registry, collectors=_with_owners(collectors, settings.bucket_owners))
    if reader is not None:
        reader.check(_reads(registry))
    return Services(
        registry=registry,
        engine=Engine(registry.layers, tell, watch),
        read_report=_reader(manager),
        aws=None if reader is None else Desk(reader, threads=settings.collect_threads),
        collect_seconds=settings.collect_seconds,
    )


def _without_objects(collectors: Mapping[Fact[Any], Collects]) -> Mapping[Fact[Any], Collects]:
    """Return the collectors without those that work only by what opens objects."""
    return {
        fact: each
        for fact, each in collectors.items()
        if not each.collector.reads or not all(opens_objects(call.permission) for call in each.collector.reads)
    }


def _with_owners(collectors: Mapping[Fact[Any], Collects], owners: Mapping[str, str]) -> Mapping[Fact[Any], Collects]:
    found = collectors.get(BUCKET_OWNER)
    if found is None or not owners:
        return collectors
    return {**collectors, BUCKET_OWNER: found._replace(collector=with_owners(found.collector, owners))}


def _reads(registry: Registry) -> set[AwsCall]:
    """Return every read that may be made, for a layer or for the service itself."""
    own = {call for calls in OWN_READS.values() for call in calls}
    return {WHO, *own, *(call for each in registry.collectors.values() for call in each.collector.reads)}


def reader_of(settings: Settings, tell: Callable[[str, str], None] = ignore) -> Reader | None:
    """Return who reads AWS, None where the settings or the lack of credentials say that nobody does.

    `tell` learns of each call by its name and its result.
    """
    if settings.collect == "off":
        return None
    from why403.aws import Access, connect  # noqa: PLC0415 - the SDK is for those who read AWS

    access = Access(
        role_name=settings.role_name,
        accounts=settings.collect_accounts,
        external_id=settings.external_id,
        organization_account=settings.organization_account,
        threads=settings.collect_threads,
    )
    return connect(settings.collect, access, tell)


def writer_of(settings: Settings, reader: Reader | None, tell: Callable[[str, str], None] = ignore) -> Writer | None:
    """Return who changes AWS, None unless the settings name a role for that; what is there is read with the reader."""
    if settings.writer_role is None:
        return None
    if reader is None:
        _LOG.error("nothing is changed: the service has no AWS credentials, or does not read AWS")
        return None
    from why403.aws import Access, writer_at  # noqa: PLC0415 - the SDK is for those who read AWS

    access = Access(
        role_name=settings.writer_role,
        accounts=settings.writer_accounts,
        external_id=settings.external_id,
        threads=settings.threads,
        everywhere=True,
        attempts=1,
    )
    return writer_at(access, reader, tell)


def store_of(settings: Settings, tell: Callable[[str, str], None] = ignore) -> "SqlStore | None":
    """Return the store that the settings name, None where nothing is kept; one that is down now may come up later.

    `tell` learns what is done with it, and what comes of it. Raises SettingsError where its driver is not
    installed or the URL cannot be read.
    """
    store = opened(settings, tell)
    if store is not None:
        try:
            store.prepare()
        except Unavailable as error:
            _LOG.error("nothing is kept for now: %s", error)
        store.close()  # a process that is forked from this one shall not share its connections
    return store


def opened(settings: Settings, tell: Callable[[str, str], None] = ignore) -> "SqlStore | None":
    """Return the same store without asking for it yet."""
    if settings.store_url is None or settings.store_url == NO_STORE:
        return None
    from why403.store import Ages, open_store  # noqa: PLC0415 - SQL is for those who keep something

    ages = Ages(diagnoses=timedelta(days=settings.store_days), audit=timedelta(days=settings.audit_days))
    try:
        return open_store(settings.store_url, keys=settings.store_keys, ages=ages, tell=tell)
    except ImportError as error:
        message = f"{PREFIX}STORE_URL: for PostgreSQL install the extra `why403[postgres]` ({error})"
        raise SettingsError([message]) from error
    except ValueError as error:
        raise SettingsError([f"{PREFIX}STORE_URL: {error}"]) from None


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
