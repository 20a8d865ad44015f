"""The features that causes are chosen by: words for what is known of a text, a call and a code.

Each is a word that rows of the model want or bar, so that the model can stay data.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from why403.domain.actions import is_of_other_service
from why403.domain.arn import KMS, resource, split_arn
from why403.domain.directory import is_directory
from why403.domain.operations import OPERATIONS
from why403.domain.remembered import characters, remembered, remembered_by
from why403.domain.verdict import Words
from why403.intake.partial import Partial
from why403.report import CLOUDFRONT, ENDPOINT_AS_BUCKET, LOAD_BALANCER, NO_ERROR, PASSED_ON, Report, asks_to_list

AUTHENTICATION_CODES = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "AuthorizationQueryParametersError",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidSecurity",
        "InvalidSignature",
        "InvalidToken",
        "MissingAuthenticationToken",
        "NotSignedUp",
        "PermanentRedirect",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnsupportedSignature",
    }
)
STATE_CODES = frozenset({"InvalidObjectState", "ObjectNotInActiveTierError", "ObjectAlreadyInActiveTierError"})
OWNERSHIP_CODES = frozenset(
    {"AccessControlListNotSupported", "InvalidBucketAclWithObjectOwnership", "MethodNotAllowed"}
)
_OF_SESSIONS = frozenset({"CreateSession", "HeadBucket", "ListMultipartUploads", "ListObjects", "ListObjectsV2"})
DENIED_CODES = frozenset({"403", "AccessDenied", "Forbidden", "AccessDeniedException", "AllAccessDisabled"})

_READS = frozenset({"GetObject", "HeadObject", "GetObjectAttributes", "SelectObjectContent", "CopyObject"})
_WRITES = frozenset({"PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "CopyObject"})
_CHANGES = frozenset(each.name for each in OPERATIONS.values() if each.kind in {"object", "keys"}) - _READS
_DELETES = frozenset({"DeleteObject", "DeleteObjects"})
_ACL_WRITES = frozenset({"PutBucketAcl", "PutObjectAcl"})
_POLICY_WRITES = frozenset({"PutBucketPolicy", "PutAccessPointPolicy"})
_EXPECTING = frozenset({"ExpectedBucketOwner", "ExpectedSourceBucketOwner"})
_USING_A_KEY = {"Decrypt": "GetObject", "GenerateDataKey": "PutObject"}
# Since then S3 names the kind of policy to callers of the bucket's own organization, too.
_EXPLAINED_SINCE = "2025-07"
_PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
_CREATES_FIRST = frozenset({"", "CreateBucket"})
_HOST: Final = re.compile(r"s3[.-](?:[a-z0-9-]+\.){0,3}amazonaws\.com(?:\.cn)?")
_MONTH = re.compile(r"\b20\d\d\b(?:-\d\d)?")
_NOT_THERE: Final = 404
_SUCCESSES: Final = frozenset({200, 204, 206, 304})


def text_of(request: Mapping[str, Any], name: str) -> str | None:
    """Return a member of a request where it is text."""
    found = request.get(name)
    return found if isinstance(found, str) else None


def features_of(report: Report, known: Partial) -> frozenset[str]:
    """Return the words for what is known."""
    request = known.request
    operation, principal = text_of(request, "operation"), text_of(request, "principal")
    special = report.aws_named.special if report.aws_named else None
    named, bodiless = report.aws_named is not None, report.bodiless
    parameters, directory = request.get("parameters") or report.parameters, _in_directory(request)
    found = {
        "enhanced": named,
        "bodiless": bodiless,
        "plain": not named and not bodiless and special is None,
        "through-access-point": ":accesspoint/" in (text_of(request, "resource") or ""),
        "presigned": bool(request.get("presigned") or report.presigned),
        "unexplained": not named and not bodiless and not directory and _ought_to_be_explained(report, request),
        "anonymous": principal == "anonymous",
        "service": (principal or "").endswith(".amazonaws.com") or LOAD_BALANCER in report.unread,
        "cloudfront-itself": CLOUDFRONT in report.unread,
        "passed-on": PASSED_ON in report.unread,
        "not-aws": report.server is not None,
        "succeeded": NO_ERROR in report.unread or _is_success(report),
        "opens-session": directory and _is_of_objects(operation),
        "expects-owner": not _EXPECTING.isdisjoint(parameters),
        "sends-public-acl": parameters.get("ACL") in _PUBLIC_ACLS,
        "sends-acl-somehow": "ACL" in parameters and not operation,
        "by-oai": _by_oai(report, operation, principal),
        "by-rclone": report.source == "rclone" and (operation or "") in _CREATES_FIRST,
        "host-as-bucket": ENDPOINT_AS_BUCKET in report.unread or bool(_HOST.fullmatch(bucket_of(request) or "")),
        "foreign-key": _is_foreign_key(report.foreign, principal),
    }
    called = _of_call((operation or "", report.action or ""))
    carried = _carried(request.get("context", {}), parameters)
    return called.union(_of_code(report.code or ""), _true_of(found), carried, _said(report, operation, parameters))


def _is_success(report: Report) -> bool:
    """Return whether the answer was none of an error; copies and the like answer 200 and tell one in the body."""
    return report.status in _SUCCESSES and report.code is None and report.message is None


def _carried(context: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[str]:
    """Return the words for the condition keys that the call carries."""
    keys = {key.lower() for key, value in context.items() if value not in (None, [])}
    found = {
        "writes-acl": "s3:x-amz-acl" in keys or "ACL" in parameters,
        "through-endpoint": "aws:sourcevpce" in keys or "aws:sourcevpc" in keys,
        "access-grants": "s3:accessgrantsinstancearn" in keys,
        "brings-no-key": parameters.get("ServerSideEncryption") == "AES256",
    }
    return _true_of(found)


def _said(report: Report, operation: str | None, parameters: Mapping[str, Any]) -> frozenset[str]:
    """Return the words for what the text around says, but for what the call is known to do."""
    left_out = {"says-oai"}
    if "RequestPayer" in parameters:
        left_out.add("says-payer")
    if operation and operation not in _READS | _WRITES:
        left_out.add("says-kms")
    return report.words - left_out


def _by_oai(report: Report, operation: str | None, principal: str | None) -> bool:
    """Return whether it may be CloudFront that reads, by an origin access identity."""
    reads = (operation is None or operation in _READS) and report.action in {None, "s3:GetObject"}
    return "says-oai" in report.words and principal is None and reads


def _true_of(found: Mapping[str, bool]) -> list[str]:
    return [name for name, holds in found.items() if holds]


@remembered_by(characters, most=1024)
def _of_call(called: tuple[str, str]) -> frozenset[str]:
    """Return the words for an operation and for the action that a text names; what is not known is empty."""
    operation, action = called
    # A text without a call may still name its action, and some are called like the call.
    name, told = operation or _api_name(action), action.lower()
    found = {
        "reads-object": name in _READS,
        "deletes-object": name in _DELETES,
        "writes-object": name in _WRITES,
        "changes-object": name in _CHANGES,
        "head-bucket": operation == "HeadBucket",
        "lists": operation in {"ListObjects", "ListObjectsV2", "ListObjectVersions"},
        "writes-acl": name in _ACL_WRITES,
        "writes-policy": name in _POLICY_WRITES,
        "creates-bucket": operation == "CreateBucket",
        "asks-for-grant": operation == "GetDataAccess",
        # What a text tells was refused may be another service's to allow.
        "other-service": not operation and is_of_other_service(action or None),
        "asks-another": is_of_other_service(action or None),
        "asks-for-key": told.startswith("kms:"),
        "asks-to-list": asks_to_list(name or "", action),
        "hands-out-role": told.startswith("sts:assumerole"),
        "by-token": told in {"sts:assumerolewithwebidentity", "sts:assumerolewithsaml"},
    }
    return frozenset(_true_of(found))


def _in_directory(request: Mapping[str, Any]) -> bool:
    """Return whether it is about a directory bucket, whose refusals S3 explains to nobody."""
    return is_directory(bucket_of(request))


def bucket_of(request: Mapping[str, Any]) -> str | None:
    """Return the bucket that a request names, as such or by an ARN."""
    found = resource(text_of(request, "resource") or "")
    return text_of(request, "bucket") or (found.bucket if found else None)


def _is_foreign_key(arn: str | None, principal: str | None) -> bool:
    """Return whether what the action was on is a KMS key of another account than the caller's, by their ARNs."""
    key, caller = split_arn(arn or ""), split_arn(principal or "")
    return key is not None and key.service == KMS and caller is not None and key.account != caller.account


