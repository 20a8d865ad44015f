"""What is read of the caller's organization: who manages it, and what is attached on the way to the account."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cases import services
from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    HOME,
    LINKED,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    allow,
    deny,
    layer,
    policy,
    text,
)
from why403 import ABSENT, ORGANIZATION, AccessRequest, Found, Observation, Read, Unreadable
from why403.collecting.organizations import (
    DESCRIBE_AWS_POLICY,
    DESCRIBE_ORGANIZATION,
    DESCRIBE_POLICY,
    DESCRIBE_THEIR_ORGANIZATION,
    LIST_PARENTS,
    LIST_POLICIES,
    LIST_ROOTS,
    SERVICE_CONTROL,
)
from why403.domain.evidence import Evidence, Fact
from why403.domain.facts import ORGANIZATION_ID
from why403.domain.principal import SOMEBODY
from why403.domain.truth import UNKNOWN
from why403.gathering.by_hand import collected
from why403.testing import a_request
from why403_layers.scp import MANAGEMENT, SCPS

SCP = layer("scp")
CALLED, MANAGER = HOME, AWAY
PATH = ("r-ab12", "ou-ab12-top", "ou-ab12-low", CALLED)
Answers = dict[Read, Any]


def parents(child: str, account: str = ORGANIZATION) -> Read:
    return LIST_PARENTS.read(account=account, ChildId=child)


def listed(target: str) -> Read:
    return LIST_POLICIES.read(account=ORGANIZATION, TargetId=target, Filter=SERVICE_CONTROL)


def summary(name: str) -> dict[str, Any]:
    ours = name == "FullAWSAccess"
    whose = "aws" if ours else f"{MANAGER}:policy/o-ab"
    return {
        "Id": f"p-{name}",
        "Name": name,
        "Arn": f"arn:aws:organizations::{whose}/service_control_policy/p-{name}",
        "Type": SERVICE_CONTROL,
        "AwsManaged": ours,
    }


def text_of(name: str, document: Any) -> Answers:
    call = DESCRIBE_AWS_POLICY if name == "FullAWSAccess" else DESCRIBE_POLICY
    # AWS prints the document as a text.
    content = document if isinstance(document, str) else str(document).replace("'", '"')
    return {call.read(account=ORGANIZATION, PolicyId=f"p-{name}"): {"PolicySummary": {}, "Content": content}}


ROOTS = LIST_ROOTS.read(account=ORGANIZATION)
OWN = DESCRIBE_ORGANIZATION.read(account=CALLED)
THEIRS = DESCRIBE_THEIR_ORGANIZATION.read(account=ORGANIZATION)
OF_MANAGER = {"Id": "o-ab12", "MasterAccountId": MANAGER, "FeatureSet": "ALL"}
FULL = text_of("FullAWSAccess", policy(allow()))

WORLD: Answers = {
    OWN: OF_MANAGER,
    parents(PATH[3]): [{"Id": PATH[2], "Type": "ORGANIZATIONAL_UNIT"}],
    parents(PATH[2]): [{"Id": PATH[1], "Type": "ORGANIZATIONAL_UNIT"}],
    parents(PATH[1]): [{"Id": PATH[0], "Type": "ROOT"}],
    **{listed(target): [summary("FullAWSAccess")] for target in PATH},
    listed(PATH[1]): [summary("FullAWSAccess"), summary("Guard")],
    listed(PATH[3]): [summary("Guard"), summary("Own")],
    **FULL,
    **text_of("Guard", policy(deny("s3:DeleteObject"))),
    **text_of("Own", policy(allow("s3:*"))),
}


def asked(caller: str = SESSION) -> AccessRequest:
    return a_request(principal=caller, rest="unknown")


def found(answers: Answers, caller: str = SESSION, **more: Any) -> Mapping[Fact[Any], Observation[Any]]:
    return collected(SCP, asked(caller), answers, **more)


def levels(seen: Observation[Any]) -> list[tuple[str, list[str | None]]]:
    assert isinstance(seen, Found)
    return [(level.target, [placed.name for placed in level.policies.placed]) for level in seen.value]


def value(seen: Observation[Any]) -> Any:
    assert isinstance(seen, Found)
    return seen.value


@pytest.mark.parametrize("caller", [SESSION, USER, ROOT])
def test_levels_come_root_first_with_all_that_is_attached(caller: str) -> None:
    seen = found(WORLD, caller)
    assert levels(seen[SCPS]) == [
        ("r-ab12", ["FullAWSAccess"]),
        ("ou-ab12-top", ["FullAWSAccess", "Guard"]),
        ("ou-ab12-low", ["FullAWSAccess"]),
        (CALLED, ["Guard", "Own"]),
    ]
    assert value(seen[MANAGEMENT]) == MANAGER
    assert value(seen[ORGANIZATION_ID]) == "o-ab12"


def test_an_account_right_below_the_root_has_two_levels() -> None:
    short = {**WORLD, parents(CALLED): [{"Id": PATH[0], "Type": "ROOT"}]}
    assert [target for target, _ in levels(found(short)[SCPS])] == [PATH[0], CALLED]


def test_what_is_judged_is_what_was_read() -> None:
    request = a_request(principal=SESSION, action="s3:DeleteObject")
    seen = collected(SCP, request, WORLD)
    said = [text(claim) for claim in SCP.judge(request, Evidence(seen))]
    assert said.count("denial: true") == 2
    assert said.count("limit: true") == 4


def test_only_a_text_that_aws_alone_changes_is_kept_long() -> None:
    assert DESCRIBE_AWS_POLICY.keep > DESCRIBE_POLICY.keep
    own = {DESCRIBE_AWS_POLICY.read(account=ORGANIZATION, PolicyId="p-Own"): {"Content": "{}"}}
    assert levels(found({**own, **WORLD})[SCPS])[-1] == (CALLED, ["Guard", "Own"])


def test_an_account_without_an_organization_has_no_ceiling() -> None:
    seen = found({OWN: ABSENT})
    assert set(seen) == {SCPS, MANAGEMENT, ORGANIZATION_ID}
    assert set(seen.values()) == {ABSENT}


def test_the_management_account_has_no_ceiling_and_nothing_is_read_for_it() -> None:
    seen = found({OWN: {"Id": "o-ab12", "MasterAccountId": CALLED}})
    assert seen[SCPS] == ABSENT
    assert value(seen[MANAGEMENT]) == CALLED


@pytest.mark.parametrize("caller", [ANONYMOUS, SERVICE])
def test_who_is_of_no_account_is_of_no_organization(caller: str) -> None:
    assert set(found({}, caller).values()) == {ABSENT}


def test_a_service_linked_role_is_read_like_others_and_stays_exempt() -> None:
    request = asked(LINKED)
    assert SCP.judge(request, Evidence(collected(SCP, request, WORLD))) == ()


def test_somebody_unknown_is_not_read() -> None:
    request = asked()
    request.principal = SOMEBODY
    assert {type(seen) for seen in collected(SCP, request, WORLD).values()} == {Unreadable}


def test_a_given_management_account_is_not_asked_for() -> None:
    seen = found({**WORLD, OWN: OWN.unreadable("was refused")}, facts={MANAGEMENT: MANAGER})
    assert len(levels(seen[SCPS])) == 4
    assert found(WORLD, facts={MANAGEMENT: None})[SCPS] == ABSENT


# --- where the caller's account cannot be asked -----------------------------------------------------------------------

REFUSED = OWN.unreadable("was refused", CALLED)


def test_the_organization_is_told_from_above_where_it_knows_the_account() -> None:
    seen = found({**WORLD, OWN: REFUSED, THEIRS: OF_MANAGER})
    assert value(seen[MANAGEMENT]) == MANAGER
    assert len(levels(seen[SCPS])) == 4


@pytest.mark.parametrize(
    "theirs",
    [
        {THEIRS: OF_MANAGER, parents(CALLED): ABSENT},
        {THEIRS: OF_MANAGER, parents(CALLED): parents(CALLED).unreadable("was refused")},
        {THEIRS: THEIRS.unreadable("was answered with the error `AWSOrganizationsNotInUseException`")},
    ],
    ids=["another organization", "not told", "none there"],
)
def test_an_organization_that_does_not_know_the_account_is_not_its_own(theirs: Answers) -> None:
    assert set(found({**WORLD, OWN: REFUSED, **theirs}).values()) == {REFUSED}


def test_no_organization_elsewhere_says_nothing_of_this_account() -> None:
    assert DESCRIBE_THEIR_ORGANIZATION.absent == ()


def test_an_organization_that_is_read_but_not_the_callers_leaves_its_policies_unknown() -> None:
    seen = found({**WORLD, parents(CALLED): ABSENT})
    assert value(seen[MANAGEMENT]) == MANAGER
    unread = seen[SCPS]
    assert isinstance(unread, Unreadable)
    assert CALLED in unread.why
    assert unread.permission is None


# --- where service control policies are not in use --------------------------------------------------------------------

NONE_ATTACHED: Answers = {**WORLD, **{listed(target): [] for target in PATH}}
USED = [{"Id": "r-ab12", "PolicyTypes": [{"Type": "TAG_POLICY", "Status": "ENABLED"}]}]


def of_status(status: str) -> Any:
    return [{"Id": "r-ab12", "PolicyTypes": [*USED[0]["PolicyTypes"], {"Type": SERVICE_CONTROL, "Status": status}]}]


def test_a_type_that_is_not_enabled_is_no_ceiling() -> None:
    assert found({**NONE_ATTACHED, ROOTS: USED})[SCPS] == ABSENT


def test_an_empty_level_of_an_enabled_type_is_one() -> None:
    seen = found({**WORLD, listed(CALLED): [], ROOTS: of_status("ENABLED")})[SCPS]
    assert levels(seen)[-1] == (CALLED, [])


@pytest.mark.parametrize(
    "roots", [of_status("PENDING_ENABLE"), of_status("PENDING_DISABLE"), ROOTS.unreadable("was refused"), [], [{}, {}]]
)
def test_a_level_is_not_taken_for_empty_while_that_is_not_certain(roots: Any, caplog: pytest.LogCaptureFixture) -> None:
    try:
        seen = found({**NONE_ATTACHED, ROOTS: roots})[SCPS]
    except AssertionError:
        assert "failed to collect" in caplog.text  # an answer of another form
        return
    assert isinstance(seen, Unreadable)


# --- what cannot be read ----------------------------------------------------------------------------------------------

NOT_ALL: Answers = {**WORLD, listed(PATH[2]): [], ROOTS: of_status("ENABLED")}
EVERYTHING = [*((WORLD, read) for read in WORLD), (NOT_ALL, ROOTS)]
each_answer = pytest.mark.parametrize(
    ("answers", "one"), EVERYTHING, ids=[f"{each.call.operation} {n}" for n, (_, each) in enumerate(EVERYTHING)]
)


@each_answer
def test_one_answer_that_is_missing_leaves_what_needs_it_unreadable(answers: Answers, one: Read) -> None:
    denied = one.unreadable("was refused", MANAGER)
    seen, full = found({**answers, one: denied}), found(answers)
    unread = {fact for fact, each in seen.items() if each == denied}
    assert SCPS in unread
    assert {type(seen[fact]) for fact in seen if fact not in unread} == {
        type(full[fact]) for fact in full if fact not in unread
    }


@each_answer
def test_no_decision_is_reversed_by_an_answer_that_is_missing(answers: Answers, one: Read) -> None:
    request = a_request(principal=SESSION, action="s3:DeleteObject", rest="unknown")
    seen = collected(SCP, request, {**answers, one: one.unreadable("was refused")})
    claims = SCP.judge(request, Evidence(seen))
    assert {claim.holds for claim in claims} == {UNKNOWN}


@pytest.mark.parametrize("answer", [None, 7, "text", [7], [{}], {}, {"Id": 7}], ids=repr)
@each_answer
def test_a_malformed_answer_is_not_taken_for_policies(
    answers: Answers, one: Read, answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    full = found(answers)
    try:
        seen = found({**answers, one: Found(answer)})
    except AssertionError:
        assert "failed to collect" in caplog.text
        return
    for fact in seen:
        assert isinstance(seen[fact], Unreadable) or str(value(seen[fact])) == str(value(full[fact]))


def test_a_way_up_that_does_not_end_is_not_followed_for_ever() -> None:
    circle = {**WORLD, parents(PATH[1]): [{"Id": PATH[2], "Type": "ORGANIZATIONAL_UNIT"}]}
    assert isinstance(found(circle)[SCPS], Unreadable)


def test_the_facts_are_collected_by_this_layer() -> None:
    collectors = services().registry.collectors
    assert {collectors[fact].layer.name for fact in (SCPS, MANAGEMENT, ORGANIZATION_ID)} == {"scp"}
