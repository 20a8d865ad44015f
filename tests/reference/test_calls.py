"""The yardstick decides the calls of the decision table and of the cases beside it as they stand there."""

from typing import Any

import pytest

from tests.cases import Case, of_folder

from .calls import legs_of
from .completions import count, slots_of
from .conditions import Json
from .evaluator import decide, is_open
from .kms import key_uses
from .mentions import hidden
from .parameters import filled_keys

# An id of which nobody said whose it is.
BEYOND = ("unknown_facts: a canonical id unknown does not help where the caller's account allows nothing",)
FILES = (
    "acls",
    "block_public_access",
    "derived_keys",
    "object_state: compliance",
    "object_state: governance",
    "operations",
    "ownership",
    "parameter_keys",
    "principals",
    "public_policies",
    "role_paths",
    "row",
    "unknown_facts",
)
"""Of the cases beside the table, those about rules that the facts document states."""
BUCKET, OBJECT = "arn:aws:s3:::buk", "arn:aws:s3:::buk/k"
USER = "arn:aws:iam::111111111111:user/bob"
KEY = "arn:aws:kms:eu-west-1:111111111111:key/k1"
POINT = "arn:aws:s3:eu-west-1:111111111111:accesspoint/ap"
FULL: Json = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def fully_known(case: Case) -> bool:
    request = case.request
    whole = request["evidence_is_complete"] is True and request["context_is_complete"] is True
    told = not any(hidden(value) for value in request["evidence"].values()) and "resource" in request
    directory = "--x-s3" in request.get("resource", "")
    stated = case.id.startswith(FILES) and case.id not in BEYOND
    return whole and told and stated and not directory and case.expected["decision"] != "unknown"


