"""Codes that come as 403 or are taken for it; AWS: "Error responses" (Amazon S3 API Reference)."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from why403.causes.failures import FAILURES
from why403.report.message import _SPECIAL

from .asking import BUCKET, GET, USER, asked, layers, refused

Wrapped: TypeAlias = Callable[[str, str, int], str]

# Code, status, layer; those about access (AccessDenied and its kin) are tested below.
ANSWERED = [
    ("AccountProblem", 403, "authentication"),
    ("AllAccessDisabled", 403, "authentication"),
    ("InvalidPayer", 403, "authentication"),
    ("InvalidAccessKeyId", 403, "authentication"),
    ("SignatureDoesNotMatch", 403, "authentication"),
    ("RequestTimeTooSkewed", 403, "authentication"),
    ("InvalidSecurity", 403, "authentication"),
    ("MissingAuthenticationToken", 403, "authentication"),
    ("NotSignedUp", 403, "authentication"),
    ("InvalidObjectState", 403, "object_state"),
    ("ObjectNotInActiveTierError", 403, "object_state"),
    ("ObjectAlreadyInActiveTierError", 403, "object_state"),
    ("CrossLocationLoggingProhibited", 403, "authentication"),
    ("InvalidRegion", 403, "authentication"),
    ("UnauthorizedAccessError", 403, "authentication"),
    ("UnexpectedIPError", 403, "authentication"),
    ("AccountNotAuthorized", 403, "ownership"),
    ("AWSOrganizationsNotInUseException", 403, "authentication"),
    ("DefaultConfigurationDeleteForbidden", 403, "object_state"),
    ("OrganizationAccessDenied", 403, "ownership"),
    ("OrgConfigurationNotSupported", 403, "authentication"),
    ("ServiceNotEnabledForOrg", 403, "authentication"),
    ("ExpiredToken", 400, "authentication"),
    ("InvalidToken", 400, "authentication"),
    ("TokenRefreshRequired", 400, "authentication"),
    ("AuthorizationHeaderMalformed", 400, "authentication"),
    ("AuthorizationQueryParametersError", 400, "authentication"),
    ("InvalidSignature", 400, "authentication"),
    ("UnsupportedSignature", 400, "authentication"),
    ("InvalidRequest", 400, "authentication"),
    ("PermanentRedirect", 301, "authentication"),
    ("TemporaryRedirect", 307, "authentication"),
    ("Redirect", 307, "authentication"),
    ("IllegalLocationConstraintException", 400, "authentication"),
    ("IncorrectEndpoint", 400, "authentication"),
    ("NoSuchBucket", 404, "object_state"),
    ("NoSuchKey", 404, "object_state"),
    ("NoSuchVersion", 404, "object_state"),
    ("MethodNotAllowed", 405, "ownership"),
    ("AccessControlListNotSupported", 400, "ownership"),
    ("InvalidBucketAclWithObjectOwnership", 400, "ownership"),
    ("MalformedPolicy", 400, "bucket_policy"),
    ("KMS.DisabledException", 400, "kms"),
    ("KMS.KMSInvalidStateException", 400, "kms"),
    ("KMS.NotFoundException", 400, "kms"),
    ("KMS.InvalidKeyUsageException", 400, "kms"),
    ("PreconditionFailed", 412, "object_state"),
    ("SlowDown", 503, "authentication"),
    ("TagPolicyException", 400, "authentication"),
    ("InvalidBucketOwnerAWSAccountID", 400, "authentication"),
]
ABOUT_ACCESS = [
    "AccessDenied",
    "AccessDeniedException",
    "ForbiddenException",
    "LambdaPermissionError",
    "StsNotAuthorizedError",
]
# Sentences that S3 sends with a code: the SDK for Java 2 shows the sentence alone.
SENTENCES = [
    ("The AWS Access Key Id you provided does not exist in our records.", "InvalidAccessKeyId"),
    (
        (
            "The request signature we calculated does not match the signature you provided. Check your key and signing "
            "method."
        ),
        "SignatureDoesNotMatch",
    ),
    ("The difference between the request time and the current time is too large.", "RequestTimeTooSkewed"),
    ("The provided security credentials are not valid.", "InvalidSecurity"),
    ("Your account is not signed up for the Amazon S3 service.", "NotSignedUp"),
    ("There is a problem with your AWS account that prevents the operation from completing.", "AccountProblem"),
    ("All access to this object has been disabled.", "AllAccessDisabled"),
    ("The operation is not valid for the object's storage class", "InvalidObjectState"),
    ("The source object of the COPY operation is not in the active tier.", "ObjectNotInActiveTierError"),
    ("The provided token has expired.", "ExpiredToken"),
    ("The provided token is malformed or otherwise invalid.", "InvalidToken"),
    ("The provided token must be refreshed.", "TokenRefreshRequired"),
    (
        "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
        "AuthorizationHeaderMalformed",
    ),
    (
        (
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
            "604800 seconds"
        ),
        "AuthorizationQueryParametersError",
    ),
    (
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
        "InvalidRequest",
    ),
    (
        (
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all "
            "future requests to this endpoint."
        ),
        "PermanentRedirect",
    ),
    (
        "The eu-west-1 location constraint is incompatible for the region specific endpoint this request was sent to.",
        "IllegalLocationConstraintException",
    ),
    ("The specified bucket does not exist", "NoSuchBucket"),
    ("The specified key does not exist.", "NoSuchKey"),
    ("The specified version does not exist.", "NoSuchVersion"),
    ("The specified method is not allowed against this resource.", "MethodNotAllowed"),
    ("The bucket does not allow ACLs", "AccessControlListNotSupported"),
    (
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        "InvalidBucketAclWithObjectOwnership",
    ),
    ("At least one of the pre-conditions you specified did not hold", "PreconditionFailed"),
    ("Please reduce your request rate.", "SlowDown"),
    (
        "The value of the expected bucket owner parameter must be an AWS account ID.",
        "InvalidBucketOwnerAWSAccountID",
    ),
]

# A part of the message of an AccessDenied, and the layer that it is about; settings deny, all else is no policy.
SAID = [
    ("Request has expired", "authentication"),
    ("Request is not yet valid", "authentication"),
    ("AWS authentication requires a valid Date or x-amz-date header", "authentication"),
    ("There were headers present in the request which were not signed", "authentication"),
    (
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
        "authentication",
    ),
    ("Invalid according to Policy: Policy expired.", "authentication"),
    (
        "Invalid according to Policy: Policy Condition failed: ['starts-with', '$key', 'uploads/']",
        "authentication",
    ),
    ("Invalid according to Policy: Extra input fields: x-amz-tagging", "authentication"),
    ("Access Denied because object protected by object lock.", "object_state"),
    ("Mfa Authentication must be used for this request", "object_state"),
    (
        "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.",
        "object_state",
    ),
    (
        (
            f"User: {USER} is not authorized to perform: s3:GetObject because this bucket has blocked upload requests "
            "that specify Server Side Encryption with Customer provided keys (SSE-C). Please specify a different type"
        ),
        "object_state",
    ),
    (
        (
            f"User: {USER} is not authorized to perform: s3:GetObject on resource: {BUCKET}/a/b.csv because public "
            "ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access"
        ),
        "block_public_access",
    ),
    (
        (
            f"User: {USER} is not authorized to perform: s3:GetObject on resource: {BUCKET} because public policies "
            "are prevented by the BlockPublicPolicy setting in S3 Block Public Access"
        ),
        "block_public_access",
    ),
    *(
        (f"User: {USER} is not authorized to perform: s3:GetObject on {BUCKET} because {why}", "block_public_access")
        for why in (
            "public access control lists (ACLs) are blocked by the BlockPublicAcls block public access setting.",
            "public policies are blocked by the BlockPublicPolicy block public access setting.",
        )
    ),
    ("CORSResponse: CORS is not enabled for this bucket.", "authentication"),
]


def in_xml(code: str, message: str, _status: int) -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    tail = "<RequestId>7D8E9F0A1B2C3D4E</RequestId><HostId>abc=</HostId>"
    return f"{head}\n<Error><Code>{code}</Code><Message>{message}</Message>{tail}</Error>"


def of_cli(code: str, message: str, _status: int) -> str:
    return refused("GetObject", code, message)


def of_java(code: str, message: str, status: int) -> str:
    told = f"Service: Amazon S3; Status Code: {status}; Error Code: {code}; Request ID: 7D8E9F0A1B2C3D4E"
    return f"com.amazonaws.services.s3.model.AmazonS3Exception: {message} ({told}; S3 Extended Request ID: abc=)"


def of_java_2(_code: str, message: str, status: int) -> str:
    told = f"Service: S3, Status Code: {status}, Request ID: 7D8E9F0A1B2C3D4E, Extended Request ID: abc="
    return f"software.amazon.awssdk.services.s3.model.S3Exception: {message} ({told})"


in_wrappers = pytest.mark.parametrize("wrapped", [of_cli, in_xml, of_java], ids=["CLI", "XML", "Java"])


@in_wrappers
@pytest.mark.parametrize(("code", "status", "layer"), ANSWERED, ids=[code for code, *_ in ANSWERED])
def test_a_code_is_answered_as_what_it_is(code: str, status: int, layer: str, wrapped: Wrapped) -> None:
    found = asked(wrapped(code, "Something else", status), request=dict(GET))
    assert (found["decision"], found["kind"], found["certainty"]) == ("denied", "requirement", "proven")
    assert (found["layer"], found["status"], found["code"]) == (layer, status, code)
    assert [each["layer"] for each in found["blockers"]] == [layer]
    assert layers(found) == [layer]
    (cause,) = found["causes"]
    assert cause["likelihood"] == "certain"
    assert cause["check"]["what"].strip()
    assert cause["check"]["command"].strip()
    assert cause["fix"]["summary"].strip()


@in_wrappers
@pytest.mark.parametrize("code", ABOUT_ACCESS)
def test_a_code_about_access_decides_nothing(code: str, wrapped: Wrapped) -> None:
    found = asked(wrapped(code, "Access Denied", 403), request=dict(GET))
    assert (found["decision"], found["kind"], found["certainty"]) == ("unknown", None, "suspected")
    assert len(found["causes"]) > 1


@pytest.mark.parametrize("wrapped", [of_cli, in_xml, of_java, of_java_2], ids=["CLI", "XML", "Java", "Java 2"])
@pytest.mark.parametrize(("message", "layer"), SAID, ids=[message[-40:] for message, _ in SAID])
def test_a_sentence_that_no_policy_produced_is_answered(message: str, layer: str, wrapped: Wrapped) -> None:
    found = asked(wrapped("AccessDenied", message, 403), request=dict(GET))
    kind = "explicit" if layer == "block_public_access" else "requirement"
    assert (found["decision"], found["kind"], found["certainty"]) == ("denied", kind, "proven")
    assert (found["layer"], found["status"]) == (layer, 403)
    assert layers(found) == [layer]


@pytest.mark.parametrize(("sentence", "code"), SENTENCES, ids=[code for _, code in SENTENCES])
def test_a_sentence_without_its_code_is_as_good(sentence: str, code: str) -> None:
    status, layer = next((status, layer) for name, status, layer in ANSWERED if name == code)
    found = asked(of_java_2(code, sentence, status), request=dict(GET))
    assert (found["decision"], found["layer"], found["status"], found["code"]) == ("denied", layer, status, code)


ALONE = [
    ("Request has expired", "authentication", 403),
    ("CORSResponse: CORS is not enabled for this bucket.", "authentication", 403),
    ("The provided token has expired.", "authentication", 400),
    ("There were headers present in the request which were not signed", "authentication", 403),
    ("The specified key does not exist.", "object_state", 404),
]


@pytest.mark.parametrize(("sentence", "layer", "status"), ALONE)
def test_a_sentence_alone_is_one_of_s3_s(sentence: str, layer: str, status: int) -> None:
    found = asked(f"the browser shows\n  {sentence}\nand nothing else", request=dict(GET))
    assert (found["decision"], found["layer"], found["status"]) == ("denied", layer, status)


@pytest.mark.parametrize("told", ["Request has expired?", "I think the request has expired", "has request has expired"])
def test_what_a_person_wonders_about_is_none(told: str) -> None:
    assert asked(told, request=dict(GET))["decision"] == "unknown"


def test_a_browser_that_asks_beforehand_is_refused_by_no_policy() -> None:
    sentence = "CORSResponse: This CORS request is not allowed."
    found = asked(in_xml("AccessForbidden", sentence, 403), request=dict(GET))
    assert "CORS" in found["causes"][0]["fix"]["summary"]
    assert found["status"] == 403


def test_cloudfront_s_own_refusal_is_not_s3_s() -> None:
    answer = "HTTP/1.1 403 Forbidden\nServer: CloudFront\nX-Cache: Error from cloudfront\nX-Amz-Cf-Id: abc==\n\nx"
    found = asked(answer, request=dict(GET))
    assert "CloudFront itself" in found["causes"][0]["because"]
    passed_on = answer.replace("Server: CloudFront", "Server: AmazonS3\nx-amz-request-id: 7D8E9F0A1B2C3D4E")
    assert "CloudFront itself" not in str(asked(passed_on, request=dict(GET))["causes"])


def test_a_function_that_may_not_be_invoked_is_a_permission_that_is_missing() -> None:
    cause = asked(refused("GetObject", "LambdaPermissionError", "no"), request=dict(GET))["causes"][0]
    assert (cause["layer"], cause["missing_action"]) == ("identity", "lambda:InvokeFunction")


@pytest.mark.parametrize(
    "special", [each for each in _SPECIAL if each.kind == "requirement"], ids=lambda each: each.words
)
def test_what_the_reader_takes_for_a_requirement_is_answered(special: object) -> None:
    words = special.words  # type: ignore[attr-defined]
    found = asked(refused("PutObject", message=f"Access Denied because {words} keys"), request=dict(GET))
    assert found["certainty"] == "proven"
    assert found["causes"][0]["layer"] == found["layer"]


def test_a_code_outweighs_what_the_policies_would_say() -> None:
    nothing_allows: dict[str, Any] = {"principal.policies": [], "bucket.policy": None, "bucket.owner": "111122223333"}
    request = {**GET, "principal": "arn:aws:iam::111122223333:user/u"}
    body: dict[str, Any] = {"request": request, "evidence": nothing_allows, "evidence_is_complete": True}
    assert asked(**body)["layer"] == "identity"
    found = asked(refused("GetObject", "ExpiredToken"), **body)
    assert (found["layer"], found["status"]) == ("authentication", 400)


def test_a_clock_that_is_off_is_not_a_url_that_is_too_old() -> None:
    clock = asked(refused("GetObject", "RequestTimeTooSkewed"))["causes"][0]
    old = asked("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")["causes"][0]
    assert "NTP" in clock["fix"]["summary"]
    assert "new URL" not in clock["fix"]["summary"]
    assert "new URL" in old["fix"]["summary"]
    assert "NTP" not in old["fix"]["summary"]


SKEWED = (
    "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the request time and the current time is "
    "too large.</Message><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>"
    "<RequestTime>{}</RequestTime><ServerTime>{}</ServerTime></Error>"
)


@pytest.mark.parametrize(
    ("asked_at", "answered_at", "told"),
    [
        ("Tue, 04 Mar 2014 19:47:51 GMT", "2014-03-04T20:03:05Z", "is 15m14s slow"),
        ("20140304T194751Z", "2014-03-04T22:47:51Z", "is 3h slow"),
        ("2014-03-04T20:03:05Z", "2014-03-04T19:47:51Z", "is 15m14s fast"),
        ("2014-03-06T23:03:05Z", "2014-03-04T19:47:51Z", "is 2d3h fast"),
    ],
)
def test_a_clock_is_told_by_how_much_it_is_off(asked_at: str, answered_at: str, told: str) -> None:
    found = asked(SKEWED.format(asked_at, answered_at))
    assert told in found["summary"]
    assert told in found["causes"][0]["because"]
    assert ("after it was signed" in found["summary"]) == ("slow" in told)


def test_a_clock_of_which_nothing_is_told_is_just_off() -> None:
    assert "more than 15 minutes off" in asked(refused("GetObject", "RequestTimeTooSkewed"))["summary"]


def test_how_late_a_url_was_used_is_told() -> None:
    body = "<Expires>2026-03-01T08:15:00Z</Expires><ServerTime>2026-03-01T09:00:30Z</ServerTime>"
    found = asked(f"<Error><Code>AccessDenied</Code><Message>Request has expired</Message>{body}</Error>")
    assert "45m30s before it was used" in found["summary"]


def test_the_right_region_is_told() -> None:
    message = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'"
    found = asked(refused("GetObject", "AuthorizationHeaderMalformed", message))
    assert "eu-west-1" in found["summary"]
    assert "eu-west-1" in found["causes"][0]["fix"]["summary"]


@pytest.mark.parametrize(("key", "temporary"), [("ASIAQQQQWWWWEEEERRRR", True), ("AKIAQQQQWWWWEEEERRRR", False)])
def test_a_key_tells_whether_it_is_temporary(key: str, temporary: bool) -> None:
    body = "<Message>The AWS Access Key Id you provided does not exist in our records.</Message>"
    found = asked(f"<Error><Code>InvalidAccessKeyId</Code>{body}<AWSAccessKeyId>{key}</AWSAccessKeyId></Error>")
    assert found["causes"][0]["because"].startswith("the key is a temporary one") == temporary
    assert key not in str(found)


def test_a_temporary_key_wants_its_token() -> None:
    cause = asked(refused("PutObject", "InvalidAccessKeyId"))["causes"][0]
    assert "ASIA" in cause["because"]
    assert "session token" in cause["fix"]["summary"]


@pytest.mark.parametrize(("code", "meaning"), FAILURES.items())
def test_a_call_that_nobody_refused_is_told_as_that(code: str, meaning: Any) -> None:
    found = asked(refused("PutObject", code, "as it is"), request={**GET, "operation": "PutObject", "principal": USER})
    first = found["causes"][0]
    assert (found["status"], found["code"], found["decision"]) == (meaning.status, code, "denied")
    assert (first["layer"], first["kind"], first["missing_action"]) == (meaning.layer, "requirement", None)
    assert "nobody refused the call" in first["because"]
    assert len(found["causes"]) == 1
    assert f"`{code}`" in found["explanation"]["markdown"]


@pytest.mark.parametrize(
    ("operation", "message", "layer", "fix"),
    [
        (
            "GetObject",
            "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
            "kms",
            "Signature Version 4",
        ),
        (
            "PutBucketNotificationConfiguration",
            "Unable to validate the following destination configurations",
            "authentication",
            "let s3.amazonaws.com in by the policy of the queue",
        ),
        (
            "UpdateDistribution",
            "The S3 bucket that you specified for CloudFront logs does not enable ACL access: lake.s3.amazonaws.com",
            "ownership",
            "BucketOwnerPreferred",
        ),
    ],
)
def test_an_argument_is_told_by_what_is_said_of_it(operation: str, message: str, layer: str, fix: str) -> None:
    first = asked(refused(operation, "InvalidArgument", message))["causes"][0]
    assert (first["layer"], first["likelihood"], fix in first["fix"]["summary"]) == (layer, "certain", True)
    assert "nobody refused" not in first["because"]


def test_that_a_text_may_tell_of_no_refusal_is_in_the_message() -> None:
    for text, note in (
        (refused("PutObject", "SomethingElse", "no"), "failed for a reason other than access"),
        ("it does not work", "no refusal of S3 was recognised"),
    ):
        assert note in asked(text)["explanation"]["markdown"]
    assert "The text:" not in asked(refused("PutObject"))["explanation"]["markdown"]
