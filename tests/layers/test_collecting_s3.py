"""What is read of a bucket and an object: policy, tags, ACLs, ownership, Region and Block Public Access."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.layers.reading_s3 import (
    ALL_ON,
    CALLERS,
    GET_VERSION,
    ID,
    IN_BUCKET,
    IN_OBJECT,
    LAYERS,
    OWNERS,
    SERVICES_OWN,
    a_bucket,
    an_account,
    an_acl,
    asked,
    plain,
    seen_of,
    the_callers,
)
from tests.layers.tables import BUCKET, ROOT
from why403 import ABSENT, AccessRequest, AwsCall, Call, CannotTell, Fact, Observation, Read, Unreadable
from why403.collecting.s3 import GET_BUCKET_ACL, GET_BUCKET_LOCATION, GET_OBJECT_ACL, bucket_named
from why403.domain.acl import Acl
from why403.domain.evidence import SOURCE
from why403.domain.facts import (
    BUCKET_ABAC,
    BUCKET_OWNER,
    BUCKET_TAGS,
    CANONICAL_IDS,
    OBJECT_OWNER,
    OBJECT_TAGS,
    OWNERSHIP,
    REGION,
)
from why403.domain.truth import UNKNOWN
from why403.testing import a_request
from why403_layers.acl import BUCKET_ACL, OBJECT_ACL
from why403_layers.bucket_policy import BUCKET_POLICY, GET_ABAC, GET_OBJECT_TAGS, GET_POLICY, GET_TAGS
from why403_layers.ownership import GET_CONTROLS
from why403_layers.public_access import (
    ACCOUNT,
    GET_OF_ACCOUNT,
    GET_OF_BUCKET,
    GET_OF_ORGANIZATION,
    ORGANIZATION,
)
from why403_layers.public_access import BUCKET as ON_BUCKET

OF_BUCKET: set[Fact[Any]] = {
    BUCKET_POLICY,
    BUCKET_TAGS,
    BUCKET_ABAC,
    BUCKET_ACL,
    OWNERSHIP,
    REGION,
    ON_BUCKET,
    BUCKET_OWNER,
}
OF_ACCOUNT: set[Fact[Any]] = {ACCOUNT, ORGANIZATION}
OF_OBJECT: set[Fact[Any]] = {OBJECT_TAGS, OBJECT_ACL, OBJECT_OWNER}
GIVEN: Mapping[Fact[Any], object] = {BUCKET_OWNER: CALLERS, CANONICAL_IDS: {}}


def one(fact: Fact[Any], read: Read, answer: Any, request: AccessRequest | None = None) -> Observation[Any]:
    """Return what a fact is when one read is answered so."""
    return seen_of(request or asked(), {read: answer}, GIVEN)[fact]


def in_callers(call: AwsCall, **parameters: Any) -> Read:
    return call.read(account=CALLERS, **{**IN_BUCKET, **parameters})


def test_everything_about_a_bucket_and_an_object_is_read() -> None:
    seen = {fact: plain(each) for fact, each in seen_of(asked(), the_callers()).items()}
    assert set(seen) == OF_BUCKET | OF_ACCOUNT | OF_OBJECT | {CANONICAL_IDS}
    assert "unreadable" not in seen.values()
    assert seen[BUCKET_TAGS] == {"team": "blue"}
    assert seen[OBJECT_TAGS] == {"class": "secret"}
    assert seen[BUCKET_ABAC] is True
    assert seen[OWNERSHIP] == "ObjectWriter"
    assert seen[REGION] == "eu-central-1"
    assert seen[BUCKET_OWNER] == seen[OBJECT_OWNER] == CALLERS
    assert seen[CANONICAL_IDS] == {ID[CALLERS]: CALLERS, ID[SERVICES_OWN]: SERVICES_OWN}
    assert seen[ON_BUCKET] == {**ALL_ON, "BlockPublicPolicy": False}
    assert seen[ACCOUNT] == seen[ORGANIZATION] == ALL_ON


# --- where it is read -------------------------------------------------------------------------------------------------


def test_a_bucket_is_read_in_its_owner_s_account() -> None:
    seen = seen_of(asked(), {**a_bucket(OWNERS), **an_account(OWNERS)}, {BUCKET_OWNER: OWNERS, CANONICAL_IDS: {}})
    assert {fact.name for fact, each in seen.items() if isinstance(each, Unreadable)} == set()


def test_a_bucket_of_nobody_known_is_read_in_the_service_s_own_account() -> None:
    seen = seen_of(asked(), a_bucket(None), {BUCKET_OWNER: {"unknown": True}, CANONICAL_IDS: {ID[CALLERS]: OWNERS}})
    unreadable = {fact for fact, each in seen.items() if isinstance(each, Unreadable)}
    assert unreadable - {BUCKET_OWNER} == OF_ACCOUNT, "whose account that is, is not known"


# --- what the answers mean --------------------------------------------------------------------------------------------

NONE = {
    "policy": (BUCKET_POLICY, in_callers(GET_POLICY), "absent"),
    "tags": (BUCKET_TAGS, in_callers(GET_TAGS), "absent"),
    "ownership": (OWNERSHIP, in_callers(GET_CONTROLS), "ObjectWriter"),
    "settings of the bucket": (ON_BUCKET, in_callers(GET_OF_BUCKET), "absent"),
    "settings of the account": (ACCOUNT, GET_OF_ACCOUNT.read(account=CALLERS, AccountId=CALLERS), "absent"),
    "policy of the organization": (
        ORGANIZATION,
        GET_OF_ORGANIZATION.read(account=CALLERS, PolicyType="S3_POLICY"),
        "absent",
    ),
}


@pytest.mark.parametrize(("fact", "read", "means"), NONE.values(), ids=NONE)
def test_what_aws_says_there_is_none_of(fact: Fact[Any], read: Read, means: str) -> None:
    assert read.call.absent
    assert plain(one(fact, read, ABSENT)) == means


def test_only_calls_that_aws_answers_so_can_say_that_there_is_none() -> None:
    none = {
        (call.name, code)
        for layer in LAYERS
        for each in layer.collectors
        for call in each.reads
        for code in call.absent
    }
    assert none == {
        ("s3:GetBucketPolicy", "NoSuchBucketPolicy"),
        ("s3:GetBucketTagging", "NoSuchTagSet"),
        ("s3:GetBucketOwnershipControls", "OwnershipControlsNotFoundError"),
        ("s3:GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
        ("s3control:GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
        ("organizations:DescribeEffectivePolicy", "EffectivePolicyNotFoundException"),
        ("organizations:DescribeEffectivePolicy", "AWSOrganizationsNotInUseException"),
    }


def test_an_object_without_tags_has_none() -> None:
    assert one(OBJECT_TAGS, in_callers(GET_OBJECT_TAGS.current, **IN_OBJECT), []) == ABSENT


REGIONS = [
    (None, "us-east-1"),
    ("", "us-east-1"),
    ("EU", "eu-west-1"),
    ("ap-south-2", "ap-south-2"),
    ("us-gov-east-1", "us-gov-east-1"),
    ("nowhere", "unreadable"),
]


@pytest.mark.parametrize(("constraint", "region"), REGIONS)
def test_the_oldest_regions_have_other_names(constraint: str | None, region: str) -> None:
    told = {"LocationConstraint": constraint}
    assert plain(one(REGION, in_callers(GET_BUCKET_LOCATION), told)) == region


@pytest.mark.parametrize(("status", "on"), [("Enabled", True), ("Disabled", False), ("Perhaps", "unreadable")])
def test_tags_of_a_bucket_count_where_that_is_enabled(status: str, on: object) -> None:
    assert plain(one(BUCKET_ABAC, in_callers(GET_ABAC), {"Status": status})) == on


@pytest.mark.parametrize("setting", ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])
def test_ownership_is_the_setting_of_the_only_rule(setting: str) -> None:
    told = {"Rules": [{"ObjectOwnership": setting}]}
    assert plain(one(OWNERSHIP, in_callers(GET_CONTROLS), told)) == setting


GRANTEES = {
    "an account": ({"Type": "CanonicalUser", "ID": ID[OWNERS], "DisplayName": "x"}, ("id", ID[OWNERS])),
    "a group": ({"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, ("uri", None)),
    "an address": ({"Type": "AmazonCustomerByEmail", "EmailAddress": "a@example.com"}, ("email", "a@example.com")),
}


@pytest.mark.parametrize(("grantee", "means"), GRANTEES.values(), ids=GRANTEES)
def test_an_acl_grants_to_accounts_groups_and_addresses(grantee: dict[str, str], means: tuple[str, str]) -> None:
    told = an_acl(ID[CALLERS], {"Grantee": grantee, "Permission": "READ"})
    for fact, read in (
        (BUCKET_ACL, in_callers(GET_BUCKET_ACL)),
        (OBJECT_ACL, in_callers(GET_OBJECT_ACL.current, **IN_OBJECT)),
    ):
        acl = plain(one(fact, read, told))
        assert isinstance(acl, Acl)
        assert acl.owner == ID[CALLERS]
        form, name = means
        assert (acl.grants[1].form, acl.grants[1].permission) == (form, "READ")
        assert acl.grants[1].grantee == (name or grantee["URI"])


POLICIES = {
    '{"s3_attributes": {"public_access_block_configuration": "all"}}': ALL_ON,
    '{"s3_attributes": {"public_access_block_configuration": {"@@assign": "all"}}}': ALL_ON,
    '{"s3_attributes": {"public_access_block_configuration": "none"}}': dict.fromkeys(ALL_ON, False),
    '{"s3_attributes": {"public_access_block_configuration": "some"}}': "unreadable",
}


@pytest.mark.parametrize(("content", "means"), POLICIES.items())
def test_an_organization_sets_all_or_none(content: str, means: object) -> None:
    read = GET_OF_ORGANIZATION.read(account=CALLERS, PolicyType="S3_POLICY")
    assert plain(one(ORGANIZATION, read, {"PolicyContent": content})) == means


def test_a_setting_of_an_organization_that_is_not_known_is_named() -> None:
    read = GET_OF_ORGANIZATION.read(account=CALLERS, PolicyType="S3_POLICY")
    content = '{"s3_attributes": {"public_access_block_configuration": "some"}}'
    seen = one(ORGANIZATION, read, {"PolicyContent": content})
    assert seen == Unreadable("the organization's S3 policy sets Block Public Access to something not known")


def test_an_answer_without_any_setting_is_not_taken_for_none() -> None:
    assert plain(one(ON_BUCKET, in_callers(GET_OF_BUCKET), {})) == "unreadable"


# --- versions ---------------------------------------------------------------------------------------------------------


def reads_of(request: AccessRequest) -> set[tuple[str, str, Any]]:
    """Return permission and version of the reads of the object, by which of them its facts are known."""
    found = set()
    for each in (GET_OBJECT_ACL, GET_OBJECT_TAGS):
        for call in each:
            for version in (None, "v7"):
                more = {} if version is None else {"VersionId": version}
                read = in_callers(call, **IN_OBJECT, **more)
                answer = an_acl(ID[CALLERS]) if each is GET_OBJECT_ACL else [{"Key": "a", "Value": "b"}]
                fact = OBJECT_ACL if each is GET_OBJECT_ACL else OBJECT_TAGS
                if not isinstance(one(fact, read, answer, request), Unreadable):
                    found.add((call.permission, call.operation, version))
    return found


CURRENT = {("s3:GetObjectAcl", "GetObjectAcl", None), ("s3:GetObjectTagging", "GetObjectTagging", None)}
VERSION = {("s3:GetObjectVersionAcl", "GetObjectAcl", "v7"), ("s3:GetObjectVersionTagging", "GetObjectTagging", "v7")}
RETAINED = "s3:PutObjectRetention"


def of_source(action: str, call: Call | None = None) -> AccessRequest:
    like = asked(action)
    return AccessRequest(like.principal, action, like.resource, {}, None, like.evidence, call=call, subject=SOURCE)


def open_to(action: str) -> AccessRequest:
    """Return a request by its action, of which not every condition key is known."""
    like = asked(action)
    return AccessRequest(like.principal, action, like.resource, {}, None, like.evidence)


def retains(**more: Any) -> Call:
    return Call(operation=more.pop("operation", "PutObjectRetention"), **more)


VERSIONS: dict[str, tuple[AccessRequest, set[tuple[str, str, Any]]]] = {
    "the current one": (asked(), CURRENT),
    "the current one, by a call": (asked(call=Call(operation="GetObject", unlisted=UNKNOWN)), CURRENT),
    "one by a condition key": (asked("s3:GetObjectVersion", keys={"s3:VersionId": ["v7"]}), VERSION),
    "one by a parameter of the call": (asked("s3:GetObjectVersion", call=GET_VERSION), VERSION),
    "one that is not known": (asked("s3:GetObjectVersion"), set()),
    "one of the source, not the copy's": (of_source("s3:GetObjectVersion", call=GET_VERSION), set()),
    "one by a parameter": (asked(RETAINED, call=retains(parameters={"VersionId": "v7"})), VERSION),
    "none by a parameter": (asked(RETAINED, call=retains()), CURRENT),
    "perhaps one by a parameter": (asked(RETAINED, call=retains(unlisted=UNKNOWN)), set()),
    "perhaps one, no call told": (open_to(RETAINED), set()),
    "none, no call told": (asked(RETAINED, keys={"s3:VersionId": []}), CURRENT),
    "perhaps one in a list": (asked("s3:BypassGovernanceRetention", call=retains(operation="DeleteObjects")), set()),
}


@pytest.mark.parametrize(("request_", "reads"), VERSIONS.values(), ids=VERSIONS)
def test_the_version_that_is_asked_for_is_read(request_: AccessRequest, reads: set[tuple[str, str, Any]]) -> None:
    assert reads_of(request_) == reads


# --- what is not there to be read -------------------------------------------------------------------------------------


def named(seen: Mapping[Fact[Any], Observation[Any]], facts: set[Fact[Any]]) -> set[object]:
    found = [plain(seen.get(fact)) for fact in facts]
    return {each if each in ("not tried", "unreadable", "absent") else "found" for each in found}


@pytest.mark.parametrize("resource", ["*", "arn:aws:dynamodb:us-east-1:111122223333:table/t"])
def test_a_request_about_no_bucket_reads_none(resource: str) -> None:
    seen = seen_of(asked("s3:ListAllMyBuckets", resource=resource), the_callers())
    assert named(seen, OF_BUCKET | OF_ACCOUNT | OF_OBJECT) == {"not tried"}


def test_a_request_about_a_bucket_reads_no_object() -> None:
    seen = seen_of(asked("s3:ListBucket", resource=BUCKET), the_callers())
    assert named(seen, OF_OBJECT) == {"not tried"}
    assert named(seen, OF_BUCKET | OF_ACCOUNT) == {"found"}


POINT = "arn:aws:s3:us-east-1:111122223333:accesspoint/desk"
ELSEWHERE = [
    POINT,
    POINT + "/object/q3.csv",
    "arn:aws:s3:::desk-abc-s3alias/q3.csv",
    "arn:aws:s3:::desk--ol-s3/q3.csv",
    "arn:aws:s3:::desk--use1-az4--x-s3/q3.csv",
]


@pytest.mark.parametrize("resource", ELSEWHERE)
def test_a_bucket_behind_something_else_is_not_known(resource: str) -> None:
    seen = seen_of(asked(resource=resource), the_callers())
    assert named(seen, OF_BUCKET | OF_ACCOUNT) == {"unreadable"}
    if "q3.csv" in resource:
        assert named(seen, OF_OBJECT) == {"unreadable"}


@pytest.mark.parametrize("action", ["s3:CreateBucket", "s3:PutBucketAcl"])
def test_a_bucket_to_be_made_is_the_caller_s_and_has_nothing(action: str) -> None:
    made = asked(action, resource=BUCKET, call=Call(operation="CreateBucket"))
    seen = {fact: plain(each) for fact, each in seen_of(made, the_callers()).items()}
    assert seen[BUCKET_OWNER] == CALLERS
    assert {seen[fact] for fact in (BUCKET_POLICY, BUCKET_ACL, BUCKET_TAGS, BUCKET_ABAC, ON_BUCKET)} == {"absent"}
    assert not {OWNERSHIP, REGION} & set(seen)
    assert seen[ACCOUNT] == seen[ORGANIZATION] == ALL_ON


def test_a_missing_bucket_is_not_a_bucket_without_a_policy() -> None:
    gone = in_callers(GET_POLICY).unreadable("was answered with the error `NoSuchBucket`", CALLERS)
    seen = one(BUCKET_POLICY, in_callers(GET_POLICY), gone)
    assert seen == gone
    assert "NoSuchBucket" in gone.why


def test_the_source_of_a_copy_is_read_by_its_own_name() -> None:
    seen = seen_of(of_source("s3:GetObject"), the_callers())
    assert plain(seen[BUCKET_OWNER]) == CALLERS
    assert plain(seen[BUCKET_TAGS]) == {"team": "blue"}


# --- what cannot be read ----------------------------------------------------------------------------------------------

READS = sorted((read for read, answer in the_callers().items() if not isinstance(answer, Unreadable)), key=repr)
each_read = pytest.mark.parametrize("read", READS, ids=lambda each: f"{each.call.name} {each.account} {each.written}")
REQUESTS = {
    "current": asked(),
    "version": asked("s3:GetObjectVersion", call=GET_VERSION, keys={"s3:VersionId": ["v7"]}),
    "root": asked("s3:PutBucketPolicy", caller=ROOT, resource=BUCKET),
}
FAULTS = {
    "denied": "was refused: the service lacks {permission}",
    "throttled": "was throttled, and so were all attempts to repeat it",
    "late": "was not answered in time",
    "elsewhere": "is answered to the owner's account only, and was made from another",
}


@each_read
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_read_that_fails_changes_no_fact_but_to_not_known(fault: str, read: Read) -> None:
    for request in REQUESTS.values():
        full = seen_of(request, the_callers())
        seen = seen_of(request, {**the_callers(), read: read.unreadable(fault, read.account)})
        assert set(seen) == set(full)
        for fact, each in seen.items():
            assert isinstance(each, Unreadable) or _same(each, full[fact]), fact.name


def _same(one: Observation[Any], other: Observation[Any]) -> bool:
    if ABSENT in (one, other):
        return one == other
    values = [plain(one), plain(other)]
    texts = [repr((each.owner, each.grants)) if isinstance(each, Acl) else each for each in values]
    return texts[0] == texts[1] or {type(each).__name__ for each in values} == {"Policies"} or _part(*values)


def _part(less: object, more: object) -> bool:
    """Return whether one mapping knows some of another: canonical ids of fewer accounts."""
    return isinstance(less, dict) and isinstance(more, dict) and less.items() <= more.items()


@each_read
@pytest.mark.parametrize("answer", [None, 7, "", "text", {}, [7], [{}], {"Owner": None, "Grants": None}], ids=repr)
def test_a_malformed_answer_is_not_taken_for_none(answer: object, read: Read) -> None:
    for request in REQUESTS.values():
        full = seen_of(request, the_callers())
        try:
            seen = seen_of(request, {**the_callers(), read: answer})
        except AssertionError:
            continue  # told as a failure, and unreadable: that is the gathering's to test
        for fact, each in seen.items():
            assert each != ABSENT or full[fact] == ABSENT, fact.name


def test_what_is_refused_names_call_permission_and_account() -> None:
    read = in_callers(GET_OF_BUCKET)
    seen = one(ON_BUCKET, read, read.unreadable("was refused", CALLERS))
    assert seen == Unreadable(
        "s3:GetPublicAccessBlock was refused", "s3:GetBucketPublicAccessBlock", "s3:GetPublicAccessBlock", CALLERS
    )


def test_all_reads_are_named_as_iam_names_them() -> None:
    permissions = {call.permission for layer in LAYERS for each in layer.collectors for call in each.reads}
    assert permissions == {
        "organizations:DescribeEffectivePolicy",
        "s3:GetAccessPoint",
        "s3:GetAccountPublicAccessBlock",
        "s3:GetBucketAbac",
        "s3:GetBucketAcl",
        "s3:GetBucketLocation",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging",
        "s3:GetObjectAcl",
        "s3:GetObjectTagging",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        "s3:ListAllMyBuckets",
        "s3:ListMultiRegionAccessPoints",
        "sts:GetCallerIdentity",
    }


@pytest.mark.parametrize("name", ["arn:aws:s3:us-west-2:999988887777:accesspoint:foo", "..", "a", "-abc", "b@d"])
def test_what_is_no_name_of_a_bucket_is_not_read(name: str) -> None:
    with pytest.raises(CannotTell):
        bucket_named(a_request(resource=f"arn:aws:s3:::{name}"))
