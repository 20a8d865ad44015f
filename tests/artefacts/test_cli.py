"""Commands: the AWS CLI's own names, and arguments that a shell and the CLI read as they were meant."""

import json
import shlex
from datetime import UTC, datetime
from typing import Any

import jmespath
import pytest
from botocore import xform_name
from hypothesis import example, given

from tests.artefacts import making
from tests.artefacts.models import Read, service, shape
from why403.artefacts.cli import command, run
from why403.domain.commands import hyphenated
from why403.domain.fix import Write

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*"}]}
SERVICES = ("account", "ec2", "iam", "kms", "organizations", "s3", "s3control", "sso-admin", "sts")


def put(**parameters: Any) -> Write:
    return Write("s3", "PutBucketPolicy", parameters, "s3:PutBucketPolicy", documents=("Policy",))


@pytest.mark.parametrize("name", SERVICES)
def test_names_are_spelt_as_the_cli_spells_them(name: str) -> None:
    model = service(name)
    takes = [model.operation_model(operation).input_shape for operation in model.operation_names]
    members = {member for each in takes if each is not None for member in each.members}
    names = {*model.operation_names, *members}
    assert len(names) > 10
    assert {each: hyphenated(each) for each in names} == {each: xform_name(each, "-") for each in names}


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (
            put(Bucket="reports", Policy=POLICY),
            (
                'aws s3api put-bucket-policy --bucket reports --policy \'{"Version":"2012-10-17","Statement":'
                '[{"Effect":"Deny","Principal":"*","Action":"s3:*"}]}\''
            ),
        ),
        (
            put(Bucket="reports", Policy='{\n  "a": 1\n}'),
            "aws s3api put-bucket-policy --bucket reports --policy '{\n  \"a\": 1\n}'",
        ),
        (
            Write(
                "iam",
                "CreatePolicyVersion",
                {
                    "PolicyArn": "arn:aws:iam::111111111111:policy/p",
                    "PolicyDocument": {"a": "it's"},
                    "SetAsDefault": True,
                },
                "iam:CreatePolicyVersion",
                documents=("PolicyDocument",),
            ),
            (
                "aws iam create-policy-version --policy-arn arn:aws:iam::111111111111:policy/p "
                '--policy-document \'{"a":"it\'"\'"\'s"}\' --set-as-default'
            ),
        ),
        (
            Write(
                "kms",
                "CreateGrant",
                {"KeyId": "k", "GranteePrincipal": "g", "Operations": ["Decrypt", "GenerateDataKey"], "DryRun": False},
                "kms:CreateGrant",
                region="eu-west-1",
            ),
            (
                "aws kms create-grant --key-id k --grantee-principal g --operations Decrypt GenerateDataKey "
                "--no-dry-run --region eu-west-1"
            ),
        ),
        (
            Write(
                "s3",
                "PutObjectLegalHold",
                {"Bucket": "b", "Key": "-k", "LegalHold": {"Status": "OFF"}},
                "s3:PutObjectLegalHold",
            ),
            'aws s3api put-object-legal-hold --bucket b --key=-k --legal-hold \'{"Status":"OFF"}\'',
        ),
        (
            Write(
                "s3",
                "RestoreObject",
                {"Bucket": "b", "Key": "file://k", "RestoreRequest": {"Days": 1}},
                "s3:RestoreObject",
            ),
            'aws s3api restore-object --bucket b --restore-request \'{"Days":1}\' --cli-input-json \'{"Key":"file://k"}\'',
        ),
        (
            Write("s3", "DeleteObject", {"Bucket": "b", "Key": "a\x1bb", "MFA": "1 2"}, "s3:DeleteObject"),
            "aws s3api delete-object --bucket b --mfa '1 2' --cli-input-json '{\"Key\":\"a\\u001bb\"}'",
        ),
    ],
    ids=["document", "text kept to the letter", "quote", "lists and no", "hyphen first", "no file", "no escape"],
)
def test_a_call_is_a_command(write: Write, expected: str) -> None:
    assert command(write) == expected


@given(making.writes())
@example(put(Bucket="b", Policy="{}", ExpectedBucketOwner=""))
@example(
    Write("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": "v", "AddSubnetIds": ["[a", "b"]}, "ec2:ModifyVpcEndpoint")
)
@example(Write("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": "v", "AddSubnetIds": []}, "ec2:ModifyVpcEndpoint"))
def test_the_cli_reads_from_a_command_what_was_to_be_sent(write: Write) -> None:
    line = command(write)
    assert all(each.isprintable() for each in line.split("\n"))
    read = Read(line)
    assert (read.service, read.operation, read.region) == (write.service, write.operation, write.region)
    meant = {
        name: json.loads(read[name]) if name in write.documents and not isinstance(value, str) else read[name]
        for name, value in write.parameters.items()
        if name in read
    }
    assert meant == write.parameters
    assert read.keys() == write.parameters.keys()


@given(making.writes())
def test_a_shell_sees_words_and_nothing_else(write: Write) -> None:
    words = shlex.split(command(write), comments=True)
    assert shlex.join(words) == command(write)
    known = shape(write.service, write.operation).members
    options = [word.partition("=")[0] for word in words[3:] if word.startswith("--")]
    assert len(options) == len(set(options))
    assert "--cli-input-json" in options or len(options) == len(write.parameters.keys() & known) + bool(write.region)


ARN = "arn:aws:iam::111111111111:policy/a b"
NEW_VERSION = Write(
    "iam",
    "CreatePolicyVersion",
    {"PolicyArn": ARN, "PolicyDocument": {}, "SetAsDefault": True},
    "iam:CreatePolicyVersion",
    documents=("PolicyDocument",),
)


@pytest.mark.parametrize(
    ("ages", "default", "gone"),
    [
        ([1], 1, []),
        ([1, 2, 3, 4], 4, []),
        ([2, 1, 3, 4, 5], 5, [1]),
        ([1, 2, 3, 4, 5], 1, [2]),
        ([5, 4, 3, 2, 1], 2, [1]),
    ],
)
def test_where_a_policy_has_five_versions_the_oldest_that_is_not_the_default_makes_room(
    ages: list[int], default: int, gone: list[int]
) -> None:
    first, second = run([NEW_VERSION])
    assert second == command(NEW_VERSION)
    lists, pipe, deletes = first.partition(" | ")
    assert pipe
    assert shlex.split(deletes)[:4] == ["xargs", "-r", "-n", "1"]
    assert shlex.split(deletes)[4:] == ["aws", "iam", "delete-policy-version", "--policy-arn", ARN, "--version-id"]
    versions = [
        {
            "VersionId": f"v{each}",
            "IsDefaultVersion": each == default,
            "CreateDate": datetime(2026, 1, each, tzinfo=UTC),
        }
        for each in ages
    ]
    words = shlex.split(lists)
    query = words[words.index("--query") + 1]
    answer = json.loads(json.dumps({"Versions": versions}, default=str))
    assert jmespath.search(query, answer) == [f"v{each}" for each in gone]


def test_other_calls_need_no_room() -> None:
    assert run([put(Bucket="reports", Policy=POLICY)]) == [command(put(Bucket="reports", Policy=POLICY))]
