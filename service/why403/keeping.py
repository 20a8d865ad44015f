"""What is kept between requests - diagnoses, plans, their journal, the audit - and what a store of it promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal, Protocol

from why403.domain.errors import Conflict

State = Literal["proposed", "applying", "applied", "verified", "rolling_back", "rolled_back", "failed"]
Status = Literal["intended", "done", "failed", "undone"]


class Unchanged(Enum):
    """What stands for a value that stays as it is, where None is a value."""

    KEEP = "keep"


KEEP: Final = Unchanged.KEEP


class LeaseLost(Conflict):
    """Somebody else holds the plan now: who held it makes no further call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """An answer of `/diagnose`, and the body it answers, without secrets.

    `withheld` are pointers to what of the body was not kept. `created` is when the answer was given.
    """

    id: str
    created: datetime
    answer: Mapping[str, Any]
    body: Mapping[str, Any]
    withheld: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan as it stood when it was read; `owner`, until `until`, is who may change AWS for it.

    `body` is a JSON object that the store does not look into. `revision` is raised by whoever claims or settles the
    plan: with the owner it tells the holder from one who held it before.
    """

    id: str
    created: datetime
    changed: datetime
    body: Mapping[str, Any]
    diagnosis: str | None = None
    state: State = "proposed"
    revision: int = 0
    owner: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a plan's journal: one call of AWS, written before it is made.

    `what` is the call, `before` and `after` are the values around it, as JSON. `undoes` is the sequence of the entry
    that it takes back.
    """

    plan: str
    sequence: int
    what: Mapping[str, Any]
    intended: datetime
    before: Any = None
    after: Any = None
    undoes: int | None = None
    status: Status = "intended"
    error: str | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A line of the audit: who asked for what, about which diagnosis or plan, and what came of it; no policy is in it.

    `who` is the name of a key, None where the service asks for none. `digest` is the SHA-256 of the request, `layers`
    are those that decided.
    """

    who: str | None
    what: str
    subject: str
    outcome: str
    digest: str | None = None
    layers: Sequence[str] = field(default=())


class Store(Protocol):
    """Where it is kept. Every method raises Unavailable where the store cannot be reached.

    What a method does, it does in one transaction, the audit included. A state of a plan changes only from the one that
    the caller has seen: of two who try, one succeeds, and the other gets Conflict.
    """

    @property
    def keeps_policies(self) -> bool:
        """Whether policies may be kept beside a diagnosis: they would be encrypted."""
        ...

    def check(self) -> None:
        """Raise Unavailable where nothing can be kept now."""
        ...

    def add_diagnosis(self, diagnosis: Diagnosis, deed: Deed) -> None:
        """Keep a diagnosis for as long as the settings say."""
        ...

    def diagnosis(self, name: str) -> Diagnosis:
        """Return a diagnosis by its id; raises NotFound also where it is too old."""
        ...

    def add_plan(self, plan: Plan, deed: Deed) -> None:
        """Keep a new plan."""
        ...

    def plan(self, name: str) -> Plan:
        """Return a plan by its id as it stands now; raises NotFound."""
        ...

    def claim(self, plan: Plan, to: State, owner: str, deed: Deed | None = None) -> Plan:
        """Take the lease of a plan that nobody holds, whose lease has ended, or that is the owner's own; set its state.

        Raises Conflict where another holds it, or it is no longer as it was read.
        """
        ...

    def renew(self, plan: Plan) -> Plan:
        """Hold a plan for longer; raises LeaseLost where another has taken it."""
        ...

    def settle(self, plan: Plan, to: State, *, body: Mapping[str, Any] | None = None, deed: Deed | None = None) -> Plan:
        """Set the state of a plan and give up its lease; `body` replaces what was kept of it.

        A plan that nobody holds may be settled by anyone who has seen it. Raises LeaseLost where another holds it, or
        Conflict where it is no longer as it was read.
        """
        ...

    def intend(
        self,
        plan: Plan,
        what: Mapping[str, Any],
        *,
        before: Any = None,
        after: Any = None,
        undoes: int | None = None,
    ) -> Entry:
        """Write into the journal what will be done next, which may then be done, and renew the lease.

        Raises LeaseLost where the plan is no longer held.
        """
        ...

    def ended(self, plan: Plan, entry: Entry, status: Status, *, error: str | None = None, after: Any = KEEP) -> Entry:
        """Write into the journal what became of it; `after` replaces what was expected by what was read back.

        With an entry that takes back another and is done, that one is undone. Raises LeaseLost where the plan is no
        longer held, and Conflict where the entry's status has changed.
        """
        ...

    def journal(self, plan: str) -> tuple[Entry, ...]:
        """Return the journal of a plan in its order."""
        ...

    def audit(self, deed: Deed) -> None:
        """Write a line into the audit."""
        ...
