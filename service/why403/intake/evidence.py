"""Evidence as callers write it: a mapping from fact names to values."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from why403.domain.errors import Fault, InvalidInput, escaped
from why403.domain.evidence import SOURCE, Evidence, Fact, Observation
from why403.domain.remembered import Recent

Facts = dict[Fact[Any], Observation[Any]]


class Observed(NamedTuple):
    """The facts of a mapping: the request's own, those of a copy's source, and those of single keys.

    `made` keeps the evidence they make, where the same mapping may come again.
    """

    own: Facts
    of_source: Facts
    of_keys: dict[str, Facts]
    made: dict[bool, Evidence] | None = None

    def over(self, base: "Observed") -> "Observed":
        """Return these facts laid over others."""
        if base is NOTHING:
            return self
        of_keys = {
            key: {**base.of_keys.get(key, {}), **self.of_keys.get(key, {})} for key in {**base.of_keys, **self.of_keys}
        }
        return Observed({**base.own, **self.own}, {**base.of_source, **self.of_source}, of_keys)

    def evidence(self, *, complete: bool) -> Evidence:
        """Return the evidence they make."""
        found = None if self.made is None else self.made.get(complete)
        if found is None:
            found = Evidence(self.own, of_source=self.of_source, of_keys=self.of_keys, complete=complete)
            if self.made is not None:
                self.made[complete] = found
        return found


NOTHING = Observed({}, {}, {})
_OBJECTS = "objects"
_MOST, _HEAVIEST = 128, 8 * 2**20


class Documents:
    """The evidence of one set of facts that was read last: a mapping that comes again is not read again.

    Equal mappings share what was worked out from them, too. Bounded in mappings and in their bytes.
    """

    def __init__(self) -> None:
        """Start without any."""
        self._read: Recent[bytes, tuple[Observed, Any]] = Recent(_MOST, _HEAVIEST)

    def observed(self, value: Any, facts: Mapping[str, Fact[Any]]) -> Observed:
        """Return the facts of a JSON mapping as the function `observed` does; `facts` are the same in every call."""
        try:
            plain = orjson.dumps(value)
        except orjson.JSONEncodeError:  # nested too deeply, or no JSON
            return observed(value, facts)
        found = self._read.get(plain)
        if found is None:
            # What is no number is written as null, so that a text with null may not tell two mappings apart.
            held = value if b"null" in plain else None
            found = self._read.keep(plain, (observed(value, facts)._replace(made={}), held), len(plain))
        read, held = found
        return read if held is None or held == value else observed(value, facts)

    def __len__(self) -> int:
        """Return how many mappings are held."""
        return len(self._read)


def observed(value: object, facts: Mapping[str, Fact[Any]]) -> Observed:
    """Return the facts of a JSON mapping; raise InvalidInput with every fault and pointers from the mapping."""
    if not isinstance(value, dict):
        raise InvalidInput.at("", "must be an object from fact names to values")
    found, faults = Observed({}, {}, {}), list[Fault]()
    for name, held in value.items():
        try:
            _observe(name, held, facts, found)
        except InvalidInput as error:
            faults.extend(error.below("/" + escaped(name)).faults)
    if faults:
        raise InvalidInput(faults)
    return found


def _observe(name: str, held: object, facts: Mapping[str, Fact[Any]], found: Observed) -> None:
    if name == _OBJECTS:
        _observe_objects(held, facts, found)
        return
    own = name.removeprefix(SOURCE)
    fact = facts.get(own)
    if fact is None or (own != name and not fact.of_resource):
        raise InvalidInput.at("", f"`{name}` is no fact; known are {_names(facts.values())}")
    into = found.own if own == name else found.of_source
    into[fact] = fact.observe(held)


def _observe_objects(held: object, facts: Mapping[str, Fact[Any]], found: Observed) -> None:
    if not isinstance(held, dict):
        raise InvalidInput.at("", "must be an object from keys to facts")
    for key, values in held.items():
        if not isinstance(values, dict):
            raise InvalidInput.at("/" + escaped(key), "must be an object from fact names to values")
        for name, value in values.items():
            at = f"/{escaped(key)}/{escaped(name)}"
            fact = facts.get(name)
            if fact is None or not fact.of_object:
                known = _names(each for each in facts.values() if each.of_object)
                raise InvalidInput.at(at, f"`{name}` is no fact of an object; known are {known}")
            try:
                found.of_keys.setdefault(key, {})[fact] = fact.observe(value)
            except InvalidInput as error:
                raise error.below(at) from error


def _names(facts: Iterable[Fact[Any]]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(fact.name for fact in facts))
