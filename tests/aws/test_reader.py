"""The reader: what AWS answers is found, absent or unreadable; every way to fail names call, permission and account."""

import logging
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from tests.aws.faking import AWAY, HOME, KEY, SECRET, TOKEN, Answers, Reply, Sent, a_reader, error
from why403 import ABSENT, ORGANIZATION, AwsCall, Found, Read, Unreadable
from why403.aws.failure import RESULTS
from why403.collecting.iam import GET_ROLE
from why403.collecting.objects import HEAD_OBJECT

ROLE = GET_ROLE.read(account=HOME, RoleName="app")
POLICY = AwsCall(
    service="s3", operation="GetBucketPolicy", permission="s3:GetBucketPolicy", absent=("NoSuchBucketPolicy",)
)
HEAD = AwsCall(service="s3", operation="HeadObject", permission="s3:GetObject", absent=("404",))
GROUPS = AwsCall(service="iam", operation="ListGroupsForUser", permission="iam:ListGroupsForUser", pages="Groups")
VERSIONS = AwsCall(service="s3", operation="ListObjectVersions", permission="s3:ListBucketVersions", pages="Versions")
POINTS = AwsCall(
    service="s3control", operation="ListAccessPoints", permission="s3:ListAccessPoints", pages="AccessPointList"
)


def iam(operation: str, result: str) -> Reply:
    frame = f'{operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"'
    return Reply(body=f"<{frame}><{operation}Result>{result}</{operation}Result></{operation}Response>")


DOCUMENT = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Sid%22%3A%22a%2Bb%20%25%22%7D%5D%7D"
A_ROLE = iam(
    "GetRole",
    "<Role><Path>/jobs/</Path><RoleName>app</RoleName><RoleId>A</RoleId><CreateDate>2026-01-02T03:04:05Z</CreateDate>"
    f"<Arn>arn:aws:iam::{HOME}:role/jobs/app</Arn><AssumeRolePolicyDocument>{DOCUMENT}</AssumeRolePolicyDocument></Role>",
)


def read(answers: Answers, wanted: Read, **access: Any) -> Any:
    """Return what is seen, and the results that were told."""
    told: list[tuple[str, str]] = []
    reader, _ = a_reader(answers, tell=lambda *each: told.append(each), **access)
    seen = reader.read(wanted)
    assert [name for name, _ in told] == [wanted.call.name]
    assert told[0][1] in RESULTS
    return seen, told[0][1]


# --- found ------------------------------------------------------------------------------------------------------------


def test_a_member_is_found_as_json_with_its_document_decoded() -> None:
    seen, result = read(lambda _: A_ROLE, ROLE)
    assert result == "found"
    assert seen.value == {
        "Path": "/jobs/",
        "RoleName": "app",
        "RoleId": "A",
        "CreateDate": "2026-01-02T03:04:05+00:00",
        "Arn": f"arn:aws:iam::{HOME}:role/jobs/app",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Sid": "a+b %"}]},
    }


def test_without_a_member_the_whole_result_is_found_and_nothing_of_the_transport() -> None:
    seen, _ = read(lambda _: Reply(body='{"Version": "2012-10-17"}'), POLICY.read(account=HOME, Bucket="reports"))
    assert seen.value == {"Policy": '{"Version": "2012-10-17"}'}


def groups(*names: str, marker: str | None = None) -> Reply:
    members = "".join(
        f"<member><Path>/</Path><GroupName>{name}</GroupName><GroupId>G</GroupId><Arn>a</Arn>"
        "<CreateDate>2026-01-02T03:04:05Z</CreateDate></member>"
        for name in names
    )
    more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>" if marker else "<IsTruncated>false</IsTruncated>"
    return iam("ListGroupsForUser", f"<Groups>{members}</Groups>{more}")


def test_pages_are_joined_even_where_one_is_empty() -> None:
    def answers(sent: Sent) -> Reply:
        if "Marker=2" in sent.body:
            return groups(marker="3")
        return groups("last") if "Marker=3" in sent.body else groups("first", "second", marker="2")

    seen, _ = read(answers, GROUPS.read(account=HOME, UserName="ana"))
    assert [each["GroupName"] for each in seen.value] == ["first", "second", "last"]


def test_no_group_is_an_empty_list() -> None:
    seen, _ = read(lambda _: groups(), GROUPS.read(account=HOME, UserName="ana"))
    assert seen.value == []


def test_a_list_that_xml_gives_without_a_frame_may_be_missing() -> None:
    body = "<ListVersionsResult><IsTruncated>false</IsTruncated></ListVersionsResult>"
    seen, _ = read(lambda _: Reply(body=body), VERSIONS.read(account=HOME, Bucket="b"))
    assert seen.value == []


