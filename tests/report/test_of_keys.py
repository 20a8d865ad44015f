"""CloudTrail records of KMS: which key, for which object, and what is said of it in the words of S3."""

from typing import Any, Final

import pytest

from why403.report import read_event

KEY: Final = "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-1111-2222-3333-444455556666"
SESSION: Final = "arn:aws:sts::111122223333:assumed-role/etl/job"
DENIED: Final = f"User: {SESSION} is not authorized to perform: kms:Decrypt on resource: {KEY}"
NO_ALLOW: Final = f"{DENIED} because no identity-based policy allows the kms:Decrypt action"


def record(**members: Any) -> dict[str, Any]:
    """Return the record of a call that KMS refused."""
    about = {"aws:s3:arn": "arn:aws:s3:::lake-raw/in/x"}
    return {
        "eventSource": "kms.amazonaws.com",
        "eventName": "Decrypt",
        "userIdentity": {"type": "AssumedRole", "arn": SESSION, "accountId": "111122223333"},
        "errorCode": "AccessDenied",
        "errorMessage": NO_ALLOW,
        "requestParameters": {"keyId": KEY, "encryptionContext": about},
        "resources": [{"accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": KEY}],
        **members,
    }


def test_the_key_and_the_object_are_told() -> None:
    found = read_event(record())
    assert (found.action, found.foreign, found.operation) == ("kms:Decrypt", KEY, None)
    assert (found.bucket, found.key, found.principal) == ("lake-raw", "in/x", SESSION)
    assert found.aws_named is not None
    assert (found.aws_named.layer, found.aws_named.via) == ("kms", "identity")


@pytest.mark.parametrize(
    "members",
    [
        {"errorMessage": "no"},
        {"errorMessage": "no", "resources": None},
        {"errorMessage": None, "requestParameters": {"encryptionContext": {}}},
    ],
)
def test_the_key_is_told_wherever_the_record_holds_it(members: dict[str, Any]) -> None:
    assert read_event(record(**members)).foreign == KEY


def test_a_key_that_only_an_alias_names_is_not_made_up() -> None:
    sent = {"keyId": "alias/lake"}
    assert read_event(record(errorMessage="no", resources=[], requestParameters=sent)).foreign is None


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("DisabledException", "KMS.DisabledException"),
        ("KMSInvalidStateException", "KMS.KMSInvalidStateException"),
        ("NotFoundException", "KMS.NotFoundException"),
        ("AccessDeniedException", "AccessDenied"),
        ("ThrottlingException", "ThrottlingException"),
    ],
)
def test_a_code_is_told_as_s3_passes_it_on(code: str, told: str) -> None:
    assert read_event(record(errorCode=code, errorMessage=f"{KEY} is as it is.")).code == told


def test_a_code_of_s3_is_not_taken_for_one_of_keys() -> None:
    assert read_event(record(eventSource="s3.amazonaws.com", errorCode="NotFoundException")).code == "NotFoundException"
