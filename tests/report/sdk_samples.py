"""What the AWS SDKs and the AWS CLI print."""

from tests.report.samples import sample

ROLE = "arn:aws:sts::210987654321:assumed-role/ingest/i-0f00ba4"

BOTO3 = {
    "bare": sample(
        "An error occurred (AccessDenied) when calling the GetBucketPolicy operation: Access Denied",
        source="boto3",
        operation="GetBucketPolicy",
        code="AccessDenied",
        status=403,
        message="Access Denied",
        bodiless=False,
        others_in_text=0,
        bucket=None,
        principal=None,
        named=None,
    ),
    "traceback with arguments": sample(
        """Traceback (most recent call last):
  File "/srv/app/tasks.py", line 88, in archive
    s3.upload_file(path, Bucket="cold-shelf", Key="2026/11/ledger.parquet")
  File "/usr/lib/python3.12/site-packages/boto3/s3/inject.py", line 145, in upload_file
    raise S3UploadFailedError(
boto3.exceptions.S3UploadFailedError: Failed to upload ledger.parquet to cold-shelf/2026/11/ledger.parquet: An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:sts::210987654321:assumed-role/ingest/i-0f00ba4 is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::cold-shelf/2026/11/ledger.parquet" because no session policy allows the s3:PutObject action
""",
        source="boto3",
        operation="PutObject",
        action="s3:PutObject",
        principal=ROLE,
        bucket="cold-shelf",
        key="2026/11/ledger.parquet",
        resource="arn:aws:s3:::cold-shelf/2026/11/ledger.parquet",
        named=("session_policy", "implicit"),
        others_in_text=0,
    ),
    "bare HEAD": sample(
        "botocore.exceptions.ClientError: An error occurred (403) when calling the HeadBucket operation: Forbidden",
        source="boto3",
        operation="HeadBucket",
        code=None,
        status=403,
        bodiless=True,
        message="Forbidden",
    ),
    "retries": sample(
        "ClientError: An error occurred (RequestTimeTooSkewed) when calling the ListObjectVersions operation "
        "(reached max retries: 4): The difference between the request time and the current time is too large.",
        source="boto3",
        operation="ListObjectVersions",
        code="RequestTimeTooSkewed",
        status=403,
        message="The difference between the request time and the current time is too large.",
    ),
    "log prefix": sample(
        '[2026-11-02T08:14:55.812Z] worker-3 ERROR sync.py:41 {"trace": "9f"} ClientError: An error occurred '
        "(InvalidAccessKeyId) when calling the ListBuckets operation: The AWS Access Key Id you provided does not exist in our records.",
        source="boto3",
        operation="ListBuckets",
        code="InvalidAccessKeyId",
        resource="*",
    ),
}

