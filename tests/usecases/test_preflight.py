"""Trying what the service may read: harmless calls, all at once, and for each whether it can be made, and why not."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from tests.artefacts.models import shape
from tests.aws.faking import AWAY, HOME, Reply, a_reader, error
from tests.gathering.making import Fake, collects, fact, of
from why403 import ABSENT, ORGANIZATION, AwsCall, Found, Read, Unreadable
from why403.bootstrap import build
from why403.domain.errors import InvalidInput
from why403.gathering import Desk
from why403.services import Services
from why403.usecases.preflight import NOBODY, Trial, preflight, trial_on

SERVICES = build()
IDENTITY = {"Arn": f"arn:aws-cn:sts::{HOME}:assumed-role/why403/i-1", "Account": HOME}
ROLE = AwsCall(
    service="iam",
    operation="GetRole",
    permission="iam:GetRole",
    member="Role",
    probe={"RoleName": "{principal}", "Deep": [{"In": "arn:{partition}:{account}"}]},
)
BUCKET = AwsCall(
    service="s3",
    operation="GetBucketPolicy",
    permission="s3:GetBucketPolicy",
    absent=("NoSuchBucketPolicy",),
    probe={"Bucket": "{bucket}"},
)
PARENTS = AwsCall(
    service="organizations",
    operation="ListParents",
    permission="organizations:ListParents",
    pages="Parents",
    probe={"ChildId": "{account}"},
)
OBJECT = AwsCall(service="s3", operation="HeadObject", permission="s3:GetObject")
CALLS = (ROLE, BUCKET, PARENTS, OBJECT)
PLACE = Trial(account=AWAY, bucket="reports", name="app")


def answering(answers: Mapping[str, Any] | None = None) -> Callable[[Read], Any]:
    """Return a reader's answers by the name of the call; what is not listed is found."""

    def answer(read: Read) -> Any:
        if read.call.operation == "GetCallerIdentity":
            return (answers or {}).get("who", Found(IDENTITY))
        return (answers or {}).get(read.call.name, Found({}))

    return answer


def with_calls(services: Services, *calls: AwsCall) -> Services:
    def collect(_request: Any) -> Any:
        return {}

    one = of("one", collects(fact("one.fact"), by=collect, reads=calls))
    return replace(services, registry=replace(services.registry, layers=(one,), origins={"one": "here"}))


def tried(reader: Any, *calls: AwsCall, trial: Trial = PLACE, seconds: float = 8.0, **more: Any) -> dict[str, Any]:
    """Return the answer about a service with one layer that makes these calls."""
    desk = Desk(reader)
    services = replace(with_calls(SERVICES, *(calls or CALLS)), aws=desk, collect_seconds=seconds)
    try:
        return preflight(services, trial, **more)
    finally:
        if isinstance(reader, Fake) and reader.hold is not None:
            reader.hold.set()
        desk.close()


def calls_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {each["call"]: each for layer in answer["layers"] for each in layer["calls"]}


def role_named(reader: Fake) -> str:
    """Return the name of the role that was asked for."""
    return str(next(read.parameters["RoleName"] for read in reader.made if read.call.operation == "GetRole"))


def unreadable(read: AwsCall, result: str) -> Unreadable:
    return replace(read.read(account=AWAY).unreadable("was refused", AWAY), result=result)


# --- what is tried ----------------------------------------------------------------------------------------------------


def test_a_call_is_tried_with_its_probe_on_what_was_named() -> None:
    reader = Fake(answering())
    tried(reader)
    made = {read.call.operation: read for read in reader.made}
    assert made["GetRole"].parameters == {"RoleName": "app", "Deep": [{"In": f"arn:aws-cn:{AWAY}"}]}
    assert made["GetBucketPolicy"].parameters == {"Bucket": "reports"}
    assert made["ListParents"].parameters == {"ChildId": AWAY}
    assert {made[name].account for name in ("GetRole", "GetBucketPolicy")} == {AWAY}
    assert made["ListParents"].account == ORGANIZATION
    assert "HeadObject" not in made


def test_one_page_is_enough() -> None:
    reader = Fake(answering())
    tried(reader)
    assert {(read.call.pages, read.call.member) for read in reader.made} == {(None, None)}


def test_without_a_principal_iam_is_asked_for_a_name_that_nobody_has() -> None:
    reader = Fake(answering())
    tried(reader, trial=Trial(account=AWAY))
    assert role_named(reader) == NOBODY


def test_what_is_named_cannot_break_out_of_its_place() -> None:
    reader = Fake(answering())
    tried(reader, trial=Trial(account=AWAY, name='a","RoleName":"b\\'))
    assert role_named(reader) == 'a","RoleName":"b\\'


def test_nothing_is_answered_from_memory() -> None:
    reader = Fake(answering())
    desk = Desk(reader)
    services = replace(with_calls(SERVICES, *CALLS), aws=desk)
    preflight(services, PLACE)
    preflight(services, PLACE)
    desk.close()
    assert len(reader.made) == 8


