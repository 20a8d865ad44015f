"""The states of objects as facts: their shapes, and what is read of which call."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.layers.reading_s3 import plain
from tests.layers.tables import BUCKET, HOME, OBJECT, USER, layer
from why403 import ABSENT, AccessRequest, AwsCall, Call, Fact, Found, InvalidInput, Observation, Read, Unreadable
from why403.collecting.objects import HEAD_OBJECT
from why403.domain.evidence import SOURCE
from why403.domain.facts import BUCKET_OWNER
from why403.domain.states import Lock, Storage, Versioning
from why403.domain.truth import FALSE, UNKNOWN, Truth
from why403.testing import a_request, collected
from why403_layers.objects import (
    DELETE_MARKER,
    EXISTS,
    GET_HOLD,
    GET_LOCKING,
    GET_RETENTION,
    GET_VERSIONING,
    LOCK,
    STORAGE_CLASS,
    VERSIONING,
)

GOOD: list[tuple[Fact[Any], Any]] = [
    (EXISTS, False),
    (DELETE_MARKER, True),
    (STORAGE_CLASS, "GLACIER"),
    (STORAGE_CLASS, {"class": "GLACIER", "archive_status": None, "restored": False}),
    (STORAGE_CLASS, {"class": "INTELLIGENT_TIERING", "archive_status": "DEEP_ARCHIVE_ACCESS"}),
    (LOCK, {"mode": "GOVERNANCE", "retain_until": "2099-01-01T00:00:00Z", "legal_hold": False}),
    (LOCK, {"mode": None, "retain_until": None, "legal_hold": True}),
    (LOCK, {"mode": "COMPLIANCE"}),
    (VERSIONING, {"status": "Enabled", "mfa_delete": True}),
    (VERSIONING, {"status": None}),
]
BAD: list[tuple[Fact[Any], Any, list[str]]] = [
    (EXISTS, "false", [""]),
    (EXISTS, 0, [""]),
    (DELETE_MARKER, "true", [""]),
    (STORAGE_CLASS, "GLACEIR", [""]),
    (STORAGE_CLASS, True, [""]),
    (STORAGE_CLASS, {"class": "glacier"}, ["/class"]),
    (STORAGE_CLASS, {"archive_status": "x"}, [""]),
    (STORAGE_CLASS, {"class": "GLACIER", "archive_status": "x", "restored": "no"}, ["/archive_status", "/restored"]),
    (LOCK, True, [""]),
    (
        LOCK,
        {"mode": "governance", "retain_until": "soon", "legal_hold": "ON"},
        ["/mode", "/retain_until", "/legal_hold"],
    ),
    (LOCK, {"Mode": "GOVERNANCE"}, ["/Mode"]),
    (VERSIONING, "Enabled", [""]),
    (VERSIONING, {"status": "On", "mfa_delete": "Enabled"}, ["/status", "/mfa_delete"]),
]


@pytest.mark.parametrize(("fact", "value"), GOOD, ids=lambda each: str(each)[:40])
def test_a_value_of_the_contracts_shape_is_taken(fact: Fact[Any], value: Any) -> None:
    assert isinstance(fact.observe(value), Found)


@pytest.mark.parametrize(("fact", "value", "pointers"), BAD, ids=lambda each: str(each)[:40])
def test_any_other_value_is_refused_where_it_is_wrong(fact: Fact[Any], value: Any, pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        fact.observe(value)
    assert [fault.pointer for fault in caught.value.faults] == pointers


def test_every_fact_is_in_both_tables() -> None:
    facts = {EXISTS, DELETE_MARKER, STORAGE_CLASS, LOCK, VERSIONING}
    assert {fact for fact, _ in GOOD} == {fact for fact, _, _ in BAD} == facts


# --- what is read -----------------------------------------------------------------------------------------------------

THERE: Final = {"ETag": '"0"'}
HEADERS: Final[set[Fact[Any]]] = {EXISTS, DELETE_MARKER, STORAGE_CLASS}
UNTIL: Final = "2099-01-01T00:00:00+00:00"


def asked(
    operation: str, action: str, *, unlisted: Truth = FALSE, resource: str = OBJECT, **parameters: Any
) -> AccessRequest:
    """Return one leg of a call that is read for."""
    call = Call(operation=operation, parameters=parameters, unlisted=unlisted)
    return a_request(action, principal=USER, resource=resource, rest="unknown", call=call)


def reading(call: AwsCall, **parameters: Any) -> Read:
    """Return a read in the account of the bucket's owner."""
    named = {"Bucket": "reports"} if call in {GET_LOCKING, GET_VERSIONING} else {"Bucket": "reports", "Key": "q3.csv"}
    return call.read(account=HOME, **named, **parameters)


