"""Which record is of the refused call, and what it adds to what was pasted."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from why403.report import Report, read_event
from why403.report.clues import Match, Sought, completed, matching, records_in

ANA = "arn:aws:iam::111122223333:user/ana"
SESSION, ROLE = "arn:aws:sts::111122223333:assumed-role/app/i-1", "arn:aws:iam::111122223333:role/jobs/app"
ID = "4442587FB7D0A2F9"
RECORD: dict[str, Any] = {
    "eventVersion": "1.11",
    "eventTime": "2026-11-23T10:00:00Z",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "203.0.113.7",
    "errorCode": "AccessDenied",
    "errorMessage": "Access Denied",
    "requestID": ID,
    "userIdentity": {"type": "IAMUser", "arn": ANA, "accountId": "111122223333", "userName": "ana"},
    "requestParameters": {"bucketName": "reports", "key": "q3.csv"},
}
OF_SESSION = {
    "type": "AssumedRole",
    "arn": SESSION,
    "accountId": "111122223333",
    "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ROLE, "accountId": "111122223333"}},
}
AT = datetime.fromisoformat(RECORD["eventTime"])


def found(sought: Sought, *records: Any) -> Match | None:
    return matching(records or [RECORD], sought)


FITTING = {
    "by its id": Sought(request_id=ID),
    "by its id, whatever else is said": Sought(request_id=ID, principal="arn:aws:iam::444455556666:root", time=AT),
    "by the caller": Sought(principal=ANA),
    "by the operation": Sought(operation="GetObject"),
    "by the place": Sought(bucket="reports", key="q3.csv"),
    "by the time": Sought(time=AT + timedelta(minutes=14)),
    "by nothing": Sought(),
}
OTHERS = {
    "another id": Sought(request_id="4442587FB7D0A2F8"),
    "part of the id": Sought(request_id=ID[:-1]),
    "another caller": Sought(principal=SESSION),
    "another operation": Sought(operation="PutObject"),
    "another bucket": Sought(bucket="other"),
    "another key": Sought(bucket="reports", key="q4.csv"),
    "another time": Sought(time=AT - timedelta(minutes=16)),
}


@pytest.mark.parametrize("sought", FITTING.values(), ids=FITTING)
def test_a_record_fits_what_is_known_of_the_call(sought: Sought) -> None:
    assert found(sought) == Match(RECORD, AT, 0)


@pytest.mark.parametrize("sought", OTHERS.values(), ids=OTHERS)
def test_a_record_of_another_call_does_not(sought: Sought) -> None:
    assert found(sought) is None


STRANGE: list[Any] = [
    {**RECORD, "eventSource": "ec2.amazonaws.com"},
    {**RECORD, "eventSource": 7},
    {**RECORD, "eventTime": "yesterday"},
    {**RECORD, "eventTime": None},
    {**RECORD, "eventTime": "2026-11-23T10:00:00"},
    None,
    7,
    [RECORD],
    {},
]


@pytest.mark.parametrize("record", STRANGE)
def test_what_is_no_record_of_s3_is_not_taken_for_one(record: Any) -> None:
    assert found(Sought(request_id=ID), record) is None
    assert found(Sought(), record) is None


@pytest.mark.parametrize("code", [None, "", "NoSuchKey", 7])
def test_only_an_id_finds_a_call_that_was_not_denied(code: Any) -> None:
    record = {**RECORD, "errorCode": code}
    assert found(Sought(bucket="reports"), record) is None
    assert found(Sought(request_id=ID), record) is not None


def test_a_role_stands_for_its_sessions_and_a_record_without_a_caller_for_anybody() -> None:
    record = {**RECORD, "userIdentity": OF_SESSION}
    assert found(Sought(principal=ROLE), record) is not None
    assert found(Sought(principal=SESSION), record) is not None
    nobody = {**RECORD, "userIdentity": {"type": "AWSAccount", "accountId": "444455556666", "principalId": "AIDA"}}
    assert found(Sought(principal=SESSION), nobody) is not None


def test_a_record_that_was_enriched_with_lists_is_read_like_others() -> None:
    record = {**RECORD, "eventContext": {"requestContext": {"aws:PrincipalArn": [ROLE, SESSION]}}}
    assert found(Sought(principal=ANA), record) is not None
    assert found(Sought(principal=SESSION), record) is None


def test_both_listings_are_logged_under_one_name() -> None:
    record = {**RECORD, "eventName": "ListObjects", "requestParameters": {"bucketName": "reports"}}
    assert found(Sought(operation="ListObjectsV2"), record) is not None
    assert found(Sought(operation="ListObjects"), record) is not None


def at(minutes: int) -> dict[str, Any]:
    return {**RECORD, "eventTime": (AT + timedelta(minutes=minutes)).isoformat()}


def test_the_newest_is_taken_or_the_nearest_in_time() -> None:
    many = [at(1), at(9), at(4)]
    assert found(Sought(), *many) == Match(at(9), AT + timedelta(minutes=9), 2)
    assert found(Sought(time=AT + timedelta(minutes=3)), *many) == Match(at(4), AT + timedelta(minutes=4), 2)


def test_anything_may_stand_in_a_log() -> None:
    texts = [json.dumps(RECORD), "not json", "[" * 100_000, "7", ""]
    assert matching(records_in(texts), Sought(request_id=ID)) == Match(RECORD, AT, 0)


# --- both together ----------------------------------------------------------------------------------------------------

PASTED = Report(
    source="boto3",
    status=403,
    bucket="other",
    key="k",
    message="what the client printed",
    context={"aws:SourceIp": "198.51.100.1", "aws:Referer": "x"},
    parameters={"VersionId": "1"},
    others_in_text=3,
)


def test_a_record_wins_over_what_was_pasted_and_is_completed_by_it() -> None:
    whole = completed(read_event(RECORD), PASTED)
    assert (whole.source, whole.status, whole.message) == ("cloudtrail", 403, "Access Denied")
    assert (whole.bucket, whole.key, whole.resource) == (
        "reports",
        "q3.csv",
        "arn:aws:s3:::reports/q3.csv",
    )
    assert whole.context["aws:SourceIp"] == "203.0.113.7"
    assert whole.context["aws:Referer"] == "x"
    assert whole.parameters["VersionId"] == "1"
    assert whole.others_in_text == 3


def test_the_place_comes_from_one_of_both() -> None:
    nowhere = read_event({**RECORD, "requestParameters": None})
    assert (completed(nowhere, PASTED).bucket, completed(nowhere, PASTED).key) == ("other", "k")
    bucket = read_event({**RECORD, "requestParameters": {"bucketName": "reports"}})
    assert completed(bucket, PASTED).key is None
    assert completed(bucket, replace(PASTED, bucket="reports")).key == "k"


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
@pytest.mark.parametrize("when", [None, AT])
def test_a_record_at_an_end_of_the_calendar_is_of_no_call(time: str, when: datetime | None) -> None:
    outlying = {**RECORD, "eventTime": time}
    for sought in (Sought(request_id=ID, time=when), Sought(principal=ANA, time=when)):
        assert found(sought, outlying) is None
        assert found(sought, outlying, RECORD) == Match(RECORD, AT, 0)


@pytest.mark.parametrize("year", [1970, 9998])
def test_a_record_is_compared_with_moments_however_far_away(year: int) -> None:
    far = AT.replace(year=year)
    for when in (AT.replace(year=1970), AT, AT.replace(year=9998)):
        match = found(Sought(request_id=ID, time=when), {**RECORD, "eventTime": far.isoformat()})
        assert match is not None
        assert match.time == far
