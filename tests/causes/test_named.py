"""What AWS's own sentence names is told as what it is: the kind of policy, the action, and what it was on."""

import shlex

import pytest

from tests.artefacts.models import Read
from tests.causes.asking import ACCOUNT, BUCKET, GET, ROLE, USER, asked, cause_of, document, layers, refused
from why403.causes.filling import _written

KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
NO_ALLOW = "because no {} allows the kms:Decrypt action"
DENY = "with an explicit deny in a {}"
SOURCE, TARGET = "arn:aws:s3:::from-demo/a b.csv", "arn:aws:s3:::to-demo/b.csv"


def sentence(action: str, on: str, why: str, who: str = ROLE) -> str:
    return f'User: {who} is not authorized to perform: {action} on resource: "{on}" {why}'


def unallowed(policy: str, action: str) -> str:
    return f"because no {policy} allows the {action} action"


@pytest.mark.parametrize("operation", ["GetObject", "HeadObject", "CopyObject", "GetObjectTagging"])
def test_where_the_right_to_list_is_asked_for_the_object_is_missing(operation: str) -> None:
    why = unallowed("identity-based policy", "s3:ListBucket")
    found = asked(refused(operation, message=sentence("s3:ListBucket", BUCKET, why)))
    first, second = found["causes"][:2]
    assert (first["layer"], first["kind"], first["missing_action"]) == ("object_state", "requirement", "s3:ListBucket")
    assert "the object is not there" in first["because"]
    assert (second["layer"], second["kind"], second["missing_action"]) == ("identity", "implicit", "s3:ListBucket")
    assert f"s3:ListBucket on {BUCKET}" in second["fix"]["summary"]
    assert found["understood"]["aws_named"] == "identity"
    assert found["understood"]["others_in_text"] == 0


def test_the_right_to_list_versions_is_told_by_its_name() -> None:
    why = unallowed("identity-based policy", "s3:ListBucketVersions")
    first = asked(refused("GetObject", message=sentence("s3:ListBucketVersions", BUCKET, why)))["causes"][0]
    assert (first["layer"], first["missing_action"]) == ("object_state", "s3:ListBucketVersions")
    assert "allow s3:ListBucketVersions" in first["fix"]["summary"]


@pytest.mark.parametrize("operation", ["ListObjectsV2", "HeadBucket"])
def test_a_listing_needs_the_right_to_list_itself(operation: str) -> None:
    why = unallowed("identity-based policy", "s3:ListBucket")
    found = asked(refused(operation, message=sentence("s3:ListBucket", BUCKET, why)))
    assert "object_state" not in layers(found)


def test_evidence_that_the_object_is_there_rules_out_that_it_is_missing() -> None:
    why = unallowed("identity-based policy", "s3:ListBucket")
    request = {"key": "a/b.csv", "bucket": "held-demo"}
    text = refused("GetObject", message=sentence("s3:ListBucket", BUCKET, why))
    assert layers(asked(text, request=request, evidence={"object.exists": True}))[0] == "identity"


