"""The yardstick fills in what is unknown completely, and its random cases are valid and balanced."""

import json
import random
from collections import Counter

import pytest

from .completions import completions, count, exhaustive, slots_of, value_trying_applies
from .conditions import Json
from .evaluator import decide, is_open
from .generator import LAYERS, MORE_LAYERS, OUTCOMES, outcome, random_case
from .mentions import all_statements, hidden, mentions
from .variables import MULTIVALUED

BUCKET = "arn:aws:s3:::buk"
USER = "arn:aws:iam::111111111111:user/bob"
FACTS: Json = {"bucket.owner": "111111111111"}


def policy(**condition: Json) -> Json:
    """An identity policy that allows everything under a condition."""
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [allow]}


def case_of(evidence: Json, **members: object) -> Json:
    """A request for a bucket's list by a user of the bucket's account."""
    known = {"evidence_is_complete": True, "context": {}, "evidence": FACTS | evidence}
    return {"principal": USER, "action": "s3:ListBucket", "resource": BUCKET, **known, **members}


def test_a_known_case_is_its_only_completion() -> None:
    case = case_of({"principal.policies": [policy()]})
    assert list(completions(case)) == [{**case, "context_is_complete": True}]


def test_an_unknown_key_takes_every_value_that_matters() -> None:
    tested = policy(StringEquals={"aws:RequestedRegion": "eu-west-1"})
    case = case_of({"principal.policies": [tested]}, context_is_complete=False)
    values = [one["context"]["aws:requestedregion"] for one in completions(case)]
    assert values == [None, ["eu-west-1"], ["EU-WEST-1"], ["Eu-west-1"], ["zz-nobody-tests-this"]]
    assert Counter(decide(one).decision for one in completions(case)) == {"allowed": 1, "denied": 4}
    assert value_trying_applies(case)


def test_an_unknown_fact_takes_representative_values() -> None:
    hidden_boundary = case_of({"principal.policies": [policy()], "principal.boundary": {"unknown": True}})
    verdicts = [decide(one) for one in completions(hidden_boundary)]
    assert [verdict.kind for verdict in verdicts] == [None, None, "implicit", "explicit"]
    assert not value_trying_applies(hidden_boundary)


def test_facts_that_nobody_listed_are_unknown_only_where_evidence_is_incomplete() -> None:
    case = case_of({"principal.policies": [policy()]})
    assert count(case) == 1
    assert count({**case, "evidence_is_complete": False}) > 1


def test_a_role_stands_for_the_sessions_that_policies_name() -> None:
    session = "arn:aws:sts::111111111111:assumed-role/app/s"
    allow = {"Effect": "Allow", "Principal": {"AWS": session}, "Action": "*", "Resource": "*"}
    evidence = {"bucket.policy": {"Version": "2012-10-17", "Statement": allow}}
    case = case_of(evidence, principal="arn:aws:iam::111111111111:role/app")
    assert [decide(one).decision for one in completions(case)] == ["denied", "allowed"]


def test_too_many_completions_are_sampled() -> None:
    keys = {f"aws:RequestTag/{number}": "x" for number in range(9)}
    case = case_of({"principal.policies": [policy(StringEquals=keys)]}, context_is_complete=False)
    assert not exhaustive(case, limit=100)
    assert len(list(completions(case, rng=random.Random(1), limit=100))) == 100
    assert not value_trying_applies(case)


