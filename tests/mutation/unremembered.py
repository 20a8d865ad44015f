"""Tests that begin with nothing remembered, loaded into pytest while changes are tried.

What an earlier test left in a cache is not computed again: mutmut would not learn that a later test rests on that code,
nor would a change of it show. What runs while the tests are collected is no test's own; its names go to `IMPORTED`.
"""

import functools
import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

import pytest
from mutmut.state import state

from why403.domain.remembered import Recent, Remembered

IMPORTED: Final = "imported.json"
_COPY: Final = Path(__file__).parents[3]
_OURS: Final = ("why403.", "why403_layers.", "tests.")
_forget: list[Callable[[], Any]] = []


def pytest_collection_finish(session: pytest.Session) -> None:
    """Find the caches of code and tests, and tell which functions were needed to import them."""
    _forget[:] = [found for each in gc.get_objects() if (found := _clearing(each)) is not None]
    hits = state()._stats
    if hits and not session.config.option.collectonly:
        (_COPY / IMPORTED).write_text(json.dumps(sorted(hits)))
        hits.clear()


def _clearing(candidate: object) -> Callable[[], Any] | None:
    # By its type, for what a proxy stands for is not to be asked.
    if issubclass(type(candidate), functools._lru_cache_wrapper):
        module = str(getattr(candidate, "__module__", ""))
        ours = module.startswith(_OURS) and "reference" not in module
        return cast("functools._lru_cache_wrapper[Any]", candidate).cache_clear if ours else None
    if issubclass(type(candidate), Remembered):
        return cast("Remembered[Any, Any]", candidate).clear
    if issubclass(type(candidate), Recent):
        return functools.partial(_emptied, cast("Recent[Any, Any]", candidate))
    return None


def _emptied(recent: Recent[Any, Any]) -> None:
    recent._held.clear()
    recent._weight = 0


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    for forget in _forget:
        forget()
