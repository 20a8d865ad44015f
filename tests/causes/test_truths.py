"""What is known of S3's refusals, each a truth that the answers hold to."""

import pytest

from .asking import (
    ACCOUNT,
    BUCKET,
    GET,
    LIST,
    PUT,
    ROLE,
    USER,
    allow,
    asked,
    cause_of,
    deny,
    document,
    layers,
    refused,
)

PLAIN = {
    "eventVersion": "1.11",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "awsRegion": "eu-west-1",
    "errorCode": "AccessDenied",
    "userIdentity": {"type": "IAMUser", "arn": USER, "accountId": ACCOUNT},
    "requestParameters": {"bucketName": "held-demo", "key": "a/b.csv"},
}


def test_listing_needs_list_bucket_on_the_bucket_itself() -> None:
    policies = [document(allow("s3:ListBucket", f"{BUCKET}/*"), allow("s3:ListObjectsV2", BUCKET))]
    first = asked(refused("ListObjectsV2"), request=dict(LIST), evidence={"principal.policies": policies})["causes"][0]
    assert (first["layer"], first["missing_action"]) == ("identity", "s3:ListBucket")
    assert f"s3:ListBucket on {BUCKET} " in f"{first['fix']['summary']} "
    assert f"{BUCKET}/" not in first["fix"]["summary"]


@pytest.mark.parametrize("told", [{"context": {"s3:x-amz-acl": "public-read"}}, {"parameters": {"ACL": "public-read"}}])
def test_putting_with_an_acl_needs_put_object_acl(told: dict[str, object]) -> None:
    policies = [document(allow("s3:PutObject", f"{BUCKET}/*"))]
    found = asked(refused("PutObject"), request={**PUT, **told}, evidence={"principal.policies": policies})
    assert (found["causes"][0]["layer"], found["causes"][0]["missing_action"]) == ("identity", "s3:PutObjectAcl")


def test_putting_without_an_acl_does_not() -> None:
    found = asked(refused("PutObject"), request=dict(PUT), evidence={"principal.policies": []})
    assert cause_of(found, "identity")["missing_action"] == "s3:PutObject"


def test_copying_between_buckets_reads_tags() -> None:
    text = f"copy failed: s3://held-demo/a/b.csv to s3://other-demo/b.csv {refused('GetObjectTagging')}"
    policies = [document(allow("s3:GetObject", f"{BUCKET}/*"))]
    found = asked(text, request={"principal": USER}, evidence={"principal.policies": policies})
    assert found["understood"]["resource"] == f"{BUCKET}/a/b.csv"
    assert (found["causes"][0]["layer"], found["causes"][0]["missing_action"]) == ("identity", "s3:GetObjectTagging")


@pytest.mark.parametrize("quoted", ["{}", '{{"level":"error","msg":"{}"}}'])
def test_head_carries_no_reason(quoted: str) -> None:
    found = asked(
        quoted.format(refused("HeadObject", "403", "Forbidden")), request=dict(GET) | {"operation": "HeadObject"}
    )
    assert {"identity", "object_state"} <= set(layers(found)[:2])
    missing = cause_of(found, "object_state")
    assert missing["missing_action"] == "s3:ListBucket"
    assert "404" in missing["because"]
    assert cause_of(found, "identity")["missing_action"] == "s3:GetObject"


def test_default_encryption_does_not_satisfy_a_deny_on_the_header() -> None:
    null = {"Null": {"s3:x-amz-server-side-encryption": "true"}}
    policy = document({**deny("s3:PutObject", f"{BUCKET}/*", Condition=null), "Principal": "*"})
    evidence = {"bucket.policy": policy, "bucket.encryption": {"algorithm": "AES256"}}
    request = {**PUT, "principal": USER, "context": {"s3:x-amz-server-side-encryption": None}}
    found = asked(refused("PutObject"), request=request, evidence=evidence)
    assert (found["decision"], found["layer"], found["kind"]) == ("denied", "bucket_policy", "explicit")


@pytest.mark.parametrize("operation", ["GetObject", "PutObject", "ListObjectsV2", "DeleteObject"])
def test_the_first_check_asks_who_calls(operation: str) -> None:
    check = asked(refused(operation), request={"bucket": "held-demo", "key": "k", "principal": ROLE})["causes"][0][
        "check"
    ]
    assert "is this the caller you expect" in check["what"]
    assert f"arn:aws:iam::{ACCOUNT}:role/app" in check["command"]


SCPS = "--filter SERVICE_CONTROL_POLICY"


