"""What is asked of the call itself: a good presigned URL, the bucket's Region, the expected owner."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from tests.cases import answer
from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    FEDERATED,
    HOME,
    NOT_KNOWN,
    OBJECT,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    THIRD,
    USER,
    Worded,
    layer,
    said,
    worded,
)
from why403 import AccessRequest, Call, Fact
from why403.domain.facts import BUCKET_OWNER, REGION
from why403.domain.operations import OPERATIONS, methods_of
from why403.domain.presigned import presigned
from why403.domain.truth import FALSE, UNKNOWN, Truth
from why403.testing import a_request

FAILS, OPEN, MET = "requirement: false", "requirement: unknown", "requirement: true"
SIGNED: Final = datetime(2026, 3, 1, 8, tzinfo=UTC)
URL: Final[Mapping[str, Any]] = {"signed_at": "2026-03-01T08:00:00Z", "expires": 900, "method": "GET", "headers": []}
HOUR: Final = timedelta(hours=1)
WEEK: Final = {**URL, "expires": 604_800}
POINT: Final = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/in"
MANY: Final = f"arn:aws:s3::{HOME}:accesspoint/m.mrap"


def calling(
    operation: str = "GetObject",
    parameters: Mapping[str, Any] | None = None,
    *,
    url: Mapping[str, Any] | None = None,
    after: timedelta | None = timedelta(minutes=5),
    undated: bool = False,
    principal: str = USER,
    facts: Mapping[Fact[Any], object] | None = None,
    keys: Any = None,
    unlisted: Truth = FALSE,
    resource: str = OBJECT,
) -> AccessRequest:
    """Return the last leg of a call, which was received so long after eight o'clock."""
    call = Call(
        operation=operation,
        parameters=parameters or {},
        presigned=None if url is None else presigned(url),
        received=None if after is None else SIGNED + after,
        undated=undated,
        unlisted=unlisted,
    )
    action = OPERATIONS[operation].rows[-1].action
    return a_request(action, principal=principal, resource=resource, facts=facts, keys=keys, call=call)


def owned(by: object, expected: object, **members: Any) -> AccessRequest:
    return calling(parameters={"ExpectedBucketOwner": expected}, facts={BUCKET_OWNER: by}, **members)


def placed(region: object, asked: Any, operation: str = "GetObject", resource: str = OBJECT) -> AccessRequest:
    keys = {"aws:RequestedRegion": None if asked is None else [asked]} if asked != "absent" else None
    return calling(operation, facts={REGION: region} if region else {}, keys=keys, resource=resource)


def used(after: timedelta, url: Mapping[str, Any] = WEEK, **members: Any) -> AccessRequest:
    return calling(url=url, after=after, **members)


def issued(text: str | None) -> dict[str, Any]:
    return {"keys": {"aws:TokenIssueTime": None if text is None else [text]}}


CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    "a plain call": (calling(), set()),
    "an action alone": (a_request(facts={REGION: "eu-west-1"}, keys={"aws:RequestedRegion": ["us-east-1"]}), set()),
    # --- the expected owner -------------------------------------------------------------------------------------------
    "the owner is the expected one": (owned(HOME, HOME), {MET}),
    "the owner is another": (owned(AWAY, HOME), {FAILS}),
    "the owner is another, and the caller's": (owned(HOME, AWAY), {FAILS}),
    "anybody may expect": (owned(AWAY, HOME, principal=ANONYMOUS), {FAILS}),
    "the owner is not known": (owned(NOT_KNOWN, HOME), {OPEN}),
    "the owner is somebody else's account": (
        calling(parameters={"ExpectedBucketOwner": HOME}, principal=ANONYMOUS),
        {OPEN},
    ),
    "no account is expected": (owned(HOME, "reports"), {FAILS}),
    "too few digits": (owned(HOME, "12345678901"), {FAILS}),
    "an empty one is sent": (owned(HOME, ""), {FAILS}),
    "null is not sent": (owned(HOME, None), set()),
    "the source's is of the source": (
        calling("CopyObject", {"ExpectedSourceBucketOwner": AWAY}, facts={BUCKET_OWNER: HOME}),
        set(),
    ),
    "behind an access point": (
        calling(parameters={"ExpectedBucketOwner": HOME}, facts={BUCKET_OWNER: AWAY}, resource=POINT),
        {FAILS},
    ),
    # --- the Region ---------------------------------------------------------------------------------------------------
    "the bucket's Region": (placed("eu-west-1", "eu-west-1"), {MET}),
    "another Region": (placed("eu-west-1", "us-east-1"), {FAILS}),
    "another Region than us-east-1": (placed("us-east-1", "eu-west-1"), {FAILS}),
    "no Region is said": (placed("eu-west-1", "absent"), set()),
    "the Region that was asked is not known": (placed("eu-west-1", None), {OPEN}),
    "the bucket's Region could not be read": (placed(NOT_KNOWN, "eu-west-1"), {OPEN}),
    "nobody gave the bucket's Region": (placed(None, "eu-west-1"), set()),
    "a new bucket has none": (placed("eu-west-1", "us-east-1", "CreateBucket", BUCKET), set()),
    "the question for it is answered anywhere": (placed("eu-west-1", "us-east-1", "GetBucketLocation", BUCKET), set()),
    "an access point is where its ARN says": (placed("us-east-1", "eu-west-1", resource=POINT), set()),
    "or the call is a riddle": (placed("eu-west-1", "us-east-1", resource=POINT), {OPEN}),
    "one of several Regions is anywhere": (placed("eu-west-1", "us-east-1", resource=MANY), set()),
    "calls on an account are": (calling("ListBuckets", facts={REGION: "eu-west-1"}, resource="*"), set()),
    # --- a URL's own clock --------------------------------------------------------------------------------------------
    "a URL that is good": (used(timedelta(minutes=5), URL), {MET}),
    "its last second": (used(timedelta(minutes=15), URL), {MET}),
    "a second later": (used(timedelta(minutes=15, seconds=1), URL), {FAILS}),
    "the signer's clock is a little ahead": (used(-timedelta(minutes=15), URL), {MET}),
    "the signer's clock is ahead": (used(-timedelta(minutes=15, seconds=1), URL), {FAILS}),
    "seven days": (used(167 * HOUR), {MET}),
    "more than seven days": (used(HOUR, {**URL, "expires": 604_801}), {FAILS, MET}),
    "less than nothing": (used(-HOUR / 60, {**URL, "expires": -1}), {FAILS, MET}),
    "no time at all": (used(timedelta(seconds=1), {**URL, "expires": 0}), {FAILS}),
    "nobody knows when it was signed": (used(HOUR, {"expires": 900}), {OPEN}),
    "nobody knows for how long": (used(HOUR, {"signed_at": URL["signed_at"]}), {OPEN}),
    "nobody knows when it was used": (calling(url=URL, after=None), {OPEN}),
    "it has expired by now": (used(HOUR, URL, undated=True), {OPEN}),
    "it has not expired even now": (used(timedelta(minutes=5), URL, undated=True), {MET}),
    "it is not valid even now": (used(-HOUR, URL, undated=True), {FAILS}),
    "one of signature version 2 is good": (used(HOUR, {"expires_at": "2026-03-01T09:00:00Z"}), {MET}),
    "and ends": (used(HOUR, {"expires_at": "2026-03-01T08:59:59Z"}), {FAILS}),
    # --- its signer's credentials -------------------------------------------------------------------------------------
    "a session lasts twelve hours at most": (used(12 * HOUR + HOUR / 60, principal=SESSION), {FAILS, MET}),
    "a role's ARN stands for one": (used(13 * HOUR, principal=ROLE), {FAILS, MET}),
    "mostly one": (used(2 * HOUR, principal=SESSION), {OPEN, MET}),
    "until then it is taken for good": (used(HOUR, principal=SESSION), {MET}),
    "it began before it signed": (used(HOUR, principal=SESSION, **issued("2026-02-28T19:00:00Z")), {FAILS, MET}),
    "or just before": (used(HOUR / 2, principal=SESSION, **issued("2026-03-01T07:59:00Z")), {MET}),
    "a federated user's last longer": (used(13 * HOUR, principal=FEDERATED), {OPEN, MET}),
    "but not for ever": (used(37 * HOUR, principal=FEDERATED), {FAILS, MET}),
    "a user's key does": (used(100 * HOUR), {MET}),
    "a user's temporary key does not": (used(37 * HOUR, {**WEEK, "key_id": "ASIAQ"}), {FAILS, MET}),
    "a user's session does not": (used(37 * HOUR, **issued("2026-03-01T08:00:00Z")), {FAILS, MET}),
    "root's ends soon": (used(2 * HOUR, {**WEEK, "key_id": "ASIAQ"}, principal=ROOT), {FAILS, MET}),
    "root's own key does not": (used(2 * HOUR, {**WEEK, "key_id": "AKIAQ"}, principal=ROOT), {MET}),
    "when a token was issued is not known": (used(HOUR, **issued(None)), {OPEN, MET}),
    "what is no time tells nothing": (used(2 * HOUR, principal=SESSION, **issued("soon")), {OPEN, MET}),
    "it may have been used before": (used(13 * HOUR, principal=SESSION, undated=True), {OPEN, MET}),
    "what has expired needs no further doubt": (used(2 * HOUR, URL, principal=SESSION), {FAILS}),
    "a service signs no URLs": (used(100 * HOUR, principal=SERVICE), {MET}),
    # --- what was signed ----------------------------------------------------------------------------------------------
    "signed for another method": (used(HOUR, {**WEEK, "method": "PUT"}), {FAILS, MET}),
    "a HEAD is no GET": (used(HOUR, operation="HeadObject"), {FAILS, MET}),
    "the form of a browser is a POST": (used(HOUR, {**WEEK, "method": "POST"}, operation="PutObject"), {MET}),
    "nobody knows for which method": (used(HOUR, {**WEEK, "method": None}), {MET}),
    "a header that is signed": (
        used(
            HOUR,
            {**WEEK, "method": "PUT", "headers": ["host", "x-amz-acl"]},
            operation="PutObject",
            parameters={"ACL": "private"},
        ),
        {MET},
    ),
    "a header that is not": (
        used(
            HOUR, {**WEEK, "method": "PUT", "headers": ["host"]}, operation="PutObject", parameters={"ACL": "private"}
        ),
        {FAILS, MET},
    ),
    "a signed one that is not sent": (
        used(HOUR, {**WEEK, "method": "PUT", "headers": ["host", "x-amz-acl"]}, operation="PutObject"),
        {FAILS, MET},
    ),
    "a signed one that may be sent": (
        used(
            HOUR, {**WEEK, "method": "PUT", "headers": ["host", "x-amz-acl"]}, operation="PutObject", unlisted=UNKNOWN
        ),
        {OPEN, MET},
    ),
    "nobody knows what is signed": (
        used(HOUR, {**WEEK, "method": "PUT"}, operation="PutObject", parameters={"ACL": "private"}),
        {MET},
    ),
    "a switch that is off is not sent": (
        used(
            HOUR,
            {**WEEK, "method": "DELETE", "headers": ["host"]},
            operation="DeleteObject",
            parameters={"BypassGovernanceRetention": False},
        ),
        {MET},
    ),
    "who pays may be said in the URL": (
        used(HOUR, {**WEEK, "headers": ["host"]}, parameters={"RequestPayer": "requester"}),
        {MET},
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("authentication", asked) == claims


WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "that the owner is another": (
        owned(AWAY, HOME),
        FAILS,
        Worded(
            f"the call expects the bucket to be of {HOME} (ExpectedBucketOwner), and it is of {AWAY}", ("bucket.owner",)
        ),
    ),
    "that the owner is the expected one": (
        owned(HOME, HOME),
        MET,
        Worded(f"the bucket is of {HOME}, as the call expects", ("bucket.owner",)),
    ),
    "that nobody knows the owner": (
        owned(NOT_KNOWN, HOME),
        OPEN,
        Worded(
            f"the call expects the bucket to be of {HOME}, and it is not known whose it is", needs="s3:GetBucketAcl"
        ),
    ),
    "that no account is expected": (
        owned(HOME, "reports"),
        FAILS,
        Worded(
            "the account that the call expects to own the bucket is no account id, which has twelve digits",
            status=400,
            code="InvalidBucketOwnerAWSAccountID",
        ),
    ),
    "that it is another Region": (
        placed("eu-west-1", "us-east-1"),
        FAILS,
        Worded(
            "the call went to us-east-1, and the bucket is in eu-west-1",
            ("bucket.region",),
            status=301,
            code="PermanentRedirect",
        ),
    ),
    "which permission tells the Region": (
        placed(NOT_KNOWN, "eu-west-1"),
        OPEN,
        Worded("`bucket.region` is not known", needs="s3:GetBucketLocation"),
    ),
    "that a URL has expired": (used(HOUR, URL), FAILS, Worded("the presigned URL had expired (Request has expired)")),
    "that it is too early": (
        used(-HOUR, URL),
        FAILS,
        Worded("the presigned URL is not valid yet: the clock that signed it is ahead (Request is not yet valid)"),
    ),
    "that it is good": (used(HOUR), MET, Worded("the presigned URL was still good by its own clock")),
    "that it is for too long": (
        used(HOUR, {**URL, "expires": 604_801}),
        FAILS,
        Worded(
            "a presigned URL is good for at most 604800 seconds (seven days), and this one asks for 604801",
            status=400,
            code="AuthorizationQueryParametersError",
        ),
    ),
    "that the session has ended": (
        used(13 * HOUR, principal=SESSION),
        FAILS,
        Worded(
            "the temporary credentials that signed the URL had ended, and the URL with them",
            status=400,
            code="ExpiredToken",
        ),
    ),
    "that the session may have ended": (
        used(2 * HOUR, principal=SESSION),
        OPEN,
        Worded("the credentials that signed the URL were temporary, and may have ended before it was used"),
    ),
    "that the method is another": (
        used(HOUR, {**WEEK, "method": "PUT"}),
        FAILS,
        Worded("the URL was signed for PUT, which is not the method of GetObject", code="SignatureDoesNotMatch"),
    ),
    "that a header is not signed": (
        used(
            HOUR, {**WEEK, "method": "PUT", "headers": ["host"]}, operation="PutObject", parameters={"ACL": "private"}
        ),
        FAILS,
        Worded("the call sends `x-amz-acl`, which the signature of the URL does not cover (HeadersNotSigned)"),
    ),
    "that a header is missing": (
        used(HOUR, {**WEEK, "method": "PUT", "headers": ["host", "X-Amz-Acl"]}, operation="PutObject"),
        FAILS,
        Worded(
            "the signature of the URL covers `x-amz-acl`, which the call does not send", code="SignatureDoesNotMatch"
        ),
    ),
    "that it is not known when it was used": (
        used(HOUR, URL, undated=True),
        OPEN,
        Worded("the presigned URL has expired by now, and it is not known when it was used"),
    ),
}


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("authentication", asked, claim) == words


