"""The workload is what the figures are said to be about, and is decided as the reference decides it."""

import json
from collections import Counter

from tests.bench.generate import EVIDENCE, WANTED, requests
from tests.bench.workload import body, cases, expected, outcomes
from tests.cases import answers


def test_the_file_is_what_its_script_writes() -> None:
    assert body() == {"evidence_is_complete": True, "evidence": EVIDENCE, "requests": requests()}


def test_a_thousand_distinct_requests_have_every_outcome() -> None:
    assert len({json.dumps(request, sort_keys=True) for request in body()["requests"]}) == 1_000
    assert Counter(kind for _, kind in expected()) == WANTED


def test_policies_are_as_many_as_said() -> None:
    sizes = [len(policy["document"]["Statement"]) for policy in EVIDENCE["principal.policies"]]
    assert sizes == [5, 5, 5]
    assert len(EVIDENCE["bucket.policy"]["Statement"]) == 5
    assert len(EVIDENCE["organization.scps"]) == 2


def test_requests_on_shared_evidence_are_decided_as_with_evidence_of_their_own() -> None:
    shared = answers(body()["requests"], evidence=body()["evidence"], evidence_is_complete=True)
    assert outcomes(shared) == expected()
    assert shared == answers(cases())
