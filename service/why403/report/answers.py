"""What S3 answers: its codes with their status, its sentences, and what clients say where the answer had no body.

AWS: "Error responses" (Amazon S3 API Reference).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# What clients put in the place of a code when the answer had no body.
PLACEHOLDERS: Final = frozenset(
    {"301", "400", "403", "404", "405", "412", "403 forbidden", "400 bad request", "404 not found", "forbidden"}
    | {"badrequest", "bad request", "notfound", "not found", "unknown", "unknownerror", "null", "none", "undefined"}
)
# By their first three letters, in which `403`, `403 Forbidden` and `Forbidden` differ enough.
_IN_PLACE_OF: Final = {"301": 301, "400": 400, "403": 403, "404": 404, "405": 405, "412": 412} | {
    "for": 403,
    "not": 404,
    "bad": 400,
}
BODILESS_MESSAGES: Final = frozenset(
    {"forbidden", "unknownerror", "unknown", "null", "none", "403 forbidden", "error", ""}
)

# "Error responses"; codes of other services' refusals that S3 passes on stand with S3's.
STATUS: Final[Mapping[str, int]] = MappingProxyType(
    dict.fromkeys(
        (
            *(
                "AccessDenied",
                "AccessForbidden",
                "AccountProblem",
                "AllAccessDisabled",
                "CrossLocationLoggingProhibited",
            ),
            *("InvalidAccessKeyId", "InvalidObjectState", "InvalidPayer", "InvalidSecurity", "LambdaPermissionError"),
            *("MissingAuthenticationToken", "NotSignedUp", "ObjectAlreadyInActiveTierError"),
            *("ObjectNotInActiveTierError", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "UnauthorizedAccessError"),
            *("UnexpectedIPError", "AccessDeniedException", "VpceAccessDenied", "ForbiddenException", "InvalidRegion"),
            *("AccountNotAuthorized", "AWSOrganizationsNotInUseException", "DefaultConfigurationDeleteForbidden"),
            *("OrganizationAccessDenied", "OrgConfigurationNotSupported", "ServiceNotEnabledForOrg"),
            *("ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId", "InvalidSignatureException"),
            *("StsNotAuthorizedError", "UnrecognizedClientException"),
        ),
        403,
    )
    | dict.fromkeys(
        (
            *("AccessControlListNotSupported", "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError"),
            *("ExpiredToken", "IllegalLocationConstraintException", "IncorrectEndpoint"),
            *("InvalidBucketAclWithObjectOwnership", "InvalidBucketOwnerAWSAccountID", "InvalidSignature"),
            *("InvalidToken", "KMS.DisabledException", "KMS.InvalidKeyUsageException", "KMS.KMSInvalidStateException"),
            *("KMS.NotFoundException", "MalformedPolicy", "TagPolicyException", "TokenRefreshRequired"),
            *("UnsupportedSignature", "InvalidRequest"),
        ),
        400,
    )
    | dict.fromkeys(("NoSuchBucket", "NoSuchKey", "NoSuchVersion", "NoSuchUpload"), 404)
    | {"MethodNotAllowed": 405, "PermanentRedirect": 301, "PreconditionFailed": 412, "SlowDown": 503}
    | {"TemporaryRedirect": 307, "Redirect": 307}
)
"""The HTTP status of a code, where the code alone tells it."""

_OF_STS: Final = "security token included in the request"


def is_of_sts(code: str | None, message: str | None) -> bool:
    """Return whether S3's code for a token that has expired comes with the sentence of STS, or of another service."""
    return code == "ExpiredToken" and _OF_STS in (message or "").lower()


def status_of(code: str, message: str | None) -> int:
    """Return the HTTP status of a code in `STATUS`; STS answers 403 where S3, with the same code, answers 400."""
    return 403 if is_of_sts(code, message) else STATUS[code]


ABOUT_ACCESS: Final = frozenset(code for code, status in STATUS.items() if status in {400, 403, 405})

