"""What was learned from a library: applied, stored, read and refused."""

from __future__ import annotations

from dataclasses import fields, replace
from io import BytesIO

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.hearing.learned import Learned, as_texts, mixed, unit


def array(*rows: object) -> FloatArray:
    return np.array(rows, np.float32)


def learned(share: float = 1.0) -> Learned:
    """Return a map from one feature and one probability to two dimensions around (0.6, 0, 0)."""
    return Learned(
        means=array(1, 0.5),
        spreads=array(2, 0.25),
        weights=array([0, 1, 0], [0, 0, 0.5]),
        centre=array(0.6, 0, 0),
        heard_centre=array(0.8, 0, 0),
        share=share,
        is_used=True,
        report="learned from 1,234 tracks",
        fingerprint="this encoder",
    )


def test_a_deviation_gets_the_length_of_real_texts() -> None:
    # feature (7 - 1) / 2 = 3, probability (1 - 0.5) / 0.25 = 2: deviation (0, 3, 1), and
    # sqrt(1 - 0.6^2) = 0.8 of its direction (0, 3, 1) / sqrt 10
    found = learned().apply(array([7]), array([1]), array([0, 0, 0]))
    assert found.dtype == np.float32
    assert found[0] == pytest.approx([0.6, 2.4 / 10**0.5, 0.8 / 10**0.5], abs=1e-6)


def test_a_share_of_the_direction_is_heard() -> None:
    # learned (0, 1, 0) and heard (0.8, 0, 0.6) - (0.8, 0, 0) = (0, 0, 0.6), of length 1 both:
    # 0.25 and 0.75, of which sqrt(0.25^2 + 0.75^2) = 0.790569 is the length
    found = learned(0.25).apply(array([3]), array([0.5]), array([0.8, 0, 0.6]))
    assert found[0] == pytest.approx([0.6, 0.8 * 0.25 / 0.790569, 0.8 * 0.75 / 0.790569], abs=1e-6)


def test_where_nothing_was_heard_the_direction_is_learned() -> None:
    found = learned(0.25).apply(array([3]), array([0.5]), array([0, 0, 0]))
    assert found[0] == pytest.approx([0.6, 0.8, 0], abs=1e-6)


def test_a_silent_track_has_no_vector() -> None:
    found = learned().apply(array([0], [3]), array([0.5], [0.5]), np.zeros((2, 3), np.float32))
    assert found.any(axis=1).tolist() == [False, True]


def test_one_odd_input_counts_as_four_deviations() -> None:
    # 4 and 2 x 0.5: as if the feature were 1 + 4 x 2 = 9
    args = array([1]), np.zeros((1, 3), np.float32)
    assert (learned().apply(array([900]), *args) == learned().apply(array([9]), *args)).all()


def test_vectors_as_texts_have_their_mean_cosine_and_length() -> None:
    rng = np.random.default_rng(5)
    centre = np.zeros(64, np.float32)
    centre[0] = 0.55
    found = as_texts(rng.normal(0, 0.01, (2000, 64)).astype(np.float32), centre)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    # two random ones have 0.55^2 in common, as two random texts have
    assert float((found[:1000] * found[1000:]).sum(axis=1).mean()) == pytest.approx(
        0.3025, abs=0.02
    )


def test_nothing_has_no_direction() -> None:
    nothing = np.zeros((1, 3), np.float32)
    assert not unit(nothing).any()
    assert not mixed(nothing, nothing, 0.5).any()
    assert as_texts(nothing, array(0.6, 0, 0))[0] == pytest.approx([1, 0, 0])


# --- stored


def test_it_is_stored_and_read() -> None:
    made = learned(0.25)
    read = Learned.from_bytes(made.to_bytes(), "this encoder")
    assert read is not None
    for field in fields(Learned):
        before, after = getattr(made, field.name), getattr(read, field.name)
        if isinstance(before, str):
            assert after == before
        else:
            assert after == pytest.approx(before, rel=1e-3)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_weights_of_any_size_keep_their_precision_in_16_bits(scale: float) -> None:
    weights = np.random.default_rng(6).normal(0, scale, (500, 384)).astype(np.float32)
    made = replace(learned(), weights=weights)
    read = Learned.from_bytes(made.to_bytes(), "this encoder")
    assert read is not None
    # 11 bits of the greatest weight, which is about 4.9 times the usual one
    assert np.abs(read.weights - weights).max() < 6 * scale / 2048
    assert len(made.to_bytes()) < 400_000


def test_what_another_encoder_learned_is_learned_again() -> None:
    assert Learned.from_bytes(learned().to_bytes(), "another encoder") is None


def test_any_damage_is_found() -> None:
    stored = learned().to_bytes()
    for at in range(0, len(stored), 7):
        damaged = bytearray(stored)
        damaged[at] ^= 1 << at % 8
        assert Learned.from_bytes(bytes(damaged), "this encoder") is None
    for cut in (0, 1, 19, 40, len(stored) // 2, len(stored) - 1):
        assert Learned.from_bytes(stored[:cut], "this encoder") is None
    assert Learned.from_bytes(stored + b"\0", "this encoder") is None


@pytest.mark.parametrize("kind", ["objects", "no arrays", "no archive"])
def test_whole_bytes_of_something_else_are_refused(kind: str) -> None:
    from melscribe_core.hearing.learned import MAGIC, _digest

    packed = BytesIO()
    if kind == "objects":
        np.savez(packed, allow_pickle=True, weights=np.array([{}], object))
    elif kind == "no arrays":
        np.savez(packed)
    else:
        packed.write(b"no archive")
    stored = MAGIC + _digest(packed.getvalue()) + packed.getvalue()
    assert Learned.from_bytes(stored, "this encoder") is None
