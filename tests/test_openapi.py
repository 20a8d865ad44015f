"""openapi.yaml is valid, complete, and what the service does."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import Schema
from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIResponse
from openapi_core.testing import MockRequest
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.test import TestResponse

from tests.cases import from_yaml
from tests.openapi_examples import ANSWERS, JSON, PATHS, PLACE, PROBLEM, asked, rewritten
from tests.usecases.test_collecting import ASKED as COLLECTED
from tests.usecases.test_collecting import EVERYTHING, PASTED
from why403 import Found, Read
from why403.bootstrap import build
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.settings import SCOPES, ApiKey, Settings
from why403.store import open_store
from why403.usecases.preflight import WHO
from why403.usecases.simulator import PRINCIPAL
from why403.web.access import PUBLIC, SCOPE_OF
from why403.web.app import create_app
from why403.web.keys import digest_of
from why403.web.schemas import (
    ApplyBody,
    DiagnoseBody,
    RemediateBody,
    RollbackBody,
    SimulateBody,
    VerifyBody,
)

TEXT = PLACE.read_text(encoding="utf-8")
SPECIFICATION: dict[str, Any] = from_yaml(TEXT)
METHODS = {"get", "post", "put", "patch", "delete"}
OPERATIONS = [(path, method) for path, item in SPECIFICATION["paths"].items() for method in sorted(METHODS & set(item))]
TO_MEND = asked(SPECIFICATION, "/remediate")["missing_allow"]
SECRET = "secret of everything"
KEYS = (
    ApiKey(name="everything", scopes=SCOPES, digest=digest_of(SECRET)),
    ApiKey(name="nothing", scopes=frozenset(), digest=digest_of("nothing")),
)
CHANGING = [
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"),
    re.compile(r"[0-9a-f]{16}"),
    re.compile(r"[dp]_[0-9a-f]{16}"),
]


def answers(path: str) -> dict[str, tuple[int, Any]]:
    """Return the answers among the examples of a path by name, each with its status."""
    responses = SPECIFICATION["paths"][path]["post"]["responses"]
    return {
        name: (status, example["value"])
        for status, media_type in ANSWERS
        for name, example in responses[str(status)]["content"][media_type]["examples"].items()
    }


ASKED = {path: asked(SPECIFICATION, path) for path in PATHS}
ANSWERED = {path: answers(path) for path in PATHS}


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(Settings(), build())


@pytest.fixture(scope="module")
def keyed(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('kept')}/store.db")
    services = replace(app.extensions["why403"].services, store=store)
    yield create_app(Settings(api_keys=KEYS, max_body_bytes=100_000), services)
    store.close()


@pytest.fixture(scope="module")
def contract() -> OpenAPI:
    readers: dict[str, Callable[[bytes], Any]] = {
        PROBLEM: json.loads,
        "text/markdown": bytes.decode,
        "application/yaml": from_yaml,
        "text/css": bytes.decode,
        "text/javascript": bytes.decode,
    }
    return OpenAPI.from_dict(SPECIFICATION, Config(extra_media_type_deserializers=readers))


def test_the_description_is_valid() -> None:
    OpenAPIV31SpecValidator(SPECIFICATION).validate()
    assert SPECIFICATION["openapi"].startswith("3.1")


def test_the_description_uses_no_anchors() -> None:
    assert not re.search(r"[:\-] [&*]\w+\s*$", TEXT, re.MULTILINE)


def test_paths_are_routes_and_routes_are_paths(app: Flask) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(OPERATIONS) == routes


def test_what_is_public_is_described_as_public(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        for method in METHODS & {name.lower() for name in rule.methods or ()}:
            operation = SPECIFICATION["paths"][re.sub(r"<(\w+)>", r"{\1}", rule.rule)][method]
            assert (operation.get("security") == []) == (rule.endpoint in PUBLIC)
            if rule.endpoint in SCOPE_OF:
                assert f"`{SCOPE_OF[rule.endpoint]}`" in operation["description"]


def test_every_component_is_used() -> None:
    for kind, components in SPECIFICATION["components"].items():
        for name in components:
            used = f"#/components/{kind}/{name}'" in TEXT
            assert used or kind == "securitySchemes", f"{kind}/{name}"


def referred(described: dict[str, Any]) -> dict[str, Any]:
    """Return a part of the description, or the one that it refers to."""
    found: Any = described
    if "$ref" in described:
        found = SPECIFICATION
        for name in described["$ref"].removeprefix("#/").split("/"):
            found = found[name]
    return dict(found)


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("SimulateBody", SimulateBody),
        ("DiagnoseRequest", DiagnoseBody),
        ("RemediateRequest", RemediateBody),
        ("ApplyRequest", ApplyBody),
        ("RollbackRequest", RollbackBody),
        ("VerifyRequest", VerifyBody),
    ],
)
def test_a_body_has_the_members_and_types_that_its_schema_has(name: str, schema: type[Schema]) -> None:
    spec = APISpec(title="t", version="1", openapi_version="3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.schema(name, schema=schema)
    generated = spec.to_dict()["components"]["schemas"][name]
    ours = SPECIFICATION["components"]["schemas"][name]
    told = {member: referred(held) for member, held in ours["properties"].items()}
    assert set(ours["properties"]) == set(generated["properties"])
    assert ours.get("required") == generated.get("required")
    for member, described in generated["properties"].items():
        if described.get("type", ["null"]) != ["null"]:
            assert told[member]["type"] == described["type"], member
        if "enum" in described:
            assert told[member]["enum"] == described["enum"], member


def test_a_batch_is_as_long_as_the_settings_allow() -> None:
    batch = SPECIFICATION["components"]["schemas"]["SimulateBody"]["properties"]["requests"]
    assert batch["maxItems"] == Settings().max_requests_per_body


def test_every_fact_is_described(app: Flask) -> None:
    facts = app.extensions["why403"].services.registry.facts
    assert set(facts) <= set(SPECIFICATION["components"]["schemas"]["Evidence"]["properties"])


@pytest.mark.parametrize("path", PATHS)
def test_every_example_has_its_answer(path: str) -> None:
    assert set(ASKED[path]) == set(ANSWERED[path])
    assert {status for status, _ in ANSWERED[path].values()} == {200, 422}


@pytest.mark.parametrize(("path", "name"), [(path, name) for path in PATHS for name in sorted(ASKED[path])])
def test_an_example_is_answered_as_written(app: Flask, contract: OpenAPI, path: str, name: str) -> None:
    status, expected = ANSWERED[path][name]
    answer = app.test_client().post(path, json=ASKED[path][name])
    assert answer.status_code == status
    assert [*differences(expected, answer.json, "")] == []
    conforms(contract, answer)


def test_rewriting_the_answers_keeps_what_is_asked_and_ends(app: Flask) -> None:
    once = rewritten(TEXT, app.test_client())
    assert {path: asked(from_yaml(once), path) for path in PATHS} == ASKED
    assert rewritten(once, app.test_client()) == once


def differences(expected: Any, actual: Any, at: str) -> Iterator[str]:
    """Say where an answer lacks what is written; more members than written are welcome."""
    match expected, actual:
        case dict(), dict():
            for name, value in expected.items():
                if name not in actual:
                    yield f"{at}/{name} is missing"
                else:
                    yield from differences(value, actual[name], f"{at}/{name}")
        case list(), list():
            if len(expected) != len(actual):
                yield f"{at} has {len(actual)} elements instead of {len(expected)}: {actual}"
            for index, (one, other) in enumerate(zip(expected, actual, strict=False)):
                yield from differences(one, other, f"{at}/{index}")
        case str(), str() if any(shape.fullmatch(expected) and shape.fullmatch(actual) for shape in CHANGING):
            pass
        case _ if expected != actual:
            yield f"{at} is {actual!r} instead of {expected!r}"


def conforms(contract: OpenAPI, answer: TestResponse) -> None:
    """Raise where an answer is not the one that the description promises for this request."""
    request = MockRequest("http://localhost", answer.request.method, answer.request.path)
    contract.validate_response(request, WerkzeugOpenAPIResponse(answer))


def authorized() -> dict[str, str]:
    """Return the header of the key that opens everything."""
    return {"Authorization": f"Bearer {SECRET}"}


def accepting(media_type: str) -> dict[str, str]:
    """Return the same, and what is wanted."""
    return {**authorized(), "Accept": media_type}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/healthz", {}, 200),
        ("GET", "/readyz", {}, 200),
        ("GET", "/openapi.yaml", {}, 200),
        ("GET", "/docs", {}, 200),
        ("GET", "/docs/docs.js", {}, 200),
        ("GET", "/docs/swagger-ui.css", {}, 200),
        ("GET", "/docs/nothing", {}, 404),
        ("GET", "/layers", {}, 200),
        ("GET", "/layers", {"headers": {"Authorization": "Bearer wrong"}}, 401),
        ("GET", "/layers?account=111122223333", {}, 200),
        ("GET", "/layers?account=111122223333", {"headers": {"Authorization": "Bearer nothing"}}, 403),
        ("GET", "/layers?account=1", {}, 422),
        ("GET", "/metrics", {}, 200),
        ("GET", "/metrics", {"headers": {"Authorization": "Bearer wrong"}}, 401),
        ("GET", "/metrics", {"headers": {"Authorization": "Bearer nothing"}}, 403),
        ("POST", "/simulate", {"json": ASKED["/simulate"]["allowed"]}, 200),
        ("POST", "/simulate", {"json": ASKED["/simulate"]["what_if"]}, 200),
        ("POST", "/simulate", {"data": b"{", "content_type": JSON}, 400),
        ("POST", "/simulate", {"json": {}, "headers": {"X-API-Key": "wrong"}}, 401),
        ("POST", "/simulate", {"json": {}, "headers": {"X-API-Key": "nothing"}}, 403),
        ("POST", "/simulate", {"data": b" " * 100_001, "content_type": JSON}, 413),
        ("POST", "/simulate", {"data": b"{}", "content_type": "text/plain"}, 415),
        ("POST", "/simulate", {"json": {}}, 422),
        ("POST", "/diagnose", {"json": ASKED["/diagnose"]["cli_text"]}, 200),
        ("POST", "/diagnose", {"json": ASKED["/diagnose"]["cli_text"], "headers": accepting("text/markdown")}, 200),
        ("POST", "/diagnose", {"json": ASKED["/diagnose"]["cli_text"], "headers": accepting("text/html")}, 200),
        ("POST", "/diagnose", {"data": b"{", "content_type": JSON}, 400),
        ("POST", "/diagnose", {"json": {}, "headers": {"X-API-Key": "wrong"}}, 401),
        ("POST", "/diagnose", {"json": {}, "headers": {"X-API-Key": "nothing"}}, 403),
        ("POST", "/diagnose", {"data": b" " * 100_001, "content_type": JSON}, 413),
        ("POST", "/diagnose", {"data": b"{}", "content_type": "text/plain"}, 415),
        ("POST", "/diagnose", {"json": {}}, 422),
        ("POST", "/remediate", {"json": TO_MEND}, 200),
        ("POST", "/remediate", {"data": b"{", "content_type": JSON}, 400),
        ("POST", "/remediate", {"json": {}, "headers": {"X-API-Key": "wrong"}}, 401),
        ("POST", "/remediate", {"json": {}, "headers": {"X-API-Key": "nothing"}}, 403),
        ("POST", "/remediate", {"data": b" " * 100_001, "content_type": JSON}, 413),
        ("POST", "/remediate", {"data": b"{}", "content_type": "text/plain"}, 415),
        ("POST", "/remediate", {"json": {"accept_public": "yes"}}, 422),
        ("POST", "/remediate", {"json": {"diagnosis": "d_0"}}, 422),
        ("GET", "/diagnoses/d_0", {}, 404),
        ("GET", "/diagnoses/d_0", {"headers": {"X-API-Key": "wrong"}}, 401),
        ("GET", "/diagnoses/d_0", {"headers": {"X-API-Key": "nothing"}}, 403),
        ("GET", "/plans/p_0", {}, 404),
        ("GET", "/plans/p_0", {"headers": {"X-API-Key": "wrong"}}, 401),
        ("GET", "/plans/p_0", {"headers": {"X-API-Key": "nothing"}}, 403),
    ],
)
def test_every_described_status_is_answered_as_described(
    keyed: Flask, contract: OpenAPI, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    answer = keyed.test_client().open(path, method=method, **{"headers": authorized(), **sent})
    assert answer.status_code == status
    conforms(contract, answer)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/diagnose", {"error": PASTED}),
        ("/diagnose", {"error": PASTED, "cross_check": True}),
        ("/simulate", {"requests": [COLLECTED], "collect": True, "fresh": True}),
        ("/simulate", {"requests": [COLLECTED], "collect": True, "edits": {"principal.policies": None}}),
        ("/simulate", {"requests": [COLLECTED], "collect": True, "detail": "decision"}),
    ],
    ids=["diagnose", "cross-check", "simulate", "edits", "short"],
)
@pytest.mark.parametrize("answers", [EVERYTHING, {}], ids=["read", "refused"])
def test_what_is_collected_is_answered_as_described(
    app: Flask, contract: OpenAPI, path: str, body: dict[str, Any], answers: Any
) -> None:
    desk = Desk(Table(answers))
    services = replace(app.extensions["why403"].services, aws=desk)
    answer = create_app(Settings(), services).test_client().post(path, json=body)
    desk.close()
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["collected"]["calls"] > 0
    conforms(contract, answer)


def test_a_second_opinion_is_answered_as_described(app: Flask, contract: OpenAPI) -> None:
    class Says(Table):
        def read(self, read: Read) -> Any:
            return Found([{"EvalDecision": "allowed"}]) if read.call is PRINCIPAL else super().read(read)

    desk = Desk(Says(EVERYTHING))
    services = replace(app.extensions["why403"].services, aws=desk)
    body = {"error": PASTED, "cross_check": True}
    answer = create_app(Settings(), services).test_client().post("/diagnose", json=body)
    desk.close()
    assert answer.json is not None
    told = answer.json["cross_check"]
    assert told["decision"] == "allowed"
    [example] = SPECIFICATION["components"]["schemas"]["CrossCheck"]["examples"]
    assert example.keys() == told.keys()
    conforms(contract, answer)


@pytest.mark.parametrize("media_type", ["application/json", "text/markdown", "text/html"])
def test_a_kept_diagnosis_is_given_again_as_described(keyed: Flask, contract: OpenAPI, media_type: str) -> None:
    client = keyed.test_client()
    first = client.post("/diagnose", json=ASKED["/diagnose"]["cli_text"], headers=accepting(media_type))
    again = client.get(first.headers["Content-Location"], headers=accepting(media_type))
    assert again.status_code == 200
    assert again.data == first.data
    conforms(contract, again)


def test_a_kept_plan_is_given_again_as_described(keyed: Flask, contract: OpenAPI) -> None:
    client = keyed.test_client()
    plan = client.post("/remediate", json=TO_MEND, headers=authorized()).json
    assert plan is not None
    again = client.get(plan["permalink"], headers=authorized())
    assert again.json == {**plan, "journal": []}
    conforms(contract, again)


def test_a_journal_is_told_as_described(keyed: Flask, contract: OpenAPI) -> None:
    client, store = keyed.test_client(), keyed.extensions["why403"].services.store
    plan = client.post("/remediate", json=TO_MEND, headers=authorized()).json
    assert plan is not None
    held = store.claim(store.plan(plan["id"]), "applying", "me")
    store.ended(held, store.intend(held, {"operation": "PutBucketPolicy"}, before="{}"), "failed", error="AccessDenied")
    store.intend(held, {"operation": "PutBucketPolicy"}, after={"Statement": []})
    again = client.get(plan["permalink"], headers=authorized())
    assert again.json is not None
    assert again.json["state"] == "applying"
    assert [each["status"] for each in again.json["journal"]] == ["failed", "intended"]
    conforms(contract, again)


@pytest.mark.parametrize("answers", [EVERYTHING, {}], ids=["read", "refused"])
@pytest.mark.parametrize("query", ["", "&bucket=reports&principal=arn:aws:iam::111122223333:role/app"])
def test_what_is_tried_is_answered_as_described(app: Flask, contract: OpenAPI, query: str, answers: Any) -> None:
    identity = {"Arn": "arn:aws:sts::111122223333:assumed-role/why403/i-1"}
    desk = Desk(Table({**answers, WHO.read(): identity}))
    services = replace(app.extensions["why403"].services, aws=desk)
    answer = create_app(Settings(), services).test_client().get(f"/layers?account=111122223333{query}")
    desk.close()
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["preflight"]["identity"] == identity["Arn"]
    conforms(contract, answer)


def test_the_example_of_what_is_tried_has_the_members_of_an_answer(app: Flask) -> None:
    content = SPECIFICATION["paths"]["/layers"]["get"]["responses"]["200"]["content"][JSON]
    example = content["examples"]["preflight"]["value"]
    answer = app.test_client().get("/layers?account=111122223333").json
    assert answer is not None
    assert example["preflight"].keys() == answer["preflight"].keys()
    theirs = {layer["name"]: layer for layer in answer["layers"]}
    for layer in example["layers"]:
        for name in ("title", "reference", "from", "may", "needs"):
            assert layer[name] == theirs[layer["name"]][name]
        assert layer.keys() == theirs[layer["name"]].keys()
        assert layer["calls"][0].keys() == theirs[layer["name"]]["calls"][0].keys()


@pytest.mark.parametrize("path", ["/simulate", "/diagnose", "/layers", "/readyz"])
def test_a_failure_is_answered_as_described(contract: OpenAPI, path: str) -> None:
    nothing: Any = object()
    client = create_app(Settings(), nothing).test_client()
    first = next(iter(ASKED.get(path, {}).values()), None)
    answer = client.get(path) if first is None else client.post(path, json=first)
    assert answer.status_code == 500
    conforms(contract, answer)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@given(data=st.data())
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_what_the_description_allows_is_answered_as_it_says(keyed: Flask, path: str, method: str, data: Any) -> None:
    schema = schemathesis.openapi.from_dict(SPECIFICATION)
    schema.app = keyed
    case = data.draw(schema[path][method].as_strategy())
    case.call_and_validate(
        headers=authorized(),
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_headers_conformance,
            response_schema_conformance,
        ],
    )
