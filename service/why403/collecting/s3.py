"""What several layers read from S3: which bucket and which version are meant, where they are read, and by which calls.

AWS: "Required permissions for Amazon S3 API operations"; "GetBucketAcl", "GetObjectAcl", "GetBucketLocation" (Amazon S3
API Reference).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from why403.collecting.declared import AwsCall, CannotTell, Collecting, Collector, Keep, Observations, Read, value_of
from why403.domain.evidence import ABSENT, Absent, Fact, Found, Observation, Unreadable
from why403.domain.facts import BUCKET_OWNER, POINT_BUCKET
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE

_PROBE: Final = {"Bucket": "{bucket}"}
# Names under which something else than a bucket answers, or by other calls. AWS: "Access point aliases", "Using an
# Object Lambda access point alias", "Directory bucket naming rules"; a client starts a session to read one of these.
_NO_BUCKETS: Final[Mapping[str, str]] = {
    "-s3alias": "`{}` is the alias of an access point, and the bucket behind it is not known",
    "--op-s3": "`{}` is the alias of an access point on Outposts, whose buckets are not read",
    "--ol-s3": "`{}` is the alias of an Object Lambda access point, and the bucket behind it is not known",
    "--x-s3": "`{}` is a directory bucket, and those are not read",
    "--xa-s3": "`{}` is an access point of a directory bucket, and those are not read",
}
_VERSION: Final = "s3:versionid"
# Buckets of us-east-1 that were made before 2018 may have capitals, underscores and up to 255 characters.
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{1,253})[A-Za-z0-9]", re.ASCII)


def of_bucket(operation: str, permission: str, *, keep: int = Keep.SHORT, **more: Any) -> AwsCall:
    """Return a read that names a bucket."""
    return AwsCall(service="s3", operation=operation, permission=permission, keep=keep, probe=_PROBE, **more)


class OfObject(NamedTuple):
    """A read of an object, and the same of one of its versions, for which IAM has another permission."""

    current: AwsCall
    version: AwsCall


def of_object(operation: str, noun: str, **more: Any) -> OfObject:
    """Return a read that names an object; `noun` ends its permissions, `s3:GetObjectAcl` and `s3:GetObjectVersionAcl`.

    None can be tried harmlessly: where there is no such object, S3 tells only those who may list the bucket.
    """
    permissions = (f"s3:GetObject{noun}", f"s3:GetObjectVersion{noun}")
    calls = (
        AwsCall(service="s3", operation=operation, permission=each, keep=Keep.SHORT, **more) for each in permissions
    )
    return OfObject(*calls)


GET_BUCKET_ACL: Final = of_bucket("GetBucketAcl", "s3:GetBucketAcl")
GET_BUCKET_LOCATION: Final = of_bucket("GetBucketLocation", "s3:GetBucketLocation", keep=Keep.USUAL)
GET_OBJECT_ACL: Final = of_object("GetObjectAcl", "Acl")

_REGION: Final = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+")
# What the oldest Regions are called, or are not.
_REGIONS: Final = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}


def region_told(told: Mapping[str, Any]) -> str:
    """Return the Region that GetBucketLocation tells; raises CannotTell for something else."""
    constraint = told["LocationConstraint"]
    region: str = _REGIONS.get(constraint, constraint)
    if not _REGION.fullmatch(region):
        raise CannotTell(Unreadable("S3 answered something that is no Region"))
    return region


class Bucket(NamedTuple):
    """A bucket to be read, and the account it is read in: its owner's, None for the service's own."""

    name: str
    account: str | None

    def read(self, call: AwsCall, **parameters: Any) -> Read:
        """Return a read of it."""
        return call.read(account=self.account, Bucket=self.name, **parameters)


def makes_bucket(request: AccessRequest) -> bool:
    """Return whether the bucket is to be made, so that it has nothing yet; an answer would be about another's."""
    made = request.call is not None and request.call.operation == "CreateBucket"
    return made or request.action_key == "s3:createbucket"


OF_BUCKET: Final = (BUCKET_OWNER, POINT_BUCKET)
"""The facts that `bucket_asked` needs."""


def bucket_meant(request: AccessRequest) -> Collecting[str | None]:
    """Return the bucket that a request names, or that is behind the access point it names; None if there is none.

    Needs the fact `access_point.bucket`. Raises CannotTell where another one is meant than is named.
    """
    if request.resource.access_point is None or not request.resource.in_bucket:
        return bucket_named(request)
    behind: str = value_of((yield POINT_BUCKET))
    return behind


def bucket_named(request: AccessRequest) -> str | None:
    """Return the bucket that a request names, None if it names none; raise CannotTell where another one is meant."""
    name = request.resource.bucket
    if name is not None and _NAME.fullmatch(name) is None:  # clients take an ARN in its place for an access point
        raise CannotTell(Unreadable("what is named is no name of a bucket"))
    for ending, why in _NO_BUCKETS.items():
        if name is not None and name.endswith(ending):
            raise CannotTell(Unreadable(why.format(name)))
    return name


