"""Causes in the request itself: its signature, its URL, its Region, whose the bucket is expected to be, who pays."""

from typing import Final

from why403.causes.meaning import CREDENTIALS, SIGNED
from why403.causes.model import NO_POLICY, possible

_HEAD: Final = "aws s3api head-object --bucket {bucket} --key {key} --version-id {version} --request-payer requester"
_LIST: Final = "aws s3api list-objects-v2 --bucket {bucket} --max-keys 1 --request-payer requester"
_PAYER: Final = "aws s3api get-bucket-request-payment --bucket {bucket}"
_ANSWERS: Final = "is it Requester Pays? {} with the header speaks for this cause".format
_SAYS: Final = "is it Requester Pays? `Requester` speaks for this cause (an identity of the owner's account)"
_UNPAID: Final = "the bucket may be Requester Pays, and the call does not say that the caller pays"
# Calls, how common it is among their refusals, and what tells: HEAD gives no hint by itself.
_PAID: Final = (
    ("reads-object bodiless", 24, f"{_UNPAID}; HEAD gives no hint", (_ANSWERS("200"), _HEAD)),
    ("reads-object", 8, _UNPAID, (_ANSWERS("200"), _HEAD)),
    ("lists", 8, _UNPAID, (_ANSWERS("An answer"), _LIST)),
    ("changes-object", 6, _UNPAID, (_SAYS, _PAYER)),
)
_PAYING: Final = "request_payment", "requirement"
_BY_WHOM: Final = NO_POLICY | {"same-account"}

REQUEST_PAYMENT: Final = (
    *(
        possible(
            *_PAYING,
            56,
            "what is said around the refusal speaks of Requester Pays, and the call does not say that the caller pays",
            check,
            "send x-amz-request-payer: requester, by the option of the library that makes the call",
            wants=f"{wants} says-payer".strip(),
            bars=_BY_WHOM | {"anonymous"},
            rests_on="bucket.request_payment",
        )
        for wants, check in (("", (_SAYS, _PAYER)), ("reads-object", (_ANSWERS("200"), _HEAD)))
    ),
    *(
        possible(
            *_PAYING,
            weight,
            because,
            check,
            "send x-amz-request-payer: requester",
            wants=wants,
            bars=_BY_WHOM | {"anonymous"},
            rests_on="bucket.request_payment",
        )
        for wants, weight, because, check in _PAID
    ),
    *(
        possible(
            *_PAYING,
            weight + 1,
            "the bucket may be Requester Pays, and then takes no call that is not signed",
            (f"{what}; sign it, with any account's credentials", command),
            "sign the request as an identity of the account that is to pay, and send x-amz-request-payer: requester",
            "manual",
            wants=f"{wants} anonymous",
            bars=_BY_WHOM,
            rests_on="bucket.request_payment",
        )
        for wants, weight, _, (what, command) in _PAID
    ),
)

REQUESTS: Final = (
    *REQUEST_PAYMENT,
    possible(
        "authentication",
        "requirement",
        42,
        "a presigned URL fails when it has expired, when its signer may no longer do it, or when method or headers are "
        "not those that were signed",
        (
            "how old is the URL, and is the call exactly the one that was signed? X-Amz-Date and X-Amz-Expires tell",
            "date -u +%Y%m%dT%H%M%SZ",
        ),
        "sign a new URL for exactly the method and headers that are sent",
        wants="presigned plain",
    ),
    possible(
        "authentication",
        "requirement",
        90,
        "the credentials, the signature or the endpoint are refused; no policy is involved",
        CREDENTIALS,
        "use valid credentials, a right clock and the bucket's Region",
        "manual",
        wants="authentication-code",
    ),
    possible(
        "authentication",
        "requirement",
        70,
        "CloudFront itself refused the request, before it asked S3: by its firewall (AWS WAF), its signed URLs or "
        "cookies, or the country that the request came from",
        (
            "does the same request reach S3? An answer with x-amz-request-id speaks against this cause",
            "aws cloudfront get-distribution-config --id DISTRIBUTION",
        ),
        "look into the distribution: its web ACL, its trusted signers and its geographic restrictions",
        "manual",
        wants="cloudfront-itself",
    ),
    possible(
        "identity",
        "implicit",
        60,
        "the caller may not invoke the function that the Object Lambda access point is configured with",
        (
            "may the caller invoke the function?",
            "aws iam simulate-principal-policy --policy-source-arn {source} --action-names lambda:InvokeFunction",
        ),
        "allow lambda:InvokeFunction on the function to the caller's role or user",
        wants="lambda-code",
        missing_action="lambda:InvokeFunction",
    ),
    possible(
        "authentication",
        "requirement",
        34,
        "the call expects the bucket to be of a certain account, and it may be another's",
        (
            "whose bucket is it? 403 with the expected owner and another answer without speaks for this cause",
            "aws s3api head-bucket --bucket {bucket}",
        ),
        "correct the account id or the bucket's name; to drop the check would hide that the bucket is somebody else's",
        wants="expects-owner",
    ),
    possible(
        "authentication",
        "requirement",
        91,
        "the bucket is of another account than the call expects",
        ("whose bucket should it be, and is its name right?", "aws sts get-caller-identity --query Account"),
        "correct the account id or the bucket's name; to drop the check would hide that the bucket is somebody else's",
        wants="is-owner",
    ),
    possible(
        "authentication",
        "requirement",
        91,
        "the presigned URL had expired",
        (
            "when was it signed, and for how many seconds? X-Amz-Date and X-Amz-Expires in the URL tell",
            "date -u +%Y%m%dT%H%M%SZ",
        ),
        "sign a new URL, if need be for longer (at most 604800 seconds)",
        wants="is-expired",
    ),
    possible(
        "authentication",
        "requirement",
        91,
        "the clock that signed the URL is wrong, or it asks for too long",
        ("how far is the signer's clock off?", "date -u; curl -sI https://s3.amazonaws.com | grep -i ^date"),
        "synchronise the clock of the host that signs (NTP), and sign a new URL of at most 604800 seconds",
        wants="is-misdated",
    ),
    possible(
        "authentication",
        "requirement",
        91,
        "the credentials that signed the URL had ended",
        (
            "how long do the signer's credentials last?",
            "aws iam get-role --role-name ROLE --query Role.MaxSessionDuration",
        ),
        "sign URLs when they are needed, or with credentials that live as long as the URL is to live",
        wants="is-ended",
    ),
    possible(
        "authentication",
        "requirement",
        91,
        "the call is not the one that was signed",
        (
            "for which method and headers was the URL signed? X-Amz-SignedHeaders in it names the headers",
            SIGNED,
        ),
        "call with exactly the method and headers that were signed, or sign a new URL for those that are sent",
        wants="is-mismatch",
    ),
    possible(
        "authentication",
        "requirement",
        91,
        "the call went to another Region than the bucket's",
        ("which Region is the bucket in?", "aws s3api head-bucket --bucket {bucket} --query BucketRegion"),
        "call the endpoint of the bucket's Region, and sign for it",
        wants="is-elsewhere",
    ),
)
