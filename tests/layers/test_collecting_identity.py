"""What is read of the caller: all policies, boundary, tags and role path, and nothing for callers that have none."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.layers.tables import ANONYMOUS, ROOT, SERVICE, SESSION, allow, layer, policy
from why403 import ABSENT, AccessRequest, Fact, Found, Observation, Read, Unreadable
from why403.collecting.iam import (
    GET_AWS_POLICY_VERSION,
    GET_POLICY,
    GET_POLICY_VERSION,
    GET_ROLE,
    GET_USER,
)
from why403.domain.facts import ISSUER, PRINCIPAL_TAGS
from why403.domain.principal import SOMEBODY
from why403.testing import a_request, collected
from why403_layers.identity import COLLECTORS, POLICIES
from why403_layers.permissions_boundary import BOUNDARY

IDENTITY, LIMIT = layer("identity"), layer("permissions_boundary")
ACCOUNT = "111122223333"
ANA, APP = f"arn:aws:iam::{ACCOUNT}:user/staff/ana", f"arn:aws:sts::{ACCOUNT}:assumed-role/app/i-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/jobs/app"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
OWN, AWS = f"arn:aws:iam::{ACCOUNT}:policy/team/own", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
DOCUMENT = policy(allow())
CALLS = {each.operation: each for one in COLLECTORS for each in one.reads}


def iam(operation: str, **parameters: Any) -> Read:
    return CALLS[operation].read(account=ACCOUNT, **parameters)


def text_of(arn: str, document: Any = DOCUMENT) -> Mapping[Read, Any]:
    """Return the answers for a managed policy."""
    call, version = (GET_POLICY, GET_AWS_POLICY_VERSION) if arn == AWS else (GET_POLICY, GET_POLICY_VERSION)
    name = arn.rpartition("/")[2]
    return {
        call.read(account=ACCOUNT, PolicyArn=arn): {"PolicyName": name, "DefaultVersionId": "v3"},
        version.read(account=ACCOUNT, PolicyArn=arn, VersionId="v3"): {"Document": document},
    }


def attached(*arns: str) -> list[dict[str, str]]:
    return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]


USER: dict[Read, Any] = {
    iam("ListAttachedUserPolicies", UserName="ana"): attached(OWN),
    iam("ListUserPolicies", UserName="ana"): ["desk"],
    iam("GetUserPolicy", UserName="ana", PolicyName="desk"): DOCUMENT,
    iam("ListGroupsForUser", UserName="ana"): [{"GroupName": "staff"}, {"GroupName": "empty"}],
    iam("ListAttachedGroupPolicies", GroupName="staff"): attached(AWS, OWN),
    iam("ListGroupPolicies", GroupName="staff"): ["badge"],
    iam("GetGroupPolicy", GroupName="staff", PolicyName="badge"): DOCUMENT,
    iam("ListAttachedGroupPolicies", GroupName="empty"): [],
    iam("ListGroupPolicies", GroupName="empty"): [],
    iam("ListUserTags", UserName="ana"): [{"Key": "team", "Value": "blue"}],
    GET_USER.read(account=ACCOUNT, UserName="ana"): {
        "Arn": ANA,
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": OWN},
    },
    **text_of(OWN),
    **text_of(AWS),
}
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def a_role(*trust: Any, **more: Any) -> dict[Read, Any]:
    document = {"Version": "2012-10-17", "Statement": list(trust) or TRUST}
    return {
        iam("ListAttachedRolePolicies", RoleName="app"): attached(AWS),
        iam("ListRolePolicies", RoleName="app"): ["duty"],
        iam("GetRolePolicy", RoleName="app", PolicyName="duty"): DOCUMENT,
        iam("ListRoleTags", RoleName="app"): [{"Key": "team", "Value": "red"}],
        GET_ROLE.read(account=ACCOUNT, RoleName="app"): {"Arn": ROLE, "AssumeRolePolicyDocument": document, **more},
        **text_of(AWS),
    }


def asked(caller: str) -> AccessRequest:
    return a_request(principal=caller, rest="unknown")


def named(seen: Observation[Any]) -> list[tuple[str | None, str | None]]:
    assert isinstance(seen, Found)
    return [(placed.name, placed.origin) for placed in seen.value.placed]


def test_a_user_has_its_own_policies_and_those_of_its_groups() -> None:
    seen = collected(IDENTITY, asked(ANA), USER)
    assert named(seen[POLICIES]) == [
        ("own", "attached"),
        ("desk", "inline"),
        ("AmazonS3ReadOnlyAccess", "group/staff"),
        ("own", "group/staff"),
        ("badge", "group/staff"),
    ]
    assert seen[ISSUER] == ABSENT
    tags = seen[PRINCIPAL_TAGS]
    assert isinstance(tags, Found)
    assert tags.value == {"team": "blue"}


@pytest.mark.parametrize("caller", [APP, ROLE])
def test_a_session_has_what_its_role_has(caller: str) -> None:
    seen = collected(IDENTITY, asked(caller), a_role())
    assert named(seen[POLICIES]) == [("AmazonS3ReadOnlyAccess", "attached"), ("duty", "inline")]
    tags = seen[PRINCIPAL_TAGS]
    assert isinstance(tags, Found)
    assert tags.value == {"team": "red"}


def test_a_session_comes_from_a_role_with_a_path() -> None:
    issuer = collected(IDENTITY, asked(APP), a_role())[ISSUER]
    assert isinstance(issuer, Found)
    assert issuer.value == ROLE


TRUSTING = {
    "by name": {**TRUST, "Action": ["sts:AssumeRole", "sts:TagSession"]},
    "in another case": {**TRUST, "Action": "STS:tagsession"},
    "with a wildcard": {**TRUST, "Action": "sts:*"},
    "by leaving it out of a NotAction": {"Effect": "Allow", "Principal": "*", "NotAction": "sts:AssumeRole"},
}


@pytest.mark.parametrize("trust", TRUSTING.values(), ids=TRUSTING)
def test_tags_of_a_role_are_not_taken_for_those_of_a_session_that_may_bring_its_own(trust: Any) -> None:
    tags = collected(IDENTITY, asked(APP), a_role(TRUST, trust))[PRINCIPAL_TAGS]
    assert isinstance(tags, Unreadable)
    assert "may have tags of its own" in tags.why


def test_a_denied_tag_session_lets_nobody_bring_tags() -> None:
    denied = {**TRUST, "Effect": "Deny", "Action": "sts:TagSession"}
    assert isinstance(collected(IDENTITY, asked(APP), a_role(TRUST, denied))[PRINCIPAL_TAGS], Found)


def test_a_federated_user_has_the_policies_of_the_user_who_asked_for_the_token() -> None:
    seen = collected(IDENTITY, asked(FEDERATED), USER, facts={ISSUER: ANA})
    assert len(named(seen[POLICIES])) == 5
    assert isinstance(seen[PRINCIPAL_TAGS], Unreadable)


@pytest.mark.parametrize("facts", [{}, {ISSUER: ROLE}, {ISSUER: None}], ids=["unknown", "a role", "none"])
def test_a_federated_user_of_nobody_known_is_not_read(facts: Mapping[Fact[Any], object]) -> None:
    seen = collected(IDENTITY, asked(FEDERATED), USER, facts=facts)
    assert isinstance(seen[POLICIES], Unreadable)


@pytest.mark.parametrize("caller", [ROOT, ANONYMOUS, SERVICE])
def test_who_has_no_policies_is_not_read(caller: str) -> None:
    seen = collected(IDENTITY, asked(caller), {})
    assert set(seen.values()) == {ABSENT}
    assert set(seen) == {POLICIES, ISSUER, PRINCIPAL_TAGS}
    assert collected(LIMIT, asked(caller), {}, others=[IDENTITY])[BOUNDARY] == ABSENT


def test_somebody_unknown_is_not_read() -> None:
    request = asked(ANA)
    request.principal = SOMEBODY
    assert isinstance(collected(IDENTITY, request, {})[POLICIES], Unreadable)


@pytest.mark.parametrize(
    ("caller", "answers", "name"),
    [
        (ANA, USER, "own"),
        (APP, a_role(PermissionsBoundary={"PermissionsBoundaryArn": AWS}), "AmazonS3ReadOnlyAccess"),
    ],
    ids=["user", "session"],
)
def test_a_boundary_is_read_from_the_user_or_role(caller: str, answers: dict[Read, Any], name: str) -> None:
    assert named(collected(LIMIT, asked(caller), answers)[BOUNDARY]) == [(name, None)]


def test_a_role_without_a_boundary_has_none() -> None:
    assert collected(LIMIT, asked(SESSION), a_role())[BOUNDARY] == ABSENT


# --- what cannot be read ----------------------------------------------------------------------------------------------

EVERYTHING = [(ANA, USER, read) for read in USER] + [(APP, a_role(), read) for read in a_role()]


Answers = dict[Read, Any]
each_answer = pytest.mark.parametrize(
    ("caller", "answers", "one"), EVERYTHING, ids=[f"{each.call.name} {n}" for n, (_, _, each) in enumerate(EVERYTHING)]
)


def resting_on(one: Read, caller: str, answers: Answers) -> set[Fact[Any]]:
    """Return the facts that are not known for want of one answer, having seen that nothing else changes."""
    denied = one.unreadable("was refused", ACCOUNT)
    seen: dict[Fact[Any], Observation[Any]] = {}
    full: dict[Fact[Any], Observation[Any]] = {}
    for each in (IDENTITY, LIMIT):
        seen.update(collected(each, asked(caller), {**answers, one: denied}))
        full.update(collected(each, asked(caller), answers))
    assert {type(each) for fact, each in seen.items() if each != denied and type(each) is not type(full[fact])} == set()
    return {fact for fact, each in seen.items() if each == denied}


@each_answer
def test_one_answer_that_is_missing_leaves_what_needs_it_unreadable(caller: str, answers: Answers, one: Read) -> None:
    assert resting_on(one, caller, answers)


@pytest.mark.parametrize("answer", [None, 7, "text", [7], [{}]], ids=repr)
@each_answer
def test_a_malformed_answer_leaves_what_needs_it_unreadable(
    caller: str, answers: Answers, one: Read, answer: object
) -> None:
    for each in (IDENTITY, LIMIT):
        try:
            seen = collected(each, asked(caller), {**answers, one: Found(answer)})
        except AssertionError:
            continue  # told as a failure, and unreadable: that is the gathering's to test
        for fact in resting_on(one, caller, answers) & set(seen):
            assert isinstance(seen[fact], Unreadable)


@pytest.mark.parametrize("path", ["", "eng/"])
def test_a_user_of_that_name_in_another_path_is_another_user(path: str) -> None:
    named = ANA.rpartition("/")[2]
    record = {**USER[GET_USER.read(account=ACCOUNT, UserName=named)], "Arn": ANA.replace(named, path + named)}
    seen = collected(IDENTITY, asked(ANA), {**USER, GET_USER.read(account=ACCOUNT, UserName=named): record})
    assert isinstance(seen[POLICIES], Found) is (path == "")
    assert isinstance(seen[PRINCIPAL_TAGS], Found) is (path == "")
