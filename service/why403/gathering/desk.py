"""Where reads are handed in: answered from memory, by a read that is under way, or by one of a few threads."""

import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

from cachetools import TLRUCache

from why403.collecting import Read
from why403.domain.evidence import Observation, Unreadable
from why403.gathering.answers import Answer, Reader

_LOG = logging.getLogger(__name__)


class _UnderWay:
    """A read that was handed in and is not answered, when that was, and how many wait for it."""

    __slots__ = ("began", "future", "waiting")

    def __init__(self, future: Future[Answer], began: float) -> None:
        self.future, self.began, self.waiting = future, began, 0


class Desk:
    """Shared by all who gather: equal reads under way are one, and answers serve again for as long as they are kept.

    Only what was found or is known to be absent is kept. `threads` bounds the reads made at once, `entries` the answers
    in memory.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        threads: int = 16,
        entries: int = 4096,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start no thread: the process may still be forked."""
        self.clock, self.threads = clock, threads
        self._reader = reader
        self._pool: ThreadPoolExecutor | None = None
        self._lock = Lock()
        self._kept: TLRUCache[Read, Answer] = TLRUCache(entries, _expiry, timer=clock)
        self._under_way: dict[Read, _UnderWay] = {}

    def partition(self) -> str | None:
        """Return the partition that is read, None while nothing was: names mean others in another partition."""
        return self._reader.partition()

    def kept(self, read: Read) -> Answer | None:
        """Return the answer that is in memory, if it may still be used."""
        with self._lock:
            return self._kept.get(read)

    def ask(self, read: Read, since: float = math.inf) -> Future[Answer]:
        """Return the answer to come, of a read that is under way already or is made now; it never fails.

        One that came in after the caller looked into memory serves as well, if it was asked for after `since`; so does
        one that is under way, unless it was begun before that.
        """
        with self._lock:
            kept = self._kept.get(read)
            if kept is not None and kept.at > since:
                return _given(kept)
            found = self._under_way.get(read)
            if found is None or (math.isfinite(since) and found.began < since):
                began = self.clock()
                future = self._threads_started().submit(self._read, read)
                found = self._under_way[read] = _UnderWay(future, began)
            found.waiting += 1
            return found.future

    def leave(self, read: Read, future: Future[Answer]) -> None:
        """Wait no longer; a read that nobody waits for and no thread has begun is not made."""
        with self._lock:
            found = self._under_way.get(read)
            if found is None or found.future is not future:
                return
            found.waiting -= 1
            if not found.waiting and future.cancel():
                del self._under_way[read]

    def close(self) -> None:
        """End the threads once they have answered what they began; the rest is not made."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def _threads_started(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="why403-aws")
        return self._pool

    def _read(self, read: Read) -> Answer:
        at = self.clock()  # what is seen is at least as new as this
        answer = Answer(self._seen(read), at)
        with self._lock:
            under_way, kept = self._under_way.get(read), self._kept.get(read)
            if under_way is not None and under_way.began <= at:
                del self._under_way[read]
            if not isinstance(answer.seen, Unreadable) and (kept is None or kept.at <= at):
                self._kept[read] = answer
        return answer

    def _seen(self, read: Read) -> Observation[Any]:
        try:
            return self._reader.read(read)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear something
            # Without the message, which may hold what AWS answered.
            _LOG.error("reading %s failed: %s", read.call.name, type(error).__name__)
            return read.unreadable("could not be read: the service failed")


def _given(answer: Answer) -> Future[Answer]:
    future: Future[Answer] = Future()
    future.set_result(answer)
    return future


def _expiry(read: Read, answer: Answer, _now: float) -> float:
    return answer.at + read.call.keep
