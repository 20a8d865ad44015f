"""A plan proven: the call decided before and after it, and what else it would open."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from why403.domain.errors import InvalidInput
from why403.domain.evidence import Evidence
from why403.domain.facts import BUCKET_OWNER
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.engine.call import Decided
from why403.engine.explain import DECISIONS
from why403.intake.evidence import NOTHING, Observed, observed
from why403.intake.partial import sent_otherwise
from why403.intake.received import Now
from why403.intake.request import Asked, asked_for
from why403.planning.canaries import Around, Canary, Who, once
from why403.planning.draft import Draft
from why403.services import Services
from why403.usecases.decide import decide_call
from why403.usecases.diagnose import Diagnosed

_ASKED_ALIKE: Final = ("context_is_complete", "time")
_NONE: Final = Draft()
_ANYBODY: Final = "anonymous"


class Worlds:
    """The evidence as it is, and as a draft would make it, for the caller that was refused and for others.

    `as_listed`: the call is taken to send no parameters but those that are known, because with those alone it is
    refused. Mending what it would need if it sent more would allow more than is asked for.
    """

    def __init__(self, services: Services, found: Diagnosed) -> None:
        """Keep what a diagnosis rests on; its call is known."""
        self.services, self.found = services, found
        self._held: dict[tuple[int, str], Evidence] = {}
        self._drafts: dict[int, Draft] = {}
        self.as_listed = self._open_ended and self._decided(_NONE, as_listed=True).outcome == FALSE

    @property
    def _open_ended(self) -> bool:
        return self.found.known.asked is not None and self.found.known.asked.unlisted != FALSE

    def decide(self, draft: Draft) -> Decided:
        """Return the decision about the call with the fixes of a draft made."""
        return self._decided(draft, as_listed=self.as_listed)

    def _decided(self, draft: Draft, *, as_listed: bool) -> Decided:
        asked = self._sent(draft)
        if as_listed:
            asked = asked.as_listed
        legs = asked.legs(self._evidence(draft), self.services.registry.facts, self.found.on.current)
        return decide_call(self.services, asked, legs, None)

    def _sent(self, draft: Draft) -> Asked:
        """Return the call as it would then be made."""
        known = self.found.known
        sent = draft.request(known.request)
        asked = known.asked if sent == known.request else sent_otherwise(sent, Now(self.services.now())).asked
        if asked is None:
            raise InvalidInput.at("/request", "the call is not known")
        return asked

    def compared(self, around: Iterable[Canary], draft: Draft) -> list[dict[str, Any]]:
        """Return what each request would be answered before and after a draft, of those that can be asked at all."""
        found = []
        for each in around:
            before, after = self._asked(each, _NONE), self._asked(each, draft)
            if before is not None and after is not None:
                found.append({"name": each.name, **each.request, "before": before, "after": after})
        return found

    def _asked(self, canary: Canary, draft: Draft) -> Truth | None:
        known = self.found.known.request
        alike = {"context_is_complete": False, **{name: known[name] for name in _ASKED_ALIKE if name in known}}
        try:
            asked = asked_for({**alike, **canary.request, "context": canary.context})
            legs = asked.legs(self._evidence_of(canary.who, draft), self.services.registry.facts)
        except InvalidInput:  # what is beside the call need not be a request at all
            return None
        return decide_call(self.services, asked, legs, None).outcome

    def _evidence_of(self, who: Who, draft: Draft) -> Evidence:
        """Return the evidence for a caller, made once; drafts are told apart as long as they live."""
        key = (id(draft), who.principal)
        if key not in self._held:
            self._drafts[id(draft)] = draft
            self._held[key] = self._evidence(draft, who.evidence)
        return self._held[key]

    def _evidence(self, draft: Draft, beside: Mapping[str, Any] | None = None) -> Evidence:
        """Return the evidence with a draft's edits made, and with other facts of the caller than were seen."""
        facts, found = self.services.registry.facts, self.found
        seen = (observed(draft.evidence(), facts) if draft.steps else NOTHING).over(found.seen)
        if beside:
            seen = self._owned(
                observed({name: held for name, held in beside.items() if name in facts}, facts).over(seen)
            )
        return Observed(seen.own, seen.of_source, seen.of_keys).evidence(complete=found.complete)

    def _owned(self, seen: Observed) -> Observed:
        """Return the facts with the bucket's owner named, where that is so only because it is the first caller's."""
        if BUCKET_OWNER in seen.own or self.found.decided is None:
            return seen
        owner = self.found.decided.legs[0].ruled.request.bucket_owner
        return observed({BUCKET_OWNER.name: owner}, self.services.registry.facts).over(seen) if owner else seen


def proof(
    worlds: Worlds, before: Mapping[str, Any], after: Mapping[str, Any], draft: Draft, legs: Decided
) -> dict[str, Any]:
    """Return the proof in the contract's shape; `undecided` are requests around the call that nobody can tell about."""
    context, facts = worlds.found.known.request.get("context") or {}, worlds.services.registry.facts
    around = [Around(leg.ruled.request, context, facts) for leg in legs.legs]
    canaries = worlds.compared(once(each for one in around for each in one.canaries()), draft)
    neighbours = worlds.compared(once(each for one in around for each in one.neighbourhood()), draft)
    opened = {_told_apart(each): each for each in (*neighbours, *canaries)}
    return {
        "before": dict(before),
        "after": dict(after),
        "still_denied": [_shown(each) for each in canaries if each["after"] == FALSE],
        "newly_allowed": [_shown(each) for each in opened.values() if each["after"] == TRUE != each["before"]],
        "undecided": [_shown(each) for each in opened.values() if each["after"] == UNKNOWN and each["before"] == FALSE],
    }


def _told_apart(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (each["principal"], each["action"], each["resource"], *each.get("context", ()))


def _shown(each: Mapping[str, Any]) -> dict[str, Any]:
    return {**each, "before": DECISIONS[each["before"]], "after": DECISIONS[each["after"]]}


def opens_to_anybody(shown: Mapping[str, Any]) -> bool:
    """Return whether a proof shows that somebody whom nobody knows is let in, or may be."""
    return any(each["principal"] == _ANYBODY for each in (*shown["newly_allowed"], *shown["undecided"]))
