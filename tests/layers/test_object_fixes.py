"""What would let calls be made on objects as they are: each requirement, who meets it, and how."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import pytest

from tests.layers.tables import BUCKET, HOME, OBJECT, ROOT, USER, allow, policy
from tests.layers.trying import Tried, body, faults, parameters, tried
from why403.domain.fix import NOTHING, Applicability

MANUAL, REVIEW = Applicability.MANUAL, Applicability.REVIEW
NOW, SOON = "2026-06-01T12:00:00Z", "2026-07-01T00:00:00+00:00"
ALL: Final = {"bucket.owner": HOME, "principal.policies": [policy(allow("s3:*"), allow("kms:*"))]}
TAGS: Final = [{"Key": "team", "Value": "data"}]


class Row(NamedTuple):
    """A call, what is known of its object or bucket, and what is proposed."""

    operation: str
    facts: dict[str, Any]
    who: str
    edits: Mapping[str, Any] = NOTHING
    call: Mapping[str, Any] = NOTHING
    time: str | None = None
    commands: tuple[tuple[str, dict[str, Any]], ...] = ()
    parameters: Mapping[str, Any] = NOTHING
    applicability: Applicability = MANUAL
    resource: str = OBJECT
    principal: str = USER


def on(**more: Any) -> dict[str, Any]:
    """Return the parameters of a command about the object."""
    return {"Bucket": "reports", "Key": "q3.csv", **more}


def at(row: Row, **more: Any) -> list[Tried]:
    """Return what is proposed for a row's call."""
    request = {
        "principal": row.principal,
        "operation": row.operation,
        "resource": row.resource,
        "parameters": dict(row.parameters),
        "time": NOW,
        "evidence": {**ALL, **row.facts},
        "evidence_is_complete": True,
        **more,
    }
    return list(tried(body(request), "object_state"))


GOVERNED: Final = {"mode": "GOVERNANCE", "retain_until": SOON, "legal_hold": False}
KEPT: Final = {**GOVERNED, "mode": "COMPLIANCE"}
V7: Final = {"VersionId": "v7"}
PLAIN: Final = {**V7, "BypassGovernanceRetention": False}
UNCONFIRMED: Final = {**V7, "MFA": None}
MFA_ON: Final = {"bucket.versioning": {"status": "Enabled", "mfa_delete": True}}
SSE_C: Final = {"SSECustomerAlgorithm": "AES256"}
LIST: Final = ("ListObjectsV2", {"Bucket": "reports", "Prefix": "q3.csv"})
VERSIONS: Final = ("ListObjectVersions", {"Bucket": "reports", "Prefix": "q3.csv"})
HEAD: Final = ("HeadObject", on())
STANDARD_TIER: Final = {"Days": 7, "GlacierJobParameters": {"Tier": "Standard"}}
READER, OWNER = "a reader who may restore it (s3:RestoreObject)", "the root user of the bucket owner's account"
VERSION_DELETER = "whoever may delete versions of the object (s3:DeleteObjectVersion)"
HOLDER = "whoever may decide on legal holds (s3:PutObjectLegalHold)"
BYPASSER = "whoever may bypass retention (s3:BypassGovernanceRetention)"
TAGGER = "whoever may change the bucket's tags (s3:TagResource, s3:UntagResource)"
AFTERWARDS = "the caller, once the retention has ended"
WRITER = "the caller, or whoever writes the object"

