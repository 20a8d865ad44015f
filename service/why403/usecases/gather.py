"""Reading the evidence of requests from AWS: for each subject of a call what nobody gave, and an account of it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, Literal, NamedTuple

from why403.domain.errors import InvalidInput
from why403.domain.evidence import SOURCE, Absent, Evidence, Found, Unreadable
from why403.domain.request import AccessRequest
from why403.gathering import Desk, Gathered, Subject, Terms, gather
from why403.gathering.run import Run
from why403.intake.evidence import Facts, Observed
from why403.intake.request import Asked, Leg
from why403.services import Services

MOST_KEYS: Final = 20
"""How many objects of one call are read: of the others nothing is known."""


class Wanted(NamedTuple):
    """A request whose evidence is wanted, what is given of it, and how far its resource is known."""

    asked: Asked
    given: Observed
    extent: Literal["caller", "bucket", "object"] = "object"


class Collected(NamedTuple):
    """The evidence of one request, what is given over what was found, and where each fact that was tried is from."""

    observed: Observed
    facts: dict[str, dict[str, Any]]


class Collection(NamedTuple):
    """The evidence of several requests in their order, and what it took: calls of AWS, the age of the oldest answer."""

    each: list[Collected]
    calls: int
    oldest_seconds: float | None

    def summary(self) -> dict[str, Any]:
        """Return what it took, for the answer."""
        return {"calls": self.calls, "oldest_seconds": self.oldest_seconds}


def desk_of(services: Services) -> Desk:
    """Return where reads are handed in; raise InvalidInput where this service reads nothing."""
    if services.aws is None:
        raise InvalidInput.at("/collect", "this service does not read AWS; send the evidence with the request")
    return services.aws


def collect(services: Services, wanted: Sequence[Wanted], *, fresh: bool) -> Collection:
    """Return the evidence of requests, read together and within one deadline.

    `fresh` uses no answer again. Raises InvalidInput, pointers from the request, for a call that cannot be.
    """
    desk, engine = desk_of(services), services.engine
    families = [_subjects(services, each) for each in wanted]
    terms = Terms(seconds=services.collect_seconds, fresh=fresh, tell=engine.tell, watch=engine.watch)
    gathered = gather(desk, services.registry.collectors, families, terms)
    each = [
        _collected(gathered, family, one.given, elsewhere=_elsewhere(one.asked, desk.partition()))
        for family, one in zip(families, wanted, strict=True)
    ]
    ages = [fact["age_seconds"] for one in each for fact in one.facts.values() if fact["age_seconds"] is not None]
    return Collection(each, gathered.calls, max(ages, default=None))


def _elsewhere(asked: Asked, own: str | None) -> str | None:
    """Return the partition of a caller or resource that is another than the service's own: names are not its names."""
    named = [asked.principal.partition] if asked.principal.account else []
    if asked.resource.arn != "*":
        named.append(asked.resource.partition)
    return next((each for each in named if own is not None and each != own), None)


def _subjects(services: Services, wanted: Wanted) -> list[Subject]:
    """Return the subjects of a call: its own, the source of a copy, and the objects that it lists."""
    evidence = wanted.given.evidence(complete=False)
    legs = wanted.asked.legs(evidence, services.registry.facts)
    extent = "bucket" if wanted.extent == "object" and any(leg.key is not None for leg in legs) else wanted.extent
    own = Subject(request=_own(wanted.asked, legs, evidence), given=wanted.given.own, extent=extent)
    return [own, *_sources(legs, wanted.given), *_keys(legs, wanted.given)]


def _own(asked: Asked, legs: Sequence[Leg], evidence: Evidence) -> AccessRequest:
    """Return the request as it was asked, whatever the resources of its legs."""
    action = next((leg.request.action for leg in legs if not leg.request.subject), asked.action)
    return AccessRequest(asked.principal, action, asked.resource, asked.context, asked.rest, evidence, call=asked.call)


def _sources(legs: Sequence[Leg], given: Observed) -> Iterator[Subject]:
    """Yield the source of a copy, if there is one and it is known."""
    for leg in legs:
        if leg.request.of_source and leg.request.resource.service == "s3":
            yield Subject(request=leg.request, given=given.of_source, kind="source")
            return


def _keys(legs: Sequence[Leg], given: Observed) -> Iterator[Subject]:
    """Yield the objects that a call lists, each once."""
    found: dict[str, AccessRequest] = {}
    for leg in legs:
        if leg.key is not None:
            found.setdefault(leg.key, leg.request)
    for key, request in islice(found.items(), MOST_KEYS):
        yield Subject(request=request, given=given.of_keys.get(key, {}), kind="key", key=key)


def _collected(gathered: Gathered, family: Sequence[Subject], given: Observed, *, elsewhere: str | None) -> Collected:
    found = Observed({}, {}, {})
    facts: dict[str, dict[str, Any]] = {}
    for subject in family:
        seen = dict(gathered.seen[subject])
        if elsewhere is not None:
            seen = dict.fromkeys(seen, Unreadable(f"the partition `{elsewhere}` is none that this service reads"))
        _part(found, subject).update(seen)
        for fact, each in seen.items():
            how = "found" if isinstance(each, Found) else "absent" if isinstance(each, Absent) else "unreadable"
            run = gathered.runs[subject][fact]
            facts[_name(subject, fact.name)] = {"seen": how, **_origin(run, gathered.ended)}
    return Collected(given.over(found), facts)


def _part(found: Observed, subject: Subject) -> Facts:
    """Return where the facts of a subject belong."""
    if subject.kind == "key":
        return found.of_keys.setdefault(subject.key, {})
    return found.of_source if subject.kind == "source" else found.own


def _name(subject: Subject, fact: str) -> str:
    """Return a fact's name as in evidence; one of a listed key's with the key before it."""
    return {"own": fact, "source": f"{SOURCE}{fact}", "key": f"objects/{subject.key}/{fact}"}[subject.kind]


def _origin(run: Run, now: float) -> Mapping[str, Any]:
    """Return how old the oldest answer is that a fact rests on, and the calls that gave them."""
    ages = [now - answer.at for answer in run.used.values()]
    return {
        "age_seconds": round(max(ages), 3) if ages else None,
        "calls": sorted({read.call.name for read in run.used}),
    }
