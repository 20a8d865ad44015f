"""Fixes that layers propose: edits of facts, the AWS calls that make them and take them back, or what a person does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from why403.domain.evidence import Evidence, Fact, Found

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
NARROW: Final = "none beside this call: one action on one resource"
"""The risk of a permission that gives nothing else."""


class Applicability(IntEnum):
    """How far a fix can be trusted, the best first."""

    SAFE = 0  # narrow, additive, reversible
    REVIEW = 1  # widens somebody's access, or touches what others share
    MANUAL = 2  # needs a person: another team, a decision, the caller's own hands

    @property
    def word(self) -> str:
        """Return it as answers name it."""
        return self.name.lower()


class Edit(NamedTuple):
    """The value of one fact replaced: named as in evidence, both values as JSON; None is none."""

    fact: str
    before: Any
    after: Any


def edited(evidence: Evidence, fact: Fact[Any], after: Any) -> Edit:
    """Return the edit of a fact from what was found of it to another value."""
    seen = evidence[fact]
    return Edit(fact.name, seen.raw if isinstance(seen, Found) else None, after)


class Reading(NamedTuple):
    """The read that tells the live value of what a write replaces.

    `path` leads to the value in the answer; `absent` are error codes that mean there is none. A document that AWS gives
    as text is compared after parsing where `parsed`, else byte for byte.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    path: tuple[str, ...]
    absent: tuple[str, ...] = ()
    parsed: bool = True


class Write(NamedTuple):
    """One AWS call that changes something: boto3's names, documents as JSON objects.

    `account` is where it is made, None if that is not known; `region` where that matters; `permission` what it needs.
    `documents` names the parameters whose values AWS takes as JSON text.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    permission: str
    account: str | None = None
    region: str | None = None
    documents: tuple[str, ...] = ()
    reading: Reading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One change that answers a claim; applied to evidence and request, the claim stands no longer in the way.

    `summary` is a clause without a full stop, `who` the person who must make it, `target` the ARN or name of what is
    changed, `risk` a clause on what it may open or break. `edits` change the evidence, `call` the parameters that the
    caller sends (None: no longer), `request` other members of the request, and of its context those keys alone that
    differ. `writes` make it and `undo` takes it back, in their order; a fix without writes is made by hand: `steps` say
    how, in commands or clauses, and `by_edits` anew for what several such fixes of one target come to. A fix that
    lets in anybody is `public`: it is taken only where that is asked for.
    """

    summary: str
    who: str
    risk: str
    applicability: Applicability
    target: str = ""
    edits: tuple[Edit, ...] = ()
    call: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    request: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    writes: tuple[Write, ...] = ()
    undo: tuple[Write, ...] = ()
    steps: tuple[str, ...] = ()
    by_edits: Callable[[Sequence[Edit]], tuple[str, ...]] | None = field(default=None, compare=False)
    public: bool = False


def both(risk: str, other: str) -> str:
    """Return what one risk and another come to, clauses that both have once; either may be none beside the call."""
    real = [each for each in (risk, other) if not each.startswith("none")]
    return "; ".join(dict.fromkeys("; ".join(real).split("; "))) if real else risk