def seen_of(request: AccessRequest, answers: Mapping[Read, Any]) -> Mapping[Fact[Any], Observation[Any]]:
    """Return what is collected of the object's state."""
    return collected(layer("object_state"), request, answers, facts={BUCKET_OWNER: HOME})


GET: Final = asked("GetObject", "s3:GetObject")
DELETE: Final = asked("DeleteObject", "s3:DeleteObjectVersion", VersionId="v7")
HEAD: Final = reading(HEAD_OBJECT.current)

STORED: dict[str, tuple[dict[str, Any], Storage]] = {
    "no class is the usual one": ({}, Storage(name="STANDARD", archive_status=None, restored=False)),
    "a class": ({"StorageClass": "GLACIER"}, Storage(name="GLACIER", archive_status=None, restored=False)),
    "a tier": (
        {"StorageClass": "INTELLIGENT_TIERING", "ArchiveStatus": "ARCHIVE_ACCESS"},
        Storage(name="INTELLIGENT_TIERING", archive_status="ARCHIVE_ACCESS", restored=False),
    ),
    "a copy that is there": (
        {"StorageClass": "GLACIER", "Restore": 'ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"'},
        Storage(name="GLACIER", archive_status=None, restored=True),
    ),
    "a copy on its way": (
        {"StorageClass": "DEEP_ARCHIVE", "Restore": 'ongoing-request="true"'},
        Storage(name="DEEP_ARCHIVE", archive_status=None, restored=False),
    ),
}


@pytest.mark.parametrize(("headers", "held"), STORED.values(), ids=STORED)
def test_the_headers_tell_that_it_is_there_and_where(headers: dict[str, Any], held: Storage) -> None:
    seen = seen_of(GET, {HEAD: {**THERE, **headers}})
    assert {fact: plain(each) for fact, each in seen.items()} == {
        EXISTS: True,
        DELETE_MARKER: False,
        STORAGE_CLASS: held,
    }


def test_only_who_may_list_is_told_that_it_is_missing() -> None:
    assert {call.absent for call in HEAD_OBJECT} == {("404",)}
    assert {call.beside for call in HEAD_OBJECT} == {("s3:ListBucket",)}
    seen = seen_of(GET, {HEAD: ABSENT})
    assert {fact: plain(each) for fact, each in seen.items()} == {EXISTS: False}


def test_headers_that_are_refused_are_not_known() -> None:
    seen = seen_of(GET, {HEAD: HEAD.unreadable("was refused", HOME)})
    assert set(seen) == HEADERS
    assert {plain(each) for each in seen.values()} == {"unreadable"}
    exists = seen[EXISTS]
    assert isinstance(exists, Unreadable)
    assert (exists.call, exists.permission, exists.account) == ("s3:HeadObject", "s3:GetObject", HOME)


def test_an_answer_without_the_headers_of_an_object_tells_nothing() -> None:
    assert {plain(each) for each in seen_of(GET, {HEAD: {"ContentType": "text/html"}}).values()} == {"unreadable"}


def test_a_class_that_is_not_known_hides_nothing_else() -> None:
    seen = {fact: plain(each) for fact, each in seen_of(GET, {HEAD: {**THERE, "StorageClass": "MOON"}}).items()}
    assert seen == {EXISTS: True, DELETE_MARKER: False, STORAGE_CLASS: "unreadable"}