def points(*names: str, token: str | None = None) -> Reply:
    listed = "".join(f"<AccessPoint><Name>{name}</Name></AccessPoint>" for name in names)
    more = f"<NextToken>{token}</NextToken>" if token else ""
    return Reply(body=f"<R><AccessPointList>{listed}</AccessPointList>{more}</R>")


def test_pages_are_joined_where_botocore_has_no_paginator() -> None:
    def answers(sent: Sent) -> Reply:
        return points("two") if "nextToken=more" in sent.url else points("one", token="more")

    seen, _ = read(answers, POINTS.read(account=HOME, AccountId=HOME))
    assert [each["Name"] for each in seen.value] == ["one", "two"]


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        (lambda _: points("one", token="same"), POINTS.read(account=HOME, AccountId=HOME)),
        (lambda _: groups("x", marker="same"), GROUPS.read(account=HOME, UserName="ana")),
    ],
    ids=["by token", "by botocore"],
)
def test_pages_that_never_end_are_malformed(answers: Answers, wanted: Read) -> None:
    seen, result = read(answers, wanted)
    assert (type(seen), result) == (Unreadable, "malformed")


# --- absent -----------------------------------------------------------------------------------------------------------


def test_a_declared_code_means_absent() -> None:
    seen, result = read(lambda _: error("NoSuchBucketPolicy", 404), POLICY.read(account=HOME, Bucket="reports"))
    assert (seen, result) == (ABSENT, "absent")


def test_a_head_has_its_status_for_a_code() -> None:
    wanted = HEAD.read(account=HOME, Bucket="reports", Key="a")
    assert read(lambda _: Reply(404), wanted)[0] == ABSENT
    assert read(lambda _: Reply(403), wanted)[1] == "denied"


def test_a_code_that_another_call_declares_does_not() -> None:
    seen, result = read(lambda _: error("NoSuchBucketPolicy", 404), ROLE)
    assert (seen, result) == (
        ROLE.unreadable("was answered with the error `NoSuchBucketPolicy`", HOME),
        "other",
    )


# --- unreadable -------------------------------------------------------------------------------------------------------

CODES = {
    "AccessDenied": "denied",
    "AccessDeniedException": "denied",
    "UnauthorizedOperation": "denied",
    "Throttling": "throttled",
    "ThrottlingException": "throttled",
    "TooManyRequestsException": "throttled",
    "RequestLimitExceeded": "throttled",
    "SlowDown": "throttled",
    "InternalError": "unavailable",
    "ServiceUnavailable": "unavailable",
    "RequestTimeout": "timeout",
    "MethodNotAllowed": "wrong_account",
    "OptInRequired": "region",
    "PermanentRedirect": "region",
    "InvalidClientTokenId": "credentials",
    "ExpiredToken": "credentials",
    "SignatureDoesNotMatch": "credentials",
    "NoSuchEntity": "other",
    "<b>policy</b> {where}": "other",
}


@pytest.mark.parametrize(("code", "expected"), CODES.items())
def test_an_error_is_unreadable_and_names_call_permission_and_account(code: str, expected: str) -> None:
    escaped = code.replace("<", "&lt;")
    seen, result = read(lambda _: error(escaped), ROLE)
    assert isinstance(seen, Unreadable)
    assert (result, seen.call, seen.permission, seen.account) == (expected, "iam:GetRole", "iam:GetRole", HOME)
    assert seen.why.startswith("iam:GetRole ")
    assert not {"hunter2", "<", "{"} & set(seen.why.split())
    assert "<" not in seen.why


def test_a_refusal_says_which_permission_is_missing_and_where() -> None:
    seen, _ = read(lambda _: error("AccessDenied", 403), ROLE)
    assert seen.why == f"iam:GetRole was refused: the service lacks iam:GetRole in account {HOME}"


EXCEPTIONS: dict[str, tuple[Exception, str]] = {
    "time-out while connecting": (ConnectTimeoutError(endpoint_url="x"), "timeout"),
    "time-out while reading": (ReadTimeoutError(endpoint_url="x"), "timeout"),
    "no connection": (EndpointConnectionError(endpoint_url="x"), "connection"),
    "reset": (ConnectionResetError("hunter2"), "connection"),
    "no credentials": (NoCredentialsError(), "credentials"),
    "something else": (RuntimeError("hunter2"), "other"),
}


@pytest.mark.parametrize(("raised", "expected"), EXCEPTIONS.values(), ids=EXCEPTIONS)
def test_an_exception_is_unreadable(raised: Exception, expected: str) -> None:
    seen, result = read(lambda _: raised, ROLE)
    assert isinstance(seen, Unreadable)
    assert (result, seen.call, seen.account) == (expected, "iam:GetRole", HOME)
    assert "hunter2" not in seen.why


