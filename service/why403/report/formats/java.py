"""The AWS SDKs for Java, 1 and 2, and the stack traces they stand in."""

import re
from collections.abc import Iterator
from typing import Final

from why403.report.passage import after, before, first_operation
from why403.report.plain import collapsed
from why403.report.sighting import Sighting, fields

_TAIL: Final = re.compile(
    r"\(Service:\s{1,9}(?:Amazon\s{1,9})?S3(?:\s?Control)?[;,]\s{1,9}Status\s{1,9}Code:\s{1,9}(?P<status>\d{3})"
    r"(?:[;,]\s{1,9}Error\s{1,9}Code:\s{1,9}(?P<code>[^;,)]{1,100}))?"
    r"(?:[;,]\s{1,9}Request\s{1,9}ID:\s{1,9}(?P<request>[^;,)\s]{1,100}))?"
    r"(?:[;,]\s{1,9}(?:S3\s{1,9})?Extended\s{1,9}Request\s{1,9}ID:\s{1,9}(?P<host>[^;,)\s]{1,200}))?"
)
_OLD: Final = re.compile(
    r"Status Code: (?P<status>\d{3}), AWS Service: (?:Amazon )?S3, AWS Request ID: (?P<request>[^,\s]{1,100}), "
    r"AWS Error Code: (?P<code>[^,]{1,100}), AWS Error Message: (?P<message>[^\n]{0,2000})"
)
_OLD_HOST: Final = ", S3 Extended Request ID: "
_KOTLIN: Final = re.compile(
    r"sdk\.kotlin\.services\.s3\.model\.\w{3,60}: (?P<message>[^\n]{0,2000}?)"
    r"(?:, Request ID: (?P<request>[^,\s]{1,100}))?(?:, Extended Request ID: (?P<host>[^,\s]{1,200}))?$",
    re.MULTILINE,
)
_EXCEPTION: Final = re.compile(r"(?:Exception|Error): (?![\w.$]{1,200}(?:Exception|Error): )")
_FRAME: Final = re.compile(
    r"(?<!Amazon\.S3\.)\b(?:AmazonS3(?:Encryption)?Client|DefaultS3(?:Async)?Client|S3(?:Async)?Client)\.(?:lambda\$)?(\w{1,80})[(\$]"
)
_REQUEST: Final = re.compile(r"services\.s3\.model\.(\w{1,80}Request)\b")
_HTTP: Final = re.compile(r"; request: (?P<method>GET|HEAD|PUT|POST|DELETE) https?://")
_RESOURCE_NAMES: Final = {"null": None, "...": None}


def tails(text: str) -> Iterator[Sighting]:
    """Yield errors with the parentheses that the SDKs put behind the message."""
    for found in _TAIL.finditer(text):
        told = fields(
            status=int(found["status"]),
            code=found["code"],
            request_id=_id(found["request"]),
            host_id=_id(found["host"]),
            message=_message(before(text, found.start())),
            operation=_operation(text, *found.span()),
        )
        if "code" not in told and told.get("message") in {None, "null"}:
            told["code"] = found["status"]  # version 2 has `null` where there was no body
        yield Sighting(start=found.start(), source="java", told=told)


def old_tails(text: str) -> Iterator[Sighting]:
    """Yield errors as the first releases of the SDK for Java told them."""
    for found in _OLD.finditer(text):
        message, _, host = found["message"].partition(_OLD_HOST)
        told = fields(
            status=int(found["status"]),
            code=found["code"],
            request_id=_id(found["request"]),
            host_id=_id(host.partition(" ")[0].strip(",")),
            message=collapsed(message),
            operation=_operation(text, *found.span()),
        )
        yield Sighting(start=found.start(), source="java", told=told)


def kotlin(text: str) -> Iterator[Sighting]:
    """Yield errors of the SDK for Kotlin."""
    for found in _KOTLIN.finditer(text):
        message = None if found["message"] == "null" else collapsed(found["message"])
        operation = first_operation(_FRAME.findall(after(text, found.end(), most=20_000)))
        told = fields(message=message, request_id=found["request"], host_id=found["host"], operation=operation)
        yield Sighting(start=found.start(), source="java", told=told)


def _id(text: str | None) -> str | None:
    return None if text is None or text in _RESOURCE_NAMES else text


def _message(passage: str) -> str | None:
    """Return the message before the parentheses: what follows the exception's name, else the end of the line."""
    statement = passage.rpartition("(Service:")[2]
    last = None
    for found in _EXCEPTION.finditer(statement):
        last = found
    told = statement[last.end() :] if last else statement.rpartition("\n")[2]
    user = told.find("User: ")
    told = told[user:] if user >= 0 else told
    return collapsed(told.partition("; request: ")[0]) or None


def _operation(text: str, start: int, end: int) -> str | None:
    """Return the operation of the innermost frame of the client; a request class names it too."""
    around = before(text, start, most=1_500) + after(text, end, most=1_500)
    trace = after(text, end, most=20_000).partition("(Service: ")[0]
    return first_operation(_FRAME.findall(trace)) or first_operation(_REQUEST.findall(around))
