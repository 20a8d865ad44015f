"""Causes that lie in the object: certain where its state is known, possible where nobody looked, else none."""

from typing import Any

import pytest

from .asking import ACCOUNT, USER, allow, asked, cause_of, document, layers, refused

HEAD = refused("HeadObject", "403", "Forbidden")
KEY = {"bucket": "held-demo", "key": "in/report.csv"}
ALL = [document(allow("s3:*", "*"))]
LOCKED = {"mode": "COMPLIANCE", "retain_until": "2999-01-01T00:00:00Z"}


def head(**evidence: Any) -> dict[str, Any]:
    return asked(HEAD, request={**KEY, "operation": "HeadObject"}, evidence=evidence)


def test_a_missing_key_is_the_cause_whoever_calls() -> None:
    found = head(**{"object.exists": False})
    assert (found["decision"], found["kind"], found["layer"]) == ("denied", "requirement", "object_state")
    assert (found["status"], found["code"]) == (None, None)
    cause = found["causes"][0]
    assert (cause["layer"], cause["likelihood"], cause["missing_action"]) == (
        "object_state",
        "certain",
        "s3:ListBucket",
    )
    assert "404" in cause["fix"]["summary"]


def test_a_policy_that_hits_everybody_still_needs_its_caller() -> None:
    found = asked(
        refused("GetObject"),
        request={**KEY, "operation": "GetObject"},
        evidence={"bucket.policy": document({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"})},
    )
    assert found["decision"] == "unknown"
    assert found["doubts"][0]["because"] == "it is not known who called"


def test_only_what_is_no_policy_is_told_of_somebody() -> None:
    everybody = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    found = head(**{"object.exists": False, "bucket.policy": document(everybody)})
    assert [each["layer"] for each in found["blockers"]] == ["object_state"]


def test_a_missing_key_that_is_shown_needs_no_permission() -> None:
    found = asked(
        refused("GetObject"),
        request={**KEY, "operation": "GetObject", "principal": USER, "parameters": {"VersionId": None}},
        evidence={"principal.policies": ALL, "bucket.owner": ACCOUNT, "object.exists": False},
        evidence_is_complete=True,
    )
    assert (found["status"], found["code"]) == (404, "NoSuchKey")
    cause = found["causes"][0]
    assert (cause["layer"], cause["missing_action"]) == ("object_state", None)


def test_a_key_that_nobody_looked_for_may_be_missing() -> None:
    found = head(**{"principal.policies": ALL})
    assert "object_state" in layers(found)
    assert cause_of(found, "object_state", "requirement")["missing_action"] == "s3:ListBucket"


@pytest.mark.parametrize("others", [{}, {"object.storage_class": {"unknown": True}}])
def test_a_key_that_is_there_is_not_missing(others: dict[str, Any]) -> None:
    there = {"object.exists": True, "object.delete_marker": False}
    assert "object_state" not in layers(head(**there, **others))


@pytest.mark.parametrize(
    ("operation", "parameters", "evidence", "fix"),
    [
        ("DeleteObject", {"VersionId": "v"}, {"object.lock": LOCKED}, "nobody can shorten it"),
        ("DeleteObject", {"VersionId": "v"}, {"object.lock": {"legal_hold": True}}, "remove the legal hold"),
        (
            "DeleteObject",
            {"VersionId": "v", "BypassGovernanceRetention": None},
            {"object.lock": {**LOCKED, "mode": "GOVERNANCE"}},
            "x-amz-bypass-governance-retention",
        ),
        ("DeleteObject", {"VersionId": "v", "MFA": None}, {"bucket.versioning": {"mfa_delete": True}}, "x-amz-mfa"),
        ("GetObject", {"VersionId": None}, {"object.storage_class": "GLACIER"}, "restore the object"),
        ("RestoreObject", {"VersionId": None}, {"object.storage_class": "STANDARD"}, "read the object as it is"),
        ("GetObject", {"VersionId": "v"}, {"object.delete_marker": True}, "another version"),
    ],
)
def test_each_state_has_its_own_fix(
    operation: str, parameters: dict[str, Any], evidence: dict[str, Any], fix: str
) -> None:
    found = asked(
        refused(operation),
        request={**KEY, "operation": operation, "principal": USER, "parameters": parameters},
        evidence={"principal.policies": ALL, "bucket.owner": ACCOUNT, **evidence},
        evidence_is_complete=True,
    )
    cause = found["causes"][0]
    assert (cause["layer"], cause["kind"], cause["likelihood"]) == ("object_state", "requirement", "certain")
    assert fix in cause["fix"]["summary"]
    assert cause["missing_action"] is None


def test_a_lock_matters_if_a_version_was_named() -> None:
    found = asked(
        refused("DeleteObject"),
        request={**KEY, "operation": "DeleteObject", "principal": USER},
        evidence={"principal.policies": ALL, "bucket.owner": ACCOUNT, "object.lock": LOCKED},
        evidence_is_complete=True,
    )
    assert found["decision"] == "unknown"
    assert any(doubt["because"].startswith("if the call names a version, ") for doubt in found["doubts"])
    assert cause_of(found, "object_state", "requirement")["likelihood"] == "likely"
