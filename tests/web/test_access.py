"""Who may call what, with keys and without."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import A_REQUEST, MakeClient, a_key, bearer
from why403.settings import SCOPES
from why403.web.access import ANY_KEY, PUBLIC, SCOPE_OF

BODIES = {
    "/simulate": {"requests": [A_REQUEST]},
    "/diagnose": {"request": A_REQUEST},
    "/remediate": {"request": A_REQUEST},
    "/plans/p_1/apply": {},
    "/plans/p_1/rollback": {},
    "/plans/p_1/verify": {},
}
PROTECTED = [
    ("GET", "/layers"),
    ("GET", "/metrics"),
    ("POST", "/simulate"),
    ("POST", "/diagnose"),
    ("POST", "/remediate"),
    ("POST", "/plans/p_1/apply"),
    ("POST", "/plans/p_1/rollback"),
    ("POST", "/plans/p_1/verify"),
    ("GET", "/nowhere"),
    ("GET", "/simulate"),
]
OPEN = ["/healthz", "/readyz", "/openapi.yaml", "/docs", "/docs/docs.js"]


def test_every_route_stands_in_exactly_one_place_of_the_table(client: FlaskClient) -> None:
    routes = sorted(rule.endpoint for rule in client.application.url_map.iter_rules())
    assert sorted([*PUBLIC, *ANY_KEY, *SCOPE_OF]) == routes


def test_the_table_knows_no_scope_that_a_key_cannot_have() -> None:
    assert set(SCOPE_OF.values()) <= SCOPES


@pytest.mark.parametrize("path", OPEN)
def test_public_paths_need_no_key(keyed: FlaskClient, path: str) -> None:
    assert keyed.get(path).status_code == 200


@pytest.mark.parametrize(("method", "path"), PROTECTED)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic c2VjcmV0"},
        {"Authorization": "secret of simulate"},
        {"Authorization": "Bearer s\xe9cret"},
        {"X-API-Key": "wrong"},
        {"X-API-Key": ""},
    ],
    ids=str,
)
def test_without_a_known_key_the_answer_is_401_with_a_challenge(
    keyed: FlaskClient, method: str, path: str, headers: Mapping[str, str]
) -> None:
    answer = keyed.open(path, method=method, headers=headers, json=BODIES[path] if method == "POST" else None)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="why403 API"'
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("name", [*sorted(SCOPES), "nothing"])
@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/simulate", "simulate"),
        ("POST", "/diagnose", "diagnose"),
        ("POST", "/remediate", "remediate"),
        ("GET", "/metrics", "metrics"),
        ("GET", "/layers", ""),
    ],
)
def test_a_key_opens_what_its_scopes_say(keyed: FlaskClient, name: str, method: str, path: str, scope: str) -> None:
    answer = keyed.open(path, method=method, headers=bearer(name), json=BODIES[path] if method == "POST" else None)
    assert answer.status_code == (200 if scope in {"", name} else 403)
    if answer.status_code == 403:
        assert answer.json is not None
        assert answer.json["detail"] == f"the key `{name}` lacks the scope `{scope}`"


def test_what_a_route_does_on_request_needs_its_own_scope(keyed: FlaskClient) -> None:
    path = "/layers?account=111122223333"
    refused = keyed.get(path, headers=bearer("simulate"))
    assert refused.status_code == 403
    assert refused.json is not None
    assert refused.json["detail"] == "the key `simulate` lacks the scope `diagnose`"
    assert keyed.get(path, headers=bearer("diagnose")).status_code == 200


def test_a_key_is_also_taken_from_its_own_header(keyed: FlaskClient) -> None:
    assert keyed.get("/layers", headers={"X-API-Key": "secret of metrics"}).status_code == 200


def test_a_bearer_token_goes_before_the_other_header(keyed: FlaskClient) -> None:
    headers = {"Authorization": "Bearer wrong", "X-API-Key": "secret of metrics"}
    assert keyed.get("/layers", headers=headers).status_code == 401


def test_a_known_key_learns_that_a_path_does_not_exist(keyed: FlaskClient) -> None:
    assert keyed.get("/nowhere", headers=bearer("nothing")).status_code == 404
    assert keyed.get("/simulate", headers=bearer("nothing")).status_code == 405


def test_a_route_that_the_table_forgot_is_for_nobody_who_needs_a_key(make_client: MakeClient) -> None:
    client = make_client(api_keys=(a_key("all", *SCOPES),))
    client.application.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert client.get("/forgotten", headers=bearer("all")).status_code == 403


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8403", "127.0.0.1:8403", "127.9.9.9", "[::1]:8403", "localhost."]
)
def test_without_keys_a_loopback_name_is_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/layers", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8403",
        "localhost.evil.example",
        "10.0.0.1",
        "[::2]",
        "127.0.0.1.example",
        "192.0.2.1",
    ],
)
@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_without_keys_a_rebound_name_is_refused(client: FlaskClient, host: str, method: str, path: str) -> None:
    assert client.open(path, method=method, headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "localhost:port", "@", "localhost@evil.example"])
def test_a_host_that_is_none_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/layers", headers={"Host": host}).status_code in {400, 403}


def test_with_keys_any_host_name_will_do(keyed: FlaskClient) -> None:
    headers = {**bearer("metrics"), "Host": "why403.internal.example"}
    assert keyed.get("/metrics", headers=headers).status_code == 200


def test_health_is_told_under_any_name(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Host": "10.0.0.1:8403"}).status_code == 200
