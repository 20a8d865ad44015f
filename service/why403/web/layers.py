"""GET /layers: which layers are loaded, from where, what they read, and on request whether the service may read it."""

from flask import Blueprint, Response, jsonify, request

from why403.usecases.layers import describe_layers
from why403.usecases.preflight import preflight, trial_on
from why403.web.access import require_scope
from why403.web.parts import parts

blueprint = Blueprint("layers", __name__)

_OF_A_TRIAL = frozenset({"account", "bucket", "principal"})


@blueprint.get("/layers")
def get() -> Response:
    """Describe the layers; where the query names an account, having tried their calls in it.

    Raises InvalidInput with pointers to the query's members.
    """
    given = {name: value for name, value in request.args.items() if name in _OF_A_TRIAL}
    if not given:
        return jsonify(describe_layers(parts().services))
    require_scope("diagnose")  # it has the service call AWS
    return jsonify(preflight(parts().services, trial_on(given), parts().settings.organization_account))
