"""Causes of refusals of other services' actions: texts about S3 often end in one, as of the role to be assumed.

Some of them S3 itself asks for, as iam:PassRole, so that no text says for certain that S3 was not asked.

AWS: "Troubleshoot access denied error messages"; "Cross-account policy evaluation logic"; "AssumeRole" (AWS STS).
"""

from typing import Final

from why403.causes.model import possible
from why403.causes.policies import IDENTITY_CHECK

_TRUST: Final = "aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument"

ELSEWHERE: Final = (
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
