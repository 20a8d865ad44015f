"""What would let KMS keys be used: statements and grants, keys switched on again, other keys in their place."""

import json
from typing import Any, Final

import pytest

from tests.layers.fixing import after
from tests.layers.tables import AWAY, HOME, OBJECT, ROLE, ROOT, SESSION, USER, allow, deny, layer, policy
from tests.layers.trying import Tried, body, faults, parameters, tried
from why403.domain.fix import Applicability, Reading
from why403.domain.truth import FALSE
from why403.domain.verdict import Claim, Reach, Says
from why403.testing import a_request
from why403_layers.keys import KEY_MANAGER, KEY_POLICY

KEY: Final = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd"
THEIRS: Final = f"arn:aws:kms:eu-west-1:{AWAY}:key/1234abcd"
ADMIN: Final = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{HOME}:role/admin"})
TO_HOME: Final = allow("kms:*", Principal={"AWS": ROOT})
THROUGH_S3: Final = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}


def facts(key: str = KEY, **more: Any) -> dict[str, Any]:
    """Return what is known of a bucket and of the key that its object is under; names are those of facts of the key."""
    held = {"key_policy": policy(ADMIN), "key_state": "Enabled", "key_manager": "CUSTOMER", "grants": None, **more}
    return {
        "bucket.owner": HOME,
        "bucket.region": "eu-west-1",
        "principal.policies": [policy(allow("s3:*"))],
        "object.encryption": {"algorithm": "aws:kms", "key": key, "bucket_key": False},
        **{f"kms.{name}": value for name, value in held.items() if value != "not given"},
    }


def at(evidence: dict[str, Any], *, principal: str = USER, operation: str = "GetObject", **members: Any) -> list[Tried]:
    """Return what the layer itself proposes for a call."""
    request = {
        "principal": principal,
        "operation": operation,
        "resource": OBJECT,
        "parameters": {"VersionId": None},
        "evidence": evidence,
        "evidence_is_complete": True,
        **members,
    }
    return list(tried(body(request), "kms"))


@pytest.mark.parametrize(
    ("principal", "issuer", "named"),
    [(USER, None, USER), (ROLE, None, ROLE), (SESSION, ROLE, ROLE)],
    ids=["a user", "a role", "a session of a role"],
)
def test_the_key_s_policy_names_the_caller_and_the_way(principal: str, issuer: str | None, named: str) -> None:
    known = {} if issuer is None else {"session.issuer": issuer}
    each = at({**facts(), **known}, principal=principal)[0]
    assert list(faults(each)) == []
    document = after(each.fix, "kms.key_policy")
    assert document["Statement"][0] == ADMIN
    assert document["Statement"][1] == {
        "Sid": "AllowDecrypt",
        "Effect": "Allow",
        "Principal": {"AWS": named},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": THROUGH_S3,
    }
    assert each.fix.applicability is Applicability.REVIEW
    assert each.fix.who == f"the key's administrator in account {HOME}"


UNTIED: Final = (
    "the caller may use the key beside S3 as well: the name by which S3 asks (kms:ViaService) is not known here"
)


@pytest.mark.parametrize(("partition", "tied"), [("aws", True), ("aws-us-gov", True), ("aws-cn", False)])
def test_a_key_that_is_not_tied_to_s3_is_allowed_by_nobody_unawares(partition: str, tied: bool) -> None:
    def there(value: Any) -> Any:
        return json.loads(json.dumps(value).replace("arn:aws:", f"arn:{partition}:"))

    where = {"principal": there(USER), "resource": there(OBJECT)}
    in_policy = at(there(facts()), **where)[0].fix
    asked = {"operation": "GetObject", "evidence": there(facts(key_policy=policy(TO_HOME))), **where}
    in_identity = next(tried(body({**asked, "evidence_is_complete": True}))).fix
    statements = [
        after(in_policy, "kms.key_policy")["Statement"][1],
        after(in_identity, "principal.policies")[1]["document"]["Statement"][0],
    ]
    assert [each["Action"] for each in statements] == ["kms:Decrypt"] * 2
    assert ["Condition" in each for each in statements] == [tied] * 2
    assert [UNTIED in fix.risk for fix in (in_policy, in_identity)] == [not tied] * 2
    assert in_identity.applicability is (Applicability.SAFE if tied else Applicability.REVIEW)


