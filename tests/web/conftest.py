"""Applications to talk to: one without keys, and one with a key for every scope."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from why403.bootstrap import build
from why403.services import Services
from why403.settings import SCOPES, ApiKey, Settings
from why403.web.app import create_app
from why403.web.keys import digest_of

MakeClient = Callable[..., FlaskClient]

A_REQUEST: Mapping[str, Any] = {
    "principal": "arn:aws:iam::111122223333:user/ana",
    "operation": "GetObject",
    "resource": "arn:aws:s3:::reports/q3.csv",
    "evidence_is_complete": True,
    "evidence": {},
}


def a_key(name: str, *scopes: str) -> ApiKey:
    """Return the key whose secret is `secret of NAME`."""
    return ApiKey(name=name, scopes=frozenset(scopes), digest=digest_of(f"secret of {name}"))


def bearer(name: str) -> dict[str, str]:
    """Return the header that carries the secret of a key."""
    return {"Authorization": f"Bearer secret of {name}"}


@pytest.fixture(scope="session")
def services() -> Services:
    return build()


@pytest.fixture
def make_client(services: Services) -> MakeClient:
    """Return a function from settings to a client."""

    def make(**settings: Any) -> FlaskClient:
        return create_app(Settings(**settings), services).test_client()

    return make


@pytest.fixture
def client(make_client: MakeClient) -> FlaskClient:
    """Return a client of a service without keys."""
    return make_client()


@pytest.fixture
def keyed(make_client: MakeClient) -> FlaskClient:
    """Return a client of a service with a key for each scope, named after it, and one without any."""
    return make_client(api_keys=(*(a_key(scope, scope) for scope in sorted(SCOPES)), a_key("nothing")))
