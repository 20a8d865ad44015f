"""CloudTrail records, as objects and as text, of every kind of caller."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.report.samples import picked
from why403.report import read, read_event

BASE: Final[dict[str, Any]] = {
    "eventVersion": "1.11",
    "eventTime": "2026-11-20T10:00:00Z",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "198.51.100.7",
    "userAgent": "[aws-sdk-java/2.31]",
    "errorCode": "AccessDenied",
    "errorMessage": "Access Denied",
    "requestParameters": {"bucketName": "ferns", "key": "a/b.csv", "Host": "ferns.s3.eu-west-1.amazonaws.com"},
    "additionalEventData": {
        "SignatureVersion": "SigV4",
        "CipherSuite": "TLS_AES_128_GCM_SHA256",
        "AuthenticationMethod": "AuthHeader",
        "x-amz-id-2": "id2=",
    },
    "requestID": "CT00000000000001",
    "resources": [
        {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::ferns/a/b.csv"},
        {"accountId": "700070007000", "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::ferns"},
    ],
    "eventType": "AwsApiCall",
    "eventCategory": "Data",
    "recipientAccountId": "700070007000",
    "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
}
SESSION: Final = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:run-9",
    "arn": "arn:aws:sts::700070007000:assumed-role/etl/run-9",
    "accountId": "700070007000",
    "accessKeyId": "ASIAQWERTYUIOPASDFGH",
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLE",
            "arn": "arn:aws:iam::700070007000:role/jobs/etl",
            "accountId": "700070007000",
            "userName": "etl",
        },
        "attributes": {"creationDate": "2026-11-20T09:30:00Z", "mfaAuthenticated": "false"},
        "sourceIdentity": "li",
    },
}

CALLERS: Final[dict[str, tuple[Mapping[str, Any], str | None, dict[str, Any]]]] = {
    "session": (
        SESSION,
        "arn:aws:sts::700070007000:assumed-role/etl/run-9",
        {
            "aws:PrincipalArn": "arn:aws:iam::700070007000:role/jobs/etl",
            "aws:userid": "AROAEXAMPLE:run-9",
            "aws:MultiFactorAuthPresent": "false",
            "aws:TokenIssueTime": "2026-11-20T09:30:00Z",
            "aws:SourceIdentity": "li",
            "aws:PrincipalType": "AssumedRole",
        },
    ),
    "user": (
        {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::700070007000:user/ops/jo",
            "accountId": "700070007000",
            "accessKeyId": "AKIAQWERTYUIOPASDFGH",
            "userName": "jo",
        },
        "arn:aws:iam::700070007000:user/ops/jo",
        {"aws:username": "jo", "aws:userid": "AIDAEXAMPLE", "aws:MultiFactorAuthPresent": None},
    ),
    "root": (
        {
            "type": "Root",
            "principalId": "700070007000",
            "arn": "arn:aws:iam::700070007000:root",
            "accountId": "700070007000",
        },
        "arn:aws:iam::700070007000:root",
        {"aws:PrincipalType": "Account"},
    ),
    "federated user": (
        {
            "type": "FederatedUser",
            "principalId": "700070007000:sam",
            "arn": "arn:aws:sts::700070007000:federated-user/sam",
            "accountId": "700070007000",
        },
        "arn:aws:sts::700070007000:federated-user/sam",
        {"aws:userid": "700070007000:sam"},
    ),
    "role": (
        {"type": "Role", "arn": "arn:aws:iam::700070007000:role/svc", "accountId": "700070007000"},
        "arn:aws:iam::700070007000:role/svc",
        {"aws:PrincipalType": "AssumedRole"},
    ),
    "another account": (
        {"type": "AWSAccount", "principalId": "AROAFOREIGN:x", "accountId": "800080008000"},
        None,
        {
            "aws:PrincipalAccount": "800080008000",
            "aws:userid": "AROAFOREIGN:x",
            "aws:PrincipalType": "AssumedRole",
            "aws:PrincipalArn": "not told",
        },
    ),
    "another account's user": (
        {"type": "AWSAccount", "principalId": "AIDAFOREIGN", "accountId": "800080008000"},
        None,
        {"aws:userid": "AIDAFOREIGN", "aws:PrincipalType": "User", "aws:username": "not told"},
    ),
    "another account, of an id that tells nothing": (
        {"type": "AWSAccount", "principalId": "800080008000", "accountId": "800080008000"},
        None,
        {"aws:PrincipalAccount": "800080008000", "aws:userid": "not told", "aws:PrincipalType": "not told"},
    ),
    "nobody": ({"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}, "anonymous", {}),
    "service": (
        {"type": "AWSService", "invokedBy": "delivery.logs.amazonaws.com"},
        "delivery.logs.amazonaws.com",
        {},
    ),
    "identity center user": (
        {"type": "IdentityCenterUser", "accountId": "700070007000", "onBehalfOf": {"userId": "u-1"}},
        None,
        {"aws:PrincipalAccount": "700070007000", "identitystore:UserId": "u-1"},
    ),
    "assertion": (
        {"type": "SAMLUser", "principalId": "q=:sam", "userName": "sam", "identityProvider": "q="},
        None,
        {"saml:namequalifier": "q=", "saml:sub": "sam", "aws:PrincipalAccount": "not told"},
    ),
    "token": (
        {
            "type": "WebIdentityUser",
            "principalId": "accounts.google.com:app.example.com:1029",
            "userName": "1029",
            "identityProvider": "accounts.google.com",
        },
        None,
        {
            "aws:FederatedProvider": "accounts.google.com",
            "accounts.google.com:aud": "app.example.com",
            "accounts.google.com:sub": "1029",
            "aws:PrincipalAccount": "not told",
        },
    ),
    "token of a provider that has colons of its own": (
        {
            "type": "WebIdentityUser",
            "principalId": "arn:aws:iam::700070007000:oidc-provider/ci.example.com:sts.amazonaws.com:repo:o/r:ref:main",
            "userName": "repo:o/r:ref:main",
            "identityProvider": "arn:aws:iam::700070007000:oidc-provider/ci.example.com",
        },
        None,
        {"ci.example.com:aud": "sts.amazonaws.com", "ci.example.com:sub": "repo:o/r:ref:main"},
    ),
    "token, cut off": (
        {"type": "WebIdentityUser", "principalId": "", "userName": "7", "identityProvider": "accounts.google.com"},
        None,
        {"aws:FederatedProvider": "accounts.google.com", "accounts.google.com:aud": "not told"},
    ),
    "directory": ({"type": "Directory"}, None, {}),
    "unknown": ({"type": "Unknown"}, None, {}),
    "none": ({}, None, {}),
}


def record(**changed: Any) -> dict[str, Any]:
    return {**BASE, "userIdentity": SESSION, **changed}


@pytest.mark.parametrize("kind", CALLERS)
def test_a_record_tells_its_caller_as_far_as_it_names_one(kind: str) -> None:
    identity, principal, context = CALLERS[kind]
    report = read_event(record(userIdentity=identity))
    assert report.principal == principal
    assert {key: report.context.get(key, "not told") for key in context} == context
    assert (report.source, report.operation, report.bucket, report.key) == (
        "cloudtrail",
        "GetObject",
        "ferns",
        "a/b.csv",
    )


UNNAMED: Final = {
    "account and id": (
        {"type": "AWSAccount", "principalId": "AROAFOREIGN:x", "accountId": "800080008000"},
        "the record does not name the caller, only its account `800080008000` and its id `AROAFOREIGN:x`",
    ),
    "id": ({"type": "SAMLUser", "principalId": "q=:sam"}, "the record does not name the caller, only its id `q=:sam`"),
    "nothing": ({"type": "Unknown"}, "the record names no caller"),
}


@pytest.mark.parametrize("name", UNNAMED)
def test_what_a_record_tells_of_a_caller_without_a_name_is_said(name: str) -> None:
    identity, note = UNNAMED[name]
    assert note in read_event(record(userIdentity=identity)).unread


def test_a_record_of_sts_tells_the_role_that_was_asked_for() -> None:
    role = "arn:aws:iam::700070007000:role/etl"
    told = record(
        eventSource="sts.amazonaws.com",
        eventName="AssumeRoleWithSAML",
        userIdentity={"type": "SAMLUser", "principalId": "q=:sam"},
        requestParameters={"roleArn": role},
        resources=[],
    )
    report = read_event(told)
    assert (report.action, report.foreign, report.operation) == ("sts:AssumeRoleWithSAML", role, None)


def test_a_record_tells_the_request() -> None:
    report = read_event(record())
    told = {
        "resource": "arn:aws:s3:::ferns/a/b.csv",
        "code": "AccessDenied",
        "status": 403,
        "request_id": "CT00000000000001",
        "host_id": "id2=",
        "time": "2026-11-20T10:00:00Z",
        "region": "eu-west-1",
        "bucket_owner": "700070007000",
        "others_in_text": 0,
        "unread": (),
    }
    assert picked(report, told) == told
    assert report.context["aws:SourceIp"] == "198.51.100.7"
    assert report.context["aws:SourceVpce"] is None
    assert report.context["s3:TlsVersion"] == "1.3"
    assert report.context["aws:SecureTransport"] == "true"
    assert report.context["s3:authType"] == "REST-HEADER"
    assert report.context["s3:signatureversion"] == "AWS4-HMAC-SHA256"
    assert report.context["aws:UserAgent"] == "aws-sdk-java/2.31"
    assert report.context["aws:RequestedRegion"] == "eu-west-1"


def test_an_endpoint_hides_the_address() -> None:
    report = read_event(
        record(sourceIPAddress="10.0.3.4", vpcEndpointId="vpce-0a1b2c3d", vpcEndpointAccountId="700070007000")
    )
    assert report.context["aws:SourceVpce"] == "vpce-0a1b2c3d"
    assert report.context["aws:VpcSourceIp"] == "10.0.3.4"
    assert report.context["aws:SourceIp"] is None
    assert report.context["aws:VpceAccount"] == "700070007000"


@pytest.mark.parametrize("address", ["AWS Internal", "athena.amazonaws.com", "10.1.1.1", "", None, 7])
def test_an_address_that_is_no_source_leaves_the_keys_open(address: object) -> None:
    report = read_event(record(sourceIPAddress=address))
    assert {"aws:SourceIp", "aws:SourceVpce", "aws:VpcSourceIp"} & set(report.context) == set()


def test_the_message_names_the_layer_and_the_policy() -> None:
    arn = "arn:aws:organizations::900090009000:policy/o-ab12cd34/resource_control_policy/p-11223344"
    message = (
        "User: arn:aws:sts::700070007000:assumed-role/etl/run-9 is not authorized to perform: s3:GetObject on resource: "
        f'"arn:aws:s3:::ferns/a/b.csv" with an explicit deny in a resource control policy, with policy ARN: {arn}'
    )
    report = read_event(record(errorMessage=message))
    assert report.aws_named is not None
    assert (report.aws_named.layer, report.aws_named.kind, report.aws_named.policy_arn) == ("rcp", "explicit", arn)
    assert report.action == "s3:GetObject"
    # CloudTrail keeps 1 KB of a message.
    cut = read_event(record(errorMessage=message[: message.index("resource control") + len("resource con")]))
    assert cut.aws_named is not None
    assert (cut.aws_named.layer, cut.aws_named.policy_arn) == ("rcp", None)


def test_the_policy_of_an_endpoint_has_an_event_of_its_own() -> None:
    report = read_event(
        {
            "eventVersion": "1.09",
            "userIdentity": {"type": "AWSAccount", "accountId": "800080008000", "principalId": "AIDAX"},
            "eventTime": "2026-11-20T10:00:00Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": "PutObject",
            "awsRegion": "us-east-2",
            "sourceIPAddress": "10.9.9.9",
            "errorCode": "VpceAccessDenied",
            "errorMessage": "The request was denied due to a VPC endpoint policy",
            "requestParameters": {"bucketName": "mosses"},
            "eventType": "AwsVpceEvents",
            "eventCategory": "NetworkActivity",
            "vpcEndpointId": "vpce-0f0e0d0c",
            "vpcEndpointAccountId": "700070007000",
        }
    )
    assert report.aws_named is not None
    assert report.aws_named.layer == "vpc_endpoint"
    assert (report.code, report.status, report.operation, report.bucket) == ("AccessDenied", 403, "PutObject", "mosses")
    assert report.principal is None
    assert report.context["aws:SourceVpce"] == "vpce-0f0e0d0c"


EVENT_NAMES: Final = {
    "PutBucketLifecycle": ("PutBucketLifecycle", "PutBucketLifecycleConfiguration"),
    "GetBucketPublicAccessBlock": ("GetPublicAccessBlock",),
    "GetBucketNotification": ("GetBucketNotification", "GetBucketNotificationConfiguration"),
    "PutAccountPublicAccessBlock": ("PutAccountPublicAccessBlock",),
    "DeleteMultipleObjects": ("DeleteObjects",),
    "HeadBucket": ("HeadBucket",),
}


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_the_names_of_events_are_those_of_operations(name: str) -> None:
    assert read_event(record(eventName=name, requestParameters={"bucketName": "ferns"})).operation in EVENT_NAMES[name]


def test_a_listing_tells_its_version_and_prefix() -> None:
    sent = {"bucketName": "ferns", "list-type": "2", "prefix": "x/", "max-keys": "5", "delimiter": "/"}
    report = read_event(record(eventName="ListObjects", requestParameters=sent, resources=[]))
    assert report.operation == "ListObjectsV2"
    assert dict(report.parameters) == {"Prefix": "x/", "MaxKeys": 5, "Delimiter": "/"}
    assert (report.bucket, report.key, report.resource) == ("ferns", None, "arn:aws:s3:::ferns")


def test_headers_in_a_record_are_parameters() -> None:
    sent = {
        "bucketName": "ferns",
        "key": "a",
        "x-amz-acl": ["public-read"],
        "x-amz-server-side-encryption": "AES256",
        "x-amz-copy-source": "/moss/b",
        "x-amz-version-id": "v1",
    }
    report = read_event(record(eventName="CopyObject", requestParameters=sent))
    assert dict(report.parameters) == {
        "ACL": "public-read",
        "ServerSideEncryption": "AES256",
        "CopySource": "/moss/b",
        "VersionId": "v1",
    }


def test_an_access_point_is_the_resource() -> None:
    point = "arn:aws:s3:eu-west-1:700070007000:accesspoint/lake"
    resources = [{"type": "AWS::S3::AccessPoint", "ARN": point, "accountId": "700070007000"}]
    report = read_event(record(requestParameters={"bucketName": point, "key": "k"}, resources=resources))
    assert report.resource == f"{point}/object/k"
    assert report.bucket is None


def test_enriched_events_tell_keys_and_tags() -> None:
    context = {
        "requestContext": {"aws:PrincipalOrgID": "o-1", "aws:PrincipalOrgPaths": ["o-1/r-1/"]},
        "tagContext": {"principalTags": {"team": "blue"}},
    }
    report = read_event(record(eventContext=context))
    assert report.context["aws:PrincipalOrgID"] == "o-1"
    assert report.context["aws:PrincipalOrgPaths"] == ["o-1/r-1/"]
    assert report.context["aws:PrincipalTag/team"] == "blue"


def test_an_envelope_of_eventbridge_holds_a_record() -> None:
    report = read_event(
        {"version": "0", "source": "aws.s3", "detail-type": "AWS API Call via CloudTrail", "detail": record()}
    )
    assert (report.source, report.bucket) == ("eventbridge", "ferns")


def test_of_several_records_the_first_refused_is_told() -> None:
    fine = {name: value for name, value in record(requestID="1").items() if not name.startswith("error")}
    denied = record(requestID="2")
    other = record(requestID="3", eventName="PutObject")
    report = read_event({"Records": [fine, denied, other]})
    assert (report.request_id, report.others_in_text) == ("2", 1)


FORMS: Final = {
    "object": json.dumps(record(), indent=2),
    "line": json.dumps(record()),
    "records": json.dumps({"Records": [record()]}),
    "envelope": json.dumps({"source": "aws.s3", "detail": record()}),
    "lookup": json.dumps({"Events": [{"EventId": "1", "CloudTrailEvent": json.dumps(record())}]}),
    "log prefix": "2026-11-20T10:01:00.000Z 12 " + json.dumps(record()),
    "prose": "we see this in CloudTrail:\n\n```json\n" + json.dumps(record(), indent=4) + "\n```\nany idea?",
    "escaped": json.dumps(json.dumps(record())),
    "two lines": json.dumps(record()) + "\n" + json.dumps(record(requestID="CT2")),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_record_is_recognised_in_text(form: str) -> None:
    report = read(FORMS[form])
    assert report.source == ("eventbridge" if form == "envelope" else "cloudtrail")
    assert (report.principal, report.operation, report.key) == (SESSION["arn"], "GetObject", "a/b.csv")
    assert report.others_in_text == (form == "two lines")


def test_a_record_of_another_service_or_without_an_error_is_said_to_be_so() -> None:
    assert "not of S3" in " ".join(read_event(record(eventSource="sts.amazonaws.com", eventName="AssumeRole")).unread)
    fine = {name: value for name, value in record().items() if not name.startswith("error")}
    assert "the record tells of no error" in read_event(fine).unread
    assert read_event({"hello": 1}).unread == ("no CloudTrail record was found in the event",)


CUT: Final = json.dumps({"eventVersion": "1.08", "userIdentity": SESSION, **BASE})
ENDS: Final = (CUT.index('"additionalEventData"') + 30, CUT.index('"requestParameters"'), len(CUT) - 1)


@pytest.mark.parametrize("before", ["", "| {a} | logs | 2026-11-20 | "], ids=("alone", "in a row"))
@pytest.mark.parametrize("end", ENDS)
def test_a_record_that_was_cut_off_tells_what_is_whole(end: int, before: str) -> None:
    report = read(f"{before}{CUT[:end]} |")
    assert (report.principal, report.operation, report.code) == (SESSION["arn"], "GetObject", "AccessDenied")
    assert report.bucket == (None if end == ENDS[1] else "ferns")
    assert any("cut off" in each for each in report.unread)


def test_a_record_that_was_cut_off_before_its_error_is_not_said_to_tell_of_none() -> None:
    report = read(f"{CUT[: CUT.index('errorCode') - 1]} |\nAccess Denied")
    assert report.code == "AccessDenied"
