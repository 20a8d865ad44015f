"""The description and its page, which need nothing from another host."""

import hashlib
import re
from importlib.resources import files
from pathlib import Path

from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]
STATIC = files("why403.web") / "static"


def test_the_description_is_served_as_it_is_kept(client: FlaskClient) -> None:
    answer = client.get("/openapi.yaml")
    assert answer.mimetype == "application/yaml"
    assert answer.data == (ROOT / "openapi.yaml").read_bytes()


def test_the_page_asks_for_nothing_but_files_of_this_service(client: FlaskClient) -> None:
    page = client.get("/docs").get_data(as_text=True)
    wanted = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert not [target for target in wanted if "//" in target]
    for target in wanted:
        if not target.startswith("data:"):
            assert client.get(f"/{target}").status_code == 200


def test_the_page_may_not_reach_another_origin(client: FlaskClient) -> None:
    policy = client.get("/docs").headers["Content-Security-Policy"]
    assert "http" not in policy
    assert "*" not in policy
    assert "script-src 'self';" in policy


def test_the_vendored_files_are_those_their_readme_names() -> None:
    named = re.findall(r"^([0-9a-f]{64})  (\S+)$", (STATIC / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(named) == 2
    for digest, name in named:
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest
