"""Plans in their table: state changes by compare and swap, under a lease that ends by itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from why403.domain.errors import Conflict, NotFound
from why403.keeping import Deed, LeaseLost, Plan, State
from why403.store.database import Contended
from why403.store.ledger import Ledger, may_be_kept
from why403.store.tables import PLANS

_LOST: Final = "another process holds the plan now"


class Plans(Ledger):
    """The plans of the store."""

    def add_plan(self, plan: Plan, deed: Deed) -> None:
        """Keep a new plan."""
        values = {
            "id": plan.id,
            "diagnosis": plan.diagnosis,
            "state": plan.state,
            "revision": plan.revision,
            "owner": plan.owner,
            "until": plan.until,
            "created": plan.created,
            "changed": plan.changed,
            "body": self._seal.close(plan.body, _place(plan.id)),
        }
        with self._durable.writing("add_plan") as connection:
            connection.execute(insert(PLANS).values(values))
            self._note(connection, deed, plan.created)
        self._sweep()

    def plan(self, name: str) -> Plan:
        """Return a plan by its id as it stands now; raises NotFound."""
        with self._durable.reading("plan") as connection:
            row = _row(connection, name)
        return self._read_plan(row)

    def claim(self, plan: Plan, to: State, owner: str, deed: Deed | None = None) -> Plan:
        """Take the lease of a plan that nobody holds, whose lease has ended, or that is the owner's own; set its state.

        Raises Conflict where another holds it or is taking it, or it is no longer as it was read.
        """
        try:
            with self._durable.writing("claim") as connection:
                now = self._durable.now(connection)
                changes: dict[str, Any] = {"state": to, "owner": owner, "until": now + self._ages.lease, "changed": now}
                if not _swapped(connection, plan, or_(_is_free(now), PLANS.c.owner == owner), changes):
                    raise _refusal(connection, plan, now)
                self._note(connection, deed, now)
        except Contended as error:
            raise Conflict("another process is changing the plan at this moment") from error
        return replace(plan, revision=plan.revision + 1, **changes)

    def renew(self, plan: Plan) -> Plan:
        """Hold a plan for longer; raises LeaseLost where another has taken it."""
        with self._durable.writing("renew") as connection:
            return replace(plan, until=self._still_held(connection, plan))

    def settle(self, plan: Plan, to: State, *, body: Mapping[str, Any] | None = None, deed: Deed | None = None) -> Plan:
        """Set the state of a plan and give up its lease; `body` replaces what was kept of it.

        A plan that nobody holds may be settled by anyone who has seen it. Raises LeaseLost where another holds it, or
        Conflict where it is no longer as it was read.
        """
        with self._durable.writing("settle") as connection:
            now = self._durable.now(connection)
            changes: dict[str, Any] = {"state": to, "owner": None, "until": None, "changed": now}
            kept = {} if body is None else {"body": self._seal.close(body, _place(plan.id))}
            held = _is_free(now) if plan.owner is None else PLANS.c.owner == plan.owner
            if not _swapped(connection, plan, held, {**changes, **kept}):
                raise LeaseLost(_LOST) if plan.owner is not None else _refusal(connection, plan, now)
            self._note(connection, deed, now)
        if body is not None:
            changes["body"] = body
        return replace(plan, revision=plan.revision + 1, **changes)

    def _still_held(self, connection: Connection, plan: Plan) -> datetime:
        """Renew the lease, which also keeps others from the plan while the transaction lasts; return its end."""
        until = self._durable.now(connection) + self._ages.lease
        ours = (PLANS.c.id == plan.id, PLANS.c.revision == plan.revision, PLANS.c.owner == plan.owner)
        if plan.owner is None or connection.execute(update(PLANS).where(*ours).values(until=until)).rowcount != 1:
            raise LeaseLost(_LOST if plan.owner else "nobody holds the plan")
        return until

    def _read_plan(self, row: RowMapping) -> Plan:
        columns = dict(row)
        return Plan(**{**columns, "body": self._seal.open(columns["body"], _place(columns["id"]))})


def _place(name: str) -> str:
    return f"plans.body:{name}"


def _row(connection: Connection, name: str) -> RowMapping:
    asked = select(PLANS).where(PLANS.c.id == name)
    row = connection.execute(asked).mappings().one_or_none() if may_be_kept(name) else None
    if row is None:
        raise NotFound("there is no such plan")
    return row


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(PLANS.c.owner.is_(None), PLANS.c.until <= now)


def _swapped(connection: Connection, plan: Plan, free: ColumnElement[bool], changes: Mapping[str, Any]) -> bool:
    """Change a plan if it is as it was seen, and free; return whether it was."""
    seen = (PLANS.c.id == plan.id, PLANS.c.state == plan.state, PLANS.c.revision == plan.revision)
    changed = update(PLANS).where(*seen, free).values(**changes, revision=PLANS.c.revision + 1)
    return connection.execute(changed).rowcount == 1


def _refusal(connection: Connection, plan: Plan, now: datetime) -> Conflict:
    """Return why a plan could not be changed."""
    row = _row(connection, plan.id)
    if row["owner"] is not None and row["until"] > now:
        return Conflict(f"the plan is `{row['state']}`: another process works on it")
    return Conflict(f"the plan has changed since; it is `{row['state']}` now")
