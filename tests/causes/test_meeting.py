"""A Deny is met before it is excepted: what the call could do comes first in the fix, where the statement tells."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pytest

from .asking import ACCOUNT, BUCKET, GET, LIST, PUT, ROLE, USER, allow, asked, cause_of, deny, document, refused

SSE: Final = "s3:x-amz-server-side-encryption"
LOGS: Final = "logging.s3.amazonaws.com"
EXCEPTION: Final = "add an exception for this caller to the Deny's condition"


class Case(NamedTuple):
    """A condition of a Deny, the call that it hits, and what the fix begins with: nothing where nothing meets it."""

    condition: Mapping[str, Any]
    begins: str
    request: Mapping[str, Any] = {**GET, "principal": USER}
    context: Mapping[str, Any] = {}


WRITES: Final = {**PUT, "principal": USER, "parameters": {}}
PARTS: Final = {**WRITES, "operation": "CreateMultipartUpload"}
BY_SERVICE: Final = {**PUT, "principal": LOGS}
VPC: Final = {"StringNotEquals": {"aws:SourceVpc": "vpc-0abc"}}
OFFICE: Final = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
MEMBERS: Final = {"StringNotEquals": {"aws:PrincipalOrgID": "o-mine"}}
CASES: Final[Mapping[str, Case]] = {
    "TLS": Case(
        {"Bool": {"aws:SecureTransport": "false"}},
        "call the https:// endpoint",
        context={"aws:SecureTransport": "false"},
    ),
    "a header with its value": Case(
        {"StringNotEquals": {SSE: "aws:kms"}}, "send x-amz-server-side-encryption: aws:kms;", WRITES, {SSE: None}
    ),
    "a second factor": Case(
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        "get a session with MFA",
        context={"aws:MultiFactorAuthPresent": None},
    ),
    "an address": Case(OFFICE, "call from an address in `203.0.113.0/24`;", context={"aws:SourceIp": "198.51.100.7"}),
    "an address that an endpoint hides": Case(
        OFFICE,
        "call from an address in `203.0.113.0/24`, and not through a VPC endpoint",
        context={"aws:SourceVpce": "v"},
    ),
    "a network": Case(VPC, "make the call from `vpc-0abc`", context={"aws:SourceVpc": None}),
    "an endpoint": Case(
        {"StringNotEqualsIfExists": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}},
        "send the call through the endpoint `vpce-1` or `vpce-2`",
        context={"aws:SourceVpce": "vpce-9"},
    ),
    "a Region": Case(
        {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
        "make the call in `eu-west-1`",
        context={"aws:RequestedRegion": "us-east-1"},
    ),
    "a tag": Case(
        {"StringNotEquals": {"s3:RequestObjectTag/Team": "blue"}},
        "send the tag `Team` with the value `blue`",
        WRITES,
        {"s3:RequestObjectTag/Team": None},
    ),
    "a network that a service which forwards never has": Case(
        VPC,
        "spare what AWS services pass on for their callers: `BoolIfExists` on `aws:ViaAWSService`",
        context={"aws:SourceVpc": None, "aws:ViaAWSService": "true"},
    ),
    "a network that a service never has": Case(
        VPC,
        "spare calls of AWS services: `BoolIfExists` on `aws:PrincipalIsAWSService`",
        BY_SERVICE,
        {"aws:SourceVpc": None},
    ),
    "an organization that a service is never in": Case(
        MEMBERS,
        "spare calls of AWS services: `BoolIfExists` on `aws:PrincipalIsAWSService`",
        BY_SERVICE,
        {"aws:PrincipalOrgID": None},
    ),
    "an organization that a caller is not in": Case(MEMBERS, EXCEPTION, context={"aws:PrincipalOrgID": "o-other"}),
    "an address that is kept out": Case(
        {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, EXCEPTION, context={"aws:SourceIp": "198.51.100.7"}
    ),
    "nothing": Case({}, EXCEPTION),
    "what is there": Case(
        {"Null": {"s3:if-none-match": "true"}}, "send If-None-Match: *;", WRITES, {"s3:if-none-match": None}
    ),
    "what parts of an upload cannot ask": Case(
        {"Null": {"s3:if-none-match": "true"}}, "limit the Deny to calls that make an object", PARTS
    ),
    "a pattern": Case(
        {"StringNotLike": {SSE: "aws:*"}}, "send x-amz-server-side-encryption: aws:kms;", WRITES, {SSE: None}
    ),
}


def first(case: Case) -> dict[str, Any]:
    condition = {"Condition": case.condition} if case.condition else {}
    held = document({**deny("s3:*", f"{BUCKET}/*", Principal="*"), **condition})
    request = {**case.request, "context": case.context}
    evidence = {"bucket.owner": ACCOUNT, "bucket.policy": held, "principal.policies": [document(allow("s3:*", "*"))]}
    return cause_of(
        asked(refused(request["operation"]), request=request, evidence=evidence), "bucket_policy", "explicit"
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_deny_asks_for_comes_before_an_exception(case: Case) -> None:
    fix = first(case)["fix"]["summary"]
    assert fix.startswith(case.begins)
    assert fix.endswith(f"{EXCEPTION}; do not remove the Deny")


def test_a_deny_that_hangs_on_what_is_not_known_is_named_and_met() -> None:
    found = first(Case({"StringNotEquals": {SSE: "aws:kms"}}, "", {**PUT, "principal": USER}))
    assert "statement 1 of the bucket policy may deny s3:PutObject" in found["because"]
    assert found["likelihood"] == "likely"
    assert found["fix"]["summary"].startswith("send x-amz-server-side-encryption: aws:kms;")


def test_what_is_met_in_one_of_two_statements_alone_is_not_offered() -> None:
    held = document(
        deny("s3:*", f"{BUCKET}/*", Principal="*", Condition=VPC), deny("s3:GetObject", f"{BUCKET}/*", Principal="*")
    )
    request = {**GET, "principal": USER, "context": {"aws:SourceVpc": None}}
    found = asked(refused("GetObject"), request=request, evidence={"bucket.owner": ACCOUNT, "bucket.policy": held})
    assert found["causes"][0]["fix"]["summary"].startswith(EXCEPTION)


NAMED: Final = 'User: {} is not authorized to perform: s3:PutObject on resource: "{}/k" with an explicit deny in a {}'


@pytest.mark.parametrize(
    ("kind", "layer"),
    [
        ("resource-based policy", "bucket_policy"),
        ("service control policy", "scp"),
        ("identity-based policy", "identity"),
        ("VPC endpoint policy", "vpc_endpoint"),
    ],
)
def test_of_a_deny_that_a_text_alone_tells_it_is_not_known_what_meets_it(kind: str, layer: str) -> None:
    found = asked(refused("PutObject", message=NAMED.format(ROLE, BUCKET, kind)))["causes"][0]
    assert (found["layer"], found["kind"]) == (layer, "explicit")
    assert found["fix"]["summary"].startswith("do what the Deny asks for, if it is TLS, a header")


def test_a_setting_is_no_statement_to_be_met() -> None:
    request = {**LIST, "principal": "anonymous"}
    found = cause_of(asked(refused("ListObjectsV2"), request=request), "block_public_access", "explicit")
    assert "do what the Deny asks for" not in found["fix"]["summary"]


def test_a_list_that_spares_nobody_with_a_boundary_is_to_become_a_condition() -> None:
    listed = [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:role/app", ROLE]
    held = document(
        {"Effect": "Deny", "NotPrincipal": {"AWS": listed}, "Action": "s3:*", "Resource": [BUCKET, f"{BUCKET}/*"]}
    )
    evidence = {
        "bucket.owner": ACCOUNT,
        "session.issuer": f"arn:aws:iam::{ACCOUNT}:role/app",
        "principal.boundary": document(allow("*", "*")),
        "bucket.policy": held,
        "principal.policies": [document(allow("s3:*", "*"))],
    }
    request = {**GET, "principal": ROLE}
    found = asked(refused("GetObject"), request=request, evidence=evidence, evidence_is_complete=True)["causes"][0]
    assert (found["layer"], found["kind"]) == ("bucket_policy", "explicit")
    assert "hits whoever has a permissions boundary" in found["because"]
    assert "`ArnNotEquals` on `aws:PrincipalArn`" in found["fix"]["summary"]
    assert "PermissionsBoundary" in found["check"]["command"]


UNLISTED: Final = {"operation": "DeleteObject", "bucket": "held-demo", "key": "a", "principal": USER}


def test_a_lock_that_may_hold_is_told_as_far_as_it_is_known() -> None:
    lock = {"mode": "GOVERNANCE", "retain_until": "2027-01-01T00:00:00Z", "legal_hold": False}
    request = {**UNLISTED, "parameters": {"VersionId": "v9"}, "time": "2026-05-01T00:00:00Z"}
    evidence = {"bucket.owner": ACCOUNT, "principal.policies": [document(allow("*", "*"))], "object.lock": lock}
    found = cause_of(asked(refused("DeleteObject"), request=request, evidence=evidence), "object_state")
    assert "until 2027-01-01" in found["because"]
    assert "not known until when" not in found["because"]
    assert "x-amz-bypass-governance-retention: true" in found["fix"]["summary"]


def test_whose_requesters_pay_is_said_and_not_guessed() -> None:
    request = {**GET, "principal": USER, "parameters": {}}
    evidence = {"bucket.owner": "444455556666", "bucket.request_payment": "Requester"}
    found = cause_of(asked(refused("GetObject"), request=request, evidence=evidence), "request_payment")
    assert found["because"].startswith("the bucket is Requester Pays")
