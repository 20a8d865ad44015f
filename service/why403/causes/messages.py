"""Sentences of AccessDenied that no policy produced: the code says nothing, the words say all.

AWS: "Troubleshoot access denied (403 Forbidden) errors in Amazon S3"; "Locking objects with Object Lock"; "Configuring
MFA delete"; "Creating a POST policy".
"""

from typing import Final

from why403.causes.meaning import AUTHENTICATION, CORS, HEAD, SIGNED, WHO, Meaning
from why403.report import UNSIGNED

_UNSIGNED: Final = Meaning(
    AUTHENTICATION,
    None,
    "S3 was not asked: the client found no credentials to sign the call with",
    "which credentials does the client find? None where it answers that it cannot locate any",
    WHO,
    "give the client credentials: environment, profile, or the role of the instance, task or pod; or call without a "
    "signature what anybody may read (`--no-sign-request`)",
)

MESSAGES: Final[tuple[tuple[str, Meaning], ...]] = (
    *((words, _UNSIGNED) for words in UNSIGNED),
    (
        "request has expired",
        Meaning(
            AUTHENTICATION,
            403,
            "the presigned URL is older than the time it was signed for; the clock of whoever opens it plays no part",
            "when was it signed, and for how many seconds? X-Amz-Date and X-Amz-Expires in the URL tell",
            "date -u +%Y%m%dT%H%M%SZ",
            "sign a new URL, if need be for longer (at most 604800 seconds)",
        ),
    ),
    (
        "request is not yet valid",
        Meaning(
            AUTHENTICATION,
            403,
            "the presigned URL is dated in the future: the clock of whoever signed it is ahead",
            "how far is the signer's clock off? X-Amz-Date in the URL and ServerTime in the answer tell",
            "date -u +%Y%m%dT%H%M%SZ",
            "synchronise the clock of the host that signs (NTP) and sign a new URL",
        ),
    ),
    (
        "requires a valid date or x-amz-date header",
        Meaning(
            AUTHENTICATION,
            403,
            "the call is signed without a date that S3 can read",
            "which date does the call send? It must be like 20260301T080000Z, and in UTC",
            "date -u +%Y%m%dT%H%M%SZ",
            "send x-amz-date in that form, or let the SDK sign",
        ),
    ),
    (
        "headers present in the request which were not signed",
        Meaning(
            AUTHENTICATION,
            403,
            "the call sends headers that the signature does not cover",
            "which headers? HeadersNotSigned in the answer names them; the URL tells those that were signed",
            SIGNED,
            "sign those headers too, or do not send them",
        ),
    ),
    (
        "query-string authentication requires",
        Meaning(
            AUTHENTICATION,
            403,
            "the presigned URL lacks parameters of its signature",
            "is the URL whole? An unquoted & on a command line cuts it off",
            WHO,
            "use the URL whole and quoted, or sign a new one",
        ),
    ),
    (
        "invalid according to policy",
        Meaning(
            AUTHENTICATION,
            403,
            "the form's own policy document has expired, or does not admit a field of the form",
            "which condition fails? The message names it",
            "base64 -d policy.txt",
            "sign a new policy document that admits all fields of the form",
        ),
    ),
    (
        "object protected by object lock",
        Meaning(
            "object_state",
            403,
            "the object is protected by Object Lock: a retention period or a legal hold",
            "is it a legal hold, or which mode of retention and until when?",
            f"{HEAD} --query '[ObjectLockMode,ObjectLockRetainUntilDate,ObjectLockLegalHoldStatus]'",
            "wait for the end of the retention; with governance mode s3:BypassGovernanceRetention and its header help",
        ),
    ),
    (
        "mfa authentication must be used for this request",
        Meaning(
            "object_state",
            403,
            "MFA Delete is on, and the call does not carry a code",
            "is MFA Delete on?",
            "aws s3api get-bucket-versioning --bucket {bucket}",
            "send x-amz-mfa with the serial number and a code, as the bucket owner's root user",
        ),
    ),
    (
        "customer provided keys must provide the correct secret key",
        Meaning(
            "object_state",
            403,
            "the object is encrypted with a key of the customer's own (SSE-C), and another was sent",
            "with which key was it written? The MD5 of the key must be the same",
            HEAD,
            "send the key that the object was written with",
        ),
    ),
    (
        "blocked upload requests that specify server side encryption with customer",
        Meaning(
            "object_state",
            403,
            "the bucket blocks uploads with keys of the customer's own (SSE-C)",
            "which encryption types does the bucket block?",
            "aws s3api get-bucket-encryption --bucket {bucket}",
            "send no key of your own; or the bucket's owner stops blocking SSE-C (PutBucketEncryption)",
        ),
    ),
    (
        "by the blockpublicacls",
        Meaning(
            "block_public_access",
            403,
            "Block Public Access refuses a public ACL (BlockPublicAcls)",
            "is BlockPublicAcls on for the bucket, its account or its organization?",
            "aws s3api get-public-access-block --bucket {bucket}",
            "send no public ACL; relax the one setting only for a bucket that is meant to be public",
            "explicit",
        ),
    ),
    (
        "by the blockpublicpolicy",
        Meaning(
            "block_public_access",
            403,
            "Block Public Access refuses a public policy (BlockPublicPolicy)",
            "is BlockPublicPolicy on for the bucket, its account or its organization?",
            "aws s3api get-public-access-block --bucket {bucket}",
            "name the principals instead of everyone; relax the one setting only for a bucket meant to be public",
            "explicit",
        ),
    ),
    ("corsresponse:", CORS),
)