ROWS: Final[dict[str, Row]] = {
    "a missing object is put there, or its key corrected": Row(
        "GetObject", {"object.exists": False}, WRITER, edits={"object.exists": True}, commands=(LIST,)
    ),
    "a missing object that no delete marker hides is put there": Row(
        "GetObject",
        {"object.exists": False, "object.delete_marker": False},
        WRITER,
        edits={"object.exists": True},
        commands=(LIST,),
    ),
    "a delete marker is deleted, by its own version": Row(
        "GetObject",
        {"object.exists": False, "object.delete_marker": True},
        VERSION_DELETER,
        edits={"object.delete_marker": False, "object.exists": True},
        commands=(VERSIONS, ("DeleteObject", on(VersionId="ID_OF_THE_DELETE_MARKER"))),
    ),
    "a delete marker that is told for an object": Row(
        "HeadObject",
        {"object.exists": True, "object.delete_marker": True},
        VERSION_DELETER,
        edits={"object.delete_marker": False},
        commands=(VERSIONS, ("DeleteObject", on(VersionId="ID_OF_THE_DELETE_MARKER"))),
    ),
    "a version that there is not is another's to name": Row(
        "GetObject", {"object.exists": False}, "the caller", parameters=V7, commands=(VERSIONS,)
    ),
    "an archived object is restored for some days": Row(
        "GetObject",
        {"object.storage_class": "DEEP_ARCHIVE"},
        READER,
        edits={"object.storage_class": {"class": "DEEP_ARCHIVE", "restored": True}},
        commands=(("RestoreObject", on(RestoreRequest=STANDARD_TIER)), HEAD),
    ),
    "an archived version is restored by its id": Row(
        "GetObject",
        {"object.storage_class": {"class": "GLACIER", "restored": False}},
        READER,
        parameters=V7,
        edits={"object.storage_class": {"class": "GLACIER", "restored": True}},
        commands=(("RestoreObject", on(**V7, RestoreRequest=STANDARD_TIER)), ("HeadObject", on(**V7))),
    ),
    "what a tier of Intelligent-Tiering archived comes back for good": Row(
        "GetObject",
        {"object.storage_class": {"class": "INTELLIGENT_TIERING", "archive_status": "ARCHIVE_ACCESS"}},
        READER,
        edits={
            "object.storage_class": {
                "class": "INTELLIGENT_TIERING",
                "archive_status": "ARCHIVE_ACCESS",
                "restored": True,
            }
        },
        commands=(("RestoreObject", on(RestoreRequest={"GlacierJobParameters": {"Tier": "Standard"}})), HEAD),
    ),
    "what is no archive needs no restoring": Row(
        "RestoreObject", {"object.storage_class": "STANDARD"}, "the caller", commands=(HEAD,)
    ),
    "a legal hold is taken off by whoever may": Row(
        "DeleteObject",
        {"object.lock": {"legal_hold": True}},
        HOLDER,
        parameters=V7,
        edits={"object.lock": {"legal_hold": False}},
        commands=(("PutObjectLegalHold", on(**V7, LegalHold={"Status": "OFF"})),),
    ),
    "compliance mode ends, and nothing else does it": Row(
        "DeleteObject",
        {"object.lock": KEPT},
        AFTERWARDS,
        parameters=V7,
        time=SOON,
        commands=(("GetObjectRetention", on(**V7)),),
    ),
    "a retention in compliance mode is not shortened either": Row(
        "PutObjectRetention",
        {"object.lock": KEPT},
        AFTERWARDS,
        parameters={"Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": "2026-06-02T00:00:00Z"}},
        time=SOON,
        commands=(("GetObjectRetention", on()),),
    ),
    "MFA Delete asks the root user for a code": Row(
        "DeleteObject",
        MFA_ON,
        OWNER,
        parameters=UNCONFIRMED,
        call={"MFA": "SERIAL CODE"},
        commands=(("DeleteObject", on(**V7, MFA="SERIAL CODE")),),
    ),
    "MFA Delete asks for one code to delete a list of versions": Row(
        "DeleteObjects",
        MFA_ON,
        OWNER,
        parameters={"Delete": {"Objects": [{"Key": "q3.csv", **V7}]}, "MFA": None},
        call={"MFA": "SERIAL CODE"},
        commands=(
            (
                "DeleteObjects",
                {"Bucket": "reports", "Delete": {"Objects": [{"Key": "q3.csv", **V7}]}, "MFA": "SERIAL CODE"},
            ),
        ),
        resource=BUCKET,
    ),
    "MFA Delete asks for a code to change versioning": Row(
        "PutBucketVersioning",
        MFA_ON,
        OWNER,
        parameters={"VersioningConfiguration": {"Status": "Suspended"}, "MFA": None},
        call={"MFA": "SERIAL CODE"},
        commands=(
            (
                "PutBucketVersioning",
                {"Bucket": "reports", "VersioningConfiguration": {"Status": "Suspended"}, "MFA": "SERIAL CODE"},
            ),
        ),
        resource=BUCKET,
    ),
    "MFA Delete is root's to switch": Row(
        "PutBucketVersioning",
        {"bucket.versioning": {"status": "Enabled"}},
        OWNER,
        parameters={
            "VersioningConfiguration": {"Status": "Enabled", "MFADelete": "Enabled"},
            "MFA": "arn:aws:iam::111122223333:mfa/root 123456",
        },
        call={"MFA": "SERIAL CODE"},
        commands=(
            (
                "PutBucketVersioning",
                {
                    "Bucket": "reports",
                    "VersioningConfiguration": {"Status": "Enabled", "MFADelete": "Enabled"},
                    "MFA": "SERIAL CODE",
                },
            ),
        ),
        resource=BUCKET,
    ),
    "what is there is overwritten only by who says so": Row(
        "PutObject",
        {"object.exists": True},
        "the caller",
        parameters={"IfNoneMatch": "*"},
        call={"IfNoneMatch": None},
        commands=(HEAD,),
    ),
    "tags that give access are changed by TagResource": Row(
        "PutBucketTagging",
        {"bucket.abac": True},
        TAGGER,
        parameters={"Tagging": {"TagSet": TAGS}},
        commands=(("TagResource", {"AccountId": HOME, "ResourceArn": BUCKET, "Tags": TAGS}),),
        resource=BUCKET,
    ),
    "tags that nobody told are left to be filled in": Row(
        "PutBucketTagging",
        {"bucket.abac": True},
        TAGGER,
        commands=(
            ("TagResource", {"AccountId": HOME, "ResourceArn": BUCKET, "Tags": [{"Key": "KEY", "Value": "VALUE"}]}),
        ),
        resource=BUCKET,
    ),
    "tags that give access are removed by UntagResource": Row(
        "DeleteBucketTagging",
        {"bucket.abac": True},
        TAGGER,
        commands=(("UntagResource", {"AccountId": HOME, "ResourceArn": BUCKET, "TagKeys": ["KEY"]}),),
        resource=BUCKET,
    ),
}


