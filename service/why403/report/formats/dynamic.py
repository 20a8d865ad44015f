"""The AWS SDKs for PHP, Ruby and .NET."""

import re
from collections.abc import Iterator
from typing import Final

from why403.report.answers import STATUS
from why403.report.names import operation_of
from why403.report.passage import after, before, first_operation, message_after
from why403.report.places import place_of_url
from why403.report.sighting import Sighting, both, fields

_PHP: Final = re.compile(
    r"""Error executing ["'](?P<operation>\w{1,80})["'] on """
    r"""["'](?P<url>https?://[^"'\s]{1,2000})["'];\s{1,9}AWS HTTP error:"""
)
_PHP_STATUS: Final = re.compile(r"resulted in a [`'\"]?(?P<status>\d{3})|Client error: (?P<short>\d{3}) ")
_PHP_CODE: Final = re.compile(r"(?P<code>[A-Z][A-Za-z.]{3,60}) \(client\): ")
_PHP_THROWN: Final = re.compile(
    r"S3Exception: (?P<code>AWS Error Code: )?(?P<name>\w{3,60}), .{0,200}?AWS Error Message: "
)


def php(text: str) -> Iterator[Sighting]:
    """Yield the errors of the SDK for PHP, which tell operation and address."""
    found_all = list(_PHP.finditer(text))
    for found in found_all:
        around = after(text, found.end(), most=4_000).partition("Error executing ")[0]
        status, code = _PHP_STATUS.search(around), _PHP_CODE.search(around)
        place = place_of_url(found["url"])
        told = fields(
            operation=operation_of(found["operation"]),
            status=int(status["status"] or status["short"]) if status else None,
            code=code["code"] if code else _bodiless(status),
            message=_until_body(around[code.end() :]) if code else None,
        )
        if place:
            told = both(told, place.told)
        yield Sighting(start=found.start(), source="php", told=told)


def _bodiless(status: re.Match[str] | None) -> str | None:
    return status["status"] if status and status["status"] else None


def _until_body(text: str) -> str:
    return message_after(text.partition(" - <?xml")[0].partition(" - <Error")[0], 0)


_RUBY: Final = re.compile(
    r"\bA(?:ws|WS)::S3::(?:Errors::)?(?P<code>[A-Z]\w{2,60})(?P<after>: (?P<message>[^\n>]{1,2000})|\)|\b)"
)
_TYPE: Final = "AWS::S3::"
_RUBY_FRAME: Final = re.compile(
    r"(?:in [`'](?:block in )?(?:[A-Za-z0-9:]{1,80}[#.])?|\n\s{1,40})(\w{3,60}[?!]?)(?:'| at )"
)
# What asks whether something is there sends a HEAD.
_RUBY_ASKS: Final = re.compile(r"aws-sdk-s3\S{0,80}/(?P<what>object|bucket)\.rb:\d{1,6}:in [`'][^'\n]{0,80}\bexists\?'")
_RUBY_NO_CODES: Final = frozenset(
    {"Client", "Errors", "Bucket", "Object", "Resource", "Plugins", "Encryption", "Types"}
)


def ruby(text: str) -> Iterator[Sighting]:
    """Yield the errors of the SDK for Ruby, whose class is the code."""
    for found in _RUBY.finditer(text):
        # CloudFormation's types of resources look like classes of the first SDK.
        if found["code"] in _RUBY_NO_CODES or (found[0].startswith(_TYPE) and found["code"] not in STATUS):
            continue
        message = found["message"]
        if message is None and found["after"] == ")":
            # `...: Access Denied (Aws::S3::Errors::AccessDenied)`, the form of an uncaught error.
            line = before(text, found.start()).rpartition("\n")[2]
            message = line.rpartition("': ")[2].rpartition("`: ")[2].removesuffix(" (").strip()
        told = fields(
            code=found["code"],
            message=_ruby_message(message if found["message"] is None else message_after(text, found.start("message"))),
            operation=_ruby_operation(after(text, found.end(), most=6_000)),
        )
        yield Sighting(start=found.start(), source="ruby", told=told)


def _ruby_operation(trace: str) -> str | None:
    asks = _RUBY_ASKS.search(trace)
    return first_operation(_RUBY_FRAME.findall(trace)) or (f"Head{asks['what'].capitalize()}" if asks else None)


def _ruby_message(told: str | None) -> str | None:
    # Where the answer had no body, the class stands for the message.
    return None if told is None or "::Errors::" in told.partition(" ")[0] else told.rstrip(">")


_NET: Final = re.compile(r"AmazonS3Exception(?:: |\): | - )(?P<message>[^\n]{1,2000})")
_NET_BODILESS: Final = re.compile(
    r"Error making request with Error Code (?P<code>\w{1,60}) and Http Status Code (?P<status>\w{1,60})"
)
_NET_FRAME: Final = re.compile(r"AmazonS3Client\.(\w{3,80}?)(?:Async)?(?:\[|\(|>)")
_NET_MARK: Final = re.compile(r"Amazon\.(?:S3|Runtime)|\.cs:line|HttpErrorResponseException")
_NET_MEMBER: Final = re.compile(
    r"(?P<name>Error ?Code|Status ?Code|Http ?Status ?Code|Request ?Id|AmazonId2)"
    r"\"?\s{0,3}[:=]\s{0,3}\"?(?P<value>[\w+/=.-]{1,200})",
    re.IGNORECASE,
)
_NET_STATUS: Final = {
    "forbidden": 403,
    "badrequest": 400,
    "notfound": 404,
    "methodnotallowed": 405,
    "movedpermanently": 301,
}


def dotnet(text: str) -> Iterator[Sighting]:
    """Yield the errors of the SDK for .NET; the code is a member that only some logs print."""
    if not _NET_MARK.search(text):
        return
    for found in _NET.finditer(text):
        message = found["message"].partition(" ---> ")[0]
        if "(Service: " in message:  # the SDK for Java has a class of this name
            continue
        trace = after(text, found.end(), most=8_000).partition("AmazonS3Exception:")[0]
        told = fields(operation=first_operation(_NET_FRAME.findall(trace)), **_net_members(message + trace[:1_500]))
        bodiless = _NET_BODILESS.search(message)
        if bodiless:
            told.update(fields(code=bodiless["code"], status=_net_status(bodiless["status"])))
        else:
            told["message"] = message_after(text, found.start("message")).partition(" ---> ")[0]
        yield Sighting(start=found.start(), source="dotnet", told=told)


def _net_members(text: str) -> dict[str, object]:
    members = {found["name"].lower().replace(" ", ""): found["value"] for found in _NET_MEMBER.finditer(text)}
    status = members.get("httpstatuscode") or members.get("statuscode")
    return {
        "code": members.get("errorcode"),
        "status": _net_status(status) if status else None,
        "request_id": members.get("requestid"),
        "host_id": members.get("amazonid2"),
    }


def _net_status(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == len("403") else _NET_STATUS.get(text.lower())
