"""A request through an access point, and the same request as the bucket behind it sees it."""

import pytest

from why403.domain.context import NOT_KNOWN, Values
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Fact, Found
from why403.domain.facts import BUCKET_OWNER, POINT_BUCKET, POINT_ORIGIN, POINT_OWNER, POINT_VPC
from why403.domain.request import AccessRequest
from why403.testing import a_request

HOME, AWAY = "111122223333", "444455556666"
POINT = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/finance"
NOT_READ = {"unknown": True}


def asked(on: str = f"{POINT}/object/a/b", action: str = "s3:GetObject", **facts: object) -> AccessRequest:
    named = {"bucket": POINT_BUCKET, "owner": POINT_OWNER, "origin": POINT_ORIGIN, "vpc": POINT_VPC}
    return a_request(action, resource=on, facts={named[name]: value for name, value in facts.items()})


@pytest.mark.parametrize(
    ("on", "action", "expected"),
    [
        (f"{POINT}/object/a/b", "s3:GetObject", "arn:aws:s3:::reports/a/b"),
        (POINT, "s3:ListBucket", "arn:aws:s3:::reports"),
        (POINT, "s3:Unheard", "arn:aws:s3:::reports"),
        ("arn:aws-cn:s3:cn-north-1:111122223333:accesspoint/p/object/k", "s3:GetObject", "arn:aws-cn:s3:::reports/k"),
        ("arn:aws:s3::111122223333:accesspoint/m.mrap/object/k", "s3:GetObject", "arn:aws:s3:::reports/k"),
        (f"{POINT}/object/object/x", "s3:GetObject", "arn:aws:s3:::reports/object/x"),
    ],
)
def test_behind_an_access_point_a_request_is_one_to_its_bucket(on: str, action: str, expected: str) -> None:
    request = asked(on, action, bucket="reports")
    behind = request.at_bucket
    assert behind is not None
    assert request.through_point
    assert behind.resource.arn == expected
    assert (behind.principal, behind.action, behind.evidence) == (request.principal, action, request.evidence)
    assert behind.at_bucket is behind
    assert request.at_bucket is behind


@pytest.mark.parametrize(
    ("on", "action"),
    [
        ("arn:aws:s3:::reports/k", "s3:GetObject"),
        ("*", "s3:ListAllMyBuckets"),
        (POINT, "s3:PutAccessPointPolicy"),
        (POINT, "s3:TagResource"),
        (f"arn:aws:s3-object-lambda:eu-west-1:{HOME}:accesspoint/p/object/k", "s3-object-lambda:GetObject"),
        (f"arn:aws:kms:eu-west-1:{HOME}:key/k", "kms:Decrypt"),
    ],
)
def test_what_goes_through_no_access_point_is_one_request(on: str, action: str) -> None:
    request = asked(on, action, bucket="reports")
    assert not request.through_point
    assert request.at_bucket is request


@pytest.mark.parametrize("bucket", [NOT_READ, None])
def test_a_bucket_that_is_not_known_cannot_be_asked(bucket: object) -> None:
    assert asked(bucket=bucket).at_bucket is None


def test_the_bucket_sees_through_which_access_point_a_request_comes() -> None:
    request = asked(bucket="reports", origin="VPC").given({"aws:sourcevpc": ("vpc-1",)})
    behind = request.at_bucket
    assert behind is not None
    seen = {name: behind.context[name] for name in ("s3:dataaccesspointarn", "s3:accesspointnetworkorigin")}
    assert seen == {"s3:dataaccesspointarn": (POINT,), "s3:accesspointnetworkorigin": ("VPC",)}
    assert behind.context["aws:sourcevpc"] == ("vpc-1",)


def test_a_key_that_is_tried_is_tried_behind_the_access_point_too() -> None:
    request = asked(bucket="reports")
    assert request.at_bucket is not None
    tried = request.trying("s3:prefix", ("a/",)).at_bucket
    assert tried is not None
    assert tried.context["s3:prefix"] == ("a/",)
    assert request.at_bucket.context["s3:prefix"] == ()


@pytest.mark.parametrize(
    ("origin", "vpc", "expected"),
    [
        ("Internet", None, ("Internet",)),
        ("VPC", "vpc-1", ("VPC",)),
        ("VPC", None, ("VPC",)),
        (None, "vpc-1", ("VPC",)),
        (None, None, ("Internet",)),
        (NOT_READ, "vpc-1", NOT_KNOWN),
        (NOT_READ, None, NOT_KNOWN),
        ("Internet", NOT_READ, ("Internet",)),
        (None, NOT_READ, NOT_KNOWN),
        (NOT_READ, NOT_READ, NOT_KNOWN),
    ],
)
def test_where_no_origin_is_told_an_access_point_with_a_vpc_has_that_and_any_other_the_internet(
    origin: object, vpc: object, expected: Values
) -> None:
    assert asked(origin=origin, vpc=vpc).context["s3:accesspointnetworkorigin"] == expected


@pytest.mark.parametrize(
    ("on", "owner", "expected"),
    [
        (POINT, AWAY, (HOME,)),
        (POINT, NOT_READ, (HOME,)),
        ("arn:aws:s3:eu-west-1::accesspoint/finance", AWAY, (AWAY,)),
        ("arn:aws:s3:eu-west-1::accesspoint/finance", NOT_READ, NOT_KNOWN),
    ],
)
def test_the_arn_of_an_access_point_tells_its_account(on: str, owner: object, expected: Values) -> None:
    assert asked(on, owner=owner).context["s3:dataaccesspointaccount"] == expected


def test_whoever_changes_an_access_point_asks_its_account() -> None:
    for action, expected in (("s3:GetObject", AWAY), ("s3:PutAccessPointPolicy", HOME), ("s3:UntagResource", HOME)):
        assert a_request(action, resource=POINT, facts={BUCKET_OWNER: AWAY}).bucket_owner == expected


@pytest.mark.parametrize(
    ("fact", "value"),
    [(POINT_BUCKET, "reports"), (POINT_OWNER, HOME), (POINT_ORIGIN, "VPC"), (POINT_VPC, "vpc-1")],
)
def test_facts_of_an_access_point_are_texts(fact: Fact[str], value: str) -> None:
    assert isinstance(fact.observe(value), Found)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        (POINT_BUCKET, ""),
        (POINT_BUCKET, "arn:aws:s3:::reports"),
        (POINT_BUCKET, "reports/k"),
        (POINT_OWNER, "me"),
        (POINT_ORIGIN, "internet"),
        (POINT_VPC, 1),
    ],
)
def test_and_any_other_value_is_refused(fact: Fact[str], value: object) -> None:
    with pytest.raises(InvalidInput):
        fact.observe(value)
