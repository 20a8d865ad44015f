"""Errors and commands that name a URL and perhaps a status, without the headers: browsers, wget, requests, Guzzle."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from why403.report.headers import parameters_of
from why403.report.places import URL, place_of_url
from why403.report.routes import operation_at
from why403.report.sighting import MOST, Sighting, both, fields

_URL: Final = r"(?P<url>https?://[^\s\"'<>`\\]{4,4000})"
_REFUSED: Final = (
    re.compile(
        rf"(?P<method>\b(?:GET|HEAD|PUT|POST|DELETE)\b) {_URL}[`'\"]? (?:net::\w{{1,60}} )?"
        r"(?:resulted in a [`'\"]?)?(?P<status>[345]\d\d)\b"
    ),
    re.compile(rf"(?P<status>[345]\d\d) (?:Client|Server) Error: [^\n]{{0,80}}? for url: {_URL}"),
    re.compile(
        rf"(?:GET|--\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d--)\s{{1,4}}{_URL}[^\n]{{0,20}}\n(?:[^\n]{{0,300}}\n){{0,6}}?"
        r"HTTP request sent, awaiting response\.\.\. (?P<status>[345]\d\d)"
    ),
    re.compile(rf"failed a request\((?P<status>[345]\d\d): {_URL}"),
)
_BARE: Final = re.compile(
    r"The requested URL returned error: (?P<status>[345]\d\d)|HTTP Error (?P<other>[345]\d\d): "
    r"|Request failed with status code (?P<axios>[345]\d\d)"
)
_COMMAND: Final = re.compile(r"\bcurl\s(?P<rest>[^\n]{1,3000}(?:\n[ \t]{1,8}['\"-][^\n]{0,1000}){0,20})")
_METHOD: Final = re.compile(r"(?:-X\s{0,4}|--request[\s=])['\"]?(?P<method>[A-Z]{3,7})\b")
_HEADER: Final = re.compile(r"(?:-H|--header)\s{0,4}['\"](?P<name>[\w-]{1,80}):\s{0,4}(?P<value>[^'\"\n]{0,1000})['\"]")
_HEAD: Final = re.compile(r"(?:^|\s)(?:-[a-zA-Z]{0,6}I[a-zA-Z]{0,6}|--head)(?=\s)")
_UPLOAD: Final = re.compile(r"(?:^|\s)(?:-T|--upload-file)\b")


def refusals(text: str) -> Iterator[Sighting]:
    """Yield the errors that name a URL of S3 and a status."""
    for pattern in _REFUSED:
        for found in islice(pattern.finditer(text), MOST):
            place = place_of_url(found["url"])
            if place is None:
                continue
            method = found.groupdict().get("method") or ("GET" if "--" in found[0][:4] else None)
            operation = operation_at(method, place.bucket, place.key, place.query) if method else None
            code = found["status"] if method == "HEAD" else None
            told = both(fields(status=int(found["status"]), operation=operation, code=code), place.told)
            yield Sighting(start=found.start(), source="curl", told=told)


def bare(text: str) -> Iterator[Sighting]:
    """Yield the errors that name a status alone."""
    for found in islice(_BARE.finditer(text), MOST):
        status = found["status"] or found["other"] or found["axios"]
        yield Sighting(start=found.start(), source="curl", told=fields(status=int(status)))


def commands(text: str) -> Iterator[Sighting]:
    """Yield `curl` command lines: method, address, headers."""
    for found in islice(_COMMAND.finditer(text), MOST):
        rest = found["rest"]
        url = URL.search(rest)
        place = place_of_url(url[0]) if url else None
        if place is None:
            continue
        chosen = _METHOD.search(rest)
        method = (
            chosen["method"] if chosen else "HEAD" if _HEAD.search(rest) else "PUT" if _UPLOAD.search(rest) else "GET"
        )
        sent = {each["name"]: each["value"] for each in _HEADER.finditer(rest)}
        copies = "x-amz-copy-source" in {name.lower() for name in sent}
        operation = operation_at(method, place.bucket, place.key, place.query, copies=copies)
        told = both(fields(operation=operation, parameters=parameters_of({**place.query, **sent})), place.told)
        yield Sighting(start=found.start(), source="curl", told=told, is_error=False)


def urls(text: str) -> Iterator[Sighting]:
    """Yield every address of S3 as a hint where something is."""
    for found in islice(URL.finditer(text), MOST):
        place = place_of_url(found[0])
        # restic's repositories have a prefix behind the bucket, and no key.
        if place is not None and not text.endswith("s3:", 0, found.start()):
            yield Sighting(start=found.start(), source="text", told=place.told, is_error=False)
