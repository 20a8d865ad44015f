"""A fault points at something that is there, whatever is broken, and wherever: RFC 6901."""

import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import Case, answer, generated, of_folder
from tests.intake.mutations import EVIDENCE, POLICY, REQUESTS
from tests.pointers import resolves
from why403.bootstrap import build
from why403.domain.errors import Fault, InvalidInput
from why403.intake.evidence import observed
from why403.settings import Settings
from why403.web.app import create_app

Json = Any
SERVICES = build()
APP = create_app(Settings(), SERVICES)
ERROR = "An error occurred (AccessDenied) when calling the CopyObject operation: Access Denied"
EVENT = {
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "errorCode": "AccessDenied",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ana", "accountId": "111122223333"},
    "requestParameters": {"bucketName": "reports", "key": "q3.csv"},
}
VALID: list[tuple[str, Json]] = [
    *(("/simulate", {"requests": [request], "evidence": EVIDENCE}) for request in REQUESTS),
    ("/simulate", {"requests": REQUESTS[:2], "evidence": {}, "edits": EVIDENCE, "detail": "decision"}),
    ("/simulate", {"requests": [{**REQUESTS[0], "evidence": EVIDENCE}], "evidence_is_complete": True}),
    ("/diagnose", {"error": ERROR, "request": {"bucket": "reports", "key": "k"}, "evidence": EVIDENCE}),
    ("/diagnose", {"event": EVENT, "request": {"parameters": {"VersionId": "v"}, "evidence": EVIDENCE}}),
    *(("/diagnose", {"request": request, "evidence_is_complete": True}) for request in REQUESTS),
]
# A wrong type for whatever stands there.
WRONG: list[Json] = [None, True, 5, "", "x", [], {}, [5], {"x": 5}, {"document": {}}, json.dumps({"Statement": [{}]})]

Path = tuple[str | int, ...]


