"""Policies that are written: valid by our grammar, and by schemas that others wrote."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import pytest

from tests.artefacts.linting import faults_of_policies
from tests.artefacts.proposals import proposals
from why403.domain.fix import Write
from why403.policy.document import PolicyKind, from_text, read

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
# A principal that cfn-lint's schema does not know. AWS: "AWS JSON policy elements: Principal", federated user sessions.
FEDERATED: Final = re.compile(r"(arn:[a-z-]+:)sts(::[0-9]{12}:)federated-user/")
STATEMENT: Final = {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
NAMING: Final = {**STATEMENT, "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}}

Judged: TypeAlias = tuple[str, Mapping[str, Any]]


def documents(calls: Iterable[Write]) -> Iterator[Judged]:
    """Yield the documents of calls, each with its kind; one of an organization's policies may name principals."""
    for write in calls:
        for name in write.documents:
            held = write.parameters[name]
            text = held if isinstance(held, str) else json.dumps(held)
            document = from_text(FEDERATED.sub(r"\1iam\2user/", text))
            named = "Principal" in str(document["Statement"])
            kind = "bucket" if named and write.operation == "UpdatePolicy" else KINDS[write.operation]
            yield ("express" if kind == "bucket" and "s3express:" in str(document) else kind), document


def test_every_policy_is_valid_by_our_grammar() -> None:
    for kind, document in documents(each for _, step in proposals() for each in step.fix.writes):
        read(document, PolicyKind.ATTACHED if kind == "identity" else PolicyKind.RESOURCE)


def test_every_policy_is_as_valid_by_another_s_schema_as_the_one_it_replaces() -> None:
    fixes = [step.fix for _, step in proposals()]
    all_ = {json.dumps(each): each for fix in fixes for each in documents((*fix.writes, *fix.undo))}
    found = defaultdict[str, set[str]](set)
    for document, fault in faults_of_policies(all_.values()):
        found[json.dumps(document)].add(fault)
    for fix in fixes:
        before, after = (
            {fault for _, document in documents(calls) for fault in found[json.dumps(document)]}
            for calls in (fix.undo, fix.writes)
        )
        assert after - before == set()


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
