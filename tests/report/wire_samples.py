"""Bodies, transcripts, URLs, logs, and the pages of the console and CloudFront."""

from tests.report.samples import sample

OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

XML = {
    "pretty": sample(
        """<?xml version="1.0" encoding="UTF-8"?>
<Error>
  <Code>InvalidObjectState</Code>
  <Message>The operation is not valid for the object's storage class</Message>
  <StorageClass>DEEP_ARCHIVE</StorageClass>
  <RequestId>HG7F6E5D4C3B2A19</RequestId>
  <HostId>ho/st=</HostId>
</Error>""",
        source="xml",
        code="InvalidObjectState",
        status=403,
        request_id="HG7F6E5D4C3B2A19",
        host_id="ho/st=",
        unread=("the object is stored as `DEEP_ARCHIVE`",),
    ),
    "one line": sample(
        "<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>900</X-Amz-Expires><Expires>2026-11-20T10:15:00Z</Expires><ServerTime>2026-11-20T11:00:04Z</ServerTime><RequestId>RR1</RequestId><HostId>x=</HostId></Error>",
        source="xml",
        code="AccessDenied",
        message="Request has expired",
        server_time="2026-11-20T11:00:04Z",
        presigned={"expires": 900, "expires_at": "2026-11-20T10:15:00Z"},
    ),
    "repr": sample(
        r"""b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the request time and the current time is too large.</Message><RequestTime>20261120T093000Z</RequestTime><ServerTime>2026-11-20T10:30:00Z</ServerTime><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds><RequestId>Q9</RequestId></Error>'""",
        source="xml",
        code="RequestTimeTooSkewed",
        request_time="2026-11-20T09:30:00Z",
        server_time="2026-11-20T10:30:00Z",
    ),
    "HTML-escaped": sample(
        "&lt;Error&gt;&lt;Code&gt;AccessDenied&lt;/Code&gt;&lt;Message&gt;User: arn:aws:iam::400040004000:user/zoe is not authorized to perform: s3:ListBucket on resource: &quot;arn:aws:s3:::pebbles&quot; because no VPC endpoint policy allows the s3:ListBucket action&lt;/Message&gt;&lt;RequestId&gt;HE1&lt;/RequestId&gt;&lt;/Error&gt;",
        source="xml",
        code="AccessDenied",
        principal="arn:aws:iam::400040004000:user/zoe",
        action="s3:ListBucket",
        resource="arn:aws:s3:::pebbles",
        named=("vpc_endpoint", "implicit"),
        others_in_text=0,
    ),
    "wrong Region": sample(
        "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-south-2'</Message><Region>eu-south-2</Region><RequestId>M1</RequestId></Error>",
        code="AuthorizationHeaderMalformed",
        status=400,
        bucket_region="eu-south-2",
    ),
    "many deleted": sample(
        """<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Deleted><Key>ok.txt</Key></Deleted><Error><Key>locked.txt</Key><VersionId>3HL4kq</VersionId><Code>AccessDenied</Code><Message>Access Denied because object protected by object lock.</Message></Error></DeleteResult>""",
        operation="DeleteObjects",
        key="locked.txt",
        code="AccessDenied",
        parameters={"VersionId": "3HL4kq"},
        named=("object_state", "requirement"),
    ),
}

