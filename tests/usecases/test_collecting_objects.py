"""Decisions on what is read of an object's state: what could not be read, or is another version's, is never certain."""

from dataclasses import replace
from typing import Any

import pytest

from tests.layers.reading_s3 import CALLERS, IN_OBJECT
from tests.layers.tables import OBJECT, allow, policy
from tests.layers.test_collecting_identity import APP
from why403 import ABSENT, Read, Unreadable
from why403.bootstrap import build
from why403.collecting.objects import HEAD_OBJECT
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.settings import Settings
from why403.usecases.diagnose import diagnose
from why403_layers.bucket_policy import GET_POLICY
from why403_layers.objects import GET_HOLD, GET_LOCKING, GET_RETENTION, GET_VERSIONING

from .test_collecting_s3 import DISABLED, ELSEWHERE, World

OPENED = build(Settings(collect_objects=True))
WORLD = World("allowed", None, {"role": "allowed", GET_POLICY: ABSENT, **DISABLED})
EVIDENCE = {**ELSEWHERE, "principal.policies": [policy(allow("s3:*"))]}
HEAD = HEAD_OBJECT.current.read(account=CALLERS, **IN_OBJECT)
OLD = HEAD_OBJECT.version.read(account=CALLERS, VersionId="v7", **IN_OBJECT)
THERE = {"ETag": '"0"'}
UNTIL = "2999-01-01T00:00:00+00:00"


def decided(
    answers: dict[Read, Any], *, services: Any = OPENED, operation: str = "GetObject", **parameters: Any
) -> dict[str, Any]:
    """Return the diagnosis of a call in a world where everything else allows."""
    request = {"principal": APP, "operation": operation, "resource": OBJECT, "parameters": parameters}
    body = {"request": request, "collect": True, "evidence": EVIDENCE}
    desk = Desk(Table({**WORLD.table(), **answers}), threads=4)
    try:
        return diagnose(replace(services, aws=desk), body)
    finally:
        desk.close()


def test_an_object_that_is_not_there_is_the_cause() -> None:
    found = decided({HEAD: ABSENT}, VersionId=None)
    assert (found["decision"], found["layer"], found["kind"]) == ("denied", "object_state", "requirement")
    assert (found["status"], found["code"]) == (404, "NoSuchKey")
    assert found["collected"]["facts"]["object.exists"]["calls"][0] == "s3:HeadObject"


def test_an_archived_one_is() -> None:
    found = decided({HEAD: {**THERE, "StorageClass": "GLACIER"}}, VersionId=None)
    assert (found["decision"], found["layer"], found["code"]) == ("denied", "object_state", "InvalidObjectState")


def test_one_that_is_there_is_none() -> None:
    found = decided({HEAD: THERE}, VersionId=None)
    assert found["decision"] == "allowed"
    assert "object_state" not in {cause["layer"] for cause in found["causes"]}


def test_headers_that_are_refused_leave_a_doubt_with_the_permission() -> None:
    found = decided({HEAD: HEAD.unreadable("was refused", CALLERS)}, VersionId=None)
    assert found["decision"] == "unknown"
    (doubt,) = [each for each in found["doubts"] if each["layer"] == "object_state"]
    assert (doubt["needs"], doubt["call"], doubt["account"]) == ("s3:GetObject", "s3:HeadObject", CALLERS)


def test_what_nobody_may_open_is_not_read_and_no_doubt() -> None:
    found = decided({HEAD: ABSENT}, services=build(), VersionId=None)
    assert found["decision"] == "allowed"
    assert "object.exists" not in found["collected"]["facts"]
    # To a caller who may list, as this one, a missing object would be 404; which key it is under is open.
    assert {cause["layer"] for cause in found["causes"]} == {"kms"}


def test_the_version_that_was_named_is_read() -> None:
    assert decided({HEAD: ABSENT, OLD: THERE}, VersionId="v7")["decision"] == "allowed"
    assert decided({HEAD: THERE, OLD: ABSENT}, VersionId="v7")["code"] == "NoSuchVersion"


def test_the_current_version_says_nothing_of_one_that_may_have_been_named() -> None:
    found = decided({HEAD: ABSENT})
    assert found["decision"] == "unknown"
    assert any("names a version" in doubt["because"] for doubt in found["doubts"])


@pytest.mark.parametrize(
    ("retention", "hold", "decision"),
    [
        ({"Mode": "COMPLIANCE", "RetainUntilDate": UNTIL}, ABSENT, "denied"),
        ({"Mode": "COMPLIANCE", "RetainUntilDate": "2020-01-01T00:00:00+00:00"}, ABSENT, "allowed"),
        (ABSENT, {"Status": "ON"}, "denied"),
        (ABSENT, ABSENT, "allowed"),
        (Unreadable("was refused", "s3:GetObjectRetention"), ABSENT, "unknown"),
    ],
)
def test_the_lock_of_a_version_is_read_before_it_is_deleted(retention: Any, hold: Any, decision: str) -> None:
    where = {"account": CALLERS, **IN_OBJECT, "VersionId": "v7"}
    answers = {
        GET_LOCKING.read(account=CALLERS, Bucket="reports"): {"ObjectLockEnabled": "Enabled"},
        GET_VERSIONING.read(account=CALLERS, Bucket="reports"): {"Status": "Enabled"},
        GET_RETENTION.read(**where): retention,
        GET_HOLD.read(**where): hold,
    }
    sent = {"VersionId": "v7", "BypassGovernanceRetention": None, "IfMatch": None, "MFA": None}
    found = decided(answers, operation="DeleteObject", **sent)
    assert found["decision"] == decision
    if decision == "denied":
        assert found["layer"] == "object_state"