def places(value: Json, at: Path = ()) -> Iterator[Path]:
    """Yield the path of every element below the root."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, held in pairs:
        yield (*at, name)
        yield from places(held, (*at, name))


def without(value: Json, path: Path) -> Json:
    """Return a copy that lacks one element."""
    copy = json.loads(json.dumps(value))
    held = copy
    for name in path[:-1]:
        held = held[name]
    del held[path[-1]]
    return copy


def replaced(value: Json, path: Path, new: Json) -> Json:
    """Return a copy with one element replaced."""
    copy = json.loads(json.dumps(value))
    held = copy
    for name in path[:-1]:
        held = held[name]
    held[path[-1]] = new
    return copy


def refused(client: FlaskClient, path: str, body: Json) -> list[dict[str, str]]:
    """Return the errors of an answer, each with a pointer that resolves in the body; none if it is 200."""
    answer = client.post(path, data=orjson.dumps(body), content_type="application/json")
    assert answer.status_code in {200, 422}
    found = answer.json["errors"] if answer.status_code == 422 and answer.json else []
    assert bool(found) is (answer.status_code == 422)
    for error in found:
        assert resolves(error["pointer"], body), (error, body)
        assert error["message"]
    return list(found)


@pytest.mark.parametrize(("path", "body"), VALID, ids=map(str, range(len(VALID))))
def test_what_is_broken_below_is_valid(path: str, body: Json) -> None:
    assert refused(APP.test_client(), path, body) == []


@pytest.mark.parametrize("name", sorted(EVIDENCE))
def test_whatever_is_missing_or_of_a_wrong_type_in_a_fact_the_pointer_resolves(name: str) -> None:
    body = {"requests": [REQUESTS[0]], "evidence": {name: EVIDENCE[name]}}
    wrong = 0
    for path in places(body["evidence"]):
        for changed in (without(body["evidence"], path), *(replaced(body["evidence"], path, new) for new in WRONG)):
            wrong += bool(refused(APP.test_client(), "/simulate", {**body, "evidence": changed}))
    assert wrong


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: each.get("operation") or each["action"])
def test_whatever_is_missing_or_of_a_wrong_type_in_a_request_the_pointer_resolves(request_: Json) -> None:
    plain = {name: held for name, held in request_.items() if name != "evidence"}
    wrong = 0
    for path in places(plain):
        for changed in (without(plain, path), *(replaced(plain, path, new) for new in WRONG)):
            wrong += bool(refused(APP.test_client(), "/simulate", {"requests": [changed]}))
            refused(APP.test_client(), "/diagnose", {"error": ERROR, "request": changed})
    assert wrong


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, Json]:
    """Return a path of the service and a body for it, broken in up to four places."""
    path, body = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 4))):
        found = sorted(places(body), key=str)
        if not found:
            break
        at: Path = draw(st.sampled_from(found))
        removed: bool = draw(st.booleans())
        body = without(body, at) if removed else replaced(body, at, draw(st.sampled_from(WRONG)))
    return path, body


@given(sent=broken())
def test_whatever_is_broken_the_pointers_resolve(sent: tuple[str, Json]) -> None:
    refused(APP.test_client(), *sent)


@given(data=st.data())
def test_a_loader_points_at_its_value_or_into_a_text(data: st.DataObject) -> None:
    value = {name: EVIDENCE[name] for name in data.draw(st.lists(st.sampled_from(sorted(EVIDENCE)), min_size=1))}
    at = data.draw(st.sampled_from(sorted(places(value), key=str)))
    wrong = without(value, at) if data.draw(st.booleans()) else replaced(value, at, data.draw(st.sampled_from(WRONG)))
    try:
        observed(wrong, SERVICES.registry.facts)
    except InvalidInput as error:
        for fault in error.faults:
            assert resolves(fault.pointer, wrong, into_text=True), fault


@pytest.mark.parametrize(
    ("path", "body", "pointer", "message"),
    [
        ("/simulate", {}, "", "`requests`: is missing"),
        ("/simulate", {"evidence": {"bucket.policy": {}}, "requests": [{}]}, "/evidence/bucket.policy", "`Statement`"),
        ("/simulate", {"requests": [{"action": "s3:GetObject", "resource": "*"}]}, "/requests/0", "`principal`: must"),
        (
            "/simulate",
            {"requests": [{"principal": "anonymous", "operation": "CopyObject", "bucket": "b", "key": "k"}]},
            "/requests/0",
            "`parameters/CopySource`: is missing; `CopyObject` needs it",
        ),
        (
            "/simulate",
            {"requests": [{"principal": "anonymous", "operation": "GetObject", "bucket": "b"}]},
            "/requests/0",
            "`resource`: `GetObject` is about an object, which `arn:aws:s3:::b` is not",
        ),
        (
            "/simulate",
            {"requests": [REQUESTS[0]], "edits": {"principal.boundary": json.dumps({"Statement": [{"Effect": 1}]})}},
            "/edits/principal.boundary",
            "`Statement/0/Effect`: `Effect` must be `Allow` or `Deny`",
        ),
        ("/diagnose", {}, "", "a diagnosis needs one of `error`, `event` and `request`"),
        (
            "/diagnose",
            {"error": "x", "request": {"evidence_is_complete": 1}},
            "/request/evidence_is_complete",
            "must be true or false",
        ),
    ],
)
def test_what_is_missing_is_a_fault_of_where_it_is_missing(path: str, body: Json, pointer: str, message: str) -> None:
    first, *_ = refused(APP.test_client(), path, body)
    assert first["pointer"] == pointer
    assert message in first["message"]


@pytest.mark.parametrize(
    ("pointer", "root", "cut", "message"),
    [
        ("", {}, "", "m"),
        ("/a", {"a": None}, "/a", "m"),
        ("/a/b", {"a": None}, "/a", "`b`: m"),
        ("/a/b/c", {}, "", "`a/b/c`: m"),
        ("/a~1b/m~0n", {"a/b": {"m~n": 1}}, "/a~1b/m~0n", "m"),
        ("/a~1b/m~0n", {"a/b": {}}, "/a~1b", "`m~n`: m"),
        ("/~01", {"~1": 1, "/": 2}, "/~01", "m"),
        ("/l/1/x", {"l": [0, {"x": 1}]}, "/l/1/x", "m"),
        ("/l/2", {"l": [0, 1]}, "/l", "`2`: m"),
        ("/l/01", {"l": [0, 1]}, "/l", "`01`: m"),
        ("/l/-1", {"l": [0, 1]}, "/l", "`-1`: m"),
        ("/l/-", {"l": [0, 1]}, "/l", "`-`: m"),
        ("/l/\N{ARABIC-INDIC DIGIT ONE}", {"l": [0, 1]}, "/l", "`\N{ARABIC-INDIC DIGIT ONE}`: m"),
        ("/l/" + "9" * 5000, {"l": [0]}, "/l", f"`{'9' * 5000}`: m"),
        ("/t/x", {"t": '{"x": 1}'}, "/t", "`x`: m"),
        ("/", {"": 1}, "/", "m"),
        ("/", {}, "", "``: m"),
        ("no pointer", {"no pointer": 1}, "", "m"),
    ],
)
def test_a_pointer_is_cut_to_what_is_there(pointer: str, root: Json, cut: str, message: str) -> None:
    assert Fault(pointer, "m").within(root) == Fault(cut, message)
    assert resolves(cut, root)


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", True),
        ("/a/b", True),
        ("/a/missing", False),
        ("/a/b/0", True),
        ("/a/b/1", False),
        ("/a/b/00", False),
        ("/a/b/0/x", False),
        ("/a~1b", True),
        ("/a~2b", False),
        ("/t/x", False),
        ("a", False),
    ],
)
def test_a_pointer_resolves_only_to_what_is_there(pointer: str, expected: bool) -> None:
    assert resolves(pointer, {"a": {"b": [1]}, "t": '{"x": 1}', "a/b": 1, "a~2b": 1}) is expected


def test_a_pointer_may_enter_a_text_where_that_is_asked_for() -> None:
    assert resolves("/t/Statement/0", {"t": json.dumps(POLICY)}, into_text=True)
    assert not resolves("/t/Statement/2", {"t": json.dumps(POLICY)}, into_text=True)


def cited(decision: Json) -> Iterator[tuple[str, str]]:
    """Yield fact and pointer of whatever a decision cites or warns of."""
    for said in (*decision["blockers"], *decision["passed"], *decision["doubts"]):
        yield from ((each["fact"], each["pointer"] or "") for each in said.get("citations", ()))
    yield from ((each["fact"], each["pointer"]) for each in decision["warnings"])


CASES = [*of_folder("decision_table"), *of_folder("own_cases"), *generated()[::20]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_a_decision_cites_is_there(case: Case) -> None:
    evidence = case.request["evidence"]
    for fact, pointer in cited(answer(case.request)):
        values = [evidence[name] for name in (fact, f"source.{fact}") if name in evidence]
        assert pointer == "" or any(resolves(pointer, value, into_text=True) for value in values), (fact, pointer)
