"""What the layer of identity policies proposes: the narrowest permission, in the right place."""

import re
import subprocess
from typing import Any, Final

import pytest

from tests.layers.fixing import after, fixed, proposed, remaining
from tests.layers.tables import (
    AWAY,
    BUCKET,
    FEDERATED,
    HOME,
    LINKED,
    OBJECT,
    ROLE,
    SERVICE,
    SESSION,
    USER,
    allow,
    deny,
    layer,
    policy,
)
from why403 import AccessRequest, Applicability, Claim, Reach, Reading, Says, Write
from why403.domain.facts import BUCKET_OWNER, ISSUER
from why403.policy.giving import given_by
from why403.testing import a_request
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.identity import POLICIES

READS = allow("s3:GetObject", Resource=OBJECT)
NEW = {"Version": "2012-10-17", "Statement": [{"Sid": "AllowGetObject", **READS}]}
INLINE = {"name": "app", "from": "inline"}
RESERVED = f"arn:aws:sts::{HOME}:assumed-role/AWSReservedSSO_Data-Reader_0123456789abcdef/ana"
MANAGED = f"arn:aws:iam::{HOME}:policy/shared"


def asked(policies: Any, principal: str = USER, action: str = "s3:GetObject", **more: Any) -> AccessRequest:
    facts = {POLICIES: policies, **more.pop("facts", {})}
    return a_request(action, principal=principal, facts=facts, **more)


def new_policy(document: Any = NEW, name: str = "why403-reports") -> dict[str, Any]:
    return {"name": name, "document": document, "from": "inline"}


