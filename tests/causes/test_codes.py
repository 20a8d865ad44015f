"""Codes that come as 403 or are taken for it; AWS: "Error responses" (Amazon S3 API Reference)."""

from typing import Any

import pytest

from why403.report.message import _SPECIAL

from .asking import GET, asked, layers, refused

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
ABOUT_ACCESS = ["AccessDenied", "AccessDeniedException", "LambdaPermissionError", "StsNotAuthorizedError"]

# A part of the message of an AccessDenied, and the layer that it is about.
SAID = [
    ("Request has expired", "authentication"),
    ("There were headers present in the request which were not signed", "authentication"),
    (
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
        "authentication",
    ),
    ("Invalid according to Policy: Policy expired.", "authentication"),
    ("Invalid according to Policy: Extra input fields: x-amz-tagging", "authentication"),
    ("Access Denied because object protected by object lock.", "object_state"),
    ("Mfa Authentication must be used for this request", "object_state"),
    (
        "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.",
        "object_state",
    ),
]


@pytest.mark.parametrize(("code", "status", "layer"), ANSWERED, ids=[code for code, *_ in ANSWERED])
def test_a_code_is_answered_as_what_it_is(code: str, status: int, layer: str) -> None:
    found = asked(refused("GetObject", code, "Something else"), request=dict(GET))
    assert (found["decision"], found["kind"], found["certainty"]) == ("denied", "requirement", "proven")
    assert (found["layer"], found["status"], found["code"]) == (layer, status, code)
    assert [each["layer"] for each in found["blockers"]] == [layer]
    assert layers(found) == [layer]
    assert found["causes"][0]["likelihood"] == "certain"


@pytest.mark.parametrize("code", ABOUT_ACCESS)
def test_a_code_about_access_decides_nothing(code: str) -> None:
    found = asked(refused("GetObject", code), request=dict(GET))
    assert (found["decision"], found["kind"], found["certainty"]) == ("unknown", None, "suspected")
    assert len(found["causes"]) > 1


@pytest.mark.parametrize(("message", "layer"), SAID, ids=[message[:30] for message, _ in SAID])
@pytest.mark.parametrize("as_xml", [False, True])
def test_a_sentence_that_no_policy_produced_is_answered(message: str, layer: str, as_xml: bool) -> None:
    xml = f"<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>"
    found = asked(xml if as_xml else refused("GetObject", message=message), request=dict(GET))
    assert (found["decision"], found["kind"], found["certainty"]) == ("denied", "requirement", "proven")
    assert (found["layer"], found["status"], found["code"]) == (layer, 403, "AccessDenied")
    assert layers(found) == [layer]


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


def test_a_temporary_key_wants_its_token() -> None:
    cause = asked(refused("PutObject", "InvalidAccessKeyId"))["causes"][0]
    assert "ASIA" in cause["because"]
    assert "session token" in cause["fix"]["summary"]
