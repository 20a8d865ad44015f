"""The report that a body of `/diagnose` brings: a text, an event, or none; secrets are gone before anybody looks."""

from collections.abc import Mapping
from typing import Any, Final

from why403.domain.arn import resource
from why403.domain.errors import InvalidInput, escaped
from why403.domain.evidence import Fact
from why403.domain.facts import BUCKET_OWNER
from why403.intake.evidence import Observed, observed
from why403.report import LIMIT, Report, read, read_event, read_stripped, strip_secrets, stripped, with_around
from why403.report.formats.record import mended
from why403.services import Services

LOOKUP: Final = ("request_id", "log_group", "recent")
"""The members that ask for the record of the call which AWS keeps."""

_OF_READING = ("collect", "fresh", "cross_check", "detail")
_NO_REPORT: Final = Report()
_MEMBERS = frozenset({"error", "event", "request", "evidence", "evidence_is_complete", *_OF_READING, *LOOKUP})


def report_in(services: Services, body: Mapping[str, Any]) -> Report:
    """Return what was pasted, read: by a plugin if one knows the format; raise InvalidInput for what is no report."""
    for name in body:
        if name not in _MEMBERS:
            raise InvalidInput.at("/" + escaped(name), f"`{name}` is no member of a diagnosis")
    error, event = body.get("error"), body.get("event")
    pasted = [held for held in (error, event) if held is not None]
    named = any(body.get(name) for name in ("request_id", "recent")) or body.get("log_group") is not None
    if len(pasted) > 1 or not (pasted or named or body.get("request") is not None):
        at = "/error" if "error" in body else ""
        raise InvalidInput.at(at, "a diagnosis needs one of `error`, `event` and `request`")
    if error is not None:
        if not isinstance(error, str) or not error.strip():
            raise InvalidInput.at("/error", "must be the text that was printed")
        text, is_settled = stripped(error[: LIMIT + 1])  # one more, so that the reader says what it cut
        report = services.read_report({"error": text}) or (read_stripped if is_settled else read)(text)
        return with_around(report, text)
    if event is not None:
        if not isinstance(event, dict):
            raise InvalidInput.at("/event", "must be a CloudTrail record or an EventBridge envelope")
        return report_of(services, event)
    return _NO_REPORT


def report_of(services: Services, event: Mapping[str, Any]) -> Report:
    """Return what an event tells, wherever it comes from."""
    record = event_without_secrets(event)
    return services.read_report({"event": record}) or read_event(record)


def event_without_secrets(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event as it is read: without secrets in its texts, and without what is no text."""
    found: dict[str, Any] = _stripped(mended(event))
    return found


def _stripped(held: Any) -> Any:
    """Return JSON without the secrets in its texts."""
    if isinstance(held, dict):
        return {name: _stripped(value) for name, value in held.items()}
    if isinstance(held, list):
        return [_stripped(value) for value in held]
    return strip_secrets(held) if isinstance(held, str) else held


def with_owner(seen: Observed, report: Report, request: Mapping[str, Any], facts: Mapping[str, Fact[Any]]) -> Observed:
    """Return the facts with the bucket's owner as the record tells it, where nothing else does.

    AWS: "CloudTrail record contents" (`resources`).
    """
    named = resource(str(request.get("resource") or ""))
    bucket = request.get("bucket") or (named.bucket if named else None)
    if report.bucket_owner is None or bucket is None or bucket != report.bucket:
        return seen
    return seen.over(observed({BUCKET_OWNER.name: report.bucket_owner}, facts))
