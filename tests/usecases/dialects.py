"""One refusal as the tools of many languages print it."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

REQUEST_ID: Final = "7QH3M2Z8N4B6C1XY"
HOST_ID: Final = "kJ1lQ0aZ9bb="
REGION: Final = "eu-west-1"


class Refusal(NamedTuple):
    """What every way of printing it has to keep; without a body there is neither code nor message."""

    operation: str | None
    bucket: str
    key: str | None
    code: str
    message: str
    status: int = 403
    bodiless: bool = False

    @property
    def url(self) -> str:
        return f"https://{self.bucket}.s3.{REGION}.amazonaws.com/{self.key or ''}"

    @property
    def snake(self) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.operation or "").lower()

    @property
    def xml(self) -> str:
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{self.code}</Code><Message>{self.message}</Message>'
            f"<RequestId>{REQUEST_ID}</RequestId><HostId>{HOST_ID}</HostId></Error>"
        )

    @property
    def said(self) -> tuple[str, str]:
        """Return code and message as clients invent them where there is no body."""
        return ("Forbidden", "Forbidden") if self.bodiless else (self.code, self.message)


_METHODS: Final[Mapping[str, tuple[str, str]]] = {
    "CreateBucket": ("PUT", ""),
    "CreateMultipartUpload": ("POST", "?uploads"),
    "GetBucketLocation": ("GET", "?location"),
    "GetObject": ("GET", ""),
    "GetObjectTagging": ("GET", "?tagging"),
    "HeadBucket": ("HEAD", ""),
    "HeadObject": ("HEAD", ""),
    "ListObjects": ("GET", ""),
    "ListObjectsV2": ("GET", "?list-type=2"),
    "PutBucketAcl": ("PUT", "?acl"),
    "PutBucketMetricsConfiguration": ("PUT", "?metrics&id=all"),
    "PutBucketPolicy": ("PUT", "?policy"),
    "PutObject": ("PUT", ""),
}
_OLD_JAVA: Final[Mapping[str, str]] = {
    "CreateMultipartUpload": "initiateMultipartUpload",
    "HeadObject": "getObjectMetadata",
    "PutBucketAcl": "setBucketAcl",
    "PutBucketMetricsConfiguration": "setBucketMetricsConfiguration",
    "PutBucketPolicy": "setBucketPolicy",
}


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def cli(of: Refusal) -> str:
    code = "403" if of.bodiless else of.code
    return f"An error occurred ({code}) when calling the {of.operation} operation: {of.said[1]}"


def cli_of_old(of: Refusal) -> str:
    code = "403" if of.bodiless else of.code
    return f"A client error ({code}) occurred when calling the {of.operation} operation: {of.said[1]}"


def boto3(of: Refusal) -> str:
    return (
        "Traceback (most recent call last):\n"
        '  File "/app/job.py", line 31, in <module>\n'
        f"    s3.{of.snake}(Bucket=bucket)\n"
        '  File "/usr/lib/python3/site-packages/botocore/client.py", line 1005, in _make_api_call\n'
        "    raise error_class(parsed_response, operation_name)\n"
        f"botocore.exceptions.ClientError: {cli(of)}"
    )


def java_1(of: Refusal) -> str:
    method = _OLD_JAVA.get(of.operation or "", _lower(of.operation or "invoke"))
    code = "403 Forbidden" if of.bodiless else of.code
    return (
        f'Exception in thread "main" com.amazonaws.services.s3.model.AmazonS3Exception: {of.said[1]} '
        f"(Service: Amazon S3; Status Code: {of.status}; Error Code: {code}; Request ID: {REQUEST_ID}; "
        f"Proxy: null), S3 Extended Request ID: {HOST_ID}\n"
        "\tat com.amazonaws.http.AmazonHttpClient$RequestExecutor.handleErrorResponse(AmazonHttpClient.java:1879)\n"
        "\tat com.amazonaws.services.s3.AmazonS3Client.invoke(AmazonS3Client.java:5456)\n"
        f"\tat com.amazonaws.services.s3.AmazonS3Client.{method}(AmazonS3Client.java:1502)\n"
        "\tat dev.example.Mirror.run(Mirror.java:77)"
    )


def java_2(of: Refusal) -> str:
    return (
        f"software.amazon.awssdk.services.s3.model.S3Exception: {of.message} (Service: S3, Status Code: {of.status}, "
        f"Request ID: {REQUEST_ID}, Extended Request ID: {HOST_ID})\n"
        "\tat software.amazon.awssdk.services.s3.model.S3Exception$BuilderImpl.build(S3Exception.java:113)\n"
        f"\tat software.amazon.awssdk.services.s3.DefaultS3Client.{_lower(of.operation or '')}(DefaultS3Client.java:61)"
    )


def javascript_2(of: Refusal) -> str:
    return (
        f"{of.code}: {of.message}\n"
        "    at Request.extractError (/srv/node_modules/aws-sdk/lib/services/s3.js:711:35)\n"
        "    at Request.callListeners (/srv/node_modules/aws-sdk/lib/sequential_executor.js:106:20) {\n"
        f"  code: '{of.code}',\n  region: null,\n  requestId: '{REQUEST_ID}',\n  statusCode: {of.status},\n"
        "  retryable: false\n}"
    )


def javascript_3(of: Refusal) -> str:
    return (
        f"{of.code}: {of.message}\n"
        "    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:867:20)\n"
        f"    at de_{of.operation}CommandError (/app/node_modules/@aws-sdk/client-s3/dist-cjs/index.js:4938:14) {{\n"
        f"  '$fault': 'client',\n  '$metadata': {{\n    httpStatusCode: {of.status},\n    requestId: '{REQUEST_ID}',\n"
        f"    extendedRequestId: '{HOST_ID}',\n    attempts: 1\n  }},\n  Code: '{of.code}',\n  HostId: '{HOST_ID}'\n}}"
    )


def go_1(of: Refusal) -> str:
    return f"{of.code}: {of.message}\n\tstatus code: {of.status}, request id: {REQUEST_ID}, host id: {HOST_ID}"


def go_2(of: Refusal) -> str:
    code, message = of.said
    return (
        f"operation error S3: {of.operation}, https response error StatusCode: {of.status}, RequestID: {REQUEST_ID}, "
        f"HostID: {HOST_ID}, api error {code}: {message}"
    )


def dotnet(of: Refusal) -> str:
    return (
        f"Amazon.S3.AmazonS3Exception: {of.message}\n"
        " ---> Amazon.Runtime.Internal.HttpErrorResponseException: Exception of type "
        "'Amazon.Runtime.Internal.HttpErrorResponseException' was thrown.\n"
        "   --- End of inner exception stack trace ---\n"
        f"   at Amazon.S3.AmazonS3Client.{of.operation}Async({of.operation}Request request)\n"
        "   at Tides.Api.Upload(String name) in /src/Upload.cs:line 40"
    )


def php(of: Refusal) -> str:
    method, query = _METHODS[of.operation or ""]
    failed = f'Error executing "{of.operation}" on "{of.url}{query}"; AWS HTTP error: Client error: '
    sent = (
        f"`{method} {of.url}{query}` resulted in a `{of.status} {'Forbidden' if of.status == 403 else 'Bad Request'}`"
    )
    if of.bodiless:
        return f"{failed}{sent} response"
    return f"{failed}{sent} response:\n{of.xml[:120]} (truncated...)\n {of.code} (client): {of.message} - {of.xml}"


def ruby(of: Refusal) -> str:
    return (
        "/bundle/gems/aws-sdk-core-3.191.0/lib/seahorse/client/plugins/raise_response_errors.rb:17:in `call': "
        f"{of.message} (Aws::S3::Errors::{of.code})\n"
        f"\tfrom /bundle/gems/aws-sdk-s3-1.143.0/lib/aws-sdk-s3/client.rb:12959:in `{of.snake}'\n"
        "\tfrom app/models/upload.rb:9:in `publish'"
    )


def rust(of: Refusal) -> str:
    said = f"code: Some({json.dumps(of.code)}), message: Some({json.dumps(of.message)})"
    return (
        f"Error: ServiceError(ServiceError {{ source: Unhandled(Unhandled {{ source: ErrorMetadata {{ {said}, extras: "
        f'Some({{"aws_request_id": "{REQUEST_ID}"}}) }}, meta: ErrorMetadata {{ {said} }} }}), raw: Response '
        f"{{ status: StatusCode({of.status}) }} }})\nin {of.operation}Error"
    )


def xml(of: Refusal) -> str:
    return of.xml


def curl(of: Refusal) -> str:
    method, query = _METHODS[of.operation or ""]
    host = f"{of.bucket}.s3.{REGION}.amazonaws.com"
    return (
        f"> {method} /{of.key or ''}{query} HTTP/1.1\n> Host: {host}\n"
        f"> Authorization: AWS4-HMAC-SHA256 Credential=AKIAQQQQWWWWEEEERRRR/20240220/{REGION}/s3/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={'5d67' * 16}\n>\n"
        f"< HTTP/1.1 {of.status} {'Forbidden' if of.status == 403 else 'Bad Request'}\n"
        f"< x-amz-request-id: {REQUEST_ID}\n< Server: AmazonS3\n<\n{'' if of.bodiless else of.xml}"
    )


def cloudtrail(of: Refusal) -> str:
    record: dict[str, Any] = {
        "eventVersion": "1.09",
        "eventTime": "2024-02-20T10:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": {"ListObjectsV2": "ListObjects"}.get(of.operation or "", of.operation),
        "awsRegion": REGION,
        "errorCode": of.code,
        "errorMessage": of.message,
        "requestParameters": {"bucketName": of.bucket, **({"key": of.key} if of.key else {})},
        "requestID": REQUEST_ID,
        "eventType": "AwsApiCall",
    }
    return json.dumps(record, indent=2)


Dialect = Callable[[Refusal], str]

# Those in the second row say neither code nor call, or not both; HEAD's answers have their own forms in few.
NAMING_THE_CALL: Final[tuple[Dialect, ...]] = (
    cli, cli_of_old, boto3, java_1, javascript_3, go_2, php, ruby, rust, curl, cloudtrail,
)  # fmt: skip
WITHOUT_THE_CODE: Final[tuple[Dialect, ...]] = (java_2, dotnet)
WITHOUT_THE_CALL: Final[tuple[Dialect, ...]] = (javascript_2, go_1, xml)
WITHOUT_A_BODY: Final[tuple[Dialect, ...]] = (cli, cli_of_old, boto3, java_1, go_2, php, curl)


def dialects(of: Refusal, *, whole: bool) -> tuple[Dialect, ...]:
    """Return those that can print a refusal; with `whole` only those that name the call if it is known."""
    if of.bodiless:
        return WITHOUT_A_BODY
    if of.operation is None:
        return WITHOUT_THE_CALL
    found = NAMING_THE_CALL if whole else (*NAMING_THE_CALL, *WITHOUT_THE_CALL)
    return (*found, *WITHOUT_THE_CODE) if of.code == "AccessDenied" else found
