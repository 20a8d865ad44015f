"""What is known of a refusal before any policy is read: the form of its text, the call, and what the call carries."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from why403.causes.codes import meaning_of
from why403.causes.details import detailed
from why403.causes.features import bucket_of, features_of, text_of
from why403.causes.meaning import Meaning
from why403.domain.actions import is_of_other_service, service_of
from why403.domain.arn import KMS, Resource, resource, split_arn
from why403.domain.principal import SOMEBODY, Kind
from why403.domain.principal import principal as principal_named
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE
from why403.engine.call import Decided, LegDecided
from why403.intake.partial import Partial
from why403.report import Report

_WITH_BOUNDARY: Final = frozenset({Kind.USER, Kind.ROLE, Kind.SESSION})


class Situation(NamedTuple):
    """The features that causes are chosen by: each is a word of `features`, so that the model can stay data."""

    operation: str | None
    action: str | None
    resource: str | None
    principal: str | None
    code: str | None
    named: str | None = None
    named_kind: str | None = None
    via: str | None = None
    policy_arn: str | None = None
    meaning: Meaning | None = None
    behind: Resource | None = None
    foreign: str | None = None
    account: str | None = None
    """The caller's, where it is known whoever calls."""
    version: str | None = None
    owner: str | None = None
    bucket: str | None = None
    features: frozenset[str] = frozenset()

    @classmethod
    def of(cls, report: Report, known: Partial, decided: Decided | None) -> "Situation":
        """Return the situation of a report and what is known of its request."""
        legs = decided.legs if decided else ()
        asked = _asked(report, [leg.ruled.request for leg in legs]) if known.missing is None else None
        behind = asked.at_bucket if asked else None
        sends_acl = [
            leg.ruled.request.action for leg in legs if leg.needed == TRUE and leg.ruled.request.action.endswith("Acl")
        ]
        action = report.action or (sends_acl[0] if sends_acl else legs[0].ruled.request.action if legs else None)
        return cls(
            operation=text_of(known.request, "operation") or report.operation,
            action=action,
            resource=_place(report, legs, asked) if asked else _told_place(report),
            principal=text_of(known.request, "principal"),
            code=report.code,
            named=report.aws_named.layer if report.aws_named else None,
            named_kind=report.aws_named.kind if report.aws_named else None,
            via=report.aws_named.via if report.aws_named else None,
            policy_arn=report.aws_named.policy_arn if report.aws_named else None,
            meaning=_meaning(report),
            behind=behind.resource if behind else None,
            foreign=report.foreign,
            account=known.asked.principal.account if known.asked else None,
            version=text_of(known.request.get("parameters") or {}, "VersionId"),
            owner=_owner(decided),
            bucket=None if is_of_other_service(report.action) else bucket_of(known.request),
            features=features_of(report, known) | _decided_of(decided),
        )

    def names(self, layer: str, kind: str) -> bool:
        """Return whether AWS's text names a refusal of this layer and kind."""
        return named_by(self.named, self.named_kind, layer, kind)

    def about(self, request: AccessRequest, *, whole: bool) -> "Situation":
        """Return the same situation for another of the permissions that the call needs.

        Not the `whole` of it but the action, where it is about a KMS key: which one it is, is still to be seen.
        """
        if not whole and request.s3_action is None:
            return self._replace(action=request.action)
        resource, behind = request.resource, request.at_bucket
        return self._replace(
            action=request.action,
            resource=None if resource.vague else resource.arn,
            behind=behind.resource if behind else None,
            features=self.features if request.s3_action else self.features | {"asks-for-key"},
        )

    def is_about(self, request: AccessRequest) -> bool:
        """Return whether this is the permission that the situation tells of."""
        return self.action == request.action and self.resource == request.resource.arn

    @property
    def _key_unknown(self) -> bool:
        """Return whether what is missing is an action on a KMS key, and which key it is nobody says."""
        return (self.action or "").startswith("kms:") and ":kms:" not in (self.resource or "")

    def words(self) -> dict[str, str | None]:
        """Return what texts may mention."""
        found = resource(self.resource) if self.resource else None
        in_bucket, key = self.behind or found, split_arn(self.foreign or self.resource or "")
        caller = principal_named(self.principal) if self.principal else SOMEBODY
        holder = "User" if caller.kind is Kind.USER else "Role"
        return {
            "action": self.action,
            "resource": self.foreign if self._key_unknown else self.resource,
            "in_bucket": self.behind.arn if self.behind else self.resource,
            "bucket": (in_bucket.bucket if in_bucket else None) or self.bucket,
            "key": found.key if found else None,
            "version": self.version,
            "owner": self.owner,
            "key_account": key.account if key and key.service == KMS and key.account.isdigit() else None,
            "principal": self.principal,
            "operation": self.operation,
            "source": _role_of(self.principal),
            "role": self.foreign.rpartition("/")[2] if self.foreign and ":role/" in self.foreign else None,
            "account": caller.account or self.account,
            "point": found.access_point.rpartition("/")[2] if found and found.access_point else None,
            "point_account": found.account if found and found.access_point else None,
            "holder": holder.lower(),
            "holder_member": holder,
            "holder_name": caller.name if caller.kind in _WITH_BOUNDARY else None,
            "policy": self.policy_arn,
            "policy_id": self.policy_arn and self.policy_arn.rpartition("/")[2],
        }


