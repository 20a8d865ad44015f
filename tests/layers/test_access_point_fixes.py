"""What the layer of access points proposes: the caller let in at this gate, or another way to call."""

from typing import Any

import pytest

from tests.layers.fixing import after, fixed, proposed, remaining
from tests.layers.tables import AWAY, HOME, USER, allow, deny, policy
from why403 import AccessRequest, Applicability, Call, Fact, Reach, Says
from why403.domain.facts import BUCKET_OWNER, POINT_BUCKET, POINT_ORIGIN, POINT_OWNER, POINT_VPC
from why403.testing import a_request
from why403_layers.points import POINT_POLICY

POINT = f"arn:aws:s3:eu-west-1:{AWAY}:accesspoint/p"
MULTI = f"arn:aws:s3::{AWAY}:accesspoint/m.mrap"
OBJECT = f"{POINT}/object/q3.csv"
READS = {"Principal": {"AWS": USER}, **allow("s3:GetObject", Resource=OBJECT)}


def asked(document: Any, resource: str = OBJECT, action: str = "s3:GetObject", **facts: Any) -> AccessRequest:
    held: dict[Fact[Any], Any] = {
        POINT_POLICY: document,
        POINT_BUCKET: "reports",
        POINT_OWNER: AWAY,
        BUCKET_OWNER: AWAY,
        POINT_ORIGIN: "Internet",
        POINT_VPC: None,
        **{{"origin": POINT_ORIGIN, "vpc": POINT_VPC}[name]: value for name, value in facts.items()},
    }
    return a_request(action, resource=resource, facts=held)


@pytest.mark.parametrize(
    ("held", "document"),
    [
        (None, policy({"Sid": "AllowGetObject", "Effect": "Allow", **READS})),
        (
            policy({**READS, "Sid": "Mine", "Action": ["s3:GetObjectVersion"]}),
            policy({**READS, "Sid": "Mine", "Action": ["s3:GetObjectVersion", "s3:GetObject"]}),
        ),
    ],
)
def test_the_caller_is_let_in_by_the_access_point_s_own_arn(held: Any, document: Any) -> None:
    request = asked(held)
    (fix,) = proposed("access_point", request, Says.GRANT)
    (write,), (undo,) = fix.writes, fix.undo
    assert after(fix, "access_point.policy") == document
    assert (write.service, write.operation, write.region) == ("s3control", "PutAccessPointPolicy", "eu-west-1")
    assert dict(write.parameters) == {"AccountId": AWAY, "Name": "p", "Policy": document}
    assert undo.operation == ("DeleteAccessPointPolicy" if held is None else "PutAccessPointPolicy")
    assert fix.who == f"the owner of the access point, account {AWAY}"
    made = fixed(request, fix)
    assert Says.CAP not in {says for says, _ in remaining("access_point", made)}
    assert Says.GRANT not in {says for says, _ in remaining("access_point", made)}


def test_a_cap_of_the_access_point_is_answered_as_a_missing_grant_is() -> None:
    request = asked(None)
    assert proposed("access_point", request, Says.CAP) == proposed("access_point", request, Says.GRANT)


def test_a_deny_of_the_access_point_spares_the_caller() -> None:
    held = policy({**READS, "Effect": "Allow"}, {"Principal": "*", **deny("s3:Get*", Resource=OBJECT)})
    request = asked(held)
    (fix,) = proposed("access_point", request, Says.DENIAL)
    assert after(fix, "access_point.policy")["Statement"][1]["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": USER}}
    assert Says.DENIAL not in {says for says, _ in remaining("access_point", fixed(request, fix))}


@pytest.mark.parametrize("resource", [f"{MULTI}/object/q3.csv", OBJECT.replace(":s3:", ":s3-object-lambda:")])
def test_other_kinds_of_access_points_are_written_by_hand(resource: str) -> None:
    action = "s3-object-lambda:GetObject" if "lambda" in resource else "s3:GetObject"
    request = asked(None, resource, action)
    (fix,) = proposed("access_point", request, Says.GRANT)
    assert (fix.writes, fix.applicability) == ((), Applicability.MANUAL)
    assert any(("multi-region" in step) is ("mrap" in resource) for step in fix.steps)
    assert (Says.GRANT, Reach.DIRECT) not in remaining("access_point", fixed(request, fix))


def test_from_another_network_one_calls_from_the_right_one() -> None:
    request = asked(policy({**READS, "Effect": "Allow"}), origin="VPC", vpc="vpc-1")
    (fix,) = proposed("access_point", request, Says.REQUIREMENT)
    assert (fix.request, fix.edits, fix.writes) == ({"context": {"aws:SourceVpc": "vpc-1"}}, (), ())
    assert any("create-access-point" in step for step in fix.steps)
    assert fix.applicability is Applicability.MANUAL
    assert Says.REQUIREMENT not in {says for says, _ in remaining("access_point", fixed(request, fix))}


def test_what_is_not_made_through_access_points_is_made_to_the_bucket() -> None:
    request = a_request(
        "s3:PutBucketVersioning",
        resource=POINT,
        facts={POINT_BUCKET: "reports", POINT_OWNER: HOME, POINT_POLICY: None, POINT_ORIGIN: "Internet"},
        call=Call(operation="PutBucketVersioning"),
    )
    (fix,) = proposed("access_point", request, Says.REQUIREMENT)
    assert "arn:aws:s3:::reports" in fix.summary
    assert (fix.edits, fix.request, fix.applicability) == ((), {}, Applicability.MANUAL)
