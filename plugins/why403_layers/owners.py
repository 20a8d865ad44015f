"""Whose a bucket and an object are, found out by reads: an account is named only where AWS has confirmed it.

AWS: "ListBuckets" (all buckets of the sender's account, and its canonical id); "Verifying bucket ownership with bucket
owner condition"; "Finding the canonical user ID for your AWS account".
"""

from collections.abc import Iterable, Mapping
from typing import Any

from why403 import (
    Absent,
    AccessRequest,
    AwsCall,
    CannotTell,
    Collecting,
    Collector,
    Found,
    Keep,
    Observation,
    Observations,
    Unreadable,
    value_of,
)
from why403.collecting.access_points import OF_POINT, point_told
from why403.collecting.s3 import GET_BUCKET_ACL, GET_BUCKET_LOCATION, bucket_meant, makes_bucket
from why403.domain.facts import BUCKET_OWNER, CANONICAL_IDS, OBJECT_OWNER, OWNERSHIP, POINT_BUCKET
from why403.domain.request import ENFORCED
from why403_layers.acl import BUCKET_ACL, OBJECT_ACL

# Nobody can be refused this one.
WHO_READS = AwsCall(
    service="sts",
    operation="GetCallerIdentity",
    permission="sts:GetCallerIdentity",
    member="Account",
    keep=Keep.USUAL,
    probe={},
)
BUCKETS = AwsCall(
    service="s3",
    operation="ListBuckets",
    permission="s3:ListAllMyBuckets",
    pages="Buckets",
    probe={"Prefix": "{bucket}", "MaxBuckets": 1},
)
# An account keeps its canonical id for ever.
CANONICAL_ID = AwsCall(
    service="s3",
    operation="ListBuckets",
    permission="s3:ListAllMyBuckets",
    member="Owner",
    keep=Keep.LONG,
    probe={"MaxBuckets": 1},
)
_PAGE = 1000  # S3 answers accounts with very many buckets only in pages


def _accounts(request: AccessRequest) -> Collecting[tuple[str, ...]]:
    """Return the accounts that may be the owner's and can be asked: the service's own, and the caller's."""
    own = value_of((yield WHO_READS.read()))
    return tuple(dict.fromkeys(filter(None, (own, request.principal.account))))


def collect_bucket_owner(request: AccessRequest) -> Collecting[Observations]:
    """Find the account that lists the bucket as its own, whose canonical id its ACL names, or that S3 confirms.

    A refusal proves nothing: S3 words a wrong owner and a missing permission alike. Of an access point S3 tells whose
    the bucket behind is.
    """
    if makes_bucket(request):
        account = request.principal.account
        return {BUCKET_OWNER: Found(account)} if account else {}
    name = yield bucket_meant(request)
    if name is None:
        return {}
    told = (yield point_told(request)) if request.resource.access_point is not None else {}
    if "BucketAccountId" in told:
        return {BUCKET_OWNER: Found(told["BucketAccountId"])}
    accounts = yield _accounts(request)
    lists = yield tuple(BUCKETS.read(account=each, Prefix=name, MaxBuckets=_PAGE) for each in accounts)
    for account, seen in zip(accounts, lists, strict=True):
        if isinstance(seen, Found) and any(bucket["Name"] == name for bucket in seen.value):
            return {BUCKET_OWNER: Found(account)}
    acl, ids, *expected = yield (
        GET_BUCKET_ACL.read(Bucket=name),
        CANONICAL_IDS,
        *(GET_BUCKET_LOCATION.read(Bucket=name, ExpectedBucketOwner=each) for each in accounts),
    )
    return {BUCKET_OWNER: _named(acl, ids) or _confirmed(accounts, expected) or _nobody_known(acl)}


def _named(acl: Observation[Any], ids: Observation[Mapping[str, str]]) -> Found[str] | None:
    """Return the account of the owner that an ACL names, if its canonical id is known."""
    if not isinstance(acl, Found) or not isinstance(ids, Found):
        return None
    account = ids.value.get(acl.value["Owner"]["ID"])
    return None if account is None else Found(account)


def _confirmed(accounts: Iterable[str], expected: Iterable[Observation[Any]]) -> Found[str] | None:
    """Return the account that S3 confirmed; what confirms several is a server that does not look."""
    found = [each for each, seen in zip(accounts, expected, strict=True) if isinstance(seen, Found)]
    return Found(found[0]) if len(found) == 1 else None


def _nobody_known(acl: Observation[Any]) -> Unreadable:
    unknown = "it is not known which account owns the bucket"
    if isinstance(acl, Unreadable):
        return Unreadable(f"{unknown}: {acl.why}", acl.permission, call=acl.call, account=acl.account)
    return Unreadable(f"{unknown}: its ACL names an owner, but not of an account whose canonical id is known")


def collect_canonical_ids(request: AccessRequest) -> Collecting[Observations]:
    """Read the canonical ids of the accounts that can be asked; there is no call for those of others."""
    accounts = yield _accounts(request)
    owners = yield tuple(CANONICAL_ID.read(account=each, MaxBuckets=1) for each in accounts)
    known: dict[str, str] = {}
    for account, seen in zip(accounts, owners, strict=True):
        if isinstance(seen, Found) and known.setdefault(seen.value["ID"], account) != account:
            raise CannotTell(Unreadable(f"{BUCKETS.name} gives several accounts one canonical id"))
    return {CANONICAL_IDS: Found(known) if known else owners[0]}


def collect_object_owner(request: AccessRequest) -> Collecting[Observations]:
    """Take the bucket's owner while ACLs are disabled, else the owner that the object's ACL names."""
    if not request.resource.key:
        return {}
    ownership, bucket_owner = yield (OWNERSHIP, BUCKET_OWNER)
    if isinstance(ownership, Found) and ownership.value == ENFORCED:
        return {OBJECT_OWNER: bucket_owner}
    of_object, of_bucket, ids = yield (OBJECT_ACL, BUCKET_ACL, CANONICAL_IDS)
    owner = value_of(of_object).owner
    known = value_of(ids, {}).get(owner) if isinstance(ids, Found | Absent) else None
    if known is not None:
        return {OBJECT_OWNER: Found(known)}
    if owner is not None and isinstance(of_bucket, Found) and of_bucket.value.owner == owner:
        return {OBJECT_OWNER: bucket_owner}
    why = "the object's ACL names an owner, but not of an account whose canonical id is known"
    return {OBJECT_OWNER: Unreadable(why)}


COLLECTORS = (
    Collector(
        facts=(BUCKET_OWNER,),
        reads=(WHO_READS, BUCKETS, GET_BUCKET_ACL, GET_BUCKET_LOCATION, *OF_POINT),
        needs=(CANONICAL_IDS, POINT_BUCKET),
        collect=collect_bucket_owner,
    ),
    Collector(facts=(CANONICAL_IDS,), reads=(WHO_READS, CANONICAL_ID), collect=collect_canonical_ids),
    Collector(
        facts=(OBJECT_OWNER,),
        reads=(),
        needs=(OWNERSHIP, BUCKET_OWNER, OBJECT_ACL, BUCKET_ACL, CANONICAL_IDS),
        collect=collect_object_owner,
    ),
)
