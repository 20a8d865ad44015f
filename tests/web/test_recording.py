"""What every answer carries, and what it leaves in log and metrics."""

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import MakeClient, a_key, bearer
from why403 import logs

SECRETS = ("hidden-bucket", "HiddenSid", "secret of ana", "hidden=1", "hidden-path")


@pytest.fixture
def stream() -> io.StringIO:
    """Return what is logged from now on."""
    stream = io.StringIO()
    logs.configure("debug", stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return the log as the objects it is made of."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "path", ["/healthz", "/layers", "/docs", "/docs/docs.js", "/openapi.yaml", "/metrics", "/nowhere"]
)
def test_every_answer_carries_protective_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("sent", ["a", "6f3c-00.ab_9", "x" * 64])
def test_a_sane_request_id_comes_back(client: FlaskClient, sent: str) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", ["", " ", "x" * 65, "a b", "a;b", "<script>", "\xe9", 'a"b'])
def test_any_other_request_id_is_replaced(client: FlaskClient, sent: str) -> None:
    given = client.get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"]
    assert given != sent
    assert len(given) == 16
    assert set(given) <= set("0123456789abcdef")


def test_one_line_a_request_says_who_and_how_long(make_client: MakeClient, stream: io.StringIO) -> None:
    client = make_client(api_keys=(a_key("ana", "metrics"),))
    answer = client.get("/metrics", headers={**bearer("ana"), "X-Request-Id": "r1"})
    [line] = lines(stream)
    assert answer.status_code == 200
    assert isinstance(line.pop("ms"), float)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "id": "r1",
        "method": "GET",
        "route": "/metrics",
        "status": 200,
        "caller": "ana",
    }


def test_nothing_that_a_caller_sends_is_logged(make_client: MakeClient, stream: io.StringIO) -> None:
    client = make_client(api_keys=(a_key("ana", "simulate"),))
    statement = {"Sid": "HiddenSid", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::hidden-bucket/*"}
    asked = {
        "principal": "arn:aws:iam::111122223333:user/ana",
        "operation": "GetObject",
        "resource": "arn:aws:s3:::hidden-bucket/a",
        "evidence": {"principal.policies": [{"Version": "2012-10-17", "Statement": [statement]}]},
    }
    client.post("/simulate?hidden=1", json={"requests": [asked]}, headers=bearer("ana"))
    client.post("/simulate", json={"requests": [{**asked, "operation": "hidden-bucket"}]}, headers=bearer("ana"))
    client.get("/hidden-path/x?hidden=1", headers=bearer("ana"))
    client.get("/layers", headers={"Authorization": "Bearer hidden=1"})
    assert len(lines(stream)) == 4
    assert not [secret for secret in SECRETS if secret in stream.getvalue()]


def test_unmatched_paths_and_odd_methods_share_one_time_series(client: FlaskClient) -> None:
    for number in range(20):
        client.open(f"/nowhere/{number}", method=f"M{number}")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'why403_http_requests_total{method="other",route="unmatched",status="404"} 20.0' in text
    assert "M1" not in text


def test_a_failure_is_logged_without_source_or_variables(stream: io.StringIO) -> None:
    def fail() -> None:
        hidden = "x" * 1000 + "hidden"
        raise ValueError(hidden)

    with pytest.raises(ValueError, match="x") as raised:
        fail()
    event = logs.failure(None, "error", {"event": "failed", "exc_info": raised.value})
    assert len(event["failure"]["message"]) == 300
    assert event["failure"]["frames"][-1].endswith("fail")
    assert "hidden" not in json.dumps(event)