CURL = {
    "verbose": sample(
        """$ curl -v https://gull-media.s3.eu-west-1.amazonaws.com/a/b.mp4
* Connected to gull-media.s3.eu-west-1.amazonaws.com (52.218.1.2) port 443 (#0)
* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256
> GET /a/b.mp4 HTTP/1.1
> Host: gull-media.s3.eu-west-1.amazonaws.com
> User-Agent: curl/8.4.0
> Accept: */*
>
< HTTP/1.1 403 Forbidden
< x-amz-bucket-region: eu-west-1
< x-amz-request-id: CU4RL0000000001A
< x-amz-id-2: id2/=
< Content-Type: application/xml
< Date: Fri, 20 Nov 2026 10:00:00 GMT
< Server: AmazonS3
<
<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>CU4RL0000000001A</RequestId><HostId>id2/=</HostId></Error>
* Connection #0 to host gull-media.s3.eu-west-1.amazonaws.com left intact""",
        source="curl",
        principal="anonymous",
        operation="GetObject",
        bucket="gull-media",
        key="a/b.mp4",
        code="AccessDenied",
        status=403,
        region="eu-west-1",
        bucket_region="eu-west-1",
        request_id="CU4RL0000000001A",
        time="2026-11-20T10:00:00Z",
        others_in_text=0,
        context={"s3:TlsVersion": "1.3", "aws:SecureTransport": "true", "aws:UserAgent": "curl/8.4.0"},
    ),
    "signed put": sample(
        """> PUT /quay/in/1.bin HTTP/1.1
> Host: s3.us-west-2.amazonaws.com
> Authorization: AWS4-HMAC-SHA256 Credential=AKIAQQQQWWWWEEEERRRR/20261120/us-west-2/s3/aws4_request, SignedHeaders=host;x-amz-acl;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7
> x-amz-acl: bucket-owner-full-control
> x-amz-server-side-encryption: aws:kms
>
< HTTP/1.1 403 Forbidden
< x-amz-request-id: CU4RL0000000002B
<
<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>""",
        source="curl",
        principal=None,
        operation="PutObject",
        bucket="quay",
        key="in/1.bin",
        parameters={"ACL": "bucket-owner-full-control", "ServerSideEncryption": "aws:kms"},
        context={"s3:authType": "REST-HEADER", "s3:signatureversion": "AWS4-HMAC-SHA256"},
    ),
    "head": sample(
        """curl -sI https://s3.amazonaws.com/moraine/
HTTP/1.1 403 Forbidden
x-amz-request-id: CU4RL0000000003C
x-amz-bucket-region: us-east-2
Server: AmazonS3
""",
        source="curl",
        operation="HeadBucket",
        bucket="moraine",
        status=403,
        code=None,
        bucket_region="us-east-2",
        bodiless=True,
    ),
    "http2": sample(
        """* using HTTP/2
* [HTTP/2] [1] OPENED stream for https://dune.s3.amazonaws.com/?list-type=2&prefix=x
> GET /?list-type=2&prefix=x HTTP/2
> Host: dune.s3.amazonaws.com
> accept: */*
>
< HTTP/2 403
< x-amz-request-id: CU4RL0000000004D
<
""",
        operation="ListObjectsV2",
        bucket="dune",
        status=403,
        parameters={"Prefix": "x"},
    ),
    "requests": sample(
        "requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://fjell.s3.eu-north-1.amazonaws.com/a.csv",
        source="curl",
        operation=None,
        bucket="fjell",
        key="a.csv",
        status=403,
    ),
    "wget": sample(
        """--2026-11-20 10:00:00--  https://fjell.s3.amazonaws.com/b.csv
Resolving fjell.s3.amazonaws.com... 52.1.1.1
Connecting to fjell.s3.amazonaws.com|52.1.1.1|:443... connected.
HTTP request sent, awaiting response... 403 Forbidden
2026-11-20 10:00:01 ERROR 403: Forbidden.""",
        operation="GetObject",
        bucket="fjell",
        key="b.csv",
        status=403,
    ),
    "browser": sample(
        "GET https://shore.s3.amazonaws.com/img/x.png 403 (Forbidden)",
        operation="GetObject",
        bucket="shore",
        key="img/x.png",
        status=403,
    ),
}

_V4 = (
    "https://scree.s3.eu-west-2.amazonaws.com/out/r%20s.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
    "ASIAZXCVBNMASDFGHJKL%2F20261120%2Feu-west-2%2Fs3%2Faws4_request&X-Amz-Date=20261120T090000Z&X-Amz-Expires=3600"
    "&X-Amz-SignedHeaders=host&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEPr%2F%2F%2F%2F%2F%2F%2F%2F%2F%2FwEaCXVzLWVhc3Q"
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
)

