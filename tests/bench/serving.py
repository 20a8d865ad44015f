"""Answers over HTTP: /simulate and /diagnose beside routes that only parse and write bodies of the same sizes."""

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
CLIENTS: Final = 2
SINGLES: Final = 300
START: Final = 20


class Running(NamedTuple):
    """A server: its port, and the processes that answer."""

    port: int
    workers: tuple[int, ...]

    def cpu(self) -> float:
        """Return the CPU seconds that the workers' threads took so far."""
        threads = [thread for worker in self.workers for thread in Path(f"/proc/{worker}/task").glob("*/schedstat")]
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

    @property
    def computed(self) -> float:
        """Return the seconds that the server computed for one body."""
        return self.server / self.rate


class Compared(NamedTuple):
    """One way to ask, of the service, of the route with Flask's own JSON, and of the one with orjson."""

    way: Sizes
    ours: Served
    own: Served
    floor: Served


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
def running(command: list[str], workers: int = 1) -> Iterator[Running]:
    """Run a server on a free port of the loopback interface; its log goes to a file."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WHY403_")}
    settings = {"WHY403_LISTEN_PORT": "0", "WHY403_WORKERS": f"{workers}", "WHY403_COLLECT": "off"}
    with (
        tempfile.NamedTemporaryFile("r") as log,
        Path(log.name).open("w") as into,
        tempfile.TemporaryDirectory() as kept,
    ):
        settings["WHY403_STORE_URL"] = f"sqlite:///{kept}/store.db"
        process = subprocess.Popen([sys.executable, *command], env={**clean, **settings}, stderr=into)
        try:
            yield _listening(process, Path(log.name), workers)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(START)


def _listening(process: "subprocess.Popen[bytes]", log: Path, workers: int) -> Running:
    for _ in range(START * 20):
        found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", log.read_text())
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if found and len(children) >= workers:
            return Running(int(found[1]), tuple(map(int, children)))
        if process.poll() is not None:
            break
        time.sleep(0.05)
    message = f"the server did not start:\n{log.read_text()}"
    raise RuntimeError(message)


@contextmanager
def clients() -> Iterator[Load]:
    """Start the clients, and end them."""
    load = Load(CLIENTS)
    try:
        yield load
    finally:
        load.close()


def measure(rounds: int) -> Iterator[Compared]:
    """Yield each way to ask; rounds of the service and of the two plain routes alternate."""
    asked = ways()
    with clients() as load, tempfile.NamedTemporaryFile() as held:
        held.write(orjson.dumps({way.name: way.answer for way in asked}))
        held.flush()
        with running(SERVICE) as service, running(["-m", "tests.bench.plain", held.name]) as plain:
            for way in asked:
                yield _compared(load, way, service, plain, rounds)


def shared(rounds: int, workers: int) -> Iterator[tuple[Sizes, Served]]:
    """Yield the ways to ask for many decisions at once, of a service with so many processes."""
    with clients() as load, running(SERVICE, workers) as service:
        for way in _simulations():
            if way.requests > 1:
                several = way._replace(bodies=way.bodies * 2)
                _checked_round(load, several, service)
                yield way, _medians([_checked_round(load, several, service) for _ in range(rounds)])


def _compared(load: Load, way: Sizes, service: Running, plain: Running, rounds: int) -> Compared:
    ours, own, floor = [], [], []
    for _ in range(rounds):
        ours.append(_checked_round(load, way, service))
        own.append(_round(load, way, plain, f"/own/{way.name}")[0])
        floor.append(_round(load, way, plain, f"/floor/{way.name}")[0])
    return Compared(way, _medians(ours), _medians(own), _medians(floor))


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