ADDITIONS: dict[str, tuple[AccessRequest, Any, str, dict[str, Any]]] = {
    "a user without policies gets an inline one": (
        asked(None),
        [new_policy()],
        "PutUserPolicy",
        {"UserName": "ana", "PolicyName": "why403-reports", "PolicyDocument": NEW},
    ),
    "what is about no resource is about all": (
        asked(None, action="s3:ListAllMyBuckets", resource="*"),
        [new_policy(policy({"Sid": "AllowListAllMyBuckets", **allow("s3:ListAllMyBuckets")}), "why403-access")],
        "PutUserPolicy",
        {
            "UserName": "ana",
            "PolicyName": "why403-access",
            "PolicyDocument": policy({"Sid": "AllowListAllMyBuckets", **allow("s3:ListAllMyBuckets")}),
        },
    ),
    "a key with colons": (
        asked(None, resource="arn:aws:s3:::reports/a:b/c"),
        [new_policy(policy({"Sid": "AllowGetObject", **allow("s3:GetObject", Resource="arn:aws:s3:::reports/a:b/c")}))],
        "PutUserPolicy",
        {
            "UserName": "ana",
            "PolicyName": "why403-reports",
            "PolicyDocument": policy(
                {"Sid": "AllowGetObject", **allow("s3:GetObject", Resource="arn:aws:s3:::reports/a:b/c")}
            ),
        },
    ),
    "a session's role is what gets it": (
        asked(None, SESSION),
        [new_policy()],
        "PutRolePolicy",
        {"RoleName": "app", "PolicyName": "why403-reports", "PolicyDocument": NEW},
    ),
    "a role's path is no part of its name": (
        asked(None, f"arn:aws:iam::{HOME}:role/team/x/app"),
        [new_policy()],
        "PutRolePolicy",
        {"RoleName": "app", "PolicyName": "why403-reports", "PolicyDocument": NEW},
    ),
    "a federated user has the policies of the user who asked for the token": (
        asked(None, FEDERATED, facts={ISSUER: USER}),
        [new_policy()],
        "PutUserPolicy",
        {"UserName": "ana", "PolicyName": "why403-reports", "PolicyDocument": NEW},
    ),
    "policies without a name are left alone": (
        asked([policy(allow("s3:List*"))]),
        [policy(allow("s3:List*")), new_policy(name="why403-reports-60a5eca8")],
        "PutUserPolicy",
        {"UserName": "ana", "PolicyName": "why403-reports-60a5eca8", "PolicyDocument": NEW},
    ),
    "managed policies and those of groups are others' as well": (
        asked([{"arn": MANAGED, "document": policy()}, {"name": "g", "from": "group/devs", "document": policy()}]),
        [
            {"arn": MANAGED, "document": policy()},
            {"name": "g", "from": "group/devs", "document": policy()},
            new_policy(),
        ],
        "PutUserPolicy",
        {"UserName": "ana", "PolicyName": "why403-reports", "PolicyDocument": NEW},
    ),
    "an inline policy takes one action more where the resource is the same, and its Sid stays": (
        asked([{**INLINE, "document": policy(allow(["s3:PutObject"], Sid="Mine", Resource=[OBJECT]))}]),
        [
            {
                **INLINE,
                "document": policy(allow(["s3:PutObject", "s3:GetObject"], Sid="Mine", Resource=[OBJECT])),
            }
        ],
        "PutUserPolicy",
        {
            "UserName": "ana",
            "PolicyName": "app",
            "PolicyDocument": policy(allow(["s3:PutObject", "s3:GetObject"], Sid="Mine", Resource=[OBJECT])),
        },
    ),
    "the bucket's ARN where objects are asked for gets the object's beside it": (
        asked([{**INLINE, "document": policy(allow("s3:GetObject", Resource="arn:aws:s3:::reports"))}]),
        [{**INLINE, "document": policy(allow("s3:GetObject", Resource=["arn:aws:s3:::reports", OBJECT]))}],
        "PutUserPolicy",
        {
            "UserName": "ana",
            "PolicyName": "app",
            "PolicyDocument": policy(allow("s3:GetObject", Resource=["arn:aws:s3:::reports", OBJECT])),
        },
    ),
    "another inline policy is not overwritten by one of the same name": (
        asked(
            [{**new_policy({"Version": "2008-10-17", "Statement": [deny("s3:Put*", Resource="x${y")]})}],
            action="s3:GetObject",
            resource="arn:aws:s3:::reports/a*",
        ),
        [
            {**new_policy({"Version": "2008-10-17", "Statement": [deny("s3:Put*", Resource="x${y")]})},
            new_policy(
                policy({"Sid": "AllowGetObject", **allow("s3:GetObject", Resource="arn:aws:s3:::reports/a${*}")}),
                "why403-reports-2",
            ),
        ],
        "PutUserPolicy",
        {
            "UserName": "ana",
            "PolicyName": "why403-reports-2",
            "PolicyDocument": policy(
                {"Sid": "AllowGetObject", **allow("s3:GetObject", Resource="arn:aws:s3:::reports/a${*}")}
            ),
        },
    ),
}


HOMES = allow("s3:ListBucket", Sid="Mine", Resource=BUCKET, Condition={"StringLike": {"s3:prefix": "home/*"}})


def listing(prefix: str | None, policies: Any = None, action: str = "s3:ListBucket") -> AccessRequest:
    keys = {"s3:prefix": [] if prefix is None else [prefix]}
    return asked(policies, action=action, resource=BUCKET, keys=keys)


@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:ListBucketVersions"])
@pytest.mark.parametrize(
    ("prefix", "written", "others"),
    [
        ("logs/", "logs/", ["logs", "logs/a", "hr/"]),
        ("a*?/", "a*?/", ["ab?/", "a*b/"]),
        ("${aws:username}/", "${$}{aws:username}/", ["ana/"]),
    ],
)
def test_a_listing_is_allowed_for_the_prefix_that_was_asked_for(
    action: str, prefix: str, written: str, others: list[str]
) -> None:
    request = listing(prefix, [{**INLINE, "document": policy(HOMES)}], action)
    fix = proposed("identity", request)[0]
    held, added = after(fix, "principal.policies")[0]["document"]["Statement"]
    assert held == HOMES
    assert added["Condition"] == {"StringEquals": {"s3:prefix": written}}
    assert (fix.applicability, fix.risk) == (Applicability.SAFE, "none beside this call: one action on one resource")
    assert remaining("identity", fixed(request, fix)) == []
    for other in (*others, None):
        assert remaining("identity", fixed(listing(other, action=action), fix)) != [], other


