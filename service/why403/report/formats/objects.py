"""Errors as objects: boto3's response, the JSON of JavaScript errors, log records with members that name an error."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from why403.report.answers import PLACEHOLDERS, STATUS
from why403.report.formats.javascript import members
from why403.report.names import operation_of
from why403.report.sighting import MOST, Fields, Sighting, fields

_TEXT: Final = r"""(?:"(?P<d>(?:[^"\\\n]|\\.){0,2000}?)"|'(?P<s>(?:[^'\\\n]|\\.){0,2000}?)')"""
_CODE: Final = re.compile(rf"""["']?(?:\bCode|\bcode|errorType|error_code|errorCode|\bname)["']?\s?[:=]\s?{_TEXT}""")
_MESSAGE: Final = re.compile(rf"""["']?(?:\bMessage|\bmessage|errorMessage|error_message)["']?\s?[:=]\s?{_TEXT}""")
_STATUS: Final = re.compile(
    r"""["']?(?:HTTPStatusCode|httpStatusCode|statusCode|status_code|\bstatus)["']?"""
    r"""\s?[:=]\s?["']?(?P<status>[345]\d\d)\b"""
)
_OPERATION: Final = re.compile(
    r"""["']?(?:operation_name|operationName|operation|commandName|eventName)["']?"""
    r"""\s?[:=]\s?["'](?P<name>\w{3,60})["']"""
)
_NEAR: Final = 2_500


_PER_KEY: Final = re.compile(r"""["']?Errors["']?\s?[:=]\s?\[""")
_OF_THE_OBJECT: Final = ("bucket", "key")


def errors(text: str) -> Iterator[Sighting]:
    """Yield objects whose code is one of S3's, or is the status and stands beside it."""
    for found in islice(_CODE.finditer(text), MOST):
        code = found["d"] or found["s"] or ""
        around = text[max(0, found.start() - _NEAR) : found.end() + _NEAR]
        status = _STATUS.search(around)
        if code not in STATUS and not (status and code.lower() in PLACEHOLDERS):
            continue
        yield Sighting(start=found.start(), source="json", told=_told(text, found, code, around))


def _told(text: str, found: re.Match[str], code: str, around: str) -> Fields:
    ahead = text[max(0, found.start() - _NEAR) : found.start()]
    own = members(text[found.start() - len(ahead.rpartition("{")[2]) : found.end() + _NEAR].partition("}")[0])
    told = {**members(around), **{name: own[name] for name in _OF_THE_OBJECT}}
    operation, status = _OPERATION.search(around), _STATUS.search(around)
    name = operation_of(operation["name"]) if operation else None
    if name is None and own["key"] and _PER_KEY.search(ahead):
        # Only the deletion of many objects answers with a list of errors; its status is that of the whole, 200.
        return fields(**{**told, "status": None}, operation="DeleteObjects", code=code, message=_nearest(text, found))
    told["status"] = int(status["status"]) if status else None
    return fields(**told, operation=name, code=code, message=_nearest(text, found))


def _nearest(text: str, code: re.Match[str]) -> str | None:
    """Return the message beside a code: mostly right behind it, else the last before."""
    found = _MESSAGE.search(text, code.end(), code.end() + _NEAR)
    if found is None:
        for each in _MESSAGE.finditer(text, max(0, code.start() - _NEAR), code.start()):
            found = each
    return (found["d"] or found["s"]) if found else None
