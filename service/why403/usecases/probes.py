"""What is tried as the caller after a change: a harmless call that needs the same permission, or commands for it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from why403.artefacts.cli import command
from why403.domain.fix import Write
from why403.domain.principal import Kind
from why403.intake.request import Asked
from why403.writing import Probe

_HEADS: Final = frozenset({"headobject", "getobject", "s3:getobject", "s3:getobjectversion"})
_LISTS: Final = frozenset({"listobjects", "listobjectsv2", "headbucket", "s3:listbucket"})
_PUTS: Final = frozenset({"putobject", "s3:putobject"})
_OF_HEAD: Final = ("VersionId", "RequestPayer", "ExpectedBucketOwner", "PartNumber")
_OF_LIST: Final = ("Prefix", "Delimiter", "RequestPayer", "ExpectedBucketOwner")
_OF_PUT: Final = (
    *("ACL", "ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled", "StorageClass", "Tagging"),
    *("RequestPayer", "ExpectedBucketOwner"),
)
_FREE_KEY: Final = "why403-canary"
_NETWORK: Final = frozenset({"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})


class Trial(NamedTuple):
    """A call that would show whether the caller is let in, and what is typed to make it by hand."""

    operation: str
    parameters: Mapping[str, Any]
    commands: tuple[str, ...]
    canary: bool = False

    def under(self, role: str, region: str | None, account: str | None) -> Probe:
        """Return the call as it is made under a role."""
        return Probe(self.operation, self.parameters, role, region, canary=self.canary, account=account)


def trial_of(request: Mapping[str, Any], asked: Asked, canary: str | None) -> Trial | None:
    """Return what can be tried for a call, None where only simulation is harmless; `canary` is a key that is free."""
    name = str(request.get("operation") or request.get("action")).lower()
    sent, bucket = request.get("parameters") or {}, _bucket(asked)
    if bucket is None:
        return None
    if name in _HEADS and asked.resource.key is not None:
        return _trial("HeadObject", {"Bucket": bucket, "Key": asked.resource.key, **_only(sent, _OF_HEAD)})
    if name in _LISTS:
        return _trial("ListObjectsV2", {"Bucket": bucket, "MaxKeys": 1, **_only(sent, _OF_LIST)})
    if name in _PUTS and asked.resource.key is not None:
        folder, slash, _ = asked.resource.key.rpartition("/")
        named = {"Bucket": bucket, "Key": canary or f"{folder}{slash}{_FREE_KEY}"}
        put = {**named, **_only(sent, _OF_PUT)}
        commands = (_typed("PutObject", {**put, "IfNoneMatch": "*"}), _typed("DeleteObject", named))
        return Trial("PutObject", put, commands, canary=True)
    return None


def _trial(operation: str, parameters: Mapping[str, Any]) -> Trial:
    return Trial(operation, parameters, (_typed(operation, parameters),))


def _typed(operation: str, parameters: Mapping[str, Any]) -> str:
    return command(Write("s3", operation, parameters, ""))


def _only(sent: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: sent[name] for name in names if sent.get(name) is not None}


def _bucket(asked: Asked) -> str | None:
    """Return how the call names its bucket: an access point by its ARN."""
    resource = asked.resource
    if resource.access_point is None:
        return resource.bucket
    return resource.arn.partition("/object/")[0]


def role_of(asked: Asked, issuer: str | None) -> str | None:
    """Return the role that stands behind a caller, None for one that no role stands behind."""
    caller = asked.principal
    if caller.kind is Kind.ROLE:
        return caller.arn
    if caller.kind is not Kind.SESSION:
        return None
    return issuer or f"arn:{caller.partition}:iam::{caller.account}:role/{caller.name}"


def elsewhere(request: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a call says of its network, from which a probe does not come."""
    for name, value in (request.get("context") or {}).items():
        if name.lower() in _NETWORK and value:
            yield name