@pytest.mark.parametrize("prefix", [None, ""])
def test_whoever_lists_all_keys_is_told_that_all_become_visible(prefix: str | None) -> None:
    request = listing(prefix)
    fix = proposed("identity", request)[0]
    assert "Condition" not in after(fix, "principal.policies")[0]["document"]["Statement"][0]
    assert (fix.applicability, fix.risk) == (Applicability.SAFE, "the names of all keys in the bucket become visible")
    assert "all keys" in proposed("identity", asked(None, RESERVED, action="s3:ListBucket", resource=BUCKET))[0].risk


def test_what_lists_no_keys_has_no_prefix() -> None:
    fix = proposed("identity", asked(None, keys={"s3:prefix": ["logs/"]}))[0]
    assert after(fix, "principal.policies") == [new_policy()]


@pytest.mark.parametrize(("request_", "expected", "operation", "parameters"), ADDITIONS.values(), ids=ADDITIONS)
def test_the_caller_gets_one_action_on_one_resource(
    request_: AccessRequest, expected: Any, operation: str, parameters: dict[str, Any]
) -> None:
    fix = proposed("identity", request_)[0]
    (write,) = fix.writes
    assert after(fix, "principal.policies") == expected
    assert (write.operation, dict(write.parameters), write.account) == (operation, parameters, HOME)
    assert write.documents == ("PolicyDocument",)
    assert fix.applicability is Applicability.SAFE
    assert fix.who == f"an IAM administrator of account {HOME}"
    assert remaining("identity", fixed(request_, fix)) == []


@pytest.mark.parametrize(
    ("held", "name"),
    [
        (policy(allow("s3:PutObject", Resource=BUCKET)), r"why403-reports-[0-9a-f]{8}"),
        ({"arn": MANAGED, "document": policy(allow("s3:PutObject", Resource=BUCKET))}, "why403-reports"),
    ],
    ids=["its name is not known", "it has an ARN"],
)
def test_a_new_policy_replaces_none_whose_name_is_not_known(held: Any, name: str) -> None:
    lists: dict[str, Any] = {"action": "s3:ListBucket", "resource": BUCKET}
    fixes = [proposed("identity", asked([held], **more))[0] for more in ({}, {}, lists)]
    names = [after(fix, "principal.policies")[1]["name"] for fix in fixes]
    assert all(re.fullmatch(name, each) for each in names)
    assert names[0] == names[1]
    assert (names[0] == names[2]) is ("arn" in held)
    assert {fix.applicability for fix in fixes} == {Applicability.SAFE}


def test_a_new_policy_is_taken_back_by_deleting_it() -> None:
    (undo,) = proposed("identity", asked(None))[0].undo
    assert (undo.operation, dict(undo.parameters)) == (
        "DeleteUserPolicy",
        {"UserName": "ana", "PolicyName": "why403-reports"},
    )


def test_a_changed_policy_is_taken_back_as_it_was_written() -> None:
    text = '{"Version": "2012-10-17",  "Statement": []}'
    fix = proposed("identity", asked([{**INLINE, "document": text}]))[0]
    (undo,) = fix.undo
    assert undo.parameters["PolicyDocument"] == text
    assert isinstance(after(fix, "principal.policies")[0]["document"], str)


