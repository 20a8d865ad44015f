"""POST /diagnose with a call to be looked up: over HTTP, as JSON, text and page, and with nonsense."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.report.test_clues import ANA, ID, RECORD
from tests.usecases.test_clues import GROUP, NOW, Aws
from why403 import Found
from why403.gathering import Desk
from why403.services import Services
from why403.settings import Settings
from why403.usecases import clues
from why403.web.app import create_app

BODY = {"request_id": ID, "log_group": GROUP, "collect": False}


@pytest.fixture
def reading(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """Return a client of a service that reads a log group."""
    monkeypatch.setattr(clues, "_now", lambda: NOW)
    desk = Desk(Aws(RECORD))
    yield create_app(Settings(), replace(services, aws=desk)).test_client()
    desk.close()


def test_a_record_is_found_and_explained(reading: FlaskClient) -> None:
    answer = reading.post("/diagnose", json=BODY)
    assert answer.status_code == 200
    assert answer.get_json()["lookup"]["found"] is True
    assert answer.get_json()["understood"]["source"] == "cloudtrail"


@pytest.mark.parametrize("media_type", ["text/markdown", "text/html"])
def test_that_none_was_found_is_in_every_form_of_the_answer(reading: FlaskClient, media_type: str) -> None:
    body = {**BODY, "request_id": "0000000000000000"}
    answer = reading.post("/diagnose", json=body, headers={"Accept": media_type})
    assert answer.status_code == 200
    assert "no record of the call was found" in answer.text


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("request_id", 7),
        ("request_id", "a b"),
        ("log_group", {}),
        ("log_group", '"'),
        ("recent", "yes"),
        ("recent", None),
    ],
)
def test_nonsense_is_refused_where_it_stands(reading: FlaskClient, member: str, value: Any) -> None:
    answer = reading.post("/diagnose", json={"error": "Access Denied", member: value})
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.get_json()["errors"]] == [f"/{member}"]


def test_a_service_that_reads_nothing_refuses(client: FlaskClient) -> None:
    answer = client.post("/diagnose", json=BODY)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/request_id"


HALF = "\ud800"
HALVES: dict[str, dict[str, Any]] = {
    "the key": {"requestParameters": {"bucketName": "reports", "key": f"q3{HALF}.csv"}},
    "the bucket": {"requestParameters": {"bucketName": f"reports{HALF}", "key": "q3.csv"}},
    "the name of a parameter": {"requestParameters": {"bucketName": "reports", "key": "q3.csv", HALF: HALF}},
    "a list": {"requestParameters": {"bucketName": "reports", "key": "q3.csv", "versionId": [[HALF]]}},
    "the operation": {"eventName": f"GetObject{HALF}"},
    "the service": {"eventSource": f"s3{HALF}"},
    "the caller": {"userIdentity": {"type": "IAMUser", "arn": f"{ANA}{HALF}"}},
    "the message": {"errorMessage": f"Access Denied {HALF}"},
}


@pytest.mark.parametrize("changed", HALVES.values(), ids=HALVES)
def test_half_a_surrogate_pair_in_a_record_is_answered(
    services: Services, client: FlaskClient, changed: Mapping[str, Any]
) -> None:
    record = json.dumps({**RECORD, **changed})
    event = {"Events": [{"CloudTrailEvent": record}]}
    for body in ({"error": record}, {"event": event}):
        assert client.post("/diagnose", json=body).status_code == 200
    desk = Desk(Aws(record, fails=lambda _: Found({"events": [{"message": record}]})))
    answer = create_app(Settings(), replace(services, aws=desk)).test_client().post("/diagnose", json=BODY)
    desk.close()
    assert answer.status_code == 200
    assert answer.get_json()["understood"]["request_id"] == (None if "eventSource" in changed else ID)


def test_what_is_half_a_character_is_told_as_none(client: FlaskClient) -> None:
    answer = client.post("/diagnose", json={"error": json.dumps({**RECORD, **HALVES["the key"]})}).get_json()
    assert answer["understood"]["resource"] == "arn:aws:s3:::reports/q3\ufffd.csv"


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "9998-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_record_of_any_time_is_answered(services: Services, time: str) -> None:
    record = json.dumps({**RECORD, "eventTime": time})
    desk = Desk(Aws(fails=lambda _: Found({"events": [{"message": record}]})))
    body = {**BODY, "request": {"time": "2026-11-23T10:00:00Z"}}
    answer = create_app(Settings(), replace(services, aws=desk)).test_client().post("/diagnose", json=body)
    desk.close()
    assert answer.status_code == 200
    assert answer.get_json()["lookup"]["found"] is time.startswith("9998")
