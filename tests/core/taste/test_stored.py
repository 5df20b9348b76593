"""The file of a taste: what comes back is what was written, or nothing."""

from __future__ import annotations

import json
from hashlib import blake2b
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.taste.stored import DIGEST, MAGIC, StoredTaste
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


def sealed(packed: bytes) -> bytes:
    """Return a file with a checksum that is right, whatever is in it."""
    return MAGIC + blake2b(packed, digest_size=DIGEST).digest() + packed


def saved(facts: Any, **arrays: Any) -> bytes:
    packed = BytesIO()
    np.savez(packed, facts=np.array(facts), **arrays)
    return sealed(packed.getvalue())


FORGOTTEN = {"fingerprint": "mine", "forgotten": True}
LEARNED = {"fingerprint": "mine", "forgotten": False, "numbers": [0.0] * 4, "more": [], "less": []}


def test_a_file_of_another_format_is_nothing_though_it_is_whole() -> None:
    assert StoredTaste.from_bytes(saved(json.dumps(FORGOTTEN))) is not None
    later = MAGIC.replace(b"1", b"2") + saved(json.dumps(FORGOTTEN))[len(MAGIC) :]
    assert StoredTaste.from_bytes(later) is None


@pytest.mark.parametrize(
    "facts",
    [
        "",
        "no json",
        "null",
        "[]",
        "{}",
        json.dumps({"forgotten": True}),
        json.dumps({**LEARNED, "numbers": [0.0] * 5}),
        json.dumps({**LEARNED, "more": [["folk"]]}),
        json.dumps({**LEARNED, "more": 3}),
        json.dumps(LEARNED),  # without arrays
    ],
)
def test_facts_that_are_not_those_of_a_taste_are_nothing(facts: str) -> None:
    assert StoredTaste.from_bytes(saved(facts)) is None


@given(st.binary(max_size=200))
def test_anything_with_a_right_checksum_is_nothing(content: bytes) -> None:
    assert StoredTaste.from_bytes(sealed(content)) is None


def test_another_kind_of_numpys_files_is_nothing() -> None:
    packed = BytesIO()
    np.save(packed, np.zeros(3))
    assert StoredTaste.from_bytes(sealed(packed.getvalue())) is None
    pickled = BytesIO()
    np.savez(pickled, facts=np.array([{}], object))
    assert StoredTaste.from_bytes(sealed(pickled.getvalue())) is None


@given(st.lists(st.tuples(st.text(max_size=8), st.integers(0, 999)), max_size=5), st.text())
def test_any_names_come_back(more: list[tuple[str, int]], fingerprint: str) -> None:
    named = tuple(Preferred(*one) for one in more)
    found = StoredTaste.from_bytes(StoredTaste(taste(more=named), fingerprint).to_bytes())
    assert found is not None
    assert found.taste is not None
    assert (found.taste.more, found.fingerprint) == (named, fingerprint)


@given(st.data())
def test_every_number_comes_back(data: st.DataObject) -> None:
    number = st.floats(-1e6, 1e6)
    middle, spread, check, step = (data.draw(number) for _ in range(4))
    written = taste(
        middle=middle,
        spread=spread,
        check=check,
        near_step=step,
        near=np.arange(-127, 127, dtype=np.int8).reshape(-1, 2),
        tracks=np.array([1, 2**40]),
    )
    found = StoredTaste.from_bytes(StoredTaste(written, "mine").to_bytes())
    assert found is not None
    kept = found.taste
    assert kept is not None
    assert (kept.middle, kept.spread, kept.check) == (middle, spread, check)
    assert kept.near_step == step
    for name in ("direction", "centre", "keys", "near", "tracks", "excess"):
        before, after = getattr(written, name), getattr(kept, name)
        assert after.dtype == before.dtype
        assert after.tolist() == before.tolist()
