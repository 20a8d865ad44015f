"""Decisions on evidence that the service reads itself: when it is read, for whom, and what the answer says of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.gathering.making import LOOK, collects, of
from tests.layers.tables import allow, policy
from tests.layers.test_collecting_identity import ACCOUNT, ANA, APP, USER, a_role
from why403 import AccessRequest, Collecting, Collector, Fact, Found, Observations, Read
from why403.bootstrap import build
from why403.collecting.iam import GET_ROLE, GET_USER
from why403.collects import collectors_of
from why403.domain.errors import InvalidInput
from why403.domain.facts import OBJECT_TAGS, REGION
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.intake.evidence import NOTHING
from why403.intake.request import asked_for
from why403.services import Services
from why403.settings import Settings
from why403.usecases.diagnose import diagnose
from why403.usecases.gather import MOST_KEYS, Wanted, collect
from why403.usecases.preflight import WHO
from why403.usecases.simulate import simulate
from why403.usecases.simulator import SIMULATES

GET = {"operation": "GetObject", "resource": "arn:aws:s3:::reports/q3.csv"}
ASKED = {"principal": APP, **GET}
PASTED = (
    f"An error occurred (AccessDenied) when calling the GetObject operation: User: {APP} is not authorized to perform: "
    's3:GetObject on resource: "arn:aws:s3:::reports/q3.csv" because no identity-based policy allows the action'
)
TO = "arn:aws:s3:::to/a"
EVERYTHING = {**USER, **a_role()}
OF_THE_CALLER = {"identity", "permissions_boundary"}


@cache
def built() -> Services:
    """Return the service with the collectors of the caller's own policies only, whatever other layers read."""
    services = build()
    own = {fact: each for fact, each in services.registry.collectors.items() if each.layer.name in OF_THE_CALLER}
    return replace(services, registry=replace(services.registry, collectors=own))


@pytest.fixture
def table() -> Table:
    return Table(EVERYTHING)


@pytest.fixture
def services(table: Table) -> Iterator[Services]:
    desk = Desk(table)
    yield replace(built(), aws=desk)
    desk.close()


def facts_of(answer: Mapping[str, Any]) -> dict[str, str]:
    return {name: fact["seen"] for name, fact in answer["collected"]["facts"].items()}


# --- diagnose ---------------------------------------------------------------------------------------------------------


def test_a_pasted_error_is_decided_on_what_is_read(services: Services, table: Table) -> None:
    answer = diagnose(services, {"error": PASTED})
    assert facts_of(answer) == {
        "principal.policies": "found",
        "session.issuer": "found",
        "principal.tags": "found",
        "principal.boundary": "absent",
    }
    collected = answer["collected"]
    assert collected["calls"] == len(table.made) == len(a_role())
    assert collected["oldest_seconds"] >= 0
    assert collected["facts"]["session.issuer"]["calls"] == ["iam:GetRole"]
    assert "principal.policies" not in str(answer["doubts"])


def test_a_second_diagnosis_uses_the_answers_again_and_a_fresh_one_does_not(services: Services, table: Table) -> None:
    first = len(a_role())
    diagnose(services, {"error": PASTED})
    again = diagnose(services, {"error": PASTED})
    assert (again["collected"]["calls"], len(table.made)) == (0, first)
    assert again["collected"]["facts"]["session.issuer"]["age_seconds"] >= 0
    fresh = diagnose(services, {"error": PASTED, "fresh": True})
    assert (fresh["collected"]["calls"], len(table.made)) == (first, 2 * first)


@pytest.mark.parametrize(
    "more",
    [
        {"collect": False},
        {"evidence": {}},
        {"request": {"evidence": {}}},
        {"evidence_is_complete": True},
        {"request": {"evidence_is_complete": True}},
    ],
    ids=str,
)
def test_nothing_is_read_where_that_is_not_wanted(services: Services, table: Table, more: Mapping[str, Any]) -> None:
    assert "collected" not in diagnose(services, {"error": PASTED, **more})
    assert table.made == []


def test_what_is_given_wins_and_is_not_read(services: Services, table: Table) -> None:
    evidence = {"principal.policies": [policy(allow())], "principal.tags": {"unknown": True}}
    answer = diagnose(services, {"error": PASTED, "collect": True, "evidence": evidence})
    assert set(facts_of(answer)) == {"session.issuer", "principal.boundary"}
    assert {read.call.name for read in table.made} == {"iam:GetRole"}


