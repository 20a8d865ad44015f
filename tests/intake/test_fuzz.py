"""Whatever is sent is answered, or refused with pointers to what is wrong; nothing else happens."""

import random
from typing import Any

import pytest

from tests.intake.mutations import EVIDENCE, REQUESTS, body
from tests.pointers import resolves
from tests.seeding import SEED
from why403.bootstrap import build
from why403.domain.errors import InvalidInput
from why403.usecases.simulate import simulate

BODIES = 10_000
FAILED: list[str] = []
SERVICES = build(tell=lambda layer, phase: FAILED.append(f"{layer} failed to {phase}"))


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: each.get("operation") or each["action"])
def test_what_the_broken_bodies_are_made_from_is_valid(request_: dict[str, Any]) -> None:
    assert simulate(SERVICES, {"requests": [request_], "evidence": EVIDENCE})["results"]


def test_a_broken_body_is_answered_or_refused_with_pointers_that_resolve() -> None:
    print(f"WHY403_TEST_SEED={SEED}")  # noqa: T201 - pytest shows it with a failure
    rng = random.Random(SEED)
    refused = 0
    for number in range(BODIES):
        sent = body(rng)
        try:
            simulate(SERVICES, sent)
        except InvalidInput as error:
            refused += 1
            for fault in error.faults:
                assert fault.message, f"body {number}"
                assert resolves(fault.pointer, sent), f"body {number}: {fault}"
        except Exception as error:
            message = f"body {number} raises {type(error).__name__}: {error}"
            raise AssertionError(message) from error
        assert not FAILED, f"body {number}: {FAILED}"
    assert BODIES * 0.2 < refused < BODIES * 0.9, "the bodies are all good or all bad"
