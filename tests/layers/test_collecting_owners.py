"""Whose a bucket and an object are: an account with a source that AWS confirmed, or not known."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.layers.reading_s3 import (
    CALLERS,
    ID,
    IN_BUCKET,
    IN_OBJECT,
    OWNERS,
    SERVICES_OWN,
    STRANGER,
    an_acl,
    asked,
    found_owner,
    ids,
    plain,
    seen_of,
    the_callers,
)
from tests.layers.tables import ANONYMOUS, BUCKET, LINKED, ROOT, SERVICE, SESSION, USER
from why403 import AccessRequest, Call, Fact, Observation, Read, Unreadable
from why403.bootstrap import build
from why403.collecting.s3 import GET_BUCKET_ACL, GET_BUCKET_LOCATION, GET_OBJECT_ACL
from why403.collects import Collects
from why403.domain.facts import BUCKET_OWNER, CANONICAL_IDS, OBJECT_OWNER, OWNERSHIP
from why403.domain.principal import SOMEBODY
from why403.gathering import Desk, Subject, gather
from why403.gathering.by_hand import Table
from why403.settings import Settings
from why403_layers.acl import BUCKET_ACL, OBJECT_ACL
from why403_layers.owners import BUCKETS, CANONICAL_ID, WHO_READS

ACL = GET_BUCKET_ACL.read(**IN_BUCKET)
REFUSED = ACL.unreadable("was refused", SERVICES_OWN)


def expecting(account: str) -> Read:
    return GET_BUCKET_LOCATION.read(**IN_BUCKET, ExpectedBucketOwner=account)


def owner(
    *answers: Mapping[Read, Any],
    request: AccessRequest | None = None,
    facts: Mapping[Fact[Any], object] | None = None,
) -> Observation[Any]:
    merged = {read: answer for each in answers for read, answer in each.items()}
    return seen_of(request or asked(), {ACL: REFUSED, **merged}, facts)[BUCKET_OWNER]


# --- the bucket -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", [SERVICES_OWN, CALLERS])
def test_a_bucket_is_the_account_s_that_lists_it(account: str) -> None:
    assert plain(owner(found_owner(account))) == account


def test_a_bucket_of_a_longer_name_is_another() -> None:
    assert plain(owner(found_owner())) == "unreadable"


@pytest.mark.parametrize("account", [SERVICES_OWN, CALLERS])
def test_a_bucket_is_the_account_s_whose_canonical_id_its_acl_names(account: str) -> None:
    assert plain(owner(found_owner(), ids(), {ACL: an_acl(ID[account])})) == account


def test_given_canonical_ids_name_accounts_that_nobody_can_ask() -> None:
    seen = owner(found_owner(), {ACL: an_acl(STRANGER)}, facts={CANONICAL_IDS: {STRANGER: OWNERS}})
    assert plain(seen) == OWNERS


@pytest.mark.parametrize("account", [SERVICES_OWN, CALLERS])
def test_a_bucket_is_the_account_s_that_s3_confirms(account: str) -> None:
    seen = owner(found_owner(), {expecting(account): {"LocationConstraint": None}})
    assert plain(seen) == account


def test_a_server_that_confirms_whatever_is_expected_confirms_nothing() -> None:
    confirmed = {expecting(each): {"LocationConstraint": None} for each in (SERVICES_OWN, CALLERS)}
    assert plain(owner(found_owner(), confirmed)) == "unreadable"


def test_a_refusal_proves_no_other_owner() -> None:
    refused = expecting(SERVICES_OWN).unreadable("was refused", SERVICES_OWN)
    seen = owner(found_owner(), {expecting(SERVICES_OWN): refused})
    assert seen == Unreadable(
        "it is not known which account owns the bucket: s3:GetBucketAcl was refused",
        "s3:GetBucketAcl",
        "s3:GetBucketAcl",
        SERVICES_OWN,
    )


def test_an_owner_whose_account_is_not_known_is_not_known() -> None:
    seen = owner(found_owner(), ids(), {ACL: an_acl(STRANGER)})
    assert isinstance(seen, Unreadable)
    assert "canonical id" in seen.why
    assert STRANGER not in seen.why


def test_what_is_given_is_not_looked_for() -> None:
    seen = seen_of(asked(), the_callers(), {BUCKET_OWNER: OWNERS})
    assert BUCKET_OWNER not in seen


def test_nobody_is_asked_while_it_is_not_known_who_asks() -> None:
    unknown = WHO_READS.read().unreadable("could not be made: the service has no AWS credentials that work")
    assert owner(the_callers(), {WHO_READS.read(): unknown}) == unknown


@pytest.mark.parametrize("caller", [ANONYMOUS, SERVICE, USER, ROOT, SESSION, LINKED])
def test_the_caller_s_account_is_asked_if_it_has_one(caller: str) -> None:
    mine, callers = (owner(found_owner(each), request=asked(caller=caller)) for each in (SERVICES_OWN, CALLERS))
    assert plain(mine) == SERVICES_OWN
    assert plain(callers) == ("unreadable" if caller in {ANONYMOUS, SERVICE} else CALLERS)


def test_a_caller_in_the_service_s_own_account_is_asked_once() -> None:
    here = f"arn:aws:iam::{SERVICES_OWN}:user/ana"
    assert plain(owner(found_owner(SERVICES_OWN), request=asked(caller=here))) == SERVICES_OWN
    confirmed = {expecting(SERVICES_OWN): {"LocationConstraint": None}}
    assert plain(owner(found_owner(), confirmed, request=asked(caller=here))) == SERVICES_OWN


def test_nobody_known_makes_a_bucket_of_nobody_s() -> None:
    request = asked("s3:CreateBucket", resource=BUCKET, call=Call(operation="CreateBucket"))
    request.principal = SOMEBODY
    assert BUCKET_OWNER not in seen_of(request, the_callers())


@pytest.fixture
def set_by_operator() -> Mapping[Fact[Any], Collects]:
    return build(Settings(bucket_owners={"reports": OWNERS})).registry.collectors


def looked_for(collectors: Mapping[Fact[Any], Collects], request: AccessRequest) -> tuple[object, list[Read]]:
    """Return whose the bucket is found to be, and what was read for that."""
    table, subject = Table({**the_callers(), ACL: REFUSED}), Subject(request=request)
    desk = Desk(table)
    gathered = gather(desk, {BUCKET_OWNER: collectors[BUCKET_OWNER]}, [[subject]])
    desk.close()
    return plain(gathered.seen[subject][BUCKET_OWNER]), table.made


def test_an_owner_that_the_operator_set_is_not_looked_for(set_by_operator: Mapping[Fact[Any], Collects]) -> None:
    assert looked_for(set_by_operator, asked()) == (OWNERS, [])


def test_other_owners_are_looked_for_all_the_same(set_by_operator: Mapping[Fact[Any], Collects]) -> None:
    owner_of, made = looked_for(set_by_operator, asked(resource="arn:aws:s3:::reports-2/a"))
    assert owner_of == "unreadable"
    assert made
    making = asked("s3:CreateBucket", resource=BUCKET, call=Call(operation="CreateBucket"))
    assert looked_for(set_by_operator, making) == (CALLERS, [])
    point = asked(resource="arn:aws:s3:us-east-1:111122223333:accesspoint/reports")
    assert looked_for(set_by_operator, point) == ("unreadable", [])


# --- canonical ids ----------------------------------------------------------------------------------------------------


def test_canonical_ids_are_those_of_the_accounts_that_can_be_asked() -> None:
    assert plain(seen_of(asked(), the_callers())[CANONICAL_IDS]) == {
        ID[SERVICES_OWN]: SERVICES_OWN,
        ID[CALLERS]: CALLERS,
    }


def canonical(account: str) -> Read:
    return CANONICAL_ID.read(account=account, MaxBuckets=1)


def test_one_account_that_can_be_asked_is_better_than_none() -> None:
    refused = canonical(SERVICES_OWN).unreadable("was refused", SERVICES_OWN)
    answers = {**the_callers(), canonical(SERVICES_OWN): refused}
    assert plain(seen_of(asked(), answers)[CANONICAL_IDS]) == {ID[CALLERS]: CALLERS}
    answers[canonical(CALLERS)] = canonical(CALLERS).unreadable("was refused", CALLERS)
    assert seen_of(asked(), answers)[CANONICAL_IDS] == refused


def test_one_canonical_id_for_two_accounts_is_believed_of_neither() -> None:
    answers = {**the_callers(), canonical(SERVICES_OWN): {"ID": ID[CALLERS]}}
    assert plain(seen_of(asked(), answers)[CANONICAL_IDS]) == "unreadable"


def test_ids_and_lists_are_told_by_the_same_permission() -> None:
    assert BUCKETS.permission == CANONICAL_ID.permission == "s3:ListAllMyBuckets"


# --- the object -------------------------------------------------------------------------------------------------------

OBJECT_READ = GET_OBJECT_ACL.current.read(account=CALLERS, **IN_OBJECT)
BUCKET_READ = GET_BUCKET_ACL.read(account=CALLERS, **IN_BUCKET)


def object_owner(facts: Mapping[Fact[Any], object], **acls: str | None) -> Observation[Any]:
    """Return whose the object is, by who owns its ACL and the bucket's."""
    answers: dict[Read, Any] = {**ids()}
    for read, holder in ((OBJECT_READ, acls.get("of_object")), (BUCKET_READ, acls.get("of_bucket"))):
        answers[read] = read.unreadable("was refused", CALLERS) if holder is None else an_acl(holder)
    return seen_of(asked(), {**found_owner(CALLERS), **answers}, {OWNERSHIP: "ObjectWriter", **facts})[OBJECT_OWNER]


