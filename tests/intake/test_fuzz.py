"""Whatever is sent is answered, or refused with pointers to what is wrong; nothing else happens."""

import json
import os
import random
import time
from typing import Any

import pytest

from tests.intake.mutations import EVIDENCE, REQUESTS, body
from why403.bootstrap import build
from why403.domain.errors import InvalidInput
from why403.usecases.simulate import simulate

BODIES = 10_000
SLOWEST = 5.0
FAILED: list[str] = []
SERVICES = build(tell=lambda layer, phase: FAILED.append(f"{layer} failed to {phase}"))
SEED = os.environ.get("WHY403_TEST_SEED") or str(random.randrange(2**32))


def resolves(pointer: str, root: Any) -> bool:
    """Return whether a pointer leads to an element, or to where one is missing (`null` is a missing object).

    Text is entered as the JSON that it holds: a policy may be given so.
    """
    if not pointer.startswith("/"):
        return False
    held = root
    for token in (token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")):
        held = json.loads(held) if isinstance(held, str) else held
        if isinstance(held, list):
            if not (token.isdecimal() and int(token) < len(held)):
                return False
            held = held[int(token)]
        elif held is None or isinstance(held, dict):
            held = (held or {}).get(token)
        else:
            return False
    return True


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: each.get("operation") or each["action"])
def test_what_the_broken_bodies_are_made_from_is_valid(request_: dict[str, Any]) -> None:
    assert simulate(SERVICES, {"requests": [request_], "evidence": EVIDENCE})["results"]


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/a/b", True),
        ("/a/missing", True),
        ("/a/b/0", True),
        ("/a/b/1", False),
        ("/a/b/0/x", False),
        ("/missing/x", True),
        ("/t/x", True),
        ("/t/x/y", False),
        ("/a~1b", True),
        ("", False),
        ("a", False),
    ],
)
def test_a_pointer_resolves_to_an_element_or_a_missing_one(pointer: str, expected: bool) -> None:
    assert resolves(pointer, {"a": {"b": [1]}, "t": '{"x": 1}', "a/b": 1}) is expected


def test_a_broken_body_is_answered_or_refused_with_pointers_that_resolve() -> None:
    print(f"WHY403_TEST_SEED={SEED}")  # noqa: T201 - pytest shows it with a failure
    rng = random.Random(SEED)
    refused = 0
    for number in range(BODIES):
        sent = body(rng)
        started = time.perf_counter()
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
        assert time.perf_counter() - started < SLOWEST, f"body {number} takes too long"
    assert BODIES * 0.2 < refused < BODIES * 0.9, "the bodies are all good or all bad"
