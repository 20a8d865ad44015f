"""A service whose reads are never answered still answers: what it could not read in time is named, call by call."""

from collections.abc import Iterable, Iterator
from threading import Event
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.gathering.world import BUSY, Busy
from why403 import AwsCall, Observation, Read
from why403.bootstrap import build
from why403.settings import Settings
from why403.web.app import create_app

SECONDS = 0.2
# What no call of AWS is needed for: a user has no session.
NOT_READ = {"a user in two groups": {"session.issuer", "session.policies"}, "a session of a role": set[str]()}
WITHIN = f"was not answered within {SECONDS:g} s"


class Silent:
    """A reader that answers nothing before the test has ended."""

    def __init__(self) -> None:
        self.ended = Event()

    def read(self, read: Read) -> Observation[Any]:
        self.ended.wait(30)  # far beyond the deadline: without one the words below would be others
        return read.unreadable("was not answered before the test ended")

    def partition(self) -> str | None:
        return None

    def check(self, calls: Iterable[AwsCall]) -> None:
        """Accept them."""


@pytest.fixture(params=[1, 16], ids=["one thread", "sixteen threads"])
def client(request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    reader, settings = Silent(), Settings(collect_seconds=SECONDS, collect_threads=request.param)
    services = build(settings, reader=reader)
    yield create_app(settings, services).test_client()
    reader.ended.set()
    assert services.aws is not None
    services.aws.close()


@pytest.mark.parametrize("busy", BUSY, ids=lambda busy: busy.name)
def test_reads_that_are_never_answered_leave_every_fact_unreadable_and_the_call_named(
    busy: Busy, client: FlaskClient
) -> None:
    for _ in range(2):  # the second time every thread is held by a read that nobody waits for any more
        # That there is an answer at all is the deadline's doing: the reader gives none before it.
        answer = client.post("/diagnose", json=busy.body())
        assert answer.status_code == 200
        told = answer.get_json()
        facts = told["collected"]["facts"]
        unread = {name for name, fact in facts.items() if fact["seen"] == "unreadable"}
        assert len(unread) >= 20
        assert all(facts[name]["calls"] for name in unread)
        assert {name for name in facts if name not in unread} == NOT_READ[busy.name]
        assert told["decision"] == "unknown"
        late = [doubt for doubt in told["doubts"] if WITHIN in doubt["because"]]
        assert {doubt["layer"] for doubt in told["doubts"]} == {doubt["layer"] for doubt in late}
        assert all(":" in doubt["needs"] for doubt in late)
