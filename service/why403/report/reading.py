"""Reports read from what people paste: every format in one table, one line each."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from why403.report import message
from why403.report.answers import NO_ERROR
from why403.report.completing import agreed, report_of
from why403.report.formats import (
    access_log,
    addresses,
    bodies,
    boto,
    cloudtrail,
    commands,
    debugging,
    delivery,
    dynamic,
    go,
    hadoop,
    java,
    javascript,
    logs,
    minio,
    native,
    objects,
    presigned,
    prose,
    rows,
    servers,
    services,
    tools,
    transcripts,
)
from why403.report.hints import complete
from why403.report.joining import Error, errors_of, told_first
from why403.report.message import sentences
from why403.report.model import Report, Source
from why403.report.plain import Plain, plain, plain_of_stripped
from why403.report.sighting import MOST, Format, Sighting
from why403.report.wrapping import ends_of_lines, readings

# Records are read as they came; all else as plain text. The order does not matter: sightings are joined by place.
_OF_RECORDS: Final = (
    Format(cloudtrail.events_in, ("eventName", "userIdentity")),
    Format(rows.records, ("eventname", "eventName", "@message")),
)
_OF_TEXT: Final = (
    Format(access_log.lines, (" REST.", " WEBSITE.", " BATCH.")),
    Format(addresses.bare, ("returned error", "HTTP Error", "status code")),
    Format(addresses.commands, ("curl",)),
    Format(addresses.refusals, ("://",)),
    Format(addresses.urls, ("amazonaws.com",)),
    Format(bodies.bodies, ("<Error",)),
    Format(boto.permission_errors, ("PermissionError",)),
    Format(boto.sentences, ("calling",)),
    Format(commands.arguments, ("ucket",)),
    Format(commands.arns, ("arn:aws",)),
    Format(commands.failures, (" failed: ",)),
    Format(commands.identities, ("UserId", "get-caller-identity")),
    Format(commands.lines, ("aws ",)),
    Format(commands.uris, ("s3://", "s3a://", "s3n://")),
    Format(debugging.calls, debugging.WORDS),
    Format(delivery.refusals, delivery.WORDS),
    Format(dynamic.dotnet, ("AmazonS3Exception",)),
    Format(dynamic.php, ("Error executing",)),
    Format(dynamic.ruby, ("S3::",)),
    Format(go.logged, (" s3/",)),
    Format(go.new_errors, ("StatusCode:",)),
    Format(go.old_errors, ("request id:",)),
    Format(go.rclone_lines, ("ERROR", "NOTICE", "CRITICAL")),
    Format(hadoop.errors, ("AccessDeniedException: ", "AccessDeniedException s3")),
    Format(hadoop.paths, ("Exception: s3",)),
    Format(hadoop.unsigned, ("NoAuthWithAWSException",)),
    Format(java.kotlin, ("kotlin",)),
    Format(java.old_tails, ("AWS Service: ",)),
    Format(java.tails, ("(Service:",)),
    Format(javascript.errors, javascript.WORDS),
    Format(javascript.logged, ("retries", "Call failed", "(code=")),
    Format(logs.calls, logs.WORDS),
    Format(minio.errors, minio.WORDS),
    Format(minio.repositories, ("s3:",)),
    Format(native.arrow, ("AWS Error ",)),
    Format(native.cpp, ("HTTP response code: ",)),
    Format(native.duckdb, (" error on ", " error reading ", "Unable to connect to URL")),
    Format(native.object_store, ("Client error with status", "Generic S3 error")),
    Format(native.performed, ("Error performing ",)),
    Format(native.rust, ("ErrorMetadata", "S3Error", "ServiceError", "service error", "unhandled error", "SdkBody")),
    Format(objects.errors, ("ode", "errorType", "name")),
    Format(presigned.urls, ("-Credential", "-credential", "-Signature", "-signature", "AWSAccessKeyId")),
    Format(prose.buckets, ("ucket",)),
    Format(sentences, message.WORDS),
    Format(servers.servers, servers.WORDS),
    Format(services.cloudformation, ("s3:", "AWS::S3::")),
    Format(services.deployments, ("denied by S3",)),
    Format(services.sentences, services.WORDS),
    Format(services.warehouse, ("S3ServiceException:",)),
    Format(tools.browsers, ("CORS",)),
    Format(tools.cloudfront, ("loudfront", "CloudFront", "Key-Pair-Id", "could not be satisfied")),
    Format(tools.console, ("permission", "Amazon Q", "Failed to", "API response")),
    Format(tools.fuse, ("HTTP response code ",)),
    Format(tools.passed_on, (".cloudfront.net",)),
    Format(tools.terraform, ("S3", "aws_s3", "erraform", "rror ", "workspaces")),
    Format(tools.unsigned, ("redentials", "no valid providers", "credential ", "IMDS role")),
    Format(transcripts.exchanges, ("HTTP/",)),
)
_LAST_RESORT: Final = (Format(prose.words),)

_WRAPPED: Final = frozenset({"go", "java", "text", "xml"})
_WRAPPERS: Final[tuple[Source, ...]] = ("terraform", "s3a", "rclone", "aws-cli", "boto3", "presigned-url", "curl")
_NOTHING: Final = "no refusal of S3 was recognised in the text"
_NO_ACCESS: Final = "the call failed for a reason other than access"


def read(text: str) -> Report:
    """Return what a pasted text tells of the first refused call in it; never raises, whatever the text is."""
    return _told_by(plain(text))


def read_stripped(text: str) -> Report:
    """Return the same of a text from which secrets were stripped already, to the last."""
    return _told_by(plain_of_stripped(text))


def _told_by(pasted: Plain) -> Report:
    events = _seen(_OF_RECORDS, pasted.raw) or (_seen(_OF_RECORDS, pasted.text) if pasted.text != pasted.raw else [])
    if events:
        return _of_events(events, pasted.notes)
    report, doubts = _read(pasted), list[Report]()
    most = _telling(report)
    for joined in readings(pasted.text):
        other = _read(pasted._replace(text=joined.text))
        telling = _telling(other) + joined.is_evident
        if telling > most:
            report, most = other, telling
        elif joined.may_be:
            doubts.append(other)
    return agreed(report, doubts, ends_of_lines(pasted.text))


def _read(pasted: Plain) -> Report:
    sightings = _seen(_OF_TEXT, pasted.text)
    if not any(seen.is_error for seen in sightings):
        sightings += _seen(_LAST_RESORT, pasted.text)
    return _report(sightings, pasted)


def _telling(report: Report) -> int:
    """Return how much of what matters a report tells."""
    told = (report.aws_named, report.operation, report.action, report.principal, report.bucket, report.code)
    return sum(field is not None for field in (*told, report.request_id)) + report.others_in_text


def read_event(record: Mapping[str, Any]) -> Report:
    """Return what a CloudTrail record tells, alone, in a list of `Records` or in EventBridge's envelope."""
    return cloudtrail.report_of_event(record)


