"""POST /diagnose: explain one refusal, as data, as a chat message or as a page."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from why403.rendering import page
from why403.usecases.diagnose import diagnose
from why403.web.body import read_json
from why403.web.failing import unquoted
from why403.web.negotiation import preferred
from why403.web.parts import parts
from why403.web.schemas import DiagnoseBody, load

blueprint = Blueprint("diagnose", __name__)

_BODY = DiagnoseBody()
_JSON, _MARKDOWN, _HTML = _OFFERS = ("application/json", "text/markdown", "text/html")
# The page brings its style with it, and nothing else: no script, and nothing that it could load or send.
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox"
)


@blueprint.post("/diagnose")
def post() -> Response:
    """Explain what the body reports; raises InvalidInput with pointers from its root."""
    body = load(_BODY, read_json())
    with unquoted():
        diagnosis = diagnose(parts().services, body)
    parts().metrics.decided("diagnose", [diagnosis["decision"]])
    answer = _shown(diagnosis, preferred(request.accept_mimetypes, _OFFERS))
    answer.headers["Vary"] = "Accept"
    return answer


def _shown(diagnosis: dict[str, Any], media_type: str) -> Response:
    """Return a diagnosis in one of its representations."""
    if media_type == _MARKDOWN:
        return Response(diagnosis["explanation"]["markdown"], mimetype=_MARKDOWN)
    if media_type == _HTML:
        answer = Response(page(diagnosis), mimetype=_HTML)
        answer.headers["Content-Security-Policy"] = _PAGE_POLICY
        return answer
    return jsonify(diagnosis)
