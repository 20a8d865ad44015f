"""Whatever several processes do to a plan, the store holds what one after the other would have done."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.making import HandClock, MakeStore, a_deed, a_plan
from why403.domain.errors import Conflict
from why403.keeping import Plan
from why403.store import SqlStore

STATES = ("applying", "applied", "rolling_back", "rolled_back", "failed")
OWNERS = ("one", "other")
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.sampled_from(OWNERS)),
        st.tuples(st.just("claim"), st.sampled_from(OWNERS), st.sampled_from(STATES)),
        st.tuples(st.just("settle"), st.sampled_from(OWNERS), st.sampled_from(STATES)),
        st.tuples(st.just("renew"), st.sampled_from(OWNERS)),
        st.tuples(st.just("intend"), st.sampled_from(OWNERS)),
        st.tuples(st.just("wait"), st.sampled_from((1, 60, 121))),
    ),
    max_size=25,
)
LEASE = 120
NUMBERS = count(1)


class Model:
    """One plan, told in the plainest way: who holds it until when, and how often it has changed."""

    def __init__(self) -> None:
        self.now, self.state, self.revision, self.owner, self.until, self.lines = 0, "proposed", 0, "", 0, 0

    def act(self, what: str, owner: str, to: str, seen: tuple[str, int, str]) -> bool:
        """Do what an owner wants who has seen this state, revision and holder; return whether it is done."""
        state, revision, holder = seen
        free = not self.owner or self.until <= self.now
        same = (self.state, self.revision) == (state, revision)
        if what == "claim" and same and (free or self.owner == owner):
            self.state, self.owner, self.until, self.revision = to, owner, self.now + LEASE, self.revision + 1
            return True
        if what == "settle" and same and (self.owner == holder if holder else free):
            self.state, self.owner, self.revision = to, "", self.revision + 1
            return True
        if what in {"renew", "intend"} and holder and (self.revision, self.owner) == (revision, holder):
            self.until, self.lines = self.now + LEASE, self.lines + (what == "intend")
            return True
        return False


def done(store: SqlStore, what: str, owner: str, to: Any, plan: Plan) -> Plan | None:
    """Do the same with the store; return the plan as it then is, None if it was refused."""
    try:
        match what:
            case "claim":
                return store.claim(plan, to, owner)
            case "settle":
                return store.settle(plan, to)
            case "renew":
                return store.renew(plan)
        store.intend(plan, {})
    except Conflict:
        return None
    return plan


@pytest.fixture
def stores(make_store: MakeStore) -> dict[str, SqlStore]:
    return {owner: make_store() for owner in OWNERS}


@given(acts=ACTS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_in_whatever_order(
    stores: dict[str, SqlStore], clock: HandClock, acts: list[tuple[Any, ...]]
) -> None:
    name, model = f"p_{next(NUMBERS)}", Model()
    stores["one"].add_plan(a_plan(clock, name), a_deed())
    seen = dict.fromkeys(OWNERS, stores["one"].plan(name))
    for what, *rest in acts:
        if what == "wait":
            clock.move(seconds=rest[0])
            model.now += rest[0]
            continue
        owner, to = rest[0], rest[-1]
        if what == "read":
            seen[owner] = stores[owner].plan(name)
            continue
        plan = seen[owner]
        expected = model.act(what, owner, to, (plan.state, plan.revision, plan.owner or ""))
        found = done(stores[owner], what, owner, to, plan)
        assert (found is not None) == expected, (what, owner, to)
        seen[owner] = found or plan
        now = stores["other"].plan(name)
        assert (now.state, now.revision, now.owner or "") == (model.state, model.revision, model.owner)
    assert len(stores["other"].journal(name)) == model.lines
