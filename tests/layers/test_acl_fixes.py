"""What takes the place of ACLs: the bucket's policy, the call without one, or what the object's owner grants."""

from typing import Any, Final

import pytest

from tests.layers.fixing import after
from tests.layers.tables import AWAY, BUCKET, HOME, OBJECT, THIRD, USER, allow, policy
from tests.layers.trying import Tried, body, faults, parameters, tried
from why403.domain.acl import LOG_DELIVERY
from why403.domain.fix import Applicability

EVE: Final = f"arn:aws:iam::{AWAY}:user/eve"
MANUAL, REVIEW = Applicability.MANUAL, Applicability.REVIEW
ENFORCED: Final = "BucketOwnerEnforced"
NEVER_TOLD: Final = "ObjectWriter"
OWN: Final = {"grantee": {"id": "owner-id"}, "permission": "FULL_CONTROL"}
TO_AWAY: Final = {"grantee": {"account": AWAY}, "permission": "READ"}


def acl(*grants: dict[str, Any]) -> dict[str, Any]:
    """Return an ACL with the owner's grant and others."""
    return {"owner": "owner-id", "grants": [OWN, *grants]}


def at(layer: str, operation: str | None = "GetObject", *, principal: str = EVE, **more: Any) -> list[Tried]:
    """Return what a layer proposes for a call on a bucket with ACLs."""
    evidence = {
        "bucket.owner": HOME,
        "bucket.ownership": NEVER_TOLD,
        "principal.policies": [policy(allow("s3:*"))],
        **more.pop("evidence", {}),
    }
    named = {} if operation is None else {"operation": operation}
    request = {"principal": principal, **named, "resource": OBJECT, **more}
    return list(tried(body({**request, "evidence": evidence, "evidence_is_complete": True}), layer))


def test_a_grant_that_just_fails_becomes_a_statement() -> None:
    (each,) = at("acl", evidence={"bucket.acl": acl(TO_AWAY)})
    assert list(faults(each)) == []
    (statement,) = after(each.fix, "bucket.policy")["Statement"]
    assert (statement["Principal"], statement["Action"], statement["Resource"]) == (
        {"AWS": EVE},
        "s3:GetObject",
        OBJECT,
    )
    assert each.decided.blockers == []


def test_grants_that_count_no_more_become_statements() -> None:
    (each,) = at("ownership", evidence={"object.acl": acl(TO_AWAY), "bucket.ownership": ENFORCED})
    assert list(faults(each)) == []
    assert after(each.fix, "bucket.policy")["Statement"][0]["Principal"] == {"AWS": EVE}
    assert each.decided.blockers == []


THEIRS: Final = {"object.owner": THIRD, "object.acl": acl(), "bucket.acl": acl()}


def whole(*grants: tuple[str, str], owner: str = "owner-id") -> dict[str, Any]:
    """Return an ACL as calls send it, of accounts by their canonical ids."""
    sent = [{"Grantee": {"Type": "CanonicalUser", "ID": name}, "Permission": held} for name, held in grants]
    return {"Owner": {"ID": owner}, "Grants": sent}


OWNS, READS = ("owner-id", "FULL_CONTROL"), (f"CANONICAL_ID_OF_ACCOUNT_{AWAY}", "READ")
TO_HOME: Final = {"grantee": {"account": HOME}, "permission": "FULL_CONTROL"}


def test_the_owner_of_an_object_hands_it_to_the_bucket_s_owner() -> None:
    granted, owned = at("acl", principal=USER, evidence=THEIRS)
    assert [list(faults(each)) for each in (granted, owned)] == [[], []]
    assert (granted.fix.who, granted.fix.applicability) == (f"the object's owner, account {THIRD}", MANUAL)
    assert after(granted.fix, "object.acl") == acl(TO_HOME)
    _, put, back = granted.fix.steps
    named = {"Bucket": "reports", "Key": "q3.csv"}
    assert parameters(put) == {**named, "ACL": "bucket-owner-full-control"}
    assert parameters(back.removeprefix("to take it back: ")) == {**named, "ACL": "private"}
    assert granted.decided.blockers == []


def test_the_owner_of_an_object_grants_others_what_they_ask_for() -> None:
    granted = at("acl", evidence=THEIRS)[0]
    assert list(faults(granted)) == []
    assert after(granted.fix, "object.acl") == acl(TO_AWAY)
    _, find, put, back = granted.fix.steps
    assert (
        find == "find out the canonical ids that are missing: aws s3api list-buckets --query Owner.ID in each account"
    )
    assert parameters(put)["AccessControlPolicy"] == whole(OWNS, READS)
    assert parameters(back.removeprefix("to take it back: "))["ACL"] == "private"
    assert granted.decided.blockers == []


@pytest.mark.parametrize(
    ("grantee", "sent"),
    [
        ({"account": AWAY}, {"Type": "CanonicalUser", "ID": f"CANONICAL_ID_OF_ACCOUNT_{AWAY}"}),
        ({"id": "away-id"}, {"Type": "CanonicalUser", "ID": "away-id"}),
        ({"uri": LOG_DELIVERY}, {"Type": "Group", "URI": LOG_DELIVERY}),
        ({"email": "a@example.org"}, {"Type": "AmazonCustomerByEmail", "EmailAddress": "a@example.org"}),
    ],
    ids=lambda each: "" if "Type" in each else next(iter(each)),
)
def test_grants_to_others_stay_in_the_acl_that_is_put(grantee: dict[str, str], sent: dict[str, str]) -> None:
    held = acl({"grantee": grantee, "permission": "READ_ACP"})
    evidence = {**THEIRS, "object.acl": held, "accounts.canonical_ids": {"home-id": HOME}}
    granted = at("acl", principal=USER, evidence=evidence)[0]
    assert list(faults(granted)) == []
    policies = [
        parameters(line[line.index("aws s3api put") :])["AccessControlPolicy"] for line in granted.fix.steps[-2:]
    ]
    assert [each["Grants"][1] for each in policies] == [{"Grantee": sent, "Permission": "READ_ACP"}] * 2
    assert [each["Grants"][2:] for each in policies] == [whole(("home-id", "FULL_CONTROL"))["Grants"], []]
    assert "replaces" not in granted.fix.risk


