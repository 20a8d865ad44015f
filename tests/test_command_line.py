"""The command line: the same answers without HTTP, and an exit status that scripts can use."""

import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from why403.__main__ import main
from why403.domain.errors import Unavailable
from why403.keeping import Deed, Plan
from why403.store import open_store

ALLOWED = {
    "principal": "arn:aws:iam::111122223333:user/ana",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::reports/q3.csv",
    "evidence": {
        "principal.policies": [
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
        ]
    },
    "evidence_is_complete": True,
}
DENIED = {**ALLOWED, "action": "s3:PutObject"}
OPEN = {**ALLOWED, "evidence_is_complete": False}


def run(monkeypatch: pytest.MonkeyPatch, command: str, text: str, *options: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return main([command, *options])


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [(ALLOWED, 0, "Allowed by"), (DENIED, 0, "Denied by"), (OPEN, 1, "Not decided")],
)
def test_a_request_is_decided_from_standard_input(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request_: dict[str, object],
    status: int,
    said: str,
) -> None:
    assert run(monkeypatch, "simulate", json.dumps(request_)) == status
    assert said in capsys.readouterr().out


def test_json_is_the_answer_of_the_route(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "simulate", json.dumps({"requests": [ALLOWED]}), "--json") == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["decision"] == "allowed"


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"requests": 5}', '{"requests": []}', '{"principal": 1}'),
        json.dumps({"requests": [ALLOWED], "detail": "all"}),
        json.dumps({"requests": [ALLOWED], "edit": {}}),
        json.dumps({"requests": [ALLOWED] * 10_001}),
    ],
    ids=map(str, range(9)),
)
def test_what_cannot_be_read_is_said_and_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert run(monkeypatch, "simulate", text) == 2
    assert capsys.readouterr().err.startswith("why403: ")


def planned(body: dict[str, object]) -> str:
    request = {name: held for name, held in body.items() if not name.startswith("evidence")}
    beside = {name: held for name, held in body.items() if name.startswith("evidence")}
    return json.dumps({"request": request, **beside})


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (planned(ALLOWED), 0, "Nothing to change"),
        (planned(OPEN), 1, "Plan `p_"),
        ("An error occurred (ExpiredToken) when calling the GetObject operation: expired.", 1, "Plan `p_"),
        (" ", 2, ""),
    ],
)
def test_a_plan_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, status: int, said: str
) -> None:
    assert run(monkeypatch, "remediate", text) == status
    assert said in capsys.readouterr().out


def test_a_plan_as_json_is_the_answer_of_the_route(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "remediate", planned(ALLOWED), "--json", "--accept-public") == 0
    assert json.loads(capsys.readouterr().out)["proof"]["after"]["decision"] == "allowed"


def test_a_pasted_error_is_diagnosed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    text = "An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired."
    assert run(monkeypatch, "diagnose", text) == 0
    assert "expired" in capsys.readouterr().out
    assert run(monkeypatch, "diagnose", text.replace("ExpiredToken", "AccessDenied")) == 1
    assert run(monkeypatch, "diagnose", " ") == 2


def test_a_new_key_is_shown_once_with_its_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-key", "chatbot", "simulate", "diagnose"]) == 0
    out = capsys.readouterr().out
    assert "chatbot:simulate+diagnose:" in out
    assert "w403_" in out


@pytest.fixture
def store_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path}/kept/store.db"
    monkeypatch.setenv("WHY403_STORE_URL", url)
    return url


def test_tables_are_made_by_hand_as_well(store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _once_more in range(2):
        assert main(["migrate"]) == 0
        assert capsys.readouterr().out == "the tables are of version 0001\n"
    assert (tmp_path / "kept/store.db").exists()


def test_without_a_url_the_tables_are_made_where_serve_looks_for_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WHY403_STORE_URL", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert main(["migrate"]) == 0
    assert (tmp_path / "why403/store.db").exists()


def test_what_was_kept_without_a_key_is_encrypted_with_one(
    store_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(store_url)
    now = datetime.now(UTC)
    deed = Deed(who=None, what="remediate", subject="p_1", outcome="proposed")
    store.add_plan(Plan(id="p_1", created=now, changed=now, body={"x": 1}), deed)
    store.close()
    assert main(["new-store-key"]) == 0
    monkeypatch.setenv("WHY403_STORE_KEY", capsys.readouterr().out.strip())
    assert main(["migrate", "--reseal"]) == 0
    assert capsys.readouterr().out.endswith("encrypted anew: 1 rows\n")
    with pytest.raises(Unavailable):
        open_store(store_url).plan("p_1")
    monkeypatch.delenv("WHY403_STORE_KEY")
    assert main(["migrate", "--reseal"]) == 2
    assert "a key that this service does not have" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "said"),
    [("none", "nothing is kept"), ("postgresql:///x?host=/nonexistent", "the store cannot be used now")],
)
def test_where_no_tables_can_be_made_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, said: str
) -> None:
    monkeypatch.setenv("WHY403_STORE_URL", url)
    assert main(["migrate"]) == 2
    assert said in capsys.readouterr().err


def test_the_version_is_told_with_the_form_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])
    assert re.fullmatch(r"why403 \d+\.\d+\.\d+ \((plain Python|compiled)\)\n", capsys.readouterr().out)


def test_whoever_reads_may_stop_reading() -> None:
    """As `head` does: no traceback, and the status is still that of the answer."""
    command = [sys.executable, "-m", "why403", "simulate", "--json"]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        body = json.dumps({"requests": [DENIED]})
        ended = subprocess.run(command, input=body, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, "")
