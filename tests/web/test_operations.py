"""Health, readiness, metrics and the list of layers."""

from flask.testing import FlaskClient

from why403.services import Services


def test_health_needs_nothing(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_readiness_counts_the_layers(client: FlaskClient, services: Services) -> None:
    assert client.get("/readyz").json == {"status": "ready", "layers": len(services.registry.layers), "store": "none"}


def test_head_is_get_without_a_body(client: FlaskClient) -> None:
    answer = client.head("/healthz")
    assert answer.status_code == 200
    assert answer.data == b""


def test_metrics_are_in_the_text_format(client: FlaskClient) -> None:
    client.get("/healthz")
    answer = client.get("/metrics")
    assert answer.mimetype == "text/plain"
    assert 'why403_http_requests_total{method="GET",route="/healthz",status="200"} 1.0' in answer.get_data(as_text=True)


def test_layers_are_those_that_are_loaded(client: FlaskClient, services: Services) -> None:
    answer = client.get("/layers").json
    assert answer is not None
    assert sorted(layer["name"] for layer in answer["layers"]) == sorted(
        layer.name for layer in services.registry.layers
    )
