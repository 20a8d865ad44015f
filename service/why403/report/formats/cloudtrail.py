"""CloudTrail records: as objects, in EventBridge's envelope, in lists, and as JSON inside text.

AWS: "CloudTrail record contents for management, data, and network activity events"; "Amazon S3 CloudTrail events".
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from why403.domain.arn import resource
from why403.report.answers import NO_ERROR, STATUS
from why403.report.completing import report_of
from why403.report.formats.cloudtrail_caller import caller_keys, caller_of, told_of
from why403.report.formats.cloudtrail_keys import request_keys
from why403.report.formats.record import mended, nested, object_of, sentence_of, text_of, whole_part
from why403.report.headers import parameters_of
from why403.report.joining import errors_of, told_first
from why403.report.message import sentences
from why403.report.model import Named, Report, Source
from why403.report.moments import moment
from why403.report.names import operation_of
from why403.report.sighting import MOST, Fields, Sighting, fields

_SERVICES: Final = frozenset(
    {"s3.amazonaws.com", "s3express.amazonaws.com", "s3-object-lambda.amazonaws.com", "s3-outposts.amazonaws.com"}
)
_DENIED_BY_ENDPOINT: Final = "VpceAccessDenied"
_KMS: Final = "kms.amazonaws.com"
# What holds records in what AWS writes them to, each perhaps as the text of its JSON.
_HOLDING: Final = (
    "Records",
    "Events",
    "events",
    "detail",
    "logEvents",
    "results",
    "CloudTrailEvent",
    "message",
    "@message",
)
_DEEPEST: Final = 4
_ATTEMPTS: Final = 24


def records_of(
    value: object, source: Source = "cloudtrail", depth: int = 0
) -> Iterator[tuple[Mapping[str, Any], Source]]:
    """Yield the records in a record, a list, a log file, an EventBridge envelope or the answer of `lookup-events`.

    CloudWatch Logs has each as the text of a `message`, alone, in `logEvents` or as a field of a row.
    """
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for each in islice(value, MOST):
            yield from records_of(each, source, depth + 1)
    elif isinstance(value, Mapping):
        if isinstance(value.get("detail"), Mapping):
            yield from records_of(value["detail"], "eventbridge", depth + 1)
        elif "eventName" in value or "userIdentity" in value:
            yield nested(mended(value)), source
        elif value.get("field") == "@message":
            yield from records_of(_parsed(value.get("value")), source, depth + 1)
        else:
            for name in _HOLDING:
                yield from records_of(_parsed(value.get(name)), source, depth + 1)


def _parsed(held: object) -> object:
    """Return what a text holds as JSON, None for any other text; what is no text as it is."""
    if not isinstance(held, str):
        return held
    try:
        return json.loads(held, strict=False) if held.lstrip()[:1] == "{" else None
    except (ValueError, RecursionError):
        return None


def events_in(text: str) -> Iterator[Sighting]:
    """Yield the records that stand as JSON in a text, one or many, alone or behind the prefix of a log."""
    if "eventName" not in text and "userIdentity" not in text:
        return
    decoder, at, failures, seen = json.JSONDecoder(strict=False), text.find("{"), 0, False
    while at >= 0 and failures < _ATTEMPTS:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            failures += 1
            at = text.find("{", at + 1)
            continue
        for record, source in records_of(value):
            seen = True
            yield sighting_of(record, source, at)
        at = text.find("{", end)
    if not seen:
        yield from _cut_off(text)


def _cut_off(text: str) -> Iterator[Sighting]:
    """Yield a record whose end is missing, as far as it tells of an error."""
    at = text.rfind("{", 0, max(0, text.find('"eventVersion"')))
    if at < 0:
        return
    for record, source in records_of(whole_part(text, at)):
        if "errorCode" in record and "userIdentity" in record:
            found = sighting_of(record, source, at)
            yield replace(found, notes=(*found.notes, "the record is cut off: what its end said is not known"))


def sighting_of(record: Mapping[str, Any], source: Source, at: int = 0) -> Sighting:
    """Return what a record tells."""
    code, event_source = text_of(record.get("errorCode")), text_of(record.get("eventSource"))
    notes = []
    if event_source and event_source not in _SERVICES:
        notes.append(f"the record is of `{event_source}`, not of S3")
    told = _told(record)
    told.update(fields(code=_code(code, event_source), message=sentence_of(record.get("errorMessage"))))
    _reason(told, record, code)
    name = text_of(record.get("eventName"))
    if name and "operation" not in told:
        notes.append(f"`{name}` is not an operation of S3")
    if "principal" not in told:
        notes.append(told_of(record))
    return Sighting(start=at, source=source, told=told, is_error=code is not None, notes=tuple(notes))


def _code(code: str | None, event_source: str | None) -> str | None:
    # What the caller got is S3's code; CloudTrail has a word of its own for it, and KMS does not say whose codes are.
    if code in {_DENIED_BY_ENDPOINT, "Client.AccessDenied", "AccessDeniedException"}:
        return "AccessDenied"
    return f"KMS.{code}" if event_source == _KMS and f"KMS.{code}" in STATUS else code


def _told(record: Mapping[str, Any]) -> Fields:
    sent = object_of(record.get("requestParameters"))
    name = text_of(record.get("eventName"))
    told = fields(
        principal=caller_of(record),
        operation=operation_of(name) if name else None,
        request_id=text_of(record.get("requestID")),
        host_id=text_of(object_of(record.get("additionalEventData")).get("x-amz-id-2")),
        time=moment(text_of(record.get("eventTime"))),
        region=text_of(record.get("awsRegion")),
        parameters={
            key: text_of(value) if isinstance(value, str) else value for key, value in _parameters(sent).items()
        },
        context={**caller_keys(record), **request_keys(record)},
    )
    told.update(_place(record, sent))
    told.update(_foreign(record, sent, name))
    # Both versions of the listing are logged under the name of the first.
    if told.get("operation") == "ListObjects" and str(sent.get("list-type")) == "2":
        told["operation"] = "ListObjectsV2"
    return told


def _parameters(sent: Mapping[str, Any]) -> dict[str, Any]:
    flat = {name: value[0] if isinstance(value, list) and value else value for name, value in sent.items()}
    return parameters_of({str(name): value for name, value in flat.items()})


def _place(record: Mapping[str, Any], sent: Mapping[str, Any]) -> Fields:
    about = text_of(object_of(sent.get("encryptionContext")).get("aws:s3:arn"))  # what the key was asked for
    bucket, key = text_of(sent.get("bucketName")), text_of(sent.get("key"))
    named = [each for each in _listed(record) if text_of(each.get("ARN") or each.get("arn"))]
    arns = [about or "", *(str(text_of(each.get("ARN") or each.get("arn"))) for each in named)]
    owner = next((each.get("accountId") for each in named if each.get("type") == "AWS::S3::Bucket"), None)
    point = next((arn for arn in (bucket or "", *arns) if ":accesspoint/" in arn), None)
    if point is None and bucket is None:
        found = next((each for each in map(resource, arns) if each is not None and each.bucket), None)
        bucket, key = (found.bucket, key or found.key) if found else (None, key)
    if point is not None:
        point = point.partition("/object/")[0]
        whole = f"{point}/object/{key}" if key else point
        return fields(resource=whole if resource(whole) else None, key=key, bucket_owner=_account(owner))
    return fields(bucket=bucket, key=key, bucket_owner=_account(owner))


def _foreign(record: Mapping[str, Any], sent: Mapping[str, Any], name: str | None) -> Fields:
    """Return what was asked of KMS or STS: the action, and the key or role that it was on."""
    match text_of(record.get("eventSource")):
        case "kms.amazonaws.com" if name:
            return fields(action=f"kms:{name}", foreign=_key(record, sent))
        case "sts.amazonaws.com" if name:
            return fields(action=f"sts:{name}", foreign=text_of(sent.get("roleArn")))
    return fields()


def _key(record: Mapping[str, Any], sent: Mapping[str, Any]) -> str | None:
    """Return the ARN of the key that KMS was asked for."""
    named = [text_of(each.get("ARN") or each.get("arn")) for each in _listed(record)]
    return next((each for each in (*named, text_of(sent.get("keyId"))) if each and ":kms:" in each), None)


def _listed(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = record.get("resources")
    return [each for each in listed if isinstance(each, Mapping)][:MOST] if isinstance(listed, list) else []


def _account(text: object) -> str | None:
    return (
        text
        if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) == len("111122223333")
        else None
    )


def _reason(told: Fields, record: Mapping[str, Any], code: str | None) -> None:
    """Add what the record's message gives as the reason; events of an endpoint have one reason only."""
    for seen in sentences(told.get("message", "")):
        for name in ("action", "resource", "foreign", "named", "principal"):
            if name in seen.told and name not in told:
                told.update(fields(**{name: seen.told.get(name)}))
    is_endpoint = (
        str(record.get("eventType", "")).startswith("AwsVpceEvent") or record.get("eventCategory") == "NetworkActivity"
    )
    if code == _DENIED_BY_ENDPOINT or (is_endpoint and code and told.get("named") is None):
        told["named"] = Named(layer="vpc_endpoint", special="denied by the policy of the VPC endpoint")


def report_of_event(value: object) -> Report:
    """Return the report of the first refused record."""
    seen = [sighting_of(record, source, at) for at, (record, source) in enumerate(islice(records_of(value), MOST))]
    if not seen:
        return Report(source="cloudtrail", unread=("no CloudTrail record was found in the event",))
    refused = [each for each in seen if each.is_error]
    if not refused:
        return report_of(seen[0].told, seen[0].source, unread=(*seen[0].notes, NO_ERROR))
    errors, more = errors_of(refused)
    first = told_first(errors) or errors[0]
    return report_of(first.told, first.source, others=len(errors) - 1 + more, unread=first.notes)
