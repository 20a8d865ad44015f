"""Stores of tests, a clock that is moved by hand, and what is put there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from why403.keeping import Deed, Diagnosis, Plan
from why403.store import SqlStore

MakeStore = Callable[..., SqlStore]

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*"}]}
KEY, OTHER_KEY = b"k" * 32, b"o" * 32


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 4, 5, 6, 7, 890_123, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


def a_deed(subject: str = "p_1", what: str = "remediate", **more: Any) -> Deed:
    return Deed(**{"who": "ana", "what": what, "subject": subject, "outcome": "proposed", **more})


def a_plan(clock: Callable[[], datetime], name: str = "p_1", **more: Any) -> Plan:
    now = clock()
    return Plan(**{"id": name, "created": now, "changed": now, "body": {"answer": {"id": name}}, **more})


def a_diagnosis(clock: Callable[[], datetime], name: str = "d_1", **more: Any) -> Diagnosis:
    told = {"answer": {"id": name, "decision": "denied"}, "body": {"error": "Access Denied"}}
    return Diagnosis(**{"id": name, "created": clock(), **told, **more})
