"""Errors as RFC 9457 problem documents: the one table from what went wrong to what a caller is told."""

from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import orjson
from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from why403.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable, Why403Error
from why403.web.parts import parts

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100
RETRY_AFTER_SECONDS = 5

# Ours, because the phrases of the standard library differ between versions of Python.
_TITLES = MappingProxyType(
    {
        400: "Bad request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not found",
        405: "Method not allowed",
        409: "Conflict",
        413: "Body too large",
        415: "Unsupported media type",
        422: "Invalid input",
        429: "Too many requests",
        500: "Internal error",
        503: "Unavailable",
    }
)
_STATUS_OF = MappingProxyType({InvalidInput: 422, NotAllowed: 403, NotFound: 404, Conflict: 409, Unavailable: 503})
_INTERNAL = 500
# Words for what werkzeug raises by itself, and says for people with a browser.
_DETAIL_OF = MappingProxyType(
    {
        404: "no such path; /docs lists them",
        405: "this path does not answer that method",
        413: "the body is larger than this service accepts",
    }
)


def answer_problems(app: Flask) -> None:
    """Answer every error of an application with a problem document."""
    app.register_error_handler(Exception, _answer)


def problem(status: int, detail: str, **members: Any) -> Response:
    """Return a problem document; `members` stand beside the standard ones."""
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    document = {
        "type": f"urn:why403:problem:{title.lower().replace(' ', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": g.get("request_id"),
        **members,
    }
    return Response(orjson.dumps(document), status=status, mimetype=MEDIA_TYPE)


def _answer(error: Exception) -> Response:
    """Turn any exception into an answer; one that nobody foresaw says nothing but where to look."""
    match error:
        case InvalidInput():
            return _invalid(error)
        case Why403Error():
            return _foreseen(error)
        case HTTPException(code=int(code)) if code < _INTERNAL:
            return _http(error, code)
        case _:
            parts().log.error("failed", id=g.get("request_id"), exc_info=error)
            return problem(_INTERNAL, "something failed here; the log has it under the request id")


def _invalid(error: InvalidInput) -> Response:
    """Say where the input is wrong, up to a bound."""
    first, count = error.faults[0], len(error.faults)
    where = f"{first.pointer or 'the body'}: {first.message}"
    detail = where if count == 1 else f"{where} (and {count - 1} more)"
    shown = [fault._asdict() for fault in error.faults[:MOST_ERRORS]]
    return problem(_STATUS_OF[InvalidInput], detail, errors=shown)


def _foreseen(error: Why403Error) -> Response:
    """Answer an error of the core by its kind; a kind without a status is a mistake of ours."""
    status = next((status for kind, status in _STATUS_OF.items() if isinstance(error, kind)), _INTERNAL)
    if status == _INTERNAL:
        parts().log.error("failed", id=g.get("request_id"), exc_info=error)
        return problem(_INTERNAL, "something failed here; the log has it under the request id")
    answer = problem(status, str(error), **error.members)
    if isinstance(error, Unavailable):
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _http(error: HTTPException, code: int) -> Response:
    """Answer what Flask or a view refused, with the headers that belong to it (Allow, WWW-Authenticate)."""
    ours = error.description if error.description != type(error).description else None
    answer = problem(code, ours or _DETAIL_OF.get(code, HTTPStatus(code).description or HTTPStatus(code).phrase))
    for name, value in error.get_headers():
        if name != "Content-Type":
            answer.headers[name] = value
    return answer
