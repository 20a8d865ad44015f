"""The service as it runs: processes, signals, and bodies over a real connection."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.web.conftest import A_REQUEST

pytestmark = pytest.mark.serves

SERVE = "from why403.server import run; from why403.settings import read_settings; run(read_settings())"
JSON = {"Content-Type": "application/json"}
GOOD = json.dumps({"requests": [A_REQUEST]}).encode()
LIMIT = 1_000_000


class Running(NamedTuple):
    """A service in processes of its own, where it listens, and where its processes share their counters."""

    process: "subprocess.Popen[str]"
    port: int
    counters: Path

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, bytes]:
        """Return the status and the body of an answer, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, JSON if body else {}, **options)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def started(counters: Path, **settings: str) -> Running:
    """Start the service on a free port and return when it listens."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WHY403_")}
    environment = {
        **clean,
        "WHY403_LISTEN_PORT": "0",
        "WHY403_WORKERS": "2",
        "WHY403_MAX_BODY_BYTES": str(LIMIT),
        "PROMETHEUS_MULTIPROC_DIR": str(counters),
        "HOME": str(counters.parent),
        **settings,
    }
    command = [sys.executable, "-c", SERVE]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", line):
            return Running(process, int(found[1]), counters)
    process.wait()
    process.stderr.close()
    pytest.fail("the service did not start:\n" + "".join(said))


def ended(running: Running, how: signal.Signals = signal.SIGTERM) -> tuple[int, list[dict[str, Any]]]:
    """End the service; return its exit status and what it logged since it listened."""
    with running.process as process:
        process.send_signal(how)
        _, log = process.communicate(timeout=20)  # less than it waits for a process that does not end
    return process.returncode, [json.loads(line) for line in log.splitlines()]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a service for the tests that leave it running."""
    running = started(tmp_path_factory.mktemp("served") / "counters")
    yield running
    ended(running)


def test_it_answers(service: Running) -> None:
    status, body = service.ask("POST", "/simulate", GOOD)
    assert status == 200
    assert json.loads(body)["results"][0]["decision"] == "denied"


def test_counters_of_all_processes_are_shown_by_any(service: Running) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: service.ask("GET", "/layers")[0], range(40))) == {200}
    _, text = service.ask("GET", "/metrics")
    assert b'why403_http_requests_total{method="GET",route="/layers",status="200"} 40.0' in text


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_the_bound_is_read(service: Running, chunked: bool) -> None:
    body = GOOD + b" " * (LIMIT - len(GOOD))
    assert service.ask("POST", "/simulate", iter([body]) if chunked else body, encode_chunked=chunked)[0] == 200


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [LIMIT + 1, 2 * LIMIT])
def test_a_larger_body_gets_its_answer_while_it_is_still_sent(service: Running, size: int, chunked: bool) -> None:
    body = GOOD + b" " * (size - len(GOOD))
    status, answer = service.ask("POST", "/simulate", iter([body]) if chunked else body, encode_chunked=chunked)
    assert status == 413
    assert json.loads(answer)["title"] == "Body too large"


def test_it_ends_in_order_and_leaves_only_json_in_its_log(tmp_path: Path) -> None:
    running = started(tmp_path / "counters")
    assert running.ask("GET", "/healthz")[0] == 200
    status, log = ended(running)
    assert status == 0
    assert [line["route"] for line in log if line["event"] == "request"] == ["/healthz"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("requests", [0, 40, 41])
def test_a_signal_ends_it_whatever_its_processes_are_about(tmp_path: Path, requests: int, how: signal.Signals) -> None:
    """They begin, or take connections as fast as these come in; it waits 30 s for a process that does not hear."""
    running = started(tmp_path / "counters")
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(running.ask, "GET", "/healthz") for _ in range(requests)]
        if answers:
            assert answers[0].result()[0] == 200
        status, _ = ended(running, how)
    assert status == 0


