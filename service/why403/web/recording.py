"""What every answer carries and leaves behind: a request id, protective headers, one metric, one line in the log."""

import re
import secrets
from time import perf_counter

from flask import Response, g, request

from why403.web.body import discard_rest
from why403.web.parts import parts

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ID_BYTES = 8
_HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
_REFUSED = 400
_FAILED = 500


def begin() -> None:
    """Give the request its id, the caller's if it is a plain word, and start its clock."""
    sent = request.environ.get("HTTP_X_REQUEST_ID", "")
    g.request_id = sent if _SANE_ID.fullmatch(sent) else secrets.token_hex(_ID_BYTES)
    g.started = perf_counter()


def finish(response: Response) -> Response:
    """Complete the headers, count, and write the line; paths, queries and bodies stay out of it."""
    status, service, request_id = response.status_code, parts(), g.request_id
    if status >= _REFUSED:
        discard_rest()
    _complete(response, request_id)
    seconds = perf_counter() - g.started
    rule, method = request.url_rule, request.method
    route = None if rule is None else rule.rule
    service.metrics.answered(method, route, status, seconds)
    caller = g.get("caller")
    service.log.log(
        _level(status),
        "request",
        id=request_id,
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 3),
        caller=None if caller is None else caller.name,
    )
    return response


def _complete(response: Response, request_id: str) -> None:
    """Add the headers that every answer carries, except those that a view has set in its own way."""
    headers = response.headers
    own = {name for name, _ in headers}
    for name, value in _HEADERS:
        if name not in own:
            headers.add(name, value)
    headers.add("X-Request-Id", request_id)


def _level(status: int) -> int:
    """Return the level of a request's line (of the standard library: 20 is info, 40 error)."""
    return 40 if status >= _FAILED else 20
