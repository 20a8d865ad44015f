"""Codes of calls that nobody refused: S3 answers with an error, and what is allowed to whom plays no part.

AWS: "Error responses" (Amazon S3 API Reference).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from why403.causes.meaning import AUTHENTICATION, REGION, WHO, Meaning

_OBJECT_STATE: Final = "object_state"


class _Failure(NamedTuple):
    """One code: its status, what it says, and what helps."""

    code: str
    status: int
    says: str
    fix: str


_OF_THE_REQUEST: Final = (
    _Failure("BadDigest", 400, "the checksum that was sent does not fit what arrived", "send it again"),
    _Failure("EntityTooLarge", 400, "the object is too large for one upload", "upload it in parts"),
    _Failure("EntityTooSmall", 400, "a part but the last is smaller than 5 MiB", "send larger parts"),
    _Failure("IncompleteBody", 400, "fewer bytes arrived than were announced", "send it again"),
    _Failure("InternalError", 500, "something failed inside S3", "try again"),
    _Failure("InvalidArgument", 400, "a header or parameter has a value that S3 does not take", "correct the value"),
    _Failure("InvalidBucketName", 400, "no bucket can have this name", "correct the name"),
    _Failure("InvalidDigest", 400, "the checksum that was sent is none", "correct the checksum"),
    _Failure("InvalidLocationConstraint", 400, "there is no such Region for a bucket", "correct the Region"),
    _Failure("InvalidPart", 400, "a part was not found, or its ETag differs", "send the parts' own ETags"),
    _Failure("InvalidPartOrder", 400, "the parts are not in ascending order", "sort the parts by number"),
    _Failure("InvalidStorageClass", 400, "there is no such storage class here", "correct the storage class"),
    _Failure("InvalidTag", 400, "a tag cannot be stored as it was sent", "correct the tag"),
    _Failure("InvalidURI", 400, "the URI cannot be parsed", "encode the key"),
    _Failure("KeyTooLongError", 400, "the key is longer than 1,024 bytes", "shorten the key"),
    _Failure("MalformedXML", 400, "the XML that was sent is not what S3 takes", "correct the body"),
    _Failure("MissingContentLength", 411, "the length of the body was not sent", "send Content-Length"),
    _Failure("NotImplemented", 501, "a header asks for what this kind of bucket does not do", "leave the header out"),
    _Failure("RequestTimeout", 400, "the body did not arrive in time", "send it again"),
    _Failure("ServiceUnavailable", 503, "S3 asks for fewer requests", "try again, more slowly"),
    _Failure("XAmzContentSHA256Mismatch", 400, "the hash that was signed does not fit the body", "sign what is sent"),
)
_OF_WHAT_IS_THERE: Final = (
    _Failure("BucketAlreadyExists", 409, "somebody has a bucket of this name", "choose another name"),
    _Failure("BucketAlreadyOwnedByYou", 409, "the account has this bucket already", "use it, or choose another name"),
    _Failure("BucketNotEmpty", 409, "the bucket holds objects, versions or delete markers", "empty the bucket first"),
    _Failure("InvalidBucketState", 409, "the bucket is in no state for this call", "change what the message names"),
    _Failure("InvalidRange", 416, "the range begins beyond the end of the object", "ask for less"),
    _Failure("NoSuchBucketPolicy", 404, "the bucket has no policy; the caller may read it", "take it for empty"),
    _Failure("NoSuchCORSConfiguration", 404, "the bucket has no CORS configuration", "take it for empty"),
    _Failure("NoSuchLifecycleConfiguration", 404, "the bucket has no lifecycle configuration", "take it for empty"),
    _Failure("NoSuchTagSet", 404, "the bucket has no tags", "take it for empty"),
    _Failure("NoSuchUpload", 404, "the upload does not exist: completed, aborted, or cleaned up", "begin a new upload"),
    _Failure("NoSuchWebsiteConfiguration", 404, "the bucket has no website configuration", "take it for empty"),
    _Failure("OperationAborted", 409, "another call on the same thing is under way", "try again"),
    _Failure("TooManyBuckets", 400, "the account has as many buckets as it may have", "ask for a higher quota"),
)


def _meanings(layer: str, what: str, command: str, failures: tuple[_Failure, ...]) -> dict[str, Meaning]:
    return {
        each.code: Meaning(layer, each.status, f"{each.says}; nobody refused the call", what, command, each.fix)
        for each in failures
    }


FAILURES: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        **_meanings(AUTHENTICATION, "which value? The message names it", WHO, _OF_THE_REQUEST),
        **_meanings(_OBJECT_STATE, "is it the bucket that was meant?", REGION, _OF_WHAT_IS_THERE),
    }
)