@pytest.mark.parametrize(
    ("principal", "room", "operations"),
    [
        (USER, 2_048, ["CreatePolicy", "AttachUserPolicy"]),
        (SESSION, 10_240, ["CreatePolicy", "AttachRolePolicy"]),
        (SESSION, 2_048, ["PutRolePolicy"]),
    ],
)
def test_a_managed_policy_is_made_where_inline_ones_are_full(principal: str, room: int, operations: list[str]) -> None:
    full = {**INLINE, "document": policy(deny("s3:x" + "y" * (room - 150)))}
    request = asked([full], principal)
    fix = proposed("identity", request)[0]
    assert [write.operation for write in fix.writes] == operations
    assert remaining("identity", fixed(request, fix)) == []
    if len(operations) > 1:
        assert [write.operation for write in fix.undo] == [operations[1].replace("Attach", "Detach"), "DeletePolicy"]
        assert fix.writes[1].parameters["PolicyArn"] == f"arn:aws:iam::{HOME}:policy/why403-reports"


def test_a_managed_policy_is_made_and_attached_by_two_whole_calls() -> None:
    full = {**INLINE, "document": policy(deny("s3:x" + "y" * 1_900))}
    fix = proposed("identity", asked([full]))[0]
    arn = f"arn:aws:iam::{HOME}:policy/why403-reports"
    holder = {"UserName": "ana", "PolicyArn": arn}
    reading = Reading("iam", "GetPolicyVersion", {"PolicyArn": arn}, ("PolicyVersion", "Document"), ("NoSuchEntity",))
    made = {"PolicyName": "why403-reports", "PolicyDocument": NEW}
    assert fix.writes == (
        Write("iam", "CreatePolicy", made, "iam:CreatePolicy", HOME, documents=("PolicyDocument",), reading=reading),
        Write("iam", "AttachUserPolicy", holder, "iam:AttachUserPolicy", HOME),
    )
    assert fix.undo == (
        Write("iam", "DetachUserPolicy", holder, "iam:DetachUserPolicy", HOME),
        Write("iam", "DeletePolicy", {"PolicyArn": arn}, "iam:DeletePolicy", HOME),
    )


def test_where_nothing_has_room_left_a_person_makes_some() -> None:
    full = {**INLINE, "document": policy(deny("s3:x" + "y" * 2_000))}
    attached = [{"arn": f"{MANAGED}{n}", "document": policy()} for n in range(10)]
    fix = proposed("identity", asked([full, *attached]))[0]
    assert (fix.edits, fix.writes, fix.applicability) == ((), (), Applicability.MANUAL)
    assert "no policy of it has room left" in fix.summary


def test_a_reserved_role_is_never_written_but_its_permission_set() -> None:
    request = asked(None, RESERVED)
    fix = proposed("identity", request)[0]
    assert (fix.writes, fix.applicability) == ((), Applicability.MANUAL)
    assert "permission set `Data-Reader`" in fix.summary
    assert any("put-inline-policy-to-permission-set" in each for each in fix.steps)
    assert remaining("identity", fixed(request, fix)) == []


def test_the_inline_policy_of_a_permission_set_is_added_to() -> None:
    held = {"name": "AwsSSOInlinePolicy", "from": "inline", "document": policy(allow("s3:PutObject", Resource=OBJECT))}
    fix = proposed("identity", asked([held], RESERVED))[0]
    (policy_after,) = after(fix, "principal.policies")
    assert policy_after["document"]["Statement"][0]["Action"] == ["s3:PutObject", "s3:GetObject"]


NAMED = {"name": "AwsSSOInlinePolicy", "from": "inline"}
SET_ROLE = f"arn:aws:iam::{HOME}:role/aws-reserved/sso.amazonaws.com/{{}}AWSReservedSSO_Data-Reader_0123456789abcdef"


