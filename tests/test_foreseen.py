"""Every fact of the contract is read: given where it may do harm, it decides or leaves a doubt, else neither."""

from typing import Any

import pytest

from tests.cases import answer, services
from why403.registry import register

EVERYBODY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [EVERYBODY]}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
READ = {"principal": "arn:aws:iam::111122223333:user/ana", "operation": "GetObject", "resource": "arn:aws:s3:::b/k"}
ALLOWED = {
    "principal.policies": [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}],
    "bucket.owner": "111122223333",
    "bucket.ownership": "ObjectWriter",
}


def test_nobody_reads_a_fact_of_no_layer() -> None:
    assert services().registry.unread == ()
    assert register([]).unread == ()


def decision(operation: str, facts: dict[str, Any], **parameters: Any) -> str:
    request = {**READ, "operation": operation, "parameters": parameters, "evidence_is_complete": True}
    return str(answer({**request, "evidence": {**ALLOWED, **facts}})["decision"])


@pytest.mark.parametrize(
    ("operation", "parameters", "name", "value"),
    [
        ("GetObject", {}, "object.encryption", {"algorithm": "AES256"}),
        ("GetObject", {}, "organization.rcps", [[], {"policies": []}]),
        ("PutObject", {}, "bucket.encryption", {"algorithm": "AES256", "blocked": ["SSE-C"]}),
        ("PutObject", {"SSECustomerAlgorithm": "AES256"}, "bucket.encryption", {"algorithm": "aws:kms"}),
    ],
)
def test_what_does_no_harm_leaves_no_doubt(operation: str, parameters: dict[str, Any], name: str, value: Any) -> None:
    assert decision(operation, {name: value}, **parameters) == "allowed"


@pytest.mark.parametrize(
    ("operation", "parameters", "name", "value"),
    [
        ("GetObject", {}, "object.encryption", {"algorithm": "aws:kms:dsse", "key": KEY}),
        ("GetObject", {}, "organization.rcps", [[], [POLICY]]),
        ("GetObject", {}, "vpc_endpoint.policy", POLICY),
        ("PutObject", {}, "bucket.encryption", {"algorithm": "aws:kms", "key": "alias/x"}),
        ("PutObject", {"ServerSideEncryption": "aws:kms"}, "kms.key_state", "Disabled"),
    ],
)
def test_what_may_do_harm_leaves_a_doubt_or_is_decided(
    operation: str, parameters: dict[str, Any], name: str, value: Any
) -> None:
    assert decision(operation, {name: value}, **parameters) in {"unknown", "denied"}
