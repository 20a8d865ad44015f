"""Policies that are written: valid by our grammar, and by schemas that others wrote."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.artefacts.linting import faults_of_policies
from tests.artefacts.proposals import writes
from why403.domain.fix import Write
from why403.policy.document import PolicyKind, read

# What a call's document is a policy of.
KINDS: Final = {
    "CreatePolicy": "identity",
    "CreatePolicyVersion": "identity",
    "ModifyVpcEndpoint": "bucket",
    "PutAccessPointPolicy": "bucket",
    "PutBucketPolicy": "bucket",
    "PutGroupPolicy": "identity",
    "PutInlinePolicyToPermissionSet": "identity",
    "PutKeyPolicy": "key",
    "PutRolePolicy": "identity",
    "PutUserPolicy": "identity",
    "UpdatePolicy": "identity",
}
STATEMENT: Final = {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
NAMING: Final = {**STATEMENT, "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}}


def documents(of: Mapping[str, Write]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the documents of calls, each with its kind; one of an organization's policies may name principals."""
    for write in of.values():
        for name in write.documents:
            document = write.parameters.get(name)
            if isinstance(document, Mapping):
                named = "Principal" in str(document.get("Statement"))
                kind = KINDS[write.operation]
                yield ("bucket" if named and write.operation == "UpdatePolicy" else kind), document


def test_every_policy_is_valid_by_our_grammar() -> None:
    for kind, document in documents(writes()):
        read(document, PolicyKind.ATTACHED if kind == "identity" else PolicyKind.RESOURCE)


def test_every_policy_is_valid_by_another_s_schema() -> None:
    assert faults_of_policies(documents(writes())) == []


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("identity", {**STATEMENT, "Effect": "allow"}),
        ("identity", {**STATEMENT, "Sid": "a b"}),
        ("identity", {**STATEMENT, "Action": "s3:Moon"}),
        ("identity", {**STATEMENT, "Resource": "b/*"}),
        ("identity", NAMING),
        ("bucket", STATEMENT),
        ("bucket", {**NAMING, "Condition": {"StringEqual": {"a": "b"}}}),
        ("key", STATEMENT),
        ("bucket", {**NAMING, "Principal": {"AWS": "bob"}}),
    ],
)
def test_the_other_s_schema_would_object(kind: str, statement: dict[str, Any]) -> None:
    wrong = {"Version": "2012-10-17", "Statement": [statement]}
    right = {"Version": "2012-10-17", "Statement": [STATEMENT if kind == "identity" else NAMING]}
    found = [held for held, _ in faults_of_policies([(kind, right), (kind, wrong)])]
    assert found
    assert all(held == wrong for held in found)
