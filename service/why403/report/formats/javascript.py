"""The AWS SDKs for JavaScript, 2 and 3: the thrown error, its stack and its members."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from why403.report.answers import PLACEHOLDERS, STATUS
from why403.report.names import operation_of
from why403.report.passage import after, before, first_operation, message_after
from why403.report.sighting import MOST, Fields, Sighting, fields

WORDS: Final = (
    *("$metadata", "$fault", "aws-sdk", "@smithy", "smithy-client", "extractError", "CommandError", "retryDelay"),
    "extendedRequestId",
)
"""What only the errors and stacks of this SDK hold."""

_MARK: Final = re.compile("|".join(map(re.escape, WORDS)))
_HEAD: Final = re.compile(
    r"(?:^|(?<=[\s\"'\[,]))(?:Uncaught |Unhandled |\(in promise\) |S3ServiceException \[|Error \[|\[)?"
    r"(?:(?P<code>[A-Z][A-Za-z]{2,60}|403|Forbidden)\]?: (?P<message>[^\n]{1,2000})|(?P<bare>UnknownError))$",
    re.MULTILINE,
)
_COMMAND: Final = re.compile(r"(?:de_|deserializeAws_restXml)(\w{3,80}?)(?:CommandError)?\b")
_CLASS: Final = re.compile(r"\b([A-Z]\w{2,80}Command)\b")
_METHOD: Final = re.compile(r"\bS3(?:Client)?\.([a-z]\w{2,80})\b")


def _member(names: str, value: str) -> re.Pattern[str]:
    return re.compile(rf"""(?:^|[{{,\s])["']?(?:{names})["']?:\s{{0,9}}{value}""")


_TEXT: Final = r"""["'`](?P<value>[^"'`\n]{1,300})["'`]"""
_STATUS: Final = _member("httpStatusCode|statusCode|status", r"""["']?(?P<value>\d{3})\b""")
_REQUEST_ID: Final = _member("requestId|RequestId|x-amz-request-id", _TEXT)
_HOST_ID: Final = _member("extendedRequestId|HostId|hostId|x-amz-id-2", _TEXT)
_CODE: Final = _member("code|Code|name|errorType", _TEXT)
_REGION: Final = _member("region", _TEXT)
_BUCKET_REGION: Final = _member("x-amz-bucket-region", _TEXT)
_BUCKET: Final = _member("BucketName|Bucket|bucketName", _TEXT)
_KEY: Final = _member("Key", _TEXT)
_ANY: Final = "S3ServiceException"
_STACK: Final = re.compile(r"\n\s{1,20}at ")
_NO_CODES: Final = frozenset(
    {"Error", "TypeError", "ReferenceError", "SyntaxError", "RangeError", "AggregateError", "User"}
)


def errors(text: str) -> Iterator[Sighting]:
    """Yield errors thrown by the SDK, recognised by what only its errors and stacks have."""
    for found in _HEAD.finditer(text):
        code = found["code"] or found["bare"]
        known = code in STATUS or code.lower() in PLACEHOLDERS or code == _ANY
        # A code that is not in the list of S3's is one if a stack follows its message.
        if not known and (code in _NO_CODES or not _STACK.match(text, found.end())):
            continue
        around = after(text, found.end(), most=4_000)
        if not _MARK.search(around):
            continue
        yield Sighting(start=found.start(), source="javascript", told=_told(text, found, around))


def _told(text: str, found: re.Match[str], around: str) -> Fields:
    code = found["code"] or found["bare"]
    message = message_after(text, found.start("message")).rstrip("]{ ") if found["code"] else None
    code = _value(_CODE, around) if code == _ANY else code
    return fields(
        code=code,
        message=None if message == "null" else message,
        operation=first_operation(_called(around))
        or first_operation(_CLASS.findall(before(text, found.start(), most=300))),
        **members(around),
    )


def _called(around: str) -> list[str]:
    """Return what a stack calls, innermost first: the stack of the next error follows."""
    found = [each for pattern in (_COMMAND, _CLASS, _METHOD) for each in pattern.finditer(around)]
    return [each[1] for each in sorted(found, key=lambda each: each.start())]


def members(around: str) -> dict[str, object]:
    """Return what the members of an error object tell."""
    status = _value(_STATUS, around)
    return {
        "status": int(status) if status else None,
        "request_id": _value(_REQUEST_ID, around),
        "host_id": _value(_HOST_ID, around),
        "region": _value(_REGION, around),
        "bucket_region": _value(_BUCKET_REGION, around),
        "bucket": _value(_BUCKET, around),
        "key": _value(_KEY, around),
    }


def _value(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found["value"] if found else None


# A logger of the second SDK tells no code, the CDK's own no status.
_LOGGED: Final = re.compile(
    r"\[AWS\s{1,8}s3\s{1,8}(?P<status>[45]\d\d)\s{1,8}[\d.]{1,12}s\s{1,8}\d{1,3}\s{1,8}retries\]\s{1,8}"
    r"(?P<operation>[a-z]\w{2,60})\("
    r"|Call\s{1,8}failed:\s{1,8}(?P<called>[a-z]\w{2,60})\([^\n]{0,600}\)\s{1,8}=>\s{1,8}"
    r"(?P<message>[^()]{1,600})\(code=(?P<code>\w{3,60})\)"
)


def logged(text: str) -> Iterator[Sighting]:
    """Yield the calls that the CDK's log says failed."""
    for found in islice(_LOGGED.finditer(text), MOST):
        told = fields(
            status=int(found["status"]) if found["status"] else None,
            operation=operation_of(found["operation"] or found["called"]),
            code=found["code"],
            message=found["message"] and found["message"].strip(),
        )
        yield Sighting(start=found.start(), source="javascript", told=told)