@pytest.mark.parametrize(
    ("condition", "tried"),
    [
        ({"StringNotEqualsIgnoreCaseIfExists": {"aws:UserAgent": "a"}, "Null": {"aws:UserAgent": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"StringLike": {"aws:UserAgent": "a"}}, False),
        ({"NumericEquals": {"s3:max-keys": "1"}}, False),
        ({"ForAnyValue:StringEquals": {"aws:UserAgent": "a"}}, False),
        ({"StringEquals": {"aws:CalledVia": "a"}}, False),
        ({"StringEquals": {"aws:UserAgent": "${aws:username}"}}, False),
    ],
)
def test_values_are_tried_only_for_single_keys_under_plain_operators(condition: Json, tried: bool) -> None:
    case = case_of({"principal.policies": [policy(**condition)]}, context_is_complete=False)
    assert value_trying_applies(case) is tried


def test_generated_cases_are_balanced() -> None:
    rng = random.Random(403)
    found = Counter(outcome(decide(random_case(rng, unknowns=False))) for _ in range(300))
    assert all(45 <= found[one] <= 110 for one in OUTCOMES)


def test_every_layer_decides_some_generated_cases() -> None:
    rng = random.Random(404)
    layers = (*LAYERS, *MORE_LAYERS)
    found = Counter(decide(random_case(rng, unknowns=False, layers=layers))[1:3] for _ in range(600))
    by_policy = {"rcp", "scp", "vpc_endpoint", "bucket_policy", "access_point", "block_public_access", "kms"}
    of_caller = {"identity", "permissions_boundary", "session_policy"}
    assert {layer for kind, layer in found if kind == "explicit"} == by_policy | of_caller
    implicit = {layer for kind, layer in found if kind == "implicit"}
    assert implicit >= {*of_caller, "scp", "vpc_endpoint", "bucket_policy", "access_point", "acl", "kms"}
    required = {layer for kind, layer in found if kind == "requirement"}
    assert required == {"authentication", "request_payment", "object_state", "ownership", "kms", "access_point"}


@pytest.mark.parametrize("layers", [LAYERS, (*LAYERS, *MORE_LAYERS), ("identity", "scp")])
def test_generated_cases_are_valid_and_decided(layers: tuple[str, ...]) -> None:
    rng = random.Random(1)
    for _ in range(60):
        case = random_case(rng, unknowns=False, layers=layers)
        assert json.loads(json.dumps(case)) == case
        assert count(case) == 1
        keys = [key.lower() for key in case["context"]]
        assert len(keys) == len(set(keys))
        for one in all_statements(case):
            assert ("Action" in one.body) != ("NotAction" in one.body)
            assert ("Resource" in one.body) != ("NotResource" in one.body)
        assert all(mention.test.expected for mention in mentions(case))


def test_layers_restrict_the_facts_of_a_case() -> None:
    rng = random.Random(2)
    facts = {name for _ in range(60) for name in random_case(rng, unknowns=False, layers=("identity",))["evidence"]}
    tags = {"principal.tags", "bucket.tags", "bucket.abac", "object.tags"}
    of_copies = {"source.bucket.owner", "source.object.tags"}
    assert facts <= {"principal.policies", "bucket.owner", "session.issuer", *tags, *of_copies}


def test_generated_unknowns_are_few_and_make_a_difference_often_enough() -> None:
    rng = random.Random(5)
    cases = [random_case(rng, unknowns=True) for _ in range(80)]
    assert sum(exhaustive(case) for case in cases) >= 76
    assert sum(count(case) > 1 for case in cases) >= 70
    undecided = sum(len({decide(one).decision for one in completions(case, rng=rng, limit=60)}) > 1 for case in cases)
    assert 15 <= undecided <= 70
    assert any(hidden(value) for case in cases for value in case["evidence"].values())
    assert any(value_trying_applies(case) and count(case) > 1 for case in cases)


def test_completions_agree_with_what_the_case_knows() -> None:
    rng = random.Random(6)
    for _ in range(20):
        case = random_case(rng, unknowns=True)
        known = {name: value for name, value in case["evidence"].items() if not hidden(value)}
        for one in completions(case, rng=rng, limit=20):
            assert known.items() <= one["evidence"].items() or "accounts.canonical_ids" in known
            assert case["context"].items() <= one["context"].items()
            assert one["evidence_is_complete"] is one["context_is_complete"] is True
            assert count(one) == 1


def test_every_sort_of_condition_is_generated() -> None:
    rng = random.Random(7)
    cases = [random_case(rng, unknowns=False) for _ in range(400)]
    operators = [mention.test.operator for case in cases for mention in mentions(case)]
    assert len({operator.base for operator in operators}) == 19
    assert {operator.quantifier for operator in operators} == {"", "forallvalues", "foranyvalue"}
    assert {operator.negated for operator in operators if operator.if_exists} == {True, False}
    assert {mention.test.key for case in cases for mention in mentions(case)} & MULTIVALUED


def test_an_unknown_owner_may_be_any_account_that_it_is_compared_with() -> None:
    expected, of_key, of_object = "222222222222", "333333333333", "444444444444"
    facts = {
        "bucket.owner": {"unknown": True},
        "object.owner": of_object,
        "bucket.encryption": {"algorithm": "aws:kms", "key": f"arn:aws:kms:eu-west-1:{of_key}:key/k"},
    }
    call = {"operation": "PutObject", "resource": f"{BUCKET}/k", "parameters": {"ExpectedBucketOwner": expected}}
    case = case_of(facts, **call)
    del case["action"]
    (owners,) = (slot.values for slot in slots_of(case) if slot.name == "bucket.owner")
    assert {"111111111111", expected, of_key, of_object} < set(owners)


def test_an_unknown_policy_may_allow_somebody_anonymous_without_being_public() -> None:
    restricted = {"bucket.public_access_block": {"RestrictPublicBuckets": True}, "bucket.policy": {"unknown": True}}
    case = case_of(restricted, principal="anonymous", context_is_complete=True)
    assert Counter(decide(one).decision for one in completions(case)) == {"denied": 3, "allowed": 1}


def test_a_random_access_control_list_names_the_owner_of_what_it_is_about() -> None:
    """Facts that contradict each other would tell nothing about who reads them rightly."""
    named = 0
    for number in range(150):
        case = random_case(random.Random(number), unknowns=False)
        facts, ids = case["evidence"], case["evidence"]["accounts.canonical_ids"]
        if facts.get("bucket.acl"):
            named += 1
            assert ids[facts["bucket.acl"]["owner"]] == facts["bucket.owner"]
    assert named > 30


@pytest.mark.parametrize(("value", "open_"), [("vpce-1", False), ("vpce-1*", True)])
def test_whether_a_value_with_a_plain_asterisk_limits_a_policy_is_open_where_that_decides(
    value: str, open_: bool
) -> None:
    everyone = policy(StringEquals={"aws:SourceVpce": value})
    everyone["Statement"][0]["Principal"] = "*"
    facts = {"bucket.policy": everyone, "bucket.public_access_block": {"RestrictPublicBuckets": True}}
    case = case_of(facts, principal="arn:aws:iam::222222222222:user/eve", context_is_complete=True)
    assert is_open(case) is open_
