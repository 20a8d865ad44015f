"""What is done where Block Public Access refuses: nothing public is sent or stored, and the settings stay on."""

import json
from typing import Any, Final

import pytest

from tests.cases import services
from tests.layers.fixing import after
from tests.layers.tables import AWAY, BUCKET, HOME, OBJECT, THIRD, USER, allow, policy
from tests.layers.trying import Tried, body, faults, parameters, tried
from why403.domain.acl import ALL_USERS
from why403.domain.fix import Applicability, Reading
from why403.usecases.remediate import remediate

ON: Final = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
EVE: Final = f"arn:aws:iam::{AWAY}:user/eve"
POINT: Final = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/in"
ALL: Final = [policy(allow("s3:*"), allow("s3express:*"))]
READS: Final = {"Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
PUBLIC: Final = {**allow(), **READS, "Sid": "Public", "Principal": "*"}
TO_EVE: Final = {**allow(), **READS, "Sid": "Eve", "Principal": {"AWS": EVE}}
TO_HOME: Final = {"StringEquals": {"aws:PrincipalAccount": HOME}}
READ_BY_ANYBODY: Final = {
    "owner": HOME,
    "grants": [
        {"grantee": {"uri": ALL_USERS}, "permission": "READ"},
    ],
}


def asked(operation: str = "GetObject", *, principal: str = USER, **more: Any) -> dict[str, Any]:
    """Return the body of a call on a bucket whose settings are all on."""
    evidence = {
        "bucket.owner": HOME,
        "bucket.public_access_block": ON,
        "principal.policies": ALL,
        **more.pop("evidence", {}),
    }
    sent = {"parameters": {"VersionId": None}} if operation == "GetObject" else {}
    request = {"principal": principal, "operation": operation, "resource": OBJECT, **sent, **more}
    return body({**request, "evidence": evidence, "evidence_is_complete": True})


def at(operation: str = "GetObject", **more: Any) -> list[Tried]:
    """Return what is proposed for a call."""
    return list(tried(asked(operation, **more), "block_public_access"))


def test_a_public_acl_is_not_sent() -> None:
    first, last = at("PutObject", parameters={"ACL": "public-read"})
    assert [list(faults(each)) for each in (first, last)] == [[], []]
    assert first.fix.call["ACL"] is None
    assert (first.fix.who, first.fix.applicability) == ("the caller", Applicability.REVIEW)
    assert not first.fix.public


def test_what_is_not_public_of_an_acl_is_still_written() -> None:
    owner = {"Grantee": {"ID": "a"}, "Permission": "FULL_CONTROL"}
    anybody = {"Grantee": {"URI": ALL_USERS}, "Permission": "READ"}
    sent = {"AccessControlPolicy": {"Owner": {"ID": "a"}, "Grants": [owner, anybody]}}
    first = at("PutBucketAcl", resource=BUCKET, parameters=sent, evidence={"bucket.ownership": "ObjectWriter"})[0]
    assert list(faults(first)) == []
    assert first.fix.call["AccessControlPolicy"]["Grants"] == [owner]


@pytest.mark.parametrize("text", [False, True], ids=["an object", "text"])
def test_a_policy_is_sent_limited_to_the_owner_s_account(text: bool) -> None:
    document = policy(TO_EVE, PUBLIC)
    sent = {"Policy": json.dumps(document) if text else document}
    first = at("PutBucketPolicy", resource=BUCKET, parameters=sent)[0]
    assert list(faults(first)) == []
    made = first.fix.call["Policy"]
    assert isinstance(made, str) is text
    assert (json.loads(made) if text else made)["Statement"] == [TO_EVE, {**PUBLIC, "Condition": TO_HOME}]


DIRECTORY: Final = "buk--use1-az4--x-s3"
SESSIONS: Final = {**allow("s3express:CreateSession"), "Principal": "*"}


@pytest.mark.parametrize(
    ("bucket", "statement", "owner", "limited"),
    [
        ("reports", PUBLIC, HOME, TO_HOME),
        ("reports", PUBLIC, {"unknown": True}, None),
        (DIRECTORY, SESSIONS, HOME, TO_HOME),
        (DIRECTORY, SESSIONS, {"unknown": True}, None),
    ],
    ids=["a bucket", "of an owner not known", "a directory bucket", "a directory bucket of an owner not known"],
)
def test_a_policy_is_limited_to_an_owner_that_is_known(
    bucket: str, statement: dict[str, Any], owner: Any, limited: dict[str, Any] | None
) -> None:
    sent = {"Policy": policy(statement)}
    known = {"bucket.owner": owner}
    found = at("PutBucketPolicy", resource=f"arn:aws:s3:::{bucket}", parameters=sent, evidence=known)
    made = [each.fix.call["Policy"]["Statement"] for each in found if each.fix.call]
    assert made == ([] if limited is None else [[{**statement, "Condition": limited}]])


VARIABLE: Final = {"aws:PrincipalAccount": "${aws:ResourceAccount}"}
FULL: Final = dict.fromkeys(("StringEquals", "StringEqualsIgnoreCase", "StringLike"), VARIABLE)


def test_a_policy_that_no_condition_more_can_limit_is_left_to_be_written_anew() -> None:
    sent = {"Policy": policy({**PUBLIC, "Condition": FULL})}
    assert [dict(each.fix.call) for each in at("PutBucketPolicy", resource=BUCKET, parameters=sent)] == [{}]
    found = at(principal=EVE, evidence={"bucket.policy": policy({**PUBLIC, "Condition": FULL}, TO_EVE)})
    assert ["bucket.policy" in {edit.fact for edit in each.fix.edits} for each in found] == [False]


THROUGH_POINTS: Final = {"StringLike": {"s3:DataAccessPointArn": f"arn:aws:s3:*:{HOME}:accesspoint/*"}}


@pytest.mark.parametrize("condition", [{}, THROUGH_POINTS], ids=["for all", "for all through access points"])
def test_an_access_point_s_policy_is_sent_limited_to_its_owner_s_account(condition: dict[str, Any]) -> None:
    opened = {**PUBLIC, "Resource": f"{POINT}/object/*", "Condition": condition}
    known = {"access_point.bucket": "reports", "access_point.network_origin": "Internet"}
    sent = {"Policy": policy(opened)}
    first, last = at("PutAccessPointPolicy", resource=POINT, parameters=sent, evidence=known)
    assert [list(faults(each)) for each in (first, last)] == [[], []]
    assert first.fix.call["Policy"]["Statement"] == [{**opened, "Condition": {**condition, **TO_HOME}}]
    assert "set on the bucket behind" in last.fix.summary


def test_a_restricted_bucket_counts_what_names_somebody_again() -> None:
    known = {"bucket.policy": policy(TO_EVE, PUBLIC)}
    first, last = at(principal=EVE, evidence=known)
    assert list(faults(first)) == []
    assert after(first.fix, "bucket.policy")["Statement"] == [TO_EVE, {**PUBLIC, "Condition": TO_HOME}]
    ((write,), (back,)) = first.fix.writes, first.fix.undo
    assert (write.operation, write.account) == ("PutBucketPolicy", HOME)
    assert write.parameters == {"Bucket": "reports", "Policy": after(first.fix, "bucket.policy")}
    assert back.parameters == {"Bucket": "reports", "Policy": known["bucket.policy"]}
    assert first.decided.blockers == []
    assert last.fix.public


def test_a_caller_that_nothing_names_is_named_beside_the_limit() -> None:
    plan = remediate(services(), asked(principal=EVE, evidence={"bucket.policy": policy(PUBLIC)})).answer
    assert plan["proof"]["after"]["decision"] == "allowed"
    assert plan["proof"]["newly_allowed"] == []
    statements = plan["changes"][-1]["after"]["Statement"]
    assert statements[0] == {**PUBLIC, "Condition": TO_HOME}
    assert [each["Principal"] for each in statements[1:]] == [{"AWS": EVE}]


def test_a_public_access_point_is_limited_by_its_own_policy() -> None:
    known = {
        "access_point.bucket": "reports",
        "access_point.network_origin": "Internet",
        "access_point.policy": policy({**PUBLIC, "Resource": f"{POINT}/object/*"}),
        "bucket.policy": policy({**PUBLIC, "Condition": {"StringEquals": {"s3:DataAccessPointAccount": HOME}}}),
    }
    first = at(principal=EVE, resource=f"{POINT}/object/q3.csv", evidence=known)[0]
    assert list(faults(first)) == []
    assert [edit.fact for edit in first.fix.edits] == ["access_point.policy"]
    assert [write.operation for write in (*first.fix.writes, *first.fix.undo)] == ["PutAccessPointPolicy"] * 2


def test_a_statement_for_all_access_points_of_an_account_is_public_on_an_access_point() -> None:
    opened = {**PUBLIC, "Resource": f"{POINT}/object/*", "Condition": THROUGH_POINTS}
    known = {
        "access_point.bucket": "reports",
        "access_point.network_origin": "Internet",
        "access_point.policy": policy(opened),
        "bucket.policy": policy({**PUBLIC, "Condition": {"StringEquals": {"s3:DataAccessPointAccount": HOME}}}),
    }
    first = at(principal=EVE, resource=f"{POINT}/object/q3.csv", evidence=known)[0]
    limited = {**opened, "Condition": {**THROUGH_POINTS, **TO_HOME}}
    assert after(first.fix, "access_point.policy") == policy(limited)


def test_where_the_bucket_behind_is_not_known_its_owner_decides() -> None:
    known = {
        "access_point.bucket": {"unknown": True},
        "access_point.network_origin": "Internet",
        "access_point.policy": policy({**TO_EVE, "Resource": f"{POINT}/object/*"}),
        "bucket.policy": policy(PUBLIC),
    }
    (each,) = at(principal=EVE, resource=f"{POINT}/object/q3.csv", evidence=known)
    assert list(faults(each)) == []
    assert each.step.by_hand
    assert each.fix.public
    assert each.fix.who == "the bucket's owner"
    assert each.fix.summary == (
        "have an exception from RestrictPublicBuckets decided, which is set on the bucket behind"
    )


def test_who_a_public_acl_would_let_in_is_named_in_the_bucket_policy() -> None:
    known = {"object.acl": READ_BY_ANYBODY, "bucket.ownership": "ObjectWriter"}
    first = at(principal=EVE, evidence=known)[0]
    assert list(faults(first)) == []
    assert after(first.fix, "bucket.policy")["Statement"][0]["Principal"] == {"AWS": EVE}
    assert first.decided.blockers == []


@pytest.mark.parametrize(
    "known",
    [
        {"object.acl": READ_BY_ANYBODY, "bucket.ownership": "ObjectWriter"},
        {"bucket.policy": policy(PUBLIC)},
    ],
    ids=["an ACL", "a policy"],
)
def test_a_site_is_served_by_cloudfront_and_only_last_by_the_bucket(known: dict[str, Any]) -> None:
    site, setting = at(principal="anonymous", evidence=known)
    assert [list(faults(each)) for each in (site, setting)] == [[], []]
    assert site.step.by_hand
    assert "CloudFront" in site.fix.summary
    assert parameters(site.fix.steps[0])["OriginAccessControlConfig"] == {
        "Name": "why403-site",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
    assert not site.fix.public
    assert setting.fix.public
    assert setting.fix.risk.startswith("data exposure")
    changed = after(setting.fix, "bucket.public_access_block")
    (flag,) = [name for name, on in changed.items() if not on]
    assert changed == {**ON, flag: False}
    ((write,), (back,)) = setting.fix.writes, setting.fix.undo
    assert write.parameters["PublicAccessBlockConfiguration"] == {**ON, flag: False}
    assert back.parameters["PublicAccessBlockConfiguration"] == ON
    assert (write.account, back.account) == (HOME, HOME)
    assert write.reading == Reading(
        "s3",
        "GetPublicAccessBlock",
        {"Bucket": "reports"},
        ("PublicAccessBlockConfiguration",),
        ("NoSuchPublicAccessBlockConfiguration",),
    )


def test_no_plan_opens_a_bucket_unless_that_is_asked_for() -> None:
    known = {"bucket.policy": policy(PUBLIC)}
    closed = remediate(services(), asked(principal="anonymous", evidence=known)).answer
    assert [each["applicability"] for each in closed["changes"]] == ["manual"]
    assert not closed["changes"][0]["commands"]
    opened = remediate(services(), {**asked(principal="anonymous", evidence=known), "accept_public": True}).answer
    assert opened["proof"]["after"]["decision"] == "allowed"
    assert opened["warnings"][0].startswith("Data exposure")


@pytest.mark.parametrize(
    ("fact", "who"),
    [
        ("account.public_access_block", "an administrator of the bucket owner's account"),
        ("organization.public_access_block", "the administrators of the bucket owner's organization"),
        (
            "access_point.public_access_block",
            "the access point's owner, who makes another one: its settings never change",
        ),
    ],
)
def test_a_setting_above_the_bucket_is_for_others_to_decide(fact: str, who: str) -> None:
    known = {
        "access_point.bucket": "reports",
        "access_point.policy": policy({**PUBLIC, "Resource": f"{POINT}/object/*"}),
        "bucket.policy": policy(PUBLIC),
        fact: ON,
    }
    through = {"resource": f"{POINT}/object/q3.csv"} if fact.startswith("access_point") else {}
    last = at(principal="anonymous", evidence=known, **through)[-1]
    assert list(faults(last)) == []
    assert (last.fix.who, last.fix.public, last.fix.writes, last.fix.edits) == (who, True, (), ())
    assert "every other bucket" in last.fix.risk


def test_the_settings_of_directory_buckets_never_change() -> None:
    opened = {**SESSIONS, "Resource": f"arn:aws:s3express:us-east-1:{HOME}:bucket/{DIRECTORY}"}
    found = at(resource=f"arn:aws:s3:::{DIRECTORY}/k", principal=EVE, evidence={"bucket.policy": policy(opened)})
    assert [each.fix.public for each in found] == [False]
    assert list(faults(found[0])) == []


def test_a_third_account_s_service_needs_no_fix() -> None:
    known = {"bucket.policy": policy({**PUBLIC, "Principal": {"AWS": THIRD}})}
    assert at(principal=f"arn:aws:iam::{THIRD}:user/t", evidence=known) == []