def test_a_doubt_names_the_call_and_the_account(services: Services) -> None:
    missing = GET_ROLE.read(account=ACCOUNT, RoleName="app")
    refused = {**EVERYTHING, missing: missing.unreadable("was refused", ACCOUNT)}
    desk = Desk(Table(refused))
    answer = diagnose(replace(services, aws=desk), {"error": PASTED})
    desk.close()
    doubt = next(each for each in answer["doubts"] if each["layer"] == "permissions_boundary")
    assert doubt == {
        "layer": "permissions_boundary",
        "because": "iam:GetRole was refused",
        "needs": "iam:GetRole",
        "call": "iam:GetRole",
        "account": ACCOUNT,
    }


def test_a_refused_read_never_makes_a_decision_certain(services: Services) -> None:
    """Whatever single answer is refused, what is decided then is unknown, or the same as with all of them."""
    body = {"request": {**ASKED, "context_is_complete": True}, "collect": True, "evidence": {"bucket.owner": ACCOUNT}}
    full = diagnose(services, body)["decision"]
    for missing in a_role():
        desk = Desk(Table({**EVERYTHING, missing: missing.unreadable("was refused", ACCOUNT)}))
        assert diagnose(replace(services, aws=desk), body)["decision"] in {"unknown", full}
        desk.close()


UNKNOWN_PLACES = {
    "nobody": {"error": "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"},
    "no call": {"error": "AccessDenied"},
    "a bucket only": {"request": {"principal": ANA, "operation": "GetObject", "bucket": "reports"}},
}


@pytest.mark.parametrize("body", UNKNOWN_PLACES.values(), ids=UNKNOWN_PLACES)
def test_nothing_is_read_of_what_only_stands_in_for_something(
    services: Services, table: Table, body: Mapping[str, Any]
) -> None:
    diagnose(services, body)
    assert [read for read in table.made if "unknown" in read.written] == []


# --- simulate ---------------------------------------------------------------------------------------------------------


def test_requests_are_read_together_and_equal_reads_made_once(services: Services, table: Table) -> None:
    other = {**ASKED, "resource": "arn:aws:s3:::reports/q4.csv"}
    answer = simulate(services, {"requests": [ASKED, other, {**ASKED, "principal": ANA}], "collect": True})
    assert [set(facts_of(result)) for result in answer["results"]] == [set(facts_of(answer["results"][0]))] * 3
    assert len(table.made) == len(set(table.made)) == answer["collected"]["calls"]
    assert GET_USER in {read.call for read in table.made}


def test_edits_win_over_what_is_read(services: Services) -> None:
    body = {"requests": [ASKED], "collect": True, "edits": {"principal.policies": {"unknown": True}}}
    [result] = simulate(services, body)["results"]
    assert set(result) == {"before", "after", "changed", "collected"}


def test_a_short_answer_says_only_what_was_decided(services: Services) -> None:
    answer = simulate(services, {"requests": [ASKED], "collect": True, "detail": "decision"})
    assert set(answer["results"][0]) == {"decision", "kind", "layer", "certainty"}
    assert set(answer["collected"]) == {"calls", "oldest_seconds"}


def test_without_collect_nothing_is_read(services: Services, table: Table) -> None:
    assert "collected" not in simulate(services, {"requests": [ASKED]})
    assert table.made == []