# The sentences S3 sends with a code; clients such as the AWS SDK for Java 2 show the sentence alone.
_SENTENCES: Final = (
    ("access denied", "AccessDenied"),
    ("is not authorized to perform", "AccessDenied"),
    ("request has expired", "AccessDenied"),
    ("request is not yet valid", "AccessDenied"),
    ("there were headers present in the request which were not signed", "AccessDenied"),
    ("query-string authentication requires the signature", "AccessDenied"),
    ("invalid according to policy:", "AccessDenied"),
    ("mfa authentication must be used for this request", "AccessDenied"),
    ("corsresponse:", "AccessForbidden"),
    ("the aws access key id you provided does not exist", "InvalidAccessKeyId"),
    ("the request signature we calculated does not match", "SignatureDoesNotMatch"),
    ("the difference between the request time and the current time", "RequestTimeTooSkewed"),
    ("the provided token has expired", "ExpiredToken"),
    ("the provided token is malformed", "InvalidToken"),
    ("the bucket does not allow acls", "AccessControlListNotSupported"),
    ("the operation is not valid for the object's storage class", "InvalidObjectState"),
    ("the operation is not valid for the object's access tier", "InvalidObjectState"),
    ("all access to this object has been disabled", "AllAccessDisabled"),
    ("all access to this bucket has been disabled", "AllAccessDisabled"),
    ("the specified method is not allowed against this resource", "MethodNotAllowed"),
    ("must be addressed using the specified endpoint", "PermanentRedirect"),
    ("the authorization header is malformed", "AuthorizationHeaderMalformed"),
    ("the specified key does not exist", "NoSuchKey"),
    ("the specified bucket does not exist", "NoSuchBucket"),
    ("the specified version does not exist", "NoSuchVersion"),
    ("the provided token must be refreshed", "TokenRefreshRequired"),
    ("the provided security credentials are not valid", "InvalidSecurity"),
    ("your account is not signed up for", "NotSignedUp"),
    ("there is a problem with your aws account", "AccountProblem"),
    ("the source object of the copy operation is not in the active tier", "ObjectNotInActiveTierError"),
    ("location constraint is incompatible for the region", "IllegalLocationConstraintException"),
    ("expected bucket owner parameter must be an aws account id", "InvalidBucketOwnerAWSAccountID"),
    ("x-amz-expires must be", "AuthorizationQueryParametersError"),
    ("please use aws4-hmac-sha256", "InvalidRequest"),
    ("blocked by cors policy", "AccessForbidden"),  # a browser says it, of an answer that no rule admits
    ("bucket cannot have acls set with objectownership", "InvalidBucketAclWithObjectOwnership"),
    ("the pre-conditions you specified did not hold", "PreconditionFailed"),
    ("please reduce your request rate", "SlowDown"),
)


NO_ERROR: Final = "the record tells of no error"

# How clients say that they have found no credentials to sign a call with, which they then do not send.
UNSIGNED: Final = (
    "unable to locate credentials",  # botocore, the AWS CLI
    "no aws credentials provided",  # Hadoop
    "unable to load aws credentials from any provider",  # Java
    "unable to load credentials from any of the providers",
    "could not load credentials from any providers",  # JavaScript
    "missing credentials in config",
    "no valid providers in chain",  # Go
    "no valid credential sources",  # Terraform
    "no credential providers",
    "no ec2 imds role found",
    "failed to refresh cached credentials",
    "unable to sign request without credentials",  # Ruby
    "no providers in chain provided credentials",  # Rust
)


def is_unsigned(message: str) -> bool:
    """Return whether a client's words are that it has no credentials; a question is a person's."""
    lower = message.lower()
    return any(words in lower for words in UNSIGNED) and not lower.rstrip().endswith("?")


def code_of(sentence: str) -> str | None:
    """Return the code that a sentence of S3 goes with."""
    lower = sentence.lower()
    return next((code for start, code in _SENTENCES if start in lower), None)


def is_sentence(line: str) -> bool:
    """Return whether a line is a sentence of S3, from its first word; a question is a person's."""
    lower = line.strip().lower()
    return not lower.endswith("?") and any(lower.startswith(start) for start, _ in _SENTENCES)


def spelt(name: str) -> str:
    """Return a code as S3 spells it; the C++ SDK has `ACCESS_DENIED`."""
    return "".join(part.capitalize() for part in name.split("_")) if name.isupper() and "_" in name else name


def is_placeholder(code: str) -> bool:
    """Return whether a code is one that clients put where the answer had none."""
    return code.strip().lower() in PLACEHOLDERS


def status_in_place_of(code: str) -> int | None:
    """Return the status that a client put in the place of a code."""
    return _IN_PLACE_OF.get(code.strip().lower()[:3])