CASES = [case for name in ("decision_table", "own_cases") for case in of_folder(name) if fully_known(case)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cases_written_by_hand_come_out_as_they_stand_there(case: Case) -> None:
    found = decide({"context": {}, **case.request})._asdict()
    # What S3 answers to a group as principal belongs to no layer.
    assert {name: value for name, value in case.expected.items() if name in found} == {
        name: value for name, value in found.items() if name in case.expected
    }


def call(operation: str, resource: str = OBJECT, evidence: Json | None = None, **parameters: Any) -> Json:
    """A call of which everything is known."""
    known = {"context_is_complete": True, "evidence_is_complete": True, "time": "2026-03-01T08:00:00Z"}
    facts = {"principal.policies": [FULL], **(evidence or {})}
    return {
        "principal": USER,
        "operation": operation,
        "resource": resource,
        "parameters": parameters,
        "context": {},
        "evidence": facts,
        **known,
    }


@pytest.mark.parametrize(
    ("case", "actions"),
    [
        (call("GetObject"), ["GetObject"]),
        (call("GetObjectAcl", VersionId="v"), ["GetObjectVersionAcl"]),
        (call("GetObjectAttributes", VersionId="v"), ["GetObjectVersion", "GetObjectVersionAttributes"]),
        (call("PutObject", ACL="", Tagging="a=b", IfNoneMatch="*"), ["PutObject", "PutObjectTagging"]),
        (call("PutObject", GrantRead="id=1", IfMatch="e"), ["PutObject", "PutObjectAcl", "GetObject"]),
        (call("CopyObject", CopySource="s/k", TaggingDirective="REPLACE"), ["PutObject", "GetObject"]),
        (
            call("CopyObject", evidence={"source.object.tags": {"a": "b"}}, CopySource="s/k?versionId=v"),
            ["PutObject", "GetObjectVersion", "GetObjectVersionTagging", "PutObjectTagging"],
        ),
        (call("DeleteObject", VersionId="v", IfMatch="e"), ["DeleteObjectVersion", "GetObject"]),
        (
            call("DeleteObjects", BUCKET, Delete={"Objects": [{"Key": "a", "VersionId": "v"}, {"Key": "b"}]}),
            ["DeleteObjectVersion", "DeleteObject"],
        ),
        (call("GetPublicAccessBlock", "*"), ["GetAccountPublicAccessBlock"]),
        (call("CreateBucket", BUCKET, ObjectOwnership="ObjectWriter"), ["CreateBucket", "PutBucketOwnershipControls"]),
    ],
)
def test_a_call_needs_these_actions(case: Json, actions: list[str]) -> None:
    assert [leg["action"] for leg in legs_of(case)] == [f"s3:{action}" for action in actions]


def test_parameters_fill_keys_of_the_actions_that_carry_them() -> None:
    sent = {"ACL": "private", "Tagging": "A=b&c=", "StorageClass": "GLACIER", "VersionId": "v"}
    filled = filled_keys("PutObject", "s3:PutObjectAcl", sent)
    assert filled == {"s3:x-amz-acl": ("private",), "s3:x-amz-storage-class": ("GLACIER",)}
    tags = filled_keys("PutObject", "s3:PutObjectTagging", sent)
    assert tags == {
        "s3:requestobjecttag/a": ("b",),
        "s3:requestobjecttag/c": ("",),
        "s3:requestobjecttagkeys": ("A", "c"),
    }


def test_a_source_in_the_same_bucket_has_the_bucket_s_own_facts() -> None:
    facts = {"bucket.policy": FULL, "object.tags": {"a": "b"}, "source.object.exists": True}
    for bucket, seen in (("buk", {"bucket.policy", "object.exists"}), ("other", {"object.exists"})):
        legs = legs_of(call("UploadPartCopy", evidence=facts, CopySource={"Bucket": bucket, "Key": "k"}))
        assert set(legs[1]["evidence"]) == {"principal.policies", *seen}


@pytest.mark.parametrize(
    ("case", "uses"),
    [
        (call("GetObject", evidence={"object.encryption": {"algorithm": "AES256"}}), []),
        (call("HeadObject", evidence={"object.encryption": {"algorithm": "aws:kms", "key": KEY}}), []),
        (call("PutObject", ServerSideEncryption="aws:kms:dsse", SSEKMSKeyId=KEY), ["GenerateDataKey"]),
        (call("CreateMultipartUpload", SSEKMSKeyId=KEY, ServerSideEncryption="AES256"), []),
        (
            call("UploadPart", evidence={"bucket.encryption": {"algorithm": "aws:kms", "key": KEY}}),
            ["GenerateDataKey", "Decrypt"],
        ),
    ],
)
def test_a_call_uses_a_key_for_what_it_reads_and_writes(case: Json, uses: list[str]) -> None:
    assert [use.action for use in key_uses(case)] == [f"kms:{action}" for action in uses]


def test_a_bucket_asked_through_an_access_point_is_no_object() -> None:
    facts = {"access_point.bucket": "buk", "bucket.ownership": "ObjectWriter", "object.owner": "333333333333"}
    by_bucket = {"Version": "2012-10-17", "Statement": [{**FULL["Statement"], "Principal": {"AWS": USER}}]}
    case = call("ListObjectsV2", POINT, {**facts, "bucket.policy": by_bucket})
    assert decide(case).decision == "allowed"
    unread = {**case, "evidence": {**case["evidence"], "object.owner": {"unknown": True}}}
    assert [slot.name for slot in slots_of(unread)] == []
    read = call("GetObject", f"{POINT}/object/k", {**facts, "bucket.policy": by_bucket})
    assert decide(read).layer == "acl"


@pytest.mark.parametrize(
    ("mode", "until", "bypass", "left_open"),
    [
        ("COMPLIANCE", "2050-01-01T00:00:00Z", False, True),
        ("COMPLIANCE", "2050-01-01T00:00:00Z", True, False),
        ("COMPLIANCE", "2030-01-01T00:00:00Z", False, False),
        ("GOVERNANCE", "2050-01-01T00:00:00Z", False, False),
    ],
)
def test_whether_governance_may_become_compliance_is_open(mode: str, until: str, bypass: bool, left_open: bool) -> None:
    lock = {"object.lock": {"mode": "GOVERNANCE", "retain_until": "2040-01-01T00:00:00Z", "legal_hold": False}}
    retention = {"Mode": mode, "RetainUntilDate": until}
    case = call("PutObjectRetention", evidence=lock, Retention=retention, BypassGovernanceRetention=bypass)
    assert is_open(case) is left_open


@pytest.mark.parametrize(
    ("constraints", "decision", "left_open"),
    [
        ({"EncryptionContextSubset": {"AWS:s3:arn": OBJECT}}, "allowed", True),
        ({"EncryptionContextSubset": {"Team": "ml"}}, "allowed", False),
        ({"EncryptionContextSubset": {"team": "ML"}}, "denied", False),
        ({"EncryptionContextEquals": {"team": "ml"}}, "denied", False),
        ({"EncryptionContextEquals": {"team": "ml", "AWS:S3:ARN": OBJECT}}, "allowed", True),
    ],
)
def test_a_grant_asks_for_its_encryption_context(constraints: Json, decision: str, left_open: bool) -> None:
    nobody = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "kms:*", "Resource": "*"}
    grant = {"grantee": USER, "operations": ["GenerateDataKey"], "constraints": constraints}
    facts = {"kms.key_policy": {"Version": "2012-10-17", "Statement": [nobody]}, "kms.grants": [grant]}
    sent = {"SSEKMSKeyId": KEY, "ServerSideEncryption": "aws:kms", "SSEKMSEncryptionContext": "eyJ0ZWFtIjogIm1sIn0="}
    case = call("PutObject", evidence=facts, **sent)
    assert decide(case).decision == decision
    # With a Bucket Key it would be the bucket's ARN.
    assert is_open(case) is left_open


