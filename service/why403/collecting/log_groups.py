"""What is read from log groups to which a trail delivers: records that fit a pattern, between two moments.

AWS: "FilterLogEvents" (Amazon CloudWatch Logs API Reference); "Using filter patterns to match terms in JSON log
events".
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from why403.collecting.declared import AwsCall, CannotTell, Collecting, value_of
from why403.domain.evidence import Absent, Unreadable

# Logs hold more than anybody asked for: no answer is kept in memory. Without `pages`, which would follow all of them.
FILTER_LOG_EVENTS = AwsCall(
    service="logs",
    operation="FilterLogEvents",
    permission="logs:FilterLogEvents",
    absent=("ResourceNotFoundException",),
    keep=0,
)
MOST_PAGES: Final = 10
_AT_ONCE: Final = 500  # events of one page
_LONGEST_PATTERN: Final = 1024
# The names that CreateLogGroup accepts.
_NAME: Final = r"[.\-_/#A-Za-z0-9]{1,512}"
_GROUP: Final = re.compile(
    rf"(?:arn:aws[a-z-]*:logs:(?P<region>[a-z0-9-]{{1,32}}):(?P<account>[0-9]{{12}}):log-group:)?(?P<name>{_NAME})"
    r"(?(region)(?::\*)?)"
)
# What means nothing but itself between the quotes of a pattern: no quote, backslash or asterisk.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_+=,.@/:#-]+")


class LogGroup(NamedTuple):
    """A log group by its name, and where it is if that is told."""

    name: str
    account: str | None = None
    region: str | None = None


class Logged(NamedTuple):
    """The texts of log events, and whether these are all that fit."""

    messages: list[str]
    whole: bool


def log_group_of(text: str) -> LogGroup | None:
    """Return the log group that a name or an ARN names, None for any other text."""
    found = _GROUP.fullmatch(text)
    return LogGroup(found["name"], found["account"], found["region"]) if found else None


def by_request_id(request_id: str) -> str:
    """Return the filter pattern of one call's record."""
    return _pattern([], {"requestID": request_id})


def refusals(told: Mapping[str, str]) -> str:
    """Return the filter pattern of refused calls of S3 with these members.

    Whoever asks looks at the records again: what could mean more than itself is left out.
    """
    return _pattern(['($.eventSource = "s3*")', '($.errorCode = "*AccessDenied*")'], told)


def _pattern(terms: list[str], told: Mapping[str, str]) -> str:
    terms += [f'($.{name} = "{value}")' for name, value in told.items() if _PLAIN.fullmatch(value)]
    while len(pattern := f"{{ {' && '.join(terms)} }}") > _LONGEST_PATTERN:
        terms.pop()
    return pattern


def log_events(group: LogGroup, pattern: str, start: datetime, end: datetime) -> Collecting[Logged]:
    """Return what a log group holds that fits a pattern; raises CannotTell where there is no such group."""
    asked: dict[str, Any] = {
        "logGroupName": group.name,
        "filterPattern": pattern,
        "startTime": round(start.timestamp() * 1000),
        "endTime": round(end.timestamp() * 1000),
        "limit": _AT_ONCE,
    }
    messages: list[str] = []
    for _ in range(MOST_PAGES):
        seen = yield FILTER_LOG_EVENTS.read(account=group.account, region=group.region, **asked)
        if isinstance(seen, Absent):
            where = f" in {group.region}" if group.region else ""
            why = f"there is no log group `{group.name}`{where}"
            raise CannotTell(Unreadable(why, call=FILTER_LOG_EVENTS.name, account=group.account))
        page = value_of(seen)
        messages += [event["message"] for event in page["events"]]
        token = page.get("nextToken")
        if not token:
            return Logged(messages, whole=True)
        asked["nextToken"] = token
    return Logged(messages, whole=False)
