"""Plans over HTTP: who may change anything, what a body may say, and what a refusal tells."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.applying.test_apply import DENIED, changed
from tests.applying.world import MADE, NEW, OLD, FileAws, body_of, calls, inline_policy, keep_plan, planted
from tests.test_openapi import SPECIFICATION, conforms, contract
from tests.web.conftest import a_key, bearer
from why403.services import Services
from why403.settings import SCOPES, Settings
from why403.store import SqlStore, open_store
from why403.web.app import create_app

__all__ = ["contract"]

APPLIER = bearer("apply")
REAL = {"dry_run": False}


@pytest.fixture
def store(sqlite_url: str) -> Iterator[SqlStore]:
    opened = open_store(sqlite_url)
    keep_plan(opened)
    yield opened
    opened.close()


@pytest.fixture
def aws(tmp_path: Path) -> FileAws:
    made = FileAws(tmp_path / "aws.json")
    planted(made)
    return made


@pytest.fixture
def client(services: Services, store: SqlStore, aws: FileAws) -> FlaskClient:
    keys = tuple(a_key(scope, scope) for scope in sorted(SCOPES))
    app = create_app(Settings(api_keys=keys), replace(services, store=store, writer=aws))
    return app.test_client()


def held(answer: TestResponse) -> dict[str, Any]:
    """Return the JSON of an answer."""
    found: dict[str, Any] = answer.get_json()
    return found


VERBS = ["apply", "rollback", "verify"]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", sorted(SCOPES - {"apply"}))
def test_only_the_scope_for_it_opens_them(client: FlaskClient, aws: FileAws, verb: str, name: str) -> None:
    answer = client.post(f"/plans/p_1/{verb}", json={}, headers=bearer(name))
    assert answer.status_code == 403
    assert "lacks the scope `apply`" in held(answer)["detail"]
    assert client.post(f"/plans/p_1/{verb}", json={}).status_code == 401
    assert calls(aws) == []


def test_a_plan_is_tried_applied_and_taken_back(client: FlaskClient, aws: FileAws) -> None:
    for body in ({"headers": APPLIER}, {"headers": APPLIER, "json": {}}):
        dry = client.post("/plans/p_1/apply", **body)
        assert (dry.status_code, held(dry)["dry_run"], held(dry)["state"]) == (200, True, "proposed")
    assert calls(aws) == []
    applied = client.post("/plans/p_1/apply", json=REAL, headers=APPLIER)
    assert (applied.status_code, held(applied)["state"]) == (200, "applied")
    assert calls(aws) == MADE
    told = held(client.get("/plans/p_1", headers=bearer("remediate")))
    assert (told["state"], len(told["journal"])) == ("applied", 3)
    back = client.post("/plans/p_1/rollback", json=REAL, headers=APPLIER)
    assert (back.status_code, held(back)["state"]) == (200, "rolled_back")
    text = client.get("/metrics", headers=bearer("metrics")).text
    assert 'why403_plans_total{state="applied"} 1.0' in text
    assert 'why403_plans_total{state="rolled_back"} 1.0' in text


def test_a_difference_is_told_to_the_holder_of_the_key_and_not_in_words(client: FlaskClient, aws: FileAws) -> None:
    changed(aws, inline_policy(NEW), OLD)
    answer = client.post("/plans/p_1/apply", json=REAL, headers=APPLIER)
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert held(answer)["difference"][0]["live"] == OLD
    assert "Deny" not in held(answer)["detail"]
    assert held(answer)["state"] == "proposed"


def test_a_refusal_of_aws_says_what_is_done(client: FlaskClient, aws: FileAws) -> None:
    aws.fails = {1: DENIED}
    answer = client.post("/plans/p_1/apply", json=REAL, headers=APPLIER)
    assert (answer.status_code, held(answer)["state"]) == (503, "failed")
    assert [call["status"] for call in held(answer)["calls"]] == ["done", "failed"]
    assert answer.headers["Retry-After"]
    assert 'why403_plans_total{state="failed"} 1.0' in client.get("/metrics", headers=bearer("metrics")).text


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("apply", {"dry_run": "no"}, "/dry_run"),
        ("apply", {"dry_run": None}, "/dry_run"),
        ("apply", {"force": True}, "/force"),
        ("apply", [], ""),
        ("rollback", {"dry_run": 0}, "/dry_run"),
        ("rollback", {"accept_unproven": True}, "/accept_unproven"),
        ("verify", {"canary": "key"}, "/canary"),
        ("verify", {"canary": {}}, "/canary"),
        ("verify", {"canary": {"key": ""}}, "/canary"),
        ("verify", {"canary": {"key": "a", "bucket": "b"}}, "/canary"),
    ],
)
def test_a_body_that_says_something_else_changes_nothing(
    client: FlaskClient, aws: FileAws, verb: str, body: Any, pointer: str
) -> None:
    answer = client.post(f"/plans/p_1/{verb}", json=body, headers=APPLIER)
    assert answer.status_code == 422
    assert held(answer)["errors"][0]["pointer"] == pointer
    assert calls(aws) == []


@pytest.mark.parametrize("verb", ["apply", "rollback"])
@pytest.mark.parametrize("body", [{}, REAL], ids=["dry", "real"])
def test_without_a_role_for_it_nothing_is_changed(
    services: Services, store: SqlStore, verb: str, body: dict[str, Any]
) -> None:
    client = create_app(Settings(), replace(services, store=store)).test_client()
    answer = client.post(f"/plans/p_1/{verb}", json=body)
    assert (answer.status_code, held(answer)["title"]) == (403, "Forbidden")
    assert "no role is configured" in held(answer)["detail"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_plan_that_is_not_there_is_not_found(client: FlaskClient, services: Services, verb: str) -> None:
    assert client.post(f"/plans/p_2/{verb}", json={}, headers=APPLIER).status_code == 404


def test_every_answer_is_as_it_is_described(client: FlaskClient, aws: FileAws, contract: Any) -> None:
    for verb, body, status in (
        ("apply", {}, 200),
        ("apply", {"dry_run": 1}, 422),
        ("rollback", {}, 409),
        ("verify", {}, 200),
        ("apply", REAL, 200),
        ("rollback", {}, 200),
        ("verify", {"probe": False}, 200),
        ("rollback", REAL, 200),
        ("apply", REAL, 409),
    ):
        answer = client.post(f"/plans/p_1/{verb}", json=body, headers=APPLIER)
        assert answer.status_code == status, (verb, body, held(answer))
        conforms(contract, answer)


def test_a_plan_may_be_kept_whose_changes_are_made_by_hand(services: Services, sqlite_url: str, aws: FileAws) -> None:
    with_plan = open_store(f"{sqlite_url}-other")
    keep_plan(with_plan, body_of([("scp", [], [])]))
    client = create_app(Settings(), replace(services, store=with_plan, writer=aws)).test_client()
    assert client.post("/plans/p_1/apply", json=REAL).status_code == 409
    with_plan.close()


def test_every_state_that_is_described_is_one() -> None:
    described = SPECIFICATION["components"]["schemas"]["PlanState"]["enum"]
    assert {"proposed", "applying", "applied", "verified", "rolling_back", "rolled_back", "failed"} == set(described)