@pytest.mark.parametrize(
    ("constraints", "left_open"),
    [
        ({"EncryptionContextSubset": {"team": "ml"}}, True),
        ({"EncryptionContextEquals": {"team": "ml", "aws:s3:arn": OBJECT}}, True),
        ({"EncryptionContextEquals": {"team": "ml"}}, False),
        ({"EncryptionContextSubset": {"aws:s3:arn": f"{OBJECT}/other"}}, False),
    ],
)
def test_what_an_object_was_encrypted_with_is_open(constraints: Json, left_open: bool) -> None:
    nobody = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "kms:*", "Resource": "*"}
    grant = {"grantee": USER, "operations": ["Decrypt"], "constraints": constraints}
    facts = {"kms.key_policy": {"Version": "2012-10-17", "Statement": [nobody]}, "kms.grants": [grant]}
    encrypted = {"object.encryption": {"algorithm": "aws:kms", "key": KEY, "bucket_key": False}}
    assert is_open(call("GetObject", evidence={**facts, **encrypted})) is left_open


def test_what_the_documents_leave_open_is_told_apart() -> None:
    by_bucket = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": f"{OBJECT}*"}}
    by_point = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": f"{POINT}*"}}
    for policy, left_open in ((by_bucket, True), (by_point, False)):
        evidence = {
            "access_point.bucket": "buk",
            "principal.policies": [policy],
            "bucket.policy": {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
            },
        }
        case = call("GetObject", f"{POINT}/object/k", evidence)
        assert decide(case).decision == "allowed"
        assert is_open(case) is left_open
        assert count(case) == 1


ZONAL = "arn:aws:s3:::buk--use1-az4--x-s3"


def sessions(**condition: Json) -> Json:
    """What is known of a directory bucket, with a policy of the caller's that allows sessions on a condition."""
    allow = {"Effect": "Allow", "Action": "s3express:CreateSession", "Resource": "*", "Condition": condition}
    facts = {"bucket.region": "us-east-1", "bucket.owner": "111111111111"}
    return {**facts, "principal.policies": [{"Version": "2012-10-17", "Statement": [allow]}]}


@pytest.mark.parametrize(
    ("operation", "condition", "decision"),
    [
        ("GetObject", {"StringEquals": {"s3express:SessionMode": "ReadOnly"}}, "allowed"),
        ("PutObject", {"StringEquals": {"s3express:SessionMode": "ReadOnly"}}, "denied"),
        ("PutObject", {"StringEquals": {"s3express:SessionMode": "ReadWrite"}}, "allowed"),
        ("PutObject", {"StringEquals": {"s3express:ResourceAccount": "111111111111"}}, "allowed"),
        ("PutObject", {"Null": {"s3:ResourceAccount": "false"}}, "denied"),
    ],
)
def test_a_directory_bucket_needs_a_session(operation: str, condition: Json, decision: str) -> None:
    """Rows 167 and 168, and section 9.4."""
    assert decide(call(operation, f"{ZONAL}/k", sessions(**condition))).decision == decision


def test_a_directory_bucket_is_open_to_no_stranger() -> None:
    public = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    facts = {
        **sessions(),
        "bucket.owner": "222222222222",
        "bucket.policy": {"Version": "2012-10-17", "Statement": public},
    }
    assert decide(call("GetObject", f"{ZONAL}/k", facts)).layer == "block_public_access"


def test_which_of_two_refused_sessions_is_told_is_open() -> None:
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    writing = {**deny, "Condition": {"StringEquals": {"s3express:SessionMode": "ReadWrite"}}}
    facts = {**sessions(), "principal.policies": [{"Version": "2012-10-17", "Statement": writing}]}
    assert is_open(call("GetObject", f"{ZONAL}/k", facts))
    assert not is_open(call("PutObject", f"{ZONAL}/k", facts))


def test_what_a_multi_region_access_point_asks_of_its_own_account_is_open() -> None:
    """Section 9.2, U4: the identity policy alone, or what any other account needs as well."""
    regions = "arn:aws:s3::111111111111:accesspoint/mfzwi23gnjvgw.mrap"
    case = call("GetObject", f"{regions}/object/k", {"access_point.bucket": "buk"})
    assert decide(case).decision == "allowed"
    assert is_open(case)
    granting = {"Version": "2012-10-17", "Statement": [{**FULL["Statement"], "Principal": {"AWS": USER}}]}
    by_both = {**case["evidence"], "access_point.policy": granting, "bucket.policy": granting}
    assert not is_open({**case, "evidence": by_both})


def test_what_organizations_deny_by_one_arn_on_one_leg_and_by_another_on_another_is_open() -> None:
    bars = [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": OBJECT},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectTagging", "Resource": f"{POINT}/object/*"},
    ]
    parameters = {"Tagging": "a=1"}
    facts = {"access_point.bucket": "buk", "principal.policies": []}
    apart = {**facts, "organization.rcps": [[{"Version": "2012-10-17", "Statement": bars}]]}
    case = {**call("PutObject", f"{POINT}/object/k", apart), "parameters": parameters}
    assert decide(case).layer == "rcp"
    assert is_open(case)
    together = [{**bar, "Resource": "*"} for bar in bars]
    both = {**facts, "organization.rcps": [[{"Version": "2012-10-17", "Statement": together}]]}
    assert not is_open({**case, "evidence": both})
