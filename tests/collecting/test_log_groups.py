"""What may stand in the name of a log group and in a filter pattern, and how pages of log events are followed."""

from datetime import UTC, datetime

import pytest

from why403.collecting.log_groups import LogGroup, by_request_id, log_group_of, refusals

ARN = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/cloudtrail#1"
NAMES = {
    "trail": LogGroup("trail"),
    "/aws/cloud-trail/org.logs_1#2": LogGroup("/aws/cloud-trail/org.logs_1#2"),
    ARN: LogGroup("/aws/cloudtrail#1", "111122223333", "eu-west-1"),
    f"{ARN}:*": LogGroup("/aws/cloudtrail#1", "111122223333", "eu-west-1"),
    "arn:aws-cn:logs:cn-north-1:111122223333:log-group:t": LogGroup("t", "111122223333", "cn-north-1"),
    "a" * 512: LogGroup("a" * 512),
}
NO_NAMES = [
    "",
    " ",
    "a b",
    "trail:*",
    'a"b',
    "a\n",
    "a" * 513,
    "ä",
    ARN + ":x",
    ARN.replace("1111", "111"),
    "arn:aws:s3:::b",
]


@pytest.mark.parametrize(("text", "group"), NAMES.items(), ids=range(len(NAMES)))
def test_a_log_group_is_named_by_its_name_or_its_arn(text: str, group: LogGroup) -> None:
    assert log_group_of(text) == group


@pytest.mark.parametrize("text", NO_NAMES)
def test_anything_else_names_no_log_group(text: str) -> None:
    assert log_group_of(text) is None


def test_a_pattern_asks_for_one_call() -> None:
    assert by_request_id("4442587FB7D0A2F9") == '{ ($.requestID = "4442587FB7D0A2F9") }'


def test_a_pattern_asks_for_refusals() -> None:
    assert refusals({"userIdentity.arn": "arn:aws:iam::1:user/a+b=c,d.e@f-g_h"}) == (
        '{ ($.eventSource = "s3*") && ($.errorCode = "*AccessDenied*") '
        '&& ($.userIdentity.arn = "arn:aws:iam::1:user/a+b=c,d.e@f-g_h") }'
    )


@pytest.mark.parametrize("value", ['a"b', "a*", "a\\", "a b", "a\n", "", "ä", "a) || ($.x = 1", "a%b", "a'"])
def test_what_could_mean_more_than_itself_is_not_in_a_pattern(value: str) -> None:
    assert refusals({"requestParameters.bucketName": value}) == refusals({})


def test_a_pattern_is_never_too_long() -> None:
    assert refusals({"userIdentity.arn": "a" * 2000}) == refusals({})
    assert len(refusals({"a": "b" * 900, "c": "d" * 900})) <= 1024


def test_a_day_has_an_end() -> None:
    assert round(datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1000) == 1_795_392_000_000
