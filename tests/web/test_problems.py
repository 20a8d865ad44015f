"""Every error is a problem document, and tells no more than it should."""

import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import A_REQUEST
from why403 import logs
from why403.domain.errors import Conflict, InvalidInput, NotFound, Unavailable, Why403Error
from why403.services import Services
from why403.settings import Settings
from why403.web.app import create_app


@pytest.fixture
def raising(services: Services) -> Flask:
    """Return an application with a route that raises what the test names."""
    return create_app(Settings(), services)


def answer_to(app: Flask, error: Exception) -> Any:
    """Return what a caller is told of an error."""

    def view() -> str:
        raise error

    app.add_url_rule("/raises", "raises", view)
    return app.test_client().get("/raises")


class Novel(Why403Error):
    """An error of the core that the table does not know."""


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (InvalidInput.at("/a", "is wrong"), 422, "invalid-input"),
        (NotFound("no plan `p_1`"), 404, "not-found"),
        (Conflict("the policy changed"), 409, "conflict"),
        (Unavailable("the store does not answer"), 503, "unavailable"),
    ],
)
def test_errors_of_the_core_have_a_status(raising: Flask, error: Exception, status: int, kind: str) -> None:
    answer = answer_to(raising, error)
    assert answer.status_code == answer.json["status"] == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == f"urn:why403:problem:{kind}"
    assert str(error) in answer.json["detail"]
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_what_is_unavailable_says_when_to_try_again(raising: Flask) -> None:
    assert answer_to(raising, Unavailable("later")).headers["Retry-After"] == "5"


@pytest.mark.parametrize("error", [ValueError("the secret of the bucket"), Novel("the secret of the bucket")])
def test_what_nobody_foresaw_is_told_to_the_log_only(services: Services, error: Exception) -> None:
    stream = io.StringIO()
    logs.configure("info", stream)
    answer = answer_to(create_app(Settings(), services), error)
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)
    failed, line = map(json.loads, stream.getvalue().splitlines())
    assert failed["failure"]["message"] == "the secret of the bucket"
    assert failed["failure"]["type"] == type(error).__name__
    assert failed["id"] == line["id"] == answer.json["request_id"]
    assert line["level"] == "error"


def test_a_crash_in_a_use_case_is_500() -> None:
    broken: Any = object()
    answer = create_app(Settings(), broken).test_client().post("/simulate", json={"requests": [A_REQUEST]})
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/docs/nothing.js", 404),
        ("GET", "/docs/docs.html", 404),
        ("GET", "/docs/..%2fapp.py", 404),
        ("GET", "/simulate/", 404),
        ("GET", "/simulate", 405),
        ("PUT", "/simulate", 405),
        ("OPTIONS", "/simulate", 405),
        ("POST", "/layers", 405),
        ("BREW", "/layers", 405),
    ],
)
def test_what_flask_refuses_is_a_problem_document(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert set(answer.json) == {"type", "title", "status", "detail", "request_id"}
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_service_without_layers_is_not_ready(raising: Flask) -> None:
    class Empty:
        class registry:  # noqa: N801 - stands for an attribute
            layers = ()

    nothing: Any = Empty()
    answer = create_app(Settings(), nothing).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