@pytest.mark.parametrize(
    ("why", "because", "command"),
    [
        (NO_ALLOW.format("identity-based policy"), "no policy of the caller's own allows", "simulate-principal-policy"),
        (NO_ALLOW.format("permissions boundary"), "permissions boundary", "get-role"),
        (NO_ALLOW.format("session policy"), "when it was started", "get-caller-identity"),
        (NO_ALLOW.format("service control policy"), "level of the organization", "list-policies-for-target"),
        (NO_ALLOW.format("resource-based policy"), "the policy of the KMS key lets in neither", "get-key-policy"),
        (DENY.format("identity-based policy").replace("a id", "an id"), "the caller's own policies", "simulate-"),
        (DENY.format("permissions boundary"), "a Deny in the caller's permissions boundary", "get-role"),
        (DENY.format("session policy"), "the policy that the session was started with", "get-caller-identity"),
        (DENY.format("service control policy"), "a service control policy of the caller's", "list-policies-for-target"),
        (DENY.format("resource control policy"), "the organization that the KMS key belongs to", "RESOURCE_CONTROL"),
        (DENY.format("resource-based policy"), "a Deny in the policy of the KMS key", "get-key-policy"),
    ],
)
def test_a_key_is_refused_by_the_kind_of_policy_that_aws_names(why: str, because: str, command: str) -> None:
    found = asked(refused("GetObject", message=sentence("kms:Decrypt", KEY, why)))
    first, *others = found["causes"]
    kind = "explicit" if "explicit" in why else "implicit"
    assert (first["layer"], first["kind"], first["likelihood"]) == ("kms", kind, "likely")
    assert first["missing_action"] == "kms:Decrypt"
    assert because in first["because"]
    assert command in first["check"]["command"]
    assert [each["because"] for each in others if because in each["because"]] == []
    assert all(each["likelihood"] in {"possible", "unlikely"} for each in others) or "no resource" in why


def test_a_session_policy_that_aws_names_is_no_grant_of_access_grants() -> None:
    why = unallowed("session policy", "s3:PutObject")
    found = asked(refused("PutObject", message=sentence("s3:PutObject", f"{BUCKET}/a", why)))
    assert "Access Grants" not in str(found["causes"])
    assert "when it was started" in found["causes"][0]["because"]


@pytest.mark.parametrize(
    "why",
    [
        "with an explicit deny in a resource-based policy",
        "with an explicit deny in a service control policy",
        unallowed("session policy", "s3:GetObject"),
        unallowed("VPC endpoint policy", "s3:GetObject"),
    ],
)
def test_what_limits_or_denies_was_no_missing_allow(why: str) -> None:
    found = asked(refused("GetObject", message=sentence("s3:GetObject", f"{BUCKET}/a", why)))
    assert found["causes"][0]["likelihood"] == "likely"
    assert cause_of(found, "identity", "implicit")["likelihood"] == "unlikely"


def test_the_caller_s_own_policies_stay_likely_where_aws_names_a_missing_allow_of_the_bucket() -> None:
    why = unallowed("resource-based policy", "s3:GetObject")
    found = asked(refused("GetObject", message=sentence("s3:GetObject", f"{BUCKET}/a", why, USER)))
    assert cause_of(found, "identity", "implicit")["likelihood"] == "likely"


@pytest.mark.parametrize(
    ("action", "on"), [("s3:GetObject", SOURCE), ("s3:GetObjectTagging", SOURCE), ("s3:PutObject", TARGET)]
)
@pytest.mark.parametrize("step", ["", "copy failed: s3://from-demo/a b.csv to s3://to-demo/b.csv "])
def test_a_copy_is_told_on_what_the_refused_action_was_on(step: str, action: str, on: str) -> None:
    text = step + refused("CopyObject", message=sentence(action, on, unallowed("identity-based policy", action)))
    found = asked(text)
    assert (found["understood"]["action"], found["understood"]["resource"]) == (action, on)
    assert found["understood"]["others_in_text"] == 0
    first = found["causes"][0]
    assert f"{action} on {on}" in first["because"]
    assert "--resource-arns '*'" not in first["check"]["command"]


def test_a_copy_s_source_of_the_text_is_the_request_s() -> None:
    why = unallowed("identity-based policy", "s3:GetObject")
    text = refused("CopyObject", message=sentence("s3:GetObject", SOURCE, why))
    allowed = document({"Effect": "Allow", "Action": "s3:*", "Resource": f"{TARGET.rpartition('/')[0]}/*"})
    found = asked(
        text,
        request={"bucket": "to-demo", "key": "b.csv"},
        evidence={"principal.policies": [allowed], "bucket.owner": ACCOUNT, "source.bucket.owner": ACCOUNT},
        evidence_is_complete=True,
    )
    assert (found["decision"], found["layer"], found["aws_agrees"]) == ("denied", "identity", True)
    assert found["blockers"][0]["resource"] == SOURCE


