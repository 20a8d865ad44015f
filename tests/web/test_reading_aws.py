"""The service as it runs and reads: forked processes, a server that plays AWS, and logs that tell nothing."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest

from tests.aws.faking import HOME, IDENTITY, KEY, SECRET, TOKEN
from tests.aws.test_reader import A_ROLE
from tests.usecases.test_collecting import PASTED
from tests.web.test_server import ended, started

pytestmark = pytest.mark.serves

DENIED = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>hunter2</Message></Error></ErrorResponse>"


class _PlaysAws(BaseHTTPRequestHandler):
    """Knows one role, and refuses everything else."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        action = parse_qs(sent).get("Action", [""])[0]
        known = {"GetCallerIdentity": IDENTITY, "GetRole": A_ROLE.body}
        body = known.get(action, DENIED).encode()
        self.send_response(200 if action in known else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def aws() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _PlaysAws)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_reads_in_its_processes_counts_the_calls_and_logs_no_secret(aws: str, tmp_path: Path) -> None:
    running = started(
        tmp_path / "counters",
        AWS_ENDPOINT_URL=aws,
        AWS_ACCESS_KEY_ID=KEY,
        AWS_SECRET_ACCESS_KEY=SECRET,
        AWS_SESSION_TOKEN=TOKEN,
        WHY403_LOG_LEVEL="debug",
    )
    status, body = running.ask("POST", "/diagnose", json.dumps({"error": PASTED}))
    metrics = running.ask("GET", "/metrics")[1].decode()
    _, log = ended(running)
    answer = json.loads(body)
    assert status == 200
    assert answer["collected"]["facts"]["session.issuer"]["seen"] == "found"
    assert answer["collected"]["facts"]["principal.policies"]["seen"] == "unreadable"
    doubt = next(each for each in answer["doubts"] if each["layer"] == "identity")
    assert (doubt["call"], doubt["account"]) == (doubt["needs"], HOME)
    assert 'why403_aws_calls_total{call="iam:GetRole",result="found"} 1.0' in metrics
    assert 'result="denied"' in metrics
    written = json.dumps([log, answer])
    assert not [secret for secret in (SECRET, TOKEN, KEY, "Signature=", "hunter2") if secret in written]
