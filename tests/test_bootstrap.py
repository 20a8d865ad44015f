"""Loading: built-in layers, a stranger's behind an entry point, and plugins that cannot be used."""

import sys
import traceback
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pytest

from tests.laws.claims import layer
from why403 import Citation, Claim, Evidence, Fact, Found, Group, Place, Says, Unreadable, Words, hookimpl
from why403.bootstrap import BUILT_IN, build, load, store_of
from why403.domain.errors import LayerContractError
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import Verdict
from why403.engine.decide import Engine
from why403.layer import Layer, May
from why403.policy import unread
from why403.registry import Registry
from why403.services import Services
from why403.settings import Settings, SettingsError
from why403.testing import a_request, check_layer
from why403.usecases.simulate import simulate

MOON: Fact[str] = Fact(name="moon.phase", load=str, permission="moon:Look")


def judge(_request: AccessRequest, evidence: Evidence) -> Verdict:
    seen = evidence[MOON]
    if isinstance(seen, Unreadable):
        return (Claim(Says.DENIAL, UNKNOWN),)
    return (Claim(Says.DENIAL, TRUE if isinstance(seen, Found) and seen.value == "full" else FALSE),)


def words(_request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    seen = evidence[MOON]
    if isinstance(seen, Unreadable):
        return unread(seen)
    return Words(because="the moon is full", citations=(Citation(fact=MOON.name),) if claim.holds else ())


MOON_LAYER = Layer(
    name="moon",
    title="the moon",
    reference="https://example.org/moon",
    may=frozenset({May.DENY}),
    place={Says.DENIAL: Place(Group.EXPLICIT_DENIES)},
    judge=judge,
    words=words,
    provides=(MOON,),
)


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    yield MOON_LAYER


def plugin(**members: Any) -> ModuleType:
    """Return a module that is a plugin."""
    module = ModuleType("acme")
    for name, value in members.items():
        setattr(module, name, value)
    return module


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what makes an entry point to a module, without installing anything."""

    def make(module: ModuleType, name: str = "acme") -> EntryPoint:
        monkeypatch.setitem(sys.modules, f"a_plugin_{name}", module)
        return EntryPoint(name, f"a_plugin_{name}", "why403")

    return make


def registering(*layers: object) -> ModuleType:
    """Return a plugin that registers something."""

    @hookimpl
    def why403_register_layers() -> object:
        return layers

    return plugin(why403_register_layers=why403_register_layers)


STRANGER = plugin(why403_register_layers=why403_register_layers)


def answer(registry: Registry, **evidence: Any) -> dict[str, Any]:
    services = Services(registry=registry, engine=Engine(registry.layers))
    allow = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    asked = {
        "principal": "arn:aws:iam::111122223333:user/ana",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::reports/q3.csv",
        "evidence": {"principal.policies": [allow], **evidence},
        "evidence_is_complete": True,
    }
    found: dict[str, Any] = simulate(services, {"requests": [asked]})["results"][0]
    return found


# --- what is built in -------------------------------------------------------------------------------------------------


def test_every_built_in_layer_is_loaded_under_the_name_of_its_module() -> None:
    registry = load([])
    assert {layer.name for layer in registry.layers} == {name.rpartition(".")[2] for name in BUILT_IN}
    assert set(registry.origins.values()) == set(BUILT_IN)


@pytest.mark.parametrize("name", [name.rpartition(".")[2] for name in BUILT_IN])
def test_any_of_them_can_be_blocked(name: str) -> None:
    registry = load([], blocked=[name])
    assert name not in {layer.name for layer in registry.layers}
    assert len(registry.layers) == len(BUILT_IN) - 1


def test_what_the_service_works_with_asks_the_loaded_layers() -> None:
    services = build(blocked=["scp"])
    assert services.engine.layers == services.registry.layers
    assert services.registry.blocked == ("scp",)


# --- a stranger -------------------------------------------------------------------------------------------------------


def test_a_stranger_s_layer_decides_like_ours(entry: Any) -> None:
    registry = load([entry(STRANGER)])
    assert registry.origins["moon"] == "acme"
    found = answer(registry, **{"moon.phase": "full"})
    assert (found["decision"], found["kind"], found["layer"]) == ("denied", "explicit", "moon")
    assert found["summary"].startswith("Denied by the moon (explicit deny): the moon is full")
    assert found["blockers"][0]["citations"][0]["fact"] == "moon.phase"
    assert answer(registry, **{"moon.phase": None})["decision"] == "allowed"


def test_a_hook_may_be_compiled(entry: Any) -> None:
    hook = [MOON_LAYER].copy  # as a compiled function it is one of C's, and takes no attributes
    assert load([entry(plugin(why403_register_layers=hookimpl(hook)))]).origins["moon"] == "acme"


def test_a_hook_takes_the_options_of_pluggy(entry: Any) -> None:
    def why403_register_layers() -> Iterator[Layer]:
        yield MOON_LAYER

    hook = hookimpl(tryfirst=True)(why403_register_layers)
    assert load([entry(plugin(why403_register_layers=hook))]).origins["moon"] == "acme"
    assert vars(hook)["why403_impl"]["tryfirst"]


def test_what_it_cannot_read_is_in_doubt_like_ours(entry: Any) -> None:
    found = answer(load([entry(STRANGER)]), **{"moon.phase": {"unknown": True}})
    assert found["decision"] == "unknown"
    assert found["doubts"] == [{"layer": "moon", "because": "`moon.phase` is not known", "needs": "moon:Look"}]


def test_it_stands_last_in_its_group(entry: Any) -> None:
    denying = {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}
    found = answer(load([entry(STRANGER)]), **{"moon.phase": "full", "bucket.policy": denying})
    assert [blocker["layer"] for blocker in found["blockers"]] == ["bucket_policy", "moon"]


def test_its_facts_leave_a_doubt_while_it_is_blocked(entry: Any) -> None:
    found = answer(load([entry(STRANGER)], blocked=["moon"]), **{"moon.phase": "full"})
    assert (found["decision"], found["doubts"][0]["layer"]) == ("unknown", "moon")


def test_the_conformance_suite_passes_it() -> None:
    phases: list[object] = ["full", "new", None, {"unknown": True}]
    check_layer(MOON_LAYER, [a_request(facts={MOON: phase}) for phase in phases])


# --- what cannot be used ----------------------------------------------------------------------------------------------


def test_a_plugin_that_cannot_be_imported_stops_the_start() -> None:
    with pytest.raises(LayerContractError, match=r"the plugin `acme` \(no_such_module\) cannot be loaded: "):
        load([EntryPoint("acme", "no_such_module", "why403")])


def test_a_plugin_that_fails_to_load_stops_the_start(entry: Any) -> None:
    broken = EntryPoint("acme", f"{entry(STRANGER).value}:missing", "why403")
    with pytest.raises(LayerContractError, match=r"the plugin `acme` .* cannot be loaded: .*missing"):
        load([broken])


def test_a_misspelt_hook_stops_the_start(entry: Any) -> None:
    @hookimpl
    def why403_register_layer() -> Iterator[Layer]:
        yield MOON_LAYER

    with pytest.raises(LayerContractError, match="why403_register_layer"):
        load([entry(plugin(why403_register_layer=why403_register_layer))])


def test_something_that_is_no_layer_stops_the_start(entry: Any) -> None:
    with pytest.raises(LayerContractError, match="the plugin `acme` registers something that is not a layer"):
        load([entry(registering(MOON_LAYER, "scp"))])


def test_a_hook_that_asks_for_what_there_is_not_stops_the_start(entry: Any) -> None:
    @hookimpl
    def why403_register_layers(settings: object) -> list[Layer]:
        return [MOON_LAYER]

    with pytest.raises(LayerContractError, match=r"(?s)the plugin `acme` .* cannot be loaded: .*settings"):
        load([entry(plugin(why403_register_layers=why403_register_layers))])


@pytest.mark.parametrize("brought", [None, 403])
def test_a_plugin_that_registers_no_layers_stops_the_start(entry: Any, brought: object) -> None:
    @hookimpl
    def why403_register_layers() -> object:
        return brought

    with pytest.raises(LayerContractError, match="the plugin `acme` registers something that is not a layer"):
        load([entry(plugin(why403_register_layers=why403_register_layers))])


def test_a_plugin_whose_hook_fails_stops_the_start(entry: Any) -> None:
    @hookimpl
    def why403_register_layers() -> Iterator[Layer]:
        raise RuntimeError("no config")

    with pytest.raises(LayerContractError, match="the plugin `acme` cannot register its layers: no config"):
        load([entry(plugin(why403_register_layers=why403_register_layers))])


def test_two_plugins_of_one_name_stop_the_start(entry: Any) -> None:
    other = registering(layer("other", ()))
    with pytest.raises(LayerContractError, match="two plugins are named `acme`"):
        load([entry(STRANGER), EntryPoint("acme", entry(other, "other").value, "why403")])


def test_a_plugin_cannot_take_the_name_of_a_layer_of_ours(entry: Any) -> None:
    with pytest.raises(LayerContractError, match="two layers are named `scp`: one from why403_layers"):
        load([entry(registering(layer("scp", ())))])


def test_what_opens_objects_is_read_only_where_that_is_wanted() -> None:
    def opening(settings: Settings) -> set[str]:
        collectors = {each.collector for each in build(settings).registry.collectors.values()}
        return {fact.name for one in collectors for fact in one.facts for call in one.reads if "Head" in call.operation}

    assert opening(Settings()) == set()
    assert opening(Settings(collect_objects=True)) >= {"object.exists", "object.storage_class"}
    reads = {call.name for layer in build().registry.layers for one in layer.collectors for call in one.reads}
    assert "s3:HeadObject" in reads, "the page of permissions tells of it all the same"


@pytest.mark.parametrize("url", ["postgresql://why403:hunter2@db:port/x", "postgresql://[::1/x?password=hunter2"])
def test_a_url_that_cannot_be_read_is_told_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="WHY403_STORE_URL: it cannot be read") as raised:
        store_of(Settings(store_url=url))
    told = "".join(traceback.format_exception(raised.value))
    assert "hunter2" not in told


def test_postgresql_without_its_driver_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"install the extra `why403\[postgres\]`"):
        store_of(Settings(store_url="postgresql://db/why403"))


@pytest.mark.parametrize("url", [None, "none"])
def test_where_the_settings_name_no_store_there_is_none(url: str | None) -> None:
    assert store_of(Settings(store_url=url)) is None


def test_a_store_that_is_down_does_not_stop_the_start(caplog: pytest.LogCaptureFixture) -> None:
    assert store_of(Settings(store_url="postgresql:///x?host=/nonexistent")) is not None
    assert "nothing is kept for now" in caplog.text
