"""Causes that a policy may be, most common first; the texts mention what is known by name in braces."""

from typing import Final

from why403.causes.model import ANY_SERVICE, NO_POLICY, NOT_THERE, possible

_WHO: Final = "aws sts get-caller-identity"
_POLICY: Final = "aws s3api get-bucket-policy --bucket {bucket} --query Policy --output text"


# AWS's services, CloudFront too, and those who are anonymous have no policies of their own, and are in no organization.
_WITHOUT: Final = frozenset({"service", "anonymous", "passed-on", "by-oai"})
_ATTACHED: Final = ANY_SERVICE | _WITHOUT
IDENTITY_CHECK: Final = (
    "is this the caller you expect, and do its own policies allow {action} on {resource}? `allowed` speaks against it",
    "aws iam simulate-principal-policy --policy-source-arn {source} --action-names {action} --resource-arns {resource}",
)
_BUCKET_CHECK: Final = (
    "does the bucket's policy name the caller with {action}? No policy, or none that names it, speaks for this cause",
    _POLICY,
)
# A session's ARN names the role, too.
_BOUNDARY: Final = "aws iam get-{holder} --{holder}-name {holder_name} --query {holder_member}.PermissionsBoundary"
_SESSION_CHECK: Final = (
    "was the session started with a policy? The event of AssumeRole or GetFederationToken tells; Cognito passes one",
    _WHO,
)

BOUNDED: Final = "a Deny with NotPrincipal hits whoever has a permissions boundary, listed or not"
LISTED: Final = (
    "write the Deny for every principal, with its list as a condition: `ArnNotEquals` on `aws:PrincipalArn`, which "
    "takes a session for its role; NotPrincipal hits whoever has a permissions boundary, listed or not"
)

