"""Refusals that are another service's, or about a KMS key, are told as what they are."""

from typing import Any

import pytest

from tests.causes.asking import GET, USER, asked, cause_of, layers, refused

OTHERS_ROLE = "arn:aws:iam::444455556666:role/reader"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OF_BUCKETS = {"bucket_policy", "access_point", "acl", "block_public_access", "object_state", "kms", "ownership"}


def sentence(action: str, on: str, why: str = "") -> str:
    return f"User: {USER} is not authorized to perform: {action} on resource: {on}{why}"


def headline(found: dict[str, Any]) -> str:
    told: str = found["explanation"]["markdown"].partition("\n")[0]
    return told


@pytest.mark.parametrize("why", ["", " because no identity-based policy allows the sts:AssumeRole action"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_role_that_is_not_handed_out(why: str, *, wrapped: bool) -> None:
    text = sentence("sts:AssumeRole", OTHERS_ROLE, why)
    found = asked(refused("AssumeRole", message=text) if wrapped else text)
    first = found["causes"][0]
    assert (first["layer"], first["missing_action"]) == ("identity", "sts:AssumeRole")
    assert "trust policy" in first["because"]
    assert first["check"]["command"] == "aws iam get-role --role-name reader --query Role.AssumeRolePolicyDocument"
    assert found["understood"]["resource"] == OTHERS_ROLE
    assert not OF_BUCKETS & {*layers(found)}
    assert "perhaps before S3 was asked" in headline(found)
    assert (found["decision"], "another service's, sts:AssumeRole" in found["doubts"][0]["because"]) == (
        "unknown",
        True,
    )


def test_a_secret_that_may_not_be_read() -> None:
    found = asked(sentence("secretsmanager:GetSecretValue", SECRET))
    first = found["causes"][0]
    assert (first["layer"], first["kind"], "trust policy" in first["because"]) == ("identity", "implicit", False)
    assert f"--resource-arns {SECRET}" in first["check"]["command"]
    assert not OF_BUCKETS & {*layers(found)}


def test_that_s3_was_not_asked_is_never_certain() -> None:
    """S3 itself asks for some actions of other services, as of the role that is to replicate."""
    found = asked(sentence("iam:PassRole", OTHERS_ROLE))
    assert "perhaps before S3 was asked" in headline(found)
    assert "was not asked" not in str(found)


def test_what_the_other_service_names_comes_first() -> None:
    why = " with an explicit deny in a service control policy"
    assert layers(asked(sentence("sts:AssumeRole", OTHERS_ROLE, why)))[0] == "scp"


def test_a_call_that_is_known_to_be_s3_s_was_refused_by_s3() -> None:
    found = asked(sentence("sts:AssumeRole", OTHERS_ROLE), request={**GET, "principal": USER})
    assert "before S3 was asked" not in str(found)


@pytest.mark.parametrize(("operation", "action"), [("GetObject", "kms:Decrypt"), ("PutObject", "kms:GenerateDataKey")])
def test_a_sentence_about_a_key_is_no_matter_of_the_bucket(operation: str, action: str) -> None:
    found = asked(refused(operation, message=sentence(action, KEY)))
    assert layers(found)[:2] == ["kms", "identity"]
    assert {"bucket_policy", "object_state"}.isdisjoint(layers(found))
    assert cause_of(found, "kms")["check"]["command"].startswith(f"aws kms get-key-policy --key-id {KEY} ")
    assert headline(found).startswith(f"**What is known does not settle why S3 refused `{operation}`")


@pytest.mark.parametrize(
    ("code", "because"),
    [("ExpiredToken", "have expired"), ("InvalidClientTokenId", "STS does not know the access key id")],
)
def test_what_sts_says_of_credentials_is_told(code: str, because: str) -> None:
    error = "operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 9d, api error"
    (cause,) = asked(f"Error: validating provider credentials: {error} {code}: The security token is what it is")[
        "causes"
    ]
    assert (cause["layer"], cause["likelihood"]) == ("authentication", "certain")
    assert because in cause["because"]


@pytest.mark.parametrize(
    ("code", "message", "because"),
    [
        ("ExpiredToken", "The security token included in the request is expired", "credentials have expired"),
        ("ExpiredTokenException", "The security token included in the request is expired", "credentials have expired"),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", "does not know"),
        ("InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier", "signature does not fit"),
    ],
)
@pytest.mark.parametrize("status", ["", "StatusCode: 403, "])
def test_what_another_service_says_of_credentials_is_not_taken_for_an_answer_of_s3(
    code: str, message: str, because: str, status: str
) -> None:
    found = asked(f"An error occurred ({code}) when calling the DescribeKey operation: {message}. {status}")
    (cause,) = found["causes"]
    assert because in cause["because"]
    assert (cause["layer"], found["status"], found["code"]) == ("authentication", 403, code)
    assert "S3 was not asked" in headline(found)
    assert "S3 answers" not in headline(found)


def test_an_expired_token_that_s3_answers_with_is_an_answer_of_s3() -> None:
    found = asked(
        "An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired."
    )
    assert (found["status"], found["code"]) == (400, "ExpiredToken")
    assert headline(found).startswith("**S3 answers 400 `ExpiredToken` to `GetObject`")


@pytest.mark.parametrize(
    "text",
    [
        "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
        "upload failed: ./otters.csv to s3://otters/otters.csv Unable to locate credentials",
        "get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, context deadline",
        "java.nio.file.AccessDeniedException: s3a://otters/t: NoAuthWithAWSException: No AWS Credentials provided by X",
        "SdkClientException: Unable to load credentials from any of the providers in the chain AwsCredentials(...)",
        "CredentialsProviderError: Could not load credentials from any providers",
        "Error: error configuring S3 Backend: NoCredentialProviders: no valid providers in chain. Deprecated.",
        "Aws::Errors::MissingCredentialsError: unable to sign request without credentials set",
    ],
)
def test_a_client_without_credentials_did_not_ask_s3(text: str) -> None:
    found = asked(text)
    (cause,) = found["causes"]
    assert (cause["layer"], cause["kind"], cause["likelihood"]) == ("authentication", "requirement", "certain")
    assert (found["decision"], found["status"], found["code"]) == ("denied", None, None)
    assert headline(found).startswith("**S3 was not asked: the client found no credentials")
    assert "Not sent to S3 at all" in found["summary"]


@pytest.mark.parametrize(
    "text",
    [
        "An error occurred (AccessDenied) when calling the GetObject operation: Denied. Unable to locate credentials",
        "Could it be that it is unable to locate credentials?",
    ],
)
def test_what_s3_refused_was_sent_and_a_question_proves_nothing(text: str) -> None:
    assert asked(text)["decision"] == "unknown"


@pytest.mark.parametrize(
    ("policy", "layer"),
    [
        ("a session policy", "session_policy"),
        ("a permissions boundary", "permissions_boundary"),
        ("a VPC endpoint policy", "vpc_endpoint"),
        ("a service control policy", "scp"),
        ("a resource control policy", "rcp"),
        ("an identity-based policy", "identity"),
        ("a resource-based policy", "bucket_policy"),
    ],
)
@pytest.mark.parametrize("operation", ["GetObject", "PutObject", "ListObjectsV2"])
def test_a_deny_of_the_policy_that_aws_names_comes_first(policy: str, layer: str, operation: str) -> None:
    action = "s3:ListBucket" if operation == "ListObjectsV2" else f"s3:{operation}"
    resource = "arn:aws:s3:::otters" if operation == "ListObjectsV2" else "arn:aws:s3:::otters/k"
    found = asked(refused(operation, message=sentence(action, resource, f" with an explicit deny in {policy}")))
    first = found["causes"][0]
    assert (first["layer"], first["kind"]) == (layer, "explicit")


@pytest.mark.parametrize("action", ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"])
def test_a_token_gets_a_role_by_the_trust_policy_alone(action: str) -> None:
    operation = action.partition(":")[2]
    text = refused(operation, message=f"Not authorized to perform {action}") + " while reading s3://loki-chunks/index"
    found = asked(text)
    first = found["causes"][0]
    assert (first["layer"], first["missing_action"]) == ("identity", action)
    assert "nothing else decides" in first["because"]
    assert "get-role" in first["check"]["command"]
    assert "allow sts" not in first["fix"]["summary"]
    assert found["understood"]["resource"] is None


SERVERS = ("https://1a2b3c.r2.cloudflarestorage.com", "http://localhost:9000", "https://objects.example.net")


@pytest.mark.parametrize("code", ["AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId"])
@pytest.mark.parametrize("server", SERVERS)
def test_nothing_is_certain_of_a_server_that_is_not_awss(server: str, code: str) -> None:
    text = f"$ aws --endpoint-url {server} s3 cp a s3://held-demo/a\n\n{refused('PutObject', code)}"
    found = asked(text, evidence={"bucket.policy": None, "bucket.owner": "111122223333"})
    assert (found["decision"], found["certainty"]) == ("unknown", "suspected")
    assert found["summary"].startswith(f"`{found['understood']['server']}`, which is not AWS, refused `PutObject`")
    assert {cause["likelihood"] for cause in found["causes"]} == {"possible"}
    assert all("the server that was asked is not AWS" in cause["because"] for cause in found["causes"])


def test_what_no_server_was_asked_is_certain_whichever_it_would_have_been() -> None:
    text = "$ aws --endpoint-url http://localhost:9000 s3 ls s3://held-demo\n\nUnable to locate credentials"
    assert asked(text)["causes"][0]["likelihood"] == "certain"


def test_a_role_that_redshift_may_not_assume_is_a_matter_of_its_trust_policy() -> None:
    who = "arn:aws:redshift:eu-west-1:111122223333:dbuser:cluster/awsuser"
    found = asked(f"ERROR: User {who} is not authorized to assume IAM Role {OTHERS_ROLE}\nDETAIL: code: 8001")
    assert "its trust policy does not let the caller in" in found["causes"][0]["because"]
    assert found["causes"][0]["missing_action"] == "sts:AssumeRole"
    assert not OF_BUCKETS & {layers(found)[0]}


def test_what_duckdb_sends_without_credentials_is_not_signed() -> None:
    text = (
        'HTTP Error: Unable to connect to URL "s3://held-demo/a/b.csv": 403 (Forbidden).\n\n'
        "Authentication Failure - this is usually caused by invalid or missing credentials.\n"
        "* No credentials are provided."
    )
    assert "the call is not signed" in asked(text)["causes"][0]["because"]
    assert layers(asked(text.replace("No credentials are", "Credentials are")))[0] == "identity"