@pytest.mark.parametrize(
    ("role", "region"),
    [(SET_ROLE.format("eu-west-1/"), "eu-west-1"), (SET_ROLE.format(""), "us-east-1"), ({"unknown": True}, None)],
)
@pytest.mark.parametrize(
    ("held", "says", "steps"),
    [
        (None, Says.GRANT, ("go on only if that is empty", "delete-inline-policy-from-permission-set")),
        ([{**NAMED, "document": policy(allow("s3:x"))}], Says.GRANT, ("what `before` shows", "s3:x")),
        ([policy(allow("s3:x"))], Says.GRANT, ("put what it answers and the new statements together",)),
        ([{**NAMED, "document": policy(deny("s3:Get*"))}], Says.DENIAL, ("what `before` shows", "ArnNotLike")),
    ],
)
def test_a_permission_set_is_changed_by_commands_that_find_what_is_not_known(
    held: Any, says: int, steps: tuple[str, ...], role: Any, region: str | None
) -> None:
    fix = proposed("identity", asked(held, RESERVED, facts={ISSUER: role}), says)[0]
    if says == Says.DENIAL and region is None:  # nobody knows whom to make an exception for
        assert fix.steps == ("change it in the permission set `Data-Reader`, never in the reserved role itself",)
        return
    assert (fix.writes, fix.applicability) == ((), Applicability.MANUAL)
    assert fix.target == "the inline policy of the permission set `Data-Reader`"
    assert "everybody who is assigned" in fix.risk
    assert all(any(step in each for each in fix.steps) for step in steps)
    commands = [each for each in fix.steps if "aws sso-admin" in each]
    assert all(("--region" in each) == bool(region) for each in commands)
    assert all(f"--region {region}" in each for each in commands) or region is None
    shell = ["bash", "-nc", "\n".join(each for each in commands if not each.startswith("to take"))]
    assert subprocess.run(shell, check=False).returncode == 0


def test_the_bucket_s_policy_is_the_second_choice_for_a_role_that_may_be_made_anew() -> None:
    facts = {BUCKET_OWNER: HOME, BUCKET_POLICY: None, ISSUER: SET_ROLE.format("")}
    own, by_bucket = proposed("identity", asked(None, RESERVED, facts=facts))
    assert "permission set" in own.summary
    assert by_bucket.applicability is Applicability.MANUAL
    assert "may make the role anew" in by_bucket.risk


def test_a_service_linked_role_stays_as_it_is() -> None:
    fix = proposed("identity", asked(None, LINKED))[0]
    assert (fix.edits, fix.writes, fix.applicability) == ((), (), Applicability.MANUAL)


@pytest.mark.parametrize(("principal", "named"), [(USER, USER), (ROLE, ROLE), (SESSION, ROLE), (LINKED, None)])
def test_within_one_account_the_bucket_s_policy_is_the_second_choice(principal: str, named: str | None) -> None:
    request = asked(None, principal, facts={BUCKET_OWNER: HOME, BUCKET_POLICY: None})
    second = proposed("identity", request)[1]
    statement = after(second, "bucket.policy")["Statement"][0]
    assert (statement["Action"], statement["Resource"]) == ("s3:GetObject", OBJECT)
    assert statement["Principal"]["AWS"] == named or named is None
    assert second.applicability is Applicability.REVIEW
    assert second.writes[0].operation == "PutBucketPolicy"


def test_across_accounts_each_side_has_its_own_fix() -> None:
    request = asked(None, facts={BUCKET_OWNER: AWAY, BUCKET_POLICY: None})
    assert [edit.fact for fix in proposed("identity", request) for edit in fix.edits] == ["principal.policies"]


def test_a_call_about_no_one_resource_is_allowed_on_all() -> None:
    fix = proposed("identity", asked(None, action="s3:ListAllMyBuckets", resource="*"))[0]
    assert after(fix, "principal.policies")[0]["document"]["Statement"][0]["Resource"] == "*"


