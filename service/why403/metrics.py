"""All metrics of the service, in one class on an injected registry; label values come from closed sets only."""

from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

OTHER = "other"
UNMATCHED = "unmatched"
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
DECISIONS = frozenset({"allowed", "denied", "unknown"})
PLAN_STATES = frozenset({"proposed", "applying", "applied", "verified", "rolling_back", "rolled_back", "failed"})
PHASES = frozenset({"collect", "judge", "words", "propose"})

# Otherwise each series has a second one with its time of birth, which several processes could not report anyway.
disable_created_metrics()  # type: ignore[no-untyped-call]

_REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LAYER_BUCKETS = (0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10)


class Metrics:
    """The manifest: what is counted, under which labels, and the only ways to count it."""

    def __init__(self, registry: CollectorRegistry | None = None, directory: Path | None = None) -> None:
        """Declare the metrics on a registry of their own unless given one; `directory` is what processes share."""
        self._registry, self._directory = CollectorRegistry() if registry is None else registry, directory
        self._decisions = self._counter("decisions", "Decisions made, by what they were.", "endpoint", "decision")
        self._layer_seconds = Histogram(
            "why403_layer_seconds",
            "Time a layer took for one call, or for a batch decided together.",
            ["layer", "phase"],
            registry=self._registry,
            buckets=_LAYER_BUCKETS,
        )
        self._layer_failures = self._counter("layer_failures", "Calls of a layer that crashed.", "layer", "phase")
        self._aws_calls = self._counter("aws_calls", "Reads of AWS, by what came of them.", "call", "result")
        self._plans = self._counter("plans", "Plans, by each state they came to.", "state")
        self._store_operations = self._counter(
            "store_operations", "What was done with the store, by what came of it.", "operation", "result"
        )
        self._http_requests = self._counter("http_requests", "HTTP requests answered.", "method", "route", "status")
        self._http_seconds = Histogram(
            "why403_http_request_seconds",
            "Time from the head of an HTTP request to its answer.",
            ["method", "route"],
            registry=self._registry,
            buckets=_REQUEST_BUCKETS,
        )
        self._decided: dict[tuple[str, str], Counter] = {}
        self._answers: dict[tuple[str, str | None, int], tuple[Counter, Histogram]] = {}

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"why403_{name}", told, labels, registry=self._registry)

    def decided(self, endpoint: str, decisions: Iterable[str]) -> None:
        """Count decisions that an endpoint made."""
        for decision, count in Tally(decisions).items():
            held = self._decided.get((endpoint, decision))
            if held is None:
                held = self._decisions.labels(endpoint, _within(DECISIONS, decision))
                if decision in DECISIONS:
                    self._decided[(endpoint, decision)] = held
            held.inc(count)

    def planned(self, state: str) -> None:
        """Count a plan that came to a state."""
        self._plans.labels(_within(PLAN_STATES, state)).inc()

    @contextmanager
    def watch(self, layer: str, phase: str) -> Iterator[None]:
        """Time one phase of a layer; a crash within is timed as well, and passes through."""
        started = perf_counter()
        try:
            yield
        finally:
            self._layer_seconds.labels(layer, _within(PHASES, phase)).observe(perf_counter() - started)

    def failed(self, layer: str, phase: str) -> None:
        """Count a crash of a layer."""
        self._layer_failures.labels(layer, _within(PHASES, phase)).inc()

    def called(self, call: str, result: str) -> None:
        """Count one read of AWS: one of the calls that layers declare, and a result of the reader's closed set."""
        self._aws_calls.labels(call, result).inc()

    def stored(self, operation: str, result: str) -> None:
        """Count one use of the store: operation and result are words of the store's own."""
        self._store_operations.labels(operation, result).inc()

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count and time one HTTP request; `route` is the rule that matched, never the path that was sent."""
        held = self._answers.get((method, route, status))
        if held is None:
            labels = (_within(METHODS, method), route or UNMATCHED)
            held = self._http_requests.labels(*labels, str(status)), self._http_seconds.labels(*labels)
            if labels[0] == method:
                self._answers[(method, route, status)] = held
        requests, duration = held
        requests.inc()
        duration.observe(seconds)

    def exposition(self) -> bytes:
        """Return the metrics of all processes in the Prometheus text format."""
        registry = self._registry
        if self._directory is not None:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=str(self._directory))  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def share_between_processes(directory: Path) -> None:
    """Let every metric made from now on live in a directory, which the environment names already; empty it first.

    The Prometheus client looks into the environment when it is first imported, which was too early.
    """
    for left_over in directory.glob("*.db"):
        left_over.unlink()
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


def forget_process(pid: int, directory: Path) -> None:
    """Drop what only a living process may report."""
    mark_process_dead(pid, path=str(directory))  # type: ignore[no-untyped-call]


def _within(allowed: frozenset[str], value: str) -> str:
    """Return a label value, or `other` so that no input can add a time series."""
    return value if value in allowed else OTHER
