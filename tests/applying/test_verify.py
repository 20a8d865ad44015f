"""Verifying: what AWS says now is decided again, and a harmless call is made as the caller where that may be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.applying.test_apply import REAL, applied
from tests.applying.test_rollback import rolled_back
from tests.applying.world import REQUEST, THREE, FileAws, body_of, by_hand, calls, keep_plan, no_waiting
from why403.domain.errors import Conflict, InvalidInput
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.keeping import Store
from why403.services import Services
from why403.usecases.diagnose import diagnosed
from why403.usecases.probes import elsewhere
from why403.usecases.verify import _verdict, call_of_plan, verify
from why403.writing import Probed

ANA = "arn:aws:iam::111122223333:user/ana"
"""Whose session nobody can have restricted, so that all is known of her calls."""
ROLE = "arn:aws:iam::111122223333:role/app"
ALLOW: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}
HERS = {**REQUEST, "principal": ANA}
READS: dict[str, Any] = {
    "iam:GetRole": {"Arn": ROLE, "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    "iam:ListRolePolicies": ["own"],
    "iam:ListAttachedRolePolicies": [],
    "iam:GetRolePolicy": ALLOW,
    "iam:ListRoleTags": [],
    "s3:ListBuckets": [{"Name": "reports"}],
    "s3:GetBucketLocation": {"LocationConstraint": "eu-west-1"},
    "s3:GetBucketOwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    "s3:GetBucketRequestPayment": "BucketOwner",
    "sts:GetCallerIdentity": "111122223333",
    "iam:GetUser": {"Arn": ANA},
    "iam:ListUserPolicies": ["own"],
    "iam:ListAttachedUserPolicies": [],
    "iam:GetUserPolicy": ALLOW,
    "iam:ListGroupsForUser": [],
    "iam:ListUserTags": [],
    "organizations:DescribeOrganization": {"MasterAccountId": "111122223333", "Id": "o-1", "Arn": "a"},
}


class Account(Table):
    """Answers reads by the name of the call; counts them."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        super().__init__({})
        self.named = dict(answers)

    def read(self, read: Any) -> Any:
        if read.call.name in self.named:
            self.answers = {**self.answers, read: self.named[read.call.name]}
        return super().read(read)


Reading = Callable[..., Services]


@pytest.fixture
def reading(services: Services) -> Iterator[Reading]:
    """Return a function that gives services that read an account."""
    desks: list[Desk] = []

    def make(**answers: Any) -> Services:
        named = {name.replace("_", ":", 1): held for name, held in answers.items()}
        desks.append(Desk(Account({**READS, **named}), threads=2))
        return replace(services, aws=desks[-1])

    yield make
    for each in desks:
        each.close()


def verified(services: Services, **body: Any) -> dict[str, Any]:
    return verify(services, "p_1", body, "ana", sleep=no_waiting)


def test_a_plan_whose_call_is_let_in_is_verified(reading: Reading, store: Store, aws: FileAws) -> None:
    services = reading()
    keep_plan(store, body_of(request=HERS))
    applied(services, **REAL)
    answer = verified(services)
    assert answer["decision"]["decision"] == "allowed", answer
    assert (answer["verified"], answer["because"], answer["state"]) == (True, None, "verified")
    assert store.plan("p_1").state == "verified"
    assert answer["commands"] == ["aws s3api head-object --bucket reports --key q3.csv"]


def test_what_s3_itself_lets_in_is_verified_whatever_is_not_known(reading: Reading, store: Store, aws: FileAws) -> None:
    aws.probed = [Probed("allowed")]
    keep_plan(store, body_of(request={**REQUEST, "context_is_complete": False}))
    answer = verified(reading())
    assert (answer["decision"]["decision"], answer["verified"], answer["state"]) == ("unknown", True, "verified")
    assert "S3 let the call in" in answer["because"]
    assert not verified(reading(), probe=False)["verified"]


def test_a_call_that_is_still_refused_is_not_verified(reading: Reading, store: Store) -> None:
    services = reading(iam_ListUserPolicies=[])
    keep_plan(store, body_of(request=HERS))
    applied(services, **REAL)
    answer = verified(services)
    assert (answer["verified"], answer["state"], answer["decision"]["decision"]) == (False, "applied", "denied")


def test_what_was_verified_and_is_refused_by_now_is_so_no_longer(reading: Reading, store: Store) -> None:
    keep_plan(store, body_of(request=HERS))
    applied(reading(), **REAL)
    assert verified(reading())["state"] == "verified"
    assert verified(reading(iam_ListUserPolicies=[]))["state"] == store.plan("p_1").state == "applied"


def test_a_verified_plan_can_be_taken_back(reading: Reading, store: Store) -> None:
    keep_plan(store, body_of(request=HERS))
    applied(reading(), **REAL)
    verified(reading())
    assert rolled_back(reading(), **REAL)["state"] == "rolled_back"
    with pytest.raises(Conflict, match="nothing to verify"):
        verified(reading())


def test_a_service_that_reads_nothing_gives_commands(services: Services, store: Store) -> None:
    keep_plan(store)
    applied(services, **REAL)
    answer = verified(services)
    assert (answer["verified"], answer["decision"], answer["state"]) == (False, None, "applied")
    assert "does not read AWS" in answer["because"]
    assert answer["commands"]


def test_what_people_made_by_hand_is_verified_too(reading: Reading, store: Store, aws: FileAws) -> None:
    keep_plan(store, body_of([by_hand()], request=HERS))
    assert verified(reading())["state"] == "verified"
    assert calls(aws) == []


