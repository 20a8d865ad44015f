"""The AWS SDKs for Rust and C++, and the libraries on them and beside them: Arrow, object_store, OpenDAL, DuckDB."""

import re
from collections.abc import Iterator
from typing import Final

from why403.report.answers import spelt
from why403.report.names import operation_of
from why403.report.passage import after, before, first_operation, message_after
from why403.report.places import Place, place_of_uri, place_of_url
from why403.report.routes import operation_at
from why403.report.sighting import Fields, Sighting, both, fields

_RUST_MARK: Final = re.compile(
    r"ServiceError|ErrorMetadata|aws_sdk_s3|SdkBody|Unhandled\(|service error|S3Error \{|object_store|Generic"
)
_RUST: Final = re.compile(
    r"""\b(?:ErrorMetadata|S3Error|Error)\s?\{\s{0,40}code:\s?(?:Some\(\s{0,40})?(?:"(?P<code>\w{1,80})"|None)
        \s{0,40}[),]{0,2}\s{0,40},?\s{0,40}message:\s?(?:Some\(\s{0,40})?
        (?:"(?P<message>(?:[^"]|"(?=arn:)|(?<=[\w*])"(?=\ (?:because|with\ an))){0,2000}?)"(?=[,)\s])|None)""",
    re.VERBOSE,
)
_RUST_SHORT: Final = re.compile(r"(?:service error: )?unhandled error(?: \((?P<code>\w{1,80})\))?")
_RUST_STATUS: Final = re.compile(r"status: (?:StatusCode\()?(?P<status>\d{3})\b")
_RUST_ID: Final = re.compile(
    r'"(?:aws_request_id|x-amz-request-id)": (?:HeaderValue \{[^}]{0,20}"|")(?P<id>[^"\s]{1,100})"'
    r'|\b(?:aws_)?request_id: "(?P<other>[^"\s]{1,100})"'
)
_RUST_HOST: Final = re.compile(r'\b(?:s3_extended_request_id|x-amz-id-2)"?: "(?P<id>[^"\s]{1,200})"')
_RUST_OPERATION: Final = re.compile(
    r"\b(?:operation::)?([A-Z][A-Za-z0-9]{3,60}Error)\b|\boperation::(\w{3,60})::|aws_sdk_s3::operation::(\w{3,60})"
)


def rust(text: str) -> Iterator[Sighting]:
    """Yield the errors of the SDK for Rust as `Debug` prints them, on one line or many."""
    if not _RUST_MARK.search(text):
        return
    for found in (*_RUST.finditer(text), *_RUST_SHORT.finditer(text)):
        around = before(text, found.start(), most=1_500) + after(text, found.start(), most=4_000)
        status = _RUST_STATUS.search(around)
        names = [name for each in _RUST_OPERATION.findall(around) for name in each if name]
        told = fields(
            code=found["code"] or (status["status"] if status else None),
            message=found.groupdict().get("message"),
            status=int(status["status"]) if status else None,
            request_id=_first(_RUST_ID, around),
            host_id=_first(_RUST_HOST, around),
            operation=first_operation(names),
        )
        yield Sighting(start=found.start(), source="rust", told=told, is_error=bool(found["code"] or status))


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return next((each for each in found.groups() if each), None) if found else None


_STORE: Final = re.compile(
    r"(?:Client error with status|status code:?) (?P<status>\d{3}) \w{1,40}: (?P<body><\?xml|<Error|No Body)"
)
_PERFORMED: Final = re.compile(
    r"Error performing (?P<method>GET|HEAD|PUT|POST|DELETE) (?P<url>https?://[^\s'\"<>]{4,2000}) in [\d.]{1,12}\w{1,2}"
    r"[^\n<]{0,60}? - (?:Server returned (?:non-2xx|error) status code:|Client error with status) (?P<status>\d{3})"
    r"(?: [A-Za-z ]{1,40})?(?:: (?P<body><))?"
)
_PUSHED: Final = re.compile(r"S3 error: .{0,400}?HTTP error: request or response body error|Generic S3 error")


def object_store(text: str) -> Iterator[Sighting]:
    """Yield the errors of object_store (polars, delta-rs, DataFusion); the body that follows is read as XML."""
    if not _PUSHED.search(text) and "Client error with status" not in text:
        return
    for found in _STORE.finditer(text):
        code = found["status"] if found["body"] == "No Body" else None
        yield Sighting(start=found.start(), source="rust", told=fields(status=int(found["status"]), code=code))


def performed(text: str) -> Iterator[Sighting]:
    """Yield the newer errors of object_store, which tell method and address; the body, if one follows, is the error."""
    for found in _PERFORMED.finditer(text):
        place = place_of_url(found["url"])
        if place is not None:
            told = _called(found["method"], found["status"], place)
            yield Sighting(start=found.start(), source="rust", told=told, is_error=found["body"] is None)


