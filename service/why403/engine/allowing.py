"""Under which condition a call that is not decided would be allowed: values for keys, and what facts would have to be.

Nothing here is believed: whatever is assumed is decided, and what can be left out is left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, NamedTuple

from why403.domain.context import NOT_KNOWN, Values
from why403.domain.errors import InvalidInput
from why403.domain.evidence import NOTHING, Fact, Found, Unreadable
from why403.domain.facts import BUCKET_OWNER, ISSUER, OBJECT_OWNER, POINT_OWNER
from why403.domain.principal import Kind, Principal
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.engine.call import Decided
from why403.engine.settle import statements_in_doubt
from why403.policy.condition import Condition
from why403.policy.solving import solutions

MOST_TRIED: Final = 256
_MOST_KEYS: Final = 12
_MOST_VALUES: Final = 12
_ELSEWHERE: Final = "x"


class Assumed(NamedTuple):
    """What is assumed: values by key in lower case, and JSON values by the name of the fact, as evidence has them."""

    context: Mapping[str, Values] = NOTHING
    facts: Mapping[str, Any] = NOTHING


class OutOfTries(Exception):
    """As much has been tried as one answer may cost."""


@dataclass(slots=True)
class Search:
    """A search that decides no more often than it may; `certain` decides as the answer was decided."""

    decide: Callable[[Assumed], Decided]
    certain: Callable[[Assumed], Truth]
    left: int = MOST_TRIED

    def found(self, decided: Decided) -> Assumed | None:
        """Return what suffices to allow the call and no part of which can be left out, None if none is found."""
        try:
            return self._found(decided)
        except OutOfTries:
            return None

    def _found(self, decided: Decided) -> Assumed | None:
        requests = [leg.ruled.request for leg in decided.legs]
        keys = open_keys(requests)
        of_keys = {fact for request in requests for key in keys for fact in request.context.facts(key)} - _OWNERS
        for left_out in (of_keys, set[Fact[Any]]()) if of_keys else (of_keys,):
            unread = {name: fact for name, fact in _unread(requests) if fact not in left_out}
            start = self._start(unread, requests)
            solved = None if start is None else self._solve(start, open_keys_of(self._tried(start)))
            if solved is not None:
                return self._least(solved)
        return None

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OutOfTries

    def _tried(self, assumed: Assumed) -> Decided:
        self._spend()
        return self.decide(assumed)

    def _start(self, unread: Mapping[str, Fact[Any]], requests: Sequence[AccessRequest]) -> Assumed | None:
        """Return facts under which nothing is known to refuse: there is nothing, or else one of them grants."""
        caller = requests[0].principal
        facts = {name: value for name, fact in unread.items() for value in _harmless(fact, caller)}
        if self._tried(Assumed(facts=facts)).outcome != FALSE:
            return Assumed(facts=facts)
        granting = {name: held for name, fact in unread.items() if (held := _granting(fact, requests)) is not None}
        for few in (1, 2):  # across accounts both sides must allow
            for chosen in combinations(granting.items(), few):
                assumed = Assumed(facts={**facts, **dict(chosen)})
                if self._tried(assumed).outcome != FALSE:
                    return assumed
        return None

    def _solve(self, assumed: Assumed, keys: Mapping[str, Sequence[Values]]) -> Assumed | None:
        """Return values for the keys under which the call is allowed, depth first; a branch that is denied ends."""
        outcome = self._tried(assumed).outcome
        if outcome == TRUE:
            return assumed
        if outcome == FALSE or not keys:
            return None
        key, *rest = keys
        for values in keys[key]:
            more = assumed._replace(context={**assumed.context, key: values})
            found = self._solve(more, {name: keys[name] for name in rest})
            if found is not None:
                return found
        return None

    def _least(self, assumed: Assumed) -> Assumed:
        """Return what is left when all that is not needed is taken away, one after the other."""
        for name in assumed.facts:
            less = assumed._replace(facts={each: held for each, held in assumed.facts.items() if each != name})
            assumed = less if self._suffices(less) else assumed
        for key in assumed.context:
            less = assumed._replace(context={each: held for each, held in assumed.context.items() if each != key})
            assumed = less if self._suffices(less) else assumed
        return assumed

    def _suffices(self, assumed: Assumed) -> bool:
        self._spend()
        return self.certain(assumed) == TRUE


_OWNERS: Final = frozenset({BUCKET_OWNER, OBJECT_OWNER, POINT_OWNER, ISSUER})


def open_keys_of(decided: Decided) -> dict[str, Sequence[Values]]:
    """Return what to try for the keys that leave a call open."""
    return open_keys([leg.ruled.request for leg in decided.legs])


def open_keys(requests: Iterable[AccessRequest]) -> dict[str, Sequence[Values]]:
    """Return values to try for each key that is not known and that statements in doubt ask for, the likeliest first."""
    asked: dict[str, list[tuple[Condition, bool, AccessRequest]]] = {}
    for request in requests:
        for statement in statements_in_doubt(request):
            for condition in statement.conditions:
                if request.context[condition.key] is NOT_KNOWN:
                    asked.setdefault(condition.key, []).append((condition, statement.allow, request))
    return {key: _ranked(key, tests) for key, tests in list(asked.items())[:_MOST_KEYS]}


def _ranked(key: str, tests: Sequence[tuple[Condition, bool, AccessRequest]]) -> Sequence[Values]:
    """Return values that meet what allows and not what denies first."""
    values = dict.fromkeys(each for test, _, request in tests for each in solutions(test, request.context))

    def worth(held: Values) -> int:
        total = 0
        for test, allow, request in tests:
            truth = test.holds({**_known(test, request), key: held})
            total += (truth - UNKNOWN) if allow else (UNKNOWN - truth)
        return total

    return sorted(values, key=worth, reverse=True)[:_MOST_VALUES]


def _known(condition: Condition, request: AccessRequest) -> dict[str, Values]:
    return {name: request.context[name] for name in condition.variables}


def _unread(requests: Iterable[AccessRequest]) -> Iterator[tuple[str, Fact[Any]]]:
    """Yield the facts that could not be read, by the names they have for a copy's source and all else."""
    for request in requests:
        for fact, seen in tuple(request.evidence.items()):
            if isinstance(seen, Unreadable):
                yield (request.subject if fact.of_resource else "") + fact.name, fact


