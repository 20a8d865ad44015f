"""Answers that name their own cause: error codes and texts that no policy produced, and what each means.

AWS: "Error responses" (Amazon S3 API Reference); "Troubleshoot access denied (403 Forbidden) errors in Amazon S3".
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from why403.causes.failures import FAILURES
from why403.causes.meaning import AUTHENTICATION, CREDENTIALS, HEAD, REGION, WHO, Meaning
from why403.causes.messages import MESSAGES
from why403.causes.rarer import RARER

CODES: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        **FAILURES,
        **RARER,
        "ExpiredToken": Meaning(
            AUTHENTICATION,
            400,
            "the temporary credentials have expired, and a presigned URL dies with the credentials that signed it",
            *CREDENTIALS,
            "get new credentials; sign URLs when they are needed, or with credentials that live longer",
        ),
        "TokenRefreshRequired": Meaning(
            AUTHENTICATION, 400, "the session token must be refreshed", *CREDENTIALS, "get new credentials"
        ),
        "InvalidToken": Meaning(
            AUTHENTICATION,
            400,
            "the session token is malformed, of another partition, or not valid in this Region",
            *CREDENTIALS,
            "use a token of the Regional STS endpoint, and send it whole; enable the Region for the account if it must "
            "be opted in (aws account enable-region)",
        ),
        "InvalidAccessKeyId": Meaning(
            AUTHENTICATION,
            403,
            "the access key id is not known: deleted, of another partition, of a Region not opted in, or temporary "
            "(ASIA) and sent without its session token",
            "whose key is it? An account speaks against a key that is gone",
            "aws sts get-access-key-info --access-key-id KEY_ID",
            "use the right key; with a temporary key send the session token as well; for a Region that must be opted "
            "in, enable it for the account (aws account enable-region)",
        ),
        "SignatureDoesNotMatch": Meaning(
            AUTHENTICATION,
            403,
            "the signature does not fit: a wrong or mangled secret key, or a method, path or header that changed after "
            "signing",
            *CREDENTIALS,
            "enter the secret key again, or rotate it; sign exactly the method, path and headers that are sent, which "
            "no proxy may change",
        ),
        "RequestTimeTooSkewed": Meaning(
            AUTHENTICATION,
            403,
            "the clock of the calling host is more than 15 minutes off",
            "how far is the clock off?",
            "date -u; curl -sI https://s3.amazonaws.com | grep -i ^date",
            "synchronise the clock of the host (NTP), and sign the call just before it is sent",
        ),
        "InvalidSecurity": Meaning(
            AUTHENTICATION, 403, "the credentials are not valid", *CREDENTIALS, "replace the credentials"
        ),
        "MissingAuthenticationToken": Meaning(
            AUTHENTICATION,
            403,
            "the request is not signed, and this call must be",
            *CREDENTIALS,
            "sign the request",
        ),
        "NotSignedUp": Meaning(
            AUTHENTICATION,
            403,
            "the account has no subscription to S3",
            *CREDENTIALS,
            "sign up, or ask AWS Support",
        ),
        "AccountProblem": Meaning(
            AUTHENTICATION,
            403,
            "something is wrong with the account, such as its billing",
            *CREDENTIALS,
            "ask AWS Support",
        ),
        "AllAccessDisabled": Meaning(
            AUTHENTICATION,
            403,
            "AWS has switched off all access to the resource",
            *CREDENTIALS,
            "ask AWS Support",
        ),
        "AuthorizationHeaderMalformed": Meaning(
            AUTHENTICATION,
            400,
            "the request was signed for another Region than the bucket's",
            "which Region is the bucket in?",
            REGION,
            "sign for the bucket's Region",
        ),
        "AuthorizationQueryParametersError": Meaning(
            AUTHENTICATION,
            400,
            "the parameters of the presigned URL are malformed, or it asks for more than seven days",
            "what does the URL say in X-Amz-Expires?",
            WHO,
            "sign a new URL of at most 604800 seconds",
        ),
        "PermanentRedirect": Meaning(
            AUTHENTICATION,
            301,
            "the bucket is in another Region than the endpoint",
            "which Region is the bucket in?",
            REGION,
            "use the endpoint of the bucket's Region",
        ),
        "IllegalLocationConstraintException": Meaning(
            AUTHENTICATION,
            400,
            "the bucket is, or would be, in another Region than the endpoint",
            "which Region is the bucket in?",
            REGION,
            "use the endpoint of that Region",
        ),
        "InvalidObjectState": Meaning(
            "object_state",
            403,
            "the object is archived and cannot be read before it is restored",
            "what is its storage class?",
            HEAD,
            "restore the object (s3:RestoreObject) and wait until it is back",
        ),
        "ObjectNotInActiveTierError": Meaning(
            "object_state",
            403,
            "the source of the copy is archived",
            "what is its storage class?",
            HEAD,
            "restore the source first",
        ),
        "AccessControlListNotSupported": Meaning(
            "ownership",
            400,
            "the call sends an ACL, and ACLs are disabled on the bucket",
            "is Object Ownership BucketOwnerEnforced?",
            "aws s3api get-bucket-ownership-controls --bucket {bucket}",
            "send no ACL and grant by policy, or set Object Ownership to BucketOwnerPreferred first",
        ),
        "InvalidBucketAclWithObjectOwnership": Meaning(
            "ownership",
            400,
            "ACLs cannot be disabled while the bucket's ACL grants others",
            "whom does the bucket's ACL grant?",
            "aws s3api get-bucket-acl --bucket {bucket}",
            "move those grants to the bucket's policy, then reset the ACL",
        ),
        "MethodNotAllowed": Meaning(
            "ownership",
            405,
            "the call is for identities of the bucket owner's account only, or the object is a delete marker",
            "is the caller of the bucket owner's account?",
            WHO,
            "call as an identity of the owner's account",
        ),
        "NoSuchBucket": Meaning(
            "object_state", 404, "there is no such bucket", "is the name right?", REGION, "correct the bucket's name"
        ),
        "NoSuchKey": Meaning(
            "object_state",
            404,
            "there is no such object; the caller may list, or S3 would have said 403",
            "is the key right?",
            "aws s3api list-objects-v2 --bucket {bucket} --prefix {key} --max-keys 1",
            "correct the key",
        ),
        "KMS.DisabledException": Meaning(
            "kms",
            400,
            "the KMS key is disabled",
            "what is the state of the key?",
            "aws kms describe-key --key-id KEY --query KeyMetadata.KeyState",
            "enable the key",
        ),
        "KMS.KMSInvalidStateException": Meaning(
            "kms",
            400,
            "the KMS key is about to be deleted, or in no state to be used",
            "what is the state of the key?",
            "aws kms describe-key --key-id KEY --query KeyMetadata.KeyState",
            "cancel the deletion of the key",
        ),
        "KMS.NotFoundException": Meaning(
            "kms",
            400,
            "there is no such KMS key in this Region",
            "is the key there?",
            "aws kms describe-key --key-id KEY",
            "use a key that exists in the bucket's Region",
        ),
        "PreconditionFailed": Meaning(
            "object_state",
            412,
            "If-Match or If-None-Match did not hold; that is no question of access",
            "what is the object's ETag?",
            "aws s3api head-object --bucket {bucket} --key {key} --query ETag",
            "read the object again and retry",
        ),
        "MalformedPolicy": Meaning(
            "bucket_policy",
            400,
            "the policy that was sent cannot be stored",
            "what does Access Analyzer say of it?",
            "aws accessanalyzer validate-policy --policy-type RESOURCE_POLICY --policy-document file://policy.json",
            "correct the policy",
        ),
    }
)


def meaning_of(code: str | None, *texts: str | None) -> Meaning | None:
    """Return what a code means, or else what the words of S3's message mean, if no policy is behind them."""
    known = CODES.get(code or "")
    if known is not None:
        return known
    said = [" ".join(text.lower().split()) for text in texts if text]
    # A sentence of S3 ends with a full stop or not at all; a person who asks whether it is so proves nothing.
    told = [text for text in said if not text.endswith("?")]
    if not told:
        return None
    return next((meaning for words, meaning in MESSAGES if any(words in text for text in told)), None)
