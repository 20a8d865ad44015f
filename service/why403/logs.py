"""Logs: JSON lines on standard error, ours and those of the libraries, and nothing of what callers send."""

import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_LONGEST_MESSAGE = 300


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send everything from this level on, as one JSON object a line, to a stream (standard error by default)."""
    shared: list[Processor] = [structlog.processors.add_log_level, _stamp, failure]
    target = sys.stderr if stream is None else stream
    # Ours go to the stream directly: a line for each request should cost little.
    structlog.configure(
        processors=[*shared, _render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=target),
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the time, in UTC."""
    event["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return event


def failure(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace exception information by its type, its shortened message, and the places it passed.

    No local variables and no source lines: they would show what a caller sent.
    """
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_qualname}")
            trace = trace.tb_next
        event["failure"] = {"type": type(error).__name__, "message": str(error)[:_LONGEST_MESSAGE], "frames": frames}
    return event


def _render(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """Write one event as a JSON object; what JSON cannot hold is written as text."""
    return orjson.dumps(event, default=str).decode()