def test_what_could_not_be_read_is_not_written_over() -> None:
    request = asked({"unknown": True}, rest="unknown")
    claim = Claim(Says.GRANT, 0, Reach.ATTACHED)
    found = [fix for fix in layer("identity").propose(request, request.evidence, claim) if fix.edits]
    assert found == []


def test_a_key_gets_a_wildcard_of_its_own_name_escaped() -> None:
    request = asked(None, resource="arn:aws:s3:::reports/a*b?${c}")
    fix = proposed("identity", request)[0]
    document = after(fix, "principal.policies")[0]["document"]
    assert document["Statement"][0]["Resource"] == "arn:aws:s3:::reports/a${*}b${?}${$}{c}"
    assert remaining("identity", fixed(request, fix)) == []
    beside = asked(after(fix, "principal.policies"), resource="arn:aws:s3:::reports/axb?${c}")
    assert remaining("identity", beside) != []


DANGEROUS = ("s3:PutBucketPolicy", "s3:DeleteBucket", "s3:PutLifecycleConfiguration", "s3:PutAccountPublicAccessBlock")


@pytest.mark.parametrize("action", [*DANGEROUS, "s3:PutBucketAcl", "s3:DeleteBucketPolicy", "iam:PassRole"])
def test_a_permission_that_gives_more_than_its_call_is_never_safe(action: str) -> None:
    request = asked(None, action=action, resource="*" if "Account" in action or action.startswith("iam") else BUCKET)
    fix = proposed("identity", request)[0]
    assert fix.applicability is Applicability.REVIEW
    assert fix.risk == given_by(request).risk
    reserved = asked(None, RESERVED, action=action, resource=BUCKET)
    assert proposed("identity", reserved)[0].risk.endswith(given_by(reserved).risk)


DENIALS: dict[str, tuple[AccessRequest, Any, str]] = {
    "inline": (
        asked([{**INLINE, "document": policy(deny("s3:Get*", Sid="No"))}], SESSION),
        policy(deny("s3:Get*", Sid="No", Condition={"ArnNotLike": {"aws:PrincipalArn": ROLE}})),
        "PutRolePolicy",
    ),
    "managed": (
        asked([{"arn": MANAGED, "document": policy(deny("s3:Get*"))}]),
        policy(deny("s3:Get*", Condition={"ArnNotLike": {"aws:PrincipalArn": USER}})),
        "CreatePolicyVersion",
    ),
    "a group's": (
        asked([{"name": "g", "from": "group/devs", "document": policy(deny("s3:Get*"))}]),
        policy(deny("s3:Get*", Condition={"ArnNotLike": {"aws:PrincipalArn": USER}})),
        "PutGroupPolicy",
    ),
}


@pytest.mark.parametrize(("request_", "document", "operation"), DENIALS.values(), ids=DENIALS)
def test_a_deny_gets_an_exception_and_stays(request_: AccessRequest, document: Any, operation: str) -> None:
    fix = proposed("identity", request_, Says.DENIAL)[0]
    (write,) = fix.writes
    assert write.operation == operation
    assert write.parameters["PolicyDocument"] == document
    assert after(fix, "principal.policies")[0]["document"] == document
    assert fix.applicability is Applicability.REVIEW
    assert ("denies nothing any more" in fix.risk) is (operation == "PutRolePolicy")  # others have the other policies
    assert Says.DENIAL not in {says for says, _ in remaining("identity", fixed(request_, fix))}


def test_a_managed_policy_has_room_for_few_versions() -> None:
    managed = {"arn": MANAGED, "document": policy(deny("s3:Get*"))}
    inline = {**INLINE, "document": policy(deny("s3:Get*"))}
    risks = [proposed("identity", asked(held), Says.DENIAL)[0].risk for held in ([managed], [inline])]
    assert ["the oldest that is not the default is deleted" in risk for risk in risks] == [True, False]


def denies_much(name: str, characters: int, origin: str = "inline") -> dict[str, Any]:
    return {"name": name, "from": origin, "document": policy(deny("s3:Get*", Sid="x" * characters))}