@pytest.mark.parametrize("key", ["a b.csv", "a;$(id)'.csv", "`id`", '"', "*"])
def test_a_command_to_check_with_takes_a_key_as_one_word(key: str) -> None:
    found = asked(refused("GetObject"), request={**GET, "key": key, "principal": USER})
    commands = [shlex.split(each["check"]["command"]) for each in found["causes"]]
    assert f"{BUCKET}/{key}" in commands[0]
    assert sum(key in words for words in commands) > 1
    assert not [word for words in commands for word in words if key in word and word not in {key, f"{BUCKET}/{key}"}]


def test_a_role_to_be_passed_is_allowed_for_that_role_alone() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/batch"
    text = refused(
        "CreateJob", message=sentence("iam:PassRole", role, unallowed("identity-based policy", "iam:PassRole"), USER)
    )
    own = {"principal.policies": [document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})]}
    found = asked(text, evidence=own, evidence_is_complete=True)
    assert (found["decision"], found["layer"], found["understood"]["resource"]) == ("denied", "identity", role)
    assert found["causes"][0]["fix"]["summary"].startswith(f"allow iam:PassRole on {role}")
    assert "bucket_policy" not in layers(asked(text))


@pytest.mark.parametrize("key", ["-rf", "--bucket", "file:///etc/passwd", "https://x/y", "a\x1b[31m", "{bucket}"])
def test_a_command_to_check_with_sends_the_key_as_it_is(key: str) -> None:
    found = asked(refused("GetObject"), request={**GET, "key": key, "principal": USER})
    read = [Read(line) for each in found["causes"] if "--query" not in (line := each["check"]["command"])]
    assert [each.get("Key") or each.get("Prefix") for each in read if {"Key", "Prefix"} & set(each)] == [key]


def test_one_of_many_objects_is_told_as_that_one() -> None:
    one = f"{BUCKET}/a/b.txt"
    why = unallowed("identity-based policy", "s3:DeleteObject")
    found = asked(refused("DeleteObjects", message=sentence("s3:DeleteObject", one, why)))
    assert found["understood"]["resource"] == one
    assert found["causes"][0]["fix"]["summary"].startswith(f"allow s3:DeleteObject on {one} ")


@pytest.mark.parametrize("value", ["held-demo", "a b", "$(id)", "'", "", "*", "-x"])
def test_a_value_that_stands_behind_no_option_is_one_word(value: str) -> None:
    assert shlex.split(_written(("", value))) == [value]


SCP = "arn:aws:organizations::999999999999:policy/o-abc1234567/service_control_policy/p-x1y2z3w4"
MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/team/NoDeletes"


@pytest.mark.parametrize(
    ("kind", "arn", "command"),
    [
        ("a service control policy", SCP, "aws organizations describe-policy --policy-id p-x1y2z3w4"),
        ("an identity-based policy", MANAGED, f"aws iam get-policy-version --policy-arn {MANAGED} --version-id "),
        ("a permissions boundary", MANAGED, f"$(aws iam get-policy --policy-arn {MANAGED} --query "),
    ],
)
def test_the_policy_that_aws_names_is_the_one_to_read(kind: str, arn: str, command: str) -> None:
    found = asked(
        refused("GetObject", message=sentence("s3:GetObject", f"{BUCKET}/a", f"with an explicit deny in {kind}: {arn}"))
    )
    first = found["causes"][0]
    assert (first["kind"], first["likelihood"]) == ("explicit", "likely")
    assert first["because"] == f"AWS names the policy whose Deny hits the request, {arn}"
    assert command in first["check"]["command"]
    assert first["check"]["what"].endswith("which statement of the policy hits the request?")
    assert (found["understood"]["aws_kind"], found["understood"]["aws_policy_arn"]) == ("explicit", arn)
    assert found["summary"].startswith("AWS says that it refused `GetObject` because ")


