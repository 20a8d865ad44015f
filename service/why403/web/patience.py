"""How long a body is waited for: a client that announces one and never sends it would hold a thread for ever."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_STEP_SECONDS = 0.25
_AT_LEAST_SECONDS = 2


class Patience:
    """Connections that something is waited for from, each until some time; after that nothing more is read of them."""

    def __init__(self, most: int = 1_000) -> None:
        """Wait for nothing; from `most` at once on, what was waited for longest comes to its end after two seconds."""
        self.most = most
        self._until: dict[object, tuple[float, float, socket.socket]] = {}
        self._process: int | None = None
        self._lock = threading.Lock()

    @contextmanager
    def within(self, seconds: float, connection: socket.socket | None) -> Iterator[None]:
        """Let what is read meanwhile end as if the client had gone, where it takes longer than so many seconds."""
        if connection is None:  # there is none in tests
            yield
            return
        self._watch()
        waiting = object()
        now = time.monotonic()
        self._until[waiting] = (now, now + seconds, connection)
        try:
            yield
        finally:
            self._until.pop(waiting, None)

    def _watch(self) -> None:
        """Start the thread that looks after the connections; one of the first process is not in those it forks."""
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    self._process = os.getpid()
                    threading.Thread(target=self._run, name="why403-patience", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(_STEP_SECONDS)
            now = time.monotonic()
            held = tuple(self._until.items())
            crowded = len(held) >= self.most
            for waiting, (began, until, connection) in held:
                last = min(until, began + _AT_LEAST_SECONDS) if crowded else until
                if last <= now and self._until.pop(waiting, None) is not None:
                    crowded = False
                    with suppress(OSError):  # it is closed already
                        connection.shutdown(socket.SHUT_RD)


patience = Patience()
