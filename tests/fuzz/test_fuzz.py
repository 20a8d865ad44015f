"""Whatever is pasted is read, and diagnosed or refused, and no secret gets out; `make fuzz` tries far more."""

from tests.fuzz.inputs import tried
from tests.seeding import SEED

INPUTS = 2_000


def test_any_change_of_a_sample_is_answered_without_its_secrets() -> None:
    print(f"WHY403_TEST_SEED={SEED}")  # pytest shows it with a failure
    outcomes: set[str] = set()
    for number in range(INPUTS):
        found = tried(f"{SEED}:{number}")
        assert found.wrong is None, f"input {SEED}:{number}: {found.wrong}\n{found.given!r}"
        outcomes.update(found.outcomes)
    assert {"read: no error", "diagnosed: refused"} < outcomes, "the inputs are all good or all bad"
    assert len(outcomes) > 10
