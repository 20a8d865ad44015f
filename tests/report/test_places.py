"""Where addresses lead, which call a request is, and what moments and names mean."""

from typing import Any, Final

import pytest

from why403.domain.operations import OPERATIONS
from why403.report import read
from why403.report.answers import code_of
from why403.report.moments import moment
from why403.report.names import only_operation_of, operation_of
from why403.report.places import place_of_uri, place_of_url
from why403.report.routes import operation_at, operation_logged

ROLE: Final = "arn:aws:iam::121212121212:role/batch"
POINT: Final = "arn:aws:s3:eu-west-1:111122223333:accesspoint/pier"
URLS: Final[dict[str, dict[str, Any] | None]] = {
    "https://tarn.s3.amazonaws.com/a/b": {"bucket": "tarn", "key": "a/b"},
    "https://tarn.s3.eu-west-1.amazonaws.com/": {"bucket": "tarn", "region": "eu-west-1"},
    "https://tarn.s3-us-west-2.amazonaws.com/a%20b": {"bucket": "tarn", "key": "a b", "region": "us-west-2"},
    "http://s3.amazonaws.com/tarn/a": {"bucket": "tarn", "key": "a"},
    "https://s3-eu-west-1.amazonaws.com/tarn": {"bucket": "tarn", "region": "eu-west-1"},
    "https://a.b.c.s3.dualstack.us-gov-west-1.amazonaws.com/k": {
        "bucket": "a.b.c",
        "key": "k",
        "region": "us-gov-west-1",
    },
    "https://tarn.s3.cn-north-1.amazonaws.com.cn/k": {"bucket": "tarn", "key": "k", "region": "cn-north-1"},
    "https://tarn.s3-accelerate.amazonaws.com/k": {"bucket": "tarn", "key": "k"},
    "http://tarn.s3-website-us-east-1.amazonaws.com/k": {"bucket": "tarn", "key": "k", "region": "us-east-1"},
    "https://pier-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/k": {
        "resource": f"{POINT}/object/k",
        "key": "k",
        "region": "eu-west-1",
    },
    "https://tarn.bucket.vpce-0a1b2c3d-x1y2.s3.us-east-1.vpce.amazonaws.com/k": {
        "bucket": "tarn",
        "key": "k",
        "region": "us-east-1",
        "context": {"aws:SourceVpce": "vpce-0a1b2c3d"},
    },
    "https://s3.amazonaws.com/": {},
    "https://example.com/tarn/a": None,
    "https://tarn.s3.amazonaws.com.evil.example/a": None,
    "https://[oops/": None,
}


@pytest.mark.parametrize("url", URLS)
def test_an_address_leads_to_a_bucket_and_a_key(url: str) -> None:
    place = place_of_url(url)
    assert (None if place is None else place.told) == URLS[url]


URIS: Final[dict[str, dict[str, Any] | None]] = {
    "s3://tarn/a/b": {"bucket": "tarn", "key": "a/b"},
    "s3a://tarn": {"bucket": "tarn"},
    "s3n://id@tarn/k": {"bucket": "tarn", "key": "k"},
    f"s3://{POINT}/k": {"resource": f"{POINT}/object/k", "key": "k"},
    "s3:///k": None,
}


@pytest.mark.parametrize("uri", URIS)
def test_a_uri_leads_to_a_bucket_and_a_key(uri: str) -> None:
    place = place_of_uri(uri)
    assert (None if place is None else place.told) == URIS[uri]


ROUTES: Final[tuple[tuple[str, str | None, dict[str, str], str | None], ...]] = (
    ("GET", "k", {}, "GetObject"),
    ("GET", None, {}, "ListObjects"),
    ("GET", None, {"list-type": "2"}, "ListObjectsV2"),
    ("GET", None, {"versions": ""}, "ListObjectVersions"),
    ("GET", "k", {"acl": ""}, "GetObjectAcl"),
    ("GET", None, {"acl": ""}, "GetBucketAcl"),
    ("PUT", None, {"policy": ""}, "PutBucketPolicy"),
    ("PUT", None, {}, "CreateBucket"),
    ("PUT", "k", {"partNumber": "1", "uploadId": "u"}, "UploadPart"),
    ("POST", "k", {"uploads": ""}, "CreateMultipartUpload"),
    ("POST", "k", {"uploadId": "u"}, "CompleteMultipartUpload"),
    ("DELETE", "k", {"uploadId": "u"}, "AbortMultipartUpload"),
    ("POST", None, {"delete": ""}, "DeleteObjects"),
    ("HEAD", None, {}, "HeadBucket"),
    ("GET", None, {"inventory": "", "id": "1"}, "GetBucketInventoryConfiguration"),
    ("GET", None, {"inventory": ""}, "ListBucketInventoryConfigurations"),
    ("GET", None, {"lifecycle": ""}, "GetBucketLifecycleConfiguration"),
    ("DELETE", None, {"lifecycle": ""}, "DeleteBucketLifecycle"),
    ("GET", "k", {"x-id": "GetObject"}, "GetObject"),
    ("PATCH", "k", {}, None),
)