MALFORMED = {
    "nothing": "",
    "no XML": "hunter2",
    "a page of a proxy": "<html><body>hunter2</body></html>",
    "an empty result": iam("GetRole", "").body,
    "half of it": A_ROLE.body[:300],
    "a time that is none": A_ROLE.body.replace("2026-01-02T03:04:05Z", "hunter2"),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_an_answer_that_is_none_is_unreadable(body: str) -> None:
    seen, result = read(lambda _: Reply(body=body), ROLE)
    assert (type(seen), result) == (Unreadable, "malformed")
    assert "hunter2" not in seen.why


def test_parameters_that_cannot_be_are_unreadable() -> None:
    seen, result = read(lambda _: A_ROLE, POLICY.read(account=HOME, Bucket=""))
    assert (type(seen), result) == (Unreadable, "invalid")
    assert read(lambda _: A_ROLE, GET_ROLE.read(account=HOME, Moon="x"))[1] == "invalid"


def test_attempts_are_repeated_four_times_at_most() -> None:
    reader, wire = a_reader(lambda _: error("Throttling"))
    reader.read(ROLE)
    assert len([sent for sent in wire.sent if sent.action == "GetRole"]) == 4


def test_a_throttled_call_that_then_succeeds_is_found() -> None:
    replies = [error("Throttling"), error("ServiceUnavailable", 503), A_ROLE]
    assert read(lambda _: replies.pop(0), ROLE)[1] == "found"


# --- Regions ----------------------------------------------------------------------------------------------------------

REDIRECTS = {
    "permanently": Reply(301, "<Error><Code>PermanentRedirect</Code></Error>", {"x-amz-bucket-region": "eu-west-1"}),
    "for a while": Reply(307, "<Error><Code>TemporaryRedirect</Code></Error>", {"x-amz-bucket-region": "eu-west-1"}),
    "by the signature": Reply(
        400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>", {}
    ),
    "to an opt-in Region": Reply(
        400, "<Error><Code>IllegalLocationConstraintException</Code></Error>", {"x-amz-bucket-region": "eu-west-1"}
    ),
}


@pytest.mark.parametrize("redirect", REDIRECTS.values(), ids=REDIRECTS)
def test_a_bucket_is_asked_again_in_the_region_that_s3_names(redirect: Reply) -> None:
    def answers(sent: Sent) -> Reply:
        return Reply(body="{}") if "eu-west-1" in sent.host else redirect

    seen, _ = read(answers, POLICY.read(account=HOME, Bucket="reports"))
    assert isinstance(seen, Found)


def test_a_redirect_that_names_no_region_is_unreadable() -> None:
    redirect = Reply(301, "<Error><Code>PermanentRedirect</Code></Error>")
    wanted = POLICY.read(account=HOME, Bucket="reports")
    seen, result = read(lambda sent: Reply(404) if sent.method == "HEAD" else redirect, wanted)
    assert (type(seen), result) == (Unreadable, "region")


@pytest.mark.parametrize("region", ["eu-central-1", None])
def test_a_call_is_made_in_its_region(region: str | None) -> None:
    reader, wire = a_reader(lambda _: Reply(body="{}"))
    reader.read(POLICY.read(account=HOME, region=region, Bucket="reports"))
    assert (region or "us-east-1") in wire.sent[-1].headers["Authorization"]


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_without_an_account_it_is_the_service_s_own() -> None:
    seen, _ = read(lambda _: error("AccessDenied"), GET_ROLE.read(RoleName="app"))
    assert seen.account == HOME


def test_the_organization_is_read_where_the_operator_says() -> None:
    wanted = GET_ROLE.read(account=ORGANIZATION, RoleName="app")
    assert read(lambda _: error("AccessDenied"), wanted)[0].account == HOME
    seen, result = read(lambda _: error("AccessDenied"), wanted, organization_account=AWAY)
    assert (seen.account, result) == (AWAY, "role")


# --- logs -------------------------------------------------------------------------------------------------------------


def test_debug_logs_hold_no_credentials_and_no_policies(caplog: pytest.LogCaptureFixture) -> None:
    refused = error("AccessDenied")
    reader, wire = a_reader(lambda sent: A_ROLE if sent.action == "GetRole" else refused, role_name="r")
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("botocore.endpoint").debug("sent: %s", SECRET)
        reader.read(ROLE)
        reader.read(POLICY.read(account=HOME, Bucket="reports"))
        reader.read(GET_ROLE.read(account=AWAY, RoleName="app"))
    assert len(wire.sent) == 4
    for secret in (KEY, SECRET, TOKEN, "Signature", "a+b", "2012-10-17", "hunter2"):
        assert secret not in caplog.text


def test_a_refusal_names_every_permission_that_may_be_missing() -> None:
    call = HEAD_OBJECT.current
    reader, _ = a_reader(lambda _: Reply(403))
    seen = reader.read(call.read(account=HOME, region="us-east-1", Bucket="reports", Key="q3.csv"))
    assert isinstance(seen, Unreadable)
    assert f"the service lacks s3:GetObject or s3:ListBucket in account {HOME}" in seen.why