def test_the_version_that_is_asked_for_is_read() -> None:
    request = asked("GetObject", "s3:GetObjectVersion", VersionId="v7")
    seen = seen_of(request, {reading(HEAD_OBJECT.version, VersionId="v7"): {**THERE, "StorageClass": "GLACIER"}})
    assert plain(seen[EXISTS]) is True


def test_which_version_is_to_be_restored_must_be_known() -> None:
    request = asked("RestoreObject", "s3:RestoreObject", unlisted=UNKNOWN)
    assert {plain(seen) for seen in seen_of(request, {HEAD: THERE}).values()} == {"unreadable"}


LOCKS: dict[str, tuple[Any, Any, Any, object]] = {
    "a bucket without locks": (ABSENT, None, None, "absent"),
    "an object without one": ({"ObjectLockEnabled": "Enabled"}, ABSENT, ABSENT, "absent"),
    "a retention": (
        {"ObjectLockEnabled": "Enabled"},
        {"Mode": "GOVERNANCE", "RetainUntilDate": UNTIL},
        ABSENT,
        ("GOVERNANCE", UNTIL, False),
    ),
    "a hold": ({"ObjectLockEnabled": "Enabled"}, ABSENT, {"Status": "ON"}, (None, None, True)),
    "a hold that was lifted": ({"ObjectLockEnabled": "Enabled"}, ABSENT, {"Status": "OFF"}, (None, None, False)),
    "both": (
        {"ObjectLockEnabled": "Enabled"},
        {"Mode": "COMPLIANCE", "RetainUntilDate": UNTIL},
        {"Status": "ON"},
        ("COMPLIANCE", UNTIL, True),
    ),
    "both, of a bucket that tells nothing": (
        Unreadable("refused"),
        {"Mode": "COMPLIANCE", "RetainUntilDate": UNTIL},
        {"Status": "OFF"},
        ("COMPLIANCE", UNTIL, False),
    ),
    "a retention that is refused": ({"ObjectLockEnabled": "Enabled"}, Unreadable("refused"), ABSENT, "unreadable"),
    "a hold that is refused": ({"ObjectLockEnabled": "Enabled"}, ABSENT, Unreadable("refused"), "unreadable"),
    "a retention that says nothing": ({"ObjectLockEnabled": "Enabled"}, {}, ABSENT, "unreadable"),
    "a hold that says nothing": ({"ObjectLockEnabled": "Enabled"}, ABSENT, {}, "unreadable"),
    "a mode that is none": (
        {"ObjectLockEnabled": "Enabled"},
        {"Mode": "PERHAPS", "RetainUntilDate": UNTIL},
        ABSENT,
        "unreadable",
    ),
}


@pytest.mark.parametrize(("locking", "retention", "hold", "means"), LOCKS.values(), ids=LOCKS)
def test_what_locks_a_version(locking: Any, retention: Any, hold: Any, means: object) -> None:
    answers = {
        reading(GET_LOCKING): locking,
        reading(GET_RETENTION, VersionId="v7"): retention,
        reading(GET_HOLD, VersionId="v7"): hold,
    }
    seen = plain(seen_of(DELETE, answers)[LOCK])
    if isinstance(seen, Lock):
        seen = (seen.mode, seen.retain_until and seen.retain_until.isoformat(), seen.legal_hold)
    assert seen == means


@pytest.mark.parametrize(
    ("told", "means"),
    [
        ({}, Versioning(status=None, mfa_delete=False)),
        ({"Status": "Enabled"}, Versioning(status="Enabled", mfa_delete=False)),
        ({"Status": "Suspended", "MFADelete": "Disabled"}, Versioning(status="Suspended", mfa_delete=False)),
        ({"Status": "Enabled", "MFADelete": "Enabled"}, Versioning(status="Enabled", mfa_delete=True)),
        (Unreadable("refused"), "unreadable"),
    ],
)
def test_whether_mfa_delete_is_on(told: Any, means: object) -> None:
    assert plain(seen_of(DELETE, {reading(GET_VERSIONING): told})[VERSIONING]) == means


