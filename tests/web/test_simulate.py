"""POST /simulate from outside: what goes in, what comes out, and what any nonsense gets."""

from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from tests.pointers import resolves
from tests.web.conftest import A_REQUEST, MakeClient
from why403.services import Services
from why403.settings import Settings
from why403.web.app import create_app

SHORT = {"decision", "kind", "layer", "certainty"}
ALLOWING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def test_every_request_is_answered_in_order(client: FlaskClient) -> None:
    allowed = {**A_REQUEST, "evidence": {"principal.policies": [ALLOWING]}}
    answer = client.post("/simulate", json={"requests": [A_REQUEST, allowed, A_REQUEST]})
    assert answer.status_code == 200
    assert answer.json is not None
    assert [result["decision"] for result in answer.json["results"]] == ["denied", "allowed", "denied"]


def test_edits_are_answered_with_before_and_after(client: FlaskClient) -> None:
    body = {"requests": [A_REQUEST], "edits": {"principal.policies": [ALLOWING]}, "detail": "decision"}
    answer = client.post("/simulate", json=body)
    assert answer.json is not None
    [result] = answer.json["results"]
    assert set(result["before"]) == set(result["after"]) == SHORT
    assert (result["before"]["decision"], result["after"]["decision"], result["changed"]) == ("denied", "allowed", True)


@pytest.mark.parametrize("name", ["evidence", "edits"])
def test_facts_that_are_null_are_not_given(client: FlaskClient, name: str) -> None:
    plain = client.post("/simulate", json={"requests": [A_REQUEST]})
    null = client.post("/simulate", json={"requests": [A_REQUEST], name: None})
    assert null.status_code == 200
    assert null.json == plain.json


def test_edits_that_are_empty_are_given(client: FlaskClient) -> None:
    answer = client.post("/simulate", json={"requests": [A_REQUEST], "edits": {}})
    assert answer.json is not None
    assert answer.json["results"][0]["changed"] is False


def test_the_evidence_of_a_request_may_be_null(client: FlaskClient) -> None:
    shared = {"principal.policies": [ALLOWING]}
    body = {"requests": [{**A_REQUEST, "evidence": None}], "evidence": shared}
    answer = client.post("/simulate", json=body)
    assert answer.json is not None
    assert answer.json["results"][0]["decision"] == "allowed"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        (None, [""]),
        ("text", [""]),
        (3, [""]),
        ({}, [""]),
        ({"requests": None}, ["/requests"]),
        ({"requests": {}}, ["/requests"]),
        ({"requests": []}, ["/requests"]),
        ({"requests": [A_REQUEST, 1, [], None]}, ["/requests/1", "/requests/2", "/requests/3"]),
        ({"requests": [A_REQUEST], "evidence": []}, ["/evidence"]),
        ({"requests": [A_REQUEST], "edits": 1}, ["/edits"]),
        ({"requests": [A_REQUEST], "evidence_is_complete": "true"}, ["/evidence_is_complete"]),
        ({"requests": [A_REQUEST], "evidence_is_complete": 1}, ["/evidence_is_complete"]),
        ({"requests": [A_REQUEST], "evidence_is_complete": None}, ["/evidence_is_complete"]),
        ({"requests": [A_REQUEST], "collect": 0}, ["/collect"]),
        ({"requests": [A_REQUEST], "detail": "all"}, ["/detail"]),
        ({"requests": [A_REQUEST], "detail": ["decision"]}, ["/detail"]),
        ({"requests": [A_REQUEST], "detail": None}, ["/detail"]),
        ({"requests": [A_REQUEST], "edit": {}, "a/b~c": 1}, ["/a~1b~0c", "/edit"]),
    ],
)
def test_a_wrong_member_is_422_with_its_pointer(client: FlaskClient, body: Any, pointers: list[str]) -> None:
    answer = client.post("/simulate", data=orjson.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert answer.json is not None
    assert sorted(error["pointer"] for error in answer.json["errors"]) == pointers


def test_pointers_of_the_core_are_seen_from_the_root_of_the_body(client: FlaskClient) -> None:
    wrong = {**A_REQUEST, "context": "not a mapping"}
    answer = client.post("/simulate", json={"requests": [A_REQUEST, wrong]})
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["pointer"] for error in answer.json["errors"]] == ["/requests/1/context"]


