"""Evidence: every fact by its name, absence and ignorance kept apart, every fault with its pointer."""

import copy
from typing import Any

import pytest

from tests.cases import services
from tests.policy.asking import ACCOUNT, statement
from why403.domain.errors import InvalidInput
from why403.domain.evidence import ABSENT, Found, Unreadable
from why403.domain.facts import BUCKET_OWNER, CANONICAL_IDS, CORE, OBJECT_OWNER, OWNERSHIP, PRINCIPAL_TAGS
from why403.domain.lengths import LONGEST_TEXT, TOO_LONG
from why403.intake.evidence import NOTHING, Documents, observed

FACTS = services().registry.facts


def faults(value: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        observed(value, FACTS)
    return [(fault.pointer, fault.message) for fault in caught.value.faults]


@pytest.mark.parametrize("value", [[], "x", 5, True])
def test_evidence_is_an_object(value: Any) -> None:
    assert faults(value) == [("", "must be an object from fact names to values")]


@pytest.mark.parametrize(
    "name", ["bucket.polcy", "Bucket.Policy", "", "a/b~c", "source.", "source.source.bucket.policy", "bucket.policy "]
)
def test_an_unknown_fact_lists_the_known_ones(name: str) -> None:
    ((pointer, message),) = faults({name: None})
    assert pointer == "/" + name.replace("~", "~0").replace("/", "~1")
    assert message.startswith(f"`{name}` is no fact; known are `")
    assert all(f"`{fact.name}`" in message for fact in CORE)


@pytest.mark.parametrize("name", ["source.principal.tags", "source.session.issuer", "source.organization.scps"])
def test_only_facts_of_buckets_and_objects_have_a_source(name: str) -> None:
    ((pointer, message),) = faults({name: None})
    assert pointer == f"/{name}"
    assert message.startswith(f"`{name}` is no fact")


@pytest.mark.parametrize("value", [None, []])
def test_null_and_an_empty_list_are_known_to_be_none(value: Any) -> None:
    assert observed({"principal.tags": value}, FACTS).own == {PRINCIPAL_TAGS: ABSENT}
    assert faults({"bucket.owner": value}) == [("/bucket.owner", "`bucket.owner` cannot be none")]


def test_what_is_said_to_be_unknown_is_not_known() -> None:
    found = observed({"bucket.owner": {"unknown": True}, "principal.tags": {"unknown": True}}, FACTS).own
    assert found[PRINCIPAL_TAGS] == Unreadable("`principal.tags` is not known", "iam:ListRoleTags")
    assert isinstance(found[BUCKET_OWNER], Unreadable)
    tags = observed({"principal.tags": {"unknown": "True"}}, FACTS).own[PRINCIPAL_TAGS]
    assert isinstance(tags, Found)
    assert faults({"principal.tags": {"unknown": 1}}) == [("/principal.tags/unknown", "a tag's value must be a string")]


@pytest.mark.parametrize(
    ("name", "value", "pointer", "message"),
    [
        ("bucket.owner", "12345", "", "must be a 12-digit account id as a string"),
        ("bucket.owner", 111122223333, "", "must be a 12-digit account id as a string"),
        ("object.owner", {}, "", "must be a 12-digit account id as a string"),
        ("bucket.region", "", "", "must be a string that is not empty"),
        ("bucket.ownership", "Enforced", "", "must be one of `BucketOwnerEnforced`, `BucketOwnerPreferred`"),
        ("bucket.abac", "true", "", "must be true or false"),
        ("bucket.tags", "x", "", "must be a mapping of tags, or a list of `Key` and `Value`"),
        ("bucket.tags", {"a": "x" * (LONGEST_TEXT + 1)}, "/a", TOO_LONG),
        ("bucket.region", "x" * (LONGEST_TEXT + 1), "", TOO_LONG),
        ("session.issuer", f"arn:aws:iam::{ACCOUNT}:role/" + "x" * LONGEST_TEXT, "", TOO_LONG),
        ("session.issuer", 5, "", "must be the ARN of a role or user"),
        ("bucket.tags", {"a/b": 1}, "/a~1b", "a tag's value must be a string"),
        ("bucket.tags", [{"Key": "a"}], "/0", "must hold `Key` and `Value` as strings"),
        ("object.tags", [{"Key": "a", "Value": ""}, {"Key": "a", "Value": ""}], "/1/Key", "the tag `a` is given twice"),
        ("object.tags", [{"Key": "a", "Value": "b"}, 5], "/1", "must hold `Key` and `Value` as strings"),
        ("accounts.canonical_ids", [1], "", "must map canonical ids to account ids"),
        ("accounts.canonical_ids", {"c/c": "1"}, "/c~1c", "must be a 12-digit account id as a string"),
        ("session.issuer", "app", "", "must be the ARN of a role or user"),
        ("session.issuer", f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s", "", "must be the ARN of a role or user"),
        ("session.issuer", f"arn:aws:iam::{ACCOUNT}:group/g", "", "must be the ARN of a role or user"),
        ("organization.id", 5, "", "must be a string that is not empty"),
        ("organization.management_account", {}, "", "must be a 12-digit account id as a string"),
        ("bucket.policy", 5, "", "a policy must be a JSON object"),
        ("bucket.policy", statement(Effect=1), "/Statement/0/Effect", "`Effect` must be `Allow` or `Deny`"),
        ("principal.boundary", statement(), "/Statement/0/Principal", "`Principal` belongs in policies of resources"),
        ("principal.policies", {}, "", "must be a list of policies"),
        ("principal.policies", [{"name": 1, "document": {}}], "/0/name", "must be a string"),
        ("session.policies", [{"Statement": []}, 5], "/1", "a policy must be a JSON object"),
        ("organization.scps", {}, "", "must be a list of levels, root first"),
        ("organization.scps", [{"target": 1, "policies": []}], "/0", "a level holds `target`, a string"),
        ("organization.scps", [{"policies": [5]}], "/0/policies/0", "a policy must be a JSON object"),
        ("organization.scps", [[], [5]], "/1/0", "a policy must be a JSON object"),
        ("organization.rcps", {}, "", "must be a list of levels, root first"),
        ("bucket.acl", [1], "", "must hold `owner` and a list of `grants`"),
        ("bucket.acl", {"grants": [5]}, "/grants/0", "must hold `grantee` and `permission`"),
        ("object.acl", {"grants": [{"permission": "READ"}]}, "/grants/0", "`grantee` is missing"),
        ("object.acl", {"grants": [{"grantee": {"id": "c"}}]}, "/grants/0", "`permission` is missing"),
        (
            "object.acl",
            {"grants": [{"grantee": {}, "permission": "READ"}]},
            "/grants/0/grantee",
            "must hold one of `id`, `uri`",
        ),
        (
            "bucket.acl",
            {"grants": [{"grantee": {"id": "c"}, "permission": "ALL"}]},
            "/grants/0/permission",
            "must be one of `FULL_CONTROL`",
        ),
        ("bucket.public_access_block", "on", "", "must be an object of the four settings"),
        ("account.public_access_block", {"a/b": True}, "/a~1b", "`a/b` is no setting of Block Public Access"),
        ("account.public_access_block", {"IgnorePublicAcls": 1}, "/IgnorePublicAcls", "must be true or false"),
    ],
)
def test_a_value_of_the_wrong_form_has_its_pointer(name: str, value: Any, pointer: str, message: str) -> None:
    ((found, words),) = faults({name: value})
    assert found == f"/{name}{pointer}"
    assert words.startswith(message)


def test_all_faults_are_told_at_once() -> None:
    broken = {"bucket.owner": 5, "no.fact": 1, "bucket.policy": {"Id": 1}, "bucket.abac": True}
    pointers = [pointer for pointer, _ in faults(broken)]
    assert pointers == ["/bucket.owner", "/no.fact", "/bucket.policy/Id", "/bucket.policy"]


def test_tags_are_taken_as_aws_lists_them_too() -> None:
    for tags in ({"a": "b"}, [{"Key": "a", "Value": "b"}]):
        seen = observed({"principal.tags": tags}, FACTS).own[PRINCIPAL_TAGS]
        assert isinstance(seen, Found)
        assert seen.value == {"a": "b"}


def test_facts_of_a_source_and_of_single_keys_are_kept_apart() -> None:
    found = observed(
        {"bucket.owner": "1" * 12, "source.bucket.owner": "2" * 12, "objects": {"k": {"object.owner": "3" * 12}}}, FACTS
    ).evidence(complete=False)
    assert owner(found) == "1" * 12
    assert owner(found.source()) == "2" * 12
    assert owner(found.key("k")) == "1" * 12
    assert owner(found.key("k"), OBJECT_OWNER) == "3" * 12
    assert isinstance(found.key("other")[OBJECT_OWNER], Unreadable)


def owner(evidence: Any, fact: Any = BUCKET_OWNER) -> Any:
    return evidence[fact].value


@pytest.mark.parametrize(
    ("value", "pointer", "message"),
    [
        (None, "", "must be an object from keys to facts"),
        ([], "", "must be an object from keys to facts"),
        ({"a/b": None}, "/a~1b", "must be an object from fact names to values"),
        ({"k": {"bucket.owner": ACCOUNT}}, "/k/bucket.owner", "`bucket.owner` is no fact of an object; known are `"),
        ({"k": {"x~y": 1}}, "/k/x~0y", "`x~y` is no fact of an object"),
        ({"k": {"object.owner": 5}}, "/k/object.owner", "must be a 12-digit account id as a string"),
        ({"k": {"object.owner": None}}, "/k/object.owner", "`object.owner` cannot be none"),
        ({"k": {"object.tags": {"t": 1}}}, "/k/object.tags/t", "a tag's value must be a string"),
    ],
)
def test_facts_of_single_keys_have_their_pointers(value: Any, pointer: str, message: str) -> None:
    ((found, words),) = faults({"objects": value})
    assert found == f"/objects{pointer}"
    assert words.startswith(message)


def test_facts_of_a_request_win_over_shared_ones() -> None:
    shared = observed(
        {"bucket.owner": "1" * 12, "principal.tags": {"a": "b"}, "objects": {"k": {"object.owner": "3" * 12}}}, FACTS
    )
    own = observed({"bucket.owner": "2" * 12, "objects": {"k": {"object.tags": None}, "l": {}}}, FACTS)
    laid = own.over(shared).evidence(complete=False)
    assert owner(laid) == "2" * 12
    assert owner(laid, PRINCIPAL_TAGS) == {"a": "b"}
    assert owner(laid.key("k"), OBJECT_OWNER) == "3" * 12
    assert owner(NOTHING.over(shared).evidence(complete=False)) == "1" * 12


def test_what_complete_evidence_does_not_list_does_not_exist() -> None:
    for complete in (True, False):
        evidence = NOTHING.evidence(complete=complete)
        assert (evidence[PRINCIPAL_TAGS] == ABSENT) is complete
        assert isinstance(evidence[OWNERSHIP], Found) is complete
        assert isinstance(evidence[CANONICAL_IDS], Found) is complete


def test_a_mapping_that_comes_again_is_read_once_and_makes_one_evidence() -> None:
    documents, value = Documents(), {"bucket.owner": "1" * 12, "bucket.policy": statement()}
    found = documents.observed(value, FACTS)
    again = documents.observed(copy.deepcopy(value), FACTS)
    assert again.over(NOTHING).evidence(complete=True) is found.evidence(complete=True)
    assert found.evidence(complete=False) is not found.evidence(complete=True)
    assert documents.observed({**value, "bucket.owner": "2" * 12}, FACTS).own[BUCKET_OWNER] != found.own[BUCKET_OWNER]


@pytest.mark.parametrize(("one", "other"), [("true", True), ("1", 1)])
def test_values_that_differ_in_type_are_read_each(one: Any, other: Any) -> None:
    documents = Documents()
    tags = [documents.observed({"principal.tags": {"a": one}}, FACTS)]
    with pytest.raises(InvalidInput):
        documents.observed({"principal.tags": {"a": other}}, FACTS)
    assert documents.observed({"principal.tags": {"a": one}}, FACTS) is tags[0]


def test_a_mapping_with_faults_is_refused_each_time() -> None:
    documents = Documents()
    for _ in range(2):
        with pytest.raises(InvalidInput):
            documents.observed({"bucket.owner": 5}, FACTS)


def test_what_lies_over_other_facts_is_no_evidence_of_its_own() -> None:
    documents = Documents()
    base, own = (documents.observed({"bucket.owner": who * 12}, FACTS) for who in "12")
    assert own.over(base).evidence(complete=True) is not own.evidence(complete=True)


def test_mappings_pass_through_a_bounded_memory() -> None:
    documents = Documents()
    for number in range(1_000):
        documents.observed({"principal.tags": {"n": f"{number}"}}, FACTS)
        assert len(documents) <= 128
    large = "x" * 16_000
    for number in range(600):
        documents.observed({"principal.tags": {f"{number}{which}": large for which in range(2)}}, FACTS)
    assert len(documents) <= 128


def test_what_is_shared_with_the_evidence_is_bounded() -> None:
    evidence = NOTHING._replace(made={}).evidence(complete=True)
    for number in range(10_000):
        evidence.share(number, number)
        assert len(evidence.shared) <= 512
    assert evidence.shared[9_999] == 9_999
