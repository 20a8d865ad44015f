"""Causes of special kinds of buckets and callers: sessions of directory buckets, S3 Access Grants, CloudFront.

AWS: "Authorizing Zonal endpoint API operations with CreateSession"; "Granting S3 Access Grants"; "Request access to
Amazon S3 data through S3 Access Grants"; "Restrict access to an Amazon S3 origin" and "HTTP 403 status code (Permission
Denied)" (CloudFront).
"""

from typing import Final

from why403.causes.meaning import WHO
from why403.causes.model import NOT_THERE, possible

SPECIAL: Final = (
    possible(
        "bucket_policy",
        "implicit",
        72,
        "CloudFront asks the bucket in its own name, not in the viewer's, and the bucket's policy does not let it in: "
        "neither cloudfront.amazonaws.com for the distribution (origin access control) nor its origin access identity; "
        "without either it asks as anybody",
        (
            "does the bucket's policy allow s3:GetObject to the distribution? `AWS:SourceArn` must be its ARN",
            "aws s3api get-bucket-policy --bucket {bucket} --query Policy --output text",
        ),
        "set an origin access control, and allow s3:GetObject on the objects to cloudfront.amazonaws.com while "
        "AWS:SourceArn is the distribution's; for objects under a KMS key its policy must allow kms:Decrypt alike",
        wants="passed-on",
        bars=NOT_THERE,
    ),
    possible(
        "object_state",
        "requirement",
        64,
        "the object is not there: CloudFront may not list the bucket, so that S3 answers 403 instead of 404; for a "
        "path that ends in a slash CloudFront looks for no index document, and for / only with a default root object",
        (
            "is the key there? The distribution's origin path stands before what the viewer asks for",
            "aws s3api list-objects-v2 --bucket {bucket} --prefix {key} --max-keys 1",
        ),
        "put the object there, or set the default root object; allow s3:ListBucket on the bucket to the distribution, "
        "so that a missing key answers 404",
        "manual",
        wants="passed-on",
        bars=NOT_THERE,
        missing_action="s3:ListBucket",
        rests_on="object.exists",
    ),
    possible(
        "identity",
        "implicit",
        62,
        "the objects of a directory bucket are reached by sessions alone: the caller needs s3express:CreateSession on "
        "the bucket's own ARN, and permissions such as s3:GetObject count for nothing there",
        (
            "may the caller open a session, as every listing does? An answer speaks against this cause",
            "aws s3api list-objects-v2 --bucket {bucket} --max-keys 1",
        ),
        "allow s3express:CreateSession on the bucket (its ARN has Region, account and bucket/{bucket}) to the caller",
        wants="opens-session",
        bars=NOT_THERE,
        missing_action="s3express:CreateSession",
    ),
    possible(
        "session_policy",
        "implicit",
        60,
        "the credentials come from S3 Access Grants, and are for the prefix and the permission of one grant only: a "
        "READ grant does not write, and no grant reaches beyond its prefix",
        (
            "does a grant of the caller cover the object, and is it READWRITE where the call writes?",
            "aws s3control list-caller-access-grants --account-id ACCOUNT --grant-scope s3://{bucket}/'*'",
        ),
        "ask for credentials of a grant that covers {action} on {resource}, or have such a grant created",
        wants="access-grants",
        bars=NOT_THERE,
    ),
    possible(
        "authentication",
        "requirement",
        58,
        "no grant of the S3 Access Grants instance matches the caller, the prefix and the permission asked for",
        (
            "does a grant cover the prefix for this caller, with this permission?",
            "aws s3control list-caller-access-grants --account-id ACCOUNT",
        ),
        "have the administrator of the instance create a grant for this caller, prefix and permission",
        "manual",
        wants="asks-for-grant denied-code",
        bars=NOT_THERE,
    ),
    possible(
        "authentication",
        "requirement",
        95,
        "S3 Access Grants may not assume the role of the location that the grant is for",
        (
            "does the role's trust policy let access-grants.s3.amazonaws.com assume it and set its source identity?",
            "aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument",
        ),
        "let access-grants.s3.amazonaws.com assume the location's role, limited by aws:SourceArn",
        wants="grants-role-code",
    ),
)

NOTHING_LEFT: Final = possible(
    "authentication",
    "requirement",
    1,
    "nothing that is known refuses the call: it may have been another caller, object or time than the evidence is of",
    ("is this the caller you expect?", WHO),
    "compare caller, object and time of the refused call with the evidence, or read the evidence anew",
    "manual",
)
"""What is told where the evidence rules out every cause."""
SUCCEEDED: Final = possible(
    "authentication",
    "requirement",
    1,
    "the call was not refused: it was answered with success",
    ("is this the call that was refused? Its answer tells an error", WHO),
    "look for the record, or the line, of the call that was refused",
    "manual",
)
"""What is told of a call that was not refused."""
