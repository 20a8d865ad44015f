"""Deciding requests on given evidence, and once more with some facts replaced: what if."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias

from why403.domain.errors import Fault, InvalidInput, escaped
from why403.domain.evidence import Evidence
from why403.engine.call import Decided
from why403.engine.explain import brief, explained
from why403.engine.settle import Budget, OverBudget
from why403.intake.evidence import NOTHING, Observed
from why403.intake.received import Now
from why403.intake.request import Asked, Leg, asked_for
from why403.services import Services
from why403.usecases.allowed_if import Seen, Tries, allowed_if
from why403.usecases.confidence import with_confidence
from why403.usecases.decide import decide_call
from why403.usecases.gather import Collection, Wanted, collect, desk_of

MOST_FAULTS = 100
MOST_COLLECTED = 1000
_MEMBERS = frozenset({"requests", "evidence", "evidence_is_complete", "edits", "detail", "collect", "fresh"})
_DETAILS = ("decision", "full")
_TOO_OPEN = (
    "leave so many context keys unknown that trying their values would take too long; give the keys, or send fewer "
    "requests in one body"
)


def simulate(services: Services, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{"results": [...]}` in the order of `requests`.

    Raises InvalidInput with at most 100 faults, pointers from the body's root that resolve in it.
    """
    try:
        return _Simulation(services, body).answer()
    except InvalidInput as error:
        raise error.within(body) from error


