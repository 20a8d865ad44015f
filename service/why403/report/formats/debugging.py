"""What botocore logs with `--debug`: the operation it calls, where, what it sends, and what it is answered.

AWS: "AWS CLI Command Reference", `--debug`; botocore, `botocore.endpoint` and `botocore.parsers`.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from why403.report.formats.commands import told_by
from why403.report.headers import parameters_of
from why403.report.model import Source
from why403.report.names import operation_of
from why403.report.places import place_of_url
from why403.report.routes import operation_at
from why403.report.sighting import MOST, Fields, Sighting, both, fields

_CALL: Final = re.compile(r"Making\s{1,8}request\s{1,8}for\s{1,8}OperationModel\(name=(?P<operation>\w{2,60})\)")
# Its first releases told no name there, but what of the call the next steps are about.
_STEP: Final = re.compile(r"Event\s{1,8}before-sign\.s3\.(?P<operation>\w{2,60}):")
_URL: Final = re.compile(r"'url':\s{1,8}'(?P<url>https?://[^'\s]{4,4000})'")
_SENT: Final = re.compile(r"'(?P<name>x-amz-[\w-]{2,60}|If-[\w-]{4,12})':\s{1,8}'(?P<value>[^'\n]{1,1000})'")
_ANSWER: Final = re.compile(
    r"(?P<base>https?://[^\s\"':]{4,300}):\d{2,5}\s{1,8}"
    r"\"(?P<method>[A-Z]{3,7})\s{1,8}(?P<path>/[^\s\"]{0,4000})\s{1,8}HTTP/[\d.]{1,3}\"\s{1,8}(?P<status>[45]\d\d)\b"
)
_HEADERS: Final = re.compile(r"Response\s{1,8}headers:\s{1,8}(?:HTTPHeaderDict\()?\{")
_ID: Final = re.compile(
    r"'(?P<name>x-amz-request-id|x-amz-id-2|x-amz-bucket-region)':\s{1,8}'(?P<value>[^'\s]{1,200})'"
)
_ARGUMENTS: Final = re.compile(r"Arguments\s{1,8}entered\s{1,8}to\s{1,8}CLI:\s{1,8}\[(?P<words>[^\]\n]{2,4000})\]")
_WORD: Final = re.compile(r"'([^'\n]{0,2000})'|\"([^\"\n]{0,2000})\"")
_LOGGED_BY: Final[Mapping[bool, Source]] = {True: "aws-cli", False: "boto3"}
_FAR: Final = 8_000
WORDS: Final[tuple[str, ...]] = ("OperationModel(", "urllib3", "before-sign.s3.", "entered to CLI")


def calls(text: str) -> Iterator[Sighting]:
    """Yield the calls that are made and the command they are made for, and each answer that is an error."""
    source = _LOGGED_BY["awscli" in text or "aws-cli/" in text]
    for found in islice(_ARGUMENTS.finditer(text), MOST):
        told = told_by([single or double for single, double in _WORD.findall(found["words"])])
        if told is not None:
            yield Sighting(start=found.start(), source="aws-cli", told=told, is_error=False, begins=True)
    for found in islice(_CALL.finditer(text), MOST):
        yield Sighting(start=found.start(), source=source, told=_asked(text, found), is_error=False, begins=True)
    for found in islice(_STEP.finditer(text), MOST):
        told = fields(operation=operation_of(found["operation"]))
        yield Sighting(start=found.start(), source=source, told=told, is_error=False, begins=True)
    for found in islice(_ANSWER.finditer(text), MOST):
        yield Sighting(start=found.start(), source=source, told=_answered(text, found), begins=True)


def _asked(text: str, call: re.Match[str]) -> Fields:
    told = fields(operation=operation_of(call["operation"]))
    stop = text.find("Making request", call.end(), call.end() + _FAR)
    url = _URL.search(text, call.end(), stop if stop >= 0 else call.end() + _FAR)
    place = place_of_url(url["url"]) if url else None
    if url is None or place is None:
        return told
    sent = {each["name"]: each["value"] for each in _SENT.finditer(text, call.end(), url.start())}
    return both(told, both(fields(parameters=parameters_of({**place.query, **sent})), place.told))


def _answered(text: str, answer: re.Match[str]) -> Fields:
    place = place_of_url(answer["base"] + answer["path"])
    head = answer["method"] == "HEAD"
    told = fields(status=int(answer["status"]), code=answer["status"] if head else None)
    stop = text.find("Making request", answer.end(), answer.end() + _FAR)
    headers = _HEADERS.search(text, answer.end(), stop if stop >= 0 else answer.end() + _FAR)
    if headers is not None:
        end = text.find("}", headers.end(), headers.end() + _FAR)
        got = {each["name"]: each["value"] for each in _ID.finditer(text, headers.end(), max(end, headers.end()))}
        told.update(
            fields(
                request_id=got.get("x-amz-request-id"),
                host_id=got.get("x-amz-id-2"),
                bucket_region=got.get("x-amz-bucket-region"),
            )
        )
    if place is None:
        return told
    operation = operation_at(answer["method"], place.bucket, place.key, place.query)
    return both(told, both(fields(operation=operation), place.told))
