"""Sending bodies to a server as fast as it answers: processes with one keep-alive connection each."""

import http.client
from collections.abc import Sequence
from multiprocessing import get_context
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

JSON: Final = {"Content-Type": "application/json"}
TIMEOUT: Final = 60


class Sent(NamedTuple):
    """One process's share of a round: when it began and ended, the CPU time it took, and the answers."""

    began: float
    ended: float
    cpu: float
    answers: list[bytes]


class Load:
    """Client processes; `send` shares bodies among them and waits for all answers."""

    def __init__(self, processes: int) -> None:
        context = get_context("spawn")
        self._ends: list[Connection[Any, Any]] = []
        self._processes = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_client, args=(theirs,), daemon=True)
            process.start()
            self._ends.append(ours)
            self._processes.append(process)

    def send(self, port: int, path: str, bodies: Sequence[bytes]) -> tuple[float, float, list[bytes]]:
        """Return wall and CPU seconds of the clients, and the answers in the order of the bodies."""
        shares = [list(bodies[start :: len(self._ends)]) for start in range(len(self._ends))]
        for end, share in zip(self._ends, shares, strict=True):
            end.send((port, path, share))
        found: list[Sent] = [end.recv() for end in self._ends]
        answers: list[bytes] = [b""] * len(bodies)
        for start, sent in enumerate(found):
            answers[start :: len(self._ends)] = sent.answers
        busy = [sent for sent in found if sent.answers]
        wall = max(sent.ended for sent in busy) - min(sent.began for sent in busy)
        return wall, sum(sent.cpu for sent in found), answers

    def close(self) -> None:
        """End the processes."""
        for end, process in zip(self._ends, self._processes, strict=True):
            end.send(None)
            process.join(TIMEOUT)


def _client(end: "Connection[Any, Any]") -> None:
    connections: dict[int, http.client.HTTPConnection] = {}
    while (job := end.recv()) is not None:
        port, path, bodies = job
        connection = connections.setdefault(port, http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT))
        answers = []
        began, cpu = perf_counter(), process_time()
        for body in bodies:
            connection.request("POST", path, body, JSON)
            response = connection.getresponse()
            answers.append(response.read())
            if response.status != http.client.OK:
                raise RuntimeError(answers[-1])
        end.send(Sent(began, perf_counter(), process_time() - cpu, answers))
    for connection in connections.values():
        connection.close()
