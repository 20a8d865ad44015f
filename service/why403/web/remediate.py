"""POST /remediate: a plan that would allow what was refused, with its proof, as data or as a chat message."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from why403.rendering import plan_markdown
from why403.usecases.kept import remediate_and_keep
from why403.web.access import caller_name
from why403.web.body import read_json
from why403.web.failing import unquoted
from why403.web.negotiation import preferred
from why403.web.parts import parts
from why403.web.schemas import RemediateBody, load

blueprint = Blueprint("remediate", __name__)

_BODY = RemediateBody()
_JSON, _MARKDOWN = _OFFERS = ("application/json", "text/markdown")


@blueprint.post("/remediate")
def post() -> Response:
    """Plan for what the body reports; raises InvalidInput with pointers from its root."""
    body = load(_BODY, read_json())
    with unquoted():
        plan = remediate_and_keep(parts().services, body, caller_name())
    parts().metrics.decided("remediate", [plan["proof"]["after"]["decision"]])
    parts().metrics.planned(plan["state"])
    answer = as_preferred(plan)
    if plan.get("permalink"):
        answer.headers["Content-Location"] = plan["permalink"]
    return answer


def as_preferred(plan: Mapping[str, Any]) -> Response:
    """Return a plan in the representation that the caller prefers."""
    in_words = preferred(request.accept_mimetypes, _OFFERS) == _MARKDOWN
    answer = Response(plan_markdown(plan), mimetype=_MARKDOWN) if in_words else jsonify(plan)
    answer.headers["Vary"] = "Accept"
    return answer