@pytest.mark.parametrize("asked", [asked for asked, _ in CASES.values()], ids=CASES)
def test_there_are_words_for_whatever_it_says(asked: AccessRequest) -> None:
    found = layer("authentication")
    assert all(found.words(asked, asked.evidence, each).because for each in found.judge(asked, asked.evidence))


def test_every_refusal_is_of_a_sort() -> None:
    found = layer("authentication")
    for asked, _ in CASES.values():
        for claim in found.judge(asked, asked.evidence):
            words = found.words(asked, asked.evidence, claim)
            assert bool(words.sort) == (claim.holds == FALSE)


def test_what_has_expired_is_said_before_that_its_signer_s_session_ended() -> None:
    asked = used(100 * HOUR, URL, principal=SESSION)
    claims = layer("authentication").judge(asked, asked.evidence)
    words = [layer("authentication").words(asked, asked.evidence, each).code for each in claims]
    assert words == ["AccessDenied", "ExpiredToken"]


# The API's own pages; what is not of S3 itself has no URL to sign.
METHODS: Final = {
    "GetObject": "GET",
    "ListObjectsV2": "GET",
    "HeadObject": "HEAD",
    "PutObjectAcl": "PUT",
    "DeleteObject": "DELETE",
    "DeleteObjects": "POST",
    "CopyObject": "PUT",
    "CreateMultipartUpload": "POST",
    "UploadPart": "PUT",
    "CompleteMultipartUpload": "POST",
    "AbortMultipartUpload": "DELETE",
    "CreateBucket": "PUT",
    "RestoreObject": "POST",
    "SelectObjectContent": "POST",
}


