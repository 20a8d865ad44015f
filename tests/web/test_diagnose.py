"""POST /diagnose from outside: its three representations, what goes in, what stays out, and what any nonsense gets."""

import io
import json
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from tests.pointers import resolves
from tests.web.conftest import A_REQUEST, MakeClient, a_key, bearer
from tests.web.test_simulate import anything, facts, requests
from why403 import logs
from why403.services import Services
from why403.settings import Settings
from why403.web.app import create_app

ERROR = "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"
TOKEN = "FwoGZXIvYXdzEBYaDHRoaXNJc0FTZWNyZXQh0n0tF0rY0uSLuBJsm9KxEXAMPLETOKENpQ2o"
SIGNATURE = "b228dbec8c1008c80c162e1210e4503dceead1e4d4751b4d9787314fd6da4d55"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
URL = (
    "https://reports.s3.eu-west-1.amazonaws.com/2026/q3.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20261123%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261123T100000Z"
    f"&X-Amz-Expires=900&X-Amz-Security-Token={TOKEN}&X-Amz-SignedHeaders=host&X-Amz-Signature={SIGNATURE}"
)
PASTED = f"""$ export AWS_SECRET_ACCESS_KEY={SECRET_KEY}
$ export AWS_SESSION_TOKEN={TOKEN}
$ curl -v '{URL}'
> GET /2026/q3.csv HTTP/1.1
> x-amz-security-token: {TOKEN}
< HTTP/1.1 403 Forbidden
<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>
"""
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JSON, MARKDOWN, HTML = "application/json", "text/markdown; charset=utf-8", "text/html; charset=utf-8"


def test_a_pasted_error_is_answered_with_ranked_causes(client: FlaskClient) -> None:
    answer = client.post("/diagnose", json={"error": ERROR})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["understood"]["action"] == "s3:GetObject"
    assert answer.json["causes"]
    assert answer.json["id"].startswith("d_")


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/*", JSON),
        ("text/markdown", MARKDOWN),
        ("TEXT/Markdown; charset=utf-8", MARKDOWN),
        ("text/html", HTML),
        ("text/*", MARKDOWN),
        (BROWSER, HTML),
        ("text/markdown, */*", MARKDOWN),
        ("text/html, application/json", JSON),
        ("text/markdown;q=0.4, text/html;q=0.5", HTML),
        ("text/html;q=0.1, */*;q=0.9", JSON),
        ("text/*, text/markdown;q=0.2", HTML),
        ("*/*, application/json;q=0", MARKDOWN),
        ("text/html;q=0, text/markdown;q=0", JSON),
        ("image/png", JSON),
        ("text/html;q=much", JSON),
        (",;=,", JSON),
    ],
)
def test_the_preferred_representation_is_answered(client: FlaskClient, accept: str | None, answered: str) -> None:
    headers = {} if accept is None else {"Accept": accept}
    answer = client.post("/diagnose", json={"error": ERROR}, headers=headers)
    assert answer.status_code == 200
    assert answer.content_type == answered
    assert answer.headers["Vary"] == "Accept"


def test_markdown_is_the_explanation_alone(client: FlaskClient) -> None:
    text = client.post("/diagnose", json={"error": ERROR}, headers={"Accept": "text/markdown"}).get_data(as_text=True)
    data = client.post("/diagnose", json={"error": ERROR}).get_json()
    assert text == data["explanation"]["markdown"]


def test_the_page_may_run_and_load_nothing(client: FlaskClient) -> None:
    shown = {
        "error": f"<script>alert(1)</script> {ERROR}",
        "request": {"bucket": "b", "key": "<script>alert(2)</script>"},
    }
    answer = client.post("/diagnose", json=shown, headers={"Accept": "text/html"})
    assert answer.get_data(as_text=True).startswith("<!doctype html>")
    assert "&lt;script&gt;" in answer.get_data(as_text=True)
    assert "<script" not in answer.get_data(as_text=True)
    policy = answer.headers.getlist("Content-Security-Policy")
    assert len(policy) == 1
    assert {"default-src 'none'", "sandbox", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy[0].split("; "))
    assert "script-src" not in policy[0]


