"""A second opinion on a decision: what IAM's policy simulator says, beside what the same policies give here.

The simulator sees identity policies, the boundary and service control policies; so the decision is made once more with
nothing else, and the two are compared. AWS: "IAM policy testing with the IAM policy simulator" (IAM User Guide).
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import wait
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from why403.collecting import AwsCall, Read
from why403.domain.evidence import Evidence, Fact, Found, Observation, Unreadable
from why403.domain.facts import BUCKET_OWNER, CORE, OBJECT_OWNER, OWNERSHIP
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.engine.call import Decided, LegDecided
from why403.engine.explain import explained
from why403.engine.settle import Budget, OverBudget
from why403.gathering import Desk
from why403.services import Services
from why403.usecases.simulator import (
    CUSTOM,
    PRINCIPAL,
    Policies,
    Simulated,
    custom_read,
    levels_of,
    principal_read,
    simulated,
    too_large,
)

OWN, BOUNDARY, SCPS, MANAGEMENT = (
    *("principal.policies", "principal.boundary"),
    *("organization.scps", "organization.management_account"),
)
_SEEN_BY: Final[Mapping[str, str]] = {OWN: "identity", BOUNDARY: "permissions_boundary", SCPS: "scp"}
# What a caller's own account says of them: where the bucket is does not count, and keys that tell it are kept apart.
_NOT_THEIRS: Final = frozenset({BUCKET_OWNER, OBJECT_OWNER, OWNERSHIP})
_OF_OWNER: Final = ("aws:resourceaccount", "s3:resourceaccount", "s3express:resourceaccount")
_DECISIONS: Final = {"allowed": "allowed", "explicitDeny": "denied", "implicitDeny": "denied"}


class CannotAsk(Exception):
    """The simulator cannot be asked, or has not answered; the message says why."""


class Question(NamedTuple):
    """What the simulator is asked, and by which facts it answers."""

    read: Read
    seen: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """A diagnosis to be checked: `given` is its evidence as JSON; reads are awaited until a moment, or made afresh."""

    services: Services
    desk: Desk
    given: Mapping[str, Any]
    until: float
    fresh: bool = False

    def of(self, decided: Decided | None, missing: str | None = None) -> dict[str, Any]:
        """Return the member `cross_check` of an answer; `missing` is what is not known of the request."""
        call = CUSTOM if self.given.get(OWN) else PRINCIPAL
        seen: frozenset[str] = frozenset(_SEEN_BY)
        try:
            request = _request(decided, missing)
            question = self._custom(request) if call is CUSTOM else self._principal(request)
            seen = question.seen
            answer = self._answer(question.read)
        except CannotAsk as why:
            return self._told(call, seen, {"because": str(why)})
        ours = _ours(self.services, request, seen)
        return self._told(call, seen, _compared(request, answer, ours, self._by_hand(call)))

    def _told(self, call: AwsCall, seen: frozenset[str], members: Mapping[str, Any]) -> dict[str, Any]:
        registry = self.services.registry
        layers = {*(layer.name for layer in registry.layers), *(each.reader for each in registry.unread)}
        return {
            "asked": call.name,
            "action": None,
            "resource": None,
            "decision": None,
            "ours": None,
            "agrees": None,
            "because": "",
            "not_evaluated": sorted(layers - {_SEEN_BY[name] for name in seen}),
            "missing_context": [],
            **members,
        }

    def _custom(self, request: AccessRequest) -> Question:
        """Return the question about policies that were given, with no others."""
        boundary, levels = self.given.get(BOUNDARY), levels_of(self.given.get(SCPS))
        # A boundary or SCPs that are known to be none need not be told to be seen.
        none = {name for name in (BOUNDARY, SCPS) if name in self.given and self.given[name] in (None, [])}
        told = {name for name, held in ((BOUNDARY, _document(boundary)), (SCPS, levels)) if held}
        policies = Policies(self.given[OWN], _document(boundary), levels)
        if not isinstance(policies.own, list):
            raise CannotAsk("the identity policies that were given are not known")
        return Question(custom_read(request, policies), frozenset({OWN, *none, *told}))

    def _principal(self, request: AccessRequest) -> Question:
        """Return the question about what is attached to the user, or to the role behind a session."""
        if request.evidence.complete or OWN in self.given:
            raise CannotAsk("no identity policies are given that could be simulated")
        source = request.issuer if request.principal.kind is Kind.SESSION else request.principal.arn
        if not source:
            raise CannotAsk("the ARN of the role behind the session, with its path, is not known")
        return Question(principal_read(request, source, _document(self.given.get(BOUNDARY))), frozenset(_SEEN_BY))

    def _answer(self, read: Read) -> Simulated:
        """Return what the simulator answers; raises CannotAsk."""
        wrong = too_large(read)
        if wrong is not None:
            raise CannotAsk(f"the simulator cannot be asked: {wrong}")
        seen = self._seen(read)
        if isinstance(seen, Unreadable):
            raise CannotAsk(seen.why)
        try:
            return simulated(seen.value if isinstance(seen, Found) else None)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise CannotAsk(f"{read.call.name} was answered with something that is no answer to it") from error

    def _seen(self, read: Read) -> Observation[Any]:
        kept = None if self.fresh else self.desk.kept(read)
        if kept is not None:
            return kept.seen
        future = self.desk.ask(read)
        wait([future], timeout=max(0.0, self.until - self.desk.clock()))
        self.desk.leave(read, future)
        if future.done() and not future.cancelled():
            return future.result().seen
        return read.unreadable("was not answered within the time for collecting")

    def _by_hand(self, call: AwsCall) -> list[str]:
        """Return which facts were given that the simulator reads for itself."""
        if call is CUSTOM:
            return []
        return sorted(name for name in (BOUNDARY, SCPS) if name in self.given and not _document(self.given[name]))


def _document(held: Any) -> Any:
    """Return a policy if it is one, None for none and for what is not known."""
    return None if held in (None, [], {"unknown": True}) or isinstance(held, list) else held


def _request(decided: Decided | None, missing: str | None) -> AccessRequest:
    """Return the permission that is checked: that of the first blocker, else the first that the call needs."""
    if decided is None or missing is not None:
        raise CannotAsk(f"it is not known {missing or 'what was asked for'}")
    leg = decided.first.leg if decided.first else decided.legs[0]
    request = leg.ruled.request
    if request.principal.kind not in {Kind.USER, Kind.ROLE, Kind.SESSION}:
        raise CannotAsk("the simulator knows users and roles only")
    return request


def _ours(services: Services, request: AccessRequest, seen: frozenset[str]) -> dict[str, Any]:
    """Return the decision on the same permission by what the simulator sees, everything else being none."""
    facts = services.registry.facts
    read: list[Fact[Any]] = [*CORE, *(facts[name] for name in (*seen, MANAGEMENT) if name in facts)]
    kept = {fact: request.evidence[fact] for fact in read if fact not in _NOT_THEIRS}
    # Complete evidence that names no owner takes the resource for one of the caller's account, where this would do.
    evidence = Evidence(kept, complete=True)
    given = {**request.context.given, **{key: request.context[key] for key in _OF_OWNER}}
    bare = AccessRequest(
        request.principal,
        request.action,
        request.resource,
        given,
        request.context.rest,
        evidence,
        subject=request.subject,
    )
    try:
        ruled = services.engine.decide(bare, Budget())
    except OverBudget:
        ruled = services.engine.rule(bare)
    return explained(Decided(legs=[LegDecided(ruled=ruled, tell=services.engine.tell)], asked=request.action))


def _compared(request: AccessRequest, answer: Simulated, ours: Mapping[str, Any], by_hand: list[str]) -> dict[str, Any]:
    theirs = _DECISIONS.get(answer.decision)
    agrees = None if theirs is None or ours["decision"] == "unknown" else theirs == ours["decision"]
    return {
        "action": request.action,
        "resource": request.resource.arn,
        "decision": answer.decision,
        "ours": ours["decision"],
        "agrees": agrees,
        "because": _because(answer, ours, theirs, by_hand),
        "missing_context": list(answer.missing),
    }


def _because(answer: Simulated, ours: Mapping[str, Any], theirs: str | None, by_hand: list[str]) -> str:
    says = f"the simulator says `{answer.decision}`{_forbids(answer)}"
    if theirs == ours["decision"]:
        return f"{says}, and so do the same policies here"
    here = ours["summary"].rstrip(".")
    if theirs is None or ours["decision"] == "unknown":
        return f"{says}; by the same policies nothing is certain here: {here}"
    return f"{says}, but the same policies give another answer here: {here}. {' '.join(_reasons(answer, by_hand))}"


def _forbids(answer: Simulated) -> str:
    """Return who else forbids it, as far as the simulator tells."""
    whose = [
        what
        for what, allows in (
            ("service control policies", answer.organization),
            ("the permissions boundary", answer.boundary),
        )
        if allows is False
    ]
    return f" because of {' and '.join(whose)}" if whose else ""


def _reasons(answer: Simulated, by_hand: list[str]) -> Iterator[str]:
    """Yield sentences: what may make the two differ."""
    if answer.missing:
        keys = ", ".join(f"`{key}`" for key in answer.missing)
        yield f"It was asked without {keys}, which the policies test."
    if by_hand:
        facts = ", ".join(f"`{name}`" for name in by_hand)
        yield f"It reads what is attached, whatever was given as {facts}."
    yield "It may have read them at another moment, and does not tell which keys service control policies miss."
