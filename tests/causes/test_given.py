"""Causes where part of the evidence is given: what it allows is not blamed, and what nobody sends comes last."""

from typing import Any

import pytest

from tests.causes.asking import (
    ACCOUNT,
    BUCKET,
    GET,
    OTHER_ACCOUNT,
    PUT,
    ROLE,
    USER,
    allow,
    asked,
    cause_of,
    deny,
    document,
    refused,
)

ITS_ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SERVICE = "delivery.logs.amazonaws.com"
ANY_OBJECT = f"{BUCKET}/*"


def first(operation: str, evidence: dict[str, Any], principal: str = USER, **more: Any) -> dict[str, Any]:
    request = {"principal": principal, "operation": operation, "bucket": "held-demo", "key": "a.png", **more}
    found: dict[str, Any] = asked(refused(operation), request=request, evidence=evidence)["causes"][0]
    return found


def lets_in(who: Any, action: str = "s3:GetObject", **more: Any) -> dict[str, Any]:
    return document({**allow(action, ANY_OBJECT), "Principal": who, **more})


def test_a_policy_that_lets_in_everybody_is_not_what_keeps_out_who_is_anonymous() -> None:
    found = first("GetObject", {"bucket.policy": lets_in("*")}, "anonymous")
    assert (found["layer"], found["kind"]) == ("block_public_access", "explicit")


OWN_PUT = [document(allow("s3:PutObject", "*"))]
UNENCRYPTED = {"Null": {"s3:x-amz-server-side-encryption": "true"}}
OUTSIDE = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}


@pytest.mark.parametrize(("principal", "named"), [(USER, USER), (ROLE, ITS_ROLE), (ITS_ROLE, ITS_ROLE)])
@pytest.mark.parametrize("more", [{}, {"bucket.owner": OTHER_ACCOUNT}, {"principal.policies": []}])
def test_a_bucket_policy_that_names_the_caller_is_not_what_refuses_it(
    principal: str, named: str, more: dict[str, Any]
) -> None:
    found = first("GetObject", {"bucket.policy": lets_in({"AWS": named}), **more}, principal)
    assert (found["layer"], found["kind"]) == ("identity", "implicit")


@pytest.mark.parametrize("operation", ["PutObject", "CreateMultipartUpload"])
def test_what_would_only_be_needed_for_a_header_that_nobody_mentions_is_not_the_first_cause(operation: str) -> None:
    found = first(operation, {"principal.policies": OWN_PUT})
    assert (found["layer"], found["missing_action"]) == ("bucket_policy", "s3:PutObject")


def test_a_header_that_is_sent_is_needed() -> None:
    acl = {"ACL": "public-read"}
    found = first("PutObject", {"principal.policies": OWN_PUT, "bucket.owner": ACCOUNT}, parameters=acl)
    assert (found["layer"], found["missing_action"]) == ("identity", "s3:PutObjectAcl")


def test_where_nothing_else_lacks_an_allow_the_header_s_is_told_with_its_action() -> None:
    request = {"principal": USER, "operation": "PutObject", "bucket": "held-demo", "key": "a.png"}
    found = asked(refused("PutObject"), request=request, evidence={"principal.policies": OWN_PUT})
    own = next(each for each in found["causes"] if (each["layer"], each["kind"]) == ("identity", "implicit"))
    assert (own["missing_action"], own["likelihood"]) == ("s3:PutObjectAcl", "possible")


@pytest.mark.parametrize("condition", [UNENCRYPTED, OUTSIDE])
@pytest.mark.parametrize("more", [{}, {"bucket.owner": ACCOUNT}])
def test_a_deny_that_hangs_on_what_the_call_sends_comes_first(condition: Any, more: dict[str, Any]) -> None:
    held = document({**deny("s3:PutObject", ANY_OBJECT), "Principal": "*", "Condition": condition})
    found = first("PutObject", {"principal.policies": OWN_PUT, "bucket.policy": held, **more})
    assert (found["layer"], found["kind"]) == ("bucket_policy", "explicit")


