"""The second opinion: what the simulator is asked, what its answer is compared with, and that it is only a note."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from botocore.session import Session
from botocore.stub import Stubber

from tests.aws.faking import LOADER
from tests.layers.tables import allow, deny, policy
from tests.layers.test_collecting_identity import ACCOUNT, ANA, APP, FEDERATED, ROLE
from tests.usecases.test_collecting import EVERYTHING, built
from why403 import Found, Read, Unreadable
from why403.aws.pages import answer as answered
from why403.domain.errors import InvalidInput
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.usecases.diagnose import diagnose
from why403.usecases.simulator import CUSTOM, PRINCIPAL, simulated, text_of

OBJECT = "arn:aws:s3:::reports/q3.csv"
GET = {"operation": "GetObject", "resource": OBJECT, "context_is_complete": True}
SAYS_NO = {"EvalActionName": "s3:GetObject", "EvalDecision": "implicitDeny"}
Check = Callable[..., dict[str, Any]]


class Simulator(Table):
    """Answers reads from a table, and questions to the simulator as it is told."""

    def __init__(self, says: Any) -> None:
        super().__init__(EVERYTHING)
        self.says = says
        self.hold: Event | None = None

    def read(self, read: Read) -> Any:
        if read.call not in {PRINCIPAL, CUSTOM}:
            return super().read(read)
        self.made.append(read)
        if self.hold is not None:
            assert self.hold.wait(10)
        return self.says if isinstance(self.says, Unreadable) else Found(self.says)

    @property
    def asked(self) -> Read:
        [asked] = [read for read in self.made if read.call in {PRINCIPAL, CUSTOM}]
        return asked


def result(decision: str, **more: Any) -> list[dict[str, Any]]:
    return [{**SAYS_NO, "EvalDecision": decision, **more}]


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(result("allowed"))


@pytest.fixture
def check(simulator: Simulator) -> Iterator[Check]:
    """Return a function from a caller and the rest of a body to the member of the answer."""
    desk = Desk(simulator)
    services = replace(built(), aws=desk)

    def checked(who: str | None = APP, request: Mapping[str, Any] | None = None, **body: Any) -> dict[str, Any]:
        asked = {"principal": who, **GET, **(request or {})}
        answer = diagnose(services, {"request": asked, "cross_check": True, **body})
        found: dict[str, Any] = answer["cross_check"]
        return found

    yield checked
    desk.close()


# --- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "source"), [(APP, ROLE), (ANA, ANA), (ROLE, ROLE)])
def test_the_user_or_the_role_behind_the_caller_is_asked_about(
    check: Check, simulator: Simulator, who: str, source: str
) -> None:
    assert check(who)["asked"] == "iam:SimulatePrincipalPolicy"
    asked = simulator.asked
    assert asked.account == ACCOUNT
    assert asked.parameters["PolicySourceArn"] == source
    assert asked.parameters["ActionNames"] == ["s3:GetObject"]
    assert asked.parameters["ResourceArns"] == [OBJECT]
    assert not {"CallerArn", "ResourcePolicy", "ResourceOwner"} & asked.parameters.keys()


def entries(simulator: Simulator) -> dict[str, tuple[str, list[str]]]:
    return {
        each["ContextKeyName"]: (each["ContextKeyType"], each["ContextKeyValues"])
        for each in simulator.asked.parameters["ContextEntries"]
    }


def test_known_keys_are_told_with_their_types_and_what_it_fills_in_is_not(check: Check, simulator: Simulator) -> None:
    context = {
        "aws:SourceIp": "203.0.113.7",
        "aws:SecureTransport": True,
        "aws:CurrentTime": "2026-01-02T03:04:05Z",
        "s3:max-keys": 7,
        "s3:prefix": ["a", "b"],
        "aws:CalledVia": ["athena.amazonaws.com"],
        "aws:PrincipalOrgID": "o-1",
        "aws:PrincipalAccount": ACCOUNT,
        "aws:SourceVpce": None,
    }
    check(request={"context": context})
    found = entries(simulator)
    assert found["aws:sourceip"] == ("ip", ["203.0.113.7"])
    assert found["aws:securetransport"] == ("boolean", ["true"])
    assert found["aws:currenttime"] == ("date", ["2026-01-02T03:04:05Z"])
    assert found["s3:max-keys"] == ("numeric", ["7"])
    assert found["s3:prefix"] == ("stringList", ["a", "b"])
    assert found["aws:calledvia"] == ("stringList", ["athena.amazonaws.com"])
    assert found["aws:principalarn"] == ("string", [ROLE])
    assert found["aws:principaltag/team"] == ("string", ["red"])
    assert not {"aws:principalorgid", "aws:principalaccount", "aws:sourcevpce"} & found.keys()


def test_the_owner_of_the_bucket_is_told_as_a_key_only(check: Check, simulator: Simulator) -> None:
    check(evidence={"bucket.owner": "444455556666"}, collect=True)
    assert entries(simulator)["aws:resourceaccount"] == ("string", ["444455556666"])


def test_policies_that_are_given_are_simulated_as_they_are(check: Check, simulator: Simulator) -> None:
    own = policy(allow("s3:*"))
    scps = [{"target": "r-1", "policies": [own]}, [{"name": "FullAWSAccess", "document": own}]]
    evidence = {
        "principal.policies": [own, json.dumps(own), {"name": "é", "document": own}],
        "principal.boundary": own,
        "organization.scps": scps,
    }
    found = check(evidence=evidence)
    assert found["asked"] == "iam:SimulateCustomPolicy"
    asked = simulator.asked
    assert asked.account is None
    assert asked.parameters["PolicyInputList"] == [json.dumps(own)] * 3
    assert asked.parameters["PermissionsBoundaryPolicyInputList"] == [json.dumps(own)]
    levels = asked.parameters["OrderedOrganizationPolicyInputList"]
    assert levels == [{"ServiceControlPolicyInputList": [json.dumps(own)]}] * 2
    assert found["agrees"] is True
    assert not {"identity", "permissions_boundary", "scp"} & set(found["not_evaluated"])


@pytest.mark.parametrize(
    "scps",
    [[[]], [[policy(deny())]] * 8, {"unknown": True}],
    ids=["an empty level", "too many levels", "not known"],
)
def test_scps_that_it_cannot_be_told_count_on_neither_side(check: Check, simulator: Simulator, scps: Any) -> None:
    found = check(evidence={"principal.policies": [policy(allow("s3:*"))], "organization.scps": scps})
    assert "OrderedOrganizationPolicyInputList" not in simulator.asked.parameters
    assert "scp" in found["not_evaluated"]
    assert found["ours"] == "allowed"


def test_a_boundary_and_scps_that_are_known_to_be_none_count_as_seen(check: Check, simulator: Simulator) -> None:
    found = check(evidence=OPEN)
    assert not {"permissions_boundary", "scp"} & set(found["not_evaluated"])
    assert "PermissionsBoundaryPolicyInputList" not in simulator.asked.parameters
    found = check(evidence={"principal.policies": OPEN["principal.policies"]})
    assert {"permissions_boundary", "scp"} <= set(found["not_evaluated"])


def test_a_boundary_that_is_given_takes_the_place_of_the_attached_one(check: Check, simulator: Simulator) -> None:
    bound = policy(deny("s3:*"))
    found = check(evidence={"principal.boundary": bound}, collect=True)
    assert simulator.asked.parameters["PermissionsBoundaryPolicyInputList"] == [json.dumps(bound)]
    assert found["ours"] == "denied"


def test_the_permission_that_is_refused_is_asked_about(check: Check, simulator: Simulator) -> None:
    copy = {"operation": "CopyObject", "parameters": {"CopySource": "from/b"}, "resource": "arn:aws:s3:::to/a"}
    evidence = {"principal.policies": [policy(allow("s3:GetObject"))]}
    found = check(request=copy, evidence=evidence, evidence_is_complete=True)
    assert (found["action"], found["resource"]) == ("s3:PutObject", "arn:aws:s3:::to/a")


# --- what is compared -------------------------------------------------------------------------------------------------

OPEN = {"principal.policies": [policy(allow("s3:*"))], "principal.boundary": None, "organization.scps": None}
SHUT = {**OPEN, "principal.policies": [policy(allow("s3:PutObject"))]}


@pytest.mark.parametrize(
    ("evidence", "says", "ours", "agrees"),
    [
        (OPEN, "allowed", "allowed", True),
        (OPEN, "implicitDeny", "allowed", False),
        (OPEN, "explicitDeny", "allowed", False),
        (SHUT, "implicitDeny", "denied", True),
        (SHUT, "allowed", "denied", False),
        (OPEN, "perhaps", "allowed", None),
    ],
)
def test_it_agrees_where_the_same_policies_give_the_same(
    check: Check, simulator: Simulator, evidence: Mapping[str, Any], says: str, ours: str, agrees: bool | None
) -> None:
    simulator.says = result(says)
    found = check(evidence=evidence)
    assert (found["decision"], found["ours"], found["agrees"]) == (says, ours, agrees)
    assert f"`{says}`" in found["because"]
    assert ("another answer" in found["because"]) == (agrees is False)


def test_what_the_simulator_does_not_see_is_left_out_of_the_comparison(check: Check) -> None:
    """A bucket of another account whose policy denies: the caller's half allows all the same."""
    no = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    evidence = {
        **OPEN,
        "bucket.policy": policy(no),
        "bucket.owner": "444455556666",
        "session.policies": [policy(deny())],
    }
    found = check(evidence=evidence)
    assert (found["ours"], found["agrees"]) == ("allowed", True)
    assert {"bucket_policy", "session_policy", "rcp", "block_public_access"} <= set(found["not_evaluated"])


