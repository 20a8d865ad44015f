"""Commands for what is done by hand: whatever a key is, the CLI sends that key, and nothing that lies on this disk."""

from typing import Any

import pytest

from tests.artefacts.models import Read
from tests.policy.asking import asked
from why403.domain.commands import Option, bucket_command, command, object_command

KEYS = ["a b.csv", "-rf", "--bucket", "file:///etc/passwd", "fileb://x", "https://x/y", "tab\tx", "a\x1b[31m", "{", "["]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_sent_as_it_is(key: str) -> None:
    request = asked(on=f"arn:aws:s3:::reports/{key}")
    read = Read(object_command(request, "restore-object", ("RestoreRequest", {"Days": 1}), ("region", "eu-west-1")))
    assert dict(read) == {"Bucket": "reports", "Key": key, "RestoreRequest": {"Days": 1}}
    assert read.region == "eu-west-1"
    assert dict(Read(bucket_command(request, "list-objects-v2", ("Prefix", key)))) == {
        "Bucket": "reports",
        "Prefix": key,
    }


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_typed_that_does_not_print(key: str) -> None:
    assert object_command(asked(on=f"arn:aws:s3:::reports/{key}"), "head-object").isprintable()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([("Key", "k"), ("VersionId", None)], "aws s3api head-object --key k"),
        ([("Key", "file://k"), ("VersionId", "file://v")], ("file://k", "file://v")),
    ],
    ids=["no value", "two in one"],
)
def test_options(options: list[Option], expected: Any) -> None:
    line = command("s3api", "head-object", *options)
    assert line == expected if isinstance(expected, str) else tuple(Read(line).values()) == expected
