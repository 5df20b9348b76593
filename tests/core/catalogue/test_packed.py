"""Packed vectors: what comes of them is what was packed, within the rounding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.arrays import FloatArray
from melscribe_core.catalogue.packed import STEPS, Part, packed

TOLD = 0.5 / STEPS  # half a step of the largest component


def part(*rows: list[float]) -> Part:
    """Return a part of these rows, whose ids are 7, 8, ..."""
    vectors = np.array(rows, np.float32).reshape(len(rows), -1)
    return Part(packed(np.arange(7, 7 + len(rows)), vectors), vectors.shape[1])


def units(seed: int, rows: int, dim: int) -> FloatArray:
    drawn = np.random.default_rng(seed).standard_normal((rows, dim))
    found: FloatArray = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return found


def test_the_total_is_the_sum_of_the_rows() -> None:
    # (1, 0) + (0.6, 0.8) + (0, -1) = (1.6, -0.2); 0.6 is kept as 95 of 127 steps of 0.8.
    found = part([1, 0], [0.6, 0.8], [0, -1]).total()
    assert found.dtype == np.float32
    assert found == pytest.approx([1.6, -0.2], abs=TOLD)
    assert found[0] == pytest.approx(1 + 95 * 0.8 / 127, abs=1e-5)


def test_the_total_of_nothing_is_zero() -> None:
    empty = Part(packed(np.empty(0, np.int64), np.empty((0, 3), np.float32)), 3)
    assert empty.total().tolist() == [0, 0, 0]
    assert empty.total().dtype == np.float32
    assert empty.cosines(np.array([1, 0, 0], np.float32)).shape == (0,)


@given(st.integers(0, 999), st.integers(1, 30), st.integers(2, 12))
def test_the_total_and_the_cosines_are_those_of_the_vectors(seed: int, rows: int, dim: int) -> None:
    vectors = units(seed, rows, dim)
    found = Part(packed(np.arange(rows), vectors), dim)
    assert found.total() == pytest.approx(vectors.sum(axis=0), abs=rows * TOLD)
    direction = vectors[0]
    # Each of the components is off by half a step, and the direction has at most sqrt(dim) in all.
    assert found.cosines(direction) == pytest.approx(vectors @ direction, abs=TOLD * dim**0.5)
    # The total along a direction is what the cosines to it add up to.
    along = float(found.total() @ direction)
    assert along == pytest.approx(float(found.cosines(direction).sum()), abs=1e-4)


@pytest.mark.parametrize("first", ["total", "cosines"])
def test_rows_that_are_no_unit_vectors_are_refused_by_whatever_comes_first(first: str) -> None:
    damaged = Part(packed(np.arange(2), np.array([[1, 0], [0.3, 0.4]], np.float32)), 2)
    for _ in range(2):  # and again
        with pytest.raises(ValueError, match="unit vectors"):
            damaged.total() if first == "total" else damaged.cosines(np.ones(2, np.float32))


def test_a_step_that_is_no_number_is_refused() -> None:
    stored = bytearray(packed(np.arange(1), np.array([[1, 0]], np.float32)))
    stored[8:12] = np.array([np.nan], "<f4").tobytes()  # after the id
    with pytest.raises(ValueError, match="unit vectors"):
        Part(bytes(stored), 2).total()
