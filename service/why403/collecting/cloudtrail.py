"""What is read from CloudTrail's event history: management events of one account and Region, the last 90 days of them.

AWS: "LookupEvents" (AWS CloudTrail API Reference); two of these calls a second are all that an account has per Region.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from why403.collecting.declared import AwsCall, Collecting, Keep, value_of

# Without `pages`: whoever asks says after how many pages to stop.
LOOKUP_EVENTS = AwsCall(
    service="cloudtrail",
    operation="LookupEvents",
    permission="cloudtrail:LookupEvents",
    keep=Keep.SHORT,
    probe={"MaxResults": 1},
)
MOST_PAGES: Final = 4
# Where the events of services without a Region are, and those of the global endpoint of STS.
_GLOBAL: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}

_REGION: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]{2,16}){1,3}-[0-9]{1,2}")
_YEARS: Final = range(1970, 9999)


class Sought(NamedTuple):
    """The events looked for: by one attribute, between two moments, where."""

    attribute: str
    value: str
    start: datetime
    end: datetime
    account: str | None
    region: str


class Events(NamedTuple):
    """Records of events, the newest first, and whether these are all that were sought."""

    records: list[Mapping[str, Any]]
    whole: bool


def management_events(sought: Sought) -> Collecting[Events]:
    """Return the records of the events that were sought, as many as are in the first pages."""
    asked: dict[str, Any] = {
        "LookupAttributes": [{"AttributeKey": sought.attribute, "AttributeValue": sought.value}],
        "StartTime": written(sought.start),
        "EndTime": written(sought.end),
    }
    records: list[Mapping[str, Any]] = []
    for _ in range(MOST_PAGES):
        page = value_of((yield LOOKUP_EVENTS.read(account=sought.account, region=sought.region, **asked)))
        records += [json.loads(event["CloudTrailEvent"]) for event in page["Events"]]
        if not page.get("NextToken"):
            return Events(records, whole=True)
        asked["NextToken"] = page["NextToken"]
    return Events(records, whole=False)


def global_region(partition: str) -> str:
    """Return the Region that keeps the events of global endpoints."""
    return _GLOBAL.get(partition, "us-east-1")


def is_region(text: str) -> bool:
    """Return whether a text has the form of a Region's name."""
    return _REGION.fullmatch(text) is not None


def moment_of(text: str) -> datetime | None:
    """Return a moment written as ISO 8601, None for any other text; AWS means UTC where nothing else is said."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Nothing can be reckoned at either end of the calendar.
    return (told if told.tzinfo else told.replace(tzinfo=UTC)) if told.year in _YEARS else None


def written(moment: datetime) -> str:
    """Return a moment as the API takes it."""
    return moment.astimezone(UTC).isoformat()
