"""A bucket and an object of S3's as a table of answers, for tests of those who collect."""

from collections.abc import Mapping
from typing import Any

from tests.layers.tables import AWAY, HOME, OBJECT, THIRD, USER, layer
from why403 import AccessRequest, Call, Fact, Found, Observation, Read, Unreadable
from why403.collecting.s3 import GET_BUCKET_ACL, GET_BUCKET_LOCATION, GET_OBJECT_ACL
from why403.gathering.by_hand import collected
from why403.testing import a_request
from why403_layers.bucket_policy import GET_ABAC, GET_OBJECT_TAGS, GET_POLICY, GET_TAGS
from why403_layers.owners import BUCKETS, CANONICAL_ID, WHO_READS
from why403_layers.ownership import GET_CONTROLS
from why403_layers.public_access import GET_OF_ACCOUNT, GET_OF_BUCKET, GET_OF_ORGANIZATION
from why403_layers.request_payment import GET_PAYER

LAYERS = tuple(layer(name) for name in ("ownership", "authentication", "bucket_policy", "acl", "block_public_access"))
SERVICES_OWN, OWNERS, CALLERS = THIRD, AWAY, HOME
ID = {account: account[0] * 64 for account in (OWNERS, SERVICES_OWN, CALLERS)}
STRANGER = "f" * 64
IN_BUCKET: dict[str, Any] = {"Bucket": "reports"}
IN_OBJECT: dict[str, Any] = {**IN_BUCKET, "Key": "q3.csv"}
ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
GET_VERSION = Call(operation="GetObject", parameters={"VersionId": "v7"})


def an_acl(owner: str, *grants: dict[str, Any]) -> dict[str, Any]:
    """Return an ACL as S3 tells it."""
    whole = {"Grantee": {"Type": "CanonicalUser", "ID": owner}, "Permission": "FULL_CONTROL"}
    return {"Owner": {"ID": owner}, "Grants": [whole, *grants]}


def found_owner(account: str | None = None) -> dict[Read, Any]:
    """Return the answers that tell that the bucket is an account's, the service's own or the caller's, or neither's."""
    buckets = {each: [{"Name": "reports-2"}] for each in (SERVICES_OWN, CALLERS)}
    if account is not None:
        buckets[account].append({"Name": "reports"})
    lists = {BUCKETS.read(account=each, Prefix="reports", MaxBuckets=1000): found for each, found in buckets.items()}
    return {WHO_READS.read(): SERVICES_OWN, **lists}


def ids() -> dict[Read, Any]:
    """Return the answers that tell canonical ids."""
    return {CANONICAL_ID.read(account=each, MaxBuckets=1): {"ID": ID[each]} for each in (SERVICES_OWN, CALLERS)}


def a_bucket(account: str | None, acl_owner: str = ID[CALLERS]) -> dict[Read, Any]:
    """Return all answers about the bucket and the object, read in an account."""
    in_bucket = {
        GET_POLICY: '{"Version": "2012-10-17", "Statement": []}',
        GET_TAGS: [{"Key": "team", "Value": "blue"}],
        GET_ABAC: {"Status": "Enabled"},
        GET_BUCKET_ACL: an_acl(acl_owner),
        GET_CONTROLS: {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        GET_BUCKET_LOCATION: {"LocationConstraint": "eu-central-1"},
        GET_OF_BUCKET: {**ALL_ON, "BlockPublicPolicy": False},
        GET_PAYER: "BucketOwner",
    }
    in_object = {GET_OBJECT_TAGS: [{"Key": "class", "Value": "secret"}], GET_OBJECT_ACL: an_acl(acl_owner)}
    return {
        **{call.read(account=account, **IN_BUCKET): answer for call, answer in in_bucket.items()},
        **{calls.current.read(account=account, **IN_OBJECT): answer for calls, answer in in_object.items()},
        **{
            calls.version.read(account=account, VersionId="v7", **IN_OBJECT): answer
            for calls, answer in in_object.items()
        },
    }


def an_account(account: str, policy: str = "all") -> dict[Read, Any]:
    """Return what an account and its organization set."""
    content = f'{{"s3_attributes": {{"public_access_block_configuration": "{policy}"}}}}'
    return {
        GET_OF_ACCOUNT.read(account=account, AccountId=account): ALL_ON,
        GET_OF_ORGANIZATION.read(account=account, PolicyType="S3_POLICY"): {"PolicyContent": content},
    }


def the_callers() -> dict[Read, Any]:
    """Return every answer about a bucket of the caller's account, all facts of it known; others are refused them."""
    refused = {read: read.unreadable("was refused", SERVICES_OWN) for read in a_bucket(None)}
    return {**refused, **found_owner(CALLERS), **ids(), **a_bucket(CALLERS), **an_account(CALLERS)}


def asked(
    action: str = "s3:GetObject",
    *,
    caller: str = USER,
    resource: str = OBJECT,
    call: Call | None = None,
    keys: Any = None,
) -> AccessRequest:
    """Return a request that is read for."""
    return a_request(action, principal=caller, resource=resource, rest="unknown", call=call, keys=keys)


def seen_of(
    request: AccessRequest, answers: Mapping[Read, Any], facts: Mapping[Fact[Any], object] | None = None
) -> Mapping[Fact[Any], Observation[Any]]:
    """Return all that is collected of the resource's side."""
    first, *others = LAYERS
    return collected(first, request, answers, facts=facts, others=others)


def plain(seen: Observation[Any] | None) -> object:
    """Return a value, or in one word that there is none."""
    if isinstance(seen, Found):
        return seen.value
    return "not tried" if seen is None else "unreadable" if isinstance(seen, Unreadable) else "absent"
