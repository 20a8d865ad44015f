"""The engine and the reference decide fresh random cases alike; the report tells the seed that repeats them.

`WHY403_TEST_SEED` repeats a run, `WHY403_TEST_CASES` changes how many cases a test takes.
"""

import pytest

from tests.differential import CASES, SHOWN, Tally, compare
from tests.seeding import SEED


class Told:
    """What the tests found, told at the end of the report."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section(f"random cases, WHY403_TEST_SEED={SEED}")
        for line in self.lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="module")
def told(pytestconfig: pytest.Config) -> Told:
    found = Told()
    pytestconfig.pluginmanager.register(found)
    return found


def no_difference(sort: str, numbers: range, told: Told) -> Tally:
    tally = compare(sort, SEED, numbers)
    told.lines.append(f"{sort}: {tally}")
    shown = "\n\n".join(tally.differences[:SHOWN])
    assert not tally.differences, f"{len(tally.differences)} differences, the first of them:\n{shown}"
    return tally


def test_what_is_known_is_decided_as_the_reference_does(told: Told) -> None:
    tally = no_difference("known", range(CASES), told)
    assert not tally.decisions["unknown"]


@pytest.mark.parametrize("half", [0, 1])
def test_what_is_hidden_leaves_only_doubts_that_are_due(half: int, told: Told) -> None:
    tally = no_difference("hidden", range(half, CASES, 2), told)
    assert CASES < 100 or {"allowed", "denied", "unknown"} <= set(tally.decisions)
