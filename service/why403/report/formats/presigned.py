"""Presigned URLs: what was signed, when, for how long, and by which kind of key.

AWS: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)"; for version 2 "Signing and
authenticating REST requests".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from why403.domain.operations import HEADERS
from why403.report.headers import parameters_of
from why403.report.moments import moment, moment_of_epoch
from why403.report.names import operation_of
from why403.report.places import URL, Place, place_of_url
from why403.report.routes import operation_at
from why403.report.sighting import MOST, Fields, Sighting, both, fields

_SCOPE: Final = re.compile(r"(?P<key>[^/]{1,128})/(?P<day>\d{8})/(?P<region>[\w-]{1,40})/(?P<service>[\w-]{1,40})/")
_OVERRIDES: Final = ("response-content-", "response-cache-control", "response-expires")


def urls(text: str) -> Iterator[Sighting]:
    """Yield every presigned URL as a hint; whether the call was refused is said elsewhere."""
    for count, found in enumerate(URL.finditer(text)):
        if count == MOST:
            break
        place = place_of_url(found[0])
        signed = presigned(place.query) if place else None
        if place is not None and signed is not None:
            told, notes = _told(place, signed, _method(text, found.start()))
            yield Sighting(start=found.start(), source="presigned-url", told=told, is_error=False, notes=notes)


def presigned(query: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what the query of a presigned URL says, in the shape of a request's `presigned`; None for other URLs."""
    lower = {name.lower(): value for name, value in query.items()}
    if "x-amz-credential" in lower or "x-amz-signature" in lower:
        return _version_4(lower)
    if "awsaccesskeyid" in lower and ("expires" in lower or "signature" in lower):
        told = {"key_id": lower["awsaccesskeyid"], "expires_at": moment_of_epoch(lower.get("expires", ""))}
        return {name: value for name, value in told.items() if value}
    return None


def _version_4(query: Mapping[str, str]) -> dict[str, Any]:
    scope, expires = _SCOPE.match(query.get("x-amz-credential", "")), query.get("x-amz-expires", "")
    seconds = int(expires) if expires.isascii() and expires.isdigit() and len(expires) < len("1000000000") else None
    headers = [name for name in query.get("x-amz-signedheaders", "").split(";") if name]
    # The signature covers the whole query, and S3 takes parameters of the call in it like headers.
    headers += [name for name in query if headers and name in HEADERS.values() and name not in headers]
    told = {
        "signed_at": moment(query.get("x-amz-date")),
        "expires": seconds,
        "headers": headers or None,
        "key_id": scope["key"] if scope else None,
    }
    return {name: value for name, value in told.items() if value is not None}


_CURL: Final = re.compile(
    r"curl\b[^\n]{0,400}?(?:-X\s{0,4}|--request[\s=])['\"]?(?P<method>[A-Z]{3,7})\b"
    r"|curl\b[^\n]{0,400}?(?P<up>-T|--upload-file)\b"
)


def _method(text: str, start: int) -> str | None:
    """Return the method of the command that the URL stands in."""
    line = text[text.rfind("\n", max(0, start - 500), start) + 1 : start]
    found = _CURL.search(line)
    return None if found is None else found["method"] or "PUT"


def _told(place: Place, signed: dict[str, Any], method: str | None) -> tuple[Fields, tuple[str, ...]]:
    query = {name.lower(): value for name, value in place.query.items()}
    operation = operation_of(place.query.get("x-id", "")) or _implied(place, method)
    if method:
        signed = {**signed, "method": method}
    notes = () if operation else ("the URL does not say for which method it was signed",)
    version = "AWS4-HMAC-SHA256" if "x-amz-credential" in query else "AWS"
    context = {"s3:authType": "REST-QUERY-STRING", "s3:signatureversion": version}
    told = place.told
    scope = _SCOPE.match(query.get("x-amz-credential", ""))
    if scope:
        told.setdefault("region", scope["region"])
    told["context"] = {**told.get("context", {}), **context}
    return both(fields(operation=operation, presigned=signed, parameters=_parameters(query)), told), notes


def _parameters(query: Mapping[str, str]) -> dict[str, Any]:
    return {name: value for name, value in parameters_of(query).items() if name != "MFA"}


def _implied(place: Place, method: str | None) -> str | None:
    """Return the operation that only one method could have: overrides of answer headers are for GET alone."""
    if method:
        return operation_at(method, place.bucket, place.key, place.query)
    if any(name.lower().startswith(_OVERRIDES) for name in place.query):
        return "GetObject"
    return "UploadPart" if {"partNumber", "uploadId"} <= set(place.query) else None
