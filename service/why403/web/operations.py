"""GET /healthz, /readyz and /metrics: for those who run the service."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from why403.domain.errors import Unavailable
from why403.web.parts import parts

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say that the service can decide, and whether it can keep what it decides, without which it decides all the same.

    Raises Unavailable where no layer is loaded.
    """
    count = len(parts().services.registry.layers)
    if not count:
        raise Unavailable("no layer is loaded")
    return jsonify({"status": "ready", "layers": count, "store": _store()})


def _store() -> str:
    store = parts().services.store
    try:
        if store is not None:
            store.check()
    except Unavailable:
        return "unavailable"
    return "none" if store is None else "ready"


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the metrics of all processes of this service."""
    return Response(parts().metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
