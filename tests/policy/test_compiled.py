"""A document is compiled once and remembered, within bounds."""

import json
import threading

import pytest

from tests.policy.asking import ACCOUNT, compiled, statement
from why403.domain.errors import InvalidInput
from why403.policy import PolicyKind, policy_list
from why403.policy.compiled import CACHE, PolicyCache

ATTACHED, RESOURCE = PolicyKind.ATTACHED, PolicyKind.RESOURCE


def numbered(number: int, **elements: str) -> dict[str, object]:
    return {"Version": "2012-10-17", "Id": f"{number}", **elements, "Statement": []}


def test_ten_thousand_documents_pass_through_a_small_cache() -> None:
    cache = PolicyCache(capacity=50, characters=10**9)
    for number in range(10_000):
        cache.compiled(numbered(number), ATTACHED)
        assert len(cache) <= 50
    assert len(cache) == 50
    assert cache._held._weight == sum(weight for _, weight in cache._held._held.values())


def test_large_documents_make_room_for_each_other() -> None:
    size = PolicyCache().compiled(numbered(1000), ATTACHED).size
    cache = PolicyCache(capacity=1000, characters=size * 3)
    for number in range(1000, 1100):
        cache.compiled(numbered(number), ATTACHED)
    assert len(cache) == 3
    huge = {**numbered(0), "Id": "x" * size * 10}
    assert cache.compiled(huge, ATTACHED) is cache.compiled(huge, ATTACHED)
    assert len(cache) == 1


def test_the_least_recently_used_goes_first() -> None:
    cache = PolicyCache(capacity=2)
    first, second = (cache.compiled(numbered(number), ATTACHED) for number in (1, 2))
    assert cache.compiled(numbered(1), ATTACHED) is first
    cache.compiled(numbered(3), ATTACHED)
    assert cache.compiled(numbered(1), ATTACHED) is first
    assert cache.compiled(numbered(2), ATTACHED) is not second


def test_equal_documents_are_one_and_kinds_are_apart() -> None:
    cache = PolicyCache()
    found = cache.compiled(numbered(1), ATTACHED)
    assert cache.compiled(json.loads(json.dumps(numbered(1))), ATTACHED) is found
    assert cache.compiled(numbered(1), RESOURCE) is not found
    with pytest.raises(InvalidInput):
        cache.compiled(statement(), ATTACHED)
    assert len(cache.compiled(statement(), RESOURCE).statements) == 1


@pytest.mark.parametrize(("one", "other"), [(True, 1), (1, 1.0), ("1", 1), ("true", True), (["a"], "a")])
def test_values_that_python_calls_equal_are_different_documents(one: object, other: object) -> None:
    cache = PolicyCache()
    documents = [statement(Condition={"StringEquals": {"k": each}}) for each in (one, other)]
    assert cache.compiled(documents[0], RESOURCE) is not cache.compiled(documents[1], RESOURCE)


def test_a_document_with_faults_is_not_remembered() -> None:
    cache = PolicyCache()
    for _ in range(2):
        with pytest.raises(InvalidInput):
            cache.compiled({}, ATTACHED)
    assert len(cache) == 0


def test_threads_share_what_they_compile() -> None:
    cache = PolicyCache(capacity=20)
    wrong: list[str] = []

    def work() -> None:
        for number in range(2000):
            found = cache.compiled(numbered(number % 40), ATTACHED)
            if found.statements or len(cache) > 20:
                wrong.append(f"{number}")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert cache._held._weight == sum(weight for _, weight in cache._held._held.values())


def test_the_three_ways_to_write_a_policy_share_one_compiled_document() -> None:
    document = statement(Sid="shared by three")
    ways = [document, {"name": "n", "arn": "a", "document": document}, json.dumps(document)]
    held = {placed.policy for way in ways for placed in compiled(way).placed}
    assert len(held) == 1
    assert held <= {policy for policy, _ in CACHE._held._held.values()}


def test_names_stay_with_the_place_and_not_with_the_document() -> None:
    document = statement(Effect="Deny")
    found = policy_list(RESOURCE)(
        [{"name": "one", "document": document}, {"arn": "two", "from": "group/g", "document": json.dumps(document)}]
    )
    one, two = found.placed
    assert (one.name, one.arn, one.origin, one.pointer) == ("one", None, None, "/0/document")
    assert (two.name, two.arn, two.origin, two.pointer) == (None, "two", "group/g", "/1/document")


def test_statements_are_found_by_action_and_effect() -> None:
    elements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "s3:Get*"},
        {"Effect": "Deny", "NotAction": "S3:getobject"},
        {"Effect": "Deny", "Action": ["s3:GetObject", "s3:PutObject"]},
    ]
    document = {"Statement": [{"Principal": {"AWS": ACCOUNT}, "Resource": "*", **each} for each in elements]}
    policies = compiled(document)
    for number in range(1000):  # what is remembered per action has bounds too
        policies.covering(f"s3:x{number}")
        assert len(policies._by_action) <= 256
    denies, allows = policies.covering("s3:getobject")
    assert ([each.index for each in denies], [each.index for each in allows]) == ([2], [0])
    denies, allows = policies.covering("s3:putobject")
    assert ([each.index for each in denies], [each.index for each in allows]) == ([1, 2], [])
    assert policies.covering("s3:putobject") is policies.covering("s3:putobject")