@pytest.mark.parametrize("arn", [SCP[:60], "arn:aws:s3:::policy/a", f"{MANAGED}/$(id)"])
def test_what_is_no_policy_s_arn_is_no_policy_to_read(arn: str) -> None:
    message = sentence("s3:GetObject", f"{BUCKET}/a", f"with an explicit deny in a service control policy: {arn}")
    first = asked(refused("GetObject", message=message))["causes"][0]
    assert (first["layer"], first["kind"]) == ("scp", "explicit")
    assert "list-policies-for-target" in first["check"]["command"]


@pytest.mark.parametrize(("arn", "agrees"), [(MANAGED, True), (f"{MANAGED}2", False), (None, True)])
def test_a_policy_that_refuses_nothing_is_not_the_one_that_aws_names(arn: str | None, agrees: bool) -> None:
    message = sentence("s3:GetObject", f"{BUCKET}/a", f"with an explicit deny in an identity-based policy: {MANAGED}")
    held = {"arn": arn, "document": document({"Effect": "Deny", "Action": "*", "Resource": "*"})}
    evidence = {"principal.policies": [held if arn else held["document"]]}
    found = asked(refused("GetObject", message=message), evidence=evidence, evidence_is_complete=True)
    assert (found["layer"], found["aws_agrees"]) == ("identity", agrees)


@pytest.mark.parametrize(("account", "told"), [(ACCOUNT, False), ("444455556666", True)])
def test_of_another_account_s_key_both_sides_must_allow(account: str, told: bool) -> None:
    key = KEY.replace(ACCOUNT, account)
    found = asked(refused("GetObject", message=sentence("kms:Decrypt", key, NO_ALLOW.format("identity-based policy"))))
    assert ("the key is another account's" in found["causes"][0]["fix"]["summary"]) is told


def test_sentences_name_what_is_not_known_in_words_and_commands_in_capitals() -> None:
    first = asked(refused("GetObject"))["causes"][0]
    assert first["because"] == "no policy of the caller's own allows s3:GetObject on the resource"
    assert first["check"]["command"].endswith("--resource-arns RESOURCE")
    key = asked(
        refused("GetObject", message=f"User: {ROLE} is not authorized to perform: kms:Decrypt on this resource")
    )
    assert "kms:Decrypt on the key" in key["causes"][0]["because"]
    assert "--key-id KEY " in key["causes"][0]["check"]["command"]


def test_a_missing_allow_is_not_the_deny_that_aws_names() -> None:
    message = sentence("s3:GetObject", f"{BUCKET}/a", "with an explicit deny in an identity-based policy")
    found = asked(refused("GetObject", message=message), evidence={"principal.policies": []}, evidence_is_complete=True)
    assert (found["layer"], found["kind"], found["aws_agrees"]) == ("identity", "implicit", False)


def test_what_aws_names_stays_likely_beside_what_the_evidence_proves() -> None:
    message = sentence("s3:GetObject", f"{BUCKET}/a", "with an explicit deny in a service control policy")
    found = asked(refused("GetObject", message=message), evidence={"principal.policies": []}, evidence_is_complete=True)
    assert [(each["layer"], each["likelihood"]) for each in found["causes"][:2]] == [
        ("identity", "certain"),
        ("scp", "likely"),
    ]
    assert found["aws_agrees"] is False


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("identity-based policy", "no policy of the caller allows `kms:Decrypt`"),
        ("permissions boundary", "the caller's permissions boundary does not allow `kms:Decrypt`"),
        ("resource-based policy", "for the KMS key no policy allows `kms:Decrypt`"),
    ],
)
def test_of_a_key_the_first_sentence_says_whose_policy_it_is(policy: str, told: str) -> None:
    found = asked(refused("GetObject", message=sentence("kms:Decrypt", KEY, NO_ALLOW.format(policy))))
    assert found["summary"].startswith(f"AWS says that it refused `GetObject` because {told}; ")
