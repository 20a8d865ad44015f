"""The value of every condition key says where it comes from."""

from typing import Any

import pytest

from tests.cases import services
from why403.domain.origin import source_of
from why403.domain.principal import SOMEBODY
from why403.domain.request import AccessRequest
from why403.domain.truth import UNKNOWN
from why403.intake.evidence import observed
from why403.intake.request import asked_for

HOME, AWAY = "111122223333", "444455556666"
USER = f"arn:aws:iam::{HOME}:user/ana"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/app/i-1"
ROLE = f"arn:aws:iam::{HOME}:role/path/app"
POINT = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/p"
ZONAL = "reports--use1-az4--x-s3"
PUT, GET, LIST = (
    {"operation": "PutObject", "key": "k"},
    {"operation": "GetObject", "key": "k"},
    {"operation": "ListObjectsV2"},
)
ABAC = {"bucket.abac": True, "bucket.tags": {"team": "a"}}
TAGGED = {"object.tags": {"class": "public"}}


def leg(request: dict[str, Any], evidence: dict[str, Any] | None = None) -> AccessRequest:
    facts = services().registry.facts
    complete = request.pop("evidence_is_complete", False)
    known = observed(evidence or {}, facts).evidence(complete=complete)
    where = {} if "resource" in request else {"bucket": "reports"}
    asked = asked_for({"principal": USER, **where, **request})
    return asked.legs(known, facts)[0].request


@pytest.mark.parametrize(
    ("key", "request_", "evidence", "expected"),
    [
        ("aws:sourceip", {**GET, "context": {"aws:SourceIp": "203.0.113.7"}}, {}, ("given", None)),
        ("aws:sourceip", {**GET, "context": {"aws:SourceIp": None}}, {}, ("given", None)),
        ("aws:sourceip", GET, {}, ("not_given", None)),
        ("aws:sourceip", {**GET, "context_is_complete": False}, {}, ("not_known", None)),
        ("aws:principalaccount", GET, {}, ("principal", None)),
        ("aws:principalaccount", {**GET, "context": {"aws:PrincipalAccount": AWAY}}, {}, ("given", None)),
        ("aws:username", GET, {}, ("principal", None)),
        ("aws:userid", GET, {}, ("not_given", None)),
        ("aws:userid", {**GET, "principal": "anonymous"}, {}, ("principal", None)),
        ("aws:principalarn", GET, {}, ("principal", None)),
        ("aws:principalarn", {**GET, "principal": SESSION}, {"session.issuer": ROLE}, ("fact", "session.issuer")),
        ("aws:principalarn", {**GET, "principal": SESSION}, {"session.issuer": None}, ("principal", None)),
        ("aws:principalarn", {**GET, "principal": SESSION}, {}, ("not_known", "session.issuer")),
        ("aws:principaltag/team", GET, {"principal.tags": {"team": "a"}}, ("fact", "principal.tags")),
        ("aws:principaltag/team", GET, {"principal.tags": None}, ("fact", "principal.tags")),
        ("aws:principaltag/team", GET, {}, ("not_known", "principal.tags")),
        ("aws:principaltag/team", {**GET, "principal": "anonymous"}, {}, ("principal", None)),
        ("aws:resourceaccount", GET, {"bucket.owner": AWAY}, ("fact", "bucket.owner")),
        ("s3:resourceaccount", GET, {}, ("not_known", "bucket.owner")),
        ("s3express:resourceaccount", {**GET, "bucket": ZONAL}, {"bucket.owner": HOME}, ("resource", None)),
        ("s3express:resourceaccount", {**GET, "bucket": ZONAL}, {}, ("not_known", "bucket.owner")),
        ("aws:resourceaccount", {"operation": "ListBuckets", "resource": "*"}, {}, ("not_given", None)),
        (
            "aws:resourceaccount",
            {"action": "s3express:CreateSession", "resource": f"arn:aws:s3express:a:{AWAY}:bucket/b--use1-az1--x-s3"},
            {},
            ("resource", None),
        ),
        ("aws:resourcetag/team", GET, ABAC, ("fact", "bucket.tags")),
        ("s3:buckettag/team", GET, {**ABAC, "bucket.abac": False}, ("fact", "bucket.abac")),
        ("aws:resourcetag/team", GET, {"bucket.abac": True}, ("not_known", "bucket.tags")),
        ("aws:resourcetag/team", {"operation": "ListBuckets", "resource": "*"}, {}, ("resource", None)),
        ("s3:existingobjecttag/class", GET, TAGGED, ("fact", "object.tags")),
        ("s3:existingobjecttag/class", GET, {}, ("not_known", "object.tags")),
        ("s3:existingobjecttag/class", PUT, TAGGED, ("action", "s3:PutObject")),
        ("s3:prefix", {**LIST, "parameters": {"Prefix": "a/"}}, {}, ("parameter", "Prefix")),
        ("s3:prefix", {**LIST, "parameters": {"Prefix": "a/"}, "context": {"s3:prefix": "b/"}}, {}, ("given", None)),
        ("s3:prefix", {**LIST, "context_is_complete": False}, {}, ("parameter", "Prefix")),
        ("s3:prefix", LIST, {}, ("not_given", None)),
        ("s3:requestobjecttag/a", {**PUT, "parameters": {"Tagging": "a=1"}}, {}, ("parameter", "Tagging")),
        ("s3:requestobjecttagkeys", {**PUT, "parameters": {"Tagging": "a=1"}}, {}, ("parameter", "Tagging")),
        (
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
            {**PUT, "parameters": {"SSEKMSKeyId": "alias/a"}},
            {},
            ("not_known", "SSEKMSKeyId"),
        ),
        ("s3:objectcreationoperation", PUT, {}, ("operation", "PutObject")),
        (
            "s3express:sessionmode",
            {"operation": "PutObject", "bucket": "b--use1-az1--x-s3", "key": "k", "resource": None},
            {},
            ("operation", "PutObject"),
        ),
        ("s3:dataaccesspointarn", GET, {}, ("resource", None)),
        ("s3:dataaccesspointarn", {"operation": "GetObject", "resource": f"{POINT}/object/k"}, {}, ("resource", None)),
        (
            "s3:accesspointnetworkorigin",
            {"operation": "GetObject", "resource": f"{POINT}/object/k"},
            {"access_point.vpc": "vpc-1"},
            ("not_known", "access_point.network_origin"),
        ),
    ],
)
def test_a_value_says_where_it_comes_from(
    key: str, request_: dict[str, Any], evidence: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert source_of(leg({**request_}, evidence), key) == expected


def test_what_complete_evidence_says_of_the_owner_is_the_facts() -> None:
    found = leg({**GET, "evidence_is_complete": True})
    assert found.context["aws:resourceaccount"] == (HOME,)
    assert source_of(found, "aws:resourceaccount") == ("fact", "bucket.owner")


def test_a_caller_that_nobody_named_tells_nothing() -> None:
    found = asked_for({"bucket": "reports", **GET}, SOMEBODY, UNKNOWN)
    request = found.legs(observed({}, services().registry.facts).evidence(complete=False), {})[0].request
    assert source_of(request, "aws:username") == ("not_known", None)
