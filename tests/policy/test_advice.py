"""What S3 would refuse to store is told, at the statement that holds it; what it would store is not."""

import json
from typing import Any

import pytest

from tests.policy.asking import ACCOUNT, BUCKET, compiled, statement
from why403.policy import PolicyKind, advise, no_actions, one_policy, too_long

ORIGIN = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABC"
EVERYTHING = {"Effect": "Allow", "Principal": "*", "Action": "*"}
DEAD = "AIDAJQABLZS4A3QDU576Q"
UNFIT = "its actions fit none of its resources: object actions need `bucket/*`, bucket actions the bucket"


def advice(**elements: Any) -> list[str]:
    usual = {"Resource": f"{BUCKET}/*", "Action": "s3:GetObject"}
    document = statement(**(usual | elements))
    found = list(advise(compiled(document), BUCKET))
    assert {pointer for pointer, _ in found} <= {"/Statement/0"}
    return [message for _, message in found]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, []),
        ({"Principal": {"AWS": [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/*"]}}, ["wildcard"]),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/b?b"}}, ["wildcard"]),
        ({"Principal": {"AWS": DEAD}}, ["deleted user or role"]),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:group/g"}}, ["a group is no principal"]),
        ({"Principal": {"AWS": "*"}}, []),
        ({"Principal": {"AWS": "bob"}}, ["`bob` is neither an account id nor the ARN"]),
        ({"Principal": {"AWS": ["12345", "arn:aws:iam::1234:root", "arn:aws:s3:::b"]}}, ["neither"] * 3),
        (
            {
                "Principal": {
                    "AWS": [ORIGIN, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:sts::{ACCOUNT}:assumed-role/a/s"]
                }
            },
            [],
        ),
        ({"Principal": {"Service": "cloudfront"}}, ["`cloudfront` is no AWS service"]),
        ({"Principal": {"Service": ["cloudfront.amazonaws.com", "*"]}}, []),
        ({"Principal": {"CanonicalUser": ["a" * 64, "abc"]}}, ["`abc` is no canonical id"]),
        ({"NotPrincipal": {"AWS": ACCOUNT}}, ["`NotPrincipal` is not supported with `Allow`"]),
        ({"NotPrincipal": {"AWS": ACCOUNT}, "Effect": "Deny"}, []),
        ({"Action": "GetObject"}, ["it lacks the service, as in `s3:GetObject`"]),
        ({"Action": ["s3:GetObject", "ec2:*"]}, ["`ec2:*` is an action of another service"]),
        ({"Action": "*"}, []),
        ({"Action": "S3:getobject"}, []),
        ({"Action": "*:GetObject"}, []),
        ({"Action": "s3:GetObject", "Resource": BUCKET}, [UNFIT]),
        ({"Action": "s3:ListBucket"}, [UNFIT]),
        ({"Action": ["s3:ListBucket", "s3:GetObject"]}, []),
        ({"Action": "s3:ListBucket", "Resource": BUCKET}, []),
        ({"Action": "s3:ListBucket", "Resource": "*"}, []),
        ({"Action": "s3:GetObject", "Resource": f"{BUCKET}*"}, []),
        ({"Action": "s3:List*"}, []),
        ({"NotAction": "s3:ListBucket"}, []),
        ({"Action": "s3:ListBucket", "NotResource": f"{BUCKET}/*"}, []),
        ({"Resource": "arn:aws:s3:::other/*"}, ["`arn:aws:s3:::other/*` is not within the bucket"]),
        ({"Resource": "arn:aws:s3:::bukkit/*"}, ["`arn:aws:s3:::bukkit/*` is not within the bucket"]),
        ({"Resource": [f"{BUCKET}/a", "arn:aws-cn:s3:::buk/*"]}, ["is not within the bucket"]),
        ({"Resource": "*"}, []),
        ({"Resource": f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/p/object/*"}, []),
        ({"Resource": f"{BUCKET}/a:b/*"}, []),
        ({"NotResource": "arn:aws:s3:::other/*"}, ["is not within the bucket"]),
    ],
)
def test_what_s3_would_not_store_is_told(elements: dict[str, Any], expected: list[str]) -> None:
    found = advice(**elements)
    assert len(found) == len(expected)
    assert all(part in message for part, message in zip(expected, found, strict=True))


def test_without_a_bucket_its_resources_are_not_looked_at() -> None:
    assert not list(advise(compiled(statement(Resource="arn:aws:s3:::other")), None))


def test_advice_points_to_its_statement_in_the_value_as_given() -> None:
    unfit = statement(Action="s3:ListBucket", Resource=f"{BUCKET}/*")["Statement"][0]
    fit = statement()["Statement"][0]
    given: list[tuple[Any, str]] = [
        ({"Statement": [fit, unfit]}, "/Statement/1"),
        ({"Statement": unfit}, "/Statement"),
        ({"name": "n", "document": {"Statement": [fit, unfit]}}, "/document/Statement/1"),
    ]
    for value, pointer in given:
        assert list(advise(compiled(value), BUCKET)) == [(pointer, UNFIT)]


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("s3:ListObjects", True),
        ("s3:HeadObject", True),
        ("s3:Foo*", True),
        ("s3:", True),
        ("s3:getobject", False),
        ("s3:Get*", False),
        ("*", False),
        ("ec2:Foo", False),
    ],
)
def test_an_action_that_is_none_is_told(action: str, told: bool) -> None:
    found = list(no_actions(compiled(statement(Action=action, Resource="*"))))
    assert found == ([("/Statement/0", f"`{action}` is no action of S3 that is known")] if told else [])


@pytest.mark.parametrize(
    "form",
    [lambda document: document, json.dumps, lambda document: {"document": document}],
    ids=["as it is", "text", "named"],
)
def test_a_document_that_is_too_long_is_told(form: Any) -> None:
    document = {"Version": "2012-10-17", "Statement": [{**EVERYTHING, "Resource": f"arn:aws:s3:::{'b' * 400}"}]}
    value, length = form(document), len(json.dumps(document, separators=(",", ":")))
    policies = one_policy(PolicyKind.RESOURCE)(value)
    assert list(too_long(policies, value, length)) == []
    (found,) = too_long(policies, value, length - 1)
    assert found == (policies.placed[0].pointer, f"the policy is longer than the {length - 1:,} bytes that AWS stores")