@pytest.mark.parametrize("accept", ["application/json", "text/markdown", "text/html"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": PASTED}, 200),
        ({"error": URL}, 200),
        ({"error": f"see {URL}\n{ERROR}", "request": {"principal": "arn:aws:iam::111122223333:user/ana"}}, 200),
        ({"error": PASTED, "collect": True}, 422),
        ({"error": PASTED, "event": {}}, 422),
        ({"error": PASTED, "request": {"operation": "Nonsense"}}, 422),
        ({"error": [PASTED]}, 422),
    ],
    ids=["paste", "url", "url-and-error", "collect", "two", "wrong-hint", "no-text"],
)
def test_no_secret_of_a_paste_reaches_log_or_answer(
    make_client: MakeClient, body: Mapping[str, Any], status: int, accept: str
) -> None:
    stream = io.StringIO()
    logs.configure("debug", stream)
    client = make_client(api_keys=(a_key("ana", "diagnose"),))
    answer = client.post("/diagnose", json=body, headers={**bearer("ana"), "Accept": accept})
    assert answer.status_code == status
    seen = answer.get_data(as_text=True) + str(answer.headers) + stream.getvalue()
    assert not [secret for secret in (TOKEN, SIGNATURE, SECRET_KEY, TOKEN[:20], SIGNATURE[:20]) if secret in seen]
    [line] = map(json.loads, stream.getvalue().splitlines())
    assert line["route"] == "/diagnose"
    assert set(line) == {"event", "level", "timestamp", "id", "method", "route", "status", "ms", "caller"}


def test_a_failure_is_logged_with_its_place_but_not_with_what_was_pasted(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(services: Services, body: Mapping[str, Any]) -> dict[str, Any]:
        raise ValueError(f"cannot make sense of {body['error']}")

    stream = io.StringIO()
    logs.configure("debug", stream)
    monkeypatch.setattr("why403.web.diagnose.diagnose", fail)
    answer = make_client().post("/diagnose", json={"error": f"{ERROR} {TOKEN}"})
    assert answer.status_code == 500
    assert TOKEN not in stream.getvalue() + answer.get_data(as_text=True)
    failed = json.loads(stream.getvalue().splitlines()[0])["failure"]
    assert failed["message"] == "ValueError"
    assert failed["frames"][-1].endswith("fail")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        (None, [""]),
        ("text", [""]),
        ({}, [""]),
        ({"error": None}, ["/error"]),
        ({"error": ""}, ["/error"]),
        ({"error": " \n"}, ["/error"]),
        ({"error": 1}, ["/error"]),
        ({"error": ERROR, "event": {}}, ["/error"]),
        ({"event": []}, ["/event"]),
        ({"event": ERROR}, ["/event"]),
        ({"error": ERROR, "request": []}, ["/request"]),
        ({"error": ERROR, "request": {"context": 1}}, ["/request/context"]),
        ({"error": ERROR, "request": {"evidence": {"nothing": 1}}}, ["/request/evidence/nothing"]),
        ({"error": ERROR, "evidence": 1}, ["/evidence"]),
        ({"error": ERROR, "evidence": {"a/b": 1}}, ["/evidence/a~1b"]),
        ({"error": ERROR, "evidence_is_complete": None}, ["/evidence_is_complete"]),
        ({"error": ERROR, "evidence_is_complete": "true"}, ["/evidence_is_complete"]),
        ({"error": ERROR, "collect": 1}, ["/collect"]),
        ({"error": ERROR, "collect": True}, ["/collect"]),
        ({"error": 1, "evnt": {}, "request": 3}, ["/error", "/evnt", "/request"]),
    ],
)
def test_a_wrong_member_is_422_with_its_pointer(client: FlaskClient, body: Any, pointers: list[str]) -> None:
    answer = client.post("/diagnose", data=orjson.dumps(body), content_type=JSON, headers={"Accept": "text/html"})
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert sorted(error["pointer"] for error in answer.json["errors"]) == pointers


