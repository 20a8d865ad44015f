"""The states of objects as facts: their shapes."""

from typing import Any

import pytest

from why403 import Fact, Found, InvalidInput
from why403_layers.objects import DELETE_MARKER, EXISTS, LOCK, STORAGE_CLASS, VERSIONING

GOOD: list[tuple[Fact[Any], Any]] = [
    (EXISTS, False),
    (DELETE_MARKER, True),
    (STORAGE_CLASS, "GLACIER"),
    (STORAGE_CLASS, {"class": "GLACIER", "archive_status": None, "restored": False}),
    (STORAGE_CLASS, {"class": "INTELLIGENT_TIERING", "archive_status": "DEEP_ARCHIVE_ACCESS"}),
    (LOCK, {"mode": "GOVERNANCE", "retain_until": "2099-01-01T00:00:00Z", "legal_hold": False}),
    (LOCK, {"mode": None, "retain_until": None, "legal_hold": True}),
    (LOCK, {"mode": "COMPLIANCE"}),
    (VERSIONING, {"status": "Enabled", "mfa_delete": True}),
    (VERSIONING, {"status": None}),
]
BAD: list[tuple[Fact[Any], Any, list[str]]] = [
    (EXISTS, "false", [""]),
    (EXISTS, 0, [""]),
    (DELETE_MARKER, "true", [""]),
    (STORAGE_CLASS, "GLACEIR", [""]),
    (STORAGE_CLASS, True, [""]),
    (STORAGE_CLASS, {"class": "glacier"}, ["/class"]),
    (STORAGE_CLASS, {"archive_status": "x"}, [""]),
    (STORAGE_CLASS, {"class": "GLACIER", "archive_status": "x", "restored": "no"}, ["/archive_status", "/restored"]),
    (LOCK, True, [""]),
    (
        LOCK,
        {"mode": "governance", "retain_until": "soon", "legal_hold": "ON"},
        ["/mode", "/retain_until", "/legal_hold"],
    ),
    (LOCK, {"Mode": "GOVERNANCE"}, ["/Mode"]),
    (VERSIONING, "Enabled", [""]),
    (VERSIONING, {"status": "On", "mfa_delete": "Enabled"}, ["/status", "/mfa_delete"]),
]


@pytest.mark.parametrize(("fact", "value"), GOOD, ids=lambda each: str(each)[:40])
def test_a_value_of_the_contracts_shape_is_taken(fact: Fact[Any], value: Any) -> None:
    assert isinstance(fact.observe(value), Found)


@pytest.mark.parametrize(("fact", "value", "pointers"), BAD, ids=lambda each: str(each)[:40])
def test_any_other_value_is_refused_where_it_is_wrong(fact: Fact[Any], value: Any, pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        fact.observe(value)
    assert [fault.pointer for fault in caught.value.faults] == pointers


def test_every_fact_is_in_both_tables() -> None:
    facts = {EXISTS, DELETE_MARKER, STORAGE_CLASS, LOCK, VERSIONING}
    assert {fact for fact, _ in GOOD} == {fact for fact, _, _ in BAD} == facts
