"""What was passed to a session is told by the event that started it, found by the moment its token was issued."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.layers.tables import ANONYMOUS, FEDERATED, HOME, ROLE, ROOT, SERVICE, SESSION, USER, allow, layer, policy
from why403 import ABSENT, AccessRequest, Found, Observation, Read, Unreadable
from why403.collecting.cloudtrail import LOOKUP_EVENTS, global_region, moment_of
from why403.collecting.iam import GET_AWS_POLICY_VERSION, GET_POLICY
from why403.domain.principal import SOMEBODY
from why403.gathering.by_hand import collected
from why403.testing import a_request
from why403_layers.session_policy import SESSION_POLICIES

LAYER = layer("session_policy")
ISSUED = "2026-11-24T02:00:00Z"
NARROW = policy(allow("s3:GetObject"))
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
Answers = dict[Read, Any]


def asked(caller: str = SESSION, issued: Any = (ISSUED,), region: Any = ("eu-west-1",)) -> AccessRequest:
    return a_request(
        principal=caller, rest="unknown", keys={"aws:TokenIssueTime": issued, "aws:RequestedRegion": region}
    )


def lookup(region: str, caller: str = SESSION, **more: Any) -> Read:
    by = ("EventName", "GetFederationToken") if caller == FEDERATED else ("ResourceName", caller)
    return LOOKUP_EVENTS.read(
        account=HOME,
        region=region,
        LookupAttributes=[{"AttributeKey": by[0], "AttributeValue": by[1]}],
        StartTime="2026-11-24T01:59:58+00:00",
        EndTime="2026-11-24T02:00:02+00:00",
        **more,
    )


def a_start(name: str = "AssumeRole", arn: str = SESSION, size: int | None = None, **more: Any) -> dict[str, Any]:
    """Return the event that starts a session; `more` are the members of what was sent."""
    session = {"arn": arn, "assumedRoleId": "AROAEXAMPLE:i-0abc"}
    member = "federatedUser" if name == "GetFederationToken" else "assumedRoleUser"
    answered = {"credentials": {"accessKeyId": "ASIAEXAMPLE"}, member: session}
    return {
        "eventName": name,
        "eventTime": ISSUED,
        "requestParameters": {"roleArn": ROLE, "roleSessionName": "i-0abc", **more},
        "responseElements": answered if size is None else {**answered, "packedPolicySize": size},
    }


def page(*records: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"Events": [{"EventName": "x", "CloudTrailEvent": json.dumps(each)} for each in records], **more}


def world(*records: Mapping[str, Any], caller: str = SESSION) -> Answers:
    """Return an event history that has these events in the Region of the call, and none in the global one."""
    return {
        lookup("eu-west-1", caller): page(*records),
        lookup("us-east-1", caller): page(),
        GET_POLICY.read(account=HOME, PolicyArn=READ_ONLY): {"PolicyName": "ReadOnly", "DefaultVersionId": "v3"},
        GET_AWS_POLICY_VERSION.read(account=HOME, PolicyArn=READ_ONLY, VersionId="v3"): {"Document": NARROW},
    }


def found(answers: Answers, request: AccessRequest | None = None) -> Observation[Any]:
    return collected(LAYER, request or asked(), answers)[SESSION_POLICIES]


def names(seen: Observation[Any]) -> list[str | None]:
    assert isinstance(seen, Found)
    return [placed.name for placed in seen.value.placed]


def why(seen: Observation[Any]) -> str:
    assert isinstance(seen, Unreadable)
    return seen.why


INLINE = json.dumps(NARROW)
PASSED = {
    "a policy as text": (a_start(policy=INLINE, size=4), [None]),
    "a policy as an object": (a_start(policy=NARROW, size=4), [None]),
    "a managed policy": (a_start(policyArns=[{"arn": READ_ONLY}]), ["ReadOnly"]),
    "a managed policy by its ARN alone": (a_start(policyArns=[READ_ONLY]), ["ReadOnly"]),
    "both": (a_start(policy=INLINE, policyArns=[{"arn": READ_ONLY}]), [None, "ReadOnly"]),
    "by SAML": (a_start("AssumeRoleWithSAML", policy=INLINE), [None]),
    "by a web identity": (a_start("AssumeRoleWithWebIdentity", policy=INLINE), [None]),
}


@pytest.mark.parametrize(("start", "policies"), PASSED.values(), ids=PASSED)
def test_what_was_passed_is_in_the_event_that_started_the_session(
    start: Mapping[str, Any], policies: list[str | None]
) -> None:
    assert names(found(world(start))) == policies


NOTHING = {
    "plainly": a_start(),
    "by a service": a_start(size=0),
    "but tags": a_start(size=3, tags=[{"key": "team", "value": "blue"}]),
    "but tags of the session before": a_start(size=3, incomingTransitiveTags={"team": "blue"}),
    "in so many words": a_start(policy=None, policyArns=[]),
}


@pytest.mark.parametrize("start", NOTHING.values(), ids=NOTHING)
def test_an_event_without_policies_proves_that_there_are_none(start: Mapping[str, Any]) -> None:
    assert found(world(start)) == ABSENT


def test_a_federated_user_is_found_by_its_arn() -> None:
    name = "GetFederationToken"
    other, own = a_start(name, f"{FEDERATED}-2"), a_start(name, FEDERATED, policy=INLINE)
    answers = world(other, own, caller=FEDERATED)
    assert names(found(answers, asked(FEDERATED))) == [None]
    assert found(world(a_start(name, FEDERATED), caller=FEDERATED), asked(FEDERATED)) == ABSENT


@pytest.mark.parametrize("caller", [USER, ROOT, SERVICE, ANONYMOUS])
def test_who_has_no_session_has_no_policies_of_one(caller: str) -> None:
    assert found({}, asked(caller)) == ABSENT


def test_the_global_endpoint_is_looked_at_as_well() -> None:
    answers = {**world(), lookup("us-east-1"): page(a_start(policy=INLINE))}
    assert names(found(answers)) == [None]
    unread = lookup("eu-west-1").unreadable("was refused")  # another session of that name and moment may be there
    assert found({**answers, lookup("eu-west-1"): unread}) == unread
    assert names(found(answers, asked(region=("../evil",)))) == [None]
    assert names(found(answers, asked(region=None))) == [None]
    assert names(found(answers, asked(region=("us-east-1",)))) == [None]


def test_each_partition_has_its_own_global_region() -> None:
    assert [global_region(each) for each in ("aws", "aws-cn", "aws-us-gov", "aws-new")] == [
        "us-east-1",
        "cn-north-1",
        "us-gov-west-1",
        "us-east-1",
    ]


# --- what proves nothing ----------------------------------------------------------------------------------------------

OTHERS = {
    "of another session": a_start(arn=f"{SESSION}-2", policy=INLINE),
    "that failed": {**a_start(policy=INLINE), "errorCode": "AccessDenied"},
    "of another call": {**a_start(policy=INLINE), "eventName": "GetCallerIdentity"},
    "that was not answered": {**a_start(policy=INLINE), "responseElements": None},
}


@pytest.mark.parametrize("event", OTHERS.values(), ids=OTHERS)
def test_an_event_that_started_no_such_session_says_nothing_of_it(event: Mapping[str, Any]) -> None:
    assert "eu-west-1 and us-east-1 has no event" in why(found(world(event)))


HIDDEN = {
    "left out for its size": {**a_start(size=40), "requestParameters": {"omitted": True, "reason": "too large"}},
    "without parameters": {**a_start(), "requestParameters": None},
    "taken for a secret": a_start(policy="HIDDEN_DUE_TO_SECURITY_REASONS"),
    "with a size and nothing to show for it": a_start(size=12),
}


@pytest.mark.parametrize("event", HIDDEN.values(), ids=HIDDEN)
def test_what_is_not_shown_is_not_taken_for_absent(event: Mapping[str, Any]) -> None:
    assert "does not show what was passed" in why(found(world(event)))


def test_sessions_of_one_name_and_moment_must_agree() -> None:
    assert found(world(a_start(), a_start())) == ABSENT
    assert "different policies" in why(found(world(a_start(), a_start(policy=INLINE))))


def test_a_name_alone_does_not_tell_which_session_it_was() -> None:
    for issued in (None, (), ("yesterday",), ("0001-01-01T00:00:00Z",), (ISSUED, ISSUED)):
        assert "aws:TokenIssueTime" in why(found(world(a_start()), asked(issued=issued)))


def test_a_role_stands_for_many_sessions() -> None:
    assert "each session" in why(found({}, asked(ROLE)))


def test_somebody_unknown_is_not_read() -> None:
    request = asked()
    request.principal = SOMEBODY
    assert "who called" in why(found({}, request))


def test_moments_without_an_offset_are_utc() -> None:
    assert moment_of("2026-11-24T02:00:00") == moment_of(ISSUED)


# --- pages, and what cannot be read -----------------------------------------------------------------------------------


def test_empty_pages_are_followed() -> None:
    answers: Answers = {
        **world(),
        lookup("eu-west-1"): page(NextToken="1"),
        lookup("eu-west-1", NextToken="1"): page(NextToken="2"),
        lookup("eu-west-1", NextToken="2"): page(a_start(policy=INLINE)),
    }
    assert names(found(answers)) == [None]


def test_pages_are_not_followed_for_ever() -> None:
    answers: Answers = {**world(), lookup("eu-west-1"): page(a_start(), NextToken="1")}
    answers |= {lookup("eu-west-1", NextToken=str(n)): page(NextToken=str(n + 1)) for n in range(1, 9)}
    assert "too many events" in why(found(answers))


FULL = world(a_start(policyArns=[READ_ONLY]))
each_answer = pytest.mark.parametrize("one", FULL, ids=lambda read: f"{read.call.operation} {read.region}")


@each_answer
def test_an_answer_that_is_missing_is_never_taken_for_no_policies(one: Read) -> None:
    denied = one.unreadable("was refused", HOME)
    seen = found({**FULL, one: denied})
    # Where the event is found the other Region does not matter.
    assert seen == denied or (one.region == "us-east-1" and names(seen) == ["ReadOnly"])


def test_a_region_that_cannot_be_read_is_told() -> None:
    denied = lookup("us-east-1").unreadable("was refused", HOME)
    assert found({**world(), lookup("us-east-1"): denied}) == denied


@pytest.mark.parametrize(
    "answer",
    [None, 7, [7], {}, {"Events": None}, {"Events": [{"CloudTrailEvent": "{"}]}, page({}), page({"eventName": 7})],
)
@each_answer
def test_a_malformed_answer_is_never_taken_for_no_policies(
    one: Read, answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        seen = found({**FULL, one: Found(answer)})
    except AssertionError:
        assert "failed to collect" in caplog.text
        return
    assert isinstance(seen, Unreadable) or names(seen) == ["ReadOnly"]


MALFORMED = {
    "a policy that is none": a_start(policy='{"Statement": 7}'),
    "a policy cut short": a_start(policy='{"Statement": ['),
    "ARNs that are none": a_start(policyArns=[7]),
    "a list that is none": a_start(policyArns=7),
    "an ARN without its name": a_start(policyArns=[{"Arn": READ_ONLY}]),
}


@pytest.mark.parametrize("event", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_policy_is_never_taken_for_none(event: Mapping[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    try:
        seen = found(world(event))
    except AssertionError:
        assert "failed to collect" in caplog.text
        return
    assert isinstance(seen, Unreadable)
