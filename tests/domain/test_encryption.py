"""Which KMS key a call needs: the object's when it reads, the one it chooses or the bucket's when it writes."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import pytest

from why403.domain.operations import UNREAD, KeyUse, key_of, legs
from why403.domain.request import Call
from why403.domain.states import Encryption
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth

OBJECT = "arn:aws:s3:::reports/2026/q3.csv"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b"
OTHER = "arn:aws:kms:eu-west-1:111122223333:key/2c3d"
COPY = {"CopySource": "raw/k", "TaggingDirective": "REPLACE"}
BY_KMS = {"ServerSideEncryption": "aws:kms"}


def under(key: str | None = KEY, algorithm: str = "aws:kms", **more: Any) -> Encryption:
    return Encryption(algorithm=algorithm, key=key, **more)


READ, WRITTEN = {"object.encryption": under()}, {"bucket.encryption": under()}
PLAIN = {"object.encryption": under(None, "AES256"), "bucket.encryption": under(None, "AES256")}


def asked(operation: str, facts: Mapping[str, object], **parameters: Any) -> list[str]:
    """Return what S3 asks of KMS, with a mark where it may not."""
    found = [leg for leg in legs(operation, OBJECT, parameters, facts.get) if leg.under is not None]
    return [leg.subject + leg.action.removeprefix("kms:") + ("" if leg.needed == TRUE else "?") for leg in found]


def used(
    operation: str,
    facts: Mapping[str, object],
    sent: Mapping[str, object] | None = None,
    *,
    subject: str = "",
    unlisted: Truth = FALSE,
) -> KeyUse:
    """Return the key that a call uses."""
    parameters = sent or {}
    return key_of(Call(operation=operation, parameters=parameters, unlisted=unlisted), facts.get, subject)


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("GetObject", {}, ["Decrypt"]),
        ("GetObject", {"VersionId": "v"}, ["Decrypt"]),
        ("GetObjectAttributes", {}, ["Decrypt"]),
        ("SelectObjectContent", {}, ["Decrypt"]),
        ("HeadObject", {"ChecksumMode": "ENABLED"}, ["Decrypt"]),
        ("HeadObject", {}, []),
        ("GetObjectTagging", {}, []),
        ("DeleteObject", {}, []),
        ("PutObject", {}, []),
        ("UploadPart", {}, ["GenerateDataKey", "Decrypt"]),
        ("CompleteMultipartUpload", {}, ["Decrypt", "GenerateDataKey?"]),
        ("ListParts", {}, ["Decrypt?"]),
    ],
)
def test_the_key_of_the_object_is_needed_to_read_it(
    operation: str, parameters: dict[str, Any], expected: list[str]
) -> None:
    assert asked(operation, READ, **parameters) == expected
    assert asked(operation, PLAIN, **parameters) == []
    assert asked(operation, {}, **parameters) == []


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("PutObject", {}, ["GenerateDataKey"]),
        ("PostObject", {}, ["GenerateDataKey"]),
        ("CopyObject", COPY, ["GenerateDataKey"]),
        ("CreateMultipartUpload", {}, ["GenerateDataKey", "Decrypt?"]),
        ("UploadPart", {}, ["GenerateDataKey", "Decrypt"]),
        ("UploadPartCopy", COPY, ["GenerateDataKey", "Decrypt"]),
        ("CompleteMultipartUpload", {}, ["Decrypt", "GenerateDataKey?"]),
        ("GetObject", {}, []),
    ],
)
def test_the_key_of_the_bucket_is_needed_to_write_where_the_call_chooses_none(
    operation: str, parameters: dict[str, Any], expected: list[str]
) -> None:
    assert asked(operation, WRITTEN, **parameters) == expected
    assert asked(operation, PLAIN, **parameters) == []


@pytest.mark.parametrize("operation", ["PutObject", "CreateMultipartUpload", "CopyObject"])
@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"ServerSideEncryption": "AES256"}, None),
        ({"SSECustomerAlgorithm": "AES256"}, None),
        ({**BY_KMS, "SSEKMSKeyId": OTHER}, OTHER),
        ({**BY_KMS, "SSEKMSKeyId": "alias/x"}, "alias/x"),
        ({"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": OTHER}, OTHER),
    ],
)
def test_what_a_call_chooses_wins(operation: str, parameters: dict[str, Any], named: str | None) -> None:
    source = COPY if operation == "CopyObject" else {}
    use = used(operation, WRITTEN, {**source, **parameters})
    assert (use.used, use.named) == ((FALSE, None) if named is None else (TRUE, named))


@pytest.mark.parametrize(
    ("facts", "named"),
    [({}, ""), (PLAIN, ""), ({"bucket.encryption": under(None)}, ""), (WRITTEN, None)],
)
def test_a_call_that_names_no_key_means_the_one_that_aws_manages_unless_the_bucket_has_one(
    facts: dict[str, object], named: str | None
) -> None:
    assert used("PutObject", facts, BY_KMS)[:2] == (TRUE, named)


def test_a_copy_needs_the_key_of_its_source_too() -> None:
    facts = {"source.object.encryption": under(OTHER), **WRITTEN}
    assert asked("CopyObject", facts, **COPY) == ["source.Decrypt", "GenerateDataKey"]
    assert asked("UploadPartCopy", facts, **COPY) == ["source.Decrypt", "GenerateDataKey", "Decrypt"]
    assert used("CopyObject", facts, COPY, subject="source.").named == OTHER


@pytest.mark.parametrize(
    ("operation", "facts", "unlisted", "expected"),
    [
        ("GetObject", {"object.encryption": UNREAD}, FALSE, (UNKNOWN, None)),
        ("PutObject", {"bucket.encryption": UNREAD}, FALSE, (UNKNOWN, None)),
        # A call of which not all is known may have chosen for itself.
        ("PutObject", WRITTEN, UNKNOWN, (UNKNOWN, KEY)),
        ("PutObject", {}, UNKNOWN, (FALSE, None)),
        ("PutObject", {"kms.key_policy": "a policy"}, UNKNOWN, (UNKNOWN, None)),
        ("UploadPart", {**READ, "bucket.encryption": under(OTHER)}, FALSE, (UNKNOWN, None)),
        ("UploadPart", {**READ, **WRITTEN}, FALSE, (TRUE, KEY)),
        ("UploadPart", {"object.encryption": UNREAD}, FALSE, (UNKNOWN, None)),
    ],
)
def test_what_is_not_known_leaves_the_key_open(
    operation: str, facts: dict[str, object], unlisted: Truth, expected: tuple[Truth, str | None]
) -> None:
    assert used(operation, facts, unlisted=unlisted)[:2] == expected


def test_what_an_alias_stands_for_may_be_known() -> None:
    facts = {"bucket.encryption": under("alias/x"), "kms.key_arn": KEY}
    assert used("PutObject", facts).named == KEY
    facts = {"object.encryption": under(OTHER), "kms.key_arn": KEY}
    assert used("GetObject", facts).named == OTHER


def bucket_key(operation: str, facts: Mapping[str, object], **parameters: Any) -> Truth:
    return used(operation, facts, parameters).bucket_key


def test_a_bucket_key_is_used_where_that_is_said() -> None:
    assert bucket_key("GetObject", READ) == UNKNOWN
    assert bucket_key("GetObject", {"object.encryption": under(bucket_key=True)}) == TRUE
    assert bucket_key("GetObject", {"object.encryption": under(bucket_key=False)}) == FALSE
    assert bucket_key("GetObject", {"object.encryption": under(algorithm="aws:kms:dsse")}) == FALSE
    assert bucket_key("PutObject", {"bucket.encryption": under(bucket_key=True)}) == TRUE
    chosen = {**BY_KMS, "SSEKMSKeyId": OTHER}
    assert bucket_key("PutObject", {"bucket.encryption": under(bucket_key=True)}, **chosen) == TRUE
    assert bucket_key("PutObject", {}, **chosen) == FALSE
    assert bucket_key("PutObject", {"bucket.encryption": UNREAD}, **chosen) == UNKNOWN
    assert bucket_key("PutObject", {}, **chosen, BucketKeyEnabled=True) == TRUE
    assert bucket_key("PutObject", {}, ServerSideEncryption="aws:kms:dsse", SSEKMSKeyId=OTHER) == FALSE


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b64encode(json.dumps({"team": "blue"}).encode()).decode(), {"team": "blue"}),
        ("", {}),
        ("not base64", None),
        (b64encode(b"[1]").decode(), None),
        (b64encode(b'{"a": 1}').decode(), None),
        (b64encode(b"\xff").decode(), None),
        (b64encode(b"[" * 1500).decode(), None),
    ],
)
def test_the_context_that_a_call_sends_is_read(sent: str, expected: dict[str, str] | None) -> None:
    use = used("PutObject", WRITTEN, {"SSEKMSEncryptionContext": sent})
    assert use.context == expected


def test_the_context_of_an_object_is_not_known() -> None:
    assert used("GetObject", READ).context is None


def test_updating_the_encryption_needs_the_new_key_and_the_one_before() -> None:
    sent = {"ObjectEncryption": {"SSEKMS": {"KMSKeyArn": KEY, "BucketKeyEnabled": False}}}
    new = ["Encrypt", "Decrypt", "GenerateDataKey", "ReEncryptTo"]
    assert asked("UpdateObjectEncryption", {}, **sent) == new
    assert asked("UpdateObjectEncryption", READ, **sent) == new
    assert asked("UpdateObjectEncryption", {"object.encryption": under(OTHER)}, **sent) == [*new, "ReEncryptFrom"]
    assert asked("UpdateObjectEncryption", {}, ObjectEncryption={"SSES3": {}}) == []
    assert used("UpdateObjectEncryption", PLAIN, sent) == KeyUse(TRUE, KEY, FALSE, None)