@pytest.mark.parametrize(
    ("principal", "action", "sent"),
    [
        (USER, "s3:GetObject", {"ACL": "bucket-owner-full-control"}),
        (EVE, "s3:GetObject", {"GrantRead": "id=CANONICAL_ID_OF_THE_ACCOUNT"}),
        (EVE, "s3:GetObjectAcl", {"GrantReadACP": "id=CANONICAL_ID_OF_THE_ACCOUNT"}),
        (EVE, "s3:PutObjectAcl", {"GrantWriteACP": "id=CANONICAL_ID_OF_THE_ACCOUNT"}),
    ],
)
def test_an_acl_that_nobody_read_is_not_replaced_unawares(principal: str, action: str, sent: dict[str, str]) -> None:
    evidence = {each: held for each, held in THEIRS.items() if each != "object.acl"}
    granted = at("acl", None, principal=principal, action=action, evidence=evidence)[0]
    assert parameters(granted.fix.steps[1]) == {"Bucket": "reports", "Key": "q3.csv", **sent}
    assert granted.fix.risk.endswith(
        "the ACL that is put replaces all grants that there are: whoever has one and is not in it loses it"
    )


def test_the_bucket_s_owner_takes_what_others_wrote() -> None:
    owned = at("acl", principal=USER, evidence={**THEIRS, "bucket.ownership": "BucketOwnerPreferred"})[1]
    ((write,), (back,)) = owned.fix.writes, owned.fix.undo
    assert owned.fix.applicability is REVIEW
    assert write.parameters == {"Bucket": "reports", "OwnershipControls": {"Rules": [{"ObjectOwnership": ENFORCED}]}}
    assert back.parameters["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    assert write.reading is not None
    assert write.reading.path == ("OwnershipControls",)
    assert back.reading == write.reading
    assert owned.decided.blockers == []


def test_a_bucket_that_was_never_told_who_owns_objects_may_have_no_setting_to_compare() -> None:
    owned = at("acl", principal=USER, evidence=THEIRS)[1]
    assert [each.reading for each in owned.fix.undo] == [None]


@pytest.mark.parametrize("held", [acl(TO_AWAY), {"unknown": True}], ids=["others are granted", "nobody looked"])
def test_acls_are_not_disabled_over_grants_to_others(held: Any) -> None:
    owned = at("acl", principal=USER, evidence={**THEIRS, "bucket.acl": held})[1]
    assert list(faults(owned)) == []
    assert (owned.fix.applicability, owned.fix.writes) == (MANUAL, ())
    read, move, disable = owned.fix.steps
    assert [line.split()[2] for line in (read, disable)] == ["get-bucket-acl", "put-bucket-ownership-controls"]
    assert move == "move what it grants others to the bucket policy, and make the ACL private"


@pytest.mark.parametrize(
    ("operation", "sent", "expected", "resource"),
    [
        ("PutObject", {"ACL": "private"}, {"ACL": None}, OBJECT),
        ("PutObject", {"GrantRead": 'id="a"'}, {"GrantRead": None}, OBJECT),
        ("PutObjectAcl", {"ACL": "public-read"}, {"ACL": "bucket-owner-full-control"}, OBJECT),
        ("PutBucketAcl", {"GrantWrite": 'id="a"'}, {"ACL": "bucket-owner-full-control", "GrantWrite": None}, BUCKET),
        ("CreateBucket", {"ACL": "public-read", "ObjectOwnership": None}, {"ACL": None}, BUCKET),
    ],
)
def test_acls_are_not_sent_where_none_are_taken(
    operation: str, sent: dict[str, Any], expected: dict[str, Any], resource: str
) -> None:
    found = at(
        "ownership",
        operation,
        principal=USER,
        parameters=sent,
        resource=resource,
        evidence={"bucket.ownership": ENFORCED},
    )
    assert [list(faults(each)) for each in found] == [[]]
    assert {name: found[0].fix.call[name] for name in expected} == expected
    assert found[0].fix.who == "the caller"


def test_what_the_bucket_s_acl_grants_others_is_moved_before_acls_are_disabled() -> None:
    sent = {"OwnershipControls": {"Rules": [{"ObjectOwnership": ENFORCED}]}}
    (each,) = at(
        "ownership",
        "PutBucketOwnershipControls",
        principal=USER,
        parameters=sent,
        resource=BUCKET,
        evidence={"bucket.acl": acl(TO_AWAY)},
    )
    assert list(faults(each)) == []
    assert after(each.fix, "bucket.acl") == acl()
    assert parameters(each.fix.steps[1]) == {"Bucket": "reports", "ACL": "private"}
    assert each.decided.blockers == []


def test_what_is_the_owner_s_alone_is_done_by_its_account() -> None:
    (each,) = at("ownership", "GetBucketPolicy", resource=BUCKET, evidence={"bucket.policy": None})
    assert list(faults(each)) == []
    assert each.step.by_hand
    assert each.fix.who == f"an administrator of account {HOME}"
