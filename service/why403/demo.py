"""Real incidents, pasted into a service on loopback and explained on the terminal."""

import argparse
import http.client
import json
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

INCIDENTS = Path(__file__).resolve().parents[2] / "examples" / "incidents.jsonl"
_HOST, _PORT = "127.0.0.1", 8403
_PATIENCE_SECONDS = 30
_WIDTH = 110


def main(arguments: Sequence[str] | None = None) -> int:
    """Explain every incident; return 0 if each whose layer is loaded came out as it was confirmed."""
    parser = argparse.ArgumentParser(prog="why403.demo")
    parser.add_argument("--once", action="store_true", help="end after printing")
    parser.add_argument("--file", type=Path, default=INCIDENTS, help="incidents, one JSON object a line")
    options = parser.parse_args(arguments)
    incidents = [json.loads(line) for line in options.file.read_text("utf-8").splitlines()]
    with serving(_free_port()) as port:
        loaded = {layer["name"] for layer in ask(port, "GET", "/layers", None)[1]["layers"]}
        wrong = [each["id"] for each in incidents if not explain(port, each, loaded)]
        print(f"{len(incidents) - len(wrong)} of {len(incidents)} incidents explained as confirmed", end="")
        print(f"; not: {', '.join(wrong)}" if wrong else ".")
        if not options.once:
            print(f"Serving on http://{_HOST}:{port} (API page: /docs); Ctrl-C ends it.", flush=True)
            _wait()
    return 1 if wrong else 0


def _free_port() -> int:
    """Return the usual port, or any other where that is taken."""
    for port in (_PORT, 0):
        with socket.socket() as probe:
            try:
                probe.bind((_HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free on loopback")


@contextmanager
def serving(port: int) -> Iterator[int]:
    """Run the service in a process of its own for as long as the context lasts."""
    command = [sys.executable, "-m", "why403", "serve", "--host", _HOST, "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    try:
        _await_health(port, process)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=_PATIENCE_SECONDS)


def _await_health(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(_PATIENCE_SECONDS * 20):
        try:
            if ask(port, "GET", "/healthz", None)[0] == http.client.OK:
                return
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"the service did not start:\n{process.communicate()[1]}") from None
            time.sleep(0.05)
    raise SystemExit("the service did not answer in time")


def ask(port: int, method: str, path: str, body: object) -> tuple[int, Any]:
    """Return status and JSON of one call."""
    connection = http.client.HTTPConnection(_HOST, port, timeout=_PATIENCE_SECONDS)
    try:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def explain(port: int, incident: Mapping[str, Any], loaded: Collection[str]) -> bool:
    """Print one incident as it was pasted, the answer, its fix and check; return whether it is the confirmed one."""
    print(f"=== {incident['id']}  {incident['title']}")
    _print("pasted", " ".join(incident["diagnose"]["error"].split()), lines=2)
    first = _first_cause(port, incident)
    right = first is not None and first["layer"] == incident["expected"]["layer"]
    if incident["simulate"] is not None:
        right = _decided(port, incident) and right
    elif first is not None:
        _print("answer", f"{first['because']}.")
        _print("where", f"{first['layer']} ({first['kind']}), {first['likelihood']}")
    _print("fix", incident["fix"])
    if first is not None:
        _print("check", first["check"]["what"])
        _print("", first["check"]["command"])
    known = incident["expected"]["layer"] in loaded
    print("" if right else f"    {'EXPECTED' if known else 'its layer is still to come:'} {incident['expected']}\n")
    return right or not known


def _first_cause(port: int, incident: Mapping[str, Any]) -> dict[str, Any] | None:
    status, answer = ask(port, "POST", "/diagnose", incident["diagnose"])
    if status != http.client.OK:
        _print("answer", f"{status} {answer}")
        return None
    cause: dict[str, Any] = answer["causes"][0]
    return cause


def _decided(port: int, incident: Mapping[str, Any]) -> bool:
    """Print the decision on complete evidence; return whether it is the confirmed one."""
    status, answer = ask(port, "POST", "/simulate", {"requests": [incident["simulate"]]})
    if status != http.client.OK:
        _print("answer", f"{status} {answer}")
        return False
    result = answer["results"][0]
    _print("answer", result["summary"])
    _print("where", _where(result))
    return all(result[name] == value for name, value in incident["expected"].items())


def _where(result: Mapping[str, Any]) -> str:
    """Return the layer and, if there is one, the statement."""
    first = result["blockers"][0]
    cites = first["citations"][0] if first["citations"] else {"fact": "the call itself", "pointer": ""}
    return f"{first['layer']} ({first['kind']}), {cites['fact']}{cites['pointer']}"


def _print(label: str, text: str, lines: int | None = None) -> None:
    wrapped = textwrap.wrap(text, _WIDTH, max_lines=lines, placeholder=" ...")
    print(textwrap.indent("\n".join(wrapped), " " * 12).replace(" " * 12, f"    {label:<8}", 1))


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    sys.exit(main())
