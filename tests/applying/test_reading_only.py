"""Reading and planning change nothing: every read that they make is one of a read-only policy, and nobody writes."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cases import of_folder
from tests.cases import services as built
from why403.aws.readonly import may_be_called
from why403.collecting import AwsCall, Read
from why403.domain.evidence import ABSENT, Observation
from why403.gathering import Desk
from why403.services import Services
from why403.store import open_store
from why403.usecases.kept import kept_plan, remediate_and_keep
from why403.usecases.permissions import Deployment, needs, policy_for
from why403.usecases.remediate import remediate
from why403.writing import WRITABLE, may_be_made

EXAMPLES = Path(__file__).parents[2] / "examples"
PASTED = [json.loads(line) for line in (EXAMPLES / "incidents.jsonl").read_text("utf-8").splitlines()]
STORIES = [json.loads(line) for line in (EXAMPLES / "stories.jsonl").read_text("utf-8").splitlines()]


class Nobody:
    """Changes nothing, and fails whoever asks."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"`{name}` of a writer is asked for")


class ReadOnly:
    """Reads what a read-only policy allows, finds nothing, and fails whoever asks for anything else."""

    def __init__(self) -> None:
        self.made: list[Read] = []

    def read(self, read: Read) -> Observation[Any]:
        assert may_be_called(read.call.service, read.call.operation), read.call.name
        assert not may_be_made(read.call.service, read.call.operation), read.call.name
        self.made.append(read)
        return ABSENT if read.call.absent else read.unreadable("is not answered here")

    def partition(self) -> str | None:
        return None

    def check(self, calls: Iterable[AwsCall]) -> None:
        """Accept every call."""


@pytest.fixture
def services(sqlite_url: str) -> Iterator[tuple[Services, ReadOnly]]:
    reader, store = ReadOnly(), open_store(sqlite_url)
    desk = Desk(reader, threads=2)
    yield replace(built(), aws=desk, store=store, writer=Nobody()), reader
    desk.close()
    store.close()


def bodies() -> Iterator[dict[str, Any]]:
    for incident in PASTED:
        yield incident["diagnose"]
    for story in STORIES:
        yield {"error": "\n".join(story["pasted"]), **({"request": story["request"]} if "request" in story else {})}


def test_diagnosing_and_planning_read_and_do_nothing_else(services: tuple[Services, ReadOnly]) -> None:
    service, reader = services
    for body in bodies():
        asked = {**body, "collect": True, "fresh": True} if "evidence" not in body else body
        plan = remediate_and_keep(service, {**asked, "evidence_is_complete": False}, "ana")
        assert kept_plan(service, plan["id"])["state"] == "proposed"
    assert len({read.call.name for read in reader.made}) > 15


def test_no_permission_to_read_is_one_to_change_anything() -> None:
    changes = {held.permission for held in WRITABLE.values()}
    for holder in ("own", "account", "organization"):
        policy = policy_for(holder, needs(built().registry), Deployment(objects=True))
        allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
        assert allowed & changes == set()


def test_every_call_that_a_plan_holds_is_one_that_may_be_made() -> None:
    found = set()
    for case in of_folder("decision_table"):
        for step in remediate(built(), {"request": case.request}).steps:
            found |= {(each.service, each.operation) for each in (*step.fix.writes, *step.fix.undo)}
    assert found <= set(WRITABLE)
    assert len(found) > 8
