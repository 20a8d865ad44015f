"""A draft of a plan: the fixes taken so far, and the evidence and the call as they would then be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from why403.domain.evidence import SOURCE
from why403.domain.fix import Applicability, Edit, Fix, Write, both
from why403.domain.request import AccessRequest
from why403.engine.call import Blocked
from why403.engine.explain import told
from why403.planning.links import Link, carried, everywhere, same_but_for_side, twins

OBJECTS = "objects"


class Answered(NamedTuple):
    """What a step answers: a layer's claim about one leg."""

    layer: str
    says: int
    about: object
    action: str
    resource: str
    subject: str


class Step(NamedTuple):
    """One fix, what it answers, and the names under which the leg it mends knows its facts.

    `layer` is told in answers; `via` is the layer that proposes it, where another one answers for the leg. `prefix` is
    `source.` for the facts of a copy's source, `key` the key of one of several objects, `own` the names of facts that
    the leg's subject has of its own.
    """

    layer: str
    fix: Fix
    answers: tuple[Answered, ...] = ()
    via: str | None = None
    prefix: str = ""
    key: str | None = None
    own: frozenset[str] = frozenset()

    def edits(self) -> Iterator[Edit]:
        """Yield the edits with the facts as the whole call names them."""
        for edit in self.fix.edits:
            yield edit._replace(fact=self.prefix + edit.fact) if edit.fact in self.own else edit

    @property
    def proposed_by(self) -> str:
        """Return the layer whose facts it changes."""
        return self.via or self.layer

    @property
    def by_hand(self) -> bool:
        """Return whether nothing that is known changes with it, so that deciding again cannot show what it does."""
        return not (self.fix.edits or self.fix.call or self.fix.request)