def test_the_key_that_a_bucket_encrypts_with_is_needed_unless_the_call_says_otherwise() -> None:
    encrypted = {"bucket.encryption": {"algorithm": "aws:kms", "key": KEY}}
    found = first("PutObject", {"principal.policies": OWN_PUT, **encrypted})
    assert (found["layer"], found["missing_action"]) == ("kms", "kms:GenerateDataKey")


@pytest.mark.parametrize(
    ("principal", "words"), [(SERVICE, "does not allow the service to"), ("anonymous", "the call is not signed")]
)
def test_who_has_no_policies_of_its_own_is_not_told_to_change_them(principal: str, words: str) -> None:
    request = {"principal": principal, "operation": "PutObject", "bucket": "held-demo", "key": "a"}
    found = asked(refused("PutObject"), request=request)["causes"]
    assert (found[0]["layer"], found[0]["kind"]) == ("bucket_policy", "implicit")
    assert words in found[0]["because"]
    assert {each["layer"] for each in found}.isdisjoint({"identity", "permissions_boundary", "session_policy", "scp"})


def test_a_service_s_allow_that_hangs_on_whom_it_acts_for_speaks_for_the_bucket_s_policy() -> None:
    held = lets_in({"Service": SERVICE}, "s3:PutObject", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})
    found = first("PutObject", {"bucket.policy": held}, SERVICE)
    assert (found["layer"], found["kind"], found["missing_action"]) == ("bucket_policy", "implicit", "s3:PutObject")


def a_record(owner: str) -> dict[str, Any]:
    return {
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutObject",
        "eventTime": "2026-11-20T09:14:33Z",
        "userIdentity": {"type": "IAMUser", "arn": USER, "accountId": ACCOUNT},
        "errorCode": "AccessDenied",
        "errorMessage": "Access Denied",
        "requestParameters": {"bucketName": "held-demo", "key": "a.png"},
        "resources": [{"accountId": owner, "type": "AWS::S3::Bucket", "ARN": BUCKET}],
    }


def test_whose_the_bucket_is_is_taken_from_the_record() -> None:
    own = asked(event=a_record(ACCOUNT))["causes"]
    assert own[0]["layer"] == "identity"
    assert "somebody else" not in str(own)
    assert asked(event=a_record(OTHER_ACCOUNT))["causes"][0]["layer"] == "bucket_policy"


@pytest.mark.parametrize(
    "members", [{"evidence": {"bucket.owner": OTHER_ACCOUNT}}, {"request": {"bucket": "another", "key": "a"}}]
)
def test_the_record_does_not_overrule_what_is_given_nor_tell_of_another_bucket(members: dict[str, Any]) -> None:
    assert "within an account" not in str(asked(event=a_record(ACCOUNT), **members)["causes"])


@pytest.mark.parametrize(
    "text",
    [
        "Access Denied for bucket: lake-balancer. Please check S3bucket permission",
        "Access Denied for LogDestination: lake-flow. Please check LogDestination permission",
        "Could not write to bucket: lake-mail (Service: AmazonSimpleEmailService; Status Code: 400)",
        "(InsufficientS3BucketPolicyException) Incorrect S3 bucket policy is detected for bucket: lake-trail",
    ],
)
def test_a_service_that_may_not_deliver_its_logs_is_let_in_by_the_bucket_s_policy(text: str) -> None:
    found = asked(text)["causes"][0]
    assert (found["layer"], found["kind"], found["missing_action"]) == ("bucket_policy", "implicit", "s3:PutObject")


ALL_OF_S3 = [document(allow("s3:*", "*"))]
READ_ONLY = document(allow(["s3:Get*", "s3:List*"], "*"))
AT_HOME = {"bucket.owner": ACCOUNT, "bucket.policy": None, "organization.scps": None}


