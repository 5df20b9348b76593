"""What an adapter does to vectors, and its file."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.favours.adapter import (
    AdaptedEncoder,
    Adapter,
    Side,
    load_adapter,
    save_adapter,
)

from .toy import ENCODER

TURN = Side(np.array([[1, 0]], np.float32), np.array([[0], [1]], np.float32))  # adds (0, x)
STILL = Side(np.zeros((1, 2), np.float32), np.zeros((2, 1), np.float32))
ADAPTER = Adapter("here", TURN, STILL)
HALF: float = math.sqrt(1 / 2)
X = np.array([[1, 0], [0, 1]], np.float32)


def test_strength_scales_what_is_added() -> None:
    # (1, 0) + s (0, 1) has the length sqrt(1 + s^2); (0, 1) stays, since its x is 0
    assert np.allclose(ADAPTER.asked(X), np.array([[HALF, HALF], [0, 1]]))
    assert np.allclose(ADAPTER.scaled(0.75).asked(X), np.array([[0.8, 0.6], [0, 1]]))
    assert np.array_equal(ADAPTER.scaled(0).asked(X), X)
    assert np.array_equal(ADAPTER.items(X), X)  # the other side


def test_an_adapted_encoder_encodes_and_adapts() -> None:
    # blues is the second axis of eight: the side reads it and adds as much of the first
    side = Side(np.eye(8, dtype=np.float32)[[1]], np.eye(8, dtype=np.float32)[:, [0]])
    found = AdaptedEncoder(ENCODER, side, 1.0)
    assert np.allclose(found.encode(["blues"])[0, :2], [HALF, HALF])
    assert (found.dim, found.fingerprint) == (8, ENCODER.fingerprint)
    assert found.knows("blues") and found.calibration is ENCODER.calibration


def test_a_file_holds_all_of_it(tmp_path: Path) -> None:
    save_adapter(ADAPTER.scaled(0.3), tmp_path / "adapter.npz")
    found = load_adapter(tmp_path / "adapter.npz", "here")
    assert found.strength == 0.3
    assert np.array_equal(found.asked(X), ADAPTER.scaled(0.3).asked(X))


def test_another_encoder_or_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "adapter.npz"
    save_adapter(ADAPTER, path)
    with pytest.raises(MelScribeError, match="was trained for another encoder"):
        load_adapter(path, "there")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(MelScribeError, match="cannot be read as an adapter"):
        load_adapter(path, "here")
    with pytest.raises(MelScribeError, match="cannot be read as an adapter"):
        load_adapter(tmp_path / "none.npz", "here")
