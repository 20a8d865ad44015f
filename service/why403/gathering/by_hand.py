"""Trying collectors without AWS: a layer's facts from a table of answers, for the tests of layers.

def test_a_lock_is_read() -> None:
seen = collected(MY_LAYER, a_request(), {GET_LOCK.read(account="111122223333", Bucket="reports"): {"Mode": "ON"}})
assert seen[LOCK] == ...
"""

from collections.abc import Iterable, Mapping
from typing import Any

from why403.collecting import AwsCall, Read
from why403.collects import Collects
from why403.domain.evidence import ABSENT, Absent, Evidence, Fact, Found, Observation, Unreadable
from why403.domain.request import AccessRequest
from why403.gathering.desk import Desk
from why403.gathering.gather import Terms, gather
from why403.gathering.subject import Subject
from why403.layer import Layer


class Table:
    """Answers reads from a table, JSON or observations; what it does not list is absent where that is possible."""

    def __init__(self, answers: Mapping[Read, Any]) -> None:
        """Keep the table; `made` lists the reads as they come."""
        self.answers = answers
        self.made: list[Read] = []

    def read(self, read: Read) -> Observation[Any]:
        """Return the answer of the table."""
        self.made.append(read)
        if read not in self.answers:
            return ABSENT if read.call.absent else read.unreadable("is not in the table of answers")
        held = self.answers[read]
        return held if isinstance(held, Found | Absent | Unreadable) else Found(held)

    def partition(self) -> str | None:
        """Read every partition."""
        return None

    def check(self, calls: Iterable[AwsCall]) -> None:
        """Accept every call."""


def collected(
    layer: Layer,
    request: AccessRequest,
    answers: Mapping[Read, Any],
    *,
    facts: Mapping[Fact[Any], object] | None = None,
    others: Iterable[Layer] = (),
) -> Mapping[Fact[Any], Observation[Any]]:
    """Return what a layer's collectors find for a request, by a table of answers and given `facts` (JSON values).

    `others` are layers whose facts it needs. Raises AssertionError where a collector fails.
    """
    given = {fact: fact.observe(value) for fact, value in (facts or {}).items()}
    found = {fact: Collects(each, one) for each in (layer, *others) for one in each.collectors for fact in one.facts}
    subject = Subject(request=request.given({}, Evidence(given)), given=given)
    desk = Desk(Table(answers), threads=1)
    failed: list[str] = []
    try:
        terms = Terms(tell=lambda name, _: failed.append(name))
        gathered = gather(desk, found, [[subject]], terms)
    finally:
        desk.close()
    if failed:
        raise AssertionError(f"the collectors of `{failed[0]}` failed; the log says where")
    return gathered.seen[subject]
