"""Facts that nobody reads yet have the shapes of the contract all the same: what is misspelt is not harmless."""

from typing import Any

import pytest

from tests.cases import answer, services
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Fact, Found
from why403.domain.operations import OPERATIONS
from why403.foreseen import FORESEEN
from why403.policy import Policies
from why403.registry import register

# As they are where no layer is loaded: one that comes to read a fact brings a loader of its own.
FACTS: dict[str, Fact[Any]] = {each.fact.name: each.fact for each in FORESEEN}
EVERYBODY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [EVERYBODY]}
ATTACHED = {"Statement": [{name: held for name, held in EVERYBODY.items() if name != "Principal"}]}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
GRANT = {"grantee": "arn:aws:iam::111122223333:role/app", "operations": ["Decrypt"]}
CONTEXT = {"EncryptionContextSubset": {"aws:s3:arn": "arn:aws:s3:::reports", "purpose": ""}}
POLICIES = ("vpc_endpoint.policy", "access_point.policy", "kms.key_policy")

GOOD: list[tuple[str, Any]] = [
    ("organization.rcps", [{"target": "r-1", "policies": [POLICY, {"name": "n", "document": POLICY}]}, [], [POLICY]]),
    ("object.exists", False),
    ("object.delete_marker", True),
    ("object.encryption", {"algorithm": "aws:kms", "key": KEY}),
    ("object.encryption", {"algorithm": "AES256", "key": None}),
    ("object.storage_class", "GLACIER"),
    ("object.storage_class", {"class": "GLACIER", "archive_status": None, "restored": False}),
    ("object.storage_class", {"class": "INTELLIGENT_TIERING", "archive_status": "DEEP_ARCHIVE_ACCESS"}),
    ("object.lock", {"mode": "GOVERNANCE", "retain_until": "2099-01-01T00:00:00Z", "legal_hold": False}),
    ("object.lock", {"mode": None, "retain_until": None, "legal_hold": True}),
    ("object.lock", {"mode": "COMPLIANCE"}),
    ("bucket.encryption", {"algorithm": "aws:kms:dsse", "key": "alias/reports"}),
    ("bucket.encryption", {"algorithm": "AES256", "blocked": ["SSE-C"]}),
    ("bucket.encryption", {"blocked": ["NONE"]}),
    ("bucket.versioning", {"status": "Enabled", "mfa_delete": True}),
    ("bucket.versioning", {"status": None}),
    ("vpc_endpoint.type", "Interface"),
    ("kms.key_state", "PendingDeletion"),
    ("kms.key_manager", "AWS"),
    ("kms.grants", [GRANT, {**GRANT, "constraints": CONTEXT}, {**GRANT, "constraints": None}]),
    *((name, POLICY) for name in POLICIES),
]
BAD: list[tuple[str, Any, list[str]]] = [
    ("organization.rcps", {}, [""]),
    ("organization.rcps", [{"target": "r-1"}], ["/0"]),
    ("organization.rcps", [[POLICY], [{"Statement": 1}]], ["/1/0/Statement"]),
    ("organization.rcps", [[ATTACHED]], ["/0/0/Statement/0"]),
    ("object.exists", "false", [""]),
    ("object.exists", 0, [""]),
    ("object.delete_marker", "true", [""]),
    ("object.encryption", "aws:kms", [""]),
    ("object.encryption", {"algorithm": "kms"}, ["/algorithm"]),
    ("object.encryption", {"key": KEY}, [""]),
    ("object.encryption", {"algorithm": "aws:kms", "key": 1, "blocked": []}, ["/blocked"]),
    ("object.storage_class", "GLACEIR", [""]),
    ("object.storage_class", True, [""]),
    ("object.storage_class", {"class": "glacier"}, ["/class"]),
    ("object.storage_class", {"archive_status": "x"}, [""]),
    ("object.storage_class", {"class": "GLACIER", "archive_status": "x", "restored": "no"}, ["/archive_status", "/re"]),
    ("object.lock", True, [""]),
    ("object.lock", {"mode": "governance", "retain_until": "soon", "legal_hold": "ON"}, ["/mode", "/ret", "/legal"]),
    ("object.lock", {"Mode": "GOVERNANCE"}, ["/Mode"]),
    ("bucket.encryption", [1], [""]),
    ("bucket.encryption", {"algorithm": "AES-256", "key": "", "blocked": "SSE-C"}, ["/algorithm", "/key", "/blocked"]),
    ("bucket.encryption", {"blocked": ["NONE", "SSE-KMS"]}, ["/blocked/1"]),
    ("bucket.versioning", "Enabled", [""]),
    ("bucket.versioning", {"status": "On", "mfa_delete": "Enabled"}, ["/status", "/mfa_delete"]),
    ("vpc_endpoint.type", "gateway", [""]),
    ("kms.key_state", "enabled", [""]),
    ("kms.key_manager", "Customer", [""]),
    ("kms.grants", GRANT, [""]),
    ("kms.grants", [GRANT, {"grantee": "x"}, {**GRANT, "operations": "Decrypt"}], ["/1", "/2/operations"]),
    ("kms.grants", [{**GRANT, "operations": ["kms:Decrypt"]}], ["/0/operations/0"]),
    ("kms.grants", [{**GRANT, "constraints": {"EncryptionContext": {}}}], ["/0/constraints/EncryptionContext"]),
    (
        "kms.grants",
        [{**GRANT, "constraints": {"EncryptionContextEquals": {"a/b": 1}}}],
        ["/0/constraints/EncryptionContextEquals/a~1b"],
    ),
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
    for name in (*POLICIES, "organization.rcps", "kms.grants"):
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
        ("GetObject", {}, "object.storage_class", "STANDARD"),
        ("GetObject", {}, "object.storage_class", {"class": "GLACIER", "restored": True}),
        ("GetObject", {}, "object.storage_class", {"class": "GLACIER_IR"}),
        ("HeadObject", {}, "object.storage_class", "GLACIER"),
        ("GetObject", {}, "object.encryption", {"algorithm": "AES256"}),
        ("GetObject", {}, "organization.rcps", [[], {"policies": []}]),
        ("PutObject", {}, "bucket.encryption", {"algorithm": "AES256", "blocked": ["SSE-C"]}),
        ("PutObject", {"SSECustomerAlgorithm": "AES256"}, "bucket.encryption", {"algorithm": "aws:kms"}),
        ("DeleteObject", {"VersionId": "v"}, "bucket.versioning", {"status": "Enabled"}),
    ],
)
def test_what_does_no_harm_leaves_no_doubt(operation: str, parameters: dict[str, Any], name: str, value: Any) -> None:
    assert decision(operation, {name: value}, **parameters) == "allowed"