def commands(each: Tried) -> list[tuple[str, dict[str, Any]]]:
    """Return the commands among the steps of a fix."""
    lines = [line for line in each.fix.steps if line.startswith("aws ")]
    names = ["".join(word.capitalize() for word in line.split()[2].split("-")) for line in lines]
    return [(name, parameters(line)) for name, line in zip(names, lines, strict=True)]


def sole(found: Sequence[Tried]) -> Tried:
    (each,) = found
    return each


@pytest.mark.parametrize("name", ROWS)
def test_a_requirement_is_met_by_somebody(name: str) -> None:
    row = ROWS[name]
    each = sole(at(row))
    assert list(faults(each)) == []
    assert each.fix.who == row.who
    assert each.fix.applicability is row.applicability
    assert {edit.fact: edit.after for edit in each.fix.edits} == row.edits
    assert each.fix.call == dict(row.call)
    assert each.fix.request.get("time") == row.time
    assert (each.fix.request.get("principal") == ROOT) is (row.who == OWNER)
    assert row.who != OWNER or not each.stands
    assert commands(each) == list(row.commands)


def test_a_legal_hold_can_be_put_back() -> None:
    each = sole(at(ROWS["a legal hold is taken off by whoever may"]))
    how, _, command = each.fix.steps[1].partition(": ")
    assert how == "to take it back"
    assert parameters(command) == on(**V7, LegalHold={"Status": "ON"})


def test_governance_is_bypassed_by_who_may_or_waited_for() -> None:
    bypassed, waited = at(Row("DeleteObject", {"object.lock": GOVERNED}, "", parameters=PLAIN))
    assert bypassed.fix.call == {"BypassGovernanceRetention": True}
    assert bypassed.fix.summary == (
        "say that the retention is to be bypassed (x-amz-bypass-governance-retention: true)"
    )
    assert bypassed.fix.who == BYPASSER
    assert waited.fix.request == {"time": SOON}
    assert not bypassed.stands
    assert not waited.stands


