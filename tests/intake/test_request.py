"""Requests: every member has its form, every fault its pointer, and what is equivalent is the same."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cases import answer, services
from tests.policy.asking import ACCOUNT, SESSION, USER
from why403.domain.context import NO_VALUE, NOT_KNOWN
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Evidence
from why403.domain.lengths import LONGEST_TEXT, TOO_LONG
from why403.domain.presigned import Presigned
from why403.domain.request import AccessRequest, Call
from why403.domain.verdict import Verdict
from why403.intake.evidence import NOTHING
from why403.intake.received import Now
from why403.intake.request import Asked, asked_for
from why403.usecases.diagnose import diagnose
from why403.usecases.simulate import MOST_FAULTS, simulate

FACTS = services().registry.facts
GOOD: dict[str, Any] = {"principal": USER, "operation": "GetObject", "resource": "arn:aws:s3:::buk/k"}
ACTION: dict[str, Any] = {"operation": None, "action": "s3:GetObject"}
DEEP: Any = []
for _ in range(3000):
    DEEP = [DEEP]


def faults(**members: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        read({**GOOD, **members}).legs(NOTHING.evidence(complete=True), FACTS)
    return [(fault.pointer, fault.message) for fault in caught.value.faults]


def read(value: dict[str, Any]) -> Asked:
    return asked_for({name: held for name, held in value.items() if held is not ...})


NEEDS_ARN = "must be the ARN of the caller, an AWS service, or `anonymous`"
NEEDS_RESOURCE = "a request needs either `resource`, or `bucket` and perhaps `key`"
NEEDS_OPERATION = "a request needs exactly one of `operation` and `action`"
NEEDS_ACTION = "must be an IAM action such as `s3:GetObject`"
TEXT = "must be a string that is not empty"
SCALAR = "must be text, a number or a boolean"
BOOLEAN = "must be true or false"
SECONDS = "must be a whole number of seconds"


@pytest.mark.parametrize(
    ("members", "pointer", "message"),
    [
        ({"principals": USER}, "/principals", "`principals` is no member of a request"),
        ({"a/b~c": 1}, "/a~1b~0c", "`a/b~c` is no member of a request"),
        ({"principal": ...}, "/principal", NEEDS_ARN),
        ({"principal": None}, "/principal", NEEDS_ARN),
        ({"principal": [USER]}, "/principal", NEEDS_ARN),
        ({"principal": "bob"}, "/principal", "`bob` is no ARN of a caller"),
        ({"principal": ""}, "/principal", "`` is no ARN of a caller"),
        ({"principal": "Anonymous"}, "/principal", "`Anonymous` is no ARN of a caller"),
        ({"principal": USER + "*"}, "/principal", f"`{USER}*` is no ARN of a caller"),
        ({"principal": "arn:aws:iam::1:user/bob"}, "/principal", "`arn:aws:iam::1:user/bob` is no ARN of a caller"),
        ({"principal": f"arn:aws:iam::{ACCOUNT}:group/g"}, "/principal", "`arn:aws:iam::111122223333:group/g` is no"),
        ({"principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/app"}, "/principal", "`arn:aws:sts::111122223333:assumed"),
        ({"resource": ...}, "/resource", NEEDS_RESOURCE),
        ({"resource": None}, "/resource", NEEDS_RESOURCE),
        ({"bucket": "buk"}, "/resource", NEEDS_RESOURCE),
        ({"resource": ""}, "/resource", TEXT),
        ({"resource": ["x"]}, "/resource", TEXT),
        ({"resource": "buk/k"}, "/resource", "`buk/k` is no ARN and not `*`"),
        ({"resource": "arn:aws:s3:buk"}, "/resource", "`arn:aws:s3:buk` is no ARN and not `*`"),
        ({"resource": "arn:aws:s3:::"}, "/resource", "`arn:aws:s3:::` does not name a bucket"),
        ({"resource": "arn:aws:s3:::/k"}, "/resource", "`arn:aws:s3:::/k` does not name a bucket"),
        ({"resource": ..., "bucket": 5}, "/bucket", TEXT),
        ({"resource": ..., "bucket": ""}, "/bucket", TEXT),
        ({"resource": ..., "bucket": "buk", "key": 5}, "/key", TEXT),
        ({"resource": ..., "bucket": "buk", "key": ""}, "/key", TEXT),
        ({"key": "k"}, "/key", "goes with `bucket`; `resource` holds the key itself"),
        ({"operation": ...}, "/operation", NEEDS_OPERATION),
        ({"action": "s3:GetObject"}, "/operation", NEEDS_OPERATION),
        ({"operation": 5}, "/operation", "must be the name of an S3 API operation"),
        ({"operation": "NoSuchThing"}, "/operation", "`NoSuchThing`"),
        ({**ACTION, "action": "GetObject"}, "/action", NEEDS_ACTION),
        ({**ACTION, "action": "s3:"}, "/action", NEEDS_ACTION),
        ({**ACTION, "action": ":GetObject"}, "/action", NEEDS_ACTION),
        ({**ACTION, "action": ["s3:GetObject"]}, "/action", NEEDS_ACTION),
        ({**ACTION, "action": "s3:Get Object"}, "/action", NEEDS_ACTION),
        ({**ACTION, "action": "s3:GetObject\n"}, "/action", NEEDS_ACTION),
        ({**ACTION, "action": "s3:Get*"}, "/action", NEEDS_ACTION),
        ({**ACTION, "parameters": {"VersionId": "v"}}, "/parameters", "goes with `operation`, not with `action`"),
        ({**ACTION, "presigned": {"expires": 1}}, "/presigned", "goes with `operation`, not with `action`"),
        ({**ACTION, "parameters": []}, "/parameters", "must be an object"),
        ({**ACTION, "time": 5}, "/time", "must be an ISO 8601 time"),
        ({"parameters": "VersionId"}, "/parameters", "must be an object"),
        ({"parameters": 0}, "/parameters", "must be an object"),
        ({"presigned": []}, "/presigned", "must be an object"),
        ({"presigned": {"url": "x"}}, "/presigned/url", "`url` is no member; known are `signed_at`, `expires`"),
        ({"presigned": {"signed_at": "soon"}}, "/presigned/signed_at", "must be an ISO 8601 time as a string"),
        ({"presigned": {"signed_at": 1767225600}}, "/presigned/signed_at", "must be an ISO 8601 time as a string"),
        ({"presigned": {"expires": "900"}}, "/presigned/expires", SECONDS),
        ({"presigned": {"expires": True}}, "/presigned/expires", SECONDS),
        ({"presigned": {"expires": 0.5}}, "/presigned/expires", SECONDS),
        ({"presigned": {"expires": float("inf")}}, "/presigned/expires", SECONDS),
        ({"presigned": {"expires": 10**30}}, "/presigned/expires", SECONDS),
        ({"presigned": {"method": "PATCH"}}, "/presigned/method", "must be one of `DELETE`, `GET`, `HEAD`, `POST`"),
        ({"presigned": {"headers": "host"}}, "/presigned/headers", "must be a list"),
        ({"presigned": {"headers": ["host", ""]}}, "/presigned/headers/1", TEXT),
        ({"presigned": {"headers": {"host": 5}}}, "/presigned/headers/host", "must be the text of a header"),
        ({"presigned": {"key_id": 5}}, "/presigned/key_id", TEXT),
        ({"time": 1767225600}, "/time", "must be an ISO 8601 time"),
        ({"time": "yesterday"}, "/time", "must be an ISO 8601 time"),
        ({"time": ""}, "/time", "must be an ISO 8601 time"),
        ({"context": []}, "/context", "must be an object from condition keys to values"),
        ({"context": "x"}, "/context", "must be an object from condition keys to values"),
        ({"context": {"k": {}}}, "/context/k", SCALAR),
        ({"context": {"k": ["x"] * 257}}, "/context/k", "holds more than 256 values"),
        ({"context": {"aws:RequestTag/a": ["x", None]}}, "/context/aws:RequestTag~1a/1", SCALAR),
        ({"context": {"k": [["x"]]}}, "/context/k/0", SCALAR),
        ({"context": {"k": DEEP}}, "/context/k/0", SCALAR),
        ({"context": {"k": float("nan")}}, "/context/k", SCALAR),
        ({"context": {"k": 1, "K": 2}}, "/context/K", "`K` is given twice; case does not tell keys apart"),
        ({"context": {"K": None, "k": None}}, "/context/k", "`k` is given twice; case does not tell keys apart"),
        ({"context_is_complete": 1}, "/context_is_complete", BOOLEAN),
        ({"context_is_complete": "true"}, "/context_is_complete", BOOLEAN),
        ({"context_is_complete": None}, "/context_is_complete", BOOLEAN),
        ({"parameters": {"VersionId": 5}}, "/parameters/VersionId", "must be text"),
        ({"parameters": {"ACL": ["private"]}}, "/parameters/ACL", "must be text"),
        ({"parameters": {"GrantRead": {}}}, "/parameters/GrantRead", "must be text"),
        ({"parameters": {"ExpectedBucketOwner": 10**5000}}, "/parameters/ExpectedBucketOwner", "must be text"),
        ({"parameters": {"Policy": []}}, "/parameters/Policy", "must be a policy, as an object or as its JSON text"),
        ({"parameters": {"AccessControlPolicy": "x"}}, "/parameters/AccessControlPolicy", "must be an object"),
        (
            {"parameters": {"AccessControlPolicy": {"Grants": {}}}},
            "/parameters/AccessControlPolicy/Grants",
            "must be a list",
        ),
        (
            {"parameters": {"AccessControlPolicy": {"Owner": None}}},
            "/parameters/AccessControlPolicy/Owner",
            "must be an object",
        ),
        (
            {"parameters": {"AccessControlPolicy": {"Grants": [{}, "x"]}}},
            "/parameters/AccessControlPolicy/Grants/1",
            "must hold `Grantee`, an object, and `Permission`",
        ),
        (
            {"parameters": {"AccessControlPolicy": {"Grants": [{"Grantee": {"URI": {}}}]}}},
            "/parameters/AccessControlPolicy/Grants/0/Grantee/URI",
            "must be text",
        ),
        ({"principal": USER + "x" * LONGEST_TEXT}, "/principal", TOO_LONG),
        ({"resource": "arn:aws:s3:::buk/" + "k" * LONGEST_TEXT}, "/resource", TOO_LONG),
        ({"resource": ..., "bucket": "b" * (LONGEST_TEXT + 1)}, "/bucket", TOO_LONG),
        ({"resource": ..., "bucket": "buk", "key": "k" * (LONGEST_TEXT + 1)}, "/key", TOO_LONG),
        ({"operation": "x" * (LONGEST_TEXT + 1)}, "/operation", TOO_LONG),
        ({**ACTION, "action": "s3:" + "x" * LONGEST_TEXT}, "/action", TOO_LONG),
        ({"context": {"k": "x" * (LONGEST_TEXT + 1)}}, "/context/k", TOO_LONG),
        ({"context": {"k": ["x", "x" * (LONGEST_TEXT + 1)]}}, "/context/k/1", TOO_LONG),
        ({"context": {"k": 10**LONGEST_TEXT}}, "/context/k", SCALAR),
        ({"context": {"k" * (LONGEST_TEXT + 1): "x"}}, "/context", f"the name of a condition key {TOO_LONG}"),
        ({"parameters": {"ACL": "x" * (LONGEST_TEXT + 1)}}, "/parameters/ACL", TOO_LONG),
        (
            {
                "operation": "DeleteObjects",
                "resource": "arn:aws:s3:::buk",
                "parameters": {"Delete": {"Objects": [{"Key": "k"}, {"Key": "k" * (LONGEST_TEXT + 1)}]}},
            },
            "/parameters/Delete/Objects/1/Key",
            TOO_LONG,
        ),
        ({"operation": "CopyObject"}, "/parameters/CopySource", "is missing; `CopyObject` needs it"),
        (
            {"operation": "DeleteObjects", "resource": "arn:aws:s3:::buk"},
            "/parameters/Delete/Objects",
            "must be a list",
        ),
    ],
)
def test_a_member_of_the_wrong_form_has_its_pointer(members: dict[str, Any], pointer: str, message: str) -> None:
    ((found, words),) = faults(**members)
    assert found == pointer
    assert words.startswith(message)


def test_all_faults_are_told_at_once() -> None:
    found = faults(principal="x", resource="y", context=[], operation=5, context_is_complete="z", extra=1)
    pointers = [pointer for pointer, _ in found]
    assert pointers == ["/extra", "/principal", "/resource", "/context", "/operation", "/context_is_complete"]


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"context": None, "parameters": None, "presigned": None, "time": None, "bucket": None, "key": None},
        {**ACTION, "parameters": {}, "presigned": None},
        {**ACTION, "action": "kms:Decrypt", "resource": "arn:aws:kms:eu-west-1:111122223333:key/k"},
        {"time": "2026-11-23T10:00:00Z"},
        {"time": "2026-11-23T10:00:00.123+02:00"},
        {"presigned": {}},
        {"presigned": {"signed_at": None, "expires": None, "method": None, "headers": None}},
        {
            "presigned": {
                "signed_at": "2026-11-23T10:00:00",
                "expires": 900.0,
                "method": "get",
                "headers": {"Host": "h"},
            }
        },
        {"presigned": {"expires_at": "2026-11-23T10:00:00Z", "key_id": "AKIA", "headers": ["host"]}},
        {"operation": "ListBuckets", "resource": "*"},
        {"resource": ..., "bucket": "buk", "key": "k" * LONGEST_TEXT},
        {"context": {"k": ["x" * LONGEST_TEXT, "x"]}},
        {
            "operation": "PutObject",
            "parameters": {"Body": "x" * (LONGEST_TEXT + 1), "Policy": "x" * (LONGEST_TEXT + 1)},
        },
    ],
)
def test_what_is_well_formed_is_read(members: dict[str, Any]) -> None:
    asked = read({**GOOD, **members})
    assert asked.principal.arn == USER
    assert len(asked.legs(NOTHING.evidence(complete=True), FACTS)) == 1


@pytest.mark.parametrize(
    ("principal", "partition"),
    [
        (USER, "aws"),
        ("anonymous", "aws"),
        ("logging.s3.amazonaws.com", "aws"),
        (f"arn:aws-cn:iam::{ACCOUNT}:user/bob", "aws-cn"),
    ],
)
def test_a_bucket_and_a_key_are_in_the_callers_partition(principal: str, partition: str) -> None:
    place = {"principal": principal, "resource": ..., "bucket": "buk"}
    assert read({**GOOD, **place, "key": "a/b:c"}).resource.arn == f"arn:{partition}:s3:::buk/a/b:c"
    assert read({**GOOD, **place, "operation": "ListObjectsV2"}).resource.arn == f"arn:{partition}:s3:::buk"


# --- when it was received, and a presigned URL ------------------------------------------------------------------------

AT: Any = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER: Any = datetime(2026, 11, 24, tzinfo=UTC)


def call_of(value: dict[str, Any], now: Now | None = None) -> Call:
    call = asked_for({**GOOD, **value}, now=now).call
    assert call is not None
    return call


def test_a_time_is_when_s3_received_the_call_and_now_unless_it_is_given() -> None:
    given = {"time": "2026-11-23T12:00:00+02:00"}
    assert (call_of(given, Now(LATER)).received, call_of(given, Now(LATER, at_latest=True)).undated) == (AT, False)
    assert (call_of({}, Now(LATER)).received, call_of({}, Now(LATER)).undated) == (LATER, False)
    assert (call_of({}, Now(LATER, at_latest=True)).received, call_of({}, Now(LATER, at_latest=True)).undated) == (
        LATER,
        True,
    )
    assert call_of({}).received is None


def test_what_is_simulated_happens_now_and_what_is_reported_happened_before() -> None:
    whole = {"principal.policies": [], "bucket.owner": ACCOUNT}
    seen: list[Call | None] = []

    def judge(request: AccessRequest, _evidence: Evidence) -> Verdict:
        seen.append(request.call)
        return ()

    timed = replace(services(), now=lambda: AT)
    layers = (*timed.engine.layers, replace(timed.engine.layers[0], name="clock", judge=judge))
    timed = replace(timed, engine=replace(timed.engine, layers=layers))
    simulate(timed, {"requests": [GOOD], "evidence": whole})
    diagnose(timed, {"request": GOOD})
    diagnose(
        timed, {"error": "An error occurred (AccessDenied) when calling the GetObject operation: x", "request": GOOD}
    )
    diagnose(
        timed,
        {
            "error": "<Error><Code>AccessDenied</Code><ServerTime>2026-11-24T00:00:00Z</ServerTime></Error>",
            "request": GOOD,
        },
    )
    told = [(call.received, call.undated) for call in seen if call is not None]
    assert list(dict.fromkeys(told)) == [(AT, False), (AT, True), (LATER, False)]


def test_a_presigned_url_is_read_in_any_of_its_forms() -> None:
    listed = {"signed_at": "2026-11-23T10:00:00Z", "expires": 900.0, "method": "put", "headers": ["Host", "X-Amz-Acl"]}
    found = call_of({"presigned": listed}).presigned
    assert found == Presigned(signed_at=AT, expires=900, method="PUT", headers=frozenset({"host", "x-amz-acl"}))
    mapped = {**listed, "headers": {"Host": "reports.s3.amazonaws.com", "x-amz-acl": None}}
    assert call_of({"presigned": mapped}).presigned == found
    assert call_of({"presigned": {}}).presigned == Presigned()
    assert call_of({"presigned": None}).presigned is None


# --- context ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", ("x",)),
        (["x"], ("x",)),
        (["x", "y"], ("x", "y")),
        ("", ("",)),
        ([""], ("",)),
        (None, NO_VALUE),
        ([], NO_VALUE),
        (5, ("5",)),
        (1.50, ("1.5",)),
        (True, ("true",)),
        ([False, 0, "0"], ("false", "0", "0")),
        (1e3, ("1000.0",)),
    ],
)
def test_a_value_is_text_and_a_list_of_one_is_its_value(value: Any, expected: tuple[str, ...]) -> None:
    assert read({**GOOD, "context": {"S3:Prefix": value}}).context == {"s3:prefix": expected}


def test_whether_a_key_has_several_values_is_its_own_nature_and_not_of_the_form() -> None:
    def decided(operator: str, key: str, value: Any) -> str:
        condition = {operator: {key: "x"}}
        allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
        evidence = {"principal.policies": [{"Version": "2012-10-17", "Statement": [allow]}]}
        request = {**GOOD, **ACTION, "context": {key: value}, "evidence": evidence, "evidence_is_complete": True}
        return str(answer({name: held for name, held in request.items() if held is not None})["decision"])

    for value in ("x", ["x"]):
        assert decided("StringEquals", "s3:prefix", value) == "allowed"
        assert decided("StringEquals", "aws:CalledVia", value) == "denied"
        assert decided("ForAnyValue:StringEquals", "s3:prefix", value) == "allowed"
        assert decided("ForAnyValue:StringEquals", "aws:CalledVia", value) == "allowed"


@pytest.mark.parametrize(("complete", "expected"), [(True, NO_VALUE), (False, NOT_KNOWN), (..., NO_VALUE)])
def test_a_context_that_is_complete_makes_unlisted_keys_absent(complete: Any, expected: Any) -> None:
    (leg,) = read({**GOOD, "context_is_complete": complete}).legs(NOTHING.evidence(complete=False), FACTS)
    assert leg.request.context["aws:sourcevpce"] == expected
    assert leg.request.context["aws:username"] == ("bob",)


# --- bodies -----------------------------------------------------------------------------------------------------------


def refused(**members: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        simulate(services(), {"requests": [GOOD], **members})
    return [fault.pointer for fault in caught.value.faults]


def test_faults_of_a_body_point_from_its_root() -> None:
    assert refused(requests=[GOOD, {**GOOD, "context": {"k": {}}}, 5]) == ["/requests/1/context/k", "/requests/2"]
    assert refused(evidence={"no.fact": 1}, edits={"bucket.owner": 5}) == ["/evidence/no.fact", "/edits/bucket.owner"]
    assert refused(requests=[{**GOOD, "evidence": {"bucket.tags": 5}}]) == ["/requests/0/evidence/bucket.tags"]
    assert refused(requests=[{**GOOD, "evidence_is_complete": 1}]) == ["/requests/0/evidence_is_complete"]
    assert refused(requests=[{**GOOD, "operation": "CopyObject"}]) == ["/requests/0"]


def test_a_body_tells_no_more_than_a_hundred_faults() -> None:
    assert len(refused(requests=[{**GOOD, "principal": SESSION + "*", "time": 5}] * 200)) == MOST_FAULTS
