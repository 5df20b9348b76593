"""The file of a taste: what comes back is what was written, or nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.taste.stored import MAGIC, StoredTaste
from melscribe_core.taste.taste import Preferred
from tests.core.taste.test_taste import taste

WRITTEN = StoredTaste(
    taste(more=(Preferred("folk", 3), Preferred("émo", 2)), less=(Preferred("metal", 0),)), "mine"
).to_bytes()


def test_it_comes_back_as_it_was() -> None:
    found = StoredTaste.from_bytes(WRITTEN)
    assert found is not None
    assert found.taste is not None
    assert found.fingerprint == "mine"
    assert found.taste.more == (Preferred("folk", 3), Preferred("émo", 2))
    assert found.taste.less == (Preferred("metal", 0),)
    assert found.taste.check == 0.9
    assert found.taste.direction.dtype == np.float32
    assert found.taste.near.dtype == np.int8
    assert found.to_bytes() == WRITTEN


def test_the_same_taste_gives_the_same_bytes() -> None:
    assert StoredTaste(taste(), "a").to_bytes() == StoredTaste(taste(), "a").to_bytes()


def test_a_forgotten_one_is_told_from_none() -> None:
    found = StoredTaste.from_bytes(StoredTaste(None, "mine").to_bytes())
    assert found is not None
    assert (found.taste, found.fingerprint) == (None, "mine")


@given(st.integers(0, len(WRITTEN) - 1), st.integers(1, 255))
def test_a_changed_byte_is_seen(at: int, by: int) -> None:
    damaged = bytearray(WRITTEN)
    damaged[at] ^= by
    assert StoredTaste.from_bytes(bytes(damaged)) is None


@given(st.integers(0, len(WRITTEN) - 1))
def test_what_is_cut_off_is_seen(length: int) -> None:
    assert StoredTaste.from_bytes(WRITTEN[:length]) is None


@given(st.binary(max_size=200))
def test_anything_else_is_nothing(content: bytes) -> None:
    assert StoredTaste.from_bytes(content) is None
    assert StoredTaste.from_bytes(MAGIC + content) is None
