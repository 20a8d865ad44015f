"""For generated denials there are plans that end in an allow, and what is left to a person is known."""

from collections import Counter
from typing import Any

from tests.cases import Case, generated, services
from why403.domain.truth import TRUE
from why403.planning.search import Searched, search
from why403.usecases.diagnose import diagnosed
from why403.usecases.proving import Worlds

POLICIES = {
    "scp",
    "rcp",
    "identity",
    "permissions_boundary",
    "session_policy",
    "bucket_policy",
    "access_point",
    "vpc_endpoint",
}
DENIED = [case for case in generated() if case.expected["decision"] == "denied"]


def searched(case: Case) -> tuple[str, Searched]:
    """Return the layer of the first blocker, and the best draft."""
    request = dict(case.request)
    evidence = request.pop("evidence", {})
    complete = request.pop("evidence_is_complete", True)
    body: dict[str, Any] = {"request": {"context_is_complete": True, **request}, "evidence": evidence}
    found = diagnosed(services(), {**body, "evidence_is_complete": complete, "collect": False})
    return found.answer["layer"], search(Worlds(services(), found).decide)


def reason(case: Case, made: Searched) -> str:
    """Return why a plan does not end in an allow."""
    if case.request["principal"] == "anonymous" and made.by_hand:
        return "an anonymous caller has to sign"
    first = made.decided.first
    return "nobody proposes anything" if first is None else f"left to {first.blamed.layer.name}"


def test_where_a_policy_refuses_a_plan_ends_in_an_allow_but_for_who_does_not_sign() -> None:
    left: Counter[str] = Counter()
    refused = 0
    for case in DENIED:
        layer, made = searched(case)
        if layer in POLICIES:
            refused += 1
            if made.decided.outcome != TRUE:
                left[reason(case, made)] += 1
    assert refused > 500
    assert set(left) <= {"an anonymous caller has to sign", "left to block_public_access"}
    assert left.total() < refused / 20
