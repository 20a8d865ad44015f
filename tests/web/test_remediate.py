"""`/remediate`: a plan as data, and as the chat message that is made of it."""

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import A_REQUEST
from why403.rendering import plan_markdown

BODY = {
    "request": {name: held for name, held in A_REQUEST.items() if not name.startswith("evidence")},
    "evidence": {},
    "evidence_is_complete": True,
}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("text/markdown;q=0.2, application/json", "application/json"),
        ("image/png", "application/json"),
    ],
)
def test_a_plan_comes_as_it_is_wanted(client: FlaskClient, accept: str, kind: str) -> None:
    answer = client.post("/remediate", json=BODY, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert "Accept" in answer.headers["Vary"]


def test_markdown_is_made_of_the_plan(client: FlaskClient) -> None:
    text = client.post("/remediate", json=BODY, headers={"Accept": "text/markdown"}).get_data(as_text=True)
    plan = client.post("/remediate", json=BODY).get_json()
    (own,) = [word.strip("`,.") for word in text.split() if word.startswith("`p_")]
    assert text == plan_markdown({**plan, "id": own})


def test_what_is_wrong_is_a_problem_in_every_form(client: FlaskClient) -> None:
    answer = client.post("/remediate", json={"request": 1}, headers={"Accept": "text/markdown"})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
