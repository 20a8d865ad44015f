"""The registry: mistakes stop the start, layers stand behind what they need, blocked ones leave a doubt."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.cases import services
from tests.laws.claims import layer
from why403.collecting import AwsCall, Collector
from why403.domain.errors import LayerContractError
from why403.domain.evidence import Fact
from why403.domain.facts import BUCKET_OWNER, CORE
from why403.engine.unread import own_doubts
from why403.layer import Layer, May
from why403.registry import Registry, register
from why403.testing import a_request


def fact(name: str) -> Fact[Any]:
    return Fact(name=name, load=lambda value: value, permission=f"read:{name}")


LOCK, TAG, MOON = fact("object.moon_lock"), fact("object.moon_tag"), fact("moon.phase")


def of(name: str, *, provides: Sequence[Fact[Any]] = (), needs: Sequence[Fact[Any]] = ()) -> Layer:
    return replace(layer(name, ()), provides=tuple(provides), needs=tuple(needs))


def registry(*layers: Layer, blocked: Sequence[str] = ()) -> Registry:
    return register(((each, f"the plugin of {each.name}") for each in layers), blocked=blocked)


MISTAKES: dict[str, tuple[list[Layer], list[str], str]] = {
    "two layers of one name": (
        [of("one"), of("one")],
        [],
        "two layers are named `one`: one from the plugin of one, one from the plugin of one",
    ),
    "a fact that nobody provides": (
        [of("one", needs=[MOON])],
        [],
        "`one` needs the fact `moon.phase`, which no loaded layer provides",
    ),
    "a fact that two provide": (
        [of("one", provides=[MOON]), of("two", provides=[MOON])],
        [],
        "the fact `moon.phase` is provided by `one` and by `two`",
    ),
    "two facts of one name": (
        [of("one", provides=[MOON]), of("two", provides=[fact("moon.phase")])],
        [],
        "`two` provides a second fact named `moon.phase`",
    ),
    "a fact named like one of the core's": (
        [of("one", provides=[fact("bucket.owner")])],
        [],
        "`one` provides a second fact named `bucket.owner`",
    ),
    "a circle": (
        [of("one", provides=[LOCK], needs=[TAG]), of("two", provides=[TAG], needs=[LOCK])],
        [],
        "layers need each other's facts in a circle: ",
    ),
    "two layers that answer for one service": (
        [replace(of("one"), answers_for="kms"), replace(of("two"), answers_for="kms")],
        [],
        "`one` and `two` both answer for requests of `kms`",
    ),
    "a stranger to block": (
        [of("one")],
        ["two", "three"],
        "no such layer to block: `three`, `two`",
    ),
    "a kind without a place": (
        [replace(of("one"), may=frozenset({May.DENY, May.LIMIT}), place={})],
        [],
        "`one` declares no place for a denial, which it may say",
    ),
}


@pytest.mark.parametrize(("layers", "blocked", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_stops_the_start_with_a_sentence(layers: list[Layer], blocked: list[str], sentence: str) -> None:
    with pytest.raises(LayerContractError) as caught:
        registry(*layers, blocked=blocked)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("turned", [False, True])
def test_a_layer_stands_behind_those_that_provide_what_it_needs(turned: bool) -> None:
    chain = [of("a", needs=[LOCK, BUCKET_OWNER]), of("b", provides=[LOCK], needs=[TAG, LOCK]), of("c", provides=[TAG])]
    found = registry(*(chain[::-1] if turned else chain))
    assert [each.name for each in found.layers] == ["c", "b", "a"]


def test_it_knows_every_fact_by_name_and_who_provides_it() -> None:
    found = registry(of("one", provides=[LOCK]), of("two", needs=[LOCK]))
    assert found.facts["object.moon_lock"] is LOCK
    assert {each.name for each in CORE} <= set(found.facts)
    assert (found.provider(LOCK), found.provider(MOON)) == ("one", None)
    assert found.origins == {"one": "the plugin of one", "two": "the plugin of two"}


# --- blocked layers ---------------------------------------------------------------------------------------------------


def test_a_blocked_layer_is_not_asked() -> None:
    found = registry(of("one"), of("two"), blocked=["one"])
    assert [each.name for each in found.layers] == ["two"]
    assert (set(found.origins), found.blocked) == ({"two"}, ("one",))


@pytest.mark.parametrize(
    ("value", "because"),
    [
        ("full", "`moon.phase` is given, and no loaded layer reads it"),
        ({"unknown": True}, "`moon.phase` is not known"),
        (None, None),
    ],
)
def test_its_facts_are_known_and_leave_a_doubt(value: object, because: str | None) -> None:
    found = registry(of("one", provides=[MOON]), blocked=["one"])
    doubts = list(own_doubts(found.unread, (), a_request(facts={found.facts["moon.phase"]: value})))
    assert [doubt.because for doubt in doubts] == ([because] if because else [])
    assert {doubt.layer for doubt in doubts} <= {"one"}


def test_another_layer_still_reads_the_facts_of_a_blocked_one() -> None:
    found = registry(of("one", provides=[MOON]), of("two", needs=[MOON]), blocked=["one"])
    assert [each.name for each in found.layers] == ["two"]
    assert found.facts["moon.phase"] is MOON


def test_a_blocked_layer_does_not_clash_with_the_one_in_its_place() -> None:
    own = fact("moon.phase")
    found = registry(of("one", provides=[MOON]), of("two", provides=[own]), blocked=["one"])
    assert found.facts["moon.phase"] is own
    assert "moon.phase" not in {each.fact.name for each in found.unread}


# --- who collects what ------------------------------------------------------------------------------------------------


def collecting(name: str, *collectors: Collector, provides: Sequence[Fact[Any]] = ()) -> Layer:
    return replace(of(name, provides=provides), collectors=collectors)


def collector(*facts: Fact[Any], needs: Sequence[Fact[Any]] = (), reads: Sequence[AwsCall] = ()) -> Collector:
    return Collector(facts=facts, reads=tuple(reads), needs=tuple(needs), collect=lambda _: (yield))


OF_OBJECT = Fact(name="object.dust", load=str, of_resource=True, of_object=True)

COLLECTORS: dict[str, tuple[list[Layer], str]] = {
    "a fact of another's": (
        [collecting("one", collector(MOON), provides=[TAG]), of("two", provides=[MOON])],
        "`one` collects the fact `moon.phase`, which it does not provide",
    ),
    "a fact that two collect": (
        [collecting("one", collector(MOON), collector(MOON, TAG), provides=[MOON, TAG])],
        "the fact `moon.phase` is collected by `one` and by `one`",
    ),
    "a need of what nobody knows": (
        [collecting("one", collector(MOON, needs=[LOCK]), provides=[MOON])],
        "a collector of `one` needs the fact `object.moon_lock`, which nobody provides",
    ),
    "facts about two subjects": (
        [collecting("one", collector(MOON, OF_OBJECT), provides=[MOON, OF_OBJECT])],
        "a collector of `one` collects `moon.phase`, `object.dust`; the facts of one must be about one subject",
    ),
    "no facts at all": (
        [collecting("one", collector())],
        "a collector of `one` collects nothing; the facts of one must be about one subject",
    ),
    "a need of its own": (
        [collecting("one", collector(MOON, needs=[MOON]), provides=[MOON])],
        "collectors need each other's facts in a circle: `moon.phase` -> `moon.phase`",
    ),
    "needs in a circle": (
        [
            collecting("one", collector(MOON, needs=[TAG]), provides=[MOON]),
            collecting("two", collector(TAG, needs=[MOON]), provides=[TAG]),
        ],
        "collectors need each other's facts in a circle: ",
    ),
}


@pytest.mark.parametrize(("layers", "sentence"), COLLECTORS.values(), ids=COLLECTORS)
def test_a_mistake_in_collectors_stops_the_start_with_a_sentence(layers: list[Layer], sentence: str) -> None:
    with pytest.raises(LayerContractError) as caught:
        registry(*layers)
    assert str(caught.value).startswith(sentence)


def test_it_knows_who_collects_each_fact() -> None:
    found = registry(collecting("one", collector(MOON, needs=[BUCKET_OWNER]), provides=[MOON, TAG]))
    assert {fact.name: collects.layer.name for fact, collects in found.collectors.items()} == {"moon.phase": "one"}


def test_a_blocked_layer_collects_nothing() -> None:
    assert registry(collecting("one", collector(MOON), provides=[MOON]), blocked=["one"]).collectors == {}


def test_facts_of_an_access_point_say_so() -> None:
    facts = services().registry.facts
    said = {name for name, fact in facts.items() if fact.of_access_point}
    assert said == {name for name in facts if name.startswith("access_point.")}