class _Simulation:
    """One body: its shared evidence is read once, and each request laid over it."""

    def __init__(self, services: Services, body: Mapping[str, Any]) -> None:
        self.services, self.body = services, body
        self.facts = services.registry.facts
        self.budget = Budget()
        self.now = Now(services.now())
        self.brief, self.full = body.get("detail") == "decision", body.get("detail") == "full"
        self.tries = Tries()
        self.shared: dict[bool, Evidence] = {}
        self.faults: list[Fault] = []
        self.took: Collection | None = None

    def answer(self) -> dict[str, Any]:
        self._check_members()
        self.base = self._observed(self.body.get("evidence"), "/evidence")
        self.edits = self._observed(self.body.get("edits"), "/edits")
        self.edited = self.body.get("edits") is not None
        requests = self.body.get("requests")
        if not isinstance(requests, list) or not requests:
            raise InvalidInput.at("/requests", "must be a list of at least one request")
        collected = self._collected(requests) if self.body.get("collect") else {}
        read = [self._read(each, f"/requests/{index}", collected.get(index)) for index, each in enumerate(requests)]
        if self.faults:
            raise InvalidInput(self.faults[:MOST_FAULTS])
        understood = [each for each in read if each is not None]
        if understood:
            _, on, _ = understood[0]
            self.services.engine.sample(on.legs[0].request)
        try:
            answer: dict[str, Any] = {"results": [self._result(*each) for each in understood]}
        except OverBudget as error:
            raise InvalidInput.at("/requests", _TOO_OPEN) from error
        return self._with_origins(answer)

    def _check_members(self) -> None:
        """Note a fault for each member that is none, and for a detail that nobody knows."""
        unknown = [name for name in self.body if name not in _MEMBERS]
        self.faults += [Fault("/" + escaped(str(name)), "is not a member of this body") for name in unknown]
        if self.body.get("detail", "decision") not in _DETAILS:
            self.faults.append(Fault("/detail", "must be `decision` or `full`"))

    def _with_origins(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Return the answer, where AWS was read with what that took and gave."""
        if self.took is not None:
            answer["collected"] = self.took.summary()
            for index, result in enumerate(answer["results"]):
                if not self.brief:
                    result["collected"] = {"facts": self.took.each[index].facts}
        return answer

    def _collected(self, requests: list[Any]) -> dict[int, Observed]:
        """Return the evidence of each request, read from AWS together; what is wrong with them is told elsewhere."""
        desk_of(self.services)
        if len(requests) > MOST_COLLECTED:
            raise InvalidInput.at("/requests", f"at most {MOST_COLLECTED} requests can be decided with `collect`")
        wanted: dict[int, Wanted] = {}
        for index, each in enumerate(requests):
            with suppress(InvalidInput):
                asked = asked_for(each if isinstance(each, dict) else {}, now=self.now)
                asked.legs(NOTHING.evidence(complete=False), self.facts)
                wanted[index] = Wanted(asked, NOTHING)
        self._check_only_collected(requests)
        if len(wanted) < len(requests) or self.faults:
            return {}
        self.took = collect(self.services, list(wanted.values()), fresh=self.body.get("fresh", False))
        return {index: one.observed for index, one in zip(wanted, self.took.each, strict=True)}

    def _check_only_collected(self, requests: list[Any]) -> None:
        """Note a fault for evidence beside `collect`: of one fact of a simulation, one side should answer."""
        held = {"": self.body, **{f"/requests/{index}": each for index, each in enumerate(requests)}}
        for at, each in held.items():
            if isinstance(each, dict) and each.get("evidence") is not None:
                self.faults.append(Fault(f"{at}/evidence", "goes without `collect`, which reads the evidence from AWS"))
            if isinstance(each, dict) and each.get("evidence_is_complete"):
                self.faults.append(Fault(f"{at}/evidence_is_complete", "goes without `collect`"))

    def _observed(self, value: object, at: str) -> Observed:
        if value is None:
            return NOTHING
        try:
            return self.services.documents.observed(value, self.facts)
        except InvalidInput as error:
            self.faults.extend(error.below(at).faults)
            return NOTHING

    def _read(self, value: object, at: str, collected: Observed | None = None) -> "_Read | None":
        """Return a request with its legs before and after the edits, None if it has faults."""
        if not isinstance(value, dict):
            self.faults.append(Fault(at, "a request must be an object"))
            return None
        own = NOTHING if value.get("evidence") is None else self._observed(value["evidence"], f"{at}/evidence")
        if collected is not None:
            own = collected
        complete = value.get("evidence_is_complete", self.body.get("evidence_is_complete", False))
        if not isinstance(complete, bool):
            self.faults.append(Fault(f"{at}/evidence_is_complete", "must be true or false"))
            return None
        try:
            asked = asked_for(value, now=self.now)
            before = self._on(asked, self._evidence(own, complete=complete))
            after = self._on(asked, self._edited(own, complete=complete)) if self.edited else None
        except InvalidInput as error:
            self.faults.extend(error.below(at).faults)
            return None
        return asked, before, after

    def _evidence(self, own: Observed, *, complete: bool) -> Evidence:
        """Return the evidence of a request; without facts of its own it is the shared one."""
        if own is not NOTHING:
            return own.over(self.base).evidence(complete=complete)
        found = self.shared.get(complete)
        if found is None:
            found = self.shared[complete] = self.base.evidence(complete=complete)
        return found

    def _edited(self, own: Observed, *, complete: bool) -> Evidence:
        return self.edits.over(own.over(self.base)).evidence(complete=complete)

    def _on(self, asked: Asked, evidence: Evidence) -> "_On":
        return _On(evidence, asked.legs(evidence, self.facts))

    def _result(self, asked: Asked, before: "_On", after: "_On | None") -> dict[str, Any]:
        first = decide_call(self.services, asked, before.legs, self.budget)
        if after is None:
            return self._shown(asked, before, first)
        second = decide_call(self.services, asked, after.legs, self.budget)
        changed = brief(first) != brief(second)
        shown = {"before": self._shown(asked, before, first), "after": self._shown(asked, after, second)}
        return {**shown, "changed": changed}

    def _shown(self, asked: Asked, on: "_On", decided: Decided) -> dict[str, Any]:
        if self.brief:
            return brief(decided)
        answer = with_confidence(self.services, on.legs, decided, explained(decided))
        if self.full:
            answer["allowed_if"] = allowed_if(self.services, asked, Seen(on.evidence), decided, self.tries)
        return answer


_Read: TypeAlias = "tuple[Asked, _On, _On | None]"


class _On(NamedTuple):
    """The evidence on which a request is decided, and its legs."""

    evidence: Evidence
    legs: tuple[Leg, ...]
