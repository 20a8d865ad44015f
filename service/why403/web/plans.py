"""GET /plans/ID: how a plan stands, and what was done of it, as data or as a chat message."""

from flask import Blueprint, Response

from why403.usecases.kept import kept_plan
from why403.web.failing import unquoted
from why403.web.parts import parts
from why403.web.remediate import as_preferred

blueprint = Blueprint("plans", __name__)


@blueprint.get("/plans/<plan>")
def get(plan: str) -> Response:
    """Give a plan that was kept; raises NotFound, and Unavailable where the store cannot be reached."""
    with unquoted():
        return as_preferred(kept_plan(parts().services, plan))