@pytest.mark.parametrize(
    ("operation", "parameters", "name", "value"),
    [
        ("GetObject", {}, "object.storage_class", "GLACIER"),
        ("GetObject", {}, "object.storage_class", {"class": "DEEP_ARCHIVE", "restored": None}),
        ("GetObject", {}, "object.storage_class", {"class": "INTELLIGENT_TIERING", "archive_status": "ARCHIVE_ACCESS"}),
        ("GetObject", {}, "object.encryption", {"algorithm": "aws:kms:dsse", "key": KEY}),
        ("GetObject", {}, "organization.rcps", [[], [POLICY]]),
        ("GetObject", {}, "vpc_endpoint.policy", POLICY),
        ("PutObject", {"SSECustomerAlgorithm": "AES256"}, "bucket.encryption", {"blocked": ["SSE-C"]}),
        ("PutObject", {}, "bucket.encryption", {"algorithm": "aws:kms"}),
        ("PutObject", {"ServerSideEncryption": "aws:kms"}, "kms.key_state", "Disabled"),
        ("DeleteObject", {"VersionId": "v"}, "bucket.versioning", {"mfa_delete": True}),
        ("DeleteObject", {"VersionId": "v"}, "object.lock", {"legal_hold": True}),
    ],
)
def test_what_may_do_harm_leaves_a_doubt_or_is_decided(
    operation: str, parameters: dict[str, Any], name: str, value: Any
) -> None:
    assert decision(operation, {name: value}, **parameters) in held_back(name)