def test_at_most_a_hundred_faults_are_listed(client: FlaskClient) -> None:
    answer = client.post("/simulate", json={"requests": [1] * 500})
    assert answer.json is not None
    assert len(answer.json["errors"]) == 100
    assert answer.json["detail"] == "/requests/0: must be an object (and 499 more)"


def test_more_requests_than_the_settings_allow_are_refused(make_client: MakeClient) -> None:
    client = make_client(max_requests_per_body=2)
    assert client.post("/simulate", json={"requests": [A_REQUEST] * 2}).status_code == 200
    answer = client.post("/simulate", json={"requests": [A_REQUEST] * 3})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"] == [{"pointer": "/requests", "message": "holds 3 requests; 2 are accepted"}]


def test_decisions_are_counted_by_what_they_were(client: FlaskClient) -> None:
    client.post("/simulate", json={"requests": [A_REQUEST] * 3})
    client.post("/simulate", json={"requests": [A_REQUEST], "edits": {"principal.policies": [ALLOWING]}})
    text = client.get("/metrics").get_data(as_text=True)
    assert 'why403_decisions_total{decision="denied",endpoint="simulate"} 4.0' in text
    assert 'why403_decisions_total{decision="allowed",endpoint="simulate"} 1.0' in text


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
a_statement = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(["Allow", "s3:*", "*", "arn:aws:s3:::reports/*"]) | anything
        for name in ("Effect", "Action", "NotAction", "Resource", "Principal", "Condition", "Sid")
    },
)
a_policy = st.fixed_dictionaries({"Statement": st.lists(a_statement, max_size=2)}) | anything
facts = st.dictionaries(
    st.sampled_from(
        ["principal.policies", "bucket.policy", "bucket.owner", "bucket.acl", "organization.scps", "nothing"]
    ),
    a_policy | st.lists(a_policy, max_size=2),
    max_size=3,
)
requests = st.fixed_dictionaries(
    {},
    optional={
        "principal": st.sampled_from(["anonymous", "arn:aws:iam::111122223333:user/ana"]) | anything,
        "operation": st.sampled_from(["GetObject", "CopyObject", "DeleteObjects"]) | anything,
        "action": st.just("s3:GetObject") | anything,
        "resource": st.sampled_from(["*", "arn:aws:s3:::reports/a"]) | anything,
        "bucket": st.text(max_size=6) | anything,
        "key": st.text(max_size=6) | anything,
        "parameters": st.dictionaries(st.sampled_from(["ACL", "CopySource", "Delete", "Tagging", "x"]), anything)
        | anything,
        "context": st.dictionaries(st.sampled_from(["aws:SourceIp", "AWS:sourceip", "x"]), anything) | anything,
        "presigned": anything,
        "time": anything,
        "evidence": facts | anything,
        "evidence_is_complete": st.booleans() | anything,
        "context_is_complete": st.booleans() | anything,
    },
)
bodies = st.fixed_dictionaries(
    {"requests": st.lists(requests | anything, max_size=2)},
    optional={"evidence": facts | anything, "edits": facts | anything, "detail": st.just("decision") | anything},
)


@example(body={"requests": [{"principal": "anonymous", "action": "s3:GetObject", "resource": "*"}]})
@given(body=bodies | anything)
def test_nonsense_is_answered_and_never_an_error_of_ours(services: Services, body: Any) -> None:
    client = create_app(Settings(), services).test_client()
    answer = client.post("/simulate", data=orjson.dumps(body), content_type="application/json")
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert answer.json is not None
        assert all(resolves(error["pointer"], body) for error in answer.json["errors"])


@given(data=st.binary(max_size=60) | st.text(alphabet='[]{}":,\\ 01e-"requests', max_size=60).map(str.encode))
def test_bytes_of_any_kind_are_400_or_422(services: Services, data: bytes) -> None:
    client = create_app(Settings(), services).test_client()
    assert client.post("/simulate", data=data, content_type="application/json").status_code in {400, 422}
