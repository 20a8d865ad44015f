"""Processes that apply a plan or take it back, and die at a moment that a test chooses."""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from tests.applying.world import FileAws, no_waiting, serving
from tests.cases import services as built
from why403.domain.errors import Conflict
from why403.store import Ages, SqlStore, open_store
from why403.usecases.apply import apply
from why403.usecases.rollback import roll_back

# Forked from a process that has all of it loaded and no thread: hundreds of them have to die.
_CONTEXT: Final = get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])
_SERVICES: Final = built()
KILLED, DONE, REFUSED, FAILED = -signal.SIGKILL, 0, 3, 1
LEASE: Final = timedelta(seconds=0.2)
_VERBS: Final[dict[str, Callable[..., dict[str, Any]]]] = {"apply": apply, "rollback": roll_back}
_WRITTEN: Final = ("claim", "intend", "ended", "settle")


@dataclass
class Death:
    """Kills this process at the boundary of that number: before or after a line of the journal or a call of AWS."""

    at: int | None
    seen: int = 0

    def __call__(self, _event: str) -> None:
        """Count a boundary."""
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen += 1


class Watched:
    """A store whose every change is announced before and after."""

    def __init__(self, store: SqlStore, event: Callable[[str], None]) -> None:
        self._store, self._event = store, event

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in _WRITTEN:
            return method

        def announced(*given: Any, **named: Any) -> Any:
            self._event(f"before {name}")
            answer = method(*given, **named)
            self._event(f"after {name}")
            return answer

        return announced


def _work(url: str, path: Path, verb: str, at: int | None, slowly: float, lease: timedelta) -> None:
    death = Death(at)

    def event(what: str) -> None:
        time.sleep(slowly)
        death(what)

    store = open_store(url, ages=Ages(lease=lease))
    services = serving(_SERVICES, Watched(store, death), FileAws(path, event=event))
    try:
        _VERBS[verb](services, "p_1", {"dry_run": False}, None, sleep=no_waiting)
    except Conflict:
        os._exit(REFUSED)


def started(
    url: str, path: Path, verb: str, at: int | None = None, slowly: float = 0.0, lease: timedelta = LEASE
) -> Any:
    """Start a process that does something with the plan, and dies at a boundary if one is given."""
    process = _CONTEXT.Process(target=_work, args=(url, path, verb, at, slowly, lease))
    with patch.dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)):  # for what all are forked from, and finds us so
        process.start()
    return process


def ended(process: Any) -> int:
    """Wait for a process; return how it ended."""
    process.join(60)
    code: int = process.exitcode
    return code
