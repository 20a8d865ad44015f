"""What layers propose whose policies only limit: organizations, permissions boundaries, sessions, VPC endpoints."""

from typing import Any

import pytest

from tests.layers.fixing import after, fixed, proposed, remaining
from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    FEDERATED,
    HOME,
    OBJECT,
    ROLE,
    SERVICE,
    SESSION,
    USER,
    allow,
    deny,
    policy,
)
from why403 import AccessRequest, Applicability, Fact, Fix, Says
from why403.domain.facts import BUCKET_OWNER, ISSUER, POINT_BUCKET, POINT_OWNER
from why403.testing import a_request
from why403_layers.permissions_boundary import BOUNDARY
from why403_layers.rcp import RCPS
from why403_layers.scp import SCPS
from why403_layers.session_policy import SESSION_POLICIES
from why403_layers.vpc_endpoint import POLICY, TYPE

ORGANIZATION = "arn:aws:organizations::999988887777:policy/o-1"
SCP_ARN = f"{ORGANIZATION}/service_control_policy/p-1"
RCP_ARN = f"{ORGANIZATION}/resource_control_policy/p-2"
FULL_ARN = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
FULL = {"name": "FullAWSAccess", "arn": FULL_ARN, "document": policy(allow())}
LISTS = policy(allow("s3:ListBucket", Sid="Lists"))
ONLY_US = {"ArnLike": {"aws:PrincipalArn": USER}}
ADDED = {"Sid": "AllowGetObject", **allow("s3:GetObject", Resource=OBJECT, Condition=ONLY_US)}
BOUNDARY_ARN = f"arn:aws:iam::{HOME}:policy/boundary"
POINT = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/p"


def level(target: str, *policies: Any) -> dict[str, Any]:
    return {"target": target, "policies": list(policies)}


def scp(document: Any, arn: str | None = SCP_ARN) -> dict[str, Any]:
    return {"name": "x", "document": document} | ({"arn": arn} if arn else {})


def asked(fact: Fact[Any], value: Any, principal: str = USER, **more: Any) -> AccessRequest:
    facts = {fact: value, **more.pop("facts", {})}
    return a_request(more.pop("action", "s3:GetObject"), principal=principal, facts=facts, **more)


def gone(name: str, request: AccessRequest, fix: Fix) -> bool:
    return remaining(name, fixed(request, fix)) == []


def test_a_level_that_lacks_an_allow_gets_one_for_the_caller_in_the_policy_that_can_be_written() -> None:
    request = asked(SCPS, [level("r-1", FULL), level("ou-1", scp(LISTS)), level(HOME, FULL)])
    first, second = proposed("scp", request, Says.LIMIT)
    document = policy(*LISTS["Statement"], ADDED)
    (write,), (undo,) = first.writes, first.undo
    assert after(first, "organization.scps")[1] == level("ou-1", scp(document))
    assert (write.operation, dict(write.parameters)) == ("UpdatePolicy", {"PolicyId": "p-1", "Content": document})
    assert dict(undo.parameters) == {"PolicyId": "p-1", "Content": LISTS}
    assert (write.account, first.target) == ("999988887777", SCP_ARN)
    assert first.applicability is Applicability.REVIEW
    assert "`ou-1`" in first.summary
    assert gone("scp", request, first)
    assert after(second, "organization.scps")[1]["policies"][0]["document"]["Statement"] == [
        allow(["s3:ListBucket", "s3:GetObject"], Sid="Lists")
    ]
    assert gone("scp", request, second)


def test_every_level_that_lacks_an_allow_is_answered_on_its_own() -> None:
    request = asked(SCPS, [level("r-1", scp(LISTS)), level("ou-1", FULL), level(HOME, scp(LISTS, f"{SCP_ARN}3"))])
    first = proposed("scp", request, Says.LIMIT)[0]
    assert [len(each["policies"][0]["document"]["Statement"]) for each in after(first, "organization.scps")] == [
        2,
        1,
        1,
    ]
    half = fixed(request, first)
    second = proposed("scp", half, Says.LIMIT)[0]
    assert second.writes[0].parameters["PolicyId"] == "p-13"
    assert gone("scp", half, second)


UNWRITABLE: dict[str, Any] = {
    "a bare document": level("ou-1", LISTS),
    "a list of bare documents": [LISTS],
    "a policy without an ARN": level("ou-1", scp(LISTS, None)),
    "nothing attached": level("ou-1"),
    "a policy of AWS's own": level("ou-1", {"arn": FULL_ARN, "document": LISTS}),
}


