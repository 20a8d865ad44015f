"""Tools above the SDKs: Terraform, Hadoop, rclone, s3fs of both kinds; and prose."""

from tests.report.samples import sample

TERRAFORM = {
    "framed and wrapped": sample(
        """╷
│ Error: putting S3 Bucket (orchard-state) Policy: operation error S3: PutBucketPolicy, https
│ response error StatusCode: 403, RequestID: TF0000000000001A, HostID:
│ nuceQUgbjzVywvNtqjtevOC0Ge4+Wv9raOCSw8zTibjv=, api error AccessDenied: User:
│ arn:aws:iam::600060006000:user/ci/deploy is not authorized to perform:
│ s3:PutBucketPolicy on resource: "arn:aws:s3:::orchard-state" because public
│ policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.
│
│   with module.site.aws_s3_bucket_policy.this[0],
│   on .terraform/modules/site/main.tf line 41, in resource "aws_s3_bucket_policy" "this":
│   41: resource "aws_s3_bucket_policy" "this" {
╵""",
        source="terraform",
        operation="PutBucketPolicy",
        action="s3:PutBucketPolicy",
        principal="arn:aws:iam::600060006000:user/ci/deploy",
        bucket="orchard-state",
        key=None,
        request_id="TF0000000000001A",
        named=("block_public_access", "explicit"),
        others_in_text=0,
    ),
    "old": sample(
        "* aws_s3_bucket.logs: 1 error(s) occurred:\n* Error putting S3 policy: AccessDenied: Access Denied\n\tstatus code: 403, request id: TF2, host id: h=",
        source="terraform",
        operation="PutBucketPolicy",
        code="AccessDenied",
        status=403,
    ),
    "reading": sample(
        "Error: reading S3 Bucket (vineyard-logs) Location: operation error S3: GetBucketLocation, https response error StatusCode: 403, RequestID: TF3, HostID: h=, api error AccessDenied: Access Denied",
        source="terraform",
        operation="GetBucketLocation",
        bucket="vineyard-logs",
    ),
    "object": sample(
        "Error: uploading S3 Object (conf/app.yml) to Bucket (hops): operation error S3: PutObject, https response error StatusCode: 403, RequestID: TF4, HostID: h=, api error AccessDenied: User: arn:aws:sts::600060006000:assumed-role/tf/gh is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:600060006000:key/0a0a0a0a-1111-2222-3333-444444444444 because no identity-based policy allows the kms:GenerateDataKey action",
        source="terraform",
        operation="PutObject",
        bucket="hops",
        key="conf/app.yml",
        action="kms:GenerateDataKey",
        named=("kms", "implicit"),
        via="identity",
    ),
    "backend": sample(
        'Error: Failed to get existing workspaces: Unable to list objects in S3 bucket "cider-state" with prefix "env:/": operation error S3: ListObjectsV2, https response error StatusCode: 403, RequestID: TF5, HostID: h=, api error AccessDenied: Access Denied',
        source="terraform",
        operation="ListObjectsV2",
        bucket="cider-state",
    ),
    "log delivery": sample(
        "Error: modifying ELBv2 Load Balancer (arn:aws:elasticloadbalancing:us-east-1:600060006000:loadbalancer/app/a/1) attributes: InvalidConfigurationRequest: Access Denied for bucket: alb-trail. Please check S3bucket permission\n\tstatus code: 400, request id: 069b",
        operation="PutObject",
        bucket="alb-trail",
        principal=None,
    ),
}

HADOOP = {
    "status without body": sample(
        """py4j.protocol.Py4JJavaError: An error occurred while calling o77.parquet.
: java.nio.file.AccessDeniedException: s3a://krill/events/dt=1/x.parquet: getFileStatus on s3a://krill/events/dt=1/x.parquet: com.amazonaws.services.s3.model.AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403; Error Code: 403 Forbidden; Request ID: H1; S3 Extended Request ID: e=; Proxy: null), S3 Extended Request ID: e=:403 Forbidden
	at org.apache.hadoop.fs.s3a.S3AUtils.translateException(S3AUtils.java:255)
	at org.apache.hadoop.fs.s3a.S3AFileSystem.s3GetFileStatus(S3AFileSystem.java:3796)
Caused by: com.amazonaws.services.s3.model.AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403; Error Code: 403 Forbidden; Request ID: H1; S3 Extended Request ID: e=; Proxy: null), S3 Extended Request ID: e=
	at com.amazonaws.services.s3.AmazonS3Client.getObjectMetadata(AmazonS3Client.java:1370)""",
        source="s3a",
        operation="HeadObject",
        bucket="krill",
        key="events/dt=1/x.parquet",
        code=None,
        status=403,
        bodiless=True,
        request_id="H1",
        others_in_text=0,
    ),
    "status with body": sample(
        "java.nio.file.AccessDeniedException: s3a://plankton/t: getFileStatus on s3a://plankton/t: software.amazon.awssdk.services.s3.model.S3Exception: Access Denied (Service: S3, Status Code: 403, Request ID: H2, Extended Request ID: e=):AccessDenied",
        source="s3a",
        operation="ListObjectsV2",
        bucket="plankton",
        key=None,
        code="AccessDenied",
        bodiless=False,
    ),
    "put": sample(
        "26/11/20 10:00:00 WARN TaskSetManager: Lost task 0.0 in stage 1.0: java.nio.file.AccessDeniedException: out/_SUCCESS: PUT 0-byte object  on out/_SUCCESS: com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: H3; S3 Extended Request ID: e=; Proxy: null), S3 Extended Request ID: e=:AccessDenied",
        source="s3a",
        operation="PutObject",
        code="AccessDenied",
        request_id="H3",
        others_in_text=0,
    ),
    "location": sample(
        "java.nio.file.AccessDeniedException: copepod: getBucketLocation() on copepod: com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: H4; S3 Extended Request ID: e=)",
        source="s3a",
        operation="GetBucketLocation",
        bucket="copepod",
    ),
}