def test_of_two_calls_of_one_name_and_permission_the_one_with_a_probe_is_tried() -> None:
    plain = replace(ROLE, probe=None, keep=1)
    for calls in ((plain, ROLE), (ROLE, plain)):
        assert calls_of(tried(Fake(answering()), *calls))["iam:GetRole"]["readable"] is True


@pytest.mark.parametrize("layer", SERVICES.registry.layers, ids=lambda layer: layer.name)
def test_probes_of_the_built_in_layers_name_only_what_can_be_given(layer: Any) -> None:
    for collector in layer.collectors:
        for call in collector.reads:
            left = json.dumps(dict(call.probe or {}))
            for name in ("account", "partition", "bucket", "principal"):
                left = left.replace(f"{{{name}}}", "")
            assert "{" not in left[1:], call.name


@pytest.mark.parametrize("layer", SERVICES.registry.layers, ids=lambda layer: layer.name)
def test_probes_have_the_parameters_of_their_operations(layer: Any) -> None:
    for call in {call for collector in layer.collectors for call in collector.reads if call.probe is not None}:
        takes = shape(call.service, call.operation)
        assert call.probe.keys() <= (takes.members.keys() if takes else set()), call.name


def test_every_call_on_iam_can_be_tried() -> None:
    reads = {call for layer in SERVICES.registry.layers for each in layer.collectors for call in each.reads}
    assert [call.name for call in reads if call.service == "iam" and call.probe is None] == []


# --- what is said of it -----------------------------------------------------------------------------------------------


def test_a_call_that_is_answered_is_readable() -> None:
    answer = tried(Fake(answering({"s3:GetBucketPolicy": ABSENT})))
    found = calls_of(answer)
    assert found["iam:GetRole"] == {
        "call": "iam:GetRole",
        "permission": "iam:GetRole",
        "account": AWAY,
        "readable": True,
        "because": "iam:GetRole is answered",
    }
    assert found["s3:GetBucketPolicy"]["readable"] is True
    assert found["s3:GetBucketPolicy"]["because"] == "s3:GetBucketPolicy is answered that there is none"


@pytest.mark.parametrize(
    ("result", "readable"),
    [
        ("denied", False),
        ("role", False),
        ("credentials", False),
        ("wrong_account", False),
        ("throttled", None),
        ("timeout", None),
        ("connection", None),
        ("other", None),
    ],
)
def test_a_refused_call_is_not_readable_and_one_that_failed_is_not_known(result: str, readable: bool | None) -> None:
    found = calls_of(tried(Fake(answering({"iam:GetRole": unreadable(ROLE, result)}))))["iam:GetRole"]
    assert found["readable"] is readable
    assert found["account"] == AWAY
    assert found["because"] == "iam:GetRole was refused"


def test_a_call_without_a_probe_or_without_what_it_names_is_not_known() -> None:
    found = calls_of(tried(Fake(answering()), trial=Trial(account=AWAY)))
    assert found["s3:HeadObject"]["readable"] is None
    assert "harmless" in found["s3:HeadObject"]["because"]
    assert found["s3:GetBucketPolicy"]["readable"] is None
    assert found["s3:GetBucketPolicy"]["because"] == "s3:GetBucketPolicy is not tried: it needs `bucket`"
    assert found["iam:GetRole"]["readable"] is True


def test_what_takes_too_long_is_not_known() -> None:
    hold = Event()
    held = Fake(answering(), hold=hold)
    known = answering()

    class SlowButForWho(Fake):
        def read(self, read: Read) -> Any:
            return known(read) if read.call.operation == "GetCallerIdentity" else held.read(read)

    answer = tried(SlowButForWho(hold=hold), seconds=0.2)
    assert calls_of(answer)["iam:GetRole"]["readable"] is None
    assert calls_of(answer)["iam:GetRole"]["because"] == "iam:GetRole was not answered within 0.2 s"
    assert held.most_at_once == 3


@pytest.mark.parametrize(
    ("results", "readable"),
    [({}, True), ({"iam:GetRole": "denied"}, False), ({"s3:GetBucketPolicy": "throttled"}, None)],
)
def test_a_layer_and_its_facts_are_readable_if_all_calls_are(results: Mapping[str, str], readable: bool | None) -> None:
    calls = {call.name: call for call in CALLS[:3]}
    answers = {name: unreadable(calls[name], result) for name, result in results.items()}
    answer = tried(Fake(answering(answers)), *calls.values())
    [layer] = answer["layers"]
    assert layer["readable"] is readable
    assert answer["preflight"]["readable"] is readable
    assert layer["provides"] == [
        {"fact": "one.fact", "permission": "read:one.fact", "readable": readable, "calls": sorted(calls)}
    ]


def test_a_layer_that_reads_nothing_is_neither() -> None:
    answer = tried(Fake(answering()), ROLE)
    layers = tuple(replace(layer, collectors=()) for layer in SERVICES.registry.layers)
    services = replace(SERVICES, aws=None, registry=replace(SERVICES.registry, layers=layers))
    silent = next(each for each in preflight(services, PLACE)["layers"] if each["calls"] == [])
    assert silent["readable"] is None
    assert answer["preflight"] == {
        "account": AWAY,
        "identity": IDENTITY["Arn"],
        "readable": True,
        "because": None,
    }