def _called(method: str | None, status: str, place: Place) -> Fields:
    """Return what a method, an address and a status tell; the answer to a HEAD has no body."""
    operation = operation_at(method, place.bucket, place.key, place.query) if method else None
    return both(fields(status=int(status), operation=operation, code=status if method == "HEAD" else None), place.told)


_CPP: Final = re.compile(
    r"HTTP response code: (?P<status>\d{3})\s{1,40}(?:Resolved remote host IP address:[^\n]{0,100}\s{1,40})?"
    r"(?:Request ID:[ \t]{0,9}(?P<request>[^\s]{0,100})\s{1,40})?"
    r"Exception name:[ \t]{0,9}(?P<code>\w{0,80})\s{1,40}Error message:[ \t]{0,9}"
)
_CPP_HOST: Final = re.compile(r"x-amz-id-2 : (?P<id>[^\s]{1,200})")
_ARROW: Final = re.compile(
    r"AWS Error (?:\[code \d{1,4}\]|(?P<code>[A-Z_]{3,60}))(?: \(HTTP status (?P<status>\d{3})\))?"
    r"(?:\s{1,8}during\s{1,8}(?P<operation>\w{3,60})\s{1,8}operation(?:: |(?=[\s\"').,]|\Z))|: )"
)
_ARROW_PLACE: Final = re.compile(r"(?:key '(?P<key>[^'\n]{0,1024})' in )?bucket '(?P<bucket>[^'\n]{3,255})':\s{0,9}\Z")
_ARROW_COPY: Final = re.compile(
    r"copying key '[^'\n]{0,1024}' in bucket '[^'\n]{3,255}' "
    r"to key '(?P<key>[^'\n]{0,1024})' in bucket '(?P<bucket>[^'\n]{3,255})'"
)
# Of what reads files anywhere, the path: in S3 the bucket comes first.
_ARROW_SOURCE: Final = re.compile(r"source '(?P<bucket>[a-z0-9.-]{3,63})/(?P<key>[^'\n]{1,1024})': [^\n]{0,300}\Z")
_NO_BODY: Final = "No response body"


def cpp(text: str) -> Iterator[Sighting]:
    """Yield the errors of the SDK for C++."""
    for found in _CPP.finditer(text):
        message = message_after(text, found.end())
        host = _CPP_HOST.search(after(text, found.end()))
        told = fields(
            status=int(found["status"]),
            code=found["code"] or found["status"],
            request_id=found["request"],
            host_id=host["id"] if host else None,
            message=None if message.startswith(_NO_BODY) else message,
        )
        yield Sighting(start=found.start(), source="cpp", told=told)


def arrow(text: str) -> Iterator[Sighting]:
    """Yield the errors of Arrow's S3 file system, which stands on the SDK for C++."""
    for found in _ARROW.finditer(text):
        message = message_after(text, found.end()) if found[0].endswith(": ") else _NO_BODY
        ahead = before(text, found.start(), most=2_500)
        place = _ARROW_PLACE.search(ahead) or _ARROW_COPY.search(ahead) or _ARROW_SOURCE.search(ahead)
        bodiless = message.startswith(_NO_BODY)
        told = fields(
            code=found["status"] or "403" if bodiless else spelt(found["code"] or ""),
            status=int(found["status"]) if found["status"] else None,
            operation=operation_of(found["operation"] or ""),
            message=None if bodiless else message,
            bucket=place["bucket"] if place else None,
            key=place["key"] if place else None,
        )
        if bodiless and found["code"] not in {None, "ACCESS_DENIED"} and found["status"] is None:
            told.pop("code")
        yield Sighting(start=found.start(), source="cpp", told=told)


_DUCK: Final = re.compile(
    r"""(?:HTTP (?P<method>GET|HEAD|PUT|POST|DELETE) error (?:on|reading)|Unable to connect to URL) """
    r"""['"](?P<url>(?:https?|s3)://[^'"\s]{1,2000})['"](?: in region '[a-z0-9-]{0,40}')?:? """
    r"""\(?(?:HTTP )?(?P<status>\d{3})(?: [A-Za-z ]{1,40})?\)?"""
    r"""(?:\s{1,4}(?P<code>[A-Z][A-Za-z]{3,60}): (?P<message>[^\n]{1,500}))?"""
)

_DUCK_UNSIGNED: Final = re.compile(r"\*\s{1,4}No\s{1,8}credentials\s{1,8}are\s{1,8}provided")


def duckdb(text: str) -> Iterator[Sighting]:
    """Yield DuckDB's errors, which tell address and status."""
    for found in _DUCK.finditer(text):
        place = place_of_uri(found["url"]) if found["url"].startswith("s3:") else place_of_url(found["url"])
        if place is not None:
            told = _called(found["method"], found["status"], place)
            unsigned = _DUCK_UNSIGNED.search(text, found.end(), found.end() + 400)
            who = "anonymous" if unsigned else None
            said = fields(code=found["code"], message=found["message"], principal=who)
            yield Sighting(start=found.start(), source="cpp", told=both(said, told))
