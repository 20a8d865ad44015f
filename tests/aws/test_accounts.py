"""Other accounts: a role is assumed once and again before it expires; where there is no way in, it is said so."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.session import Session

from tests.aws.faking import AWAY, HOME, Reply, Sent, Wire, a_reader, error
from why403 import Unreadable
from why403.aws import Access, AwsReader, connect
from why403.aws.accounts import Accounts
from why403.aws.failure import WRONG_REGION
from why403.collecting.iam import GET_ROLE
from why403.collecting.log_groups import FILTER_LOG_EVENTS

THERE = GET_ROLE.read(account=AWAY, RoleName="app")


def assumed(minutes: int = 60, key: str = "ASIAOTHER") -> Reply:
    ends = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    return Reply(
        body='<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
        f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
        f"<Expiration>{ends}</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::{AWAY}:assumed-role/r/why403"
        "</Arn><AssumedRoleId>A:why403</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
    )


def lets_in(minutes: int = 60) -> Any:
    return lambda sent: assumed(minutes) if sent.action == "AssumeRole" else error("NoSuchEntity")


def asked(wire: Wire, action: str) -> list[Sent]:
    return [sent for sent in wire.sent if sent.action == action]


def test_a_role_is_assumed_once_with_its_external_id() -> None:
    reader, wire = a_reader(lets_in(), role_name="audit/why403", external_id="x-1")
    for name in ("app", "web"):
        reader.read(GET_ROLE.read(account=AWAY, RoleName=name))
    (sent,) = asked(wire, "AssumeRole")
    body = parse_qs(sent.body)
    assert body["RoleArn"] == [f"arn:aws:iam::{AWAY}:role/audit/why403"]
    assert body["ExternalId"] == ["x-1"]
    assert all("ASIAOTHER" in each.headers["Authorization"] for each in asked(wire, "GetRole"))


def test_credentials_are_refreshed_before_they_expire() -> None:
    reader, wire = a_reader(lets_in(minutes=5), role_name="why403")
    for _ in range(2):
        reader.read(THERE)
    assert len(asked(wire, "AssumeRole")) >= 2


def test_the_own_account_needs_no_role() -> None:
    reader, wire = a_reader(lets_in(), role_name="why403")
    reader.read(GET_ROLE.read(account=HOME, RoleName="app"))
    reader.read(GET_ROLE.read(RoleName="app"))
    assert asked(wire, "AssumeRole") == []
    assert len(asked(wire, "GetCallerIdentity")) == 1


def test_a_role_that_cannot_be_assumed_is_named_and_not_tried_again_at_once() -> None:
    now = 0.0
    wire = Wire(lambda _: error("AccessDenied", 403))
    accounts = Accounts(Access(role_name="why403"), wire.session(), new_session=wire.bare, clock=lambda: now)
    reader = AwsReader(accounts)
    seen = [reader.read(THERE) for _ in range(3)]
    arn = f"arn:aws:iam::{AWAY}:role/why403"
    why = f"iam:GetRole was not made: the role `{arn}` cannot be assumed (AccessDenied)"
    assert set(seen) == {Unreadable(why, "sts:AssumeRole", call="iam:GetRole", account=AWAY)}
    assert len(asked(wire, "AssumeRole")) == 1
    now = 60.0
    reader.read(THERE)
    assert len(asked(wire, "AssumeRole")) == 2


def test_what_many_accounts_refuse_at_once_is_kept_by_one_after_another() -> None:
    inside, most = 0, 0

    def clock() -> float:
        """Take long enough for another thread to come in."""
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.002)
        inside -= 1
        return 0.0

    wire = Wire(lambda _: error("AccessDenied", 403))
    accounts = Accounts(Access(role_name="why403"), wire.session(), new_session=wire.bare, clock=clock)
    reader = AwsReader(accounts)
    reader.read(GET_ROLE.read(RoleName="app"))
    reads = [GET_ROLE.read(account=f"{number:012}", RoleName="app") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(reader.read, reads * 4))
    assert {each.permission for each in seen if isinstance(each, Unreadable)} == {"sts:AssumeRole"}
    assert len(asked(wire, "AssumeRole")) == len(reads)
    assert most == 1


@pytest.mark.parametrize("raised", [ConnectionResetError("hunter2"), RuntimeError("hunter2")])
def test_a_role_that_cannot_be_asked_for_is_named_as_well(raised: Exception) -> None:
    reader, _ = a_reader(lambda _: raised, role_name="why403")
    seen = reader.read(THERE)
    assert isinstance(seen, Unreadable)
    assert (seen.permission, seen.account) == ("sts:AssumeRole", AWAY)
    assert "hunter2" not in seen.why


def test_without_a_role_no_other_account_is_read() -> None:
    reader, wire = a_reader(lets_in())
    seen = reader.read(THERE)
    why = "iam:GetRole was not made: the service has no role to assume in other accounts"
    assert seen == Unreadable(why, "sts:AssumeRole", call="iam:GetRole", account=AWAY)
    assert [sent.action for sent in wire.sent] == ["GetCallerIdentity"]


@pytest.mark.parametrize("listed", [{"accounts": frozenset({AWAY})}, {"organization_account": AWAY}, {}])
def test_an_account_that_may_be_read_is_read(listed: dict[str, Any]) -> None:
    reader, wire = a_reader(lets_in(), role_name="why403", **listed)
    reader.read(THERE)
    assert len(asked(wire, "AssumeRole")) == 1


def test_in_an_account_that_is_not_listed_no_role_is_assumed() -> None:
    reader, wire = a_reader(lets_in(), role_name="why403", accounts=frozenset({"999999999999"}))
    seen = reader.read(THERE)
    why = "iam:GetRole was not made: the account is none of those that the service may read"
    assert seen == Unreadable(why, "sts:AssumeRole", call="iam:GetRole", account=AWAY)
    assert asked(wire, "AssumeRole") == []


def test_a_role_is_of_the_service_s_own_partition() -> None:
    wire = Wire(lets_in())
    accounts = Accounts(Access(role_name="why403"), wire.session(), new_session=wire.bare)
    accounts._own = accounts.own()._replace(partition="aws-cn")
    AwsReader(accounts).read(THERE)
    (sent,) = asked(wire, "AssumeRole")
    assert parse_qs(sent.body)["RoleArn"] == [f"arn:aws-cn:iam::{AWAY}:role/why403"]


def test_who_the_service_is_may_be_unknown_and_is_not_asked_again_at_once() -> None:
    class Broken(Wire):
        def __call__(self, request: Any, **more: Any) -> Any:
            super().__call__(request, **more)
            raise ConnectionResetError("hunter2")

    wire = Broken(lets_in())
    reader = AwsReader(Accounts(Access(), wire.session()))
    seen = [reader.read(GET_ROLE.read(RoleName="app")) for _ in range(3)]
    assert {type(each) for each in seen} == {Unreadable}
    assert len(wire.sent) == 1


def test_clients_are_made_once_per_account_region_and_service() -> None:
    wire = Wire(lets_in())
    accounts = Accounts(Access(role_name="why403", threads=7), wire.session(), new_session=wire.bare)
    one = accounts.client(HOME, "iam", None)
    assert one is accounts.client(HOME, "iam", None)
    assert one is not accounts.client(HOME, "iam", "eu-west-1")
    assert one is not accounts.client(AWAY, "iam", None)
    config = one.meta.config
    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections) == (2, 5, 7)
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}


# --- Regions ----------------------------------------------------------------------------------------------------------

ELSEWHERE = ["us-iso-east-1", "us-isob-east-1", "cn-north-1", "us-gov-west-1", "zz-evil-1", "us-evil-1", "localhost"]


@pytest.mark.parametrize("account", [HOME, AWAY])
@pytest.mark.parametrize("region", [*ELSEWHERE, "eusc-de-east-1", "aws-global", "US-EAST-1", "us-east-1\n", "a.b/c@d"])
def test_no_token_leaves_for_a_region_that_the_own_partition_has_not(
    monkeypatch: pytest.MonkeyPatch, account: str, region: str
) -> None:
    reader, wire = a_reader(lets_in(), role_name="why403")
    reader.read(GET_ROLE.read(RoleName="app"))
    wire.sent.clear()
    made: list[str] = []
    monkeypatch.setattr(Session, "create_client", lambda *_, **more: made.append(more["region_name"]))
    seen = reader.read(FILTER_LOG_EVENTS.read(account=account, region=region, logGroupName="trail"))
    why = f"logs:FilterLogEvents {WRONG_REGION.because.format(where=f' in account {account}')}"
    assert isinstance(seen, Unreadable)
    assert (seen.why, seen.result, seen.account) == (why, "region", account)
    assert (made, wire.sent) == ([], [])


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-west-1", "logs.eu-west-1.amazonaws.com"),
        ("aws", "ap-east-1", "logs.ap-east-1.amazonaws.com"),
        ("aws-cn", "cn-north-1", "logs.cn-north-1.amazonaws.com.cn"),
        ("aws-us-gov", "us-gov-east-1", "logs.us-gov-east-1.amazonaws.com"),
    ],
)
def test_every_region_of_the_own_partition_is_read(partition: str, region: str, host: str) -> None:
    wire = Wire(lambda _: Reply(body="{}"))
    accounts = Accounts(Access(), wire.session())
    accounts._own = accounts.own()._replace(partition=partition)
    AwsReader(accounts).read(FILTER_LOG_EVENTS.read(account=HOME, region=region, logGroupName="trail"))
    assert wire.sent[-1].host == host


def test_the_region_that_the_operator_sets_is_read_though_botocore_does_not_know_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-new-7")
    reader, wire = a_reader(lambda _: Reply(body="{}"))
    reader.read(FILTER_LOG_EVENTS.read(account=HOME, region="eu-new-7", logGroupName="trail"))
    assert wire.sent[-1].host == "logs.eu-new-7.amazonaws.com"


# --- where credentials come from --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "made"), [("on", True), ("off", False), ("auto", False)])
def test_reading_is_on_where_it_is_said_or_where_there_are_credentials(
    monkeypatch: pytest.MonkeyPatch, mode: Any, made: bool
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.delenv(name, raising=False)
    assert (connect(mode, Access()) is not None) is made
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert (connect(mode, Access()) is not None) is (mode != "off")


def test_credentials_that_cannot_be_looked_for_are_none(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_self: Session) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr(Session, "get_credentials", fail)
    assert connect("auto", Access()) is None
    assert "hunter2" not in caplog.text
    assert "no AWS credentials can be used" in caplog.text
