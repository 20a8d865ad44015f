"""Codes that are seen more seldom, and those of services that were asked instead of S3.

AWS: "Error responses" (Amazon S3 API Reference); "Common Error Types" (AWS Security Token Service API Reference).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from why403.causes.meaning import AUTHENTICATION, CORS, CREDENTIALS, HEAD, REGION, WHO, Meaning

_ADMINISTRATOR: Final = (
    "which account manages the organization, and is it the one that calls?",
    "aws organizations describe-organization --query Organization.MasterAccountId",
)
_TRUSTED: Final = (
    "as the management account: is trusted access for Storage Lens enabled in the organization?",
    "aws organizations list-aws-service-access-for-organization",
)
EXPIRED_ELSEWHERE: Final = Meaning(
    AUTHENTICATION,
    403,
    "S3 was not asked: STS, or another service, says that the temporary credentials have expired",
    *CREDENTIALS,
    "get new credentials",
)
_SIGNED_WRONG: Final = Meaning(
    AUTHENTICATION,
    403,
    "S3 was not asked: another service says that the signature does not fit, or is not whole",
    *CREDENTIALS,
    "enter the secret key again; set the clock; let no proxy change what was signed",
)
_WHERE: Final = ("which Region is the bucket in?", REGION)
_WHICH_SIGNATURE: Final = ("does the client sign with version 4? Its debug output tells", "aws s3 ls --debug")

# Layers are a closed set. What S3 refuses before it looks at any policy or object, throttling and malformed tags
# included, is `authentication`'s; a call that is for certain accounts alone is `ownership`'s; a thing that cannot be
# deleted as it stands, `object_state`'s.
RARER: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "AccessForbidden": CORS,
        "AccountNotAuthorized": Meaning(
            "ownership",
            403,
            "the account that calls may not manage this Storage Lens configuration",
            *_ADMINISTRATOR,
            "call from the organization's management account or its delegated administrator",
        ),
        "AWSOrganizationsNotInUseException": Meaning(
            AUTHENTICATION,
            403,
            "the call is about an organization, and the account is in none",
            *_ADMINISTRATOR,
            "call from an account of an organization, or ask for the account alone",
        ),
        "CrossLocationLoggingProhibited": Meaning(
            AUTHENTICATION,
            403,
            "the logs of a bucket can only go to a bucket in the same Region",
            *_WHERE,
            "choose a target in the bucket's own Region",
        ),
        "DefaultConfigurationDeleteForbidden": Meaning(
            "object_state",
            403,
            "the default configuration of Storage Lens cannot be deleted",
            "is it the default configuration?",
            "aws s3control list-storage-lens-configurations --account-id {account}",
            "disable the default configuration instead of deleting it",
        ),
        "ExpiredTokenException": EXPIRED_ELSEWHERE,
        "IncompleteSignature": _SIGNED_WRONG,
        "InvalidSignatureException": _SIGNED_WRONG,
        "UnrecognizedClientException": Meaning(
            AUTHENTICATION,
            403,
            "S3 was not asked: another service does not know the access key id or the session token: deleted or "
            "inactive, of another partition, of a Region not opted in, or temporary (ASIA) and sent without its token",
            *CREDENTIALS,
            "use the right key; with a temporary key send the session token as well",
        ),
        "InvalidClientTokenId": Meaning(
            AUTHENTICATION,
            403,
            "S3 was not asked: STS does not know the access key id: deleted or inactive, of another partition, of "
            "a Region not opted in, or temporary (ASIA) and sent without its session token",
            "whose key is it? An account speaks against a key that is gone",
            "aws sts get-access-key-info --access-key-id KEY_ID",
            "use the right key; with a temporary key send the session token as well",
        ),
        "IncorrectEndpoint": Meaning(
            AUTHENTICATION,
            400,
            "the bucket is in another Region than the endpoint",
            *_WHERE,
            "use the endpoint of the bucket's Region",
        ),
        "InvalidBucketOwnerAWSAccountID": Meaning(
            AUTHENTICATION,
            400,
            "the expected owner that was sent is no account id",
            "which account is expected? It must have twelve digits",
            WHO,
            "send the id of the owner's account, or none",
        ),
        "InvalidPayer": Meaning(
            AUTHENTICATION,
            403,
            "AWS has switched off all access to the object",
            "whose account is it?",
            WHO,
            "ask AWS Support",
        ),
        "InvalidRegion": Meaning(
            AUTHENTICATION,
            403,
            "the account has not enabled one of the Regions that the call names",
            "which Regions are enabled?",
            "aws account list-regions --region-opt-status-contains ENABLED ENABLED_BY_DEFAULT",
            "enable the Region for the account, or leave it out",
        ),
        "InvalidRequest": Meaning(
            AUTHENTICATION,
            400,
            "S3 does not take the request as it was sent, which its message explains; often it is signed with version "
            "2 where version 4 is needed",
            *_WHICH_SIGNATURE,
            "correct what the message names; sign with version 4",
        ),
        "InvalidSignature": Meaning(
            AUTHENTICATION,
            400,
            "the signature is of a kind or form that the server does not take",
            *_WHICH_SIGNATURE,
            "sign with version 4",
        ),
        "KMS.InvalidKeyUsageException": Meaning(
            "kms",
            400,
            "the KMS key is not meant for this use: S3 needs a symmetric key for encryption",
            "what is the key for?",
            "aws kms describe-key --key-id KEY --query 'KeyMetadata.[KeyUsage,KeySpec]'",
            "use a symmetric encryption key",
        ),
        "NoSuchVersion": Meaning(
            "object_state",
            404,
            "there is no such version of the object",
            "which versions are there?",
            "aws s3api list-object-versions --bucket {bucket} --prefix {key}",
            "correct the version id",
        ),
        "ObjectAlreadyInActiveTierError": Meaning(
            "object_state",
            403,
            "the object to be restored is not archived",
            "what is its storage class?",
            HEAD,
            "nothing needs to be restored; read the object",
        ),
        "OrganizationAccessDenied": Meaning(
            "ownership",
            403,
            "the account that calls does not manage the organization",
            *_ADMINISTRATOR,
            "call from the organization's management account or its delegated administrator",
        ),
        "OrgConfigurationNotSupported": Meaning(
            AUTHENTICATION,
            403,
            "Storage Lens does not take a configuration for an organization here",
            *_ADMINISTRATOR,
            "call in a home Region that supports it, from the management account or its delegated administrator",
        ),
        "Redirect": Meaning(
            AUTHENTICATION, 307, "the bucket is served elsewhere for now", *_WHERE, "follow the redirect"
        ),
        "ServiceNotEnabledForOrg": Meaning(
            AUTHENTICATION,
            403,
            "Storage Lens has no trusted access to the organization",
            *_TRUSTED,
            "enable trusted access for Storage Lens in the organization",
        ),
        "SlowDown": Meaning(
            AUTHENTICATION,
            503,
            "too many requests at a time; that is no question of access",
            "how many requests run at a time, and do they all go to one prefix?",
            "aws configure get retry_mode",
            "send fewer at a time and retry with growing pauses",
        ),
        "StsPackedPolicyTooLargeError": Meaning(
            AUTHENTICATION,
            400,
            "the session policy that S3 Access Grants makes of the grant and its tags is too long for STS",
            "how long is the prefix that was asked for, and how many tags has the session?",
            "aws s3control list-caller-access-grants --account-id ACCOUNT",
            "ask for a shorter prefix, or pass fewer session tags",
        ),
        "TagPolicyException": Meaning(
            AUTHENTICATION,
            400,
            "the organization's rules for tags do not admit the tags that were sent; that is no question of access",
            "which tags are demanded?",
            "aws organizations describe-effective-policy --policy-type TAG_POLICY",
            "send tags as those rules demand",
        ),
        "TemporaryRedirect": Meaning(
            AUTHENTICATION,
            307,
            "the bucket is new, and its name is not yet known everywhere",
            *_WHERE,
            "follow the redirect, or use the endpoint of the bucket's Region",
        ),
        "UnauthorizedAccessError": Meaning(
            AUTHENTICATION,
            403,
            "the bucket is in a China Region, and its account has no ICP licence or recordal",
            "whose account is it?",
            WHO,
            "complete the ICP recordal",
        ),
        "UnexpectedIPError": Meaning(
            AUTHENTICATION,
            403,
            "the bucket is in a China Region, which does not serve the address that calls",
            "from which address does the call come?",
            "curl -s https://checkip.amazonaws.com",
            "call from an address that the Region serves",
        ),
        "UnsupportedSignature": Meaning(
            AUTHENTICATION,
            400,
            "the server does not take this version of the signature",
            *_WHICH_SIGNATURE,
            "sign with version 4",
        ),
    }
)
