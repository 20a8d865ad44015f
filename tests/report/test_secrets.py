"""No secret survives, whatever stands around it; what is no secret does."""

import base64
import json
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.report.samples import samples
from why403.report import read, read_event, strip_secrets

BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
HEX: Final = "0123456789abcdef"

secret_keys = st.binary(min_size=30, max_size=30).map(lambda drawn: base64.b64encode(drawn).decode())
session_tokens = st.binary(min_size=120, max_size=400).map(
    lambda drawn: "IQoJb3JpZ2luX2Vj" + base64.b64encode(drawn).decode()
)
signatures = st.text(HEX, min_size=64, max_size=64)
old_signatures = st.binary(min_size=20, max_size=20).map(lambda drawn: base64.b64encode(drawn).decode())
customer_keys = st.binary(min_size=32, max_size=32).map(lambda drawn: base64.b64encode(drawn).decode())
words = st.text("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_", min_size=12, max_size=40)
key_ids = st.tuples(
    st.sampled_from(("AKIA", "ASIA")), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=16, max_size=16)
).map("".join)

ERROR: Final = "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"

# Where secrets stand, by their kind; {} is the secret, and what follows it must not hide it.
KEYS: Final = (
    "aws_secret_access_key={}",
    "aws_secret_access_key = {}\nregion = eu-west-1",
    "AWS_SECRET_ACCESS_KEY={} aws s3 ls",
    "export AWS_SECRET_ACCESS_KEY='{}'",
    'aws_secret_access_key="{}"',
    "AWS Secret Access Key [None]: {}",
    "secretAccessKey: '{}',",
    '"SecretAccessKey": "{}",',
    r"\"secretAccessKey\": \"{}\"",
    "<SecretAccessKey>{}</SecretAccessKey>",
    "&lt;SecretAccessKey&gt;{}&lt;/SecretAccessKey&gt;",
    'secret_key = "{}"',
    "fs.s3a.secret.key={}",
    "spark.hadoop.fs.s3a.secret.key {}",
    "aws configure set aws_secret_access_key {}",
    "new AWSCredentials('AKIAQWERTYUIOPASDFGH', '{}')",
    "AKIAQWERTYUIOPASDFGH:{}",
    "AKIAQWERTYUIOPASDFGH {}",
    "id AKIAQWERTYUIOPASDFGH\nkey {}",
    "user,AKIAQWERTYUIOPASDFGH,{}",
    "my keys: ASIAQWERTYUIOPASDFGH and {}!",
    "s3n://AKIAQWERTYUIOPASDFGH:{}@bucket/key",
    "--from-literal=aws-secret-access-key={}",
    "aws_secret_access_key%3D{}",
    "the secret access key is {}",
    "\x1b[31maws_secret_\x1b[0maccess_key={}",
)
TOKENS: Final = (
    "aws_session_token={}",
    "AWS_SESSION_TOKEN={}\nfoo",
    '"SessionToken": "{}"',
    "'X-Amz-Security-Token': b'{}', 'X-Amz-Date'",
    "x-amz-security-token: {}\r\nhost: x",
    "X-Amz-Security-Token={}&X-Amz-Signature=1",
    "x-amz-security-token:[{}]",
    "<Error><Code>ExpiredToken</Code><Token-0>{}</Token-0><RequestId>R</RequestId></Error>",
    "&lt;Token-0&gt;{}&lt;/Token-0&gt;",
    "token {} here",
    "{}",
    "> X-Amz-Security-Token: {}",
    'name="x-amz-security-token"\r\n\r\n{}\r\n--',
    r"\u003cToken-0\u003e{}\u003c/Token-0\u003e",
)
# Tokens of other kinds and of later years are known by their names alone.
NAMED_TOKENS: Final = tuple(
    template for template in TOKENS if template not in {"{}", "token {} here"} and "name=" not in template
)
SIGNATURES: Final = (
    "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature={}",
    "https://b.s3.amazonaws.com/k?X-Amz-Signature={}&x-id=GetObject",
    "https://b.s3.amazonaws.com/k?X-Amz-Expires=9&amp;X-Amz-Signature={}",
    r"https://b.s3.amazonaws.com/k?X-Amz-Expires=9\u0026X-Amz-Signature={}",
    "X-Amz-Signature%3D{}",
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIAQWERTYUIOPASDFGH/20261120/us-east-1/s3/aws4_request, SignedHeaders=host, Signature={}",
    "'Authorization': 'AWS4-HMAC-SHA256 Credential=AKIAQWERTYUIOPASDFGH/20261120/us-east-1/s3/aws4_request, SignedHeaders=host, Signature={}'",
    "<SignatureProvided>{}</SignatureProvided>",
    "<StringToSign>AWS4-HMAC-SHA256\n20261120T000000Z\n{}</StringToSign>",
    "<CanonicalRequest>GET\n/k\n\nhost:b\n\nhost\n{}</CanonicalRequest>",
    "<CanonicalRequest>GET\n/k\n{}",
    r"StringToSign: 'AWS4-HMAC-SHA256\n' + '20261120\n' + '{}',",
    '"CanonicalRequest": "GET\\n/\\n{}"',
)
OLD_SIGNATURES: Final = (
    "https://s3.amazonaws.com/b/k?AWSAccessKeyId=AKIAQWERTYUIOPASDFGH&Expires=1&Signature={}",
    "Authorization: AWS AKIAQWERTYUIOPASDFGH:{}",
    "> Authorization: AWS AKIAQWERTYUIOPASDFGH:{}\n> Host: b",
)
CUSTOMER_KEYS: Final = (
    "x-amz-server-side-encryption-customer-key: {}",
    "x-amz-server-side-encryption-customer-key:{}\nx",
    "SSECustomerKey='{}', SSECustomerAlgorithm='AES256'",
    "--sse-c AES256 --sse-c-key {}",
    "--sse-customer-key {} --key k",
    "x-amz-copy-source-server-side-encryption-customer-key: {}",
    "'SSECustomerKeyMD5': '{}'",
)
OTHERS: Final = (
    "Cookie: session={}",
    "Set-Cookie: CloudFront-Signature={}; Path=/",
    "Authorization: Basic {}",
    "Authorization: Bearer {}",
    "curl -H 'Authorization: Bearer {}' https://b.s3.amazonaws.com/",
    "https://user:{}@proxy.example:8080/",
    "password={}",
    "'password': '{}'",
    "Proxy-Authorization: Basic {}",
    "x-api-key: {}",
    "client_secret = {}",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
)