RCLONE = {
    "v1": sample(
        "2026/11/20 20:39:05 ERROR : reel.mov: Failed to copy: AccessDenied: Access Denied\n\tstatus code: 403, request id: RC1, host id: h=",
        source="rclone",
        code="AccessDenied",
        status=403,
        request_id="RC1",
        others_in_text=0,
    ),
    "v2": sample(
        "2026/11/20 20:39:05 ERROR : S3 bucket film-vault path dailies: error reading destination root directory: operation error S3: ListObjectsV2, https response error StatusCode: 403, RequestID: RC2, HostID: h=, api error AccessDenied: Access Denied",
        source="rclone",
        operation="ListObjectsV2",
        bucket="film-vault",
        code="AccessDenied",
    ),
    "old upload": sample(
        """2026/11/20 07:02:45 ERROR : a.7z: Failed to copy: s3 upload: 403 Forbidden: <?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>RC3</RequestId></Error>""",
        source="rclone",
        operation="PutObject",
        code="AccessDenied",
        request_id="RC3",
        others_in_text=0,
    ),
}

S3FS = {
    "fuse head": sample(
        """May 24 00:05:38 vm s3fs[740168]:       URL is https://s3-us-west-2.amazonaws.com/quarry/d/report.txt
May 24 00:05:38 vm s3fs[740168]:       URL changed is https://quarry.s3-us-west-2.amazonaws.com/d/report.txt
May 24 00:05:38 vm s3fs[740168]:       computing signature [HEAD] [/d/report.txt] [] []
May 24 00:05:38 vm s3fs[740168]: curl.cpp:RequestPerform(2371): HTTP response code 403, returning EPERM. Body Text: """,
        source="s3fs",
        operation="HeadObject",
        bucket="quarry",
        key="d/report.txt",
        region="us-west-2",
        status=403,
        code=None,
        bodiless=True,
    ),
    "fuse list": sample(
        """[INF]       curl.cpp:prepare_url(4736): URL changed is https://marl.s3.amazonaws.com?delimiter=/&max-keys=2&prefix=rz/
[INF]       curl.cpp:insertV4Headers(2753): computing signature [GET] [/] [delimiter=/&max-keys=2&prefix=rz/] []
[ERR] curl.cpp:RequestPerform(2455): HTTP response code 403, returning EPERM. Body Text: <?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>SF2</RequestId></Error>""",
        source="s3fs",
        operation="ListObjects",
        bucket="marl",
        code="AccessDenied",
        others_in_text=0,
    ),
    "python": sample(
        """  File "/opt/venv/lib/python3.12/site-packages/s3fs/core.py", line 113, in _error_wrapper
    return await func(*args, **kwargs)
botocore.exceptions.ClientError: An error occurred (403) when calling the HeadObject operation: Forbidden

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/etl.py", line 5, in <module>
    df = pd.read_parquet("s3://loess/2026/part.parquet")
PermissionError: Forbidden""",
        source="s3fs",
        operation="HeadObject",
        bucket="loess",
        key="2026/part.parquet",
        status=403,
        bodiless=True,
        others_in_text=0,
    ),
    "python with body": sample(
        "PermissionError: Access Denied",
        source="s3fs",
        code="AccessDenied",
        status=403,
        operation=None,
    ),
}

PROSE = {
    "a sentence": sample(
        "Our nightly job gets AccessDenied on s3://till-sheets/2026.csv since Friday",
        source="text",
        code="AccessDenied",
        status=403,
        bucket="till-sheets",
        key="2026.csv",
        operation=None,
    ),
    "status only": sample(
        "the webhook returned 403 for bucket 'esker-in'.", source="text", status=403, bucket="esker-in", code=None
    ),
    "not about access": sample(
        "An error occurred (SlowDown) when calling the PutObject operation: Please reduce your request rate.",
        code="SlowDown",
        status=503,
        unread=("the call failed for a reason other than access",),
    ),
    "CloudFormation": sample(
        "CREATE_FAILED AWS::S3::BucketPolicy SitePolicy API: s3:PutBucketPolicy Access Denied",
        operation="PutBucketPolicy",
        code="AccessDenied",
    ),
    "nothing": sample("hello", source="text", code=None, unread=("no refusal of S3 was recognised in the text",)),
}

SAMPLES = {
    f"{family}: {name}": each
    for family, samples in {
        "terraform": TERRAFORM,
        "hadoop": HADOOP,
        "rclone": RCLONE,
        "s3fs": S3FS,
        "prose": PROSE,
    }.items()
    for name, each in samples.items()
}
