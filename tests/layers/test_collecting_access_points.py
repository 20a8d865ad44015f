"""Reading access points: which calls tell what of which kind, and how the bucket behind is read then."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.layers.reading_s3 import (
    ALL_ON,
    CALLERS,
    IN_BUCKET,
    IN_OBJECT,
    LAYERS,
    OWNERS,
    an_account,
    an_acl,
    asked,
    plain,
)
from tests.layers.tables import layer
from why403 import AccessRequest, Fact, Found, Observation, Read, Unreadable
from why403.collecting.access_points import (
    GET_LAMBDA_POLICY,
    GET_MULTI_REGION_POLICY,
    GET_POINT,
    GET_POINT_POLICY,
    LIST_MULTI_REGION,
)
from why403.collecting.s3 import GET_BUCKET_ACL, GET_OBJECT_ACL
from why403.domain.evidence import ABSENT
from why403.domain.facts import BUCKET_OWNER, POINT_BUCKET, POINT_ORIGIN, POINT_OWNER, POINT_VPC
from why403.gathering.by_hand import collected
from why403.policy import Policies
from why403_layers.acl import OBJECT_ACL
from why403_layers.bucket_policy import BUCKET_POLICY, GET_POLICY
from why403_layers.points import POINT_POLICY
from why403_layers.public_access import ACCESS_POINT, ACCOUNT, BUCKET, GET_OF_BUCKET

POINT = f"arn:aws:s3:eu-central-1:{CALLERS}:accesspoint/desk"
FAR = f"arn:aws:s3::{CALLERS}:accesspoint/mabc.mrap"
MADE = f"arn:aws:s3-object-lambda:eu-central-1:{CALLERS}:accesspoint/made"
NAMED = {"AccountId": CALLERS, "Name": "desk"}
HERE: dict[str, Any] = {"account": CALLERS, "region": "eu-central-1"}
OREGON: dict[str, Any] = {"account": CALLERS, "region": "us-west-2"}
TEXT = '{"Version": "2012-10-17", "Statement": []}'
OF_VPC = {"NetworkOrigin": "VPC", "VpcConfiguration": {"VpcId": "vpc-1"}}
TOLD = {
    "Bucket": "reports",
    "BucketAccountId": OWNERS,
    "NetworkOrigin": "Internet",
    "PublicAccessBlockConfiguration": ALL_ON,
}
LISTED = {
    "Name": "far",
    "Alias": "mabc.mrap",
    "PublicAccessBlock": ALL_ON,
    "Regions": [{"Bucket": "reports", "BucketAccountId": OWNERS}],
}
READ = GET_POINT.read(**HERE, **NAMED)
LISTS = LIST_MULTI_REGION.read(**OREGON, AccountId=CALLERS)
OF_POINT = (POINT_BUCKET, POINT_OWNER, POINT_ORIGIN, POINT_VPC, ACCESS_POINT)


def seen_of(
    answers: Mapping[Read, Any],
    resource: str = f"{POINT}/object/q3.csv",
    facts: Mapping[Fact[Any], object] | None = None,
) -> Mapping[Fact[Any], Observation[Any]]:
    """Return what is collected of the resource's side of a request through an access point."""
    request: AccessRequest = asked(resource=resource)
    return collected(layer("access_point"), request, answers, facts=facts, others=LAYERS)


def told(**changes: Any) -> dict[Read, Any]:
    """Return what S3 tells of the access point, and of its policy."""
    answer = {name: value for name, value in {**TOLD, **changes}.items() if value is not None}
    return {READ: answer, GET_POINT_POLICY.read(**HERE, **NAMED): TEXT}


def test_one_call_tells_all_but_the_policy() -> None:
    seen = seen_of(told(**OF_VPC))
    assert {fact: plain(seen[fact]) for fact in OF_POINT} == {
        POINT_BUCKET: "reports",
        POINT_OWNER: CALLERS,
        POINT_ORIGIN: "VPC",
        POINT_VPC: "vpc-1",
        ACCESS_POINT: ALL_ON,
    }
    assert isinstance(plain(seen[POINT_POLICY]), Policies)


def test_an_access_point_for_the_internet_is_for_no_vpc() -> None:
    seen = seen_of(told())
    assert plain(seen[POINT_ORIGIN]) == "Internet"
    assert seen[POINT_VPC] == ABSENT


def test_an_access_point_without_policy_has_none() -> None:
    assert seen_of({**told(), GET_POINT_POLICY.read(**HERE, **NAMED): ABSENT})[POINT_POLICY] == ABSENT


def test_the_bucket_behind_is_read_in_its_owner_s_account() -> None:
    behind = {
        GET_POLICY.read(account=OWNERS, **IN_BUCKET): TEXT,
        GET_OF_BUCKET.read(account=OWNERS, **IN_BUCKET): ALL_ON,
        GET_BUCKET_ACL.read(account=OWNERS, **IN_BUCKET): an_acl("f" * 64),
        **an_account(OWNERS),
    }
    seen = seen_of({**told(), **behind})
    assert plain(seen[BUCKET_OWNER]) == OWNERS
    assert isinstance(plain(seen[BUCKET_POLICY]), Policies)
    assert plain(seen[BUCKET]) == plain(seen[ACCOUNT]) == ALL_ON