@pytest.mark.parametrize("held", UNWRITABLE.values(), ids=UNWRITABLE)
def test_where_no_policy_of_a_level_can_be_written_a_person_makes_the_change(held: Any) -> None:
    request = asked(SCPS, [held])
    for fix in proposed("scp", request, Says.LIMIT):
        assert (fix.writes, fix.undo, fix.applicability) == ((), (), Applicability.MANUAL)
        assert any("aws organizations" in step for step in fix.steps)
        assert gone("scp", request, fix)


def test_a_policy_of_an_organization_that_is_full_is_not_added_to() -> None:
    full = policy(*(allow(f"s3:x{'y' * 200}{n}") for n in range(40)))
    fix = proposed("scp", asked(SCPS, [level("ou-1", scp(full))]), Says.LIMIT)[0]
    assert fix.writes == ()
    assert any("create-policy" in step for step in fix.steps)


@pytest.mark.parametrize(("name", "fact", "arn"), [("scp", SCPS, SCP_ARN), ("rcp", RCPS, RCP_ARN)])
@pytest.mark.parametrize("principal", [USER, SESSION])
def test_a_guardrail_spares_the_caller_and_stays(name: str, fact: Fact[Any], arn: str, principal: str) -> None:
    element = {"Principal": "*"} if name == "rcp" else {}
    held = policy(deny("s3:Get*", Sid="No", **element), deny("s3:Put*", **element))
    facts = {BUCKET_OWNER: HOME, ISSUER: None}
    full = {**FULL, "document": policy(allow(**element))}
    request = asked(fact, [level("r-1", full, scp(held, arn))], principal, facts=facts)
    (fix,) = proposed(name, request, Says.DENIAL)
    spared = {"ArnNotLike": {"aws:PrincipalArn": ROLE if principal == SESSION else USER}}
    changed = policy({**held["Statement"][0], "Condition": spared}, held["Statement"][1])
    assert after(fix, fact.name)[0]["policies"][1]["document"] == changed
    assert fix.writes[0].parameters["Content"] == changed
    assert fix.undo[0].parameters["Content"] == held
    assert fix.applicability is Applicability.REVIEW
    assert Says.DENIAL not in {says for says, _ in remaining(name, fixed(request, fix))}


def test_two_policies_that_deny_are_two_writes_taken_back_in_reverse() -> None:
    policies = [FULL, scp(policy(deny("s3:*"))), scp(policy(deny("s3:Get*")), f"{SCP_ARN}2")]
    request = asked(SCPS, [level("r-1", *policies)])
    (fix,) = proposed("scp", request, Says.DENIAL)
    assert [write.parameters["PolicyId"] for write in fix.writes] == ["p-1", "p-12"]
    assert [write.parameters["PolicyId"] for write in fix.undo] == ["p-12", "p-1"]
    assert gone("scp", request, fix)


def test_two_statements_of_one_policy_are_one_write() -> None:
    held = policy(deny("s3:*"), deny("s3:Get*"))
    request = asked(SCPS, [level("r-1", FULL, scp(held))])
    (fix,) = proposed("scp", request, Says.DENIAL)
    (write,) = fix.writes
    assert [each["Condition"] for each in write.parameters["Content"]["Statement"]] == [
        {"ArnNotLike": {"aws:PrincipalArn": USER}}
    ] * 2
    assert dict(fix.undo[0].parameters)["Content"] == held


def test_a_network_that_a_service_has_not_is_no_reason_to_refuse_it() -> None:
    network = {"NotIpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"}}
    held = policy(deny("s3:*", Principal="*", Condition=network))
    request = asked(RCPS, [level("r-1", scp(held, RCP_ARN))], SERVICE, facts={BUCKET_OWNER: HOME})
    (fix,) = proposed("rcp", request, Says.DENIAL)
    (statement,) = fix.writes[0].parameters["Content"]["Statement"]
    assert statement["Condition"] == {**network, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}


def test_anonymous_callers_are_told_to_sign() -> None:
    request = asked(
        RCPS, [level("r-1", scp(policy(deny("s3:*", Principal="*")), RCP_ARN))], ANONYMOUS, facts={BUCKET_OWNER: HOME}
    )
    (fix,) = proposed("rcp", request, Says.DENIAL)
    assert (fix.edits, fix.applicability, fix.who) == ((), Applicability.MANUAL, "the caller")


def boundary(document: Any, arn: str | None = BOUNDARY_ARN) -> Any:
    return {"name": "boundary", "arn": arn, "document": document} if arn else document


