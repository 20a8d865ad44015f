"""Applying: nothing without being asked to, nothing where the world has changed, and half-way is no dead end."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.applying.world import (
    ACCOUNT,
    MADE,
    NEW,
    OLD,
    THREE,
    WAS,
    FileAws,
    body_of,
    bucket_policy,
    by_hand,
    calls,
    inline_policy,
    keep_plan,
    kept,
    no_waiting,
    planted,
)
from why403.domain.errors import Conflict, NotAllowed, NotFound
from why403.domain.fix import Reading, Write
from why403.keeping import Store
from why403.services import Services
from why403.usecases.apply import apply
from why403.usecases.changing import Changed, Stopped
from why403.usecases.rollback import roll_back
from why403.writing import Live, NotWritten, place_of

REAL = {"dry_run": False}
DENIED = NotWritten("iam:PutRolePolicy", "denied", "was refused: the service lacks it", certain=True)
LOST = NotWritten("iam:PutRolePolicy", "timeout", "was not answered in time", certain=False)


def applied(services: Services, **body: Any) -> dict[str, Any]:
    return apply(services, "p_1", body, "ana", sleep=no_waiting)


def statuses(answer: Any) -> list[str]:
    return [call["status"] for call in answer["calls"]]


def test_a_dry_run_is_what_nobody_asks_for_and_changes_nothing(services: Services, store: Store, aws: FileAws) -> None:
    keep_plan(store)
    for body in ({}, {"dry_run": True}):
        answer = applied(services, **body)
        assert answer["dry_run"]
        assert answer["state"] == store.plan("p_1").state == "proposed"
        assert statuses(answer) == ["would_change"] * 3
    assert calls(aws) == []
    assert store.journal("p_1") == ()


def test_a_plan_is_applied_in_its_order_and_each_call_is_written_down(
    services: Services, store: Store, aws: FileAws
) -> None:
    keep_plan(store)
    answer = applied(services, **REAL)
    assert (answer["state"], answer["dry_run"], statuses(answer)) == ("applied", False, ["done"] * 3)
    assert calls(aws) == MADE
    journal = store.journal("p_1")
    assert [(entry.what["operation"], entry.status) for entry in journal] == [(name, "done") for name in MADE]
    assert journal[0].before == Live(WAS).recorded()
    assert journal[1].before == Live(None).recorded()
    assert (journal[2].before, journal[2].after) == (Live(OLD, "v1").recorded(), Live(NEW, "v2").recorded())
    plan = store.plan("p_1")
    assert (plan.state, plan.owner) == ("applied", None)


def test_applying_again_makes_nothing_again(services: Services, store: Store, aws: FileAws) -> None:
    keep_plan(store)
    applied(services, **REAL)
    assert statuses(applied(services, **REAL)) == ["done"] * 3
    assert calls(aws) == MADE


def changed(aws: FileAws, write: Write, value: Any) -> None:
    with aws.state() as held:
        held["places"][place_of(write)] = value


@pytest.mark.parametrize("body", [{}, REAL], ids=["dry", "real"])
def test_what_was_changed_since_is_not_overwritten(
    services: Services, store: Store, aws: FileAws, body: dict[str, Any]
) -> None:
    keep_plan(store)
    changed(aws, inline_policy(NEW), OLD)
    with pytest.raises(Changed) as told:
        applied(services, **body)
    (difference,) = told.value.members["difference"]
    assert (difference["change"], difference["call"]) == (1, "iam:PutRolePolicy")
    assert (difference["expected"], difference["live"]) == (None, OLD)
    assert "Deny" not in str(told.value)  # the message is for logs as well
    assert calls(aws) == []
    assert store.plan("p_1").state == "proposed"


def test_bytes_that_mean_the_same_are_a_change_where_bytes_are_kept(
    services: Services, store: Store, aws: FileAws
) -> None:
    keep_plan(store)
    changed(aws, bucket_policy(NEW), json.dumps(json.loads(WAS)))
    with pytest.raises(Changed):
        applied(services)


def test_what_stands_there_already_is_not_written_and_not_taken_back(
    services: Services, store: Store, aws: FileAws
) -> None:
    keep_plan(store)
    changed(aws, inline_policy(NEW), NEW)
    assert statuses(applied(services)) == ["would_change", "already", "would_change"]
    answer = applied(services, **REAL)
    assert (answer["state"], statuses(answer)) == ("applied", ["done", "already", "done"])
    roll_back(services, "p_1", REAL, "ana", sleep=no_waiting)
    assert aws.live(inline_policy(NEW)) == Live(NEW)


def test_the_oldest_of_five_versions_makes_room(services: Services, store: Store, aws: FileAws) -> None:
    planted(aws, versions=5)
    keep_plan(store)
    dry = applied(services)
    assert [call["call"] for call in dry["calls"]][2:] == ["iam:DeletePolicyVersion", "iam:CreatePolicyVersion"]
    applied(services, **REAL)
    assert calls(aws) == [*MADE[:2], "DeletePolicyVersion", "CreatePolicyVersion"]
    assert (
        store.journal("p_1")[2].before == Live({**OLD, "Id": "1"}).recorded()
    )  # a version does not come back by itself


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_call_that_fails_leaves_a_plan_that_says_so_and_goes_on(
    failing: int, tmp_path: Path, with_aws: Callable[[Any], Services], store: Store
) -> None:
    aws = FileAws(tmp_path / "aws.json", fails={failing: DENIED})
    planted(aws)
    services = with_aws(aws)
    keep_plan(store)
    with pytest.raises(Stopped, match="was refused") as told:
        applied(services, **REAL)
    assert told.value.members["state"] == store.plan("p_1").state == "failed"
    assert statuses(told.value.members) == [*["done"] * failing, "failed"]
    last = store.journal("p_1")[-1]
    assert (last.status, last.error) == ("failed", str(DENIED))
    answer = applied(services, **REAL)
    assert (answer["state"], statuses(answer)) == ("applied", ["done"] * 3)
    assert calls(aws) == MADE


def test_a_call_without_an_answer_is_looked_at(
    tmp_path: Path, with_aws: Callable[[Any], Services], store: Store
) -> None:
    aws = FileAws(tmp_path / "aws.json", fails={1: LOST, 2: LOST})  # both were made
    planted(aws)
    keep_plan(store)
    answer = applied(with_aws(aws), **REAL)
    assert (answer["state"], statuses(answer)) == ("applied", ["done"] * 3)
    assert store.journal("p_1")[2].after == Live(NEW, "v2").recorded()


class Forgetful(FileAws):
    """Loses a call on its way there."""

    def _make(self, held: dict[str, Any], write: Write) -> str | None:
        if self.count == 2:
            held["calls"].pop()
            self.count += 1
            return None
        return super()._make(held, write)


def test_a_call_that_may_still_come_stays_open_until_somebody_looks_again(
    tmp_path: Path, with_aws: Callable[[Any], Services], store: Store
) -> None:
    aws = Forgetful(tmp_path / "aws.json", fails={1: LOST})
    planted(aws)
    services = with_aws(aws)
    keep_plan(store)
    with pytest.raises(Stopped) as told:
        applied(services, **REAL)
    assert statuses(told.value.members) == ["done", "unknown"]
    assert store.journal("p_1")[-1].status == "intended"
    assert applied(services, **REAL)["state"] == "applied"
    assert [entry.status for entry in store.journal("p_1")] == ["done", "failed", "done", "done"]
    assert calls(aws) == MADE


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (body_of(refused="it would let in anybody"), "refused"),
        (body_of([by_hand()]), "by hand"),
        (body_of(decision="unknown"), "accept_unproven"),
        (body_of([("kms", [bucket_policy(NEW)], [])]), "by hand"),
    ],
    ids=["refused", "by hand", "not proven", "no way back"],
)
def test_not_every_plan_is_applied(services: Services, store: Store, aws: FileAws, body: Any, said: str) -> None:
    keep_plan(store, body)
    with pytest.raises(Conflict, match=said):
        applied(services, **REAL)
    assert calls(aws) == []


def test_doubts_are_accepted_by_saying_so(services: Services, store: Store) -> None:
    keep_plan(store, body_of(decision="unknown"))
    assert applied(services, accept_unproven=True, **REAL)["state"] == "applied"


def test_what_people_do_by_hand_is_left_to_them_and_named(services: Services, store: Store, aws: FileAws) -> None:
    keep_plan(store, body_of([by_hand(), *THREE]))
    answer = applied(services, **REAL)
    assert answer["by_hand"] == [{"change": 0, "layer": "scp", "who": "who cares for scp", "summary": "mend scp"}]
    assert [call["change"] for call in answer["calls"]] == [1, 2, 3]


def test_a_service_without_a_writer_changes_nothing(with_aws: Callable[[Any], Services], store: Store) -> None:
    keep_plan(store)
    for body in ({}, REAL):
        with pytest.raises(NotAllowed):
            applied(with_aws(None), **body)


def test_there_is_no_such_plan(services: Services) -> None:
    with pytest.raises(NotFound):
        applied(services)


def test_calls_that_nobody_can_look_at_are_made_again_where_that_is_harmless(
    tmp_path: Path, with_aws: Callable[[Any], Services], store: Store
) -> None:
    attach = Write("iam", "AttachRolePolicy", {"RoleName": "app", "PolicyArn": "a"}, "iam:AttachRolePolicy", ACCOUNT)
    detach = attach._replace(operation="DetachRolePolicy")
    aws = FileAws(tmp_path / "aws.json", fails={0: LOST})
    services = with_aws(aws)
    keep_plan(store, body_of([("identity", [attach], [detach])]))
    with pytest.raises(Stopped):
        applied(services, **REAL)
    assert applied(services, **REAL)["state"] == "applied"
    assert roll_back(services, "p_1", REAL, "ana", sleep=no_waiting)["state"] == "rolled_back"
    assert calls(aws) == ["AttachRolePolicy", "AttachRolePolicy", "DetachRolePolicy"]


def test_a_plain_value_is_compared_with_what_the_change_tells(services: Services, store: Store, aws: FileAws) -> None:
    reading = Reading("kms", "DescribeKey", {"KeyId": "k"}, ("KeyMetadata", "KeyState"))
    enable = Write("kms", "EnableKey", {"KeyId": "k"}, "kms:EnableKey", ACCOUNT, reading=reading)
    body = body_of([("kms", [enable], [enable._replace(operation="DisableKey")])])
    body["answer"]["changes"][0] |= {"before": "Disabled", "after": "Enabled"}
    keep_plan(store, body)
    changed(aws, enable, "PendingDeletion")
    with pytest.raises(Changed):
        applied(services)
    changed(aws, enable, "Disabled")
    assert statuses(applied(services)) == ["would_change"]


def test_two_changes_of_one_place_build_on_each_other(services: Services, store: Store, aws: FileAws) -> None:
    newest = {**NEW, "Id": "newest"}
    twice = [
        ("bucket_policy", [bucket_policy(NEW)], [bucket_policy(WAS)]),
        ("bucket_policy", [bucket_policy(newest)], [bucket_policy(NEW)]),
    ]
    keep_plan(store, body_of(twice))
    before = kept(aws)
    assert statuses(applied(services)) == ["would_change"] * 2
    assert applied(services, **REAL)["state"] == "applied"
    assert aws.live(bucket_policy(NEW)).value == newest
    roll_back(services, "p_1", REAL, "ana", sleep=no_waiting)
    assert kept(aws) == before


def test_the_audit_names_who_and_what_came_of_it(services: Services, store: Any, sqlite_url: str) -> None:
    import sqlite3  # noqa: PLC0415

    keep_plan(store)
    applied(services)
    applied(services, **REAL)
    rows = sqlite3.connect(sqlite_url.removeprefix("sqlite:///")).execute("SELECT who, what, outcome FROM audit")
    assert list(rows) == [("ana", "remediate", "proposed"), ("ana", "apply", "dry_run"), ("ana", "apply", "applied")]


def test_where_a_plan_does_not_tell_what_was_there_only_nothing_is_written_over(
    services: Services, store: Store, aws: FileAws
) -> None:
    reading = Reading("s3", "GetBucketOwnershipControls", {"Bucket": "b"}, ("OwnershipControls",))
    sent = {"Bucket": "b", "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}
    put = Write("s3", "PutBucketOwnershipControls", sent, "s3:PutBucketOwnershipControls", ACCOUNT, reading=reading)
    back = put._replace(parameters={"Bucket": "b", "OwnershipControls": {"Rules": []}}, reading=None)
    body = body_of([("acl", [put], [back])])
    body["answer"]["changes"][0] |= {"before": "ObjectWriter", "after": "BucketOwnerEnforced"}
    keep_plan(store, body)
    changed(aws, put, {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]})
    with pytest.raises(Changed):
        applied(services)
    changed(aws, put, None)
    assert applied(services, **REAL)["state"] == "applied"
    assert roll_back(services, "p_1", REAL, "ana", sleep=no_waiting)["state"] == "rolled_back"
    assert calls(aws) == ["PutBucketOwnershipControls", "DeleteBucketOwnershipControls"]