@pytest.mark.parametrize(("method", "key", "query", "operation"), ROUTES)
def test_a_request_is_a_call(method: str, key: str | None, query: dict[str, str], operation: str | None) -> None:
    found = operation_at(method, "tarn", key, query)
    alike = {"DeleteBucketLifecycle", "DeleteBucketLifecycleConfiguration"}
    assert found == operation or {found, operation} == alike
    assert found is None or found in OPERATIONS


LOGGED: Final = {
    ("REST.GET.OBJECT", "k"): "GetObject",
    ("REST.GET.ACL", None): "GetBucketAcl",
    ("REST.GET.ACL", "k"): "GetObjectAcl",
    ("REST.COPY.OBJECT", "k"): "CopyObject",
    ("REST.COPY.OBJECT_GET", "k"): "GetObject",
    ("REST.PUT.PART", "k"): "UploadPart",
    ("REST.PUT.BUCKET", None): "CreateBucket",
    ("REST.GET.LOGGING_STATUS", None): "GetBucketLogging",
    ("REST.DELETE.OBJECT_TAGGING", "k"): "DeleteObjectTagging",
    ("S3.EXPIRE.OBJECT", "k"): None,
    ("REST", None): None,
}


@pytest.mark.parametrize(("name", "key"), LOGGED)
def test_the_names_in_an_access_log_are_calls(name: str, key: str | None) -> None:
    assert operation_logged(name, "tarn", key, {}) == LOGGED[name, key]


NAMES: Final = {
    "get_object": "GetObject",
    "put-bucket-policy": "PutBucketPolicy",
    "GetObjectAsync": "GetObject",
    "HeadObjectCommand": "HeadObject",
    "getObjectMetadata": "HeadObject",
    "setBucketPolicy": "PutBucketPolicy",
    "ListObjectsV2Error": "ListObjectsV2",
    "listObjectsV2Paginator": "ListObjectsV2",
    "initiateMultipartUpload": "CreateMultipartUpload",
    "execute": None,
    "": None,
    "x" * 500: None,
}


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:30])
def test_what_clients_call_a_call(name: str) -> None:
    assert operation_of(name) == NAMES[name]


def test_an_operation_is_told_by_an_action_only_if_no_other_needs_it() -> None:
    assert only_operation_of("s3:PutBucketPolicy") == "PutBucketPolicy"
    assert only_operation_of("s3:GetObject") is None
    assert only_operation_of("s3:CopyObject") == "CopyObject"
    assert only_operation_of("kms:Decrypt") is None


MOMENTS: Final = {
    "2026-11-20T10:00:00Z": "2026-11-20T10:00:00Z",
    "20261120T100000Z": "2026-11-20T10:00:00Z",
    "2026-11-20T11:00:00+01:00": "2026-11-20T10:00:00Z",
    "Fri, 20 Nov 2026 10:00:00 GMT": "2026-11-20T10:00:00Z",
    "20/Nov/2026:10:00:00 +0000": "2026-11-20T10:00:00Z",
    "yesterday": None,
    "": None,
    "9" * 60: None,
}


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_is_told_in_one_form(text: str) -> None:
    assert moment(text) == MOMENTS[text]


def test_a_sentence_of_s3_tells_its_code() -> None:
    assert code_of("The AWS Access Key Id you provided does not exist in our records.") == "InvalidAccessKeyId"
    assert code_of("Please try again") is None


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("CreateJob", {"RoleArn": ROLE}),
        ("CreateAccessGrantsLocation", {"IAMRoleArn": ROLE}),
        ("PutBucketReplication", {"ReplicationConfiguration": {"Role": ROLE}}),
        ("PutObject", {}),
    ],
)
def test_a_role_that_may_not_be_passed_is_what_the_call_sent(operation: str, parameters: dict[str, Any]) -> None:
    sentence = (
        f"User: arn:aws:iam::121212121212:user/ana is not authorized to perform: iam:PassRole on resource: {ROLE}"
    )
    found = read(f"An error occurred (AccessDenied) when calling the {operation} operation: {sentence}")
    assert (found.action, found.foreign, dict(found.parameters)) == ("iam:PassRole", ROLE, parameters)
