"""Failures of ours, told without their messages, which may hold what was pasted."""

from collections.abc import Iterator
from contextlib import contextmanager

from why403.domain.errors import Why403Error


@contextmanager
def unquoted() -> Iterator[None]:
    """Let errors of the caller pass; raise any other by its name alone."""
    try:
        yield
    except Why403Error:
        raise
    except Exception as error:
        raise RuntimeError(type(error).__name__).with_traceback(error.__traceback__) from error
