"""Presigned URLs, Regions and expected owners in reports: what S3 answered is of the past, and of the right Region."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from tests.cases import services
from why403.usecases.diagnose import diagnose

from .asking import ACCOUNT, GET, OTHER_ACCOUNT, PUT, ROLE, USER, allow, cause_of, document, layers, refused

NOW: Final = datetime(2026, 3, 1, 9, tzinfo=UTC)
ALLOWED: Final[dict[str, Any]] = {"principal.policies": [document(allow("*", "*"))], "bucket.owner": ACCOUNT}
MINE: Final = {**GET, "principal": USER}


def asked(error: str | None = None, *, request: dict[str, Any], evidence: dict[str, Any]) -> dict[str, Any]:
    """Return a diagnosis on complete evidence, at nine o'clock."""
    body = {"request": request, "evidence": {**ALLOWED, **evidence}, "evidence_is_complete": True}
    return diagnose(replace(services(), now=lambda: NOW), {**({"error": error} if error else {}), **body})


def url(expires: int, signed: str = "20260301T080000Z", key: str = "AKIAQQQQWWWWEEEERRRR", more: str = "") -> str:
    return (
        "https://held-demo.s3.eu-west-1.amazonaws.com/a/b.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&x-id=GetObject"
        f"&X-Amz-Credential={key}%2F20260301%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date={signed}"
        f"&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host{more}&X-Amz-Signature={'ab' * 32}"
    )


def test_a_url_that_had_time_left_until_now_had_not_expired() -> None:
    found = asked(f"403 for {url(7200)}\n{refused('GetObject')}", request=MINE, evidence={})
    assert (found["decision"], found["certainty"]) == ("allowed", "contradicted")


def test_a_url_that_has_expired_by_now_may_have_been_good_when_it_was_used() -> None:
    found = asked(f"403 for {url(900)}\n{refused('GetObject')}", request=MINE, evidence={})
    assert found["decision"] == "unknown"
    assert [doubt["because"] for doubt in found["doubts"]] == [
        "the presigned URL has expired by now, and it is not known when it was used"
    ]
    assert layers(found)[0] == "authentication"


@pytest.mark.parametrize(
    ("time", "decision"), [("2026-03-01T08:05:00Z", "allowed"), ("2026-03-01T08:20:00Z", "denied")]
)
def test_where_the_time_is_known_the_url_is_judged_at_that_time(time: str, decision: str) -> None:
    found = asked(f"403 for {url(900)}\n{refused('GetObject')}", request={**MINE, "time": time}, evidence={})
    assert found["decision"] == decision
    if decision == "denied":
        assert (found["layer"], found["kind"], found["status"]) == ("authentication", "requirement", 403)
        assert found["causes"][0]["likelihood"] == "certain"


def test_who_describes_a_request_asks_about_now() -> None:
    presigned = {"signed_at": "2026-03-01T08:00:00Z", "expires": 900, "method": "GET", "headers": ["host"]}
    found = asked(request={**MINE, "presigned": presigned}, evidence={})
    assert (found["decision"], found["layer"], found["certainty"]) == ("denied", "authentication", "proven")


def test_what_stands_in_the_url_is_signed() -> None:
    text = f"403 for {url(7200, more='&x-amz-storage-class=STANDARD_IA').replace('x-id=GetObject', 'x-id=PutObject')}"
    found = asked(f"{text}\n{refused('PutObject')}", request={**PUT, "principal": USER}, evidence={})
    assert found["decision"] != "denied"
    assert "authentication" not in {doubt["layer"] for doubt in found["doubts"]}


def test_a_temporary_key_in_a_url_ends() -> None:
    text = f"403 for {url(604800, signed='20260227T080000Z', key='ASIAQQQQWWWWEEEERRRR')}\n{refused('GetObject')}"
    found = asked(text, request={**MINE, "time": "2026-03-01T08:20:00Z"}, evidence={})
    assert (found["layer"], found["status"], found["code"]) == ("authentication", 400, "ExpiredToken")


COMMAND: Final = (
    f"$ aws s3api get-object --region us-east-1 --bucket held-demo --key a/b.csv out\n{refused('GetObject')}"
)


def test_a_client_follows_to_the_bucket_s_region() -> None:
    found = asked(COMMAND, request=MINE, evidence={"bucket.region": "eu-west-1"})
    assert (found["decision"], found["certainty"]) == ("allowed", "contradicted")


def test_but_what_is_hinted_counts() -> None:
    request = {**MINE, "context": {"aws:requestedregion": "us-east-1"}}
    found = asked(COMMAND, request=request, evidence={"bucket.region": "eu-west-1"})
    assert (found["decision"], found["layer"], found["status"]) == ("denied", "authentication", 301)


def test_an_expected_owner_that_is_not_the_owner_is_certain() -> None:
    command = COMMAND.replace(" out", f" --expected-bucket-owner {OTHER_ACCOUNT} out")
    found = asked(command, request=MINE, evidence={})
    assert (found["decision"], found["layer"], found["status"]) == ("denied", "authentication", 403)
    assert cause_of(found, "authentication")["likelihood"] == "certain"