# --- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"requests": [ASKED], "evidence": {}}, ["/evidence"]),
        ({"requests": [{**ASKED, "evidence": {}}]}, ["/requests/0/evidence"]),
        ({"requests": [ASKED], "evidence_is_complete": True}, ["/evidence_is_complete"]),
        ({"requests": [ASKED, {**ASKED, "resource": "x"}]}, ["/requests/1/resource"]),
        ({"requests": [{**ASKED, "resource": "arn:aws:s3:::reports"}]}, ["/requests/0/resource"]),
        ({"requests": [ASKED] * 1001}, ["/requests"]),
    ],
    ids=["evidence", "own evidence", "complete", "a wrong one", "a wrong call", "too many"],
)
def test_a_simulation_that_cannot_be_collected_is_refused_and_nothing_is_read(
    services: Services, table: Table, body: Mapping[str, Any], pointers: list[str]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        simulate(services, {**body, "collect": True})
    assert [fault.pointer for fault in caught.value.faults] == pointers
    assert table.made == []


def test_complete_evidence_is_not_collected(services: Services) -> None:
    with pytest.raises(InvalidInput) as caught:
        diagnose(services, {"error": PASTED, "collect": True, "evidence_is_complete": True})
    assert caught.value.faults[0].pointer == "/collect"


@pytest.mark.parametrize("use", [diagnose, simulate])
def test_a_service_that_reads_nothing_says_so(use: Any) -> None:
    body = {"error": PASTED} if use is diagnose else {"requests": [ASKED]}
    with pytest.raises(InvalidInput, match="does not read AWS"):
        use(built(), {**body, "collect": True})


def test_a_reader_is_asked_about_every_declared_call_at_the_start() -> None:
    class Noting(Table):
        def partition(self) -> str | None:
            return None

        def check(self, calls: Any) -> None:
            self.checked = set(calls)

    reader = Noting({})
    services = build(Settings(collect_seconds=1.5), reader=reader)
    assert services.aws is not None
    assert services.collect_seconds == 1.5
    assert {GET_ROLE, WHO, *SIMULATES} <= reader.checked


# --- subjects of a call -----------------------------------------------------------------------------------------------


def test_reads_of_one_caller_are_made_once_for_a_copy(services: Services, table: Table) -> None:
    copy = {
        "principal": APP,
        "operation": "CopyObject",
        "resource": "arn:aws:s3:::to/a",
        "parameters": {"CopySource": "from/b"},
    }
    simulate(services, {"requests": [copy], "collect": True})
    assert len(table.made) == len(a_role())


def reads(table: Table) -> set[Read]:
    return set(table.made)


def test_deletes_of_many_objects_are_decided(services: Services, table: Table) -> None:
    body = {
        "principal": APP,
        "operation": "DeleteObjects",
        "resource": "arn:aws:s3:::reports",
        "parameters": {"Delete": {"Objects": [{"Key": f"k{n}"} for n in range(50)]}},
    }
    [result] = simulate(services, {"requests": [body], "collect": True})["results"]
    assert len(reads(table)) == len(a_role())
    assert "principal.policies" in facts_of(result)


def by_resource(fact: Fact[Any]) -> Collector:
    """Return a collector that says of which resource it was asked."""

    def collect(request: AccessRequest) -> Collecting[Observations]:
        return {fact: (yield LOOK.read(arn=request.resource.arn))}

    return collects(fact, by=collect)


SUBJECTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "an object": (
        ASKED,
        {"bucket.region": "arn:aws:s3:::reports/q3.csv", "object.tags": "arn:aws:s3:::reports/q3.csv"},
    ),
    "a copy": (
        {"principal": APP, "operation": "CopyObject", "resource": TO, "parameters": {"CopySource": "from/b"}},
        {
            "bucket.region": TO,
            "object.tags": TO,
            "source.bucket.region": "arn:aws:s3:::from/b",
            "source.object.tags": "arn:aws:s3:::from/b",
        },
    ),
    "several objects": (
        {
            "principal": APP,
            "operation": "DeleteObjects",
            "resource": "arn:aws:s3:::reports",
            "parameters": {"Delete": {"Objects": [{"Key": f"k{n}"} for n in range(MOST_KEYS + 5)]}},
        },
        {
            "bucket.region": "arn:aws:s3:::reports",
            **{f"objects/k{n}/object.tags": f"arn:aws:s3:::reports/k{n}" for n in range(MOST_KEYS)},
        },
    ),
}


@pytest.mark.parametrize(("asked", "expected"), SUBJECTS.values(), ids=SUBJECTS)
def test_each_subject_of_a_call_has_its_own_facts(asked: dict[str, Any], expected: dict[str, str]) -> None:
    layer = of("moon", by_resource(REGION), by_resource(OBJECT_TAGS))
    found = collectors_of([layer], built().registry.facts.values())
    table = Table({LOOK.read(arn=arn): {"arn": arn} for arn in expected.values()})
    desk = Desk(table)
    services = replace(built(), aws=desk, registry=replace(built().registry, collectors=found))
    collection = collect(services, [Wanted(asked_for(asked), NOTHING)], fresh=False)
    desk.close()
    assert {read.parameters["arn"] for read in table.made} == set(expected.values())
    assert set(collection.each[0].facts) == set(expected)
    own, source, keys, _ = collection.each[0].observed
    tags = {**own, **source}.get(OBJECT_TAGS)
    assert (tags is None) == (asked["operation"] == "DeleteObjects")
    assert all(isinstance(facts[OBJECT_TAGS], Found) for facts in keys.values())
