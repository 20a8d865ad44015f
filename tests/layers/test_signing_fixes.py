"""What makes a call good before any policy: new URLs, the right Region, the right owner."""

from typing import Any, Final

import pytest

from tests.layers.fixing import proposed
from tests.layers.tables import AWAY, BUCKET, HOME, OBJECT, SESSION, USER, allow, policy
from tests.layers.trying import Tried, body, faults, parameters, tried
from why403.domain.fix import Applicability
from why403.domain.presigned import LONGEST_EXPIRY, Presigned
from why403.domain.request import Call
from why403.domain.shapes import moment
from why403.testing import a_request

SIGNED, SOON, LATE = "2026-03-01T08:00:00Z", "2026-03-01T08:05:00Z", "2026-03-02T08:00:00Z"
URL: Final[dict[str, Any]] = {"signed_at": SIGNED, "expires": 900, "method": "GET", "headers": ["host"]}
PUT: Final = {**URL, "method": "PUT"}
WEEK: Final = {**URL, "expires": LONGEST_EXPIRY}
FACTS: Final = {"bucket.owner": HOME, "bucket.region": "eu-west-1", "principal.policies": [policy(allow("s3:*"))]}

URLS: Final[dict[str, tuple[dict[str, Any], str, dict[str, Any]]]] = {
    "an expired URL is signed anew, for as long": (
        {"presigned": URL, "time": LATE},
        "sign a new URL, when it is needed or for long enough",
        {"expires": 900, "method": "GET"},
    ),
    "an expired URL of the old signature becomes one of the new": (
        {"presigned": {"expires_at": SIGNED, "method": "GET"}, "time": LATE},
        "sign a new URL, when it is needed or for long enough",
        {"expires": 3600, "method": "GET"},
    ),
    "a URL for longer than there is becomes one of an hour": (
        {"presigned": {**URL, "expires": LONGEST_EXPIRY + 1}, "time": SOON},
        "sign the URL for at most 604800 seconds (seven days)",
        {"expires": 3600},
    ),
    "a URL for no time at all becomes one of an hour": (
        {"presigned": {**URL, "expires": 0}, "time": SOON},
        "sign a new URL, when it is needed or for long enough",
        {"expires": 3600},
    ),
    "a switch that is off is no header": (
        {
            "presigned": {**URL, "method": "DELETE"},
            "time": LATE,
            "operation": "DeleteObject",
            "parameters": {"VersionId": "v7", "BypassGovernanceRetention": False},
        },
        "sign a new URL, when it is needed or for long enough",
        {"headers": ["host"], "method": "DELETE"},
    ),
    "a clock that is ahead": (
        {"presigned": {**URL, "signed_at": "2026-03-01T09:00:00Z"}, "time": SOON},
        "set the clock of the host that signs, and sign the URL anew",
        {"expires": 900},
    ),
    "the method that is used": (
        {"presigned": PUT, "time": SOON},
        "sign the URL for the method that the call uses",
        {"method": "GET"},
    ),
    "a header that is sent and not signed": (
        {
            "presigned": PUT,
            "time": SOON,
            "operation": "PutObject",
            "parameters": {"StorageClass": "STANDARD_IA", "Tagging": None},
        },
        "sign the URL for every x-amz- header that is sent, or send them not",
        {"headers": ["host", "x-amz-storage-class"], "method": "PUT"},
    ),
    "a header that is signed and not sent": (
        {
            "presigned": {**PUT, "headers": ["host", "x-amz-acl", "content-type"]},
            "time": SOON,
            "operation": "PutObject",
            "parameters": {"ACL": None},
        },
        "send every header that is signed, or sign the URL for those that are sent",
        {"headers": ["content-type", "host"], "method": "PUT"},
    ),
    "a session that ended before its URL": (
        {"presigned": WEEK, "time": LATE, "principal": SESSION},
        "sign a new URL with credentials that live for as long as it is needed",
        {"expires": LONGEST_EXPIRY},
    ),
    "a session that is told when it began": (
        {
            "presigned": {**WEEK, "signed_at": LATE},
            "time": LATE,
            "principal": SESSION,
            "context": {"aws:tokenIssueTime": SIGNED, "aws:RequestedRegion": "eu-west-1"},
        },
        "sign a new URL with credentials that live for as long as it is needed",
        {"expires": LONGEST_EXPIRY},
    ),
}


def at(**members: Any) -> list[Tried]:
    """Return what is proposed for a call."""
    request = {
        "principal": USER,
        "operation": "GetObject",
        "resource": OBJECT,
        "evidence": FACTS,
        "evidence_is_complete": True,
        **members,
    }
    return list(tried(body(request), "authentication"))


@pytest.mark.parametrize("name", URLS)
def test_a_url_is_signed_anew_when_it_is_used(name: str) -> None:
    members, summary, new = URLS[name]
    each = at(**members)[0]
    assert list(faults(each)) == []
    assert each.fix.summary == summary
    assert (each.fix.who, each.fix.applicability) == ("whoever signs the URL", Applicability.MANUAL)
    signed = each.fix.request["presigned"]
    assert {held: signed[held] for held in new} == new
    assert moment(signed["signed_at"]) == moment(members["time"])
    assert not [other for other in each.decided.blockers if other.blamed.layer.name == "authentication"]


