"""A run occurs where each of its characters does, whichever way it is looked for."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from why403.policy.run import length, run
from why403.policy.template import tokens

RUNS = st.text(alphabet="ab:?", max_size=6)
TEXTS = st.text(alphabet="ab:\n", max_size=9)
TIMES = st.sampled_from([1, 30])
"""How often each character is repeated: runs are looked for in another way where they are long."""


def places(pattern: str, text: str) -> Iterator[int]:
    """Yield where the run occurs, by trying every place."""
    for offset in range(len(text) - len(pattern) + 1):
        pairs = zip(pattern, text[offset:], strict=False)
        if all(wanted in ("?", given) for wanted, given in pairs):
            yield offset


def stretched(text: str, times: int) -> str:
    return "".join(character * times for character in text)


@given(RUNS, TEXTS, TIMES, st.integers(0, 9), st.integers(0, 9))
@example("a?b", "aabb", 30, 0, 4)
@example("", "ab", 1, 2, 1)
@example("ab?ba", "bababa", 30, 0, 6)
def test_a_run_is_found_at_its_first_place(short: str, candidate: str, times: int, start: int, end: int) -> None:
    pattern, text = stretched(short, times), stretched(candidate, times)
    start, end = start * times, min(end * times, len(text))
    within = [place for place in places(pattern, text) if start <= place <= end - len(pattern)]
    sought = run(tokens(pattern, wildcards=True, variables=False))
    assert sought.find(text, start, end) == (within[0] if within else -1)


@given(RUNS, TEXTS, TIMES, st.lists(st.integers(0, 9)))
@example("a?", "aab", 30, [1, 0])
def test_a_run_occurs_at_its_places_only(short: str, candidate: str, times: int, offsets: list[int]) -> None:
    pattern, text = stretched(short, times), stretched(candidate, times)
    offsets = [offset * times for offset in offsets]
    found = set(places(pattern, text))
    sought = run(tokens(pattern, wildcards=True, variables=False))
    assert [sought.at(text, offset) for offset in offsets] == [offset in found for offset in offsets]
    assert sought.first(text, offsets) == next((offset for offset in offsets if offset in found), -1)


@pytest.mark.parametrize("text", ["", "a", "?", "a?b", "??", "a" * 200 + "?"])
def test_a_run_has_a_length(text: str) -> None:
    parts = tokens(text, wildcards=True, variables=False)
    assert run(parts).length == length(parts) == len(text)


def test_a_long_run_is_nowhere_in_a_text_without_one_of_its_characters() -> None:
    wanted = run(tokens("?" * 200 + "z", wildcards=True, variables=False))
    assert not wanted.at("a" * 300, 0)
    assert wanted.find("a" * 300, 0, 300) == -1
    assert wanted.first("a" * 300, range(90)) == -1
