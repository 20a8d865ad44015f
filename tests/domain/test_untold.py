"""Keys that a call sends without telling their values: that they are there, and what they may hold."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cases import services
from tests.policy.asking import WORDS
from why403.domain.evidence import Evidence
from why403.domain.request import AccessRequest
from why403.domain.untold import possible, there
from why403.intake.received import Now
from why403.intake.request import asked_for
from why403.policy.condition import Condition
from why403.policy.hints.of_condition import of_condition

DAYS = "s3:object-lock-remaining-retention-days"
KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
USER = "arn:aws:iam::111122223333:user/ana"
NOON = Now(datetime(2026, 3, 1, 12, tzinfo=UTC))
BY_NOON = NOON._replace(at_latest=True)
RETAINED: dict[str, Any] = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": "2026-03-04T12:00:00Z"}
LONGER: dict[str, Any] = {**RETAINED, "ObjectLockRetainUntilDate": "2026-03-04T18:00:00Z"}
ALIAS: dict[str, Any] = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/a"}


def sent(
    parameters: dict[str, Any], operation: str = "PutObject", now: Now | None = NOON, leg: int = 0
) -> AccessRequest:
    request = {"principal": USER, "operation": operation, "bucket": "buk", "key": "k", "parameters": parameters}
    return asked_for(request, now=now).legs(Evidence({}, complete=True), services().registry.facts)[leg].request


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (sent(RETAINED), ("3", "3")),
        (sent(LONGER), ("3.25", "3", "4")),
        (sent(LONGER, now=NOON, leg=1), ("3.25", "3", "4")),
        (sent({"Retention": {"RetainUntilDate": "2026-03-01T06:00:00Z"}}, "PutObjectRetention"), ("-0.25", "-1", "0")),
        (
            sent({"Retention": {"RetainUntilDate": datetime(2026, 3, 2, tzinfo=UTC)}}, "PutObjectRetention"),
            ("0.5", "0", "1"),
        ),
        (sent(RETAINED, now=None), ()),
        (sent(RETAINED, now=BY_NOON), ()),
        (sent({**RETAINED, "ObjectLockRetainUntilDate": "some day"}), ()),
    ],
)
def test_the_days_that_are_left_are_counted_from_the_call(request_: AccessRequest, expected: tuple[str, ...]) -> None:
    assert there(request_, DAYS)
    assert set(possible(request_, DAYS)) == set(expected)


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (sent({}), DAYS),
        (sent({"ObjectLockRetainUntilDate": None}), DAYS),
        (sent({**RETAINED, "Tagging": "a=1"}, leg=1), DAYS),  # PutObjectTagging carries no such key
        (sent({"SSEKMSKeyId": ""}), KEY),
        (sent(ALIAS), "aws:UserAgent"),
        (sent(ALIAS, leg=1), KEY),  # what S3 asks of KMS
    ],
)
def test_what_is_not_sent_or_not_carried_may_be_absent(request_: AccessRequest, key: str) -> None:
    assert not there(request_, key)


@pytest.mark.parametrize(
    ("operator", "key", "value", "request_", "expected"),
    [
        ("NumericLessThan", DAYS, "3", sent(LONGER), "no"),
        ("NumericGreaterThan", DAYS, "4", sent(LONGER), "no"),
        ("NumericLessThanEquals", DAYS, "3", sent(LONGER), "open"),
        ("NumericGreaterThan", DAYS, "3", sent(LONGER), "open"),
        ("NumericNotEquals", DAYS, "3", sent(LONGER), "open"),
        ("NumericNotEquals", DAYS, "7", sent(LONGER), "yes"),
        ("ForAllValues:NumericLessThanIfExists", DAYS, "9", sent(LONGER), "yes"),
        ("NumericLessThan", DAYS, "9", sent(LONGER, now=None), "open"),
        ("StringEquals", DAYS, "9", sent(LONGER), "open"),
        ("Null", DAYS, "true", sent(LONGER, now=None), "no"),
        ("Null", KEY, "false", sent(ALIAS), "yes"),
        ("StringLike", KEY, "*", sent(ALIAS), "yes"),
        ("StringLike", KEY, "*:key/a", sent(ALIAS), "open"),
    ],
)
def test_a_condition_is_as_certain_as_what_is_known_of_its_key(
    operator: str, key: str, value: str, request_: AccessRequest, expected: str
) -> None:
    assert request_.context[key] is None
    assert WORDS[Condition(operator, key, [value], variables=True).holds(request_.context)] == expected


@pytest.mark.parametrize(
    ("operator", "key", "value", "request_", "text"),
    [
        (
            "NumericGreaterThan",
            DAYS,
            "30",
            sent(LONGER),
            f"`{DAYS}` is between `3` and `4` here, where the condition compares with `30`",
        ),
        (
            "NumericGreaterThan",
            DAYS,
            "30",
            sent(RETAINED),
            f"`{DAYS}` is `3` here, where the condition compares with `30`",
        ),
        ("Null", DAYS, "true", sent(RETAINED, now=None), f"`{DAYS}` is there"),
        ("Null", KEY, "true", sent(ALIAS), f"`{KEY}` is there"),
        ("StringEquals", KEY, "x", sent(ALIAS), None),
    ],
)
def test_what_rules_a_condition_out_is_told(
    operator: str, key: str, value: str, request_: AccessRequest, text: str | None
) -> None:
    remark = of_condition(Condition(operator, key, [value], variables=True), request_)
    assert (None if remark is None else remark.text) == text
