"""What is sealed is opened by any of the keys, in its place only, and shows nothing to others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.making import KEY, OTHER_KEY, POLICY
from why403.domain.errors import Unavailable
from why403.store.sealing import Seal

TEXTS = st.text(st.characters())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda held: st.lists(held) | st.dictionaries(TEXTS, held),
)


@pytest.mark.parametrize("keys", [(), (KEY,), (OTHER_KEY, KEY)], ids=["none", "one", "two"])
@given(value=VALUES)
def test_every_value_comes_back(keys: tuple[bytes, ...], value: Any) -> None:
    seal = Seal(keys)
    assert seal.open(seal.close(value, "here"), "here") == value


def test_half_a_character_comes_back() -> None:
    assert Seal().open(Seal().close({"\ud800": "\udfff"}, ""), "") == {"\ud800": "\udfff"}


def test_what_is_sealed_shows_nothing_and_never_looks_the_same() -> None:
    seal = Seal([KEY])
    kept = [seal.close(POLICY, "here") for _ in range(100)]
    assert len(set(kept)) == 100
    assert not any(b"Statement" in each or b"s3:*" in each for each in kept)
    assert b"Statement" in Seal().close(POLICY, "here")


def test_an_older_key_opens_and_the_newest_closes() -> None:
    old, new, both = Seal([OTHER_KEY]), Seal([KEY]), Seal([KEY, OTHER_KEY])
    kept = old.close(1, "here")
    assert both.open(kept, "here") == 1
    assert not both.is_newest(kept)
    again = both.close(1, "here")
    assert both.is_newest(again)
    assert new.open(again, "here") == 1
    with pytest.raises(Unavailable, match="a key that this service does not have"):
        new.open(kept, "here")


def test_what_was_kept_before_there_was_a_key_is_still_read() -> None:
    kept = Seal().close([1], "here")
    assert Seal([KEY]).open(kept, "here") == [1]
    assert Seal().is_newest(kept)
    assert not Seal([KEY]).is_newest(kept)


def test_without_its_key_nothing_is_opened() -> None:
    with pytest.raises(Unavailable, match="a key that this service does not have"):
        Seal().open(Seal([KEY]).close(1, "here"), "here")


def test_a_value_that_was_moved_is_not_opened() -> None:
    seal = Seal([KEY])
    with pytest.raises(Unavailable, match="not what was written there"):
        seal.open(seal.close(1, "plans.body:p_1"), "plans.body:p_2")


@given(at=st.integers(min_value=9), by=st.integers(1, 255))
def test_a_value_that_was_changed_is_not_opened(at: int, by: int) -> None:
    seal = Seal([KEY])
    kept = bytearray(seal.close({"Effect": "Deny"}, "here"))
    at = 9 + at % (len(kept) - 9)
    kept[at] ^= by
    with pytest.raises(Unavailable, match="not what was written there"):
        seal.open(bytes(kept), "here")