cases = st.one_of(
    *(
        st.tuples(st.sampled_from(templates), secrets)
        for templates, secrets in (
            (KEYS, secret_keys),
            (TOKENS, session_tokens),
            (SIGNATURES, signatures),
            (OLD_SIGNATURES, old_signatures),
            (CUSTOMER_KEYS, customer_keys),
            (OTHERS, words),
            (NAMED_TOKENS, words),
        )
    )
)
around = st.sampled_from(
    (
        "{}",
        f"{ERROR}\n{{}}",
        f"{{}}\n{ERROR}",
        "2026-11-20 10:00:00 DEBUG {}",
        "{}\n" + samples()["curl: verbose"].text.replace("{", "").replace("}", ""),
        "X-Amz-Signature=\n{}",
    )
)


@settings(max_examples=1_000, deadline=None)
@given(cases, around)
@example((CUSTOMER_KEYS[0], "9YpHFBmUtVKuirqpgoZGXINgejm253xai68kq+k/fEQ="), "X-Amz-Signature=\n{}")
@example((KEYS[0], "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "{}")
@example((KEYS[-1], "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "{}")
def test_a_secret_is_nowhere_in_a_report(case: tuple[str, str], frame: str) -> None:
    template, secret = case
    text = frame.replace("{}", template.replace("{}", secret))
    stripped = strip_secrets(text)
    report = read(text)
    if "\x1b" not in text:
        assert secret not in stripped
    assert secret not in repr(report)
    assert not any(secret[at : at + 12] in repr(report) for at in range(0, len(secret) - 11, 4))
    assert strip_secrets(stripped) == stripped


@settings(max_examples=300, deadline=None)
@given(cases, st.sampled_from(("errorMessage", "userAgent", "eventTime", "requestID", "sourceIPAddress", "eventName")))
def test_a_secret_in_a_record_is_nowhere_in_a_report(case: tuple[str, str], member: str) -> None:
    template, secret = case
    said = template.replace("{}", secret).replace("\x1b[31m", "").replace("\x1b[0m", "")
    record = {
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "errorCode": "AccessDenied",
        "userIdentity": {"type": "IAMUser", "accessKeyId": "AKIAQWERTYUIOPASDFGH"},
        "requestParameters": {"bucketName": "b1b", "key": said},
        member: said,
    }
    assert secret not in repr(read_event(record))
    assert secret not in repr(read(json.dumps(record)))
    assert "AKIAQWERTYUIOPASDFGH" not in repr(read_event(record))


@given(key_ids)
def test_a_key_id_keeps_its_prefix_and_end(key_id: str) -> None:
    told = strip_secrets(f"key {key_id} of Credential={key_id}%2F20261120")
    assert key_id not in told
    assert told == f"key {key_id[:4]}...{key_id[-4:]} of Credential={key_id[:4]}...{key_id[-4:]}%2F20261120"


@settings(max_examples=300, deadline=None)
@given(st.text(), st.text(), cases)
def test_stripping_twice_is_stripping_once(ahead: str, behind: str, case: tuple[str, str]) -> None:
    once = strip_secrets(ahead + case[0].replace("{}", case[1]) + behind)
    assert strip_secrets(once) == once


NO_SECRETS: Final = (
    ERROR,
    "s3://my-secret-bucket/token=1/key.csv: AccessDenied",
    "arn:aws:s3:::topsecret/Data/2026/Reports/Quarterly/Summary.csv",
    "<RequestId>7D8E9F0A1B2C3D4E</RequestId><HostId>LxB/UIJOlFkn3aNR/hcqgf1H6k1JCseQP5LJv6NDjbY0pKSlRVicZQEck4D1e566=</HostId>",
    "ExpiredToken: The provided token has expired.",
    "InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.",
    "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    "MissingSecurityHeader: Your request was missing a required header. The security token included in the request is invalid",
    "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.",
    "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "key arn:aws:kms:eu-west-1:112233445566:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
    "x-amz-server-side-encryption-customer-algorithm: AES256",
)


@pytest.mark.parametrize("text", NO_SECRETS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert strip_secrets(text) == text


def test_samples_without_secrets_stay_as_they_are() -> None:
    hold = ("curl", "presigned", "incident: a session", "more: a URL")
    for name, each in samples().items():
        if not each.secrets and not name.startswith(hold):
            assert strip_secrets(each.text) == each.text, name


@pytest.mark.parametrize("name", [name for name, each in samples().items() if each.secrets])
def test_the_secrets_of_a_sample_are_stripped_however_they_stand(name: str) -> None:
    text, _, secrets = samples()[name]
    stripped, report = strip_secrets(text), repr(read(text))
    assert all(secret in text for secret in secrets)
    assert [secret for secret in secrets if secret in stripped or secret in report] == []


def test_what_an_authorization_header_says_besides_stays() -> None:
    told = strip_secrets(
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIAQWERTYUIOPASDFGH/20261120/eu-west-1/s3/aws4_request,"
        "SignedHeaders=host;x-amz-date,Signature=00ff"
    )
    assert told == (
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIA...DFGH/20261120/eu-west-1/s3/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=***"
    )


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.tuples(st.sampled_from([each for each in KEYS if "\x1b" not in each]), secret_keys),
        st.tuples(st.sampled_from([each for each in TOKENS if "\r" not in each]), session_tokens),
    ),
    st.integers(40, 120),
)
def test_a_secret_that_a_terminal_broke_is_in_no_report(case: tuple[str, str], width: int) -> None:
    text = f"{ERROR}\nand {case[0].replace('{}', case[1])}"
    broken = "\n".join(line[at : at + width] for line in text.split("\n") for at in range(0, len(line) or 1, width))
    report = repr(read(broken))
    assert not any(case[1][at : at + 14] in report for at in range(len(case[1]) - 13))


@pytest.mark.parametrize("quote", ["&quot;", "&#39;", "&#x27;", "&amp;#x27;", "&amp;amp;quot;"])
@pytest.mark.parametrize(
    "form", ["SSECustomerKey={0}{1}{0}, Algorithm={0}AES256{0}", "{0}SSECustomerKey{0}: {0}{1}{0},"]
)
def test_quotes_may_be_escaped_however_often(form: str, quote: str) -> None:
    text = form.format(quote, "s6YyXQgiSe9JfsOBZjSs1CrqzjT2ZraEHLeaaQ3LIyw=")
    assert strip_secrets(text) == form.format(quote, "***")


@pytest.mark.parametrize(
    "place", ["arn:aws:s3:::prod-attachments/{}", "s3://prod.attachments/{}", "s3a://a-attachments/{}"]
)
def test_the_end_of_a_bucket_with_a_key_is_no_secret(place: str) -> None:
    text = place.format("aB3defghijKlmnop9rstUvwxyz12")
    assert strip_secrets(f'on resource: "{text}"') == f'on resource: "{text}"'


def test_a_secret_after_a_dash_that_is_in_no_bucket_is_stripped() -> None:
    assert "wJalrXUtn" not in strip_secrets("key-wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKE")
