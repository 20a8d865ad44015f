"""Reading a JSON body within bounds: its media type, its size, how deep it nests, and whether it is JSON at all."""

from contextlib import suppress
from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from why403.domain.numbers import loads, may_differ
from why403.web.parts import parts
from why403.web.patience import patience

_PIECE = 65_536
# How much of a refused body is still taken, in largest bodies.
_PATIENCE = 4
_SECONDS_FOR_A_BODY = 30
_SECONDS_FOR_THE_REST = 2
_KEPT = b'"[]{}'
_DROPPED = bytes(set(range(256)) - set(_KEPT))
_ONE_KIND = bytes.maketrans(b"[]", b"{}")
_JSON = "application/json"
_WHOLE = "identity"


def read_json() -> Any:
    """Return the body of the request as parsed JSON.

    Raises the HTTP errors 413 (too large), 415 (not JSON by its headers) and 400 (not JSON, or nested too deep).
    """
    _require_json_headers()
    data = _read()
    deepest = parts().settings.max_json_depth
    if exceeds_depth(data, deepest):
        raise BadRequest(f"the body nests deeper than {deepest} levels")
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    return loads(data) if may_differ(data) else found


def exceeds_depth(data: bytes, deepest: int) -> bool:
    """Say whether JSON text nests deeper than so many levels, in time linear in its length.

    Brackets within strings do not count. Nothing is promised of text that is not JSON, except an answer.
    """
    # An escaped backslash first, so that what remains of a backslash before a quote escapes that quote.
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in data else data
    left = unescaped.translate(_ONE_KIND, _DROPPED).replace(b'""', b"")  # strings without brackets
    left = b"".join(left.split(b'"')[::2])
    for level in range(deepest):
        held = len(left)
        if level + held // 2 <= deepest:  # not even if each bracket that is left held the next
            return False
        left = left.replace(b"{}", b"")  # the innermost of each place: one level
        if len(left) == held:  # it is not JSON
            break
    return bool(left)


def discard_rest() -> None:
    """Take what the client still sends, within bounds: one that cannot finish its request may never see the answer."""
    if "wsgi.input_terminated" not in request.environ:
        return
    stream = request.environ["wsgi.input"]
    waited = patience.within(_SECONDS_FOR_THE_REST, request.environ.get("gunicorn.socket"))
    with suppress(Exception), waited:  # what breaks off here has been answered already
        for _ in range(_PATIENCE * parts().settings.max_body_bytes // _PIECE):
            if not stream.read(_PIECE):
                return


def _read() -> bytes:
    """Return the body, whole.

    Raises the HTTP errors 413 where it is larger than allowed, and 400 where it breaks off or does not come in time.
    """
    with patience.within(_SECONDS_FOR_A_BODY, request.environ.get("gunicorn.socket")):
        return _whole()


def _whole() -> bytes:
    most = parts().settings.max_body_bytes
    length = request.content_length
    if length is None:
        try:
            data = request.get_data(cache=False)
        except HTTPException:
            raise
        except Exception as error:  # the server has errors of its own for chunks that break off
            raise BadRequest("the body breaks off, or is not sent in chunks as it says") from error
        # werkzeug cuts a body without a length at its own limit, in silence; that limit is one byte more than ours.
        if len(data) > most:
            raise RequestEntityTooLarge
        return data
    if length > most:
        raise RequestEntityTooLarge
    data = request.environ["wsgi.input"].read(length)  # as werkzeug would, but not in pieces
    if len(data) < length:
        raise BadRequest(
            f"the body is shorter than its Content-Length, or took longer than {_SECONDS_FOR_A_BODY} seconds to arrive"
        )
    return bytes(data)


def _require_json_headers() -> None:
    """Refuse what does not say that it is uncompressed JSON in UTF-8."""
    environ = request.environ
    if environ.get("CONTENT_TYPE") != _JSON:  # what most clients send needs no parsing
        if request.mimetype != _JSON:
            raise UnsupportedMediaType("the body must be sent as `Content-Type: application/json`")
        if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType("the body must be UTF-8")
    if environ.get("HTTP_CONTENT_ENCODING", _WHOLE).lower() != _WHOLE:
        raise UnsupportedMediaType("the body must not be compressed")