def test_keys_that_tell_the_owner_stay_what_they_are(check: Check) -> None:
    theirs = {"StringEquals": {"aws:ResourceAccount": "444455556666"}}
    own = [policy({**allow("s3:*"), "Condition": theirs})]
    found = check(evidence={**OPEN, "principal.policies": own, "bucket.owner": "444455556666"})
    assert found["ours"] == "allowed"
    assert check(evidence={**OPEN, "principal.policies": own})["ours"] == "unknown"


def test_nothing_agrees_with_what_is_not_known(check: Check) -> None:
    own = [policy({**allow("s3:*"), "Condition": {"StringLike": {"aws:SourceVpce": "vpce-*"}}})]
    found = check(request={"context_is_complete": False}, evidence={**OPEN, "principal.policies": own})
    assert (found["ours"], found["agrees"]) == ("unknown", None)
    assert "nothing is certain here" in found["because"]


def test_a_difference_says_what_may_have_made_it(check: Check, simulator: Simulator) -> None:
    simulator.says = result("implicitDeny", MissingContextValues=["aws:SourceVpce"])
    found = check(evidence=OPEN)
    assert found["missing_context"] == ["aws:SourceVpce"]
    assert "asked without `aws:SourceVpce`" in found["because"]


def test_a_difference_names_what_was_given_in_place_of_what_it_reads(check: Check, simulator: Simulator) -> None:
    simulator.says = result("explicitDeny", OrganizationsDecisionDetail={"AllowedByOrganizations": False})
    found = check(evidence={"organization.scps": None, "principal.boundary": None}, collect=True)
    assert (found["ours"], found["agrees"]) == ("allowed", False)
    assert "because of service control policies" in found["because"]
    assert "given as `organization.scps`" in found["because"]


