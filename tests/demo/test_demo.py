"""The demo as it is started: every refusal explained as it was made, nothing of this machine used, nothing left."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from why403.demo import stories
from why403.demo.__main__ import EXAMPLES
from why403.demo.processes import ask

pytestmark = pytest.mark.serves

STORIES = [json.loads(line) for line in (EXAMPLES / "stories.jsonl").read_text().splitlines()]
NAMES = [story["id"] for story in STORIES]
# A profile that is not there, a key that would be real, a proxy that nobody serves, a setting that stops the service.
HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "WHY403_API_KEYS": "not a key",
    "WHY403_COLLECT": "off",
}
_PATIENCE_SECONDS = 150


@pytest.fixture(scope="module")
def printed() -> str:
    """Return what the demo printed until it was interrupted while it kept serving."""
    with subprocess.Popen(
        [sys.executable, "-m", "why403.demo", "--port", "0"],
        env={**os.environ, **HOSTILE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        # Not SIGKILL: the demo would leave its service behind, which holds the pipe open.
        patience = threading.Timer(_PATIENCE_SECONDS, os.killpg, (process.pid, signal.SIGTERM))
        patience.start()
        told = "".join(_until_interrupted(process))
        patience.cancel()
    assert process.returncode == 0, told
    return told


def _until_interrupted(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout
    for line in process.stdout:
        yield line
        if line.startswith("Serving on"):
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does it, to all in the foreground


@pytest.mark.parametrize("name", NAMES)
def test_a_refusal_is_explained_from_what_is_read(printed: str, name: str) -> None:
    found = re.search(rf"^=== {name}  .*?(?=^===|\Z)", printed, re.MULTILINE | re.DOTALL)
    assert found
    assert "EXPECTED" not in found[0]
    for label in ("pasted", "answer", "where", "fix", "check", "read", "plan", "change"):
        assert re.search(rf"^    {label} +\S", found[0], re.MULTILINE), label


def test_everything_is_explained_and_counted(printed: str) -> None:
    assert f"{len(STORIES)} of {len(STORIES)} refusals" in printed
    assert printed.count("incidents explained as confirmed.") == 1


def test_one_is_mended_verified_and_taken_back(printed: str) -> None:
    found = re.search(r"^=== mend-1  .*?(?=^1 of)", printed, re.MULTILINE | re.DOTALL)
    assert found
    for label in ("plan", "change", "try", "apply", "verify", "undo"):
        assert re.search(rf"^    {label} +\S", found[0], re.MULTILINE), found[0]
    assert "state   as at the start" in found[0]
    assert "1 of 1 refusals mended, verified and taken back." in printed


def test_nothing_is_left_when_it_ends(printed: str) -> None:
    (port,) = re.findall(r"^Serving on http://127\.0\.0\.1:(\d+)", printed, re.MULTILINE)
    with pytest.raises(ConnectionRefusedError):
        ask(int(port), "GET", "/healthz", None)


def test_every_story_is_told_to_readers() -> None:
    told = (EXAMPLES / "README.md").read_text()
    rows = re.findall(r"^\| `(live-[^`]+)` \| ([^|]+) \| `([^`]+)` \|", told, re.MULTILINE)
    assert rows == [(story["id"], story["title"], story["expected"]["layer"]) for story in STORIES]


def _answer(**changed: Any) -> Mapping[str, Any]:
    cause = {"layer": "scp", "kind": "explicit"}
    blocker = {"citations": [{"policy": "OnlyEurope", "sid": "OutsideEurope"}]}
    return {"decision": "denied", "certainty": "proven", "causes": [cause], "blockers": [blocker], **changed}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, {}),
        ({"causes": [{"layer": "identity", "kind": "explicit"}]}, {"layer": "identity"}),
        ({"decision": "unknown", "blockers": []}, {"decision": "unknown", "policy": None, "sid": None}),
        ({"blockers": [{"citations": [{"policy": "Other", "sid": "OutsideEurope"}]}]}, {"policy": "Other"}),
    ],
)
def test_an_answer_that_is_not_the_expected_one_is_noticed(changed: dict[str, Any], wrong: dict[str, Any]) -> None:
    story = {
        "expected": {
            "layer": "scp",
            "kind": "explicit",
            "policy": "OnlyEurope",
            "sid": "OutsideEurope",
            "decision": "denied",
        }
    }
    assert stories.wrong(_answer(**changed), story) == wrong
