"""What no loaded layer reads or judges although it may be asked about: where it would apply, it leaves a doubt."""

from collections.abc import Callable
from typing import Any, NamedTuple

from why403.domain.arn import EXPRESS, OBJECT_LAMBDA
from why403.domain.evidence import Fact
from why403.domain.request import AccessRequest


class Unread(NamedTuple):
    """A fact nobody reads, the layer that would, and whether it would apply, by the request's form and by its value.

    `grants`: its layer might allow, so that not even a missing allow is certain.
    """

    fact: Fact[Any]
    reader: str
    by_form: Callable[[AccessRequest], bool]
    by_value: Callable[[AccessRequest, Any], bool]
    grants: bool = False


def always(_request: AccessRequest, _value: Any = None) -> bool:
    """Apply to every request."""
    return True


class Unjudged(NamedTuple):
    """Something about a request that the layer named `reader` would judge; until it is loaded it is a doubt."""

    reader: str
    because: str
    applies: Callable[[AccessRequest], bool]
    grants: bool = False


def _directory(request: AccessRequest) -> bool:
    return request.resource.service == EXPRESS


def _alias(request: AccessRequest) -> bool:
    """Return whether an access point is asked for by a name like a bucket's. AWS: "Access point aliases"."""
    return (request.resource.bucket or "").endswith(("-s3alias", "--op-s3", "--ol-s3"))


def _key(request: AccessRequest) -> bool:
    return request.resource.service == "kms"


def _of_another_service(request: AccessRequest) -> bool:
    """Return whether the resource may have a policy that no fact can tell: a queue's, a role's trust policy.

    Complete evidence says that there is none, and then its own account's policies decide; but a role always has one.
    """
    # Of these only what their own actions do is judged.
    judged = {"", "s3", EXPRESS} | ({OBJECT_LAMBDA, "kms"} & {request.action_key.partition(":")[0]})
    if request.resource.service in judged or request.action_key == "iam:passrole":
        return False
    at_home = request.resource.account in {"", request.principal.account}
    return not (request.evidence.complete and at_home) or request.action_key.startswith("sts:")


UNJUDGED = (
    Unjudged(
        "access_point_alias",
        "the bucket is named by the alias of an access point, which does not tell which one",
        _alias,
        grants=True,
    ),
    Unjudged("kms", "the policy and the grants of a KMS key decide about it, and are not judged", _key, grants=True),
    Unjudged(
        "resource_policy",
        "policies of resources other than buckets and access points are not judged",
        _of_another_service,
        grants=True,
    ),
    Unjudged(
        "directory_bucket", "sessions decide about directory buckets, and are not judged", _directory, grants=True
    ),
)
