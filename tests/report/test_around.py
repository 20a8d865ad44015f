"""What stands around a refusal: words that decide it, the ACL that code sends, and the call as S3 read it."""

from time import process_time
from typing import Final

import pytest

from why403.report import Arrived, Report, read, stripped, with_around
from why403.report.around import with_around as reading

DENIED: Final = "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"


def around(text: str) -> Report:
    return with_around(read(text), stripped(text).text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("an object of a bucket with request-payer mode enabled", "says-payer"),
        ('kwargs={"requester_pays": True}', "says-payer"),
        ("the bucket is Requester Pays", "says-payer"),
        ("putObjects in a KMS encrypted s3 bucket", "says-kms"),
        ("the objects are encrypted with AWS KMS", "says-kms"),
        ('"SSEAlgorithm": "aws:kms"', "says-kms"),
        ("error parsing HTTP 403 response body: invalid character '<'", "pulls-image"),
        ("https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/x", "pulls-image"),
        ('"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWERTY"', "says-oai"),
        ("origin-access-identity/cloudfront/E2QWERTY", "says-oai"),
    ],
)
def test_words_are_found(text: str, word: str) -> None:
    assert around(f"{text}\n{DENIED}").words == {word}


@pytest.mark.parametrize("text", ["the payer of the request", "kms is not used", "error parsing the body", "an OAI"])
def test_and_others_are_not(text: str) -> None:
    assert around(f"{text}\n{DENIED}").words == frozenset()


@pytest.mark.parametrize(
    ("text", "canned"),
    [
        ("s3.upload_file(f, 'b', 'k', ExtraArgs={'ACL': 'public-read'})", "public-read"),
        ("s3Upload(bucket: 'b', acl: 'PublicRead')", "public-read"),
        (".acl(ObjectCannedACL.PUBLIC_READ_WRITE)", "public-read-write"),
        ("ACL => 'bucket-owner-full-control'", "bucket-owner-full-control"),
        ("s3.put_object(ACL='private')", "private"),
        ("'ACL': 'public-read' or 'ACL': 'private'", None),
        ("the ACL is public-read", None),
        ("acl: something", None),
    ],
)
def test_the_acl_that_code_sends_is_a_parameter_where_it_is_one_alone(text: str, canned: str | None) -> None:
    assert around(f"{text}\n{DENIED}").parameters.get("ACL") == canned


@pytest.mark.parametrize("operation", ["GetObject", "UploadPart", "PutBucketPolicy"])
def test_a_call_that_takes_none_sends_none(operation: str) -> None:
    text = f"ACL='public-read'\n{DENIED.replace('PutObject', operation)}"
    assert "ACL" not in around(text).parameters


def answered(signed: str, element: str = "CanonicalRequest") -> str:
    code = "<Code>SignatureDoesNotMatch</Code>"
    return f"<Error>{code}<{element}>{signed}</{element}></Error>"


CANONICAL: Final = "PUT\n/k\n{}\ncontent-type:text/csv\nhost:b.s3.amazonaws.com\n\ncontent-type;host\nUNSIGNED-PAYLOAD"


@pytest.mark.parametrize(
    ("text", "arrived"),
    [
        (answered(CANONICAL.format("")), Arrived(method="PUT", content_type="text/csv")),
        (
            answered(CANONICAL.format("X-Amz-Date=x&amp;X-Amz-SignedHeaders=content-type%3Bhost")),
            Arrived(method="PUT", content_type="text/csv", by_url=True),
        ),
        (
            answered("PUT\n\nmultipart/form-data\n1427992617\n/b/k", "StringToSign"),
            Arrived(method="PUT", content_type="multipart/form-data", by_url=True),
        ),
        (answered("\nGET 1459295457 /b/k\n", "StringToSign"), Arrived(method="GET", by_url=True)),
        (answered("AWS4-HMAC-SHA256\n20240101T000000Z\nabc", "StringToSign"), None),
        (answered("PUT\n/k\n\ncontent-type:hidden/token123\nhost:b"), Arrived(method="PUT")),
        (
            "<Code>AccessDenied</Code><HeadersNotSigned>x-amz-acl, host</HeadersNotSigned>",
            Arrived(unsigned=("x-amz-acl", "host")),
        ),
        (DENIED, None),
    ],
)
def test_a_call_is_told_as_s3_read_it(text: str, arrived: Arrived | None) -> None:
    assert around(text).arrived == arrived


def test_of_what_was_signed_nothing_else_is_kept() -> None:
    text = answered(CANONICAL.format("X-Amz-Security-Token=verysecret&amp;X-Amz-SignedHeaders=host"))
    told = stripped(text).text
    assert told == answered("PUT text/csv by URL ***")
    assert stripped(told).text == told


@pytest.mark.parametrize(
    "piece",
    ["<StringToSign>GET", "<CanonicalRequest>PUT\n\n\n", "acl: ", "ACL=public-", "encrypted with ", "\n\ntext/a"],
)
def test_the_time_grows_as_the_text_does(piece: str) -> None:
    def spent(times: int) -> float:
        text = piece * times
        start = process_time()
        reading(Report(), stripped(text).text)
        return process_time() - start

    spent(100)
    assert spent(40_000) < 40 * max(spent(4_000), 0.001)
