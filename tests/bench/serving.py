"""Answers over HTTP: /simulate and /diagnose beside a route that only parses and writes bodies of the same sizes."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import orjson

from tests.bench.load import Load
from tests.bench.refusals import asked, pasted
from tests.bench.workload import body, expected, outcomes
from tests.cases import answers, services
from why403.usecases.diagnose import diagnose

SERVICE: Final = [
    "-c",
    "from why403.server import run; from why403.settings import read_settings; run(read_settings())",
]
SETTINGS: Final = {"WHY403_LISTEN_PORT": "0", "WHY403_WORKERS": "1"}
CLIENTS: Final = 2
SINGLES: Final = 300
START: Final = 20


class Running(NamedTuple):
    """A server: its port, and the process that answers."""

    port: int
    worker: int

    def cpu(self) -> float:
        """Return the CPU seconds that the worker's threads took so far."""
        threads = Path(f"/proc/{self.worker}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


class Sizes(NamedTuple):
    """One way to ask: what it is called, where, the bodies of a round, and the answer that the plain route gives."""

    name: str
    title: str
    path: str
    bodies: list[bytes]
    requests: int
    answer: Any


class Served(NamedTuple):
    """What was measured of one server and one way to ask; of the round's time, how much server and clients computed."""

    rate: float
    server: float
    clients: float


def ways() -> list[Sizes]:
    """Return the ways to ask."""
    return [*_simulations(), *_diagnoses()]


def _simulations() -> Iterator[Sizes]:
    for detail in ("decision", "full"):
        members = {**body(), **({"detail": detail} if detail == "decision" else {})}
        every = answers(**members)
        singles = [orjson.dumps({**members, "requests": [each]}) for each in body()["requests"][:SINGLES]]
        one, many = {"results": [_middle(every)]}, {"results": every}
        bodies = [orjson.dumps(members)] * CLIENTS
        yield Sizes(f"one-{detail}", f"/simulate, 1 a body, {detail}", "/simulate", singles, 1, one)
        yield Sizes(f"many-{detail}", f"/simulate, 1,000 a body, {detail}", "/simulate", bodies, 1_000, many)


def _diagnoses() -> Iterator[Sizes]:
    for name, title, bodies in (("asked", "request", asked()), ("pasted", "pasted error, request", pasted())):
        sent = [orjson.dumps(each) for each in bodies]
        middle = _middle([diagnose(services(), each) for each in bodies])
        yield Sizes(name, f"/diagnose, {title}", "/diagnose", sent, 1, middle)


def _middle(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer of median size."""
    return sorted(found, key=lambda each: len(orjson.dumps(each)))[len(found) // 2]


@contextmanager
def running(command: list[str]) -> Iterator[Running]:
    """Run a server on a free port of the loopback interface; its log goes to a file."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WHY403_")}
    with tempfile.NamedTemporaryFile("r") as log, Path(log.name).open("w") as into:
        process = subprocess.Popen([sys.executable, *command], env={**clean, **SETTINGS}, stderr=into)
        try:
            yield _listening(process, Path(log.name))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(START)


def _listening(process: "subprocess.Popen[bytes]", log: Path) -> Running:
    for _ in range(START * 20):
        found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", log.read_text())
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if found and children:
            return Running(int(found[1]), int(children[0]))
        if process.poll() is not None:
            break
        time.sleep(0.05)
    message = f"the server did not start:\n{log.read_text()}"
    raise RuntimeError(message)


def measure(rounds: int) -> list[tuple[Sizes, Served, Served]]:
    """Return, for each way to ask, the service and the plain route; rounds of the two alternate."""
    asked = ways()
    load = Load(CLIENTS)
    try:
        with tempfile.NamedTemporaryFile() as held:
            held.write(orjson.dumps({way.name: way.answer for way in asked}))
            held.flush()
            with running(SERVICE) as service, running(["-m", "tests.bench.plain", held.name]) as plain:
                return [(way, *_compared(load, way, service, plain, rounds)) for way in asked]
    finally:
        load.close()


def _compared(load: Load, way: Sizes, service: Running, plain: Running, rounds: int) -> tuple[Served, Served]:
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_checked_round(load, way, service))
        theirs.append(_round(load, way, plain, f"/{way.name}")[0])
    return _medians(ours), _medians(theirs)


def _round(load: Load, way: Sizes, server: Running, path: str) -> tuple[Served, list[bytes]]:
    before = server.cpu()
    wall, clients, found = load.send(server.port, path, way.bodies)
    spent = server.cpu() - before
    return Served(len(way.bodies) / wall, spent / wall, clients / wall), found


def _checked_round(load: Load, way: Sizes, service: Running) -> Served:
    """Return a round of the service; raise if any answer of it decides otherwise than the reference."""
    served, found = _round(load, way, service, way.path)
    read = [orjson.loads(answer) for answer in found]
    decided = outcomes([each for answer in read for each in answer.get("results", [answer])])
    if decided != list(islice(cycle(expected()), len(way.bodies) * way.requests)):
        message = f"{way.title}: some answers are not the reference's"
        raise AssertionError(message)
    return served


def _medians(rounds: list[Served]) -> Served:
    return Served(*(median(values) for values in zip(*rounds, strict=True)))