CLI = {
    "old upload": sample(
        "upload failed: ./q4.xlsx to s3://finance-drop/in/q4.xlsx A client error (AccessDenied) occurred when calling the PutObject operation: Access Denied",
        source="aws-cli",
        operation="PutObject",
        bucket="finance-drop",
        key="in/q4.xlsx",
        code="AccessDenied",
    ),
    "download with flags": sample(
        """$ aws s3 cp s3://geo-tiles/z12/a b.png . --request-payer requester --region ap-southeast-2
fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden""",
        source="aws-cli",
        operation="HeadObject",
        bucket="geo-tiles",
        bodiless=True,
        region="ap-southeast-2",
        parameters={"RequestPayer": "requester"},
    ),
    "s3api": sample(
        """~ ❯ aws s3api put-object-acl --bucket press-kit --key logos/dark.svg --acl public-read --expected-bucket-owner 555566667777

An error occurred (AccessDenied) when calling the PutObjectAcl operation: User: arn:aws:iam::555566667777:user/design/mo is not authorized to perform: s3:PutObjectAcl on resource: "arn:aws:s3:::press-kit/logos/dark.svg" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.
""",
        source="aws-cli",
        operation="PutObjectAcl",
        principal="arn:aws:iam::555566667777:user/design/mo",
        bucket="press-kit",
        key="logos/dark.svg",
        parameters={"ACL": "public-read", "ExpectedBucketOwner": "555566667777"},
        named=("block_public_access", "explicit"),
    ),
    "copy reads the source": sample(
        "copy failed: s3://raw-eu/x/1.gz to s3://raw-us/x/1.gz An error occurred (AccessDenied) when calling the GetObjectTagging operation: Access Denied",
        source="aws-cli",
        operation="GetObjectTagging",
        bucket="raw-eu",
        key="x/1.gz",
    ),
    "copy writes the target": sample(
        "copy failed: s3://raw-eu/x/1.gz to s3://raw-us/y/1.gz An error occurred (AccessDenied) when calling the CopyObject operation: Access Denied",
        operation="CopyObject",
        bucket="raw-us",
        key="y/1.gz",
        parameters={"CopySource": "raw-eu/x/1.gz"},
    ),
    "listing": sample(
        """% aws s3 ls s3://media-lake/incoming/

An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied""",
        source="aws-cli",
        operation="ListObjectsV2",
        bucket="media-lake",
        key=None,
        resource="arn:aws:s3:::media-lake",
        parameters={"Prefix": "incoming/", "Delimiter": "/"},
    ),
    "unsigned": sample(
        "$ aws s3 ls s3://open-maps --no-sign-request\n\nAn error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied",
        principal="anonymous",
        bucket="open-maps",
    ),
    "make bucket": sample(
        "make_bucket failed: s3://pier-nine An error occurred (AccessDenied) when calling the CreateBucket operation: User: arn:aws:iam::123450987654:user/kai is not authorized to perform: s3:CreateBucket with an explicit deny in a service control policy: arn:aws:organizations::999900001111:policy/o-ab12cd34ef/service_control_policy/p-9a8b7c6d",
        operation="CreateBucket",
        bucket="pier-nine",
        named=("scp", "explicit"),
        policy_arn="arn:aws:organizations::999900001111:policy/o-ab12cd34ef/service_control_policy/p-9a8b7c6d",
    ),
    "sync": sample(
        """$ aws s3 sync build/ s3://www-atoll/ --delete
upload failed: build/a.js to s3://www-atoll/a.js An error occurred (AccessDenied) when calling the PutObject operation: Access Denied
upload failed: build/b.js to s3://www-atoll/b.js An error occurred (AccessDenied) when calling the PutObject operation: Access Denied
delete failed: s3://www-atoll/old.js An error occurred (AccessDenied) when calling the DeleteObject operation: Access Denied""",
        source="aws-cli",
        operation="PutObject",
        bucket="www-atoll",
        key="a.js",
        others_in_text=2,
    ),
}

JAVA = {
    "v1": sample(
        """Exception in thread "main" com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 8Z2QK1J5R7T9VXWA; S3 Extended Request ID: kJ1l+Q0=; Proxy: null), S3 Extended Request ID: kJ1l+Q0=
	at com.amazonaws.http.AmazonHttpClient$RequestExecutor.handleErrorResponse(AmazonHttpClient.java:1879)
	at com.amazonaws.services.s3.AmazonS3Client.invoke(AmazonS3Client.java:5456)
	at com.amazonaws.services.s3.AmazonS3Client.getObjectTagging(AmazonS3Client.java:1502)
	at dev.fjord.Mirror.run(Mirror.java:77)""",
        source="java",
        operation="GetObjectTagging",
        code="AccessDenied",
        status=403,
        request_id="8Z2QK1J5R7T9VXWA",
        host_id="kJ1l+Q0=",
        message="Access Denied",
        others_in_text=0,
    ),
    "v1 old": sample(
        "Status Code: 403, AWS Service: Amazon S3, AWS Request ID: 0F1E2D3C4B5A6978, AWS Error Code: SignatureDoesNotMatch, AWS Error Message: The request signature we calculated does not match the signature you provided. Check your key and signing method., S3 Extended Request ID: abcDEF=\n\tat com.amazonaws.services.s3.AmazonS3Client.putObject(AmazonS3Client.java:1393)",
        source="java",
        operation="PutObject",
        code="SignatureDoesNotMatch",
        request_id="0F1E2D3C4B5A6978",
        others_in_text=0,
    ),
    "v2": sample(
        """software.amazon.awssdk.services.s3.model.S3Exception: User: arn:aws:iam::210987654321:user/etl is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::grain/2026/wheat.csv" with an explicit deny in a resource-based policy (Service: S3, Status Code: 403, Request ID: 7QH3M2Z8N4B6C1XY, Extended Request ID: zzTop+/=) (SDK Attempt Count: 1)
	at software.amazon.awssdk.services.s3.model.S3Exception$BuilderImpl.build(S3Exception.java:113)
	at software.amazon.awssdk.services.s3.DefaultS3Client.getObject(DefaultS3Client.java:6105)
Caused by: software.amazon.awssdk.services.s3.model.S3Exception: User: arn:aws:iam::210987654321:user/etl is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::grain/2026/wheat.csv" with an explicit deny in a resource-based policy (Service: S3, Status Code: 403, Request ID: 7QH3M2Z8N4B6C1XY, Extended Request ID: zzTop+/=)""",
        source="java",
        operation="GetObject",
        code="AccessDenied",
        principal="arn:aws:iam::210987654321:user/etl",
        bucket="grain",
        key="2026/wheat.csv",
        named=("bucket_policy", "explicit"),
        others_in_text=0,
        request_id="7QH3M2Z8N4B6C1XY",
    ),
    "v2 bodiless": sample(
        """S3Exception: null (Service: S3, Status Code: 403, Request ID: 5WB6D4K8ZQ1T2Y3U, Extended Request ID: q+1=)
    at software.amazon.awssdk.services.s3.DefaultS3Client.headObject(DefaultS3Client.java:7222)""",
        source="java",
        operation="HeadObject",
        code=None,
        status=403,
        bodiless=True,
    ),
}

