"""Who collects which fact: checked once over all loaded layers, so that no collector waits for itself."""

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from why403.collecting import Collector
from why403.domain.errors import LayerContractError
from why403.domain.evidence import Fact
from why403.layer import Layer


class Collects(NamedTuple):
    """A collector and its layer."""

    layer: Layer
    collector: Collector


def collectors_of(layers: Iterable[Layer], known: Collection[Fact[Any]]) -> Mapping[Fact[Any], Collects]:
    """Return who collects each fact; raise LayerContractError with a sentence where that is not plain.

    `known` are the facts that may be needed: those that some layer or the core reads, or that can be given.
    """
    found: dict[Fact[Any], Collects] = {}
    for layer in layers:
        for collector in layer.collectors:
            _check(layer, collector, known)
            for fact in collector.facts:
                if fact in found:
                    other = found[fact].layer.name
                    message = f"the fact `{fact.name}` is collected by `{other}` and by `{layer.name}`"
                    raise LayerContractError(message)
                found[fact] = Collects(layer, collector)
    _check_circles(found)
    return found


def _check(layer: Layer, collector: Collector, known: Collection[Fact[Any]]) -> None:
    for fact in collector.facts:
        if fact not in layer.provides:
            raise LayerContractError(f"`{layer.name}` collects the fact `{fact.name}`, which it does not provide")
    for fact in collector.needs:
        if fact not in known:
            message = f"a collector of `{layer.name}` needs the fact `{fact.name}`, which nobody provides"
            raise LayerContractError(message)
    subjects = {(fact.of_resource, fact.of_object) for fact in collector.facts}
    if len(subjects) != 1:
        names = ", ".join(f"`{fact.name}`" for fact in collector.facts) or "nothing"
        message = f"a collector of `{layer.name}` collects {names}; the facts of one must be about one subject"
        raise LayerContractError(message)


def _check_circles(found: Mapping[Fact[Any], Collects]) -> None:
    graph = {
        fact.name: {needed.name for needed in collects.collector.needs if needed in found}
        for fact, collects in found.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " -> ".join(f"`{name}`" for name in error.args[1])
        raise LayerContractError(f"collectors need each other's facts in a circle: {circle}") from error