def _seen(formats: Iterable[Format], text: str) -> list[Sighting]:
    fit = []
    for each in formats:
        for word in each.words:  # not `any`: a text is asked for a hundred words
            if word in text:
                fit.append(each.reader)
                break
    return [seen for reader in fit for seen in islice(reader(text), MOST)]


def _of_events(events: list[Sighting], notes: tuple[str, ...]) -> Report:
    refused = [event for event in events if event.is_error]
    if not refused:
        first = events[0]
        return report_of(first.told, first.source, unread=(*notes, *first.notes, NO_ERROR))
    errors, more = errors_of(refused)
    return _told(errors, more, notes)


def _told(errors: list[Error], more: int, notes: tuple[str, ...]) -> Report:
    error = told_first(errors) or errors[0]
    return report_of(error.told, error.source, others=len(errors) - 1 + more, unread=(*notes, *error.notes))


def _report(sightings: list[Sighting], pasted: Plain) -> Report:
    errors, more = errors_of(seen for seen in sightings if seen.is_error)
    hints = [seen for seen in sightings if not seen.is_error]
    error = told_first(errors)
    notes = list(pasted.notes)
    if error is None:
        if not hints:
            return Report(source="text", unread=(*notes, _NOTHING))
        first = next((hint for hint in hints if hint.source != "text"), hints[0])
        error = Error(first.start, first.source, dict(first.told), first.notes)
        errors = [error]
        notes.append(_NOTHING)
    elif not error.is_about_access:
        notes.append(_NO_ACCESS)
    notes += complete(error, _nearest_to(error, hints, errors), pasted.text)
    error.source = _source(error, hints)
    return _told([error, *(each for each in errors if each is not error)], more, tuple(notes))


def _nearest_to(error: Error, hints: list[Sighting], errors: list[Error]) -> list[Sighting]:
    """Return the hints without those that stand nearer to another error and belong to it."""
    others = [each.start for each in errors if each is not error]
    return [hint for hint in hints if all(abs(hint.start - error.start) <= abs(hint.start - at) for at in others)]


def _source(error: Error, hints: Iterable[Sighting]) -> Source:
    """Return the format of an error; Terraform and rclone wrap the text of an SDK that is theirs, too."""
    around: set[Source] = {hint.source for hint in hints}
    if error.source in _WRAPPED:
        return next((source for source in _WRAPPERS if source in around), error.source)
    return error.source
