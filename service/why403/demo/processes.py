"""The processes of the demo, each for as long as a context lasts: the service, and the account that it reads.

Both start with an environment of their own, so that nothing of this machine's AWS configuration can be meant, nor
reached: whatever they call through HTTP goes to the account on loopback.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PORT = 8403
_PATIENCE_SECONDS = 30
# Files and services in which credentials of this machine could be found.
_NOWHERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "PYTHONUTF8": "1",
}


@contextmanager
def standing_in(file: Path) -> Iterator[Mapping[str, str]]:
    """Run the account that a file describes; yield the environment in which a service reads it."""
    command = [sys.executable, "-m", "why403.demo.stand_in", str(file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=_NOWHERE, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603 - our own
        try:
            told = process.stdout.readline() if process.stdout else ""
            if not told:
                raise SystemExit("the stand-in account did not start")
            yield _reading(json.loads(told))
        finally:
            process.terminate()  # without input it would end by itself, but not at once


def _reading(told: Mapping[str, str]) -> Mapping[str, str]:
    # S3 Control puts the account before the host's name, which no resolver knows: a proxy need not ask one.
    proxies = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    return {
        **_NOWHERE,
        **dict.fromkeys(proxies, told["url"]),
        "AWS_ENDPOINT_URL": told["url"],
        "AWS_ACCESS_KEY_ID": told["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": told["secret_access_key"],
        "AWS_DEFAULT_REGION": told["region"],
        "WHY403_COLLECT_SECONDS": "25",  # a first run on a busy machine
        "WHY403_ORGANIZATION_ACCOUNT": told["management_account"],
        "WHY403_ROLE_NAME": told["role_name"],
    }


@contextmanager
def serving(environment: Mapping[str, str], wanted: int = PORT) -> Iterator[int]:
    """Run the service; yield its port: the wanted one, or any other where that is taken."""
    port = _free_port(wanted)
    command = [sys.executable, "-m", "why403", "serve", "--host", HOST, "--port", str(port)]
    with tempfile.TemporaryFile("w+") as log, tempfile.TemporaryDirectory(prefix="why403-demo-") as kept:
        environment = {**environment, "WHY403_STORE_URL": f"sqlite:///{kept}/store.db"}
        # In a group of its own: Ctrl-C is for this process, which then ends the service, and gunicorn may take seconds
        # when its workers are told so twice.
        process = subprocess.Popen(command, env=environment, stderr=log, process_group=0)  # noqa: S603 - our own
        try:
            if not _answers(port, process):
                log.seek(0)
                raise SystemExit(f"the service did not start:\n{log.read()}")
            yield port
        finally:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def looked_at(environment: Mapping[str, str], accounts: Iterable[str]) -> str:
    """Return what stands in accounts, as a text that is the same as long as nothing there changes."""
    command = [sys.executable, "-m", "why403.demo.state", environment["WHY403_ROLE_NAME"], *accounts]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout  # noqa: S603


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free on loopback")


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the service answers; return whether it does."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            return ask(port, "GET", "/healthz", None)[0] == http.client.OK
        except OSError:
            time.sleep(0.05)
    return False


def ask(port: int, method: str, path: str, body: object, key: str | None = None) -> tuple[int, Any]:
    """Return status and JSON of one call, made with a key where one is needed."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE_SECONDS)
    try:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {} if key is None else {"Authorization": f"Bearer {key}"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
