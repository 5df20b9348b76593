"""A tower in numpy: its numbers, its file, and every file that is refused."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.arrays import FloatArray
from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.tower import (
    FARTHEST,
    INPUTS,
    WEIGHTS,
    Tower,
    inputs,
    load_tower,
    save_tower,
)

ENCODER = "onnx:0123"


def tower(hidden: int = 3, dim: int = 4, seed: int = 0) -> Tower:
    """Return a tower whose weights are the same in 16 bits."""
    rng = np.random.default_rng(seed)
    lengths = {"hidden": hidden, "dim": dim}
    arrays: dict[str, FloatArray] = {}
    for name, (shape, _) in WEIGHTS.items():
        sizes = [one if isinstance(one, int) else lengths[one] for one in shape]
        drawn = rng.normal(size=sizes).astype(np.float16)
        arrays[name] = drawn.astype(np.float32) / np.float32(2)
    arrays["spread"] = np.abs(arrays["spread"]) + np.float32(1)
    arrays["middle"] = np.zeros(dim, np.float32)
    arrays["middle"][0] = 0.6
    return Tower(ENCODER, **arrays)


def plain(**changed: np.ndarray) -> Tower:
    """Return a tower of one hidden unit and two dimensions in which all is 0 or 1."""
    zeros = {
        "centre": np.zeros(INPUTS),
        "spread": np.ones(INPUTS),
        "inner": np.zeros((1, INPUTS)),
        "inner_bias": np.zeros(1),
        "outer": np.zeros((2, 1)),
        "outer_bias": np.zeros(2),
        "direct": np.zeros((2, INPUTS)),
        "middle": np.zeros(2),
    }
    return Tower(ENCODER, **{n: v.astype(np.float32) for n, v in {**zeros, **changed}.items()})


def heard(*values: float) -> tuple[np.ndarray, np.ndarray]:
    """Return what was heard of a track: its first features; every probability is 1 - 1/255."""
    features = np.zeros((1, 400), np.float32)
    features[0, : len(values)] = values
    return features, np.full((1, 100), 1 - 1 / 255, np.float32)  # whose input is log(1) = 0


def test_a_vector_worked_out_by_hand() -> None:
    inner, outer, direct = np.zeros((1, INPUTS)), np.array([[1.0], [0.0]]), np.zeros((2, INPUTS))
    inner[0, 0], direct[1, 1] = 2, 1
    made = plain(inner=inner, inner_bias=np.array([-1.0]), outer=outer, direct=direct)
    # Hidden: relu(2 * 2 - 1) = 3, so (3, 0) + (0, 4), of length 5.
    assert made.apply(*heard(2, 4))[0].tolist() == pytest.approx([0.6, 0.8])
    # Hidden: relu(2 * -2 - 1) = 0.
    assert made.apply(*heard(-2, 4))[0].tolist() == pytest.approx([0, 1])


def test_a_vector_is_as_far_from_the_middle_as_texts_are() -> None:
    direct = np.zeros((2, INPUTS))
    direct[1, 0] = 1
    made = plain(direct=direct, middle=np.array([0.6, 0.0]))
    # sqrt(1 - 0.36) = 0.8 towards (0, 1), however small the input: (0.6, 0.8).
    assert made.apply(*heard(0.001))[0].tolist() == pytest.approx([0.6, 0.8])


def test_inputs_are_standardised_and_clipped() -> None:
    centre, spread = np.zeros(INPUTS), np.ones(INPUTS)
    centre[0], spread[0] = 1, 2
    made = plain(centre=centre, spread=spread)
    assert made.standardised(*heard(5))[0, 0] == 2
    assert made.standardised(*heard(1000, -1000))[0, :2].tolist() == [FARTHEST, -FARTHEST]


def test_inputs_hold_logarithms_of_probabilities() -> None:
    features, probabilities = heard(7)
    probabilities[0, 0] = 0
    found = inputs(features, probabilities)
    assert found.shape == (1, 500) and found.dtype == np.float32
    assert found[0, [0, 400, 401]].tolist() == pytest.approx([7, np.log(1 / 255), 0], abs=1e-6)


def test_tracks_do_not_depend_on_each_other() -> None:
    rng, made = np.random.default_rng(1), tower()
    features = rng.normal(size=(5000, 400)).astype(np.float32)  # more than a block
    probabilities = rng.random((5000, 100), np.float32)
    whole = made.apply(features, probabilities)
    assert whole.dtype == np.float32 and whole.shape == (5000, 4)
    assert np.linalg.norm(whole, axis=1) == pytest.approx(np.ones(5000), abs=1e-5)
    for row in (0, 4095, 4096, 4999):
        alone = made.apply(features[row : row + 1], probabilities[row : row + 1])
        assert alone[0] == pytest.approx(whole[row], abs=1e-5)


def test_no_tracks_have_no_vectors() -> None:
    empty = tower().apply(np.empty((0, 400), np.float32), np.empty((0, 100), np.float32))
    assert empty.shape == (0, 4)


def test_a_file_gives_the_same_tower(tmp_path: Path) -> None:
    made = tower()
    save_tower(made, tmp_path / "tower.npz")
    read = load_tower(tmp_path / "tower.npz", ENCODER)
    assert read.encoder == ENCODER and read.dim == 4
    for name in WEIGHTS:
        assert np.array_equal(getattr(read, name), getattr(made, name)), name
    save_tower(read, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "tower.npz").read_bytes()


def test_another_encoder_is_refused(tmp_path: Path) -> None:
    save_tower(tower(), tmp_path / "tower.npz")
    with pytest.raises(MelScribeError, match=r"for the encoder onnx:0123, .* is onnx:9; train it"):
        load_tower(tmp_path / "tower.npz", "onnx:9")


def rewritten(path: Path, **changed: np.ndarray | None) -> None:
    """Write the file of a tower with arrays changed, or left out for None."""
    save_tower(tower(), path)
    with np.load(path) as file:
        arrays = {**{name: file[name] for name in file.files}, **changed}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})


HALF = np.float16


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        pytest.param({"format": np.int64(2)}, "has format 2 instead of 1", id="format"),
        pytest.param({"format": None}, "is not a tower", id="no format"),
        pytest.param({"format": np.array("one")}, "is not a tower", id="format in words"),
        pytest.param({"encoder": None}, "the encoder without a name", id="no encoder"),
        pytest.param({"inner": None}, "inner is missing", id="missing"),
        pytest.param({"inner": np.zeros((3, INPUTS))}, "inner is missing or of another", id="type"),
        pytest.param({"inner": np.zeros((3, 9), HALF)}, "shape \\(3, 9\\)", id="inputs"),
        pytest.param({"outer": np.zeros((4, 2), HALF)}, "outer has the shape", id="hidden"),
        pytest.param({"outer_bias": np.zeros(5, HALF)}, "outer_bias has the shape", id="dim"),
        pytest.param({"middle": np.zeros((4, 1), np.float32)}, "middle is missing", id="axes"),
        pytest.param({"inner_bias": np.full(3, np.nan, HALF)}, "not finite", id="NaN"),
        pytest.param({"spread": np.zeros(INPUTS, np.float32)}, "not above 0", id="spread"),
        pytest.param({"direct": np.array([object()])}, "not a complete npz file", id="a pickle"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, changed: dict[str, np.ndarray], message: str
) -> None:
    rewritten(tmp_path / "tower.npz", **changed)
    with pytest.raises(MelScribeError, match=message):
        load_tower(tmp_path / "tower.npz", ENCODER)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + bytes(50)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tower.npz").write_bytes(content)
    with pytest.raises(MelScribeError, match=r"is damaged: it is not a complete npz file"):
        load_tower(tmp_path / "tower.npz", ENCODER)


def test_a_file_that_is_cut_or_has_a_wrong_byte_is_refused(tmp_path: Path) -> None:
    save_tower(tower(), tmp_path / "tower.npz")
    whole = (tmp_path / "tower.npz").read_bytes()
    path = tmp_path / "damaged.npz"
    for length in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:length])
        with pytest.raises(MelScribeError):
            load_tower(path, ENCODER)
    with zipfile.ZipFile(tmp_path / "tower.npz") as archive:
        start = archive.getinfo("inner.npy").header_offset + 400  # within the weights
    flipped = bytearray(whole)
    flipped[start] ^= 1
    path.write_bytes(flipped)
    with pytest.raises(MelScribeError, match="is damaged"):
        load_tower(path, ENCODER)


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tower.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.npy", bytes(65 << 20))  # 64 kB in the file
    with pytest.raises(MelScribeError, match="is damaged"):
        load_tower(path, ENCODER)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError, match=r"cannot be read \(No such file"):
        load_tower(tmp_path / "none.npz", ENCODER)
    with pytest.raises(MelScribeError, match=r"cannot be read \(Is a directory"):
        load_tower(tmp_path, ENCODER)


def test_weights_are_rounded_to_16_bits_in_the_file(tmp_path: Path) -> None:
    made = replace(tower(), outer_bias=np.full(4, 0.1, np.float32))
    save_tower(made, tmp_path / "tower.npz")
    read = load_tower(tmp_path / "tower.npz", ENCODER)
    assert read.outer_bias.tolist() == [float(np.float16(0.1))] * 4
