"""What is read of the organization of the bucket's owner: what is attached on the way to that account."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cases import services
from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    LINKED,
    ROOT,
    SERVICE,
    SESSION,
    THIRD,
    USER,
    allow,
    deny,
    layer,
    policy,
    text,
)
from tests.layers.test_collecting_scps import PATH, parents
from why403 import ABSENT, ORGANIZATION, AccessRequest, Call, Fact, Found, Observation, Read, Unreadable
from why403.collecting.organizations import (
    DESCRIBE_AWS_POLICY,
    DESCRIBE_ORGANIZATION,
    DESCRIBE_POLICY,
    DESCRIBE_THEIR_ORGANIZATION,
    LIST_POLICIES,
    LIST_ROOTS,
    RESOURCE_CONTROL,
)
from why403.domain.evidence import Evidence
from why403.domain.facts import BUCKET_OWNER
from why403.domain.truth import UNKNOWN
from why403.gathering.by_hand import collected
from why403.testing import a_request
from why403_layers.rcp import RCPS

RCP = layer("rcp")
OWNER, MANAGER = AWAY, THIRD
FULL = "RCPFullAWSAccess"
KEY = f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd"
Answers = dict[Read, Any]


def listed(target: str) -> Read:
    return LIST_POLICIES.read(account=ORGANIZATION, TargetId=target, Filter=RESOURCE_CONTROL)


def summary(name: str) -> dict[str, Any]:
    whose = "aws" if name == FULL else f"{MANAGER}:policy/o-ab"
    arn = f"arn:aws:organizations::{whose}/resource_control_policy/p-{name}"
    return {"Id": f"p-{name}", "Name": name, "Arn": arn, "Type": RESOURCE_CONTROL, "AwsManaged": name == FULL}


def text_of(name: str, document: Mapping[str, Any]) -> Answers:
    call = DESCRIBE_AWS_POLICY if name == FULL else DESCRIBE_POLICY
    return {call.read(account=ORGANIZATION, PolicyId=f"p-{name}"): {"Content": str(document).replace("'", '"')}}


def of_the_bucket(owner: str) -> Answers:
    """Return the answers about what is attached on the way to an owner whose account lies where the caller's does."""
    path = (*PATH[:3], owner)
    return {
        DESCRIBE_ORGANIZATION.read(account=owner): {"Id": "o-ab12", "MasterAccountId": MANAGER},
        parents(path[3]): [{"Id": path[2], "Type": "ORGANIZATIONAL_UNIT"}],
        parents(path[2]): [{"Id": path[1], "Type": "ORGANIZATIONAL_UNIT"}],
        parents(path[1]): [{"Id": path[0], "Type": "ROOT"}],
        **{listed(target): [summary(FULL)] for target in path},
        listed(path[1]): [summary(FULL), summary("Perimeter")],
        **text_of(FULL, policy(allow(Principal="*"))),
        **text_of("Perimeter", policy(deny("s3:DeleteObject", Principal="*"))),
    }


WORLD = of_the_bucket(OWNER)
OWN = DESCRIBE_ORGANIZATION.read(account=OWNER)
ROOTS = LIST_ROOTS.read(account=ORGANIZATION)


def asked(caller: str = SESSION, **more: Any) -> AccessRequest:
    return a_request(principal=caller, rest="unknown", **more)


def found(
    answers: Answers, request: AccessRequest | None = None, owner: object = OWNER
) -> Mapping[Fact[Any], Observation[Any]]:
    return collected(RCP, request or asked(), answers, facts={BUCKET_OWNER: owner})


def levels(seen: Observation[Any]) -> list[tuple[str, list[str | None]]]:
    assert isinstance(seen, Found), seen
    return [(level.target, [placed.name for placed in level.policies.placed]) for level in seen.value]


@pytest.mark.parametrize("caller", [SESSION, USER, ROOT, ANONYMOUS, SERVICE])
def test_levels_are_those_of_the_owner_whoever_calls(caller: str) -> None:
    assert levels(found(WORLD, asked(caller))[RCPS]) == [
        ("r-ab12", [FULL]),
        ("ou-ab12-top", [FULL, "Perimeter"]),
        ("ou-ab12-low", [FULL]),
        (OWNER, [FULL]),
    ]


