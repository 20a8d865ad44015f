from tests.report.samples import sample

INCIDENT = {
    "an old Java trace": sample(
        """caused by: com.amazonaws.services.s3.model.AmazonS3Exception: Status Code: 403, AWS Service: Amazon S3, AWS Request ID: 77FEXAMPLE, AWS Error Code: AccessDenied, AWS Error Message: Access Denied, S3 Extended Request ID: ...
    at com.amazonaws.services.s3.AmazonS3Client.getBucketLocation(AmazonS3Client.java:702)
    at io.granary.publish.S3Wagon.connect(S3Wagon.java:51)""",
        source="java", operation="GetBucketLocation", code="AccessDenied", status=403, message="Access Denied", bucket=None, named=None, others_in_text=0,
    ),
    "an upload with a canned ACL": sample(
        """$ aws --region=us-west-1 s3 cp --acl bucket-owner-read ./ledger s3://auditors/in/2026/ledger
upload failed: ./ledger to s3://auditors/in/2026/ledger A client error (AccessDenied) occurred when calling the PutObject operation: Access Denied""",
        source="aws-cli", operation="PutObject", code="AccessDenied", bucket="auditors", key="in/2026/ledger", region="us-west-1", parameters={"ACL": "bucket-owner-read"}, named=None,
    ),
    "a service that read a document": sample(
        """Ingestion failed: User: arn:aws:sts::222233334444:assumed-role/SearchIndexerRole-x1/Loader-1 is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::handbooks/hr/leave.pdf" because no identity-based policy allows the s3:GetObject action (Service: S3, Status Code: 403, Request ID: AAAJBGWMA82PDQ90, Extended Request ID: QQ77...)""",
        source="java", operation=None, action="s3:GetObject", code="AccessDenied", status=403, principal="arn:aws:sts::222233334444:assumed-role/SearchIndexerRole-x1/Loader-1", bucket="handbooks", key="hr/leave.pdf", named=("identity", "implicit"), request_id="AAAJBGWMA82PDQ90", others_in_text=0,
    ),
    "a configuration whose permission has another name": sample(
        "An error occurred (AccessDenied) when calling the PutBucketReplication operation: Access Denied",
        operation="PutBucketReplication", code="AccessDenied", action=None, bucket=None, named=None,
    ),
    "a bare listing": sample(
        "An error occurred (AccessDenied) when calling the ListObjects operation: Access Denied",
        operation="ListObjects", code="AccessDenied", bucket=None, named=None,
    ),
    "an operator looks at a bucket": sample(
        "cannot observe: [{0 reading Amazon S3 (Simple Storage) Bucket (acorns): operation error S3: HeadBucket, https response error StatusCode: 403, RequestID: QQ34WCWYG7PGXGYM, HostID: ..., api error Forbidden: Forbidden  []}]",
        source="terraform", operation="HeadBucket", code=None, status=403, bucket="acorns", bodiless=True, named=None, message="Forbidden",
    ),
    "an upload by an old client": sample(
        """$ aws s3 cp notes.md s3://inbox-stage
upload failed: ./notes.md to s3://inbox-stage/notes.md A client error (AccessDenied) occurred when calling the PutObject operation: Access Denied""",
        source="aws-cli", operation="PutObject", code="AccessDenied", bucket="inbox-stage", key="notes.md",
    ),
    "a copy that reads tags": sample(
        "copy failed: s3://lab-results/j/1.zip to s3://lab-mirror/1.zip An error occurred (AccessDenied) when calling the GetObjectTagging operation: Access Denied",
        source="aws-cli", operation="GetObjectTagging", code="AccessDenied", bucket="lab-results", key="j/1.zip",
    ),
    "a load balancer's logs": sample(
        "Error: modifying LB attributes: InvalidConfigurationRequest: Access Denied for bucket: edge-logs. Please check S3bucket permission\n        status code: 400, request id: 11112222-dee3-45b8-b760-b9243b1d5466",
        operation="PutObject", code="InvalidConfigurationRequest", status=400, bucket="edge-logs", principal=None, request_id="11112222-dee3-45b8-b760-b9243b1d5466", named=None,
    ),
    "another account's key": sample(
        "upload failed: - to s3://vendor-in/day=1/a.txt An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:sts::333344445555:assumed-role/pusher/s1 is not authorized to perform: kms:GenerateDataKey on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
        source="aws-cli", operation="PutObject", action="kms:GenerateDataKey", code="AccessDenied", principal="arn:aws:sts::333344445555:assumed-role/pusher/s1", bucket="vendor-in", key="day=1/a.txt", named=("kms", None), others_in_text=0,
    ),
    "a ciphertext": sample(
        "download failed: s3://genome/x.bam to ../x.bam An error occurred (AccessDenied) when calling the GetObject operation: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
        source="aws-cli", operation="GetObject", action="kms:Decrypt", code="AccessDenied", bucket="genome", key="x.bam", named=("kms", None), others_in_text=0,
    ),
    "a policy from Python": sample(
        "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutBucketPolicy operation: Access Denied",
        source="boto3", operation="PutBucketPolicy", code="AccessDenied", named=None,
    ),
    "a file system that looks for a key": sample(
        """botocore.exceptions.ClientError: An error occurred (403) when calling the HeadObject operation: Forbidden

The above exception was the direct cause of the following exception:

PermissionError: Forbidden""",
        source="s3fs", operation="HeadObject", code=None, status=403, bodiless=True, others_in_text=0,
    ),
    "a session that ended": sample(
        """<Error>
<Code>ExpiredToken</Code>
<Message>The provided token has expired.</Message>
<Token-0>IQoJb3JpZ2luX2VjOTHEREXAMPLE</Token-0>
<RequestId>1D8E9F0A1B2C3D4E</RequestId>
<HostId>...</HostId>
</Error>""",
        source="xml", code="ExpiredToken", status=400, message="The provided token has expired.", request_id="1D8E9F0A1B2C3D4E", host_id=None, operation=None, named=None,
    ),
    "a session that ended, in short": sample(
        "<Error>\n  <Code>ExpiredToken</Code>\n  <Message>The provided token has expired.</Message>\n</Error>",
        source="xml", code="ExpiredToken", status=400,
    ),
    "a mangled secret": sample(
        "make_bucket failed: s3://course-media/ A client error (SignatureDoesNotMatch) occurred when calling the CreateBucket operation: The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        source="aws-cli", operation="CreateBucket", code="SignatureDoesNotMatch", status=403, bucket="course-media", named=None,
    ),
    "a slow clock": sample(
        """('403', '403 Forbidden', '<?xml version="1.0" encoding="UTF-8"?>\\
<Error><Code>RequestTimeTooSkewed</Code>\\
<Message>The difference between the request time and the current time is too large.</Message>\\
<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>\\
<RequestId>995773C55D004CDD</RequestId>\\
<RequestTime>Wed, 05 Mar 2014 09:00:00 GMT</RequestTime>\\
<ServerTime>2014-03-05T09:21:00Z</ServerTime></Error>')""",
        source="xml", code="RequestTimeTooSkewed", status=403, request_time="2014-03-05T09:00:00Z", server_time="2014-03-05T09:21:00Z", request_id="995773C55D004CDD",
    ),
    "a state that cannot be loaded": sample(
        "Error: Error loading state: AccessDenied: Access Denied\n\tstatus code: 403, request id: 9F1A..., host id: ...",
        source="terraform", code="AccessDenied", status=403, operation=None, bucket=None,
    ),
    "an upload that a guardrail stops": sample(
        'Unexpected error for backup_s3.77EXAMPLE: An error occurred (AccessDenied) when calling the CreateMultipartUpload operation: User: arn:aws:iam::222233334444:user/nas is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::attic/Backup_2026.tar" with an explicit deny in a service control policy',
        operation="CreateMultipartUpload", action="s3:PutObject", code="AccessDenied", principal="arn:aws:iam::222233334444:user/nas", bucket="attic", key="Backup_2026.tar", named=("scp", "explicit"), others_in_text=0,
    ),
    "a HEAD of a file that costs": sample(
        "fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden",
        source="aws-cli", operation="HeadObject", code=None, status=403, bodiless=True, bucket=None,
    ),
    "an ACL where there are none": sample(
        "error creating S3 bucket ACL for scratch-pad: AccessControlListNotSupported: The bucket does not allow ACLs\n\tstatus code: 400, request id: ..., host id: ...",
        source="terraform", operation="PutBucketAcl", code="AccessControlListNotSupported", status=400, bucket="scratch-pad",
    ),
}
MORE = {
    "Kotlin": sample("aws.sdk.kotlin.services.s3.model.S3Exception: Access Denied, Request ID: KT12, Extended Request ID: kk=", source="java", code="AccessDenied", status=403, request_id="KT12", host_id="kk=", message="Access Denied"),
    "Redshift": sample("ERROR: S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 51E2ABCD,ExtRid abc/=,CanRetry 1\n  DETAIL:\n  error:  S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 51E2ABCD,ExtRid abc/=,CanRetry 1", source="text", code="AccessDenied", status=403, request_id="51E2ABCD", others_in_text=0),
    "s3cmd": sample("$ s3cmd put a s3://cove/a\nERROR: S3 error: 403 (SignatureDoesNotMatch): The request signature we calculated does not match the signature you provided.", source="text", code="SignatureDoesNotMatch", bucket="cove", key="a"),
    "PowerShell": sample("Get-S3Object : Access Denied\nAt line:1 char:1\n+ Get-S3Object -BucketName cove -Key b", code="AccessDenied", bucket="cove"),
    "CloudFormation with the one operation of an action": sample('UPDATE_ROLLBACK_COMPLETE: User: arn:aws:sts::222233334444:assumed-role/cfn-exec/AWSCloudFormation is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::bluff" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access. (Service: S3, Status Code: 403, Request ID: CF1, Extended Request ID: x=) (SDK Attempt Count: 1)', operation="PutBucketPolicy", action="s3:PutBucketPolicy", bucket="bluff", named=("block_public_access", "explicit"), others_in_text=0),
    "an operation named as an action": sample('User: arn:aws:iam::222233334444:user/u is not authorized to perform: s3:CopyObject on resource: "arn:aws:s3:::bluff/a" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.', operation="CopyObject", action="s3:CopyObject", key="a"),
    "an identity beside an error": sample('$ aws sts get-caller-identity\n{\n    "UserId": "AROAX:me",\n    "Account": "222233334444",\n    "Arn": "arn:aws:sts::222233334444:assumed-role/dev/me"\n}\n$ aws s3 ls s3://cove\n\nAn error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied', principal="arn:aws:sts::222233334444:assumed-role/dev/me", operation="ListObjectsV2", bucket="cove"),
    "a wrong Region": sample("An error occurred (AuthorizationHeaderMalformed) when calling the ListObjectsV2 operation: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-south-2'", code="AuthorizationHeaderMalformed", status=400, region="us-east-1", bucket_region="eu-south-2"),
    "an endpoint of a VPC": sample("curl https://bucket.vpce-0a1b2c3d4e5f-abcd1234.s3.us-east-1.vpce.amazonaws.com/cove/key.txt\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", source="curl", operation="GetObject", bucket="cove", key="key.txt", region="us-east-1", context={"aws:SourceVpce": "vpce-0a1b2c3d4e5f"}),
    "an access point": sample("aws s3api get-object --bucket arn:aws:s3:eu-west-1:222233334444:accesspoint/pier --key a/b out\nAn error occurred (AccessDenied) when calling the GetObject operation: Access Denied", source="aws-cli", operation="GetObject", resource="arn:aws:s3:eu-west-1:222233334444:accesspoint/pier/object/a/b", bucket=None),
    "a URL that ran out": sample("<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>300</X-Amz-Expires><Expires>2026-02-01T10:05:00Z</Expires><ServerTime>2026-02-01T11:00:00Z</ServerTime></Error> for https://cove.s3.amazonaws.com/o.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260201%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260201T100000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature=abcdef", presigned={"signed_at": "2026-02-01T10:00:00Z", "expires": 300, "headers": ["host"], "key_id": "AKIA...MPLE", "expires_at": "2026-02-01T10:05:00Z"}, server_time="2026-02-01T11:00:00Z", bucket="cove"),
}
SAMPLES = {**{f"incident: {n}": s for n, s in INCIDENT.items()}, **{f"more: {n}": s for n, s in MORE.items()}}
