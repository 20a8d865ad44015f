"""Causes that words around a refusal decide: who pays, a key, an ACL, a registry, an identity of CloudFront, a host."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from .asking import GET, LIST, PUT, USER, asked, layers, refused

HEAD_REFUSED: Final = refused("HeadObject", "403", "Forbidden")
RCLONE: Final = (
    "2020/09/14 14:13:40 ERROR : Attempt 1/3 failed with 1 errors and: AccessDenied: Access Denied\n"
    "        status code: 403, request id: C2163B1XXXXXX9AB, host id: x="
)
IMAGE: Final = (
    "error pulling image configuration: error parsing HTTP 403 response body: invalid character '<' looking for "
    'beginning of value: "<?xml version=\\"1.0\\"?>\\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>'
    '<RequestId>737684B48CCF79B7</RequestId></Error>"'
)
OAI: Final = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2KCY3TPOOHOWY"
UPLOADS: Final = (
    "com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; "
)
FIRST: Final[Mapping[str, tuple[str, str, str, str | None, str]]] = {
    "who pays": (
        f"a bucket with request-payer mode enabled\n{refused('GetObject')}",
        "request_payment",
        "requirement",
        None,
        "x-amz-request-payer: requester",
    ),
    "a key to write with": (
        f"putting objects into a KMS encrypted bucket\n{refused('PutObject')}",
        "kms",
        "implicit",
        "kms:GenerateDataKey",
        "kms:GenerateDataKey",
    ),
    "a key to read with": (
        f"the bucket is encrypted with AWS KMS\n{refused('GetObject')}",
        "kms",
        "implicit",
        "kms:Decrypt",
        "kms:Decrypt",
    ),
    "an ACL": (
        f"client.upload_file(f, 'held-demo', 'k', ExtraArgs={{'ACL': 'public-read'}})\n{refused('PutObject')}",
        "identity",
        "implicit",
        "s3:PutObjectAcl",
        "s3:PutObjectAcl",
    ),
    "an ACL of a call that is not known": (
        f"s3Upload(bucket: 'held-demo', acl: 'PublicRead')\n{UPLOADS}Error Code: AccessDenied; Request ID: 3B1C2A5D7F)",
        "identity",
        "implicit",
        "s3:PutObjectAcl",
        "send no ACL",
    ),
    "a registry": (IMAGE, "vpc_endpoint", "implicit", "s3:GetObject", "starport-layer-bucket"),
    "rclone": (RCLONE, "identity", "implicit", None, "no_check_bucket"),
    "an identity of CloudFront": (
        f'<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>\n"AWS": "{OAI}"',
        "bucket_policy",
        "implicit",
        None,
        "to the identity in the bucket's policy",
    ),
    "a host in the place of a bucket": (
        f"+ aws s3 cp s3://s3.eu-west-2.amazonaws.com/lake/a.sh /home\nfatal error: {HEAD_REFUSED}",
        "object_state",
        "requirement",
        None,
        "s3://BUCKET/KEY",
    ),
}


@pytest.mark.parametrize(("text", "layer", "kind", "missing", "fix"), FIRST.values(), ids=FIRST)
def test_what_is_said_around_decides_what_comes_first(
    text: str, layer: str, kind: str, missing: str | None, fix: str
) -> None:
    first = asked(text)["causes"][0]
    assert (first["layer"], first["kind"], first["missing_action"]) == (layer, kind, missing)
    assert fix in first["fix"]["summary"]
    assert first["likelihood"] == "likely"


def test_a_public_acl_may_be_refused_by_a_setting() -> None:
    assert "block_public_access" in layers(asked(FIRST["an ACL"][0]))[:2]


def test_what_the_call_sends_is_not_missing() -> None:
    text = f"$ aws s3api get-object --bucket held-demo --key k --request-payer requester out\n{refused('GetObject')}"
    assert layers(asked(text))[0] == "identity"


def test_a_listing_needs_no_key() -> None:
    assert layers(asked(f"a KMS encrypted bucket\n{refused('ListObjectsV2')}", request=LIST))[0] == "identity"


def test_who_calls_is_no_identity_of_cloudfront_because_a_policy_names_one() -> None:
    text = f'"AWS": "{OAI}"\n{refused("GetObject")}'
    assert layers(asked(text, request={**GET, "principal": USER}))[0] == "identity"


def test_an_identity_of_cloudfront_has_no_policies_of_its_own() -> None:
    assert "identity" not in layers(asked(FIRST["an identity of CloudFront"][0]))


def test_what_the_evidence_rules_out_stays_out() -> None:
    evidence: Any = {"bucket.request_payment": "BucketOwner"}
    text = f"the bucket is Requester Pays\n{refused('PutObject')}"
    assert "request_payment" not in layers(asked(text, request=PUT, evidence=evidence))