POLICIES: Final = (
    possible(
        "identity",
        "implicit",
        50,
        "no policy of the caller's own allows {action} on {resource}",
        IDENTITY_CHECK,
        "allow {action} on {resource} to the caller's role or user",
        bars=NO_POLICY | _WITHOUT,
    ),
    possible(
        "identity",
        "implicit",
        51,
        "no policy of the caller's own allows {action} on {resource}",
        IDENTITY_CHECK,
        "allow {action} on {resource} to the caller's role or user; the key is another account's, and its policy must "
        "let the caller in as well",
        wants="foreign-key",
        bars=NO_POLICY | _WITHOUT,
    ),
    possible(
        "bucket_policy",
        "implicit",
        37,
        "the bucket behind the access point lets in neither the caller nor what comes through the access point",
        _BUCKET_CHECK,
        "the bucket's owner leaves the choice to the access point: an Allow of {action} on {in_bucket} while "
        "s3:DataAccessPointAccount is {point_account}",
        wants="through-access-point",
        bars=NOT_THERE,
    ),
    possible(
        "bucket_policy",
        "implicit",
        36,
        "the bucket belongs to another account, and its policy does not let the caller in for {action}",
        _BUCKET_CHECK,
        "the bucket's owner allows {action} on {in_bucket} to exactly this role or user",
        bars=NOT_THERE | _WITHOUT | {"same-account", "other-account"},
    ),
    possible(
        "bucket_policy",
        "implicit",
        58,
        "the bucket belongs to another account than the caller's, and its policy does not let the caller in for "
        "{action}; the caller's own policies must allow it as well",
        _BUCKET_CHECK,
        "the bucket's owner allows {action} on {in_bucket} to exactly this role or user",
        wants="other-account",
        bars=NOT_THERE | {"through-access-point"},
    ),
    possible(
        "bucket_policy",
        "implicit",
        20,
        "the bucket's policy does not let the caller in for {action} either; within an account one of the two suffices",
        _BUCKET_CHECK,
        "allow {action} on {resource} to exactly this role or user, in its own policy or in the bucket's",
        wants="same-account",
        bars=NOT_THERE,
    ),
    possible(
        "bucket_policy",
        "implicit",
        56,
        "S3 tells callers of the bucket's own organization which kind of policy refused them, and told none here: the "
        "bucket most likely belongs to somebody else, whose policy does not let the caller in for {action}",
        (
            "whose bucket is it? 403 with the expected owner and 200 without speaks for this cause",
            "aws s3api head-bucket --bucket {bucket} --expected-bucket-owner {account}",
        ),
        "the bucket's owner allows {action} on {in_bucket} to exactly this role or user",
        wants="unexplained",
        bars=NOT_THERE | {"passed-on", "same-account", "other-account"},
    ),
    possible(
        "bucket_policy",
        "implicit",
        30,
        "a bucket of that name exists and belongs to somebody else, whose policy does not let the caller in",
        (
            "whose bucket is it? 403 with the expected owner and 200 without speaks for this cause",
            "aws s3api head-bucket --bucket {bucket} --expected-bucket-owner {account}",
        ),
        "check the bucket's name and account; otherwise its owner allows {action} to this role or user",
        wants="head-bucket",
        bars=NOT_THERE | {"passed-on", "same-account"},
    ),
    possible(
        "bucket_policy",
        "implicit",
        58,
        "the call is not signed, and the bucket's policy does not let everybody in for {action}",
        ("does the bucket's policy allow {action} to everybody? No policy speaks for this cause", _POLICY),
        "sign the request; objects that everybody is to read are best served by CloudFront with origin access control",
        "manual",
        wants="anonymous",
    ),
    possible(
        "bucket_policy",
        "implicit",
        61,
        "CloudFront reads by an origin access identity, which has no policies of its own, and the bucket's policy does "
        "not let it in for {action}",
        ("does the bucket's policy name the identity that the distribution uses, on the objects?", _POLICY),
        "allow s3:GetObject on the objects to the identity in the bucket's policy, by its ARN in full; better, let "
        "origin access control take its place",
        wants="by-oai",
    ),
    possible(
        "identity",
        "implicit",
        52,
        "the call sends an ACL, for which it needs more than to write: no policy of the caller's own allows "
        "s3:PutObjectAcl",
        (
            "do the caller's own policies allow it? `allowed` speaks against this cause",
            IDENTITY_CHECK[1].replace("{action}", "s3:PutObjectAcl"),
        ),
        "send no ACL, which is rarely needed; or allow s3:PutObjectAcl as well, on the same objects",
        bars=NO_POLICY | _WITHOUT | {"creates-bucket"},
        wants="sends-acl-somehow",
        missing_action="s3:PutObjectAcl",
    ),
    possible(
        "identity",
        "implicit",
        52,
        "rclone asks for the bucket to be created before it writes, unless it is told not to: no policy of the "
        "caller's own allows s3:CreateBucket, or the call itself",
        IDENTITY_CHECK,
        "set no_check_bucket = true (--s3-no-check-bucket) where the bucket is there; then allow what is still refused",
        bars=NO_POLICY | _WITHOUT,
        wants="by-rclone",
    ),
    possible(
        "bucket_policy",
        "implicit",
        60,
        "an AWS service acts on the bucket on its own behalf, and the bucket's policy does not allow the service to",
        ("does the bucket's policy name the service as principal? If not, this is the cause", _POLICY),
        "allow {action} to the service principal, limited by aws:SourceArn or aws:SourceAccount",
        wants="service",
    ),
    possible(
        "bucket_policy",
        "explicit",
        20,
        "a Deny in the bucket's policy hits the request: often a demand for an endpoint, an address, TLS or encryption",
        ("does the policy hold a Deny whose conditions the request meets?", _POLICY),
        "add an exception for this caller to the Deny's condition; do not remove the Deny",
        bars=NOT_THERE,
    ),
    possible(
        "bucket_policy",
        "explicit",
        1,
        BOUNDED,
        ("has the caller a boundary?", _BOUNDARY),
        LISTED,
        wants="is-not-principal",
    ),
    possible(
        "identity",
        "explicit",
        12,
        "a Deny in the caller's own policies hits the request",
        IDENTITY_CHECK,
        "narrow the Deny by a condition or by its Resource",
        bars=_ATTACHED,
    ),
    possible(
        "scp",
        "explicit",
        14,
        "a service control policy of the caller's organization denies it, as one for Regions or encryption does",
        (
            "as the management account: which policies apply to the caller's account?",
            "aws organizations list-policies-for-target --target-id {account} --filter SERVICE_CONTROL_POLICY",
        ),
        "the organization's administrators add an exception",
        "manual",
        bars=_ATTACHED,
    ),
    possible(
        "scp",
        "implicit",
        7,
        "some level of the organization does not allow the service at all",
        (
            "as the management account: does every level allow {action}, the account and all that list-parents names?",
            "aws organizations list-policies-for-target --target-id {account} --filter SERVICE_CONTROL_POLICY",
        ),
        "allow the action in the service control policies of every level that lacks it",
        "manual",
        bars=_ATTACHED,
    ),
    possible(
        "rcp",
        "explicit",
        7,
        "a resource control policy of the bucket owner's organization denies it",
        (
            "as the management account: which policies apply to the bucket owner's account?",
            "aws organizations list-policies-for-target --target-id {owner} --filter RESOURCE_CONTROL_POLICY",
        ),
        "the organization's administrators add an exception",
        "manual",
    ),
    possible(
        "permissions_boundary",
        "explicit",
        4,
        "a Deny in the caller's permissions boundary hits the request",
        ("has the caller a boundary?", _BOUNDARY),
        "narrow the Deny in the boundary by a condition or by its Resource",
        bars=_ATTACHED,
    ),
    possible(
        "permissions_boundary",
        "implicit",
        8,
        "the caller has a permissions boundary that does not allow {action}",
        ("has the caller a boundary?", _BOUNDARY),
        "extend the boundary, or grant to the session by name in the resource's policy",
        bars=_ATTACHED,
    ),
    possible(
        "session_policy",
        "explicit",
        3,
        "a Deny in the policy that the session was started with hits the request",
        _SESSION_CHECK,
        "start the session with a policy that does not deny {action}, or with none",
        "manual",
        bars=_ATTACHED,
    ),
    possible(
        "session_policy",
        "implicit",
        7,
        "the session was narrowed when it was started, and {action} is not in what was left",
        _SESSION_CHECK,
        "start the session with a policy that allows {action}, or with none",
        "manual",
        bars=_ATTACHED,
    ),
)