def named_by(named: str | None, named_kind: str | None, layer: str, kind: str) -> bool:
    """Return whether AWS's text, which names a layer and perhaps a kind, names a refusal of this layer and kind."""
    return named == layer and (named_kind == kind or (named_kind is None and kind != "requirement"))


def _asked(report: Report, requests: Sequence[AccessRequest]) -> AccessRequest | None:
    """Return what was refused of what a call asks for: AWS's text may name the action, and what it was on."""
    if _named_place(report) is None:
        return requests[0] if requests else None
    known = (each for each in requests if each.action == report.action)
    return next((each for each in known if not each.resource.arn.endswith("*")), None)  # which of many, the text tells


def _place(report: Report, legs: Sequence[LegDecided], asked: AccessRequest) -> str:
    """Return what the call was on: the bucket, where it was on several keys and nobody says which was refused."""
    keys = {leg.key for leg in legs if leg.key is not None}
    return asked.resource.bucket_arn if len(keys) > 1 and _named_place(report) is None else asked.resource.arn


def _told_place(report: Report) -> str | None:
    """Return what a text says that the refused action was on; a place of S3's is nothing that other services act on."""
    return _named_place(report) or (None if is_of_other_service(report.action) else report.resource)


def _named_place(report: Report) -> str | None:
    """Return what AWS's text says that an action was on; a key that a call of S3 needed beside is not that."""
    if report.action is None or service_of(report.action) == KMS:
        return None
    named = report.aws_named.resource if report.aws_named else None
    return named or (report.foreign if is_of_other_service(report.action) else None)


def _meaning(report: Report) -> Meaning | None:
    """Return what the answer means if it names its own cause, None where the status it came with contradicts that."""
    found = meaning_of(report.code, report.message, report.aws_named.special if report.aws_named else None)
    if found is None or (found.status is None and report.code == _DENIED):
        return None  # what S3 has refused was sent
    if report.server is not None and found.status is not None:
        return None  # what S3 means by it another's server may not
    told = detailed(found, report)
    # Copies, completed uploads and deletions of many objects answer 200 and tell the error in the body.
    return told if told.status is None or report.status in {None, _IN_THE_BODY, told.status} else None


_IN_THE_BODY: Final = 200
_DENIED: Final = "AccessDenied"


def _decided_of(decided: Decided | None) -> frozenset[str]:
    """Return the words for whose bucket and object it is, as far as the evidence tells."""
    requests = _of_bucket(decided)
    owned = [each for each in requests if each.principal.account and each.bucket_owner]
    at_home = {each.at_home for each in owned} if len(owned) == len(requests) else set[bool]()
    found = {
        "same-account": at_home == {True},
        "other-account": at_home == {False},
        "not-foreign": all(each.of_foreign == FALSE and each.bucket_owner is not None for each in requests),
    }
    return frozenset(name for name, holds in found.items() if holds and requests)


def _owner(decided: Decided | None) -> str | None:
    """Return the account that owns the bucket, where its id is known."""
    owners = {each.bucket_owner for each in _of_bucket(decided) if not each.of_source}
    owner = owners.pop() if len(owners) == 1 else None
    return owner if owner and owner.isdigit() else None


def _of_bucket(decided: Decided | None) -> list[AccessRequest]:
    return [leg.ruled.request for leg in decided.legs if leg.ruled.teller is None] if decided else []


def _role_of(principal: str | None) -> str | None:
    """Return the ARN that the policy simulator takes: a session's role, as far as its ARN tells."""
    if principal is None or ":assumed-role/" not in principal:
        return principal
    account, name = principal.split(":")[4], principal.split("/")[1]
    return f"arn:aws:iam::{account}:role/{name}"
