"""Plans: the smallest changes, each with who makes it, one per thing that is changed, and honest about what is open."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cases import services
from why403.planning.search import MOST_STEPS
from why403.usecases.remediate import remediate
from why403.usecases.simulate import simulate

ROLE = "arn:aws:iam::111122223333:role/team/app"
KEY = "arn:aws:kms:eu-west-1:444455556666:key/0e93a1b8-1111-2222-3333-444455556666"
AWAY = "444455556666"
ANA = "arn:aws:iam::111122223333:user/ana"


def allow(action: str, resource: str, sid: str = "S") -> dict[str, Any]:
    return document({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource})


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [dict(each) for each in statements]}


def planned(request: Mapping[str, Any] | None = None, /, **members: Any) -> dict[str, Any]:
    asked = {"context_is_complete": True, "evidence_is_complete": True, **(request or {})}
    return remediate(services(), {"request": asked, **members}).answer


OF_THE_KEY = document(
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{AWAY}:root"}, "Action": "kms:*", "Resource": "*"}
)
A_COPY = {
    "principal": "arn:aws:sts::111122223333:assumed-role/app/i-0abc",
    "operation": "CopyObject",
    "resource": "arn:aws:s3:::archive/a.txt",
    "parameters": {"CopySource": "inbox/x/a.txt"},
    "evidence": {
        "session.issuer": ROLE,
        "bucket.owner": "111122223333",
        "principal.policies": [
            {"name": "P", "from": "inline", "document": allow("s3:PutObject", "arn:aws:s3:::archive/*")}
        ],
        "source.bucket.owner": "444455556666",
        "source.bucket.policy": document(
            {
                "Sid": "OnlyThroughOurEndpoint",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "arn:aws:s3:::inbox/*",
                "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
            }
        ),
        "source.object.encryption": {"algorithm": "aws:kms", "key": KEY},
        "source.kms.key_policy": OF_THE_KEY,
        "source.kms.key_state": "Enabled",
        "source.kms.key_manager": "CUSTOMER",
    },
}


def test_a_copy_between_accounts_needs_one_change_of_each_policy_and_nothing_it_may_not_need() -> None:
    plan = planned(A_COPY)
    assert plan["proof"]["after"]["decision"] == "allowed"
    assert [(each["layer"], each["who"].rpartition(" ")[2]) for each in plan["changes"]] == [
        ("bucket_policy", "444455556666"),
        ("identity", "111122223333"),
        ("kms", "444455556666"),
    ]
    after = {each["layer"]: str(each["after"]) for each in plan["changes"]}
    assert "'ArnNotLike': {'aws:PrincipalArn'" in after["bucket_policy"]
    assert "kms:Decrypt" in after["identity"]
    assert "kms:ViaService" in after["kms"]
    assert not any(name in after["identity"] for name in ("Tagging", "Retention", "LegalHold", "PutObjectAcl"))
    assert any("parameters that are listed" in each for each in plan["warnings"])
    assert plan["proof"]["newly_allowed"] == []


def test_what_is_allowed_needs_no_change() -> None:
    policies = {"principal.policies": [allow("s3:GetObject", "arn:aws:s3:::reports/*")]}
    plan = planned({"principal": ANA, "operation": "GetObject", "bucket": "reports", "key": "a", "evidence": policies})
    assert (plan["changes"], plan["applicability"], plan["refused"]) == ([], None, None)
    assert plan["summary"] == "Nothing to change: all that is known allows the call."


def test_where_aws_refuses_what_all_that_is_known_allows_the_likeliest_cause_is_to_be_checked() -> None:
    text = (
        f"An error occurred (AccessDenied) when calling the GetObject operation: User: {ANA} "
        'is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::reports/a" because no identity-based '
        "policy allows the s3:GetObject action"
    )
    policies = {"principal.policies": [allow("s3:GetObject", "arn:aws:s3:::reports/*")]}
    plan = planned({"evidence": policies}, error=text)
    (change,) = plan["changes"]
    assert (change["layer"], change["applicability"]) == ("identity", "manual")
    assert change["who"]
    assert change["steps"]


def test_of_a_call_of_which_too_little_is_known_the_likeliest_cause_is_answered() -> None:
    plan = planned(error="An error occurred (AccessDenied) when calling the GetObject operation: Access Denied")
    (change,) = plan["changes"]
    assert plan["summary"].startswith("Not proven: it is not known which bucket or object it was about.")
    assert change["applicability"] == "manual"
    assert plan["proof"]["after"]["decision"] == "unknown"


def test_what_is_not_known_is_named_and_no_change_is_safe_before_it_is() -> None:
    request = {"principal": ANA, "operation": "GetObject", "bucket": "reports", "key": "a"}
    evidence = {"bucket.owner": "111122223333", "principal.policies": []}
    plan = planned({**request, "evidence": evidence, "evidence_is_complete": False, "context_is_complete": False})
    mended, to_find_out = plan["changes"]
    assert (mended["layer"], mended["applicability"]) == ("identity", "review")
    assert to_find_out["summary"].startswith("find out")
    assert any("organizations:ListPoliciesForTarget" in each for each in to_find_out["steps"])
    assert "not proven" in plan["summary"]


def test_nobody_anonymous_is_let_in_by_a_policy() -> None:
    request = {"principal": "anonymous", "operation": "GetObject", "bucket": "reports", "key": "a"}
    for accepted in (False, True):
        plan = planned({**request, "evidence": {"bucket.owner": "111122223333"}}, accept_public=accepted)
        assert plan["applicability"] == "manual"
        assert not any(each["after"] for each in plan["changes"])
        assert any("CloudFront" in str(each) for each in plan["changes"])


def test_where_one_side_suffices_and_allows_the_other_is_left_alone_however_much_is_not_known() -> None:
    request = {"principal": ANA, "operation": "ListObjectsV2", "bucket": "reports", "evidence_is_complete": False}
    evidence = {
        "bucket.owner": "111122223333",
        "bucket.policy": None,
        "principal.policies": [allow("s3:*", "*")],
        "organization.scps": [[allow("ec2:*", "*")]],
    }
    plan = planned({**request, "evidence": evidence})
    assert [each["layer"] for each in plan["changes"][:-1]] == ["scp"]


ANYTHING = [{"name": "All", "from": "inline", "document": allow("*", "*")}]
OF_OTHERS = document(
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222222222222:root"}, "Action": "s3:*", "Resource": "*"}
)
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
DENIES = document(
    *({"Effect": "Deny", "Principal": "*", "Action": f"s3:{each}Object", "Resource": "*"} for each in ("Get", "Put"))
)
P_9 = "arn:aws:organizations::999999999999:policy/o-abc/resource_control_policy/p-9"
UNDER_P_9 = [{"target": "r", "policies": [{"name": "x", "arn": P_9, "document": DENIES}]}]
ONE_DOCUMENT: dict[str, tuple[str, str, dict[str, Any]]] = {
    "the policy of one bucket": ("bucket.policy", "put-bucket-policy", {"bucket.policy": OF_OTHERS}),
    "two denials of one bucket": (
        "bucket.policy",
        "put-bucket-policy",
        {"bucket.policy": document(*DENIES["Statement"], OPEN)},
    ),
    "the policy of one key": (
        "kms.key_policy",
        "put-key-policy",
        {
            "bucket.policy": document(OPEN),
            "object.encryption": {"algorithm": "aws:kms", "key": KEY},
            "bucket.encryption": {"algorithm": "aws:kms", "key": KEY},
            "kms.key_policy": OF_THE_KEY,
            "kms.key_state": "Enabled",
            "kms.key_manager": "CUSTOMER",
        },
    ),
    "one policy above two buckets": (
        "organization.rcps",
        "update-policy",
        {
            "bucket.policy": document(OPEN),
            "organization.rcps": UNDER_P_9,
        },
    ),
}


@pytest.mark.parametrize("name", ONE_DOCUMENT)
def test_what_a_copy_s_source_and_target_have_in_common_is_changed_once_and_for_both(name: str) -> None:
    """The last document that is written must hold what both need: each write replaces the one before it."""
    fact, operation, held = ONE_DOCUMENT[name]
    evidence = {
        "principal.policies": ANYTHING,
        **{
            f"{side}{each}": value for side in ("", "source.") for each, value in {"bucket.owner": AWAY, **held}.items()
        },
    }
    request = {
        "principal": "arn:aws:sts::111122223333:assumed-role/app/i-0abc",
        "operation": "CopyObject",
        "resource": "arn:aws:s3:::shared/b",
        "parameters": {"CopySource": "shared/a"},
        "context_is_complete": True,
        "evidence_is_complete": True,
    }
    found = planned(request, evidence=evidence)
    assert found["proof"]["after"]["decision"] == "allowed"
    (change,) = [each for each in found["changes"] if operation in str(each["commands"])]
    (command,) = change["commands"]
    assert command.count("aws ") == 1
    after = change["after"]
    made = {fact: after, f"source.{fact}": after}
    again = simulate(services(), {"requests": [request], "evidence": evidence | made})
    assert again["results"][0]["decision"] == "allowed"
    assert change["undo"] != []


BUCKET = "arn:aws:s3:::reports"
A_LISTING = {
    "principal": ANA,
    "operation": "ListObjectsV2",
    "bucket": "reports",
    "parameters": {"Prefix": "logs/"},
}


def limited(*prefixes: str) -> dict[str, Any]:
    condition = {"StringLike": {"s3:prefix": [*prefixes]}}
    return {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET, "Condition": condition}


def test_a_listing_is_allowed_for_its_prefix_and_shows_no_other() -> None:
    held = [{"name": "P", "from": "inline", "document": document(limited("home/*"))}]
    plan = planned({**A_LISTING, "evidence": {"bucket.owner": "111122223333", "principal.policies": held}})
    (change,) = plan["changes"]
    assert plan["proof"]["after"]["decision"] == "allowed"
    assert {"StringEquals": {"s3:prefix": "logs/"}} in [each.get("Condition") for each in _statements(change["after"])]
    assert '"s3:prefix": "logs/"' in change["cloudformation"] + change["diff"]
    assert "another prefix" in [each["name"] for each in plan["proof"]["still_denied"]]
    assert plan["proof"]["newly_allowed"] == []


def test_a_plan_that_would_show_other_prefixes_says_so() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:List*", "Resource": BUCKET}
    evidence = {"bucket.owner": "111122223333", "principal.policies": [allow("s3:*", "*")]}
    plan = planned({**A_LISTING, "evidence": {**evidence, "bucket.policy": document(deny)}})
    opened = {each["name"]: each.get("context") for each in plan["proof"]["newly_allowed"]}
    assert opened["another prefix"] == {"s3:prefix": "why403-canary/"}
    assert plan["applicability"] == "review"


A_READ = {"principal": ANA, "operation": "GetObject", "bucket": "reports", "key": "a"}


def guarded(condition: Mapping[str, Any], **evidence: Any) -> dict[str, Any]:
    statement = {"Sid": "Mine", "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}
    held = [{"name": "P", "from": "inline", "document": document(statement)}]
    return {"bucket.owner": "111122223333", "principal.policies": held, **evidence}


def test_mfa_that_an_allow_asks_for_is_used_and_no_policy_changes() -> None:
    plan = planned({**A_READ, "evidence": guarded({"Bool": {"aws:MultiFactorAuthPresent": "true"}})})
    (change,) = plan["changes"]
    assert (change["summary"], change["applicability"], change["after"]) == ("get a session with MFA", "manual", None)
    assert plan["proof"]["after"]["decision"] == "allowed"


def test_an_allow_that_asks_what_nobody_can_send_is_bypassed_after_a_look_alone() -> None:
    tagged = guarded({"StringEquals": {"s3:ExistingObjectTag/class": "public"}}, **{"object.tags": {"class": "secret"}})
    plan = planned({**A_READ, "evidence": tagged})
    (change,) = plan["changes"]
    assert plan["proof"]["after"]["decision"] == "allowed"
    assert (plan["applicability"], change["layer"]) == ("review", "identity")
    assert change["risk"] == "it bypasses what statement `Mine` of `P` asks of `s3:ExistingObjectTag/class`"


def _statements(after: Any) -> list[dict[str, Any]]:
    return [each for held in after for each in held["document"]["Statement"]]


TEAM = "arn:aws:iam::111122223333:policy/team"
DENY = {"Sid": "No", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}


def with_team(*statements: Mapping[str, Any], **evidence: Any) -> dict[str, Any]:
    """Return a read with evidence in which one policy is attached, given by a group, and the boundary."""
    team = {"name": "team", "arn": TEAM, "document": document(*statements)}
    held = {"principal.policies": [team, {**team, "from": "group/all"}], "principal.boundary": team}
    return {**A_READ, "evidence": {"bucket.owner": "111122223333", **held, **evidence}}


def test_a_policy_that_is_attached_and_the_boundary_as_well_is_changed_once() -> None:
    plan = planned(with_team({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, DENY))
    (change,) = plan["changes"]
    assert plan["proof"]["after"]["decision"] == "allowed"
    lines = [line.split()[2] for line in (*change["commands"], *change["undo"])]
    assert [change["target"], *lines] == [TEAM, *["list-policy-versions", "create-policy-version"] * 2]
    after = change["after"]
    both = [*after["principal.policies"], after["principal.boundary"]]
    assert [each["document"] for each in both] == [both[0]["document"]] * 3
    assert "`principal.boundary`" in change["risk"]


def test_what_a_boundary_is_given_is_told_to_be_attached_where_it_is_one_policy() -> None:
    lets_in = document({**DENY, "Effect": "Allow", "Principal": {"AWS": ANA}})
    away = {"bucket.owner": AWAY, "bucket.policy": lets_in}
    plan = planned(with_team({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}, **away))
    assert plan["proof"]["after"]["decision"] == "allowed"
    (change,) = [each for each in plan["changes"] if each["target"] == TEAM]
    assert "`principal.policies`" in change["risk"]


def test_two_layers_that_live_in_one_policy_change_it_once() -> None:
    endpoint = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    denies = document({**DENY, "Principal": "*", "Resource": "arn:aws:s3:::reports/*", "Condition": endpoint})
    lists = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    plan = planned(with_team(lists, **{"bucket.policy": denies}))
    assert plan["proof"]["after"]["decision"] == "allowed"
    (change,) = plan["changes"]
    assert [change["target"], len(change["commands"]), len(change["undo"])] == ["arn:aws:s3:::reports", 1, 1]
    assert change["before"] == denies
    assert [each["Effect"] for each in change["after"]["Statement"]] == ["Deny", "Allow"]


def test_a_list_that_may_spare_the_caller_is_settled() -> None:
    denies = {"Sid": "No", "Effect": "Deny", "NotPrincipal": {"AWS": ANA}, "Action": "s3:*", "Resource": "*"}
    anything = [allow("s3:*", "*")]
    evidence = {"bucket.owner": "111122223333", "principal.policies": anything, "bucket.policy": document(denies)}
    plan = planned({**A_READ, "evidence": evidence})
    assert plan["proof"]["before"]["decision"] == "unknown"
    assert "AWS leaves open whether that spares" in plan["proof"]["before"]["summary"]
    (change,) = plan["changes"]
    assert (change["layer"], plan["proof"]["after"]["decision"]) == ("bucket_policy", "allowed")
    assert change["after"]["Statement"][0]["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": ANA}}


def test_a_denial_that_is_in_doubt_for_want_of_evidence_is_left_as_it_is() -> None:
    unknown = {**DENY, "Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}
    evidence = {"bucket.owner": "111122223333", "principal.policies": [allow("s3:*", "*")]}
    request = {**A_READ, "context_is_complete": False, "evidence": {**evidence, "bucket.policy": document(unknown)}}
    plan = planned(request)
    assert plan["proof"]["after"]["decision"] == "unknown"
    assert all(each["before"] is None for each in plan["changes"])


@pytest.mark.parametrize("ownership", ["BucketOwnerPreferred", "BucketOwnerEnforced"])
def test_an_acl_that_a_deny_asks_for_is_sent_and_that_one_alone_is_allowed(ownership: str) -> None:
    asks = {"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    denies = {**DENY, "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::reports/*"}
    held = [{"name": "P", "from": "inline", "document": allow("s3:PutObject", "*")}]
    told = {"bucket.ownership": ownership, "bucket.policy": document({**denies, "Condition": asks})}
    evidence = {"principal.policies": held, "bucket.owner": "111122223333", **told}
    plan = planned({**A_READ, "operation": "PutObject", "evidence": evidence})
    sends, allows = plan["changes"]
    assert (sends["call"], sends["applicability"]) == ({"ACL": "bucket-owner-full-control"}, "safe")
    made = allows["after"][0]["document"]["Statement"][-1]
    assert (made["Action"], made["Condition"]) == (
        "s3:PutObjectAcl",
        {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
    )
    assert plan["proof"]["after"]["decision"] == "allowed"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"principal": "anonymous", "operation": "PutObject"}, "nobody who is anonymous"),
        ({"principal": "delivery.logs.amazonaws.com", "operation": "PutObject"}, "the bucket has no policy"),
    ],
)
def test_what_is_left_to_hands_says_what_stands_in_the_way_until_then(request_: dict[str, Any], said: str) -> None:
    plan = planned({**A_READ, **request_, "evidence": {"bucket.owner": "111122223333", "bucket.policy": None}})
    assert plan["proof"]["after"]["decision"] == "denied"
    assert "Until then the call stays denied: " in plan["summary"]
    assert said in plan["summary"] or said in plan["changes"][0]["summary"]
    assert "CloudFront" not in str(plan["changes"])


def test_what_root_alone_may_do_is_proven_for_root() -> None:
    states = {"bucket.versioning": {"status": "Enabled", "mfa_delete": True}}
    evidence = {"bucket.owner": "111122223333", "principal.policies": [allow("s3:*", "*")], **states}
    request = {**A_READ, "operation": "DeleteObject", "parameters": {"VersionId": "v1"}}
    plan = planned({**request, "evidence": evidence})
    (change,) = plan["changes"]
    assert change["request"] == {"principal": "arn:aws:iam::111122223333:root"}
    assert (plan["proof"]["after"]["decision"], change["applicability"]) == ("allowed", "manual")


@pytest.mark.parametrize(("objects", "outcome"), [(3, "allowed"), (MOST_STEPS + 1, "denied")])
def test_one_policy_for_many_objects_of_one_call_is_written_once(objects: int, outcome: str) -> None:
    keys = [{"Key": f"k{at}"} for at in range(objects)]
    request = {**A_READ, "operation": "DeleteObjects", "parameters": {"Delete": {"Objects": keys}}}
    del request["key"]
    plan = planned({**request, "evidence": {"bucket.owner": "111122223333", "principal.policies": []}})
    (change,) = plan["changes"]
    assert [len(change["commands"]), len(change["undo"]), change["applicability"]] == [1, 1, "review"]
    assert plan["proof"]["after"]["decision"] == outcome
    assert ("is not enough, and more was not planned" in plan["summary"]) is (outcome == "denied")


def test_one_permission_set_is_changed_once_for_both_ends_of_a_copy() -> None:
    role = "AWSReservedSSO_Data_0123456789abcdef"
    issuer = f"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/{role}"
    evidence = {"principal.policies": [], "bucket.owner": "111122223333", "source.bucket.owner": "111122223333"}
    request = {**A_COPY, "principal": f"arn:aws:sts::111122223333:assumed-role/{role}/ana"}
    plan = planned({**request, "evidence": {**evidence, "session.issuer": issuer}})
    (change,) = plan["changes"]
    puts = [each for each in change["steps"] if "put-inline-policy-to-permission-set" in each]
    assert ["s3:GetObject" in each and "s3:PutObject" in each for each in puts] == [True]
    assert sum("provision-permission-set" in each for each in change["steps"]) == 1
    assert "delete-inline-policy-from-permission-set" in change["steps"][-1]
    assert (plan["proof"]["after"]["decision"], plan["applicability"]) == ("allowed", "manual")