NEEDING = [
    "GetObject",
    "HeadObject",
    "GetObjectAcl",
    "GetObjectAnnotation",
    "GetObjectAttributes",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "GetObjectTagging",
    "GetObjectTorrent",
    "SelectObjectContent",
    "ListObjectAnnotations",
    "RestoreObject",
    "PutObjectAcl",
    "PutObjectAnnotation",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "DeleteObjectAnnotation",
    "DeleteObjectTagging",
    "UpdateObjectEncryption",
]
NOT_NEEDING = [
    "PutObject",
    "DeleteObject",
    "CreateMultipartUpload",
    "UploadPart",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
    "ListParts",
]
MISSING = [{"object.exists": False}, {"object.delete_marker": True}]
# What a call says of the object that it writes: each is a permission of its own, on an object that is not there yet.
SAYING = {"ACL": "private", "Tagging": "a=b", "ObjectLockMode": "GOVERNANCE", "ObjectLockLegalHoldStatus": "ON"}
COPYING = {"CopySource": "old/k", "AnnotationDirective": "COPY"}


def test_every_operation_on_one_object_is_in_a_table() -> None:
    on_objects = {operation.name for operation in OPERATIONS.values() if operation.kind == "object"}
    assert {*NEEDING, *NOT_NEEDING, "CopyObject", "UploadPartCopy", "RenameObject"} == on_objects


@pytest.mark.parametrize("facts", MISSING, ids=str)
@pytest.mark.parametrize("version", [{}, {"VersionId": "v"}], ids=["", "version"])
@pytest.mark.parametrize("operation", NEEDING)
def test_a_missing_object_is_not_read_or_changed(
    operation: str, version: dict[str, str], facts: dict[str, Any]
) -> None:
    assert decision(operation, {}, **version) == "allowed"
    assert decision(operation, facts, **version) != "allowed"


@pytest.mark.parametrize("facts", [*MISSING, {"object.exists": {"unknown": True}}], ids=str)
@pytest.mark.parametrize("operation", NOT_NEEDING)
def test_a_missing_object_can_be_made_and_ended(operation: str, facts: dict[str, Any]) -> None:
    assert decision(operation, facts, **(SAYING if "Put" in operation or "Create" in operation else {})) == "allowed"


@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
def test_the_source_of_a_copy_must_be_there_and_its_destination_need_not(operation: str) -> None:
    there = {"source.bucket.owner": "111122223333", "object.exists": False}
    assert decision(operation, there, **COPYING, **SAYING) == "allowed"
    for facts in MISSING:
        source = {f"source.{name}": value for name, value in facts.items()}
        assert decision(operation, {**there, **source}, **COPYING) in held_back(*facts)


@pytest.mark.parametrize("operation", ["PutObject", "CompleteMultipartUpload", "DeleteObject"])
def test_a_call_that_compares_finds_an_object_to_compare_with(operation: str) -> None:
    assert decision(operation, {"object.exists": False}, IfMatch='"etag"') in held_back("object.exists")


def test_whether_an_action_is_authorized_has_nothing_to_do_with_what_is_there() -> None:
    request = {name: held for name, held in READ.items() if name != "operation"} | {"action": "s3:GetObject"}
    evidence = {**ALLOWED, "object.exists": False}
    assert answer({**request, "evidence": evidence, "evidence_is_complete": True})["decision"] == "allowed"


def test_an_object_that_is_there_leaves_no_doubt() -> None:
    for operation in NEEDING:
        assert decision(operation, {"object.exists": True, "object.delete_marker": False}) == "allowed"
