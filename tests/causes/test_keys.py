"""A refusal because of a KMS key: what is missing, and what mends it, is told of the key and of whoever refuses."""

from typing import Any

import pytest

from tests.cases import services
from why403.usecases.diagnose import diagnose

USER, KEY = "arn:aws:iam::111111111111:user/bob", "arn:aws:kms:eu-west-1:111111111111:key/k1"
FAR = "arn:aws:kms:eu-west-1:222222222222:key/k1"


def policy(*actions: str, effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*", **elements}
    return {"Version": "2012-10-17", "Statement": [statement]}


ALL = {"principal.policies": [policy("*")]}
DELEGATES = {"kms.key_policy": policy("kms:*", Principal={"AWS": "111111111111"})}
UNDER = {"object.encryption": {"algorithm": "aws:kms", "key": KEY}}


def diagnosed(operation: str, evidence: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return the diagnosis of a plain refusal."""
    request = {"principal": USER, "operation": operation, "bucket": "buk", "key": "k", "context_is_complete": True}
    error = f"An error occurred (AccessDenied) when calling the {operation} operation: Access Denied"
    body = {"error": error, "collect": False, "request": {**request, **members}, "evidence": evidence}
    return diagnose(services(), {**body, "evidence_is_complete": True})


@pytest.mark.parametrize(
    ("operation", "evidence", "kind", "missing", "via", "fix"),
    [
        (
            "GetObject",
            {"principal.policies": [policy("s3:*")], **UNDER, **DELEGATES},
            "implicit",
            "kms:Decrypt",
            "identity",
            f"allow kms:Decrypt on {KEY} to the caller's role or user",
        ),
        (
            "UploadPart",
            {
                "principal.policies": [policy("s3:*", "kms:GenerateDataKey")],
                "bucket.encryption": UNDER["object.encryption"],
                **DELEGATES,
            },
            "implicit",
            "kms:Decrypt",
            "identity",
            f"allow kms:Decrypt on {KEY} to the caller's role or user",
        ),
        (
            "GetObject",
            {**ALL, **UNDER, "kms.key_policy": policy("kms:*", Principal={"AWS": "222222222222"})},
            "implicit",
            "kms:Decrypt",
            "kms",
            "allow kms:Decrypt to exactly this role or user in the policy of the key",
        ),
        (
            "GetObject",
            {**ALL, **UNDER, "kms.key_policy": policy("kms:*", effect="Deny", Principal="*")},
            "explicit",
            "kms:Decrypt",
            "kms",
            "add an exception for this caller to the Deny's condition",
        ),
        (
            "GetObject",
            {**ALL, **UNDER, **DELEGATES, "organization.scps": [[policy("s3:*")]]},
            "implicit",
            "kms:Decrypt",
            "scp",
            "allow the action in the service control policies",
        ),
        (
            "GetObject",
            {**ALL, **UNDER, **DELEGATES, "kms.key_state": "PendingDeletion"},
            "requirement",
            None,
            "kms",
            "enable the key, or cancel its deletion",
        ),
        (
            "GetObject",
            {
                **ALL,
                "object.encryption": {"algorithm": "aws:kms", "key": FAR},
                "kms.key_policy": policy("kms:*", Principal="*"),
                "kms.key_manager": "AWS",
            },
            "implicit",
            "kms:Decrypt",
            "kms",
            "encrypt the object anew under a customer managed key",
        ),
    ],
)
def test_a_proven_cause_is_told_of_the_key(
    operation: str, evidence: dict[str, Any], kind: str, missing: str | None, via: str, fix: str
) -> None:
    found = diagnosed(operation, evidence)
    first = found["causes"][0]
    assert (first["layer"], first["kind"], first["likelihood"]) == ("kms", kind, "certain")
    assert first["missing_action"] == missing
    assert found["blockers"][0]["via"] == via
    assert first["fix"]["summary"].startswith(fix)
    assert "RESOURCE" not in first["check"]["command"]


def test_whoever_does_not_sign_is_told_to() -> None:
    evidence = {**UNDER, "bucket.policy": policy("s3:*", Principal="*"), "bucket.owner": "111111111111"}
    found = diagnosed("GetObject", evidence, principal="anonymous")
    assert (found["decision"], found["kind"], found["layer"], found["status"]) == ("denied", "requirement", "kms", 400)
    assert "Signature Version 4" in found["causes"][0]["fix"]["summary"]


def test_a_key_whose_policy_is_for_another_account_is_the_first_cause_where_all_else_is_open() -> None:
    body = {
        "error": "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
        "collect": False,
        "request": {"principal": USER, "operation": "GetObject", "bucket": "buk", "key": "k"},
        "evidence": {
            "object.encryption": {"algorithm": "aws:kms", "key": FAR},
            "kms.key_policy": policy("kms:*", Principal={"AWS": "222222222222"}),
        },
    }
    first = diagnose(services(), body)["causes"][0]
    assert (first["layer"], first["kind"], first["missing_action"]) == ("kms", "implicit", "kms:Decrypt")


def test_an_object_of_which_nobody_knows_how_it_is_encrypted_may_be_under_a_key() -> None:
    body = {
        "error": "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
        "collect": False,
        "request": {"principal": USER, "operation": "GetObject", "bucket": "buk", "key": "k"},
        "evidence": ALL,
    }
    assert "kms" in {cause["layer"] for cause in diagnose(services(), body)["causes"]}


def test_a_key_that_nobody_names_is_not_taken_for_the_object() -> None:
    error = (
        "An error occurred (AccessDenied) when calling the PutObject operation: "
        "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: kms:GenerateDataKey on this "
        "resource because the resource "
        "does not exist in this Region, no resource-based policies allow access, "
        "or a resource-based policy explicitly denies access"
    )
    request = {"operation": "PutObject", "bucket": "buk", "key": "k"}
    found = diagnose(services(), {"error": error, "collect": False, "request": request})["causes"]
    of_key = [each for each in found if each["layer"] in {"kms", "identity"}]
    assert len(of_key) > 1
    assert not [each for each in of_key if "arn:aws:s3" in (each["check"]["command"] + each["fix"]["summary"])]
