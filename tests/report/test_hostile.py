"""Nothing raises, nothing takes long, whatever is pasted."""

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.samples import samples
from why403.report import Report, read, read_event

SAMPLES: Final = [each.text for each in samples().values()]
MEBIBYTE: Final = 1 << 20

pieces = st.one_of(
    st.text(max_size=40),
    st.sampled_from(SAMPLES).flatmap(
        lambda text: st.tuples(st.integers(0, len(text)), st.integers(0, 200)).map(
            lambda cut: text[cut[0] : cut[0] + cut[1]]
        )
    ),
)


@settings(max_examples=500, deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert isinstance(read(text), Report)


@settings(max_examples=1_000, deadline=None)
@given(st.lists(pieces, max_size=6).map("".join))
def test_any_mixture_of_formats_is_read(text: str) -> None:
    report = read(text)
    assert report.others_in_text >= 0
    assert report.status is None or 100 <= report.status < 1000
    hash(report.unread)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.sampled_from(("AssumedRole", "s3.amazonaws.com")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
MEMBERS: Final = (
    *(
        "eventName",
        "eventSource",
        "errorCode",
        "errorMessage",
        "userIdentity",
        "requestParameters",
        "resources",
        "detail",
    ),
    *("Records", "tlsDetails", "additionalEventData", "sourceIPAddress", "vpcEndpointId", "userAgent", "eventTime"),
    *("eventContext", "awsRegion", "CloudTrailEvent", "eventType", "eventCategory", "requestID"),
)
IDENTITY: Final = ("type", "arn", "accountId", "principalId", "sessionContext", "invokedBy", "userName", "accessKeyId")


@settings(max_examples=500, deadline=None)
@given(
    st.dictionaries(st.sampled_from(MEMBERS), anything),
    st.dictionaries(st.sampled_from(IDENTITY), anything),
)
def test_any_record_is_read(record: dict[str, Any], identity: dict[str, Any]) -> None:
    assert isinstance(read_event(record), Report)
    whole = {**record, "eventName": "GetObject", "userIdentity": identity}
    assert isinstance(read_event(whole), Report)
    assert isinstance(read(json.dumps(whole)), Report)


REPEATED: Final = (
    "a",
    " ",
    "\n",
    "\\",
    '"',
    "<Error>",
    "<StringToSign>",
    "<Token-0>",
    "secret_access_key=",
    "token: ",
    "Authorization: ",
    "x-amz-security-token: IQoJb3",
    "-----BEGIN PRIVATE KEY-----\n",
    "eyJ",
    "AKIA",
    "AKIAQWERTYUIOPASDFGH ",
    "aB3/",
    "https://",
    "https://a.s3.amazonaws.com/",
    "https://a.s3.amazonaws.com/b?X-Amz-Credential=x&",
    "s3://b/",
    "arn:aws:s3:::",
    "User: arn:aws:iam::111122223333:user/a is not authorized to perform: s3:GetObject on resource: ",
    "An error occurred (A) when calling the ",
    "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied\n",
    "upload failed: a to s3://b/c ",
    "$ aws s3 cp ",
    "aws s3 cp a s3://b/c\n",
    "(Service: Amazon S3; Status Code: 403; ",
    "Status Code: 403, AWS Service: Amazon S3, AWS Request ID: a, AWS Error Code: b, AWS Error Message: ",
    "operation error S3: HeadBucket, https response error StatusCode: 403, ",
    "status code: 403, request id: ",
    "AccessDenied: Access Denied\n    at a\n $metadata httpStatusCode: 403 ",
    'Code: "AccessDenied", ',
    "'message': '",
    "AccessDeniedException: s3a://b/k: getFileStatus on ",
    "Making request for OperationModel(name=PutObject) with params: {'x-amz-acl': 'a', ",
    'https://b.s3.amazonaws.com:443 "GET /k HTTP/1.1" 403 None Response headers: {',
    "AWS::S3::BucketPolicy | ",
    "Call failed: getObject(a) => ",
    "Unable to access the artifact with Amazon S3 object key 'a' located in ",
    "error creating a ",
    "s3:a/",
    'PutBlob("a") ',
    "a.b.c.d.e.f.g.",
    "--endpoint-url https://a ",
    "AWS Error ACCESS_DENIED during HeadObject operation: ",
    'Error { code: Some("A"), message: Some("',
    'Error executing "PutObject" on "https://b.s3.amazonaws.com/k"; AWS HTTP error: ',
    "Aws::S3::Errors::AccessDenied: ",
    "Amazon.S3.AmazonS3Exception: a ",
    "HTTP/1.1 403 Forbidden\n",
    "> GET /a HTTP/1.1\n> Host: b.s3.amazonaws.com\n>\n< HTTP/1.1 403 Forbidden\n",
    "curl https://a.s3.amazonaws.com/b ",
    f"{'0' * 64} bucket [20/Nov/2026:10:00:01 +0000] 1.1.1.1 - AAAAAAAA REST.GET.OBJECT k ",
    "HTTP response code 403, returning EPERM. s3fs: ",
    "2026/11/20 20:39:05 ERROR : a: Failed 403\n",
    "aws_s3_bucket Error putting S3 policy (a): ",
    "Access Denied\n",
    "\x1b[31m",
    "&amp;",
    "&lt;Error&gt;",
    '{"eventName":',
    "eventname,errorcode\n{type=A, {type=B, ",
    'eventname,errorcode\n"a,"b',
    '{"eventName":"GetObject","userIdentity":{}} ',
    "│ ",
    "\u0130",
)


@pytest.mark.parametrize("piece", REPEATED, ids=lambda piece: repr(piece)[:30])
def test_a_mebibyte_of_anything_is_read(piece: str) -> None:
    assert isinstance(read((piece * (MEBIBYTE // len(piece) + 1))[:MEBIBYTE]), Report)
