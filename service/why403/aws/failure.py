"""What an error of AWS, or on the way there, means: one table, and nothing of what the error itself says.

AWS: "Error responses" (Amazon S3 API Reference), "Common error types" (API references of the other services).
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from botocore import exceptions
from botocore.parsers import ResponseParserError


class Failure(NamedTuple):
    """Why a read gave nothing: the result for metrics, of a closed set, and words that follow the name of the call."""

    result: str
    because: str


DENIED: Final = Failure("denied", "was refused: the service lacks {permission}{where}")
THROTTLED: Final = Failure("throttled", "was throttled, and so were all attempts to repeat it")
UNAVAILABLE: Final = Failure("unavailable", "was answered with a failure of AWS's own")
TIMED_OUT: Final = Failure("timeout", "was not answered in time")
NOT_REACHED: Final = Failure("connection", "could not be made: there is no connection to AWS")
WRONG_ACCOUNT: Final = Failure("wrong_account", "is answered to the owner's account only, and was made from another")
WRONG_REGION: Final = Failure("region", "was made in a Region that does not answer it, or that is not enabled{where}")
NOT_ACCEPTED: Final = Failure(
    "credentials", "was refused: the service's credentials are wrong or expired, or the Region is not enabled{where}"
)
NO_CREDENTIALS: Final = Failure("credentials", "could not be made: the service has no AWS credentials that work")
MALFORMED: Final = Failure("malformed", "was answered with something that is no answer to it")
NOT_VALID: Final = Failure("invalid", "could not be made: what is asked about is no valid name")
NO_READ: Final = Failure("refused", "is not made: it is none of the reads that this service makes")
NO_WRITE: Final = Failure("refused", "is not made: it is none of the changes that this service makes")
FAILED: Final = Failure("other", "could not be read")

RESULTS: Final = frozenset(
    {"found", "absent", "written", "role", "refused", "denied", "throttled", "unavailable", "timeout", "connection"}
    | {"wrong_account", "region", "credentials", "malformed", "invalid", "other"}
)

# A HEAD request has no body: its code is the status.
_CODES: Final[Mapping[Failure, str]] = {
    DENIED: "AccessDenied AccessDeniedException UnauthorizedOperation Client.UnauthorizedOperation NotAuthorized "
    "AuthorizationError AuthorizationErrorException UnauthorizedAccess AllAccessDisabled Forbidden 403 401",
    THROTTLED: "Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException "
    "TooManyRequestsException RequestLimitExceeded SlowDown BandwidthLimitExceeded EC2ThrottledException "
    "LimitExceededException PriorRequestNotComplete TransactionInProgressException ConcurrentModificationException 429",
    UNAVAILABLE: "InternalError InternalFailure InternalServerError InternalServerException ServiceException "
    "ServiceFailure ServiceFailureException ServiceUnavailable ServiceUnavailableException Unavailable "
    "KMSInternalException DependencyTimeoutException 500 502 503 504",
    TIMED_OUT: "RequestTimeout RequestTimeoutException RequestTimedOut 408",
    WRONG_ACCOUNT: "MethodNotAllowed 405",
    WRONG_REGION: "PermanentRedirect TemporaryRedirect Redirect AuthorizationHeaderMalformed "
    "IllegalLocationConstraintException OptInRequired RegionDisabledException 301 302 307 308",
    NOT_ACCEPTED: "ExpiredToken ExpiredTokenException RequestExpired InvalidToken InvalidAccessKeyId "
    "InvalidClientTokenId UnrecognizedClientException SignatureDoesNotMatch InvalidSignatureException "
    "RequestTimeTooSkewed TokenRefreshRequired AuthFailure IncompleteSignature MissingAuthenticationToken "
    "MissingAuthenticationTokenException",
}
_OF_CODE: Final = {code: failure for failure, codes in _CODES.items() for code in codes.split()}

_OF_EXCEPTION: Final[tuple[tuple[tuple[type[BaseException], ...], Failure], ...]] = (
    ((exceptions.ReadTimeoutError, exceptions.ConnectTimeoutError, TimeoutError), TIMED_OUT),
    (
        (
            exceptions.NoCredentialsError,
            exceptions.PartialCredentialsError,
            exceptions.CredentialRetrievalError,
            exceptions.ProfileNotFound,
            exceptions.ConfigNotFound,
            exceptions.InfiniteLoopConfigError,
            exceptions.MetadataRetrievalError,
            exceptions.UnauthorizedSSOTokenError,
            exceptions.SSOError,
            exceptions.TokenRetrievalError,
        ),
        NO_CREDENTIALS,
    ),
    (
        (exceptions.NoRegionError, exceptions.InvalidRegionError, exceptions.UnsupportedS3ControlConfigurationError),
        WRONG_REGION,
    ),
    ((exceptions.ParamValidationError, exceptions.EndpointProviderError), NOT_VALID),
    ((exceptions.HTTPClientError, exceptions.ConnectionError, OSError), NOT_REACHED),
    ((exceptions.PaginationError, ResponseParserError, ValueError, TypeError, LookupError), MALFORMED),
)
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9.]{0,63}|[1-5][0-9]{2}")


def code_of(error: BaseException) -> str | None:
    """Return AWS's error code, None for what is no answer of AWS."""
    if not isinstance(error, exceptions.ClientError):
        return None
    code = error.response.get("Error", {}).get("Code")
    return code if isinstance(code, str) else ""


def failure_of(error: BaseException) -> Failure:
    """Return what an exception means."""
    code = code_of(error)
    if code is not None:
        return _OF_CODE.get(code) or _other(code)
    return next((failure for kinds, failure in _OF_EXCEPTION if isinstance(error, kinds)), FAILED)


def _other(code: str) -> Failure:
    """Return that AWS answered with a code, if it looks like one."""
    named = f" `{code}`" if _CODE.fullmatch(code) else ""
    return Failure("other", f"was answered with the error{named}")