@pytest.mark.parametrize(
    ("limit", "fact"), [("permissions_boundary", "principal.boundary"), ("session_policy", "session.policies")]
)
def test_a_limit_that_takes_back_what_is_granted_stands_first(limit: str, fact: str) -> None:
    held = READ_ONLY if limit == "permissions_boundary" else [READ_ONLY]
    evidence = {**AT_HOME, "principal.policies": ALL_OF_S3, fact: held}
    found = asked(refused("PutObject"), request={**PUT, "principal": ROLE}, evidence=evidence)
    first = found["causes"][0]
    assert (found["decision"], first["layer"], first["kind"], first["likelihood"]) == (
        "unknown",
        limit,
        "implicit",
        "likely",
    )
    assert "statement 1 comes closest" in first["because"]


def test_a_limit_that_would_take_back_what_may_be_granted_is_told() -> None:
    evidence = {**AT_HOME, "principal.boundary": READ_ONLY}
    found = asked(refused("PutObject"), request={**PUT, "principal": ROLE}, evidence=evidence)
    assert cause_of(found, "permissions_boundary")["likelihood"] == "likely"


def test_in_one_account_no_second_grant_is_missed() -> None:
    evidence = {**AT_HOME, "principal.policies": ALL_OF_S3}
    put = asked(refused("PutObject"), request={**PUT, "principal": USER}, evidence=evidence)
    assert ("bucket_policy", "implicit") not in [(each["layer"], each["kind"]) for each in put["causes"]]
    get = asked(refused("GetObject"), request={**GET, "principal": USER}, evidence=evidence)
    assert ("bucket_policy", "implicit") not in [(each["layer"], each["kind"]) for each in get["causes"]]
    away = {**evidence, "bucket.owner": OTHER_ACCOUNT}
    assert cause_of(asked(refused("PutObject"), request={**PUT, "principal": USER}, evidence=away), "bucket_policy")


LOGS = document(allow("s3:DeleteObject", f"{BUCKET}/logs/*"))


def test_of_many_objects_the_one_that_is_refused_is_told() -> None:
    request = {
        "principal": USER,
        "operation": "DeleteObjects",
        "bucket": "held-demo",
        "parameters": {"Delete": {"Objects": [{"Key": "logs/a"}, {"Key": "audit/b"}]}},
    }
    found = asked(request=request, evidence={"principal.policies": [LOGS]}, evidence_is_complete=True)
    first = found["causes"][0]
    assert (first["likelihood"], first["missing_action"]) == ("certain", "s3:DeleteObject")
    assert found["understood"]["resource"] == BUCKET
    assert f"{BUCKET}/audit/b" in first["fix"]["summary"]
    assert first["check"]["command"].endswith(f"--resource-arns {BUCKET}/audit/b")