PRESIGNED = {
    "v4": sample(
        _V4,
        source="presigned-url",
        bucket="scree",
        key="out/r s.pdf",
        region="eu-west-2",
        operation=None,
        presigned={
            "signed_at": "2026-11-20T09:00:00Z",
            "expires": 3600,
            "headers": ["host"],
            "key_id": "ASIA...HJKL",
        },
        context={"s3:authType": "REST-QUERY-STRING", "s3:signatureversion": "AWS4-HMAC-SHA256"},
    ),
    "v4 of an SDK, in a sentence": sample(
        f"customers get 403 Forbidden when they open this: {_V4}&x-id=GetObject - any idea?",
        source="presigned-url",
        bucket="scree",
        operation="GetObject",
        status=403,
    ),
    "v2": sample(
        "https://s3.amazonaws.com/talus/a.zip?AWSAccessKeyId=AKIAPOIUYTREWQLKJHGF&Expires=1795608000&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D&response-content-disposition=attachment",
        source="presigned-url",
        bucket="talus",
        key="a.zip",
        operation="GetObject",
        presigned={"key_id": "AKIA...JHGF", "expires_at": "2026-11-25T12:00:00Z"},
    ),
    "with a body": sample(
        f"curl -X PUT -T r.pdf '{_V4}'\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message><AWSAccessKeyId>ASIAZXCVBNMASDFGHJKL</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256\n20261120T090000Z</StringToSign><RequestId>PS1</RequestId></Error>",
        operation="PutObject",
        code="SignatureDoesNotMatch",
        bucket="scree",
        request_id="PS1",
    ),
}

LOG = {
    "denied get": sample(
        f'{OWNER} basalt [20/Nov/2026:10:00:01 +0000] 203.0.113.40 arn:aws:sts::500050005000:assumed-role/web/i-0aa 3E57427F3EXAMPLE REST.GET.OBJECT photos/2026/a%2520b.jpg "GET /photos/2026/a%20b.jpg HTTP/1.1" 403 AccessDenied 243 - 12 - "-" "aws-sdk-go/1.44" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader basalt.s3.us-west-1.amazonaws.com TLSv1.2 - -',
        source="access-log",
        operation="GetObject",
        bucket="basalt",
        key="photos/2026/a b.jpg",
        principal="arn:aws:sts::500050005000:assumed-role/web/i-0aa",
        code="AccessDenied",
        status=403,
        request_id="3E57427F3EXAMPLE",
        time="2026-11-20T10:00:01Z",
        context={
            "aws:SourceIp": "203.0.113.40",
            "aws:UserAgent": "aws-sdk-go/1.44",
            "s3:authType": "REST-HEADER",
            "s3:signatureversion": "AWS4-HMAC-SHA256",
            "s3:TlsVersion": "1.2",
            "aws:SecureTransport": "true",
        },
    ),
    "anonymous list": sample(
        f'{OWNER} gneiss [20/Nov/2026:10:00:01 +0000] 198.51.100.9 - 4F57427F3EXAMPLE REST.GET.BUCKET - "GET /?list-type=2&prefix=a HTTP/1.1" 403 AccessDenied 243 - 5 - "-" "Mozilla/5.0 (X11; Linux) "x" y" -',
        source="access-log",
        operation="ListObjectsV2",
        bucket="gneiss",
        key=None,
        principal="anonymous",
    ),
    "head, several lines": sample(
        "\n".join(
            (
                f'{OWNER} schist [20/Nov/2026:10:00:00 +0000] 10.0.0.8 {OWNER} 1111111111111111 REST.GET.OBJECT ok.txt "GET /ok.txt HTTP/1.1" 200 - 5 5 1 1 "-" "x" -',
                f'{OWNER} schist [20/Nov/2026:10:00:01 +0000] 10.0.0.8 {OWNER} 2222222222222222 REST.HEAD.OBJECT a.txt "HEAD /a.txt HTTP/1.1" 403 AccessDenied 243 - 1 - "-" "x" -',
                f'{OWNER} schist [20/Nov/2026:10:00:02 +0000] 10.0.0.8 {OWNER} 3333333333333333 REST.PUT.ACL b.txt "PUT /b.txt?acl HTTP/1.1" 403 AccessDenied 243 - 1 - "-" "x" -',
            )
        ),
        source="access-log",
        operation="HeadObject",
        key="a.txt",
        principal=None,
        others_in_text=1,
        context={"aws:UserAgent": "x"},
    ),
    "policy": sample(
        f'{OWNER} shale [20/Nov/2026:10:00:01 +0000] 203.0.113.40 arn:aws:iam::500050005000:user/ops 5F57427F3EXAMPLE REST.PUT.BUCKETPOLICY - "PUT /?policy HTTP/1.1" 403 AccessDenied 243 - 5 - "-" "-" -',
        operation="PutBucketPolicy",
        bucket="shale",
        principal="arn:aws:iam::500050005000:user/ops",
    ),
}

