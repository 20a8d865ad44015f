"""What it costs to keep a diagnosis, beside the diagnosis itself, in each kind of store."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from statistics import median
from time import perf_counter, process_time
from typing import Final

from tests.bench.refusals import pasted
from tests.cases import services
from tests.store.databases import serving
from why403.services import Services
from why403.store import open_store
from why403.usecases.diagnose import diagnose
from why403.usecases.kept import keep_diagnosis

_KEY: Final = bytes(range(32))
_BODIES: Final = 100


def keeping(rounds: int) -> None:
    """Print the milliseconds of a diagnosis, and those that keeping it adds: until it is committed, and computed."""
    print("\nkeeping a diagnosis (pasted error and request), milliseconds until committed, of which computed here")
    _printed("the diagnosis itself", [_diagnosed() for _ in range(rounds)])
    with tempfile.TemporaryDirectory() as directory, serving(None) as postgresql:
        stores = {"SQLite": f"sqlite:///{directory}/plain.db", "PostgreSQL, on this machine": postgresql}
        for name, url in stores.items():
            for sealed, keys in (("", ()), (", encrypted", (_KEY,))):
                with _keeping(url, keys) as kept:
                    _printed(name + sealed, [_kept(kept) for _ in range(rounds)])


def _printed(name: str, took: list[tuple[float, float]]) -> None:
    wall, computed = (median(each) * 1e3 for each in zip(*took, strict=True))
    print(f"  {name:<42} {wall:>9.2f}   {computed:>9.2f}")


@contextmanager
def _keeping(url: str, keys: tuple[bytes, ...]) -> Iterator[Services]:
    store = open_store(url, keys=keys)
    store.prepare()
    yield replace(services(), store=store)
    store.close()


def _diagnosed() -> tuple[float, float]:
    """Return how long a diagnosis takes, and how much of that is computed: medians of a round."""
    return _timed([partial(diagnose, services(), body) for body in pasted()[:_BODIES]])


def _kept(kept: Services) -> tuple[float, float]:
    """Return the same for keeping one."""
    answers = [(body, diagnose(kept, body)) for body in pasted()[:_BODIES]]
    took = _timed([partial(keep_diagnosis, kept, body, answer, None) for body, answer in answers])
    if any(answer["permalink"] is None for _, answer in answers):
        raise RuntimeError("not all were kept")
    return took


def _timed(acts: Sequence[Callable[[], object]]) -> tuple[float, float]:
    wall, computed = [], []
    for act in acts:
        start, spent = perf_counter(), process_time()
        act()
        wall.append(perf_counter() - start)
        computed.append(process_time() - spent)
    return median(wall), median(computed)
