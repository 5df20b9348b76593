"""A low-rank adapter over a frozen encoder: what numpy applies, and the file that holds it."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from melscribe_core.arrays import FloatArray
from melscribe_core.encoder.encoder import Encoder
from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.learned import unit

from ..evaluation.encoders import Wrapper

FORMAT = 1  # of the file; other numbers are refused
ARRAYS = ("asked_down", "asked_up", "items_down", "items_up")


@dataclass(frozen=True)
class Side:
    """x + up down x, of unit length again; `down` is float32 (rank, dim), `up` (dim, rank)."""

    down: FloatArray
    up: FloatArray

    def apply(self, vectors: FloatArray, strength: float) -> FloatArray:
        """Return unit vectors, float32 (n, dim), with so much of what the side adds."""
        added = (vectors @ self.down.T) @ self.up.T
        return unit((vectors + np.float32(strength) * added).astype(np.float32))


@dataclass(frozen=True)
class Adapter:
    """One side for what is asked, one for items; a `strength` of 0 changes nothing."""

    encoder: str  # the fingerprint of the encoder whose vectors it adapts
    asked_side: Side
    items_side: Side
    strength: float = 1.0

    def asked(self, vectors: FloatArray) -> FloatArray:
        """Return the vectors of requests or of descriptors that are asked for, adapted."""
        return self.asked_side.apply(vectors, self.strength)

    def items(self, vectors: FloatArray) -> FloatArray:
        """Return the vectors of items or of descriptor sets, adapted."""
        return self.items_side.apply(vectors, self.strength)

    def scaled(self, strength: float) -> Adapter:
        """Return the adapter with another strength."""
        return replace(self, strength=strength)


class AdaptedEncoder(Wrapper):
    """An encoder and the side of an adapter that its vectors go through.

    It has the fingerprint of the encoder alone: such vectors are never stored.
    """

    def __init__(self, encoder: Encoder, side: Side, strength: float) -> None:
        super().__init__(encoder)
        self._side, self._strength = side, strength

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode `texts`, see Encoder.encode."""
        return self._side.apply(self._encoder.encode(texts), self._strength)


def save_adapter(adapter: Adapter, path: Path) -> None:
    """Write an adapter as npz. Raises OSError."""
    sides = (adapter.asked_side, adapter.items_side)
    values = [array for side in sides for array in (side.down, side.up)]
    held: dict[str, Any] = {
        "format": np.int64(FORMAT),
        "encoder": np.array(adapter.encoder),
        "strength": np.float64(adapter.strength),
        **dict(zip(ARRAYS, values, strict=True)),
    }
    with path.open("wb") as file:
        np.savez(file, **held)


def load_adapter(path: Path, encoder_fingerprint: str) -> Adapter:
    """Read the adapter in `path` for the encoder of this fingerprint.

    Raises MelScribeError for a file that is missing, damaged, or for another encoder.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            form, encoder = int(file["format"]), str(file["encoder"])
            down, up, items_down, items_up = (file[name].astype(np.float32) for name in ARRAYS)
            strength = float(file["strength"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise MelScribeError(f"{path}: cannot be read as an adapter; train it again.") from error
    if form != FORMAT:
        raise MelScribeError(f"{path}: has format {form} instead of {FORMAT}; train it again.")
    if encoder != encoder_fingerprint:
        raise MelScribeError(f"{path}: was trained for another encoder; train it for this one.")
    return Adapter(encoder, Side(down, up), Side(items_down, items_up), strength)