def test_null_is_the_same_as_not_given(client: FlaskClient) -> None:
    body = {"error": ERROR, "event": None, "request": None, "evidence": None}
    assert client.post("/diagnose", json=body).status_code == 200


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", JSON, 400),
        (b'{"error": ' + b"[" * 64 + b"]" * 64 + b"}", JSON, 400),
        (b" " * 1001, JSON, 413),
        (ERROR.encode(), "text/plain", 415),
    ],
)
def test_bodies_have_the_bounds_of_all_bodies(
    make_client: MakeClient, data: bytes, content_type: str, status: int
) -> None:
    client = make_client(max_body_bytes=1000)
    assert client.post("/diagnose", data=data, content_type=content_type).status_code == status


def test_decisions_are_counted_by_what_they_were(client: FlaskClient) -> None:
    client.post("/diagnose", json={"error": ERROR})
    client.post("/diagnose", json={"request": A_REQUEST}, headers={"Accept": "text/markdown"})
    client.post("/diagnose", json={"error": 1})
    text = client.get("/metrics").get_data(as_text=True)
    assert 'why403_decisions_total{decision="unknown",endpoint="diagnose"} 1.0' in text
    assert 'why403_decisions_total{decision="denied",endpoint="diagnose"} 1.0' in text


pieces = st.sampled_from(
    [
        ERROR,
        URL,
        PASTED,
        "User: arn:aws:sts::111122223333:assumed-role/app/i is not authorized to perform: s3:PutObject on resource: ",
        '"arn:aws:s3:::reports/2026/q3.csv" with an explicit deny in a service control policy',
        "<Error><Code>ExpiredToken</Code><Message>",
        "</Message></Error>",
        '{"eventName": "GetObject", "errorCode": "AccessDenied", "userIdentity": {',
        "arn:aws:s3:::",
        "s3://",
        "HTTP/1.1 403 Forbidden\r\n",
        "botocore.exceptions.ClientError: ",
        "\x00\x1b[31m",
        "}}]",
    ]
)
texts = st.lists(pieces | st.text(max_size=12), max_size=6).map("".join)
records: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(
        [
            "detail",
            "detail-type",
            "Records",
            "eventName",
            "eventSource",
            "eventTime",
            "errorCode",
            "errorMessage",
            "userIdentity",
            "requestParameters",
            "additionalEventData",
            "resources",
            "sourceIPAddress",
            "vpcEndpointId",
            "type",
            "arn",
            "bucketName",
        ]
    ),
    st.deferred(lambda: records | texts | anything | st.lists(records, max_size=2)),
    max_size=5,
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "error": texts | records.map(lambda record: orjson.dumps(record).decode()),
        "event": records,
        "request": requests | anything,
        "evidence": facts | anything,
        "evidence_is_complete": st.booleans() | anything,
        "collect": st.just(value=False) | anything,
    },
)
one_of = st.one_of(
    st.builds(lambda text: {"error": text}, texts),
    st.builds(lambda record: {"event": record}, records),
    st.builds(lambda text, hints: {"error": text, "request": hints}, texts, requests),
    st.builds(lambda hints, held: {"request": hints, "evidence": held}, requests, facts),
)


@example(body={"error": "\x00"}, accept="text/html")
@given(body=one_of | bodies | anything, accept=st.sampled_from(["application/json", "text/markdown", "text/html"]))
def test_nonsense_is_answered_and_never_an_error_of_ours(services: Services, body: Any, accept: str) -> None:
    client = create_app(Settings(), services).test_client()
    answer = client.post("/diagnose", data=orjson.dumps(body), content_type=JSON, headers={"Accept": accept})
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert answer.json is not None
        assert all(resolves(error["pointer"], body) for error in answer.json["errors"])


@given(accept=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"])) | st.text("atexhml/*;q=0.1, "))
def test_any_accept_header_is_understood_or_passed_over(services: Services, accept: str) -> None:
    client = create_app(Settings(), services).test_client()
    answer = client.post("/diagnose", json={"error": ERROR}, headers={"Accept": accept})
    assert answer.status_code == 200