def source_of(operation: str) -> AccessRequest:
    """Return the leg that reads the source of a copy."""
    request = asked(operation, "s3:GetObject", CopySource="reports/q3.csv")
    return AccessRequest(
        request.principal,
        request.action,
        request.resource,
        {},
        None,
        request.evidence,
        call=request.call,
        subject=SOURCE,
    )


LOOKED: Final[set[Fact[Any]]] = {EXISTS}  # the table says that there is no object, which nothing else is told of
WITH_LOCK: Final[set[Fact[Any]]] = {LOCK, VERSIONING}
TWICE: Final = {"Objects": [{"Key": "q3.csv", "VersionId": "v7"}, {"Key": "q3.csv", "VersionId": "v8"}]}
ONCE: Final = {"Objects": [{"Key": "q3.csv", "VersionId": "v7"}, {"Key": "a"}]}
WANTED: dict[str, tuple[AccessRequest, set[Fact[Any]]]] = {
    "a read": (GET, LOOKED),
    "the headers": (asked("HeadObject", "s3:GetObject"), LOOKED),
    "the tags": (asked("GetObjectTagging", "s3:GetObjectTagging"), LOOKED),
    "the source of a copy": (source_of("CopyObject"), LOOKED),
    "a restore": (asked("RestoreObject", "s3:RestoreObject"), LOOKED),
    "an upload": (asked("PutObject", "s3:PutObject"), set()),
    "an upload where there is none": (asked("PutObject", "s3:PutObject", IfNoneMatch="*"), LOOKED),
    "a deletion": (asked("DeleteObject", "s3:DeleteObject"), set()),
    "the deletion of a version": (DELETE, WITH_LOCK),
    "perhaps of a version": (asked("DeleteObject", "s3:DeleteObject", unlisted=UNKNOWN), WITH_LOCK),
    "several": (asked("DeleteObjects", "s3:DeleteObject", resource=BUCKET, Delete=ONCE), {VERSIONING}),
    "a retention": (asked("PutObjectRetention", "s3:PutObjectRetention"), {LOCK, EXISTS}),
    "versioning": (asked("PutBucketVersioning", "s3:PutBucketVersioning", resource=BUCKET), {VERSIONING}),
    "an object that is not named": (asked("GetObject", "s3:GetObject", resource=BUCKET), set()),
    "a version of one": (
        asked("DeleteObject", "s3:DeleteObjectVersion", resource=BUCKET, VersionId="v7"),
        {VERSIONING},
    ),
    "a bucket that is not named": (asked("PutBucketVersioning", "s3:PutBucketVersioning", resource="*"), set()),
    "a list": (asked("ListObjectsV2", "s3:ListBucket", resource=BUCKET), set()),
    "an action": (a_request(rest="unknown"), set()),
}


@pytest.mark.parametrize(("request_", "facts"), WANTED.values(), ids=WANTED)
def test_what_cannot_matter_is_not_read(request_: AccessRequest, facts: set[Fact[Any]]) -> None:
    assert set(seen_of(request_, {})) == facts


def test_a_version_that_may_be_deleted_has_a_lock_that_is_not_known() -> None:
    seen = seen_of(asked("DeleteObject", "s3:DeleteObject", unlisted=UNKNOWN), {})
    assert plain(seen[LOCK]) == "unreadable"


def test_of_two_versions_of_one_key_nothing_is_known() -> None:
    request = asked("DeleteObjects", "s3:DeleteObjectVersion", Delete=TWICE)
    assert plain(seen_of(request, {})[LOCK]) == "unreadable"
    once = asked("DeleteObjects", "s3:DeleteObjectVersion", Delete=ONCE)
    named = a_request(
        once.action, principal=USER, resource=OBJECT, rest="unknown", call=once.call, keys={"s3:VersionId": ["v7"]}
    )
    assert plain(seen_of(named, {reading(GET_LOCKING): ABSENT})[LOCK]) == "absent"
