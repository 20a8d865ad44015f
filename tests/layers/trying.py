"""What layers propose, tried: each fix applied to the evidence and the call, and decided again."""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.artefacts.models import Read, shape
from tests.cases import services
from tests.laws.wording import is_clause
from why403.domain.fix import Applicability, Fix
from why403.domain.request import AccessRequest
from why403.engine.call import Blocked, Decided
from why403.intake.evidence import observed
from why403.intake.request import asked_for
from why403.planning.draft import Draft, Step, answered, steps
from why403.usecases.diagnose import diagnosed
from why403.usecases.proving import Worlds

_BESIDE = ("evidence", "evidence_is_complete")
_NO_CALLS = {("s3", "presign"): ("--expires-in",)}


class Tried(NamedTuple):
    """A fix for one blocker of a call, and the call decided with it."""

    blocked: Blocked
    step: Step
    decided: Decided
    worlds: Worlds

    @property
    def fix(self) -> Fix:
        """Return the fix."""
        return self.step.fix

    @property
    def stands(self) -> bool:
        """Return whether what it answers stands in the way all the same."""
        return answered(self.blocked) in map(answered, self.decided.blockers)


def body(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case's request as the body of a diagnosis."""
    beside = {name: request[name] for name in _BESIDE if name in request}
    return {"request": {name: held for name, held in request.items() if name not in _BESIDE}, **beside}


def tried(asked: Mapping[str, Any], layer: str | None = None) -> Iterator[Tried]:
    """Yield every fix that layers, or one of them, propose for what certainly blocks a call."""
    found = diagnosed(services(), asked)
    if found.decided is None or found.known.asked is None:
        return
    worlds = Worlds(services(), found)
    for blocked in found.decided.blockers:
        if layer in {None, blocked.blamed.layer.name}:
            for step in steps(blocked):
                yield Tried(blocked, step, worlds.decide(Draft().then(step)), worlds)


def legs(asked: Mapping[str, Any]) -> Iterator[AccessRequest]:
    """Yield what a request of `/simulate` asks for, on the evidence it brings."""
    facts = services().registry.facts
    evidence = observed(asked["evidence"], facts).evidence(complete=asked.get("evidence_is_complete", True))
    yield from (leg.request for leg in asked_for({"context_is_complete": True, **asked}).legs(evidence, facts))


def faults(each: Tried) -> Iterator[str]:
    """Yield what is wrong with a fix, whatever it is for."""
    fix = each.fix
    if each.step.by_hand:
        if fix.applicability is not Applicability.MANUAL:
            yield "changes nothing that is known, and is not for somebody's hands"
    elif each.stands:
        yield "leaves what it answers in the way"
    if not fix.who or not fix.summary or not fix.risk or not fix.target:
        yield "does not say who changes what, or at which risk"
    clauses = (fix.summary, fix.who, fix.risk, *fix.steps)
    yield from (f"is no clause: {text}" for text in clauses if not is_clause(text))
    if not (fix.writes or fix.steps or fix.call):
        yield "has neither calls nor steps"
    yield from (f"is no command: {line}" for line in fix.steps if not _reads(line))
    yield from (f"does not start from what is known: {edit.fact}" for edit in fix.edits if not _known(each, *edit[:2]))


def _known(each: Tried, name: str, before: Any) -> bool:
    """Return whether an edit undone gives back what was known of its fact."""
    facts = services().registry.facts
    seen = each.blocked.leg.ruled.request.evidence[facts[name]]
    if before is None:
        return getattr(seen, "raw", None) is None
    raw = getattr(seen, "raw", None)
    return bool(raw == before) and facts[name] in observed({name: before}, facts).own


def _reads(line: str) -> bool:
    """Return whether a step is no command of the AWS CLI but a clause, or is one that it would take."""
    if not line.startswith("aws ") or ", " in line:
        return True
    words = shlex.split(line)
    known = _NO_CALLS.get((words[1], words[2]))
    if known is not None:
        return {word for word in words if word.startswith("--")} <= set(known)
    read = Read(line)
    return set(read) <= set(shape(read.service, read.operation).members)


def parameters(line: str) -> dict[str, Any]:
    """Return the parameters of a command."""
    return json.loads(json.dumps(dict(Read(line))))  # type: ignore[no-any-return]