CONSOLE = {
    "list": sample(
        "Insufficient permissions to list objects\nAfter you or your AWS administrator has updated your permissions to allow the s3:ListBucket action, refresh the page. Learn more about Identity and access management in Amazon S3",
        source="console",
        action="s3:ListBucket",
        code="AccessDenied",
    ),
    "view": sample(
        "You don't have permission to view Block Public Access settings\nYou need s3:GetBucketPublicAccessBlock to view these. API response\nAccess Denied",
        source="console",
        action="s3:GetBucketPublicAccessBlock",
    ),
    "named user": sample(
        'Failed to delete objects\nUser: arn:aws:sts::500050005000:assumed-role/AWSReservedSSO_Ops_0a1b2c3d4e5f6071/li is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::slate/a" with an explicit deny in a permissions boundary, with policy ARN: arn:aws:iam::500050005000:policy/edge\nDiagnose with Amazon Q',
        source="console",
        action="s3:DeleteObject",
        bucket="slate",
        named=("permissions_boundary", "explicit"),
        policy_arn="arn:aws:iam::500050005000:policy/edge",
    ),
}

CLOUDFRONT = {
    "page": sample(
        """<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY>
<H1>403 ERROR</H1>
<H2>The request could not be satisfied.</H2>
Request blocked. We can't connect to the server for this app or website at this time.
Generated by cloudfront (CloudFront)
Request ID: b8yYxF0mG1n2l3k4j5h6g7f8d9s0a1q2w3e4r5t6==""",
        source="cloudfront",
        status=403,
        code=None,
        request_id="b8yYxF0mG1n2l3k4j5h6g7f8d9s0a1q2w3e4r5t6==",
    ),
    "headers": sample(
        """> GET /x HTTP/2
> Host: d111111abcdef8.cloudfront.net
>
< HTTP/2 403
< server: CloudFront
< x-cache: Error from cloudfront
< via: 1.1 abc.cloudfront.net (CloudFront)
<
""",
        source="cloudfront",
        status=403,
    ),
    "passed on": sample(
        """HTTP/2 403
server: AmazonS3
x-cache: Error from cloudfront
x-amz-request-id: PASS000000000001

<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>""",
        source="curl",
        code="AccessDenied",
        unread=("CloudFront passed on an answer of its origin, S3",),
    ),
}

JSON = {
    "boto3 response": sample(
        "{'Error': {'Code': 'AccessDenied', 'Message': 'Access Denied'}, 'ResponseMetadata': {'RequestId': 'JS0N000000000001', 'HostId': 'q=', 'HTTPStatusCode': 403, 'HTTPHeaders': {'x-amz-request-id': 'JS0N000000000001', 'server': 'AmazonS3'}, 'RetryAttempts': 0}}",
        source="json",
        code="AccessDenied",
        message="Access Denied",
        status=403,
        request_id="JS0N000000000001",
        host_id="q=",
        others_in_text=0,
    ),
    "boto3 head": sample(
        "e.response = {'Error': {'Code': '403', 'Message': 'Forbidden'}, 'ResponseMetadata': {'RequestId': 'JS0N000000000002', 'HTTPStatusCode': 403}} operation_name='HeadObject'",
        source="json",
        code=None,
        status=403,
        bodiless=True,
        operation="HeadObject",
    ),
    "delete errors": sample(
        "{'Deleted': [{'Key': 'a'}], 'Errors': [{'Key': 'b/1', 'Code': 'AccessDenied', 'Message': 'Access Denied'}, {'Key': 'b/2', 'Code': 'AccessDenied', 'Message': 'Access Denied'}], 'ResponseMetadata': {'HTTPStatusCode': 200}}",
        source="json",
        operation="DeleteObjects",
        key="b/1",
        others_in_text=1,
    ),
}

SAMPLES = {
    f"{family}: {name}": each
    for family, samples in {
        "xml": XML,
        "curl": CURL,
        "presigned": PRESIGNED,
        "access log": LOG,
        "console": CONSOLE,
        "cloudfront": CLOUDFRONT,
        "json": JSON,
    }.items()
    for name, each in samples.items()
}
