"""Facts that nobody reads yet have the shapes of the contract all the same: what is misspelt is not harmless."""

from typing import Any

import pytest

from tests.cases import answer, services
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Fact, Found
from why403.foreseen import FORESEEN
from why403.policy import Policies
from why403.registry import register

# As they are where no layer is loaded: one that comes to read a fact brings a loader of its own.
FACTS: dict[str, Fact[Any]] = {each.fact.name: each.fact for each in FORESEEN}
EVERYBODY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [EVERYBODY]}
ATTACHED = {"Statement": [{name: held for name, held in EVERYBODY.items() if name != "Principal"}]}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
POLICIES = ("vpc_endpoint.policy",)

GOOD: list[tuple[str, Any]] = [
    ("organization.rcps", [{"target": "r-1", "policies": [POLICY, {"name": "n", "document": POLICY}]}, [], [POLICY]]),
    ("vpc_endpoint.type", "Interface"),
    *((name, POLICY) for name in POLICIES),
]
BAD: list[tuple[str, Any, list[str]]] = [
    ("organization.rcps", {}, [""]),
    ("organization.rcps", [{"target": "r-1"}], ["/0"]),
    ("organization.rcps", [[POLICY], [{"Statement": 1}]], ["/1/0/Statement"]),
    ("organization.rcps", [[ATTACHED]], ["/0/0/Statement/0"]),
    ("vpc_endpoint.type", "gateway", [""]),
    *((name, ATTACHED, ["/Statement/0"]) for name in POLICIES),
    *((name, [POLICY], [""]) for name in POLICIES),
    *((name, {"document": {"Statement": [5]}}, ["/document/Statement/0"]) for name in POLICIES),
]


@pytest.mark.parametrize(("name", "value"), GOOD, ids=lambda each: str(each)[:40])
def test_a_value_of_the_contracts_shape_is_taken(name: str, value: Any) -> None:
    assert isinstance(FACTS[name].observe(value), Found)


@pytest.mark.parametrize(("name", "value", "pointers"), BAD, ids=lambda each: str(each)[:40])
def test_any_other_value_is_refused_where_it_is_wrong(name: str, value: Any, pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        FACTS[name].observe(value)
    found = [fault.pointer for fault in caught.value.faults]
    assert len(found) == len(pointers)
    assert all(one.startswith(start) and bool(one) == bool(start) for one, start in zip(found, pointers, strict=True))


def test_every_foreseen_fact_is_in_both_tables() -> None:
    assert {name for name, _ in GOOD} == {name for name, _, _ in BAD} == set(FACTS)


def test_no_foreseen_value_is_left_as_it_was_written() -> None:
    for name in (*POLICIES, "organization.rcps"):
        value = next(held for each, held in GOOD if each == name)
        seen = FACTS[name].observe(value)
        assert isinstance(seen, Found)
        assert isinstance(seen.value, Policies | tuple)


def test_without_any_layer_they_can_be_given() -> None:
    assert {each.fact.name: each.fact for each in register([]).unread} == FACTS


READ = {"principal": "arn:aws:iam::111122223333:user/ana", "operation": "GetObject", "resource": "arn:aws:s3:::b/k"}
ALLOWED = {
    "principal.policies": [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}],
    "bucket.owner": "111122223333",
    "bucket.ownership": "ObjectWriter",
}


def decision(operation: str, facts: dict[str, Any], **parameters: Any) -> str:
    request = {**READ, "operation": operation, "parameters": parameters, "evidence_is_complete": True}
    return str(answer({**request, "evidence": {**ALLOWED, **facts}})["decision"])


def held_back(name: str) -> set[str]:
    """Return what may be decided where a fact may do harm: nothing for certain, until a layer reads it."""
    unread = {each.fact.name for each in services().registry.unread}
    return {"unknown"} if name in unread else {"unknown", "denied"}


@pytest.mark.parametrize(
    ("operation", "parameters", "name", "value"),
    [
        ("GetObject", {}, "object.encryption", {"algorithm": "AES256"}),
        ("GetObject", {}, "organization.rcps", [[], {"policies": []}]),
        ("PutObject", {}, "bucket.encryption", {"algorithm": "AES256", "blocked": ["SSE-C"]}),
        ("PutObject", {"SSECustomerAlgorithm": "AES256"}, "bucket.encryption", {"algorithm": "aws:kms"}),
    ],
)
def test_what_does_no_harm_leaves_no_doubt(operation: str, parameters: dict[str, Any], name: str, value: Any) -> None:
    assert decision(operation, {name: value}, **parameters) == "allowed"


@pytest.mark.parametrize(
    ("operation", "parameters", "name", "value"),
    [
        ("GetObject", {}, "object.encryption", {"algorithm": "aws:kms:dsse", "key": KEY}),
        ("GetObject", {}, "organization.rcps", [[], [POLICY]]),
        ("GetObject", {}, "vpc_endpoint.policy", POLICY),
        ("PutObject", {}, "bucket.encryption", {"algorithm": "aws:kms", "key": "alias/x"}),
        ("PutObject", {"ServerSideEncryption": "aws:kms"}, "kms.key_state", "Disabled"),
    ],
)
def test_what_may_do_harm_leaves_a_doubt_or_is_decided(
    operation: str, parameters: dict[str, Any], name: str, value: Any
) -> None:
    assert decision(operation, {name: value}, **parameters) in held_back(name)
