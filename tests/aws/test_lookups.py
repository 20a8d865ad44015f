"""Records of refused calls looked up through the real reader: what is sent, and what AWS's errors come to."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.aws.faking import HOME, Answers, Reply, Sent, a_reader
from tests.report.test_clues import ANA, ID, RECORD
from why403.aws import Access, connect
from why403.bootstrap import build
from why403.gathering import Desk, Reader
from why403.services import Services
from why403.usecases.clues import READS
from why403.usecases.diagnose import diagnose

BODY = {"request_id": ID, "log_group": "trail", "collect": False}
AN_EVENT = {"message": json.dumps(RECORD), "timestamp": 1_795_428_000_000, "logStreamName": "s", "eventId": "1"}


@cache
def built() -> Services:
    return build()


def answered(reader: Reader | None, body: dict[str, Any]) -> dict[str, Any]:
    assert reader is not None
    desk = Desk(reader)
    try:
        return diagnose(replace(built(), aws=desk), body)
    finally:
        desk.close()


def looked_up(answers: Answers, body: dict[str, Any]) -> tuple[dict[str, Any], list[Sent]]:
    reader, wire = a_reader(answers)
    return answered(reader, body), [sent for sent in wire.sent if sent.action != "GetCallerIdentity"]


def test_the_calls_are_reads_that_botocore_knows() -> None:
    reader, _ = a_reader(lambda _: Reply())
    reader.check(READS)


def test_a_log_group_is_filtered_page_by_page() -> None:
    def answers(sent: Sent) -> Reply:
        more = "nextToken" in json.loads(sent.body)
        return Reply(body=json.dumps({"events": [AN_EVENT] if more else [], **({} if more else {"nextToken": "1"})}))

    answer, sent = looked_up(answers, BODY)
    assert (answer["lookup"]["found"], answer["understood"]["principal"]) == (True, ANA)
    asked = json.loads(sent[0].body)
    assert sent[0].headers["X-Amz-Target"].endswith("FilterLogEvents")
    assert (asked["logGroupName"], asked["filterPattern"]) == ("trail", f'{{ ($.requestID = "{ID}") }}')


def test_an_arn_names_the_region_that_is_asked() -> None:
    group = f"arn:aws:logs:eu-central-1:{HOME}:log-group:trail"
    _, sent = looked_up(lambda _: Reply(body='{"events": []}'), {**BODY, "log_group": group})
    assert {each.host for each in sent} == {"logs.eu-central-1.amazonaws.com"}


def test_the_event_history_is_asked_in_the_region_of_the_call() -> None:
    record = {**RECORD, "eventName": "GetBucketPolicy", "requestParameters": {"bucketName": "reports"}}
    event = {"EventName": "GetBucketPolicy", "CloudTrailEvent": json.dumps(record)}
    hints = {"principal": f"arn:aws:iam::{HOME}:user/ana", "operation": "GetBucketPolicy", "bucket": "reports"}
    body = {"recent": True, "collect": False, "request": {**hints, "time": RECORD["eventTime"]}}
    answer, [sent] = looked_up(lambda _: Reply(body=json.dumps({"Events": [event]})), body)
    assert (answer["lookup"]["where"], answer["lookup"]["by"]) == ("event_history", "likeness")
    assert sent.host == "cloudtrail.us-east-1.amazonaws.com"


FAULTS = {
    "AccessDeniedException": "the service lacks logs:FilterLogEvents",
    "ThrottlingException": "was throttled",
    "ResourceNotFoundException": "there is no log group `trail`",
    "InvalidParameterException": "InvalidParameterException",
    "ServiceUnavailableException": "failure of AWS's own",
}


@pytest.mark.parametrize(("code", "because"), FAULTS.items(), ids=FAULTS)
def test_an_error_of_aws_is_said_and_nothing_breaks(code: str, because: str) -> None:
    answer, _ = looked_up(lambda _: Reply(400, json.dumps({"__type": code, "message": "hunter2"})), BODY)
    assert answer["lookup"]["found"] is False
    assert because in answer["lookup"]["because"]
    assert "hunter2" not in json.dumps(answer)


@pytest.mark.parametrize(
    "reply", [Reply(body="<html>"), Reply(500, "{"), Reply(body="[]"), Reply(body='{"events": 7}')]
)
def test_nonsense_is_said_and_nothing_breaks(reply: Reply) -> None:
    answer, _ = looked_up(lambda _: reply, BODY)
    assert answer["lookup"]["found"] is False


@pytest.fixture
def trail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        logs = boto3.client("logs", region_name="us-east-1")
        logs.create_log_group(logGroupName="trail")
        logs.create_log_stream(logGroupName="trail", logStreamName="s")
        yield logs


def test_a_record_is_found_among_others_that_moto_keeps(trail: Any) -> None:
    now = datetime.now(UTC)
    records = [{**RECORD, "requestID": each, "eventTime": now.isoformat()} for each in ("0000000000000000", ID)]
    at = round(now.timestamp() * 1000)
    events = [{"timestamp": at, "message": json.dumps(each)} for each in records]
    trail.put_log_events(logGroupName="trail", logStreamName="s", logEvents=events)
    answer = answered(connect("auto", Access()), BODY)
    assert (answer["lookup"]["found"], answer["understood"]["request_id"]) == (True, ID)


def test_a_log_group_that_moto_does_not_have_is_said(trail: Any) -> None:
    answer = answered(connect("auto", Access()), {**BODY, "log_group": "other"})
    assert "there is no log group `other`" in answer["lookup"]["because"]
