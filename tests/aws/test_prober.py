"""Probes: only what is harmless, as the caller, and a canary that leaves nothing behind."""

from typing import Any

import pytest

from tests.aws.faking import HOME, Reply, Sent, Wire, error
from tests.aws.test_accounts import assumed
from why403.aws import Access, AwsReader, AwsWriter
from why403.aws.accounts import Accounts
from why403.writing import Probe

ROLE = f"arn:aws:iam::{HOME}:role/app"
HEAD = Probe("HeadObject", {"Bucket": "reports", "Key": "q3.csv"}, ROLE, "eu-west-1")
PUT = Probe("PutObject", {"Bucket": "reports", "Key": "canary"}, ROLE, "eu-west-1", canary=True, account=HOME)


def probing(answers: Any) -> tuple[AwsWriter, Wire]:
    def answer(sent: Sent) -> Reply | Exception:
        if sent.action == "AssumeRole":
            return assumed(key="ASIACALLER" if "why403-verify" in sent.body else "ASIAWRITER")
        found: Reply = answers(sent)
        return found

    wire = Wire(answer)
    accounts = Accounts(Access(role_name="writer", everywhere=True), wire.session(), new_session=wire.bare)
    return AwsWriter(accounts, AwsReader(accounts), sleep=lambda _: None), wire


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (Reply(), "allowed"),
        (Reply(403), "refused"),
        (Reply(404), "allowed"),
        (Reply(400), "failed"),
    ],
)
def test_a_head_tells_whether_the_caller_is_let_in(reply: Reply, status: str) -> None:
    writer, wire = probing(lambda _: reply)
    assert writer.probe(HEAD).status == status
    sent = wire.sent[-1]
    assert (sent.method, "ASIACALLER" in sent.headers["Authorization"]) == ("HEAD", True)


def test_a_role_that_may_not_be_assumed_is_no_answer() -> None:
    wire = Wire(lambda _: error("AccessDenied", 403))
    accounts = Accounts(Access(role_name="writer"), wire.session(), new_session=wire.bare)
    came = AwsWriter(accounts, AwsReader(accounts)).probe(HEAD)
    assert (came.status, came.because) == ("not_run", f"the role `{ROLE}` cannot be assumed (AccessDenied)")


@pytest.mark.parametrize(
    "probe", [HEAD._replace(operation="DeleteObject"), PUT._replace(canary=False), HEAD._replace(canary=True)]
)
def test_nothing_is_tried_that_could_harm(probe: Probe) -> None:
    writer, wire = probing(lambda _: Reply())
    assert writer.probe(probe).status == "not_run"
    assert wire.sent == []


def test_a_canary_is_written_where_nothing_is_and_deleted_by_its_version() -> None:
    writer, wire = probing(lambda _: Reply(headers={"x-amz-version-id": "v7"}))
    assert writer.probe(PUT)._asdict() == {"status": "allowed", "because": None, "left_behind": None}
    put, delete = wire.sent[-2:]
    assert (put.method, put.headers["If-None-Match"]) == ("PUT", "*")
    assert (delete.method, "versionId=v7" in delete.url) == ("DELETE", True)


def test_a_canary_that_the_caller_may_not_delete_is_deleted_by_the_writer() -> None:
    def answer(sent: Sent) -> Reply:
        mine = "ASIACALLER" in sent.headers["Authorization"]
        return error("AccessDenied", 403) if sent.method == "DELETE" and mine else Reply()

    writer, wire = probing(answer)
    assert writer.probe(PUT).left_behind is None
    assert "ASIAWRITER" in wire.sent[-1].headers["Authorization"]


def test_a_canary_that_nobody_may_delete_is_told() -> None:
    writer, _ = probing(lambda sent: error("AccessDenied", 403) if sent.method == "DELETE" else Reply())
    assert writer.probe(PUT).left_behind == "canary"


@pytest.mark.parametrize(("code", "status"), [("PreconditionFailed", "not_run"), ("AccessDenied", "refused")])
def test_a_canary_never_replaces_an_object(code: str, status: str) -> None:
    writer, wire = probing(lambda _: error(code, 412 if code[0] == "P" else 403))
    assert writer.probe(PUT).status == status
    assert "DELETE" not in [sent.method for sent in wire.sent]