def test_what_is_written_is_the_whole_policy_and_can_be_taken_back() -> None:
    each = at(facts())[0]
    ((write,), (back,)) = each.fix.writes, each.fix.undo
    named = {"KeyId": KEY, "PolicyName": "default"}
    assert write.reading == Reading("kms", "GetKeyPolicy", named, ("Policy",))
    assert (write.operation, write.account, write.region, write.documents) == (
        "PutKeyPolicy",
        HOME,
        "eu-west-1",
        ("Policy",),
    )
    assert write.parameters == {**named, "Policy": after(each.fix, "kms.key_policy")}
    assert back.parameters == {**named, "Policy": policy(ADMIN)}


def test_a_key_of_another_account_is_its_administrator_s_to_open() -> None:
    found = at(facts(THEIRS, key_policy=policy(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{AWAY}:root"}))))
    assert found[0].fix.who == f"the key's administrator in account {AWAY}"
    assert [list(faults(each)) for each in found] == [[], []]


def test_a_deleted_identity_in_the_key_s_policy_gives_way_to_the_caller() -> None:
    dead = allow("kms:Decrypt", Principal={"AWS": "AIDAEXAMPLE1"})
    fix = at(facts(key_policy=policy(ADMIN, dead)))[0].fix
    assert after(fix, "kms.key_policy") == policy(ADMIN, {**dead, "Principal": {"AWS": USER}})
    assert fix.risk == "the caller gets all that the statement allowed the deleted identity"
    assert [write.operation for write in (*fix.writes, *fix.undo)] == ["PutKeyPolicy"] * 2
    assert fix.applicability is Applicability.REVIEW


@pytest.mark.parametrize(("account", "where"), [(HOME, f" in account {HOME}"), ("*", "")])
def test_who_changes_a_key_is_told_with_the_account_where_that_is_known(account: str, where: str) -> None:
    resource = f"arn:aws:kms:eu-west-1:{account}:key/*"
    request = a_request("kms:Decrypt", resource=resource, facts={KEY_POLICY: policy(ADMIN), KEY_MANAGER: "CUSTOMER"})
    fixes = list(layer("kms").propose(request, request.evidence, Claim(Says.GRANT, FALSE, Reach.ACCOUNT)))
    assert fixes
    assert {fix.who for fix in fixes} == {f"the key's administrator{where}"}


def test_an_upload_is_allowed_to_make_data_keys_alone() -> None:
    sent = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY}
    each = at(facts(), operation="PutObject", parameters=sent)[0]
    assert after(each.fix, "kms.key_policy")["Statement"][1]["Action"] == "kms:GenerateDataKey"


def test_a_grant_stands_in_for_a_policy_that_is_not_to_change() -> None:
    earlier = {"grantee": ROLE, "operations": ["Encrypt"]}
    grant = at(facts(grants=[earlier]))[1]
    assert list(faults(grant)) == []
    assert grant.fix.applicability is Applicability.MANUAL
    assert after(grant.fix, "kms.grants") == [earlier, {"grantee": USER, "operations": ["Decrypt"]}]
    assert parameters(grant.fix.steps[0]) == {"KeyId": KEY, "GranteePrincipal": USER, "Operations": ["Decrypt"]}


def test_a_deny_makes_an_exception() -> None:
    (each,) = at(facts(key_policy=policy(TO_HOME, deny("kms:Decrypt", Principal="*"))))
    assert list(faults(each)) == []
    assert after(each.fix, "kms.key_policy")["Statement"][1]["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": USER}}


def test_a_policy_that_would_be_too_long_is_left_to_hands() -> None:
    long = {**ADMIN, "Condition": {"StringEquals": {f"aws:PrincipalTag/{each}": "y" * 17_000 for each in "ab"}}}
    each = at(facts(key_policy=policy(long)))[0]
    assert each.step.by_hand
    assert list(faults(each)) == []


def test_a_disabled_key_is_enabled_by_who_agrees() -> None:
    (each,) = at(facts(key_policy=policy(TO_HOME), key_state="Disabled"))
    assert each.fix.who == f"the key's administrator in account {HOME}"
    assert list(faults(each)) == []
    assert [(write.operation, write.parameters, write.region) for write in (*each.fix.writes, *each.fix.undo)] == [
        ("EnableKey", {"KeyId": KEY}, "eu-west-1"),
        ("DisableKey", {"KeyId": KEY}, "eu-west-1"),
    ]
    assert each.fix.applicability is Applicability.REVIEW
    assert after(each.fix, "kms.key_state") == "Enabled"


@pytest.mark.parametrize(
    ("state", "commands"),
    [
        ("PendingDeletion", ["cancel-key-deletion", "enable-key"]),
        ("PendingImport", ["describe-key"]),
        ("Unavailable", ["describe-key"]),
        ("Creating", ["describe-key"]),
    ],
)
def test_any_other_state_is_somebody_s_to_change(state: str, commands: list[str]) -> None:
    (each,) = at(facts(key_policy=policy(TO_HOME), key_state=state))
    assert list(faults(each)) == []
    assert each.fix.applicability is Applicability.MANUAL
    assert each.fix.writes == ()
    assert [line.split()[2] for line in each.fix.steps] == commands
    assert all(line.endswith(f"--key-id {KEY} --region eu-west-1") for line in each.fix.steps)


def test_a_key_that_aws_manages_gives_way_to_another() -> None:
    found = at(facts(THEIRS, key_policy="not given", key_manager="AWS"))
    assert found
    for each in found:
        assert list(faults(each)) == []
        assert each.step.by_hand
        assert [line.split()[2] for line in each.fix.steps] == ["create-key", "put-bucket-encryption", "copy-object"]


def test_the_old_way_to_sign_is_given_up() -> None:
    known = facts(key_policy=policy(TO_HOME))
    known["principal.policies"] = [policy(allow("s3:*"), allow("kms:*"))]
    (each,) = at(known, context={"s3:signatureversion": "AWS"}, context_is_complete=True)
    assert list(faults(each)) == []
    assert each.fix.request == {"context": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}
    assert each.decided.blockers == []


def test_who_does_not_sign_reads_under_no_key() -> None:
    (each,) = at(facts(), principal="anonymous")
    assert each.step.by_hand
    assert list(faults(each)) == []


def test_nothing_is_proposed_for_a_policy_that_nobody_read() -> None:
    assert at(facts(key_policy={"unknown": True})) == []


def test_a_key_without_a_policy_is_opened_by_a_grant_alone() -> None:
    (grant,) = at(facts(key_policy=None))
    assert list(faults(grant)) == []
    assert after(grant.fix, "kms.grants") == [{"grantee": USER, "operations": ["Decrypt"]}]


@pytest.mark.parametrize(
    ("elements", "by_support"),
    [
        ({}, True),
        ({"Condition": {"StringNotEquals": {"kms:CallerAccount": AWAY}}}, False),
        ({"Principal": USER}, False),
    ],
)
def test_a_key_whose_policy_nobody_may_change_is_left_to_aws_support(elements: Any, by_support: bool) -> None:
    held = {"Principal": "*", **elements}
    held["Principal"] = {"AWS": held["Principal"]}
    (each,) = at(facts(key_policy=policy(TO_HOME, deny("kms:*", **held))), context={"kms:CallerAccount": HOME})
    assert list(faults(each)) == []
    assert (each.fix.who.startswith("AWS Support"), not each.fix.writes) == (by_support, by_support)
    assert (each.fix.applicability is Applicability.MANUAL) is by_support