@pytest.mark.parametrize("principal", [USER, SESSION])
def test_a_boundary_is_widened_by_one_action_on_one_resource(principal: str) -> None:
    request = asked(BOUNDARY, boundary(LISTS), principal)
    (fix,) = proposed("permissions_boundary", request)
    document = policy(*LISTS["Statement"], {"Sid": "AllowGetObject", **allow("s3:GetObject", Resource=OBJECT)})
    (write,) = fix.writes
    assert (write.operation, dict(write.parameters)) == (
        "CreatePolicyVersion",
        {"PolicyArn": BOUNDARY_ARN, "PolicyDocument": document, "SetAsDefault": True},
    )
    assert fix.undo[0].parameters["PolicyDocument"] == LISTS
    assert fix.applicability is Applicability.REVIEW
    assert gone("permissions_boundary", request, fix)


def test_a_boundary_that_denies_spares_the_caller() -> None:
    request = asked(BOUNDARY, boundary(policy(allow(), deny("s3:Get*"))))
    (fix,) = proposed("permissions_boundary", request)
    assert fix.writes[0].parameters["PolicyDocument"]["Statement"][1]["Condition"] == {
        "ArnNotLike": {"aws:PrincipalArn": USER}
    }
    assert gone("permissions_boundary", request, fix)


OF_AWS = "arn:aws:iam::aws:policy/PowerUserAccess"


@pytest.mark.parametrize(("principal", "kind", "name"), [(USER, "user", "ana"), (SESSION, "role", "app")])
@pytest.mark.parametrize("document", [LISTS, policy(allow(), deny("s3:Get*"))])
def test_a_boundary_that_aws_owns_is_replaced_by_a_copy(document: Any, principal: str, kind: str, name: str) -> None:
    request = asked(BOUNDARY, boundary(document, OF_AWS), principal)
    (fix,) = proposed("permissions_boundary", request)
    assert fix.summary.startswith(f"put a copy in the place of the boundary `{OF_AWS}`")
    assert (fix.writes, fix.applicability, fix.target) == ((), Applicability.MANUAL, OF_AWS)
    create, put, back = fix.steps
    copy = f"arn:aws:iam::{HOME}:policy/why403-boundary-{name}"
    assert create.startswith(f"aws iam create-policy --policy-name why403-boundary-{name} --policy-document ")
    assert put == f"aws iam put-{kind}-permissions-boundary --{kind}-name {name} --permissions-boundary {copy}"
    assert back == f"to take it back: {put.replace(copy, OF_AWS)}, then aws iam delete-policy --policy-arn {copy}"
    assert "create-policy-version" not in str(fix.steps)
    assert gone("permissions_boundary", request, fix)


@pytest.mark.parametrize(
    "held",
    [
        boundary(LISTS, None),
        boundary(policy(allow("s3:x" + "y" * 6_150)), OF_AWS),
        boundary(policy(allow("s3:x" + "y" * 6_050))),
    ],
)
def test_a_boundary_that_cannot_be_written_is_left_to_a_person(held: Any) -> None:
    request = asked(BOUNDARY, held)
    (fix,) = proposed("permissions_boundary", request)
    assert (fix.writes, fix.applicability) == ((), Applicability.MANUAL)
    assert fix.steps
    assert gone("permissions_boundary", request, fix)


SESSIONS: dict[str, tuple[AccessRequest, Any]] = {
    "a policy that was passed takes a statement more": (
        asked(SESSION_POLICIES, [LISTS], SESSION),
        [policy(*LISTS["Statement"], {"Sid": "AllowGetObject", **allow("s3:GetObject", Resource=OBJECT)})],
    ),
    "beside managed ones a policy is passed": (
        asked(SESSION_POLICIES, [{"arn": BOUNDARY_ARN, "document": LISTS}], SESSION),
        [
            {"arn": BOUNDARY_ARN, "document": LISTS},
            policy({"Sid": "AllowGetObject", **allow("s3:GetObject", Resource=OBJECT)}),
        ],
    ),
    "a federated user starts from nothing": (
        asked(SESSION_POLICIES, None, FEDERATED),
        [policy({"Sid": "AllowGetObject", **allow("s3:GetObject", Resource=OBJECT)})],
    ),
    "a Deny spares the caller": (
        asked(SESSION_POLICIES, [policy(allow(), deny("s3:Get*"))], SESSION, facts={ISSUER: None}),
        [policy(allow(), deny("s3:Get*", Condition={"ArnNotLike": {"aws:PrincipalArn": ROLE}}))],
    ),
}


@pytest.mark.parametrize(("request_", "expected"), SESSIONS.values(), ids=SESSIONS)
def test_a_session_is_started_anew_by_hand(request_: AccessRequest, expected: Any) -> None:
    (fix,) = proposed("session_policy", request_)
    assert after(fix, "session.policies") == expected
    assert (fix.writes, fix.undo, fix.applicability) == ((), (), Applicability.MANUAL)
    assert any("aws sts" in step for step in fix.steps)
    assert gone("session_policy", request_, fix)


