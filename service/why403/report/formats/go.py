"""The AWS SDKs for Go, 1 and 2, and what is written with them: Terraform, rclone, Kubernetes operators."""

import re
from collections.abc import Iterator
from typing import Final

from why403.report.names import operation_of
from why403.report.passage import before, message_after
from why403.report.plain import collapsed
from why403.report.sighting import Sighting, fields

_W: Final = r"\s{1,80}"
_NEW: Final = re.compile(
    rf"operation{_W}error{_W}(?:S3(?:{_W}Control)?|(?P<other>STS)):{_W}(?P<operation>\w{{1,80}}),{_W}"
    rf"(?:exceeded{_W}maximum{_W}number{_W}of{_W}attempts,{_W}\d{{1,3}},{_W})?"
    rf"(?:get{_W}identity|https{_W}response{_W}error){_W}StatusCode:{_W}(?P<status>\d{{1,3}})"
    rf"(?:,{_W}RequestID:{_W}?(?P<request>[^,\s]{{0,100}}))?(?:,{_W}HostID:{_W}?(?P<host>[^,\s]{{0,200}}))?"
    rf"(?:,{_W}(?:api{_W}error{_W})?(?P<code>(?!HostID:)[A-Za-z0-9.]{{1,80}}):[ \t]{{0,80}}\n?)?"
)
_OLD: Final = re.compile(
    r"status\s{1,80}code:\s{1,80}(?P<status>\d{3}),\s{1,80}request\s{1,80}id:\s{0,80}(?P<request>[^,\s]{0,100})"
    r"(?:,\s{1,80}host\s{1,80}id:\s{0,80}(?P<host>[^,\s]{0,200}))?"
)
# The code and message before the line of version 1; names of codes begin with a capital and hold no space.
_CODE: Final = re.compile(r"(?:^|(?<=[\s\"(=]))(?P<code>[A-Z][A-Za-z.]{3,60}):\s(?=\S)")
_NO_CODES: Final = frozenset(
    {"Error", "ERROR", "Warning", "Failed", "Failure", "Message", "Terraform", "Caused", "Reason", "User"}
)


def _id(text: str | None) -> str | None:
    return text if text and text.strip(".") else None


def new_errors(text: str) -> Iterator[Sighting]:
    """Yield the errors of version 2, which name the operation."""
    for found in _NEW.finditer(text):
        operation = operation_of(found["operation"])
        told = fields(
            operation=operation,
            # STS answers with other statuses than S3 where the codes are the same.
            status=None if found["other"] else int(found["status"]) or None,
            request_id=_id(found["request"]),
            host_id=_id(found["host"]),
            code=found["code"],
            message=message_after(text, found.end()).removesuffix("[]}]").strip() if found["code"] else None,
        )
        notes = () if operation else (f"`{found['operation']}` is not an operation of S3",)
        yield Sighting(start=found.start(), source="go", told=told, notes=notes)


_LOGGED: Final = re.compile(r"\bDEBUG: (?:Request|Response|Sign Request|Send Request) s3/(?P<operation>\w{3,60})\b")


def logged(text: str) -> Iterator[Sighting]:
    """Yield what version 1 logs of its calls before their headers."""
    for found in _LOGGED.finditer(text):
        told = fields(operation=operation_of(found["operation"]))
        yield Sighting(start=found.start(), source="go", told=told, is_error=False)


def old_errors(text: str) -> Iterator[Sighting]:
    """Yield the errors of version 1: code and message, then a line of numbers."""
    for found in _OLD.finditer(text):
        passage = before(text, found.start(), most=2_500).rpartition("request id:")[2]
        codes = [each for each in _CODE.finditer(passage) if each["code"] not in _NO_CODES]
        code = codes[-1] if codes else None
        told = fields(
            status=int(found["status"]),
            request_id=_id(found["request"]),
            host_id=_id(found["host"]),
            code=code["code"] if code else None,
            message=_message(passage[code.end() :]) if code else None,
        )
        yield Sighting(start=found.start() - (len(passage) - code.start() if code else 0), source="go", told=told)


def _message(passage: str) -> str:
    return collapsed(passage.partition("caused by:")[0])


_RCLONE: Final = re.compile(
    r"\brclone\b|^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?:ERROR|NOTICE|CRITICAL|Failed|DEBUG)", re.MULTILINE
)
_ITEM: Final = re.compile(
    r"^(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )?(?:<\d>)?(?:ERROR|NOTICE|CRITICAL)\s{0,4}: "
    r"(?P<item>[^\n:]{1,1000}): (?P<failed>[^\n]{1,500})",
    re.MULTILINE,
)
_REMOTE: Final = re.compile(r"^S3 bucket (?P<bucket>[a-z0-9.-]{3,63})(?: path (?P<prefix>\S{1,500}))?\Z")
_UPLOADS: Final = re.compile(r"s3 upload: (?P<status>\d{3}) ")


def rclone_lines(text: str) -> Iterator[Sighting]:
    """Yield the lines of rclone's log; the item of a line is a path below the remote, not a whole key."""
    if not _RCLONE.search(text):
        return
    for found in _ITEM.finditer(text):
        remote = _REMOTE.match(found["item"])
        upload = _UPLOADS.search(found["failed"])
        told = fields(
            bucket=remote["bucket"] if remote else None,
            operation="PutObject" if upload else None,
            status=int(upload["status"]) if upload else None,
        )
        is_error = bool(upload) or "AccessDenied" in found["failed"] or "403" in found["failed"]
        yield Sighting(start=found.start(), source="rclone", told=told, is_error=is_error)