JAVASCRIPT = {
    "v3": sample(
        """AccessDenied: Access Denied
    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:867:20)
    at de_DeleteObjectTaggingCommandError (/app/node_modules/@aws-sdk/client-s3/dist-cjs/index.js:4938:14)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  '$fault': 'client',
  '$metadata': {
    httpStatusCode: 403,
    requestId: 'PX1ZQ7F2K9J4H6M8',
    extendedRequestId: 'aZ/9+bb=',
    cfId: undefined,
    attempts: 1,
    totalRetryDelay: 0
  },
  Code: 'AccessDenied',
  RequestId: 'PX1ZQ7F2K9J4H6M8',
  HostId: 'aZ/9+bb='
}""",
        source="javascript",
        operation="DeleteObjectTagging",
        code="AccessDenied",
        status=403,
        request_id="PX1ZQ7F2K9J4H6M8",
        host_id="aZ/9+bb=",
        others_in_text=0,
    ),
    "v2": sample(
        """AccessDenied: Access Denied
    at Request.extractError (/srv/node_modules/aws-sdk/lib/services/s3.js:711:35)
    at Request.callListeners (/srv/node_modules/aws-sdk/lib/sequential_executor.js:106:20) {
  code: 'AccessDenied',
  region: 'eu-north-1',
  time: 2026-10-01T10:00:00.000Z,
  requestId: '4D0S7G5E2R1A8B9C',
  extendedRequestId: 'lm/no=',
  cfId: undefined,
  statusCode: 403,
  retryable: false,
  retryDelay: 41.2
}""",
        source="javascript",
        code="AccessDenied",
        status=403,
        region="eu-north-1",
        request_id="4D0S7G5E2R1A8B9C",
        operation=None,
        others_in_text=0,
    ),
    "v2 bodiless": sample(
        """2026-11-20T07:00:01.001Z  ERROR  Forbidden: null
    at Request.extractError (/var/runtime/node_modules/aws-sdk/lib/services/s3.js:712:35)
    at Request.callListeners (/var/runtime/node_modules/aws-sdk/lib/sequential_executor.js:106:20) {
  code: 'Forbidden',
  statusCode: 403,
  requestId: 'TT1ZQ7F2K9J4H6M8',
  retryable: false }""",
        source="javascript",
        code=None,
        status=403,
        bodiless=True,
        others_in_text=0,
    ),
    "lambda JSON": sample(
        """{
    "errorType": "AccessDenied",
    "errorMessage": "User: arn:aws:sts::210987654321:assumed-role/thumbs/resize-fn is not authorized to perform: s3:PutObjectTagging on resource: \\"arn:aws:s3:::thumbs-out/a/b.webp\\" because no identity-based policy allows the s3:PutObjectTagging action",
    "name": "AccessDenied",
    "$fault": "client",
    "$metadata": {"httpStatusCode": 403, "requestId": "W2X3Y4Z5A6B7C8D9", "attempts": 1, "totalRetryDelay": 0},
    "Code": "AccessDenied",
    "stack": ["AccessDenied: User: arn:aws:sts::210987654321:assumed-role/thumbs/resize-fn is not authorized to perform: s3:PutObjectTagging on resource: \\"arn:aws:s3:::thumbs-out/a/b.webp\\" because no identity-based policy allows the s3:PutObjectTagging action",
        "    at de_PutObjectTaggingCommandError (/var/task/index.js:100:1)"]
}""",
        operation="PutObjectTagging",
        principal="arn:aws:sts::210987654321:assumed-role/thumbs/resize-fn",
        bucket="thumbs-out",
        key="a/b.webp",
        named=("identity", "implicit"),
        status=403,
        others_in_text=0,
    ),
}

