"""Transcripts of HTTP: `curl -v` and `-i`, and dumps of requests and answers with their headers."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from why403.report.formats.presigned import presigned
from why403.report.headers import parameters_of
from why403.report.moments import moment
from why403.report.places import Place, is_bucket, place_of_host, place_of_url
from why403.report.routes import operation_at
from why403.report.sighting import MOST, Fields, Sighting, both, fields

# A request line of an access log stands in quotes; this one does not.
_REQUEST: Final = re.compile(
    r"(?<![\"'`])\b(?P<method>GET|HEAD|PUT|POST|DELETE|OPTIONS) "
    r"(?P<target>/[^\s\"]{0,4000}|https?://[^\s\"]{1,4000}) HTTP/[\d.]{1,3}(?![\"'])"
)
_ANSWER: Final = re.compile(
    r"^(?:[^\n]{0,60}?[\s<\"])?HTTP/(?:1\.[01]|2(?:\.0)?|3(?:\.0)?) (?P<status>[2-5]\d\d)\b", re.MULTILINE
)
_LEAD: Final = re.compile(r'(?:[^\n<>]{0,80}\]: (?=[<>]))?[<>*\-"\s]{0,8}')
_HEADER_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,80}")
_TLS: Final = re.compile(r"SSL connection using TLSv(?P<version>1(?:\.\d)?)")
_PORT: Final = re.compile(r"\* Connected to \S{1,300} \([^)\s]{1,60}\) port (?P<port>80|443)\b")
_MOST_LINES: Final = 80
_LONGEST: Final = 16_000
_FIRST_ERROR: Final = 300
CLOUDFRONT: Final = (
    "the answer comes from CloudFront itself (its firewall, signed URLs or cookies, or place), not from S3"
)
_OWN_NAME: Final = (
    "S3 answered under a name that is not its own: the bucket has that name, unless something in between asked another"
)
_OF_PROXIES: Final = frozenset({"via", "x-cache", "cf-ray", "x-served-by", "x-varnish", "age"})
PASSED_ON: Final = "CloudFront passed on an answer of its origin, S3"


def exchanges(text: str) -> Iterator[Sighting]:
    """Yield what was asked and answered, one sighting for each answer that is an error."""
    requests = list(islice(_REQUEST.finditer(text), MOST))
    at = 0
    for answer in islice(_ANSWER.finditer(text), MOST):
        status = int(answer["status"])
        asked = [each for each in requests if at <= each.start() < answer.start()]
        at = answer.end()
        if status >= _FIRST_ERROR:
            yield _sighting(text, asked[-1] if asked else None, answer, status)


def _sighting(text: str, asked: re.Match[str] | None, answer: re.Match[str], status: int) -> Sighting:
    sent = _headers(text, asked.end(), stop=answer.start()) if asked else {}
    received = _headers(text, answer.end())
    # Anywhere in between: a line that was broken may have hidden the header.
    signed = asked is not None and "authorization:" in text[asked.end() : answer.start()].lower()
    told = _asked(asked, sent, shows_signature=signed) if asked else Fields()
    told.update(_answered(status, received))
    if asked and sent:
        told["context"] = {**told.get("context", {}), **_transport(text)}
    if asked and asked["method"] == "HEAD":
        told["code"] = str(status)
    source, notes = _origin(received)
    if PASSED_ON in notes:
        told = _asked_by_cloudfront(told, asked)
    elif asked and "bucket" not in told and "resource" not in told and _is_amazons(received):
        more = _asked_by_own_name(asked, sent.get("host"), received)
        told, notes = both(told, more), (*notes, *((_OWN_NAME,) if "bucket" in more else ()))
    start = asked.start() if asked else answer.start()
    return Sighting(start=start, source="cloudfront" if source else "curl", told=told, notes=notes)


def _asked_by_cloudfront(told: Fields, asked: re.Match[str] | None) -> Fields:
    """Return what is told of CloudFront's call to S3: it is not the viewer's, who signs nothing and sends no key."""
    path = asked["target"].partition("?")[0].removeprefix("https://").partition("/")[2] if asked else ""
    reads = {"GET": "GetObject", "HEAD": "HeadObject"}.get(asked["method"] if asked else "")
    of_answer = {name: held for name, held in told.items() if name not in {"principal", "context", "presigned"}}
    # What `/` asks for, the distribution decides.
    return both(fields(**of_answer), fields(operation=reads if path else None))


def _asked_by_own_name(asked: re.Match[str], host: str | None, received: Mapping[str, str]) -> Fields:
    """Return what is asked of S3 under a name of one's own, which is the bucket's where nothing stands in between."""
    path = unquote(asked["target"].partition("?")[0].removeprefix("/"))
    reads = {"GET": "GetObject", "HEAD": "HeadObject"}.get(asked["method"])
    if place_of_host(host or "", "", {}) is not None:  # S3's own, but the name of the bucket could not be read
        return Fields()
    told = fields(operation=reads, key=path) if path and "://" not in path else Fields()
    name = (host or "").partition(":")[0].lower()
    direct = "." in name and is_bucket(name) and not received.keys() & _OF_PROXIES
    return both(told, fields(bucket=name)) if direct else told


def _headers(text: str, start: int, *, stop: int | None = None) -> dict[str, str]:
    """Return the headers that follow a line, names in lower case, up to an empty line."""
    found: dict[str, str] = {}
    lines = text[start : min(stop if stop is not None else len(text), start + _LONGEST)].split("\n")
    for line in lines[1:_MOST_LINES]:
        lead = _LEAD.match(line)
        name, colon, value = line[lead.end() if lead else 0 :].partition(":")
        if not colon and found and not name.strip():
            break
        if colon and _HEADER_NAME.fullmatch(name):
            found.setdefault(name.lower(), value.strip().rstrip('"'))
    return found


def _asked(request: re.Match[str], sent: Mapping[str, str], *, shows_signature: bool) -> Fields:
    place = _place(request["target"], sent.get("host"))
    query = place.query if place else {}
    signed = presigned(query)
    parameters = parameters_of({**query, **sent})
    told = place.told if place else Fields()
    if place:
        copies = "x-amz-copy-source" in sent
        operation = operation_at(request["method"], place.bucket, place.key, query, copies=copies)
        told.update(fields(operation=operation))
    if sent and signed is None and not shows_signature:
        told["principal"] = "anonymous"  # the transcript shows every header, and none signs
    context = {**told.get("context", {}), **_signature(sent), **_agent(sent)}
    told.update(fields(parameters=parameters, context=context))
    if signed is not None:
        told["presigned"] = {**signed, "method": request["method"]}
    return told


def _place(target: str, host: str | None) -> Place | None:
    if not target.startswith("/"):
        return place_of_url(target)
    reached = place_of_url(f"https://{host}{target}") if host else None
    return reached or (place_of_host(host, target, {}) if host else None)


def _signature(sent: Mapping[str, str]) -> dict[str, Any]:
    header = sent.get("authorization", "")
    if "AWS4-HMAC-SHA256" not in header:
        return {}
    return {"s3:authType": "REST-HEADER", "s3:signatureversion": "AWS4-HMAC-SHA256"}


def _agent(sent: Mapping[str, str]) -> dict[str, Any]:
    told = {"aws:UserAgent": sent.get("user-agent"), "aws:referer": sent.get("referer")}
    return {name: value for name, value in told.items() if value}


def _transport(text: str) -> dict[str, Any]:
    tls, port = _TLS.search(text), _PORT.search(text)
    if tls:
        return {"s3:TlsVersion": tls["version"], "aws:SecureTransport": "true"}
    return {"aws:SecureTransport": "true" if port["port"] == "443" else "false"} if port else {}


def _answered(status: int, received: Mapping[str, str]) -> Fields:
    return fields(
        status=status,
        request_id=received.get("x-amz-request-id"),
        host_id=received.get("x-amz-id-2"),
        bucket_region=received.get("x-amz-bucket-region"),
        time=moment(received.get("date")),
    )


def _origin(received: Mapping[str, str]) -> tuple[bool, tuple[str, ...]]:
    """Return whether CloudFront itself answered, and what to say of it."""
    cached = "cloudfront" in received.get("x-cache", "").lower() or "cloudfront" in received.get("via", "").lower()
    if received.get("server", "").lower() == "cloudfront" or (cached and not _is_of_s3(received)):
        return True, (CLOUDFRONT,)
    return False, (PASSED_ON,) if cached else ()


def _is_of_s3(received: Mapping[str, str]) -> bool:
    return "x-amz-request-id" in received or _is_amazons(received)


def _is_amazons(received: Mapping[str, str]) -> bool:
    return received.get("server", "").lower() == "amazons3"  # other servers have ids of that name, too
