"""Which of the records that AWS keeps is of the refused call, and what it adds to what was pasted."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from why403.report.formats.cloudtrail import report_of_event
from why403.report.model import Report

_SERVICES: Final = ("s3.amazonaws.com", "s3express.amazonaws.com", "s3-object-lambda.amazonaws.com")
_REFUSED: Final = "AccessDenied"
# What a client prints is the moment at which it gave up, by its own clock.
_APART: Final = timedelta(minutes=15)
# Both versions of the listing are logged under the name of the first.
_LOGGED_AS: Final = {"ListObjectsV2": "ListObjects"}
# Nothing can be reckoned at either end of the calendar.
_YEARS: Final = range(1970, 9999)
_PLACE: Final = ("resource", "bucket", "key")


class Sought(NamedTuple):
    """What is known of the refused call: by its request id it is certain, by the rest only likely."""

    request_id: str | None = None
    principal: str | None = None
    operation: str | None = None
    bucket: str | None = None
    key: str | None = None
    time: datetime | None = None


class Match(NamedTuple):
    """The record of the call, when that was, and how many other records fit as well."""

    record: Mapping[str, Any]
    time: datetime
    others: int


def records_in(messages: Iterable[Any]) -> list[Any]:
    """Return what stands as JSON in the texts of log events; anything may stand in a log."""
    return [_parsed(message) for message in messages]


def _parsed(text: Any) -> object:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None


def matching(records: Iterable[Any], sought: Sought) -> Match | None:
    """Return the record that is of the call: the nearest in time, or the newest where its time is not known."""
    dated = [(_at(record), record) for record in records if isinstance(record, Mapping)]
    fitting = [(at, record) for at, record in dated if at is not None and _fits(record, at, sought)]
    if not fitting:
        return None
    when = sought.time
    fitting.sort(key=lambda each: each[0])
    if when is not None:
        fitting.sort(key=lambda each: -abs(each[0] - when))
    at, record = fitting[-1]
    return Match(record, at, len(fitting) - 1)


def _at(record: Mapping[str, Any]) -> datetime | None:
    told = record.get("eventTime")
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo and at.year in _YEARS else None


def _fits(record: Mapping[str, Any], at: datetime, sought: Sought) -> bool:
    if record.get("eventSource") not in _SERVICES:
        return False
    if sought.request_id is not None:
        return record.get("requestID") == sought.request_id
    if _REFUSED not in str(record.get("errorCode")) or (sought.time and abs(at - sought.time) > _APART):
        return False
    report = report_of_event(record)
    told = (report.bucket, report.key, _LOGGED_AS.get(report.operation or "", report.operation))
    wanted = (sought.bucket, sought.key, _LOGGED_AS.get(sought.operation or "", sought.operation))
    return _same_caller(report, sought.principal) and all(
        held is None or asked is None or held == asked for held, asked in zip(told, wanted, strict=True)
    )


def _same_caller(report: Report, principal: str | None) -> bool:
    """Return whether a record may be of a caller; a role stands for each of its sessions."""
    return report.principal is None or principal in (None, report.principal, report.context.get("aws:PrincipalArn"))


def completed(found: Report, pasted: Report) -> Report:
    """Return what a record tells, and what was pasted of the same call where the record is silent."""
    silent = {each.name for each in fields(Report) if getattr(found, each.name) is None} - {*_PLACE}
    told = {name: getattr(pasted, name) for name in silent}
    nowhere = found.resource is None and found.bucket is None
    if nowhere or (found.key is None and found.bucket is not None and found.bucket == pasted.bucket):
        told |= {name: getattr(pasted, name) for name in _PLACE}
    return replace(
        found,
        **told,
        context={**pasted.context, **found.context},
        parameters={**pasted.parameters, **found.parameters},
        others_in_text=pasted.others_in_text,
        words=pasted.words,
    )