def test_every_object_is_the_bucket_owner_s_while_acls_are_disabled() -> None:
    assert plain(object_owner({OWNERSHIP: "BucketOwnerEnforced"}, of_object=STRANGER)) == CALLERS


def test_an_object_is_the_account_s_whose_canonical_id_its_acl_names() -> None:
    assert plain(object_owner({}, of_object=ID[SERVICES_OWN])) == SERVICES_OWN


def test_an_object_is_the_bucket_owner_s_where_both_acls_name_the_same() -> None:
    facts: Mapping[Fact[Any], object] = {BUCKET_OWNER: CALLERS, CANONICAL_IDS: {}}
    assert plain(object_owner(facts, of_object=STRANGER, of_bucket=STRANGER)) == CALLERS


@pytest.mark.parametrize(
    ("facts", "acls"),
    [
        ({}, {}),
        ({}, {"of_bucket": ID[CALLERS]}),
        ({}, {"of_object": STRANGER}),
        ({}, {"of_object": STRANGER, "of_bucket": ID[CALLERS]}),
        ({OBJECT_ACL: None}, {}),
        ({OBJECT_ACL: {"grants": []}, BUCKET_ACL: {"grants": []}}, {}),
    ],
    ids=["no ACL", "the bucket's only", "the object's only", "of a stranger", "none", "without an owner"],
)
def test_an_object_of_nobody_known_is_not_the_bucket_owner_s(
    facts: Mapping[Fact[Any], object], acls: Mapping[str, str]
) -> None:
    assert plain(object_owner({CANONICAL_IDS: {}, **facts}, **acls)) == "unreadable"


def test_a_bucket_owner_who_is_not_known_owns_no_object() -> None:
    facts: Mapping[Fact[Any], object] = {BUCKET_OWNER: {"unknown": True}, OWNERSHIP: "BucketOwnerEnforced"}
    assert isinstance(seen_of(asked(), {}, facts)[OBJECT_OWNER], Unreadable)


def test_canonical_ids_that_are_none_name_nobody() -> None:
    assert plain(object_owner({CANONICAL_IDS: None}, of_object=ID[CALLERS], of_bucket=ID[CALLERS])) == CALLERS
    assert plain(owner(found_owner(), {ACL: an_acl(STRANGER)}, facts={CANONICAL_IDS: None})) == "unreadable"
