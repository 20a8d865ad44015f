"""What is known of a refusal before any policy is read: the form of its text, the call, and what the call carries."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from why403.causes.codes import meaning_of
from why403.causes.details import detailed
from why403.causes.meaning import Meaning
from why403.domain.actions import is_of_other_service
from why403.domain.arn import Resource, resource
from why403.domain.directory import is_directory
from why403.domain.operations import OPERATIONS
from why403.domain.principal import SOMEBODY, Kind, Principal
from why403.domain.principal import principal as principal_named
from why403.domain.remembered import characters, remembered, remembered_by
from why403.domain.truth import TRUE
from why403.domain.verdict import Words
from why403.engine.call import Decided
from why403.intake.partial import Partial
from why403.report import CLOUDFRONT, Report

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
_MONTH = re.compile(r"\b20\d\d\b(?:-\d\d)?")


class Situation(NamedTuple):
    """The features that causes are chosen by: each is a word of `features`, so that the model can stay data."""

    operation: str | None
    action: str | None
    resource: str | None
    principal: str | None
    code: str | None
    named: str | None = None
    named_kind: str | None = None
    meaning: Meaning | None = None
    behind: Resource | None = None
    foreign: str | None = None
    features: frozenset[str] = frozenset()

    @classmethod
    def of(cls, report: Report, known: Partial, decided: Decided | None) -> "Situation":
        """Return the situation of a report and what is known of its request."""
        legs = decided.legs if decided else ()
        first = legs[0].ruled.request if legs and known.missing is None else None
        behind = first.at_bucket if first else None
        sends_acl = [
            leg.ruled.request.action for leg in legs if leg.needed == TRUE and leg.ruled.request.action.endswith("Acl")
        ]
        action = report.action or (sends_acl[0] if sends_acl else legs[0].ruled.request.action if legs else None)
        return cls(
            operation=_text(known.request, "operation") or report.operation,
            action=action,
            resource=first.resource.arn if first else _told_on(report),
            principal=_text(known.request, "principal"),
            code=report.code,
            named=report.aws_named.layer if report.aws_named else None,
            named_kind=report.aws_named.kind if report.aws_named else None,
            meaning=_meaning(report),
            behind=behind.resource if behind else None,
            foreign=report.foreign,
            features=_features(report, known) | ({"same-account"} if _at_home(decided) else set()),
        )

    def names(self, layer: str, kind: str) -> bool:
        """Return whether AWS's text names a refusal of this layer and kind."""
        return named_by(self.named, self.named_kind, layer, kind)

    def about(self, action: str) -> "Situation":
        """Return the same situation for another action."""
        return self._replace(action=action)

    @property
    def _key_unknown(self) -> bool:
        """Return whether what is missing is an action on a KMS key, and which key it is nobody says."""
        return (self.action or "").startswith("kms:") and ":kms:" not in (self.resource or "")

    def words(self) -> dict[str, str | None]:
        """Return what texts may mention."""
        found = resource(self.resource) if self.resource else None
        in_bucket = self.behind or found
        caller = principal_named(self.principal) if self.principal else SOMEBODY
        return {
            "action": self.action,
            "resource": (self.foreign or "KEY") if self._key_unknown else self.resource,
            "in_bucket": self.behind.arn if self.behind else self.resource or "RESOURCE",
            "bucket": in_bucket.bucket if in_bucket else None,
            "key": found.key if found else None,
            "principal": self.principal,
            "operation": self.operation,
            "source": _role_of(self.principal),
            "role": self.foreign.rpartition("/")[2] if self.foreign and ":role/" in self.foreign else None,
            "account": caller.account,
            "point": found.access_point.rpartition("/")[2] if found and found.access_point else None,
            "point_account": found.account if found and found.access_point else None,
            "boundary_command": _boundary_command(caller),
        }


def named_by(named: str | None, named_kind: str | None, layer: str, kind: str) -> bool:
    """Return whether AWS's text, which names a layer and perhaps a kind, names a refusal of this layer and kind."""
    return named == layer and (named_kind == kind or (named_kind is None and kind != "requirement"))