def test_a_url_with_several_faults_is_signed_once() -> None:
    found = at(presigned={**PUT, "expires": LONGEST_EXPIRY + 1}, time=LATE)
    assert len(found) > 1
    assert {str(each.fix.request) for each in found} == {str(found[0].fix.request)}


def test_a_url_whose_use_nobody_dates_is_signed_anew_all_the_same() -> None:
    (each,) = [each for each in at(presigned=PUT) if "method" in each.fix.summary]
    assert each.fix.request["presigned"]["method"] == "GET"


def test_a_download_is_signed_by_a_command() -> None:
    (each,) = at(presigned=URL, time=LATE)
    assert each.fix.steps == ("aws s3 presign s3://reports/q3.csv --expires-in 900",)


def test_a_download_of_a_version_is_signed_in_code() -> None:
    (each,) = at(presigned=URL, time=LATE, parameters={"VersionId": "v7"})
    (step,) = each.fix.steps
    assert step.startswith('boto3.client("s3").generate_presigned_url("get_object", ')
    assert "ExpiresIn=900" in step


def test_a_url_of_a_call_without_any_time_keeps_the_time_it_was_signed_at() -> None:
    url = Presigned(signed_at=moment(SIGNED), expires=900, method="PUT", headers=frozenset({"host"}))
    (fix,) = proposed("authentication", a_request(call=Call(operation="GetObject", presigned=url)))
    assert set(fix.request) == {"presigned"}
    assert fix.request["presigned"] == {
        "signed_at": moment(SIGNED).isoformat(),
        "expires": 900,
        "method": "GET",
        "headers": ["host"],
    }


def test_an_upload_is_signed_in_code_with_what_it_sends() -> None:
    (each,) = at(presigned=PUT, time=LATE, operation="PutObject", parameters={"StorageClass": None})
    assert each.fix.steps[0].startswith('boto3.client("s3").generate_presigned_url("put_object", ')


def test_the_keys_of_the_context_that_do_not_change_stay() -> None:
    each = at(**URLS["a session that is told when it began"][0])[0]
    context = each.decided.legs[0].ruled.request.context
    assert context["aws:requestedregion"] == ("eu-west-1",)
    assert context["aws:tokenissuetime"] == (moment(LATE).isoformat(),)


def test_the_call_goes_where_the_bucket_is() -> None:
    (each,) = at(context={"aws:requestedregion": "us-east-1", "aws:SourceIp": "192.0.2.1"})
    assert list(faults(each)) == []
    assert each.fix.request == {"context": {"aws:RequestedRegion": "eu-west-1"}}
    assert each.fix.who == "the caller"
    assert each.decided.legs[0].ruled.request.context["aws:sourceip"] == ("192.0.2.1",)
    assert "aws account enable-region --region-name eu-west-1" in each.fix.steps[-1]


@pytest.mark.parametrize(("expected", "owner"), [(AWAY, HOME), ("somebody", HOME)])
def test_the_expected_owner_is_corrected_and_never_dropped(expected: str, owner: str) -> None:
    (each,) = at(parameters={"ExpectedBucketOwner": expected})
    assert list(faults(each)) == []
    assert each.fix.call == {"ExpectedBucketOwner": owner}
    assert owner in each.fix.summary
    assert parameters(each.fix.steps[1]) == {"Bucket": "reports"}


def test_the_expected_owner_of_a_copy_s_source_is_its_own() -> None:
    sent = {"CopySource": "old/k", "ExpectedSourceBucketOwner": HOME}
    facts = {**FACTS, "source.bucket.owner": AWAY}
    (each,) = at(operation="CopyObject", parameters=sent, evidence=facts)
    assert each.fix.call == {"ExpectedSourceBucketOwner": AWAY}
    assert not each.stands


def test_an_owner_that_nobody_knows_is_left_to_be_found() -> None:
    facts = {"principal.policies": FACTS["principal.policies"], "bucket.owner": {"unknown": True}}
    (each,) = at(
        parameters={"ExpectedBucketOwner": "somebody"}, evidence=facts, resource=BUCKET, operation="HeadBucket"
    )
    assert each.fix.call == {}
    assert each.step.by_hand
    assert list(faults(each)) == []


@pytest.mark.parametrize(
    "members",
    [
        {"presigned": {"method": "GET"}},
        {"presigned": URL, "time": SOON},
        {"context": {"aws:RequestedRegion": "eu-west-1"}},
        {"parameters": {"ExpectedBucketOwner": HOME}},
    ],
    ids=["undated", "good", "at home", "the owner's"],
)
def test_nothing_is_proposed_where_nothing_fails(members: dict[str, Any]) -> None:
    assert at(**members) == []