@pytest.mark.parametrize("operation", METHODS)
def test_each_call_has_its_method(operation: str) -> None:
    assert methods_of(operation) == {METHODS[operation]}


def test_every_call_on_a_bucket_or_an_object_has_one() -> None:
    calls = [each.name for each in OPERATIONS.values() if each.kind in {"bucket", "object", "keys"}]
    assert [name for name in calls if not methods_of(name)] == []
    assert methods_of("SubmitMultiRegionAccessPointRoutes") == frozenset()


ALLOWED: Final = {
    "principal.policies": [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}],
    "bucket.owner": HOME,
}
COPY: Final = {"principal": USER, "operation": "CopyObject", "resource": OBJECT, "evidence_is_complete": True}


@pytest.mark.parametrize(
    ("expected", "decision"),
    [
        ({"ExpectedBucketOwner": HOME, "ExpectedSourceBucketOwner": AWAY}, "allowed"),
        ({"ExpectedBucketOwner": THIRD, "ExpectedSourceBucketOwner": AWAY}, "denied"),
        ({"ExpectedBucketOwner": HOME, "ExpectedSourceBucketOwner": HOME}, "denied"),
        ({"ExpectedBucketOwner": AWAY}, "denied"),
    ],
)
def test_each_side_of_a_copy_has_an_owner_of_its_own(expected: dict[str, str], decision: str) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "s3:*", "Resource": "*"}]}
    evidence = {**ALLOWED, "source.bucket.owner": AWAY, "source.bucket.policy": policy}
    found = answer({**COPY, "parameters": {"CopySource": "old/k", **expected}, "evidence": evidence})
    assert found["decision"] == decision
    assert found["layer"] == ("authentication" if decision == "denied" else None)


def test_the_owner_that_is_expected_of_the_source_is_told() -> None:
    evidence = {**ALLOWED, "source.bucket.owner": AWAY}
    expected = {"ExpectedBucketOwner": HOME, "ExpectedSourceBucketOwner": THIRD}
    found = answer({**COPY, "parameters": {"CopySource": "old/k", **expected}, "evidence": evidence})
    because = f"the call expects the bucket to be of {THIRD} (ExpectedSourceBucketOwner), and it is of {AWAY}"
    assert found["blockers"][0]["because"] == because
