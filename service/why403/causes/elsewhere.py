"""Causes of refusals that are not S3's own: of other services' actions, and of servers that are not AWS.

Texts about S3 often end in an action of another service, as of the role to be assumed.
Some of them S3 itself asks for, as iam:PassRole, so that no text says for certain that S3 was not asked.

AWS: "Troubleshoot access denied error messages"; "Cross-account policy evaluation logic"; "AssumeRole" (AWS STS).
"""

from typing import Final

from why403.causes.model import possible
from why403.causes.policies import IDENTITY_CHECK

_TRUST: Final = "aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument"

_SERVER: Final = "does the client send its calls where it should? The endpoint stands in its configuration"
_ENDPOINT: Final = "aws configure get endpoint_url"

ELSEWHERE: Final = (
    possible(
        "identity",
        "implicit",
        34,
        "the server that was asked is not AWS, and does not allow the key that signs the call to do this: keys of such "
        "servers are often for one bucket, or for reading alone; no policy of AWS decides there",
        ("which buckets and operations is the key for? The server's own administration tells", _ENDPOINT),
        "give the key the permission where the server keeps its rules, or use another key",
        "manual",
        wants="not-aws",
    ),
    possible(
        "authentication",
        "requirement",
        24,
        "the server that was asked is not AWS: the key may be AWS's or of another account of that server, or the "
        "signature may be for another Region or endpoint than it takes",
        (_SERVER, _ENDPOINT),
        "use a key of that server's, its endpoint and its Region; or leave the endpoint out to ask AWS",
        "manual",
        wants="not-aws",
        bars=frozenset(),
    ),
    possible(
        "bucket_policy",
        "implicit",
        16,
        "the server that was asked is not AWS: a rule of its own for the bucket may refuse the call, as may a bucket "
        "of that name that belongs to somebody else",
        ("whose bucket is it, and what does the server's own administration say of it?", _ENDPOINT),
        "ask whoever runs the server, or change the bucket's rules there",
        "manual",
        wants="not-aws",
    ),
    possible(
        "identity",
        "implicit",
        60,
        "another service's action was refused, perhaps before S3 was asked: no policy of the caller's own allows "
        "{action} on {resource}",
        IDENTITY_CHECK,
        "allow {action} on {resource} to the caller's role or user",
        wants="other-service",
    ),
    possible(
        "identity",
        "implicit",
        70,
        "the role was not handed out, perhaps before S3 was asked: its trust policy does not let the caller in, "
        "or no policy of the caller's own allows {action} on {resource}; within an account a trust policy that names "
        "the caller suffices, between two it takes both",
        ("does the role's trust policy name the caller, and are its conditions met, as on sts:ExternalId?", _TRUST),
        "name the caller in the role's trust policy, and allow {action} on {resource} in the caller's own",
        wants="other-service hands-out-role",
    ),
    possible(
        "identity",
        "implicit",
        80,
        "the role was not handed out, perhaps before S3 was asked: its trust policy does not let in whose token it is, "
        "by the identity provider or by conditions on the token, as its `sub` and `aud`; nothing else decides",
        ("does the role's trust policy name the provider, and do its conditions fit the token's claims?", _TRUST),
        "name the identity provider in the role's trust policy, with the `sub` and `aud` of exactly this workload",
        wants="other-service hands-out-role by-token",
    ),
)