def test_the_account_of_the_organization_is_named() -> None:
    assert calls_of(tried(Fake(answering())))["organizations:ListParents"]["account"] == HOME
    other = tried(Fake(answering()), organization_account="999988887777")
    assert calls_of(other)["organizations:ListParents"]["account"] == "999988887777"


# --- without credentials ----------------------------------------------------------------------------------------------


def test_a_service_that_reads_nothing_says_so_of_every_call() -> None:
    answer = preflight(with_calls(SERVICES, *CALLS), PLACE)
    assert answer["preflight"]["identity"] is None
    assert "no AWS credentials" in answer["preflight"]["because"]
    assert {each["readable"] for each in calls_of(answer).values()} == {None}
    assert {each["because"] for each in calls_of(answer).values()} == {answer["preflight"]["because"]}


def test_credentials_that_do_not_work_are_tried_once() -> None:
    who = replace(Unreadable("sts:GetCallerIdentity could not be made"), result="credentials")
    reader = Fake(answering({"who": who}))
    answer = tried(reader)
    assert answer["preflight"]["because"] == "sts:GetCallerIdentity could not be made"
    assert len(reader.made) == 1


# --- by the real reader -----------------------------------------------------------------------------------------------


@pytest.fixture
def answers() -> dict[str, Any]:
    return {}


@pytest.fixture
def really(answers: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """Return a function that tries the role's read with boto."""

    def trying(account: str, **access: Any) -> dict[str, Any]:
        reader, _ = a_reader(lambda sent: answers[sent.action], **access)
        return calls_of(tried(reader, replace(ROLE, probe={"RoleName": "{principal}"}), trial=Trial(account=account)))

    return trying


def test_not_finding_the_name_is_an_answer(really: Any, answers: dict[str, Any]) -> None:
    answers["GetRole"] = error("NoSuchEntity", 404)
    found = really(HOME)["iam:GetRole"]
    assert (found["readable"], found["account"]) == (True, HOME)


def test_a_refusal_names_permission_and_account(really: Any, answers: dict[str, Any]) -> None:
    answers["GetRole"] = error("AccessDenied", 403)
    found = really(HOME)["iam:GetRole"]
    assert found == {
        "call": "iam:GetRole",
        "permission": "iam:GetRole",
        "account": HOME,
        "readable": False,
        "because": f"iam:GetRole was refused: the service lacks iam:GetRole in account {HOME}",
    }


def test_an_account_without_a_way_in_is_not_readable(really: Any, answers: dict[str, Any]) -> None:
    answers["AssumeRole"] = error("AccessDenied", 403)
    found = really(AWAY, role_name="reader")["iam:GetRole"]
    assert (found["readable"], found["account"]) == (False, AWAY)
    assert "cannot be assumed" in found["because"]
    assert "no role to assume" in really(AWAY)["iam:GetRole"]["because"]


def test_an_answer_that_is_none_leaves_it_open(really: Any, answers: dict[str, Any]) -> None:
    answers["GetRole"] = Reply(500, "<x/>")
    assert really(HOME)["iam:GetRole"]["readable"] is None


# --- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "trial"),
    [
        ({"account": HOME}, Trial(account=HOME)),
        ({"account": HOME, "bucket": "my.bucket-1"}, Trial(account=HOME, bucket="my.bucket-1")),
        ({"account": HOME, "principal": f"arn:aws:iam::{HOME}:role/a/b"}, Trial(account=HOME, name="b")),
        ({"account": HOME, "principal": f"arn:aws:sts::{HOME}:assumed-role/b/s"}, Trial(account=HOME, name="b")),
    ],
)
def test_what_is_asked_is_understood(given: Mapping[str, str], trial: Trial) -> None:
    assert trial_on(given) == trial


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ({}, ["/account"]),
        ({"account": ""}, ["/account"]),
        ({"account": "12345678901"}, ["/account"]),
        ({"account": "1234567890123"}, ["/account"]),
        ({"account": "１２３４５６７８９０１２"}, ["/account"]),  # noqa: RUF001 - digits, but none of ASCII
        ({"bucket": "reports"}, ["/account"]),
        ({"account": HOME, "bucket": "a/b"}, ["/bucket"]),
        ({"account": HOME, "bucket": ""}, ["/bucket"]),
        ({"account": HOME, "principal": "ana"}, ["/principal"]),
        ({"account": HOME, "principal": "anonymous"}, ["/principal"]),
        (
            {"account": "x", "bucket": "x y", "principal": f"arn:aws:iam::{HOME}:root"},
            ["/account", "/bucket", "/principal"],
        ),
    ],
)
def test_what_is_asked_wrongly_is_refused(given: Mapping[str, str], pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        trial_on(given)
    assert [fault.pointer for fault in caught.value.faults] == pointers
