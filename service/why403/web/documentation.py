"""GET /openapi.yaml and /docs: the description of this API, and a page that shows it without the network."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

blueprint = Blueprint("documentation", __name__)

_STATIC = files("why403.web") / "static"
_ASSETS = MappingProxyType(
    {
        "docs.js": "text/javascript",
        "swagger-ui-bundle.js": "text/javascript",
        "swagger-ui.css": "text/css",
    }
)
# Swagger UI sets styles from scripts and draws its icons from data URLs; nothing comes from another origin.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_CHECKOUT_DEPTH = 3


@blueprint.get("/openapi.yaml")
def specification() -> Response:
    """Return the description as it is kept by hand."""
    return Response(specification_text(), mimetype="application/yaml")


@blueprint.get("/docs")
def page() -> Response:
    """Return the page that shows the description."""
    answer = Response(_static("docs.html"), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = _PAGE_POLICY
    return answer


@blueprint.get("/docs/<name>")
def asset(name: str) -> Response:
    """Return a script or style of the page; raises NotFound for any other name."""
    if name not in _ASSETS:
        raise NotFound
    answer = Response(_static(name), mimetype=_ASSETS[name])
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@cache
def specification_text() -> bytes:
    """Return openapi.yaml: packaged in an installed service, at the root of the checkout in an editable one."""
    packaged = files("why403") / "openapi.yaml"
    if packaged.is_file():
        return packaged.read_bytes()
    return (Path(__file__).parents[_CHECKOUT_DEPTH] / "openapi.yaml").read_bytes()


@cache
def _static(name: str) -> bytes:
    """Return a file that comes with the package."""
    return (_STATIC / name).read_bytes()
