"""The names that clients give to S3's operations, error codes and answers, brought back to S3's own.

AWS: "Error responses" (Amazon S3 API Reference).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from why403.domain.actions import find
from why403.domain.operations import ALIASES, OPERATIONS
from why403.domain.remembered import remembered

# Methods whose name is not the operation's; mostly AWS SDK for Java 1 (`AmazonS3Client`) and .NET, made lower case.
_METHODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "copypart": "UploadPartCopy",
        "deletebucketcrossoriginconfiguration": "DeleteBucketCors",
        "deletebuckettaggingconfiguration": "DeleteBucketTagging",
        "deletebucketwebsiteconfiguration": "DeleteBucketWebsite",
        "deletecorsconfiguration": "DeleteBucketCors",
        "deletelifecycleconfiguration": "DeleteBucketLifecycle",
        "deleteversion": "DeleteObject",
        "doesbucketexist": "HeadBucket",
        "doesbucketexistv2": "GetBucketAcl",
        "doesobjectexist": "HeadObject",
        "enablerequesterpays": "PutBucketRequestPayment",
        "getbucketcrossoriginconfiguration": "GetBucketCors",
        "getbucketloggingconfiguration": "GetBucketLogging",
        "getbucketreplicationconfiguration": "GetBucketReplication",
        "getbuckettaggingconfiguration": "GetBucketTagging",
        "getbucketversioningconfiguration": "GetBucketVersioning",
        "getbucketwebsiteconfiguration": "GetBucketWebsite",
        "getcorsconfiguration": "GetBucketCors",
        "getlifecycleconfiguration": "GetBucketLifecycleConfiguration",
        "getobjectmetadata": "HeadObject",
        "gets3accountowner": "ListBuckets",
        "listnextbatchofobjects": "ListObjects",
        "listnextbatchofversions": "ListObjectVersions",
        "listversions": "ListObjectVersions",
        "putbucket": "CreateBucket",
        "putbucketcrossoriginconfiguration": "PutBucketCors",
        "putbucketloggingconfiguration": "PutBucketLogging",
        "putbucketreplicationconfiguration": "PutBucketReplication",
        "putbuckettaggingconfiguration": "PutBucketTagging",
        "putbucketversioningconfiguration": "PutBucketVersioning",
        "putbucketwebsiteconfiguration": "PutBucketWebsite",
        "putcorsconfiguration": "PutBucketCors",
        "putlifecycleconfiguration": "PutBucketLifecycleConfiguration",
        "restoreobjectv2": "RestoreObject",
    }
)
_SUFFIX: Final = re.compile(
    r"(?:async|asyncenumerable|request|requests|command|commanderror|error|exception|withcontext|pages|paginator|"
    r"callable|output|input|outcome|withresponse)\Z"
)
_NO_LETTER: Final = re.compile(r"[^a-z0-9]")
_LONGEST: Final = 80


def _squashed(name: str) -> str:
    return _NO_LETTER.sub("", name.lower())


_KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        **_METHODS,
        **{_squashed(name): own for name, own in ALIASES.items()},
        **{_squashed(name): name for name in OPERATIONS},
    }
)


@remembered(1024)
def operation_of(name: str) -> str | None:
    """Return the S3 operation that a method, class, command or eventName means, None for what is none."""
    if len(name) > _LONGEST:
        return None
    squashed = _squashed(name)
    while squashed not in _KNOWN:
        shorter = _SUFFIX.sub("", squashed)
        if shorter == squashed:
            # The Java and Ruby resources `set` what the API puts.
            return _KNOWN.get("put" + squashed[3:]) if squashed.startswith("set") else None
        squashed = shorter
    return _KNOWN[squashed]


def needs(operation: str, action: str) -> bool:
    """Return whether a call may have been refused for want of an action; KMS stands behind many calls."""
    row = OPERATIONS.get(operation)
    service = action.partition(":")[0].lower()
    if row is None or service != "s3":
        return True
    named = action.lower()
    return named == f"s3:{operation}".lower() or any(
        named in {need.action.lower(), need.version.lower()} for need in row.rows
    )


def _needing() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for operation in OPERATIONS.values():
        for need in (row for row in operation.rows if row.under is None):  # KMS stands behind calls of others, too
            for action in (need.action, need.version):
                found.setdefault(action, set()).add(operation.name)
    return {action: frozenset(operations) for action, operations in found.items() if action}


_NEEDING: Final = MappingProxyType(_needing())


def only_operation_of(action: str) -> str | None:
    """Return the one operation that needs an action, None where several do; S3's texts name some calls as actions."""
    needing = _NEEDING.get(action, frozenset())
    if len(needing) == 1:
        return next(iter(needing))
    service, _, name = action.partition(":")
    return name if service == "s3" and find(action) is None and name in OPERATIONS else None


def is_about_objects(operation: str) -> bool:
    """Return whether an operation is about an object, so that a key belongs to it."""
    row = OPERATIONS.get(operation)
    return row is not None and row.kind in {"object", "keys", "tagged", "accesspointobject"}


def is_about_account(operation: str) -> bool:
    """Return whether an operation is about an account, so that no bucket belongs to it."""
    row = OPERATIONS.get(operation)
    return row is not None and row.kind == "account"


def action_of(name: str) -> str:
    """Return the IAM action as AWS spells it, the name itself for other services and unknown actions."""
    known = find(name)
    return known.name if known else name


# What clients put in the place of a code when the answer had no body.
PLACEHOLDERS: Final = frozenset(
    {"301", "400", "403", "404", "405", "412", "403 forbidden", "400 bad request", "404 not found", "forbidden"}
    | {"badrequest", "bad request", "notfound", "not found", "unknown", "unknownerror", "null", "none", "undefined"}
)
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
    ("bucket cannot have acls set with objectownership", "InvalidBucketAclWithObjectOwnership"),
    ("the pre-conditions you specified did not hold", "PreconditionFailed"),
    ("please reduce your request rate", "SlowDown"),
)


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
