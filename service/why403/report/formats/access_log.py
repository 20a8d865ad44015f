"""Lines of S3's server access log. AWS: "Amazon S3 server access log format"."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from why403.domain.arn import resource
from why403.report.addresses import source_address
from why403.report.message import caller
from why403.report.moments import moment
from why403.report.places import place_of_url
from why403.report.routes import operation_logged
from why403.report.sighting import MOST, Fields, Sighting, fields

_TEXT: Final = r'"(?:[^"\n]|"(?! ))*"|-'
# Quoted fields may hold quotes; only one before a space ends them. What follows the host id was added over the years.
_LINE: Final = re.compile(
    r"""(?:^|(?<=\s))(?P<owner>[0-9a-f]{64}|-)\ (?P<bucket>[\w.-]{3,255})
    \ \[(?P<time>\d\d/\w{3}/\d{4}:[\d:]{8}\ [+-]\d{4})\]
    \ (?P<address>[0-9a-fA-F.:]{2,45}|-)\ (?P<requester>[^\s]{1,400})\ (?P<request>[A-Z0-9]{8,32}|-)
    \ (?P<operation>[A-Z0-9]{2,20}\.[A-Z_0-9.]{2,60})\ (?P<key>[^\s]{1,4000})\ (?P<uri>"[^"\n]{0,8000}"|-)
    \ (?P<status>\d{3}|-)\ (?P<code>[\w.]{1,80}|-)(?P<rest>[^\n]{0,8000})""",
    re.VERBOSE | re.MULTILINE,
)
_REST: Final = re.compile(
    rf"""\ \S+\ \S+\ \S+\ \S+\ (?P<referer>{_TEXT})\ (?P<agent>{_TEXT})\ (?P<version>\S+)
    (?:\ (?P<host>\S+)(?:\ (?P<signature>\S+)\ (?P<cipher>\S+)\ (?P<auth>\S+)\ (?P<endpoint>\S+)
    (?:\ (?P<tls>\S+)(?:\ (?P<point>\S+)(?:\ (?P<acl>\S+)(?:\ (?P<region>[a-z0-9-]+))?)?)?)?)?)?""",
    re.VERBOSE,
)
_FIRST_ERROR: Final = 400
_AUTH: Final = {"AuthHeader": "REST-HEADER", "QueryString": "REST-QUERY-STRING"}
_SIGNATURES: Final = {"SigV4": "AWS4-HMAC-SHA256", "SigV2": "AWS"}
_UNNAMED: Final = (
    "the access log names the requester only by a canonical id, which tells the account and not the caller"
)


def lines(text: str) -> Iterator[Sighting]:
    """Yield the requests of an access log; those that failed are errors."""
    for found in islice(_LINE.finditer(text), MOST):
        status = int(found["status"]) if found["status"] != "-" else 0
        notes = (_UNNAMED,) if re.fullmatch(r"[0-9a-f]{64}", found["requester"]) else ()
        is_error = status >= _FIRST_ERROR
        yield Sighting(start=found.start(), source="access-log", told=_told(found), is_error=is_error, notes=notes)


def _given(text: str | None) -> str | None:
    return None if text is None or text in {"-", '"-"', ""} else text.strip('"')


def _told(found: re.Match[str]) -> Fields:
    rest = _REST.match(found["rest"])
    more = {name: _given(value) for name, value in rest.groupdict().items()} if rest else {}
    key = unquote(unquote(found["key"])) if found["key"] != "-" else None
    query = _query(_given(found["uri"]))
    status, code = _given(found["status"]), _given(found["code"])
    point = more.get("point")
    told = fields(
        bucket=found["bucket"],
        key=key,
        resource=(f"{point}/object/{key}" if key else point) if point and resource(point) else None,
        principal=_requester(found["requester"]),
        operation=operation_logged(found["operation"], found["bucket"], key, query),
        status=int(status) if status else None,
        code=code,
        request_id=_given(found["request"]),
        host_id=more.get("host"),
        time=moment(found["time"]),
        region=more.get("region"),
        parameters={"VersionId": more["version"]} if more.get("version") else {},
        context=_context(found["address"], more),
    )
    if status == "403" and code is None:
        told["code"] = "403"
    return told


def _query(uri: str | None) -> dict[str, str]:
    path = (uri or "").split(" ")[1:2]
    place = place_of_url(f"https://s3.amazonaws.com{path[0]}") if path and path[0].startswith("/") else None
    return dict(place.query) if place else {}


def _requester(text: str) -> str | None:
    return "anonymous" if text == "-" else caller(text.removeprefix("svc:"))


def _context(address: str, more: dict[str, str | None]) -> dict[str, Any]:
    tls = more.get("tls") or ""
    told: dict[str, Any] = {
        "aws:UserAgent": more.get("agent"),
        "aws:referer": more.get("referer"),
        "s3:authType": _AUTH.get(more.get("auth") or ""),
        "s3:signatureversion": _SIGNATURES.get(more.get("signature") or ""),
        "s3:TlsVersion": tls.removeprefix("TLSv") if tls.startswith("TLSv") else None,
        "aws:SecureTransport": "true" if more.get("cipher") else None,
        **source_address(address),
    }
    return {name: value for name, value in told.items() if value is not None}
