"""The workload is what the figures are said to be about, and is decided as the reference decides it."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.bench.generate import EVIDENCE, WANTED, requests
from tests.bench.refusals import SINGLES, asked, pasted
from tests.bench.workload import body, cases, expected, outcomes
from tests.cases import answers, services
from why403.report import read
from why403.usecases.diagnose import diagnose


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


@pytest.mark.parametrize(("bodies", "source"), [(asked, "request"), (pasted, "boto3")])
def test_refusals_are_decided_as_the_requests_they_are_about(
    bodies: Callable[[], list[dict[str, Any]]], source: str
) -> None:
    found = [diagnose(services(), each) for each in bodies()]
    assert outcomes(found) == expected()[:SINGLES]
    assert {each["understood"]["source"] for each in found} == {source}


def test_what_is_pasted_names_call_and_caller_of_its_request() -> None:
    for each in pasted():
        report = read(each["error"])
        told = (report.action, report.principal, report.resource)
        assert told == tuple(each["request"][name] for name in ("action", "principal", "resource"))