@dataclass(frozen=True, slots=True)
class Draft:
    """Fixes in the order in which they are to be made; `links` tell which facts hold one document."""

    steps: tuple[Step, ...] = ()
    links: tuple[Link, ...] = ()

    def then(self, step: Step) -> "Draft":
        """Return the draft with one more fix.

        Where it would write what an earlier one has written, as it was before, the draft is returned in which both
        facts change together instead: the fix has to be proposed anew.
        """
        link = next((found for each in self.steps if (found := _link(each, step))), None)
        if link is None or link.twin in twins(self.links, link.fact):
            return Draft((*self.steps, step), self.links)
        return Draft(self.steps, (*self.links, link))

    def but(self, step: Step) -> "Draft":
        """Return the draft without one fix."""
        return Draft(tuple(each for each in self.steps if each is not step), self.links)

    def changes(self, step: Step) -> frozenset[str]:
        """Return the facts that a fix changes, by whichever name."""
        facts = {edit.fact for edit in step.edits()}
        return frozenset(facts.union(*(twins(self.links, fact) for fact in facts)))

    @property
    def cost(self) -> tuple[int, int, int]:
        """Return what makes one draft worse than another: its worst fix, how many are bad, how many there are."""
        grades = [each.fix.applicability for each in self.steps]
        return max(grades, default=Applicability.SAFE), sum(grades), len(grades)

    @property
    def by_hand(self) -> frozenset[Answered]:
        """Return the claims that are left to somebody's hands: they stand, and are not asked about again."""
        return frozenset(each for step in self.steps if step.by_hand for each in step.answers)

    def evidence(self) -> dict[str, Any]:
        """Return the facts that the edits change, as JSON; those of single keys stand under `objects`."""
        found: dict[str, Any] = {link.twin: link.value for link in self.links}
        for step in self.steps:
            for edit in step.edits():
                if step.key is not None and edit.fact in step.own:
                    found.setdefault(OBJECTS, {}).setdefault(step.key, {})[edit.fact] = edit.after
                else:
                    found[edit.fact] = edit.after
                    for twin in twins(self.links, edit.fact):
                        if twin in found:
                            found[twin] = carried(found[twin], edit.before, edit.after)
        return found

    def request(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of the request with what the caller sends otherwise."""
        found = dict(given)
        for step in self.steps:
            found |= {**step.fix.request, **_told(found.get("context"), step.fix.request.get("context"))}
            if step.fix.call:
                found["parameters"] = {**(found.get("parameters") or {}), **step.fix.call}
        return found


def _told(given: Mapping[str, Any] | None, otherwise: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a context with keys laid over it, as a member of the request; names are equal whatever their case."""
    if not otherwise:
        return {}
    over = {name.lower() for name in otherwise}
    return {
        "context": {**{name: held for name, held in (given or {}).items() if name.lower() not in over}, **otherwise}
    }


def answered(blocked: Blocked) -> Answered:
    """Return what a blocker is, for telling whether a step answers it."""
    request, (layer, claim) = blocked.leg.ruled.request, blocked.blamed
    return Answered(layer.name, claim.says, claim.about, request.action, request.resource.arn, request.subject)


def steps(blocked: Blocked) -> Iterable[Step]:
    """Return the fixes that the blocker's layer proposes, for the leg it stands in, the best first."""
    request, (layer, claim) = blocked.leg.ruled.request, blocked.blamed
    return [_step(blocked, _everywhere(fix, request)) for fix in layer.propose(request, request.evidence, claim)]


def _everywhere(fix: Fix, request: AccessRequest) -> Fix:
    """Return a fix with what it changes beside the facts that its layer edits, as one document stands in several."""
    edits = everywhere(fix.edits, request.evidence)
    beside = [f"`{each.fact}`" for each in edits[len(fix.edits) :]]
    risk = both(fix.risk, _SAME.format(" and ".join(beside))) if beside else fix.risk
    return replace(fix, edits=edits, risk=risk)


_SAME: Final = "the same policy stands in {}, and changes there as well"


def left_to_whoever_may(blocked: Blocked) -> Step:
    """Return what is left where a layer knows no fix that helps: whoever looks after it has to decide."""
    layer = blocked.blamed.layer
    fix = Fix(
        summary=f"{layer.who} decides what is to become of it: no change is known that would be safe and enough",
        who=layer.who,
        risk="not known",
        applicability=Applicability.MANUAL,
        target=blocked.leg.ruled.request.resource.arn,
        steps=(told(blocked.leg, blocked.blamed).because,),
    )
    return _step(blocked, fix)


def _step(blocked: Blocked, fix: Fix) -> Step:
    request, layer = blocked.leg.ruled.request, blocked.blamed.layer
    of_source, key = request.of_source, blocked.leg.key
    own = frozenset(
        fact.name
        for fact in request.evidence
        if (request.evidence.of_source_alone(fact) if of_source else key is not None and fact.of_object)
    )
    teller = blocked.leg.teller(blocked.blamed)
    return Step(
        layer=teller.name,
        fix=fix,
        answers=(answered(blocked),),
        via=None if teller is layer else layer.name,
        prefix=SOURCE if of_source else "",
        key=key,
        own=own,
    )


def _link(one: Step, other: Step) -> Link | None:
    """Return how two steps change one document under two names, None where they do not."""
    if len(one.fix.edits) != 1 or len(other.fix.edits) != 1 or not _same_thing(one, other):
        return None
    (first,), (second,) = one.edits(), other.edits()
    return Link(first.fact, second.fact, second.before) if same_but_for_side(first.fact, second.fact) else None


def together(draft: Draft) -> Draft:
    """Return the draft with one step where several write one thing of AWS, whichever layers propose them.

    What is put there last would undo what was put first, to whoever declares both. What edits the same facts in between
    is joined as well, so that each change starts where the one before it ends. What is made by hand in the same way for
    two legs is made once.
    """
    found: list[Step] = []
    for step in draft.steps:
        at = _earlier(draft, found, step)
        if at is None:
            found.append(step)
            continue
        between = [each for each in found[at + 1 :] if draft.changes(each) & draft.changes(step)]
        for each in (*between, step):
            found[at] = _joined(draft, found[at], each)
        found = [each for each in found if not any(each is one for one in between)]
    return Draft(tuple(found), draft.links)


def _earlier(draft: Draft, found: list[Step], step: Step) -> int | None:
    """Return where the step stands that this one can be joined with."""
    if step.by_hand:
        return next((at for at, each in enumerate(found) if each.fix == step.fix), None)
    if step.key is not None and any(edit.fact in step.own for edit in step.fix.edits):
        return None
    facts = draft.changes(step)
    return next((at for at, each in enumerate(found) if facts & draft.changes(each) and _same_thing(each, step)), None)


def _same_thing(one: Step, other: Step) -> bool:
    """Return whether two steps write one thing; without calls that is known of what one layer says of one target."""
    if one.fix.writes and other.fix.writes:
        return bool(_by_place(one.fix.writes).keys() & _by_place(other.fix.writes).keys())
    if one.fix.writes or other.fix.writes or len(one.fix.edits) != 1 or len(other.fix.edits) != 1:
        return False
    return one.proposed_by == other.proposed_by and one.fix.target == other.fix.target


def _by_place(calls: Iterable[Write]) -> dict[str, Write]:
    """Return calls by what they write: where their reading looks, else the call and its parameters."""
    return {_place(each): each for each in calls}


def _place(call: Write) -> str:
    told = call.reading or call
    held = {name: value for name, value in told.parameters.items() if name not in call.documents}
    return repr((call.account, call.region, told.service, told.operation, sorted(held.items(), key=str)))


def _joined(draft: Draft, one: Step, other: Step) -> Step:
    """Return one step that does what both do: from the first one's start to the second one's end."""
    first, second = one.fix, other.fix
    if first == second:
        return one._replace(answers=(*one.answers, *other.answers))
    edits = tuple(_edits_of_both(draft, one, other))
    both_steps = (*first.steps, *(each for each in second.steps if each not in first.steps))
    fix = replace(
        first,
        summary=_listed(first.summary, second.summary),
        who=_listed(first.who, second.who),
        risk=both(first.risk, second.risk),
        applicability=max(first.applicability, second.applicability),
        target=", ".join(dict.fromkeys((*first.target.split(", "), *second.target.split(", ")))),
        edits=edits,
        writes=tuple((_by_place(first.writes) | _by_place(second.writes)).values()),
        undo=tuple((_by_place(second.undo) | _by_place(first.undo)).values()),
        call={**first.call, **second.call},
        request={**first.request, **second.request},
        steps=first.by_edits(edits) if first.by_edits and second.by_edits else both_steps,
    )
    return one._replace(fix=fix, answers=(*one.answers, *other.answers), prefix="")


def _edits_of_both(draft: Draft, one: Step, other: Step) -> Iterator[Edit]:
    """Yield the edits that lead from the first one's start to the second one's end, each fact once."""
    later = {each.fact: each for each in other.edits()}
    held = {link.twin: link.value for link in draft.links}
    for each in one.edits():
        end = later.pop(each.fact, None)
        if end is not None:
            yield each._replace(after=end.after)
        else:
            twin = next((later[fact] for fact in twins(draft.links, each.fact) if fact in later), None)
            yield each if twin is None else each._replace(after=carried(each.after, twin.before, twin.after))
    for each in later.values():
        yield each._replace(before=held.get(each.fact, each.before))


def _listed(one: str, other: str) -> str:
    return one if other in one else f"{one}; {other}"