SIGNED: Final = {"signed_at": "2026-03-01T08:00:00Z", "expires": 7200, "method": "GET", "headers": ["host"]}
MENDED: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "it has expired": ({"presigned": {**SIGNED, "expires": 900}}, "sign a new URL"),
    "it is for too long": ({"presigned": {**SIGNED, "expires": 10**6}}, "604800 seconds"),
    "a clock is ahead": ({"presigned": {**SIGNED, "signed_at": "2026-03-01T12:00:00Z"}}, "NTP"),
    "another method": ({"presigned": {**SIGNED, "method": "PUT"}}, "exactly the method and headers"),
    "a header that is not signed": (
        {"presigned": SIGNED, "parameters": {"ExpectedBucketOwner": ACCOUNT}},
        "exactly the method and headers",
    ),
    "credentials that ended": (
        {"presigned": {**SIGNED, "expires": 604_800}, "time": "2026-03-02T08:00:00Z", "principal": ROLE},
        "credentials that live as long",
    ),
    "another owner": ({"parameters": {"ExpectedBucketOwner": OTHER_ACCOUNT}}, "correct the account id"),
    "no owner at all": ({"parameters": {"ExpectedBucketOwner": "me"}}, "correct the account id"),
    "another Region": ({"context": {"aws:RequestedRegion": "us-east-1"}}, "the bucket's Region"),
}


@pytest.mark.parametrize(("members", "fix"), MENDED.values(), ids=MENDED)
def test_what_is_wrong_has_a_check_and_a_fix_of_its_own(members: dict[str, Any], fix: str) -> None:
    found = asked(request={**MINE, **members}, evidence={"bucket.region": "eu-west-1"})
    first = found["causes"][0]
    assert (first["layer"], first["kind"], first["likelihood"]) == ("authentication", "requirement", "certain")
    assert fix in first["fix"]["summary"]
    assert first["because"] == found["blockers"][0]["because"]


def test_the_check_of_an_expected_owner_is_not_simply_to_be_dropped() -> None:
    found = asked(request={**MINE, "parameters": {"ExpectedBucketOwner": OTHER_ACCOUNT}}, evidence={})
    assert "to drop the check would hide" in found["causes"][0]["fix"]["summary"]


def test_an_expected_owner_of_a_bucket_whose_owner_nobody_knows_is_a_cause_among_others() -> None:
    request = {**MINE, "parameters": {"ExpectedBucketOwner": OTHER_ACCOUNT}}
    found = diagnose(services(), {"error": refused("GetObject"), "request": request, "evidence": {}})
    assert found["decision"] == "unknown"
    assert "authentication" in layers(found)


READ_AS: Final = "<StringToSign>{}</StringToSign>"
MISMATCH: Final = (
    "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature does not match</Message>{}</Error>"
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            MISMATCH.format(READ_AS.format("PUT\n\nmultipart/form-data\n1427992617\n/b/k")),
            "a PUT with content-type multipart/form-data",
        ),
        (
            MISMATCH.format(READ_AS.format("GET 1459295457 /b/k")) + "\n'x-amz-acl': 'public-read'",
            "a GET, where a call that sends an ACL is a PUT",
        ),
        (
            url(900).replace("x-id=GetObject", "x-id=PutObject") + MISMATCH.format(READ_AS.format("GET\n\n\n1\n/b/k")),
            "a GET, where",
        ),
    ],
)
def test_a_signature_that_does_not_fit_is_first_compared_with_what_s3_read(text: str, says: str) -> None:
    first = diagnose(services(), {"error": text})["causes"][0]
    assert says in first["because"]
    assert first["fix"]["summary"].startswith("compare method, path and headers, content-type above all")
    assert "X-Amz-SignedHeaders" in first["check"]["command"]


def test_one_that_is_in_a_header_is_compared_with_what_the_client_signs() -> None:
    canonical = "<CanonicalRequest>PUT\n/k\n\ncontent-type:text/csv\nhost:b</CanonicalRequest>"
    first = diagnose(services(), {"error": MISMATCH.format(canonical)})["causes"][0]
    assert first["because"].endswith("a PUT with content-type text/csv")
    assert first["fix"]["summary"].startswith("compare method, path, query and headers")
    assert "--debug" in first["check"]["command"]


def test_one_of_which_nothing_is_told_may_be_the_key_s() -> None:
    first = diagnose(services(), {"error": refused("GetObject", "SignatureDoesNotMatch", "x")})["causes"][0]
    assert first["fix"]["summary"].startswith("enter the secret key again")


def test_headers_that_are_not_signed_are_named() -> None:
    message = "There were headers present in the request which were not signed"
    text = f"<Error><Code>AccessDenied</Code><Message>{message}</Message><HeadersNotSigned>x-amz-acl</HeadersNotSigned>"
    first = diagnose(services(), {"error": text})["causes"][0]
    assert first["because"].endswith(": x-amz-acl")
    assert "X-Amz-SignedHeaders" in first["check"]["command"]
