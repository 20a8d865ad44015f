"""The record that AWS keeps of the refused call, looked up: in the log group of a trail, and in the event history.

Not found is an answer like any other. AWS: "Understanding CloudTrail events" (data events are in no event history, and
in a trail only where it logs them), "Finding your CloudTrail log files" (about five minutes, not guaranteed).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from why403.collecting import CannotTell, Collecting, Read
from why403.collecting.cloudtrail import LOOKUP_EVENTS, global_region, is_region, management_events, moment_of
from why403.collecting.cloudtrail import Sought as Attribute
from why403.collecting.log_groups import (
    FILTER_LOG_EVENTS,
    LogGroup,
    by_request_id,
    log_events,
    log_group_of,
    refusals,
)
from why403.domain.arn import resource, split_arn
from why403.domain.errors import Fault, InvalidInput
from why403.domain.evidence import Observation, Unreadable
from why403.domain.operations import OPERATIONS
from why403.gathering import Desk
from why403.intake.partial import Partial
from why403.report import Report
from why403.report.clues import Match, Sought, completed, matching, records_in
from why403.services import Services
from why403.usecases.pasted import LOOKUP, report_of

# S3's own are 16 letters and digits; those of other services and of the event history are UUIDs.
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
# How far back a log is looked through, the newest first; a record may bear the moment at which it was delivered.
_SLICES: Final = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
_BEFORE, _AFTER = timedelta(minutes=15), timedelta(hours=2)
_HISTORY: Final = timedelta(hours=24)
_LEAST_SECONDS: Final = 0.1
_SHARE: Final = 0.5  # of the time for a body, so that some is left to read evidence
# AWS: "Amazon S3 CloudTrail events"; all other operations are logged by their own names.
_LOGGED_AS: Final[Mapping[str, str]] = {
    "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
    "GetBucketLifecycleConfiguration": "GetBucketLifecycle",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
_CAVEATS: Final = (
    "CloudTrail delivers a record about 5 minutes after the call, sometimes later, that of a call on an object only to "
    "a trail that logs S3 data events, and not always to the account of a caller whom another account refused"
)
_NOWHERE: Final = (
    "without `log_group` only calls on buckets and accounts can be looked up, and this is not known to be one: calls "
    "on objects are in the log group of a trail that logs S3 data events"
)
_NOTHING: Final = "neither the report nor the hints tell which call to look for; `recent` takes the newest refusal"
_LIKELY: Final = "the record is of the call that fits best, which need not be this one: only a request id is certain"
_UNSURE: Final = "the record that was found need not be of this call: give its request id"

READS: Final = (LOOKUP_EVENTS, FILTER_LOG_EVENTS)
"""The calls of AWS that are made for this, beside those that layers declare."""


class Clue(NamedTuple):
    """The report with what was found, what the answer says of the search, the services with the time left, a doubt."""

    report: Report
    told: dict[str, Any]
    services: Services
    doubt: str | None


class _Wanted(NamedTuple):
    """What is looked for and where, as far as the body and what was pasted tell."""

    sought: Sought
    recent: bool
    group: LogGroup | None
    account: str | None
    partition: str
    regions: tuple[str, ...]


def _now() -> datetime:
    return datetime.now(UTC)


def look_up(services: Services, body: Mapping[str, Any], report: Report, known: Partial) -> Clue | None:
    """Return what AWS keeps of the call, None if the body asks for no search; raise InvalidInput for what cannot be."""
    asked = [name for name in LOOKUP if body.get(name) is not None and (name != "recent" or body[name])]
    if not asked:
        return None
    wanted = _wanted(body, report, known.request)
    if services.aws is None:
        raise InvalidInput.at(f"/{asked[0]}", "this service does not read AWS; send the record itself as `event`")
    search = _Search(services.aws, services.collect_seconds * _SHARE, _now())
    match, told = search.of(wanted)
    found = report if match is None else completed(report_of(services, match.record), report)
    if told["because"]:
        found = replace(found, unread=(*found.unread, told["because"]))
    left = max(_LEAST_SECONDS, services.collect_seconds - search.spent())
    unsure = match is not None and _is_guess(match, wanted)
    return Clue(found, told, replace(services, collect_seconds=left), _UNSURE if unsure else None)


def _is_guess(match: Match, wanted: _Wanted) -> bool:
    """Return whether a record may well be of another call: others fit too, or nobody said who called."""
    sure = wanted.recent or wanted.sought.request_id is not None
    return not sure and (match.others > 0 or wanted.sought.principal is None)


# --- what is looked for -----------------------------------------------------------------------------------------------


def _wanted(body: Mapping[str, Any], report: Report, request: Mapping[str, Any]) -> _Wanted:
    given, group, recent = body.get("request_id"), body.get("log_group"), body.get("recent") or False
    where = log_group_of(group) if isinstance(group, str) else None
    faults = []
    if given is not None and not (isinstance(given, str) and _REQUEST_ID.fullmatch(given)):
        faults.append(Fault("/request_id", "must be a request id: 8 to 64 letters, digits and hyphens"))
    if group is not None and where is None:
        faults.append(Fault("/log_group", "must be the name or the ARN of a log group"))
    if not isinstance(recent, bool):
        faults.append(Fault("/recent", "must be true or false"))
    elif recent and given is not None:
        faults.append(Fault("/recent", "goes without `request_id`, which tells the call"))
    if body.get("event") is not None and (given or group or recent):
        faults.append(Fault("/event", "is the record itself; nothing is looked up beside it"))
    if faults:
        raise InvalidInput(faults)
    printed = report.request_id if report.request_id and _REQUEST_ID.fullmatch(report.request_id) else None
    sought = _sought(None if recent else given or printed, request)
    arn = split_arn(sought.principal or "")
    regions = (_requested_region(request), report.region, report.bucket_region)
    return _Wanted(
        sought,
        recent,
        where,
        (arn.account if arn else "") or None,
        arn.partition if arn else "aws",
        tuple(dict.fromkeys(each for each in regions if each and is_region(each))),
    )


def _sought(request_id: str | None, request: Mapping[str, Any]) -> Sought:
    placed = resource(request.get("resource", ""))
    return Sought(
        request_id=request_id,
        principal=request.get("principal"),
        operation=request.get("operation"),
        bucket=placed.bucket if placed else request.get("bucket"),
        key=placed.key if placed else request.get("key"),
        time=moment_of(request.get("time", "")),
    )


def _requested_region(request: Mapping[str, Any]) -> str | None:
    told = {name.lower(): held for name, held in request.get("context", {}).items()}.get("aws:requestedregion")
    return told if isinstance(told, str) else None


# --- where it is looked for -------------------------------------------------------------------------------------------


class _Search:
    """One search, within its share of the time; reads are made one after another, and only as long as nothing fits."""

    def __init__(self, desk: Desk, seconds: float, now: datetime) -> None:
        self._desk, self._seconds, self._now = desk, seconds, now
        self._began = desk.clock()
        self._places: list[str] = []

    def spent(self) -> float:
        return self._desk.clock() - self._began

    def of(self, wanted: _Wanted) -> tuple[Match | None, dict[str, Any]]:
        """Return the record if there is one, and what the answer says of the search."""
        unread: list[Unreadable] = []
        for where, matches in (("log_group", self._logged(wanted)), ("event_history", self._remembered(wanted))):
            try:
                match = next((each for each in matches if each is not None), None)
            except CannotTell as failed:
                unread.append(failed.seen)
                continue
            if match is not None:
                return match, _found(where, match, wanted.sought)
        return None, _not_found(_why_not(wanted, self._places), unread)

    def _logged(self, wanted: _Wanted) -> Iterator[Match | None]:
        """Yield what the log group holds, the newest part first."""
        if wanted.group is None or not (wanted.recent or _tells(wanted.sought)):
            return
        self._places.append(f"the log group `{wanted.group.name}`")
        pattern = _pattern(wanted.sought)
        for start, end in self._slices(wanted.sought):
            logged = self._driven(log_events(wanted.group, pattern, start, end))
            yield matching(records_in(logged.messages), wanted.sought)
            if not logged.whole:
                why = "holds too much to be looked through; `request.time` narrows it"
                raise CannotTell(Unreadable(f"the log group `{wanted.group.name}` {why}"))

    def _slices(self, sought: Sought) -> Iterator[tuple[datetime, datetime]]:
        if sought.time is not None:
            yield sought.time - _BEFORE, sought.time + _AFTER
            return
        end = self._now + _BEFORE
        for back in _SLICES:
            yield self._now - back, end
            end = self._now - back

    def _remembered(self, wanted: _Wanted) -> Iterator[Match | None]:
        """Yield what the event history holds: calls on buckets and on the account, never such on objects."""
        operation = OPERATIONS.get(wanted.sought.operation or "")
        if operation is None or operation.kind not in {"bucket", "account"}:
            return
        start, end = self._now - _HISTORY, self._now + _BEFORE
        if wanted.sought.time is not None:
            start, end = wanted.sought.time - _BEFORE, wanted.sought.time + _BEFORE
        name = _LOGGED_AS.get(operation.name, operation.name)
        for region in dict.fromkeys((*wanted.regions, global_region(wanted.partition))):
            self._places.append(f"CloudTrail's event history in {region}")
            asked = Attribute("EventName", name, start, end, wanted.account, region)
            yield matching(self._driven(management_events(asked)).records, wanted.sought)

    def _driven(self, collecting: Collecting[Any]) -> Any:
        """Return what a generator of reads returns; raises CannotTell."""
        read: Read | None = None
        while True:
            try:
                read = collecting.send(None if read is None else self._answer(read))
            except StopIteration as end:
                return end.value
            except CannotTell:
                raise
            except Exception as error:
                why = "answered something that cannot be read"
                raise CannotTell(read.unreadable(why) if read else Unreadable(why)) from error

    def _answer(self, read: Read) -> Observation[Any]:
        future = self._desk.ask(read)
        try:
            return future.result(timeout=max(0.0, self._seconds - self.spent())).seen
        except TimeoutError:
            self._desk.leave(read, future)
            return read.unreadable(f"was not answered within {self._seconds:g} s")


def _tells(sought: Sought) -> bool:
    """Return whether anything is known by which a record could be recognised."""
    return any((sought.request_id, sought.principal, sought.operation, sought.bucket, sought.time))


def _pattern(sought: Sought) -> str:
    if sought.request_id is not None:
        return by_request_id(sought.request_id)
    # The name of the event is not asked for: it is not always that of the operation.
    told = {"requestParameters.bucketName": sought.bucket}
    if sought.principal and sought.principal.partition(":role/")[1]:
        told["userIdentity.sessionContext.sessionIssuer.arn"] = sought.principal
    elif sought.principal and sought.principal.startswith("arn:"):
        told["userIdentity.arn"] = sought.principal
    return refusals({name: held for name, held in told.items() if held})


# --- what the answer says of it ---------------------------------------------------------------------------------------


def _found(where: str, match: Match, sought: Sought) -> dict[str, Any]:
    certain = sought.request_id is not None
    return {
        "found": True,
        "where": where,
        "by": "request_id" if certain else "likeness",
        "time": match.time.isoformat(),
        "others": match.others,
        "because": None if certain else _LIKELY,
        "needs": None,
    }


def _why_not(wanted: _Wanted, places: list[str]) -> str:
    if places:
        return f"no record of the call was found in {' and '.join(places)}: {_CAVEATS}"
    return _NOWHERE if wanted.group is None else _NOTHING


def _not_found(why: str, unread: list[Unreadable]) -> dict[str, Any]:
    told: dict[str, Any] = {"found": False, "where": None, "by": None, "time": None, "others": 0}
    if not unread:
        return {**told, "because": why, "needs": None}
    first = unread[0]
    because = "; ".join(each.why for each in unread)
    told |= {"because": f"the record of the call was not looked up: {because}", "needs": first.permission}
    return told if first.call is None else {**told, "call": first.call, "account": first.account}