def _told_on(report: Report) -> str | None:
    """Return what a text says that the call was on; a key that the call needed beside is not that."""
    return report.resource or (report.foreign if is_of_other_service(report.action) else None)


def _meaning(report: Report) -> Meaning | None:
    """Return what the answer means if it names its own cause, None where the status it came with contradicts that."""
    found = meaning_of(report.code, report.message, report.aws_named.special if report.aws_named else None)
    if found is None or (found.status is None and report.code == _DENIED):
        return None  # what S3 has refused was sent
    told = detailed(found, report)
    # Copies, completed uploads and deletions of many objects answer 200 and tell the error in the body.
    return told if told.status is None or report.status in {None, _IN_THE_BODY, told.status} else None


_IN_THE_BODY: Final = 200
_DENIED: Final = "AccessDenied"
_NOT_THERE: Final = 404


def _at_home(decided: Decided | None) -> bool:
    """Return whether the caller is known to be of the account that owns the bucket."""
    requests = [leg.ruled.request for leg in decided.legs if leg.ruled.teller is None] if decided else []
    return bool(requests) and all(each.at_home for each in requests)


def _text(request: Mapping[str, Any], name: str) -> str | None:
    found = request.get(name)
    return found if isinstance(found, str) else None


def _role_of(principal: str | None) -> str | None:
    """Return the ARN that the policy simulator takes: a session's role, as far as its ARN tells."""
    if principal is None or ":assumed-role/" not in principal:
        return principal
    account, name = principal.split(":")[4], principal.split("/")[1]
    return f"arn:aws:iam::{account}:role/{name}"


def _boundary_command(caller: Principal) -> str:
    """Return the command that shows the boundary of a user or of a role, which the ARN of a session names too."""
    if caller.kind is Kind.USER:
        return f"aws iam get-user --user-name {caller.name} --query User.PermissionsBoundary"
    role = caller.name if caller.kind in {Kind.ROLE, Kind.SESSION} else "ROLE"
    return f"aws iam get-role --role-name {role} --query Role.PermissionsBoundary"


def _features(report: Report, known: Partial) -> frozenset[str]:
    """Return the words for what is known."""
    request = known.request
    operation, principal = _text(request, "operation"), _text(request, "principal")
    special = report.aws_named.special if report.aws_named else None
    named, bodiless = report.aws_named is not None, report.bodiless
    context = {key.lower() for key, value in request.get("context", {}).items() if value not in (None, [])}
    parameters, directory = request.get("parameters", {}), _in_directory(request)
    found = {
        "enhanced": named,
        "bodiless": bodiless,
        "plain": not named and not bodiless and special is None,
        "writes-acl": "s3:x-amz-acl" in context or "ACL" in parameters,
        "through-endpoint": "aws:sourcevpce" in context or "aws:sourcevpc" in context,
        "through-access-point": ":accesspoint/" in (_text(request, "resource") or ""),
        "access-grants": "s3:accessgrantsinstancearn" in context,
        "presigned": bool(request.get("presigned") or report.presigned),
        "unexplained": not named and not bodiless and not directory and _ought_to_be_explained(report, request),
        "anonymous": principal == "anonymous",
        "service": bool(principal and principal.endswith(".amazonaws.com")),
        "cloudfront-itself": CLOUDFRONT in report.unread,
        "opens-session": directory and _is_of_objects(operation),
        "expects-owner": not _EXPECTING.isdisjoint(parameters),
    }
    return _of_call((operation or "", report.action or "")).union(_of_code(report.code or ""), _true_of(found))


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
        "asks-for-key": told.startswith("kms:"),
        "hands-out-role": told.startswith("sts:assumerole"),
    }
    return frozenset(_true_of(found))


def _in_directory(request: Mapping[str, Any]) -> bool:
    """Return whether it is about a directory bucket, whose refusals S3 explains to nobody."""
    found = resource(_text(request, "resource") or "")
    return is_directory(_text(request, "bucket") or (found.bucket if found else None))


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
    found = _MONTH.search(_text(request, "time") or report.time or "")
    return found is not None and found[0] >= _EXPLAINED_SINCE and ":" in (_text(request, "principal") or ":")