def _is_of_objects(operation: str | None) -> bool:
    """Return whether a call on a directory bucket may be one for which a session is needed."""
    found = OPERATIONS.get(operation or "")
    return found is None or found.kind in {"object", "keys"} or found.name in _OF_SESSIONS


@remembered(256)
def _of_code(code: str) -> frozenset[str]:
    """Return the words for a code; one that is not known is empty."""
    found = {
        "authentication-code": code in AUTHENTICATION_CODES,
        "state-code": code in STATE_CODES,
        "ownership-code": code in OWNERSHIP_CODES,
        "kms-code": code.startswith("KMS."),
        "lambda-code": code == "LambdaPermissionError",
        "grants-role-code": code == "StsNotAuthorizedError",
        "missing-code": code in {"NoSuchBucket", "NoSuchKey", "NoSuchVersion"},
        "denied-code": not code or code in DENIED_CODES,
    }
    return frozenset(_true_of(found))


def refused_as(words: Words) -> frozenset[str]:
    """Return the features of the answer that S3 gives because of something that refuses the call."""
    found = _of_code(words.code or "")
    if words.shown_to is not None:
        told = "missing-code" if words.status == _NOT_THERE else "hidden"
        found = found.difference({"missing-code"}).union({told})
    return found | {f"is-{words.sort}"} if words.sort else found


def _api_name(action: str) -> str | None:
    """Return the call that is named like an action of S3, or that uses a KMS key in the way of an action of KMS."""
    service, _, name = action.partition(":")
    return _USING_A_KEY.get(name) if service == "kms" else name or None


def _ought_to_be_explained(report: Report, request: Mapping[str, Any]) -> bool:
    """Return whether S3 would have told a caller of the bucket's own account or organization what refused the call."""
    if (report.message or "").strip(" .").lower() != "access denied":
        return False
    found = _MONTH.search(text_of(request, "time") or report.time or "")
    return found is not None and found[0] >= _EXPLAINED_SINCE and ":" in (text_of(request, "principal") or ":")
