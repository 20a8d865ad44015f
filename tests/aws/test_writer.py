"""The writer: what is there is read, one call changes it under the writer's role, and every way to fail is told."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from moto import mock_aws

from tests.aws.faking import AWAY, HOME, Reply, Sent, Wire, error
from tests.aws.test_accounts import assumed
from why403.aws import Access, AwsReader, AwsWriter
from why403.aws.accounts import Accounts
from why403.domain.fix import Reading, Write
from why403.writing import Live, NotWritten, taking_back

HERE = "123456789012"
ROLE = "why403-writer"
POLICY = '{"Version": "2012-10-17",  "Statement": []}'  # spaced as nobody but S3 would keep it
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}


def bucket_policy(document: Any) -> Write:
    reading = Reading("s3", "GetBucketPolicy", {"Bucket": "reports"}, ("Policy",), ("NoSuchBucketPolicy",))
    sent = {"Bucket": "reports", "Policy": document}
    return Write("s3", "PutBucketPolicy", sent, "s3:PutBucketPolicy", HERE, None, ("Policy",), reading)


def inline_policy(document: Any) -> Write:
    named = {"RoleName": "app", "PolicyName": "own"}
    reading = Reading("iam", "GetRolePolicy", named, ("PolicyDocument",), ("NoSuchEntity",))
    sent = {**named, "PolicyDocument": document}
    return Write("iam", "PutRolePolicy", sent, "iam:PutRolePolicy", HERE, None, ("PolicyDocument",), reading)


def managed_policy(arn: str, document: Any) -> Write:
    reading = Reading("iam", "GetPolicyVersion", {"PolicyArn": arn}, ("PolicyVersion", "Document"))
    sent = {"PolicyArn": arn, "PolicyDocument": document, "SetAsDefault": True}
    documents = ("PolicyDocument",)
    return Write("iam", "CreatePolicyVersion", sent, "iam:CreatePolicyVersion", HERE, None, documents, reading)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsWriter]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="reports")
        iam = boto3.client("iam")
        for role in ("app", ROLE):
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))
        writing = Accounts(Access(role_name=ROLE, everywhere=True, attempts=1))
        yield AwsWriter(writing, AwsReader(Accounts(Access())))


def test_a_bucket_policy_is_kept_as_the_bytes_that_were_sent(aws: AwsWriter) -> None:
    assert aws.live(bucket_policy(POLICY)) == Live(None)
    aws.make(bucket_policy(POLICY))
    assert aws.live(bucket_policy(POLICY)) == Live(POLICY)
    aws.make(bucket_policy(ALLOW))
    assert json.loads(aws.live(bucket_policy(ALLOW)).value) == ALLOW


def test_an_inline_policy_is_read_as_the_document_that_it_is(aws: AwsWriter) -> None:
    assert aws.live(inline_policy(ALLOW)) == Live(None)
    aws.make(inline_policy(ALLOW))
    assert aws.live(inline_policy(ALLOW)) == Live(ALLOW)


def versions_of(arn: str) -> list[tuple[str, bool]]:
    found = boto3.client("iam").list_policy_versions(PolicyArn=arn)["Versions"]
    return sorted((each["VersionId"], each["IsDefaultVersion"]) for each in found)


def a_managed_policy(*documents: Any) -> str:
    iam = boto3.client("iam")
    arn: str = iam.create_policy(PolicyName="team", PolicyDocument=json.dumps(DENY))["Policy"]["Arn"]
    for each in documents:
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(each), SetAsDefault=True)
    return arn


def test_a_managed_policy_gets_a_new_version_and_its_old_one_back(aws: AwsWriter) -> None:
    write = managed_policy(a_managed_policy(), ALLOW)
    arn = write.parameters["PolicyArn"]
    before = aws.live(write)
    assert before == Live(DENY, "v1")
    assert aws.room(write) == ()
    after = Live(ALLOW, aws.make(write))
    assert aws.live(write) == after == Live(ALLOW, "v2")
    for turn in taking_back(write, None, before, after):
        assert aws.live(turn.write).value == turn.before
        aws.make(turn.write)
        assert aws.live(turn.write).value == turn.after
    assert versions_of(arn) == [("v1", True)]


def test_the_oldest_of_five_versions_makes_room_and_comes_back_under_another_id(aws: AwsWriter) -> None:
    documents = [{**ALLOW, "Id": str(number)} for number in range(4)]
    write = managed_policy(a_managed_policy(*documents), ALLOW)
    arn = write.parameters["PolicyArn"]
    (room,) = aws.room(write)
    assert room.operation == "DeletePolicyVersion"
    assert room.parameters == {"PolicyArn": arn, "VersionId": "v1"}
    oldest = aws.live(room)
    assert oldest == Live(DENY)
    aws.make(room)
    assert aws.live(room) == Live(None)
    before = aws.live(write)
    after = Live(ALLOW, aws.make(write))
    for turn in (*taking_back(write, None, before, after), *taking_back(room, None, oldest, Live(None))):
        assert aws.live(turn.write).value == turn.before
        aws.make(turn.write)
        assert aws.live(turn.write).value == turn.after
    assert versions_of(arn) == [("v2", False), ("v3", False), ("v4", False), ("v5", True), ("v7", False)]


def test_what_makes_room_is_never_the_default(aws: AwsWriter) -> None:
    write = managed_policy(a_managed_policy(ALLOW, ALLOW, ALLOW, ALLOW), ALLOW)
    boto3.client("iam").set_default_policy_version(PolicyArn=write.parameters["PolicyArn"], VersionId="v1")
    (room,) = aws.room(write)
    assert room.parameters["VersionId"] == "v2"


def test_nothing_is_called_that_is_no_change_of_this_service(aws: AwsWriter) -> None:
    with pytest.raises(NotWritten, match="is none of the changes") as told:
        aws.make(Write("s3", "DeleteBucket", {"Bucket": "reports"}, "s3:DeleteBucket", HERE))
    assert told.value.certain
    assert boto3.client("s3").list_buckets()["Buckets"]


def test_a_new_policy_is_made_attached_and_taken_back(aws: AwsWriter) -> None:
    arn = f"arn:aws:iam::{HERE}:policy/new"
    reading = Reading("iam", "GetPolicyVersion", {"PolicyArn": arn}, ("PolicyVersion", "Document"), ("NoSuchEntity",))
    sent = {"PolicyName": "new", "PolicyDocument": ALLOW}
    create = Write("iam", "CreatePolicy", sent, "iam:CreatePolicy", HERE, None, ("PolicyDocument",), reading)
    attach = Write("iam", "AttachRolePolicy", {"RoleName": "app", "PolicyArn": arn}, "iam:AttachRolePolicy", HERE)
    detach = attach._replace(operation="DetachRolePolicy", permission="iam:DetachRolePolicy")
    delete = Write("iam", "DeletePolicy", {"PolicyArn": arn}, "iam:DeletePolicy", HERE)
    assert aws.live(create) == Live(None)
    aws.make(create)
    assert aws.live(create) == Live(ALLOW, "v1")
    aws.make(attach)
    aws.make(detach)
    (turn,) = taking_back(create, delete, Live(None), Live(ALLOW, "v1"))
    aws.make(turn.write)
    assert aws.live(turn.write) == Live(None)
    assert aws.make(turn.write, again=True) is None


# --- on a wire that answers what a test wants ---


def a_writer(answers: Any, **access: Any) -> tuple[AwsWriter, Wire, list[float]]:
    def answer(sent: Sent) -> Reply | Exception:
        return assumed(key="ASIAWRITER") if sent.action == "AssumeRole" else answers(sent)

    wire, slept = Wire(answer), list[float]()
    given = {"role_name": ROLE, "everywhere": True, "attempts": 1, **access}
    writing = Accounts(Access(**given), wire.session(), new_session=wire.bare)
    reading = AwsReader(Accounts(Access(role_name="reader"), wire.session(), new_session=wire.bare))
    return AwsWriter(writing, reading, sleep=slept.append), wire, slept


PUT = Write(
    service="iam",
    operation="PutRolePolicy",
    parameters={"RoleName": "app", "PolicyName": "own", "PolicyDocument": ALLOW},
    permission="iam:PutRolePolicy",
    account=HOME,
    documents=("PolicyDocument",),
    reading=Reading("iam", "GetRolePolicy", {"RoleName": "app", "PolicyName": "own"}, ("PolicyDocument",)),
)


@pytest.mark.parametrize("account", [HOME, AWAY, None])
def test_changes_are_made_under_the_writer_s_role_in_every_account(account: str | None) -> None:
    writer, wire, _ = a_writer(lambda _: Reply(body="<PutRolePolicyResponse/>"))
    writer.make(PUT._replace(account=account))
    (sent,) = [each for each in wire.sent if each.action == "PutRolePolicy"]
    (role,) = [each for each in wire.sent if each.action == "AssumeRole"]
    assert "ASIAWRITER" in sent.headers["Authorization"]
    assert f"{account or HOME}%3Arole%2F{ROLE}" in role.body


def test_the_role_may_be_given_as_a_pattern() -> None:
    writer, wire, _ = a_writer(
        lambda _: Reply(body="<PutRolePolicyResponse/>"), role_name="arn:aws:iam::{account}:role/ops/fixer"
    )
    writer.make(PUT._replace(account=AWAY))
    (role,) = [each for each in wire.sent if each.action == "AssumeRole"]
    assert f"{AWAY}%3Arole%2Fops%2Ffixer" in role.body


def test_nothing_is_changed_in_accounts_that_are_not_listed() -> None:
    writer, wire, _ = a_writer(lambda _: Reply(body="<PutRolePolicyResponse/>"), accounts=frozenset({AWAY}))
    with pytest.raises(NotWritten, match="the account is none of those"):
        writer.make(PUT)
    assert [each.action for each in wire.sent] == ["GetCallerIdentity"]


def test_what_is_there_is_read_with_the_reader_s_credentials() -> None:
    body = "<GetRolePolicyResponse><GetRolePolicyResult><PolicyDocument>%7B%7D</PolicyDocument></GetRolePolicyResult>"
    writer, wire, _ = a_writer(lambda _: Reply(body=f"{body}</GetRolePolicyResponse>"))
    assert writer.live(PUT) == Live({})
    assert "ASIAWRITER" not in wire.sent[-1].headers["Authorization"]


@pytest.mark.parametrize(
    ("answer", "result", "certain"),
    [
        (error("AccessDenied", 403), "denied", True),
        (error("MalformedPolicyDocument"), "other", True),
        (error("LimitExceeded", 409), "other", True),
        (error("ServiceFailure", 500), "unavailable", False),
        (error("RequestTimeout"), "timeout", False),
        (ReadTimeoutError(endpoint_url="u"), "timeout", False),
        (ConnectTimeoutError(endpoint_url="u"), "timeout", True),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, Exception) else None,
)
def test_a_failure_says_whether_the_change_may_have_been_made(answer: Any, result: str, certain: bool) -> None:
    writer, wire, slept = a_writer(lambda _: answer)
    with pytest.raises(NotWritten) as told:
        writer.make(PUT)
    assert (told.value.result, told.value.certain) == (result, certain)
    assert "hunter2" not in str(told.value)
    assert slept == []
    assert len([each for each in wire.sent if each.action == "PutRolePolicy"]) == 1  # never twice without looking


@pytest.mark.parametrize("code", ["Throttling", "ConcurrentModification"])
def test_what_aws_has_not_made_and_may_make_later_is_tried_again(code: str) -> None:
    answers = iter([error(code), error(code), Reply(body="<PutRolePolicyResponse/>")])
    writer, _, slept = a_writer(lambda _: next(answers))
    writer.make(PUT)
    assert slept == [0.5, 1.0]


def test_trying_again_has_an_end() -> None:
    writer, wire, slept = a_writer(lambda _: error("Throttling"))
    with pytest.raises(NotWritten, match="iam:PutRolePolicy was throttled") as told:
        writer.make(PUT)
    assert told.value.certain
    assert len([each for each in wire.sent if each.action == "PutRolePolicy"]) == len(slept) + 1 == 4


@pytest.mark.parametrize(
    ("operation", "code"), [("CreatePolicy", "EntityAlreadyExists"), ("DetachRolePolicy", "NoSuchEntity")]
)
def test_what_may_have_been_made_before_is_no_failure_when_it_is_found_done(operation: str, code: str) -> None:
    sent: dict[str, dict[str, Any]] = {
        "CreatePolicy": {"PolicyName": "team", "PolicyDocument": ALLOW},
        "DetachRolePolicy": {"RoleName": "app", "PolicyArn": f"arn:aws:iam::{HOME}:policy/team"},
    }
    write = Write("iam", operation, sent[operation], f"iam:{operation}", HOME, documents=("PolicyDocument",))
    writer, _, _ = a_writer(lambda _: error(code, 409))
    assert writer.make(write, again=True) is None
    with pytest.raises(NotWritten):
        writer.make(write)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            error("AccessDenied", 403),
            f"iam:GetRolePolicy was refused: the service lacks iam:GetRolePolicy in account {HOME}",
        ),
        (error("Throttling"), "iam:GetRolePolicy was throttled, and so were all attempts to repeat it"),
    ],
    ids=["denied", "throttled"],
)
def test_what_cannot_be_read_is_not_taken_for_nothing(answer: Reply, said: str) -> None:
    writer, _, _ = a_writer(lambda _: answer)
    with pytest.raises(NotWritten) as told:
        writer.live(PUT)
    assert str(told.value) == said


def test_a_path_leads_through_lists_and_ends_where_there_is_nothing() -> None:
    reading = Reading(
        *("ec2", "DescribeVpcEndpoints", {"VpcEndpointIds": ["vpce-1"]}, ("VpcEndpoints", "0", "PolicyDocument"))
    )
    write = Write("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": "vpce-1"}, "ec2:ModifyVpcEndpoint", HOME)
    item = "<item><policyDocument>{}</policyDocument></item>"
    for held, value in ((item, "{}"), ("<item/>", None), ("", None)):
        body = f"<R><vpcEndpointSet>{held}</vpcEndpointSet></R>"
        writer, _, _ = a_writer(lambda _, body=body: Reply(body=body))
        assert writer.live(write._replace(reading=reading)) == Live(value)