GO = {
    "v2": sample(
        "operation error S3: PutBucketVersioning, https response error StatusCode: 403, RequestID: 2B4D6F8H0J1K3M5N, HostID: x/y+z=, api error AccessDenied: Access Denied",
        source="go",
        operation="PutBucketVersioning",
        code="AccessDenied",
        status=403,
        request_id="2B4D6F8H0J1K3M5N",
        host_id="x/y+z=",
        message="Access Denied",
    ),
    "v2 head": sample(
        'time=2026-11-01T00:00:00Z level=ERROR msg="cannot stat" err="operation error S3: HeadObject, https response error StatusCode: 403, RequestID: ZZ4D6F8H0J1K3M5N, HostID: x=, api error Forbidden: Forbidden"',
        source="go",
        operation="HeadObject",
        code=None,
        bodiless=True,
    ),
    "v1": sample(
        "panic: SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.\n\tstatus code: 403, request id: 1A2B3C4D5E6F7G8H, host id: hh+/=\n",
        source="go",
        operation=None,
        code="SignatureDoesNotMatch",
        status=403,
        request_id="1A2B3C4D5E6F7G8H",
        host_id="hh+/=",
        message="The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    ),
    "operator": sample(
        'cannot update bucket: {"level":"error","err":"operation error S3: PutPublicAccessBlock, exceeded maximum number of attempts, 3, https response error StatusCode: 403, RequestID: 9A2B, HostID: , api error AccessDenied: User: arn:aws:sts::300030003000:assumed-role/crossplane/17 is not authorized to perform: s3:PutBucketPublicAccessBlock on resource: \\"arn:aws:s3:::xp-logs\\" because no permissions boundary allows the s3:PutBucketPublicAccessBlock action"}',
        operation="PutPublicAccessBlock",
        action="s3:PutBucketPublicAccessBlock",
        bucket="xp-logs",
        named=("permissions_boundary", "implicit"),
    ),
}

DOTNET = {
    "async": sample(
        """Amazon.S3.AmazonS3Exception: Access Denied
 ---> Amazon.Runtime.Internal.HttpErrorResponseException: Exception of type 'Amazon.Runtime.Internal.HttpErrorResponseException' was thrown.
   at Amazon.Runtime.HttpWebRequestMessage.GetResponseAsync(CancellationToken cancellationToken)
   --- End of inner exception stack trace ---
   at Amazon.S3.AmazonS3Client.PutBucketTaggingAsync(PutBucketTaggingRequest request)
   at Tides.Api.Upload(String name) in /src/Upload.cs:line 40""",
        source="dotnet",
        code="AccessDenied",
        status=403,
        message="Access Denied",
        operation="PutBucketTagging",
    ),
    "bodiless": sample(
        "Unhandled exception. Amazon.S3.AmazonS3Exception: Error making request with Error Code Forbidden and Http Status Code Forbidden. No further error information was returned by the service.\n   at Amazon.S3.AmazonS3Client.GetObjectMetadataAsync(GetObjectMetadataRequest r)",
        source="dotnet",
        code=None,
        status=403,
        bodiless=True,
        operation="HeadObject",
    ),
    "logged members": sample(
        "fail: Ferry.Worker[0] Amazon.S3.AmazonS3Exception: The AWS Access Key Id you provided does not exist in our records. ErrorCode: InvalidAccessKeyId, StatusCode: Forbidden, RequestId: 3C4D5E6F7G8H9J0K\n   at Amazon.S3.AmazonS3Client.<ListObjectsV2Async>d__1.MoveNext()",
        source="dotnet",
        code="InvalidAccessKeyId",
        status=403,
        request_id="3C4D5E6F7G8H9J0K",
    ),
}

PHP = {
    "with body": sample(
        """PHP Fatal error:  Uncaught exception 'Aws\\S3\\Exception\\S3Exception' with message 'Error executing "PutObject" on "https://atelier-uploads.s3.eu-west-3.amazonaws.com/p/1.jpg"; AWS HTTP error: Client error: `PUT https://atelier-uploads.s3.eu-west-3.amazonaws.com/p/1.jpg` resulted in a `403 Forbidden` response:
<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>AB12CD (truncated...)
 AccessDenied (client): Access Denied - <?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>AB12CD34EF56GH78</RequestId><HostId>p/q=</HostId></Error>'""",
        source="php",
        operation="PutObject",
        bucket="atelier-uploads",
        key="p/1.jpg",
        region="eu-west-3",
        code="AccessDenied",
        status=403,
        request_id="AB12CD34EF56GH78",
        others_in_text=0,
    ),
    "head": sample(
        'Error executing "HeadObject" on "https://s3.sa-east-1.amazonaws.com/notas/2026/a%20b.pdf"; AWS HTTP error: Client error: `HEAD https://s3.sa-east-1.amazonaws.com/notas/2026/a%20b.pdf` resulted in a `403 Forbidden` response',
        source="php",
        operation="HeadObject",
        bucket="notas",
        key="2026/a b.pdf",
        region="sa-east-1",
        code=None,
        bodiless=True,
    ),
    "laravel log": sample(
        '[2026-11-11 10:11:12] production.ERROR: Error executing "ListObjects" on "https://crates.s3.amazonaws.com/?prefix=a%2F&encoding-type=url"; AWS HTTP error: Client error: 403 AccessDenied (client): Access Denied {"exception":"[object] (Aws..."}',
        source="php",
        operation="ListObjects",
        bucket="crates",
        code="AccessDenied",
        status=403,
    ),
}

RUBY = {
    "uncaught": sample(
        """/usr/local/bundle/gems/aws-sdk-core-3.191.0/lib/seahorse/client/plugins/raise_response_errors.rb:17:in `call': Access Denied (Aws::S3::Errors::AccessDenied)
	from /usr/local/bundle/gems/aws-sdk-s3-1.143.0/lib/aws-sdk-s3/client.rb:12959:in `put_object_acl'
	from app/models/upload.rb:9:in `publish'""",
        source="ruby",
        operation="PutObjectAcl",
        code="AccessDenied",
        message="Access Denied",
        status=403,
    ),
    "logger": sample(
        "E, [2026-11-01T09:00:00.1 #42] ERROR -- : Aws::S3::Errors::InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.\napp/services/store.rb:12:in 'Aws::S3::Client#list_objects_v2'",
        source="ruby",
        operation="ListObjectsV2",
        code="InvalidAccessKeyId",
    ),
    "head": sample(
        "#<Aws::S3::Errors::Forbidden: Aws::S3::Errors::Forbidden>\n  client.rb:1:in `head_object'",
        source="ruby",
        operation="HeadObject",
        code=None,
        status=403,
        bodiless=True,
    ),
}

RUST = {
    "debug": sample(
        'Error: ServiceError(ServiceError { source: Unhandled(Unhandled { source: ErrorMetadata { code: Some("AccessDenied"), message: Some("Access Denied"), extras: Some({"aws_request_id": "R1S2T3U4V5W6X7Y8", "s3_extended_request_id": "e/f="}) }, meta: ErrorMetadata { code: Some("AccessDenied"), message: Some("Access Denied"), extras: Some({"aws_request_id": "R1S2T3U4V5W6X7Y8"}) } }), raw: Response { status: StatusCode(403), headers: Headers { headers: {"x-amz-request-id": HeaderValue { _private: H1("R1S2T3U4V5W6X7Y8") }}}}})\nin GetObjectLegalHoldError',
        source="rust",
        operation="GetObjectLegalHold",
        code="AccessDenied",
        message="Access Denied",
        status=403,
        request_id="R1S2T3U4V5W6X7Y8",
        others_in_text=0,
    ),
    "pretty head": sample(
        """ServiceError {
    err: HeadObjectError {
        kind: Unhandled(
            Error {
                code: None,
                message: None,
                request_id: None,
                extras: {},
            },
        ),
    },
    raw: Response {
        inner: Response {
            status: 403,
            headers: {
                "x-amz-request-id": "8SCE568PZ3EF7WVB",
            },
            body: SdkBody { inner: Once(Some(b"")) },
        },
    },
}""",
        source="rust",
        operation="HeadObject",
        code=None,
        status=403,
        bodiless=True,
        request_id="8SCE568PZ3EF7WVB",
    ),
    "object_store": sample(
        'ComputeError: Generic S3 error: Error performing GET https://s3.us-east-2.amazonaws.com/lakeshore/t/_delta_log/0.json in 41ms - Client error with status 403 Forbidden: <?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::300030003000:user/polars is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::lakeshore/t/_delta_log/0.json" because no identity-based policy allows the s3:GetObject action</Message><RequestId>KK11</RequestId><HostId>h=</HostId></Error>',
        source="rust",
        code="AccessDenied",
        bucket="lakeshore",
        key="t/_delta_log/0.json",
        named=("identity", "implicit"),
        region="us-east-2",
        others_in_text=0,
    ),
    "opendal": sample(
        'PermissionDenied (persistent) at stat, context: { uri: https://s3.us-west-2.amazonaws.com/kelp/a.bin, response: Parts { status: 403 }, service: s3, path: a.bin } => S3Error { code: "AccessDenied", message: "Access Denied", resource: "", request_id: "OD12" }',
        source="rust",
        code="AccessDenied",
        bucket="kelp",
        key="a.bin",
        request_id="OD12",
    ),
}

CPP = {
    "sdk": sample(
        """HTTP response code: 403
Resolved remote host IP address: 52.218.0.1
Request ID: FEDCBA9876543210
Exception name: AccessDenied
Error message: Access Denied
7 response headers:
content-type : application/xml
x-amz-id-2 : ii/jj=
x-amz-request-id : FEDCBA9876543210""",
        source="cpp",
        code="AccessDenied",
        status=403,
        request_id="FEDCBA9876543210",
        host_id="ii/jj=",
        message="Access Denied",
    ),
    "arrow": sample(
        "OSError: When reading information for key 'y=26/part-0.parquet' in bucket 'tern-lake': AWS Error ACCESS_DENIED during HeadObject operation: No response body.",
        source="cpp",
        operation="HeadObject",
        bucket="tern-lake",
        key="y=26/part-0.parquet",
        code=None,
        status=403,
        bodiless=True,
    ),
    "arrow upload": sample(
        "pyarrow.lib.ArrowInvalid: When initiating multiple part upload for key 'o/p.feather' in bucket 'tern-out': AWS Error ACCESS_DENIED during CreateMultipartUpload operation: User: arn:aws:sts::300030003000:assumed-role/glue/job is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::tern-out/o/p.feather\" with an explicit deny in a VPC endpoint policy",
        source="cpp",
        operation="CreateMultipartUpload",
        action="s3:PutObject",
        bucket="tern-out",
        named=("vpc_endpoint", "explicit"),
        others_in_text=0,
    ),
    "sdk bodiless": sample(
        "HTTP response code: 403\nResolved remote host IP address: 1.1.1.1\nRequest ID: A1\nException name: \nError message: No response body.\n6 response headers:\n",
        source="cpp",
        code=None,
        bodiless=True,
    ),
    "duckdb": sample(
        "HTTP Error: HTTP GET error on 'https://otters.s3.eu-central-1.amazonaws.com/t/1.parquet' (HTTP 403)",
        source="cpp",
        operation="GetObject",
        bucket="otters",
        key="t/1.parquet",
        status=403,
    ),
}

SAMPLES = {
    f"{family}: {name}": each
    for family, samples in {
        "boto3": BOTO3,
        "aws-cli": CLI,
        "java": JAVA,
        "javascript": JAVASCRIPT,
        "go": GO,
        "dotnet": DOTNET,
        "php": PHP,
        "ruby": RUBY,
        "rust": RUST,
        "cpp": CPP,
    }.items()
    for name, each in samples.items()
}
