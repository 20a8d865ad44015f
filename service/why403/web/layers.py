"""GET /layers: which layers are loaded, from where, and what they read."""

from flask import Blueprint, Response, jsonify

from why403.usecases.layers import describe_layers
from why403.web.parts import parts

blueprint = Blueprint("layers", __name__)


@blueprint.get("/layers")
def get() -> Response:
    """Describe the layers."""
    return jsonify(describe_layers(parts().services))
