"""Special kinds of buckets and credentials have causes of their own."""

import pytest

from .asking import GET, PUT, ROLE, USER, allow, asked, cause_of, document, layers, refused

VIEWED = """> GET /{} HTTP/2
> Host: d111111abcdef8.cloudfront.net
> Accept: */*
>
< HTTP/2 403
< server: {}
< x-cache: Error from cloudfront
< via: 1.1 abc.cloudfront.net (CloudFront)
<
"""
DENIED = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


DIRECTORY = {"bucket": "fast--use1-az4--x-s3", "principal": USER}
VENDED = {"s3:AccessGrantsInstanceArn": "arn:aws:s3:eu-west-1:111122223333:access-grants/default"}


@pytest.mark.parametrize("operation", ["GetObject", "PutObject", "ListObjectsV2", "CreateSession"])
def test_in_a_directory_bucket_a_session_is_missing(operation: str) -> None:
    about = {**DIRECTORY, "operation": operation, **({"key": "k"} if operation.endswith("Object") else {})}
    first = asked(refused(operation), request=about)["causes"][0]
    assert (first["layer"], first["missing_action"]) == ("identity", "s3express:CreateSession")
    assert "sessions alone" in first["because"]
    assert "--bucket fast--use1-az4--x-s3" in first["check"]["command"]


def test_a_call_about_the_bucket_itself_needs_none() -> None:
    found = asked(refused("GetBucketPolicy"), request={**DIRECTORY, "operation": "GetBucketPolicy"})
    assert not any("sessions alone" in cause["because"] for cause in found["causes"])


def test_that_nothing_is_explained_says_nothing_of_a_directory_bucket() -> None:
    late = {"principal": USER, "operation": "GetObject", "key": "k", "time": "2026-11-01T00:00:00Z"}
    assert layers(asked(refused("GetObject"), request={**late, "bucket": "reports"}))[0] == "bucket_policy"
    assert layers(asked(refused("GetObject"), request={**late, "bucket": DIRECTORY["bucket"]}))[0] == "identity"


def test_vended_credentials_reach_as_far_as_their_grant() -> None:
    found = asked(refused("PutObject"), request={**PUT, "principal": ROLE, "context": VENDED})
    assert "one grant only" in cause_of(found, "session_policy")["because"]
    assert found["causes"][0]["layer"] == "session_policy"
    found = asked(refused("PutObject"), request={**PUT, "principal": ROLE})
    assert "one grant only" not in str(found["causes"])


def test_the_policy_of_a_vended_session_is_called_the_grants() -> None:
    own = {"session.policies": [document(allow("s3:GetObject", "*"))]}
    for context, told in ((VENDED, True), ({}, False)):
        request = {**PUT, "principal": ROLE, "context": context}
        found = asked(request=request, evidence=own, evidence_is_complete=True)
        blocked = next(each for each in found["blockers"] + found["passed"] if each["layer"] == "session_policy")
        assert ("S3 Access Grants vended" in blocked["because"]) is told


def test_a_grant_may_be_missing() -> None:
    account = {"operation": "GetDataAccess", "principal": USER}
    found = asked(refused("GetDataAccess"), request=account)
    assert "no grant" in cause_of(found, "authentication")["because"]
    assert "no grant" not in str(asked(refused("GetObject"), request={**GET, "principal": USER})["causes"])


def test_a_location_whose_role_trusts_nobody_names_itself() -> None:
    found = asked(refused("GetDataAccess", "StsNotAuthorizedError"))
    assert "trust policy" in found["causes"][0]["check"]["what"]


@pytest.mark.parametrize("path", ["index.html", ""])
def test_what_cloudfront_passes_on_is_about_its_own_access_and_about_missing_objects(path: str) -> None:
    found = asked(VIEWED.format(path, "AmazonS3") + DENIED)
    first, second = found["causes"][:2]
    assert (first["layer"], first["kind"]) == ("bucket_policy", "implicit")
    assert "cloudfront.amazonaws.com" in first["because"]
    assert (second["layer"], second["missing_action"]) == ("object_state", "s3:ListBucket")
    assert "identity" not in layers(found)
    assert found["understood"]["principal"] is None


def test_what_cloudfront_answers_itself_is_no_matter_of_the_bucket() -> None:
    found = asked(VIEWED.format("index.html", "CloudFront"))
    assert found["causes"][0]["layer"] == "authentication"
    assert "CloudFront itself" in found["causes"][0]["because"]
