"""POST /diagnose and GET /diagnoses/ID: explain one refusal, as data, as a chat message or as a page."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from why403.rendering import page
from why403.usecases.diagnose import diagnose
from why403.usecases.kept import keep_diagnosis, kept_diagnosis
from why403.web.access import caller_name
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
    body, ours = load(_BODY, read_json()), parts()
    with unquoted():
        diagnosis = diagnose(ours.services, body)
        keep_diagnosis(ours.services, body, diagnosis, caller_name())
    ours.metrics.decided("diagnose", [diagnosis["decision"]])
    answer = _shown(diagnosis)
    if diagnosis.get("permalink"):
        answer.headers["Content-Location"] = diagnosis["permalink"]
    return answer


@blueprint.get("/diagnoses/<diagnosis>")
def get(diagnosis: str) -> Response:
    """Give an answer that was kept; raises NotFound, and Unavailable where the store cannot be reached."""
    with unquoted():
        return _shown(kept_diagnosis(parts().services, diagnosis))


def _shown(diagnosis: Mapping[str, Any]) -> Response:
    """Return a diagnosis in the representation that the caller prefers."""
    answer = _as(diagnosis, preferred(request.accept_mimetypes, _OFFERS))
    answer.headers["Vary"] = "Accept"
    return answer


def _as(diagnosis: Mapping[str, Any], media_type: str) -> Response:
    if media_type == _MARKDOWN:
        return Response(diagnosis["explanation"]["markdown"], mimetype=_MARKDOWN)
    if media_type == _HTML:
        answer = Response(page(diagnosis), mimetype=_HTML)
        answer.headers["Content-Security-Policy"] = _PAGE_POLICY
        return answer
    return jsonify(diagnosis)