# --- only a note ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("says", [None, [], [{}], ["x"], result("allowed") * 2, [{"EvalDecision": "allowed"}, 1]])
def test_an_answer_that_is_none_is_said(check: Check, simulator: Simulator, says: Any) -> None:
    simulator.says = says
    found = check(evidence=OPEN)
    assert (found["decision"], found["agrees"]) == (None, None)
    assert found["because"] == "iam:SimulateCustomPolicy was answered with something that is no answer to it"


def test_a_refusal_is_said_and_changes_nothing(check: Check, simulator: Simulator) -> None:
    simulator.says = PRINCIPAL.read(account=ACCOUNT).unreadable("was refused: the service lacks it")
    found = check()
    assert (found["decision"], found["agrees"], found["missing_context"]) == (None, None, [])
    assert found["because"] == "iam:SimulatePrincipalPolicy was refused: the service lacks it"


UNASKED: Mapping[str, tuple[dict[str, Any], str]] = {
    "nobody": ({"who": None}, "who called"),
    "no object": ({"request": {"resource": None, "operation": "GetObject"}}, "not known"),
    "root": ({"who": f"arn:aws:iam::{ACCOUNT}:root"}, "users and roles only"),
    "anonymous": ({"who": "anonymous"}, "users and roles only"),
    "federated": ({"who": FEDERATED}, "users and roles only"),
    "no policies": ({"evidence": {"principal.policies": None}}, "no identity policies"),
    "complete": ({"evidence": {}, "evidence_is_complete": True}, "no identity policies"),
    "unknown": ({"evidence": {"principal.policies": {"unknown": True}}}, "are not known"),
    "no issuer": ({"evidence": {"session.issuer": {"unknown": True}}}, "role behind the session"),
}


@pytest.mark.parametrize(("body", "because"), UNASKED.values(), ids=UNASKED)
def test_what_cannot_be_asked_is_said(check: Check, body: dict[str, Any], because: str) -> None:
    found = check(**body)
    assert because in found["because"]
    assert (found["decision"], found["agrees"]) == (None, None)


