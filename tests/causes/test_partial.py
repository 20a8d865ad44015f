"""A request as far as a report and its hints tell it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from why403.domain.errors import InvalidInput
from why403.intake.partial import partial
from why403.report import Report, read

from .asking import BUCKET, GET, USER, asked, refused

KEY = f"{BUCKET}/a/b.csv"


def test_without_a_call_nothing_is_decided() -> None:
    known = partial(Report(), {"bucket": "held-demo"})
    assert (known.asked, known.missing) == (None, "which call was made")
    found = asked("Access Denied", request={"bucket": "held-demo"})
    assert found["decision"] == "unknown"
    assert "which call was made" in found["doubts"][0]["because"]


@pytest.mark.parametrize(
    ("report", "missing"),
    [
        (Report(operation="GetObject"), "which bucket or object it was about"),
        (Report(operation="ListObjectsV2"), "which bucket or object it was about"),
        (Report(operation="GetObject", bucket="held-demo"), "which object it was about"),
        (Report(operation="GetObject", resource=BUCKET), "which object it was about"),
        (Report(operation="GetObject", resource=KEY), None),
        (Report(operation="GetObject", bucket="held-demo", key="a/b.csv"), None),
        (Report(operation="ListObjectsV2", resource=KEY), None),
        (Report(operation="ListObjectsV2", bucket="held-demo", key="a/b.csv"), None),
        (Report(operation="ListBuckets"), None),
    ],
)
def test_what_is_missing_is_said(report: Report, missing: str | None) -> None:
    known = partial(report, {})
    assert known.asked is not None
    assert known.missing == missing


def test_what_stands_in_is_never_told() -> None:
    found = asked(refused("GetObject"), request={"bucket": "held-demo"})
    assert found["understood"]["resource"] in {None, BUCKET}
    assert "/unknown" not in str(found)


@pytest.mark.parametrize("evidence", [{"principal.policies": []}, {"bucket.policy": None}])
def test_a_missing_key_makes_nothing_certain(evidence: dict[str, Any]) -> None:
    hints = {"bucket": "held-demo", "principal": USER}
    found = asked(refused("GetObject"), request=hints, evidence=evidence, evidence_is_complete=True)
    assert (found["decision"], found["certainty"]) == ("unknown", "suspected")
    assert all(each["likelihood"] != "certain" for each in found["causes"])


@pytest.mark.parametrize(
    ("hints", "told"),
    [
        ({"operation": "PutObject"}, {"operation": "PutObject", "resource": KEY}),
        ({"action": "s3:GetObjectTagging"}, {"action": "s3:GetObjectTagging", "resource": KEY}),
        ({"bucket": "other-demo", "key": "c"}, {"operation": "GetObject", "bucket": "other-demo", "key": "c"}),
        ({"resource": f"{BUCKET}/c"}, {"operation": "GetObject", "resource": f"{BUCKET}/c"}),
        ({"principal": USER}, {"operation": "GetObject", "principal": USER}),
        ({}, {"operation": "GetObject", "principal": "anonymous"}),
    ],
)
def test_a_hint_outweighs_the_report(hints: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    report = Report(operation="GetObject", resource=KEY, principal="anonymous")
    request = partial(report, hints).request
    assert told.items() <= request.items()
    assert not ({"operation", "action"} <= request.keys())
    assert not ({"resource", "bucket"} <= request.keys())


def test_context_of_both_is_joined_and_the_hint_s_is_kept() -> None:
    report = Report(operation="GetObject", resource=KEY, context={"aws:SourceIp": "192.0.2.1", "s3:prefix": "a"})
    request = partial(report, {"context": {"AWS:sourceip": "198.51.100.7"}}).request
    assert request["context"] == {"AWS:sourceip": "198.51.100.7", "s3:prefix": "a"}
    assert request["context_is_complete"] is False


DENIED = "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        (f"$ aws s3api get-object --region eu-west-1 --bucket held-demo --key a out\n{DENIED}", "eu-west-1"),
        (f"$ aws s3api get-object --bucket held-demo --key a --region=eu-west-1 out\n{DENIED}", "eu-west-1"),
        ("GET https://held-demo.s3.eu-west-1.amazonaws.com/a 403 (Forbidden)", "eu-west-1"),
        ("GET https://s3.dualstack.us-gov-west-1.amazonaws.com/held-demo/a 403 (Forbidden)", "us-gov-west-1"),
        ("GET https://held-demo.s3.amazonaws.com/a 403 (Forbidden)", None),
        (f"$ aws s3api get-object --region $REGION --bucket held-demo --key a out\n{DENIED}", None),
        (f"$ aws s3api get-object --region europe --bucket held-demo --key a out\n{DENIED}", None),
        (f"$ aws s3api get-object --bucket held-demo --key a out\n{DENIED}", None),
    ],
)
def test_the_region_that_a_text_names_is_the_requested_one(text: str, region: str | None) -> None:
    assert partial(read(text), {}).request["context"].get("aws:RequestedRegion") == region


def test_a_region_is_open_where_the_bucket_is_elsewhere_and_given_where_it_is_given() -> None:
    report = Report(operation="GetObject", resource=KEY, region="eu-west-1")
    assert partial(replace(report, bucket_region="us-east-1"), {}).request["context"] == {}
    told = partial(replace(report, bucket_region="eu-west-1"), {}).request["context"]
    assert told == {"aws:RequestedRegion": "eu-west-1"}
    hints = {"context": {"AWS:requestedregion": "us-east-1"}}
    assert partial(report, hints).request["context"] == hints["context"]


@pytest.mark.parametrize(
    ("context", "name", "value"),
    [
        ({"s3:x-amz-acl": "public-read"}, "ACL", "public-read"),
        ({"S3:X-Amz-Acl": ["private"]}, "ACL", "private"),
        ({"s3:x-amz-server-side-encryption": None}, "ServerSideEncryption", None),
    ],
)
def test_a_condition_key_tells_a_parameter(context: dict[str, Any], name: str, value: Any) -> None:
    request = partial(Report(operation="PutObject", resource=KEY), {"context": context}).request
    assert request["parameters"][name] == value


def test_a_parameter_that_was_told_is_not_taken_from_the_context() -> None:
    hints = {"context": {"s3:x-amz-acl": "public-read"}, "parameters": {"ACL": "private"}}
    assert partial(Report(operation="PutObject", resource=KEY), hints).request["parameters"]["ACL"] == "private"


@pytest.mark.parametrize("operation", ["AssumeRole", "ModifyLoadBalancerAttributes"])
def test_a_call_of_another_service_is_no_call_of_s3(operation: str) -> None:
    assert partial(Report(operation=operation), {}).asked is None


@pytest.mark.parametrize(
    ("hints", "pointer"),
    [
        ({"context": 1}, "/request/context"),
        ({"parameters": []}, "/request/parameters"),
        ({"operation": "Nothing", "bucket": "held-demo"}, "/request/operation"),
        ({**GET, "principal": "nobody"}, "/request/principal"),
    ],
)
def test_hints_that_cannot_be_are_refused_with_a_pointer(hints: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        partial(Report(), hints)
    assert pointer in str([each.pointer for each in refusal.value.faults])


@pytest.mark.parametrize("operation", ["ListBuckets", "GetPublicAccessBlock"])
def test_a_call_about_the_account_needs_no_bucket(operation: str) -> None:
    known = partial(Report(operation=operation), {})
    assert known.asked is not None


@pytest.mark.parametrize(
    ("report", "place", "missing"),
    [
        (Report(action="s3:GetObject", resource=KEY), KEY, None),
        (Report(action="s3:GetObject", resource=BUCKET), f"{BUCKET}/unknown", "which object it was about"),
        (Report(action="s3:PutObject", bucket="held-demo"), f"{BUCKET}/unknown", "which object it was about"),
    ],
)
def test_an_action_without_its_call_is_about_what_it_acts_on(report: Report, place: str, missing: str | None) -> None:
    known = partial(report, {})
    assert known.asked is not None
    assert known.missing == missing
    assert known.asked.resource.arn == place


def test_an_action_on_an_object_is_not_decided_on_its_bucket() -> None:
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::held-demo/*"}
    evidence = {
        "bucket.owner": "111122223333",
        "principal.policies": [{"Version": "2012-10-17", "Statement": [allow]}],
    }
    request = {
        "principal": "arn:aws:iam::111122223333:user/ana",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::held-demo/a.csv",
    }
    found = asked(request=request, evidence=evidence, evidence_is_complete=True)
    assert (found["decision"], found["certainty"]) == ("allowed", "contradicted")


NAMED = (
    "An error occurred (AccessDenied) when calling the GetObject operation: User: {} is not authorized to perform: {} "
    'on resource: "{}" because no identity-based policy allows the {} action'
)
GETS = NAMED.format(USER, "s3:GetObject", KEY, "s3:GetObject")
LISTS = NAMED.format(USER, "s3:ListBucket", BUCKET, "s3:ListBucket")
DECRYPTS = NAMED.format(USER, "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k", "kms:Decrypt")
POINT = "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap"
BY_POINT = NAMED.format(USER, "s3:GetObject", f"{POINT}/object/a/b.csv", "s3:GetObject")
GET_OBJECT = ("GetObject", "s3:GetObject")


@pytest.mark.parametrize(
    ("error", "hints", "understood"),
    [
        (GETS, {"key": "c.csv"}, (*GET_OBJECT, f"{BUCKET}/c.csv")),
        (GETS, {"bucket": "other"}, (*GET_OBJECT, "arn:aws:s3:::other/a/b.csv")),
        (GETS, {"bucket": "other", "key": "c"}, (*GET_OBJECT, "arn:aws:s3:::other/c")),
        (GETS, {"resource": "arn:aws:s3:::other/c"}, (*GET_OBJECT, "arn:aws:s3:::other/c")),
        (BY_POINT, {"key": "c"}, (*GET_OBJECT, f"{POINT}/object/c")),
        (BY_POINT, {"bucket": "other"}, (*GET_OBJECT, "arn:aws:s3:::other/a/b.csv")),
        (f"{refused('GetObject')} s3://held-demo/a/b.csv", {"key": "c"}, (*GET_OBJECT, f"{BUCKET}/c")),
        (refused("GetObject"), {"key": "c"}, (*GET_OBJECT, None)),
        (GETS, {"operation": "PutObject"}, ("PutObject", "s3:PutObject", KEY)),
        (GETS, {"operation": "HeadObject"}, ("HeadObject", "s3:GetObject", KEY)),
        (GETS, {"operation": "ListObjectsV2"}, ("ListObjectsV2", "s3:ListBucket", BUCKET)),
        (GETS, {"operation": "ListBuckets"}, ("ListBuckets", "s3:ListAllMyBuckets", "*")),
        (GETS, {"action": "s3:PutObject"}, (None, "s3:PutObject", KEY)),
        (GETS, {"principal": "anonymous"}, (*GET_OBJECT, KEY)),
        (LISTS, {"bucket": "held-demo", "key": "a/b.csv"}, ("GetObject", "s3:ListBucket", BUCKET)),
        (LISTS, GET, ("GetObject", "s3:ListBucket", BUCKET)),
        (DECRYPTS, GET, ("GetObject", "kms:Decrypt", KEY)),
        (DECRYPTS, {**GET, "operation": "HeadObject"}, ("HeadObject", "kms:Decrypt", KEY)),
    ],
)
def test_hints_are_laid_over_what_was_read(
    error: str, hints: dict[str, Any], understood: tuple[str | None, ...]
) -> None:
    found = asked(error, request=hints)["understood"]
    assert (found["operation"], found["action"], found["resource"]) == understood


@pytest.mark.parametrize("place", ["arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:s3:eu-west-1:111122223333:job/j"])
def test_a_place_that_a_call_cannot_be_about_is_not_known(place: str) -> None:
    found = asked(NAMED.format(USER, "s3:GetObject", place, "s3:GetObject"))
    assert "which bucket or object it was about" in found["doubts"][0]["because"]
    with pytest.raises(InvalidInput) as raised:
        asked(GETS, request={"resource": place})
    assert [fault.pointer for fault in raised.value.faults] == ["/request/resource"]


@pytest.mark.parametrize("error", [GETS, BY_POINT, refused("GetObject")])
@pytest.mark.parametrize("key", [5, "", ["c"]])
def test_a_key_that_is_none_is_told(error: str, key: object) -> None:
    with pytest.raises(InvalidInput) as raised:
        asked(error, request={"key": key})
    assert [fault.pointer for fault in raised.value.faults] == ["/request/key"]


@pytest.mark.parametrize(
    ("error", "service"),
    [
        (GETS, "s3"),
        (DECRYPTS, "kms"),
        (NAMED.format(USER, "sts:AssumeRole", "arn:aws:iam::111122223333:role/r", "sts:AssumeRole"), "sts"),
        ("Access Denied", None),
    ],
)
def test_the_service_that_refused_is_named(error: str, service: str | None) -> None:
    assert asked(error)["understood"]["service"] == service