@pytest.mark.parametrize(
    ("operation", "held", "missing"),
    [
        ("CompleteMultipartUpload", "kms:GenerateDataKey", "kms:Decrypt"),
        ("PutObject", "kms:Decrypt", "kms:GenerateDataKey"),
    ],
)
@pytest.mark.parametrize("complete", [True, False])
def test_of_what_a_key_is_asked_for_the_refused_is_told(
    operation: str, held: str, missing: str, *, complete: bool
) -> None:
    evidence = {
        **AT_HOME,
        "principal.policies": [*ALL_OF_S3, document(allow(held, "*"))],
        "bucket.encryption": {"algorithm": "aws:kms", "key": KEY},
        "kms.key_policy": document({**allow("kms:*", "*"), "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}),
    }
    found = asked(
        refused(operation),
        request={**PUT, "operation": operation, "principal": USER},
        evidence=evidence,
        evidence_is_complete=complete,
    )
    first = found["causes"][0]
    assert (first["layer"], first["kind"], first["missing_action"]) == ("kms", "implicit", missing)
    assert f"allow {missing} on {KEY}" in first["fix"]["summary"]
    assert first["check"]["command"].endswith(f"--action-names {missing} --resource-arns {KEY}")


def test_what_the_call_may_not_need_is_not_told_as_checked() -> None:
    evidence = {**AT_HOME, "principal.policies": ALL_OF_S3}
    found = asked(refused("PutObject"), request={**PUT, "principal": USER}, evidence=evidence)
    told = {each["because"].rpartition(" ")[2] for each in found["passed"] if each["layer"] == "identity"}
    assert told == {"s3:PutObject"}


def kinds(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["layer"], each["kind"]) for each in found["causes"]]


@pytest.mark.parametrize(
    ("operation", "evidence", "parameters"),
    [
        ("GetObject", {"object.encryption": None}, {}),
        ("GetObject", {"object.encryption": {"algorithm": "AES256"}}, {}),
        ("PutObject", {"bucket.encryption": {"algorithm": "AES256"}}, {}),
        ("PutObject", {}, {"ServerSideEncryption": "AES256"}),
    ],
)
def test_where_no_key_is_used_none_is_blamed(
    operation: str, evidence: dict[str, Any], parameters: dict[str, Any]
) -> None:
    request = {**GET, "operation": operation, "principal": USER}
    assert ("kms", "implicit") in kinds(asked(refused(operation), request=request))
    given = asked(refused(operation), request={**request, "parameters": parameters}, evidence=evidence)
    assert ("kms", "implicit") not in kinds(given)


def test_to_a_caller_who_may_list_a_missing_object_is_no_refusal() -> None:
    missing = ("object_state", "requirement")
    evidence = {**AT_HOME, "principal.policies": ALL_OF_S3, "session.policies": None, "principal.boundary": None}
    request = {**GET, "principal": USER}
    known = {
        **evidence,
        "organization.rcps": None,
        "vpc_endpoint.policy": None,
        "bucket.ownership": "BucketOwnerEnforced",
    }
    assert missing not in kinds(asked(refused("GetObject"), request=request, evidence=known))
    perhaps = asked(refused("GetObject"), request=request, evidence={**known, "organization.scps": {"unknown": True}})
    assert kinds(perhaps).index(("scp", "explicit")) < kinds(perhaps).index(missing)
    narrow = {**known, "principal.policies": [document(allow("s3:GetObject", "*"))]}
    assert missing in kinds(asked(refused("GetObject"), request=request, evidence=narrow))


def test_where_the_evidence_leaves_no_cause_that_is_said() -> None:
    found = asked(
        refused("GetObject"),
        request={**GET, "principal": USER},
        evidence={**AT_HOME, "principal.policies": ALL_OF_S3},
        evidence_is_complete=True,
    )
    (only,) = found["causes"]
    assert (found["certainty"], only["layer"], only["likelihood"]) == ("contradicted", "authentication", "possible")
    assert "another caller, object or time" in only["because"]


def test_a_call_that_was_answered_is_not_told_as_refused() -> None:
    record = a_record(ACCOUNT)
    answered = {name: held for name, held in record.items() if not name.startswith("error")}
    line = (
        f"{'79a5' * 16} held-demo [06/Feb/2026:00:00:38 +0000] 192.0.2.3 - 3E57427F3EXAMPLE REST.GET.OBJECT a.png "
        '"GET /held-demo/a.png HTTP/1.1" 200 - 113 113 7 - "-" "S3Console/0.4" -'
    )
    for found in (asked(event=answered), asked(line)):
        assert found["summary"].endswith("was not refused: the report tells of no error.")
        assert found["understood"]["succeeded"] is True
        assert "not refused" in found["causes"][0]["because"]
    assert asked(event=record)["understood"]["succeeded"] is False


def test_what_is_not_known_is_told_together_in_the_words_of_a_diagnosis() -> None:
    """The message joins what the engine says one by one: it knows those sentences by their form."""
    evidence = {**AT_HOME, "principal.policies": ALL_OF_S3, "principal.boundary": READ_ONLY}
    told = asked(refused("PutObject"), request={**PUT, "principal": USER}, evidence=evidence)["explanation"]["markdown"]
    assert "- not known: `organization.rcps`, " in told
    assert "or `s3:PutObjectLegalHold`, which would be denied." in told