def test_what_is_too_long_for_it_is_not_sent(check: Check, simulator: Simulator) -> None:
    long = policy(*[allow("s3:Get*", Resource="arn:aws:s3:::" + "a" * 1000)] * 140)
    found = check(evidence={**OPEN, "principal.policies": [long]})
    assert "more than 131072 characters" in found["because"]
    found = check(request={"resource": "arn:aws:s3:::reports/" + "ä" * 1024}, evidence=OPEN)
    assert found["decision"] == "allowed"
    assert len(simulator.asked.parameters["ResourceArns"][0]) < 2048


def test_it_is_not_awaited_for_longer_than_the_rest(simulator: Simulator) -> None:
    simulator.hold = Event()
    desk = Desk(simulator)
    services = replace(built(), aws=desk, collect_seconds=0.1)
    body = {"request": {"principal": APP, **GET}, "evidence": OPEN, "cross_check": True}
    found = diagnose(services, body)["cross_check"]
    simulator.hold.set()
    desk.close()
    assert found["because"] == "iam:SimulateCustomPolicy was not answered within the time for collecting"


def test_an_answer_is_used_again_unless_a_fresh_one_is_wanted(check: Check, simulator: Simulator) -> None:
    for fresh in (False, False, True):
        check(evidence=OPEN, fresh=fresh)
    assert len(simulator.made) == 2


def test_nothing_is_asked_where_that_is_not_wanted(simulator: Simulator) -> None:
    desk = Desk(simulator)
    body = {"request": {"principal": APP, **GET}, "evidence": OPEN}
    for more in ({}, {"cross_check": False}):
        assert "cross_check" not in diagnose(replace(built(), aws=desk), {**body, **more})
    desk.close()
    assert simulator.made == []


def test_a_service_that_reads_nothing_refuses() -> None:
    with pytest.raises(InvalidInput) as caught:
        diagnose(built(), {"request": {"principal": APP, **GET}, "cross_check": True})
    assert caught.value.faults[0].pointer == "/cross_check"


# --- the shapes of the API --------------------------------------------------------------------------------------------

WHOLE = {
    "EvalActionName": "s3:GetObject",
    "EvalResourceName": "arn:${Partition}:s3:::${BucketName}/${KeyName}",
    "EvalDecision": "implicitDeny",
    "MatchedStatements": [],
    "MissingContextValues": ["aws:SourceVpce"],
    "OrganizationsDecisionDetail": {"AllowedByOrganizations": False},
    "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": True},
    "EvalDecisionDetails": {},
    "ResourceSpecificResults": [
        {
            "EvalResourceName": OBJECT,
            "EvalResourceDecision": "explicitDeny",
            "MatchedStatements": [{"SourcePolicyId": "p", "SourcePolicyType": "role"}],
            "MissingContextValues": ["s3:prefix"],
            "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
        }
    ],
}


@pytest.mark.parametrize(
    "evidence", [None, {**OPEN, "principal.boundary": policy(allow()), "organization.scps": [[policy(allow())]]}]
)
def test_what_is_asked_and_answered_has_the_shape_of_the_api(
    check: Check, simulator: Simulator, evidence: dict[str, Any] | None
) -> None:
    check(**({} if evidence is None else {"evidence": evidence}))
    asked = simulator.asked
    session = Session()
    session.register_component("data_loader", LOADER)
    client = session.create_client("iam", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        method = "simulate_principal_policy" if evidence is None else "simulate_custom_policy"
        stub.add_response(method, {"EvaluationResults": [WHOLE], "IsTruncated": False}, asked.parameters)
        found = simulated(answered(client, asked.call, asked.parameters))
    assert found.decision == "explicitDeny"
    assert found.missing == ("s3:prefix",)
    assert (found.organization, found.boundary) == (False, False)


def test_without_results_for_the_resource_the_whole_counts() -> None:
    found = simulated([{**WHOLE, "ResourceSpecificResults": []}])
    assert (found.decision, found.missing, found.boundary) == ("implicitDeny", ("aws:SourceVpce",), True)


def test_a_policy_is_sent_in_letters_that_it_accepts() -> None:
    assert text_of({"document": {"Id": "é"}}).isascii()


@pytest.mark.parametrize("held", ["abc", [1], 5])
def test_evidence_that_is_none_is_said_to_be(held: Any) -> None:
    desk = Desk(Table({}))
    request = {"principal": "anonymous", "operation": "GetObject", "resource": "arn:aws:s3:::b/k", "evidence": held}
    with pytest.raises(InvalidInput) as caught:
        diagnose(replace(built(), aws=desk), {"request": request, "cross_check": True})
    assert [fault.pointer for fault in caught.value.faults] == ["/request/evidence"]