def test_the_call_is_asked_about_as_its_caller_then_sends_it(services: Services, store: Store) -> None:
    asked = {
        "request": {**REQUEST, "parameters": {"VersionId": "1", "RequestPayer": None}, "time": "2026-01-01T00:00:00Z"}
    }
    body = body_of([by_hand()])
    body["answer"]["changes"][0] |= {"call": {"RequestPayer": "requester", "VersionId": None}}
    body["request"] = {**asked, "evidence": {"bucket.policy": None}, "evidence_is_complete": True}
    keep_plan(store, body)
    call = call_of_plan(services, store.plan("p_1"))
    assert call["parameters"] == {"RequestPayer": "requester"}
    assert "time" not in call


@pytest.mark.parametrize(
    ("request_", "operation", "parameters"),
    [
        ({}, "HeadObject", {"Bucket": "reports", "Key": "q3.csv"}),
        (
            {"operation": "ListObjectsV2", "key": None, "parameters": {"Prefix": "a/"}},
            "ListObjectsV2",
            {"Prefix": "a/"},
        ),
        ({"operation": None, "action": "s3:GetObject"}, "HeadObject", {"Key": "q3.csv"}),
    ],
    ids=["get", "list", "action"],
)
def test_a_harmless_call_is_made_as_the_caller(
    reading: Reading, store: Store, aws: FileAws, request_: Any, operation: str, parameters: Any
) -> None:
    asked = {name: value for name, value in {**REQUEST, **request_}.items() if value is not None}
    aws.probed = [Probed("refused"), Probed("allowed")]  # not everywhere yet
    keep_plan(store, body_of(THREE, request=asked))
    answer = verified(reading())
    assert [each["status"] for each in answer["probes"]] == ["allowed"]
    probe = aws.probes[-1]
    assert (probe.operation, probe.role, probe.region, probe.canary) == (operation, ROLE, "eu-west-1", False)
    assert parameters.items() <= dict(probe.parameters).items()
    assert operation != "ListObjectsV2" or probe.parameters["MaxKeys"] == 1


def test_a_probe_that_is_refused_counts_unless_the_network_is_another(
    reading: Reading, store: Store, aws: FileAws
) -> None:
    aws.probed = [Probed("refused")] * 3
    keep_plan(store)
    answer = verified(reading())
    assert (answer["verified"], answer["state"]) == (False, "proposed")
    assert "S3 refused" in answer["because"]


@pytest.mark.parametrize(
    ("decision", "agrees", "status", "away", "verified_"),
    [
        ("allowed", True, "allowed", [], True),
        ("allowed", None, "failed", [], True),
        ("allowed", False, "allowed", [], False),
        ("allowed", True, "refused", [], False),
        ("allowed", True, "refused", ["aws:SourceIp"], True),
        ("unknown", True, "allowed", [], True),
        ("unknown", True, "refused", ["aws:SourceIp"], False),
        ("unknown", True, "not_run", [], False),
        ("denied", True, "allowed", [], False),
    ],
)
def test_what_speaks_for_a_plan_is_weighed(
    services: Services, decision: str, agrees: bool | None, status: str, away: list[str], verified_: bool
) -> None:
    found = diagnosed(services, {"request": HERS})
    found.answer.update(decision=decision, summary="so", cross_check={"agrees": agrees})
    verdict = _verdict(found, read=True, tried=[{"status": status}], away=away)
    assert verdict.verified is verified_
    assert (verdict.because is None) is (verified_ and decision == "allowed" and status != "refused")


def test_the_network_of_a_call_is_what_its_context_says() -> None:
    context = {"aws:SourceIp": "203.0.113.7", "aws:sourceVpce": None, "aws:PrincipalOrgID": "o-1"}
    assert list(elsewhere({"context": context})) == ["aws:SourceIp"]


def test_no_probe_is_made_where_nobody_wants_one_or_there_is_no_writer(
    reading: Reading, store: Store, aws: FileAws
) -> None:
    keep_plan(store)
    assert verified(reading(), probe=False)["probes"] == []
    assert verified(replace(reading(), writer=None))["probes"] == []
    assert aws.probes == []


def test_a_write_is_tried_with_a_canary_only(reading: Reading, store: Store, aws: FileAws) -> None:
    asked = {**REQUEST, "operation": "PutObject", "key": "in/q3.csv", "parameters": {"StorageClass": "STANDARD_IA"}}
    keep_plan(store, body_of(request=asked))
    answer = verified(reading())
    assert (answer["probes"][0]["status"], aws.probes) == ("not_run", [])
    assert "--key in/why403-canary" in answer["commands"][0]
    assert answer["commands"][1].startswith("aws s3api delete-object")
    aws.probed = [Probed("allowed", "the canary could not be deleted again", "in/c")]
    answer = verified(reading(), canary={"key": "in/c"})
    assert answer["probes"][0]["left_behind"] == "in/c"
    assert aws.probes[0].canary
    assert aws.probes[0].parameters == {"Bucket": "reports", "Key": "in/c", "StorageClass": "STANDARD_IA"}


def test_what_could_harm_is_only_decided(reading: Reading, store: Store, aws: FileAws) -> None:
    keep_plan(store, body_of(request={**REQUEST, "operation": "DeleteObject"}))
    answer = verified(reading())
    assert (answer["probes"], answer["commands"], aws.probes) == ([], [], [])


def test_a_canary_has_a_key(services: Services, store: Store) -> None:
    keep_plan(store)
    with pytest.raises(InvalidInput):
        verified(services, canary={"key": 1})