def test_a_grant_of_access_grants_is_what_narrows_the_session_it_vended() -> None:
    keys = {"s3:AccessGrantsInstanceArn": ["arn:aws:s3:eu-west-1:111122223333:access-grants/default"]}
    (fix,) = proposed("session_policy", asked(SESSION_POLICIES, [LISTS], SESSION, keys=keys))
    assert any("create-access-grant" in step for step in fix.steps)


def test_a_session_policy_that_grows_too_long_says_so() -> None:
    (fix,) = proposed("session_policy", asked(SESSION_POLICIES, [policy(allow("s3:x" + "y" * 1_950))], SESSION))
    assert any("2,048" in step for step in fix.steps)


ENDPOINT: dict[str, Any] = {
    "name": "vpce-1",
    "document": policy({"Principal": "*", **LISTS["Statement"][0]}),
}
MEANT = {"ArnEquals": {"aws:PrincipalArn": USER}}


@pytest.mark.parametrize("kind", ["Gateway", "Interface"])
def test_an_endpoint_lets_through_the_caller_alone(kind: str) -> None:
    keys = {"aws:SourceVpce": ["vpce-1"], "aws:RequestedRegion": ["eu-west-1"], "aws:VpceAccount": [AWAY]}
    request = asked(POLICY, ENDPOINT, keys=keys, facts={TYPE: kind})
    (fix,) = proposed("vpc_endpoint", request)
    (write,) = fix.writes
    added = {"Principal": "*", **allow("s3:GetObject", Resource=OBJECT, Condition=MEANT)}
    document = policy(*ENDPOINT["document"]["Statement"], {"Sid": "AllowGetObject", **added})
    assert (write.operation, write.account, write.region) == ("ModifyVpcEndpoint", AWAY, "eu-west-1")
    assert dict(write.parameters) == {"VpcEndpointId": "vpce-1", "PolicyDocument": document}
    assert dict(fix.undo[0].parameters) == {"VpcEndpointId": "vpce-1", "PolicyDocument": ENDPOINT["document"]}
    assert fix.applicability is Applicability.REVIEW
    assert gone("vpc_endpoint", request, fix)
    other = asked(POLICY, after(fix, "vpc_endpoint.policy"), ROLE, keys=keys, facts={TYPE: kind})
    assert remaining("vpc_endpoint", other) != []


def test_an_endpoint_lets_through_both_arns_of_what_goes_by_an_access_point() -> None:
    facts = {POINT_BUCKET: "reports", POINT_OWNER: HOME, TYPE: "Gateway"}
    request = asked(POLICY, ENDPOINT, resource=f"{POINT}/object/q3.csv", facts=facts)
    (fix,) = proposed("vpc_endpoint", request)
    assert fix.writes[0].parameters["PolicyDocument"]["Statement"][1]["Resource"] == [
        f"{POINT}/object/q3.csv",
        OBJECT,
    ]
    assert gone("vpc_endpoint", request, fix)


def test_an_endpoint_that_denies_spares_the_caller() -> None:
    held = policy({"Principal": "*", **allow()}, {"Principal": "*", **deny("s3:Get*")})
    request = asked(POLICY, {"name": "vpce-1", "document": held})
    (fix,) = proposed("vpc_endpoint", request)
    assert fix.writes[0].parameters["PolicyDocument"]["Statement"][1]["Condition"] == {
        "ArnNotLike": {"aws:PrincipalArn": USER}
    }
    assert gone("vpc_endpoint", request, fix)


def test_an_endpoint_that_spares_only_who_has_no_boundary_spares_the_caller_too() -> None:
    held = policy({"Principal": "*", **allow()}, {"NotPrincipal": {"AWS": [USER, HOME]}, **deny()})
    request = asked(POLICY, {"name": "vpce-1", "document": held}, facts={BOUNDARY: policy(allow())})
    (fix,) = proposed("vpc_endpoint", request)
    assert gone("vpc_endpoint", request, fix)


def test_an_endpoint_whose_id_is_not_known_is_left_to_a_person() -> None:
    request = asked(POLICY, ENDPOINT["document"])
    (fix,) = proposed("vpc_endpoint", request)
    assert (fix.writes, fix.applicability) == ((), Applicability.MANUAL)
    assert any("modify-vpc-endpoint" in step for step in fix.steps)
    assert gone("vpc_endpoint", request, fix)


def test_an_endpoint_is_not_opened_to_anybody() -> None:
    (fix,) = proposed(
        "vpc_endpoint", asked(POLICY, ENDPOINT, ANONYMOUS, action="s3:ListBucketVersions", resource=BUCKET)
    )
    assert (fix.edits, fix.writes, fix.applicability) == ((), (), Applicability.MANUAL)
