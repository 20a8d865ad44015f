"""Facts that callers may name before a layer reads them: given where they would apply, they leave a doubt.

Each names the layer that would read it. A fact that a loaded layer provides is that layer's, and no longer of these.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from why403.domain.errors import InvalidInput
from why403.domain.evidence import ABSENT, Fact
from why403.domain.request import AccessRequest

_ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
_ENCRYPTED = frozenset({"aws:kms", "aws:kms:dsse"})
_READS = frozenset({"s3:getobject", "s3:getobjectversion"})
_VERSION_DELETES = frozenset({"s3:deleteobjectversion", "s3:bypassgovernanceretention", "s3:putobjectretention"})


class Unread(NamedTuple):
    """A fact nobody reads, the layer that would, and whether it would apply to a request."""

    fact: Fact[Any]
    reader: str
    applies: Callable[[AccessRequest, Any], bool]


def always(_request: AccessRequest, _value: Any) -> bool:
    """Apply to every request."""
    return True


def _never(_request: AccessRequest, _value: Any) -> bool:
    return False


def _any_policy(request: AccessRequest, value: Any) -> bool:
    levels = value if isinstance(value, list) else [value]
    held = [level.get("policies") if isinstance(level, dict) else level for level in levels]
    return not request.principal.service_linked and any(bool(policies) for policies in held)


def _through_point(request: AccessRequest, _value: Any) -> bool:
    return request.resource.access_point is not None


def _read(request: AccessRequest, _value: Any) -> bool:
    return request.call is not None and request.action_key in _READS


def _missing(request: AccessRequest, value: Any) -> bool:
    return value is False and _read(request, value)


def _marked(request: AccessRequest, value: Any) -> bool:
    return value is True and _read(request, value)


def _archived(request: AccessRequest, value: Any) -> bool:
    name = value.get("class") if isinstance(value, dict) else value
    back = isinstance(value, dict) and (value.get("restored") or not (value.get("archive_status") or name in _ARCHIVED))
    heads = request.call is not None and request.call.operation == "HeadObject"
    return _read(request, value) and not heads and not back and (isinstance(value, dict) or name in _ARCHIVED)


def _locked(request: AccessRequest, _value: Any) -> bool:
    return request.call is not None and request.action_key in _VERSION_DELETES


def _mfa(request: AccessRequest, value: Any) -> bool:
    wanted = _locked(request, value) or request.action_key == "s3:putbucketversioning"
    return isinstance(value, dict) and value.get("mfa_delete") is True and request.call is not None and wanted


def _object_key(request: AccessRequest, value: Any) -> bool:
    return isinstance(value, dict) and value.get("algorithm") in _ENCRYPTED and _read(request, value)


def _bucket_key(request: AccessRequest, value: Any) -> bool:
    if not isinstance(value, dict) or request.call is None or request.action_key != "s3:putobject":
        return False
    sent = request.call.parameters
    blocked = "SSE-C" in (value.get("blocked") or ()) and "SSECustomerAlgorithm" in sent
    chosen = "ServerSideEncryption" in sent or "SSECustomerAlgorithm" in sent
    return blocked or (value.get("algorithm") in _ENCRYPTED and not chosen)


def _sent_key(request: AccessRequest, _value: Any) -> bool:
    return request.call is not None and request.call.parameters.get("ServerSideEncryption") in _ENCRYPTED


def _payer(request: AccessRequest, value: Any) -> bool:
    if value != "Requester" or request.call is None or request.resource.bucket is None:
        return False
    paid = request.call.parameters.get("RequestPayer") == "requester"
    return not paid and request.bucket_owner != request.principal.account


def _plain(value: object) -> object:
    return value


def _levels(value: object) -> object:
    if isinstance(value, list):
        return value
    raise InvalidInput.at("", "must be a list of levels, root first")


def _fact(name: str, permission: str | None, *, assumed: bool = False, load: Callable[[Any], Any] = _plain) -> Fact[Any]:
    of_resource = not name.startswith("vpc_endpoint.")
    return Fact(
        name=name,
        load=load,
        permission=permission,
        otherwise=ABSENT,
        assumed=assumed,
        of_resource=of_resource,
        of_object=name.startswith("object."),
    )


_KMS = ("kms.key_policy", "kms.key_state", "kms.key_manager", "kms.grants")

FORESEEN = (
    Unread(_fact("organization.rcps", "organizations:ListPoliciesForTarget", load=_levels), "rcp", _any_policy),
    Unread(_fact("vpc_endpoint.policy", "ec2:DescribeVpcEndpoints"), "vpc_endpoint", always),
    Unread(_fact("vpc_endpoint.type", "ec2:DescribeVpcEndpoints"), "vpc_endpoint", _never),
    *(
        Unread(_fact(f"access_point.{name}", "s3:GetAccessPoint"), "access_point", _through_point)
        for name in ("policy", "network_origin", "vpc", "bucket", "owner")
    ),
    *(Unread(_fact(name, "kms:GetKeyPolicy", assumed=True), "kms", _sent_key) for name in _KMS),
    Unread(_fact("object.encryption", "s3:GetObject", assumed=True), "kms", _object_key),
    Unread(_fact("bucket.encryption", "s3:GetEncryptionConfiguration", assumed=True), "kms", _bucket_key),
    Unread(_fact("bucket.request_payment", "s3:GetBucketRequestPayment", assumed=True), "request_payment", _payer),
    Unread(_fact("bucket.versioning", "s3:GetBucketVersioning", assumed=True), "object_state", _mfa),
    Unread(_fact("object.exists", "s3:GetObject", assumed=True), "object_state", _missing),
    Unread(_fact("object.delete_marker", "s3:GetObject", assumed=True), "object_state", _marked),
    Unread(_fact("object.storage_class", "s3:GetObject", assumed=True), "object_state", _archived),
    Unread(_fact("object.lock", "s3:GetObjectRetention", assumed=True), "object_state", _locked),
)