def workers(running: Running) -> set[int]:
    """Return the processes that answer requests."""
    parent = running.process.pid
    return {int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no list of a process's children")
def test_a_worker_that_ends_leaves_the_counters_of_all(tmp_path: Path) -> None:
    running = started(tmp_path / "counters", PROMETHEUS_MULTIPROC_DIR="")  # one of its own, which it removes at the end
    for _ in range(10):
        assert running.ask("GET", "/healthz")[0] == 200
    gone = min(workers(running))
    os.kill(gone, signal.SIGTERM)
    until = time.monotonic() + 20
    while gone in workers(running) and time.monotonic() < until:
        time.sleep(0.05)
    _, text = running.ask("GET", "/metrics")
    ended(running)
    assert b'why403_http_requests_total{method="GET",route="/healthz",status="200"} 10.0' in text


def test_counters_left_by_an_earlier_service_are_dropped(tmp_path: Path) -> None:
    (tmp_path / "counters").mkdir()
    (tmp_path / "counters" / "counter_99999.db").write_bytes(b"not counters")
    running = started(tmp_path / "counters")
    assert running.ask("GET", "/metrics")[0] == 200
    ended(running)


def test_it_opens_no_other_socket(tmp_path: Path) -> None:
    running = started(tmp_path / "counters")
    assert running.ask("GET", "/healthz")[0] == 200
    sockets = [path for path in tmp_path.rglob("*") if path.is_socket()]
    ended(running)
    assert sockets == []


def test_an_open_address_without_keys_is_refused_with_a_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "WHY403_LISTEN_HOST": "192.0.2.1"}
    ended = subprocess.run(
        [sys.executable, "-c", SERVE], env=environment, capture_output=True, text=True, check=False, timeout=30
    )
    assert ended.returncode == 1
    assert "can be reached from other machines" in ended.stderr


REFUSED = json.dumps({"error": "AccessDenied when calling the GetObject operation"}).encode()


def test_what_one_process_keeps_all_find_and_those_after_them(tmp_path: Path) -> None:
    running = started(tmp_path / "counters")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: running.ask("POST", "/diagnose", REFUSED), range(12)))
        links = [json.loads(body)["permalink"] for _, body in answers]
        assert {status for status, _ in pool.map(lambda link: running.ask("GET", link), links * 3)} == {200}
    ended(running, signal.SIGINT)
    assert (tmp_path / ".local/state/why403/store.db").exists()
    again = started(tmp_path / "counters")
    assert json.loads(again.ask("GET", links[0])[1]) == json.loads(answers[0][1])
    ended(again)


def test_where_nothing_can_be_written_it_keeps_for_as_long_as_it_lives(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    running = started(tmp_path / "counters", XDG_STATE_HOME=str(tmp_path / "file"), TMPDIR=str(tmp_path))
    link = json.loads(running.ask("POST", "/diagnose", REFUSED)[1])["permalink"]
    assert running.ask("GET", link)[0] == 200
    assert [each.name for each in tmp_path.glob("why403-store-*/store.db")] == ["store.db"]
    ended(running)
    assert [*tmp_path.glob("why403-store-*")] == []


def test_without_its_store_it_explains_and_is_ready(tmp_path: Path) -> None:
    running = started(tmp_path / "counters", WHY403_STORE_URL="postgresql:///why403?host=/nonexistent")
    status, body = running.ask("POST", "/diagnose", REFUSED)
    assert (status, json.loads(body)["permalink"]) == (200, None)
    status, body = running.ask("GET", "/readyz")
    assert (status, json.loads(body)["store"]) == (200, "unavailable")
    assert running.ask("GET", "/diagnoses/d_0")[0] == 503
    assert (
        b'why403_store_operations_total{operation="add_diagnosis",result="unavailable"} 1.0'
        in (running.ask("GET", "/metrics")[1])
    )
    ended(running)


def test_told_to_keep_nothing_it_keeps_nothing(tmp_path: Path) -> None:
    running = started(tmp_path / "counters", WHY403_STORE_URL="none")
    assert "permalink" not in json.loads(running.ask("POST", "/diagnose", REFUSED)[1])
    assert running.ask("GET", "/diagnoses/d_0")[0] == 404
    ended(running)
    assert not (tmp_path / ".local").exists()