def _harmless(fact: Fact[Any], caller: Principal) -> Iterator[Any]:
    """Yield the one value with which a fact stands in nobody's way, if there is such a value."""
    if fact.nullable:
        yield None
    elif isinstance(fact.otherwise, Found) and isinstance(fact.otherwise.value, str):
        yield fact.otherwise.value
    elif caller.account and _takes(fact, caller.account) and not _takes(fact, _ELSEWHERE):
        yield caller.account


def _granting(fact: Fact[Any], requests: Sequence[AccessRequest]) -> Any:
    """Return a value of a fact that holds policies in which what is asked for is allowed, None of any other fact."""
    if fact.policies is None:
        return None
    asked = {
        "Effect": "Allow",
        "Action": sorted({request.action for request in requests}),
        "Resource": sorted({request.resource.arn for request in requests}),
    }
    attached = {"Version": "2012-10-17", "Statement": [asked]}
    named = {"Version": "2012-10-17", "Statement": [{**asked, "Principal": _named(requests[0].principal)}]}
    shapes = ([attached], attached, named, [[attached]], [[named]])
    return next((shape for shape in shapes if _takes(fact, shape)), None)


def _named(caller: Principal) -> Any:
    if caller.kind is Kind.SERVICE:
        return {"Service": caller.arn}
    return {"AWS": caller.arn} if caller.account or caller.kind is Kind.ORIGIN else "*"


def _takes(fact: Fact[Any], value: Any) -> bool:
    with suppress(InvalidInput):
        fact.observe(value)
        return True
    return False


def told(assumed: Assumed, spelt: Mapping[str, str]) -> dict[str, Any]:
    """Return a condition in the shape of answers; `spelt` has the keys as policies write them."""
    context = {spelt.get(key, key): _json(values) for key, values in assumed.context.items()}
    clauses = [_clause(key, values) for key, values in context.items()]
    clauses += [f"`{name}` is `{held}`" for name, held in assumed.facts.items() if isinstance(held, str)]
    clauses += [f"`{name}` allows it" for name, held in assumed.facts.items() if isinstance(held, list | dict)]
    none = [f"`{name}`" for name, held in assumed.facts.items() if held is None]
    clauses += [f"there is no {_listed(none, 'or')}"] if none else []
    return {"text": f"if {_listed(clauses, 'and')}", "context": context, "evidence": dict(assumed.facts)}


def _listed(texts: Sequence[str], last: str) -> str:
    *most, end = texts
    return f"{', '.join(most)} {last} {end}" if most else end


def _json(values: Values) -> Any:
    return None if not values else values[0] if len(values) == 1 else list(values)


def _clause(key: str, value: Any) -> str:
    if value is None:
        return f"`{key}` is absent"
    return f"`{key}` is " + " and ".join(f"`{each}`" for each in ([value] if isinstance(value, str) else value))


def spellings(requests: Iterable[AccessRequest]) -> dict[str, str]:
    """Return the keys of statements in doubt as they are written there."""
    return {
        condition.key: condition.key_as_written
        for request in requests
        for statement in statements_in_doubt(request)
        for condition in statement.conditions
    }
