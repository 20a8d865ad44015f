"""Causes around the policies: endpoints, public access, ownership."""

from typing import Final

from why403.causes.keys import KEYS
from why403.causes.model import NO_POLICY, possible
from why403.causes.policies import BOUNDED, LISTED
from why403.causes.requests import REQUESTS
from why403.causes.states import STATES

_OBJECT_ACL: Final = "aws s3api get-object-acl --bucket {bucket} --key {key} --version-id {version}"
_OWNERSHIP: Final = (
    "is Object Ownership BucketOwnerEnforced?",
    "aws s3api get-bucket-ownership-controls --bucket {bucket}",
)
_POINT_POLICY: Final = "aws s3control get-access-point-policy --account-id {point_account} --name {point}"

REST: Final = (
    *REQUESTS,
    *STATES,
    *KEYS,
    possible(
        "vpc_endpoint",
        "implicit",
        46,
        "the request came through a VPC endpoint whose policy does not allow {action} on {resource}",
        (
            "does the endpoint's policy allow it? The default policy allows everything",
            "aws ec2 describe-vpc-endpoints --query 'VpcEndpoints[].[VpcEndpointId,PolicyDocument]'",
        ),
        "add {action} on {resource} to the endpoint's policy",
        wants="through-endpoint",
    ),
    possible(
        "vpc_endpoint",
        "implicit",
        64,
        "the layers of an image are read from a bucket of the registry's, by its signature, and the policy of the VPC "
        "endpoint that the host uses does not allow that bucket",
        (
            "does the endpoint's policy allow s3:GetObject on that bucket? The default policy allows everything",
            "aws ec2 describe-vpc-endpoints --query 'VpcEndpoints[].[VpcEndpointId,PolicyDocument]'",
        ),
        "add s3:GetObject on the objects of the registry's bucket to the endpoint's policy: for Amazon ECR that is "
        "prod-REGION-starport-layer-bucket",
        wants="pulls-image",
        missing_action="s3:GetObject",
    ),
    possible(
        "vpc_endpoint",
        "explicit",
        4,
        "a Deny in the policy of the VPC endpoint that the request came through hits it",
        (
            "is there an endpoint for S3 in the caller's VPC, and does its policy deny it?",
            "aws ec2 describe-vpc-endpoints --query 'VpcEndpoints[].[VpcEndpointId,PolicyDocument]'",
        ),
        "narrow the Deny in the endpoint's policy by a condition or by its Resource",
        bars=NO_POLICY,
    ),
    possible(
        "vpc_endpoint",
        "implicit",
        9,
        "if the request leaves through a VPC endpoint, its policy may not allow {action}",
        (
            "is there an endpoint for S3 in the caller's VPC, and does its policy allow it?",
            "aws ec2 describe-vpc-endpoints --query 'VpcEndpoints[].[VpcEndpointId,PolicyDocument]'",
        ),
        "add {action} on {resource} to the endpoint's policy",
        bars=NO_POLICY | {"through-endpoint"},
    ),
    possible(
        "block_public_access",
        "explicit",
        44,
        "Block Public Access refuses a public policy; new buckets have it on",
        (
            "is BlockPublicPolicy on for the bucket or its account, and is the policy public?",
            "aws s3api get-public-access-block --bucket {bucket}",
        ),
        "name the principals instead of everyone; relax the one setting only for a bucket meant to be public",
        wants="writes-policy",
    ),
    possible(
        "block_public_access",
        "explicit",
        1,
        "Block Public Access keeps other accounts out of a bucket whose policy is public",
        (
            "is RestrictPublicBuckets on for the bucket or its account, and does a statement let in everybody?",
            "aws s3api get-public-access-block --bucket {bucket}",
        ),
        "name the principals instead of everyone in the public statements, so that the others count; relax the one "
        "setting only for a bucket meant to be public",
        wants="is-restricted",
    ),
    possible(
        "block_public_access",
        "explicit",
        30,
        "Block Public Access refuses a public ACL; new buckets have it on",
        (
            "is BlockPublicAcls on for the bucket or its account, and is the ACL public?",
            "aws s3api get-public-access-block --bucket {bucket}",
        ),
        "send no public ACL",
        wants="writes-acl",
    ),
    possible(
        "block_public_access",
        "explicit",
        48,
        "Block Public Access refuses a public ACL; new buckets have it on",
        (
            "is BlockPublicAcls on for the bucket or its account, and is the ACL public?",
            "aws s3api get-public-access-block --bucket {bucket}",
        ),
        "send no public ACL",
        wants="sends-public-acl",
    ),
    possible(
        "block_public_access",
        "explicit",
        42,
        "Block Public Access keeps anonymous callers out, whatever the policy says",
        (
            "is RestrictPublicBuckets on for the bucket or its account?",
            "aws s3api get-public-access-block --bucket {bucket}",
        ),
        "serve it through CloudFront with origin access control, or sign the request",
        wants="anonymous",
    ),
    possible(
        "block_public_access",
        "implicit",
        4,
        "S3 ignores the public ACL that would allow {action}",
        (
            "is IgnorePublicAcls on for the bucket or its account?",
            "aws s3api get-public-access-block --bucket {bucket}",
        ),
        "allow {action} in the bucket's policy to whom it is meant for, instead of in a public ACL",
        wants="anonymous",
    ),
    possible(
        "ownership",
        "requirement",
        90,
        "the call sends an ACL, and ACLs are disabled on the bucket",
        _OWNERSHIP,
        "send no ACL; grant by policy instead",
        wants="ownership-code",
    ),
    possible(
        "ownership",
        "implicit",
        1,
        "ACLs are disabled on the bucket, so that what they grant does not count",
        _OWNERSHIP,
        "allow {action} on {in_bucket} to exactly this role or user in the bucket's policy, in place of the ACL",
        wants="is-disabled",
    ),
    possible(
        "ownership",
        "implicit",
        2,
        "ACLs are disabled on the bucket, so that what they grant does not count",
        _OWNERSHIP,
        "sign the request; objects that everybody is to read are best served by CloudFront with origin access control",
        "manual",
        wants="is-disabled anonymous",
    ),
    possible(
        "acl",
        "implicit",
        9,
        "the object belongs to another account than the bucket, and its ACL does not grant it",
        ("who owns the object?", f"{_OBJECT_ACL} --query Owner"),
        "the object's owner grants bucket-owner-full-control, or the bucket's owner disables ACLs",
        wants="reads-object",
        bars=NO_POLICY | {"not-foreign"},
    ),
    possible(
        "acl",
        "implicit",
        10,
        "no ACL grants {action} to the caller",
        ("whom does the object's ACL grant? That of the bucket lets nobody read an object", _OBJECT_ACL),
        "the bucket's owner allows {action} on {in_bucket} to exactly this role or user in the bucket's policy, or "
        "grants READ to its account in the ACL of the object",
        wants="reads-object not-foreign",
    ),
    possible(
        "acl",
        "implicit",
        10,
        "no ACL grants {action} to the caller",
        ("whom does the bucket's ACL grant?", "aws s3api get-bucket-acl --bucket {bucket}"),
        "the bucket's owner allows {action} on {in_bucket} to exactly this role or user in the bucket's policy",
        wants="lists not-foreign",
    ),
    possible(
        "acl",
        "implicit",
        11,
        "no ACL grants {action} to callers who are anonymous",
        ("whom does the object's ACL grant? AuthenticatedUsers are those alone who sign their requests", _OBJECT_ACL),
        "sign the request; objects that everybody is to read are best served by CloudFront with origin access control",
        "manual",
        wants="reads-object not-foreign anonymous",
    ),
    possible(
        "access_point",
        "implicit",
        34,
        "the request came through an access point whose policy does not allow {action}, or whose bucket does not "
        "delegate to it",
        (
            "does the access point's policy allow it?",
            _POINT_POLICY,
        ),
        "allow {action} to this role or user in the access point's policy, and delegate to it in the bucket's",
        wants="through-access-point",
    ),
    possible(
        "access_point",
        "explicit",
        12,
        "a Deny in the access point's policy matches the call",
        ("which Deny is it?", _POINT_POLICY),
        "except this role or user from the Deny; do not remove the Deny",
        wants="through-access-point",
    ),
    possible(
        "access_point",
        "explicit",
        1,
        BOUNDED,
        ("which Deny is it?", _POINT_POLICY),
        LISTED,
        wants="is-not-principal",
    ),
    possible(
        "access_point",
        "requirement",
        14,
        "the access point is for one VPC, and the request did not come from there",
        (
            "for which VPC is it, and does the call go through an endpoint of that VPC?",
            "aws s3control get-access-point --account-id {point_account} --name {point} --query VpcConfiguration",
        ),
        "make the call from that VPC, or through another access point: the network of one is never changed",
        "manual",
        wants="through-access-point",
    ),
)
