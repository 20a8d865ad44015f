"""An Allow that asks for a key that no request for its actions carries is said to allow nothing."""

from typing import Any

import pytest

from tests.cases import answer
from tests.policy.asking import compiled, statement
from why403.policy.never import never_allowing

TAG = {"StringEquals": {"s3:ExistingObjectTag/c": "public"}}
PREFIX = {"StringLike": {"S3:Prefix": "a/*"}}


def told(condition: dict[str, Any], **elements: Any) -> list[str]:
    statements = [each for _, each in compiled(statement(Condition=condition, **elements)).statements()]
    return [message for _, message in never_allowing(statements)]


@pytest.mark.parametrize(
    ("condition", "elements"),
    [
        (TAG, {"Action": "s3:PutObject"}),
        (PREFIX, {"Action": "s3:GetObject"}),
        (PREFIX, {"Action": ["s3:GetObject", "s3:PutObject"]}),
        (PREFIX, {"Action": "s3:Get*"}),
        ({"StringEquals": {"s3:x-amz-acl": "private"}}, {"Action": "s3:GetObject"}),
        ({"Null": {"s3:x-amz-acl": "false"}}, {"Action": "s3:GetObject"}),
        ({"ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": "a"}}, {"Action": "s3:GetObject"}),
        ({"StringEquals": {"aws:RequestTag/a": "1"}}, {"Action": "s3:GetObject"}),
    ],
)
def test_what_no_request_carries_allows_nothing(condition: dict[str, Any], elements: dict[str, Any]) -> None:
    (message,) = told(condition, **elements)
    assert message.startswith("never allows: requests for `s3:")


@pytest.mark.parametrize(
    ("condition", "elements"),
    [
        (TAG, {"Action": "s3:GetObject"}),
        (TAG, {"Action": ["s3:PutObject", "s3:GetObject"]}),
        (TAG, {"Action": "s3:*"}),
        (TAG, {"Action": "*"}),
        (TAG, {"NotAction": "s3:GetObject"}),
        (TAG, {"Action": ["s3:PutObject", "kms:Decrypt"]}),
        (TAG, {"Action": "s3:PutObjekt"}),
        (TAG, {"Action": "s3:PutObject", "Effect": "Deny"}),
        (PREFIX, {"Action": "s3:ListBucket"}),
        ({"StringNotEquals": {"s3:prefix": "a"}}, {"Action": "s3:GetObject"}),
        ({"StringLikeIfExists": {"s3:prefix": "a"}}, {"Action": "s3:GetObject"}),
        ({"Null": {"s3:prefix": "true"}}, {"Action": "s3:GetObject"}),
        ({"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": "a"}}, {"Action": "s3:GetObject"}),
        ({"StringEquals": {"aws:username": "bob"}}, {"Action": "s3:GetObject"}),
    ],
)
def test_what_may_be_carried_or_need_not_be_is_left_alone(condition: dict[str, Any], elements: dict[str, Any]) -> None:
    assert told(condition, **elements) == []


def test_the_warning_names_fact_and_statement() -> None:
    allow = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
    document = {"Statement": [allow, {**allow, "Condition": TAG}]}
    request = {"principal": "arn:aws:iam::111122223333:user/ana", "operation": "PutObject", "bucket": "b", "key": "k"}
    found = answer({**request, "evidence": {"principal.policies": [{"document": document}]}})
    assert [(each["fact"], each["pointer"]) for each in found["warnings"]] == [
        ("principal.policies", "/0/document/Statement/1")
    ]


@pytest.mark.parametrize(
    ("caller", "key", "operation", "remark"),
    [
        ("user/ana", "s3:ExistingObjectTag/c", "PutObject", "requests for s3:PutObject never carry"),
        ("user/ana", "s3:ExistingObjectTag/c", "GetObject", None),
        ("role/app", "aws:username", "GetObject", "only requests of IAM users carry"),
        ("user/ana", "aws:username", "GetObject", None),
        ("user/ana", "aws:SourceIp", "GetObject", None),
    ],
)
def test_a_cited_condition_tells_that_its_key_is_never_there(
    caller: str, key: str, operation: str, remark: str | None
) -> None:
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {key: "public"}}}
    request = {"principal": f"arn:aws:iam::111122223333:{caller}", "operation": operation, "bucket": "b", "key": "k"}
    found = answer(
        {**request, "evidence": {"principal.policies": [{"Statement": allow}]}, "evidence_is_complete": True}
    )
    (condition,) = found["blockers"][0]["citations"][0]["conditions"]
    assert condition["met"] is False
    assert condition["source"]["form"] in {"action", "fact", "principal", "not_given"}
    assert condition.get("remark", "").startswith(remark) if remark else "remark" not in condition


def test_of_many_actions_three_are_named_and_the_others_counted() -> None:
    (message,) = told(PREFIX, Action=[f"s3:{verb}Object" for verb in ("Get", "Put", "Delete", "Restore")])
    assert "requests for `s3:DeleteObject`, `s3:GetObject`, `s3:PutObject` and 1 more do not carry" in message