def test_what_is_judged_is_what_was_read() -> None:
    request = a_request("s3:DeleteObject", principal=SESSION, facts={BUCKET_OWNER: OWNER})
    said = [text(claim) for claim in RCP.judge(request, Evidence({**request.evidence, **found(WORLD, request)}))]
    assert said == ["denial: false", "denial: true", "denial: false", "denial: false"]


def test_nothing_is_read_for_a_service_linked_role() -> None:
    assert found({}, asked(LINKED))[RCPS] == ABSENT


def test_the_owner_without_an_organization_has_none() -> None:
    assert found({OWN: ABSENT})[RCPS] == ABSENT


def test_nothing_applies_to_what_the_management_account_owns() -> None:
    assert found({OWN: {"Id": "o-ab12", "MasterAccountId": OWNER}})[RCPS] == ABSENT


def test_a_type_that_is_not_in_use_restricts_nothing() -> None:
    none = {**WORLD, **{listed(target): [] for target in (*PATH[:3], OWNER)}}
    other = [{"Id": "r-ab12", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]
    assert found({**none, ROOTS: other})[RCPS] == ABSENT


def test_an_owner_that_is_not_known_leaves_the_policies_unknown_for_the_same_reason() -> None:
    unread = found(WORLD, owner={"unknown": True})[RCPS]
    assert isinstance(unread, Unreadable)
    assert unread.permission == BUCKET_OWNER.permission


def test_what_is_in_no_bucket_is_its_own_accounts() -> None:
    of_key = asked(action="kms:Decrypt", resource=KEY)
    of_account = asked(f"arn:aws:iam::{OWNER}:user/ana", action="s3:ListAllMyBuckets", resource="*")
    for request in (of_key, of_account):
        assert levels(found(WORLD, request, owner={"unknown": True})[RCPS])[-1] == (OWNER, [FULL])


@pytest.mark.parametrize("caller", [ANONYMOUS, SERVICE])
def test_who_is_of_no_account_has_none_to_read(caller: str) -> None:
    request = asked(caller, action="s3:ListAllMyBuckets", resource="*")
    assert isinstance(found({}, request).get(RCPS, RCPS.unread()), Unreadable)


def test_a_bucket_that_is_made_will_be_the_callers() -> None:
    request = asked(f"arn:aws:iam::{OWNER}:user/ana", action="s3:CreateBucket", call=Call(operation="CreateBucket"))
    assert levels(found(WORLD, request)[RCPS])[-1] == (OWNER, [FULL])


THEIRS = DESCRIBE_THEIR_ORGANIZATION.read(account=ORGANIZATION)
REFUSED = OWN.unreadable("was refused", OWNER)


def test_an_organization_that_knows_the_owner_is_the_owners() -> None:
    of_manager = {"Id": "o-ab12", "MasterAccountId": MANAGER}
    assert len(levels(found({**WORLD, OWN: REFUSED, THEIRS: of_manager})[RCPS])) == 4


def test_an_organization_that_does_not_know_the_owner_tells_nothing_of_it() -> None:
    of_manager = {"Id": "o-ab12", "MasterAccountId": MANAGER}
    assert found({**WORLD, OWN: REFUSED, THEIRS: of_manager, parents(OWNER): ABSENT})[RCPS] == REFUSED


@pytest.mark.parametrize("one", WORLD, ids=[f"{each.call.operation} {n}" for n, each in enumerate(WORLD)])
def test_one_answer_that_is_missing_leaves_the_policies_unknown(one: Read) -> None:
    denied = one.unreadable("was refused", MANAGER)
    request = a_request("s3:DeleteObject", principal=SESSION, facts={BUCKET_OWNER: OWNER}, rest="unknown")
    seen = found({**WORLD, one: denied}, request)
    assert seen[RCPS] == denied
    claims = RCP.judge(request, Evidence({**request.evidence, **seen}))
    assert {claim.holds for claim in claims} == {UNKNOWN}


def test_the_fact_is_collected_by_this_layer() -> None:
    assert services().registry.collectors[RCPS].layer.name == "rcp"
