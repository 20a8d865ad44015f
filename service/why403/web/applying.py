"""POST /plans/ID/apply, /verify and /rollback: make the changes of a plan, see whether they helped, take them back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, jsonify, request
from marshmallow import Schema

from why403.domain.errors import Why403Error
from why403.usecases.apply import apply
from why403.usecases.rollback import roll_back
from why403.usecases.verify import verify
from why403.web.access import caller_name
from why403.web.body import read_json
from why403.web.failing import unquoted
from why403.web.parts import parts
from why403.web.schemas import ApplyBody, RollbackBody, VerifyBody, load

blueprint = Blueprint("applying", __name__)

_APPLY, _ROLLBACK, _VERIFY = ApplyBody(), RollbackBody(), VerifyBody()


@blueprint.post("/plans/<plan>/apply")
def post_apply(plan: str) -> Response:
    """Make the calls of a plan, or tell which would be made; raises what the use case does."""
    body = _body(_APPLY)
    with unquoted(), _counted():
        return _told(apply(parts().services, plan, body, caller_name()))


@blueprint.post("/plans/<plan>/rollback")
def post_rollback(plan: str) -> Response:
    """Restore what stood there before a plan, or tell what would be restored; raises what the use case does."""
    body = _body(_ROLLBACK)
    with unquoted(), _counted():
        return _told(roll_back(parts().services, plan, body, caller_name()))


@blueprint.post("/plans/<plan>/verify")
def post_verify(plan: str) -> Response:
    """Look whether the call of a plan is let in now; raises what the use case does."""
    body = _body(_VERIFY)
    with unquoted():
        return _told(verify(parts().services, plan, body, caller_name()))


def _body(schema: Schema) -> dict[str, Any]:
    """Return the body; none is the same as an empty one."""
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return {}
    return load(schema, read_json())


@contextmanager
def _counted() -> Iterator[None]:
    """Count the state that a plan came to where it could not be worked through."""
    try:
        yield
    except Why403Error as error:
        if "state" in error.members:
            parts().metrics.planned(error.members["state"])
        raise


def _told(answer: dict[str, Any]) -> Response:
    if not answer.get("dry_run"):
        parts().metrics.planned(answer["state"])
    return jsonify(answer)
