"""Without its caller no request is decided for certain: some callers are exempt from much."""

import random

import pytest

from tests.reference.generator import random_case

from .asking import asked


@pytest.mark.parametrize("unknowns", [False, True])
def test_nothing_is_certain_without_the_caller(unknowns: bool) -> None:
    rng = random.Random(f"403 {unknowns}")
    for _ in range(100):
        case = random_case(rng, unknowns=unknowns)
        found = asked(request={name: value for name, value in case.items() if name not in {"principal", "expected"}})
        assert found["decision"] == "unknown"
        assert found["doubts"][0]["because"] == "it is not known who called"
        assert found["causes"]
