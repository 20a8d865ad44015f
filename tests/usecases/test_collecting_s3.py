"""Decisions on what is read of bucket and object: right with all answers, and never reversed where one is missing."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from tests.layers.reading_s3 import (
    ALL_ON,
    CALLERS,
    ID,
    OWNERS,
    SERVICES_OWN,
    STRANGER,
    a_bucket,
    an_account,
    an_acl,
    found_owner,
    ids,
)
from tests.layers.tables import ANONYMOUS, OBJECT, allow, deny, policy
from tests.layers.test_collecting_identity import APP, a_role
from why403 import ABSENT, Read
from why403.bootstrap import build
from why403.collecting.s3 import GET_OBJECT_ACL
from why403.domain.acl import ALL_USERS
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.usecases.diagnose import diagnose
from why403_layers.bucket_policy import GET_OBJECT_TAGS, GET_POLICY
from why403_layers.ownership import GET_CONTROLS
from why403_layers.public_access import GET_OF_ACCOUNT, GET_OF_BUCKET, GET_OF_ORGANIZATION

SERVICES = build()
ELSEWHERE = {
    "organization.management_account": None,
    "organization.rcps": None,
    "organization.scps": None,
    "session.policies": None,
    "vpc_endpoint.policy": None,
}
PUBLIC = {"Grantee": {"Type": "Group", "URI": ALL_USERS}, "Permission": "READ"}


class World(NamedTuple):
    """What AWS answers of a bucket, whose it is, who asks for what, and how that is decided."""

    decision: str
    layer: str | None
    answers: Mapping[Any, Any]
    caller: str = APP
    owner: str = CALLERS
    request: Mapping[str, Any] = {"operation": "GetObject", "resource": OBJECT}
    evidence: Mapping[str, Any] = {}

    def table(self) -> dict[Read, Any]:
        """Return all answers, those that are given here in place of the usual ones."""
        told = {**a_bucket(self.owner, ID[self.owner]), **an_account(self.owner)}
        told |= {read: ABSENT for read in told if read.call in {GET_OF_BUCKET, GET_OF_ACCOUNT, GET_OF_ORGANIZATION}}
        changed = {read: self.answers[read.call] for read in told if read.call in self.answers}
        service = {read: read.unreadable("was refused", SERVICES_OWN) for read in a_bucket(None)}
        listed = found_owner(self.owner if self.owner != OWNERS else None)
        role = a_role()
        nothing_allowed: dict[Read, Any] = {
            read: [] for read in role if read.call.pages in {"AttachedPolicies", "PolicyNames"}
        }
        mine = role if self.answers.get("role") == "allowed" else {**role, **nothing_allowed}
        return {**mine, **service, **listed, **ids(), **told, **changed}

    def decided(self, answers: Mapping[Read, Any]) -> dict[str, Any]:
        """Return what is decided on these answers."""
        evidence = {**ELSEWHERE, **self.evidence}
        request = {"principal": self.caller, **self.request, "context_is_complete": True}
        desk = Desk(Table(answers), threads=4)
        try:
            found = diagnose(replace(SERVICES, aws=desk), {"request": request, "collect": True, "evidence": evidence})
        finally:
            desk.close()
        return found


def text(*statements: Mapping[str, Any]) -> str:

    whole = [{"Principal": "*", **each, "Resource": "arn:aws:s3:::reports/*"} for each in statements]
    return json.dumps(policy(*whole))


def bucket_of(owner: str) -> dict[str, Any]:
    return {"owner": owner, "evidence": {"bucket.owner": owner}}


DISABLED = {GET_CONTROLS: {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}
WORLDS = {
    "allowed by the bucket's policy": World("allowed", None, {GET_POLICY: text(allow("s3:GetObject"))}),
    "denied by the bucket's policy": World(
        "denied", "bucket_policy", {"role": "allowed", GET_POLICY: text(deny("s3:GetObject"))}
    ),
    "allowed by nothing": World("denied", "identity", {GET_POLICY: ABSENT, **DISABLED}),
    "allowed by the role, and nothing against it": World("allowed", None, {"role": "allowed", GET_POLICY: ABSENT}),
    "across accounts, let in by the other side only": World(
        "denied", "identity", {GET_POLICY: text(allow("s3:GetObject")), **DISABLED}, **bucket_of(OWNERS)
    ),
    "across accounts, let in by nobody": World(
        "denied", "bucket_policy", {"role": "allowed", GET_POLICY: ABSENT, **DISABLED}, **bucket_of(OWNERS)
    ),
    "everybody, by the object's ACL": World(
        "allowed",
        None,
        {GET_POLICY: ABSENT, GET_OBJECT_ACL.current: an_acl(ID[CALLERS], PUBLIC)},
        ANONYMOUS,
        CALLERS,
        evidence={"bucket.owner": CALLERS},
    ),
    "everybody, by an ACL that is ignored": World(
        "denied",
        "block_public_access",
        {GET_POLICY: ABSENT, GET_OBJECT_ACL.current: an_acl(ID[CALLERS], PUBLIC), GET_OF_ACCOUNT: ALL_ON},
        ANONYMOUS,
        evidence={"bucket.owner": CALLERS},
    ),
    "everybody, by an ACL that does not count": World(
        "denied",
        "ownership",
        {GET_POLICY: ABSENT, GET_OBJECT_ACL.current: an_acl(ID[CALLERS], PUBLIC), **DISABLED},
        ANONYMOUS,
        evidence={"bucket.owner": CALLERS},
    ),
    "everybody, by the policy of a restricted bucket": World(
        "denied",
        "block_public_access",
        {GET_POLICY: text(allow("s3:GetObject")), GET_OF_BUCKET: ALL_ON, **DISABLED},
        ANONYMOUS,
        evidence={"bucket.owner": CALLERS},
    ),
    "a public ACL, which is refused": World(
        "denied",
        "block_public_access",
        {"role": "allowed", GET_POLICY: ABSENT, GET_OF_ACCOUNT: ALL_ON},
        request={"operation": "PutObjectAcl", "resource": OBJECT, "parameters": {"ACL": "public-read"}},
    ),
    "an organization that turns an account's settings off": World(
        "allowed",
        None,
        {
            "role": "allowed",
            GET_POLICY: ABSENT,
            GET_OF_ACCOUNT: ALL_ON,
            GET_OF_ORGANIZATION: {"PolicyContent": '{"s3_attributes": {"public_access_block_configuration": "none"}}'},
        },
        request={"operation": "PutObjectAcl", "resource": OBJECT, "parameters": {"ACL": "public-read"}},
    ),
    "an object of a stranger's": World(
        "denied",
        "acl",
        {"role": "allowed", GET_POLICY: ABSENT, GET_OBJECT_ACL.current: an_acl(STRANGER)},
        evidence={"accounts.canonical_ids": {STRANGER: OWNERS, ID[CALLERS]: CALLERS}},
    ),
    "a bucket that is to be made": World(
        "allowed",
        None,
        {"role": "allowed"},
        request={"operation": "CreateBucket", "resource": "arn:aws:s3:::fresh"},
    ),
}
each_world = pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)


@each_world
def test_what_is_read_decides(world: World) -> None:
    found = world.decided(world.table())
    assert (found["decision"], found["layer"]) == (world.decision, world.layer), found["doubts"]


@each_world
def test_no_answer_that_is_missing_reverses_a_decision(world: World) -> None:
    table = world.table()
    for missing in table:
        decided = world.decided({**table, missing: missing.unreadable("was refused", CALLERS)})["decision"]
        assert decided in {world.decision, "unknown"}, missing


@each_world
def test_with_no_answer_at_all_only_the_form_of_a_request_decides(world: World) -> None:
    decided = world.decided({read: read.unreadable("was refused", CALLERS) for read in world.table()})["decision"]
    assert decided in {world.decision, "unknown"}


class OfPartition(Table):
    def partition(self) -> str | None:
        return "aws"


@pytest.mark.parametrize("resource", ["arn:aws-cn:s3:::reports/k", "arn:aws:s3:::reports/k"])
def test_names_of_another_partition_are_not_read_as_if_they_were_of_this_one(resource: str) -> None:
    answers = WORLDS["allowed by the role, and nothing against it"].table()
    desk = Desk(OfPartition(answers), threads=2)
    request = {"principal": "anonymous", "action": "s3:GetObject", "resource": resource, "context_is_complete": True}
    body = {"request": request, "collect": True, "evidence": {"bucket.owner": CALLERS}}
    try:
        facts = diagnose(replace(SERVICES, aws=desk), body)["collected"]["facts"]
    finally:
        desk.close()
    assert ({each["seen"] for each in facts.values()} == {"unreadable"}) is resource.startswith("arn:aws-cn:")


@pytest.mark.parametrize("named", [{}, {"VersionId": None}])
def test_what_is_read_of_an_object_is_of_its_current_version(named: Mapping[str, None]) -> None:
    secret = {"StringEquals": {"s3:ExistingObjectTag/class": "secret"}}
    own = policy(allow("s3:GetObject*"), {**deny("s3:GetObject*"), "Condition": secret})
    world = World(
        "denied",
        "identity",
        {GET_POLICY: ABSENT, GET_OBJECT_TAGS.current: [{"Key": "class", "Value": "secret"}], **DISABLED},
        request={"operation": "GetObject", "resource": OBJECT, "parameters": named},
        evidence={"principal.policies": [own]},
    )
    desk = Desk(Table(world.table()), threads=4)
    request = {"principal": APP, **world.request, "context_is_complete": False}
    body = {"request": request, "collect": True, "evidence": {**ELSEWHERE, **world.evidence}}
    try:
        found = diagnose(replace(SERVICES, aws=desk), body)
    finally:
        desk.close()
    assert found["decision"] == ("denied" if named else "unknown")