def test_its_object_is_read_by_the_bucket_s_name() -> None:
    read = GET_OBJECT_ACL.current.read(account=OWNERS, **IN_OBJECT)
    seen = seen_of({**told(), read: an_acl("f" * 64)})
    assert isinstance(seen[OBJECT_ACL], Found)


@pytest.mark.parametrize("fact", [*OF_POINT, BUCKET_OWNER, BUCKET_POLICY])
def test_an_access_point_that_cannot_be_read_leaves_nothing_known(fact: Fact[Any]) -> None:
    refused = READ.unreadable("was refused", CALLERS)
    assert seen_of({**told(), READ: refused})[fact] == refused


def test_a_bucket_that_is_given_is_read_without_asking_which_it_is() -> None:
    seen = seen_of(
        {READ: READ.unreadable("was refused", CALLERS), GET_POLICY.read(account=OWNERS, **IN_BUCKET): TEXT},
        facts={POINT_BUCKET: "reports", BUCKET_OWNER: OWNERS},
    )
    assert isinstance(seen[BUCKET_POLICY], Found)


def test_an_access_point_without_bucket_has_none() -> None:
    seen = seen_of(told(Bucket=None, BucketAccountId=None))
    assert seen[POINT_BUCKET] == ABSENT
    assert isinstance(seen[BUCKET_POLICY], Unreadable)


@pytest.mark.parametrize("resource", [POINT, f"{POINT}/object/q3.csv"])
def test_it_is_read_the_same_whatever_is_asked_of_it(resource: str) -> None:
    assert plain(seen_of(told(), resource)[POINT_BUCKET]) == "reports"


def test_a_request_to_a_bucket_reads_no_access_point() -> None:
    seen = seen_of({}, "arn:aws:s3:::reports/q3.csv")
    assert {plain(seen.get(fact)) for fact in (*OF_POINT, POINT_POLICY)} == {"not tried"}


# --- Multi-Region -----------------------------------------------------------------------------------------------------

POLICY_OF_FAR = GET_MULTI_REGION_POLICY.read(**OREGON, AccountId=CALLERS, Name="far")


def far(*others: dict[str, Any], **changes: Any) -> Mapping[Fact[Any], Observation[Any]]:
    """Return what is collected through a Multi-Region Access Point."""
    established = {"Established": {"Policy": TEXT}, "Proposed": {"Policy": "{}"}}
    answers = {LISTS: [*others, {**LISTED, **changes}], POLICY_OF_FAR: established}
    return seen_of(answers, f"{FAR}/object/q3.csv")


def test_a_multi_region_access_point_is_found_by_its_alias_in_oregon() -> None:
    seen = far({**LISTED, "Alias": "mxyz.mrap", "Name": "other"})
    assert {fact: plain(seen[fact]) for fact in OF_POINT} == {
        POINT_BUCKET: "reports",
        POINT_OWNER: CALLERS,
        POINT_ORIGIN: "Internet",
        POINT_VPC: "absent",
        ACCESS_POINT: ALL_ON,
    }
    assert plain(seen[BUCKET_OWNER]) == OWNERS
    assert isinstance(plain(seen[POINT_POLICY]), Policies)


def test_a_policy_that_is_only_proposed_does_not_count() -> None:
    answers = {LISTS: [LISTED], POLICY_OF_FAR: {"Proposed": {"Policy": TEXT}}}
    assert seen_of(answers, f"{FAR}/object/q3.csv")[POINT_POLICY] == ABSENT


def test_to_which_of_several_buckets_a_request_is_routed_is_not_known() -> None:
    seen = far(Regions=[{"Bucket": "reports"}, {"Bucket": "reports-eu"}])
    behind = seen[POINT_BUCKET]
    assert isinstance(behind, Unreadable)
    assert "`reports` and `reports-eu`" in behind.why
    assert plain(seen[POINT_ORIGIN]) == "Internet"
    assert isinstance(seen[BUCKET_POLICY], Unreadable)


def test_an_alias_that_no_access_point_has_tells_nothing() -> None:
    seen = far(Alias="mxyz.mrap")
    assert {plain(seen[fact]) for fact in (*OF_POINT, POINT_POLICY)} == {"unreadable"}


# --- Object Lambda ----------------------------------------------------------------------------------------------------


def test_of_an_object_lambda_access_point_the_policy_is_read() -> None:
    read = GET_LAMBDA_POLICY.read(**HERE, AccountId=CALLERS, Name="made")
    seen = seen_of({read: TEXT}, MADE)
    assert isinstance(plain(seen[POINT_POLICY]), Policies)
    assert {plain(seen.get(fact)) for fact in OF_POINT} == {"not tried"}


@pytest.mark.parametrize(
    "resource", [f"arn:aws:s3express:eu-central-1:{CALLERS}:accesspoint/d--x--xa-s3", "arn:aws:s3:::accesspoint"]
)
def test_what_is_no_access_point_of_these_is_not_read(resource: str) -> None:
    assert plain(seen_of({}, resource).get(POINT_POLICY)) in {"unreadable", "not tried"}
