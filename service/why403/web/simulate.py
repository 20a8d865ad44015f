"""POST /simulate: decide requests on given evidence, and again with edited facts."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, jsonify

from why403.usecases.simulate import simulate
from why403.web.body import read_json
from why403.web.parts import parts
from why403.web.schemas import SimulateBody, load

blueprint = Blueprint("simulate", __name__)

_BODY = SimulateBody()


@blueprint.post("/simulate")
def post() -> Response:
    """Decide every request of the body; raises InvalidInput with pointers from its root."""
    body = load(_BODY, read_json())
    answer = simulate(parts().services, body)
    parts().metrics.decided("simulate", _decisions(answer))
    return jsonify(answer)


def _decisions(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what was decided, both times where facts were edited."""
    for result in answer["results"]:
        if "before" in result:
            yield result["before"]["decision"]
            yield result["after"]["decision"]
        else:
            yield result["decision"]
