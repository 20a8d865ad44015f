"""Who may call what: one table, and the guard that reads it before every request."""

from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from why403.settings import ApiKey, is_loopback
from why403.web.keys import owner_of
from why403.web.parts import parts

PUBLIC = frozenset(
    {
        "documentation.asset",
        "documentation.page",
        "documentation.specification",
        "operations.healthz",
        "operations.readyz",
    }
)
ANY_KEY = frozenset({"layers.get"})
SCOPE_OF = MappingProxyType(
    {
        "diagnose.get": "diagnose",
        "diagnose.post": "diagnose",
        "applying.post_apply": "apply",
        "applying.post_rollback": "apply",
        "applying.post_verify": "apply",
        "operations.metrics": "metrics",
        "plans.get": "remediate",
        "remediate.post": "remediate",
        "simulate.post": "simulate",
    }
)


def guard() -> None:
    """Let the request pass, or raise 401 or 403; what the table does not list is for nobody who needs a key.

    Without keys the service listens on loopback, and only a page that a browser was tricked into believing to be
    local could call it from elsewhere: its Host is not a loopback name.
    """
    if request.endpoint in PUBLIC:
        return
    keys = parts().settings.api_keys
    if keys:
        g.caller = _caller(keys)
        _require_scope(g.caller)
    elif not _is_local(request.host):
        raise Forbidden("without API keys only requests to a loopback name such as `localhost` are answered")


def _caller(keys: tuple[ApiKey, ...]) -> ApiKey:
    """Return whose key the request carries, or raise 401."""
    presented = _presented()
    challenge = WWWAuthenticate("bearer", {"realm": "why403 API"})
    if presented is None:
        raise Unauthorized("send a key as `Authorization: Bearer KEY` or `X-API-Key: KEY`", www_authenticate=challenge)
    caller = owner_of(presented, keys)
    if caller is None:
        raise Unauthorized("the key is not known", www_authenticate=challenge)
    return caller


def _presented() -> str | None:
    """Return the secret that the request carries, if any; a Bearer token goes before X-API-Key."""
    authorization = request.authorization
    if authorization is not None and authorization.type == "bearer" and authorization.token:
        return authorization.token
    return request.headers.get("X-API-Key")


def _require_scope(caller: ApiKey) -> None:
    """Raise 403 unless the caller's key opens the endpoint; paths that do not exist need no scope."""
    endpoint = request.endpoint
    if endpoint is None or endpoint in ANY_KEY:
        return
    scope = SCOPE_OF.get(endpoint)
    if scope is None:
        raise Forbidden("this endpoint is not open to any key")
    _require(scope, caller)


def _require(scope: str, caller: ApiKey) -> None:
    if scope not in caller.scopes:
        raise Forbidden(f"the key `{caller.name}` lacks the scope `{scope}`")


def require_scope(scope: str) -> None:
    """Raise 403 where this request, other than its endpoint as a whole, needs a scope that the caller's key lacks."""
    if parts().settings.api_keys:
        _require(scope, g.caller)


@lru_cache(maxsize=256)
def _is_local(host: str) -> bool:
    """Say whether a Host header names this machine."""
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def caller_name() -> str | None:
    """Return whose key the request carries, None where the service asks for none."""
    caller: ApiKey | None = g.get("caller")
    return None if caller is None else caller.name