@pytest.mark.parametrize(
    ("held", "fits"),
    [
        ([denies_much("a", 300), denies_much("b", 300)], True),
        ([denies_much("a", 1_900)], False),
        ([denies_much("a", 1_600), {"name": "b", "document": policy(allow("s3:Put*"))}], True),
        ([denies_much("a", 1_600), {"name": "b", "document": policy(allow("s3:Put*", Sid="x" * 200))}], False),
        # Each alone would fit beside what the other is now.
        ([denies_much("a", 830), denies_much("b", 900)], False),
        ([denies_much("a", 1_600), {"arn": MANAGED, "document": policy(allow("s3:Put*", Sid="x" * 1_000))}], True),
        ([denies_much("a", 1_600), {**denies_much("g", 1_000, "group/devs")}], True),
        ([denies_much("g", 2_600, "group/devs"), denies_much("h", 2_600, "group/devs")], False),
        ([denies_much("g", 2_600, "group/devs"), denies_much("h", 2_600, "group/ops")], True),
    ],
)
def test_exceptions_in_inline_policies_have_one_limit_together(held: Any, fits: bool) -> None:
    fix = proposed("identity", asked(held), Says.DENIAL)[0]
    assert bool(fix.writes) is fits
    together = [step for step in fix.steps if "together would be longer than AWS allows" in step]
    assert bool(together) is (not fits and len(held) > 1)


OF_AWS: Final = "arn:aws:iam::aws:policy/AWSDenyAll"
DENIES_ALL: Final = {"name": "AWSDenyAll", "arn": OF_AWS, "document": policy(deny("*"))}


@pytest.mark.parametrize(
    ("principal", "origin", "named", "freed"),
    [
        (USER, "attached", ("user", "ana"), "the user `ana`"),
        (SESSION, "attached", ("role", "app"), "every session of the role `app`"),
        (USER, "group/devs", ("group", "devs"), "every member of the group `devs`"),
    ],
)
def test_a_policy_of_aws_itself_is_detached_or_replaced(
    principal: str, origin: str, named: tuple[str, str], freed: str
) -> None:
    fix = proposed("identity", asked([{**DENIES_ALL, "from": origin}], principal), Says.DENIAL)[0]
    assert (fix.edits, fix.writes, fix.undo, fix.applicability) == ((), (), (), Applicability.MANUAL)
    assert (fix.target, fix.risk.partition(" is freed")[0]) == (OF_AWS, freed)
    why, detach, back, _ = fix.steps
    assert why.startswith("ask whoever attached it")
    kind, name = named
    line = f"-{kind}-policy --{kind}-name {name} --policy-arn {OF_AWS}"
    assert (detach, back) == (f"aws iam detach{line}", f"to take it back: aws iam attach{line}")


def test_what_a_permission_set_has_of_aws_is_not_detached_from_its_role() -> None:
    fix = proposed("identity", asked([DENIES_ALL], RESERVED), Says.DENIAL)[0]
    step = "detach it from the permission set `Data-Reader`, never from the reserved role itself"
    assert step in fix.steps
    assert not [each for each in fix.steps if each.startswith("aws iam detach")]


def test_what_denies_beside_a_policy_of_aws_is_changed_where_it_is() -> None:
    fix = proposed("identity", asked([DENIES_ALL, {**INLINE, "document": policy(deny("s3:Get*"))}]), Says.DENIAL)[0]
    assert fix.edits == ()
    assert fix.steps[-1].endswith("change it there")


def test_anonymous_callers_and_services_have_no_policies_of_their_own() -> None:
    for principal in ("anonymous", SERVICE):
        request = asked(None, principal, action="s3:ListAllMyBuckets", resource="*")
        (fix,) = proposed("identity", request)
        assert (fix.edits, fix.writes, fix.applicability) == ((), (), Applicability.MANUAL)
