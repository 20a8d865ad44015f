"""The names, addresses and values that generated cases are made of."""

from typing import Any

ACCOUNTS = ("000011112222", "111122223333", "444455556666", "777788889999", "123456789012")
CANONICAL_IDS = {account: (account * 6)[:64].ljust(64, "a") for account in ACCOUNTS}
ORGANIZATIONS = ("o-exampleorg1", "o-otherorg22")
BUCKETS = ("acme-data-prod", "acme-data-dev", "acme-logs", "corp.assets.example", "x-123-bucket", "team-ml")
USERS = ("alice", "bob", "Carol.D", "svc-backup", "team/data/bob", "a/b/alice")
ROLES = ("app", "ci-deploy", "app/ingest/Writer", "service/Batch_Job", "Writer")
SESSIONS = ("i-0abc", "alice@example.com", "botocore-session-17", "s=1,2")
SERVICES = ("logging.s3.amazonaws.com", "cloudtrail.amazonaws.com", "cloudfront.amazonaws.com")
DEAD_IDS = ("AIDAJQABLZS4A3QDU576Q", "AROA1234567890ABCDEFG")
OBJECT_KEYS = (
    "a.txt",
    "q1/report.csv",
    "home/{user}/x",
    "{tag}/raw/1.gz",
    "home/{user}/{tag}/f",
    "logs/2026/11/23.json",
    "a:b:c",
    "*.txt",
    "what?.txt",
    "${x}/y",
    "sp ace/+plus%2F",
    "a//b",
    "Ünïcode",
    "x/../y",
    "dir/",
)
BUCKET_ACTIONS = (
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:ListBucketMultipartUploads",
    "s3:GetBucketLocation",
    "s3:GetBucketAcl",
    "s3:PutBucketAcl",
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:GetBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
    "s3:GetEncryptionConfiguration",
    "s3:PutBucketPublicAccessBlock",
    "s3:DeleteBucket",
)
# Those whose owner the facts leave no doubt about when the object belongs to a third account.
FOREIGN_ACTIONS = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectAcl",
    "s3:GetObjectTagging",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObject",
)
OBJECT_ACTIONS = (
    *FOREIGN_ACTIONS,
    "s3:GetObject",
    "s3:PutObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectRetention",
    "s3:PutObjectAcl",
    "s3:PutObjectTagging",
    "s3:PutObjectRetention",
    "s3:RestoreObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
)
TAG_VALUES = ("ml", "Audit", "payments", "x-123")

STRING, NUMBER, DATE, BOOL, ADDRESS, ARN, BINARY = "string", "number", "date", "bool", "address", "arn", "binary"
KEYS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "aws:SourceIp": (ADDRESS, ("203.0.113.95", "198.51.100.16", "10.0.14.7", "2001:db8::1")),
    "aws:VpcSourceIp": (ADDRESS, ("10.0.14.7", "10.1.2.3")),
    "aws:SourceVpc": (STRING, ("vpc-1", "vpc-2")),
    "aws:SourceVpce": (STRING, ("vpce-1", "vpce-2", "vpce-1a2b")),
    "aws:SecureTransport": (BOOL, ("true", "false", True, False)),
    "aws:RequestedRegion": (STRING, ("eu-west-1", "us-east-1", "eu-central-1")),
    "aws:CurrentTime": (DATE, ("2026-06-20T09:01:00Z", "2026-11-27T16:57:00Z", "2025-12-31T23:59:59+00:00")),
    "aws:TokenIssueTime": (DATE, ("2026-06-20T09:00:00Z", "2026-11-11T10:00:00Z")),
    "aws:MultiFactorAuthPresent": (BOOL, ("true", "false")),
    "aws:MultiFactorAuthAge": (NUMBER, ("10", 3600)),
    "aws:UserAgent": (STRING, ("curl/8.5.0", "aws-cli/2", "")),
    "aws:Referer": (STRING, ("https://example.com/", "X")),
    "aws:SourceIdentity": (STRING, ("bob", "Alice")),
    "aws:PrincipalOrgID": (STRING, ORGANIZATIONS),
    "aws:ResourceOrgID": (STRING, ORGANIZATIONS),
    "aws:ViaAWSService": (BOOL, ("true", "false")),
    "aws:SourceArn": (ARN, ("arn:aws:s3:::acme-logs", "arn:aws:cloudtrail:us-east-1:111122223333:trail/t")),
    "aws:SourceAccount": (STRING, ACCOUNTS[:3]),
    "aws:userid": (STRING, ("AIDAEXAMPLE", "AROAEXAMPLE:i-0abc", "AROAEXAMPLE:alice@example.com")),
    "s3:authType": (STRING, ("REST-HEADER", "REST-QUERY-STRING", "POST")),
    "s3:signatureAge": (NUMBER, ("0", "329245", 711654)),
    "s3:TlsVersion": (NUMBER, ("1.2", "1.3", 1.2)),
    "s3:prefix": (STRING, ("", "logs/", "home/alice/", "Logs/")),
    "s3:delimiter": (STRING, ("/",)),
    "s3:max-keys": (NUMBER, ("10", 100, "1000")),
    "s3:x-amz-acl": (STRING, ("private", "bucket-owner-full-control", "public-read")),
    "s3:x-amz-server-side-encryption": (STRING, ("AES256", "aws:kms")),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": (ARN, ("arn:aws:kms:us-east-1:111122223333:key/11-22",)),
    "s3:x-amz-storage-class": (STRING, ("STANDARD", "GLACIER")),
    "s3:versionid": (STRING, ("v1", "3HL4kqtJ")),
    "s3:RequestObjectTag/class": (STRING, ("public", "secret")),
    "s3:RequestObjectTag/digest": (BINARY, ("c2VjcmV0", "cHVibGlj")),
    "s3:object-lock-remaining-retention-days": (NUMBER, ("1", "30")),
}
SEVERAL: dict[str, tuple[str, ...]] = {
    "aws:PrincipalOrgPaths": ("o-exampleorg1/r-ab12/ou-1/", "o-exampleorg1/r-ab12/ou-2/", "o-otherorg22/r-cd34/ou-1/"),
    "aws:CalledVia": ("athena.amazonaws.com", "cloudformation.amazonaws.com"),
    "s3:RequestObjectTagKeys": ("class", "digest", "Team"),
}
# Keys that only requests of these actions carry.
CARRIED_BY = {
    "s3:prefix": "s3:List",
    "s3:delimiter": "s3:List",
    "s3:max-keys": "s3:List",
    "s3:x-amz": "s3:Put",
    "s3:RequestObjectTag": "s3:PutObject",
    "s3:object-lock": "s3:PutObject",
    "s3:versionid": "s3:GetObjectVersion",
}
EXACT = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
OPERATORS = {
    STRING: (*EXACT, "StringLike", "StringNotLike"),
    ARN: ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringEquals"),
    BOOL: ("Bool", "Bool", "Bool", "StringEquals"),
    ADDRESS: ("IpAddress", "IpAddress", "NotIpAddress", "NotIpAddress", "StringEquals"),
    BINARY: ("BinaryEquals",),
    **{
        sort: tuple(
            f"{prefix}{order}"
            for order in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
        )
        for sort, prefix in ((NUMBER, "Numeric"), (DATE, "Date"))
    },
}
