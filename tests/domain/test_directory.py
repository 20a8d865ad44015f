from typing import Any

import pytest

from why403.domain.arn import resource
from why403.domain.directory import is_directory, located, region_of
from why403.domain.evidence import ABSENT, Evidence, Fact, Found
from why403.domain.facts import BUCKET_OWNER, REGION
from why403.domain.principal import principal

BOB = principal("arn:aws:iam::111122223333:user/bob")
NAME = "fast--euw1-az1--x-s3"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("use1-az4", "us-east-1"),
        ("usw2-az1", "us-west-2"),
        ("usw2-lax1-az1", "us-west-2"),
        ("apne1-az4", "ap-northeast-1"),
        ("apse3-az2", "ap-southeast-3"),
        ("aps1-az1", "ap-south-1"),
        ("ape1-az1", "ap-east-1"),
        ("eun1-az1", "eu-north-1"),
        ("euc2-az1", "eu-central-2"),
        ("mec1-az1", "me-central-1"),
        ("cac1-az1", "ca-central-1"),
        ("usgw1-az1", "us-gov-west-1"),
        ("usge1-az1", "us-gov-east-1"),
        ("cnnw1-az1", "cn-northwest-1"),
        ("use1", None),
        ("nowhere", None),
        ("use-az1", None),
    ],
)
def test_a_zone_tells_its_region(zone: str, expected: str | None) -> None:
    assert region_of(f"fast--{zone}--x-s3") == expected


def test_a_name_tells_a_directory_bucket() -> None:
    assert is_directory(NAME)
    assert not is_directory("fast--x-s3s")
    assert not is_directory(None)


def place(
    text: str, facts: dict[Fact[Any], Any], *, action: str = "s3express:CreateSession", complete: bool = False
) -> str:
    named = resource(text)
    assert named is not None
    return located(named, action, BOB, Evidence(facts, complete=complete)).arn


@pytest.mark.parametrize(
    ("facts", "complete", "expected"),
    [
        ({}, False, "eu-west-1:*"),
        ({}, True, "eu-west-1:111122223333"),
        ({BUCKET_OWNER: Found("444455556666")}, True, "eu-west-1:444455556666"),
        ({BUCKET_OWNER: Found("444455556666"), REGION: Found("eu-north-1")}, False, "eu-north-1:444455556666"),
        ({REGION: ABSENT}, False, "eu-west-1:*"),
    ],
)
def test_region_and_account_are_what_is_known(facts: dict[Fact[Any], Any], complete: bool, expected: str) -> None:
    assert place(f"arn:aws:s3:::{NAME}", facts, complete=complete) == f"arn:aws:s3express:{expected}:bucket/{NAME}"


def test_a_name_that_tells_no_region_leaves_it_open() -> None:
    assert place("arn:aws:s3:::fast--x-s3/k", {}) == "arn:aws:s3express:*:*:bucket/fast--x-s3/k"


def test_a_bucket_is_made_in_the_callers_account() -> None:
    made = place(f"arn:aws:s3:::{NAME}", {}, action="s3express:CreateBucket")
    assert made == f"arn:aws:s3express:eu-west-1:111122223333:bucket/{NAME}"


@pytest.mark.parametrize("text", ["arn:aws:s3:::reports/q3.csv", "*", f"arn:aws:s3express:a:1:bucket/{NAME}"])
def test_all_else_is_where_it_is(text: str) -> None:
    assert place(text, {}) == text


@pytest.mark.parametrize(
    ("text", "bucket", "key", "vague"),
    [
        (f"arn:aws:s3express:eu-west-1:111122223333:bucket/{NAME}", NAME, None, False),
        (f"arn:aws:s3express:eu-west-1:111122223333:bucket/{NAME}/a/b", NAME, "a/b", False),
        (f"arn:aws:s3express:*:111122223333:bucket/{NAME}", NAME, None, True),
        (f"arn:aws:s3express:eu-west-1:*:bucket/{NAME}", NAME, None, True),
        ("arn:aws:s3express:eu-west-1:111122223333:accesspoint/a--euw1-az1--xa-s3", None, None, False),
    ],
)
def test_an_arn_names_bucket_and_key(text: str, bucket: str | None, key: str | None, vague: bool) -> None:
    found = resource(text)
    assert found is not None
    assert (found.bucket, found.key, found.vague) == (bucket, key, vague)
    if bucket:
        assert text.startswith(found.bucket_arn)
