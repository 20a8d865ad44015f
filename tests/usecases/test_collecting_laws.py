"""Whatever single answer is missing: what is decided on the rest is unknown, or what it was with all of them."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.layers.tables import HOME, SESSION, allow, deny, policy
from tests.layers.test_collecting_identity import a_role
from tests.layers.test_collecting_scps import NONE_ATTACHED, OWN, ROOTS, USED
from tests.layers.test_collecting_scps import WORLD as ORGANIZATION
from tests.layers.test_collecting_session_policies import ISSUED, a_start
from tests.layers.test_collecting_session_policies import world as history
from why403 import ABSENT, Read
from why403.bootstrap import build
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.services import Services
from why403.usecases.diagnose import diagnose

READ_HERE = {"identity", "permissions_boundary", "scp", "session_policy"}
# What these layers do not read is told, so that only they decide.
GIVEN: dict[str, Any] = {
    "bucket.owner": HOME,
    "bucket.policy": None,
    "bucket.acl": None,
    "object.acl": None,
    "bucket.ownership": "BucketOwnerEnforced",
    "bucket.public_access_block": None,
    "account.public_access_block": None,
    "organization.public_access_block": None,
    "organization.rcps": None,
    "vpc_endpoint.policy": None,
    "principal.tags": None,
}


@cache
def built() -> Services:
    services = build()
    own = {fact: each for fact, each in services.registry.collectors.items() if each.layer.name in READ_HERE}
    return replace(services, registry=replace(services.registry, collectors=own))


def decided(answers: Mapping[Read, Any], action: str) -> tuple[str, str | None]:
    request = {
        "principal": SESSION,
        "operation": action,
        "resource": "arn:aws:s3:::reports/q3.csv",
        "context": {"aws:TokenIssueTime": ISSUED, "aws:RequestedRegion": "eu-west-1"},
        "context_is_complete": True,
    }
    desk = Desk(Table(answers))
    try:
        answer = diagnose(replace(built(), aws=desk), {"request": request, "collect": True, "evidence": GIVEN})
    finally:
        desk.close()
    return answer["decision"], answer["layer"]


NARROW = a_start(policy=policy(allow("s3:ListBucket")))
CASES: dict[str, tuple[dict[Read, Any], str, tuple[str, str | None]]] = {
    "allowed": ({**a_role(), **ORGANIZATION, **history(a_start())}, "GetObject", ("allowed", None)),
    "denied by the organization": (
        {**a_role(), **ORGANIZATION, **history(a_start())},
        "DeleteObject",
        ("denied", "scp"),
    ),
    "no organization": ({**a_role(), OWN: ABSENT, **history(a_start())}, "DeleteObject", ("allowed", None)),
    "managed by the caller's account": (
        {**a_role(), **ORGANIZATION, OWN: {"Id": "o-1", "MasterAccountId": HOME}, **history(a_start())},
        "DeleteObject",
        ("allowed", None),
    ),
    "not in use": (
        {**a_role(), **NONE_ATTACHED, ROOTS: USED, **history(a_start())},
        "DeleteObject",
        ("allowed", None),
    ),
    "narrowed": ({**a_role(), **ORGANIZATION, **history(NARROW)}, "GetObject", ("denied", "session_policy")),
    "denied twice": (
        {**a_role(), **ORGANIZATION, **history(a_start(policy=policy(deny())))},
        "DeleteObject",
        ("denied", "scp"),
    ),
}


@pytest.mark.parametrize(("answers", "action", "decision"), CASES.values(), ids=CASES)
def test_a_missing_answer_reverses_no_decision(
    answers: dict[Read, Any], action: str, decision: tuple[str, str | None]
) -> None:
    assert decided(answers, action) == decision
    for missing in answers:
        without, _ = decided({**answers, missing: missing.unreadable("was refused", HOME)}, action)
        assert without in {"unknown", decision[0]}, missing
