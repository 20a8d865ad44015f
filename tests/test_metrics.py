"""What is counted, and that no input can add a time series."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from why403.metrics import Metrics

MANIFEST = {
    "why403_decisions": {"endpoint", "decision"},
    "why403_layer_seconds": {"layer", "phase"},
    "why403_layer_failures": {"layer", "phase"},
    "why403_aws_calls": {"call", "result"},
    "why403_plans": {"state"},
    "why403_store_operations": {"operation", "result"},
    "why403_http_requests": {"method", "route", "status"},
    "why403_http_request_seconds": {"method", "route"},
}


def samples(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    """Return every sample by its name and its label values, in the order of the label names."""
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def used() -> Metrics:
    """Return metrics of which each was used once."""
    metrics = Metrics()
    metrics.decided("simulate", ["allowed", "denied", "denied"])
    metrics.answered("GET", "/layers", 200, 0.1)
    metrics.failed("scp", "judge")
    metrics.called("iam:GetRole", "denied")
    metrics.planned("proposed")
    metrics.stored("plan", "ok")
    with metrics.watch("scp", "judge"):
        pass
    return metrics


def test_the_metrics_are_those_of_the_manifest() -> None:
    families = list(text_string_to_metric_families(used().exposition().decode()))
    found = {
        family.name: {label for sample in family.samples for label in sample.labels} - {"le"} for family in families
    }
    assert found == MANIFEST


def test_decisions_are_counted_each() -> None:
    found = samples(used())
    assert found["why403_decisions_total", ("allowed", "simulate")] == 1
    assert found["why403_decisions_total", ("denied", "simulate")] == 2


@pytest.mark.parametrize(
    ("method", "route", "labels"),
    [
        ("GET", "/layers", ("GET", "/layers", "200")),
        ("BREW", None, ("other", "unmatched", "200")),
        ("get", None, ("other", "unmatched", "200")),
    ],
)
def test_methods_and_routes_come_from_closed_sets(method: str, route: str | None, labels: tuple[str, ...]) -> None:
    metrics = Metrics()
    metrics.answered(method, route, 200, 0.1)
    assert samples(metrics)["why403_http_requests_total", labels] == 1


def test_an_unknown_phase_or_decision_is_other() -> None:
    metrics = Metrics()
    metrics.failed("scp", "dance")
    metrics.decided("simulate", ["perhaps"])
    found = samples(metrics)
    assert found["why403_layer_failures_total", ("scp", "other")] == 1
    assert found["why403_decisions_total", ("other", "simulate")] == 1


def test_a_crash_is_timed_and_passes_through() -> None:
    metrics = Metrics()
    with pytest.raises(ZeroDivisionError), metrics.watch("scp", "judge"):
        raise ZeroDivisionError
    assert samples(metrics)["why403_layer_seconds_count", ("scp", "judge")] == 1


def test_two_sets_of_metrics_do_not_meet() -> None:
    one, other = Metrics(), Metrics(CollectorRegistry())
    one.answered("GET", "/layers", 200, 0.1)
    assert ("why403_http_requests_total", ("GET", "/layers", "200")) not in samples(other)


def test_a_directory_shared_by_processes_is_what_is_shown(tmp_path: Path) -> None:
    assert Metrics(directory=tmp_path).exposition() == b""
