"""Cases beside the decision table, and the form of all cases that are written by hand."""

from collections import Counter

import pytest

from tests.cases import DATA, Case, answer, contradictions, of_folder, read

CASES = of_folder("own_cases")
# As tests/data/README.md has them; a member that nobody reads would assert nothing.
MEMBERS = {"request", "evidence", "evidence_is_complete", "context_is_complete", "expected", "note"}
IN_TABLE = {"row", "title", "low_confidence"}
CLAIMS = {"decision", "kind", "layer", "status", "code", "partial", "granted_by", "not_proven", "legs"}
VERDICT = ("decision", "kind", "layer", "certainty")


def test_names_are_unique() -> None:
    names = Counter(entry["name"] for path in (DATA / "own_cases").glob("*.yaml") for entry in read(path))
    assert [name for name, times in names.items() if times > 1] == []


def test_cases_have_the_members_they_may_have() -> None:
    entries = [entry for path in DATA.glob("*/*.yaml") for entry in read(path)]
    strange = [
        entry
        for entry in entries
        if entry.keys() - MEMBERS - (IN_TABLE if "row" in entry else {"name", "low_confidence"})
        or not {"request", "evidence", "expected"} <= entry.keys()
        or not {"decision"} <= entry["expected"].keys() <= CLAIMS
    ]
    assert entries
    assert strange == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_is_decided_as_it_says(case: Case) -> None:
    assert not contradictions(case, answer(case.request))


@pytest.mark.parametrize("folder", ["decision_table", "own_cases"])
def test_the_verdict_alone_is_the_verdict_of_the_whole_answer(folder: str) -> None:
    requests = [case.request for case in of_folder(folder)]
    whole = [{name: found[name] for name in VERDICT} for found in map(answer, requests)]
    assert [answer(request, detail="decision") for request in requests] == whole