@pytest.mark.parametrize(
    ("principal", "layer", "commands"),
    [
        (ROLE, "permissions_boundary", {"aws iam get-role --role-name app --query Role.PermissionsBoundary"}),
        (USER, "permissions_boundary", {"aws iam get-user --user-name u --query User.PermissionsBoundary"}),
        (None, "permissions_boundary", {"aws iam get-role --role-name ROLE --query Role.PermissionsBoundary"}),
        (USER, "scp", {f"aws organizations list-policies-for-target --target-id {ACCOUNT} {SCPS}"}),
        (None, "scp", {f"aws organizations list-policies-for-target --target-id ACCOUNT {SCPS}"}),
    ],
)
def test_a_check_names_whom_the_principal_tells(principal: str | None, layer: str, commands: set[str]) -> None:
    why = {"scp": "service control policy", "permissions_boundary": "permissions boundary"}[layer]
    message = f"not authorized to perform: s3:GetObject because no {why} allows the s3:GetObject action"
    who = {"principal": principal} if principal else {}
    found = asked(refused("GetObject", message=f"User: *** is {message}"), request={**GET, **who})
    assert {each["check"]["command"] for each in found["causes"] if each["layer"] == layer} == commands


def test_the_check_of_an_ignored_public_acl_asks_about_that_setting() -> None:
    everyone = {"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}, "permission": "READ"}
    evidence = {
        "bucket.owner": ACCOUNT,
        "object.owner": ACCOUNT,
        "bucket.ownership": "ObjectWriter",
        "object.acl": {"owner": ACCOUNT, "grants": [everyone]},
        "bucket.public_access_block": {"IgnorePublicAcls": True},
    }
    request = {**GET, "principal": "anonymous", "evidence_is_complete": True}
    found = cause_of(asked(refused("GetObject"), request=request, evidence=evidence), "block_public_access")
    assert (found["kind"], found["likelihood"]) == ("implicit", "certain")
    assert "IgnorePublicAcls" in found["check"]["what"]


def test_naming_one_layer_does_not_hide_others() -> None:
    message = (
        f"User: {USER} is not authorized to perform: s3:GetObject with an explicit deny in a service control policy"
    )
    found = asked(refused("GetObject", message=message), request=dict(GET))
    assert layers(found)[0] == "scp"
    assert {"identity", "bucket_policy"} <= set(layers(found))


@pytest.mark.parametrize(
    ("time", "message", "first"),
    [
        ("2026-02-20T10:00:00Z", "Access Denied", "bucket_policy"),
        ("2025-07-01T00:00:00Z", "Access Denied", "bucket_policy"),
        ("2024-02-20T10:00:00Z", "Access Denied", "identity"),
        (
            "2026-02-20T10:00:00Z",
            (
                f"User: {USER} is not authorized to perform: s3:GetObject because no identity-based policy allows the "
                "s3:GetObject action"
            ),
            "identity",
        ),
    ],
)
def test_that_s3_gives_no_reason_is_a_reason(time: str, message: str, first: str) -> None:
    found = asked(event={**PLAIN, "eventTime": time, "errorMessage": message})
    assert layers(found)[0] == first
    assert {"identity", "bucket_policy"} <= set(layers(found))
    assert found["decision"] == "unknown"


def test_within_an_account_a_missing_reason_tells_nothing_of_owners() -> None:
    event = {**PLAIN, "eventTime": "2026-02-20T10:00:00Z", "errorMessage": "Access Denied"}
    assert layers(asked(event=event, evidence={"bucket.owner": ACCOUNT}))[0] == "identity"


def test_a_near_miss_outweighs_a_missing_reason() -> None:
    event = {**PLAIN, "eventTime": "2026-02-20T10:00:00Z", "errorMessage": "Access Denied"}
    policies = [document(allow("s3:GetObject", BUCKET))]
    assert layers(asked(event=event, evidence={"principal.policies": policies}))[0] == "identity"


def test_a_presigned_url_may_have_been_changed() -> None:
    url = (
        "https://held-demo.s3.eu-west-1.amazonaws.com/a/b.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
        "AKIAQQQQWWWWEEEERRRR%2F20240220%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20240220T101010Z&X-Amz-Expires=3600"
        f"&X-Amz-SignedHeaders=host&X-Amz-Signature={'ab' * 32}"
    )
    found = asked(f"GET {url}\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
    assert "authentication" in layers(found)[:2]
    assert "ab" * 32 not in str(found)


def test_what_cannot_be_seen_to_refuse_is_said_to_contradict() -> None:
    evidence = {"principal.policies": [document(allow("s3:*", "*"))], "bucket.owner": ACCOUNT, "bucket.policy": None}
    found = asked(
        refused("GetObject"), request={**GET, "principal": USER}, evidence=evidence, evidence_is_complete=True
    )
    assert (found["decision"], found["certainty"]) == ("allowed", "contradicted")
    assert found["causes"]
    assert ("identity", "implicit") not in [(each["layer"], each["kind"]) for each in found["causes"]]