def bucket_asked(request: AccessRequest) -> Collecting[Bucket | None]:
    """Return the bucket that a request is about and where to read it, None if it is about none.

    Needs the facts OF_BUCKET. Raises CannotTell where it is not known which bucket that is.
    """
    name = yield bucket_meant(request)
    if name is None:
        return None
    # Most of what is read here is told to the owner's account only; with an owner that is not known, the service's own
    # account is as good as any other.
    owner = yield BUCKET_OWNER
    return Bucket(name, owner.value if isinstance(owner, Found) else None)


def version_asked(request: AccessRequest) -> str | None:
    """Return the version of the object that a request names, None for the current one; raise CannotTell."""
    if _lists_several_versions(request):
        raise CannotTell(_WHICH_VERSION)
    values = request.context[_VERSION]
    if values:
        return values[0]
    call = request.call
    # The source of a copy, and each object of a list, has its version elsewhere, and in its context.
    elsewhere = call is None or request.of_source or call.operation == "DeleteObjects"
    sent = None if call is None or elsewhere else call.parameters.get("VersionId")
    if sent is not None:
        return str(sent)
    perhaps = values is None if call is None else elsewhere or call.unlisted != FALSE
    if (perhaps and request.action_key in _OF_EITHER) or "version" in request.action_key:
        raise CannotTell(_WHICH_VERSION)
    return None


def _lists_several_versions(request: AccessRequest) -> bool:
    """Return whether a call lists one key with several versions, of which one fact cannot tell."""
    call = request.call
    if call is None or call.operation != "DeleteObjects":
        return False
    entries = (call.parameters.get("Delete") or {}).get("Objects") or ()
    return len({each.get("VersionId") for each in entries if each["Key"] == request.resource.key}) > 1


# Whatever else can be about a version has an action of its own for that: without it the current version is meant.
_OF_EITHER: Final = frozenset(
    {
        "s3:bypassgovernanceretention",
        "s3:getobjectlegalhold",
        "s3:getobjectretention",
        "s3:putobjectlegalhold",
        "s3:putobjectretention",
        "s3:restoreobject",
    }
)
_WHICH_VERSION: Final = Unreadable("it is not known which version of the object is meant")


def same(value: Any) -> Any:
    """Return what was told as it is."""
    return value


def bucket_collector(
    fact: Fact[Any], call: AwsCall, told: Callable[[Any], Any] = same, *, absent: Observation[Any] = ABSENT
) -> Collector:
    """Return who collects a fact of the bucket that one read tells; `told` makes evidence of the answer.

    `absent` is what it means that there is none. A bucket that does not exist is not one that has none: what S3 says
    of it is an error like any other.
    """

    def collect(request: AccessRequest) -> Collecting[Observations]:
        if makes_bucket(request):
            return {fact: ABSENT} if fact.nullable else {}
        bucket = yield bucket_asked(request)
        if bucket is None:
            return {}
        return {fact: _evidence((yield bucket.read(call)), told, absent)}

    return Collector(facts=(fact,), reads=(call,), needs=OF_BUCKET, collect=collect)


def object_collector(fact: Fact[Any], calls: OfObject, told: Callable[[Any], Any] = same) -> Collector:
    """Return who collects a fact of the object, or of the version asked for, that one read tells."""

    def collect(request: AccessRequest) -> Collecting[Observations]:
        bucket = yield bucket_asked(request)
        if bucket is None or not request.resource.key:
            return {}
        version = version_asked(request)
        parameters = {"Key": request.resource.key} | ({} if version is None else {"VersionId": version})
        seen = yield bucket.read(calls.current if version is None else calls.version, **parameters)
        return {fact: _evidence(seen, told, ABSENT)}

    return Collector(facts=(fact,), reads=calls, needs=OF_BUCKET, collect=collect)


def _evidence(seen: Observation[Any], told: Callable[[Any], Any], absent: Observation[Any]) -> Observation[Any]:
    if isinstance(seen, Found):
        return Found(told(seen.value))
    return absent if isinstance(seen, Absent) else seen


def with_owners(collector: Collector, owners: Mapping[str, str]) -> Collector:
    """Return the collector of `bucket.owner` that reads nothing of a bucket whose owner the operator has set."""

    def collect(request: AccessRequest) -> Collecting[Observations]:
        name = request.resource.bucket
        if request.through_point:
            behind = yield POINT_BUCKET
            name = behind.value if isinstance(behind, Found) else None
        account = owners.get(name or "")
        if account is not None and not makes_bucket(request):
            return {BUCKET_OWNER: Found(account)}
        found: Observations = yield collector.collect(request)
        return found

    return replace(collector, collect=collect)


_GRANTEES: Final[Mapping[str, tuple[str, str]]] = {
    "CanonicalUser": ("id", "ID"),
    "Group": ("uri", "URI"),
    "AmazonCustomerByEmail": ("email", "EmailAddress"),
}


def acl_told(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return an ACL, as S3 tells it, as evidence."""
    return {"owner": answer["Owner"]["ID"], "grants": [_grant_told(each) for each in answer["Grants"]]}


def _grant_told(grant: Mapping[str, Any]) -> dict[str, Any]:
    form, member = _GRANTEES[grant["Grantee"]["Type"]]
    return {"grantee": {form: grant["Grantee"][member]}, "permission": grant["Permission"]}