def test_a_bypass_needs_its_own_permission() -> None:
    row = Row("DeleteObject", {"object.lock": GOVERNED}, "", parameters=PLAIN)
    few = policy(allow("s3:DeleteObject"), allow("s3:DeleteObjectVersion"))
    bypassed, _ = at(row._replace(facts={**row.facts, "principal.policies": [few]}))
    assert [each.leg.ruled.request.action for each in bypassed.decided.blockers] == ["s3:BypassGovernanceRetention"]


def test_keys_of_the_customer_s_own_are_not_sent_or_let_in_again() -> None:
    blocked = {"bucket.encryption": {"algorithm": "aws:kms", "key": "alias/app", "blocked": ["SSE-C"]}}
    without, unblocked = at(Row("PutObject", blocked, "", parameters=SSE_C))
    assert without.fix.applicability is REVIEW
    assert without.fix.call == dict.fromkeys(("SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5"))
    assert not without.stands
    assert unblocked.fix.edits[0].after == {**blocked["bucket.encryption"], "blocked": ["NONE"]}
    ((_, sent),) = commands(unblocked)
    assert sent["ServerSideEncryptionConfiguration"] == {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/app"},
                "BucketKeyEnabled": False,
                "BlockedEncryptionTypes": {"EncryptionType": ["NONE"]},
            }
        ]
    }
    assert [list(faults(each)) for each in (without, unblocked)] == [[], []]


def test_the_bucket_is_not_opened_to_such_keys_where_its_encryption_is_not_known_whole() -> None:
    (without,) = at(Row("PutObject", {"bucket.encryption": {"blocked": ["SSE-C"]}}, "", parameters=SSE_C))
    assert without.fix.edits == ()


def test_what_goes_through_an_access_point_is_named_by_it() -> None:
    point = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/in"
    facts = {
        "object.exists": False,
        "access_point.bucket": "reports",
        "access_point.owner": HOME,
        "access_point.network_origin": "Internet",
    }
    each = sole(at(Row("GetObject", facts, WRITER, resource=f"{point}/object/q3.csv")))
    assert commands(each) == [("ListObjectsV2", {"Bucket": point, "Prefix": "q3.csv"})]


def test_the_source_of_a_copy_is_restored_and_not_what_is_written() -> None:
    row = Row(
        "CopyObject",
        {"source.object.storage_class": "GLACIER", "source.bucket.owner": HOME},
        READER,
        parameters={"CopySource": "old/a b.csv"},
    )
    each = sole(at(row))
    assert [edit.fact for edit in each.step.edits()] == ["source.object.storage_class"]
    assert commands(each)[0] == (
        "RestoreObject",
        {"Bucket": "old", "Key": "a b.csv", "RestoreRequest": STANDARD_TIER},
    )
    assert list(faults(each)) == []


def test_each_of_several_objects_has_its_own_hold() -> None:
    row = Row(
        "DeleteObjects",
        {"objects": {"a": {"object.lock": {"legal_hold": True}}, "b": {"object.lock": None}}},
        HOLDER,
        parameters={"Delete": {"Objects": [{"Key": "a", "VersionId": "1"}, {"Key": "b", "VersionId": "2"}]}},
        resource=BUCKET,
    )
    each = sole(at(row))
    assert each.step.key == "a"
    assert commands(each) == [
        ("PutObjectLegalHold", {"Bucket": "reports", "Key": "a", "VersionId": "1", "LegalHold": {"Status": "OFF"}})
    ]
    assert list(faults(each)) == []


def test_root_of_another_account_is_not_known_well_enough_to_be_proven() -> None:
    row = Row("DeleteObject", {**MFA_ON, "bucket.owner": "444455556666"}, OWNER, parameters=UNCONFIRMED)
    assert [(each.fix.call, each.fix.request) for each in at(row)] == [({}, {})]


def test_root_with_a_code_deletes_what_mfa_delete_keeps() -> None:
    row = Row("DeleteObject", MFA_ON, OWNER, parameters={**V7, "MFA": "serial 123456"}, principal=ROOT)
    assert at(row) == []


@pytest.mark.parametrize("fact", ["object.exists", "object.storage_class", "object.delete_marker"])
def test_nothing_is_proposed_for_what_is_not_known(fact: str) -> None:
    assert at(Row("GetObject", {fact: {"unknown": True}}, "")) == []
