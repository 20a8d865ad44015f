"""The service under gunicorn: processes and threads, signals, and the metrics they share."""

import gc
import logging
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from why403 import logs
from why403.metrics import forget_process, share_between_processes
from why403.settings import Settings, metrics_directory, state_directory, store_file, use_metrics_directory
from why403.web.app import create_app

_ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
# An answer makes hundreds of objects, most of which go with it; with Python's own 700 a tenth of the time went into
# looking for garbage among them.
_GARBAGE = (20_000, 20, 20)
_MEMORY = Path("/dev/shm")  # noqa: S108 - the file system in memory, not a shared temporary directory


def run(settings: Settings) -> None:
    """Serve until a signal ends it (SystemExit); a start that fails says why and exits with 3."""
    logs.configure(settings.log_level)
    log = logging.getLogger("why403")
    for name in settings.misspelt:
        log.warning("the variable %s is not a setting of this service", name)
    first = os.getpid()
    with ExitStack() as leaving:
        directory = _shared_directory(leaving)
        share_between_processes(directory)
        settings = _keeping(settings, leaving)
        try:
            Server(settings, directory).run()
        finally:
            if os.getpid() != first:  # a worker that ends comes through here too
                leaving.pop_all()


def collect_seldom() -> None:
    """Look for garbage less often: what is loaded is none, and what answers leave behind mostly goes by itself."""
    gc.freeze()
    gc.set_threshold(*_GARBAGE)


class JsonLogger(Logger):  # type: ignore[misc]
    """gunicorn's messages, sent the way of all others."""

    def setup(self, cfg: Any) -> None:
        """Add no handlers: the root logger has ours."""
        self.error_log.setLevel(cfg.loglevel.upper())
        self.error_log.propagate = True


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads, which ends at once when it is told to."""

    def init_process(self) -> None:
        """Serve."""
        collect_seldom()
        super().init_process()

    def init_signals(self) -> None:
        """Listen to the signals that were held back while the process began."""
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def handle_quit(self, _signal: Any, _frame: Any) -> None:
        """End here and now; whatever takes a lock could wait for ever for one that the interrupted code holds."""
        os._exit(0)


class Master(Arbiter):  # type: ignore[misc]
    """gunicorn's first process, whose workers hear a signal also while they begin."""

    def spawn_worker(self) -> Any:
        """Hold signals back until the worker listens to them: before, it would take them for the master's."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            return super().spawn_worker()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured by our settings and by nothing else."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        """Keep the settings and the directory of shared metrics."""
        self._settings = settings
        self._directory = directory
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        for name, value in self._configuration().items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the WSGI application; called once, before the workers are forked."""
        return create_app(self._settings)

    def run(self) -> None:
        """Start the first process, which starts the others."""
        Master(self).run()

    def _configuration(self) -> dict[str, Any]:
        """Return gunicorn's settings, by its names."""
        settings = self._settings
        return {
            "bind": _address(settings.host, settings.port),
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": Worker,
            "worker_tmp_dir": str(_MEMORY) if _in_memory() else None,
            "preload_app": True,
            "timeout": settings.worker_timeout_seconds,
            "graceful_timeout": settings.graceful_timeout_seconds,
            "keepalive": 30,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",
            "logger_class": JsonLogger,
            "loglevel": settings.log_level,
            "proc_name": "why403",
            "child_exit": self._forget(),
        }

    def _forget(self) -> Callable[[Any, Any], None]:
        """Return the hook that gunicorn calls in the parent when a worker has ended."""

        def child_exit(_server: Any, worker: Any) -> None:
            forget_process(worker.pid, self._directory)

        return child_exit


def _address(host: str, port: int) -> str:
    """Return the address as gunicorn wants it, with IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}"


def _in_memory() -> bool:
    """Say whether there is a file system in memory; where heartbeats and counters are files, a disk may stall them."""
    return _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)


def _shared_directory(leaving: ExitStack) -> Path:
    """Return where workers share their metrics; a directory that we have made is removed when we leave."""
    given = metrics_directory()
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        return given
    made = _made("why403-metrics-", _MEMORY if _in_memory() else None, leaving)
    use_metrics_directory(made)
    return made


def _keeping(settings: Settings, leaving: ExitStack) -> Settings:
    """Return the settings with a place for the store; where none is set and none can be written to, one for now."""
    if settings.store_url is not None:
        return settings
    directory = state_directory()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_ours = os.access(directory, os.W_OK)
    except OSError:
        is_ours = False
    if not is_ours:
        logging.getLogger("why403").warning("what is kept is lost at the end: %s cannot be written to", directory)
        directory = _made("why403-store-", None, leaving)
    return replace(settings, store_url=store_file(directory))


def _made(prefix: str, within: Path | None, leaving: ExitStack) -> Path:
    made = Path(tempfile.mkdtemp(prefix=prefix, dir=within))
    leaving.callback(rmtree, made, ignore_errors=True)
    return made
