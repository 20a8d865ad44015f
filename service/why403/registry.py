"""The layers that are loaded: checked once, put in order, and every fact they read known by its name."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from why403.collects import Collects, collectors_of
from why403.domain.errors import LayerContractError
from why403.domain.evidence import Fact
from why403.domain.facts import CORE
from why403.domain.readings import READINGS
from why403.domain.verdict import KINDS
from why403.foreseen import UNJUDGED, Unjudged, Unread, always
from why403.layer import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The loaded layers in the order of their facts, where each came from, and all facts by name.

    `unread` are facts that may be given although no loaded layer reads them; where they apply they cause doubt.
    `unjudged` is what about a request no loaded layer judges. `collectors` says who reads each fact from AWS.
    """

    layers: tuple[Layer, ...]
    origins: Mapping[str, str]
    facts: Mapping[str, Fact[Any]]
    unread: tuple[Unread, ...]
    unjudged: tuple[Unjudged, ...]
    blocked: tuple[str, ...] = ()
    collectors: Mapping[Fact[Any], Collects] = field(default_factory=dict)

    def provider(self, fact: Fact[Any]) -> str | None:
        """Return the name of the layer that owns a fact."""
        return next((layer.name for layer in self.layers if fact in layer.provides), None)


def register(found: Iterable[tuple[Layer, str]], *, blocked: Iterable[str] = ()) -> Registry:
    """Return the registry of layers with their origins; raise LayerContractError with a sentence.

    Layers in `blocked` are left out, but their facts stay known: given, they cause doubt.
    """
    everyone = list(found)
    _check_names(everyone)
    unwanted = set(blocked)
    _check_blocked(unwanted, everyone)
    _check_places(layer for layer, _ in everyone)
    _check_answers(layer for layer, _ in everyone)
    loaded = [(layer, origin) for layer, origin in everyone if layer.name not in unwanted]
    owners = _owners(layer for layer, _ in loaded)
    facts: dict[str, Fact[Any]] = {fact.name: fact for fact in _named((*CORE, READINGS), owners)}
    left = [Unread(fact, layer.name, always, always) for layer, _ in everyone for fact in layer.provides]
    unread = tuple(each for each in left if each.fact.name not in facts)
    known = {**{each.fact.name: each.fact for each in unread}, **facts}
    return Registry(
        layers=_ordered([layer for layer, _ in loaded], owners, {each.fact for each in unread}),
        origins={layer.name: origin for layer, origin in loaded},
        facts=known,
        unread=unread,
        unjudged=tuple(each for each in UNJUDGED if each.reader not in {layer.name for layer, _ in loaded}),
        blocked=tuple(sorted(unwanted)),
        collectors=collectors_of((layer for layer, _ in loaded), set(known.values())),
    )


def _named(*groups: Iterable[Fact[Any]]) -> Iterator[Fact[Any]]:
    for group in groups:
        yield from group


def _check_names(found: list[tuple[Layer, str]]) -> None:
    seen: dict[str, str] = {}
    for layer, origin in found:
        if layer.name in seen:
            message = f"two layers are named `{layer.name}`: one from {seen[layer.name]}, one from {origin}"
            raise LayerContractError(message)
        seen[layer.name] = origin


def _check_blocked(blocked: set[str], found: list[tuple[Layer, str]]) -> None:
    strangers = blocked - {layer.name for layer, _ in found}
    if strangers:
        message = "no such layer to block: " + ", ".join(f"`{name}`" for name in sorted(strangers))
        raise LayerContractError(message)


def _check_places(layers: Iterable[Layer]) -> None:
    for layer in layers:
        missing = {claim.says for claim in layer.everything_unknown()} - set(layer.place)
        if missing:
            message = f"`{layer.name}` declares no place for a {KINDS[min(missing)]}, which it may say"
            raise LayerContractError(message)


def _check_answers(layers: Iterable[Layer]) -> None:
    found: dict[str, str] = {}
    for layer in layers:
        if layer.answers_for is not None and found.setdefault(layer.answers_for, layer.name) != layer.name:
            other = found[layer.answers_for]
            message = f"`{other}` and `{layer.name}` both answer for requests of `{layer.answers_for}`"
            raise LayerContractError(message)


def _owners(layers: Iterable[Layer]) -> dict[Fact[Any], Layer]:
    owners: dict[Fact[Any], Layer] = {}
    names = {fact.name: fact for fact in (*CORE, READINGS)}
    for layer in layers:
        for fact in layer.provides:
            if fact in owners:
                message = f"the fact `{fact.name}` is provided by `{owners[fact].name}` and by `{layer.name}`"
                raise LayerContractError(message)
            if names.setdefault(fact.name, fact) is not fact:
                message = f"`{layer.name}` provides a second fact named `{fact.name}`"
                raise LayerContractError(message)
            owners[fact] = layer
    return owners


def _ordered(layers: list[Layer], owners: Mapping[Fact[Any], Layer], known: Collection[Fact[Any]]) -> tuple[Layer, ...]:
    """Return the layers so that each stands behind the providers of what it needs.

    `known` facts can be given all the same when their own layer is blocked, or there is none.
    """
    by_name = {layer.name: layer for layer in layers}
    graph: dict[str, set[str]] = {}
    for layer in layers:
        behind = set()
        for fact in layer.needs:
            if fact in CORE:  # the core reads it anyway; who collects it does not matter here
                continue
            owner = owners.get(fact)
            if owner is None and fact in known:
                continue
            if owner is None:
                message = f"`{layer.name}` needs the fact `{fact.name}`, which no loaded layer provides"
                raise LayerContractError(message)
            if owner is not layer:
                behind.add(owner.name)
        graph[layer.name] = behind
    try:
        return tuple(by_name[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(f"`{name}`" for name in error.args[1])
        message = f"layers need each other's facts in a circle: {circle}"
        raise LayerContractError(message) from error
